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
# The line above a text: ``key: |``, ``- >-``.
_OPENS_TEXT = re.compile(
    r"^(?P<lead>[ ]*(?:-[ ]+)*)(?:(?P<key>[\w-]+):[ ]+)?[|>][-+]?[ ]*(?:#.*)?$"
)
_KEY = re.compile(r" *[\w-]+:( |$)")
# Codes of errors after which lines are left out: they are unclear, or too many.
LEAVES_OUT = ("yaml", "no-key", "too-many")
_QUOTE_IT = say(
    "Put the whole text into quotation marks, or write `|` after the colon and the text on the "
    "next line, indented."
)
_CLOSING_BRACKET = {"[": "]", "{": "}"}
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

    # The line at fault is the one of the mark, or the one in which the broken text began.
    rows = dict.fromkeys((number, begun))
    for row in rows:
        if misindented := _explain_indentation(lines, row, file) or _explain_unindented(
            lines, row, file
        ):
            return misindented

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

    for row in rows:
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
    if _OPENS_TEXT.match(line) or (value[0] in _CLOSING_BRACKET and _is_sound(value)):
        return None
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
    location = Location(file, row + 1, column)
    closing_bracket = _CLOSING_BRACKET.get(value[0], "") if code == "bracket" else ""
    if closing_bracket and closing_bracket not in value:
        hint = say(
            "If that is what you want, write `{bracket}` at its end. For text: {quote_it}",
            bracket=closing_bracket,
            quote_it=_QUOTE_IT,
        )
        return error(code, message, location, hint), f"{line.rstrip()}{closing_bracket}"
    if closing_bracket and value.rstrip().endswith(closing_bracket):
        hint = say(
            "If that is what you want, put each text between the brackets into quotation marks, or "
            "write each entry on a line of its own. For text: {quote_it}",
            quote_it=_QUOTE_IT,
        )
        return error(code, message, location, hint), quoted
    return error(code, message, location, _QUOTE_IT), quoted


def _is_sound(value: str) -> bool:
    """Whether a list or block in brackets is YAML, so that what is wrong is another line."""
    try:
        return all(yaml.parse(value, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, OverflowError):
        return False


def _explain_indentation(
    lines: list[str], row: int, file: str
) -> tuple[Diagnostic, str | None] | None:
    """If line `row` is in a text below ``key: |``, but indented less than its first line: that, and
    the lines with the rest of the text indented as far.
    """
    first = _first_of_text(lines, row)
    if first is None:
        return None
    opening, depth, begin = first
    margin = _margin(lines[begin])
    end = next(
        (i for i in range(begin, len(lines)) if lines[i].strip() and _margin(lines[i]) <= depth),
        len(lines),
    )
    less = [i for i in range(begin, end) if lines[i].strip() and _margin(lines[i]) < margin]
    if not less:
        return None
    if not lines[begin].strip():
        message = say("This line has more spaces than the text below it, and nothing else.")
        location = Location(file, begin + 1, margin + 1)
        diagnostic = error("text-indent", message, location, say("Delete the spaces."))
        return diagnostic, _with_line(lines, begin, "")
    hint = say("Indent it as far as line {line}.", line=begin + 1)
    if _KEY.match(lines[less[0]]):
        hint = say(
            "Indent it as far as line {line}. If it is a key of its own, begin it below `{above}`.",
            line=begin + 1,
            above=opening["key"] or "-",
        )
    location = Location(file, less[0] + 1, _margin(lines[less[0]]) + 1)
    message = say("This line belongs to the text above, but is indented less.")
    shifted = [*lines]
    for index in less:
        shifted[index] = " " * margin + lines[index].lstrip(" ")
    return error("text-indent", message, location, hint), "\n".join(shifted)


def _explain_unindented(
    lines: list[str], row: int, file: str
) -> tuple[Diagnostic, str | None] | None:
    """If line `row` is in a text that begins right below its key, or is an item of a list that does
    so after a text: that, and the lines with all of it indented.
    """
    depth = _margin(lines[row])

    def is_within(index: int) -> bool:
        """Whether a line can be in a text below a key at that depth."""
        line = lines[index]
        return (
            not line.strip()
            or _margin(line) > depth
            or (
                _margin(line) == depth
                and not _KEY.match(line)
                and not line.lstrip().startswith("#")
            )
        )

    above = row
    while above >= 0 and is_within(above):
        above -= 1
    opening = _OPENS_TEXT.match(lines[above]) if 0 <= above < row else None
    if not opening or not opening["key"] or len(opening["lead"]) != depth:
        return None
    begin = next(i for i in range(above + 1, row + 1) if lines[i].strip())
    if _margin(lines[begin]) > depth and not lines[row].lstrip().startswith("- "):
        return None  # a key may be meant
    end = next((i for i in range(row, len(lines)) if not is_within(i)), len(lines))
    margin = max(_margin(lines[begin]), depth + 2)
    shifted = [*lines]
    for index in range(above + 1, end):
        if lines[index].strip() and _margin(lines[index]) < margin:
            shifted[index] = " " * margin + lines[index].lstrip(" ")
    if _margin(lines[begin]) == depth:
        row = begin
        message = say(
            "The text of `{key}` must be indented further than `{key}`.", key=opening["key"]
        )
        hint = say("Put two more spaces at the beginning of each of its lines.")
    else:
        message = say("This line belongs to the text above, but is indented less.")
        hint = say("Indent it as far as line {line}.", line=begin + 1)
    location = Location(file, row + 1, depth + 1)
    return error("text-indent", message, location, hint), "\n".join(shifted)


def _first_of_text(lines: list[str], row: int) -> tuple[re.Match[str], int, int] | None:
    """Of the text that line `row` is in: the line that opens it, the column that the text must be
    indented beyond, and the row that sets its indentation: its first one, or an emptier one.
    """
    inside = _margin(lines[row])
    for above in range(row - 1, -1, -1):
        if lines[above].strip() and (opening := _OPENS_TEXT.match(lines[above])):
            lead = opening["lead"]
            depth = len(lead) if opening["key"] else len(lead.rstrip()) - 1
            if not depth < inside:
                return None
            begin = above + 1
            while begin < row and not lines[begin].strip():
                begin += 1
            widest = max(range(above + 1, begin + 1), key=lambda i: _margin(lines[i]))
            return opening, depth, widest
        if lines[above].strip() and _margin(lines[above]) == 0:
            return None
    return None


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


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
