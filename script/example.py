"""Make the documents that new leaflets quote, from their texts: python script/example.py.

Each line of the text is a line of the PDF, with its number in the margin, as many parliaments
print them; empty lines have none.
"""

from html import escape
from pathlib import Path

from brochure.layout.hyphenation import Hyphenator
from brochure.layout.weasyprint.typesetter import PlainTypesetter
from brochure.manuscript.text.language import load_language
from brochure.project import Project, packaged_fonts

ROOT = Path(__file__).parent.parent
STARTER = ROOT / "brochure" / "starter"
STYLE = """
@page { size: A4; margin: 28mm 25mm 25mm 38mm;
  @top-left { content: string(title); font: 9pt "Source Sans 3"; }
  @bottom-right { content: counter(page); font: 9pt "Source Sans 3"; } }
body { font: 12pt/18pt "Gentium Book Plus"; margin: 0; string-set: title attr(title); }
p { margin: 0; white-space: pre; position: relative; }
p.blank { height: 9pt; }
p.page { break-before: page; }
.number { position: absolute; left: -16mm; width: 10mm; text-align: right;
  font: 8.5pt/18pt "Source Sans 3"; }
"""


def main() -> None:
    """Write the PDF beside each text."""
    for text in sorted(STARTER.glob("*/*.txt")):
        target = text.with_suffix(".pdf")
        target.write_bytes(made(text.read_text("utf-8"), text.parent.name))
        print(target)


def made(text: str, language: str) -> bytes:
    """The PDF of a document; `<page>` begins a page."""
    lines, number, page = [], 0, ""
    for line in text.splitlines():
        if line == "<page>":
            page = " class='page'"
        elif not line:
            lines.append("<p class='blank'></p>")
        else:
            number += 1
            lines.append(f"<p{page}><span class='number'>{number}</span>{escape(line)}</p>")
            page = ""
    title = escape(text.splitlines()[0])
    html = (
        f"<html lang='{language}'><title>{title}</title><style>{STYLE}</style>"
        f"<body title='{title}'>{''.join(lines)}</body></html>"
    )
    fonts = [packaged_fonts() / name for name in ("Gentium Book Plus", "Source Sans 3")]
    rules = load_language(Project(ROOT), language).hyphenation
    hyphenators = {language: Hyphenator(rules, None)} if rules else {}
    return PlainTypesetter(fonts, hyphenators).typeset(html)


if __name__ == "__main__":
    main()
