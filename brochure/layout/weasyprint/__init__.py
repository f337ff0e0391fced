"""Everything that knows WeasyPrint; `typesetter` is its door."""
