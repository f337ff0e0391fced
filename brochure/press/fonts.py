"""Which fonts an edition may use, and which characters they have."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unicodedata import category, name

from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.press.edition import Edition
from brochure.project import Project, packaged_fonts, write_whole

_SUFFIXES = {".ttf", ".otf"}
_LIMIT = 50_000_000  # bytes; fonts for Chinese have 20 MB
# Characters without a glyph by design (Unicode 5.21, default ignorable), and white space.
# Where Debian's package fonts-noto-core has a script that the default fonts lack.
_NOTO = {
    "ARABIC": "NotoNaskhArabic", "ARMENIAN": "NotoSerifArmenian", "BENGALI": "NotoSerifBengali",
    "DEVANAGARI": "NotoSerifDevanagari", "ETHIOPIC": "NotoSerifEthiopic",
    "GEORGIAN": "NotoSerifGeorgian", "HEBREW": "NotoSerifHebrew", "TAMIL": "NotoSerifTamil",
}  # fmt: skip
_WHOLE = 3  # characters of a script that are missing: then all of it is
_INKLESS = {"Cf", "Zs", "Zl", "Zp", "Cc"}


def font_files(project: Project, edition: Edition) -> tuple[Path, ...]:
    """All font files of an edition, sorted; each is noted as read."""
    own = project.root / "styles" / "fonts"
    folders = [own, *(packaged_fonts() / family for family in edition.fonts)]
    files = tuple(file for folder in folders for file in _font_files(folder))
    project.seen.update((own, *files))
    return files


def _font_files(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [file for file in files if file.suffix.lower() in _SUFFIXES and file.is_file()]


def own_fonts(project: Project) -> dict[str, bytes]:
    """The fonts that the project itself brings, by their names, as bytes. Raises Problems."""
    folder = project.root / "styles" / "fonts"
    return {
        file.relative_to(folder).as_posix(): project.read(file, _LIMIT)
        for file in _font_files(folder)
    }


def stamped(files: Iterable[Path]) -> tuple[tuple[Path, int, int], ...]:
    """Each file with its size in bytes and its time in nanoseconds: another font, another key."""
    return tuple((f, f.stat().st_size, f.stat().st_mtime_ns) for f in files)


def coverage(project: Project, files: Iterable[Path], *, remember: bool) -> frozenset[int]:
    """The code points for which at least one of the fonts has a glyph.

    Reading font tables is slow, so they are remembered in the project's cache, keyed by name,
    size and time of the file; `remember` says whether the memory may be written. Raises
    Problems for a file that is no font.
    """
    memory_file = project.cache / "coverage.json"
    try:
        memory = json.loads(memory_file.read_text("utf-8"))
    except (OSError, ValueError):
        memory = {}
    known = len(memory)
    covered: set[int] = set()
    for file, size, time in stamped(files):
        key = f"{file} {size} {time}"
        if key not in memory:
            memory[key] = _ranges(_read_coverage(project, file))
        for first, last in memory[key]:
            covered.update(range(first, last + 1))
    if remember and len(memory) > known:
        with contextlib.suppress(OSError):  # the PDF is what matters, and would say so
            write_whole(memory_file, json.dumps(memory).encode())
    return frozenset(covered)


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


def _read_coverage(project: Project, file: Path) -> set[int]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with open(file, "rb") as data, TTFont(data, lazy=True) as font:
            return set(font.getBestCmap() or {})
    except (TTLibError, OSError, AssertionError, KeyError) as reason:
        raise Problems(
            [
                error(
                    "broken-font",
                    f"This is no font that can be read ({reason}).",
                    Place(project.show(file)),
                    "Use complete .ttf or .otf files, and delete others from styles/fonts/.",
                )
            ]
        ) from None


def _ranges(points: set[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def diagnose(
    named: str, text: str, covered: frozenset[int], place_of: Callable[[str], Place]
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
                place_of(character),
                hint,
            )


def _script(character: str) -> str:
    """The script of a character, as its Unicode name begins: ARABIC, HEBREW …"""
    return name(character, "").partition(" ")[0]
