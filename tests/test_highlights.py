"""Words of a quote that are marked: found to the letter, and nothing but tags is added to them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.manuscript.text.highlight import find_words, nearest_words, with_highlights
from tests.conftest import HEAD, Workspace, examples

MARK = '<mark class="highlight">'
QUOTE = """passages:
  - id: eins
    quote:
      lines: 1
      text: |
        Die Stadt baut Radwege, soweit die *verfügbaren* Mittel
        dies zulassen & nicht „später“. Sie baut Bildungs- und Kulturorte.
{more}
    commentary: {{text: Antwort}}
"""


def marked(html: str) -> list[str]:
    return re.findall(rf"{MARK}(.*?)</mark>", html, re.DOTALL)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("soweit die verfügbaren Mittel dies zulassen", 1),
        ("soweit  die\nverfügbaren", 1),
        ("Mittel dies zulassen & nicht „später“.", 1),
        ("baut", 2),
        ("Rad", 0),  # a part of a word
        ("wege,", 0),
        ("soweit die verfuegbaren", 0),
        ("Soweit", 0),
        ("Radwege,", 1),
        ("Radwege soweit", 0),
    ],
)
def test_words_are_found_to_the_letter(words: str, found: int) -> None:
    text = (
        "Die Stadt baut Radwege, soweit die verfügbaren Mittel\ndies zulassen & nicht „später“. "
        "Sie baut"
    )
    assert len(find_words(words, text)) == found


def test_a_mark_ends_where_an_element_does() -> None:
    html = "<p>„eins <em>zwei drei</em> vier</p><ul><li>fünf</li></ul>"
    assert with_highlights(html, ["zwei drei"]).count(MARK) == 1
    assert with_highlights(html, ["eins zwei"]) == (
        f"<p>„{MARK}eins </mark><em>{MARK}zwei</mark> drei</em> vier</p><ul><li>fünf</li></ul>"
    )
    assert with_highlights(html, ["eins zwei drei vier"]) == (
        f"<p>„{MARK}eins <em>zwei drei</em> vier</mark></p><ul><li>fünf</li></ul>"
    )
    assert marked(with_highlights(html, ["vier fünf"])) == ["vier", "fünf"]


@examples(60)
@given(
    st.lists(st.sampled_from(["a", "bc", "<em>", "</em>", " ", "&amp;", "<br>", "d"]), max_size=25),
    st.lists(st.sampled_from(["a", "bc d", "&", "a bc", "d"]), max_size=3),
)
def test_only_tags_are_added_and_they_are_nested(parts: list[str], words: list[str]) -> None:
    kept, depth = [], 0
    for part in parts:
        if part == "</em>" and not depth:
            continue
        depth += {"<em>": 1, "</em>": -1}.get(part, 0)
        kept.append(part)
    html = "<p>" + "".join(kept) + "</em>" * depth + "</p>"
    result = with_highlights(html, words)
    assert re.sub(r"</?mark[^>]*>", "", result) == html
    opened: list[str] = []
    for end, tag in re.findall(r"<(/?)(p|em|mark)[ >]", result):
        if end:
            assert opened.pop() == tag
        else:
            opened.append(tag)
    assert not opened


def test_the_quote_keeps_its_letters(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + QUOTE.format(more=""))
    plain = workspace.compose().html
    more = '      highlight: ["soweit die verfügbaren Mittel dies zulassen", "Bildungs- und"]'
    workspace.leaflet(HEAD + QUOTE.format(more=more))
    html = workspace.compose().html
    assert html != plain
    assert re.sub(r"</?mark[^>]*>", "", html) == plain
    found = [re.sub(r"<[^>]*>", "", words) for words in marked(html)]
    assert found == ["soweit die verfügbaren Mittel dies zulassen", "Bildungs- und"]
    assert workspace.diagnostics() == ()


@pytest.mark.parametrize(
    ("highlight", "severity", "says"),
    [
        ("Eisdiele", "error", "to the letter"),
        ("soweit die verfuegbaren Mittel", "error", "“soweit die verfügbaren Mittel”"),
        ("[baut Radwege, baut Bildungs-]", "", ""),
        ("baut", "warning", "2 times"),
        ("[die verfügbaren Mittel, Mittel dies]", "error", "overlap"),
        ("[Radwege, Radwege]", "error", "overlap"),
        ("[]", "error", "at least one"),
        ("''", "error", "visible text"),
        ("{a: b}", "error", "list"),
    ],
)
def test_what_is_not_in_the_quote_is_told(
    workspace: Workspace, highlight: str, severity: str, says: str
) -> None:
    workspace.leaflet(HEAD + QUOTE.format(more=f"      highlight: {highlight}"))
    found = workspace.diagnostics()
    if not severity:
        assert found == ()
        return
    (diagnostic,) = found
    assert (diagnostic.severity, diagnostic.location.line) == (severity, 10)
    assert says in f"{diagnostic.message} {diagnostic.hint}"


def test_the_words_that_are_meant() -> None:
    text = "Die Gemeinde erhält den vorhandenen Baumbestand, soweit dies vereinbar ist."
    assert nearest_words("den vorhandnen Baumbestand", text) == "den vorhandenen Baumbestand,"
    assert nearest_words("Baumbestände", text) == "Baumbestand,"
    assert nearest_words("Hunde", text) == ""
    assert nearest_words("soweit dies vereinbar war und noch viel mehr", text) == (
        "soweit dies vereinbar ist."
    )
