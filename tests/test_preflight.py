"""Preflight: each check on a leaflet that has the fault, on one that has not, and switched off."""

import io
import json
import re

import pytest
from PIL import Image

from brochure.layout.print_options import CHECKS
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace
from tests.test_cli import run

FULL = HEAD + "imprint: Druck 12345\ndate: 2026-11-24\n"


def png(width: int, height: int) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(output, "PNG")
    return output.getvalue()


LOGO = "logo:\n  file: logo.png\n  alt: Bild\n"
LONG = "".join(
    f"  - id: p{n}\n    commentary:\n      heading: Kopf\n      text: {'Wort ' * 150}\n"
    for n in range(5)
)
LEFTOVER = "passages:\n" + LONG + "  - id: rest\n    commentary: {text: Ein kurzer Rest.}\n"

# Each fault: code, edition, files, the leaflet, line and column of the complaint.
SMALL = (
    "small: {description: x, styles: [common.css, columns.css], fonts: [Source Sans 3], "
    "max-file-size: 0.001}\n"
)
FAULTS = [
    ("resolution", "print", {"content/probe/logo.png": png(60, 60)}, FULL + LOGO + PASSAGE, 6, 9),
    ("no-imprint", "print", {}, HEAD + PASSAGE, 1, 1),
    ("no-date", "press", {}, HEAD + "imprint: Druck 12345\n" + PASSAGE, 1, 1),
    ("colour-space", "press", {}, FULL + "accent: 0000ff\n" + PASSAGE, 5, 9),
    ("colour-space", "copier", {"styles/print.css": ".text { background: #e0e0e0 }"},
     FULL + PASSAGE, 2, 8),
    ("small-type", "print", {"styles/print.css": ".text { font-size: 6pt }"}, FULL + PASSAGE, 6, 5),
    ("small-type", "large-print", {"styles/print.css": "footer { font-size: 17pt !important }"},
     FULL + PASSAGE, 2, 8),
    ("contrast", "email", {"styles/email.css": ".text { color: #999999 }"}, FULL + PASSAGE, 6, 5),
    ("contrast", "email", {"styles/email.css": ".text { color: #555; background: #888 }"},
     FULL + PASSAGE, 6, 5),
    ("contrast", "email", {}, FULL + "accent: ffaaaa\n" + PASSAGE, 5, 9),
    ("contrast", "web", {}, FULL + "accent: ffaaaa\n" + PASSAGE, 5, 9),
    ("outside-margins", "print", {"styles/print.css": ".text { white-space: nowrap }"},
     FULL + PASSAGE.replace("Text", "Ein langer Satz " * 20), 6, 5),
    ("heading-at-foot", "print",
     {"styles/print.css": ".text { break-before: page } h2 { break-after: auto }"},
     FULL + PASSAGE.replace("text: Text", "heading: Kopf\n      text: Text"), 6, 5),
    ("last-page", "print", {"styles/print.css": "#rest { break-before: page }"},
     FULL + LEFTOVER, 26, 5),
    ("imprint", "print", {}, HEAD + "imprint: Ich\n" + PASSAGE, 3, 10),
    ("blank-pages", "booklet", {}, FULL + PASSAGE, 2, 8),
    ("white-space", "print", {"styles/print.css": "#p1 { break-before: page }"},
     FULL + "passages:\n" + LONG, 10, 5),
    ("attachment", "small", {"styles/editions.yaml": SMALL}, FULL + PASSAGE, 2, 8),
    ("no-glyph", "print", {}, FULL + PASSAGE.replace("Text", "Text ☂"), 8, 18),
    ("alt", "print",
     {"content/probe/logo.png": png(600, 600),
      "styles/leaflet.html": "<html lang=de><title>x</title><img src='logo.png'><p>V. i. S. d. P."},
     FULL + PASSAGE, 1, 1),
    ("does-not-fit", "print", {}, FULL + "fit: 3\n" + PASSAGE, 2, 8),
    ("blank-pages", "folded", {}, FULL + PASSAGE, 2, 8),
]  # fmt: skip


def codes(workspace: Workspace, edition: str) -> list[tuple[str, int, int]]:
    """What the command says: code, line, column."""
    result = run(workspace.root, "check", "--preflight", "-e", edition, "--json")
    assert result.stderr == ""
    data = json.loads(result.stdout)
    assert all(d["hint"] for d in data["diagnostics"])
    return [(d["code"], d["line"], d["column"]) for d in data["diagnostics"]]


@pytest.mark.parametrize(
    ("code", "edition", "files", "leaflet", "line", "column"),
    FAULTS,
    ids=[f"{fault[0]}-{fault[1]}-{number}" for number, fault in enumerate(FAULTS)],
)
def test_a_fault_is_found_at_its_place_and_can_be_switched_off(
    workspace: Workspace,
    code: str,
    edition: str,
    files: dict[str, str | bytes],
    leaflet: str,
    line: int,
    column: int,
) -> None:
    for path, content in files.items():
        workspace.write(path, content)
    workspace.leaflet(leaflet)
    assert (code, line, column) in codes(workspace, edition)
    workspace.leaflet(leaflet + f"preflight:\n  {code}: Wir wissen, was wir tun.\n")
    assert code not in {found for found, *_ in codes(workspace, edition)}


def test_each_check_is_tried() -> None:
    untried = {"no-contact", "no-source"}  # as no-imprint; no built-in edition asks for them
    assert {fault[0] for fault in FAULTS} == set(CHECKS) - untried


