"""Source files: read in bounded time and memory, and only once; failures are reported."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from brochure.diagnostics import DiagnosticsError, Location
from brochure.project import CACHE_VARIABLE
from brochure.sources.document import Document
from brochure.sources.reading import pdfium, reader
from brochure.sources.reading.reader import read_source
from tests import papers
from tests.conftest import Workspace

HERE = Location("leaflet.yaml", 3, 9)
TEXT = "<p>Wir fördern Bäume.</p><p>Und Wiesen, weil sie effizient und offen sind.</p>"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[None]:
    """Nothing has been read before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
        yield


@pytest.fixture(scope="module")
def small() -> bytes:
    return papers.typeset(f"<html lang=de>{TEXT}</html>")


def opened(workspace: Workspace, name: str, data: bytes) -> tuple[Document | None, list[str]]:
    path = workspace.write(f"content/probe/sources/{name}", data)
    result = read_source(workspace.project, path, None, HERE)
    assert len(result.value.digest) == 64
    assert all(d.location == HERE and not d.is_error for d in result.diagnostics)
    return result.value.document, [d.message for d in result.diagnostics]


def texts(document: Document | None) -> list[str]:
    assert document is not None
    return [line.text for line in document.lines]


def test_a_pdf_is_read(workspace: Workspace, small: bytes) -> None:
    document, diagnostics = opened(workspace, "a.pdf", small)
    assert diagnostics == []
    assert texts(document) == [
        "Wir fördern Bäume.", "Und Wiesen, weil sie effizient und offen sind."
    ]  # fmt: skip


def locked(data: bytes, user: str) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        target = io.BytesIO()
        pdf.save(target, encryption=pikepdf.Encryption(owner="geheim", user=user))
        return target.getvalue()


def scanned() -> bytes:
    """A page that is a picture of one."""
    document = pypdfium2.PdfDocument(papers.typeset(f"<html>{TEXT}</html>"))
    picture = document[0].render(scale=0.2).to_pil()
    target = io.BytesIO()
    picture.save(target, "PDF")
    document.close()
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("locked.pdf", lambda pdf: locked(pdf, "geheim"), "is protected by a password"),
        ("cut.pdf", lambda pdf: pdf[:300], "is not a PDF that can be read"),
        ("page.pdf", lambda pdf: b"<html>not a PDF</html>", "is not a PDF that can be read"),
        ("nothing.pdf", lambda pdf: b"", "is not a PDF that can be read"),
        ("scan.pdf", lambda pdf: scanned(), "consists of pictures"),
        ("empty.pdf", lambda pdf: papers.typeset("<html></html>"), "contains no text"),
        ("empty.txt", lambda pdf: b"  \n\n", "contains no text"),
        ("empty.html", lambda pdf: b"<p> </p>", "contains no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_reported(
    workspace: Workspace, small: bytes, name: str, make: object, message: str
) -> None:
    assert callable(make)
    document, diagnostics = opened(workspace, name, make(small))
    assert document is None
    (diagnostic,) = diagnostics
    assert diagnostic.startswith(f"`{name}` {message}")


def test_a_pdf_that_only_forbids_changes_is_read(workspace: Workspace, small: bytes) -> None:
    data = locked(small, "")
    assert texts(opened(workspace, "a.pdf", data)[0])[0] == "Wir fördern Bäume."


def test_a_turned_page_is_read(workspace: Workspace, small: bytes) -> None:
    with pikepdf.open(io.BytesIO(small)) as pdf:
        pdf.pages[0].Rotate = 90
        target = io.BytesIO()
        pdf.save(target)
    assert texts(opened(workspace, "a.pdf", target.getvalue())[0])[0] == "Wir fördern Bäume."


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_sideways_text_is_read_if_all_of_it_is_sideways(
    workspace: Workspace, small: bytes, turn: int
) -> None:
    with pikepdf.open(io.BytesIO(small)) as pdf:
        turned = {90: "0 1 -1 0 842 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 595"}[turn]
        page = pdf.pages[0]
        page.mediabox = pikepdf.Array([0, 0, 595, 842] if turn == 180 else [0, 0, 842, 595])
        page.contents_add(f"q {turned} cm".encode(), prepend=True)
        page.contents_add(b"Q")
        target = io.BytesIO()
        pdf.save(target)
    found = texts(opened(workspace, "a.pdf", target.getvalue())[0])
    assert found == ["Wir fördern Bäume.", "Und Wiesen, weil sie effizient und offen sind."]


