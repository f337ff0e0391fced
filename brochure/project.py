"""The project folder: every path, and the one door to the file system.

A project holds ``content/<leaflet>/``, ``styles/`` and ``out/``. What people write is read
through :meth:`Project.read` only, which refuses whatever lies outside the project (after
following symbolic links), is not a regular file, or is too large; an observer learns what was
read, so that ``--watch`` watches what the last build really read. What is written goes through
:meth:`Project.write`, which leaves everything outside alone.

What brochure remembers (text read from PDFs, what was built from what) lies outside of the
project, in the user's own cache folder: a project may come from a stranger, and would be believed.
"""

import errno
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from brochure.diagnostics import Location, fail
from brochure.files import claim, decode_utf8, read_regular, spellings, write_whole
from brochure.messages import say

MANUSCRIPT = "leaflet.yaml"
MAIL = "mail.yaml"  # beside it: the letter with which it is sent
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# What Windows takes for a device, whatever its ending: a project goes from one system to the next.
DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
CACHE_VARIABLE = "BROCHURE_CACHE"  # names another folder for what is remembered


@cache
def builtin_styles() -> Path:
    """The styles that come with brochure: package data in a wheel, ``styles/`` in a checkout."""
    package = Path(__file__).parent
    packaged = package / "styles"
    return packaged if packaged.is_dir() else package.parent / "styles"


@cache
def packaged_fonts() -> Path:
    """The folder of the pinned font package, one sub-folder a family; it is not imported."""
    spec = find_spec("rendercv_fonts")
    if spec is None or spec.origin is None:  # a broken installation, not a user's mistake
        raise RuntimeError("the package rendercv-fonts is not installed")
    return Path(spec.origin).parent


