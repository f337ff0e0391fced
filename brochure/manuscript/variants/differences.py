"""What differs between a base and a variant, and both laid over each other as one tree.

Passages are known by their ids, never by position. Each node keeps its location, so that every
later step knows which file a text comes from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from brochure.diagnostics import Diagnostic, Location, error, shortened
from brochure.manuscript.yaml.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    Tree,
    entries,
    items,
    scalars,
)
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import joined, say

# The keys of a variant that are not texts of the leaflet themselves.
_OWN_KEYS = ("passages", "leave_out", "add", "replaced")


def overlay(base: Tree, variant: Tree) -> Tree:
    """The base with everything that the variant changes; changes without a target are ignored."""
    if not isinstance(base.root, MappingNode) or not isinstance(variant.root, MappingNode):
        return base
    root = base.root
    for key, value in variant.root.entries:
        if key.text not in _OWN_KEYS:
            root = root.with_entry(key, _merged(root.get(key.text or ""), value))
    passages = root.get("passages")
    if isinstance(passages, SequenceNode):
        arranged = replace(passages, items=_arranged(passages, variant.root))
        root = root.with_entry(_key(root, "passages"), arranged)
    return replace(base, root=root, others={**base.others, variant.file: variant.text})


def _arranged(passages: SequenceNode, variant: MappingNode) -> tuple[Node, ...]:
    """The passages of the base with their changes, without those left out, and with those added."""
    changed = {id_.text: change for id_, change in entries(variant.get("passages"))}
    result: list[Node] = [_merged(item, changed.get(id_of(item))) for item in passages.items]
    names = [id_of(item) for item in result]
    known = set(names)
    added = items(variant.get("add"))
    follows = {id(item): name for item in added if (name := _predecessor(item)) is not None}
    waiting = list(added)
    while waiting:  # a passage may be added beside one that comes later in the file
        left = []
        for item in waiting:
            anchor = anchor_of(item)
            if anchor is None or anchor.text not in known:
                left.append(item)
                continue
            at = names.index(anchor.text or "")
            if id(item) in follows:
                at += 1
                while at < len(result) and follows.get(id(result[at])) == anchor.text:
                    at += 1  # several after the same passage keep the order of the file
            result.insert(at, item)
            names.insert(at, id_of(item))
            known.add(id_of(item))
        if len(left) == len(waiting):
            break
        waiting = left
    left_out = {
        item.text for item in items(variant.get("leave_out")) if isinstance(item, ScalarNode)
    }
    return tuple(_without_anchor(item) for item in result if id_of(item) not in left_out)


def _predecessor(item: Node) -> str | None:
    """The id in `after` of an added passage, if it has one."""
    after = item.get("after") if isinstance(item, MappingNode) else None
    return after.text if isinstance(after, ScalarNode) and after is anchor_of(item) else None


def _without_anchor(item: Node) -> Node:
    if not isinstance(item, MappingNode):
        return item
    kept = tuple(entry for entry in item.entries if entry[0].text not in ("after", "before"))
    return replace(item, entries=kept) if len(kept) < len(item.entries) else item


def _merged(base: Node | None, change: Node | None) -> Node:
    """Mappings are merged key by key; otherwise the change replaces the base."""
    if change is None and base is not None:
        return base
    assert change is not None
    if not isinstance(base, MappingNode) or not isinstance(change, MappingNode):
        return change
    merged = base
    for key, value in change.entries:
        merged = merged.with_entry(key, _merged(base.get(key.text or ""), value))
    return merged


def _key(mapping: MappingNode, name: str) -> ScalarNode:
    key = mapping.key(name)
    assert key is not None
    return key


def id_of(passage: Node) -> str:
    """The id of a passage, empty if it has none."""
    name = passage.get("id") if isinstance(passage, MappingNode) else None
    return (name.text or "") if isinstance(name, ScalarNode) else ""


def anchor_of(passage: Node) -> ScalarNode | None:
    """The id of the passage that an added one comes after or before."""
    if not isinstance(passage, MappingNode):
        return None
    anchor = passage.get("after") or passage.get("before")
    return anchor if isinstance(anchor, ScalarNode) else None


# The texts of a passage.
_TEXTS = ("heading", "text", "demand", "alt", "credit", "verdict")
# Print options of a variant: not texts, so that no override of them can become stale.
_PRINT_OPTIONS = ("codes", "design", "fit", "language", "preflight")


@dataclass(frozen=True)
class Change:
    """One thing in which a variant differs from the base.

    `key` names it (``title``, ``passages.ID.commentary.text``, ``leave_out.ID``, ``add.ID``), and
    `passage` is the id of the passage that it concerns. `text` is the text of the variant (None
    for a passage that is left out; for one that is added beside a missing passage, the missing
    id), `base` the text of the base (None if it has none), and `gone` whether the passage of the
    base that it depends on does not exist.
    """

    key: str
    passage: str | None
    location: Location
    text: str | None
    base: str | None
    gone: bool = False


def find_changes(base: Tree, variant: Tree) -> Iterator[Change]:
    """All changes of a variant, in the order of its file."""
    root = variant.root
    if not isinstance(root, MappingNode):
        return
    passages = _passages(base)
    for name, value in root.entries:
        if name.text in (*_OWN_KEYS, *_PRINT_OPTIONS):
            continue
        for path, node in scalars(value, (name.text or "",)):
            there = base.node(path)
            text = there.text if isinstance(there, ScalarNode) else _joined(there)
            yield Change(_dotted(path), None, variant.key_location(path), node.text, text)
    for id_, change in entries(root.get("passages")):
        passage = passages.get(id_.text or "")
        for path, node in scalars(change):
            whole = ("passages", id_.text or "", *path)
            location = variant.key_location(whole) if passage else id_.location
            text = _text(passage, path)
            yield Change(_dotted(whole), id_.text, location, node.text, text, gone=passage is None)
    for item in items(root.get("leave_out")):
        passage = passages.get(item.text or "") if isinstance(item, ScalarNode) else None
        if isinstance(item, ScalarNode):
            key, text = f"leave_out.{item.text}", _all_texts(passage)
            yield Change(key, item.text, item.location, None, text, gone=passage is None)
    known = {*passages, *(id_of(item) for item in items(root.get("add")))}
    for item in items(root.get("add")):
        added, anchor = id_of(item), anchor_of(item)
        if anchor is not None and anchor.text not in known:
            yield Change(f"add.{added}", added, anchor.location, anchor.text, None, gone=True)
        else:
            yield Change(f"add.{added}", added, item.location, _all_texts(item), None)


def contradictions(base: Tree, variant: Tree) -> Iterator[Diagnostic]:
    """What a variant says twice, or cannot mean."""
    root = variant.root
    if not isinstance(root, MappingNode):
        return
    passages = _passages(base)
    left_out: dict[str, Location] = {}
    for item in items(root.get("leave_out")):
        name = (item.text or "") if isinstance(item, ScalarNode) else ""
        if name in left_out:
            message = say(
                "The passage `{passage}` is left out twice, the first time on line {line}.",
                passage=shortened(name),
                line=left_out[name].line,
            )
            yield error("duplicate-id", message, item.location, say("Keep one of the two."))
        left_out[name] = item.location
    for id_, change in entries(root.get("passages")):
        if not any(True for _ in scalars(change)):
            message = say(
                "Nothing is changed here in the passage `{passage}`.", passage=shortened(id_.text)
            )
            hint = say("Write its commentary, or delete the line.")
            yield error("empty", message, id_.location, hint)
        if id_.text in left_out:
            message = say(
                "The passage `{passage}` is left out on line {line}, so its commentary cannot be "
                "replaced.",
                passage=shortened(id_.text),
                line=left_out[id_.text].line,
            )
            yield error("contradiction", message, id_.location, say("Delete one of the two."))
    for item in items(root.get("add")):
        if isinstance(item, MappingNode):
            name = id_of(item)
            yield from _check_anchor(item)
            # Without `leave_out`, both are in the leaflet, where all ids are checked.
            if name in passages and name in left_out:
                message = say(
                    "The base already has a passage `{passage}`, and an id must always mean the "
                    "same passage.",
                    passage=shortened(name),
                )
                hint = say("Give the added passage an id of its own.")
                yield error("duplicate-id", message, item.location, hint)
    yield from _unreachable(items(root.get("add")), passages)


def _check_anchor(item: MappingNode) -> Iterator[Diagnostic]:
    """Whether an added passage says where it goes, once."""
    anchors = [key for key in ("after", "before") if item.get(key) is not None]
    if len(anchors) != 1:
        message = (
            say("An added passage needs exactly one line that says where it goes; here are two.")
            if anchors
            else say("An added passage needs a line that says where it goes.")
        )
        hint = say("Write `after: ID` (or `before: ID`) with the id of a passage of the base.")
        yield error("anchor", message, item.location, hint)
    anchor = anchor_of(item)
    if anchor is not None and anchor.text == id_of(item):
        message = say("A passage cannot come after or before itself.")
        yield error("anchor", message, anchor.location, say("Name another passage."))


def _unreachable(
    added_items: tuple[Node, ...], passages: Mapping[str, MappingNode]
) -> Iterator[Diagnostic]:
    """Added passages beside each other, none of which is beside a passage of the base."""
    added = {id_of(item): anchor_of(item) for item in added_items}
    beside: dict[str, list[str]] = {}
    for name, anchor in added.items():
        beside.setdefault((anchor.text or "") if anchor else "", []).append(name)
    reached: set[str] = set()
    waiting = list(passages)
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += beside.get(name, [])
    for name, anchor in added.items():
        if name not in reached and anchor and anchor.text in added and anchor.text != name:
            message = say(
                "`{passage}` goes beside another added passage, but none of these goes beside a "
                "passage of the base.",
                passage=shortened(name),
            )
            hint = say("Name a passage of the base here.")
            yield error("anchor", message, anchor.location, hint)


def orphaned(
    change: Change, base: Tree, recorded: str | None, *, helpful: bool = True
) -> Diagnostic:
    """The error for a change whose passage does not exist.

    `recorded` is the text that it replaced, if that is known: if another passage has that text, the
    passage was renamed. `helpful` looks for what was meant, which takes time.
    """
    passages = _passages(base) if helpful else {}
    if change.key.startswith("add."):
        message = say(
            "The base has no passage `{passage}` that this one could go beside.",
            passage=shortened(change.text),
        )
        hint = did_you_mean(change.text or "", tuple(passages))
        return error("orphaned", message, change.location, hint)
    name = shortened(change.passage or "")
    path = tuple(change.key.split(".")[2:])
    texts = {id_: _text(p, path) if path else _all_texts(p) for id_, p in passages.items()}
    renamed = [id_ for id_, text in texts.items() if recorded and (text or "").strip() == recorded]
    return error(
        "orphaned",
        say("The base has no passage `{passage}`, so this replaces nothing.", passage=name),
        change.location,
        say("Its text is now in the passage `{passage}`: write that id here.", passage=renamed[0])
        if renamed
        else joined(
            [
                did_you_mean(name, tuple(passages)),
                say("If it was deleted, delete this as well."),
            ]
        ),
    )


def _passages(tree: Tree) -> dict[str, MappingNode]:
    """The passages of a leaflet by id."""
    return {
        id_of(item): item
        for item in items(tree.node(("passages",)))
        if isinstance(item, MappingNode)
    }


def base_text(base: Tree, key: str) -> str | None:
    """The text of the base under the key of a change; None where it has none."""
    path = tuple(key.split("."))
    if path[0] == "passages":
        return _text(_passages(base).get(path[1]), path[2:])
    node = base.node(path)
    return node.text if isinstance(node, ScalarNode) else None


def _all_texts(passage: Node | None) -> str | None:
    """All texts of a passage, one below the other: what is replaced by leaving it out."""
    if passage is None:
        return None
    parts = [
        node.text for path, node in scalars(passage) if node.text is not None and path[-1] in _TEXTS
    ]
    return "\n\n".join(part.strip() for part in parts)


def _joined(node: Node | None) -> str | None:
    """All texts in a part that a single text replaces; None where there are none."""
    parts = [scalar.text.strip() for _, scalar in scalars(node) if scalar.text]
    return "\n\n".join(parts) or None


def _text(passage: MappingNode | None, path: tuple[str | int, ...]) -> str | None:
    node: Node | None = passage
    for step in path:
        node = node.get(str(step)) if isinstance(node, MappingNode) else None
    return node.text if isinstance(node, ScalarNode) else None


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)
