"""Files that people bring: what each is, and why one is not read. Never a traceback, a minute of
waiting, or a word run.
"""

import struct
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Severity
from brochure.interchange.document import Document, paragraphs
from brochure.interchange.reading import reader
from brochure.interchange.reading.docx import read_docx
from brochure.interchange.reading.odt import read_odt
from brochure.interchange.reading.reader import FORMATS, read_document
from brochure.messages import catalogue
from tests.office_files import (
    archive,
    docx,
    docx_entries,
    odt,
    odt_entries,
    p,
    part,
    r,
    tbl,
    tc,
    tr,
)
from tests.test_import_docx import box, line

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
WORD = docx_entries(p("Text"))
XML = "word/document.xml"


def entries(**changes: str | bytes) -> bytes:
    return archive({**WORD, **changes})


def encrypted() -> bytes:
    """An archive whose entries are marked as encrypted (APPNOTE 4.4.4)."""
    data = bytearray(docx(p("Text")))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        place = -1
        while (place := data.find(start, place + 1)) >= 0:
            data[place + (6 if start == b"PK\x03\x04" else 8)] |= 1
    return bytes(data)


def declared(size: int, entry: str = XML) -> bytes:
    """An archive that says of an entry that it has so many bytes."""
    data = bytearray(docx(p("Text"), {"media/a.png": b"x"}))
    name = data.rfind(entry.encode())
    directory = data.rfind(b"PK\x01\x02", 0, name)
    data[directory + 24 : directory + 28] = struct.pack("<I", size)
    return bytes(data)


