"""Letters that a program has decoded wrongly and saved: what they were.

An umlaut takes two bytes in UTF-8. A program that expects another encoding shows each byte as a
character of its own (``MÃ¼ller``); one that mixes up code pages shows one character for another
(``M¸ller``, ``K”ln``).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from brochure.diagnostics import Diagnostic, Severity, shortened
from brochure.manuscript.yaml.nodes import Tree, scalars
from brochure.messages import say

_TIMES = 3  # that a text may have been encoded too often
_LETTER = r"[^\W\d_]"


def repaired(text: str) -> str:
    """The text with the letters that it had; the same where nothing shows that it had others."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    for _ in range(_TIMES):
        better = max((_decoded_again(text, table) for table in _TABLES), key=lambda found: found[0])
        if not better[0]:
            break
        text = better[1]
    for letters, has_sign in _CODE_PAGES:
        if has_sign(text) and not _CAPITAL_INSIDE.search(right := text.translate(letters)):
            return right
    return text


def broken_letters(tree: Tree, severity: Severity) -> Iterator[Diagnostic]:
    """Texts of a YAML file with such letters; not in quotes, which are compared to the letter, nor
    from cells, where they are refused.
    """
    for path, node in scalars(tree.root):
        if node.text is None or "quote" in path or (right := repaired(node.text)) == node.text:
            continue
        if any(repaired(value.text) != value.text for value in node.values):
            continue
        wrong_word, right_word = first_difference(node.text, right)
        yield Diagnostic(
            severity,
            "broken-letters",
            say(
                "`{word}` was read in the wrong encoding when it was saved.",
                word=shortened(wrong_word),
            ),
            tree.location(path, wrong_word),
            say("Should it be `{word}`? Write it again.", word=shortened(right_word)),
        )


def first_difference(wrong: str, right: str) -> tuple[str, str]:
    """The first words that differ, of a text and of what `repaired` makes of it."""
    pairs = zip(wrong.split(), right.split(), strict=False)
    return next(((one, other) for one, other in pairs if one != other), (wrong, right))


# --- UTF-8 that was read as something else --------------------------------------------------------

# What is between quotation marks may be one letter: „Ä“. Closing ones, with those that open.
_CLOSING = {"”": "“„", "“": "„", "’": "‘‚", "‘": "‚", "»": "«", "«": "»", "›": "‹", "‹": "›"}
_QUOTED = 200  # characters within which a quote that ends has begun
_BEHIND_LETTERS = "–—…·•„‚"  # what else can follow a capital without a space
_CERTAIN = "ÃÂ"  # letters that end hardly any word


class _Table:
    """How a program that expects one byte a character shows the bytes of UTF-8."""

    def __init__(self, codec: str) -> None:
        self.bytes: dict[str, int] = {}
        for byte in range(0x80, 0x100):
            try:
                self.bytes[bytes([byte]).decode(codec)] = byte
            except UnicodeDecodeError:
                pass
            # What a code page leaves open is a control character (WHATWG Encoding Standard, 9).
            self.bytes.setdefault(chr(byte) if byte < 0xA0 else "", byte)
        behind = self._between(0x80, 0xC0)
        self.first_two = self._between(0xC2, 0xF5) + behind
        self.sequences = re.compile(
            f"{self._between(0xC2, 0xE0)}{behind}"
            f"|{self._between(0xE0, 0xF0)}{behind}{{2}}"
            f"|{self._between(0xF0, 0xF5)}{behind}{{3}}"
        )

    def _between(self, first: int, after: int) -> str:
        characters = "".join(c for c, byte in self.bytes.items() if first <= byte < after)
        return f"[{re.escape(characters)}]"

    def decode(self, piece: str) -> str:
        """The character of a sequence; empty if it is not valid UTF-8."""
        try:
            return bytes(self.bytes[character] for character in piece).decode()
        except UnicodeDecodeError:
            return ""


_TABLES = tuple(map(_Table, ("cp1252", "mac_roman", "cp850", "cp437")))
# What all sequences begin with, and the signs of `_CODE_PAGES`: most texts have neither.
_SUSPECT = re.compile("|".join(["[\x80-\x9f¸ˆ‰Ÿ§„”]", *(table.first_two for table in _TABLES)]))


