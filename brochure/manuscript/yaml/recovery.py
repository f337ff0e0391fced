"""Recovery from YAML syntax errors: a diagnostic for each, and a copy of the text without it.

PyYAML stops at the first error. Each one is explained in the words of the person who wrote the
file, and one line of a copy is changed so that reading can go on to the next.
"""

import re
import sys

import yaml

from brochure.diagnostics import Diagnostic, Location, error
from brochure.messages import Message, say

# `- key: value` taken apart: indentation and dashes, key, colon with space, value.
_ENTRY = re.compile(r"^(?P<lead>[ ]*(?:-[ ]+)*)(?P<key>[\w-]+)(?P<colon>:[ ]+)(?P<value>\S.*)$")
_ITEM = re.compile(r"^(?P<lead>[ ]*(?:-[ ]+)+)(?P<key>)(?P<colon>)(?P<value>\S.*)$")
# Codes of errors after which lines are left out: they are unclear, or too many.
LEAVES_OUT = ("yaml", "no-key", "too-many")
_QUOTE_IT = say(
    "Put the whole text into quotation marks, or write `|` after the colon and the text on the "
    "next line, indented."
)
SLOT_UNQUOTED = ("slot-unquoted", say("A text that begins with a slot needs quotation marks."))
# What is wrong with a value, by its first character.
_RESERVED = {
    "*": ("alias", say("A value that begins with `*` is a reference in YAML, not emphasis.")),
    "&": ("alias", say("A value that begins with `&` is a reference in YAML, not text.")),
    "@": ("reserved", say("A value cannot begin with `@`.")),
    "`": ("reserved", say("A value cannot begin with a backtick.")),
    "%": ("reserved", say("A value cannot begin with `%`.")),
    "!": ("tag", say("A value that begins with `!` is an instruction in YAML, not text.")),
    "[": ("bracket", say("A value that begins with `[` is a list in YAML, not text or a link.")),
    "{": ("bracket", say("A value that begins with `{{` is a block of keys in YAML, not text.")),
    "|": ("block-text", say("There must be nothing after `|` on the same line.")),
    ">": ("block-text", say("There must be nothing after `>` on the same line.")),
}
# What PyYAML calls things that it did not expect.
_TOKENS = {
    "<block mapping start>": say("this key"),
    "<block sequence start>": say("this list"),
    "<scalar>": say("this text"),
    "-": say("this list item"),
    "?": say("this key"),
}


def explain_syntax_error(
    text: str, file: str, reason: yaml.MarkedYAMLError
) -> tuple[Diagnostic, str | None]:
    """A diagnostic for a syntax error, and the text with that line corrected where possible."""
    lines = text.split("\n")
    number = min(reason.problem_mark.line if reason.problem_mark else 0, len(lines) - 1)
    begun = min(reason.context_mark.line if reason.context_mark else number, len(lines) - 1)

    tab = re.match(r" *\t", lines[number])
    if tab:
        return (
            error(
                "tab",
                say("This line is indented with a tab."),
                Location(file, number + 1, tab.end()),
                say("Indent with spaces, two for each level."),
            ),
            _with_line(lines, number, _untabbed(lines, number)),
        )

    # The line at fault is the one of the mark, or the one in which the broken text began.
    for row in dict.fromkeys((number, begun)):
        explained = _explain_value(lines[row], row, file, str(reason.problem))
        if explained:
            diagnostic, line = explained
            return diagnostic, _with_line(_without_continuation(lines, row), row, line)

    glued = re.match(r"^([ ]*(?:-[ ]+)*[\w-]+):(?=\S)", lines[begun])
    if glued:
        line = lines[begun]
        return (
            error(
                "space-after-colon",
                say("There is no space after the colon."),
                Location(file, begun + 1, glued.end() + 1),
                say("Write `key: value`, with a space."),
            ),
            _with_line(lines, begun, line[: glued.end()] + " " + line[glued.end() :]),
        )
    if "could not find expected ':'" in str(reason.problem):
        column = len(lines[begun]) - len(lines[begun].lstrip()) + 1
        return (
            error(
                "no-key",
                say("This line is neither `key: value` nor part of the text above."),
                Location(file, begun + 1, column),
                say(
                    "If it belongs to the text above, indent it as far as that text. If not, "
                    "write a key and a colon before it."
                ),
            ),
            _with_line(lines, begun, ""),
        )
    mark = reason.problem_mark or reason.context_mark
    # Without this line and what depends on it, at least the rest can be checked.
    rest = _with_line(_without_continuation(lines, number), number, "")
    return (
        error(
            "yaml",
            _in_plain_words(reason),
            Location(file, mark.line + 1, mark.column + 1) if mark else Location(file),
            say(
                "Compare the indentation with the lines above: lines that belong together begin in "
                "the same column."
            ),
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
            message = say("A backslash in double quotation marks is an instruction in YAML.")
        elif closing is None:
            code = "unclosed-quote"
            message = say("The quotation mark {mark} is never closed.", mark=value[0])
        elif value[closing + 1 :].strip().startswith("#") or closing + 1 == len(value.rstrip()):
            if "escape" not in problem:
                return None
            code = "backslash"
            message = say("A backslash in double quotation marks is an instruction in YAML.")
        else:
            code = "text-after-quote"
            message = say(
                "For YAML, this text ends at its closing quotation mark, but it goes on after that."
            )
            column += closing + 1
    elif ": " in value or value.rstrip().endswith(":"):
        code = "colon-in-text"
        message = say("To YAML, a colon and a space in a text look like a second key.")
        column += value.index(":")
    else:
        return None
    head = entry["lead"] + entry["key"] + entry["colon"]
    quoted = head + "'" + value.replace("'", "''") + "'"
    return error(code, message, Location(file, row + 1, column), _QUOTE_IT), quoted


def _without_continuation(lines: list[str], row: int) -> list[str]:
    """The lines, with those emptied that continue line `row` (they are indented deeper)."""
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
    """The line indented with spaces, two for each tab; where that fits none of the lines above,
    like the last one of its kind.
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
    """The columns in which the next line can begin as another key of a block, and as another item
    of a list; the innermost first.
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
    quoted = re.match(pattern, value)
    return quoted.end() - 1 if quoted else None


def _with_line(lines: list[str], row: int, line: str) -> str | None:
    """The text with another line; None if nothing changes: that would be tried for ever."""
    if lines[row] == line:
        return None
    return "\n".join([*lines[:row], line, *lines[row + 1 :]])


def _in_plain_words(reason: yaml.MarkedYAMLError) -> Message:
    """What PyYAML says, without its names for tokens where possible."""
    problem = str(reason.problem or reason.context or "not YAML")
    unexpected = re.fullmatch(r"expected <block end>, but found '(.*)'", problem)
    if unexpected and unexpected[1] in _TOKENS:
        return say(
            "The structure breaks here: {part} does not fit the lines above.",
            part=_TOKENS[unexpected[1]],
        )
    return say("The structure breaks here (the YAML parser says: {reason}).", reason=problem)
