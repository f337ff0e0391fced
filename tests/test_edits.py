"""Edits of YAML files: what is not edited stays, byte for byte, however people wrote it."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.yaml.editor import edited
from brochure.manuscript.yaml.edits import Edit, Insert, Move, Put, Remove, applied
from brochure.manuscript.yaml.nodes import Plain, TreePath, plain
from brochure.manuscript.yaml.parser import decode_text, parse_yaml

WORDS = [
    "Haus",
    "a: b",
    "# x",
    "1.10",
    "no",
    "Grüße „an“ alle",
    "it's",
    'say "x"',
    "- y",
    "{{ z }}",
]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
LONG = st.lists(TEXTS, min_size=2, max_size=4).map("\n".join) | st.tuples(TEXTS, TEXTS).map(
    "\n\n".join
)
KEYS = st.sampled_from(["title", "lead", "quote", "text", "lines", "b c"])


def content(data: bytes) -> Plain:
    """What a file says."""
    read = parse_yaml(decode_text(data, "x").value, "x")
    assert not [d for d in read.diagnostics if d.severity == "error"], read.diagnostics
    return plain(read.value.root)


class Hand:
    """Somebody who writes YAML as they like."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def maybe(self, part: int = 3) -> bool:
        """Once in a while."""
        return bool(self.draw(st.integers(0, part)) == 0)

    def noise(self, indent: int) -> list[str]:
        """Empty lines and comments, of which some belong to what is below."""
        lines = []
        for _ in range(self.draw(st.sampled_from([0, 0, 0, 1, 2]))):
            column = self.draw(st.sampled_from([0, indent, indent + 3]))
            lines.append("" if self.maybe(1) else " " * column + "# " + self.draw(TEXTS))
        return lines

    def tail(self) -> str:
        """A comment at the end of a line."""
        return "  # why" if self.maybe(5) else ""

    def text(self, value: str, indent: int) -> list[str]:
        """A text after its key; the lines below it are indented by more than `indent`."""
        if "\n" in value or self.maybe(5):
            depth = self.draw(st.sampled_from([1, 2, 4]))
            head = "|" + self.draw(st.sampled_from(["", "-", f"{depth}", f"{depth}-"]))
            body = [" " * (indent + depth) + line if line else "" for line in value.split("\n")]
            return [head + self.tail(), *body]
        style = self.draw(st.sampled_from(["bare", "single", "double"]))
        if style == "bare" and not any(sign in value for sign in "#:{\"'-„"):
            return [value + self.tail()]
        if style == "double":
            return ['"' + value.replace('"', '\\"') + '"' + self.tail()]
        return ["'" + value.replace("'", "''") + "'" + self.tail()]

    def flow(self, value: Plain) -> str:
        """A value in brackets."""
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k}: {self.flow(v)}" for k, v in value.items()) + " }"
        if isinstance(value, list):
            return "[ " + ",  ".join(self.flow(v) for v in value) + "]"
        return '"' + str(value).replace('"', '\\"').replace("\n", "\\n") + '"'

    def value(self, value: Plain, indent: int) -> list[str]:
        """What follows a key or a dash at a column."""
        if isinstance(value, str):
            return self.text(value, indent)
        if not value:
            return ["''"]
        if self.maybe(6):
            return [self.flow(value) + self.tail()]
        if isinstance(value, list):
            inner = indent + self.draw(st.sampled_from([1, 2, 4]))
            return [self.tail(), *self.sequence(value, inner)]
        return [self.tail(), *self.mapping(value, indent + self.draw(st.sampled_from([1, 2, 3])))]

    def mapping(self, value: dict[str, Plain], indent: int) -> list[str]:
        """Keys at a column."""
        lines: list[str] = []
        for key, inner in value.items():
            first, *rest = self.value(inner, indent)
            name = f'"{key}"' if self.maybe(6) else key
            lines += [*self.noise(indent), f"{' ' * indent}{name}: {first}".rstrip(), *rest]
        return lines

    def sequence(self, value: list[Plain], indent: int) -> list[str]:
        """Items whose dashes are at a column."""
        lines: list[str] = []
        for item in value:
            lines += self.noise(indent)
            if isinstance(item, dict) and not self.maybe(5):
                space = self.draw(st.sampled_from([1, 1, 3]))
                column = indent + 1 + space
                below = self.mapping(item, column)
                while below[0].strip() == "" or below[0].strip().startswith("#"):
                    del below[0]
                lines += [" " * indent + "-" + " " * space + below[0].lstrip(), *below[1:]]
            else:
                first, *rest = self.value(item, indent)
                lines += [f"{' ' * indent}- {first}".rstrip(), *rest]
        return lines


