"""Designs: which sheets and templates they bring, what is said of wrong ones, and how pages look in
them: read in the right order by several programs, and without a word of preflight.
"""

import io
import re
import subprocess

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from brochure.cli.main import run
from brochure.layout.composition import Composition
from brochure.layout.designs import DEFAULT, PICTURE, load_designs
from brochure.layout.editions import load_editions
from brochure.project import Project, builtin_styles
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace
from tests.readers import chars, marked_texts
from tests.test_languages import QUOTE, TEXTS, leaflet, with_fonts

EDITIONS = load_editions(Project(ROOT))
BUILT_IN = ("bold", "plain")


def sheets(composition: Composition) -> list[str]:
    return [name for name, _ in composition.stylesheets]


# --- What a design is ----------------------------------------------------------------------------


def test_each_says_what_it_is_for_and_shows_itself() -> None:
    designs = load_designs(Project(ROOT)).value
    assert tuple(designs) == BUILT_IN
    assert DEFAULT in designs
    for name, design in designs.items():
        assert {"en", "de"} <= set(design.description)
        assert design.described("de") != design.described("en") == design.described("xx")
        picture = builtin_styles() / "designs" / name / PICTURE
        assert picture.stat().st_size < 100_000
        with Image.open(picture) as image:
            assert image.width >= 300


