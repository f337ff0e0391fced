"""Text of HTML is read, and boxes are walked through, in one go.

The parser makes the pattern of characters to read up to anew for each word and tag: what should
remember them forgets them. WeasyPrint walks through its boxes with a generator in a generator for
each level of them, so that each box passes through all those above it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any


class _Patterns(dict[tuple[Iterable[str], bool], re.Pattern[str]]):
    """Patterns of characters up to which, or only of which, a text is read."""

    def __missing__(self, key: tuple[Iterable[str], bool]) -> re.Pattern[str]:
        characters, of_these = key
        codes = "".join(f"\\x{ord(character):02x}" for character in characters)
        pattern = self[key] = re.compile(f"[{'' if of_these else '^'}{codes}]+")
        return pattern


def install(boxes: Any, inputstream: Any) -> None:
    """Replace what remembers patterns, in the parser's module `inputstream`, and what walks through
    boxes, in WeasyPrint's module `boxes`.
    """

    def descendants(self: Any, placeholders: bool = False) -> Iterator[Any]:
        waiting = [self]
        while waiting:
            box = waiting.pop()
            if isinstance(box, boxes.Box):
                yield box
            elif placeholders:  # in the place of a box, which stands elsewhere
                box = box._box
                yield box
            else:
                yield box
                continue
            waiting.extend(reversed(box.children))

    inputstream.characters_until_regex = _Patterns()
    boxes.Box.descendants = descendants
