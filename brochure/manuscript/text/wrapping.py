"""Lines of a text in a file, and the same text without them, as it is typed into a form.

Most people end the lines of a file where they are full, which means nothing: in a paragraph, the
end of a line is a space. In a form, such lines would be in the way. So a form shows a text
`unwrapped`, and what was typed there is `rewrapped` for the file, with the lines of whatever did
not change as they were.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from brochure.manuscript.text.markdown import parser

WIDTH = 100  # characters of a line, where a file does not show how long its lines are


def usual_width(data: bytes) -> int:
    """How wide the lines of a file are."""
    lines = [len(line) for line in data.decode("utf-8", "replace").splitlines()]
    usual = [length for length in lines if 60 <= length <= WIDTH]
    return max(usual, default=WIDTH)


def unwrapped(text: str, own_words: bool) -> str:
    """A text whose paragraphs, and items of lists, are a line each; hard line breaks stay.

    `own_words` is False for quotes, as in `markdown.parser`.
    """
    return "\n".join(line for line, _ in _logical_lines(text, own_words))


def rewrapped(new: str, old: str, own_words: bool, width: int = WIDTH) -> str:
    """An unwrapped text with lines of at most `width` characters, where words allow it.

    Lines that say what they said in `old` stay as they are. A paragraph that was one long line
    stays one. `unwrapped` of the result is `new` again.
    """
    if unwrapped(old, own_words) == new:
        return old
    before = _logical_lines(old, own_words)
    after = new.split("\n")
    wraps = not old or any(len(physical) > 1 for _, physical in before) or len(old) <= width
    result: list[str] = []
    plain = [line for line, _ in before]
    for kind, start, end, first, last in SequenceMatcher(
        None, plain, after, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            result += [line for _, physical in before[start:end] for line in physical]
            continue
        for at, line in enumerate(after[first:last], start):
            physical = before[at][1] if at < end else []
            was_long = len(physical) == 1 and len(physical[0]) > width
            if was_long or not wraps or not _can_be_wrapped(line):
                result.append(line)
            else:
                result += _wrapped(line, physical, width)
    for candidate in ("\n".join(result), new):
        if unwrapped(candidate, own_words) == new:
            return candidate
    return new


def _logical_lines(text: str, own_words: bool) -> list[tuple[str, list[str]]]:
    """Each line that means one, with the lines of the text that it was made from."""
    lines = text.split("\n")
    ends = set(range(len(lines)))  # lines after which one really ends
    for token in parser(own_words).parse(text):
        if token.type == "inline" and token.map:
            first, last = token.map
            ends -= {at for at in range(first, last - 1) if not _is_broken(lines[at])}
    result: list[tuple[str, list[str]]] = []
    physical: list[str] = []
    for at, line in enumerate(lines):
        physical.append(line)
        if at in ends:
            result.append((_joined(physical), physical))
            physical = []
    return result


def _is_broken(line: str) -> bool:
    """Whether a hard line break ends a line (CommonMark 6.7)."""
    return line.endswith(("\\", "  "))


def _joined(lines: Sequence[str]) -> str:
    """Lines as one. What stands before the first and after the last stays as it is."""
    if len(lines) == 1:
        return lines[0]
    between = [line.strip() for line in lines[1:-1]]
    return " ".join([lines[0].rstrip(), *between, lines[-1].lstrip()])


def _can_be_wrapped(line: str) -> bool:
    """Whether its words may be moved to other lines: no run of spaces would get lost."""
    return "  " not in line.strip() and "\t" not in line


def _wrapped(line: str, physical: Sequence[str], width: int) -> list[str]:
    """A line as several; those of `physical` that still begin and end it are kept."""
    kept = 0
    while kept + 1 < len(physical) and line.startswith(_joined(physical[: kept + 1]) + " "):
        kept += 1
    rest = line[len(_joined(physical[:kept])) + 1 :] if kept else line
    body = line.lstrip()
    indent = line[: len(line) - len(body)] + " " * _marker(body)
    if len(physical) > 1:
        indent = physical[1][: len(physical[1]) - len(physical[1].lstrip())]
    tails = {_joined(physical[at:]).lstrip(): physical[at:] for at in range(1, len(physical))}
    result = list(physical[:kept])
    if kept:
        rest = indent + rest
    for piece, left in _filled(rest, indent, width):
        result.append(piece)
        if left in tails:
            return [*result, *tails[left]]
    return result


def _filled(text: str, indent: str, width: int) -> Iterator[tuple[str, str]]:
    """Lines that are filled one by one, each with the text that is left after it."""
    body = text.lstrip()
    words = body.split(" ")
    line = text[: len(text) - len(body)] + words[0]
    for at, word in enumerate(words[1:], 1):
        if len(line) + 1 + len(word) > width and not _may_begin_item(word):
            yield line, " ".join(words[at:])
            line = indent + word
        else:
            line += " " + word
    yield line, ""


def _may_begin_item(word: str) -> bool:
    """Whether a line that begins with this word might be taken for an item of a list."""
    return not word[:1].isalpha() or (len(word) < 3 and word.endswith((".", ")")))


def _marker(body: str) -> int:
    """The characters of the marker of a list item, with the space after it."""
    word, space, _ = body.partition(" ")
    is_marker = word in ("-", "*", "+") or (word[:-1].isdigit() and word[-1:] in (".", ")"))
    return len(word) + 1 if space and is_marker else 0
