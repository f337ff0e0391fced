"""A paragraph as it is read: pieces of text one after the other, and what stands beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from brochure.interchange.document import (
    Block,
    Kind,
    Leftover,
    Paragraph,
    Picture,
    Run,
    Table,
)

_NEAR = 6  # words that say where something stands
_NEARBY = 200  # characters in which they are looked for
_CHANGES = ("insertion", "deletion", "moved", "hidden", "field")  # pieces of text


@dataclass
class Beside:
    """Something that stands beside the text, from its character `start` to `end`."""

    kind: Kind
    text: str
    who: str
    start: int
    end: int
    near: str = ""
    whole: bool = False  # not one with the next


class _PageBreak:
    """A page ends here."""


@dataclass
class Pieces:
    """The pieces of one paragraph."""

    _pieces: list[Run | Picture | _PageBreak] = field(default_factory=list)
    _beside: list[Beside | Leftover] = field(default_factory=list)
    _length: int = 0
    _blank: bool = True
    names: list[str] = field(default_factory=list)
    starts_page: bool = False
    ends_page: bool = False

    def write(self, run: Run) -> None:
        """Add text that is shown."""
        self._pieces.append(run)
        self._length += len(run.text)
        if run.text.strip():
            self.ends_page = self._blank = False

    def insert(self, run: Run, who: str) -> None:
        """Add text that is shown, and that somebody added to the text later."""
        start = self._length
        self.write(run)
        self._put(Beside("insertion", run.text, who, start, self._length))

    def put_beside(
        self, kind: Kind, text: str, who: str = "", near: str = "", *, whole: bool = False
    ) -> Beside:
        """Add what stands beside the text here, with the words that it is about, if any; they may
        be known later only. Pieces of one change become one, unless each is `whole`.
        """
        beside = Beside(kind, text, who, self._length, self._length, near, whole)
        self._put(beside)
        return beside

    def pass_on(self, leftovers: Iterable[Leftover]) -> None:
        """Add what stood beside the text of something that stands beside this text."""
        self._beside.extend(leftovers)

    def _put(self, beside: Beside) -> None:
        last = self._beside[-1] if self._beside else None
        if (
            isinstance(last, Beside)
            and beside.kind in _CHANGES
            and not last.whole
            and (last.kind, last.who, last.end) == (beside.kind, beside.who, beside.start)
        ):
            last.text += beside.text  # one change that is cut into several runs
            last.end = beside.end
        elif beside.text:
            self._beside.append(beside)

    def picture(self, picture: Picture) -> None:
        """Add a picture."""
        self._pieces.append(picture)

    def break_page(self) -> None:
        """Say that a page ends here, because somebody wants it to."""
        self._pieces.append(_PageBreak())
        self.start_page()
        self.ends_page = True

    def start_page(self) -> None:
        """Say that a page ended here when the file was last shown."""
        self.starts_page = self.starts_page or self._blank

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(piece.text for piece in self._pieces if isinstance(piece, Run))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it, and nothing beside it."""
        return not self._pieces and not self._beside

    def leftovers(self, before: str) -> Iterator[Leftover]:
        """What stands beside the text. `before` is the text of the paragraph before this one."""
        text = self.text
        for beside in self._beside:
            if isinstance(beside, Leftover):
                yield beside
            elif beside.text.strip():
                near = beside.near or _last(text, beside.start) or _first(text, beside.end)
                near = near or last_words(before)
                yield Leftover(beside.kind, beside.text.strip(), near, beside.who)

    def blocks(self, like: Paragraph) -> Iterator[Block]:
        """A paragraph as `like`, with these runs, and the pictures within it after it; without
        text, none. It is cut where a page ends.
        """
        whole = True
        for cut, group in groupby(self._pieces, lambda piece: isinstance(piece, _PageBreak)):
            pieces = () if cut else tuple(group)
            runs = _joined(piece for piece in pieces if isinstance(piece, Run))
            if runs:
                yield replace(
                    like,
                    runs=runs,
                    continues=like.continues if whole else True,
                    item=like.item if whole else "",
                    names=like.names if whole else (),
                )
                whole = False
            yield from (piece for piece in pieces if isinstance(piece, Picture))


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs without white space around them; those that look the same are one."""
    result = [
        replace(run, text="".join(one.text for one in group))
        for run, group in (
            (replace(run, text=""), list(group))
            for run, group in groupby(runs, lambda run: replace(run, text=""))
        )
    ]
    while result and not result[0].text.strip():
        del result[0]
    while result and not result[-1].text.strip():
        del result[-1]
    if result:
        result[0] = replace(result[0], text=result[0].text.lstrip())
        result[-1] = replace(result[-1], text=result[-1].text.rstrip())
    return tuple(result)


def last_words(text: str) -> str:
    """The words that say where something stands that comes after a text."""
    return _last(text, len(text))


def _last(text: str, end: int) -> str:
    return " ".join(text[max(end - _NEARBY, 0) : end].split()[-_NEAR:])


def _first(text: str, start: int) -> str:
    return " ".join(text[start : start + _NEARBY].split()[:_NEAR])


def flat(blocks: Iterable[Block]) -> str:
    """The text of blocks, a line for each paragraph."""
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(f"{block.item} {block.text}" if block.item else block.text)
        elif isinstance(block, Table):
            lines.extend(text for row in block.rows for cell in row if (text := flat(cell.blocks)))
    return "\n".join(lines)


def continues(before: str, text: str) -> bool:
    """Whether a paragraph at the top of a page goes on with the sentence of the one before it."""
    return bool(before) and (before[-1].isalnum() or before[-1] in ",-–—") and text[:1].islower()
