"""German hyphenation: words of administration, joints, exceptions; addresses, never hyphenated."""

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyphen
import pytest

from brochure.layout.compounds import LONGEST_WORD, Joint, compound_breaks, joints
from brochure.layout.hyphenation import Hyphenator, allowed_breaks
from brochure.layout.patterns import Patterns
from brochure.manuscript.text.address import address_around, address_breaks, is_address
from brochure.manuscript.text.language import Hyphenation, hyphenation_files, load_language
from brochure.manuscript.text.markdown import Renderer
from brochure.project import Project
from tests.conftest import ROOT, Workspace
from tests.readers import as_shown, structure_texts

WORDS = ROOT / "tests" / "data" / "words-de.txt"


def rules(code: str = "de") -> Hyphenation:
    found = load_language(Project(ROOT), code).hyphenation
    assert found is not None
    return found


def places(marked: str) -> tuple[str, dict[int, str]]:
    """A word, and the sign at each offset at which it is marked."""
    found: dict[int, str] = {}
    word = ""
    for sign in marked:
        if sign in "-=|":
            found[len(word)] = sign
        else:
            word += sign
    return word, found


def divided(word: str, hyphenator: Hyphenator) -> str:
    return with_hyphens(word, hyphenator.positions(word))


def with_hyphens(word: str, offsets: list[int]) -> str:
    return "-".join(word[i:j] for i, j in pairwise([0, *offsets, len(word)]))


def listed() -> Iterator[tuple[str, dict[int, str]]]:
    for line in WORDS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield places(line)


def test_words_of_administration_are_divided_as_by_hand() -> None:
    hyphenator = Hyphenator(rules())
    words = list(listed())
    breaks, wrong, missed = 0, [], []
    for word, right in words:
        found = hyphenator.positions(word)
        breaks += len(found)
        wrong += [divided(word, hyphenator) for at in found if right.get(at, "|") == "|"]
        usable = range(rules().left, len(word) - rules().right + 1)
        missed += [
            divided(word, hyphenator)
            for at, sign in right.items()
            if sign == "=" and at in usable and at not in found
        ]
    assert (wrong, missed) == ([], [])
    assert len(words) > 150
    assert breaks > 2.3 * len(words)


@pytest.mark.parametrize(
    "right",
    [
        "Rat-haus-er-neue-rung",  # TeX: Rathau-serneuerung
        "Rad-weg-er-wei-te-rung",
        "Stadt-teil-um-bau",
        "Schul-den-er-leich-te-rung",
        "Bil-der-fol-ge",  # not Bild-erfolge
        "Kin-der-fahr-rad",
        "Geis-ter-fah-rer",
        "Schal-ter-stel-lung",
    ],
)
def test_where_patterns_go_astray_known_parts_decide(right: str) -> None:
    patterns, parts = german()
    word = right.replace("-", "")
    assert with_hyphens(word, compound_breaks(word, patterns.breaks, parts)) == right


def german() -> tuple[Patterns, frozenset[str]]:
    tex, listed = (path.read_text("utf-8") for path in hyphenation_files("de_DE"))
    lines = [line for line in listed.splitlines() if not line.startswith("#")]
    return Patterns(tex), frozenset(" ".join(lines).split())


def test_joints_are_told_from_syllables_by_sounds_and_parts() -> None:
    patterns, parts = german()

    def found(word: str, known: frozenset[str] = frozenset()) -> list[tuple[str, Joint]]:
        breaks = patterns.breaks(word)
        return [(word[at:], joint) for at, joint in joints(word, breaks, known).items()]

    assert found("Stadtrat") == [("rat", Joint.SYLLABLES)], "could be one word by its sounds"
    assert found("Stadtrat", parts) == [("rat", Joint.PARTS)]
    assert found("Radstation")[0] == ("station", Joint.PREFIX), "no syllable begins with st"
    assert found("Taschen") == [("schen", Joint.SYLLABLES)], "but with sch"
    assert found("Freiheitsrede")[1] == ("rede", Joint.PART), "an s that only joins"


