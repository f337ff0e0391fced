"""Base + variant → one tree. Keyed by the ids of passages, never by position.

Each node keeps its place, so that everything later knows from which file a text came.
"""

from dataclasses import replace

from brochure.manuscript.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
    entries,
    items,
)

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
