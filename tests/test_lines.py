"""The ends of lines: chosen for a paragraph as a whole, laid out as chosen, read as whole words."""

import re
import subprocess
from collections.abc import Iterator
from itertools import combinations, pairwise
from random import Random
from typing import Any

import pypdfium2
import pytest

from benchmarks.lines import SetLine, added_hyphen, paragraphs
from brochure.layout import paragraph
from brochure.layout.paragraph import Breakpoint, line_ends
from tests.conftest import HEAD, PASSAGE, Workspace
from tests.readers import as_shown, structure_texts
from tests.test_languages import with_fonts

START = Breakpoint(0.0, 0.0, -1)
COSTS = {"·": paragraph.DIVIDED, "=": paragraph.DIVIDED_AT_JOINT}


def lines(marked: str, measure: float, first: float | None = None, **options: Any) -> list[str]:
    """A text broken into lines; letters are 1 wide. Words are divided at · or, better, at =."""
    text, points = "", []
    for sign in marked:
        word = len(text.split()) - 1
        end = float(len(text.rstrip(" \n")))
        if sign in COSTS:
            points.append(Breakpoint(end, end, word, COSTS[sign], 1.0, True, True))
            continue
        text += sign
        if sign in " \n":
            points.append(Breakpoint(end, len(text), word, forced=sign == "\n"))
        elif sign == "-":
            points.append(Breakpoint(end + 1, end + 1, word, paragraph.OWN_HYPHEN, 0.0, True, True))
    points.append(Breakpoint(len(text), len(text), len(text.split()) - 1))
    ends = line_ends(points, START, measure if first is None else first, measure, **options)
    found, begin = [], 0
    for end in ends:
        point = points[end]
        found.append(text[begin : round(point.end)] + "-" * bool(point.hyphen))
        begin = round(point.next)
    return found


def test_a_short_line_above_is_better_than_a_shorter_one_below() -> None:
    """The first line could hold „bb“ as well, and the second would be „cc“ alone."""
    assert lines("aaa bb cc ddddd", 6) == ["aaa", "bb cc", "ddddd"]


def test_no_other_way_to_set_a_text_costs_less() -> None:
    """As by trying all of them."""

    def cost(words: list[str], ends: tuple[int, ...]) -> float:
        total = 0.0
        for begin, end in pairwise((0, *ends, len(words))):
            width = len(" ".join(words[begin:end]))
            lacking = 1 - width / measure
            if lacking < 0:
                return 1e9
            total += paragraph.LINE
            if end < len(words):
                total += 100 * lacking**2
            elif end - begin == 1 < len(words) and lacking > 0.75:
                total += 4
        return total

    chance, measure, tried = Random(7), 20, 0
    for _ in range(60):
        words = ["x" * chance.randint(2, 11) for _ in range(chance.randint(6, 11))]
        gaps = range(1, len(words))
        ways = [ends for count in range(len(words)) for ends in combinations(gaps, count)]
        best = min(cost(words, ends) for ends in ways)
        counts = [len(line.split()) for line in lines(" ".join(words), measure)]
        chosen = tuple(sum(counts[: number + 1]) for number in range(len(counts) - 1))
        assert cost(words, chosen) == pytest.approx(best)
        greedy = sum(cost(words, ends) > best for ends in ways)
        tried += greedy > 0
    assert tried == 60


def test_words_are_divided_at_joints_before_other_places() -> None:
    """Though the next syllable would fill the line better."""
    assert lines("Wir sind jetzt für Koh·le=aus·stieg und mehr", 29)[0].endswith("für Kohle-")
    assert lines("Wir sind jetzt für Koh·le·aus=stieg und mehr", 29)[0].endswith("für Kohleaus-")


def test_a_hyphen_of_the_text_is_better_than_another() -> None:
    found = lines("von Verwaltungen, Bil·dungs- und So·zial=einrichtungen her", 28)
    assert found[0] == "von Verwaltungen, Bildungs-"


def test_no_more_than_two_lines_in_a_row_end_with_a_hyphen() -> None:
    chance, ends = Random(3), ""
    for _ in range(40):
        halves = (("x" * chance.randint(3, 10), "x" * chance.randint(3, 10)) for _ in range(15))
        text = " ".join("=".join(word) for word in halves)
        ends += "".join(" -"[line.endswith("-")] for line in lines(text, 22))
    assert ends.count("--") > 10
    assert "---" not in ends


