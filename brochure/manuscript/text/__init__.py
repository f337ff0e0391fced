"""Languages, typography, Markdown."""
