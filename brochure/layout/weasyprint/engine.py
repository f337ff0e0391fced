"""WeasyPrint, loaded late and quickly, with our fonts, and without access to network or disk.

The only module that imports WeasyPrint. The private parts of it that we rely on (its version is
pinned) are replaced when it is loaded: the tag tree, what breaks lines, and what computes and draws
again what is known. Each has a module of its own here, with a function `install`.
"""

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from PIL import ImageFile

from brochure.diagnostics import Diagnostic, Location, error, fail, warning
from brochure.files import write_whole
from brochure.isolation import collect_garbage
from brochure.layout.composition import Asset
from brochure.layout.weasyprint import (
    backgrounds,
    glyphs,
    images,
    lengths,
    linebreak,
    metadata,
    streams,
    styles,
    tagging,
    walking,
    windows,
)
from brochure.messages import plural, say

_POSITION = re.compile(r" at (\d+):(\d+)")


@cache
def load_weasyprint() -> Any:
    """WeasyPrint, imported without what takes half of its start and is not needed.

    cffi calls ``ctypes.util.find_library``, which starts gcc and ldconfig, 22 times: for each
    name that cannot be loaded directly. On Linux the names that can are in WeasyPrint's list.
    The parts of fontTools that cut fonts into subsets are for machines without
    harfbuzz-subset, and for variable fonts. Raises DiagnosticsError where Pango is missing.
    """
    windows.prepare()
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            _loaded_when_called("fontTools.varLib.instancer", "instantiateVariableFont"),
            _loaded_when_called("fontTools.subset", "Options", "Subsetter"),
        ):
            warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
            import weasyprint.pdf
    except OSError as reason:
        fail(
            "no-pango",
            say("Pango, the library that lays out text, is missing ({reason}).", reason=reason),
            Location("pango"),
            say(
                "Debian, Ubuntu: sudo apt-get install -y --no-install-recommends "
                "libpangoft2-1.0-0 libharfbuzz-subset0; Fedora: sudo dnf install -y pango; "
                "macOS: brew install pango; Windows: pip install gstreamer-libs."
            ),
        )
    finally:
        ctypes.util.find_library = find
    # WeasyPrint makes Pillow accept truncated pictures, in the whole process: from the second
    # leaflet of a worker on, our own check would let them pass.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    weasyprint.URLFetcher = partial(asset_fetcher, {})  # where none is named
    weasyprint.pdf.add_tags = tagging.add_tags
    images.install(weasyprint.images)
    metadata.install()
    layout = weasyprint.layout
    styles.install(weasyprint.css, (weasyprint.html.UA_STYLESHEET,))
    lengths.install(
        weasyprint.formatting_structure.boxes,
        layout.percent,
        layout.inline,
        (layout.block, layout.table),
    )
    backgrounds.install(layout, weasyprint.document)
    walking.install(weasyprint.formatting_structure.boxes, import_module("tinyhtml5.inputstream"))
    text = weasyprint.text
    streams.install(weasyprint.pdf.fonts, text.ffi.ffi)
    glyphs.install(text.line_break, weasyprint.draw.text, text.fonts.get_pango_font_key)
    linebreak.install(
        linebreak.WeasyPrintModules(
            weasyprint.formatting_structure.boxes,
            text.line_break,
            weasyprint.layout.inline,
            weasyprint.layout.block,
        )
    )
    return weasyprint


@contextmanager
def _loaded_when_called(name: str, *functions: str) -> Iterator[None]:
    """While the block runs, importing the module gives one that is loaded when it is called."""

    def call(function: str) -> Callable[..., Any]:
        return lambda *args, **options: getattr(import_module(name), function)(*args, **options)

    if name in sys.modules:
        yield
        return
    sys.modules[name] = stand_in = ModuleType(name)
    for function in functions:
        setattr(stand_in, function, call(function))
    try:
        yield
    finally:
        del sys.modules[name]


def missing_libraries(location: Location) -> list[Diagnostic]:
    """A warning where the library is missing that makes files small."""
    if load_weasyprint().text.ffi.harfbuzz_subset is not None:
        return []
    return [
        warning(
            "no-harfbuzz-subset",
            say("The library harfbuzz-subset is missing: PDFs become twice as large."),
            location,
            say(
                "Debian, Ubuntu: sudo apt-get install -y --no-install-recommends "
                "libharfbuzz-subset0."
            ),
        )
    ]


def asset_fetcher(assets: Mapping[str, Asset]) -> Any:
    """A fetcher that hands out these assets, and ends the work at any other address."""
    return _fetcher_type()(assets)


@cache
def _fetcher_type() -> Any:
    urls = load_weasyprint().urls

    class Fetcher(urls.URLFetcher):  # type: ignore[misc,name-defined]
        def __init__(self, assets: Mapping[str, Asset]) -> None:
            # It opens no connection. To be ready for one, it would make handlers for all kinds of
            # them, and read all certificates of the system, which takes as long as laying out a
            # page.
            self._assets = assets
            self._fail_on_errors = False  # WeasyPrint asks

        def fetch(self, url: str, headers: object = None) -> Any:
            asset = self._assets.get(unquote(url))
            if asset is None:
                raise urls.FatalURLFetchingError(url[:80])
            return urls.URLFetcherResponse(url, asset.data, {"Content-Type": asset.mime})

    return Fetcher


