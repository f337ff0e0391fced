"""The project folder: every path, and the one door to the file system.

A project holds ``content/<leaflet>/``, ``styles/`` and ``out/``. What people write is read
through :meth:`Project.read` only, which refuses whatever lies outside the project (after
following symbolic links), is no regular file, or is too large, and remembers what was asked
for, so that ``--watch`` watches what the last build really read. What is written goes through
:meth:`Project.write`, which leaves everything outside alone.

What brochure remembers (text read from PDFs, what was built from what) lies outside of the
project, in the user's own cache folder: a project may come from a stranger, and would be believed.
"""

import errno
import hashlib
import os
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.files import decode_utf8, read_regular, write_whole

MANUSCRIPT = "leaflet.yaml"
MAIL = "mail.yaml"  # beside it: the letter with which it is sent
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
CACHE_VARIABLE = "BROCHURE_CACHE"  # names another folder for what is remembered


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
        raise DiagnosticsError(
            [
                error(
                    "no-project",
                    "There is no project here: no folder `content/`, neither in this folder "
                    "nor in one above it.",
                    Location(str(start)),
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
        """The user's folder for what can be made again at any time: hyphenated words, font tables,
        the text of sources. All projects share it.
        """
        return cache_folder()

    @property
    def journal(self) -> Path:
        """Where what was built in this project is remembered."""
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
        own = self.root / "styles" / name
        self.seen.add(own)
        if own.exists() or own.is_symlink():
            return own
        return builtin_styles() / name

    def read(self, path: Path, limit: int, asked_at: Location | None = None) -> bytes:
        """The bytes of a file inside the project, at most `limit` of them.

        `asked_at` is the place that names the file, where there is one. Raises Problems.
        """
        self.seen.add(path)
        location = asked_at or Location(self.show(path))
        named = f"`{self.show(path)}`"
        try:
            # Not strict: what lies outside is said to lie outside, whether or not it exists there;
            # the complaint must not depend on the machine, nor tell what else is on it.
            real = path.resolve()
            if not any(real.is_relative_to(base.resolve()) for base in self._readable()):
                raise DiagnosticsError(
                    [
                        error(
                            "outside-project",
                            f"{named} lies outside the project folder.",
                            location,
                            "Copy the file into the project; nothing outside it is read.",
                        )
                    ]
                )
            data = read_regular(real, limit)
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
        except RuntimeError:
            message, hint = f"{named} is a link that leads in a circle.", "Delete it."
        except (OSError, ValueError) as reason:  # names too long
            message, hint = f"{named} cannot be read ({reason}).", "Check the path."
        else:
            if len(data) <= limit:
                return data
            message = f"{named} is larger than {_size(limit)}."
            hint = "That is more than a leaflet can hold; is this the right file?"
        raise DiagnosticsError([error("cannot-read", message, location, hint)])

    def read_text(self, path: Path, limit: int) -> str:
        """The text of a file inside the project, as `read` and `decode_utf8` have it."""
        return decode_utf8(self.read(path, limit), self.show(path))

    def write(self, path: Path, data: bytes) -> None:
        """Write a file of the project whole. Raises OSError, also where it would lie outside of the
        project because a folder on its way is a symbolic link.
        """
        folder = path.parent.resolve()
        if not folder.is_relative_to(self.root.resolve()):
            said = f"`{self.show(path.parent)}` leads out of the project folder"
            raise OSError(errno.EPERM, said)
        if path.is_dir() and not path.is_symlink():
            raise OSError(errno.EISDIR, f"`{self.show(path)}` is a folder")
        write_whole(path, data)

    def _readable(self) -> tuple[Path, ...]:
        return (self.root, builtin_styles(), packaged_fonts())


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again (XDG Base Directory, on Linux)."""
    import platformdirs

    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("brochure", False)


def check_name(name: str, location: Location) -> None:
    """Raise Problems unless `name` is fit for a leaflet: it becomes part of file names in mails."""
    if not NAME.fullmatch(name):
        raise DiagnosticsError(
            [
                error(
                    "leaflet-name",
                    f"`{name}` cannot be the name of a leaflet.",
                    location,
                    "Use letters without accents, digits and hyphens, as in `my-leaflet`: the "
                    "PDF is named after it, and mail programs stumble over anything else.",
                )
            ]
        )


def _size(limit: int) -> str:
    return f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB"
