"""The bounds of what a project may ask for: bytes, pixels, nodes, seconds, diagnostics.

Content, styles, fonts, pictures and sources come from strangers. Whatever they contain, a command
must end within bearable time and memory; these numbers see to it. Each is a few times what the
largest real input that we met needs. The README lists them, and a test compares the two.
"""

# --- Files, in bytes --------------------------------------------------------------------------

MANUSCRIPT = 1_000_000  # a YAML file; the longest real document that was quoted from has 440 kB
TABLE = 5_000_000  # a CSV file; the 10,800 municipalities of Germany with ten columns take 2 MB
STYLE = 1_000_000  # a template or a style sheet
LANGUAGE = 100_000  # a file of styles/languages; ours have 6 kB
FONT = 50_000_000  # one font file; fonts for Chinese have 20 MB
FONTS = 100_000_000  # all fonts of a project together
FONT_FILES = 100
PROFILE = 5_000_000  # an ICC profile; those of presses have up to 3 MB
PICTURE = 20_000_000
PICTURES = 60_000_000  # all pictures of one leaflet together
SVG = 1_000_000
SOURCE_PDF = 100_000_000
SOURCE_TEXT = 10_000_000
LETTER_PDF = 3_500_000  # a PDF that is mailed: with base64, 4.8 MB, less than what offices accept
LEDGER = 200_000_000  # a mailing to 10,800 offices takes 10 MB
RETURNED = 30_000_000  # a mail that is read; larger than any office's reply
CACHE_FILE = 200_000_000
IMPORTED = 50_000_000  # a file that is imported; most of it are pictures
IMPORTED_PARAGRAPHS = 10_000  # of an imported file; 500 pages of text have as many
IMPORTED_CHARACTERS = 1_000_000
UNPACKED = 200_000_000  # all entries of one, unpacked
UNPACKED_XML = 20_000_000  # one entry that is read as XML; 500 pages of text have 10 MB
ENTRIES = 5_000  # of its archive; Word files with many pictures have a few hundred

# --- Texts and tables ---------------------------------------------------------------------------

PASSAGES = 2_000
NODES = 80_000  # texts, lists and blocks of a YAML file; 2000 passages with a source each: 70,000
MARKUP_CHARACTERS = 50_000  # of Markdown, in all texts of a leaflet; each takes the parser time
SLOT = 500  # characters between the braces of one slot
SLOTS = 50_000  # characters in all slots of a leaflet: Jinja2 needs a second for that many
FILLED = 2_000_000  # characters of a leaflet once its slots are filled in
ROWS = 50_000  # of a table; there are 10,800 municipalities in Germany, and 32,000 schools
COLUMNS = 100  # of a table
WRONG_ROWS = 200  # of a table; if there are more, it is another kind of table
EDITIONS = 100  # of a project

XML_DEPTH = 200  # elements within one another, in an imported file; Word nests some 60 deep
CELLS = 100_000  # of all tables in an imported file

# --- Pictures and pages -------------------------------------------------------------------------

PIXELS = 40_000_000  # of one picture; A4 at 600 dpi has 35 million; decoded, 160 MB
PICTURE_CACHE = 300_000_000  # bytes of all pictures that are kept ready for pages
SIDE = 30_000  # pixels; A0 at 600 dpi has 28,000; longer ones are very slow to scale down
SCANS = 100  # of a progressive JPEG; programs write ten
PICTURE_PARTS = 10_000  # chunks of a PNG, segments of a JPEG; some pictures have 2,500
ASSETS = 300  # pictures, QR codes and imported style sheets of one leaflet
SVG_ELEMENTS = 5_000  # in the file
SVG_DRAWN = 50_000  # once all references are followed
QR_CODE = 500  # bytes of an address in a QR code; phones cannot read longer ones from paper
SOURCE_PAGES = 2_000
SOURCE_CHARACTERS = 2_000_000  # of all pages; the longest coalition agreement has 500,000
HTML = 20_000_000  # characters that a template may make

# --- Mail ---------------------------------------------------------------------------------------

REPLY_LINE = 8_192  # bytes of a line that a server sends; RFC 5321, 4.5.3.1.5, allows 512
REPLY = 65_536  # bytes of a server's reply
LEDGER_SECONDS = 60  # for one request; the largest ledgers answer within one second
IDENTITIES = 1_000  # Message-IDs that are looked up; threads have a few dozen

# --- Diagnostics --------------------------------------------------------------------------------

SIMILAR_DIAGNOSTICS = 20  # of one kind that are shown for a leaflet; the others are counted
DIAGNOSTICS = 200  # that are shown in all

# --- Processes ----------------------------------------------------------------------------------

MEMORY = 450_000_000  # bytes of data of a process that works on files from strangers
PASSAGE_MEMORY = 1_000_000  # bytes more for each passage that is typeset; 0.6 MB are needed
SECONDS = 10  # of processor time, for one leaflet in one edition, or one template
PASSAGE_SECONDS = 0.25  # more for each passage; typesetting one takes 0.035
PICTURE_SECONDS = 1  # more for each picture; a photograph of 12 megapixels takes 0.4 to 0.9
PAGE_SECONDS = 0.1  # more for each page of a source; reading one takes 0.02, with pictures 0.05
IMPORT_SECONDS = 15  # for one imported file; 100 pages of text take 1
TEXT_SECONDS = 2  # more for each MB of a source in Markdown or HTML; reading one takes 0.5
