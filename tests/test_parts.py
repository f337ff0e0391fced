"""Parts of a leaflet beside quote and commentary: numbers, verdicts, pictures, demands, the call;
what a screen reader gets of them, and what regions change.
"""

import io
import re

import pytest
from PIL import Image

from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.variants.accept import accept_overrides
from brochure.manuscript.variants.resolution import read_bundle
from tests.conftest import HEAD, PASSAGE, Workspace
from tests.readers import squeezed, structure, structure_texts

LEAFLET = (
    HEAD
    + """codes: [call, contact, source]
picture: {file: kopf.png, alt: Der Park, credit: "Wer & Co."}
source: {title: Plan, address: "https://example.org/plan"}
verdicts:
  nein: {word: Gebrochen, shape: cross}
  ja: {word: Gehalten, shape: check}
call: {heading: Kommt *alle*!, text: "Zum Rathaus. [Karte](https://example.org/karte)"}
contact: "[Seite](https://example.org/wir)"
imprint: Ich, 12345 Ort, Eigendruck
passages:
  - id: a
    verdict: nein
    picture: {file: bild.png, alt: Ein Baum}
    quote: {heading: Bäume, lines: 1, text: Bäume bleiben., highlight: bleiben}
    commentary: {heading: Von wegen, text: Gefällt., demand: Wir fordern *mehr*!}
  - id: b
    verdict: ja
    quote: {lines: 2, text: Es wird.}
    commentary: {heading: Stimmt, text: Es wurde.}
  - id: c
    commentary: {heading: Nur wir, text: Kein Zitat.}
  - id: d
    quote: {lines: 3, text: Nichts dazu.}
"""
)
# What is read aloud of it, in this order, from the first column heading on.
READ = [
    "Zitat", "Kommentar",
    "1Bäume", "„Bäumebleiben.“", "Zeile1", "Vonwegen", "Gebrochen", "Gefällt.",
    "Wirfordernmehr!",
    "2", "„Eswird.“", "Zeile2", "Stimmt", "Gehalten", "Eswurde.",
    "3Nurwir", "KeinZitat.",
    "4", "„Nichtsdazu.“", "Zeile3",
]  # fmt: skip


def png(colour: str) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(output, "PNG")
    return output.getvalue()


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    workspace.leaflet(LEAFLET)
    workspace.write("content/probe/kopf.png", png("navy"))
    workspace.write("content/probe/bild.png", png("green"))
    return workspace


def test_what_is_read_aloud(full: Workspace) -> None:
    pdf = full.typeset("print").pdf
    texts = [squeezed(text) for text in structure_texts(pdf)]
    start = texts.index("Zitat")
    assert texts[start : start + len(READ)] == READ
    elements = [(role, text) for _, role, text in structure(pdf)]
    assert ("/Span", "bleiben") in elements
    assert ("/H2", "Kommt alle!") in elements
    figures = [role for role, _ in elements if role == "/Figure"]
    assert len(figures) == 2 + 3, "two pictures, three codes; no shape of a verdict"
    assert ("/P", "Bild: Wer & Co.") in elements


@pytest.mark.parametrize("edition", ["email", "large-print", "web"])
def test_the_markup_that_designs_style(full: Workspace, edition: str) -> None:
    html = full.compose(edition).html
    assert html.count('<figure class="picture">') == 2
    assert html.count('<figcaption class="credit">') == 1, "the other has none"
    assert '<span class="number">1</span> Bäume</h2>' in html
    assert '<span class="number">3</span> Nur wir</h2>' in html, "there is no quote before it"
    assert re.findall(r'<p class="number">(\d)</p>', html) == ["2", "4"]
    assert re.findall(r'class="shape (\w+)"', html) == ["cross", "check"]
    assert '<p class="demand">Wir fordern <em>mehr</em>!</p>' in html
    order = [html.index(part) for part in (
        "Von wegen</h2>", 'class="verdict"', 'src="bild.png"', "Gefällt.", 'class="demand"'
    )]  # fmt: skip
    assert order == sorted(order)
    assert '<h2 data-bookmark="Kommt alle!">Kommt <em>alle</em>!</h2>' in html


