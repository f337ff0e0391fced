"""The studio: from a changed file to the picture of its first page, beside a fresh build."""

import shutil
import statistics
import subprocess
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from brochure.project import Project
from brochure.studio.workplace import Workplace

ROOT = Path(__file__).parent.parent
SEED = ROOT / "content" / "wir-bringen-uns-ein" / "leaflet.yaml"
GOALS = {5: 0.25, 20: 0.35}  # pairs, and the ratio that is aimed at
_CHANGED = "Fokus"  # a word of the first quote, so that the first page changes
_EDITION = "email"


def main(work: Path, rounds: int) -> None:
    """Print the ratios, and where the time goes."""
    project = Project(work / "studio")
    print("\nFrom a changed file to the picture of its first page, by pairs (a fresh build is 1)")
    with closing(Workplace(project)) as workplace:
        for pairs, goal in GOALS.items():
            path = write_leaflet(project, pairs)
            run = Run(project, workplace, path)
            run.studio()
            run.fresh()
            times = [(run.fresh(), *run.studio()) for _ in range(rounds)]
            fresh, pages, picture = (statistics.median(one) for one in zip(*times, strict=True))
            ratio = (pages + picture) / fresh
            details = f"pages {pages / fresh:.2f}, its picture {picture / fresh:.2f}"
            print(f"  {pairs:<30} {ratio:.2f}   ({details}; aimed at: {goal}; {fresh:.2f} s)")


class Run:
    """Builds of one leaflet, each of another text."""

    def __init__(self, project: Project, workplace: Workplace, path: Path) -> None:
        self._project, self._workplace, self._path = project, workplace, path
        self._text = path.read_text("utf-8")
        self._number = count()
        self._name = path.parent.name

    def _change(self) -> None:
        changed = self._text.replace(_CHANGED, f"{_CHANGED} {next(self._number)}", 1)
        self._path.write_text(changed, "utf-8")

    def fresh(self) -> float:
        """Seconds that a process takes which knows nothing but what is cached on disk."""
        self._change()
        shutil.rmtree(self._project.out, ignore_errors=True)
        command = [sys.executable, "-m", "brochure", "-C", str(self._project.root), "build"]
        start = time.perf_counter()
        subprocess.run(
            [*command, self._name, "-e", _EDITION], cwd=ROOT, check=True, capture_output=True
        )
        return time.perf_counter() - start

    def studio(self) -> tuple[float, float]:
        """Seconds until the pages are known, and from then until the first is drawn."""
        self._change()
        start = time.perf_counter()
        data = self._workplace.builds.preview(self._name, _EDITION, "", "de")
        pages = data["pages"]
        assert isinstance(pages, list)
        assert data["current"]
        between = time.perf_counter()
        self._workplace.builds.picture(Path(pages[0]["src"]).stem)
        return between - start, time.perf_counter() - between


def write_leaflet(project: Project, pairs: int) -> Path:
    """A leaflet of so many pairs, those of the first leaflet over and over."""
    head, _, body = SEED.read_text("utf-8").partition("passages:\n")
    texts = ["  - id:" + part for part in body.split("  - id:")[1:]]
    path = project.manuscript(f"pairs-{pairs}")
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = (
        texts[index % len(texts)].replace("- id: ", f"- id: p{index}-", 1) for index in range(pairs)
    )
    path.write_text(head + "passages:\n" + "".join(chosen), "utf-8")
    return path