def test_joints_come_before_syllables_beside_them() -> None:
    limits = rules()
    assert allowed_breaks([3, 5, 8], 12, limits) == [3, 5 + 3]
    assert allowed_breaks([3, 5, 8], 12, limits, {5: Joint.PART}) == [5]
    assert allowed_breaks([3, 5, 9], 12, limits, {5: Joint.PART}) == [5, 9]
    assert allowed_breaks([2, 4, 7], 12, limits) == [4, 7]
    assert allowed_breaks([2, 4, 7], 12, limits, {2: Joint.PREFIX}) == [7], "er-ar-bei-ten"


@pytest.mark.parametrize(
    ("word", "as_divided"),
    [
        ("Bachgrund", "Bachg-rund"),
        ("bachgrundes", "bachg-rundes"),
        ("Bachgründe", "Bach-gründe"),
        ("Bachgrundstücke", "Bach-grund-stücke"),
    ],
)
def test_an_exception_holds_for_a_word_and_its_inflected_forms(word: str, as_divided: str) -> None:
    limits = rules().model_copy(update={"exceptions": ("Bachg-rund",)})
    assert divided(word, Hyphenator(limits)) == as_divided


@pytest.mark.parametrize("name", ["de", "de_DE", "de_AT", "de_CH"])
def test_every_german_dictionary_is_the_good_one(name: str) -> None:
    limits = rules().model_copy(update={"dictionary": name})
    assert divided("Freistellung", Hyphenator(limits)) == "Frei-stel-lung"
    assert divided("Abschiebestopp", Hyphenator(limits)) == "Abschiebe-stopp"


def test_patterns_divide_as_they_do_with_pyphen(tmp_path: Path) -> None:
    patterns, _ = german()
    tex = hyphenation_files("de_DE")[0].read_text("utf-8")
    plain = tmp_path / "plain.dic"
    plain.write_text("UTF-8\n" + tex.partition("\\patterns{%\n")[2].partition("\n}")[0], "utf-8")
    other = pyphen.Pyphen(filename=str(plain), left=2, right=2)
    words = [word for word, _ in listed()]
    assert len(words) > 150
    for word in words:
        assert patterns.breaks(word) == other.positions(word)
    assert patterns.breaks("İstanbul" * 3) == [], "a capital that becomes two letters"


@pytest.mark.parametrize("code", ["en", "fr", "uk"])
def test_other_languages_have_the_dictionary_they_name(code: str) -> None:
    """None of them is divided by the rules of German sounds."""
    limits = rules(code)
    word = {"en": "construction", "fr": "construction", "uk": "громадськість"}[code]
    other = pyphen.Pyphen(lang=limits.dictionary, left=limits.left, right=limits.right)
    expected = allowed_breaks(other.positions(word), len(word), limits)
    assert expected
    assert Hyphenator(limits).positions(word) == expected


def test_what_is_no_word_is_divided_without_looking_for_parts() -> None:
    """In a text from a stranger it may have thirty thousand letters."""
    patterns, _ = german()
    word = "Rathauserneuerung" * 6
    assert len(word) > LONGEST_WORD
    hyphenator = Hyphenator(rules())
    assert hyphenator.positions(word) == allowed_breaks(patterns.breaks(word), len(word), rules())
    assert hyphenator.positions(word.lower()[:LONGEST_WORD])[:2] == [3, 7]


def test_what_is_built_depends_on_the_patterns() -> None:
    seen = set[Path]()
    load_language(Project(ROOT).observed(seen.add), "de")
    files = hyphenation_files("de_DE")
    assert [path.name for path in files] == ["hyph-de-1996.tex", "parts-de.txt"]
    assert set(files) <= seen


def test_the_licence_lies_beside_the_patterns() -> None:
    patterns, _ = hyphenation_files("de_DE")
    text = patterns.read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in text
    assert "Copyright (c) 2013-2024" in text
    assert "MIT licence" in (patterns.parent / "README.md").read_text("utf-8")


