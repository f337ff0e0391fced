"""The HTML of a letter → the same letter as plain text, complete in itself."""

import re
from html.parser import HTMLParser

_MARKER = re.compile(r'list-style-type: "([^"]*)"')


class _Reader(HTMLParser):
    """Reads what `markup.Renderer` writes: paragraphs, lists, emphasis, links, line breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._words: list[str] = []
        self._markers: list[str] = []
        self._marker = ""
        self._links: list[tuple[str, int]] = []
        self._tight = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag:
            case "br":
                self._words.append("\n")
            case "ul" | "ol":
                self._close()
                self._markers.append("")
            case "li":
                self._close()
                found = _MARKER.search(given.get("style") or "")
                self._marker = found[1] if found else "– "
            case "a":
                self._links.append((given.get("href") or "", len(self._words)))
            case "strong":
                self._words.append("*")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "p" | "li":
                self._close()
            case "ul" | "ol":
                self._close()
                self._markers.pop()
            case "a":
                address, start = self._links.pop()
                short = address.removeprefix("mailto:").removeprefix("tel:")
                if "".join(self._words[start:]) not in (address, short):
                    self._words.append(f" ({short})")
            case "strong":
                self._words.append("*")

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def _close(self) -> None:
        text = "".join(self._words).strip()
        self._words.clear()
        if not text:
            return
        indent = "  " * max(0, len(self._markers) - 1)
        marker, self._marker = self._marker, ""
        hanging = "\n" + indent + " " * len(marker)
        block = indent + marker + text.replace("\n", hanging)
        listed = bool(self._markers)
        if self.blocks and listed and self._tight:
            self.blocks[-1] += "\n" + block
        else:
            self.blocks.append(block)
        self._tight = listed


def plain_text(html: str) -> str:
    """Paragraphs with empty lines between them, each in one line: mail programs break them.

    Links have their addresses in parentheses behind them, strong words asterisks around them.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader._close()
    return "\n\n".join(reader.blocks) + "\n"
