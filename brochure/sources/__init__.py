"""The documents that are quoted: read as numbered lines, so that every quote is verified."""
