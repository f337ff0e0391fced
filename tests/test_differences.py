"""What somebody changed in Word comes back text by text, and only what was chosen is taken over."""

from collections.abc import Callable
from pathlib import Path

import pytest
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from brochure.diagnostics import DiagnosticsError
from brochure.interchange.differences import Comparison, Difference, accept, compare
from brochure.interchange.prose import same
from brochure.manuscript.yaml.nodes import plain
from brochure.manuscript.yaml.parser import parse_yaml
from brochure.project import Project
from tests.exported import NAME, Exchange, copied, emptied, pairs

LEAFLET = """\
language: de
title: Unser Park   # bleibt
lead: |
  Eine Einleitung, die
  über zwei Zeilen geht.
source:
  title: Konzept
  reference: Z. {lines}
columns: {quote: Konzept, commentary: Antwort}
verdicts:
  ja: {word: Gehalten, shape: check}
  nein: {word: Gebrochen, shape: cross}
passages:
  # Das erste Paar.
  - id: baeume
    quote: {heading: Bäume, lines: 12-13, text: Die Gemeinde erhält den Bestand.}
    commentary: {heading: Ja!, text: Wir danken ihr dafür.}
    verdict: ja

  # Das zweite.
  - id: wege
    quote: {heading: Wege, lines: 16, text: Die Wege werden ausgebaut.}
    commentary:
      text: |
        Wir fragen, wann das geschieht
        und wer es bezahlt.

  - id: spiel
    quote: {lines: 21, text: Der Spielplatz wird erneuert.}
    commentary: {text: Das ist gut für alle Kinder.}
contact: park@example.org
imprint: Maria Muster
"""


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(Project(tmp_path))
    made.write(LEAFLET)
    return made


def typed(row: int, cell: int, paragraph: int, text: str) -> Callable[[WordDocument], None]:
    """Other words in a paragraph of the table, whose bookmark stays."""

    def change(word: WordDocument) -> None:
        runs = pairs(word).rows[row].cells[cell].paragraphs[paragraph].runs
        for run in runs[1:]:
            run._r.getparent().remove(run._r)
        runs[0].text = text

    return change


def changes(exchange: Exchange, *several: Callable[[WordDocument], None]) -> Comparison:
    def change(word: WordDocument) -> None:
        for one in several:
            one(word)

    return exchange.compare(exchange.changed(change))


def told(comparison: Comparison) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.key, one.kind, one.now, one.new) for one in comparison.differences]


def codes(comparison: Comparison) -> list[str]:
    return [d.code for d in comparison.diagnostics]


def said(exchange: Exchange) -> dict[str, object]:
    content = plain(parse_yaml(exchange.path.read_text("utf-8"), "").value.root)
    assert isinstance(content, dict)
    return dict(content)


def take(exchange: Exchange, comparison: Comparison, *chosen: Difference) -> None:
    accept(exchange.project, comparison, chosen)
    left = exchange.compare(exchange.word())
    assert left.differences == ()


def test_only_the_text_that_was_changed_is_a_difference(exchange: Exchange) -> None:
    found = changes(exchange, typed(2, 1, 0, "Wir fragen, wann das sein soll und wer es zahlt."))
    assert told(found) == [
        (
            "passages.wege.commentary.text",
            "text",
            "Wir fragen, wann das geschieht\nund wer es bezahlt.",
            "Wir fragen, wann das sein soll und wer es zahlt.",
        )
    ]
    assert codes(found) == []
    before = exchange.path.read_text("utf-8").splitlines()
    accept(exchange.project, found, found.differences)
    after = exchange.path.read_text("utf-8").splitlines()
    assert after[:24] == before[:24], "all else stays, comments and all"
    assert after[24].strip() == "Wir fragen, wann das sein soll und wer es zahlt."
    assert after[25:] == before[26:]


