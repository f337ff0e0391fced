import pytest

from brochure.diagnostics import Location, Reported
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Plain, plain


def read(text: str) -> tuple[Plain, list[tuple[str, int, int]]]:
    parsed = parser.parse_yaml(text, "f.yaml")
    tree, diagnostics = parsed.value, parsed.diagnostics
    return plain(tree.root), [(c.code, c.location.line, c.location.column) for c in diagnostics]


@pytest.mark.parametrize(
    "value", ["no", "1.10", "12:30", "01067", "2018-12-20", "null", "~", "0x1F"]
)
def test_every_value_stays_the_text_that_was_typed(value: str) -> None:
    assert read(f"key: {value}\n") == ({"key": value}, [])


@pytest.mark.parametrize(
    ("line", "code", "column", "meant"),
    [
        ("a: **fett** Text", "alias", 4, "**fett** Text"),
        ("a: *kursiv* Text", "alias", 4, "*kursiv* Text"),
        ("a: *x", "alias", 4, "*x"),
        ("a: &x y", "alias", 4, "y"),
        ("a: Wort: Wort", "colon-in-text", 8, "Wort: Wort"),
        ('a: "WIR" steht', "text-after-quote", 9, '"WIR" steht'),
        ("a: @foo", "reserved", 4, "@foo"),
        ("a: %foo", "reserved", 4, "%foo"),
        ("a: `foo`", "reserved", 4, "`foo`"),
        ("a: [Link](https://e.org) x", "bracket", 4, "[Link](https://e.org) x"),
        ("a: 'offen", "unclosed-quote", 4, "'offen"),
        ('a: "C:\\Users"', "backslash", 4, '"C:\\Users"'),
        ("a: |Text", "block-text", 4, "|Text"),
        ("a:Text", "space-after-colon", 3, "Text"),
    ],
)
def test_each_slip_has_its_own_sentence_and_reading_goes_on(
    line: str, code: str, column: int, meant: str
) -> None:
    data, diagnostics = read(f"before: 1\n{line}\nafter: *y\n")
    assert sorted(diagnostics) == sorted([(code, 2, column), ("alias", 3, 8)])
    assert data == {"before": "1", "a": meant, "after": "*y"}


def test_the_lines_that_continue_a_mended_text_do_not_complain() -> None:
    assert read('a: "WIR" steht\n  für etwas: mehr\nb: x\n') == (
        {"a": '"WIR" steht', "b": "x"},
        [("text-after-quote", 1, 9)],
    )


@pytest.mark.parametrize(
    ("text", "diagnostics", "meant"),
    [
        # one line, several, at once; whatever they look like
        ("a: |\n  Eins\n zwei\nb: *x\n", [("text-indent", 3, 2)], "Eins\nzwei\n"),
        ("a: |\n  Eins\n zwei\n drei\nb: *x\n", [("text-indent", 3, 2)], "Eins\nzwei\ndrei\n"),
        ("a: >-\n  Eins\n zwei\nb: *x\n", [("text-indent", 3, 2)], "Eins zwei"),
        ("a: |  # so\n  Eins\n zwei\nb: *x\n", [("text-indent", 3, 2)], "Eins\nzwei\n"),
        ("a: |\n  Eins\n\n zwei\nb: *x\n", [("text-indent", 4, 2)], "Eins\n\nzwei\n"),
        ("a: |\n    Eins\n  zwei\nb: *x\n", [("text-indent", 3, 3)], "Eins\nzwei\n"),
        ("a: |\n  Eins\n - zwei\nb: *x\n", [("text-indent", 3, 2)], "Eins\n- zwei\n"),
        ("a: |\n  Eins\n *zwei*\nb: *x\n", [("text-indent", 3, 2)], "Eins\n*zwei*\n"),
        ('a: |\n  Eins\n "zwei\nb: *x\n', [("text-indent", 3, 2)], 'Eins\n"zwei\n'),
        ("a: |\n  Eins\n # zwei\n  3\nb: *x\n", [("text-indent", 3, 2)], "Eins\n# zwei\n3\n"),
        ("a: |\n   \n  Eins\n  zwei\nb: *x\n", [("text-indent", 2, 4)], "\nEins\nzwei\n"),
        # not at all
        ("a: |\nEins\nzwei drei\nb: *x\n", [("text-indent", 2, 1)], "Eins\nzwei drei\n"),
        ("a: |\n\nEins\n- zwei\n  - 3\nb: *x\n", [("text-indent", 3, 1)], "\nEins\n- zwei\n- 3\n"),
        (
            "a: |\n  Eins\n\n- zwei\n- 3\n\n  4\nb: *x\n",
            [("text-indent", 4, 1)],
            "Eins\n\n- zwei\n- 3\n\n4\n",
        ),
    ],
)
def test_a_text_indented_too_little(
    text: str, diagnostics: list[tuple[str, int, int]], meant: str
) -> None:
    data, found = read(text)
    line = text.count("\n")
    assert found == [*diagnostics, ("alias", line, 4)]
    assert data == {"a": meant, "b": "*x"}