ADDRESSES = [
    "geschaeftsstelle@beratungsstelle-musterhausen.example.org",
    "https://www.gemeinde-musterhausen.example.org/buergerbeteiligung/stellungnahme.html?id=3&a=b",
    "www.buergerinitiative-stadtpark.example.org/veranstaltungen/bürgerversammlung",
    "buergerinitiative-marburg.de/termine",
    "www.bi-park.example.org",
    "info@bi-park.example.org",
    "#UnserStadtparkBleibtUnserStadtpark",
    "@buergerinitiativestadtpark",
    "buergerinitiative(at)musterhausen.example.org",
    "buergerinitiative[at]musterhausen(dot)example",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_found_without_what_stands_beside_them(address: str) -> None:
    for before, after in (
        ("", ""),
        ("(", ")."),
        ("„", "“,"),
        ("*", "*!"),
        ("siehe\u00a0", " – ja"),
    ):
        text = f"Mehr: {before}{address}{after}"
        start = len("Mehr: " + before)
        span = (start, start + len(address))
        assert address_around(text, start + 5) == span
        assert address_around(text, span[1] - 1) == span
        assert address_around(text, span[0]) is None, "a line may end before it"
        assert address_around(text, span[1]) is None, "and behind it"
    assert is_address(f"({address})")


def test_parentheses_of_an_address_are_a_part_of_it() -> None:
    text = "(https://example.org/Park_(Gießen))."
    assert address_around(text, 9) == (1, len(text) - 2)


@pytest.mark.parametrize(
    "text",
    ["Bürger.innen", "Bürger.innenversammlung", "Bürger@innen", "z.B.", "u.a.", "Ende.Anfang",
     "12.345,60", "S.12-14", "und/oder", "schwarz-grün", "0641", "306-12", "#3", "@", "…", ""],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    "marked",
    [
        "https://|www.gemeinde|-musterhausen|.example|.org/|buerger|.html|?id=3&a",
        "kontakt@|bi-park|.example|.org",
        "bi-park.de",  # four characters stay together
        "#Unser|Stadtpark|Bleibt",
        "example|.org/a//|bbbb",
    ],
)
def test_addresses_break_where_it_shows_that_they_go_on(marked: str) -> None:
    address = marked.replace("|", "")
    pieces = marked.split("|")
    breaks = [len("".join(pieces[:number])) for number in range(1, len(pieces))]
    assert [at for at in address_breaks(address) if at in breaks] == breaks
    assert not any(address[at - 1] in "-.?_" for at in address_breaks(address))
    assert len(pieces) > 1 or address_breaks(address) == []


CONTACT = """
contact: Initiative, vorstand-und-geschaeftsstelle@bi-musterhausen.example.org
imprint: A. Beispiel, umwelt-und-verkehr@bi-musterhausen.example.org
"""
PRINTED = [
    *ADDRESSES,
    "vorstand-und-geschaeftsstelle@bi-musterhausen.example.org",
    "umwelt-und-verkehr@bi-musterhausen.example.org",
    "gemeindeentwicklung@musterhausen.example.org",
]


@pytest.mark.parametrize("width", range(48, 200, 8))
def test_nothing_is_put_into_addresses_and_none_ends_a_line_with_its_hyphen(
    workspace: Workspace, width: int
) -> None:
    """In quotes, headings, lists, links or not, before and behind other texts and signs."""
    sentences = [f"Näheres erfahren Sie (siehe {address}), wie immer." for address in ADDRESSES]
    items = [f"        - Zusammen: *{address}*!" for address in ADDRESSES]
    quote = f"quote: {{lines: 1, text: '{' '.join(sentences)}'}}"
    joint = "E-Mail:gemeindeentwicklung@musterhausen.example.org"
    text = "\n\n".join(["        " + " ".join(sentences), "        " + joint, "\n".join(items)])
    workspace.write("styles/email.css", f".text, blockquote, footer p {{ width: {width}pt }}")
    workspace.leaflet(
        "language: de\ntitle: Anschriften\nlead: Kontakt\nsource: {title: Vertrag}\npassages:\n"
        f"  - id: a\n    {quote}\n    commentary:\n      text: |\n{text}\n{CONTACT}"
    )
    pdf = workspace.typeset().pdf
    read = "".join(structure_texts(pdf))
    assert [address for address in PRINTED if address not in read] == []
    assert [read.count(address) for address in ADDRESSES] == [3] * len(ADDRESSES)
    run = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=as_shown(pdf), capture_output=True, check=True
    )
    words = [line.split()[-1] for line in run.stdout.decode().splitlines() if line.endswith("-")]
    assert [word for word in words if any(word.lstrip("(*„") in a for a in PRINTED)] == []


