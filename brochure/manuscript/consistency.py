"""Whether the parts of a leaflet fit each other: references, verdicts, highlights, the event."""

from collections.abc import Iterator

from brochure import bounds
from brochure.diagnostics import Diagnostic, error, shortened, warning
from brochure.manuscript.model.leaflet import Leaflet, Source
from brochure.manuscript.text.highlight import Span, find_words, nearest_words
from brochure.manuscript.text.markdown import quoted
from brochure.manuscript.yaml.nodes import SequenceNode, Tree, TreePath
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import joined, say


def check_consistency(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """What does not fit in a valid leaflet, at its places in the tree that it was read from."""
    yield from _check_references(leaflet, tree)
    yield from _check_event(leaflet, tree)
    yield from _check_verdicts(leaflet, tree)
    complaints = 0
    for index, passage in enumerate(leaflet.passages):
        if passage.quote and passage.quote.highlight:
            path = ("passages", index, "quote", "highlight")
            helpful = complaints < bounds.SIMILAR_DIAGNOSTICS
            text = quoted(passage.quote.text)
            for diagnostic in _check_highlights(
                passage.quote.highlight, text, tree, path, helpful=helpful
            ):
                complaints += 1
                yield diagnostic


def _check_references(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """A reference needs everything that its pattern contains, and nothing else."""
    for index, passage in enumerate(leaflet.passages):
        quote, path = passage.quote, ("passages", index, "quote")
        if quote is None:
            continue
        source = quote.source or leaflet.source or Source(title="–")
        written = {name for name in ("lines", "page") if getattr(quote, name)}
        pattern = source.reference
        # The patterns of a language print whatever is written.
        printed = (
            written
            if pattern is None
            else {name for name in ("lines", "page") if f"{{{name}}}" in pattern}
        )
        if not written:
            yield warning(
                "no-reference",
                say("The quote does not say where it is in the source."),
                tree.location((*path, "text")),
                say("Add `lines:` or `page:`, so that readers can look it up."),
            )
        elif missing := sorted(printed - written):
            yield error(
                "reference",
                say("The reference needs `{key}`, which this quote does not have.", key=missing[0]),
                tree.location((*path, min(written))),
                say("Add `{key}: …`, or change `reference:` of the source.", key=missing[0]),
            )
        elif unused := sorted(written - printed):
            yield error(
                "reference",
                say(
                    "`{key}` would not be printed: the pattern `{pattern}` does not use it.",
                    key=unused[0],
                    pattern=pattern or "",
                ),
                tree.key_location((*path, unused[0])),
                say(
                    "Write {{{key}}} into `reference:` of the source, or delete this line.",
                    key=unused[0],
                ),
            )


def _check_event(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """An event that is over before the leaflet is out; no clock is asked, so that the same leaflet
    always gets the same answer.
    """
    event, date = leaflet.event, leaflet.date
    if event and date and event.date < date:
        yield warning(
            "event-date",
            say("The event is before the date of the leaflet, {date}.", date=date),
            tree.location(("event", "date")),
            say("Write the right day here, or another `date:` of the leaflet."),
        )


def _check_verdicts(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """Verdicts that the leaflet's own list does not have."""
    known = tuple(leaflet.verdicts or ())
    for index, passage in enumerate(leaflet.passages):
        name = passage.verdict
        if name is None or name in known:
            continue
        add = say(
            "A verdict is added like this: `verdicts:`, and below it `{name}: {{word: …, shape: "
            "cross}}`.",
            name=shortened(name),
        )
        yield error(
            "unknown-verdict",
            say("There is no verdict `{name}` under `verdicts:`.", name=shortened(name)),
            tree.location(("passages", index, "verdict")),
            joined([did_you_mean(name, known), add]),
        )


def _check_highlights(
    highlights: tuple[str, ...], text: str, tree: Tree, path: TreePath, *, helpful: bool
) -> Iterator[Diagnostic]:
    """Highlights that are not in their quote, are there more than once, or overlap.

    `helpful` looks for what was meant, which takes time.
    """
    taken: list[tuple[Span, str]] = []
    in_list = isinstance(tree.node(path), SequenceNode)
    for index, words in enumerate(highlights):
        location = tree.location((*path, index) if in_list else path)
        spans = find_words(words, text)
        if not spans:
            near = nearest_words(words, text) if helpful else ""
            yield error(
                "highlight",
                say("The quote does not contain “{words}”.", words=shortened(words)),
                location,
                say("Did you mean “{words}”?", words=near)
                if near
                else say("Copy the words from the quote, to the letter."),
            )
        elif len(spans) > 1:
            yield warning(
                "highlight",
                say(
                    "“{words}” stands in the quote {number} times, and is marked each time.",
                    words=shortened(words),
                    number=len(spans),
                ),
                location,
                say("To mark one of them, write some of the words beside it as well."),
            )
        for span in spans:
            other = next((w for s, w in taken if s[0] < span[1] and span[0] < s[1]), None)
            if other is not None:
                yield error(
                    "highlight",
                    say(
                        "“{words}” and “{others}” overlap in the quote.",
                        words=shortened(words),
                        others=shortened(other),
                    ),
                    location,
                    say("Write them as one, from the first word to the last."),
                )
                break
        taken += ((span, words) for span in spans)
