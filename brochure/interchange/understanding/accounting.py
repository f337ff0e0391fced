"""Words in, words out: which words of a file are neither in a leaflet nor among the leftovers."""

from collections import Counter
from collections.abc import Iterable, Iterator

from brochure.interchange.document import Document, paragraphs
from brochure.interchange.proposal import Proposal
from brochure.interchange.reading import witness
from brochure.interchange.understanding.markdown_text import plain, plain_line


def words_of(text: str) -> list[str]:
    """The words of a text, without lines that are drawn with underscores."""
    return _tidy(witness.words_of(text))


def _tidy(words: Iterable[str]) -> list[str]:
    return [bare for word in words if (bare := word.strip("_"))]


def words_of_document(document: Document) -> list[str]:
    """All words of a file, as its witness has counted them, or else its reader."""
    if document.words is not None:
        return _tidy(document.words)
    words = [word for one in paragraphs(document.blocks) for word in words_of(one.text)]
    for leftover in document.leftovers:
        if leftover.kind != "insertion":
            words += words_of(leftover.text)
    return words


def texts_of(proposal: Proposal) -> Iterator[str]:
    """All texts of a proposal as plain text, without the leftovers."""
    for text in (proposal.title, proposal.subtitle, proposal.quote_column,
                 proposal.commentary_column):  # fmt: skip
        yield plain_line(text)
    for text in (proposal.lead, proposal.call, proposal.contact, proposal.imprint):
        yield from plain(text)
    yield from (proposal.source_title, proposal.source_address)
    for passage in proposal.passages:
        if passage.quote is not None:
            yield plain_line(passage.quote.heading)
            yield passage.quote.text
        if passage.commentary is not None:
            yield plain_line(passage.commentary.heading)
            yield from plain(passage.commentary.text)
        if passage.picture is not None:
            yield passage.picture.description
    for picture in (proposal.picture, proposal.logo):
        if picture is not None:
            yield picture.description


def used_words(
    proposal: Proposal, consumed: Iterable[str], joined: Iterable[tuple[str, str, str]]
) -> Counter[str]:
    """The words of a proposal as they are in the file: those that a page break had cut, in parts;
    with what was `consumed`.
    """
    used = Counter(word for text in texts_of(proposal) for word in words_of(text))
    for text in consumed:
        used.update(words_of(text))
    for first, second, whole in joined:
        if used[whole]:
            used[whole] -= 1
            used.update((first, second))
    return used


def lost_words(document: Document, proposal: Proposal, used: Counter[str]) -> tuple[str, ...]:
    """The words of a document that are neither used nor among the leftovers, in its order."""
    rest = Counter(used)
    for leftover in proposal.leftovers:
        if leftover.kind != "insertion":  # it is among the text as well
            rest.update(words_of(leftover.text))
    lost: list[str] = []
    for word in words_of_document(document):
        if rest[word] > 0:
            rest[word] -= 1
        else:
            lost.append(word)
    return tuple(lost)
