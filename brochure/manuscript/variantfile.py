"""``variants/<id>.yaml``: read, and checked by itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, Place, error, shortened
from brochure.manuscript import yamltree
from brochure.manuscript.model import Variant
from brochure.manuscript.nodes import Mapping as Block
from brochure.manuscript.nodes import Tree, entries, items
from brochure.manuscript.regions import FILE
from brochure.manuscript.validate import did_you_mean, validate
from brochure.project import Project

_FOLDER = "variants"


def variant_files(project: Project, leaflet: str) -> dict[str, Path]:
    """The files of a leaflet's variants, by the ids of their regions."""
    folder = project.manuscript(leaflet).with_name(_FOLDER)
    project.seen.add(folder)
    return {f.stem: f for f in sorted(folder.glob("*.yaml"))} if folder.is_dir() else {}


def read_variant(project: Project, path: Path) -> tuple[Tree, list[Diagnostic]]:
    """A variant file and all that is wrong with it by itself."""
    tree, complaints = yamltree.read(project, path)
    if tree.root is None:  # nothing but comments: nothing differs
        return tree, complaints
    complaints += [
        error(
            "quote-change",
            "A quote of the base cannot be changed: it is printed to the letter, in all regions.",
            place,
            "Put the passage under `leave_out:`, and another with its own quote under `add:`.",
        )
        for place in _quote_changes(tree)
    ]
    if too_many := [*too_many_passages(tree, "add"), *too_many_passages(tree, "passages")]:
        return tree, [*complaints, *too_many]
    said = {complaint.place.line for complaint in complaints if complaint.is_error}
    _, invalid = validate(tree, Variant)
    complaints += [complaint for complaint in invalid if complaint.place.line not in said]
    return tree, complaints


def too_many_passages(tree: Tree, key: str) -> list[Diagnostic]:
    """A complaint at the first passage too many, if there is one in the list or block `key`."""
    node = tree.node((key,))
    places = [item.place for item in items(node)] or [name.place for name, _ in entries(node)]
    return [
        error(
            "too-many",
            f"From here on there are too many passages: {bounds.PASSAGES} are the most.",
            place,
            "Make several leaflets of it, or take another source: is this the right file?",
        )
        for place in places[bounds.PASSAGES : bounds.PASSAGES + 1]
    ]


def _quote_changes(tree: Tree) -> list[Place]:
    passages = tree.node(("passages",))
    changes = (change for _, change in entries(passages) if isinstance(change, Block))
    keys = (change.key("quote") for change in changes)
    return [key.place for key in keys if key is not None]


def strange_files(
    project: Project, leaflet: str, files: Mapping[str, Path], ids: Sequence[str]
) -> list[Diagnostic]:
    """Files in ``variants/`` that belong to no region: they would be left aside silently."""
    folder = project.manuscript(leaflet).with_name(_FOLDER)
    known = list(ids)
    there = set(ids)
    strangers = {name: path for name, path in files.items() if name not in there}
    used = set(files.values())
    complaints = [
        error(
            "unknown-variant",
            f"There is no region `{shortened(name)}` in {FILE}, so this file is never used.",
            Place(project.show(path)),
            (did_you_mean(name, known) if ids and number < bounds.ALIKE else "")
            + " Rename the file after the id of its region, or add a row for it.",
        )
        for number, (name, path) in enumerate(strangers.items())
    ]
    others = sorted(folder.iterdir()) if folder.is_dir() else []
    return complaints + [
        error(
            "file-type",
            "Variants are files whose names end in `.yaml`; this one is never used.",
            Place(project.show(path)),
            f"Rename it to `{path.stem}.yaml`.",
        )
        for path in others
        if path.suffix.lower() in (".yml", ".yaml") and path not in used
    ]
