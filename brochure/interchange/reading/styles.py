"""Names of styles that readers give to paragraphs about which there is a doubt."""

#: Put together of lines by where they stand on the page.
PLACED = "placed"
#: … and whether these lines belong together is uncertain.
UNCERTAIN = "uncertain"
