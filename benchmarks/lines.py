"""How well paragraphs are set: ``python -m benchmarks lines``. It measures no times.

Ten leaflets of different measure: the seed and the starters, in editions with wide and narrow
columns. *Ragged* is the standard deviation of the lengths of lines that do not end a paragraph, in
percent of the measure; *hyphens* is the share of these lines that end with a hyphen which the text
does not have; then how many are shorter than half the measure; *fragments*: how many paragraphs
end with a part of a word alone; *lone*: with one word under a fifth of the measure; *cut*: how many
pages end inside a word. Titles, of which the lines shall be alike and not long, are left out.
"""

import html
import re
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

from brochure.layout.compose.composer import compose
from brochure.layout.editions import load_editions
from brochure.layout.weasyprint import boxes
from brochure.manuscript.load import read_manuscript
from brochure.pipeline.typesetter import Typesetter
from brochure.project import Project
from brochure.starters import create_leaflet

ROOT = Path(__file__).parent.parent
SEED = "wir-bringen-uns-ein"
LEAFLETS = (
    *((SEED, edition) for edition in ("email", "booklet", "folded", "large-print")),
    *(("de", edition) for edition in ("email", "booklet", "folded", "large-print")),
    *(("en", edition) for edition in ("email", "folded")),
)  # a name, or the language of a starter; an edition


@dataclass(frozen=True)
class SetLine:
    """A line of a paragraph: its text, its length as a share of the measure, and its page."""

    text: str
    length: float
    page: int


def main() -> None:
    """Print a line for each leaflet, and one for all of them."""
    print(f"{'':28} lines  ragged  hyphens  under half  fragments  lone  cut")
    every: list[tuple[list[SetLine], frozenset[str]]] = []
    with tempfile.TemporaryDirectory() as folder:
        typesetter = Typesetter(Path(folder) / "cache")
        for name, edition in LEAFLETS:
            project = Project(ROOT)
            if len(name) == 2:
                path = create_leaflet(Path(folder), f"{name}-{edition}", name)
                project = Project.find(path.parent)
                composed_name = path.parent.name
            else:
                composed_name = name
            found = list(paragraphs(typesetter, project, composed_name, edition))
            print(_row(f"{name}, {edition}", found))
            every += found
    print(_row("all", every))


def paragraphs(
    typesetter: Typesetter, project: Project, name: str, edition: str
) -> Iterator[tuple[list[SetLine], frozenset[str]]]:
    """The paragraphs of a leaflet as they are set, each with the words of the leaflet."""
    manuscript = read_manuscript(project, name)
    composition = compose(project, manuscript, edition, load_editions(project)[edition])
    words = frozenset(re.findall(r"[^\s\W]+", html.unescape(re.sub("<.*?>", "", composition.html))))
    read, last = boxes.read_layout, list[list[Any]]()

    def spy(pages: list[Any], passages: Any) -> Any:
        last[:] = [pages]
        return read(pages, passages)

    with mock.patch.object(boxes, "read_layout", spy):
        typesetter.typeset(composition)
    going_on: dict[object, list[SetLine]] = {}
    for number, page in enumerate(last[0]):
        for box in page._page_box.descendants():
            lines = [c for c in getattr(box, "children", ()) if type(c).__name__ == "LineBox"]
            if not lines or not box.width or _is_title(box):
                continue
            found = going_on.pop(box.element, [])
            found += [SetLine(_text(line), line.width / box.width, number) for line in lines]
            if lines[-1].resume_at is not None:
                going_on[box.element] = found
            elif any(line.text for line in found):
                yield found, words


def added_hyphen(line: SetLine, following: SetLine, words: frozenset[str]) -> bool:
    """Whether the text does not have the hyphen at the end of a line."""
    if not line.text.endswith(("-", "\u2010")):
        return False
    before, after = re.split(r"\W", line.text[:-1]), re.split(r"\W", following.text)
    return before[-1] + after[0] in words


def _is_title(box: Any) -> bool:
    """Whether a box is a title, of which the lines are to be alike, not long."""
    return box.element_tag in ("h1", "h2", "h3") or (
        box.element is not None and box.element.get("class") == "subtitle"
    )


def _text(line: Any) -> str:
    texts = (box.text for box in line.descendants() if type(box).__name__ == "TextBox")
    return "".join(texts).strip()


def _row(name: str, found: list[tuple[list[SetLine], frozenset[str]]]) -> str:
    lengths: list[float] = []
    hyphens = fragments = lone = cut = 0
    for lines, words in found:
        divided = [added_hyphen(a, b, words) for a, b in pairwise(lines)]
        lengths += [line.length for line in lines[:-1]]
        hyphens += sum(divided)
        cut += sum(
            d and a.page != b.page for d, a, b in zip(divided, lines, lines[1:], strict=False)
        )
        if divided and " " not in lines[-1].text:
            fragments += divided[-1]
            lone += not divided[-1] and lines[-1].length < 0.2
    return (
        f"{name:28} {len(lengths):5}  {100 * statistics.pstdev(lengths):5.1f}%"
        f"  {100 * hyphens / len(lengths):6.1f}%  {sum(x < 0.5 for x in lengths):10}"
        f"  {fragments:9}  {lone:4}  {cut:3}"
    )
