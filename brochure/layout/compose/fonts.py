"""Which fonts an edition may use, and which characters they have."""

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from unicodedata import category, name

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.files import read_own, write_whole
from brochure.isolation import Stopped, Worker
from brochure.layout.edition import Edition
from brochure.project import Project, packaged_fonts

Ranges = list[tuple[int, int]]  # first and last
_SUFFIXES = {".ttf", ".otf"}
_MOST_RANGES = 50_000  # fonts for Chinese have some thousand
# Characters without a glyph by design (Unicode 5.21, default ignorable), and white space.
# Where Debian's package fonts-noto-core has a script that the default fonts lack.
_NOTO = {
    "ARABIC": "NotoNaskhArabic", "ARMENIAN": "NotoSerifArmenian", "BENGALI": "NotoSerifBengali",
    "DEVANAGARI": "NotoSerifDevanagari", "ETHIOPIC": "NotoSerifEthiopic",
    "GEORGIAN": "NotoSerifGeorgian", "HEBREW": "NotoSerifHebrew", "TAMIL": "NotoSerifTamil",
}  # fmt: skip
_WHOLE = 3  # characters of a script that are missing: then all of it is
_INKLESS = {"Cf", "Zs", "Zl", "Zp", "Cc"}


def note_files(project: Project, edition: Edition) -> None:
    """Note all fonts of an edition, and the folder of the project's own, as read."""
    own = _own_folder(project)
    folders = [own, *(packaged_fonts() / family for family in edition.fonts)]
    project.seen.update((own, *(file for folder in folders for file in _font_files(folder))))


def own_fonts(project: Project) -> dict[str, bytes]:
    """The fonts that the project itself brings, by their names, as bytes. Raises Problems."""
    folder = _own_folder(project)
    found: dict[str, bytes] = {}
    size = 0
    for file in _font_files(folder):
        found[file.relative_to(folder).as_posix()] = data = project.read(file, bounds.FONT)
        size += len(data)
        if size > bounds.FONTS or len(found) > bounds.FONT_FILES:
            raise _refused(
                "fonts",
                f"The fonts in styles/fonts/ are more than {bounds.FONT_FILES}, or have more than "
                f"{bounds.FONTS // 1_000_000} MB together.",
                Location(project.show(folder)),
                "Leave those there that the leaflet is set in; each style is a file.",
            )
    return found


def coverage(
    project: Project,
    edition: Edition,
    own: Mapping[str, bytes],
    worker: Worker,
    *,
    write_cache: bool,
) -> frozenset[int]:
    """The code points for which at least one font of an edition, or of the project's `own`, has a
    glyph.

    Reading font tables is slow, so they are remembered, those of the font package by name, size and
    time of the file, others by their digest; `remember` says whether the memory may be written.
    Fonts of the project are read by `worker`. Raises Problems for a file that is no font.
    """
    memory_file = project.cache / "coverage.json"
    memory = _remembered(memory_file)
    known = len(memory)
    covered: set[int] = set()
    for file in (f for family in edition.fonts for f in _font_files(packaged_fonts() / family)):
        status = file.stat()
        key = f"{file} {status.st_size} {status.st_mtime_ns}"
        if key not in memory:
            memory[key] = read_coverage(file.read_bytes())
        _cover(covered, memory[key])
    for file_name, data in own.items():
        key = hashlib.sha256(data).hexdigest()
        if key not in memory:
            location = Location(project.show(_own_folder(project) / file_name))
            memory[key] = _read_apart(worker, data, location)
        _cover(covered, memory[key])
    if write_cache and len(memory) > known:
        with contextlib.suppress(OSError):  # the PDF is what matters, and would say so
            write_whole(memory_file, json.dumps(memory).encode())
    return frozenset(covered)


