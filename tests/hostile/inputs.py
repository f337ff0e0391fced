"""The collection: each input is a function that writes into a good project what is hostile."""

import contextlib
import io
import os
import socket
import sqlite3
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.office_files import archive, docx, docx_entries, odt, r, relation

LEAFLET = """language: de
title: Titel
imprint: Ich, Weg 1, 12345 Ort; Eigendruck
logo: {file: logo.svg, alt: Bild}
source: {title: Quelle, file: source.txt}
passages:
  - id: eins
    quote: {lines: 1, text: Worte der Quelle.}
    commentary:
      text: Antwort
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>'
MAIL = """from: Wir <wir@example.org>
subject: Ein Flugblatt
letter: |
  Guten Tag,

  anbei ein Flugblatt.
server:
  host: smtp.example.invalid
"""
RECIPIENTS = "office,email,variant\nAmt,amt@example.org,base\n"
CHECK, BUILD = ("check",), ("build",)
BOTH = (CHECK, BUILD)
READ = (CHECK, ("source", "show", "x"))
LISTED = (CHECK, ("variants", "list", "x"))
IMPORT, IMPORT_ODT = (("import", "a.docx", "neu"),), (("import", "a.odt", "neu"),)
MAILING = (("mail", "preview", "x"), ("mail", "status", "x"))
Write = Callable[[Path, Path], None]  # the project, and a folder beside it that is not its own


@dataclass(frozen=True)
class Input:
    """A hostile folder: its name, what makes it, and the commands that meet it.

    `quick`: it is tried in the suite, too. `wrong`: it must be complained of.
    """

    name: str
    write: Write
    commands: tuple[tuple[str, ...], ...] = BOTH
    quick: bool = False
    wrong: bool = True


def prepare(item: Input, project: Path, bait: Path) -> None:
    """Write a good project, then what is hostile in it; and beside it what tempts."""
    leaflet = project / "content" / "x"
    leaflet.mkdir(parents=True)
    (leaflet / "leaflet.yaml").write_text(LEAFLET, "utf-8")
    (leaflet / "logo.svg").write_text(SVG, "utf-8")
    (leaflet / "source.txt").write_text("Worte der Quelle. Und mehr.\n", "utf-8")
    (leaflet / "mail.yaml").write_text(MAIL, "utf-8")
    (leaflet / "recipients.csv").write_text(RECIPIENTS, "utf-8")
    (bait / "secret.txt").write_text("secret\n", "utf-8")
    (bait / "outside.json").write_text('{"language": "de", "title": "secret", "passages": []}')
    item.write(project, bait)


# --- Ways to write ----------------------------------------------------------------------------


def put(path: str, content: str | bytes) -> Write:
    """A file with this content."""

    def write(project: Path, bait: Path) -> None:
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(
            content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )

    return write


def made(path: str, make: Callable[[], bytes]) -> Write:
    """As `put`, with content that takes a moment to make."""
    return lambda project, bait: put(path, make())(project, bait)


def template(text: str) -> Write:
    """A template of the project, with this in the middle."""
    return put(
        "styles/leaflet.html", f"<html lang='de'><title>T</title><body>\n{text}\n</body></html>"
    )


def css(text: str) -> Write:
    """A style sheet that is used by all editions, with this at its end."""
    return put("styles/common.css", f"body {{ font-family: 'Gentium Book Plus' }}\n{text}\n")


def logo(text: str | bytes) -> Write:
    """The picture of the leaflet."""
    return put("content/x/logo.svg", text)


def leaflet(text: str | bytes) -> Write:
    """The leaflet itself."""
    return put("content/x/leaflet.yaml", text)


def source(ending: str, data: bytes) -> Write:
    """The document that is quoted."""
    text = LEAFLET.replace("source.txt", f"source.{ending}")
    return both(leaflet(text), put(f"content/x/source.{ending}", data))


def fifo(path: str) -> Write:
    """A named pipe, into which nobody ever writes."""

    def write(project: Path, bait: Path) -> None:
        file = fresh(project, path)
        os.mkfifo(file)

    return write


def unix_socket(path: str) -> Write:
    """A socket."""

    def write(project: Path, bait: Path) -> None:
        file = fresh(project, path)
        here = Path.cwd()
        os.chdir(file.parent)  # addresses of sockets are short
        try:
            with socket.socket(socket.AF_UNIX) as one:
                one.bind(file.name)
        finally:
            os.chdir(here)

    return write


def folder(path: str) -> Write:
    """A folder with something in it, in place of a file."""
    return lambda project, bait: (fresh(project, path) / "x").mkdir(parents=True)


def link(path: str, target: str) -> Write:
    """A symbolic link; `BAIT` in its target is the folder beside the project."""

    def write(project: Path, bait: Path) -> None:
        fresh(project, path).symlink_to(target.replace("BAIT", str(bait)))

    return write


def fresh(project: Path, path: str) -> Path:
    file = project / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    return file


def both(*writes: Write) -> Write:
    """One after the other."""

    def write(project: Path, bait: Path) -> None:
        for one in writes:
            one(project, bait)

    return write


# --- Things that are long to write -------------------------------------------------------------


def growing(kind: str, use: str, levels: int = 12) -> str:
    """An SVG in which each element refers ten times to the one before it."""
    parts = [f'<{kind} id="m0"><rect width="9" height="9"/></{kind}>']
    for level in range(1, levels):
        inside = f'<rect width="9" height="9" {use}="url(#m{level - 1})"/>' * 10
        parts.append(f'<{kind} id="m{level}">{inside}</{kind}>')
    last = f'<rect width="9" height="9" {use}="url(#m{levels - 1})"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
        f"<defs>{''.join(parts)}</defs>{last}</svg>"
    )


def markers(levels: int = 9) -> str:
    """An SVG in which each marker is drawn at ten points of the one before it."""
    path = "M0 0L1 1L2 2L3 3L4 4L5 5L6 6L7 7L8 8L9 9"
    parts = [f'<marker id="m0"><path d="{path}"/></marker>']
    for level in range(1, levels):
        parts.append(
            f'<marker id="m{level}" viewBox="0 0 1 1"><path d="{path}" '
            f'marker-mid="url(#m{level - 1})" marker-end="url(#m{level - 1})"/></marker>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
        f'<defs>{"".join(parts)}</defs><path d="{path}" marker-end="url(#m{levels - 1})"/></svg>'
    )


REPEATING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
    '<linearGradient id="a" spreadMethod="repeat" gradientUnits="userSpaceOnUse" x1="0" '
    'x2="0.0000001"><stop offset="0"/><stop offset="1" stop-color="red"/></linearGradient>'
    '<rect fill="url(#a)" width="100" height="100"/></svg>'
)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + ']><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>'
)


def ebcdic(text: str) -> bytes:
    """XML in an encoding in which a document type does not look like one."""
    return b'<?xml version="1.0" encoding="cp037"?>' + text.encode("cp037")


def png(width: int, height: int, *, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG of one colour."""
    channels = {0: 1, 2: 3, 6: 4}[colour]

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    packer = zlib.compressobj(9)
    row = bytes(1 + width * channels * depth // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def font(name: str = "bomb.ttf") -> Write:
    """A font whose table of characters says that it has every one of a thousand millions."""
    groups = b"".join(
        struct.pack(">III", start, start + 0xFFFF, 1) for start in range(0, 0x10FFFF, 16)
    )
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(groups) // 12) + groups
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table
    header = struct.pack(">IHHHH", 0x00010000, 1, 16, 0, 0)
    entry = b"cmap" + struct.pack(">III", 0, 28, len(cmap))
    return put(f"styles/fonts/{name}", header + entry + cmap)


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects; the first is the catalogue."""
    output = io.BytesIO(b"%PDF-1.7\n")
    output.seek(0, io.SEEK_END)
    locations = []
    for number, content in enumerate(objects, 1):
        locations.append(output.tell())
        output.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = output.tell()
    rows = b"".join(b"%010d 00000 n \n" % location for location in locations)
    output.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    output.write(
        b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    return output.getvalue()


def pages(count: int, content: bytes) -> bytes:
    """A PDF of so many pages, all with the same stream."""
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 3 0 R>>>>>>"
    packed = zlib.compress(content, 9)
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        *[page] * count,
    ])  # fmt: skip


def ledger(*statements: str) -> Write:
    """A ledger in which these statements were carried out."""

    def write(project: Path, bait: Path) -> None:
        path = project / "ledger.sqlite3"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            for statement in statements:
                database.execute(statement)

    return write


def runs(marker: str) -> str:
    """Python that leaves a trace where it should not."""
    return f"import os\nopen(os.path.join({marker!r}, 'ran'), 'w').close()\n"


def modules(project: Path, bait: Path) -> None:
    """Modules in the folder of the project, under names that programs import."""
    names = (
        "json", "multiprocessing", "pickle", "queue", "brochure", "PIL", "weasyprint", "click",
        "yaml", "platformdirs", "usercustomize", "pyphen", "fontTools", "ctypes", "gc", "signal",
    )  # fmt: skip
    for name in names:
        (project / f"{name}.py").write_text(runs(str(bait)))
    for name in ("brochure_", "sources"):
        (project / name).mkdir()
        (project / name / "__init__.py").write_text(runs(str(bait)))


def many_passages(body: str, number: int) -> str:
    """A leaflet of so many passages."""
    rows = "".join(f"  - id: p{index}\n{body}" for index in range(number))
    return "language: de\ntitle: T\nimprint: x\npassages:\n" + rows


def picture(data: bytes) -> Write:
    """The picture of the leaflet, as PNG."""
    return both(leaflet(LEAFLET.replace("logo.svg", "logo.png")), put("content/x/logo.png", data))


def language(change: Callable[[str], str]) -> Write:
    """The German of the project, changed."""
    text = (Path(__file__).parents[2] / "styles" / "languages" / "de.yaml").read_text("utf-8")
    changed = change(text)
    assert changed != text
    return put("styles/languages/de.yaml", changed)


PICKLE = "cos\\nsystem\\n(S'touch ../outside/ran'\\ntR."
NESTED = "<div>" * 5000 + "x" + "</div>" * 5000
VARIABLES = (
    ":root { --a0: xxxxxxxxxx; "
    + "".join(f"--a{i}: {f'var(--a{i - 1}) ' * 10}; " for i in range(1, 12))
    + "} p::before { content: var(--a11) }"
)
COUNTER = (
    "body { counter-reset: n 40000000 } p::before { content: counter(n, symbols(symbolic 'x')) }"
)
OUTSIDE = "file:///../outside/secret.txt"
BLIP = '<w:r><w:drawing><a:blip r:link="a"/><a:blip r:embed="b"/></w:drawing></w:r>'


def reaching_out() -> bytes:
    """A Word document that names files and addresses elsewhere in all ways that there are."""
    body = (
        f"<w:p>{BLIP}<w:hyperlink r:id='c'>{r('Text')}</w:hyperlink>"
        f"<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>INCLUDETEXT {OUTSIDE}</w:instrText>"
        "<w:fldChar w:fldCharType='end'/></w:r></w:p><w:altChunk r:id='d'/><w:subDoc r:id='a'/>"
    )
    related = (
        relation("a", "image", OUTSIDE, outside=True),
        relation("b", "image", "../../../../outside/secret.txt"),
        relation("c", "hyperlink", "http://127.0.0.1:9/", outside=True),
        relation("d", "aFChunk", "http://127.0.0.1:9/", outside=True),
        relation("e", "header", "../../outside/secret.txt"),
        relation("f", "attachedTemplate", "http://127.0.0.1:9/x.dotm", outside=True),
    )
    entries = docx_entries(body, {"vbaProject.bin": b"Auto_Open"}, *related)
    return archive({**entries, "../../outside/made.txt": "x", "/tmp/made.txt": "x"})


INPUTS = (
    # Templates
    Input("template-pickle", template(
        f"{{{{ leaflet.parse_raw(\"{PICKLE}\", proto='pickle', allow_pickle=True) }}}}"), quick=True),
    Input("template-reads-outside", template(
        "{% set x = leaflet.parse_file('../outside/outside.json') %}<h1>{{ x.title }}</h1>"), quick=True),
    Input("template-classes", template("{{ ''.__class__.__mro__[1].__subclasses__() }}")),
    Input("template-include-outside", template("{% include '../../outside/secret.txt' %}")),
    Input("template-long-text", template("{{ 'x' * 10**10 }}")),
    Input("template-power", template("{{ 10 ** 10 ** 10 }}")),
    Input("template-doubling", template(
        "{% set n = namespace(x='x' * 900) %}{% for a in range(99) %}{% set n.x = n.x ~ n.x %}"
        "{% endfor %}"), quick=True),
    Input("template-nested-loops", template(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")),
    Input("template-flood", template(
        "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxxxx{% endfor %}{% endfor %}")),
    Input("template-recursion", template("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")),
    Input("template-includes-itself", template("{% include 'leaflet.html' %}")),
    Input("template-division", template("{{ 1 / 0 }}")),
    Input("template-long-code", template("<img alt='x' src=\"{{ ('x' * 5000) | code }}\">")),
    Input("template-raw-long-code", template(f"<img alt='x' src=\"qr:{'x' * 5000}\">")),
    Input("template-svg", template(markers()), (BUILD,)),
    Input("template-svg-gradient", template(REPEATING), (BUILD,)),
    Input("template-nested", template(NESTED), (BUILD,)),
    Input("template-colspan", template(
        "<table><tr><td colspan=1000000000 rowspan=1000000000>x</table>"), (BUILD,)),
    Input("template-open-comments", template("<!--" * 200_000), wrong=False),
    Input("template-open-tags", template("<a " * 200_000), wrong=False),
    Input("template-file-address", template("<img alt='x' src='file:///etc/passwd'>"), quick=True),
    Input("template-network", template(
        "<img alt='x' src='http://127.0.0.1:9/x.png'><link rel=stylesheet href='//127.0.0.1/x'>")),
    Input("template-attachment", template(
        "<link rel=attachment href='../../../outside/secret.txt'>"), (BUILD,)),
    Input("template-not-utf8", put("styles/leaflet.html", b"\xff\xfe<html>")),
    # Style sheets
    Input("css-counter-style", css(COUNTER), (BUILD,), quick=True),
    Input("template-counter-style", template(
        "<style>@counter-style e { system: symbolic; symbols: 'x' } " + COUNTER.replace(
            "symbols(symbolic 'x')", "e") + "</style><p>x</p>"), (BUILD,)),
    Input("css-variables", css(VARIABLES), (BUILD,)),
    Input("css-wide-page", css("@page { size: 1e9mm 1e9mm }"), (BUILD,), wrong=False),
    Input("css-thin-page", css("@page { size: 210mm 1mm; margin: 0 }"), (BUILD,), wrong=False),
    Input("css-large-type", css("p { font-size: 1e9px }"), (BUILD,), wrong=False),
    Input("css-columns", css("body { columns: 1000000 }"), (BUILD,), wrong=False),
    Input("css-grid", css(
        "body { display: grid; grid-template-columns: repeat(100000, 1fr) }"), (BUILD,), wrong=False),
    Input("css-brackets", css("p { x: " + "(" * 300_000), BOTH, wrong=False),
    Input("css-imports-itself", css("@import 'common.css';"), BOTH, wrong=False),
    Input("css-reads-outside", css("p { background: url(../../outside/secret.txt) }")),
    Input("css-gradient", css(
        "p { background: repeating-linear-gradient(red, blue 0.000001px) }"), (BUILD,), wrong=False),
    Input("css-font-face", css("@font-face { font-family: x; src: url(file:///etc/passwd) }")),
    # Pictures
    Input("svg-markers", logo(markers()), quick=True),
    Input("svg-masks", logo(growing("mask", "mask"))),
    Input("svg-clips", logo(growing("clipPath", "clip-path")), quick=True),
    Input("svg-gradient", logo(REPEATING)),
    Input("svg-nan", logo(
        '<svg xmlns="http://www.w3.org/2000/svg" width="nan" height="inf" viewBox="0 0 nan 0">'
        '<rect width="nan" height="inf"/></svg>'), quick=True),
    Input("svg-viewbox", logo(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1"><rect width="5" height="5"/></svg>')),
    Input("svg-entities", logo(ENTITIES)),
    Input("svg-entities-ebcdic", logo(ebcdic(ENTITIES.partition("?>")[2])), quick=True),
    Input("svg-nested", logo(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + "<g>" * 4000
        + "</g>" * 4000 + "</svg>")),
    Input("png-large", picture(png(13_000, 13_000))),
    Input("png-at-the-limit", picture(png(6_300, 6_300)), wrong=False),
    Input("png-deep", picture(png(6_300, 6_300, depth=16, colour=6)), wrong=False),
    Input("png-cut", picture(png(500, 500)[:-40])),
    # Fonts
    Input("font-characters", font(), quick=True),
    Input("font-woff2", put("styles/fonts/a.ttf", b"wOF2" + bytes(1000)), quick=True),
    Input("font-noise", put("styles/fonts/a.otf", b"OTTO" + bytes(range(256)) * 40)),
    Input("font-collection", put("styles/fonts/a.ttf", b"ttcf" + bytes(1000))),
    # What is imported
    Input("docx-reaches-out", made("a.docx", reaching_out), IMPORT, quick=True, wrong=False),
    Input("docx-entities", made("a.docx", lambda: archive({**docx_entries(""), "word/document.xml": ENTITIES})), IMPORT, quick=True),
    Input("docx-runs", made("a.docx", lambda: docx(f"<w:p>{r('a ') * 150_000}</w:p>")), IMPORT, wrong=False),
    Input("docx-elements", made("a.docx", lambda: docx(f"<w:p>{'<w:t/>' * 3_000_000}</w:p>")), IMPORT, wrong=False),
    Input("docx-deep", made("a.docx", lambda: docx(
        "<w:tbl><w:tr><w:tc>" * 9_000 + "</w:tc></w:tr></w:tbl>" * 9_000)), IMPORT),
    Input("docx-changes", made("a.docx", lambda: docx(
        "<w:p>" + f"<w:del>{r('a', name='w:delText')}</w:del>{r('b ')}" * 100_000 + "</w:p>")),
        IMPORT, wrong=False),
    Input("docx-fields", made("a.docx", lambda: docx(
        "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 20_000 + r("a ") * 20_000
        + "</w:p>")), IMPORT, wrong=False),
    Input("docx-control-characters", made("a.docx", lambda: docx(
        f"<w:p>{r('&#x202e;&#x85;&#x9b;31m')}</w:p>")), IMPORT, wrong=False),
    Input("odt-spaces", made("a.odt", lambda: odt(
        "<text:p>" + "<text:s text:c='999'/>" * 500_000 + "</text:p>")), IMPORT_ODT),
    Input("odt-rows", made("a.odt", lambda: odt(
        "<table:table>" + '<table:table-row table:number-rows-repeated="999">'
        '<table:table-cell table:number-columns-repeated="999"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>" * 99 + "</table:table>")), IMPORT_ODT),
    # What is no file
    *(
        Input(f"fifo-{Path(path).name}", fifo(path), quick=path.endswith(("leaflet.yaml", ".csv")))
        for path in (
            "content/x/leaflet.yaml", "content/x/logo.svg", "content/x/source.txt",
            "content/x/regions.csv", "styles/common.css", "styles/leaflet.html", "styles/editions.yaml",
            "styles/languages/de.yaml",
        )
    ),
    Input("fifo-variant", fifo("content/x/variants/a.yaml"), wrong=False),
    Input("fifo-verified", fifo("content/x/verified.json"), wrong=False),
    Input("fifo-font", fifo("styles/fonts/a.ttf"), wrong=False),
    Input("fifo-pdf", fifo("out/x/x-email.pdf"), (BUILD,), quick=True, wrong=False),
    Input("fifo-out", fifo("out"), (BUILD,), quick=True),
    Input("fifo-memory", both(
        fifo("out/.cache/made.jsonl"), fifo("out/.cache/coverage.json")), wrong=False),
    Input("fifo-mail", fifo("content/x/mail.yaml"), MAILING),
    Input("fifo-recipients", fifo("content/x/recipients.csv"), MAILING[:1]),
    Input("fifo-suppressed", fifo("content/suppressed.txt"), MAILING[:1]),
    Input("fifo-ledger", fifo("ledger.sqlite3"), MAILING, quick=True),
    Input("socket-leaflet", unix_socket("content/x/leaflet.yaml"), quick=True),
    Input("socket-source", unix_socket("content/x/source.txt")),
    Input("folder-leaflet", folder("content/x/leaflet.yaml")),
    Input("folder-pdf", folder("out/x/x-email.pdf"), (BUILD,), quick=True),
    Input("folder-ledger", folder("ledger.sqlite3"), MAILING),
    Input("device-logo", link("content/x/logo.svg", "/dev/zero"), quick=True),
    Input("device-leaflet", link("content/x/leaflet.yaml", "/dev/zero")),
    # Ways out
    Input("link-leaflet", link("content/x/leaflet.yaml", "BAIT/outside.json"), quick=True),
    Input("link-source", link("content/x/source.txt", "BAIT/secret.txt")),
    Input("link-style", link("styles/common.css", "BAIT/secret.txt")),
    Input("link-out", link("out", "BAIT"), (BUILD,), quick=True),
    Input("link-out-leaflet", link("out/x", "BAIT"), (BUILD,)),
    Input("link-pdf", link("out/x/x-email.pdf", "BAIT/secret.txt"), (BUILD,), quick=True, wrong=False),
    Input("link-memory", both(
        link("out/.cache/made.jsonl", "BAIT/secret.txt")), (BUILD,), wrong=False),
    Input("link-verified", link("content/x/verified.json", "BAIT/secret.txt"), wrong=False),
    Input("link-ledger", link("ledger.sqlite3", "BAIT/ledger"), MAILING),
    Input("link-loop", link("content/x/logo.svg", "logo.svg")),
    # Programs in the folder
    Input("modules", both(source("md", b"Worte der Quelle. Und mehr.\n"), modules), (CHECK, BUILD, ("source", "show", "x"), ("mail", "preview", "x")), quick=True, wrong=False),
    # Manuscripts
    Input("passages-alike", leaflet(many_passages("    commentry: {text: x}\n", 20_000)), quick=True),
    Input("passages-empty", leaflet(many_passages("    commentary: {text: }\n", 20_000))),
    Input("passages-highlights", leaflet(many_passages(
        "    quote:\n      lines: 1\n      text: " + "das ist so " * 150 + "\n      highlight:\n"
        + "".join(f"        - {'das ist so ' * 40}nicht {number}\n" for number in range(20)), 50)),
        (CHECK,)),
    Input("event-strange", leaflet(LEAFLET + "event: {date: 0000-00-00, time: '٢٣:٥٩', place: x}\n"
        "picture: {file: ../../../outside/secret.txt, alt: x}\n"), quick=True),
    Input("calendar-lines", leaflet(LEAFLET + 'event: {date: 9999-12-31, time: "20:00-01:00", '
        'place: "x\\r\\nATTACH:file:///etc/passwd\\r\\nBEGIN:VALARM"}\n')),
    Input("passages-long", leaflet(many_passages("    commentary: {text: x}\n", 1_999)), (CHECK,), wrong=False),
    Input("yaml-beyond-unicode", leaflet(LEAFLET.replace("Titel", '"\\UFFFFFFFF"')), quick=True),
    Input("yaml-surrogate", leaflet(LEAFLET.replace("Titel", '"\\uD800"'))),
    Input("yaml-brackets", leaflet("[" * 200_000)),
    Input("yaml-keys", leaflet("".join(f"k{i}: x\n" for i in range(60_000)))),
    Input("yaml-documents", leaflet("---\n" * 200_000)),
    Input("yaml-errors", leaflet("a: b: c\n" * 100_000), LISTED),
    Input("yaml-directive", leaflet("%YAML 9.9\n---\n" + LEAFLET)),
    Input("yaml-utf16", leaflet(LEAFLET.encode("utf-16"))),
    Input("markdown-brackets", leaflet(LEAFLET.replace("Antwort", '"' + "[" * 400_000 + '"'))),
    Input("markdown-emphasis", leaflet(LEAFLET.replace("Antwort", '"' + "*a _b " * 80_000 + '"')), (CHECK,), wrong=False),
    Input("slots-full", both(
        leaflet(LEAFLET.replace("Antwort", "'" + "{{ region.a }}" * 5_000 + "'") + "slots: {a: " + "x" * 400_000 + "}\n")), quick=True),
    Input("regions-quotes", put("content/x/regions.csv", 'id,name\n"' + "x\n" * 1_000_000), LISTED),
    Input("regions-rows", put("content/x/regions.csv", "id,name\n" + "A B,\n" * 300_000), LISTED),
    Input("language-expression", language(
        lambda text: text + '\nordinal: "(a+)+$"\n' if "ordinal:" not in text else text.replace("ordinal:", "ordinal: '(a|a)*$' #"))),
    Input("language-format", language(
        lambda text: text.replace("{month}", "{month:>9999999999}", 1)), quick=True),
    Input("editions-way-out", put("styles/editions.yaml",
        "../../../outside/x:\n  description: x\n  styles: [common.css]\n  fonts: [Gentium Book Plus]\n"),
        (("build", "-e", "../../../outside/x"),)),
    Input("editions-template", put("styles/editions.yaml",
        "a:\n  description: x\n  styles: [../../outside/secret.txt]\n  template: ../../outside/secret.txt\n"
        "  fonts: [Gentium Book Plus]\n"), (("build", "-e", "a"),)),
    Input("editions-numbers", put("styles/editions.yaml",
        "a:\n  description: x\n  styles: [common.css]\n  fonts: [Gentium Book Plus]\n  bleed: nan\n"
        "  max-file-size: inf\n  resolution: 1e400\n"), (("build", "-e", "a"),)),
    Input("names", lambda project, bait: (project / "content" / "a\x1b]0;x\x07\nb").mkdir(), quick=True),
    # Sources
    Input("pdf-noise", source("pdf", b"%PDF-1.7\n" + bytes(range(256)) * 4000), READ, wrong=False),
    Input("pdf-pages", source("pdf", pages(50_000, b"")), READ, wrong=False),
    Input("pdf-text", source("pdf", pages(
        1_900, b"BT /F 1 Tf " + b"(x y z) Tj 1 0 Td " * 20_000 + b"ET")), READ, wrong=False),
    Input("pdf-graphics", source("pdf", pages(1, b"0 0 m 1 1 l S\n" * 3_000_000)), READ, wrong=False),
    Input("pdf-tree", source("pdf", pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>"])), READ, wrong=False),
    Input("html-nested", source("html", b"<div>" * 500_000), READ, quick=True, wrong=False),
    Input("html-comments", source("html", b"<!--" * 1_000_000), READ, wrong=False),
    Input("markdown-source", source("md", b"[" * 2_000_000), READ, wrong=False),
    # Mail
    Input("ledger-view", ledger(
        "CREATE VIEW letters AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
        "SELECT i FROM n", "PRAGMA user_version = 1"), MAILING, quick=True),
    Input("ledger-noise", put("ledger.sqlite3", b"SQLite format 3\0" + bytes(range(256)) * 100), MAILING),
    Input("mail-encoded-word", put("content/x/recipients.csv",
        "office,email,variant\n=?utf-8?q?x=0D=0ABcc:_evil@example.org?=,amt@example.org,base\n"),
        MAILING, wrong=False),
    Input("mail-host", put("content/x/mail.yaml", MAIL.replace("smtp.example.invalid", "x" * 5000)), MAILING[:1]),
)  # fmt: skip
