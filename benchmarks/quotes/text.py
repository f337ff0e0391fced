"""What text, Markdown and HTML say: their paragraphs, those without markup."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from benchmarks.quotes.truth import Run, Truth, make_truth, rejoined


def read_text(path: Path) -> Truth:
    """The truth about a text. Raises ValueError if it is not UTF-8."""
    text = path.read_text("utf-8-sig")
    if path.suffix.lower() in (".html", ".htm", ".xhtml"):
        paragraphs = _html_paragraphs(text)
    else:
        paragraphs = _paragraphs(text, markdown=path.suffix.lower() in (".md", ".markdown"))
    runs = [Run(0, tuple(words)) for words in paragraphs if words]
    return make_truth(runs, [], [], len(runs), len(runs))


def _paragraphs(text: str, *, markdown: bool) -> Iterator[list[str]]:
    """The words of each paragraph; of Markdown, only of those without markup."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        if not markdown:
            yield rejoined(paragraph).split()
            continue
        for item in re.split(r"^\s*(?:[-+*]|\d+[.)]|#+)\s+", paragraph, flags=re.MULTILINE):
            if not re.search(r"[*_`\[\]<>|\\&~]|^\s*[=#-]+$", item, re.MULTILINE):
                yield rejoined(item).split()


def _html_paragraphs(html: str) -> Iterator[list[str]]:
    parser = _Paragraphs()
    parser.feed(html)
    parser.close()
    yield from parser.found


class _Paragraphs(HTMLParser):
    """The paragraphs, headings and cells that contain nothing but text and emphasis."""

    _plain = frozenset(("b", "strong", "i", "em", "a", "span"))

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "li", "td", "th", "h1", "h2", "h3", "h4", "blockquote"):
            self._text = ""
        elif tag not in self._plain:
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._plain:
            if self._text:
                self.found.append(self._text.split())
            self._text = None
