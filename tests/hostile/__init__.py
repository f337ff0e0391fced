"""A collection of hostile folders, and what becomes of those who open them.

``python -m tests.hostile`` runs all of it and prints a table: input, command, seconds, memory,
outcome. ``tests/test_hostile.py`` runs a part of it in the suite.
"""
