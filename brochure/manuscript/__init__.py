"""What people write: YAML and Markdown in, a validated leaflet with places out."""
