"""What a PDF depends on, as digests: the versions of all that makes it, and every file read."""

import ctypes
import hashlib
import json
import os
import re
import sys
from functools import cache
from pathlib import Path

from brochure import __version__, bounds
from brochure.files import read_own

_PACKAGES = frozenset(
    ("cssselect2", "fonttools", "jinja2", "linkify_it_py", "markdown_it_py", "markupsafe",
     "pikepdf", "pillow", "pydyf", "pypdfium2", "pyphen", "rendercv_fonts", "segno", "tinycss2",
     "tinyhtml5", "weasyprint")
)  # fmt: skip
# The libraries that choose and place glyphs, by their names on Linux, macOS and Windows, with
# the function that tells their version (None: whether it is there makes the difference).
_LIBRARIES = (
    (("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"), "pango_version_string"),
    (("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"), "hb_version_string"),
    (("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"), None),
)
_ABSENT = "-"


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: object) -> str:
    """The digest of JSON data."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace"))


@cache
def versions() -> str:
    """What makes PDFs here, in one line: brochure with its code, packages, libraries."""
    code = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        code.update(file.read_bytes())
    parts = [f"brochure {__version__} {code.hexdigest()[:12]}", *_packages()]
    for names, function in _LIBRARIES:
        parts.append(f"{names[0].partition('.')[0]} {_library(names, function)}")
    return ", ".join(parts)


class Digests:
    """Digests of files, each read once: changes while a build runs count for the next one.

    Of a folder, the names in it count; a file that does not exist has a digest, too.
    """

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}

    def of(self, path: Path) -> str:
        """The digest of a file or folder."""
        if path not in self._known:
            self._known[path] = _digest_of_file(path)
        return self._known[path]


def _digest_of_file(path: Path) -> str:
    try:
        return digest(read_own(path, bounds.CACHE_FILE))
    except IsADirectoryError:
        names = (other.relative_to(path).as_posix() for other in path.rglob("*"))
        return digest_of(sorted(names))
    except OSError:
        return _ABSENT


def _packages() -> list[str]:
    """Installed packages with versions, from the names of their folders: quicker by far than
    `importlib.metadata`.
    """
    found: dict[str, str] = {}
    for folder in filter(os.path.isdir, sys.path):
        for path in Path(folder).iterdir():
            package = re.fullmatch(r"(.+)-([^-]+)\.dist-info", path.name)
            if package and (key := re.sub(r"[-_.]+", "_", package[1]).lower()) in _PACKAGES:
                found.setdefault(key, package[2])
    return [f"{name} {version}" for name, version in sorted(found.items())]


def _library(names: tuple[str, ...], function: str | None) -> str:
    for name in names:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        if function is None:
            return "present"
        ask = getattr(library, function)
        ask.restype = ctypes.c_char_p
        return str(ask().decode())
    return "missing"
