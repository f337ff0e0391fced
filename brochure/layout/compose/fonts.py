"""The fonts that an edition may use, and the characters that none of them has."""

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from unicodedata import category, name

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, error, fail
from brochure.files import read_own, write_whole
from brochure.isolation import Stopped, Worker
from brochure.layout.edition import Edition
from brochure.messages import EMPTY, Message, say
from brochure.project import Project, packaged_fonts

Ranges = list[tuple[int, int]]  # of code points: first and last
_SUFFIXES = {".ttf", ".otf"}
_MOST_RANGES = 50_000  # fonts for Chinese have some thousand
# Scripts that the default fonts lack, by the first word of the Unicode names of their characters:
# their name, and the font in Debian's package fonts-noto-core that has them.
_SCRIPTS = {
    "ARABIC": (say("Arabic"), "NotoNaskhArabic"),
    "ARMENIAN": (say("Armenian"), "NotoSerifArmenian"),
    "BENGALI": (say("Bengali"), "NotoSerifBengali"),
    "DEVANAGARI": (say("Devanagari"), "NotoSerifDevanagari"),
    "ETHIOPIC": (say("Ethiopic"), "NotoSerifEthiopic"),
    "GEORGIAN": (say("Georgian"), "NotoSerifGeorgian"),
    "HEBREW": (say("Hebrew"), "NotoSerifHebrew"),
    "TAMIL": (say("Tamil"), "NotoSerifTamil"),
}
_WHOLE = 3  # missing characters of a script from which on all of it counts as missing
# White space, and characters without a glyph by design (Unicode 5.21, default ignorable).
_INKLESS = {"Cf", "Zs", "Zl", "Zp", "Cc"}


def observe_fonts(project: Project, edition: Edition) -> None:
    """Report all font files of an edition, and the folder of the project's own, as read."""
    own = _own_folder(project)
    folders = [own, *(packaged_fonts() / family for family in edition.fonts)]
    for path in (own, *(file for folder in folders for file in _font_files(folder))):
        project.on_read(path)


def own_fonts(project: Project) -> dict[str, bytes]:
    """The fonts in the project's styles/fonts/, by file name. Raises DiagnosticsError."""
    folder = _own_folder(project)
    fonts: dict[str, bytes] = {}
    size = 0
    for file in _font_files(folder):
        fonts[file.relative_to(folder).as_posix()] = data = project.read(file, bounds.FONT)
        size += len(data)
        if size > bounds.FONTS or len(fonts) > bounds.FONT_FILES:
            fail(
                "fonts",
                say(
                    "There are more than {files} fonts in styles/fonts/, or more than {size} MB "
                    "of them.",
                    files=bounds.FONT_FILES,
                    size=bounds.FONTS // 1_000_000,
                ),
                Location(project.show(folder)),
                say("Keep only those that the leaflet is set in; each style is one file."),
            )
    return fonts


# --- Coverage: which characters there are glyphs for --------------------------------------------


def coverage(
    project: Project,
    edition: Edition,
    own: Mapping[str, bytes],
    worker: Worker,
    *,
    write_cache: bool,
) -> frozenset[int]:
    """The code points that an edition's fonts, or the project's `own`, have a glyph for.

    Reading font tables is slow, so what was read is cached: of the font package by name, size and
    time of the file, of other fonts by their digest. `write_cache`: whether the cache may be
    written. Fonts of the project are read by `worker`. Raises DiagnosticsError for a file that is
    not a font.
    """
    cache_file = project.cache / "coverage.json"
    cache = _read_cache(cache_file)
    cached = len(cache)
    covered: set[int] = set()
    for file in (f for family in edition.fonts for f in _font_files(packaged_fonts() / family)):
        status = file.stat()
        key = f"{file} {status.st_size} {status.st_mtime_ns}"
        if key not in cache:
            cache[key] = read_coverage(file.read_bytes())
        _add(covered, cache[key])
    for file_name, data in own.items():
        key = hashlib.sha256(data).hexdigest()
        if key not in cache:
            location = Location(project.show(_own_folder(project) / file_name))
            cache[key] = _read_isolated(worker, data, location)
        _add(covered, cache[key])
    if write_cache and len(cache) > cached:
        with contextlib.suppress(OSError):  # a full disk is reported when the PDF is written
            write_whole(cache_file, json.dumps(cache).encode())
    return frozenset(covered)


