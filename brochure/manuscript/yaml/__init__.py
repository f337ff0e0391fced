"""YAML with locations: parsed, recovered, validated."""