def test_sideways_text_in_the_margin_is_not_read(workspace: Workspace) -> None:
    side = "<div style='position: absolute; transform: rotate(90deg)'>am Rand</div>"
    data = papers.typeset(f"<html lang=de>{TEXT}{side}</html>")
    assert "Rand" not in "".join(texts(opened(workspace, "a.pdf", data)[0]))


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"x", "source-kind"),
        ("a", b"x", "source-kind"),
        ("latin.txt", "Bäume".encode("latin-1"), "not-utf8"),
        ("latin.html", "<p>Bäume".encode("latin-1"), "not-utf8"),
    ],
)
def test_files_of_other_kinds_are_refused(
    workspace: Workspace, name: str, data: bytes, code: str
) -> None:
    path = workspace.write(f"content/probe/sources/{name}", data)
    with pytest.raises(DiagnosticsError) as caught:
        read_source(workspace.project, path, None, HERE)
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert all(d.hint for d in caught.value.diagnostics)


@pytest.mark.parametrize("name", ["iso-8859-1", "windows-1252"])
def test_web_pages_say_their_encoding(workspace: Workspace, name: str) -> None:
    html = f"<meta charset='{name}'><p>Bäume – „grün“".encode("windows-1252")
    assert texts(opened(workspace, "a.html", html)[0]) == ["Bäume – „grün“"]


def test_files_outside_the_project_and_missing_ones_are_errors(workspace: Workspace) -> None:
    for path in (workspace.root.parent / "a.txt", workspace.root / "content/probe/b.txt"):
        (workspace.root.parent / "a.txt").write_text("x")
        with pytest.raises(DiagnosticsError) as caught:
            read_source(workspace.project, path, None, HERE)
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.is_error
        assert diagnostic.location == HERE


def parts() -> bytes:
    """Two pages with Roman numerals, one without a number, three that are counted anew."""
    texts = {"i": "Titel", "ii": "Inhalt", "": "Widmung", "1": "Ein Anfang.", "2": "Eine Mitte.",
             "3": "Ein Ende."}  # fmt: skip
    style = "@page { size: A5 }" + "".join(
        f"@page n{number} {{ @bottom-center {{ content: '{number}' }} }}" for number in texts
    )
    pages = [f"<div style='page: n{number}'>{text}</div>" for number, text in texts.items()]
    return papers.typeset(f"<html lang=de><style>{style}</style>{''.join(pages)}</html>")


def test_pages_are_called_by_what_is_printed_and_by_labels_that_agree(workspace: Workspace) -> None:
    document, _ = opened(workspace, "a.pdf", parts())
    assert document is not None
    assert document.pages == ("i", "ii", "iii", "1", "2", "3")
    with pikepdf.open(io.BytesIO(parts())) as pdf:
        roman, title = pikepdf.Dictionary(S=pikepdf.Name.r), pikepdf.Dictionary(P="C-9")
        body = pikepdf.Dictionary(S=pikepdf.Name.D)
        pdf.Root.PageLabels = pikepdf.Dictionary(Nums=[0, roman, 2, title, 3, body])
        target = io.BytesIO()
        pdf.save(target)
    document, _ = opened(workspace, "b.pdf", target.getvalue())
    assert document is not None
    assert document.pages == ("i", "ii", "C-9", "1", "2", "3")


def test_a_pdf_is_read_once(
    workspace: Workspace, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = opened(workspace, "a.pdf", small)
    monkeypatch.setattr(reader, "run_reader", lambda *_: pytest.fail("read again"))
    second, _ = opened(workspace, "copy-of-it.pdf", small)
    assert first == second
    (cached,) = (workspace.project.cache / "sources").iterdir()
    cached.write_bytes(b"{torn")
    monkeypatch.undo()
    assert opened(workspace, "a.pdf", small)[0] == first
    assert json.loads(cached.read_text())["pages"]


def test_what_took_too_long_is_tried_again(
    workspace: Workspace, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "run_reader", lambda *_: {"error": "time"})
    document, diagnostics = opened(workspace, "a.pdf", small)
    assert document is None
    assert "takes too long" in diagnostics[0]
    monkeypatch.undo()
    assert texts(opened(workspace, "a.pdf", small)[0])[0] == "Wir fördern Bäume."


def test_expected_line_numbers_that_are_not_there_are_reported(
    workspace: Workspace, small: bytes
) -> None:
    path = workspace.write("content/probe/sources/a.pdf", small)
    result = read_source(workspace.project, path, "margin", HERE)
    assert [d.code for d in result.diagnostics] == ["no-margin-numbers"]


def fail(data: bytes) -> None:
    raise ValueError("math domain error")


def test_whatever_a_parser_raises_is_reported(
    workspace: Workspace, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfium, "read_pages", fail)
    document, diagnostics = opened(workspace, "a.pdf", small)
    assert document is None
    assert "makes the program that reads it crash" in diagnostics[0]
