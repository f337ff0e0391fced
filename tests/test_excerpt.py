"""Lines of a source as a passage: what is pasted is verbatim, whatever it contains."""

import random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from brochure.manuscript.text import markdown
from brochure.manuscript.yaml.parser import FORBIDDEN
from brochure.sources.document import QuoteReference
from brochure.sources.excerpt import excerpt, lines_at, passage_yaml
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.reading.plaintext import parse_text
from brochure.sources.searchable import SearchableSource
from tests import papers
from tests.conftest import examples

LAYOUTS = ["left", "fifth", "restarts", "columns"]


def pasted(source: SearchableSource, requested: QuoteReference) -> tuple[dict[str, Any], str]:
    """The passage for some lines, as YAML reads it, and as it is written."""
    extent = lines_at(source.document, requested)
    assert extent is not None
    text = passage_yaml(excerpt(source.running_text, *extent))
    (passage,) = yaml.load("passages:\n" + text, Loader=yaml.BaseLoader)["passages"]
    return passage, text


def judged(source: SearchableSource, passage: dict[str, Any]) -> Verdict:
    quote = passage["quote"]
    lines = quote["lines"].replace("-", "–")
    stated = QuoteReference(quote.get("page", "").replace("-", "–") or None, lines)
    return source.verify(markdown.quoted(quote["text"]), stated, LimitingWords()).verdict


@pytest.fixture(scope="module")
def sources() -> dict[str, SearchableSource]:
    found = {}
    for name in LAYOUTS:
        layout, mode = papers.LAYOUTS[name]
        text = papers.made(2, 60, layout.width)
        found[name] = SearchableSource(papers.read(papers.pdf(text, layout), mode))
    return found


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_passage_is_verbatim_at_its_lines(
    sources: dict[str, SearchableSource], name: str
) -> None:
    source, chance, cut = sources[name], random.Random(5), 0
    lines = [line for line in source.document.lines if not line.artifact and line.text]
    for _ in range(60):
        first = chance.randrange(len(lines) - 12)
        one, other = lines[first], lines[first + chance.randrange(1, 12)]
        restarts = papers.LAYOUTS[name][0].restarts
        pages = f"{one.page + 1}" + (f"–{other.page + 1}" if other.page > one.page else "")
        requested = QuoteReference(pages if restarts else None, f"{one.number}–{other.number}")
        passage, text = pasted(source, requested)
        assert judged(source, passage) is Verdict.VERBATIM, text
        assert passage["quote"]["lines"] == f"{one.number}-{other.number}"
        cut += "# Left out" in text
    assert 5 < cut < 60  # words divided at the ends are left out, with a comment


SIGNS = "*_[](){}<>`#+-.:!&\\\"'|~„“äß1 2\n•\x01\x1c\ue001\ufffe\u2028"


@examples(150)
@given(st.text(st.sampled_from(SIGNS + "abc"), min_size=1, max_size=60))
def test_signs_of_markdown_and_yaml_stay_what_they_are(text: str) -> None:
    source = SearchableSource(parse_text(f"Anfang {text} Ende", "count"))
    last = 1 + text.count("\n")
    passage, written = pasted(source, QuoteReference(None, f"1–{last}" if last > 1 else "1"))
    assert not FORBIDDEN.search(written)
    assert judged(source, passage) is Verdict.VERBATIM, written


@pytest.mark.parametrize(
    "line",
    [
        "1. erstens",
        "- Strich",
        "+ plus",
        "* Stern",
        "# Raute",
        "> mehr",
        "1) Klammer",
        "***",
        "---",
    ],
)
def test_lines_that_look_like_lists_stay_what_they_are(line: str) -> None:
    source = SearchableSource(parse_text(f"{line}\nmehr\n{line}", "count"))
    passage, written = pasted(source, QuoteReference(None, "1–3"))
    assert judged(source, passage) is Verdict.VERBATIM, written


def test_odd_letters_are_read_and_a_comment_says_so() -> None:
    source = SearchableSource(parse_text("efÏzient und effizient", "count"))
    passage, written = pasted(source, QuoteReference(None, "1"))
    assert passage["quote"]["text"].strip() == "effizient und effizient"
    assert "“efÏzient” was read as “effizient”" in written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kosten:\n\x01 Bäume,\n\x01 Wiesen.", "Kosten: • Bäume, • Wiesen."),
        ("Kosten:\n\uf0b7 Bäume", "Kosten: • Bäume"),
        ("der Wert \x01 ist \x7f und \x7f", "der Wert […] ist […] und […]"),
        ("das \x01\x02\x03\x04\x05x gilt\ufffe", "das […] gilt[…]"),
        ("der \u2028 Weg \ufdd0 ist\ufeff gut", "der Weg […] ist gut"),
        ("wir \x1cnden den speziVschen ratiVzierten", "wir finden den spezifischen ratifizierten"),
    ],
)  # fmt: skip
def test_what_no_leaflet_may_contain_is_not_in_a_passage(text: str, words: str) -> None:
    source = SearchableSource(parse_text(text, "count"))
    last = text.count("\n") + 1
    passage, written = pasted(source, QuoteReference(None, f"1–{last}" if last > 1 else "1"))
    assert not FORBIDDEN.search(written)
    assert " ".join(passage["quote"]["text"].split()) == words
    assert judged(source, passage) is Verdict.VERBATIM
    assert written.count("# Left out: “U+0001”") == text.count("\x01 ist")
    assert written.count("was read as") == 3 * ("ratiV" in text)


def test_a_word_of_which_a_line_has_only_a_part_is_left_out_without_odd_letters() -> None:
    source = SearchableSource(
        parse_text("Wir hel-\nfen\x01\x02\x03 allen Bürger-\n*innen", "count")
    )
    passage, written = pasted(source, QuoteReference(None, "2"))
    assert passage["quote"]["text"].strip() == "allen"
    assert "“helfenU+0001U+0002U+0003”" in written
    assert "“Bürger*innen”" in written
    assert judged(source, passage) is Verdict.VERBATIM


@pytest.mark.parametrize(
    "requested",
    [
        QuoteReference(None, "9"),
        QuoteReference(None, "2–9"),
        QuoteReference("3", "1"),
        QuoteReference("3", None),
    ],
)
def test_lines_that_do_not_exist(requested: QuoteReference) -> None:
    document = parse_text("eins\nzwei\n\fdrei\n", "page")
    assert lines_at(document, requested) is None
    assert lines_at(document, QuoteReference("2", None)) == (2, 3)
