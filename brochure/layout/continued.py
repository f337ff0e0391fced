"""What stands in an empty column: the reference again, where an answer goes on without its quote.

On the page on which a commentary goes on, the column beside it is empty if its quote has ended
before. The reference and “continued” tell there what the answer is about. They are set in the
margin of the page, like a running head, and reach into the column: so they move nothing, and are no
part of the text that is proofread and read aloud.
"""

from collections.abc import Collection, Iterator, Mapping
from xml.etree.ElementTree import Element

from brochure.layout.laid_out import SLACK, Continuation, Layout

_QUOTE, _COMMENTARY = 0, 1


def reference_labels(body: Element, passages: Collection[str]) -> dict[str, str]:
    """What to say of each passage whose answer goes on: its reference, or the heading of its quote,
    and the word for “continued”.
    """
    labels: dict[str, str] = {}
    word = body.get("data-continued", "")
    for row_group in body.iter("tbody"):
        name = row_group.get("id", "")
        if name not in passages or not word:
            continue
        found = [*_elements(row_group, "reference"), *row_group.iter("h2")]
        text = " ".join("".join(found[0].itertext()).split()) if found else ""
        labels[name] = f"{text} ({word})" if text else word
    return labels


def _elements(parent: Element, name: str) -> Iterator[Element]:
    return (element for element in parent.iter() if name in element.get("class", "").split())


def continuations(
    layout: Layout, labels: Mapping[str, str], *, mirrored: bool
) -> tuple[Continuation, ...]:
    """What stands in each column that is empty beside the rest of an answer."""
    found = []
    for fragment in layout.fragments:
        quote = layout.runs.get((fragment.passage, _QUOTE), ())
        answer = layout.runs.get((fragment.passage, _COMMENTARY), ())
        here = [run for run in answer if run.page == fragment.page]
        if not here or not quote or quote[-1].page >= fragment.page:
            continue
        if fragment.passage not in labels:
            continue
        last, first = quote[-1], here[0]
        line = [run for run in quote if run.page == last.page and abs(run.y - last.y) < SLACK]
        left, right = min(run.x for run in line), max(run.x + run.width for run in line)
        indent = last.right - right if mirrored else left - last.left
        found.append(
            Continuation(
                words=labels[fragment.passage],
                page=fragment.page,
                indent=indent,
                y=first.y - (layout.bottoms[fragment.page] - layout.heights[fragment.page]),
                width=last.right - last.left - indent,
                line=first.height,
                size=last.size,
                mirrored=mirrored,
            )
        )
    return tuple(found)