def test_the_footer_may_have_a_back_to_itself(workspace: Workspace) -> None:
    """The last page on a sheet is the back of the leaflet; a line of text there looks forgotten."""
    workspace.write("styles/print.css", "footer { break-before: page }")
    workspace.leaflet(FULL + PASSAGE)
    assert "last-page" not in {code for code, *_ in codes(workspace, "booklet-a4")}
    assert "last-page" in {code for code, *_ in codes(workspace, "print")}
    workspace.write("styles/print.css", "#zwei { break-before: page }")
    workspace.leaflet(FULL + PASSAGE + "  - id: zwei\n    commentary: {text: Ein Rest}\n")
    assert "last-page" in {code for code, *_ in codes(workspace, "two-up")}


def test_a_page_set_apart_may_be_white(workspace: Workspace) -> None:
    """A cover ends with a page break that its style asks for: nothing is wrong with it."""
    workspace.leaflet(FULL + PASSAGE.replace("passages:\n", "passages:\n" + LONG, 1))
    for style, told in (
        ("header { break-after: page }", False),
        ("footer { break-before: page }", False),
        ("table, #p1 { break-before: page }", True),  # of page 2
        ("#p1 { break-before: page }", True),
    ):
        workspace.write("styles/print.css", style)
        found = [d for d in workspace.typeset("print").diagnostics if d.code == "white-space"]
        assert bool(found) is told, style
    assert "In the edition `print`," in found[0].message
    assert re.search(r"\b[56]\d percent of page 1\b", found[0].message)


def test_type_is_measured_on_the_paper(workspace: Workspace) -> None:
    """A4 pages, scaled down to half a sheet: 8.5 points become six."""
    workspace.write(
        "styles/editions.yaml",
        "small:\n  description: x\n  styles: [common.css, columns.css]\n"
        "  fonts: [Source Sans 3, Gentium Book Plus]\n"
        "  imposition: {scheme: saddle-stitch, sheet: A4}\n  min-type-size: 7\n  resolution: 150\n",
    )
    workspace.write("content/probe/logo.png", png(160, 160))
    workspace.leaflet(FULL + LOGO + PASSAGE)
    found = workspace.typeset("small").diagnostics
    small = [d for d in found if d.code != "blank-pages"]
    assert [d.code for d in small] == ["small-type"], "of pixels there are more an inch"
    assert "6.0 points, as the pages are scaled down" in small[0].message


def test_a_picture_that_is_not_seen_has_no_resolution(workspace: Workspace) -> None:
    workspace.write("content/probe/logo.png", png(60, 60))
    workspace.write("styles/print.css", ".logo { width: 0; height: 0 }")
    workspace.leaflet(FULL + LOGO + PASSAGE)
    assert workspace.typeset("print").diagnostics == ()


def test_large_type_may_have_less_contrast(workspace: Workspace) -> None:
    """WCAG 2.1, 1.4.3: 3 to 1 from 18 points on, or from 14 where it is bold."""
    workspace.leaflet(FULL + "design: plain\n" + PASSAGE)
    for style, fine in (
        ("h1 { color: #888 }", True),
        (".text { color: #888; font-size: 18pt }", True),
        (".text { color: #888; font-size: 14pt; font-weight: bold }", True),
        (".text { color: #888; font-size: 14pt }", False),
        ("h1 { color: #aaa }", False),
    ):
        workspace.write("styles/email.css", style)
        found = {d.code for d in workspace.typeset("email").diagnostics}
        assert ("contrast" not in found) is fine, style


def test_what_is_switched_off_needs_a_reason_and_a_name(workspace: Workspace) -> None:
    workspace.leaflet(FULL + PASSAGE + "preflight:\n  last-page:\n")
    (diagnostic,) = workspace.diagnostics("print")
    assert (diagnostic.location.line, diagnostic.location.column) == (10, 3)
    workspace.leaflet(FULL + PASSAGE + "preflight:\n  lastpage: x\n")
    (diagnostic,) = workspace.diagnostics("print")
    assert (diagnostic.code, diagnostic.location.line) == ("unknown-check", 10)
    assert diagnostic.hint == "Did you mean `last-page`?"
    workspace.leaflet(FULL + PASSAGE + "preflight:\n  altered: x\n")
    assert [d.code for d in workspace.diagnostics("print")] == ["unknown-check"], (
        "quotes are sacred"
    )


def test_an_edition_can_switch_off_checks_for_all(workspace: Workspace) -> None:
    text = (ROOT / "styles/editions.yaml").read_text("utf-8")
    workspace.write(
        "styles/editions.yaml",
        text.replace("  min-type-size: 7.5\n", "  preflight: {no-imprint: Steht im Umschlag.}\n"),
    )
    workspace.leaflet(HEAD + PASSAGE)
    assert workspace.typeset("print").diagnostics == ()
    assert workspace.diagnostics("print") == ()


def test_the_build_looks_as_well_and_writes_nothing_that_is_wrong(workspace: Workspace) -> None:
    workspace.write("styles/print.css", ".text { white-space: nowrap }")
    workspace.leaflet(FULL + PASSAGE.replace("Text", "Ein langer Satz " * 20))
    result = run(workspace.root, "build", "-e", "print")
    assert result.returncode == 1
    assert "sticks out of its column" in result.stderr
    assert not list((workspace.root / "out").rglob("*.pdf"))


def test_a_check_writes_no_pdf_and_says_what_is_switched_off(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE + "preflight:\n  no-imprint: Steht im Umschlag.\n")
    result = run(workspace.root, "check", "--preflight", "-e", "print")
    assert result.returncode == 0
    assert "Disabled check: no-imprint (Steht im Umschlag.)." in result.stderr
    assert not list((workspace.root / "out").rglob("*.pdf"))
