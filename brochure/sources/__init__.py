"""The documents that are quoted: read into numbered lines, and every quote verified."""