def test_neither_half_of_a_word_stands_alone() -> None:
    assert lines("Das ist der Schwimm·bad", 20) == ["Das ist der", "Schwimmbad"]
    for line in lines("kurz Donau·dampf·schiff·fahrts·ge·sell·schaft kurz", 30):
        assert not re.fullmatch(r"\w+-", line)


def test_a_paragraph_does_not_end_with_one_short_word() -> None:
    found = lines("Das ist ein Satz und der ist schon gut so ja", 42)
    assert found[-1] != "ja"


def test_a_line_does_not_end_with_a_lone_letter_if_it_is_cheap() -> None:
    assert paragraph.LONE_LETTER < paragraph.DIVIDED_AT_JOINT


def test_titles_have_lines_of_like_length() -> None:
    title = "Ansatzpunkte für Initiativen im Rahmen des Vertrages für die zwanzigste Legislatur"
    plain, balanced = lines(title, 60), lines(title, 60, balanced=True)
    assert len(plain) == len(balanced) == 2
    lengths = [len(line) for line in balanced]
    assert max(lengths) - min(lengths) < 10 < abs(len(plain[0]) - len(plain[1]))


def test_a_line_that_ends_a_page_does_not_end_inside_a_word() -> None:
    text = "Wir sind jetzt für den Kohle=aus·stieg und gegen den Tage=bau im Dorf"
    assert lines(text, 32)[0].endswith("-")
    assert not lines(text, 32, whole={0})[0].endswith("-")


def test_the_first_line_may_be_narrower_and_some_have_to_end() -> None:
    assert lines("aaa bbb ccc ddd eee fff", 11, 7)[0] == "aaa bbb"
    assert lines("aaa\nbbb ccc", 20) == ["aaa", "bbb ccc"]


def test_what_fits_on_no_line_stands_on_one_alone() -> None:
    assert lines("ja Donaudampfschiff ja", 8) == ["ja", "Donaudampfschiff", "ja"]


# On pages -----------------------------------------------------------------------------------------

SENTENCES = (
    "Jedes vierte Grundschulkind kann nicht sicher schwimmen. Wer ein Bad schließt, ohne einen Tag "
    "der *Wiedereröffnung* zu nennen, schließt es für *immer*. Von Verwaltungen, Bildungs- und "
    "Sozialeinrichtungen fordern wir Aktionspläne, siehe [die Tagesordnung des Stadtrates]"
    "(https://example.org/tagesordnung), und eine Bürgerversammlung im Gemeinschaftshaus für uns."
)


