"""WeasyPrint, made ours: loaded late and quickly, with our fonts, without network or disk.

The only module that imports WeasyPrint. Its private parts that are leaned on (the version is
pinned): the tag tree and three functions of the line breaker are replaced in :func:`load`.
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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, warning
from brochure.files import write_whole
from brochure.layout.compose.assets import Asset
from brochure.layout.weasyprint import linebreak, tagging

_WHERE = re.compile(r" at (\d+):(\d+)")


def font_configuration(folders: tuple[Path, ...], cache: Path | None = None) -> Any:
    """A font configuration that knows the fonts in these folders and no others.

    fontconfig reads the file named in FONTCONFIG_FILE when a configuration is made. No
    ``@font-face``: it would leave a copy of each font in the temporary folder. `cache` is a folder
    of our own for what can be made again, or None.
    """
    with _fontconfig_file(folders, cache) as file, _environment(file):
        load()
        from weasyprint.text.fonts import FontConfiguration

        return FontConfiguration()


def fetcher(assets: Mapping[str, Asset]) -> Any:
    """A fetcher that hands out what was collected, and ends the work at any other address."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:
            asset = assets.get(unquote(url))
            if asset is None:
                raise FatalURLFetchingError(f"`{url[:80]}` was asked for while typesetting")
            return URLFetcherResponse(url, asset.data, {"Content-Type": asset.mime})

    return Fetcher(allowed_protocols=set(), allow_redirects=False)


class Log:
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
            # That the library is missing is said once, with what to do about it.
            said = "instead of HarfBuzz-Subset" in record.getMessage()
            if record.thread == thread and not said:
                self._messages.append((record.levelno, record.getMessage()))

        handler.emit = note  # type: ignore[method-assign]
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)

    def diagnostics(self, location: Location) -> list[Diagnostic]:
        """What was logged. Something missing from the page is an error, the rest a warning."""
        diagnostics = []
        for level, message in dict.fromkeys(self._messages):
            where = _WHERE.search(message)
            line, column = (
                (int(where[1]), int(where[2])) if where else (location.line, location.column)
            )
            missing = level >= logging.ERROR or ".notdef" in message
            complain = error if missing else warning
            diagnostics.append(
                complain(
                    "typesetter",
                    f"The typesetter says: {message.strip().rstrip('.')}.",
                    Location(location.file, line, column),
                    "Something is missing from the page."
                    if missing
                    else "It ignores this; look whether the page is as you want it.",
                )
            )
        return diagnostics


@contextmanager
def without_collections() -> Iterator[None]:
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
    """A fontconfig file that names these folders only, with fontconfig's own cache beside it.

    Both stay in our cache, where there is one: of a worker that is stopped nothing is left behind.
    """
    kept = _kept_file(folders, cache / "fontconfig") if cache else None
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="brochure-") as temporary:
        file = Path(temporary) / "fonts.conf"
        file.write_text(_fontconfig_text(folders, Path(temporary)), "utf-8")
        yield file


def _kept_file(folders: tuple[Path, ...], home: Path) -> Path | None:
    """The file in a folder of our own; None where that cannot be written."""
    text = _fontconfig_text(folders, home)
    file = home / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:12]}.conf"
    try:
        write_whole(file, text.encode())  # of two at once, either writes the same
    except OSError:
        return None
    return file


def _fontconfig_text(folders: tuple[Path, ...], home: Path) -> str:
    tags = [f"<dir>{escape(str(folder))}</dir>" for folder in folders]
    tags.append(f"<cachedir>{escape(str(home))}</cachedir>")
    return f"<?xml version='1.0'?>\n<fontconfig>{''.join(tags)}</fontconfig>\n"


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


def load() -> Any:
    """WeasyPrint, imported without what costs half of its start and is not needed.

    cffi calls ``ctypes.util.find_library``, which starts gcc and ldconfig, 22 times: for each
    name that cannot be loaded directly. On Linux the names that can are in WeasyPrint's list.
    The parts of fontTools that cut fonts into subsets are for machines without
    harfbuzz-subset, and for variable fonts. Raises Problems where Pango is missing.
    """
    if "weasyprint" in sys.modules:
        return sys.modules["weasyprint"]
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            _later("fontTools.varLib.instancer", "instantiateVariableFont"),
            _later("fontTools.subset", "Options", "Subsetter"),
        ):
            warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
            import weasyprint.pdf
    except OSError as reason:
        raise DiagnosticsError(
            [
                error(
                    "no-pango",
                    f"The library Pango, which sets the type, is missing ({reason}).",
                    Location("pango"),
                    "Debian, Ubuntu: sudo apt-get install -y --no-install-recommends "
                    "libpangoft2-1.0-0 libharfbuzz-subset0; Fedora: sudo dnf install -y pango; "
                    "macOS: brew install pango.",
                )
            ]
        ) from None
    finally:
        ctypes.util.find_library = find
    from PIL import ImageFile

    # WeasyPrint makes Pillow read pictures that end too early, in the whole process: from the
    # second leaflet of a worker on, our own check would pass what is cut.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    weasyprint.pdf.add_tags = tagging.add_tags
    linebreak.install(weasyprint.text.line_break, weasyprint.layout.inline)
    return weasyprint


@contextmanager
def _later(name: str, *functions: str) -> Iterator[None]:
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
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is not None:
        return []
    return [
        warning(
            "no-harfbuzz-subset",
            "The library harfbuzz-subset is missing: files grow to twice their size.",
            location,
            "Debian, Ubuntu: sudo apt-get install -y --no-install-recommends libharfbuzz-subset0.",
        )
    ]
