import pytest

from brochure.diagnostics import DiagnosticsError, Severity
from brochure.manuscript.load import read_manuscript
from brochure.manuscript.model.fields import contrast, darkened, rgb
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace

TEN_MISTAKES = """\
language: xx
title: **Ein Titel**
subtitel: Vertippt
lead: Unser Ziel: mehr Geld
date: 31.12.2019
accent: rot
source:
  reference: Zeilen
columns: Spalten
passages:
  - id: Eins
    quote:
      lines: 20-10
      text: "WIR" steht hier
\t- id: zwei
  - id: drei
    commentary:
      text: x
      text: y
"""


def test_ten_mistakes_are_named_at_once_each_at_its_place(workspace: Workspace) -> None:
    workspace.leaflet(TEN_MISTAKES)
    found = {(c.code, c.location.line, c.location.column) for c in workspace.diagnostics()}
    assert found == {
        ("unknown-language", 1, 11),
        ("alias", 2, 8),
        ("unknown-key", 3, 1),
        ("colon-in-text", 4, 17),
        ("date", 5, 7),
        ("colour", 6, 9),
        ("missing", 8, 3),
        ("reference", 8, 14),
        ("type", 9, 10),
        ("pattern", 11, 9),
        ("numbers", 13, 14),
        ("text-after-quote", 14, 18),
        ("tab", 15, 1),
        ("empty-passage", 15, 5),
        ("duplicate-key", 19, 7),
    }
    assert all(c.hint for c in workspace.diagnostics())


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        (HEAD.replace("title", "titel") + PASSAGE, "unknown-key", "`title`"),
        (HEAD + PASSAGE.replace("commentary", "comentary"), "unknown-key", "`commentary`"),
        (HEAD + PASSAGE.replace("text:", "txt:"), "unknown-key", "`text`"),
        (HEAD + "source:\n  titel: x\n" + PASSAGE, "unknown-key", "`title`"),
        (HEAD, "missing", "passages: …"),
        (HEAD + "passages:\n", "empty", "after the colon"),
        (HEAD + "passages: []\n", "empty", "at least one"),
        (HEAD + PASSAGE.replace("Text", "[Worte](#)"), "link", "remove the brackets"),
        (HEAD + PASSAGE.replace("Text", "'[a](javascript:x)'"), "link", "whole address"),
        (HEAD + PASSAGE.replace("Text", "'[a](../b.html)'"), "link", "whole address"),
        (HEAD + PASSAGE.replace("Text", "'[a](file:///etc/passwd)'"), "link", "whole address"),
        (HEAD + PASSAGE.replace("Text", "'\u200b '"), "empty", "Write the text"),
        (HEAD + "source:\n  title: x\n  address: foo\n" + PASSAGE, "link", "whole address"),
        (HEAD.replace("de", "klingon") + PASSAGE, "pattern", "`de`"),
        (HEAD + "numbered: [no]\n" + PASSAGE, "value", "`yes` or `no`"),
        (HEAD + "event: {date: 2026-12-03, place: Haus, Ort}\n" + PASSAGE, "unknown-key", "comma"),
        (HEAD + "event: {date: 2026-12-03, plac: }\n" + PASSAGE, "unknown-key", "`place`"),
    ],
)
def test_a_mistake_has_a_hint(workspace: Workspace, text: str, code: str, hint: str) -> None:
    workspace.leaflet(text.replace("text: [", "text: '[").replace("(#)", "(#)'"))
    errors = [c for c in workspace.diagnostics() if c.is_error]
    assert code in [c.code for c in errors]
    assert any(hint in c.hint for c in errors), [c.hint for c in errors]