def test_codes_stand_where_their_links_do(full: Workspace) -> None:
    html = full.compose("print").html
    call = html[
        html.index('<section class="call">') : html.index("</section>", html.index('"call"'))
    ]
    inside, after = (re.findall(r'src="qr:https://example.org/(\w+)"', part) for part in (
        call, html[html.index(call) + len(call) :]
    ))  # fmt: skip
    assert (inside, after) == (["karte", "wir"], ["plan"])
    assert 'class="contact"' in call
    full.leaflet(re.sub(r"call: .*\n", "", LEAFLET).replace("codes: [call, ", "codes: ["))
    without = full.compose("print").html
    assert 'class="call"' not in without
    assert re.findall(r'src="qr:https://example.org/(\w+)"', without) == ["wir", "plan"]


def test_numbers_can_be_switched_off_and_one_pair_has_none(workspace: Workspace) -> None:
    more = PASSAGE + "  - id: zwei\n    commentary: {heading: Kopf, text: Text}\n"
    for lines, numbers in ((more, ["1", "2"]), (more + "numbered: no\n", []), (PASSAGE, [])):
        workspace.leaflet(HEAD + lines)
        html = workspace.compose().html
        assert re.findall(r'class="number">(\d)<', html) == numbers
    assert 'data-bookmark="Kopf"' not in html


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("verdict: ja", "verdict: jaa"), "Did you mean `ja`?"),
        (("shape: check", "shape: haken"), "check, cross, half, question, dash"),
        (("  ja: {", "  j a: {"), "one word"),
        (("alt: Ein Baum", "credit: Wer"), "alt: …"),
        (("bild.png, ", "bidl.png, "), "spelling"),
        (("bild.png, ", "../../../bild.png, "), "outside it"),
        (("bild.png, ", "https://example.org/bild.png, "), "Copy the file"),
        (("heading: Kommt *alle*!, ", ""), "heading: …"),
        (("demand: Wir fordern *mehr*!", "demand: '# Mehr'"), "lists"),
    ],
)
def test_mistakes_are_told_where_they_are(
    full: Workspace, change: tuple[str, str], says: str
) -> None:
    assert full.diagnostics("email") == ()
    old, new = change
    assert LEAFLET.count(old) == 1
    full.leaflet(LEAFLET.replace(old, new))
    (diagnostic,) = full.diagnostics("email")
    assert says in str(diagnostic.hint)
    line = LEAFLET[: LEAFLET.index(old)].count("\n") + 1
    assert diagnostic.location.line in (line, line + 1, line + 2)


def test_a_broken_picture_is_told_at_its_passage(full: Workspace) -> None:
    full.write("content/probe/bild.png", b"\x89PNG no picture")
    with pytest.raises(DiagnosticsError) as caught:
        full.compose()
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.location.line == LEAFLET[: LEAFLET.index("bild.png")].count("\n") + 1


def test_too_few_pixels_are_told_at_the_picture(full: Workspace) -> None:
    output = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(output, "PNG")
    full.write("content/probe/bild.png", output.getvalue())
    manuscript = full.load()
    found = manuscript.located(full.typeset("print").diagnostics)
    lines = {d.location.line for d in found if d.code == "resolution"}
    assert LEAFLET[: LEAFLET.index("bild.png")].count("\n") + 1 in lines