def _ignore(_: Path) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Project:
    """A project folder. `root` is absolute; `on_read` is told of each path that is looked for,
    whether it is there or not.
    """

    root: Path
    on_read: Callable[[Path], None] = field(default=_ignore, compare=False, repr=False)

    @classmethod
    def find(cls, start: Path) -> "Project":
        """The project that `start` lies in: the nearest folder with a ``content/`` in it.

        Raises DiagnosticsError where there is none.
        """
        start = start.absolute()
        for folder in (start, *start.parents):
            if (folder / "content").is_dir():
                return cls(folder)
        fail(
            "no-project",
            say(
                "There is no project here: neither this folder nor one above it has a folder "
                "`content/`."
            ),
            Location(str(start)),
            say(
                "Go to the folder of your project (`cd …`), or start one with `brochure new "
                "my-leaflet`."
            ),
        )

    def observed(self, on_read: Callable[[Path], None]) -> "Project":
        """The same project, whose reads `on_read` is told of, besides whoever was so far."""
        before = self.on_read

        def both(path: Path) -> None:
            before(path)
            on_read(path)

        return replace(self, on_read=both)

    @property
    def content(self) -> Path:
        return self.root / "content"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def cache(self) -> Path:
        """The user's folder for what can be made again at any time: hyphenated words, font tables,
        the text of sources. All projects share it.
        """
        return cache_folder()

    @property
    def manifest(self) -> Path:
        """Where what was built in this project is recorded."""
        root = hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:32]
        return cache_folder() / "projects" / f"{root}.jsonl"

    def leaflets(self) -> tuple[str, ...]:
        """The names of all leaflets, sorted: the folders of ``content/``."""
        return tuple(
            sorted(
                folder.name
                for folder in self.content.iterdir()
                if folder.is_dir() and not folder.name.startswith((".", "_"))
            )
        )

    def manuscript(self, leaflet: str) -> Path:
        return self.content / leaflet / MANUSCRIPT

    def artifact(
        self,
        leaflet: str,
        edition: str,
        variant: str | None = None,
        *,
        draft: bool = False,
        suffix: str = ".pdf",
    ) -> Path:
        """Where the file of an edition is written; that of a variant in a folder of its own.

        A draft has a name of its own, so that it never lies where a good one is expected.
        """
        ending = f"-draft{suffix}" if draft else suffix
        if variant is None:
            return self.out / leaflet / f"{leaflet}-{edition}{ending}"
        return self.out / leaflet / variant / f"{leaflet}-{variant}-{edition}{ending}"

    def show(self, path: Path) -> str:
        """A path as users see it: relative to the project, with slashes."""
        for base, prefix in ((self.root, ""), (builtin_styles(), "(built in) styles/")):
            if path.is_relative_to(base):
                return prefix + path.relative_to(base).as_posix()
        return path.as_posix()

    def style(self, name: str) -> Path:
        """A template or style by its name: the project's own if it has one, else the built-in."""
        own, _ = self._spelled(self.root / "styles" / name)
        self.on_read(own)
        if own.exists() or own.is_symlink():
            return own
        return builtin_styles() / name

    def read(self, path: Path, limit: int, named_at: Location | None = None) -> bytes:
        """The bytes of a file inside the project, at most `limit` of them.

        `named_at` is where the file is named, if it is named somewhere. Raises DiagnosticsError.
        """
        path, several = self._spelled(path)
        self.on_read(path)
        location = named_at or Location(self.show(path))
        file = self.show(path)
        if several:
            fail(
                "cannot-read",
                say(
                    "`{file}` is there twice: the names look the same, but are stored differently.",
                    file=file,
                ),
                location,
                say(
                    "Delete or rename one of them: in one name, a letter such as ä is a single "
                    "character, in the other an a with a mark."
                ),
            )
        try:
            # Not strict: what lies outside is reported as such, whether or not it exists there; the
            # diagnostic must not depend on the machine, nor reveal what else is on it.
            real = path.resolve()
            if not any(real.is_relative_to(base.resolve()) for base in self._readable()):
                fail(
                    "outside-project",
                    say("`{file}` is outside the project folder.", file=file),
                    location,
                    say("Copy the file into the project; nothing outside it is read."),
                )
            data = read_regular(real, limit)
        except FileNotFoundError:
            message = say("`{file}` does not exist.", file=file)
            hint = say("Check the spelling, including upper and lower case.")
        except NotADirectoryError:
            message = say("`{file}` does not exist.", file=file)
            hint = say("A part of this path is a file, not a folder.")
        except IsADirectoryError:
            message = say("`{file}` is a folder, not a file.", file=file)
            hint = say("Name the file inside it.")
        except PermissionError:
            if path.is_dir():
                message = say("`{file}` is a folder, not a file.", file=file)
                hint = say("Name the file inside it.")
            else:
                message = say("You are not allowed to read `{file}`.", file=file)
                hint = say("Change its permissions.")
        except RuntimeError:
            message = say("`{file}` is a link that leads back to itself.", file=file)
            hint = say("Delete it.")
        except (OSError, ValueError) as reason:  # names too long
            message = say("`{file}` cannot be read ({reason}).", file=file, reason=reason)
            hint = say("Check the path.")
        else:
            if len(data) <= limit:
                return data
            message = say("`{file}` is larger than {size}.", file=file, size=_size(limit))
            hint = say("That is more than a leaflet can hold. Is it the right file?")
        fail("cannot-read", message, location, hint)

    def _spelled(self, path: Path) -> tuple[Path, bool]:
        """A path with its names as they are in the file system, see `spellings`; and whether there
        are several of one.
        """
        base = next((base for base in self._readable() if path.is_relative_to(base)), None)
        if base is None or not Path(os.path.normpath(path)).is_relative_to(base):
            return path, False  # outside, nothing is looked for
        found, several = base, False
        for name in path.relative_to(base).parts:
            names = spellings(found, name)
            several |= len(names) > 1
            found /= name if name in names else names[0]
        return found, several

    def read_text(self, path: Path, limit: int) -> str:
        """The text of a file inside the project, as `read` and `decode_utf8` have it."""
        return decode_utf8(self.read(path, limit), self.show(path))

    def write(self, path: Path, data: bytes) -> None:
        """Write a file of the project whole. Raises OSError, also where it would lie outside of the
        project because a folder on its way is a symbolic link.
        """
        self._ensure_inside(path)
        if path.is_dir() and not path.is_symlink():
            raise OSError(errno.EISDIR, say("`{path}` is a folder", path=self.show(path)))
        write_whole(path, data)

    def add(self, path: Path, data: bytes) -> bool:
        """Write a new file of the project whole; False if there is one of this name, which stays
        as it is. Raises OSError, as `write` does.
        """
        self._ensure_inside(path)
        if not claim(path):
            return False
        try:
            self.write(path, data)
        except OSError:
            path.unlink()  # it is empty
            raise
        return True

    def _ensure_inside(self, path: Path) -> None:
        """Raise OSError where a folder on the way to a file leads out of the project."""
        if not path.parent.resolve().is_relative_to(self.root.resolve()):
            reason = say(
                "`{folder}` leads out of the project folder", folder=self.show(path.parent)
            )
            raise OSError(errno.EPERM, reason)

    def _readable(self) -> tuple[Path, ...]:
        return (self.root, builtin_styles(), packaged_fonts())


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again (XDG Base Directory, on Linux)."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("brochure", False)


def check_name(name: str, location: Location) -> None:
    """Raise DiagnosticsError unless `name` can name a leaflet, whose files are named after it."""
    if not NAME.fullmatch(name):
        fail(
            "leaflet-name",
            say("`{name}` cannot be the name of a leaflet.", name=name),
            location,
            say(
                "Use letters without accents, digits and hyphens, as in `my-leaflet`: the PDF is "
                "named after it, and some mail programs cannot handle anything else."
            ),
        )
    if DEVICE.fullmatch(name):
        fail(
            "leaflet-name",
            say("`{name}` cannot be the name of a leaflet.", name=name),
            location,
            say(
                "On Windows, this is the name of a device. Add a word, as in `my-{name}`.",
                name=name,
            ),
        )


def _size(limit: int) -> str:
    return f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB"