@pytest.mark.parametrize(
    ("line", "deletable"),
    [
        ("title:", False),
        ("title: '\u200b'", False),
        ("subtitle: '\u200b'", True),
        ("logo: {file: a.svg, alt: ''}", False),
        ("picture: {file: a.svg, alt: }", False),
        ("picture: {file: a.svg, alt: '\u200b'}", False),
        ("picture: {file: a.svg, alt: A, credit: ''}", True),
        ("verdicts: {a: {word: '', shape: cross}}", False),
        ("author: ''", True),
    ],
)
def test_only_what_may_be_missing_is_to_be_deleted(
    workspace: Workspace, line: str, deletable: bool
) -> None:
    workspace.leaflet(
        f"language: de\n{line}\n" + ("title: x\n" if line[:2] != "ti" else "") + PASSAGE
    )
    (empty,) = [d for d in workspace.diagnostics() if d.code == "empty"]
    assert ("delete the line" in empty.hint) == deletable
    assert empty.hint


def test_a_picture_may_be_mere_decoration(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + 'picture: {file: a.svg, alt: ""}\n' + PASSAGE)
    picture = workspace.load().leaflet.picture
    assert picture is not None
    assert picture.alt == ""


@pytest.mark.parametrize("key", ["demand", "heading", "text"])
def test_what_is_set_as_one_line_has_no_paragraphs(workspace: Workspace, key: str) -> None:
    passage = "passages:\n- id: a\n  commentary:\n    text: Text\n".replace(
        "text: Text", "text: Text" if key == "text" else f"text: Text\n    {key}: Zeile"
    )
    for text, told in {
        "|\n      Eins\n      zwei": False,
        "|\n      Eins\n\n      zwei": key != "text",
        "|\n      Eins:\n      - zwei": key != "text",
    }.items():
        before, _, after = passage.partition(f" {key}: ")
        rest = after.partition("\n")[2]
        workspace.leaflet(f"{HEAD}{before} {key}: {text}\n{rest}")
        assert ("paragraphs" in [d.code for d in workspace.diagnostics()]) == told


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ("lines: 1.087-1.090", "without dots or spaces in it: 1087-1090."),
        ("lines: 12, 1\u202f087", "without dots or spaces in it: 12, 1087."),
        ("page: 1.087", "without dots or spaces in it: 1087."),
        ("page: 1’090-1’087", "without dots or spaces in it: 1090-1087."),
        ("lines: 1.2", "Write one number"),
        ("lines: 90-87 ff.", "Write one number"),
        ("lines: 1.0870-870", "Write one number"),
    ],
)
def test_a_number_that_is_none_is_the_only_diagnostic(
    workspace: Workspace, lines: str, hint: str
) -> None:
    """Neither do the numbers in it end before they begin, nor are there no passages."""
    workspace.leaflet(f"{HEAD}imprint: x\npassages:\n  - id: b\n    quote:\n      {lines}\n"
                      "      text: Hallo\n")  # fmt: skip
    (diagnostic,) = workspace.diagnostics()
    assert diagnostic.code == "numbers"
    assert hint in diagnostic.hint


def test_letters_that_were_decoded_wrongly_are_told(workspace: Workspace) -> None:
    """Where they are written; a quote is compared to the letter, whatever its letters are."""
    workspace.leaflet(
        f"{HEAD}imprint: |\n  Frau A\n  GieÃŸen\nlead: „Spaß“ für Ä–Ü\npassages:\n  - id: b\n"
        "    quote: {page: 1, text: fÃ¼r}\n"
    )
    assert [(d.severity, d.code, d.location.line, d.location.column, d.hint)
            for d in workspace.diagnostics()] == [
        ("warning", "broken-letters", 5, 3, "Should it be `Gießen`? Write it again.")
    ]  # fmt: skip


def test_passages_that_are_all_wrong_are_not_none(workspace: Workspace) -> None:
    passages = "".join(f"  - id: p{n}\n    quote: {{lines: x, text: a}}\n" for n in range(3))
    workspace.leaflet(f"{HEAD}imprint: x\npassages:\n{passages}")
    assert [d.code for d in workspace.diagnostics()] == ["numbers"] * 3


