"""What people write: YAML, CSV and Markdown in, a validated leaflet with locations out."""