def twice() -> bytes:
    buffer = BytesIO(docx(p("Text")))
    with ZipFile(buffer, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr(XML, part("document", f"<w:body>{p('Anderes')}</w:body>"))
    return buffer.getvalue()


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    f"{part('document', '<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body>')}"
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
)
SHEET = "application/vnd.oasis.opendocument.spreadsheet"
SHEETS = odt_entries("")["content.xml"].replace("office:text", "office:spreadsheet")
NASTY: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "import-empty"),
    "protected by a password": (
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "import-protected"),
    "of Word before 2007": (lambda: OLE + "WordDocument".encode("utf-16-le"), "import-doc"),
    "of Excel before 2007": (lambda: OLE + "Workbook".encode("utf-16-le"), "import-format"),
    "rich text": (lambda: b"{\\rtf1 Text}", "import-rtf"),
    "one file of XML": (
        lambda: b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><x/>',
        "import-xml"),
    "a flat OpenDocument": (
        lambda: b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document/>', "import-xml"),
    "a page of the web by Word": (lambda: b"MIME-Version: 1.0\n", "import-xml"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0", "import-format"),
    "cut off": (lambda: docx(p("Text"))[:-100], "import-broken"),
    "the beginning of an archive": (lambda: b"PK\x03\x04", "import-broken"),
    "an archive with a password": (encrypted, "import-protected"),
    "a spreadsheet": (lambda: archive({"[Content_Types].xml": "", "xl/workbook.xml": "<x/>"}),
                      "import-format"),
    "another archive": (lambda: archive({"a.txt": "Text"}), "import-format"),
    "not XML": (lambda: entries(**{XML: "<w:document"}), "import-broken"),
    "without a body": (lambda: entries(**{XML: part("document", "")}), "import-broken"),
    "entities": (lambda: entries(**{XML: LAUGHS}), "import-refused"),
    "entities, in another encoding": (
        lambda: entries(**{XML: LAUGHS.encode("utf-16")}), "import-refused"),
    "deep within one another": (
        lambda: docx("<w:p>" + "<w:smartTag>" * 50_000 + r("x") + "</w:smartTag>" * 50_000
                     + "</w:p>"), "import-refused"),
    "tables in tables in tables": (
        lambda: docx("<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000),
        "import-refused"),
    "too large a part": (lambda: docx(p("x" * bounds.UNPACKED_XML)), "import-size"),
    "too large unpacked": (
        lambda: declared(bounds.UNPACKED + 1, "word/media/a.png"), "import-size"),
    "another size than it says": (lambda: declared(20), "import-broken"),
    "too many entries": (
        lambda: entries(**{f"{n}.xml": "" for n in range(bounds.ENTRIES)}), "import-size"),
    "a part twice": (twice, "import-broken"),
    "a part twice, in capitals": (lambda: entries(**{XML.upper(): "<x/>"}), "import-broken"),
    "too many cells": (
        lambda: docx(tbl(tr("<w:tc/>" * (bounds.CELLS + 1)))), "import-size"),
    "OpenDocument with a password": (
        lambda: archive({**odt_entries(""), "META-INF/manifest.xml": MANIFEST}),
        "import-protected"),
    "OpenDocument without its text": (
        lambda: archive({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "import-broken"),
    "an OpenDocument spreadsheet": (
        lambda: archive({**odt_entries(""), "mimetype": SHEET, "content.xml": SHEETS}),
        "import-format"),
    "rows for ever": (
        lambda: odt('<table:table><table:table-row table:number-rows-repeated="1000">'
                    '<table:table-cell table:number-columns-repeated="1000"><text:p>x</text:p>'
                    "</table:table-cell></table:table-row></table:table>"), "import-size"),
}  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_what_cannot_be_read_is_told(name: str) -> None:
    make, code = NASTY[name]
    with pytest.raises(DiagnosticsError) as caught:
        read_here(make(), "Größe.docx")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code
    assert diagnostic.location.file == "Größe.docx"
    german = catalogue("de")
    for message in (diagnostic.message, diagnostic.hint):
        assert german(message) not in ("", str(message)), "a sentence, in German as well"
    assert "`Größe.docx`" in diagnostic.message


@pytest.mark.parametrize(
    ("depth", "read"), [(bounds.XML_DEPTH, True), (bounds.XML_DEPTH + 1, False)]
)
def test_how_deep_elements_may_be(depth: int, read: bool) -> None:
    """Far below what recursion can do in any version of Python."""
    around = 5  # document, body, p, r, t
    count = depth - around
    data = docx("<w:p>" + "<w:smartTag>" * count + r("Text") + "</w:smartTag>" * count + "</w:p>")
    if read:
        assert [one.text for one in paragraphs(read_here(data, "a.docx").blocks)] == ["Text"]
    else:
        with pytest.raises(DiagnosticsError):
            read_here(data, "a.docx")


@pytest.mark.parametrize(
    "name", ["a spreadsheet", "an OpenDocument spreadsheet", "another archive"]
)
def test_what_an_archive_is_instead(name: str) -> None:
    with pytest.raises(DiagnosticsError) as caught:
        read_here(NASTY[name][0](), "a.docx")
    what = "an archive" if name == "another archive" else "a spreadsheet"
    assert caught.value.diagnostics[0].message.values["what"] == what


def read_here(data: bytes, name: str) -> Document:
    """As `read_document` does it, in this process: thirty others would take half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_alone", lambda read, data, name: read(data, name))
        return read_document(data, name)


def busy(data: bytes, name: str) -> Document:
    while True:
        pass


def greedy(data: bytes, name: str) -> Document:
    return Document((), title=" " * 10**10)


def endless(data: bytes, name: str) -> Document:
    return endless(data, name)


def stumbling(data: bytes, name: str) -> Document:
    raise KeyError("w:styleId")


@pytest.mark.parametrize(
    ("read", "code"),
    [(busy, "time"), (greedy, "memory"), (endless, "memory"), (stumbling, "crash")],
)
def test_a_reader_is_held_within_bounds(
    read: Callable[[bytes, str], Document], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "IMPORT_SECONDS", 0.3 if code == "time" else 20)
    monkeypatch.setattr(bounds, "MEMORY", 400_000_000)
    monkeypatch.setitem(FORMATS, "docx", replace(FORMATS["docx"], read=read))
    with pytest.raises(DiagnosticsError) as caught:
        read_document(docx(p("Text")), "a.docx")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == f"import-{code}"


def test_a_document_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some 60 kB, packed; what mammoth needs a minute for."""
    monkeypatch.setattr(bounds, "IMPORT_SECONDS", 0.2)
    with pytest.raises(DiagnosticsError) as caught:
        read_document(docx(line_of_runs(150_000)), "a.docx")
    assert caught.value.diagnostics[0].code == "import-time"


def line_of_runs(count: int) -> str:
    return f"<w:p>{r('a ') * count}</w:p>"


def test_too_large_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "IMPORTED", 1_000)
    with pytest.raises(DiagnosticsError) as caught:
        read_document(docx(p("Text") * 2_000) + bytes(1_000), "a.docx")
    assert caught.value.diagnostics[0].code == "import-size"


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("a.docx", docx(p("Text")), []),
        ("A.DOTX", docx(p("Text")), []),
        ("a.odt", odt("<text:p>Text</text:p>"), []),
        ("a.doc", docx(p("Text")), ["import-ending"]),
        ("a.docx", odt("<text:p>Text</text:p>"), ["import-ending"]),
        ("a", docx(p("Text")), ["import-ending"]),
        ("a.docm", entries(**{"word/vbaProject.bin": b"Auto_Open"}), ["import-macros"]),
        ("a.docx", entries(**{"../../etc/x.xml": "x", "/abs.xml": "x", "C:\\x.xml": "x"}),
         ["import-entry"] * 3),
        ("a.docx", archive({name.replace("/", "\\"): data for name, data in WORD.items()}), []),
        ("a.docx", archive({name.upper(): data for name, data in WORD.items()}), []),
    ],
)  # fmt: skip
def test_a_file_is_what_it_contains(name: str, data: bytes, codes: list[str]) -> None:
    document = read_here(data, name)
    assert [one.text for one in paragraphs(document.blocks)] == ["Text"]
    assert [one.code for one in document.diagnostics] == codes
    assert all(one.severity is not Severity.ERROR for one in document.diagnostics)


@pytest.mark.parametrize(
    ("inside", "outside", "codes"),
    [(30, 29, ["import-text-boxes"]), (30, 30, []), (20, 0, []), (21, 0, ["import-text-boxes"])],
)
def test_text_that_is_in_boxes(inside: int, outside: int, codes: list[str]) -> None:
    data = docx(p("Wort " * outside) + line(box(p("Kasten " * inside))))
    assert [one.code for one in read_here(data, "a.docx").diagnostics] == codes


def test_what_is_read_travels_between_processes() -> None:
    """Diagnostics, pictures and all: the same as here."""
    body = tbl(tr(tc(p("Text")))) + '<w:p><w:altChunk r:id="x"/></w:p>'
    data = docx(body, {"vbaProject.bin": b"x", "header1.xml": part("hdr", p("Kopf"))})
    assert read_document(data, "a.docx") == read_docx(data, "a.docx")
    assert read_document(odt("<text:p>x</text:p>"), "a.odt") == read_odt(
        odt("<text:p>x</text:p>"), "a.odt"
    )


def test_names_of_formats_are_sentences() -> None:
    (note,) = read_here(docx(p("Text")), "a.doc").diagnostics
    assert catalogue("de")(note.message) == "`a.doc` ist nach ihrem Inhalt ein Word-Dokument."