def test_a_text_that_was_typed_over_has_no_bookmark_and_is_known_by_its_place(
    exchange: Exchange,
) -> None:
    def forget(word: WordDocument) -> None:
        for mark in word.element.body.xpath(".//w:bookmarkStart | .//w:bookmarkEnd"):
            paragraph = mark.getparent()
            if any(
                text in "".join(paragraph.itertext())
                for text in ("Kinder", "Park", "Eine Ein", "Wege werden", "Maria")
            ):
                paragraph.remove(mark)

    found = changes(
        exchange,
        forget,
        typed(3, 1, 0, "Das freut die Kinder."),
        lambda word: setattr(word.paragraphs[0].runs[0], "text", "Unser Stadtpark"),
        lambda word: setattr(word.paragraphs[1].runs[0], "text", "Eine Einleitung."),
        typed(2, 0, 1, "Die Wege werden gebaut."),
    )
    assert {(key, new) for key, _, _, new in told(found)} == {
        ("title", "Unser Stadtpark"),
        ("lead", "Eine Einleitung."),
        ("passages.spiel.commentary.text", "Das freut die Kinder."),
        ("passages.wege.quote.text", "Die Wege werden gebaut."),
    }
    assert found.unplaced == ()


def test_a_quote_that_was_changed_is_told_loudly_and_taken_by_name_only(
    exchange: Exchange,
) -> None:
    found = changes(exchange, typed(1, 0, 1, "Die Gemeinde erhält den ganzen Bestand."))
    (one,) = found.differences
    assert one.is_quote
    assert one.needs_naming
    assert codes(found) == ["quote-changed"]
    take(exchange, found, one)
    passages = said(exchange)["passages"]
    assert "den ganzen Bestand" in str(passages)


def test_what_was_changed_in_the_leaflet_meanwhile_is_no_difference(exchange: Exchange) -> None:
    data = exchange.changed(typed(1, 1, 0, "Nein!"))
    exchange.write(LEAFLET.replace("Das ist gut für alle", "Es freut alle"))
    found = exchange.compare(data)
    assert told(found) == [("passages.baeume.commentary.heading", "text", "Ja!", "Nein!")]
    accept(exchange.project, found, found.differences)
    assert "Es freut alle" in exchange.path.read_text("utf-8")


def test_what_was_changed_in_both_is_a_conflict(exchange: Exchange) -> None:
    data = exchange.changed(typed(1, 1, 0, "Nein!"))
    exchange.write(LEAFLET.replace("Ja!", "Vielleicht!"))
    found = exchange.compare(data)
    (one,) = found.differences
    assert (one.base, one.now, one.new) == ("Ja!", "Vielleicht!", "Nein!")
    assert one.conflict
    assert one.needs_naming
    assert codes(found) == ["conflict"]
    exchange.write(LEAFLET.replace("Ja!", "Nein!"))
    assert exchange.compare(data).differences == (), "both were changed alike"


def test_what_was_changed_after_the_comparison_is_not_overwritten(exchange: Exchange) -> None:
    found = changes(exchange, typed(1, 1, 0, "Nein!"))
    exchange.write(LEAFLET.replace("Ja!", "Vielleicht!"))
    with pytest.raises(DiagnosticsError) as failed:
        accept(exchange.project, found, found.differences)
    assert [d.code for d in failed.value.diagnostics] == ["changed-meanwhile"]
    assert "Vielleicht!" in exchange.path.read_text("utf-8")


def test_references_and_verdicts_are_read_as_they_are_shown(exchange: Exchange) -> None:
    found = changes(
        exchange,
        typed(1, 0, 2, "Z. 12–14"),
        typed(1, 1, 2, "Gebrochen"),
        typed(2, 0, 2, "irgendwo"),
    )
    assert told(found) == [
        ("passages.baeume.quote.lines", "text", "12-13", "12-14"),
        ("passages.baeume.verdict", "text", "ja", "nein"),
        ("passages.wege.reference", "other", "Z. 16", "irgendwo"),
    ]
    assert [one.can_be_accepted for one in found.differences] == [True, True, False]
    take(exchange, found, *found.differences[:2])
    assert "lines: 12-14" in exchange.path.read_text("utf-8")


