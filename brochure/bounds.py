"""The bounds of what a project may ask for: bytes, pixels, nodes, seconds, complaints.

Content, styles, fonts, pictures and sources come from strangers. Whatever they hold, a command
ends in bearable time and memory; these numbers are how. Each is some times what the largest real
input that was met needs. The README names them; a test compares the two.
"""

# --- Files, in bytes --------------------------------------------------------------------------

MANUSCRIPT = 1_000_000  # a YAML file; the longest real document that was quoted from has 440 kB
TABLE = 5_000_000  # a CSV file; the 10,800 municipalities of Germany with ten columns have 2 MB
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
LETTER_PDF = 3_500_000  # a PDF that is mailed: with base64, 4.8 MB, below what offices take
LEDGER = 200_000_000  # 10,800 offices need 10 MB a mailing
RETURNED = 30_000_000  # a mail that is read; larger than any office's answer
REMEMBERED = 200_000_000  # a file of our own cache

# --- Texts and tables ---------------------------------------------------------------------------

PASSAGES = 2_000
NODES = 80_000  # texts, lists and blocks of a YAML file; 2000 passages with a source each: 70,000
SIGNS = 50_000  # of Markdown in all texts of a leaflet; the parser takes time for each
SLOT = 500  # characters between the braces of one slot
SLOTS = 50_000  # characters in all slots of a leaflet: Jinja2 takes a second for so much
FILLED = 2_000_000  # characters of a leaflet once its slots are filled in
ROWS = 50_000  # of a table; there are 10,800 municipalities in Germany, and 32,000 schools
COLUMNS = 100  # of a table
WRONG_ROWS = 200  # of a table; whoever has more has another kind of table
EDITIONS = 100  # of a project

# --- Pictures and pages -------------------------------------------------------------------------

PIXELS = 40_000_000  # of one picture; A4 at 600 dpi is 35 million; decoded, 160 MB
SIDE = 30_000  # pixels; A0 at 600 dpi has 28,000; what is longer is scaled down with great effort
SCANS = 100  # of a progressive JPEG; programs write ten
PICTURE_PARTS = 10_000  # chunks of a PNG, segments of a JPEG; there are pictures with 2,500
ASSETS = 300  # pictures, codes and imported style sheets of one leaflet
SVG_ELEMENTS = 5_000  # in the file
SVG_DRAWN = 50_000  # once all references are followed
CODE = 500  # bytes of an address in a QR code; longer ones no telephone reads from paper
SOURCE_PAGES = 2_000
SOURCE_CHARACTERS = 2_000_000  # of all pages; the longest agreement of a coalition has 500,000
HTML = 20_000_000  # characters that a template may make

# --- Mail ---------------------------------------------------------------------------------------

REPLY_LINE = 8_192  # bytes of a line of a server's; RFC 5321, 4.5.3.1.5, allows 512
REPLY = 65_536  # bytes of a server's reply
LEDGER_SECONDS = 60  # for one request; the largest ledgers answer within one
# Of a mail that is read:
FIELDS = 1_000  # of one part
FIELD = 32_768  # characters of one field; a long `References` has ten thousand
HEAD = 200_000  # bytes of all fields of one part; servers of offices write sixty thousand
PARTS = 100
DASHES = 100_000  # lines that could separate parts; what comes after them is left unread
DEPTH = 20  # of parts in parts
BODY = 65_536  # bytes that are kept of a part
IDENTITIES = 1_000  # Message-IDs that are looked up; threads have some dozens

# --- Complaints -------------------------------------------------------------------------------

ALIKE = 20  # of one kind that are shown of one leaflet; the others are counted
COMPLAINTS = 200  # that are shown in all

# --- Processes --------------------------------------------------------------------------------

MEMORY = 450_000_000  # bytes of data of a process that works on files from strangers
PASSAGE_MEMORY = 1_000_000  # bytes more for each passage that is set; 0.6 MB are needed
SECONDS = 10  # of the processor, for one leaflet in one edition, or one template
PASSAGE_SECONDS = 0.25  # more for each passage; setting one takes 0.035
PAGE_SECONDS = 0.05  # more for each page of a source; reading one takes 0.02
TEXT_SECONDS = 2  # more for each MB of a source in Markdown or HTML; reading one takes 0.5
