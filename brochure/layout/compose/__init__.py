"""Leaflet + edition → HTML and all that belongs to it."""
