"""mail.yaml, filled in for one recipient: subject, plain text and HTML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from markdown_it.token import Token

from brochure.diagnostics import Diagnostic, Reported, error
from brochure.mail.letter.model import Mailing
from brochure.mail.recipients import Recipient
from brochure.manuscript.text import bidi, markdown
from brochure.manuscript.text.bidi import Direction
from brochure.manuscript.text.language import Language, direction_of
from brochure.manuscript.text.markdown_check import check_markdown
from brochure.manuscript.text.typography import Typography
from brochure.manuscript.variants import slots
from brochure.manuscript.yaml.nodes import LocatedText, MappingNode, ScalarNode, Tree, TreePath
from brochure.messages import say

_KEPT = 16  # parts of letters: all end alike, and those to one region may be the same
_TEXT_KEYS = ("subject", "letter", "objection")  # of mail.yaml, in each language


@dataclass(frozen=True)
class Letter:
    """A letter: its subject on one line; the same words as plain text and as an HTML page."""

    language: str
    subject: str
    text: str
    html: str


def letter_languages(mailing: Mailing, main: str) -> dict[str, TreePath]:
    """The languages of a letter, and where in mail.yaml its texts are; `main` is at the top."""
    return {
        **{code: ("languages", code) for code in mailing.languages or {}},
        main: (),
    }


def misplaced_slots(tree: Tree) -> list[Diagnostic]:
    """Diagnostics for slots in parts of mail.yaml that cannot have any."""
    return [
        error(
            "slot-here",
            say("`{key}` cannot contain a slot.", key=".".join(map(str, path))),
            tree.location(path, slots.OPENING),
            say("Slots are possible in `subject`, `letter` and `objection`."),
        )
        for path, _ in slots.texts_with_slots(tree)
        if path[-1] not in _TEXT_KEYS
    ]


class Writer:
    """Writes the letters in one language. `path` is where its texts are in mail.yaml."""

    def __init__(
        self,
        tree: Tree,
        path: TreePath,
        language: Language,
        columns: Sequence[str],
        regional: Sequence[str],
    ) -> None:
        """`columns` are those of the recipients, `regional` the names of the region's slots."""
        self._language = language
        self._known = (*regional, *(f"recipient.{name}" for name in columns))
        # Keeping words together on a line is for print; mail programs break lines themselves.
        self._renderer = markdown.Renderer(
            Typography(language), "live", together=False, direction=language.direction
        )
        self._written = lru_cache(maxsize=_KEPT)(self._write_part)
        self._tree = _one_language(tree, path)

    def write(
        self, recipient: Recipient, values: Mapping[str, LocatedText]
    ) -> Reported[Letter | None]:
        """The letter to a recipient, None if there are errors. `values` are the region's."""
        reported = slots.fill_slots(self._tree, {**values, **recipient.values}, self._known)
        filled, missing = reported.value.tree, reported.value.missing
        diagnostics = list(reported.diagnostics)
        diagnostics += [_without_value(recipient, name) for name in sorted(missing) if "." in name]
        texts = {key: _text(filled, key) for key in _TEXT_KEYS}
        diagnostics += _check_markdown(filled)
        if not any(diagnostic.is_error for diagnostic in diagnostics):
            diagnostics += [
                error(
                    "empty",
                    say("Once its slots are filled in, `{key}` is empty.", key=key),
                    filled.location((key,)),
                )
                for key in ("subject", "letter")
                if not texts[key].strip()
            ]
        failed = any(diagnostic.is_error for diagnostic in diagnostics)
        return Reported(None if failed else self._letter(texts), tuple(diagnostics))

    def _letter(self, texts: Mapping[str, str]) -> Letter:
        language = self._language
        objection = texts["objection"] or language.words.objection
        subject = " ".join(texts["subject"].split())
        (body, body_html), (foot, foot_html) = map(self._written, (texts["letter"], objection))
        return Letter(
            language.code,
            subject,
            "\n\n".join(filter(None, (body, foot))) + "\n",
            _page(language.code, subject, body_html, foot_html),
        )

    def _write_part(self, text: str) -> tuple[str, str]:
        """A part of a letter as plain text and as HTML."""
        tokens = self._renderer.tokens(text)
        return plain_text(self._renderer, tokens), self._renderer.html(tokens)


def _one_language(tree: Tree, path: TreePath) -> Tree:
    """The tree with only the texts at `path`."""
    node = tree.node(path)
    assert isinstance(node, MappingNode)  # it was validated
    entries = tuple((key, value) for key, value in node.entries if key.text in _TEXT_KEYS)
    return Tree(tree.file, tree.text, MappingNode(node.location, node.span, entries), tree.others)


def _text(tree: Tree, key: str) -> str:
    node = tree.node((key,))
    return (node.text or "") if isinstance(node, ScalarNode) else ""


def _check_markdown(tree: Tree) -> list[Diagnostic]:
    return [
        diagnostic.located(tree, (key,))
        for key in ("letter", "objection")
        for diagnostic in check_markdown(_text(tree, key))
    ]


def _without_value(recipient: Recipient, slot: str) -> Diagnostic:
    column = slot.partition(".")[2]
    return error(
        "slot-without-value",
        say(
            "`{address}` has no `{column}`, but the letter uses it.",
            address=recipient.address.spec,
            column=column,
        ),
        recipient.location_of(column),
        say(
            "Fill it in here, or give the letter a text to use instead: "
            '{{{{ {slot} | default("…") }}}}.',
            slot=slot,
        ),
    )


def plain_text(renderer: markdown.Renderer, tokens: Sequence[Token]) -> str:
    """The tokens of Markdown as plain text that is complete in itself.

    Each paragraph is one line, as mail programs break lines themselves, with an empty line after
    it; the items of a list have none between them. Links are followed by their addresses in
    parentheses, and strong words have asterisks around them.
    """
    written = ""
    depth, marker = 0, ""
    was_listed = False
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "list_item_open":
                marker = renderer.marker(token)
            case "list_item_close":
                marker = ""
            case "inline" if words := "".join(
                _plain_words(token.children or [], renderer.direction)
            ).strip():
                indent = "  " * max(0, depth - 1)
                if written:
                    written += "\n" if depth and was_listed else "\n\n"
                written += indent + marker + words.replace("\n", "\n" + indent + " " * len(marker))
                marker, was_listed = "", depth > 0
    return written


def _plain_words(tokens: Sequence[Token], around: Direction) -> Iterator[str]:
    direction = bidi.text_direction("".join(token.content for token in tokens), around)
    opened: list[tuple[str, int]] = []  # of each open link: its address, the index of its words
    for at, token in enumerate(tokens):
        match token.type:
            case "strong_open" | "strong_close":
                yield "*"
            case "link_open":
                opened.append((str(token.attrs["href"]), at))
            case "link_close":
                address, start = opened.pop()
                short = address.removeprefix("mailto:").removeprefix("tel:")
                if "".join(token.content for token in tokens[start:at]) not in (address, short):
                    yield f" ({short})"
            case _:
                yield bidi.with_marks(token.content, direction)


def _page(language: str, subject: str, body: str, foot: str) -> str:
    """A simple page: no pictures, nothing to load from elsewhere, the reader's own font."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n'
        f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>\n<body>\n'
        # Webmail keeps only what is inside the body.
        f'<div lang="{language}" dir="{direction_of(language)}" '
        'style="font-family: sans-serif; line-height: 1.45; max-width: 38em">\n'
        f"{body}\n"
        '<div style="font-size: 85%; border-top: 1px solid; margin-top: 2em">'
        f"{foot}</div>\n</div>\n</body>\n</html>\n"
    )