@contextmanager
def refusals_reported(location: Location) -> Iterator[None]:
    """Fail with a diagnostic where WeasyPrint refuses to set the leaflet at all."""
    weasyprint = load_weasyprint()
    try:
        yield
    except weasyprint.urls.FatalURLFetchingError as refused:
        fail(
            "outside-project",
            say("`{address}` is not a file in the project.", address=str(refused)),
            location,
            say(
                "Keep pictures and style sheets in the project, and refer to them by their plain "
                "names in the template or style sheet."
            ),
        )
    except RecursionError:
        fail(
            "too-complex",
            say("The typesetter cannot cope with this leaflet: it is nested too deeply."),
            location,
            say("Check the template in styles/: are there elements that are never closed?"),
        )


class WeasyPrintLog:
    """WeasyPrint only logs what it leaves out; here that becomes diagnostics."""

    def __init__(self) -> None:
        self._messages: list[tuple[int, str]] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Collect what this thread logs while the block runs."""
        logger = logging.getLogger("weasyprint")
        handler = logging.Handler(logging.WARNING)
        thread = threading.get_ident()

        def collect(record: logging.LogRecord) -> None:
            # `missing_libraries` reports this one, and what to do about it.
            reported = "instead of HarfBuzz-Subset" in record.getMessage()
            if record.thread == thread and not reported:
                self._messages.append((record.levelno, record.getMessage()))

        handler.emit = collect  # type: ignore[method-assign]
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)

    def diagnostics(self, location: Location) -> list[Diagnostic]:
        """What was logged. Something missing from the page is an error, the rest a warning."""
        return [
            _logged(level, text.strip().rstrip("."), location)
            for level, text in dict.fromkeys(self._messages)
        ]


def _logged(level: int, text: str, location: Location) -> Diagnostic:
    position = _POSITION.search(text)
    if position:
        location = Location(location.file, int(position[1]), int(position[2]))
    message = say("The typesetter reports: {text}.", text=text)
    if level >= logging.ERROR or ".notdef" in text:
        return error(
            "typesetter",
            message,
            location,
            say(
                "Something is missing from the page: check the picture, font or style that this "
                "is about."
            ),
        )
    return warning(
        "typesetter",
        message,
        location,
        say("It ignores this; check whether the page looks as you want it."),
    )


@contextmanager
def without_garbage_collection(*, afterwards: bool = True) -> Iterator[None]:
    """No search for cyclic garbage while a leaflet is laid out.

    All its boxes live until the end; looking through them again and again would make each of 500
    passages a fifth more expensive than each of 50. Afterwards the search is on, even if it was not
    before: the command line starts without it. What came into being meanwhile is looked through
    once, and mostly not all that is kept for the next leaflet. Where somebody waits for the
    result, this is left to whoever called: it takes a tenth of the time that laying out did.
    """
    gc.disable()
    try:
        yield
    finally:
        if afterwards:
            collect_garbage()
            gc.enable()


def font_configuration(folders: Sequence[Path], cache_folder: Path | None = None) -> Any:
    """A font configuration that knows the fonts in these folders and no others.

    fontconfig reads the file named in FONTCONFIG_FILE when a configuration is made. There is no
    ``@font-face``: it would leave a copy of each font in the temporary folder. `cache_folder` is
    for what can be made again, or None. Raises DiagnosticsError unless all fonts are found: text
    would be set in some other one.
    """
    weasyprint = load_weasyprint()
    if sys.platform == "win32":
        folders, cache_folder = windows.plain_paths(folders, cache_folder)
    with _fontconfig_file(folders, cache_folder) as file, _fontconfig_environment(file):
        configuration = weasyprint.text.fonts.FontConfiguration()
    found = windows.found_files(weasyprint, configuration)
    missing = [
        file for folder in folders for file in windows.font_files(folder) if file.name not in found
    ]
    if missing:
        fail(
            "fonts-not-found",
            plural(
                "The typesetter cannot read the font {names}: text would be set in another one.",
                "The typesetter cannot read {n} fonts, {names} among them: text would be set in "
                "others.",
                len(missing),
                names=missing[0].name,
            ),
            Location("fonts"),
            say(
                "It lies in {folder}. If it is one of your own, it may be broken. On Windows, set "
                "BROCHURE_CACHE to a folder whose path has no letters with accents, such as "
                "C:\\brochure.",
                folder=str(missing[0].parent),
            ),
        )
    return configuration


@contextmanager
def _fontconfig_file(folders: Sequence[Path], cache_folder: Path | None) -> Iterator[Path]:
    """A fontconfig file that names these folders only, with fontconfig's own cache beside it.

    Both stay in our cache, if there is one: a worker that is stopped leaves nothing behind.
    """
    kept = _cached_file(folders, cache_folder / "fontconfig") if cache_folder else None
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="brochure-") as temporary:
        file = Path(temporary) / "fonts.conf"
        file.write_text(_fontconfig_text(folders, Path(temporary)), "utf-8")
        yield file


def _cached_file(folders: Sequence[Path], home: Path) -> Path | None:
    """The file in our cache; None where that cannot be written."""
    text = _fontconfig_text(folders, home)
    file = home / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:12]}.conf"
    try:
        write_whole(file, text.encode())  # if two processes do at once, both write the same
    except OSError:
        return None
    return file


def _fontconfig_text(folders: Sequence[Path], home: Path) -> str:
    tags = [f"<dir>{escape(str(folder))}</dir>" for folder in folders]
    tags.append(f"<cachedir>{escape(str(home))}</cachedir>")
    return f"<?xml version='1.0'?>\n<fontconfig>{''.join(tags)}</fontconfig>\n"


@contextmanager
def _fontconfig_environment(file: Path) -> Iterator[None]:
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(file)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
