"""Printable campaign leaflets: quotes from a policy document, answered pair by pair."""

__version__ = "0.1.0"
