"""What a file says that went out as a leaflet and comes back, perhaps changed.

Its texts are found by the bookmarks at which they begin. Where somebody typed over one, it is
gone: then the style of a paragraph, its column, and what stands around it tell what it is. A
document that never was a leaflet is compared by what was understood of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from brochure.diagnostics import DiagnosticsError
from brochure.interchange.arrangement import BELOW, LABEL
from brochure.interchange.document import Block, Cell, Document, Paragraph, Table
from brochure.interchange.leaflet_file import proposed_ids
from brochure.interchange.markdown_file import origin_in, texts_in
from brochure.interchange.outgoing import (
    MARK,
    NAMESPACE,
    Origin,
    form_of,
    mark_of,
    numbers_in,
    passage_ids,
    texts_of,
    unpacked,
)
from brochure.interchange.proposal import Proposal
from brochure.interchange.prose import same
from brochure.interchange.reading.container import ZIP, open_package
from brochure.interchange.understanding.markdown_text import markdown
from brochure.manuscript.text.markdown import escaped
from brochure.manuscript.yaml.nodes import Plain
from brochure.starters import plain_words

_ORIGIN = re.compile(NAMESPACE.encode() + rb"[^<>]*>([A-Za-z0-9+/=\s]+)<")
_LARGEST = 4_000_000  # bytes of the part that holds an origin
_ALIKE = 0.6  # of the words of a passage that make it the same one
_COMPARED = 4_000  # characters of a passage that are compared
_PAIRS = 2_500  # of a passage and a row that are compared; each takes time
_LONGEST = 30_000  # characters of a text; longer ones are none for a leaflet, and take long


@dataclass(frozen=True)
class Returned:
    """The texts of a file by their keys, and the passages in their order; those that are new have
    ids of their own. `unclear` are texts made of several values that somebody changed in a way that
    is not understood: what was shown, and what is there now. `unplaced` belongs to no text.
    `complete`: what is not among the texts is not in the file any more.
    """

    texts: Mapping[str, str]
    passages: tuple[str, ...]
    unclear: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unplaced: tuple[str, ...] = ()
    complete: bool = True


def origin_of(data: bytes) -> Origin | None:
    """Where a file came from, if it went out as a leaflet."""
    if not data.startswith(ZIP):
        return origin_in(data)
    try:
        package = open_package(data, "")
    except DiagnosticsError:
        return None  # told by whoever reads it
    for name, entry in package.entries.items():
        if name.startswith("customxml/") and entry.file_size <= _LARGEST:
            found = _ORIGIN.search(package.read(entry.filename) or b"")
            if found and (origin := unpacked(found[1].decode("ascii"))):
                return origin
    return None


def is_marked(document: Document) -> bool:
    """Whether a document has bookmarks that a leaflet gave it."""
    return any(
        name.startswith(MARK)
        for paragraph in _paragraphs(document.blocks)
        for name in paragraph.names
    )


def _paragraphs(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    yield from _paragraphs(cell.blocks)


def read_word(document: Document, origin: Origin) -> Returned:
    """The texts of a Word document that went out as this leaflet."""
    reader = _Reader(origin)
    reader.flow(document.blocks)
    return reader.returned()


def read_markdown(text: str, origin: Origin) -> Returned:
    """The texts of a Markdown file that went out as this leaflet."""
    reader = _Reader(origin)
    found = list(texts_in(text))
    reader.take(found)
    return reader.returned()


@dataclass
class _Row:
    """A row of the table of pairs: its passage, if it is known, and what has no bookmark."""

    id: str
    texts: dict[str, list[Paragraph]] = field(default_factory=dict)  # by keys in a passage


class _Reader:
    """Finds the texts of a document, from top to bottom."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._base = texts_of(origin.content)
        ids = passage_ids(origin.content)
        keys = [*self._base, *origin.shown, *(f"passages.{id_}" for id_ in ids)]
        self._keys = {mark_of(key): key for key in keys}
        self._labels = {mark_of(BELOW + key): key for key in keys}
        self._found: dict[str, list[Paragraph]] = {}
        self._rows: list[_Row] = []
        self._written: dict[str, str] = {}  # texts that are Markdown already
        self._unplaced: list[str] = []
        self._current = ""
        self._below = ""
        self._after_pairs = False

    # --- Where each paragraph belongs ---------------------------------------------------------

    def flow(self, blocks: Iterable[Block]) -> None:
        """The blocks of the body."""
        for block in blocks:
            if isinstance(block, Paragraph):
                self._in_body(block)
            elif isinstance(block, Table):
                self._table(block)

    def take(self, found: Iterable[tuple[str, str]]) -> None:
        """Texts in Markdown with their keys."""
        known = set(self._keys.values())
        ids = passage_ids(self._origin.content)
        there: dict[str, None] = {}
        for key, text in found:
            steps = key.split(".")
            if not key or (key not in known and steps[0] == "passages" and steps[1] not in ids):
                self._unplaced.append(text)
                continue
            if steps[0] == "passages":
                there[steps[1]] = None
            self._written[key] = f"{self._written[key]}\n\n{text}" if key in self._written else text
        self._rows = [_Row(id_) for id_ in there]

    def _in_body(self, paragraph: Paragraph) -> None:
        if self._known(paragraph):
            return
        name = paragraph.style.lower()
        if not self._after_pairs:
            if name in ("title", "subtitle") and name not in self._found:
                self._start(name, paragraph)
            elif self._goes_on():
                self._add(paragraph)
            else:
                self._start("lead", paragraph)
        elif self._below:
            self._start(self._below, paragraph)
        elif paragraph.heading and "call.heading" not in self._found and not self._current:
            self._start("call.heading", paragraph)
        elif self._goes_on():
            self._add(paragraph)
        elif self._current == "call.heading":
            self._start("call.text", paragraph)
        else:
            self._unplaced.append(paragraph.text)

    def _known(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph has a bookmark; then it is put where it belongs."""
        ours = [name for name in paragraph.names if name.startswith(MARK)]
        keys = (self._keys[name] for name in ours if name in self._keys)
        key = next((key for key in keys if not _is_row(key)), "")
        if key:
            self._start(key, paragraph)
            return True
        label = mark_of(LABEL + paragraph.text.strip())
        below = next((self._labels[name] for name in ours if name in self._labels), "")
        if label in ours or below:
            if label not in ours:
                self._unplaced.append(paragraph.text)
            self._current, self._below = "", below
            return True
        return False

    def _start(self, key: str, paragraph: Paragraph) -> None:
        self._current, self._below = key, ""
        self._found.setdefault(key, []).append(paragraph)

    def _add(self, paragraph: Paragraph) -> None:
        self._found[self._current].append(paragraph)

    def _goes_on(self) -> bool:
        return bool(self._current) and form_of(self._current) in ("prose", "quote")

    def _table(self, table: Table) -> None:
        marks = {name for p in _paragraphs([table]) for name in p.names}
        is_pairs = not self._after_pairs and not any(name in self._labels for name in marks)
        for number, cells in enumerate(table.rows):
            below = number >= max(table.header_rows, 1) or self._passage_of(cells)
            if is_pairs and below:
                self._pair(cells)
            elif is_pairs:
                self._headings(cells)
            else:
                self._row_of_details(cells)
        self._after_pairs = self._after_pairs or is_pairs
        self._current = self._below = ""

    def _headings(self, cells: Sequence[Cell]) -> None:
        """The headings of the columns, by their places where they have no bookmark."""
        for key, cell in zip(("columns.quote", "columns.commentary"), cells, strict=False):
            for paragraph in _paragraphs(cell.blocks):
                if self._known(paragraph):
                    continue
                if key in self._base:
                    self._start(key, paragraph)
                else:
                    self._unplaced.append(paragraph.text)

    def _row_of_details(self, cells: Sequence[Cell]) -> None:
        self._current = self._below = ""
        for cell in cells:
            for paragraph in _paragraphs(cell.blocks):
                if self._known(paragraph):
                    continue
                if self._below:
                    self._start(self._below, paragraph)
                elif self._current:
                    self._add(paragraph)
                else:
                    self._unplaced.append(paragraph.text)

    def _pair(self, cells: Sequence[Cell]) -> None:
        row = _Row(self._passage_of(cells))
        for side, cell in zip(("quote", "commentary"), cells, strict=False):
            self._current = self._below = ""
            for paragraph in _paragraphs(cell.blocks):
                if self._known(paragraph):
                    continue
                if self._goes_on() and not paragraph.heading:
                    self._add(paragraph)
                    continue
                inner = self._inner(row, side, paragraph)
                if row.id:
                    self._start(f"passages.{row.id}.{inner}", paragraph)
                else:
                    row.texts.setdefault(inner, []).append(paragraph)
        for cell in cells[2:]:
            self._unplaced += [p.text for p in _paragraphs(cell.blocks)]
        if row.id or row.texts:
            self._rows.append(row)

    def _passage_of(self, cells: Sequence[Cell]) -> str:
        """The id of the passage in a row: that of the first bookmark."""
        taken = {row.id for row in self._rows}
        for paragraph in (p for cell in cells for p in _paragraphs(cell.blocks)):
            for name in paragraph.names:
                key = self._keys.get(name, "")
                if key.startswith("passages.") and (id_ := key.split(".")[1]) not in taken:
                    return id_
        return ""

    def _inner(self, row: _Row, side: str, paragraph: Paragraph) -> str:
        """What a paragraph without a bookmark is in a passage."""
        prefix = f"passages.{row.id}."
        found = {key.removeprefix(prefix) for key in self._found if key.startswith(prefix)}
        found |= set(row.texts)
        style = paragraph.style.lower()
        if paragraph.heading and not found & {f"{side}.heading", f"{side}.text"}:
            return f"{side}.heading"
        if style == "caption":
            made = "reference" if side == "quote" else "verdict"
            if made not in found:
                return made
        if style == "intense quote" and side == "commentary" and f"{side}.demand" not in found:
            return f"{side}.demand"
        return f"{side}.text"

    # --- What they say --------------------------------------------------------------------------

    def returned(self) -> Returned:
        """What was found."""
        self._find_moved()
        taken = {*passage_ids(self._origin.content), *(row.id for row in self._rows)}
        order: list[str] = []
        for row in self._rows:
            if not row.id:
                row.id = _new_id(row.texts, taken)
                taken.add(row.id)
            for inner, paragraphs in row.texts.items():
                self._found.setdefault(f"passages.{row.id}.{inner}", []).extend(paragraphs)
            order.append(row.id)
        texts: dict[str, str] = {}
        unclear: dict[str, tuple[str, str]] = {}
        written = {key: self._text(key, found) for key, found in self._found.items()}
        for key, text in (written | self._written).items():
            if _is_made(key, self._origin):
                self._take_made(key, " ".join(text.split()), texts, unclear)
            else:
                texts[key] = self._as_before(key, text)
        for key in self._origin.shown:
            if key not in {*self._found, *self._written} and _still_there(key, order):
                self._take_made(key, "", texts, unclear)
        return Returned(
            {key: text for key, text in texts.items() if text},
            tuple(order),
            unclear,
            tuple(filter(str.strip, self._unplaced)),
        )

    def _text(self, key: str, paragraphs: Sequence[Paragraph]) -> str:
        """Paragraphs as the text of a leaflet."""
        form = "raw" if _is_made(key, self._origin) else form_of(key)
        if form == "raw" or sum(len(one.text) for one in paragraphs) > _LONGEST:
            return _words(paragraphs)
        if form == "line":
            return " ".join(markdown([_as_text(one)]) for one in paragraphs if one.text.strip())
        return markdown(paragraphs)

    def _as_before(self, key: str, text: str) -> str:
        """A text as the leaflet has it, if it says the same."""
        form, base = form_of(key), self._base.get(key, "")
        return base if base and same(base, text, form) else text.strip()

    def _take_made(
        self, key: str, now: str, texts: dict[str, str], unclear: dict[str, tuple[str, str]]
    ) -> None:
        """What a text says that was made of several values."""
        shown = self._origin.shown.get(key, "")
        values = _values(key)
        if now != " ".join(shown.split()):
            taken = self._taken(key, now)
            if taken is not None:
                texts |= taken
                return
            unclear[key] = (shown, now)
        texts |= {one: self._base[one] for one in values if one in self._base}

    def _taken(self, key: str, now: str) -> dict[str, str] | None:
        """The values in a text that somebody changed; None if it is not understood."""
        if key.endswith(".reference"):
            page, lines = _values(key)
            numbers = numbers_in(now, self._origin.patterns) if now else ("", "")
            return None if numbers is None else {page: numbers[0], lines: numbers[1]}
        if key.endswith(".verdict"):
            words = {
                text.casefold(): name.split(".")[1]
                for name, text in self._base.items()
                if name.startswith("verdicts.") and name.endswith(".word")
            }
            return (
                {key: ""}
                if not now
                else {key: words[w]}
                if (w := now.casefold()) in words
                else None
            )
        return None

    def _find_moved(self) -> None:
        """Rows without a bookmark that say what a passage said that is missing."""
        there = {row.id for row in self._rows}
        missing = [id_ for id_ in passage_ids(self._origin.content) if id_ not in there]
        rows = [row for row in self._rows if not row.id]
        before = [_of_passage(self._base, id_) for id_ in missing]
        now = [" ".join(_words(paragraphs) for paragraphs in row.texts.values()) for row in rows]
        for index, id_ in matched(before, now, missing):
            rows[index].id = id_


def _is_row(key: str) -> bool:
    """Whether a key is that of a passage, and of no text in it."""
    return key.startswith("passages.") and key.count(".") == 1


def _still_there(key: str, order: Sequence[str]) -> bool:
    """Whether a text is of the leaflet itself, or of a passage that is in the file."""
    return not key.startswith("passages.") or key.split(".")[1] in order


def _is_made(key: str, origin: Origin) -> bool:
    """Whether a text is one that is made of several values."""
    if key in origin.shown:
        return True
    return key.startswith("passages.") and key.split(".")[2:] in (["reference"], ["verdict"])


def _values(key: str) -> tuple[str, ...]:
    """The keys of the values that a text is made of."""
    if key == "event.when":
        return "event.date", "event.time"
    if key.endswith(".verdict"):
        return (key,)
    own = key.removesuffix(".reference")
    return f"{own}.quote.page", f"{own}.quote.lines"


def _words(paragraphs: Iterable[Paragraph]) -> str:
    return "\n".join(paragraph.text for paragraph in paragraphs)


def _as_text(paragraph: Paragraph) -> Paragraph:
    """A paragraph of one line, without the mark of an item."""
    return Paragraph(paragraph.runs)


def _of_passage(texts: Mapping[str, str], id_: str) -> str:
    """The words of a passage."""
    prefix = f"passages.{id_}."
    wanted = ("heading", "text", "demand")
    return " ".join(
        text for key, text in texts.items()
        if key.startswith(prefix) and key.rpartition(".")[2] in wanted
    )  # fmt: skip


def _new_id(texts: Mapping[str, Sequence[Paragraph]], taken: set[str]) -> str:
    """An id for a passage that somebody added."""
    order = ("quote.heading", "commentary.heading", "quote.text", "commentary.text")
    words = next((plain_words(_words(texts[key])) for key in order if key in texts), [])
    base = "-".join(words[:3])[:60].strip("-") or "neu"
    names = (f"{base}-{number}" if number > 1 else base for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def matched(
    passages: Sequence[str], rows: Sequence[str], ids: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Which row says what which passage says: the index of the row, and the id; the most alike
    first.
    """
    if len(passages) * len(rows) > _PAIRS:
        return
    cut = [_split(text) for text in passages]
    pairs = []
    for at, row in enumerate(map(_split, rows)):
        for index, passage in enumerate(cut):
            matcher = SequenceMatcher(None, passage, row, autojunk=False)
            if matcher.quick_ratio() >= _ALIKE and (ratio := matcher.ratio()) >= _ALIKE:
                pairs.append((-ratio, abs(at - index), at, index))
    rows_taken: set[int] = set()
    ids_taken: set[int] = set()
    for _, _, at, index in sorted(pairs):
        if at not in rows_taken and index not in ids_taken:
            rows_taken.add(at)
            ids_taken.add(index)
            yield at, ids[index]


def _split(text: str) -> list[str]:
    return re.findall(r"\w+", text[:_COMPARED].casefold())


def from_proposal(proposal: Proposal, content: Plain) -> Returned:
    """What was understood of a document as texts of a leaflet with this content. What was not found
    in it counts as not said.
    """
    base = texts_of(content)
    texts: dict[str, str] = {
        key: text.strip()
        for key, text in (
            ("title", proposal.title),
            ("subtitle", proposal.subtitle),
            ("lead", proposal.lead),
            ("source.title", proposal.source_title),
            ("source.address", proposal.source_address),
            ("source.reference", proposal.reference),
            ("columns.quote", proposal.quote_column),
            ("columns.commentary", proposal.commentary_column),
            ("contact", proposal.contact),
            ("imprint.text" if "imprint.text" in base else "imprint", proposal.imprint),
        )
        if text.strip()
    }
    if any(key.startswith("imprint.") for key in base) and "imprint.text" not in base:
        texts.pop("imprint", None)  # it stands in fields, which are not understood again
    heading, _, rest = proposal.call.strip().partition("\n")
    texts |= {
        k: t.strip() for k, t in (("call.heading", heading), ("call.text", rest)) if t.strip()
    }
    ids = list(passage_ids(content))
    own = proposed_ids(proposal)
    rows = []
    for passage in proposal.passages:
        sides = (passage.quote, passage.commentary)
        rows.append(" ".join(f"{side.heading} {side.text}" for side in sides if side))
    same_as = dict(matched([_of_passage(base, id_) for id_ in ids], rows, ids))
    order: list[str] = []
    for at, passage in enumerate(proposal.passages):
        id_ = same_as.get(at) or own[at]
        while id_ in order or (at not in same_as and id_ in ids):
            id_ = f"{id_}-2"
        order.append(id_)
        for side, part in (("quote", passage.quote), ("commentary", passage.commentary)):
            if part is None:
                continue
            words = escaped(part.text.strip()) if side == "quote" else part.text.strip()
            texts[f"passages.{id_}.{side}.text"] = words
            if part.heading.strip():
                texts[f"passages.{id_}.{side}.heading"] = part.heading.strip()
        if passage.quote:
            for key in ("page", "lines"):
                if number := str(getattr(passage.quote, key)).strip():
                    texts[f"passages.{id_}.quote.{key}"] = number
    for key, text in texts.items():
        if key in base and same(base[key], text, form_of(key)):
            texts[key] = base[key]
    return Returned(texts, tuple(order), complete=False)
