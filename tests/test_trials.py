"""The trial of quotes (``python -m benchmarks quotes``): its truth, and what it counts as wrong."""

import random
from pathlib import Path

import pytest

from benchmarks.quotes import command
from benchmarks.quotes.alterations import KINDS, Around, alter
from benchmarks.quotes.command import Outcome, measure, table
from benchmarks.quotes.pdf import parse_boxes, read_pdf, successors
from benchmarks.quotes.text import read_text
from benchmarks.quotes.truth import Run, Span, make_truth, rejoined, spans_of
from brochure.sources.document import QuoteReference
from brochure.sources.finding import Finding, Verdict
from brochure.sources.matching.exact import Difference
from tests import papers

# Something for each kind of alteration.
EVERYTHING = (
    "Die Bürger*innen der Stadt, die nicht länger warten müssen, erhalten ab 12. März 2024 eine "
    "Förderung (nach Antrag) von 3,5 % der Kosten, soweit § 14 es „erlaubt“. Das Bund-Länder-"
    "Programm soll weiter laufen."
)
AROUND = Around(("Haushalt", "prüfen", "Wohnung"), "gilt in der Fassung vom")


@pytest.mark.parametrize("kind", KINDS)
def test_each_alteration_alters_the_words(kind: str) -> None:
    altered = {alter(kind, EVERYTHING, AROUND, random.Random(seed)) for seed in range(5)}
    assert None not in altered
    # No kind is satisfied with other spaces between words: `split` knows all of them.
    assert all(one is not None and one.split() != EVERYTHING.split() for one in altered)
    again = {alter(kind, EVERYTHING, AROUND, random.Random(seed)) for seed in range(5)}
    assert again == altered


def test_there_are_34_kinds_and_none_alters_what_it_does_not_concern() -> None:
    assert len(KINDS) == 34
    plain = "dort wohnen viele junge leute"
    silent = {kind for kind in KINDS if alter(kind, plain, AROUND, random.Random(1)) is None}
    assert {"a number changed by one", "an umlaut lost", "a negation left out"} <= silent
    assert "a word left out" not in silent


@pytest.mark.parametrize(
    ("kind", "altered"),
    [
        ("a number changed by one", "bis zu 010 Euro mehr"),
        ("a negation left out", "bis zu 009 Euro mehr"),
        ("a digit lost", "bis zu 09 Euro mehr"),
    ],
)
def test_examples_of_alterations(kind: str, altered: str) -> None:
    text = "bis zu nicht 009 Euro mehr" if "negation" in kind else "bis zu 009 Euro mehr"
    assert alter(kind, text, AROUND, random.Random(3)) == altered


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("die Verkehrs-\nplanung", "die Verkehrsplanung"),
        ("der Bund-\nLänder-Rat", "der Bund-Länder-Rat"),
        ("eine 20-\njährige Frist, CO₂-\nAusstoß", "eine 20-jährige Frist, CO₂-Ausstoß"),
        ("Bundes-\nund Landesmittel", "Bundes- und Landesmittel"),
        ("die Ver\u00adkehrs\u00ad\nplanung", "die Ver\u00adkehrsplanung"),
        ("zehn -\nelf", "zehn - elf"),
    ],
)
def test_words_are_put_together_again(lines: str, text: str) -> None:
    truth = make_truth([Run(0, tuple(rejoined(lines).split()))], [], [], 1, 1)
    assert " ".join(truth.runs[0].words) == text


def test_a_hyphen_at_the_end_of_a_line_stays_if_the_word_has_it_elsewhere() -> None:
    divided = Run(0, tuple(rejoined("die sozial-\nökologische Wende").split()))
    whole = Run(0, ("„sozial-ökologische", "Politik“"))
    assert make_truth([divided, whole], [], [], 1, 1).runs[0].words[1] == "sozial-ökologische"
    assert make_truth([divided], [], [], 1, 1).runs[0].words[1] == "sozialökologische"


# --- The truth about a PDF.


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> tuple[papers.Made, Path]:
    """A text in two columns, with running heads and page numbers."""
    layout = papers.Layout(side=None, columns=2, rows=66, width=46)
    text = papers.made(7, 60, layout.width)
    path = tmp_path_factory.mktemp("columns") / "columns.pdf"
    path.write_bytes(papers.pdf(text, layout))
    return text, path


def test_spans_of_two_columns_are_in_one_of_them(columns: tuple[papers.Made, Path]) -> None:
    text, path = columns
    truth = read_pdf(path)
    assert truth.agreed == truth.lines == len(text.lines)
    spans = spans_of(truth, 60, random.Random(1))
    whole = f" {text.span(0, len(text.words))} "
    assert len(spans) == 60
    assert [span.text for span in spans if f" {span.text} " not in whole] == []
    assert min(len(span.text.split()) for span in spans) >= 8
    assert max(len(span.text.split()) for span in spans) > 30
    assert any(len(span.text.split()) > 20 for span in spans if not span.text.endswith("."))
    assert spans == spans_of(truth, 60, random.Random(1)) != spans_of(truth, 60, random.Random(2))


def test_spliced_lines_are_no_text(columns: tuple[papers.Made, Path]) -> None:
    text, path = columns
    truth = read_pdf(path)
    whole = text.span(0, len(text.words))
    assert len(truth.spliced) > 10
    assert [span.text for span in truth.spliced if span.text in whole] == []
    left, right = text.lines[1], text.lines[34]  # the second lines of both columns
    assert f"{left} {right}" in {span.text for span in truth.spliced}


