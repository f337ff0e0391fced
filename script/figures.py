"""Print how the package is built, in figures: python script/figures.py [CHECKOUT].

What is counted: modules and lines, modules with one importer, imports inside functions, `Any` in
signatures, modules that import WeasyPrint's own, functions named `read`, classes and public
functions whose names occur twice. Run it on two checkouts to compare them.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Print the figures of a checkout."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    package = root / "brochure"
    trees = {
        ".".join(file.relative_to(root).with_suffix("").parts): ast.parse(file.read_text("utf-8"))
        for file in sorted(package.rglob("*.py"))
        if not file.name.startswith("__")
    }
    lines = sum(len(file.read_text("utf-8").splitlines()) for file in package.rglob("*.py"))
    importers = Counter(other for name in trees for other in imported(name, trees))
    weasyprint = [name for name in trees if ".weasyprint." in name or name.endswith("engine")]
    outside = {name: tree for name, tree in trees.items() if ".weasyprint." not in name}
    rows = {
        "modules": len(trees),
        "lines": lines,
        "modules with one importer": sum(importers[name] == 1 for name in trees),
        "imports inside functions": sum(sum(1 for _ in inner(tree)) for tree in trees.values()),
        "Any in signatures": sum(sum(1 for _ in anys(tree)) for tree in trees.values()),
        "  outside layout/weasyprint": sum(sum(1 for _ in anys(tree)) for tree in outside.values()),
        "modules in the room of WeasyPrint": len(weasyprint),
        "functions named read": sum(
            isinstance(node, ast.FunctionDef) and node.name == "read"
            for tree in trees.values()
            for node in tree.body
        ),
        "names of public classes and functions used twice": len(twice(trees)),
    }
    for name, number in rows.items():
        print(f"{number:7,}  {name}")
    for name, modules in sorted(twice(trees).items()):
        print(f"         {name}: {', '.join(modules)}")


def imported(name: str, trees: dict[str, ast.Module]) -> set[str]:
    """The modules of the package that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(trees[name]):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in trees else node.module)
    return found & trees.keys()


def inner(tree: ast.Module) -> Iterator[ast.stmt]:
    """Imports inside functions."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from (n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom))


def anys(tree: ast.Module) -> Iterator[ast.Name]:
    """`Any` in the annotations of parameters and results."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            signature = function.args
            parameters = [*signature.posonlyargs, *signature.args, *signature.kwonlyargs]
            parameters += [one for one in (signature.vararg, signature.kwarg) if one]
            annotations = [*(one.annotation for one in parameters), function.returns]
            for annotation in filter(None, annotations):
                for node in ast.walk(annotation):
                    if isinstance(node, ast.Name) and node.id == "Any":
                        yield node


def twice(trees: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Names of public classes and functions that several modules have, with the modules."""
    found: dict[str, list[str]] = {}
    for name, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(name)
    return {name: modules for name, modules in found.items() if len(modules) > 1}


if __name__ == "__main__":
    main()
