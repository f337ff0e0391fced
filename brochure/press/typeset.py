"""Composition → PDF. The only module that imports WeasyPrint, and only once it is needed."""

import contextlib
import ctypes.util
import gc
import hashlib
import io
import logging
import os
import re
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors, warning
from brochure.press import layout as layouts
from brochure.press import linebreak, metadata, tagging
from brochure.press.assets import BASE, Asset
from brochure.press.compose import Composition
from brochure.press.hyphenation import Hyphenator

# PDF/A-2a by WeasyPrint; `metadata` declares PDF/UA-1 beside it, `tagging` earns both.
_VARIANT = "pdf/a-2a"
_DPI = 300  # pictures are scaled down to this; a copier shows no more
_ROUNDS = 3  # layouts after the first, to close holes
_WHERE = re.compile(r" at (\d+):(\d+)")


@dataclass(frozen=True)
class Typeset:
    """A finished PDF."""

    pdf: bytes
    pages: int
    diagnostics: tuple[Diagnostic, ...]


class Typesetter:
    """Sets compositions; keeps fonts, parsed styles and divided words warm between them.

    `cache` is a folder for what can be made again (font tables, divided words), or None.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._fonts: dict[tuple[Path, ...], Any] = {}
        self._styles: dict[object, tuple[list[Any], tuple[Diagnostic, ...]]] = {}
        self._hyphenators: dict[str, Hyphenator] = {}

    def typeset(self, composition: Composition) -> Typeset:
        """Set a leaflet. Raises Problems where the result would be incomplete."""
        with _without_collections():
            return self._typeset(composition)

    def _typeset(self, composition: Composition) -> Typeset:
        fonts = self._font_configuration(composition.font_folders)
        import weasyprint

        log = _Log()
        fetcher = _fetcher(composition.assets)
        try:
            with log.listening():
                html = weasyprint.HTML(
                    string=composition.html, base_url=composition.base, url_fetcher=fetcher
                )
                expected = _expected(html.etree_element)
                sheets, ignored = self._parsed_styles(composition, fonts, fetcher)
                hyphenator = self._hyphenator(composition)
                with linebreak.breaking(html.etree_element.get("lang", ""), hyphenator):
                    document, layout = _lay_out(html, sheets, fonts, composition.hole)
                pdf = document.write_pdf(pdf_variant=_VARIANT, finisher=metadata.finish, dpi=_DPI)
        except weasyprint.urls.FatalURLFetchingError as reason:
            raise Problems(
                [
                    error(
                        "outside-project",
                        f"{reason}.",
                        composition.manuscript,
                        "Pictures and styles must lie in the project and be named plainly in "
                        "the template or style sheet.",
                    )
                ]
            ) from None
        complaints = [
            *layouts.defects(layout, expected, composition.passages, composition.manuscript),
            *log.diagnostics(composition.manuscript),
            *ignored,
            *_missing_libraries(composition.manuscript),
        ]
        return Typeset(pdf, len(document.pages), raise_errors(complaints))

    def save(self) -> None:
        """Keep what was learned, for the next process."""
        for hyphenator in self._hyphenators.values():
            hyphenator.save()

    def _font_configuration(self, folders: tuple[Path, ...]) -> Any:
        """A font configuration that knows the project's fonts and no others.

        fontconfig reads the file named in FONTCONFIG_FILE when a configuration is made. No
        ``@font-face``: it would leave a copy of each font in the temporary folder.
        """
        if folders not in self._fonts:
            with _fontconfig_file(folders, self._cache) as file, _environment(file):
                _import_weasyprint()
                from weasyprint.text.fonts import FontConfiguration

                self._fonts[folders] = FontConfiguration()
        return self._fonts[folders]

    def _parsed_styles(
        self, composition: Composition, fonts: Any, fetcher: Any
    ) -> tuple[list[Any], tuple[Diagnostic, ...]]:
        """The style sheets, parsed once each, and what WeasyPrint ignores in them."""
        import weasyprint

        imported = tuple(a.data for a in composition.assets.values() if a.mime == "text/css")
        key = (composition.stylesheets, imported, composition.font_folders)
        if key not in self._styles:
            sheets = []
            complaints: list[Diagnostic] = []
            for name, css in composition.stylesheets:
                log = _Log()
                with log.listening():
                    sheets.append(
                        weasyprint.CSS(
                            string=css,
                            base_url=f"{BASE}styles/{name}",
                            font_config=fonts,
                            url_fetcher=fetcher,
                        )
                    )
                complaints += log.diagnostics(Place(f"styles/{name}"))
            self._styles[key] = sheets, tuple(complaints)
        return self._styles[key]

    def _hyphenator(self, composition: Composition) -> Hyphenator:
        rules = composition.language.hyphenation
        if rules.dictionary not in self._hyphenators:
            self._hyphenators[rules.dictionary] = Hyphenator(rules, self._cache)
        return self._hyphenators[rules.dictionary]


def _lay_out(html: Any, sheets: list[Any], fonts: Any, hole: float) -> tuple[Any, layouts.Layout]:
    """Lay out, look at the result, and lay out again with a rule more, until it is good.

    Pairs are kept whole at first. Those that would leave too large a hole are divided; a pair
    whose sides do not begin side by side is sent to the next page.
    """
    import weasyprint
    from tinycss2.serializer import serialize_identifier as escaped

    divided: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    for attempt in range(_ROUNDS + 1):
        rules = [f"#{escaped(name)} {{ break-inside: auto }}" for name in sorted(divided)]
        rules += [f"#{escaped(name)} {{ break-before: page }}" for name in sorted(moved)]
        added = [weasyprint.CSS(string="\n".join(rules))] if rules else []
        document = html.render(
            stylesheets=[*sheets, *added], font_config=fonts, pdf_variant=_VARIANT
        )
        layouts.move_footer(document.pages, weasyprint.document.Page)
        layout = layouts.read_layout(document.pages)
        plan = layouts.pairs_to_divide if attempt == 0 else layouts.pairs_after_holes
        more = plan(layout, hole) - divided
        crooked = frozenset(layouts.misaligned(layout)) - moved
        if not more and not crooked:
            break
        divided, moved = divided | more, moved | crooked
    return document, layout


def _expected(root: Any) -> dict[tuple[str, int], str]:
    """The text of each cell of the table, and of all outside it, as the HTML has it."""
    found: dict[tuple[str, int], list[str]] = {("", 0): []}

    def walk(element: Any, cell: tuple[str, int]) -> None:
        if not isinstance(element.tag, str) or element.tag in ("thead", "style", "script"):
            return
        if element.tag == "tbody":
            for column, child in enumerate(element.find("tr")):
                found[element.get("id", ""), column] = []
                walk(child, (element.get("id", ""), column))
            return
        found[cell].append(element.text or "")
        for child in element:
            walk(child, cell)
            found[cell].append(child.tail or "")

    walk(root.find("body"), ("", 0))
    return {cell: "".join(texts) for cell, texts in found.items()}


def _fetcher(assets: Mapping[str, Asset]) -> Any:
    """A fetcher that hands out what was collected, and ends the work at any other address."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url)
            asset = assets.get(unquote(url))
            if asset is None:
                raise FatalURLFetchingError(f"`{url[:80]}` was asked for while typesetting")
            return URLFetcherResponse(url, asset.data, {"Content-Type": asset.mime})

    return Fetcher(allowed_protocols={"data"}, allow_redirects=False)


