"""Nothing from outside gets in, by whatever way it is named, and each attempt is a diagnostic."""

import io
import ssl
import unicodedata
from typing import Literal

import pytest
from PIL import Image

from brochure.diagnostics import DiagnosticsError, Location
from brochure.layout.composition import Composition
from brochure.layout.weasyprint import engine
from tests.conftest import HEAD, PASSAGE, Workspace

OUTSIDE = [
    "https://example.org/x.png",
    "//example.org/x.png",
    "file:///etc/passwd",
    "/etc/passwd",
    "../../../../../../etc/x.png",
    "..%2f..%2f..%2fetc/x.png",
    "ftp://example.org/x.css",
    "data:image/png;base64,AAAA",  # would pass unchecked what a file may not hold
]


Form = Literal["NFC", "NFD"]


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def logo(file: str) -> str:
    return HEAD + PASSAGE + f"logo:\n  file: '{file}'\n  alt: Bild\n"


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_picture_from_outside(workspace: Workspace, address: str) -> None:
    workspace.leaflet(logo(address))
    (diagnostic,) = workspace.diagnostics("email")
    assert diagnostic.code in ("outside-project", "cannot-read")
    assert (diagnostic.location.line, diagnostic.location.column) == (8, 9)


@pytest.mark.parametrize(("there", "here"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_names_from_a_mac(workspace: Workspace, there: Form, here: Form) -> None:
    """A picture, the logo, a style sheet and a template, with letters composed otherwise."""
    stored, typed = (unicodedata.normalize(form, "Größe-Ä") for form in (there, here))
    assert stored != typed
    picture = png(40, 30)
    workspace.write(f"content/probe/{stored}.png", picture)
    workspace.write(f"styles/{stored}.png", picture)
    workspace.write(f"styles/{stored}.css", f"p {{ background: url('{typed}.png') }}")
    workspace.write("styles/email.css", f"@import '{typed}.css';")
    workspace.write(f"styles/{stored}.html", "<p>Hier</p>")
    workspace.write(
        "styles/leaflet.html",
        f"<html lang=de><title>T</title><body>{{% include '{typed}.html' %}}"
        f"<img src='{typed}.png' alt='Bild'></html>",
    )
    workspace.leaflet(logo(f"{typed}.png"))
    composition = workspace.compose("email")
    assert composition.diagnostics == ()
    assert "<p>Hier</p>" in composition.html
    assert [a.data for a in composition.assets.values()].count(picture) == 2


@pytest.mark.parametrize("address", OUTSIDE)
@pytest.mark.parametrize(
    "css",
    ["p {{ color: red }}\n@import '{}';", "\n@import url({});", "\nb {{ background: url('{}') }}",
     "\n@media print {{ p {{ list-style: url({}) }} }}", "\n@page {{ background: url({}) }}"],
)  # fmt: skip
def test_a_style_sheet_that_reaches_outside(workspace: Workspace, css: str, address: str) -> None:
    workspace.write("styles/email.css", css.format(address))
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.diagnostics("email")
    assert diagnostic.code in ("outside-project", "cannot-read")
    assert diagnostic.location.file == "styles/email.css"
    assert diagnostic.location.line == 2


@pytest.mark.parametrize("address", OUTSIDE)
@pytest.mark.parametrize(
    "html",
    ['<img src="{}" alt="x">', '<link rel="stylesheet" href="{}">', '<object data="{}"></object>',
     '<p style="background: url({})">', "<style>@import '{}';</style>", '<embed src="{}">',
     '<link rel="attachment" href="{}">', "<IMG SrcSet='{} 2x' alt=x>",
     "<svg><image href={} /></svg>"],
)  # fmt: skip
def test_a_template_that_reaches_outside(workspace: Workspace, html: str, address: str) -> None:
    workspace.write("styles/leaflet.html", f"<html lang=de><title>x</title>{html.format(address)}")
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.diagnostics("email")
    assert diagnostic.code in ("outside-project", "cannot-read")
    assert diagnostic.location == Location("styles/leaflet.html")


def test_links_to_click_on_fetch_nothing(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "'[x](https://example.org/x.png)'"))
    assert workspace.compose().assets == {}


def test_a_symbolic_link_out_of_the_project(workspace: Workspace) -> None:
    (workspace.root / "content/probe/x.png").symlink_to("/etc/hostname")
    workspace.leaflet(logo("x.png"))
    assert [c.code for c in workspace.diagnostics("email")] == ["outside-project"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.png", b"no picture", "broken-picture"),
        ("a.png", b"", "broken-picture"),
        ("a.png", png(200, 200)[:-60], "broken-picture"),
        ("a.png", png(13_000, 13_000, "1"), "picture-too-large"),
        ("a.jpg", b"GIF89a", "broken-picture"),
        ("a.gif", b"GIF89a", "file-type"),
        ("a.heic", b"ftypheic", "file-type"),
        ("a.ttf", b"x", "file-type"),
        ("a.svg", b"<svg", "svg"),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "svg"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>', "svg"),
        ("a.svg", b'<svg><image href="file:///etc/passwd"/></svg>', "svg"),
        ("a.svg", b'<svg><a href="https://example.org/"/></svg>', "svg"),
        ("a.svg", b'<svg><rect fill="url(https://example.org/x)"/></svg>', "svg"),
        ("a.svg", b"<svg>" + b"<g/>" * 5001 + b"</svg>", "svg"),
        ("a.svg", b"<svg>" + b"<g>" * 100_000, "svg"),
    ],
)
def test_bad_pictures(workspace: Workspace, name: str, data: bytes, code: str) -> None:
    workspace.write(f"content/probe/{name}", data)
    workspace.leaflet(logo(name))
    diagnostics = workspace.diagnostics("email")
    assert {c.code for c in diagnostics} == {code}
    assert {c.location.line for c in diagnostics} == {8}
    if name in ("a.gif", "a.heic"):  # from a telephone: no word on fonts and style sheets
        assert "PNG or JPEG" in diagnostics[0].hint