def _read(pdf: bytes, *options: str) -> str:
    """What pdftotext reads."""
    command = ["pdftotext", *options, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def set_paragraphs(workspace: Workspace, edition: str = "email") -> Iterator[list[SetLine]]:
    """The paragraphs of the probe, and the words of it."""
    found = paragraphs(workspace.typesetter, workspace.project, "probe", edition)
    yield from (lines for lines, _ in found)


@pytest.mark.parametrize("width", range(130, 230, 10))
def test_paragraphs_are_set_as_a_whole(workspace: Workspace, width: int) -> None:
    workspace.write("styles/email.css", f".text {{ width: {width}pt }}")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"{SENTENCES} {SENTENCES}"'))
    (found,) = [lines for lines in set_paragraphs(workspace) if len(lines) > 4]
    texts = [line.text for line in found]
    assert max(line.length for line in found) <= 1.001
    assert min(line.length for line in found[:-1]) > 0.5
    assert not re.fullmatch(r"\w+\.?", texts[-1]), "more than one word, or than a part of it"
    assert not any(re.fullmatch(r"\w+-?", text) for text in texts[:-1])
    words = frozenset(re.findall(r"\w+", SENTENCES))
    joined = "".join(
        line.text[:-1] if added_hyphen(line, following, words) else f"{line.text} "
        for line, following in pairwise([*found, SetLine("", 0.0, 0)])
    )
    assert "Bildungs- und Sozialeinrichtungen" in joined
    assert joined.split() == re.sub(r"[*\[]|\]\(.*?\)", "", f"{SENTENCES} {SENTENCES}").split()


def test_no_page_ends_inside_a_word(workspace: Workspace) -> None:
    """However the text falls on pages: here, on very many of them."""
    text = f"        {SENTENCES} {SENTENCES} {SENTENCES}\n\n"
    workspace.leaflet(f"{HEAD}passages:\n  - id: a\n    commentary:\n      text: |\n{text * 5}")
    words = frozenset(re.findall(r"\w+", SENTENCES))
    turned, hyphens = 0, 0
    for height in (62, 68):
        workspace.write(
            "styles/email.css", f"@page {{ size: 148mm {height}mm }} .text {{ width: 50mm }}"
        )
        for found in set_paragraphs(workspace):
            for line, following in pairwise(found):
                divided = added_hyphen(line, following, words)
                hyphens += divided
                turned += line.page != following.page
                assert not divided or line.page == following.page, line.text
    assert turned > 20
    assert hyphens > 10


def test_a_number_stays_with_its_word_and_no_letter_changes(workspace: Workspace) -> None:
    """In a quote, too, where typography must not put in a space of its own."""
    text = (
        "Wer zum Rathaus will, nimmt Bus 4 oder die neue Linie 612, die um 19:30 Uhr in Halle 7 "
        "ankommt, und liest dort mit anderen nach, was in Nr. 12 und in § 8 auf Blatt 3 steht; "
        "so geht es bis zum 3. Mai weiter, und 0641 123456 hilft. "
    )
    workspace.write("styles/email.css", "blockquote, .text { width: 150pt }")
    quote = f"quote: {{lines: 1, text: '{text * 5}'}}\n    commentary:"
    leaflet = HEAD + PASSAGE.replace("commentary:", quote).replace("Text", f'"{text * 5}"')
    workspace.leaflet(leaflet)
    blocks = [lines for lines in set_paragraphs(workspace) if len(lines) > 10]
    assert len(blocks) == 2
    parted = r"(?:Bus|Linie|Halle|Blatt|Nr\.|§|\d\.?) \|(?:\d|Uhr|Mai)"
    ends = [re.findall(parted, " |".join(line.text.strip() for line in b)) for b in blocks]
    assert sum(map(len, ends)) <= 1, ends  # of 80: a line that is too short is worse
    assert text.strip() in " ".join(_read(workspace.typeset().pdf, "-raw").split())


def test_readers_read_divided_words_whole(workspace: Workspace) -> None:
    """Poppler in each of its modes, PDFium, and whoever follows the structure tree."""
    workspace.write("styles/email.css", ".text { width: 150pt }")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"{SENTENCES} {SENTENCES}"'))
    pdf = workspace.typeset().pdf

    shown = _read(as_shown(pdf), "-raw")
    halves = [pair for pair in re.findall(r"(\w+)-\n(\w+)", shown) if pair[1] != "und"]
    words, rests = ["".join(pair) for pair in halves], [rest for _, rest in halves]
    assert len(words) > 2
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].get_textpage()
    for text in (
        _read(pdf), _read(pdf, "-raw"), _read(pdf, "-layout"), page.get_text_range(),
        " ".join(structure_texts(pdf)),
    ):  # fmt: skip
        assert [word for word in words if text.count(word) != 2 * SENTENCES.count(word)] == []
        assert not set(rests) & set(re.findall(r"\w+", text))
        assert not re.search(r"-\r?\n", text)
    for word in words:
        assert page.search(word).get_next()
    document.close()


LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesänderungsverordnung"


def test_readers_read_what_stands_on_many_lines_whole(workspace: Workspace) -> None:
    """And poppler does not leave the column at a line that has nothing to be read."""
    address = "https://www.example.org/sehr-langer-pfad/sehr-langer-pfad/seite.html?x=1"
    own = LONG.replace("ungs", "ungs\u00ad")
    parts = (LONG, own, f"Straßen-/{LONG}", "0123456789" * 6, address)
    text = "".join(f"Der Plan sagt: {part} und mehr davon. " for part in parts).strip()
    quote = f"quote: {{text: '{text}', page: 3}}\n    commentary:"
    workspace.write("styles/email.css", ".text, blockquote { width: 130pt }")
    workspace.leaflet(HEAD + PASSAGE.replace("commentary:", quote).replace("Text", f"'{text}'"))
    pdf = workspace.typeset().pdf

    assert not {LONG, "0123456789" * 6} & {*_read(as_shown(pdf), "-raw").split()}
    words = text.replace("\u00ad", "").replace("/", "/ ").split()
    document = pypdfium2.PdfDocument(pdf)
    for read in (_read(pdf), _read(pdf, "-raw"), document[0].get_textpage().get_text_range()):
        found = " ".join(read.replace("\u2060", "").replace("/", "/ ").split())
        assert found.count(" ".join(words)) == 2
    document.close()