class _Log:
    """WeasyPrint only logs what it leaves out; here that becomes diagnostics."""

    def __init__(self) -> None:
        self._messages: list[tuple[int, str]] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Collect the log while the block runs, from this thread."""
        logger = logging.getLogger("weasyprint")
        handler = logging.Handler(logging.WARNING)
        thread = threading.get_ident()

        def note(record: logging.LogRecord) -> None:
            if record.thread == thread:
                self._messages.append((record.levelno, record.getMessage()))

        handler.emit = note  # type: ignore[method-assign]
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)

    def diagnostics(self, place: Place) -> list[Diagnostic]:
        """What was logged. Something missing from the page is an error, the rest a warning."""
        complaints = []
        for level, message in dict.fromkeys(self._messages):
            where = _WHERE.search(message)
            line, column = (int(where[1]), int(where[2])) if where else (place.line, place.column)
            missing = level >= logging.ERROR or ".notdef" in message
            complain = error if missing else warning
            complaints.append(
                complain(
                    "typesetter",
                    f"The typesetter says: {message.strip().rstrip('.')}.",
                    Place(place.file, line, column),
                    "Something is missing from the page."
                    if missing
                    else "It ignores this; look whether the page is as you want it.",
                )
            )
        return complaints


@contextmanager
def _without_collections() -> Iterator[None]:
    """No search for cyclic garbage while a leaflet is set.

    All its boxes live until the end; looking through them again and again makes 500 passages
    cost a fifth more each than 50. Afterwards collections are on, in any case: the command line
    begins without them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _fontconfig_file(folders: tuple[Path, ...], cache: Path | None) -> Iterator[Path]:
    """A fontconfig file that names these folders only, with fontconfig's own cache beside it."""
    with tempfile.TemporaryDirectory(prefix="brochure-") as temporary:
        home = cache or Path(temporary)
        tags = [f"<dir>{escape(str(folder))}</dir>" for folder in folders]
        tags.append(f"<cachedir>{escape(str(home / 'fontconfig'))}</cachedir>")
        text = f"<?xml version='1.0'?>\n<fontconfig>{''.join(tags)}</fontconfig>\n"
        name = f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:12]}.conf"
        file = Path(temporary) / name
        file.write_text(text, "utf-8")
        yield file


@contextmanager
def _environment(file: Path) -> Iterator[None]:
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(file)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def _import_weasyprint() -> None:
    """Import WeasyPrint without the 22 searches for libraries that cost a third of its start.

    cffi calls ``ctypes.util.find_library``, which starts gcc and ldconfig, for each name that
    cannot be loaded directly. On Linux the names that can are in WeasyPrint's list. Raises
    Problems where Pango is missing.
    """
    if "weasyprint" in sys.modules:
        return
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
            import weasyprint.pdf
    except OSError as reason:
        raise Problems(
            [
                error(
                    "no-pango",
                    f"The library Pango, which sets the type, is missing ({reason}).",
                    Place("pango"),
                    "Debian, Ubuntu: sudo apt-get install -y --no-install-recommends "
                    "libpangoft2-1.0-0 libharfbuzz-subset0; Fedora: sudo dnf install -y pango; "
                    "macOS: brew install pango.",
                )
            ]
        ) from None
    finally:
        ctypes.util.find_library = find
    weasyprint.pdf.add_tags = tagging.add_tags
    linebreak.install(weasyprint.text.line_break, weasyprint.layout.inline)


def _missing_libraries(place: Place) -> list[Diagnostic]:
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is not None:
        return []
    return [
        warning(
            "no-harfbuzz-subset",
            "The library harfbuzz-subset is missing: files grow to twice their size.",
            place,
            "Debian, Ubuntu: sudo apt-get install -y --no-install-recommends libharfbuzz-subset0.",
        )
    ]
