"""How letters are delivered, and what became of each."""