def test_passages_that_were_added_moved_and_removed(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        rows = list(pairs(word).rows)
        copied(rows[1], "Neue Wiese", "Wird gemäht.", "Z. 30", "Oh!", "Zu oft.", "Gebrochen")
        rows[1]._tr.addprevious(rows[3]._tr)
        rows[2]._tr.getparent().remove(rows[2]._tr)

    data = exchange.changed(change)
    found = exchange.compare(data)
    assert [(one.key, one.kind, one.after) for one in found.differences] == [
        ("passages.spiel", "moved", ""),
        ("passages.neue-wiese", "added", "baeume"),
        ("passages.wege", "removed", ""),
    ]
    accept(exchange.project, found, found.differences)
    assert exchange.compare(data).differences == (), "it is all there now"
    passages = said(exchange)["passages"]
    assert isinstance(passages, list)
    ids = [passage["id"] for passage in passages]
    assert ids == ["spiel", "baeume", found.differences[1].key.split(".")[1]]
    assert passages[2] == {
        "id": ids[2],
        "quote": {"heading": "Neue Wiese", "lines": "30", "text": "Wird gemäht."},
        "commentary": {"heading": "Oh!", "text": "Zu oft."},
        "verdict": "nein",
    }
    assert "# Das erste Paar.\n  - id: baeume" in exchange.path.read_text("utf-8")
    assert "# Das zweite." not in exchange.path.read_text("utf-8")


def test_a_row_without_bookmarks_is_the_passage_whose_words_it_has(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        for mark in pairs(word)._tbl.xpath(".//w:bookmarkStart | .//w:bookmarkEnd"):
            mark.getparent().remove(mark)

    found = changes(exchange, change, typed(1, 1, 1, "Wir danken ihr sehr dafür."))
    assert told(found) == [
        ("passages.baeume.commentary.text", "text", "Wir danken ihr dafür.",
         "Wir danken ihr sehr dafür."),
    ]  # fmt: skip


def test_a_heading_row_that_was_deleted_takes_no_passage_along(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        row = pairs(word).rows[0]._tr
        row.getparent().remove(row)

    found = changes(exchange, change)
    assert [(one.key, one.kind) for one in found.differences] == [
        ("columns.quote", "other"),
        ("columns.commentary", "other"),
    ]


def test_texts_that_were_deleted_or_added(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        rows = pairs(word).rows
        heading = rows[1].cells[1].paragraphs[0]._p
        heading.getparent().remove(heading)
        rows[3].cells[1].add_paragraph("Und noch etwas.", style="Body Text")
        for paragraph in rows[2].cells[1].paragraphs:
            paragraph._p.getparent().remove(paragraph._p)
        rows[2].cells[1].add_paragraph()
        subtitle = word.paragraphs[1].insert_paragraph_before("Was beschlossen ist", "Subtitle")
        assert subtitle.style is not None

    found = changes(exchange, change)
    assert [(one.key, one.kind, one.new) for one in found.differences] == [
        ("subtitle", "text", "Was beschlossen ist"),
        ("passages.baeume.commentary.heading", "text", None),
        ("passages.wege.commentary", "text", None),
        ("passages.spiel.commentary.text", "text",
         "Das ist gut für alle Kinder.\n\nUnd noch etwas."),
    ]  # fmt: skip
    take(exchange, found, *found.differences)
    content = said(exchange)
    assert list(content)[:3] == ["language", "title", "subtitle"]
    passages = content["passages"]
    assert isinstance(passages, list)
    assert "commentary" not in passages[1]


def test_what_a_leaflet_needs_cannot_be_deleted(exchange: Exchange) -> None:
    found = changes(exchange, emptied)
    assert [(one.key, one.kind) for one in found.differences] == [("title", "other")]


def test_details_are_read_by_their_rows(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        cells = {row.cells[0].text: row.cells[1] for row in word.tables[1].rows}
        cell = next(cell for cell in cells.values() if cell.text == "Gehalten")
        for mark in cell._tc.xpath(".//w:bookmarkStart | .//w:bookmarkEnd"):
            mark.getparent().remove(mark)
        cell.paragraphs[0].runs[0].text = "Eingehalten"

    assert told(changes(exchange, change)) == [
        ("verdicts.ja.word", "text", "Gehalten", "Eingehalten")
    ]


def test_words_that_belong_nowhere_are_told(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        for paragraph in word.paragraphs:
            if paragraph.text == "Kontakt":
                paragraph.runs[0].text = "Kontakt und mehr"

    found = changes(exchange, change)
    assert found.differences == ()
    assert found.unplaced == ("Kontakt und mehr",)
    assert codes(found) == ["unplaced"]


def test_tracked_changes_and_comments_are_named(exchange: Exchange) -> None:
    def change(word: WordDocument) -> None:
        paragraph = pairs(word).rows[3].cells[1].paragraphs[0]
        inserted = OxmlElement("w:ins")
        inserted.set(qn("w:author"), "Eva")
        inserted.set(qn("w:id"), "900")
        run = paragraph.add_run(" Endlich!")
        run._r.addprevious(inserted)
        inserted.append(run._r)
        word.add_comment(paragraph.runs[0], "Stimmt das?", author="Ali")

    found = changes(exchange, change)
    assert sorted((one.kind, one.who) for one in found.leftovers) == [
        ("comment", "Ali"),
        ("insertion", "Eva"),
    ]
    assert [one.new for one in found.differences] == ["Das ist gut für alle Kinder. Endlich!"]


def test_markdown_comes_back_as_well(exchange: Exchange) -> None:
    text = exchange.markdown()
    found = exchange.compare(
        text.replace("> Die Wege werden", "> Die Wege würden").replace("Ja!", "Nein!").encode(),
        "probe.md",
    )
    assert [(one.key, one.new, one.is_quote) for one in found.differences] == [
        ("passages.baeume.commentary.heading", "Nein!", False),
        ("passages.wege.quote.text", "Die Wege würden ausgebaut.", True),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a](https://e.org/1) b", "[a](https://e.org/2) b"),
        ("*a* b", "a b"),
        ("*a* b", "**a** b"),
        ("- a\n- b", "a\n\nb"),
        ("1. a\n2. b", "1. a\n3. b"),
        ("a\\\nb", "a b"),
        ("a b", "ab"),
        ("a\n\nb", "a b"),
    ],
)
def test_what_is_printed_otherwise_is_a_difference(before: str, after: str) -> None:
    for form in ("prose", "quote"):
        assert not same(before, after, form)


@pytest.mark.parametrize(
    ("before", "after"),
    [("a\nb", "a b"), ("_a_ b", "*a* b"), ("* a\n* b", "- a\n- b"), (" a  b ", "a b")],
)
def test_what_is_printed_alike_is_none(before: str, after: str) -> None:
    assert same(before, after, "prose")


def test_comments_in_markdown_are_told_and_end_no_text(exchange: Exchange) -> None:
    text = exchange.markdown().replace(
        "und wer es bezahlt.", "<!-- stimmt das? -->\n<!-- falsch -->\nund wer es bezahlt."
    )
    found = exchange.compare(text.encode(), "probe.md")
    assert found.differences == ()
    assert found.unplaced == ("stimmt das?", "falsch")
    for odd in ("passages", "passages.x", "passages..y.z", "passages.fort.quote.text", "title.x.y"):
        exchange.compare((text + f"\n<!-- {odd} -->\nWorte\n").encode(), "probe.md")


def test_a_document_of_somebody_else_is_compared_by_what_is_understood(exchange: Exchange) -> None:
    text = """\
# Unser Park

## Bäume

„Die Gemeinde erhält den Bestand.“ (Z. 12-13)

*Wir danken ihr herzlich dafür.*

## Wege

„Die Wege werden ausgebaut.“ (Z. 16)

*Wir fragen, wann das geschieht und wer es bezahlt.*
"""
    found = exchange.compare(text.encode(), "anders.md")
    assert "import-no-base" in codes(found)
    keys = [one.key for one in found.differences]
    assert "passages.baeume.commentary.text" in keys
    assert "passages.spiel" in keys, "it is not in that document"
    assert "contact" not in keys, "what was not found counts as not said"
    assert "title" not in keys


def test_a_leaflet_whose_passages_have_no_ids_of_their_own_is_told(exchange: Exchange) -> None:
    data = exchange.word()
    exchange.write(LEAFLET.replace("id: wege", "id: baeume"))
    with pytest.raises(DiagnosticsError) as failed:
        exchange.compare(data)
    assert [d.code for d in failed.value.diagnostics if d.is_error] == ["duplicate-id"]


def test_a_file_of_another_leaflet_is_told(exchange: Exchange) -> None:
    data = exchange.word()
    other = exchange.project.manuscript("anderes")
    other.parent.mkdir()
    other.write_text(LEAFLET, "utf-8")
    found = compare(exchange.project, "anderes", data, "probe.docx")
    assert (found.differences, codes(found)) == ((), ["import-other"])
    assert NAME in str(found.diagnostics[0].message)


def test_nothing_is_written_that_is_not_a_leaflet(exchange: Exchange) -> None:
    found = changes(exchange, typed(1, 0, 2, "Z. 12345678901"), typed(1, 1, 0, "Nein!"))
    before = exchange.path.read_bytes()
    with pytest.raises(DiagnosticsError) as failed:
        accept(exchange.project, found, found.differences)
    assert [d.code for d in failed.value.diagnostics] == ["numbers"]
    assert exchange.path.read_bytes() == before, "the heading is not taken either"
