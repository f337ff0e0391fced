"""Imports point up the list of rooms in ARCHITECTURE.md, in no circle, and one room only knows
WeasyPrint.
"""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "brochure"


def rooms() -> list[str]:
    """Files and folders of the package, in the order of ARCHITECTURE.md, sub-folders dotted."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    block = text.partition("## Rooms")[2].partition("\n## ")[0]
    names: list[str] = []
    above = ""
    for line in block.splitlines():
        found = re.match(r"    (  )?([a-z_]+)(?:\.py|/)", line)
        if found:
            above = above if found[1] else found[2]
            names.append(f"{above}.{found[2]}" if found[1] else above)
    return names


def modules() -> dict[str, Path]:
    """All modules by their dotted names below the package, those that only name a folder aside."""
    return {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts): file
        for file in PACKAGE.rglob("*.py")
        if not file.name.startswith("__")
    }


def imports(file: Path) -> set[str]:
    """What a module imports, anywhere in it, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def graph() -> dict[str, set[str]]:
    """The modules of the package that each one imports."""
    known = modules()
    return {
        name: {other.removeprefix("brochure.") for other in imports(file)} & known.keys()
        for name, file in known.items()
    }


def test_every_room_is_described() -> None:
    folders = {".".join(name.split(".")[:-1]) for name in modules()} - {""}
    files = {name for name in modules() if "." not in name}
    assert len(modules()) > 60
    assert sorted(rooms()) == sorted(folders | files)


def test_imports_point_up() -> None:
    order = [name for name in rooms() if "." not in name]
    checked = 0
    wrong = []
    for name, others in graph().items():
        for other in others:
            here, there = (order.index(one.partition(".")[0]) for one in (name, other))
            checked += 1
            if there > here:
                wrong.append(f"{name} imports {other}")
    assert checked > 200
    assert wrong == []


def test_no_imports_go_in_a_circle() -> None:
    order = list(TopologicalSorter(graph()).static_order())  # raises CycleError
    assert len(order) == len(modules())


def test_one_room_only_knows_weasyprint() -> None:
    users = {
        name
        for name, file in modules().items()
        if any(other.partition(".")[0] in ("weasyprint", "pydyf") for other in imports(file))
    }
    assert users
    assert {name.rpartition(".")[0] for name in users} == {"layout.weasyprint"}


def test_its_one_door_is_the_typesetter() -> None:
    room = "layout.weasyprint."
    opened = {
        other
        for name, others in graph().items()
        if not name.startswith(room)
        for other in others
        if other.startswith(room)
    }
    assert opened == {"layout.weasyprint.typesetter"}
