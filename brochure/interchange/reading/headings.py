"""Which paragraphs are headings, by the names of their styles."""

import re

# Built-in styles are stored by English names, whatever a program shows; copied ones are not.
_HEADING = re.compile(r"(?:heading|überschrift|titre|kop|rubrik)\s*([1-9])\b", re.IGNORECASE)
_TITLE = re.compile(r"title|titel", re.IGNORECASE)


def level_of(name: str) -> int:
    """The level of a heading whose style has this name, from 1 on; 0 for text. A title is one."""
    if found := _HEADING.match(name):
        return int(found[1])
    return 1 if _TITLE.fullmatch(name) else 0
