"""What a file says otherwise than a leaflet, text by text, and taking some of it over.

Where the file knows what the leaflet said when it went out, only what was changed in the file is a
difference. What was changed in the leaflet as well is a conflict, which is never taken silently;
neither is a quote, whose words are not anybody's to change.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    fail,
    note,
    raise_errors,
    warning,
)
from brochure.interchange.document import Document, Leftover
from brochure.interchange.outgoing import (
    Origin,
    form_of,
    has_sound_ids,
    is_quote,
    passage_ids,
    read_outgoing,
    texts_of,
)
from brochure.interchange.prose import same
from brochure.interchange.reading.reader import read_document
from brochure.interchange.returned import (
    Returned,
    from_proposal,
    is_marked,
    origin_of,
    read_markdown,
    read_word,
)
from brochure.interchange.understanding.bounded import understand_bounded
from brochure.manuscript.load import read_manuscript
from brochure.manuscript.model import leaflet as model
from brochure.manuscript.text.wrapping import rewrapped, unwrapped, usual_width
from brochure.manuscript.yaml.editor import edited
from brochure.manuscript.yaml.edits import Edit, Insert, Move, Put, Remove
from brochure.manuscript.yaml.nodes import Plain, Tree, TreePath, plain
from brochure.manuscript.yaml.parser import decode_text, parse_yaml, read_yaml
from brochure.manuscript.yaml.validation import validate
from brochure.messages import say
from brochure.project import Project

Kind = Literal["text", "added", "removed", "moved", "other"]
# Without these, a leaflet or a part of it is not complete.
_REQUIRED = re.compile(r"title|columns\.\w+|(.*\.)?source\.title|call\.heading|event\.date|.*\.alt")
_MODELS: Mapping[str, type[BaseModel]] = {
    "passages": model.Passage,
    "quote": model.Quote,
    "commentary": model.Commentary,
    "call": model.Call,
    "columns": model.Columns,
    "source": model.Source,
    "picture": model.Picture,
    "logo": model.Logo,
    "event": model.Event,
    "imprint": model.Imprint,
    "responsible": model.Party,
    "publisher": model.Party,
    "printer": model.Party,
}


@dataclass(frozen=True)
class Difference:
    """One thing that a file says otherwise.

    `kind`: a ``text`` that was changed, added or deleted; a passage that was ``added``, ``removed``
    or ``moved``; or something ``other``, which cannot be taken over. `key` is that of the text, or
    of the passage. `now` is what the leaflet says, `new` what the file says, `base` what the
    leaflet said when it went out; None for nothing. `conflict`: the leaflet was changed as well.
    `after` is the id of the passage that a new or moved one follows, empty for none.
    """

    number: int
    key: str
    kind: Kind
    now: str | None
    new: str | None
    base: str | None = None
    conflict: bool = False
    after: str = ""

    @property
    def is_quote(self) -> bool:
        """Whether it changes the words of a quote."""
        return self.kind in ("text", "other") and (
            is_quote(self.key) or self.key.endswith(".quote")
        )

    @property
    def can_be_accepted(self) -> bool:
        return self.kind != "other"

    @property
    def needs_naming(self) -> bool:
        """Whether it is not taken along with all others."""
        return self.conflict or self.is_quote or not self.can_be_accepted


@dataclass(frozen=True)
class Comparison:
    """A file beside a leaflet. `unplaced` are words of the file that belong to no text of it;
    `origin` is where it came from, if it says so.
    """

    leaflet: str
    differences: tuple[Difference, ...]
    returned: Returned
    origin: Origin | None = None
    leftovers: tuple[Leftover, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def unplaced(self) -> tuple[str, ...]:
        return self.returned.unplaced


def compare(project: Project, leaflet: str, data: bytes, name: str) -> Comparison:
    """What a file that is called `name` says otherwise than a leaflet. Raises DiagnosticsError."""
    reported = read_yaml(project, project.manuscript(leaflet))
    raise_errors(reported.diagnostics)
    content = plain(reported.value.root)
    if not has_sound_ids(content):
        read_manuscript(project, leaflet)  # raises what is wrong with them
    where = Location(name)
    origin = origin_of(data)
    diagnostics: list[Diagnostic] = []
    leftovers: tuple[Leftover, ...] = ()
    if origin is not None and origin.variant:
        fail(
            "import-variant",
            say("`{file}` is the variant `{variant}` of a leaflet.", file=name,
                variant=origin.variant),
            where,
            say("Texts of variants are changed in the variant's own file or in regions.csv. "
                "Export the leaflet without `--variant` to take changes over."),
        )  # fmt: skip
    if origin is not None and origin.leaflet != leaflet:
        diagnostics.append(
            warning(
                "import-other",
                say("`{file}` went out as the leaflet `{other}`, not as `{leaflet}`.", file=name,
                    other=origin.leaflet, leaflet=leaflet),
                where,
            )
        )  # fmt: skip
    if origin is not None and not data.startswith(b"PK"):
        returned = read_markdown(decode_text(data, name).value, origin)
    else:
        document = read_document(data, name)
        diagnostics += document.diagnostics
        returned, leftovers = _returned(project, leaflet, document, name, origin, content)
        if origin is None:
            diagnostics.append(
                note(
                    "import-no-base",
                    say("`{file}` does not know what the leaflet said when it was made.",
                        file=name),
                    where,
                    say("So what was changed in the leaflet since then shows as a difference too."),
                )
            )  # fmt: skip
    found = tuple(differences(content, returned, origin))
    diagnostics += warnings(found, returned, where)
    return Comparison(leaflet, found, returned, origin, leftovers, tuple(diagnostics))


def _returned(
    project: Project,
    leaflet: str,
    document: Document,
    name: str,
    origin: Origin | None,
    content: Plain,
) -> tuple[Returned, tuple[Leftover, ...]]:
    """What a document in a file called `name` says in terms of a leaflet, and what has no place in
    one.
    """
    if is_marked(document):
        # Saved in another format, a file forgets where it came from, but keeps its bookmarks.
        known = origin or _origin_now(project, leaflet)
        if known is not None:
            return read_word(document, known), document.leftovers
    language = content.get("language") if isinstance(content, dict) else ""
    proposal = understand_bounded(document, name, str(language or ""))
    own = origin.content if origin is not None else content
    return from_proposal(proposal, own), proposal.leftovers


def _origin_now(project: Project, leaflet: str) -> Origin | None:
    """The leaflet as it would go out now; None if it has mistakes."""
    try:
        return read_outgoing(project, leaflet).origin
    except DiagnosticsError:
        return None


def differences(now: Plain, returned: Returned, origin: Origin | None) -> Iterator[Difference]:
    """What a file says otherwise than a leaflet that says `now`: numbered from 1, in the order of
    the leaflet.
    """
    found = _differences(now, returned, origin)
    for number, difference in enumerate(found, 1):
        yield replace(difference, number=number)


def _differences(now: Plain, returned: Returned, origin: Origin | None) -> Iterator[Difference]:
    base = origin.content if origin is not None else now
    texts_now, texts_base, texts_new = texts_of(now), texts_of(base), returned.texts
    ids_now, ids_base = passage_ids(now), passage_ids(base)
    keys = [
        key for key in dict.fromkeys((*texts_base, *texts_new)) if not key.startswith("passages.")
    ]
    for key in keys:
        yield from _text(key, texts_now, texts_base, returned, origin)
    moved = _moved(ids_base, returned.passages, ids_now)
    for at, id_ in enumerate(returned.passages):
        after = next((one for one in reversed(returned.passages[:at]) if one), "")
        prefix = f"passages.{id_}."
        own = [k for k in dict.fromkeys((*texts_base, *texts_new)) if k.startswith(prefix)]
        if id_ not in ids_base and id_ not in ids_now:
            new = _passage_text(texts_new, id_)
            yield Difference(0, f"passages.{id_}", "added", None, new, after=after)
            continue
        if id_ not in ids_now:
            changed = [k for k in own if not _equal(k, texts_base.get(k), texts_new.get(k))]
            if changed:
                new, old = _passage_text(texts_new, id_), _passage_text(texts_base, id_)
                yield Difference(0, f"passages.{id_}", "other", None, new, old, conflict=True)
            continue
        yield from _sides(id_, own, texts_now, texts_base, returned, origin)
        if id_ in moved:
            order = [one for one in ids_now if one in ids_base]
            conflict = order != [one for one in ids_base if one in ids_now]
            title = _passage_title(texts_new, id_)
            yield Difference(
                0, f"passages.{id_}", "moved", title, title, conflict=conflict, after=after
            )
    for id_ in ids_base:
        if id_ not in returned.passages and id_ in ids_now:
            before, old = _passage_text(texts_now, id_), _passage_text(texts_base, id_)
            conflict = any(
                not _equal(k, texts_now.get(k), texts_base.get(k))
                for k in {*texts_now, *texts_base}
                if k.startswith(f"passages.{id_}.")
            )
            yield Difference(0, f"passages.{id_}", "removed", before, None, old, conflict)
    for key, (shown, there) in returned.unclear.items():
        yield Difference(0, key, "other", shown, there or None, shown)


def _sides(
    id_: str,
    keys: Sequence[str],
    now: Mapping[str, str],
    base: Mapping[str, str],
    returned: Returned,
    origin: Origin | None,
) -> Iterator[Difference]:
    """The texts of a passage; a quote or a commentary of which nothing is left goes as a whole."""
    gone: set[str] = set()
    for side in ("quote", "commentary"):
        prefix = f"passages.{id_}.{side}."
        there = any(key.startswith(prefix) for key in returned.texts)
        if returned.complete and not there and f"{prefix}text" in now and f"{prefix}text" in base:
            gone.add(prefix)
            own = [key for key in now if key.startswith(prefix)]
            yield Difference(
                0,
                prefix.rstrip("."),
                "text",
                "\n\n".join(now[key] for key in own),
                None,
                "\n\n".join(base[key] for key in base if key.startswith(prefix)),
                any(not _equal(key, now.get(key), base.get(key)) for key in own),
            )
    for key in keys:
        if not any(key.startswith(prefix) for prefix in gone):
            yield from _text(key, now, base, returned, origin)


def _text(
    key: str,
    now: Mapping[str, str],
    base: Mapping[str, str],
    returned: Returned,
    origin: Origin | None,
) -> Iterator[Difference]:
    old, here, new = base.get(key), now.get(key), returned.texts.get(key)
    if new is None and not returned.complete:
        return
    if _equal(key, new, old) or _equal(key, new, here):
        return
    conflict = origin is not None and not _equal(key, here, old)
    needed = _REQUIRED.fullmatch(key) or key.endswith((".quote.text", ".commentary.text"))
    kind: Kind = "other" if new is None and needed else "text"
    yield Difference(0, key, kind, here, new, old if origin is not None else None, conflict)


def _equal(key: str, one: str | None, other: str | None) -> bool:
    if not one or not other:
        return not one and not other
    form = form_of(key)
    if form == "raw":
        one, other = _numbers(one), _numbers(other)
    return same(one, other, form)


def _numbers(text: str) -> str:
    return re.sub(r"(?<=\d)\s*–\s*(?=\d)", "-", " ".join(text.split()))


def _moved(base: Sequence[str], returned: Sequence[str], now: Sequence[str]) -> set[str]:
    """The passages that were put to another place: as few as there can be."""
    old = [id_ for id_ in base if id_ in returned and id_ in now]
    new = [id_ for id_ in returned if id_ in old]
    if new == [id_ for id_ in now if id_ in old]:
        return set()  # they are where they belong already
    stayed: set[str] = set()
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        stayed |= set(old[block.a : block.a + block.size])
    return set(old) - stayed


def _passage_text(texts: Mapping[str, str], id_: str) -> str:
    """All texts of a passage, one below the other."""
    prefix = f"passages.{id_}."
    return "\n\n".join(text for key, text in texts.items() if key.startswith(prefix))


def _passage_title(texts: Mapping[str, str], id_: str) -> str:
    keys = ("quote.heading", "commentary.heading", "quote.text", "commentary.text")
    found = (texts.get(f"passages.{id_}.{key}") for key in keys)
    return next(filter(None, found), id_)


def warnings(
    found: Iterable[Difference], returned: Returned, where: Location
) -> Iterator[Diagnostic]:
    """What must not be overlooked."""
    for difference in found:
        if difference.is_quote:
            yield warning(
                "quote-changed",
                say("The words of a quote were changed: {key}.", key=difference.key),
                where,
                say("A quote is what the document says, to the letter. Compare it with the "
                    "document before you take this over; it is taken by its number only."),
            )  # fmt: skip
        if difference.conflict:
            yield warning(
                "conflict",
                say("This was changed in the leaflet as well: {key}.", key=difference.key),
                where,
                say("Compare both; what the file says is taken over by its number only."),
            )
    for text in returned.unplaced:
        yield warning(
            "unplaced",
            say("These words belong to no text of the leaflet: “{text}”.", text=text[:200]),
            where,
            say("Copy them to where they belong."),
        )


# --- Taking over ------------------------------------------------------------------------------


def with_accepted(
    data: bytes, file: str, chosen: Sequence[Difference], returned: Returned
) -> bytes:
    """The bytes of ``leaflet.yaml`` with some differences taken over. Raises DiagnosticsError where
    that cannot be done, or where the leaflet would not be complete then; nothing is changed then.
    """
    tree = parse_yaml(decode_text(data, file).value, file).value
    content = plain(tree.root)
    _ensure_unchanged(content, chosen, file)
    result = edited(data, _edits(content, chosen, returned, usual_width(data)), file)
    after = parse_yaml(decode_text(result, file).value, file).value
    before = {(d.code, d.message) for d in validate(tree, model.Leaflet).diagnostics if d.is_error}
    worse = [
        d
        for d in validate(after, model.Leaflet).diagnostics
        if d.is_error and (d.code, d.message) not in before
    ]
    if worse:
        raise DiagnosticsError([replace(d, location=_place(tree, d)) for d in worse])
    return result


def _ensure_unchanged(content: Plain, chosen: Iterable[Difference], file: str) -> None:
    """Raise DiagnosticsError where the leaflet does not say what it said in the comparison."""
    texts, ids = texts_of(content), passage_ids(content)
    for one in chosen:
        id_ = one.key.split(".")[1] if one.key.startswith("passages.") else ""
        gone = id_ not in ids if id_ and one.kind != "added" else id_ in ids and one.kind == "added"
        whole = one.kind == "removed" and _passage_text(texts, id_) != one.now
        text = one.kind == "text" and one.key in texts and texts[one.key] != one.now
        if gone or whole or text:
            fail(
                "changed-meanwhile",
                say("The leaflet was changed meanwhile: {key}.", key=one.key),
                Location(file),
                say("Compare again; nothing was changed."),
            )


def _place(tree: Tree, diagnostic: Diagnostic) -> Location:
    """The file itself: the line is one of a file that is not written."""
    return Location(tree.file)


def _edits(
    content: Plain, chosen: Sequence[Difference], returned: Returned, width: int
) -> list[Edit]:
    """Texts first, then what goes, comes, and moves, each with the indices that there are then."""
    texts, ids = texts_of(content), list(passage_ids(content))
    edits: list[Edit] = []
    for one in chosen:
        if one.kind == "text":
            path = _path(one.key, ids)
            if one.new is None:
                edits.append(Remove(path))
            else:
                edits.append(Put(path, _stored(one.key, one.new, texts, path, width), _order(path)))
    for one in chosen:
        if one.kind == "removed":
            index = ids.index(one.key.split(".")[1])
            edits.append(Remove(("passages", index)))
            del ids[index]
    for one in chosen:
        id_ = one.key.split(".")[-1]
        to = ids.index(one.after) + 1 if one.after in ids else 0 if not one.after else len(ids)
        if one.kind == "added":
            edits.append(Insert(("passages", to), _passage(id_, returned.texts, width)))
            ids.insert(to, id_)
        elif one.kind == "moved":
            index = ids.index(id_)
            to -= index < to
            if to != index:
                edits.append(Move(("passages", index), to))
                ids.insert(to, ids.pop(index))
    return edits


def _path(key: str, ids: Sequence[str]) -> TreePath:
    steps = key.split(".")
    if steps[0] == "passages":
        rest = (int(step) if step.isdecimal() else step for step in steps[2:])
        return ("passages", ids.index(steps[1]), *rest)
    return tuple(steps)


def _order(path: TreePath) -> tuple[str, ...]:
    """The keys of the mapping that a path leads into, as they usually follow each other."""
    steps = [step for step in path[:-1] if isinstance(step, str)]
    if not steps:
        return tuple(model.Leaflet.model_fields)
    known = _MODELS.get(steps[-1])
    return tuple(known.model_fields) if known else ()


def _stored(key: str, new: str, texts: Mapping[str, str], path: TreePath, width: int) -> str:
    """A text with the lines of the file."""
    form = form_of(key)
    if form not in ("prose", "quote"):
        return new
    own = form != "quote"
    return rewrapped(unwrapped(new, own), texts.get(key, ""), own, width - 2 * len(path))


def _passage(id_: str, texts: Mapping[str, str], width: int) -> Plain:
    """A passage that was added, as it is written into the file."""
    result: dict[str, Plain] = {"id": id_}
    prefix = f"passages.{id_}."
    for name in model.Passage.model_fields:
        order = _MODELS[name].model_fields if name in _MODELS else ()
        own: dict[str, Plain] = {}
        for inner in order:
            key = f"{prefix}{name}.{inner}"
            if key in texts:
                own[inner] = _stored(key, texts[key], {}, ("passages", 0, name, inner), width)
        if own:
            result[name] = own
        elif f"{prefix}{name}" in texts:
            result[name] = texts[f"{prefix}{name}"]
    return result


def accept(project: Project, comparison: Comparison, chosen: Sequence[Difference]) -> None:
    """Write the differences that were chosen into the leaflet. Raises DiagnosticsError."""
    path = project.manuscript(comparison.leaflet)
    file = project.show(path)
    data = project.read(path, bounds.MANUSCRIPT)
    result = with_accepted(data, file, chosen, comparison.returned)
    try:
        if result != data:
            project.write(path, result)
    except OSError as reason:
        fail(
            "cannot-write",
            say("The leaflet cannot be written ({reason}).", reason=reason.strerror or reason),
            Location(file),
            say("Check whether the disk is full or the folder is protected."),
        )
