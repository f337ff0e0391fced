"""Inline markup of HTML and Markdown → text: footnote marks, exponents and indices as such digits,
what was struck out left out.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from html.parser import HTMLParser

_RAISED = str.maketrans("0123456789-−–+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻⁺")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# A footnote mark, or several: 3, [3], 3), (3), “1, 2”.
_MARK = re.compile(r"[\[(]*\s*(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\s*[\])]*")
_EXPONENT = re.compile(r"[-−–+]?\d+")
_STRUCK = frozenset(("del", "s", "strike"))  # HTML standard, 4.5.5 and 4.7.2; `strike`: 16.2
_INLINE = _STRUCK | {"a", "b", "em", "font", "i", "ins", "span", "strong", "sub", "sup", "u"}
_NEAR = 3  # elements between a mark and its link
_Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True)
class _Element:
    """An open element: `role` is `struck`, `sup`, `sub`, `note` (a link within the page), or empty;
    it begins at this character of this line.
    """

    tag: str
    role: str
    line: int
    at: int
    linked: bool = False


class InlineText(HTMLParser):
    """Collects the lines of a text. Data, tags and ends of lines are given to it in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._open: list[_Element] = []
        self._counts: Counter[str] = Counter()  # of the open elements, by tag and by role

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    @property
    def is_struck(self) -> bool:
        """Whether what comes next is struck out, and so is no part of the text."""
        return self._counts["struck"] > 0

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        if tag in _INLINE:
            self.open(tag, _role(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._counts[f"<{tag}>"]:
            at = len(self._open) - 1
            while self._open[at].tag != tag:
                at -= 1
            self.close_to(at)

    def handle_data(self, data: str) -> None:
        if not self.is_struck:
            self.lines[-1] += data

    def open(self, tag: str, role: str = "") -> None:
        """Begin an element."""
        here = len(self.lines), len(self.lines[-1])
        if role == "note":  # a mark may be a link, or within one
            for at in range(max(0, self.depth - _NEAR), self.depth):
                self._open[at] = replace(self._open[at], linked=True)
        linked = any((e.line, e.at) == here and e.role == "note" for e in self._open[-_NEAR:])
        self._open.append(_Element(tag, role, *here, linked))
        self._counts.update((f"<{tag}>", role))

    def close_to(self, depth: int) -> None:
        """End elements until so many are open."""
        while len(self._open) > depth:
            element = self._open.pop()
            self._counts.subtract((f"<{element.tag}>", element.role))
            if element.role in ("sup", "sub") and element.line == len(self.lines):
                before, text = self.lines[-1][: element.at], self.lines[-1][element.at :]
                if element.role == "sub":
                    text = text.translate(_LOWERED) if text.strip().isdigit() else text
                elif element.linked:
                    before, text = before.rstrip(), _raised(text, linked=True)
                else:
                    text = _raised(text, linked=False)
                self.lines[-1] = before + text


def _role(tag: str, attributes: _Attributes) -> str:
    """What an element means for its text, by its name or its style."""
    if tag in _STRUCK:
        return "struck"
    if tag in ("sup", "sub"):
        return tag
    values = dict(attributes)
    style = values.get("style") or ""
    if re.search(r"text-decoration[\w-]*\s*:[^;]*line-through", style):
        return "struck"
    if shift := re.search(r"vertical-align\s*:\s*(super|sub)\b", style):
        return shift[1][:3]
    return "note" if tag == "a" and "#" in (values.get("href") or "") else ""


def _raised(text: str, *, linked: bool) -> str:
    """What stands raised: numbers as superscripts, letters as they are; other footnote marks, which
    are `linked`, as nothing.
    """
    bare = text.strip()
    if mark := _MARK.fullmatch(bare):
        return re.sub(r"\s", "", mark[1]).translate(_RAISED)
    if linked:
        return ""
    return bare.translate(_RAISED) if _EXPONENT.fullmatch(bare) else text


# --- Footnotes in Markdown (as GitHub and pandoc have them; CommonMark has none).

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_NOTE = re.compile(r"^( {0,3})\[\^([^\]\s]{1,60})\]:[ \t]*")
_REFERENCE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|\[\^([^\]\s]{1,60})\]")


def with_footnote_marks(markdown: str) -> str:
    """Markdown in which `[^note]` is a raised number, as it is shown: counted by the references.

    Only labels that are defined (`[^note]: …`) are footnotes; code stays as it is.
    """
    lines = markdown.split("\n")
    code = _in_fences(lines)
    defined = {
        note[2] for i, line in enumerate(lines) if i not in code and (note := _NOTE.match(line))
    }
    if not defined:
        return markdown
    numbers: dict[str, str] = {}

    def mark(label: str) -> str:
        return numbers.setdefault(label, str(len(numbers) + 1).translate(_RAISED))

    def reference(found: re.Match[str]) -> str:
        return mark(found[2]) if found[2] in defined else found[0]

    notes: dict[int, re.Match[str]] = {}
    for index, line in enumerate(lines):
        if index in code:
            continue
        if note := _NOTE.match(line):
            notes[index] = note
        start = note.end() if note else 0
        lines[index] = line[:start] + _REFERENCE.sub(reference, line[start:])
    for index, note in notes.items():
        lines[index] = f"{note[1]}{mark(note[2])} {lines[index][note.end() :]}"
    return "\n".join(lines)


def _in_fences(lines: list[str]) -> set[int]:
    """The indices of lines that are code."""
    code: set[int] = set()
    fence = ""
    for index, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence or found:
            code.add(index)
        if not fence and found:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""
    return code
