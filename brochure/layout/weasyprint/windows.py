r"""What Windows needs: where Pango lies, and paths that fontconfig understands.

There Pango comes with a package from PyPI, gstreamer-libs, whose DLLs nobody finds by themselves.
And fontconfig takes the UTF-8 of its file for names in the code page of the system (it calls
FindFirstFileA and fopen), so that it finds no font below `C:\Users\Jörg`.
"""

import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from brochure.files import write_whole

PACKAGES = ("gstreamer_libs", "gstreamer_ext_runtime")  # Pango; what Microsoft's compiler needs
FONT_SUFFIXES = frozenset({".ttf", ".otf"})


def dll_folders() -> list[Path]:
    """The folders with the DLLs of the packages that are installed."""
    folders = []
    for name in PACKAGES:
        spec = find_spec(name)  # it is not imported: it would look for much that is not there
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            folder = Path(place) / "bin"
            if folder.is_dir():
                folders.append(folder)
    return folders


def add_dll_folders(
    folders: list[Path],
    environment: MutableMapping[str, str],
    add: Callable[[str], object] | None,
) -> None:
    """Let DLLs be found in these folders, before any other of the same name.

    cffi looks for the names that WeasyPrint tries in PATH; Windows looks for what these DLLs need
    in the folders that were added (docs.python.org, os.add_dll_directory). What is there already
    is not added again: workers inherit PATH.
    """
    before = environment.get("PATH", "").split(os.pathsep)
    new = [str(folder) for folder in folders if str(folder) not in before]
    environment["PATH"] = os.pathsep.join([*new, *filter(None, before)])
    # WeasyPrint adds folders that other programs may have filled, or a stranger: only ours count.
    environment["WEASYPRINT_DLL_DIRECTORIES"] = ";".join(map(str, folders))
    if add is not None:
        for folder in folders:
            add(str(folder))


def prepare() -> None:
    """Let WeasyPrint find Pango, if this is Windows and the package is installed."""
    if sys.platform == "win32":
        folders = dll_folders()
        if folders:
            add_dll_folders(folders, os.environ, os.add_dll_directory)


def short_path(path: Path) -> str:
    """The short name that Windows keeps for a path (MLLER~1), or the path itself."""
    if sys.platform != "win32":
        return str(path)
    import ctypes

    buffer = ctypes.create_unicode_buffer(32_768)  # the longest path that there is
    length = ctypes.windll.kernel32.GetShortPathNameW(str(path), buffer, len(buffer))
    return buffer.value if 0 < length < len(buffer) else str(path)


def plain_folder(
    folder: Path, homes: list[Path], shorten: Callable[[Path], str] = short_path
) -> Path:
    """A folder with the same fonts whose path, and those of its files, are ASCII.

    That is the folder itself where it can be; else by its short name; else, since not every disk
    keeps those, a copy in the first of `homes` where that can be had. Where nothing helps, the
    folder itself: that its fonts are then not found is told. Raises OSError.
    """
    files = list(font_files(folder))
    if all(file.relative_to(folder).as_posix().isascii() for file in files):
        if str(folder).isascii():
            return folder
        short = shorten(folder)
        if short.isascii():
            return Path(short)
    for home in homes:
        if (plain := plain_home(home, shorten)) is not None:
            return _copied(
                files, plain / "fonts" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
            )
    return folder


def plain_home(home: Path, shorten: Callable[[Path], str] = short_path) -> Path | None:
    """A folder of our own by an ASCII path, made if there is none; None where it has no such path.

    Raises OSError where it cannot be made.
    """
    home.mkdir(parents=True, exist_ok=True)
    plain = str(home) if str(home).isascii() else shorten(home)
    return Path(plain) if plain.isascii() else None


def font_files(folder: Path) -> Iterator[Path]:
    """The fonts in a folder and those below it, sorted."""
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in FONT_SUFFIXES and file.is_file():
            yield file


def _copied(files: list[Path], target: Path) -> Path:
    """A folder with copies of these fonts, and nothing else. Others may write there, too: each file
    has the name of its content, and is compared.
    """
    wanted = {}
    for file in files:
        data = file.read_bytes()
        wanted[hashlib.sha256(data).hexdigest()[:24] + file.suffix.lower()] = data
    for other in target.iterdir() if target.is_dir() else ():
        if other.is_dir():
            shutil.rmtree(other)
        elif other.name not in wanted and not other.name.startswith("."):  # somebody is writing it
            other.unlink(missing_ok=True)
    for name, data in wanted.items():
        copy = target / name
        if not copy.is_file() or copy.read_bytes() != data:
            write_whole(copy, data)
    return target


def plain_paths(
    folders: Sequence[Path],
    cache: Path | None,
    environment: Mapping[str, str] = os.environ,
    shorten: Callable[[Path], str] = short_path,
) -> tuple[list[Path], Path | None]:
    """The folders with fonts, and one for what fontconfig remembers, by paths that it understands,
    as far as that can be had.
    """
    homes = _homes(cache, environment)
    plain = list(folders)
    with contextlib.suppress(OSError):  # a full disk: then they are not found, which is told
        plain = [plain_folder(folder, homes, shorten) for folder in folders]
    for home in homes:
        with contextlib.suppress(OSError):
            if (found := plain_home(home, shorten)) is not None:
                return plain, found
    return plain, None


def _homes(cache: Path | None, environment: Mapping[str, str]) -> list[Path]:
    """Where copies of fonts may lie: in our cache, or in the folder that all users share."""
    found = [cache] if cache is not None else []
    shared = environment.get("PROGRAMDATA", "")
    if shared:
        user = hashlib.sha256(os.fsencode(Path.home())).hexdigest()[:12]
        found.append(Path(shared) / "brochure" / user)
    return found


def found_files(weasyprint: Any, configuration: Any) -> set[str]:
    """The names of the files of all fonts that fontconfig has found."""
    ffi, fontconfig = weasyprint.text.ffi.ffi, weasyprint.text.ffi.fontconfig
    string = ffi.new("FcChar8 **")
    names = set()
    for kind in (0, 1):  # FcSetSystem, FcSetApplication
        fonts = fontconfig.FcConfigGetFonts(configuration._config, kind)
        for index in range(fonts.nfont if fonts != ffi.NULL else 0):
            if fontconfig.FcPatternGetString(fonts.fonts[index], b"file", 0, string) == 0:
                path = ffi.string(ffi.cast("char *", string[0])).decode("utf-8", "replace")
                names.add(path.replace("\\", "/").rpartition("/")[2])
    return names
