"""Letters to offices, each once."""
