"""Imports point up the list of rooms in ARCHITECTURE.md, and only the engine imports WeasyPrint."""

import ast
import re
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "brochure"


def rooms() -> list[str]:
    """The modules in the order of ARCHITECTURE.md, as dotted names below the package."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    block = text.partition("## Rooms")[2].partition("## Decisions")[0]
    names = []
    folder = ""
    for line in block.splitlines():
        found = re.match(r"    (  )?([a-z_]+)(\.py|/)", line)
        if not found:
            continue
        if found[3] == "/":
            folder = found[2] + "."
        else:
            names.append((folder if found[1] else "") + found[2])
    return names


def imports(file: Path) -> set[str]:
    """The modules of the package that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules() -> dict[str, Path]:
    return {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts): file
        for file in PACKAGE.rglob("*.py")
        if not file.name.startswith("__")
    }


def test_every_module_has_its_place_in_the_list() -> None:
    assert len(modules()) > 25
    assert sorted(rooms()) == sorted(modules())


def test_imports_point_up() -> None:
    order = rooms()
    wrong = []
    checked = 0
    for name, file in modules().items():
        for other in imports(file):
            target = other.removeprefix("brochure.")
            if other.startswith("brochure.") and target in order:
                checked += 1
                if order.index(target) >= order.index(name):
                    wrong.append(f"{name} imports {target}")
    assert checked > 50
    assert wrong == []


def test_only_the_engine_imports_weasyprint() -> None:
    users = {
        name
        for name, file in modules().items()
        if any(other.partition(".")[0] == "weasyprint" for other in imports(file))
    }
    assert users == {"press.engine"}