def read_coverage(data: bytes) -> Ranges:
    """The code points that a font has, as ranges. Whatever is wrong with it is a ValueError."""
    from fontTools.ttLib import TTFont

    # OpenType, “Table Directory”: the versions of a font that stands alone, and is not packed.
    if data[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise ValueError("it is not a TrueType or OpenType font")
    try:
        with TTFont(io.BytesIO(data), lazy=True) as font:
            found = ranges(font.getBestCmap() or {})
    except MemoryError:
        raise
    except Exception as reason:  # fontTools has no one exception for what is broken
        raise ValueError(f"{type(reason).__name__}: {reason}"[:200]) from None
    if not found:
        raise ValueError("it has no characters")
    if len(found) > _MOST_RANGES:
        raise ValueError("its table of characters is not that of a font")
    return found


def _read_apart(worker: Worker, data: bytes, location: Location) -> Ranges:
    try:
        return worker.call(bounds.SECONDS, bounds.MEMORY, read_coverage, data)
    except ValueError as reason:
        said = str(reason)
    except Stopped as stopped:
        said = {
            "time": "reading it takes too long",
            "memory": "reading it takes too much memory",
            "crash": "the program that reads it breaks down",
            "killed": "the program that reads it was ended by somebody",
        }[stopped.reason]
    raise _refused(
        "broken-font",
        f"This is no font that can be read ({said}).",
        location,
        "Use complete .ttf or .otf files, and delete others from styles/fonts/.",
    )


def _remembered(file: Path) -> dict[str, Ranges]:
    try:
        memory = json.loads(read_own(file, bounds.REMEMBERED))
        return memory if isinstance(memory, dict) else {}
    except (OSError, ValueError):
        return {}


def _cover(covered: set[int], found: Ranges) -> None:
    for first, last in found:
        covered.update(range(first, last + 1))


def _own_folder(project: Project) -> Path:
    return project.root / "styles" / "fonts"


def _font_files(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [file for file in files if file.suffix.lower() in _SUFFIXES and file.is_file()]


def _refused(code: str, message: str, location: Location, hint: str) -> DiagnosticsError:
    return DiagnosticsError([error(code, message, location, hint)])


def missing_characters(text: str, covered: frozenset[int]) -> tuple[str, ...]:
    """The characters of a text that no font has, in order, each once."""
    return tuple(
        dict.fromkeys(
            character
            for character in text
            if ord(character) not in covered
            and category(character) not in _INKLESS
            and not 0xFE00 <= ord(character) <= 0xFE0F  # variation selectors
        )
    )


def describe(character: str) -> str:
    """A character as users can look it up: itself, its number, its Unicode name."""
    return f"“{character}” (U+{ord(character):04X}, {name(character, 'without a name').lower()})"


def ranges(points: Iterable[int]) -> Ranges:
    """Numbers as ranges of neighbours, ascending; each with its first and last."""
    found: Ranges = []
    for point in sorted(points):
        if found and found[-1][1] == point - 1:
            found[-1] = (found[-1][0], point)
        else:
            found.append((point, point))
    return found


def diagnose(
    named: str, text: str, covered: frozenset[int], location_of: Callable[[str], Location]
) -> Iterator[Diagnostic]:
    """A complaint for each character of `text` that no font has, or for a whole script at once;
    `named` says what text it is.
    """
    missing = missing_characters(text, covered)
    for script in dict.fromkeys(map(_script, missing)):
        found = [character for character in missing if _script(character) == script]
        whole = script in _NOTO and len(found) >= _WHOLE
        hint = "Write it differently, or put a font that has it into styles/fonts/."
        if script in _NOTO:
            hint = (
                f"Put a font with {script.title()} script into styles/fonts/. Debian, Ubuntu: sudo "
                "apt-get install -y --no-install-recommends fonts-noto-core; mkdir -p styles/fonts;"
                f" cp /usr/share/fonts/truetype/noto/{_NOTO[script]}-{{Regular,Bold}}.ttf "
                "styles/fonts/"
            )
        for character in found[:1] if whole else found:
            what = describe(character)
            if whole:
                what += f" and {len(found) - 1} more of {script.title()} script"
            yield error(
                "no-glyph",
                f"No font has the {'characters' if whole else 'character'} {what} in {named}.",
                location_of(character),
                hint,
            )


def _script(character: str) -> str:
    """The script of a character, as its Unicode name begins: ARABIC, HEBREW …"""
    return name(character, "").partition(" ")[0]