def boxes(*blocks: tuple[tuple[str, ...], ...]) -> str:
    """What pdftotext prints of blocks of lines of words, one below the other."""
    html, top = "<page >", 10
    for block in blocks:
        html += "<block >"
        for line in block:
            html += "<line >"
            for index, word in enumerate(line):
                left = 10 + 40 * index
                edges = f'xMin="{left}" yMin="{top}" xMax="{left + 35}" yMax="{top + 10}"'
                html += f"<word {edges}>{word}</word>"
            html, top = html + "</line>", top + 12
        html += "</block>"
    return html


def test_a_line_follows_another_only_if_both_witnesses_agree() -> None:
    (page,) = parse_boxes(boxes((("R&amp;D", "eins"), ("zwei",))))
    assert [line.text for line in page] == ["R&D eins", "zwei"]
    assert successors(page, "RDeinszwei", numbered=False) == {page[0]: page[1]}
    assert successors(page, "RDeins17zwei", numbered=True) == {page[0]: page[1]}
    assert successors(page, "RDeins17zwei", numbered=False) == {}
    assert successors(page, "zweiRDeins", numbered=False) == {}


def test_no_line_follows_one_of_another_block() -> None:
    (page,) = parse_boxes(boxes((("eins",), ("zwei",)), (("drei",), ("vier",))))
    follows = successors(page, "einszweidreivier", numbered=False)
    assert follows == {page[0]: page[1], page[2]: page[3]}
    (single,) = parse_boxes(boxes(*(((word,),) for word in ("eins", "zwei", "drei"))))
    assert len(successors(single, "einszweidrei", numbered=False)) == 2  # no blocks to speak of


def test_spliced_lines_that_stand_so_elsewhere_are_not_wrong() -> None:
    spliced = [Span(0, "eins zwei"), Span(0, "zwei drei"), Span(0, "zwei vier")]
    truth = make_truth(
        [Run(0, ("eins", "zwei,"))], spliced, ["zwei vierzehn", "und zwei drei."], 1, 1
    )
    assert [span.text for span in truth.spliced] == ["zwei vier"]


# --- What is counted.


def finding(verdict: Verdict, *, noted: bool = False) -> Finding:
    typographic = (Difference("–", "-"),) if noted else ()
    return Finding(verdict, QuoteReference(), typographic=typographic)


def test_what_counts_as_accepted_silently() -> None:
    right, noted = finding(Verdict.VERBATIM), finding(Verdict.VERBATIM, noted=True)
    outcome = Outcome()
    outcome.count("refused", finding(Verdict.ALTERED), right)
    outcome.count("refused, too", finding(Verdict.NOT_FOUND), right)
    outcome.count("unchecked", finding(Verdict.UNCHECKED), right)
    outcome.count("noted", noted, right)
    assert outcome.row() == [4, 2, 1, 1, 0]
    outcome.count("verbatim", finding(Verdict.VERBATIM), right)
    outcome.count("ambiguous", finding(Verdict.AMBIGUOUS), right)
    # A note that the right quote gets, too, is not about what was altered …
    outcome.count("noted anyway", noted, noted)
    # … and no note makes up for lines that were read across.
    outcome.count("spliced", noted, None)
    assert outcome.silent == ["verbatim", "ambiguous", "noted anyway", "spliced"]


def test_a_trial_of_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "programm.txt"
    path.write_text("\n\n".join([EVERYTHING, papers.made(5, 12, 70).span(0, 90)]), "utf-8")
    result = measure(path, count=30, seed=1, language="de", each=2)
    assert [one.verdict for _, one in result.spans] == [Verdict.VERBATIM] * 30
    assert sum(outcome.refused for outcome in result.altered.values()) >= 50
    assert command.main([path], count=10, seed=1, language="de", each=1, show=1) == 0
    printed = capsys.readouterr().out
    assert "a word left out" in printed
    assert "100.0 %" in printed

    accepted = finding(Verdict.VERBATIM)
    monkeypatch.setattr(command, "opened", lambda *_: (None, lambda quote, stated: accepted))
    assert command.main([path], count=10, seed=1, language="de", each=1, show=1) == 1
    assert "ACCEPTED, a word left out:" in capsys.readouterr().out


def test_a_file_that_cannot_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in (("a.pdf", b"%PDF-1.7"), ("b.txt", b"\xff\xfe"), ("c.docx", b"x")):
        path = tmp_path / name
        path.write_bytes(content)
        assert command.main([path], count=5, seed=1, language="de", each=1, show=0) == 1
        printed = capsys.readouterr().out
        assert printed.startswith(f"{path}: not tried: ")
        assert printed.count("\n") == 1


def test_a_table_has_its_figures_on_the_right() -> None:
    assert table(["", "tried"], [["a.pdf", 7], ["bb.pdf", 1000]]) == (
        "        tried\na.pdf       7\nbb.pdf   1000"
    )


def test_paragraphs_of_markdown_and_html(tmp_path: Path) -> None:
    markdown, html = tmp_path / "a.md", tmp_path / "a.html"
    markdown.write_text("# Titel\n\n- Eins zwei\n- drei *vier*\n\nfünf\nsechs\n", "utf-8")
    html.write_text("<p>Eins <b>zwei</b></p><p>drei<sup>1</sup> vier</p><p>fünf</p>", "utf-8")
    assert [run.words for run in read_text(markdown).runs] == [
        ("Titel",), ("Eins", "zwei"), ("fünf", "sechs"),
    ]  # fmt: skip
    assert [run.words for run in read_text(html).runs] == [("Eins", "zwei"), ("fünf",)]
