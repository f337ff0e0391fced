"""What a template must say so that everyone can read the PDF (ISO 14289-1, 7.1 to 7.3)."""

from collections.abc import Iterator
from html.parser import HTMLParser

from brochure.diagnostics import Diagnostic, Place, error


def check_html(html: str, template: Place) -> Iterator[Diagnostic]:
    """Complain where the HTML has no language, no title, or a picture without words."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    if not finder.language:
        yield _missing("a language", template, 'Begin with `<html lang="{{ leaflet.language }}">`.')
    if not finder.title.strip():
        yield _missing(
            "a title", template, "Write `<title>{{ leaflet.title | plain }}</title>` into its head."
        )
    for source in finder.wordless:
        yield _missing(
            f"a description of the picture `{source}`",
            template,
            'Add `alt="…"` to its <img>.',
            "alt",
        )


def _missing(what: str, template: Place, hint: str, code: str = "not-accessible") -> Diagnostic:
    return error(
        code,
        f"The template does not give {what}, so a screen reader cannot tell.",
        template,
        hint,
    )


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.title = ""
        self.wordless: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_title = tag == "title"
        if tag == "html":
            self.language = given.get("lang") or ""
        elif tag == "img" and not given.get("alt"):
            self.wordless.append(given.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
