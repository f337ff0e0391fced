"""Recording in the file of a variant which texts of the base its overrides replace.

The records are under the key `replaced:`, an entry for each text. Only the lines of these entries
are changed; every other byte of the file stays, including comments and line ends.
"""

import re
from collections.abc import Mapping

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.files import write_whole
from brochure.manuscript.variants.overrides import OverrideState, records
from brochure.manuscript.variants.resolution import Bundle, ResolvedLeaflet
from brochure.manuscript.yaml.nodes import MappingNode, Plain, ScalarNode, Tree, plain
from brochure.manuscript.yaml.parser import decode_text, parse_yaml
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import say

_KEY = "replaced"
_ABOVE = (
    "\n# Written by `brochure variants accept`: the texts of the base that those above replace.\n"
)


def accept_overrides(
    bundle: Bundle, resolved: ResolvedLeaflet, name: str | None = None
) -> tuple[str, ...]:
    """Record the texts of the base that the overrides of a variant replace now; return their keys.

    `name` picks those of one passage, or of one text (``title``). Records of overrides that no
    longer exist are dropped. Raises DiagnosticsError where there is nothing to accept, or where the
    passage is gone.
    """
    path = bundle.files.get(resolved.variant or "")
    location = Location(bundle.project.show(path) if path else f"{resolved.variant}")
    overrides = [o for o in resolved.overrides if not o.change.key.startswith("add.")]
    picked = [o for o in overrides if name in (None, o.change.passage, o.change.key)]
    if path is None or not overrides:
        fail(
            "nothing-to-accept",
            say("This variant replaces nothing."),
            location,
            say("There is nothing to record, as it has no overrides."),
        )
    if not picked:
        names = {o.change.passage or o.change.key for o in overrides}
        fail(
            "nothing-to-accept",
            say("This variant replaces nothing called `{name}`.", name=f"{name}"),
            location,
            did_you_mean(name or "", sorted(names)),
        )
    if any(o.state is OverrideState.ORPHANED for o in picked):
        raise DiagnosticsError(d for d in resolved.diagnostics if d.code == "orphaned")
    keys = {o.change.key for o in overrides}
    data = bundle.project.read(path, bounds.MANUSCRIPT)
    wanted = {key: text for key, text in records(_tree(data, location.file)).items() if key in keys}
    wanted |= {o.change.key: (o.change.base or "").strip() for o in picked}
    changed = with_records(data, wanted, location.file)
    if changed != data:
        write_whole(path, changed)
    return tuple(o.change.key for o in picked)


def with_records(data: bytes, wanted: Mapping[str, str], file: str) -> bytes:
    """The bytes of a variant's file with exactly the `wanted` records in it."""
    tree = _tree(data, file)
    text = tree.text
    node = tree.node((_KEY,))
    section = tree.root.key(_KEY) if isinstance(tree.root, MappingNode) else None
    old = records(tree)
    # Lines with the ends that they have in the file; offsets in the tree count line feeds.
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", data[len(mark) :].decode("utf-8"))
    end = "\r\n" if sum(line.endswith("\r\n") for line in lines) * 2 > len(lines) else "\n"

    def rows(first: ScalarNode, last: tuple[int, int]) -> tuple[int, int]:
        """The lines from a key to the end of its value, without blank lines after it."""
        start, stop = first.span[0], last[1]
        stop = start + len(text[start:stop].rstrip())
        return text.count("\n", 0, start), text.count("\n", 0, stop) + 1

    edits: list[tuple[int, int, list[str]]] = []
    if not isinstance(node, MappingNode) or text[node.span[0]] == "{" or not node.entries:
        if section is not None and node is not None:
            edits.append((*rows(section, node.span), _section(wanted, "")))
        elif wanted:
            if lines and not lines[-1].endswith(("\n", "\r")):
                lines[-1] += end
            edits.append((len(lines), len(lines), _section(wanted, _ABOVE)))
    else:
        indent = " " * (node.entries[0][0].location.column - 1)
        stop = 0
        for key, value in node.entries:
            name = key.text or ""
            start, stop = rows(key, value.span)
            if name not in wanted:
                edits.append((start, stop, []))
            elif old.get(name) != wanted[name]:
                edits.append((start, stop, _entry(name, wanted[name], indent)))
        new = [name for name in wanted if name not in old]
        added = [line for name in new for line in _entry(name, wanted[name], indent)]
        edits.append((stop, stop, added))
        if not wanted and section is not None:
            edits = [(*rows(section, node.span), [])]  # a key without a value would be a mistake
    for start, stop, written in sorted(edits, reverse=True):
        if start == len(lines) and lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += end
        lines[start:stop] = [line + end for line in written]
    result = mark + "".join(lines).encode()
    _verify(data, result, wanted, file)
    return result


def _section(wanted: Mapping[str, str], above: str) -> list[str]:
    if not wanted:
        return []
    entries = [line for key, text in wanted.items() for line in _entry(key, text, "  ")]
    return [*above.split("\n")[:-1], f"{_KEY}:", *entries]


def _entry(key: str, text: str, indent: str) -> list[str]:
    """An entry in YAML's literal style (YAML 1.2, 8.1.2), which needs no escapes."""
    if not text:
        return [f"{indent}{key}: ''"]
    lines = text.split("\n")
    # If the first line begins with a space, YAML needs to know how far the text is indented.
    indicator = "2" if lines[0].startswith((" ", "\t")) or not lines[0] else ""
    return [
        f"{indent}{key}: |{indicator}-",
        *(f"{indent}  {line}" if line else "" for line in lines),
    ]


def _verify(before: bytes, after: bytes, wanted: Mapping[str, str], file: str) -> None:
    """Nothing but the records may have changed; a fault here would be ours, and lose a text."""
    old, new = _content(before, file), _content(after, file)
    old.pop(_KEY, None)
    records = new.pop(_KEY, None) or {}
    written = {k: v or "" for k, v in records.items()} if isinstance(records, dict) else None
    if old != new or written != dict(wanted):
        raise RuntimeError(f"records cannot be written into {file}; nothing was changed")


def _content(data: bytes, file: str) -> dict[str, Plain]:
    content = plain(_tree(data, file).root)
    return dict(content) if isinstance(content, dict) else {}


def _tree(data: bytes, file: str) -> Tree:
    return parse_yaml(decode_text(data, file).value, file).value
