"""Values → lines of YAML, written as people write them.

A text that fits on a line stands there, bare where YAML allows it and in quotation marks otherwise;
a longer one follows in lines of its own, in YAML's literal style (YAML 1.2, 8.1.2), which needs no
escapes.
"""

import json

from brochure.manuscript.yaml.nodes import MappingNode, Plain, SequenceNode
from brochure.manuscript.yaml.parser import parse_yaml

STEP = 2  # columns by which each level is indented


def entry_lines(key: str, value: Plain, indent: int, dashes: int = STEP) -> list[str]:
    """A key and its value, at a column; `dashes`: by how many columns lists are indented."""
    margin = " " * indent
    name = inline_text(key)
    if isinstance(value, dict) and value:
        below = [
            line
            for part, inner in value.items()
            for line in entry_lines(part, inner, indent + STEP, dashes)
        ]
        return [f"{margin}{name}:", *below]
    if isinstance(value, list) and value:
        below = [line for item in value for line in item_lines(item, indent + dashes, dashes)]
        return [f"{margin}{name}:", *below]
    if isinstance(value, str) and "\n" in value:
        return [f"{margin}{name}: {header(value)}", *literal_lines(value, indent + STEP)]
    return [f"{margin}{name}:{' ' + flow(value) if value is not None else ''}"]


def item_lines(value: Plain, indent: int, dashes: int = STEP) -> list[str]:
    """An item of a list, its dash at a column."""
    margin = " " * indent
    if isinstance(value, dict) and value:
        lines = [
            line
            for key, inner in value.items()
            for line in entry_lines(key, inner, indent + STEP, dashes)
        ]
        return [f"{margin}- {lines[0].lstrip(' ')}", *lines[1:]]
    if isinstance(value, str) and "\n" in value:
        return [f"{margin}- {header(value)}", *literal_lines(value, indent + STEP)]
    return [f"{margin}- {flow(value)}"]


def flow(value: Plain) -> str:
    """A value on one line; lists and mappings in brackets (YAML 1.2, 7.4)."""
    match value:
        case None:
            return "''"
        case str():
            return json.dumps(value, ensure_ascii=False) if "\n" in value else inline_text(value)
        case list():
            return "[" + ", ".join(in_flow(item) for item in value) + "]"
        case dict():
            pairs = (f"{inline_text(key, True)}: {in_flow(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"


def in_flow(value: Plain, quotes: str = "") -> str:
    """A value inside of brackets, where fewer texts can be bare; a text in `quotes`, if given."""
    if isinstance(value, str) and "\n" not in value:
        return inline_text(value, inside=True, quotes=quotes)
    return flow(value)


def inline_text(text: str, inside: bool = False, quotes: str = "") -> str:
    """A text on one line: in `quotes`, if they are given, bare if it can be, or in single ones.

    `inside`: whether it is inside of brackets.
    """
    if quotes == '"' or "\n" in text:
        return json.dumps(text, ensure_ascii=False)
    if not quotes and _can_be_bare(text, inside):
        return text
    return "'" + text.replace("'", "''") + "'"


def _can_be_bare(text: str, inside: bool) -> bool:
    """Whether it is read again as it is. Asking the parser is sure; its rules fill a page."""
    if not text or text != text.strip():
        return False
    read = parse_yaml(f"[{text}]" if inside else f"- {text}", "")
    node = read.value.root
    if read.diagnostics or not isinstance(node, SequenceNode) or len(node.items) != 1:
        return False
    if isinstance(node.items[0], SequenceNode | MappingNode) or node.items[0].text != text:
        return False
    as_value = parse_yaml(f"{{k: {text}}}" if inside else f"k: {text}", "").value.root
    value = as_value.get("k") if isinstance(as_value, MappingNode) else None
    return value is not None and getattr(value, "text", None) == text


def header(text: str, chomping: str = "", step: int = STEP) -> str:
    """What begins a text in literal style. `step` is needed where its first line is indented."""
    lines = text.split("\n")
    indicator = str(step) if lines[0].startswith((" ", "\t")) or not lines[0].strip() else ""
    return f"|{indicator}{chomping}"


def literal_lines(text: str, indent: int) -> list[str]:
    """The lines of a text in literal style."""
    return [" " * indent + line if line else "" for line in text.split("\n")]