def test_lines_that_end_before_they_begin(workspace: Workspace) -> None:
    quote = "quote: {{lines: {}, page: {}, text: Hallo}}"
    for lines, page, codes in (("90-87", "3", ["numbers"]), ("90-87", "3-4", []), ("7-8", "3", [])):
        workspace.leaflet(
            f"{HEAD}imprint: x\npassages:\n  - id: b\n    {quote.format(lines, page)}\n"
        )
        assert [d.code for d in workspace.diagnostics() if d.is_error] == codes


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b" \n\n", "empty-file"),
        (b"# only a comment\n", "not-a-leaflet"),
        (b"just words", "not-a-leaflet"),
        (b"- a\n- b\n", "not-a-leaflet"),
        (b"\xff\xfea\x00", "not-utf8"),
        (b"a" * 50_000_000, "cannot-read"),
        (b"---\na: b\n---\n", "second-document"),
    ],
)
def test_what_is_no_leaflet_is_said_so(workspace: Workspace, content: bytes, code: str) -> None:
    workspace.leaflet(content)
    assert code in [c.code for c in workspace.diagnostics()]


def test_a_folder_in_place_of_the_file(workspace: Workspace) -> None:
    (workspace.root / "content/probe/leaflet.yaml").mkdir()
    (diagnostic,) = workspace.diagnostics()
    assert "is a folder" in diagnostic.message


@pytest.mark.parametrize("sides", ["", "    quote:\n", "    quote:\n    commentary:\n"])
def test_a_passage_has_a_side(workspace: Workspace, sides: str) -> None:
    workspace.leaflet(f"{HEAD}passages:\n  - id: a\n{sides}")
    (diagnostic,) = workspace.diagnostics()
    assert (diagnostic.code, diagnostic.location.line) == ("empty-passage", 4)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title: |\n  " + "[" * 900_000, "too-long"),
        ("title: |\n  " + "_a_ " * 200_000, "too-long"),
        ("title: |\n  " + "[a](b) " * 2_000, "too-long"),
        ("title: |\n  " + "[a](b) " * 400, "link"),
        ("".join(f"k{i}: v\n" for i in range(50_000)), "unknown-key"),
        ("a: b #c\n" * 50_000, "duplicate-key"),
        ("\x01" * 500_000, "control-character"),
    ],
    ids=range(7),
)
def test_a_file_full_of_one_mistake_is_refused_with_few_words(
    workspace: Workspace, text: str, code: str
) -> None:
    """Each of these took minutes once: time that grows with the square of the size."""
    workspace.leaflet(text)
    diagnostics = workspace.diagnostics()
    assert code in [c.code for c in diagnostics]
    assert len(diagnostics) < 150


def test_ids_are_unique(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE + PASSAGE.removeprefix("passages:\n"))
    (diagnostic,) = workspace.diagnostics()
    assert (diagnostic.code, diagnostic.location.line) == ("duplicate-id", 7)


@pytest.mark.parametrize(
    ("pattern", "given", "code"),
    [
        ("Z. {lines}", "lines: 3", None),
        ("S. {page}, Z. {lines}", "page: 1\n      lines: 3", None),
        ("S. {page}, Z. {lines}", "lines: 3", "reference"),
        ("Z. {lines}", "lines: 3\n      page: 1", "reference"),
        ("Z. {lines}", "heading: x", "no-reference"),
        ("Z. {line}", "lines: 3", "reference"),
        ("{lines} {lines", "lines: 3", "reference"),
    ],
)
def test_references_fit_their_pattern(
    workspace: Workspace, pattern: str, given: str, code: str | None
) -> None:
    workspace.leaflet(
        f"{HEAD}source:\n  title: Vertrag\n  reference: '{pattern}'\n"
        f"passages:\n  - id: a\n    quote:\n      {given}\n      text: Worte\n"
    )
    assert [c.code for c in workspace.diagnostics()] == ([code] if code else [])


def test_markup_that_is_not_understood_is_a_warning_at_its_place(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "|\n        eins\n        zwei <b>x</b>"))
    (diagnostic,) = workspace.diagnostics()
    assert (diagnostic.severity, diagnostic.code) == (Severity.WARNING, "markup")
    assert (diagnostic.location.line, diagnostic.location.column) == (8, 14)


