"""The steps of a leaflet: what is to be done, who does it, what was done."""
