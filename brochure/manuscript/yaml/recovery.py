"""What the YAML parser stumbles over, said in the words of the person who wrote it.

Each remedy changes one line of a copy, so that reading can go on to the next mistake.
"""

import re
import sys

import yaml

from brochure.diagnostics import Diagnostic, Location, error

# `- key: value` taken apart: indentation and dashes, key, colon with space, value.
_ENTRY = re.compile(r"^(?P<lead>[ ]*(?:-[ ]+)*)(?P<key>[\w-]+)(?P<colon>:[ ]+)(?P<value>\S.*)$")
_ITEM = re.compile(r"^(?P<lead>[ ]*(?:-[ ]+)+)(?P<key>)(?P<colon>)(?P<value>\S.*)$")
# Complaints after which lines are left out: nobody knows how they were meant, or they are too many.
LEAVES_OUT = ("yaml", "no-key", "too-many")
_BLOCK = (
    "Put the whole text into quotation marks, or write `|` after the colon and the text into "
    "the next line, indented."
)
SLOT_UNQUOTED = ("slot-unquoted", "A text that begins with a slot needs quotation marks.")
_RESERVED = {
    "*": ("alias", "A value that begins with `*` is a reference in YAML, not emphasis."),
    "&": ("alias", "A value that begins with `&` is a reference in YAML, not text."),
    "@": ("reserved", "A value cannot begin with `@`."),
    "`": ("reserved", "A value cannot begin with a backtick."),
    "%": ("reserved", "A value cannot begin with `%`."),
    "!": ("tag", "A value that begins with `!` is an instruction in YAML, not text."),
    "[": ("bracket", "A value that begins with `[` is a list in YAML, not text or a link."),
    "{": ("bracket", "A value that begins with `{` is a block of keys in YAML, not text."),
    "|": ("block-text", "After `|` nothing may stand in the same line."),
    ">": ("block-text", "After `>` nothing may stand in the same line."),
}


def explain(text: str, file: str, reason: yaml.MarkedYAMLError) -> tuple[Diagnostic, str | None]:
    """A complaint for a syntax error, and the text with that line mended (None: no idea how)."""
    lines = text.split("\n")
    number = min(reason.problem_mark.line if reason.problem_mark else 0, len(lines) - 1)
    begun = min(reason.context_mark.line if reason.context_mark else number, len(lines) - 1)

    tab = re.match(r" *\t", lines[number])
    if tab:
        return (
            error(
                "tab",
                "This line is indented with a tab.",
                Location(file, number + 1, tab.end()),
                "Indent with spaces, two for each level.",
            ),
            _with_line(lines, number, _untabbed(lines, number)),
        )

    # The line at fault is the one of the mark, or the one in which the broken text began.
    for row in dict.fromkeys((number, begun)):
        found = _explain_value(lines[row], row, file, str(reason.problem))
        if found:
            diagnostic, line = found
            return diagnostic, _with_line(_without_continuation(lines, row), row, line)

    glued = re.match(r"^([ ]*(?:-[ ]+)*[\w-]+):(?=\S)", lines[begun])
    if glued:
        line = lines[begun]
        return (
            error(
                "space-after-colon",
                "There is no space after the colon.",
                Location(file, begun + 1, glued.end() + 1),
                "Write `key: value`, with a space.",
            ),
            _with_line(lines, begun, line[: glued.end()] + " " + line[glued.end() :]),
        )
    if "could not find expected ':'" in str(reason.problem):
        column = len(lines[begun]) - len(lines[begun].lstrip()) + 1
        return (
            error(
                "no-key",
                "This line is neither `key: value` nor part of the text above.",
                Location(file, begun + 1, column),
                "If it belongs to the text above, indent it as far as the text; otherwise "
                "write a key and a colon before it.",
            ),
            _with_line(lines, begun, ""),
        )
    mark = reason.problem_mark or reason.context_mark
    # Without this line and what hangs on it, the rest can be looked through at least.
    rest = _with_line(_without_continuation(lines, number), number, "")
    return (
        error(
            "yaml",
            f"The structure breaks here ({_plain_words(reason)}).",
            Location(file, mark.line + 1, mark.column + 1) if mark else Location(file),
            "Compare the indentation with the lines above: what belongs together begins in the "
            "same column.",
        ),
        rest,
    )