class BrokenFontError(ValueError):
    """Data that are not a usable font; `message` says why, to complete a sentence."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def read_coverage(data: bytes) -> Ranges:
    """The code points that a font has glyphs for, in order. Raises BrokenFontError."""
    from fontTools.ttLib import TTFont  # slow to import, and what it reads is cached

    # OpenType, “Table Directory”: the versions of a single, uncompressed font.
    if data[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise BrokenFontError(say("it is not a TrueType or OpenType font"))
    try:
        with TTFont(io.BytesIO(data), lazy=True) as font:
            points = _ranges(font.getBestCmap() or {})
    except MemoryError:
        raise
    except Exception as reason:  # fontTools has no single exception for broken fonts
        detail = f"{type(reason).__name__}: {reason}"[:200]
        raise BrokenFontError(say("it is damaged: {detail}", detail=detail)) from None
    if not points:
        raise BrokenFontError(say("it has no characters"))
    if len(points) > _MOST_RANGES:
        raise BrokenFontError(say("its table of characters is not that of a font"))
    return points


def _read_isolated(worker: Worker, data: bytes, location: Location) -> Ranges:
    """What `read_coverage` returns, in a process of its own. Raises DiagnosticsError."""
    try:
        return worker.call(bounds.SECONDS, bounds.MEMORY, read_coverage, data)
    except BrokenFontError as broken:
        reason = broken.message
    except Stopped as stopped:
        reason = {
            "time": say("reading it takes too long"),
            "memory": say("reading it takes too much memory"),
            "crash": say("the program that reads it crashes"),
            "killed": say("the process that reads it was killed"),
        }[stopped.reason]
    fail(
        "broken-font",
        say("This font cannot be used: {reason}.", reason=reason),
        location,
        say("Use complete .ttf or .otf files, and delete others from styles/fonts/."),
    )


def _read_cache(file: Path) -> dict[str, Ranges]:
    try:
        cache = json.loads(read_own(file, bounds.CACHE_FILE))
        return cache if isinstance(cache, dict) else {}
    except (OSError, ValueError):
        return {}


def _add(covered: set[int], ranges: Ranges) -> None:
    for first, last in ranges:
        covered.update(range(first, last + 1))


def _ranges(points: Iterable[int]) -> Ranges:
    """Numbers as ranges of consecutive ones, ascending."""
    ranges: Ranges = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def _own_folder(project: Project) -> Path:
    return project.root / "styles" / "fonts"


def _font_files(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [file for file in files if file.suffix.lower() in _SUFFIXES and file.is_file()]


# --- Missing glyphs -----------------------------------------------------------------------------


def missing_characters(text: str, covered: frozenset[int]) -> tuple[str, ...]:
    """The characters of a text that no font has, in order, each once."""
    return tuple(
        character
        for character in dict.fromkeys(text)
        if ord(character) not in covered
        and category(character) not in _INKLESS
        and not 0xFE00 <= ord(character) <= 0xFE0F  # variation selectors
    )


def check_glyphs(
    text: str, place: Message, covered: frozenset[int], location_of: Callable[[str], Location]
) -> Iterator[Diagnostic]:
    """A diagnostic for each character of `text` that no font has, or one for a whole script.

    `place` says in a sentence which text it is; `location_of` where a character of it is.
    """
    missing = missing_characters(text, covered)
    for script in dict.fromkeys(map(_script, missing)):
        characters = [character for character in missing if _script(character) == script]
        hint = say("Write it differently, or put a font that has it into styles/fonts/.")
        title, font = _SCRIPTS.get(script, (EMPTY, ""))
        if font:
            hint = say(
                "Put a font for this script ({script}) into styles/fonts/. Debian, Ubuntu: sudo "
                "apt-get install -y --no-install-recommends fonts-noto-core; mkdir -p "
                "styles/fonts; cp /usr/share/fonts/truetype/noto/{font}-{{Regular,Bold}}.ttf "
                "styles/fonts/",
                script=title,
                font=font,
            )
        if font and len(characters) >= _WHOLE:
            message = say(
                "No font has the character {character} in {place}, nor {count} others of the same "
                "script ({script}).",
                character=_described(characters[0]),
                place=place,
                count=len(characters) - 1,
                script=title,
            )
            yield error("no-glyph", message, location_of(characters[0]), hint)
            continue
        for character in characters:
            message = say(
                "No font has the character {character} in {place}.",
                character=_described(character),
                place=place,
            )
            yield error("no-glyph", message, location_of(character), hint)


def _described(character: str) -> Message:
    """A character as users can look it up: itself, its number, its Unicode name."""
    title = name(character, "").lower()
    if not title:
        return say("“{character}” (U+{code:04X})", character=character, code=ord(character))
    return say(
        "“{character}” (U+{code:04X}, {name})", character=character, code=ord(character), name=title
    )


def _script(character: str) -> str:
    """The script of a character, as its Unicode name begins: ARABIC, HEBREW …"""
    return name(character, "").partition(" ")[0]
