"""List the digests of many files that brochure makes: python script/digests.py [PROJECT …].

For each leaflet of this checkout, each that `brochure new` begins with, and each of the projects
named: all variants in all editions. Two checkouts whose lists are the same set the same type:

    python script/digests.py > after.txt
    git worktree add ../before main
    PYTHONPATH=../before python script/digests.py --checkout ../before > before.txt
    diff before.txt after.txt
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def main() -> None:
    """Print a line for each file, and one for each project that does not build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", type=Path)
    parser.add_argument("--checkout", type=Path, default=Path(__file__).parent.parent)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["BROCHURE_CACHE"] = str(work / "remembered")
        text = (options.checkout / "styles" / "editions.yaml").read_text("utf-8")
        editions = re.findall(r"^([a-z][a-z0-9-]*):", text, re.MULTILINE)
        for name, project in projects(work, options.checkout, options.projects):
            for line in digests(project, editions):
                print(f"{name}: {line}", flush=True)


def projects(work: Path, checkout: Path, more: list[Path]) -> Iterator[tuple[str, Path]]:
    """Names and folders of projects, each a copy."""
    shutil.copytree(checkout / "content", work / "own" / "content")
    yield "own", work / "own"
    for language in ("de", "en"):
        for kind in ([], ["--example"]):
            name = "-".join(["new", language, *kind]).replace("---", "-")
            folder = work / name
            folder.mkdir()
            brochure(folder, "new", "leaflet", "--language", language, *kind)
            yield name, folder / "leaflet"
    for project in more:
        shutil.copytree(project, work / "more" / project.name, symlinks=True)
        yield project.name, work / "more" / project.name


def digests(project: Path, editions: list[str]) -> Iterator[str]:
    """All variants of a project's leaflets in all editions, as drafts where they must be."""
    bad = []
    for edition in editions:
        for draft in ([], ["--draft"]):
            code = brochure(project, "build", "--all", "--edition", edition, *draft)
            if code == 0:
                break
        else:
            bad.append(edition)
    out = project / "out"
    for file in sorted(path for path in out.rglob("*") if path.is_file()):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        yield f"{digest}  {file.relative_to(out).as_posix()}"
    if bad:
        yield f"not built: {' '.join(bad)}"


def brochure(folder: Path, *arguments: str) -> int:
    """Run a command in a folder; its exit code."""
    command = [sys.executable, "-m", "brochure", *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
    return run.returncode


if __name__ == "__main__":
    main()
