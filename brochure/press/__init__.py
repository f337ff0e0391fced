"""How a leaflet looks on paper: edition, composition, typesetting."""
