"""What was written, understood as a leaflet; `understanding.understand` is the door."""
