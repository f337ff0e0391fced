"""Documents → numbered lines."""
