"""Leaflets to begin with, one a language."""
