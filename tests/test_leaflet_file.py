"""A proposal as the file of a leaflet: it says what was understood, whatever the characters."""

import re
import string
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
from brochure.interchange.document import Leftover, Picture
from brochure.interchange.leaflet_file import create_from, leaflet_text
from brochure.interchange.proposal import (
    Proposal,
    ProposedCommentary,
    ProposedPassage,
    ProposedQuote,
)
from brochure.interchange.wording import KINDS
from brochure.manuscript.load import read_manuscript
from brochure.manuscript.model.leaflet import Leaflet
from brochure.manuscript.text.markdown import quoted
from brochure.manuscript.text.wrapping import unwrapped
from brochure.manuscript.yaml.nodes import Plain, plain
from brochure.manuscript.yaml.parser import FORBIDDEN, decode_text, parse_yaml
from brochure.manuscript.yaml.validation import validate
from brochure.messages import catalogue, say
from brochure.project import Project
from tests.conftest import examples

LONG = "Die Gemeinde erhält den vorhandenen Baumbestand. " * 6


def passage(
    id_: str = "eins", quote: str = "", commentary: str = "Ja.", **more: object
) -> ProposedPassage:
    return ProposedPassage(
        id_,
        ProposedQuote(quote) if quote else None,
        ProposedCommentary(commentary) if commentary else None,
        **more,  # type: ignore[arg-type]
    )


def content(text: str) -> Plain:
    """What a file says; it has no mistakes of YAML, and no warnings."""
    decoded = decode_text(text.encode(), "leaflet.yaml")
    read = parse_yaml(decoded.value, "leaflet.yaml")
    assert (*decoded.diagnostics, *read.diagnostics) == ()
    return plain(read.value.root)


def at(value: Plain, *path: str | int) -> str:
    for step in path:
        value = value[step]  # type: ignore[index]
    assert isinstance(value, str)
    return value


def picture(kind: str = "PNG") -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8), "green").save(data, kind)
    return data.getvalue()


def test_a_file_reads_as_a_person_would_write_it() -> None:
    proposal = Proposal(
        "de",
        "Unser Park: grün!",
        (
            ProposedPassage(
                "baeume",
                ProposedQuote(LONG, "Baumbestand", "12-13", "4"),
                ProposedCommentary("Nur *solange*.\n\n- eins,\n- zwei.", "Ohne Wenn!"),
                confidence="likely",
                doubts=(say("The reference is said twice."),),
            ),
            passage("kurz"),
        ),
        lead="Vorab.",
        source_title="Parkkonzept",
        reference="Z. {lines}",
        quote_column="Konzept",
        commentary_column="Antwort",
        call="Kommen Sie!\n\nMontags um 19 Uhr.",
        contact="park@example.org",
        leftovers=(Leftover("header", "Entwurf"), Leftover("comment", "Ach?", "grün", "Eva")),
        lost=("Wort", "fehlt"),
        doubts=(say("Is this the title?"),),
    )
    assert leaflet_text(proposal, design="plain") == (
        """\
# yaml-language-server: $schema=../leaflet.schema.json
#
# What may be wrong:
# - Is this the title?

language: de
design: plain

title: 'Unser Park: grün!'

lead: |
  Vorab.

source:
  title: Parkkonzept
  reference: Z. {lines}

columns:
  quote: Konzept
  commentary: Antwort

passages:
  # Please look: this pair was probably understood as it was meant.
  # - The reference is said twice.
  - id: baeume
    quote:
      heading: Baumbestand
      page: 4
      lines: 12-13
      text: |
        Die Gemeinde erhält den vorhandenen Baumbestand. Die Gemeinde erhält den vorhandenen
        Baumbestand. Die Gemeinde erhält den vorhandenen Baumbestand. Die Gemeinde erhält den
        vorhandenen Baumbestand. Die Gemeinde erhält den vorhandenen Baumbestand. Die Gemeinde
        erhält den vorhandenen Baumbestand.
    commentary:
      heading: Ohne Wenn!
      text: |
        Nur *solange*.

        - eins,
        - zwei.

  - id: kurz
    commentary:
      text: |
        Ja.

call:
  heading: Kommen Sie!
  text: |
    Montags um 19 Uhr.

contact: |
  park@example.org

# What else is in the document, and has no place in a leaflet. It is not printed.
#
# Comments in the margin:
# - Ach? (at “grün”, by Eva)
#
# Headers:
# - Entwurf
#
# 2 words of the document are missing above: look for their place.
#   Wort fehlt
"""
    )


def test_comments_are_in_the_language_of_the_reader() -> None:
    proposal = Proposal("en", "", (), leftovers=(Leftover("footer", "x"),))
    text = leaflet_text(proposal, words=catalogue("de"))
    assert "# Es wurde kein Titel gefunden." in text
    assert "# Fußzeilen:" in text


