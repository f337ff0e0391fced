"""A letter: mail.yaml, filled in for an office, as a message."""
