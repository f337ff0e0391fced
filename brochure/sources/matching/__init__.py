"""Quotes in the text of a document."""