def test_regions_and_translations_replace_every_text(full: Workspace) -> None:
    full.regions("id,name\nx,Gießen\n")
    full.variant(
        "x",
        "language: en\npicture: {alt: The park, credit: Who}\nlogo: {file: kopf.png, alt: L}\n"
        "event: {date: 2026-12-03}\nverdicts: {nein: {word: Broken}}\n"
        "call: {heading: Come to {{ region.name }}}\n".replace("Come", "'Come").replace(
            "}}}", "}}'}"
        )
        + "passages:\n  a:\n    picture: {alt: A tree}\n    commentary: {demand: More!}\n"
        "  b: {verdict: nein}\n",
    )
    bundle = read_bundle(full.project, "probe")
    keys = accept_overrides(bundle, bundle.resolve("x"))
    assert {"picture.alt", "verdicts.nein.word", "call.heading", "passages.a.commentary.demand",
            "passages.a.picture.alt", "passages.b.verdict"} <= set(keys)  # fmt: skip
    manuscript = full.load("x")
    assert manuscript.diagnostics == ()
    leaflet = manuscript.leaflet
    assert leaflet.picture is not None
    assert leaflet.verdicts is not None
    assert leaflet.call is not None
    assert (leaflet.picture.file, leaflet.picture.alt) == ("kopf.png", "The park")
    assert (leaflet.verdicts["nein"].word, leaflet.verdicts["nein"].shape) == ("Broken", "cross")
    assert leaflet.call.heading == "Come to Gießen"
    first, second = leaflet.passages[:2]
    assert first.commentary is not None
    assert first.picture is not None
    assert (first.commentary.demand, first.picture.alt) == ("More!", "A tree")
    assert second.verdict == "nein"
    # A correction of the base is pointed out where a region says something else.
    full.leaflet(LEAFLET.replace("Wir fordern *mehr*!", "Wir fordern *viel* mehr!"))
    (stale,) = full.load("x").diagnostics
    assert (stale.code, stale.location.file) == ("stale", "content/probe/variants/x.yaml")


def test_a_picture_that_does_not_fit_beside_the_first_quote_takes_it_along(full: Workspace) -> None:
    """It cannot be divided: the commentary begins on the next page, so the quote has to as well."""
    full.write("styles/print.css", ".subtitle { height: 110mm }")
    full.leaflet(LEAFLET + "subtitle: Unter\n")
    assert full.typeset("print").pages == 2, "an error would be raised if they were apart"


# Every new text, and whether it has Markdown.
TEXTS = [
    ("credit: \"Wer & Co.\"", False), ("alt: Ein Baum", False), ("word: Gehalten", False),
    ("heading: Kommt *alle*!", True), ("demand: Wir fordern *mehr*!", True),
    ("title: Treffen", True), ("place: Haus", True), ("access: Rampe", True),
    ("name: Maria", True), ("address: Weg", True),
]  # fmt: skip
WITH_ALL = LEAFLET.replace(
    "imprint: Ich, 12345 Ort, Eigendruck\n",
    "event: {date: 2026-12-03, title: Treffen, place: Haus, access: Rampe}\n"
    "imprint: {publisher: {name: Maria, address: Weg}, printer: {name: Wir, address: Ort}}\n",
)


@pytest.mark.parametrize(("text", "has_markdown"), TEXTS)
def test_every_text_is_checked_as_all_others_are(
    full: Workspace, text: str, has_markdown: bool
) -> None:
    assert WITH_ALL.count(text) == 1
    line = WITH_ALL[: WITH_ALL.index(text)].count("\n") + 1
    key = text.partition(":")[0]

    def found(value: str) -> list[tuple[str, int | None]]:
        full.leaflet(WITH_ALL.replace(text, f"{key}: '{value}'"))
        return [(d.code, d.location.line) for d in full.diagnostics("print")]

    assert found("Gut") == []
    assert found("漢") == [("no-glyph", line)]
    assert found("GrÃ¼n") == [("broken-letters", line)]
    assert found("<b>Gut</b>") == ([("markup", line)] if has_markdown else [])
    assert found("[Gut](ort)") == ([("link", line)] if has_markdown else [])
    assert found("{{ region.nix }}") == [("unknown-slot", line)]


def test_what_a_region_leaves_out_is_recorded_with_all_its_texts(full: Workspace) -> None:
    full.regions("id,name\nx,Gießen\n")
    full.variant("x", "leave_out: [a]\n")
    bundle = read_bundle(full.project, "probe")
    accept_overrides(bundle, bundle.resolve("x"))
    assert full.load("x").diagnostics == ()
    for old, new in (
        ("*mehr*", "*viel*"),
        ("Ein Baum", "Kein Baum"),
        ("verdict: nein", "verdict: ja"),
    ):
        full.leaflet(LEAFLET.replace(old, new))
        assert [d.code for d in full.load("x").diagnostics] == ["stale"], new
