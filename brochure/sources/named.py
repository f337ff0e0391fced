"""Which files a leaflet names as its sources. Read from the tree: it need not be valid yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from brochure.diagnostics import Place
from brochure.manuscript.nodes import Path, Scalar, Tree, items
from brochure.sources.document import Mode


@dataclass(frozen=True)
class Named:
    """A file that is quoted, as the leaflet names it: relative to its folder.

    `mode` is how its lines are numbered, None where that is to be found out; `anew` whether they
    are counted anew on each page where no numbers are printed.
    """

    path: Path
    file: str
    title: str
    mode: Mode | None
    anew: bool
    place: Place

    @property
    def is_own(self) -> bool:
        """Whether it is the source of the leaflet, and not that of a single quote."""
        return self.path == ("source",)


def named_sources(tree: Tree) -> Iterator[Named]:
    """The source of the leaflet, and those that quotes have of their own."""
    passages = items(tree.node(("passages",)))
    paths: list[Path] = [("passages", i, "quote", "source") for i in range(len(passages))]
    own = [path for path in paths if tree.node(path) is not None]
    if main := _named(tree, ("source",), [path[:-1] for path in paths if path not in own]):
        yield main
    for path in own:
        if other := _named(tree, path, [path[:-1]]):
            yield other


def _named(tree: Tree, path: Path, quotes: list[Path]) -> Named | None:
    file = _text(tree, (*path, "file"))
    if not file:
        return None
    said = _text(tree, (*path, "lines"))
    mode = next((mode for mode in get_args(Mode) if mode == said), None)
    # Whoever names pages and lines counts anew on each page.
    anew = any(_text(tree, (*quote, "page")) and _text(tree, (*quote, "lines")) for quote in quotes)
    return Named(path, file, _text(tree, (*path, "title")), mode, anew, tree.place((*path, "file")))


def _text(tree: Tree, path: Path) -> str:
    node = tree.node(path)
    return (node.text or "").strip() if isinstance(node, Scalar) else ""