def test_each_kind_of_leftovers_is_named() -> None:
    leftovers = tuple(Leftover(kind, f"Wort-{kind}") for kind in KINDS)
    text = leaflet_text(Proposal("de", "T", (passage(),), leftovers=leftovers))
    for kind, name in KINDS.items():
        assert f"# {name}:\n# - Wort-{kind}\n" in text


# What YAML, Markdown or an editor might take for something of theirs.
_AWKWARD = st.sampled_from(
    ["#", " #", "# ", ": ", "- ", "? ", "|", ">", "---", "...", "%", "@", "`", "'", '"', "{{", "}",
     "[", "]", "&a", "*b", "!c", "\n", "\n\n", "\t", "  \n", "\\\n", "\r\n", "\x00", "\u2028",
     "\ufeff", "\u202e", "\ud800", "\U0001fffe", "1. ", "12) ", "* ", "_x_", "**y**", "<b>", "=",
     "null", "no", "1.10", "äöü", "„Wort“", "𝔘", "\xa0", "word ", "\x85", "\\", "(a)", "k: v"]
)  # fmt: skip
_TEXTS = st.lists(_AWKWARD | st.text(max_size=5), max_size=12).map("".join)


def _cleaned(text: str) -> str:
    """What a manuscript can hold of a text."""
    text = re.sub("\r\n|[\r\x0b\x0c\x85\u2028]", "\n", text).replace("\u2029", "\n\n")
    return FORBIDDEN.sub("", text).strip()


def _words(text: str) -> list[str]:
    """The words of a quote, bullets aside, which are the typesetter's."""
    return [word for word in text.split() if word not in ("-", "+", "*")]


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS)
@example(" leads", "trails \n x ", "\ttab", "a\n \nb", "")
@examples(250)
def test_a_file_says_exactly_what_was_understood(
    title: str, lead: str, quote: str, commentary: str, aside: str
) -> None:
    proposal = Proposal(
        "de",
        title,
        (
            ProposedPassage(
                aside,
                ProposedQuote(quote, title, title, aside),
                ProposedCommentary(commentary, aside),
                confidence="doubtful",
                doubts=(say("Look: {words}", words=aside),),
            ),
            ProposedPassage(aside, None, ProposedCommentary(lead, quote)),
        ),
        lead=lead,
        contact=commentary,
        leftovers=(Leftover("comment", aside, title, quote),),
        lost=tuple(lead.split()),
        doubts=(say("Look: {words}", words=quote),),
    )
    said = content(leaflet_text(proposal))
    expected = {("title",): title, ("passages", 0, "quote", "heading"): title,
                ("passages", 0, "quote", "lines"): title, ("passages", 0, "quote", "page"): aside,
                ("passages", 0, "commentary", "heading"): aside,
                ("passages", 1, "commentary", "heading"): quote}  # fmt: skip
    prose = {("lead",): lead, ("passages", 0, "commentary", "text"): commentary,
             ("passages", 1, "commentary", "text"): lead, ("contact",): commentary}  # fmt: skip
    for path, text in expected.items():
        if _cleaned(text) or path == ("title",):
            assert (_value(said, path) or "").rstrip("\n") == _cleaned(text)
    for path, text in prose.items():
        read = (_value(said, path) or "").rstrip("\n")
        assert unwrapped(read, True) == unwrapped(_cleaned(text), True)
    printed = quoted((_value(said, ("passages", 0, "quote", "text")) or "").strip())
    assert _words(printed) == _words(_cleaned(quote))
    assert isinstance(said, dict)
    ids = [_value(said, ("passages", number, "id")) for number in range(2)]
    assert len(set(ids)) == 2


def _value(value: Plain, path: tuple[str | int, ...]) -> str | None:
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            return None
    assert value is None or isinstance(value, str)
    return value


@given(st.lists(st.text(string.printable, max_size=120) | _TEXTS, min_size=1, max_size=6))
@example(["a", "a", "a-2", "a", "A", "", "x" * 101, "-a"])
@examples(60)
def test_ids_are_valid_and_unlike_each_other(names: list[str]) -> None:
    proposal = Proposal("de", "T", tuple(passage(name) for name in names))
    text = leaflet_text(proposal)
    validated = validate(parse_yaml(text, "").value, Leaflet)
    assert validated.value is not None, validated.diagnostics
    ids = [one.id for one in validated.value.passages]
    assert len(set(ids)) == len(names)
    assert {name for name in names if re.fullmatch("[a-z0-9][a-z0-9-]{0,99}", name)} <= set(ids)


