"""What in the Markdown of a text cannot be printed as its author meant it, or might not be."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from markdown_it.token import Token

from brochure.diagnostics import Severity
from brochure.manuscript.text import lists
from brochure.manuscript.text.markdown import NESTING, links_among, parser
from brochure.manuscript.yaml.nodes import TextDiagnostic
from brochure.messages import Message, say

_SCHEMES = {"http", "https", "mailto", "tel"}
_SIGN = re.compile(r"[\\*_`\[\]<!:@]")
_LONGEST = 30_000  # characters in one text: more than ten pages of a column
_BRACKETS = 500
_MOST = 20  # diagnostics about one text
# Markup that people know from elsewhere, and what to say about it.
_NOT_SUPPORTED: tuple[tuple[re.Pattern[str], Callable[[str], Message]], ...] = (
    (
        re.compile(r"</?[A-Za-z][^<>\n]*>|<!--"),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain HTML.", markup=markup
        ),
    ),
    (
        re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)"),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain pictures.", markup=markup
        ),
    ),
    (
        re.compile(r"^#{1,6} .*", re.MULTILINE),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain headings.", markup=markup
        ),
    ),
    (
        re.compile(r"^(?:```|~~~).*", re.MULTILINE),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain code blocks.", markup=markup
        ),
    ),
    (
        re.compile(r"^>(?!>* ?\d).*", re.MULTILINE),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain quotations marked with `>`.",
            markup=markup,
        ),
    ),
    (
        re.compile(r"^ {0,3}(?:(?:[-*_] ?){3,}|={3,}) *$", re.MULTILINE),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain rules or underlined headings.",
            markup=markup,
        ),
    ),
    (
        re.compile(r"^\|.*\| *$", re.MULTILINE),
        lambda markup: say(
            "`{markup}` is printed as it is: a text cannot contain tables.", markup=markup
        ),
    ),
)


@lru_cache(maxsize=4096)  # variants share most of their texts
def check_markdown(text: str) -> tuple[TextDiagnostic, ...]:
    """What cannot be printed as its author meant it; of many diagnostics, only the first."""
    return tuple(islice(_check(text), _MOST))


def _check(text: str) -> Iterator[TextDiagnostic]:
    # Markdown takes time that grows with the square of the length, and of the brackets.
    divide = say("Divide it into several texts.")
    if len(text) > _LONGEST:
        message = say(
            "This text is too long; at most {limit} characters are allowed.", limit=_LONGEST
        )
        yield TextDiagnostic(Severity.ERROR, "too-long", message, divide)
        return
    if text.count("[") > _BRACKETS:
        message = say(
            "This text has too many brackets; at most {limit} opening brackets are allowed.",
            limit=_BRACKETS,
        )
        yield TextDiagnostic(Severity.ERROR, "too-long", message, divide)
        return
    environment: dict[str, dict[int, str]] = {}
    tokens = parser(True).parse(text, environment)
    for href, words in links_among(tokens):
        if diagnostic := check_address(href):
            snippet = f"[{words}]"
            yield replace(diagnostic, snippet=snippet) if snippet in text else diagnostic
    if any(token.level >= NESTING - 2 for token in tokens):
        message = say("Lists are nested too deeply here, and would not be printed completely.")
        hint = say("Use a single list, or two levels.")
        yield TextDiagnostic(Severity.ERROR, "too-deep", message, hint)
    yield from _check_lists(text, tokens, environment.get(lists.DOUBTFUL, {}))
    hint = say("Texts can have *emphasis*, **strong**, [links](https://…), paragraphs and lists.")
    for pattern, explain in _NOT_SUPPORTED:
        if markup := pattern.search(text):
            message = explain(markup[0][:40])
            earlier = text.count(markup[0], 0, markup.start())
            yield TextDiagnostic(Severity.WARNING, "markup", message, hint, markup[0], earlier)


def _check_lists(
    text: str, tokens: Sequence[Token], doubtful: Mapping[int, str]
) -> Iterator[TextDiagnostic]:
    """Warnings about lines that are no items and may be meant as such, and the other way round."""
    lines = text.split("\n")

    def warned(message: Message, hint: Message, line: str, number: int) -> TextDiagnostic:
        earlier = "\n".join(lines[:number]).count(line)
        return TextDiagnostic(Severity.WARNING, "list", message, hint, line, earlier)

    for token in tokens:
        if token.type == "inline" and token.map:
            if line := lists.unmarked_list(token.content):
                yield warned(
                    say(
                        "Lines that begin like this one are no list here, but go on the paragraph."
                    ),
                    say(
                        "Leave an empty line before the list, and begin each item with `- ` or "
                        "`1. `; or leave one before each of these lines. If it is no list, move a "
                        "word from the line above to this one."
                    ),
                    line.strip(),
                    token.map[0] + token.content.split("\n").index(line),
                )
    for line, number in lists.single_stars(tokens):
        yield warned(
            say("This line is printed as a list of one item."),
            say("If the star marks a note, write `\\*`; if it is a list, begin it with `- `."),
            line,
            number,
        )
    for number, line in doubtful.items():
        yield warned(
            say("This line is printed as an item of the list, for it begins like one."),
            say(
                "If it goes on the sentence above, move a word from the line above to this one; "
                "if it is an item, end the one above with a full stop or a comma."
            ),
            line,
            number,
        )


def count_markup_characters(text: str) -> int:
    """How many characters of a text may mean something in Markdown."""
    return len(_SIGN.findall(text))


def check_address(href: str) -> TextDiagnostic | None:
    """What is wrong with the address of a link, if anything."""
    copy = say("Copy it from the address bar of the browser.")
    try:
        parts = urlsplit(href)
        complete = bool(parts.hostname) if parts.scheme in ("http", "https") else bool(parts.path)
    except ValueError:
        message, hint = say("`{address}` is not a valid address.", address=href), copy
    else:
        if href in ("", "#"):
            message = say("The link has no address.")
            hint = say("Add one, or remove the brackets and write only the words.")
        elif parts.scheme not in _SCHEMES:
            message = say(
                "The address `{address}` does not begin with https://, http://, mailto: or tel:.",
                address=href,
            )
            hint = say("Write the whole address; leaflets cannot contain other kinds.")
        elif not complete:
            message, hint = say("The address `{address}` is incomplete.", address=href), copy
        else:
            return None
    return TextDiagnostic(Severity.ERROR, "link", message, hint, href)