def test_a_text_indented_too_little_in_a_list_and_in_the_next_one() -> None:
    text = "p:\n  - t: |\n      Eins\n     zwei: drei\n    u: v\n  - |\n     A\n    B\n"
    parsed = parser.parse_yaml(text, "f.yaml")
    assert plain(parsed.value.root) == {"p": [{"t": "Eins\nzwei: drei\n", "u": "v"}, "A\nB\n"]}
    assert [(d.location.line, d.hint) for d in parsed.diagnostics] == [
        (4, "Indent it as far as line 3. If it is a key of its own, begin it below `t`."),
        (8, "Indent it as far as line 7."),
    ]
    text = "p:\n  - t: |\n    Eins\n    - zwei\n    u: v\n  - t: |\n      A\n    - B\n  - t: x\n"
    data, found = read(text)
    assert data == {"p": [{"t": "Eins\n- zwei\n", "u": "v"}, {"t": "A\n- B\n"}, {"t": "x"}]}
    assert found == [("text-indent", 3, 5), ("text-indent", 8, 5)]


@pytest.mark.parametrize(
    "text",
    ["a: |\n  Eins\nb: x\n- zwei\n", "a: |\n  Eins\n# zwei\nb: x\n- c\n", "a:\n- |\n  b\nc\n"],
)
def test_what_stands_below_another_key_is_no_text_indented_too_little(text: str) -> None:
    assert [code for code, *_ in read(text)[1]] != []
    assert "text-indent" not in [code for code, *_ in read(text)[1]]


@pytest.mark.parametrize(
    ("value", "hint", "meant"),
    [
        ("[A, B", "write `]` at its end. For text: Put the whole", ["A", "B"]),
        ("{text: A", "write `}` at its end. For text: Put the whole", {"text": "A"}),
        ("{text: When?}", "put each text between the brackets", "{text: When?}"),
        ("[a, b?, c]", "put each text between the brackets", "[a, b?, c]"),
        ("[A, B] und C", "Put the whole text into quotation marks", "[A, B] und C"),
    ],
)
def test_brackets_may_be_meant(value: str, hint: str, meant: Plain) -> None:
    parsed = parser.parse_yaml(f"e:\n  a: {value}\n  b: x\n", "f.yaml")
    ((code, location, found),) = [(d.code, d.location, d.hint) for d in parsed.diagnostics]
    assert (code, location) == ("bracket", Location("f.yaml", 2, 6))
    assert hint in found
    assert ("For text" in found) == (meant != "[A, B] und C")
    assert plain(parsed.value.root) == {"e": {"a": meant, "b": "x"}}


def test_brackets_that_are_sound_are_not_blamed() -> None:
    for line in ("b: [x]", "b: []", "b: {c: d}"):
        assert [d[:2] for d in read(f"a: [A, B\n{line}\n")[1]] == [("bracket", 1)]
    assert read("a: [A, B\nb: [x]\n")[0] == {"a": ["A", "B"], "b": ["x"]}


def test_a_tab_is_named_and_the_rest_is_read() -> None:
    data, diagnostics = read("list:\n  - a: 1\n\t- a: 2\nb: *x\n")
    assert diagnostics == [("tab", 3, 1), ("alias", 4, 4)]
    assert data == {"list": [{"a": "1"}, {"a": "2"}], "b": "*x"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a:\n  b:\n\t\tc: 1\n", {"a": {"b": {"c": "1"}}}),
        ("a:\n\tb:\n    c: 1\n", {"a": {"b": {"c": "1"}}}),
        ("a:\n\tb:\n\t\tc: 1\n\td: 2\n", {"a": {"b": {"c": "1"}, "d": "2"}}),
        ("a:\n\tb:\n\tc: 1\n", {"a": {"b": None, "c": "1"}}),
        ("a:\n    b: 1\n\tc: 2\n", {"a": {"b": "1", "c": "2"}}),
        ("- a: 1\n\tb: 2\n", [{"a": "1", "b": "2"}]),
        ("a:\n\t- b:\n\t\t\tc: 1\n\t\td: |\n\t\t\te\n\t\t\tf\n\n\t- b: 2\ng: 3\n",
         {"a": [{"b": {"c": "1"}, "d": "e\nf\n"}, {"b": "2"}], "g": "3"}),
    ],
)  # fmt: skip
def test_a_line_with_tabs_belongs_where_its_author_saw_it(text: str, meant: Plain) -> None:
    data, diagnostics = read(text)
    assert {code for code, *_ in diagnostics} == {"tab"}
    assert data == meant