def _explain_value(line: str, row: int, file: str, problem: str) -> tuple[Diagnostic, str] | None:
    """What is wrong with the value of ``key: value``, and the line with the value quoted."""
    entry = _ENTRY.match(line) or _ITEM.match(line)
    if not entry:
        return None
    value = entry["value"]
    column = entry.start("value") + 1
    if value.startswith("{{"):
        code, message = SLOT_UNQUOTED
    elif value[0] in _RESERVED:
        code, message = _RESERVED[value[0]]
    elif value[0] in "\"'":
        closing = _closing(value)
        if closing is None and value[0] == '"' and "escape" in problem:
            code = "backslash"
            message = "A backslash in double quotation marks is an instruction in YAML."
        elif closing is None:
            code, message = "unclosed-quote", f"The quotation mark {value[0]} is never closed."
        elif value[closing + 1 :].strip().startswith("#") or closing + 1 == len(value.rstrip()):
            if "escape" not in problem:
                return None
            code = "backslash"
            message = "A backslash in double quotation marks is an instruction in YAML."
        else:
            code = "text-after-quote"
            message = (
                "The text begins with a quotation mark and goes on after the closing one; for "
                "YAML it ends there."
            )
            column += closing + 1
    elif ": " in value or value.rstrip().endswith(":"):
        code = "colon-in-text"
        message = "A text with a colon and a space in it looks like a second key to YAML."
        column += value.index(":")
    else:
        return None
    head = entry["lead"] + entry["key"] + entry["colon"]
    quoted = head + "'" + value.replace("'", "''") + "'"
    return error(code, message, Location(file, row + 1, column), _BLOCK), quoted


def _without_continuation(lines: list[str], row: int) -> list[str]:
    """The lines, those blank that continue the text of line `row` (they are indented deeper)."""
    entry = _ENTRY.match(lines[row])
    depth = len(entry["lead"]) if entry else len(lines[row]) - len(lines[row].lstrip())
    after = row + 1
    while after < len(lines):
        line = lines[after]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= depth:
            break
        after += 1
    return [*lines[: row + 1], *[""] * (after - row - 1), *lines[after:]]


def _untabbed(lines: list[str], row: int) -> str:
    """The line as if indented with spaces: two a tab; or, where none above it stands so that it can
    belong there, like the last one of its kind.
    """
    text = lines[row].lstrip()
    margin = lines[row][: len(lines[row]) - len(text)]
    column = len(margin.replace("\t", "  "))
    above = next((line for line in reversed(lines[:row]) if line.strip()), "")
    opens = above.rstrip(" +-").endswith((":", "|", ">"))
    keys, items = _columns(lines[:row])
    kind = items if text.startswith("- ") else keys
    if opens and keys and column <= keys[0] and column not in kind:
        column = keys[0] + 2
    elif not opens and kind and column not in kind:
        column = kind[0]
    return " " * column + text


def _columns(lines: list[str]) -> tuple[list[int], list[int]]:
    """Where the next line can begin as one more key of a block, or as one more item of a list, the
    innermost first.
    """
    keys: list[int] = []
    items: list[int] = []
    limit = sys.maxsize
    for line in reversed(lines):
        text = line.lstrip(" ")
        column = len(line) - len(text)
        if not text.strip() or column >= limit:
            continue
        content = len(line) - len(text.lstrip("- ")) if text.startswith("- ") else column
        if content < limit:
            keys.append(content)
        if text.startswith("- "):
            items.append(column)
        limit = column
    return keys, items


def _closing(value: str) -> int | None:
    """Index of the quotation mark that closes the one at the start of `value`, in this line."""
    pattern = r'"(?:[^"\\]|\\.)*"' if value[0] == '"' else r"'(?:[^']|'')*'"
    found = re.match(pattern, value)
    return found.end() - 1 if found else None


def _with_line(lines: list[str], row: int, line: str) -> str | None:
    if lines[row] == line:  # a remedy that changes nothing would be tried for ever
        return None
    return "\n".join([*lines[:row], line, *lines[row + 1 :]])


def _plain_words(reason: yaml.MarkedYAMLError) -> str:
    """PyYAML's own words, without its names for tokens."""
    problem = str(reason.problem or reason.context or "not YAML")
    for ours, theirs in (
        ("the end of the block", "<block end>"),
        ("another key", "'<block mapping start>'"),
        ("a list", "'<block sequence start>'"),
        ("text", "'<scalar>'"),
        ("a list item", "'-'"),
        ("the end", "'<stream end>'"),
    ):
        problem = problem.replace(theirs, ours)
    return problem