def test_readers_keep_the_hyphens_of_the_text(workspace: Workspace) -> None:
    """Poppler and PDFium leave out others at the ends of lines, of paragraphs too."""
    text = "Das schwarz-grüne Bündnis, Bildungs- und Sozialwesen, WIR-Leute, Flüchtlings- oder, "
    broken = "Wirtschafts-\\\n        und Haushaltsfragen, Straßen-\n\n        und Wegebau"
    workspace.write("styles/email.css", ".text { width: 150pt }")
    block = f"|\n        {text * 6} {broken}"
    workspace.leaflet(HEAD + PASSAGE.replace("text: Text", f"text: {block}"))
    pdf = workspace.typeset().pdf
    shown = re.findall(r"(\S+)-\s*\n", _read(as_shown(pdf), "-raw"))
    assert len(shown) > 4
    document = pypdfium2.PdfDocument(pdf)
    for read in (_read(pdf), _read(pdf, "-raw"), document[0].get_textpage().get_text_range()):
        found = " ".join(read.split())
        assert found.count(text.strip()) == 6
        assert "Wirtschafts- und Haushaltsfragen, Straßen- und Wegebau" in found
    document.close()


def test_readers_read_all_words_where_lines_are_chosen_again(workspace: Workspace) -> None:
    """Because a page would end inside a word; it may begin below a hyphen of the text."""
    text = "Schwimmbad- und Grundschul- oder Verkehrsberuhigungsmaßnahmen dienen Sozial- wie"
    known = text.split()
    chance = Random(3)
    words = [chance.choice(known) for _ in range(70)]
    workspace.write("styles/email.css", "@page { size: 148mm 71mm } .text { width: 50mm }")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"{" ".join(words)}"'))
    document = pypdfium2.PdfDocument(workspace.typeset().pdf)
    read = " ".join(page.get_textpage().get_text_range() for page in document)
    assert len(document) > 4
    assert [word for word in read.split() if word in known] == words
    document.close()


def test_what_surrounds_an_emphasis_ends_with_it_and_not_with_a_line(workspace: Workspace) -> None:
    """Else the line would stick out of its column by the padding."""
    workspace.write("styles/email.css", ".text { width: 170pt } em { padding: 0 12pt }")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"So: *{SENTENCES.replace("*", "")}* Ja."'))
    (found,) = [lines for lines in set_paragraphs(workspace) if len(lines) > 4]
    assert max(line.length for line in found) <= 1.001
    assert len({round(line.length, 3) for line in found}) > 5


def test_what_is_divided_within_a_ligature_is_not_wider_than_thought(workspace: Workspace) -> None:
    """In "Auf-lage", the l has its own width on the next line, which is too long with it."""
    quote = (
        "und an und Verkehrsberuhigungsmaßnahmen Schwimmbad Bildungs- Haushaltsplan die Auflage "
        "Bildungs- Verkehrsberuhigungsmaßnahmen 2028 und effizient Stadt geht"
    )
    passage = f"quote: {{lines: 1, text: '{quote}'}}\n    commentary:"
    workspace.leaflet(HEAD + "numbered: no\n" + PASSAGE.replace("commentary:", passage))
    lines = [line for block in set_paragraphs(workspace) for line in block]
    assert sum("Verkehrsberuhigungsmaß" in line.text for line in lines) == 2
    assert max(line.length for line in lines) <= 1.001


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("letter-spacing: 0.2em", "*ab* cd " * 60 + "Ende"),  # each part has its own letters
        ("white-space: pre-wrap", SENTENCES.replace(" ", "   ") * 2),
    ],
)
def test_lines_are_no_wider_than_thought(workspace: Workspace, style: str, text: str) -> None:
    workspace.write("styles/email.css", f".text {{ width: 200pt; {style} }}")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"{text}"'))
    (found,) = [lines for lines in set_paragraphs(workspace) if len(lines) > 4]
    assert 0.9 < max(line.length for line in found) <= 1.001


def test_joined_letters_are_not_parted(workspace: Workspace) -> None:
    """Where a word of theirs fits on a line: they would be others, and no longer fit."""
    word = "المستقبلية"
    with_fonts(workspace)
    workspace.write("styles/email.css", ".text { width: 60pt }")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"Es ist *{"x" * 30}{word}* so"'))
    texts = [line.text for lines in set_paragraphs(workspace) for line in lines]
    assert sum("xx" in text for text in texts) > 1
    assert sum(word in text for text in texts) == 1
