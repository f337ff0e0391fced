"""Build again whenever something changes that the last build really read."""

from collections.abc import Iterator, Set
from pathlib import Path

from watchfiles import watch


def changes(seen: Set[Path]) -> Iterator[set[Path]]:
    """Wait for changes of the paths that were read, or looked for in vain; yield what changed.

    What is to be watched is looked up anew after each change, so the caller builds in between.
    """
    while True:
        watched = frozenset(seen)
        folders = {_nearest_folder(path) for path in watched}

        def concerns(_: object, name: str, watched: frozenset[Path] = watched) -> bool:
            return _concerns(Path(name), watched)

        found = next(
            watch(*sorted(folders), watch_filter=concerns, recursive=False, raise_interrupt=True)
        )
        yield {Path(name) for _, name in found}


def _concerns(path: Path, watched: frozenset[Path]) -> bool:
    """Whether a path was read, lies in a folder of which all was read (fonts), or is a folder
    that holds, or now may hold, what was looked for.
    """
    return (
        path in watched
        or path.parent in watched
        or any(wanted.is_relative_to(path) for wanted in watched)
    )


def _nearest_folder(path: Path) -> Path:
    """The folder in which a change of `path` shows: where it lies, or would have to appear."""
    folder = path if path.is_dir() else path.parent
    while not folder.is_dir():
        folder = folder.parent
    return folder
