"""How a leaflet looks: editions, pages, fonts."""
