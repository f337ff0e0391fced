"""Regions, and how their leaflets differ from the base."""
