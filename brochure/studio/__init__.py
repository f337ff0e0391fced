"""The studio: write and see, in the browser."""