def test_good_pictures_and_imports_are_taken_along(workspace: Workspace) -> None:
    workspace.write("content/probe/images/a.png", png(20, 10))
    workspace.write("styles/email.css", "@import 'more/extra.css';")
    workspace.write("styles/more/extra.css", "p { background: url(dot.png) }")
    workspace.write("styles/more/dot.png", png(1, 1))
    workspace.leaflet(logo("images/a.png"))
    assert sorted(workspace.compose().assets) == [
        "https://brochure.invalid/content/probe/images/a.png",
        "https://brochure.invalid/styles/more/dot.png",
        "https://brochure.invalid/styles/more/extra.css",
    ]
    assert workspace.typeset().pages == 1


def test_the_typesetter_itself_fetches_nothing_that_was_not_collected(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    composition = workspace.compose()
    for address in ("https://example.org/x.png", "file:///etc/passwd", "other.png"):
        html = composition.html.replace("<h1>", f'<img src="{address}" alt="x"><h1>')
        changed = Composition(**{**vars(composition), "html": html})
        with pytest.raises(DiagnosticsError) as caught:
            workspace.typesetter.typeset(changed)
        assert [d.code for d in caught.value.diagnostics] == ["outside-project"]


def test_a_cut_picture_is_told_in_the_second_leaflet_too(workspace: Workspace) -> None:
    engine.load_weasyprint()  # which changes how Pillow reads, in the whole process
    workspace.write("content/probe/a.png", png(200, 200)[:-60])
    workspace.leaflet(logo("a.png"))
    assert [c.code for c in workspace.diagnostics("email")] == ["broken-picture"]


def lettering(ink: str, ground: tuple[int, int, int, int], frame: str = "") -> bytes:
    """A bar in a colour on a ground, which may be transparent, with an edge of its own."""
    picture = Image.new("RGBA", (200, 80), ground)
    picture.paste(ink, (60, 20, 140, 60))
    if frame:
        for box in ((0, 0, 200, 4), (0, 76, 200, 80), (0, 0, 4, 80), (196, 0, 200, 80)):
            picture.paste(frame, box)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


PAPER, CLEAR = (255, 255, 255, 255), (0, 0, 0, 0)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize(
    ("name", "data", "opaque"),
    [
        ("a.png", lettering("#96303f", PAPER), True),
        ("a.png", lettering("#103010", CLEAR), True),
        ("a.png", lettering("white", CLEAR), False),
        ("a.png", lettering("white", (20, 30, 90, 255)), False),
        ("a.png", lettering("white", PAPER, "#103010"), False),
        ("a.svg", DRAWING.format('<path d="M0 0h9v9z"/>'), True),
        ("a.svg", DRAWING.format('<path d="M0 0h9v9z" fill="#fff"/>'), False),
        ("a.svg", DRAWING.format('<g style="fill: white"><path d="M0 0h9v9z"/></g>'), False),
        ("a.svg", DRAWING.format('<g fill="#fff"><path d="M0 0h9" stroke="#333"/></g>'), True),
    ],
    ids=["on-white", "dark", "light", "on-dark", "framed", "svg-black", "svg-white",
         "svg-inherited", "svg-stroke"],
)  # fmt: skip
def test_logos_made_for_white_paper_get_some(
    workspace: Workspace, name: str, data: str | bytes, opaque: bool
) -> None:
    """On the coloured head, a box of paper, or dark letters that nobody sees, are no logo."""
    workspace.write(f"content/probe/{name}", data)
    workspace.leaflet(logo(name))
    html = workspace.compose("press").html
    assert ('<img class="logo opaque"' in html) is opaque
    assert ('<img class="logo"' in html) is not opaque


def test_nothing_is_fetched_where_nobody_says_how_and_no_connection_is_prepared(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    weasyprint = engine.load_weasyprint()
    with pytest.raises(weasyprint.urls.FatalURLFetchingError):
        weasyprint.HTML(url="https://example.org/")
    # From Python 3.12 on, urllib reads all certificates of the system before it is asked anything.
    prepared: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: prepared.append(1))
    workspace.leaflet(HEAD + PASSAGE)
    assert workspace.typeset().pages == 1
    assert prepared == []
