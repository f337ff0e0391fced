"""A typesetter that knows much from earlier leaflets makes the bytes of one that knows nothing."""

import hashlib
import json
import pickle
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from brochure.layout.compose.composer import compose
from brochure.layout.composition import Composition
from brochure.layout.editions import load_editions
from brochure.layout.weasyprint import engine, linebreak, streams, styles
from brochure.layout.weasyprint.matching import Rules
from brochure.layout.weasyprint.typesetter import WeasyPrintTypesetter
from brochure.manuscript.load import read_manuscript, validate_leaflet
from brochure.manuscript.variants.resolution import read_bundle
from brochure.project import Project
from tests.conftest import ROOT, SEED

# Each composition by a process that was forked before it had set anything.
FRESH = """
import hashlib, json, multiprocessing, pickle, sys
from brochure.layout.weasyprint import engine
from brochure.layout.weasyprint.typesetter import WeasyPrintTypesetter
engine.load_weasyprint()

def made(composition):
    pages = WeasyPrintTypesetter(None).typeset(composition)
    return hashlib.sha256(pages.pdfs[0]).hexdigest(), [str(d.message) for d in pages.diagnostics]

with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    print(json.dumps(pool.map(made, pickle.load(sys.stdin.buffer), chunksize=1)))
"""
_EDITIONS = ("email", "print", "large-print", "booklet", "press")
_WORDS = ("nie", "Gemeinderatssitzung", "**sehr** wichtig", "[dort](https://a.de/b)", "Nr. 7")


def fresh(compositions: list[Composition]) -> list[list[Any]]:
    """Digests of PDFs, and what is told, each of a process that knows nothing."""
    done = subprocess.run(
        [sys.executable, "-c", FRESH], input=pickle.dumps(compositions), stdout=subprocess.PIPE,
        check=True,
    )  # fmt: skip
    found: list[list[Any]] = json.loads(done.stdout)
    return found


def warm(typesetter: WeasyPrintTypesetter, composition: Composition) -> list[Any]:
    pages = typesetter.typeset(composition)
    messages = [str(d.message) for d in pages.diagnostics]
    return [hashlib.sha256(pages.pdfs[0]).hexdigest(), messages]