def test_what_was_left_out_is_told_where_it_was() -> None:
    text = leaflet_text(Proposal("de", "T", (passage(commentary="Ein\x01 Wort"),)))
    said = content(text)
    assert at(said, "passages", 0, "commentary", "text") == "Ein Wort\n"
    assert "      # An invisible control character (U+0001) was left out here.\n" in text


def test_words_of_a_quote_are_never_taken_for_markup() -> None:
    words = "Bürger*innen *und* _alle_ [siehe](§ 4) C:\\temp\n\nZweiter Absatz"
    said = content(leaflet_text(Proposal("de", "T", (passage(quote=words),))))
    printed = quoted(at(said, "passages", 0, "quote", "text"))
    assert printed.split() == words.split()


def test_a_new_leaflet_has_a_project_around_it_and_its_pictures(tmp_path: Path) -> None:
    proposal = Proposal(
        "de",
        "Titel",
        (passage(picture=Picture(picture("JPEG"), "image/png", "Ein Park")),),
        picture=Picture(picture(), "image/png", "Ein Rathaus"),
        logo=Picture(b"GIF89a...", "image/gif", "Unser Zeichen"),
    )
    path = create_from(tmp_path, "park", proposal, design="plain")
    assert path == tmp_path / "park/content/park/leaflet.yaml"
    assert (path.parents[1] / "leaflet.schema.json").is_file()
    leaflet = read_manuscript(Project(tmp_path / "park"), "park").leaflet
    assert leaflet.design == "plain"
    assert leaflet.picture is not None
    assert (leaflet.picture.file, leaflet.picture.alt) == ("images/picture.png", "Ein Rathaus")
    shown = leaflet.passages[0].picture
    assert shown is not None
    assert shown.file == "images/eins.jpg", "what it is decides, not what the file says"
    assert (path.parent / shown.file).read_bytes() == picture("JPEG")
    assert leaflet.logo is None
    text = path.read_text("utf-8")
    assert "# A picture here cannot be used (image/gif).\n# It shows: Unser Zeichen\n" in text


def test_a_picture_that_cannot_be_drawn_is_told_and_not_written(tmp_path: Path) -> None:
    broken = Picture(picture()[:-30], "image/png", "Ein Park")
    path = create_from(tmp_path, "park", Proposal("de", "T", (passage(),), picture=broken))
    assert not (path.parent / "images").exists()
    text = path.read_text("utf-8")
    assert "`images/picture.png` cannot be read" in text
    assert "# It shows: Ein Park" in text
    assert "picture" not in str(content(text))


def test_a_picture_without_a_description_waits_for_one(tmp_path: Path) -> None:
    shown = Picture(picture(), "image/png")
    create_from(tmp_path, "park", Proposal("de", "T", (passage(),), picture=shown))
    with pytest.raises(DiagnosticsError, match="`picture, alt` is empty"):
        read_manuscript(Project(tmp_path / "park"), "park")


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    path = create_from(tmp_path, "park", Proposal("de", "Eins", (passage(),)))
    project = tmp_path / "park"
    for start in (tmp_path, project):
        with pytest.raises(DiagnosticsError) as failed:
            create_from(start, "park", Proposal("de", "Zwei", (passage(),)))
        assert [d.code for d in failed.value.diagnostics] == ["exists"]
    create_from(project, "wald", Proposal("de", "Drei", (passage(),)))
    assert "title: Eins" in path.read_text("utf-8")
    assert Project(project).leaflets() == ("park", "wald")


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_missing_is_told_by_check(tmp_path: Path, language: str) -> None:
    create_from(tmp_path, "leer", Proposal(language, "", (), quote_column="Nur eine"))
    with pytest.raises(DiagnosticsError) as failed:
        read_manuscript(Project(tmp_path / "leer"), "leer")
    lines = (tmp_path / "leer/content/leer/leaflet.yaml").read_text("utf-8").splitlines()
    told = {lines[d.location.line - 1].strip() for d in failed.value.diagnostics}
    assert {"title:", "commentary:"} <= told
    assert "empty-passage" in {d.code for d in failed.value.diagnostics}


def test_a_document_that_is_too_long_is_no_leaflet(tmp_path: Path) -> None:
    for proposal in (
        Proposal("de", "T", (passage(commentary="Wort " * (bounds.MANUSCRIPT // 4)),)),
        Proposal("de", "T", tuple(passage(f"p-{n}") for n in range(bounds.PASSAGES + 1))),
    ):
        with pytest.raises(DiagnosticsError) as failed:
            create_from(tmp_path, "lang", proposal)
        assert [d.code for d in failed.value.diagnostics] == ["too-long"]
    assert list(tmp_path.iterdir()) == []
