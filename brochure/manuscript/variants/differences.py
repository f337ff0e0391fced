"""Base + variant → one tree. Keyed by the ids of passages, never by position.

Each node keeps its place, so that everything later knows from which file a text came.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from brochure.diagnostics import Diagnostic, Location, error, shortened
from brochure.manuscript.yaml.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
    entries,
    items,
    scalars,
)
from brochure.manuscript.yaml.validation import did_you_mean

# The keys of a variant file that are no texts of the leaflet themselves.
OWN_KEYS = ("passages", "leave_out", "add", "replaced")


def overlay(base: Tree, variant: Tree) -> Tree:
    """The base with all that the variant changes. Changes that hit nothing are left aside."""
    if not isinstance(base.root, Mapping) or not isinstance(variant.root, Mapping):
        return base
    root = base.root
    for key, value in variant.root.entries:
        if key.text not in OWN_KEYS:
            there = root.get(key.text or "")
            partial = isinstance(there, Mapping) and isinstance(value, Mapping)
            root = root.with_entry(key, _merged(there, value) if partial else value)
    passages = root.get("passages")
    if isinstance(passages, Sequence):
        arranged = replace(passages, items=_arranged(passages, variant.root))
        root = root.with_entry(_key(root, "passages"), arranged)
    return replace(base, root=root, others={**base.others, variant.file: variant.text})


def _arranged(passages: Sequence, variant: Mapping) -> tuple[Node, ...]:
    """The passages of the base, changed, without those left out, with those added."""
    changed = {id_.text: change for id_, change in entries(variant.get("passages"))}
    result: list[Node] = [_merged(item, changed.get(id_of(item))) for item in passages.items]
    names = [id_of(item) for item in result]
    known = set(names)
    added = items(variant.get("add"))
    behind = {id(item): name for item in added if (name := _behind(item)) is not None}
    waiting = list(added)
    while waiting:  # one may be added beside another that comes later in the file
        left = []
        for item in waiting:
            anchor = anchor_of(item)
            if anchor is None or anchor.text not in known:
                left.append(item)
                continue
            at = names.index(anchor.text or "")
            if id(item) in behind:
                at += 1
                while at < len(result) and behind.get(id(result[at])) == anchor.text:
                    at += 1  # several after the same passage stand as in the file
            result.insert(at, item)
            names.insert(at, id_of(item))
            known.add(id_of(item))
        if len(left) == len(waiting):
            break
        waiting = left
    left_out = {item.text for item in items(variant.get("leave_out")) if isinstance(item, Scalar)}
    return tuple(_without_anchor(item) for item in result if id_of(item) not in left_out)


def _behind(item: Node) -> str | None:
    """The id of the passage that an added one comes after, and not before."""
    after = item.get("after") if isinstance(item, Mapping) else None
    return after.text if isinstance(after, Scalar) and after is anchor_of(item) else None


def _without_anchor(item: Node) -> Node:
    if not isinstance(item, Mapping):
        return item
    kept = tuple(entry for entry in item.entries if entry[0].text not in ("after", "before"))
    return replace(item, entries=kept) if len(kept) < len(item.entries) else item


def _merged(base: Node | None, change: Node | None) -> Node:
    """Mappings key by key; anything else as the change has it."""
    if change is None and base is not None:
        return base
    assert change is not None
    if not isinstance(base, Mapping) or not isinstance(change, Mapping):
        return change
    merged = base
    for key, value in change.entries:
        merged = merged.with_entry(key, _merged(base.get(key.text or ""), value))
    return merged


def _key(mapping: Mapping, name: str) -> Scalar:
    key = mapping.key(name)
    assert key is not None
    return key


def id_of(passage: Node) -> str:
    """The id of a passage, empty where it has none."""
    name = passage.get("id") if isinstance(passage, Mapping) else None
    return (name.text or "") if isinstance(name, Scalar) else ""


def anchor_of(passage: Node) -> Scalar | None:
    """The id of the passage that an added one stands beside."""
    if not isinstance(passage, Mapping):
        return None
    anchor = passage.get("after") or passage.get("before")
    return anchor if isinstance(anchor, Scalar) else None


# --- What differs between a variant and its base: each change with its place and both texts.

# How a variant is to be printed: no texts, so that nothing of the base can go stale below them.
_WISHES = ("codes", "fit", "language", "preflight")


@dataclass(frozen=True)
class Change:
    """One thing in which a variant differs from the base.

    `key` names it (``title``, ``passages.ID.commentary.text``, ``leave_out.ID``, ``add.ID``);
    `passage` is the id of the passage that it concerns, `says` what stands in the variant (nothing
    for a passage left out; the id that is missing, where one is to be added beside it), `base`
    what stands there in the base (None where that has nothing), and `gone` whether the passage
    that it hangs on does not exist.
    """

    key: str
    passage: str | None
    location: Location
    says: str | None
    base: str | None
    gone: bool = False


def changes(base: Tree, variant: Tree) -> Iterator[Change]:
    """All in which a variant differs, in the order of its file."""
    root = variant.root
    if not isinstance(root, Mapping):
        return
    ours = _passages(base)
    for name, value in root.entries:
        if name.text in (*OWN_KEYS, *_WISHES):
            continue
        for path, node in scalars(value, (name.text or "",)):
            there = base.node(path)
            text = there.text if isinstance(there, Scalar) else None
            yield Change(_dotted(path), None, variant.key_location(path), node.text, text)
    for id_, change in entries(root.get("passages")):
        passage = ours.get(id_.text or "")
        for path, node in scalars(change):
            whole = ("passages", id_.text or "", *path)
            location = variant.key_location(whole) if passage else id_.location
            text = _text(passage, path)
            yield Change(_dotted(whole), id_.text, location, node.text, text, gone=passage is None)
    for item in items(root.get("leave_out")):
        passage = ours.get(item.text or "") if isinstance(item, Scalar) else None
        if isinstance(item, Scalar):
            key, text = f"leave_out.{item.text}", _whole(passage)
            yield Change(key, item.text, item.location, None, text, gone=passage is None)
    known = {*ours, *(id_of(item) for item in items(root.get("add")))}
    for item in items(root.get("add")):
        added, anchor = id_of(item), anchor_of(item)
        if anchor is not None and anchor.text not in known:
            yield Change(f"add.{added}", added, anchor.location, anchor.text, None, gone=True)
        else:
            yield Change(f"add.{added}", added, item.location, _whole(item), None)


def contradictions(base: Tree, variant: Tree) -> Iterator[Diagnostic]:
    """What a variant says twice, or in a way that cannot be meant."""
    root = variant.root
    if not isinstance(root, Mapping):
        return
    ours = _passages(base)
    left_out: dict[str, Location] = {}
    for item in items(root.get("leave_out")):
        name = (item.text or "") if isinstance(item, Scalar) else ""
        if name in left_out:
            first = left_out[name].line
            message = f"`{shortened(name)}` is left out twice; the first time in line {first}."
            yield error("duplicate-id", message, item.location, "Keep one of the two.")
        left_out[name] = item.location
    for id_, change in entries(root.get("passages")):
        if not any(True for _ in scalars(change)):
            message = f"Nothing is said here of passage `{shortened(id_.text)}`."
            yield error("empty", message, id_.location, "Write its commentary, or delete the line.")
        if id_.text in left_out:
            yield error(
                "contradiction",
                f"Passage `{shortened(id_.text)}` is left out (line {left_out[id_.text].line}), so "
                "its commentary cannot be replaced.",
                id_.location,
                "Delete one of the two.",
            )
    for item in items(root.get("add")):
        if not isinstance(item, Mapping):
            continue
        anchors = [key for key in ("after", "before") if item.get(key) is not None]
        if len(anchors) != 1:
            yield error(
                "anchor",
                "An added passage needs one line that says where it goes"
                + (", and here are two." if anchors else "."),
                item.location,
                "Write `after: ID` (or `before: ID`) with the id of a passage of the base.",
            )
        anchor = anchor_of(item)
        if anchor is not None and anchor.text == id_of(item):
            message = "A passage cannot come after or before itself."
            yield error("anchor", message, anchor.location, "Name another passage.")
        name = id_of(item)
        if name in ours and name in left_out:  # without `leave_out`, it is said of all ids
            yield error(
                "duplicate-id",
                f"The base has a passage `{shortened(name)}`, and an id means one passage for "
                "ever.",
                item.location,
                "Give the added passage an id of its own.",
            )

    added = {id_of(item): anchor_of(item) for item in items(root.get("add"))}
    beside: dict[str, list[str]] = {}
    for name, anchor in added.items():
        beside.setdefault((anchor.text or "") if anchor else "", []).append(name)
    stands: set[str] = set()
    next_ = list(ours)  # and those that are added beside one that stands
    while next_:
        if (name := next_.pop()) not in stands:
            stands.add(name)
            next_ += beside.get(name, [])
    for name, anchor in added.items():
        if name not in stands and anchor and anchor.text in added and anchor.text != name:
            yield error(
                "anchor",
                f"`{shortened(name)}` stands beside another added passage, and none of them beside "
                "one of the base.",
                anchor.location,
                "Name a passage of the base here.",
            )


def orphaned(
    change: Change, base: Tree, recorded: str | None, *, helpful: bool = True
) -> Diagnostic:
    """The complaint about a change whose passage does not exist.

    `recorded` is the text that it replaced, if that is known: where it stands under another id,
    the passage was renamed. `helpful`: it is looked for what was meant; that takes its time.
    """
    passages = _passages(base) if helpful else {}
    if change.key.startswith("add."):
        return error(
            "orphaned",
            f"The base has no passage `{shortened(change.says)}` for this one to stand beside.",
            change.location,
            did_you_mean(change.says or "", tuple(passages)) if helpful else "",
        )
    name = shortened(change.passage or "")
    path = tuple(change.key.split(".")[2:])
    texts = {id_: _text(p, path) if path else _whole(p) for id_, p in passages.items()}
    renamed = [id_ for id_, text in texts.items() if recorded and (text or "").strip() == recorded]
    return error(
        "orphaned",
        f"The base has no passage `{name}`, so this replaces nothing.",
        change.location,
        f"Its text stands in passage `{renamed[0]}` now: write that id here."
        if renamed
        else (did_you_mean(name, tuple(passages)) if helpful else "")
        + " If it was deleted, delete this, too.",
    )


def _passages(tree: Tree) -> dict[str, Mapping]:
    """The passages of a leaflet by id."""
    return {
        id_of(item): item for item in items(tree.node(("passages",))) if isinstance(item, Mapping)
    }


def _whole(passage: Node | None) -> str | None:
    """All texts of a passage, one below the other: what leaving it out replaces."""
    if passage is None:
        return None
    parts = [
        node.text
        for path, node in scalars(passage)
        if node.text is not None and path[-1] in ("heading", "text")
    ]
    return "\n\n".join(part.strip() for part in parts)


def _text(passage: Mapping | None, path: tuple[str | int, ...]) -> str | None:
    node: Node | None = passage
    for step in path:
        node = node.get(str(step)) if isinstance(node, Mapping) else None
    return node.text if isinstance(node, Scalar) else None


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)
