"""`accept`: write into a variant which texts of the base its overrides replace.

They stand under the key `replaced:`, one entry a text. Only the lines of these entries are
touched; every other byte of the file stays, comments, line ends and all.
"""

import re
from collections.abc import Mapping
from typing import Any

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.files import write_whole
from brochure.manuscript.variants.overrides import State, records
from brochure.manuscript.variants.resolution import Bundle, ResolvedLeaflet
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Mapping as Block
from brochure.manuscript.yaml.nodes import Scalar, plain
from brochure.manuscript.yaml.validation import did_you_mean

_KEY = "replaced"
_ABOVE = (
    "\n# Written by `brochure variants … accept`: the texts of the base that the above replace.\n"
)


def accept(work: Bundle, draft: ResolvedLeaflet, name: str | None = None) -> tuple[str, ...]:
    """Record the base texts that the overrides of a variant replace now; return their keys.

    `name` picks those of one passage, or one text (``title``). Records of overrides that are gone
    are dropped. Raises Problems where there is nothing to accept, or the passage is gone.
    """
    path = work.files.get(draft.variant or "")
    location = Location(work.project.show(path) if path else f"{draft.variant}")
    known = [o for o in draft.overrides if not o.change.key.startswith("add.")]
    picked = [o for o in known if name in (None, o.change.passage, o.change.key)]
    if path is None or not picked:
        names = [o.change.passage or o.change.key for o in known]
        raise DiagnosticsError(
            [
                error(
                    "nothing-to-accept",
                    f"This variant replaces nothing{f' called `{name}`' if name else ''}.",
                    location,
                    did_you_mean(name or "", sorted(set(names)))
                    if names
                    else "There is nothing to record: it has no overrides.",
                )
            ]
        )
    gone = [o for o in picked if o.state is State.ORPHANED]
    if gone:
        raise DiagnosticsError(d for d in draft.diagnostics if d.code == "orphaned")
    keys = {o.change.key for o in known}
    picked_keys = tuple(o.change.key for o in picked)
    data = work.project.read(path, bounds.MANUSCRIPT)
    text, _ = parser.decode(data, location.file)
    tree, _ = parser.parse(text, location.file)
    wanted = {key: old for key, old in records(tree).items() if key in keys}
    wanted |= {o.change.key: (o.change.base or "").strip() for o in picked}
    changed = recorded(data, wanted, location.file)
    if changed != data:
        write_whole(path, changed)
    return picked_keys


def recorded(data: bytes, wanted: Mapping[str, str], file: str) -> bytes:
    """The bytes of a variant file with exactly the `wanted` records in it."""
    text, _ = parser.decode(data, file)
    tree, _ = parser.parse(text, file)
    node = tree.node((_KEY,))
    section = tree.root.key(_KEY) if isinstance(tree.root, Block) else None
    old = records(tree)
    # Lines with their own ends, as they are in the file; the tree's offsets count line feeds.
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", data[len(mark) :].decode("utf-8"))
    end = "\r\n" if sum(line.endswith("\r\n") for line in lines) * 2 > len(lines) else "\n"

    def rows(first: Scalar, last: tuple[int, int]) -> tuple[int, int]:
        """The lines from a key to the end of its value, blank lines after it aside."""
        start, stop = first.span[0], last[1]
        stop = start + len(text[start:stop].rstrip())
        return text.count("\n", 0, start), text.count("\n", 0, stop) + 1

    edits: list[tuple[int, int, list[str]]] = []
    if not isinstance(node, Block) or text[node.span[0]] == "{" or not node.entries:
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
    # Where the first line begins with a space, YAML must be told how far the text is indented.
    indicator = "2" if lines[0].startswith((" ", "\t")) or not lines[0] else ""
    return [
        f"{indent}{key}: |{indicator}-",
        *(f"{indent}  {line}" if line else "" for line in lines),
    ]


def _verify(before: bytes, after: bytes, wanted: Mapping[str, str], file: str) -> None:
    """Nothing but the records may have changed. A fault here would be ours, and lose a text."""
    one, other = (_content(data, file) for data in (before, after))
    found = {key: text or "" for key, text in (other.pop(_KEY, None) or {}).items()}
    one.pop(_KEY, None)
    if one != other or found != dict(wanted):
        raise RuntimeError(f"records cannot be written into {file}; nothing was changed")


def _content(data: bytes, file: str) -> dict[str, Any]:
    content: Any = plain(parser.parse(parser.decode(data, file)[0], file)[0].root)
    return dict(content) if isinstance(content, dict) else {}
