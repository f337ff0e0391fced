"""A letter in Markdown → the same letter as plain text, complete in itself."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from brochure.manuscript.markup import Renderer


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