def test_its_sheets_follow_those_of_the_edition_one_by_one(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    ours, bold = "designs/mine/", "designs/bold/"
    found = sheets(workspace.compose("print"))
    assert found[:4] == ["common.css", bold + "common.css", "columns.css", bold + "columns.css"]
    workspace.leaflet("design: mine\n" + HEAD + PASSAGE)
    workspace.write("styles/designs/mine/design.yaml", "description: Unsere\n")
    workspace.write("styles/designs/mine/print.css", "")
    workspace.write("styles/designs/mine/rtl.css", "")
    assert sheets(workspace.compose("print")) == [
        "common.css", "columns.css", "print.css", ours + "print.css",
    ]  # fmt: skip
    with_fonts(workspace)
    workspace.leaflet("design: mine\n" + HEAD.replace("de", "ar") + PASSAGE)
    assert sheets(workspace.compose("print"))[-2:] == ["rtl.css", ours + "rtl.css"]


def test_a_project_replaces_single_files_of_a_design(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.write("styles/designs/bold/common.css", "h1 { color: blue }")
    workspace.write(
        "styles/designs/bold/leaflet.html", "<html lang=de><title>x</title><h1>Ihr Kopf</h1>"
    )
    composition = workspace.compose("email")
    own = dict(composition.stylesheets)
    assert own["designs/bold/common.css"] == "h1 { color: blue }"
    assert "th" in own["designs/bold/columns.css"], "all else is built in"
    assert composition.html == "<html lang=de><title>x</title><h1>Ihr Kopf</h1>"


@pytest.mark.parametrize(
    ("name", "file", "text", "code", "place"),
    [
        ("bolt", "", "", "unknown-design", "content/probe/leaflet.yaml:1"),
        ("../bold", "", "", "unknown-design", "content/probe/leaflet.yaml:1"),
        ("mine", "common.css", "", "no-description", "styles/designs/mine/design.yaml:1"),
        ("mine", "design.yaml", "# x", "no-description", "styles/designs/mine/design.yaml:1"),
        ("mine", "design.yaml", "descripton: x", "missing", "styles/designs/mine/design.yaml:1"),
        ("mine", "design.yaml", "description: [x", "bracket", "styles/designs/mine/design.yaml:1"),
        ("mine", "design.yaml", "description: {}", "empty", "styles/designs/mine/design.yaml:1"),
    ],
)
def test_what_is_wrong_with_a_design_is_told(
    workspace: Workspace, name: str, file: str, text: str, code: str, place: str
) -> None:
    workspace.leaflet(f"design: {name}\n" + HEAD + PASSAGE)
    if file:
        workspace.write(f"styles/designs/{name}/{file}", text)
    first, *_ = [d for d in workspace.diagnostics("email") if d.is_error]
    assert (first.code, f"{first.location.file}:{first.location.line}") == (code, place)
    assert first.hint
    if name == "bolt":
        assert "bold" in first.hint


def test_files_that_no_edition_uses_are_told_with_the_name_that_was_meant(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.root)
    workspace.leaflet("design: mine\n" + HEAD + PASSAGE)
    own = "styles/designs/mine/"
    workspace.write(own + "design.yaml", "description: Unsere\n")
    for name in (
        "print.css",
        "rtl.css",
        "sheet.html",
        "colums.css",
        "leaflet.htm",
        "Leaflets.html",
    ):
        workspace.write(own + name, "")
    workspace.write(own + "common.css", "@import 'colours.css';")
    workspace.write(own + "colours.css", "")
    found = [d for d in workspace.diagnostics("web") if d.code == "unused-file"]
    assert [(d.location.file, d.hint.rpartition(". ")[2]) for d in found] == [
        (own + "Leaflets.html", "Did you mean `leaflet.html`?"),
        (own + "colums.css", "Did you mean `columns.css`?"),
        (own + "leaflet.htm", "Did you mean `leaflet.html`?"),
    ]  # fmt: skip
    workspace.write("styles/colums.css", "")
    workspace.write("styles/designs/grün & bunt/common.css", "")
    assert run(["designs"]) == 0
    told = capsys.readouterr().err
    assert told.count("warning:") == 3
    assert "styles/designs/grün & bunt:1:1: warning: `grün & bunt` cannot be the name" in told
    workspace.leaflet("design: grün & bunt\n" + HEAD + PASSAGE)
    (unknown,) = workspace.diagnostics("web")
    assert unknown.hint.endswith("letters without accents, digits and hyphens.")


def test_a_variant_may_have_another_design(workspace: Workspace) -> None:
    workspace.leaflet("design: plain\n" + HEAD + PASSAGE)
    workspace.regions("id,name\nnord,Nord\n")
    workspace.variant("nord", "title: Anders\ndesign: blod\n")
    manuscript = workspace.load("nord")
    assert manuscript.leaflet.design == "blod"
    assert str(manuscript.location(("design",))) == "content/probe/variants/nord.yaml:2:9"
    lines = [d.location.line for d in manuscript.diagnostics if d.code == "not-accepted"]
    assert lines == [1], "a design is no text that could become stale"


def test_a_change_of_its_sheets_makes_leaflets_anew(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.root)
    workspace.leaflet(HEAD + PASSAGE)

    def built() -> str:
        assert run(["build", "--edition", "web", "--jobs", "1"]) == 0
        return capsys.readouterr().out

    assert "unchanged" not in built()
    assert "unchanged" in built()
    workspace.write("styles/designs/bold/web.css", "")
    assert "unchanged" not in built(), "one that was built in"
    assert "unchanged" in built()
    workspace.write("styles/designs/plain/web.css", "")
    assert "unchanged" in built(), "another design"
    workspace.write("styles/designs/bold/leaflet.html", "<html lang=de><title>x</title><p>x")
    assert "unchanged" not in built(), "one that was looked for in vain"


def test_new_leaflets_have_the_design_that_is_asked_for(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.root)
    for name, options in {
        "a": [],
        "b": ["--design", "plain"],
        "c": ["-d", "plain", "-l", "en"],
    }.items():
        assert run(["new", name, *options]) == 0
        written = (workspace.root / f"content/{name}/leaflet.yaml").read_text("utf-8")
        assert re.findall(r"^design: (.*)$", written, re.MULTILINE) == [
            "plain" if options else "bold"
        ]
    assert run(["new", "d", "--design", "plian"]) == 2
    assert "plain" in capsys.readouterr().err
    assert not (workspace.root / "content/d").exists()


# --- How pages look ------------------------------------------------------------------------------


def pairs() -> str:
    """Two columns in which every word says where it belongs; the second pair is over two pages."""

    def words(what: str, number: int) -> str:
        return " ".join(f"{what}{i}" for i in range(number))

    return "passages:\n" + "".join(
        f"  - id: p{pair}\n"
        f"    quote: {{heading: Zitat{pair}, lines: 1, text: {words(f'q{pair}x', size)}}}\n"
        f"    commentary: {{heading: Antwort{pair}, text: {words(f'c{pair}x', size + 90)}, "
        f"demand: Forderung{pair}}}\n"
        for pair, size in ((1, 60), (2, 420), (3, 30))
    )


def poppler(pdf: bytes) -> str:
    """Words in the order in which they are painted."""
    command = ["pdftotext", "-raw", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def pdfium(pdf: bytes) -> str:
    """Letters in the order in which PDFium, and so Chrome, copies them."""
    return "".join(char.text for char in chars(pdf))


def content_streams(pdf: bytes) -> str:
    """Letters in the order in which they stand in the file, as MuPDF reads them."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return "".join(text for page in document.pages for text in marked_texts(page).values())


@pytest.mark.parametrize("design", BUILT_IN)
def test_what_is_copied_goes_pair_by_pair(workspace: Workspace, design: str) -> None:
    """Of each page: its quotes with their answers, and not all quotes before all answers."""
    workspace.leaflet(
        f"design: {design}\n" + HEAD + "contact: Kontaktx\ncall: {heading: Aufrufx}\n" + pairs()
    )
    pdf = workspace.typeset("print").pdf
    for reader in (poppler, pdfium, content_streams):
        found = re.findall(r"Titel|(?:Zitat|Antwort|Forderung)\d|Aufrufx|Kontaktx", reader(pdf))
        unlike = [word for word in found if word != "Titel"]  # which stands at each foot, too
        assert unlike == [
            "Zitat1", "Antwort1", "Forderung1", "Zitat2", "Antwort2", "Forderung2",
            "Zitat3", "Antwort3", "Forderung3", "Aufrufx", "Kontaktx",
        ], reader.__name__  # fmt: skip


@pytest.mark.parametrize("code", ["de", "ar"])
@pytest.mark.parametrize("design", BUILT_IN)
def test_an_event_stands_beside_the_picture(workspace: Workspace, design: str, code: str) -> None:
    """However tall the logo above it is, and however wide the spaces of its fonts."""
    with_fonts(workspace)
    drawn = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(drawn, "PNG")
    workspace.write("content/probe/a.png", drawn.getvalue())
    workspace.leaflet(
        f"design: {design}\nevent: {{title: Treffen, date: 2026-12-03}}\n"
        + "".join(f"{key}: {{file: a.png, alt: Blau}}\n" for key in ("logo", "picture"))
        + HEAD.replace("de", code, 1)
        + PASSAGE
    )
    document = pypdfium2.PdfDocument(workspace.typeset("print").pdf)
    images = [o.get_bounds() for o in document[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
    logo, picture = sorted(images, key=lambda bounds: -bounds[3])
    text = document[0].get_textpage()
    found = text.search("Treffen").get_next()
    assert found is not None
    left, bottom, right, top = text.get_charbox(found[0])
    assert picture[3] <= logo[1], "the picture is below the logo"
    assert picture[1] < bottom < top < picture[3]
    assert right < picture[0] if code == "ar" else left > picture[2]


SENTENCES = {"booklet": 40, "booklet-a4": 90, "folded": 26}  # so many fill it; else, a few do


def full(code: str, edition: str, design: str) -> str:
    """A leaflet with everything that designs style, long enough for the edition."""
    title, commentary = TEXTS[code]
    text = f"{commentary} " * (SENTENCES.get(edition, 4) // 4)
    return (
        f"design: {design}\n"
        + leaflet(code).partition("passages:")[0]
        + f"subtitle: {title}\nlead: '{commentary}'\ncodes: [call]\n"
        f"event: {{title: {title}, date: 2026-12-03, time: '19:00-21:00', place: {title}}}\n"
        f"call: {{heading: {title}, text: 'https://example.org/a'}}\n"
        f"verdicts: {{x: {{word: {title}, shape: cross}}}}\npassages:\n"
        + "".join(
            f"  - id: p{number}\n    verdict: x\n"
            f"    quote: {{heading: Wege, lines: 12-13, highlight: die Radwege, text: {QUOTE}}}\n"
            f"    commentary: {{heading: {title}, text: '{text}', demand: {title}}}\n"
            for number in range(4)
        )
    )


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_edition_has_anything_to_say(workspace: Workspace, edition: str) -> None:
    """Its own checks find nothing in what is built in."""
    with_fonts(workspace)
    said: list[str] = []
    code = list(TEXTS)[list(EDITIONS).index(edition) % len(TEXTS)]
    for design in BUILT_IN:
        workspace.leaflet(full(code, edition, design))
        if EDITIONS[edition].output == "html":
            found = workspace.compose(edition).diagnostics
        else:
            found = workspace.typeset(edition).diagnostics
        said += [f"{code} {design}: {diagnostic.message}" for diagnostic in found]
    assert said == []


@pytest.mark.parametrize(
    ("size", "extra", "beside"),
    [
        ((300, 200), "subtitle: Wozu das Blatt da ist\n", True),
        ((100, 200), "subtitle: Wozu das Blatt da ist\n", True),
        ((800, 200), "subtitle: Wozu das Blatt da ist\n", False),
        ((300, 200), "", False),
    ],
)
def test_without_an_event_the_subtitle_stands_beside_the_picture(
    workspace: Workspace, size: tuple[int, int], extra: str, beside: bool
) -> None:
    output = io.BytesIO()
    Image.new("RGB", size, "teal").save(output, "PNG")
    workspace.write("content/probe/a.png", output.getvalue())
    workspace.leaflet(HEAD + extra + "picture: {file: a.png, alt: A, credit: Ida}\n" + PASSAGE)
    pdf = workspace.typeset("print").pdf
    (text,) = [c for c in chars(pdf) if c.text == "z" and c.page == 0] if extra else [None]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (box,) = [
            [float(edge) for edge in o.A.BBox]
            for o in document.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"
        ]
    left, bottom, right, top = box
    assert (right - left) / (top - bottom) == pytest.approx(size[0] / size[1], rel=0.01)
    assert (left > 200) == beside
    if beside:
        assert text is not None
        assert text.right < left
        assert right == pytest.approx(595 - 51, abs=8), "up to the margin"