def test_a_pale_accent_is_a_warning(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + "accent: ffcc00\n" + PASSAGE)
    assert [c.code for c in workspace.diagnostics()] == ["contrast"]
    assert contrast(rgb("#000000"), (1.0, 1.0, 1.0)) == pytest.approx(21)
    assert contrast(rgb("#767676"), (1.0, 1.0, 1.0)) == pytest.approx(
        4.54, abs=0.01
    )  # WCAG's own example


def test_an_accent_too_pale_for_large_print_is_told_there(workspace: Workspace) -> None:
    """In every other edition it may be used; the hint is right, and the nearest that is."""
    workspace.leaflet(HEAD + "accent: 00719c\nimprint: Ich, 12345 Ort (Eigendruck)\n" + PASSAGE)
    assert workspace.diagnostics("print") == ()
    (diagnostic,) = workspace.diagnostics("large-print")
    assert (diagnostic.code, diagnostic.location.line) == ("contrast", 3)
    darker = darkened("#00719c", 7)
    assert darker in diagnostic.hint
    white = (1.0, 1.0, 1.0)
    assert 7 <= contrast(rgb(darker), white) < 7.3 < 21
    for colour, least in (("#ffcc00", 4.5), ("#ffffff", 4.5), ("#96303f", 7), ("#123456", 21)):
        shade = darkened(colour, least)
        assert contrast(rgb(shade), white) >= least
    assert darkened("#96303f", 7) == "#96303f", "what is dark enough stays"


def test_values_arrive_as_written(workspace: Workspace) -> None:
    workspace.leaflet(
        "language: en\ntitle: no\nsubtitle: 1.10\ndate: 2019-02\naccent: 8A1C3B\n" + PASSAGE
    )
    leaflet = workspace.load().leaflet
    assert (leaflet.title, leaflet.subtitle, leaflet.date) == ("no", "1.10", "2019-02")
    assert leaflet.accent == "#8a1c3b"


def test_a_regional_language_code_finds_its_language(workspace: Workspace) -> None:
    workspace.leaflet(HEAD.replace("de", "de-AT") + PASSAGE)
    assert workspace.load().language.name == "Deutsch"


def test_names_of_leaflets_are_safe_in_mails(workspace: Workspace) -> None:
    workspace.write("content/Flugblatt für alle/leaflet.yaml", HEAD + PASSAGE)
    with pytest.raises(DiagnosticsError) as caught:
        read_manuscript(workspace.project, "Flugblatt für alle")
    assert caught.value.diagnostics[0].code == "leaflet-name"


def test_both_leaflets_to_begin_with_are_without_diagnostics(workspace: Workspace) -> None:
    for language in ("de", "en"):
        text = (ROOT / "brochure" / "starter" / language / "leaflet.yaml").read_text("utf-8")
        workspace.leaflet(text)
        for edition in ("email", "print"):
            assert workspace.diagnostics(edition) == ()


@pytest.mark.parametrize(
    ("page", "printed"),
    [("12-13", "12–13"), ("iv", "iv"), ("iv - vi", "iv–vi"), ("IV-2", "IV–2"), ("A-2", "A-2"),
     ("C-1-C-2", "C-1–C-2"), ("13-12", None), ("iv-", None), ("Seite 4", None), ("a", None)],
)  # fmt: skip
def test_pages_are_named_as_their_document_names_them(
    workspace: Workspace, page: str, printed: str | None
) -> None:
    workspace.leaflet(
        f"{HEAD}source:\n  title: Vertrag\npassages:\n  - id: a\n    quote:\n"
        f"      page: {page}\n      lines: 30-2\n      text: Worte\n"
    )
    over_a_break = printed is not None and "–" in printed
    wrong = [d.location.line for d in workspace.diagnostics() if d.code == "numbers"]
    head = HEAD.count("\n") + 6  # the line of the page; that of the lines is the next one
    assert (head in wrong) is (printed is None)
    if printed is not None:
        assert (head + 1 in wrong) is not over_a_break
    if over_a_break:
        quote = workspace.load().leaflet.passages[0].quote
        assert quote is not None
        assert quote.page == printed
