"""A leaflet that went out from elsewhere, as a leaflet here: all that it said, with what was
changed in the file since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, warning
from brochure.interchange.differences import differences, warnings, with_accepted
from brochure.interchange.document import Block, Document, Picture, Table
from brochure.interchange.incoming import PICTURES, kind_of, largest, picture_diagnostics
from brochure.interchange.outgoing import Origin, passage_ids, texts_of
from brochure.interchange.proposal import (
    Proposal,
    ProposedCommentary,
    ProposedPassage,
    ProposedQuote,
)
from brochure.interchange.returned import read_markdown, read_word
from brochure.isolation import Worker
from brochure.manuscript.text.markdown import quoted
from brochure.manuscript.yaml.nodes import Plain, plain
from brochure.manuscript.yaml.parser import decode_text, parse_yaml
from brochure.manuscript.yaml.writing import entry_lines
from brochure.messages import say
from brochure.starters import write_leaflet

_SCHEMA = "# yaml-language-server: $schema=../leaflet.schema.json"
_APART = frozenset({"title", "lead", "picture", "event", "source", "columns", "slots", "verdicts",
                    "passages", "call", "contact", "imprint", "logo"})  # fmt: skip


@dataclass(frozen=True)
class Recreation:
    """A leaflet to be written, what it says as a proposal, and the pictures that the file has."""

    manuscript: bytes
    proposal: Proposal
    pictures: Mapping[str, bytes]
    diagnostics: tuple[Diagnostic, ...]

    def write(self, start: Path, name: str) -> Path:
        """Write it as a new leaflet, see `starters.write_leaflet`. Raises DiagnosticsError."""
        return write_leaflet(start, name, self.manuscript, self.pictures)


def recreate(data: bytes, name: str, origin: Origin, document: Document | None) -> Recreation:
    """The leaflet in a file that is called `name` and knows where it came from; `document` is what
    was read of it, None for Markdown. Raises DiagnosticsError.
    """
    if document is None:
        returned = read_markdown(decode_text(data, name).value, origin)
    else:
        returned = read_word(document, origin)
    every = tuple(differences(origin.content, returned, origin))
    changes = [one for one in every if one.can_be_accepted]
    manuscript = with_accepted(leaflet_of(origin.content), name, changes, returned)
    content = plain(parse_yaml(manuscript.decode(), name).value.root)
    where = Location(name)
    diagnostics = [*(document.diagnostics if document else ()), *warnings(every, returned, where)]
    pictures = _pictures(document, content)
    for file in _files(content):
        if file not in pictures:
            message = say("The document does not include `{file}`.", file=file)
            hint = say("Copy it into the folder of the leaflet.")
            diagnostics.append(warning("not-included", message, where, hint))
    proposal = replace(
        _as_proposal(content), leftovers=document.leftovers if document is not None else ()
    )
    return Recreation(manuscript, proposal, pictures, tuple(diagnostics))


def leaflet_of(content: Plain) -> bytes:
    """A leaflet with this content, written as people write one."""
    lines = [_SCHEMA]
    for key, value in content.items() if isinstance(content, dict) else ():
        if key in _APART or len(lines) == 1:
            lines.append("")
        if key == "passages" and isinstance(value, list):
            lines.append("passages:")
            for number, passage in enumerate(value):
                item = entry_lines("passages", [passage], 0)[1:]
                lines += ([""] if number else []) + item
        else:
            lines += entry_lines(key, _without_line_end(value), 0)
    return ("\n".join(lines) + "\n").encode()


def _without_line_end(value: Plain) -> Plain:
    return value.rstrip("\n") if isinstance(value, str) else value


def _as_proposal(content: Plain) -> Proposal:
    """What a leaflet says, as far as it is shown to whoever imports it."""
    texts = texts_of(content)
    passages = []
    for id_ in passage_ids(content):
        words, page, lines, commentary = (
            texts.get(f"passages.{id_}.{key}", "")
            for key in ("quote.text", "quote.page", "quote.lines", "commentary.text")
        )
        quote = ProposedQuote(quoted(words), page=page, lines=lines) if words else None
        passages.append(
            ProposedPassage(id_, quote, ProposedCommentary(commentary) if commentary else None)
        )
    language = content.get("language") if isinstance(content, dict) else ""
    return Proposal(str(language or ""), texts.get("title", ""), tuple(passages))


def _files(content: Plain) -> list[str]:
    """All files that a leaflet names, pictures first in the order in which they go out."""
    found: dict[str, None] = {}

    def collect(value: Plain) -> None:
        if isinstance(value, dict):
            if isinstance(file := value.get("file"), str):
                found[file] = None
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    if isinstance(content, dict):
        for key in ("logo", "picture"):
            collect(content.get(key))
    collect(content)
    return list(found)


def _pictures(document: Document | None, content: Plain) -> dict[str, bytes]:
    """The pictures of a document by the names that the leaflet has for them, if all are there."""
    if document is None:
        return {}
    names = [f for f in _files(content) if Path(f).suffix.lower() in (".png", ".jpg", ".jpeg")]
    shown = list(_shown(document.blocks))
    if len(names) != len(shown):
        return {}
    found = {}
    with Worker() as worker:
        for name, picture in zip(names, shown, strict=True):
            kind = kind_of(picture.data)
            sound = (
                kind in PICTURES
                and kind[1:2] == Path(name).suffix.lower()[1:2]
                and len(picture.data) <= min(largest(kind), bounds.PICTURE)
                and _is_inside(name)
                and not picture_diagnostics(worker, picture.data, kind, name)
            )
            if sound:
                found[name] = picture.data
    return found


def _is_inside(name: str) -> bool:
    """Whether a file lies in the folder of its leaflet, wherever that is."""
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts and ":" not in name


def _shown(blocks: tuple[Block, ...]) -> list[Picture]:
    found: list[Picture] = []
    for block in blocks:
        if isinstance(block, Picture):
            found.append(block)
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    found += _shown(cell.blocks)
    return found