class Edited:
    """The first leaflet, with a random edit each time, in some edition."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.chance = chance
        self.project = Project(root)
        self.editions = load_editions(self.project)
        self.path = root / "content" / "probe" / "leaflet.yaml"
        self.path.parent.mkdir(parents=True)
        text = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
        self.leaflet = yaml.safe_load(text)
        self.spare: list[Any] = []
        self.number = 0

    def edit(self) -> None:
        passages, chance = self.leaflet["passages"], self.chance
        match chance.choice(("move", "insert", "remove", "words", "words", "head", "design")):
            case "move":
                chance.shuffle(passages)
            case "insert":
                self.number += 1
                copied = json.loads(json.dumps(chance.choice(passages)))
                copied["id"] = f"neu-{self.number}"
                passages.insert(chance.randrange(len(passages)), copied)
            case "remove" if len(passages) > 2:
                passages.pop(chance.randrange(len(passages)))
            case "head":
                titles = ["Kurz", "Ein Titel, der über zwei Zeilen geht, ja", "Titel"]
                self.leaflet["title"] = chance.choice(titles)
            case "design":
                self.leaflet["design"] = chance.choice(["bold", "plain"])
                self.leaflet["accent"] = f"#{chance.randrange(0x888888):06x}"
            case _:
                commentary = chance.choice(passages)["commentary"]
                words = commentary["text"].strip("*\n").split()
                words.insert(chance.randrange(len(words)), chance.choice(_WORDS))
                commentary["text"] = " ".join(words)

    def composition(self) -> Composition:
        self.path.write_text(yaml.safe_dump(self.leaflet, allow_unicode=True), "utf-8")
        name = self.chance.choice(_EDITIONS)
        manuscript = read_manuscript(self.project, "probe")
        return compose(self.project, manuscript, name, self.editions[name])


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_edits_the_bytes_are_those_of_a_fresh_process(tmp_path: Path, seed: int) -> None:
    edited = Edited(tmp_path, random.Random(seed))
    compositions = []
    for _ in range(6):
        edited.edit()
        compositions.append(edited.composition())
    typesetter = WeasyPrintTypesetter(None)
    results = [warm(typesetter, composition) for composition in compositions]
    assert results == fresh(compositions)
    assert len({digest for digest, _ in results}) > 3, "the edits changed something"


def test_variants_in_any_order_are_those_of_a_fresh_process(tmp_path: Path) -> None:
    folder = tmp_path / "content" / SEED
    folder.mkdir(parents=True)
    text = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
    text = text.replace("title: Wir bringen uns ein!", "title: Wir in {{ region.name }}", 1)
    text = text.replace("slots:\n", "slots:\n  name: Hessen\n", 1)
    (folder / "leaflet.yaml").write_text(text, "utf-8")
    names = ("Ulm", "Žilina", "Bad Königshofen im Grabfeld an der Milz", "Au")
    rows = [f"r{i},{name},in {name}\n" for i, name in enumerate(names)]
    (folder / "regions.csv").write_text("id,name,wir_strukturen\n" + "".join(rows), "utf-8")
    project = Project(tmp_path)
    editions, bundle = load_editions(project), read_bundle(project, SEED)
    compositions = [
        compose(project, validate_leaflet(project, bundle.resolve(variant)), name, editions[name])
        for variant in bundle.ids
        for name in ("email", "print")
    ]
    expected = fresh(compositions)
    order = [*range(len(compositions))] * 2
    random.Random(3).shuffle(order)
    typesetter = WeasyPrintTypesetter(None)
    assert len(order) == 16
    assert [warm(typesetter, compositions[at]) for at in order] == [expected[at] for at in order]


def with_css(composition: Composition, css: str) -> Composition:
    return replace(composition, stylesheets=(*composition.stylesheets, ("own.css", css)))


def seed_composition(edition: str = "email") -> Composition:
    project = Project(ROOT)
    manuscript = read_manuscript(project, SEED)
    return compose(project, manuscript, edition, load_editions(project)[edition])


def test_what_depends_on_one_document_is_not_known_in_the_next() -> None:
    """Sizes of pages, words in attributes, elements without text, `overflow` of the root."""
    seed = seed_composition()
    other = replace(seed, html=seed.html.replace('data-page="Seite"', 'data-page="Blatt"'))
    empty = replace(seed, html=seed.html.replace("<footer>", "<footer><p></p>"))
    filled = replace(seed, html=seed.html.replace("<footer>", "<footer><p>x</p>"))
    wide = "@page { size: 150mm 297mm } h1 { margin-left: 10vw; letter-spacing: calc(0.1vw) }"
    compositions = [
        with_css(seed, "h1 { margin-left: 10vw; letter-spacing: calc(0.1vw) }"),
        with_css(seed, wide),
        with_css(seed, "body[data-page=Seite] h1 { font-size: 30pt }"),
        with_css(other, "body[data-page=Seite] h1 { font-size: 30pt }"),
        with_css(empty, "footer p:empty { height: 40pt }"),
        with_css(filled, "footer p:empty { height: 40pt }"),
        with_css(seed, "html { overflow: hidden } body { overflow: hidden }"),
        with_css(seed, "p::first-letter { font-size: 20pt } h2 { float: left }"),
        with_css(seed, "body { direction: rtl } p { text-align: justify; text-indent: 1em }"),
        with_css(seed, "p { line-height: calc(nonsense * 1) ; width: calc(1px * var(--none)) }"),
    ]
    typesetter = WeasyPrintTypesetter(None)
    results = [warm(typesetter, one) for one in (*compositions, *reversed(compositions))]
    expected = fresh(compositions)
    assert results == [*expected, *reversed(expected)]
    assert len({digest for digest, _ in expected}) > 7, "they show on the page"


def test_what_is_wrong_in_one_leaflet_is_told_of_the_next_as_well() -> None:
    odd = with_css(seed_composition(), "h1 { --none: 1; width: calc(1px * var(--none) / 0) }")
    missing = replace(odd, html=odd.html.replace("</h1>", " \u13a0</h1>"))
    typesetter = WeasyPrintTypesetter(None)
    told = [warm(typesetter, one)[1] for one in (missing, missing, missing)]
    assert told[0] == told[1] == told[2]
    assert any(".notdef" in message for message in told[0])


@pytest.mark.parametrize(
    ("css", "reads_data"),
    [
        ("a[href] { color: red }", False),
        ("h2[data-bookmark] { color: red }", False),
        ("a[lang|=de], a[ href ^= x ] { color: red }", False),
        ("h2[data-bookmark=x] { color: red }", True),
        ("meta[content*=x] { color: red }", True),
        (r"h2[\64 ata-bookmark=x] { color: red }", True),
        ("h2[/**/data-bookmark=x] { color: red }", True),
        ("@IMPORT 'other.css';", True),
    ],
)
def test_which_sheets_may_ask_for_words(css: str, reads_data: bool) -> None:
    assert Rules.of(css).reads_data is reads_data


def test_the_next_layout_finds_styles_lines_and_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = seed_composition()
    typesetter = WeasyPrintTypesetter(None)
    typesetter.typeset(seed)
    (fonts,) = typesetter._fonts.values()
    (lines,) = typesetter._lines.values()
    remembered = typesetter._remembered._known
    before = [len(fonts.styles.known), len(lines), len(remembered)]
    changed = replace(seed, html=seed.html.replace("<h1>Wir ", "<h1>Wir alle ", 1))
    assert changed.html != seed.html
    typesetter.typeset(changed)
    more = [len(fonts.styles.known), len(lines), len(remembered)]
    assert more[0] == before[0]
    assert 0 < more[1] - before[1] < before[1] / 4
    assert more[2] - before[2] < before[2]
    # … and they are not kept for ever.
    monkeypatch.setattr(styles, "_MOST", 10)
    monkeypatch.setattr(linebreak, "_MAX_CACHED", 100)
    monkeypatch.setattr(streams, "_ROOM", 100_000)
    typesetter = WeasyPrintTypesetter(None)
    for one in (seed, changed, seed):
        typesetter.typeset(one)
    (lines,), remembered = typesetter._lines.values(), typesetter._remembered._known
    assert len(lines) <= 100
    assert len(remembered) == 1 or sum(size for size, *_ in remembered.values()) <= 100_000


def test_boxes_are_walked_through_in_their_order() -> None:
    engine.load_weasyprint()
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout.absolute import AbsolutePlaceholder

    def one_in_another(box: Any, placeholders: bool) -> list[Any]:
        """As WeasyPrint 70 does it."""
        found = [box]
        for child in box.children:
            if placeholders or isinstance(child, boxes.Box):
                found += one_in_another(getattr(child, "_box", child), placeholders)
            else:
                found.append(child)
        return found

    def box(*children: Any) -> Any:
        return boxes.BlockBox("p", None, None, children)

    placed = AbsolutePlaceholder(box(box(), box()))
    root = box(box(box(), placed, box(box())), box(), placed)
    for placeholders, count in ((False, 8), (True, 12)):
        children = one_in_another(root, placeholders)
        assert len(children) == count
        found = list(root.descendants(placeholders))
        assert list(map(id, found)) == list(map(id, children))


@pytest.mark.parametrize("of_these", [False, True])
def test_the_parser_remembers_up_to_where_it_reads(of_these: bool) -> None:
    engine.load_weasyprint()
    from tinyhtml5 import inputstream

    known = inputstream.characters_until_regex
    stream = inputstream.HTMLUnicodeInputStream("aab]^-<b")
    read = stream.chars_until(("a", "]"), of_these)
    assert read == ("aa" if of_these else "")
    assert stream.chars_until(("<",)) == ("b]^-" if of_these else "aab]^-")
    before = len(known)
    stream.chars_until(("<",))
    assert len(known) == before
    assert (("<",), False) in known


@pytest.mark.parametrize(
    ("css", "plain"),
    [
        ("", True),
        ("background: red", False),
        ("background: currentcolor", False),
        ("background: linear-gradient(red, blue)", False),
        ("border-top-left-radius: 3px", False),
        ("border-bottom-right-radius: 1px 2px", False),
        ("box-shadow: 1px 1px red", False),
        ("border-image-source: linear-gradient(red, blue)", False),
        ("border: 1px solid red; background: transparent", True),
    ],
)
def test_what_has_a_background_is_laid_out(css: str, plain: bool) -> None:
    weasyprint = engine.load_weasyprint()
    from brochure.layout.weasyprint.backgrounds import _is_plain

    html = weasyprint.HTML(string=f"<p style='{css}'>a")
    styles_of = weasyprint.css.get_all_computed_styles(html, [], [])
    (paragraph,) = html.etree_element.iter("p")
    style = styles_of(paragraph)
    assert _is_plain(style) is plain
    assert _is_plain(style) is plain, "as it remembers"