def test_a_line_that_cannot_be_understood_is_left_out_and_the_rest_is_read() -> None:
    data, diagnostics = read("a:\n  b: 1\n   c: 2\nd: *x\n")
    assert [c[:2] for c in diagnostics] == [("yaml", 3), ("alias", 4)]
    assert data == {"a": {"b": "1"}, "d": "*x"}


def test_duplicate_keys_are_refused_and_the_first_is_named() -> None:
    parsed = parser.parse_yaml("a: 1\nb: 2\na: 3\n", "f.yaml")
    tree, diagnostics = parsed.value, parsed.diagnostics
    (diagnostic,) = diagnostics
    assert diagnostic.location == Location("f.yaml", 3, 1)
    assert "line 1" in diagnostic.message
    assert plain(tree.root) == {"a": "1", "b": "2"}


def test_an_alias_bomb_is_refused_without_being_expanded() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    _, diagnostics = read("\n".join(lines))
    assert {code for code, *_ in diagnostics} == {"alias"}


def test_depth_is_bounded() -> None:
    _, diagnostics = read("[" * 10_000)
    assert [code for code, *_ in diagnostics] == ["too-deep"]


def test_words_that_yaml_takes_for_a_comment_are_a_warning() -> None:
    data, diagnostics = read("accent: #a0b0c0\ntext: Wir sind #1\nfine: x # a comment\n")
    assert diagnostics == [("comment-in-text", 1, 9), ("comment-in-text", 2, 16)]
    assert data == {"accent": None, "text": "Wir sind", "fine": "x"}


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        ("a: 1\nb: ü".encode("latin-1"), 2, 4),
        ("a: x".encode("utf-16"), 1, 1),
        (b"\x80", 1, 1),
    ],
)
def test_what_is_not_utf8_is_refused_at_its_place(data: bytes, line: int, column: int) -> None:
    decoded = parser.decode_text(data, "f.yaml")
    text, (diagnostic,) = decoded.value, decoded.diagnostics
    assert text == ""
    assert (diagnostic.code, diagnostic.location) == ("not-utf8", Location("f.yaml", line, column))


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    assert parser.decode_text(b"\xef\xbb\xbfa: 1\r\nb: 2\r", "f") == Reported("a: 1\nb: 2\n")


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x85", "\ufdd0", "\U0001ffff", "\u202e"]
)
def test_invisible_control_characters_are_refused_typed_or_escaped(character: str) -> None:
    (diagnostic,) = parser.decode_text(f"a: x{character}".encode(), "f").diagnostics
    assert (diagnostic.code, diagnostic.location.column) == ("control-character", 5)
    _, diagnostics = read(f'a: "x\\U{ord(character):08x}"')
    assert [code for code, *_ in diagnostics] == ["control-character"]


@pytest.mark.parametrize("character", ["\u200d", "\u00ad", "\u200e", "\U0001f600", "\t"])
def test_characters_with_a_purpose_pass(character: str) -> None:
    assert parser.decode_text(f"a: x{character}x".encode(), "f").diagnostics == ()


def test_places_inside_a_text() -> None:
    tree = parser.parse_yaml("a:\n  b: |\n    one\n    two three\n", "f").value
    assert tree.location(("a", "b"), "three") == Location("f", 4, 9)
    assert tree.location(("a", "missing")) == Location("f", 2, 3)
    assert tree.key_location(("a", "b")) == Location("f", 2, 3)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a: {{ region.name }}", 4),
        ("a: {{ region.name }} und mehr", 4),
        ("a: {b: {{ region.name }}}", 8),
    ],
)
def test_a_slot_at_the_beginning_wants_quotation_marks(text: str, column: int) -> None:
    diagnostics = parser.parse_yaml(text + "\n", "f").diagnostics
    assert [(c.code, c.location) for c in diagnostics] == [
        ("slot-unquoted", Location("f", 1, column))
    ]
    assert "quotation marks" in diagnostics[0].hint