def _decoded_again(text: str, table: _Table) -> tuple[int, str]:
    """The number of sequences of UTF-8 in a text, and the text with these decoded."""
    matches = [
        (match, character)
        for match in table.sequences.finditer(text)
        if (character := table.decode(match[0])) and not _is_text(match[0], text, match.end())
    ]
    # Letters of other scripts come several in a row: only there they are no coincidence.
    starts = {match.start() for match, character in matches if character.isalpha()}
    ends = {match.end() for match, character in matches if character.isalpha()}
    chosen = [
        (match, character)
        for match, character in matches
        if _is_expected(character)
        or (character.isalpha() and (match.start() in ends or match.end() in starts))
    ]
    return len(chosen), _replaced(text, chosen)


def _replaced(text: str, changes: Iterable[tuple[re.Match[str], str]]) -> str:
    pieces, at = [], 0
    for match, character in changes:
        pieces += [text[at : match.start()], character]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _is_expected(character: str) -> bool:
    """Whether a character is of those that are written here: Latin letters, signs, punctuation."""
    return (
        "\xa0" <= character < "\u0180"
        or "\u0218" <= character <= "\u021b"
        or "\u1e00" <= character < "\u1f00"
        or "\u2000" <= character < "\u2c00"
        or "\ufb00" <= character <= "\ufb06"
        or character in "\ufeff\ufffd"
        or character >= "\U0001f000"
    )


def _is_text(piece: str, text: str, end: int) -> bool:
    """Whether two characters can be what they seem: a letter, and punctuation behind it."""
    if len(piece) != 2 or not piece[0].isalpha():
        return False
    last, before, after = piece[1], text[max(0, end - _QUOTED) : end - 2], text[end : end + 1]
    if last in _CLOSING and any(opening in before for opening in _CLOSING[last]):
        return True
    if piece[0] in _CERTAIN:
        return False
    if last in _CLOSING:
        return not after.isalpha()
    return last == "\xa0" or (
        last in _BEHIND_LETTERS and not (before[-1:].isalpha() and after.islower())
    )


# --- Single bytes that were read as others --------------------------------------------------------

_CAPITAL_INSIDE = re.compile(rf"{_LETTER}[ÄÖÜ][a-zäöüß]")


def _translation(written: str, read: str) -> dict[int, str]:
    """German letters by what they look like if bytes of one code page are read as another."""
    seen: dict[int, str] = {}
    for letter in "äöüÄÖÜßé":
        byte = letter.encode(written)
        try:
            seen[ord(byte.decode(read))] = letter
        except UnicodeDecodeError:
            seen[byte[0]] = letter
    return seen


def _has(pattern: str) -> Callable[[str], bool]:
    expression = re.compile(pattern)
    return lambda text: expression.search(text) is not None


_QUOTE_INSIDE = re.compile(rf"{_LETTER}[„”][a-zß-ÿ]")
_QUOTES = re.compile('[„“”"»«]')


def _has_quote_inside(text: str) -> bool:
    """``J„ger``, ``K”ln``: a quotation mark between letters, and no other one."""
    return _QUOTE_INSIDE.search(text) is not None and len(_QUOTES.findall(text)) == 1


# Each with signs that cannot be anything else.
_CODE_PAGES: tuple[tuple[dict[int, str], Callable[[str], bool]], ...] = (
    (_translation("cp850", "latin-1"), _has("[\x81\x84\x8e\x94\x99\x9a]")),
    (_translation("mac_roman", "latin-1"), _has("[\x80\x85\x86\x8a\x9a\x9f]")),
    (_translation("cp850", "cp1252"), _has_quote_inside),
    (_translation("cp1252", "mac_roman"), _has(rf"{_LETTER}[¸ˆ‰]{_LETTER}")),
    (
        _translation("mac_roman", "cp1252"),
        _has(rf"[A-Za-zß-ÿ]Ÿ[a-zß-ÿ]|{_LETTER}§{_LETTER}"),
    ),
)