def test_an_address_is_broken_only_where_it_is_longer_than_a_line(workspace: Workspace) -> None:
    """Whatever stands beside it, in texts of their own; nothing sticks out of the column."""
    beside = [
        ("Näheres: ", ""), ("", "!"), ("", ", ja"), ("(", ")"), ("E-Mail:", ""), ("Ja (", ")."),
    ]  # fmt: skip
    addresses = [f"vorstand{number}@bi-park.example.org" for number in range(len(beside))]
    pieces = [(a, address, z) for (a, z), address in zip(beside, addresses, strict=True)]
    stuck = [a.split(" ")[-1] + address + z.split(" ")[0] for a, address, z in pieces]
    widths = range(100, 190, 5)
    fitting: list[list[int]] = [[] for _ in pieces]
    for width in widths:
        workspace.write("styles/email.css", f".text {{ width: {width}pt }}")
        workspace.leaflet(
            "language: de\ntitle: T\nsource: {title: Vertrag}\npassages:\n"
            "  - id: a\n    quote: {lines: 1, text: Wort}\n    commentary:\n      text: |\n"
            + "\n".join(f"        {a}*{address}*{z}\n" for a, address, z in pieces)
            + "contact: Wir\n"
        )
        document = workspace.typeset()
        assert document.diagnostics == ()
        run = subprocess.run(
            ["pdftotext", "-raw", "-", "-"],
            input=as_shown(document.pdf),
            capture_output=True,
            check=True,
        )
        words = run.stdout.decode().split()
        for piece, whole, found in zip(pieces, stuck, fitting, strict=True):
            assert "".join(piece).replace(" ", "") in "".join(words)
            if whole in words:
                found.append(width)
    for found in fitting:
        assert found == [width for width in widths if width >= found[0]], "as soon as it fits"
        assert 120 < found[0] < 180


def test_telephone_and_file_numbers_are_not_broken_behind_a_hyphen(workspace: Workspace) -> None:
    numbers = ["0641 306-12", "06421 201-1234-5", "Az. 12-345/24", "IV-2-471", "20-5472"]
    for width in range(40, 90, 5):
        workspace.write("styles/email.css", f".text {{ width: {width}pt }}")
        workspace.leaflet(
            "language: de\ntitle: Nummern\nsource: {title: Vertrag}\npassages:\n"
            "  - id: a\n    quote: {lines: 1, text: Wort}\n"
            f"    commentary: {{text: '{' '.join(numbers * 3)}'}}\ncontact: Wir\n"
        )
        run = subprocess.run(
            ["pdftotext", "-raw", "-", "-"],
            input=workspace.typeset().pdf, capture_output=True, check=True,
        )  # fmt: skip
        assert "306-12" in run.stdout.decode()
        assert not [line for line in run.stdout.decode().splitlines() if line.endswith(("-", "–"))]


def test_addresses_are_one_piece_of_html() -> None:
    """Else the typesetter would not know that they are addresses."""
    renderer = Renderer(None, "none")
    assert renderer.inline("306-12") == '30<span class="together">6-1</span>2'
    assert renderer.inline("(www.bi-park.example.org)") == "(www.bi-park.example.org)"
