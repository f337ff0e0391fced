"""The studio: a leaflet is written in the browser, beside its pages.

It owns no logic of leaflets: it calls what the command line calls.
"""
