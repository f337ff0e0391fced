"""A file that somebody wrote elsewhere → `Document`: a reader a format; `reader.py` is the door."""