@st.composite
def files(draw: Any) -> tuple[bytes, dict[str, Plain]]:
    """A file as somebody wrote it, and what it says."""
    texts = TEXTS | LONG
    inner = st.dictionaries(KEYS, texts, min_size=1, max_size=3)
    items = st.lists(
        texts | st.dictionaries(KEYS, texts | inner, min_size=1, max_size=3), min_size=1, max_size=3
    )
    value = draw(st.dictionaries(KEYS, texts | inner | items, min_size=1, max_size=3))
    hand = Hand(draw)
    lines = [*hand.noise(0), *hand.mapping(value, 0), *hand.noise(0)]
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = end.join(lines) + draw(st.sampled_from([end, end, ""]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode(), value


def paths(value: Plain, path: TreePath = ()) -> list[TreePath]:
    """The paths of all values."""
    below: list[tuple[str | int, Plain]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    return [*([path] if path else []), *(p for k, v in below for p in paths(v, (*path, k)))]


def at(value: Plain, path: TreePath) -> Plain:
    """The value at a path."""
    for step in path:
        assert isinstance(value, dict | list)
        value = value[step]  # type: ignore[index]
    return value


@st.composite
def edits(draw: Any, value: dict[str, Plain]) -> Edit:
    """Anything that may be done to a file."""
    path = draw(st.sampled_from(paths(value)))
    lists = [p for p in paths(value) if isinstance(at(value, p), list)]
    new = draw(TEXTS | LONG | st.dictionaries(KEYS, TEXTS | LONG, min_size=1))
    kind = draw(st.sampled_from(["put", "key", "remove", "insert", "move"]))
    if kind == "put":
        return Put(path, new)
    if kind == "remove":
        return Remove(path)
    if kind == "key" or not lists:
        mappings = [(), *(p for p in paths(value) if isinstance(at(value, p), dict))]
        order = draw(st.permutations(["title", "lead", "quote", "text", "b c"]))
        return Put((*draw(st.sampled_from(mappings)), draw(KEYS)), new, order)
    items = draw(st.sampled_from(lists))
    size = len(at(value, items))  # type: ignore[arg-type]
    index = draw(st.integers(0, size - 1))
    if kind == "move":
        return Move((*items, index), draw(st.integers(0, size - 1)))
    return Insert((*items, draw(st.integers(0, size))), new)


def lines_of(data: bytes) -> list[bytes]:
    """Lines with their ends, without a byte order mark."""
    return data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)


def changed(before: bytes, after: bytes) -> tuple[int, int]:
    """How many lines are taken away, and how many stand there instead."""
    old, new = lines_of(before), lines_of(after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return len(old) - end - start, len(new) - end - start


def rows(data: bytes, path: TreePath) -> tuple[int, int]:
    """The lines from a key or a dash to the end of its value, from 0."""
    tree = parse_yaml(decode_text(data, "x").value, "x").value
    node = tree.node(path)
    assert node is not None
    first = tree.key_location(path) if isinstance(path[-1], str) else node.location
    text = tree.text[: node.span[1]]
    return first.line - 1, len(text.rstrip().split("\n"))


@given(st.data())
def test_only_the_lines_of_an_edit_differ(data: st.DataObject) -> None:
    before, _ = data.draw(files())
    said = content(before)
    assert isinstance(said, dict)
    edit = data.draw(edits(said))
    try:
        after = edited(before, [edit], "x")
    except DiagnosticsError:
        # A mapping or a list that has comments in it cannot become a text: they would get lost.
        assert isinstance(edit, Put)
        assert isinstance(at(said, edit.path), dict | list)
        assert b"#" in before
        return
    assert _without_line_ends(content(after)) == applied(said, edit)
    assert after[:3].startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    taken, added = changed(before, after)
    if not taken and not added:
        return
    whole_lines = b"[" not in before and b"{" not in before.replace(b"{{", b"")
    match edit:
        case Put() if edit.path in paths(said):
            first, end = rows(before, edit.path)
            below = lines_of(before)[end:]
            assert lines_of(after)[:first] == lines_of(before)[:first]
            assert lines_of(after)[len(lines_of(after)) - len(below) :] == below
        case Insert() | Put() if whole_lines:
            assert taken <= (0 if before.endswith(b"\n") else 1)
        case Remove() if whole_lines:
            assert added <= 1  # what follows on the line of a dash
        case Move() if whole_lines:
            old, new = (sorted(line.strip() for line in lines_of(d)) for d in (before, after))
            assert old == new
        case _:  # inside of brackets
            assert not whole_lines


@given(files(), st.data())
def test_an_edit_and_its_opposite_change_nothing(
    file: tuple[bytes, Plain], data: st.DataObject
) -> None:
    before, _ = file
    said = content(before)
    lists = [p for p in paths(said) if isinstance(at(said, p), list)]
    assume(lists)
    items = data.draw(st.sampled_from(lists))
    size = len(at(said, items))  # type: ignore[arg-type]
    one, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    moved = edited(before, [Move((*items, one), other)], "x")
    assert edited(moved, [Move((*items, other), one)], "x") == before


def _without_line_ends(value: Plain) -> Plain:
    match value:
        case str():
            return value.strip("\n")
        case list():
            return [_without_line_ends(item) for item in value]
        case dict():
            return {key: _without_line_ends(item) for key, item in value.items()}
        case None:
            return {}


FILE = """\
# Für das Treffen im Mai.

title: Ein Titel  # kurz
passages:
  # über eins
  - id: eins
    quote:
      text: |
        Wort für Wort
    # noch zu eins

  - id: zwei
    quote: {text: "Zitat", lines: 3}
contact: 'wir'
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (Put(("title",), "Neu: #1"), "Ein Titel  #", "'Neu: #1'  #"),
        (Put(("title",), "Neu\nund alt"), "Ein Titel  # kurz", "|  # kurz\n  Neu\n  und alt"),
        (Put(("contact",), "it's"), "'wir'", "'it''s'"),
        (Put(("passages", 0, "quote", "text"), "Wort"), "Wort für Wort", "Wort"),
        (Put(("passages", 1, "quote", "text"), "a, b"), '"Zitat"', '"a, b"'),
        (Put(("passages", 1, "quote", "page"), "4"), "lines: 3}", "lines: 3, page: 4}"),
        (
            Put(("subtitle",), "Unter", ("title", "subtitle", "passages")),
            "# kurz\n",
            "# kurz\nsubtitle: Unter\n",
        ),
        (
            Put(("passages", 0, "commentary", "text"), "Nein!", ("id", "quote", "commentary")),
            "    # noch zu eins\n",
            "    commentary:\n      text: Nein!\n    # noch zu eins\n",
        ),
        (Remove(("passages", 1, "quote", "text")), 'text: "Zitat", ', ""),
        (
            Insert(("passages", 1), {"id": "neu"}),
            "  - id: zwei",
            "  - id: neu\n\n  - id: zwei",
        ),
        (
            Insert(("passages", 2), {"id": "neu"}),
            "lines: 3}\n",
            "lines: 3}\n\n  - id: neu\n",
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_person_would_have_edited_it_so(edit: Edit, old: str, new: str, end: str) -> None:
    assert old in FILE
    before = FILE.replace("\n", end).encode()
    after = FILE.replace(old, new, 1).replace("\n", end).encode()
    assert edited(before, [edit], "x").decode() == after.decode()


def test_the_comments_of_a_passage_go_and_move_with_it() -> None:
    head, rest = FILE.split("  # über eins\n")
    one, rest = rest.split("\n\n  - id: zwei")
    two, tail = ("  - id: zwei" + rest).split("contact")
    moved = f"{head}{two}\n  # über eins\n{one}\ncontact{tail}"
    assert edited(FILE.encode(), [Move(("passages", 0), 1)], "x").decode() == moved
    removed = f"{head}{two}contact{tail}"
    assert edited(FILE.encode(), [Remove(("passages", 0))], "x").decode() == removed


def test_a_comment_at_the_head_is_about_the_file() -> None:
    before = b"# Entwurf\ntitle: a\nlead: b\n"
    assert edited(before, [Remove(("title",))], "x") == b"# Entwurf\nlead: b\n"


def test_a_deeper_comment_below_does_not_become_text() -> None:
    before = b"text: x\n\n    # kurz\nlead: y\n"
    after = edited(before, [Put(("text",), "a\nb")], "x")
    assert after == b'text: "a\\nb"\n\n    # kurz\nlead: y\n'


def test_a_file_with_errors_is_not_touched() -> None:
    with pytest.raises(DiagnosticsError) as failed:
        edited(b"title: [a\nlead: b\n", [Put(("title",), "c")], "x")
    assert failed.value.diagnostics


def test_characters_that_no_manuscript_may_contain_are_refused() -> None:
    with pytest.raises(DiagnosticsError) as failed:
        edited(b"title: a\n", [Put(("title",), "b\x07")], "x")
    assert [d.code for d in failed.value.diagnostics] == ["control-character"]


def test_a_last_line_without_an_end_keeps_none() -> None:
    assert edited(b"title: a", [Put(("lead",), "b")], "x") == b"title: a\nlead: b"
    assert edited(b"a:\n- b\n- c", [Move(("a", 0), 1)], "x") == b"a:\n- c\n- b"
