"""Quotes in leaflets and variants: diagnostics, drafts, the record, and what is printed."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Literal

import pypdfium2
import pytest

from brochure.diagnostics import Diagnostic, DiagnosticsError, Severity, in_order
from brochure.layout.compose.composer import Composer
from brochure.layout.editions import load_editions
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Mode, Selection
from brochure.sources.finding import Verdict
from brochure.sources.record import RECORD_FILE
from brochure.sources.verification import Verification, Verifier
from tests.conftest import HEAD, Workspace
from tests.pipeline import outcomes as run_pipeline
from tests.readers import squeezed, structure_texts
from tests.test_pdf import conforms

Form = Literal["NFC", "NFD"]
SOURCE = """\
Wir fördern Bäume, soweit die Mittel reichen.
Die Wege werden ausgebaut. Der Teich wird
entschlammt.
Wir fördern Bäume.
"""


def leaflet(*quotes: str, more: str = "", source: str = "sources/plan.txt") -> str:
    """A leaflet whose passages `a`, `b` … have these quotes: `text`, or `lines|text`."""
    text = (
        f"{HEAD}imprint: Druck 12345\nsource:\n  title: Plan\n  file: {source}\n{more}passages:\n"
    )
    for name, quote in zip("abcdefgh", quotes, strict=False):
        lines, _, words = quote.rpartition("|")
        text += f"  - id: {name}\n    quote:\n"
        text += f"      lines: {lines}\n" if lines else ""
        text += f"      text: {words}\n"
    return text


@pytest.fixture
def work(workspace: Workspace) -> Workspace:
    workspace.write("content/probe/sources/plan.txt", SOURCE)
    return workspace


def verified(
    work: Workspace, variant: str | None = None, *, mark_wrong_quotes: bool = False
) -> Verification:
    return Verifier(work.project, mark_wrong_quotes=mark_wrong_quotes).verify(work.load(variant))


@pytest.mark.parametrize(("there", "here"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_source_whose_name_is_from_a_mac(work: Workspace, there: Form, here: Form) -> None:
    stored, typed = (unicodedata.normalize(form, "Änderung.txt") for form in (there, here))
    work.write(f"content/probe/sources/{stored}", SOURCE)
    work.leaflet(leaflet("4|Wir fördern Bäume.", source=f"sources/{typed}"))
    (checked,) = verified(work).quotes
    assert checked.finding.verdict is Verdict.VERBATIM
    work.write(f"content/probe/sources/{typed}", "Etwas anderes.\n")
    assert reported(work)[0] == ("error", "cannot-read", 6, 9)


def reported(work: Workspace, variant: str | None = None) -> list[tuple[str, str, int, int]]:
    """Severity, code, line and column of the diagnostics about the quotes."""
    return [
        (d.severity.value, d.code, d.location.line, d.location.column)
        for d in verified(work, variant).diagnostics
    ]


def test_every_verdict_is_reported_at_its_location(work: Workspace) -> None:
    work.leaflet(
        leaflet(
            "2|Die Wege werden ausgebaut.", "3|Die Wege werden ausgebaut.",
            "2|Die Wege werden bald ausgebaut.", "Wir fördern Bäume", "9|Hunde an die Leine!",
            "1|Wir fördern Bäume",
        )
    )  # fmt: skip
    assert [c.finding.verdict.value for c in verified(work).quotes] == [
        "verbatim", "wrong lines", "altered", "ambiguous", "not found", "verbatim"
    ]  # fmt: skip
    assert reported(work) == [
        ("error", "wrong-lines", 14, 14),
        ("error", "altered", 19, 29),
        ("error", "ambiguous", 22, 13),
        ("error", "not-found", 26, 13),
        ("note", "limited", 30, 13),
    ]
    assert all(d.hint for d in verified(work).diagnostics)
    messages = [d.message for d in verified(work).diagnostics]
    assert "it should be line 2, not line 3" in messages[0]
    assert "“bald” is not in the source" in messages[1]
    assert "line 1 or line 4" in messages[2]
    assert "soweit die Mittel reichen" in messages[4]


def test_what_to_compare_in_a_verbatim_quote_is_noted(work: Workspace) -> None:
    work.write(
        "content/probe/sources/plan.txt",
        "Wir fördern Herkunǖ, Kraǖ und Stoǖ. Bis 2030³ gilt das. Wir ratiVzieren es.\n",
    )
    work.leaflet(
        leaflet(
            "1|Wir fördern Herkunft, Kraft und Stoff.", "1|Wir fördern […] gilt das.",
            "1|Wir fördern [nicht] Herkunft", "1|Bis 2030 gilt das.", "1|Wir ratiVzieren es.",
            "1|Wir ratifizieren es."
        )
    )  # fmt: skip
    assert reported(work) == [
        ("note", "read-as", 11, 45),
        ("note", "stitched", 15, 26),
        ("note", "denied", 19, 25),
        ("note", "footnote-mark", 23, 13),
        ("note", "misnamed-letter", 27, 17),
        ("note", "read-as", 31, 17),
    ]
    messages = [d.message + d.hint for d in verified(work).diagnostics]
    for message, words in zip(
        messages,
        ["“Stoǖ” was read as “Stoff”.", "“Wir fördern” and “gilt das.”", "[nicht]", "exponent",
         "“ratifizieren”", "“ratiVzieren” was read as “ratifizieren”"],
        strict=True,
    ):  # fmt: skip
        assert words in message


@pytest.mark.parametrize(
    ("quotes", "told"),
    [
        (["1|Hunde an die Leine!", "2|Katzen auf den Baum!"], "it contains none of the 2 quotes."),
        (["1|Hunde an die Leine!"], ""),
        (["1|Hunde an die Leine!", "2|Die Wege werden ausgebaut."], ""),
        (["1|Hunde laufen", "1|Katzen springen", "1|Vögel fliegen", "1|Fische schwimmen",
          "2|Die Wege werden gebaut."], "it contains only 1 of the 5 quotes."),
    ],
)  # fmt: skip
def test_a_document_that_is_another_one_is_told_first_and_once(
    work: Workspace, quotes: list[str], told: str
) -> None:
    work.leaflet(leaflet(*quotes))
    diagnostics = in_order(verified(work).diagnostics)
    others = [d for d in diagnostics if d.code == "other-document"]
    assert [told in d.message for d in others] == [True] * bool(told)
    if told:
        assert diagnostics[0] == others[0]
        assert (others[0].severity, others[0].location.line) == (Severity.WARNING, 6)
        assert others[0].hint.endswith("`brochure source show probe` shows what was read of it.")


def test_a_leaflet_without_a_source_says_so_once(workspace: Workspace) -> None:
    workspace.leaflet(
        leaflet("1|eins", "2|zwei", "3|drei").replace("  file: sources/plan.txt\n", "")
    )
    assert reported(workspace) == [("warning", "unchecked", 5, 3)]
    (diagnostic,) = verified(workspace).diagnostics
    assert diagnostic.message.startswith("The 3 quotes are unchecked")
    assert verified(workspace).verified == 0


@pytest.mark.parametrize(
    ("file", "data", "code", "severity"),
    [
        ("sources/none.pdf", None, "cannot-read", "error"),
        ("sources/plan.docx", b"x", "source-kind", "error"),
        ("../../../x.txt", None, "outside-project", "error"),
        ("https://example.org/x.pdf", None, "source-address", "error"),
        ("sources/broken.pdf", b"%PDF-1.4 broken", "source-unreadable", "warning"),
    ],
)
def test_a_source_that_cannot_be_read_is_reported_where_it_is_named(
    work: Workspace, file: str, data: bytes | None, code: str, severity: str
) -> None:
    if data is not None:
        work.write(f"content/probe/{file}", data)
    (work.root.parent / "x.txt").write_text("x")
    work.leaflet(leaflet("1|Wir fördern Bäume", source=file))
    verification = verified(work)
    assert verification.quotes[0].finding.verdict is Verdict.UNCHECKED
    assert [(d.code, d.severity.value, d.location.line, d.location.column)
            for d in verification.diagnostics] == [(code, severity, 6, 9)]  # fmt: skip


def test_a_page_of_a_source_without_pages_is_unchecked(work: Workspace) -> None:
    text = leaflet("3|entschlammt.").replace("      lines: 3\n", "      page: 7\n      lines: 3\n")
    work.leaflet(text)
    assert reported(work) == [("warning", "page-unchecked", 10, 13)]
    assert verified(work).verified == 0


def test_how_lines_are_numbered_is_checked(work: Workspace) -> None:
    work.leaflet(leaflet("3|entschlammt.").replace("  file:", "  lines: marginal\n  file:"))
    (diagnostic,) = work.diagnostics()
    assert (diagnostic.code, diagnostic.location.line, diagnostic.location.column) == (
        "value",
        6,
        10,
    )
    assert "`margin`" in diagnostic.hint


def test_lines_may_run_over_the_end_of_a_page_only_with_both_pages(work: Workspace) -> None:
    text = leaflet("25-3|entschlammt.")
    work.leaflet(text)
    assert [d.code for d in work.diagnostics()] == ["numbers"]
    work.leaflet(text.replace("      lines: 25-3\n", "      page: 2-3\n      lines: 25-3\n"))
    assert [d.code for d in work.diagnostics()] == []


def outcomes(work: Workspace, *, draft: bool = False, variants: str = "") -> list[Outcome]:
    forms = {"print": load_editions(work.project)["print"]}
    selection = Selection(tuple(filter(None, variants.split(","))))
    mode = Mode.DRAFT if draft else Mode.BUILD
    return run_pipeline(work.project, ["probe"], selection, forms, mode)


def check(work: Workspace, *editions: str) -> tuple[Diagnostic, ...]:
    """All diagnostics of a check, of these editions or of all."""
    known = load_editions(work.project)
    forms = {name: known[name] for name in editions or known}
    found = run_pipeline(work.project, ["probe"], Selection(), forms, Mode.CHECK)
    return in_order(d for outcome in found for d in outcome.diagnostics)


def codes(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [d.code for d in diagnostics]


WRONG = [
    ("3|Die Wege werden ausgebaut.", "wrong-lines"),
    ("2|Die Wege werden gebaut.", "altered"),
    ("Wir fördern Bäume", "ambiguous"),
    ("9|Hunde an die Leine!", "not-found"),
]


@pytest.mark.parametrize(("quote", "code"), WRONG)
def test_a_build_refuses_wrong_quotes_and_a_draft_marks_them(
    work: Workspace, quote: str, code: str
) -> None:
    work.leaflet(leaflet("2-3|Der Teich wird entschlammt.", quote))
    (refused,) = outcomes(work)
    assert refused.artifact is None
    assert code in codes(refused.diagnostics)
    (drawn,) = outcomes(work, draft=True)
    assert drawn.artifact is not None
    assert drawn.artifact.path.name == "probe-print-draft.pdf"
    assert not drawn.artifact.path.with_name("probe-print.pdf").exists()
    severities = {d.code: d.severity for d in drawn.diagnostics}
    assert severities[code] is Severity.WARNING
    text = printed(drawn.artifact.path)
    assert text.count("Entwurf:") == 1  # at the one that is wrong
    assert text.count("Entwurf –") == 1  # at the foot


def printed(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s+", " ", text.replace("\x02", ""))


PAGES = "eins\nzwei\n\fdrei\nvier\n"


def test_lines_are_counted_on_each_page_if_quotes_state_pages(work: Workspace) -> None:
    work.write("content/probe/sources/plan.txt", PAGES)
    text = leaflet("4|vier")
    work.leaflet(text)
    assert verified(work).verified == 1
    work.leaflet(text.replace("      lines: 4\n", "      page: 2\n      lines: 2\n"))
    assert verified(work).verified == 1
    work.leaflet(text.replace("      lines: 4\n", "      page: 2\n      lines: 4\n"))
    assert verified(work).verified == 0
    # Where numbers are printed, they hold, whatever quotes name.
    rows = [f"{n:3}   Zeile {'x' * n}" for n in range(1, 31)]
    numbered = "\n".join(rows[:15]) + "\n\f" + "\n".join(rows[15:])
    work.write("content/probe/sources/plan.txt", numbered)
    work.leaflet(leaflet(f"20|Zeile {'x' * 20}").replace("lines: 20", "page: 2\n      lines: 20"))
    assert verified(work).verified == 1


def test_a_draft_is_stopped_by_other_errors(work: Workspace) -> None:
    work.leaflet(leaflet("1|Anderes", source="sources/none.pdf"))
    (outcome,) = outcomes(work, draft=True)
    assert outcome.artifact is None
    assert [d.code for d in outcome.diagnostics if d.is_error] == ["cannot-read"]


@pytest.mark.parametrize(("quote", "code"), WRONG)
def test_what_stops_a_check_stops_a_build(work: Workspace, quote: str, code: str) -> None:
    work.leaflet(leaflet(quote))
    diagnostics = check(work)
    stopping = {(d.code, d.location) for d in diagnostics if d.is_error}
    assert {found for found, _ in stopping} == {code}
    (outcome,) = outcomes(work)
    assert outcome.artifact is None
    assert {(d.code, d.location) for d in outcome.diagnostics if d.is_error} == stopping
    assert not list(work.root.rglob("*.pdf"))


def test_unchecked_quotes_are_built_with_a_warning(work: Workspace) -> None:
    work.leaflet(leaflet("1|eins").replace("  file: sources/plan.txt\n", ""))
    (outcome,) = outcomes(work)
    assert outcome.artifact is not None
    assert codes(outcome.diagnostics) == ["unchecked"]


def test_a_pdf_is_made_again_when_its_source_has_changed(work: Workspace) -> None:
    work.leaflet(leaflet("2|Die Wege werden ausgebaut."))
    assert [o.artifact and o.artifact.made for o in outcomes(work)] == [True]
    assert [o.artifact and o.artifact.made for o in outcomes(work)] == [False]
    work.write("content/probe/sources/plan.txt", SOURCE + "Mehr.\n")
    assert [o.artifact and o.artifact.made for o in outcomes(work)] == [True]


def test_changes_of_a_source_are_reported_until_the_quotes_are_corrected(
    work: Workspace,
) -> None:
    quotes = (
        "2|Die Wege werden ausgebaut.", "2-3|Der Teich wird entschlammt.",
        "4|Wir fördern Bäume.", "1|soweit die Mittel reichen.",
    )  # fmt: skip
    work.leaflet(leaflet(*quotes))
    assert outcomes(work)[0].artifact is not None
    record = json.loads((work.root / "content/probe" / RECORD_FILE).read_text())
    assert [quote["passage"] for quote in record["quotes"]] == ["a", "b", "c", "d"]
    new = SOURCE.replace("entschlammt.\n", "ausgebaggert.\n").replace(
        "Die Wege", "Zuerst.\nDie Wege"
    )
    work.write("content/probe/sources/plan.txt", new.replace(", soweit die Mittel reichen", ""))
    for _ in range(2):
        (outcome,) = outcomes(work)
        assert outcome.artifact is None
        report = next(d for d in outcome.diagnostics if d.code == "source-changed")
        assert report.severity is Severity.WARNING
        assert (report.location.line, report.location.column) == (6, 9)
        assert "2 quotes have moved (`a`: line 2 → line 3; `c`)." in report.message
        assert "1 quote is different now (`b`)." in report.message
        assert "1 quote has vanished (`d`)." in report.message
    assert "source-changed" in codes(check(work))
    # Once corrected, nothing is reported any more.
    work.leaflet(leaflet("3|Die Wege werden ausgebaut.", "3-4|Der Teich wird ausgebaggert."))
    assert codes(outcomes(work)[0].diagnostics) == []
    assert codes(outcomes(work)[0].diagnostics) == []


def test_a_source_that_changed_elsewhere_is_only_noted_once(work: Workspace) -> None:
    work.leaflet(leaflet("2|Die Wege werden ausgebaut."))
    outcomes(work)
    work.write("content/probe/sources/plan.txt", SOURCE + "Mehr.\n")
    (outcome,) = outcomes(work)
    (report,) = outcome.diagnostics
    assert (report.code, report.severity) == ("source-changed", Severity.NOTE)
    assert "1 quote is unchanged." in report.message
    assert outcomes(work)[0].diagnostics == ()
    assert check(work, "email") == ()


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"quotes": [{"x": 1}]}', '{"quotes": 3}'])
def test_a_damaged_record_is_reported_and_written_anew(work: Workspace, damaged: str) -> None:
    work.leaflet(leaflet("2|Die Wege werden ausgebaut."))
    work.write(f"content/probe/{RECORD_FILE}", damaged)
    (outcome,) = outcomes(work)
    (diagnostic,) = outcome.diagnostics
    assert (diagnostic.code, diagnostic.location.file) == (
        "verified",
        f"content/probe/{RECORD_FILE}",
    )
    assert len(json.loads((work.root / "content/probe" / RECORD_FILE).read_text())["quotes"]) == 1


def test_a_draft_records_nothing(work: Workspace) -> None:
    work.leaflet(leaflet("2|Die Wege werden ausgebaut."))
    outcomes(work, draft=True)
    assert not (work.root / "content/probe" / RECORD_FILE).exists()


def test_quotes_that_variants_add_are_verified_too(work: Workspace) -> None:
    work.leaflet(leaflet("2|Die Wege werden ausgebaut."))
    work.regions("id,name\nx,X\ny,Y\n")
    added = (
        "add:\n  - id: neu\n    after: a\n    quote:\n      lines: 3\n      text: Der Teich wird "
    )
    work.variant("x", added + "entschlammt.\n")
    work.variant("y", added + "geleert.\n")
    assert [(one[1], one[2]) for one in reported(work, "x")] == [("wrong-lines", 5)]
    assert [(one[1], one[2]) for one in reported(work, "y")] == [("altered", 6)]
    assert all(d.location.file.endswith("variants/x.yaml") for d in verified(work, "x").diagnostics)
    assert [o.artifact for o in outcomes(work, variants="x,y")] == [None, None]


def test_a_quote_may_have_a_source_of_its_own(work: Workspace) -> None:
    work.write("content/probe/sources/other.txt", "Ein anderer Beschluss.\nHier.\n")
    text = leaflet("2|Die Wege werden ausgebaut.", "1|Ein anderer Beschluss.")
    own = "      source:\n        title: Beschluss\n        date: 2020-05\n"
    own += "        file: sources/other.txt\n"
    head, tail = text.rsplit("      lines: 1\n", 1)
    work.leaflet(head + own + "      lines: 1\n" + tail)
    verification = verified(work)
    assert [(c.file, c.finding.verdict.value) for c in verification.quotes] == [
        ("sources/plan.txt", "verbatim"), ("sources/other.txt", "verbatim")
    ]  # fmt: skip
    assert [file for file, _ in verification.digests] == ["sources/plan.txt", "sources/other.txt"]
    page = html(work)
    assert '<p class="reference">Beschluss, Zeile' in page
    assert "Beschluss, Mai 2020" in page  # in the list of sources, at the foot


def html(work: Workspace) -> str:
    form = load_editions(work.project)["print"]
    manuscript = work.load()
    found = Verifier(work.project).verify(manuscript)
    return Composer(work.project, "print", form).compose(manuscript, found).html


@pytest.mark.parametrize(
    ("quotes", "sentence"),
    [
        (["2|Die Wege werden ausgebaut."], "Das Zitat wurde an der Quelle geprüft"),
        (
            ["2|Die Wege werden ausgebaut.", "1|Mittel"],
            "Die 2 Zitate wurden an der Quelle geprüft",
        ),
    ],
)
def test_the_result_is_printed_if_the_leaflet_wants_it(
    work: Workspace, quotes: list[str], sentence: str
) -> None:
    work.leaflet(leaflet(*quotes))
    assert "geprüft" not in html(work)
    for kind, context in (("note", 0), ("appendix", len(quotes))):
        work.leaflet(leaflet(*quotes, more=f"verification: {kind}\n"))
        found = html(work)
        assert found.count(sentence) == 1
        assert found.count('<div class="context">') == context
    assert "<u>Die Wege werden ausgebaut.</u>" in found
    assert "sources/plan.txt" not in found
    assert not re.search("SHA-256|[0-9a-f]{64}", found)


def test_the_appendix_shows_what_is_around_a_quote_and_not_the_quote_again(
    work: Workspace,
) -> None:
    quote = "Zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn."
    alone = "Dieser Absatz besteht aus einem einzigen Satz."
    work.write("content/probe/sources/plan.txt", f"Eins. {quote} Fünfzehn.\n\n{alone}\n")
    work.leaflet(leaflet(f"1|{quote}", f"3|{alone}", more="verification: appendix\n"))
    found = html(work)
    assert "<p>Eins. <u>Zwei drei vier fünf</u> […] <u>elf" in found
    assert "<u>elf zwölf dreizehn vierzehn.</u> Fünfzehn.</p>" in found
    assert found.count(alone) == 1
    work.leaflet(leaflet(f"3|{alone}", more="verification: appendix\n"))
    assert 'class="evidence"' not in html(work)


def test_no_more_quotes_are_called_verified_than_were(work: Workspace) -> None:
    text = leaflet("2|Die Wege werden ausgebaut.", "1|Anderes", more="verification: note\n")
    text = text.replace(
        "      text: Anderes", "      source: {title: Anderswo}\n      text: Anderes"
    )
    work.leaflet(text)
    assert "An der Quelle geprüft: 1 von 2 Zitaten" in html(work)
    work.leaflet(text.replace("  file: sources/plan.txt\n", ""))
    assert "Die Zitate wurden nicht an der Quelle geprüft." in html(work)


def test_a_leaflet_that_cannot_be_loaded_names_no_verdicts(work: Workspace) -> None:
    work.leaflet("titel: x\n")
    with pytest.raises(DiagnosticsError):
        work.load()
    assert check(work) != ()


def test_drafts_and_appendices_are_archivable_and_accessible_too(work: Workspace) -> None:
    work.leaflet(
        leaflet(
            "1|Wir fördern […], soweit die Mittel reichen.", "2|Die Wege werden gebaut.",
            more="verification: appendix\n",
        )
    )  # fmt: skip
    manuscript = work.load()
    found = Verifier(work.project, mark_wrong_quotes=True).verify(manuscript)
    form = load_editions(work.project)["email"]
    composition = Composer(work.project, "email", form).compose(manuscript, found)
    pdf = work.typesetter.typeset(composition).pdf
    assert list(conforms(pdf).values()) == [[], []]
    read_aloud = structure_texts(pdf)
    context = "Wir fördern Bäume, soweit die Mittel reichen. Die Wege werden ausgebaut."
    assert squeezed(context) in [squeezed(text) for text in read_aloud]
    assert [text for text in read_aloud if text.startswith("Entwurf:")] != []


def test_a_character_in_another_encoding_is_reported_at_its_location(work: Workspace) -> None:
    work.write("content/probe/sources/plan.txt", "eins\nBäume".encode("latin-1"))
    work.leaflet(leaflet("1|eins"))
    (diagnostic,) = verified(work).diagnostics
    location = diagnostic.location
    assert (diagnostic.code, location.line, location.column) == ("not-utf8", 2, 2)
    assert location.file == "content/probe/sources/plan.txt"


def test_a_line_that_is_wrapped_before_a_date_or_a_dash_stays_in_its_sentence(
    work: Workspace,
) -> None:
    """In a quote, a commentary and the value of a slot; the page says what was verified."""
    work.write(
        "content/probe/sources/plan.txt",
        "Die Gebühr steigt zum\n1. März 2031 an, und sie bleibt\n- so der Rat - moderat.\n",
    )
    quote = "Die Gebühr steigt zum\n1. März 2031 an, und sie bleibt\n- so der Rat - moderat."
    commentary = "Wir wollen das erst ab\n{{ region.tag }}, und zwar\n- so gut es geht - sozial."
    indent = "\n        "
    work.leaflet(
        "language: de\ntitle: Titel\nsource: {title: Plan, file: sources/plan.txt}\npassages:\n"
        f"  - id: a\n    quote:\n      lines: 1-3\n      text: |{indent}"
        + quote.replace("\n", indent)
        + f"\n    commentary:\n      text: |{indent}"
        + commentary.replace("\n", indent)
        + "\n"
    )
    work.regions("id,name,tag\nx,X,2. Mai 2032\n")
    assert [c.finding.verdict.value for c in verified(work, "x").quotes] == ["verbatim"]
    assert verified(work, "x").diagnostics == ()
    manuscript = work.load("x")
    assert manuscript.diagnostics == ()
    html = (
        Composer(work.project, "web", load_editions(work.project)["web"]).compose(manuscript).html
    )
    printed = re.sub(r"\s|\u202f|\u00a0", " ", re.sub(r"<[^>]*>", "", html.replace("<p>", "¶")))
    assert "¶„Die Gebühr steigt zum 1. März 2031 an, und sie bleibt - so der Rat - mod" in printed
    assert "¶Wir wollen das erst ab 2. Mai 2032, und zwar – so gut es geht – sozial." in printed
    assert "<li" not in html
