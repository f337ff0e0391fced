"""A letter in Markdown → the same letter as plain text, complete in itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from brochure.diagnostics import Diagnostic, Severity, error
from brochure.mail.letter.model import Mailing
from brochure.mail.recipients import Recipient
from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import Language, direction_of
from brochure.manuscript.text.markdown import Renderer
from brochure.manuscript.text.typography import Typography
from brochure.manuscript.variants import slots
from brochure.manuscript.yaml.nodes import Mapping as Block
from brochure.manuscript.yaml.nodes import Path, Scalar, Tree, Value


def plain_text(renderer: Renderer, text: str) -> str:
    """Paragraphs with empty lines between them, each in one line: mail programs break them. The
    items of a list follow each other.

    Links have their addresses in parentheses behind them, strong words asterisks around them.
    """
    written = ""
    depth, marker = 0, ""
    was_listed = False
    for token in renderer.tokens(text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "list_item_open":
                marker = renderer.marker(token)
            case "list_item_close":
                marker = ""
            case "inline" if words := "".join(_words(token.children or [])).strip():
                indent = "  " * max(0, depth - 1)
                if written:
                    written += "\n" if depth and was_listed else "\n\n"
                written += indent + marker + words.replace("\n", "\n" + indent + " " * len(marker))
                marker, was_listed = "", depth > 0
    return written


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    opened: list[tuple[str, int]] = []  # address of each open link, where its words begin
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
                yield token.content


# --- Mailing + recipient → the letter to that recipient: subject, plain text, HTML.

TEXTS = ("subject", "letter", "objection")


@dataclass(frozen=True)
class Letter:
    """A letter: one line of subject; the same words as plain text and as a page of HTML."""

    language: str
    subject: str
    text: str
    html: str


def versions(mailing: Mailing, language: str) -> dict[str, Path]:
    """Where in mail.yaml the letter stands in each language; `language` is the main one."""
    return {
        **{code: ("languages", code) for code in mailing.languages or {}},
        language: (),
    }


def misplaced_slots(tree: Tree) -> list[Diagnostic]:
    """Slots in mail.yaml where none can be."""
    return [
        error(
            "slot-here",
            f"There is a slot in `{'.'.join(map(str, path))}`, where none can be.",
            tree.location(path, slots.OPENING),
            "Slots stand in `subject`, `letter` and `objection`.",
        )
        for path, _ in slots.slotted(tree)
        if path[-1] not in TEXTS
    ]


class Writer:
    """Writes the letters in one language. `path` is where its texts stand in mail.yaml."""

    def __init__(
        self,
        tree: Tree,
        path: Path,
        language: Language,
        columns: Sequence[str],
        regional: Sequence[str],
    ) -> None:
        """`columns` are those of the recipients, `regional` the names of the region's slots."""
        self._language = language
        self._known = (*regional, *(f"recipient.{name}" for name in columns))
        # What holds words together is for print; mail needs none of it.
        self._renderer = markdown.Renderer(Typography(language), "live", together=False)
        self._tree = _chosen(tree, path)

    def write(
        self, recipient: Recipient, values: Mapping[str, Value]
    ) -> tuple[Letter | None, list[Diagnostic]]:
        """The letter, or None and what is wrong with it. `values` are those of the region."""
        filled, diagnostics, missing = slots.fill(
            self._tree, {**values, **recipient.values}, self._known
        )
        diagnostics += [_without_value(recipient, name) for name in sorted(missing) if "." in name]
        texts = {name: _text(filled, name) for name in TEXTS}
        diagnostics += _markup(filled)
        if not any(diagnostic.is_error for diagnostic in diagnostics):
            for name in ("subject", "letter"):
                if not texts[name].strip():
                    said = f"Once its slots are filled in, the {name} is empty."
                    diagnostics.append(error("empty", said, filled.location((name,))))
        if any(diagnostic.is_error for diagnostic in diagnostics):
            return None, diagnostics
        return self._letter(texts), diagnostics

    def _letter(self, texts: Mapping[str, str]) -> Letter:
        language = self._language
        objection = texts["objection"] or language.words.objection
        subject = " ".join(texts["subject"].split())
        parts = texts["letter"], objection
        plain = (plain_text(self._renderer, part) for part in parts)
        return Letter(
            language.code,
            subject,
            "\n\n".join(filter(None, plain)) + "\n",
            _page(language.code, subject, *map(self._renderer.block, parts)),
        )


def _chosen(tree: Tree, path: Path) -> Tree:
    """The tree with the texts of one language alone."""
    node = tree.node(path)
    assert isinstance(node, Block)  # it was validated
    entries = tuple((key, value) for key, value in node.entries if key.text in TEXTS)
    return Tree(tree.file, tree.text, Block(node.location, node.span, entries), tree.others)


def _text(tree: Tree, name: str) -> str:
    node = tree.node((name,))
    return (node.text or "") if isinstance(node, Scalar) else ""


def _markup(tree: Tree) -> list[Diagnostic]:
    return [
        Diagnostic(
            Severity(diagnostic.severity),
            diagnostic.code,
            diagnostic.message,
            tree.location((name,), diagnostic.snippet),
            diagnostic.hint,
        )
        for name in ("letter", "objection")
        for diagnostic in markdown.check(_text(tree, name))
    ]


def _without_value(recipient: Recipient, name: str) -> Diagnostic:
    column = name.partition(".")[2]
    return error(
        "slot-without-value",
        f"`{recipient.address.spec}` has no `{column}`, which the letter uses.",
        recipient.location_of(column),
        "Fill it in here, or say in the letter what stands there otherwise: "
        f'{{{{ {name} | default("…") }}}}.',
    )


def _page(language: str, subject: str, body: str, foot: str) -> str:
    """A modest page: no pictures, nothing that is fetched, the reader's own type."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n'
        f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>\n<body>\n'
        # Webmail keeps nothing of a page but what stands inside of its body.
        f'<div lang="{language}" dir="{direction_of(language)}" '
        'style="font-family: sans-serif; line-height: 1.45; max-width: 38em">\n'
        f"{body}\n"
        '<div style="font-size: 85%; border-top: 1px solid; margin-top: 2em">'
        f"{foot}</div>\n</div>\n</body>\n</html>\n"
    )
