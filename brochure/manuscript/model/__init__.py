"""What a leaflet consists of."""
