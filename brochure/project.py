"""The project folder: every path, and the one door to the file system.

A project holds ``content/<leaflet>/``, ``styles/`` and ``out/``. What people write is read
through :meth:`Project.read` only, which refuses whatever lies outside the project (after
following symbolic links), is no regular file, or is too large, and remembers what was asked
for, so that ``--watch`` watches what the last build really read.
"""

import contextlib
import os
import re
import stat
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from brochure.diagnostics import Place, Problems, error

MANUSCRIPT = "leaflet.yaml"
MAIL = "mail.yaml"  # beside it: the letter with which it is sent
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_ABANDONED = 3600.0  # seconds after which a half-written file cannot belong to a living build


def builtin_styles() -> Path:
    """The styles that come with brochure: package data in a wheel, ``styles/`` in a checkout."""
    package = Path(__file__).parent
    packaged = package / "styles"
    return packaged if packaged.is_dir() else package.parent / "styles"


def packaged_fonts() -> Path:
    """The folder of the pinned font package, one sub-folder a family; it is not imported."""
    spec = find_spec("rendercv_fonts")
    if spec is None or spec.origin is None:  # a broken installation, not a user's mistake
        raise RuntimeError("the package rendercv-fonts is not installed")
    return Path(spec.origin).parent


@dataclass(frozen=True)
class Project:
    """A project folder. `root` is absolute; `seen` collects what was looked for, found or not."""

    root: Path
    seen: set[Path] = field(default_factory=set, compare=False)

    @classmethod
    def find(cls, start: Path) -> "Project":
        """The project that `start` lies in: the nearest folder with a ``content/`` in it.

        Raises Problems where there is none.
        """
        start = start.absolute()
        for folder in (start, *start.parents):
            if (folder / "content").is_dir():
                return cls(folder)
        raise Problems(
            [
                error(
                    "no-project",
                    "There is no project here: no folder `content/`, neither in this folder "
                    "nor in one above it.",
                    Place(str(start)),
                    "Go to the folder of your project (`cd …`), or start one with "
                    "`brochure new my-leaflet`.",
                )
            ]
        )

    @property
    def content(self) -> Path:
        return self.root / "content"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def cache(self) -> Path:
        """What can be made again at any time: hyphenated words, font tables."""
        return self.out / ".cache"

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
        own = self.root / "styles" / name
        self.seen.add(own)
        if own.exists() or own.is_symlink():
            return own
        return builtin_styles() / name

    def read(self, path: Path, limit: int, asked_at: Place | None = None) -> bytes:
        """The bytes of a file inside the project, at most `limit` of them.

        `asked_at` is the place that names the file, where there is one. Raises Problems.
        """
        self.seen.add(path)
        place = asked_at or Place(self.show(path))
        named = f"`{self.show(path)}`"
        try:
            # Not strict: what lies outside is said to lie outside, whether or not it exists there;
            # the complaint must not depend on the machine, nor tell what else is on it.
            real = path.resolve()
            # One open, and everything asked of the open file: nothing can change in between.
            # O_NONBLOCK: a named pipe in place of a file must not hang the build.
            if not any(real.is_relative_to(base.resolve()) for base in self._readable()):
                raise Problems(
                    [
                        error(
                            "outside-project",
                            f"{named} lies outside the project folder.",
                            place,
                            "Copy the file into the project; nothing outside it is read.",
                        )
                    ]
                )
            descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            with open(descriptor, "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise OSError("it is no ordinary file")
                data = file.read(limit + 1)
        except FileNotFoundError:
            message, hint = f"{named} does not exist.", "Check the name, capitals included."
        except NotADirectoryError:
            message, hint = f"{named} does not exist.", "A part of this path is a file."
        except IsADirectoryError:
            message, hint = f"{named} is a folder, not a file.", "Name the file inside it."
        except PermissionError:
            if path.is_dir():
                message, hint = f"{named} is a folder, not a file.", "Name the file inside it."
            else:
                message, hint = f"{named} may not be read.", "Change its permissions."
        except (OSError, RuntimeError, ValueError) as reason:  # loops of links, names too long
            message, hint = f"{named} cannot be read ({reason}).", "Check the path."
        else:
            if len(data) <= limit:
                return data
            message = f"{named} is larger than {_size(limit)}."
            hint = "That is more than a leaflet can hold; is this the right file?"
        raise Problems([error("cannot-read", message, place, hint)])

    def read_text(self, path: Path, limit: int) -> str:
        """The text of a file inside the project, as `read` and `decode_utf8` have it."""
        return decode_utf8(self.read(path, limit), self.show(path))

    def _readable(self) -> tuple[Path, ...]:
        return (self.root, builtin_styles(), packaged_fonts())


def decode_utf8(data: bytes, file: str) -> str:
    """UTF-8 bytes, with or without a byte order mark, as text. Raises Problems with the place."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        before = data[: reason.start].decode("utf-8-sig", "replace")
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise Problems(
            [
                error(
                    "not-utf8",
                    f"The file is not UTF-8: the byte 0x{data[reason.start]:02X} here belongs to "
                    "another encoding.",
                    Place(file, before.count("\n") + 1, column),
                    "Save it again as “UTF-8” (in the editor: Save as … → Encoding).",
                )
            ]
        ) from None


def check_name(name: str, place: Place) -> None:
    """Raise Problems unless `name` is fit for a leaflet: it becomes part of file names in mails."""
    if not NAME.fullmatch(name):
        raise Problems(
            [
                error(
                    "leaflet-name",
                    f"`{name}` cannot be the name of a leaflet.",
                    place,
                    "Use letters without accents, digits and hyphens, as in `my-leaflet`: the "
                    "PDF is named after it, and mail programs stumble over anything else.",
                )
            ]
        )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its target, then rename: readers see the old one or the new one.

    Parts that a killed process left behind are swept away once they are an hour old.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for other in path.parent.glob(f".{path.name}.*.part"):
        with contextlib.suppress(OSError):  # somebody else was quicker
            if time.time() - other.stat().st_mtime > _ABANDONED:
                other.unlink()


def _size(limit: int) -> str:
    return f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB"
