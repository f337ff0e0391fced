"""The workshop: what is to be made, made and written whole."""
