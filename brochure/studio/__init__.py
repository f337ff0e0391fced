"""The studio: writing a leaflet in the browser, beside its pages."""
