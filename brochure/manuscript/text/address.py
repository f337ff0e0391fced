"""Addresses in running text: where they are, and where a line may end inside of one.

Whoever types an address from paper must know which signs belong to it. So no hyphen is put into
one, and a line never ends with a hyphen of its own.
"""

import re
from collections.abc import Iterator

# Private-use characters stand for what is no text of its own (see `typography`).
_TOKEN = re.compile(r"[^\s\ue000-\uf8ff]+")
_AROUND = "([{<„“”‚‘’\"'«»‹›*"  # what stands beside an address without being a part of it
_AFTER = _AROUND + ".,;:!?…}]>"
_ADDRESS = re.compile(
    r".*\w@(?!innen)\w"  # of mail; not „Bürger@innen“
    r"|.*\w[(\[]at[)\]]\w"  # one that is hidden from programs
    r"|@\w|#\w\w"  # a name on a social network, a hashtag
    r"|.*\w://|(?i:www)\.\w|(?i:mailto|tel):\w"
    r"|(?:\w[\w-]+\.)+(?!innen)[a-z]{2,8}(?:[/?#:]|$)"  # a domain; not „Bürger.innen“
)
_SIGNS = r".,_?=&#%~+;\-"
_BREAK = re.compile(
    rf"(?<=[/@])(?![/@])|(?<![{_SIGNS}:/@])(?=[{_SIGNS}])|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])"
)
_TOGETHER = 4  # characters that stay together at both ends


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses of a text begin and end: of mail or of the web, with or without https://,
    names that begin with @, and hashtags.
    """
    for token in _TOKEN.finditer(text):
        start = token.end() - len(token[0].lstrip(_AROUND))
        address = text[start : token.end()].rstrip(_AFTER)
        while address.endswith(")") and address.count("(") < address.count(")"):
            address = address[:-1].rstrip(_AFTER)
        if _ADDRESS.match(address):
            yield start, start + len(address)


def address_around(text: str, offset: int) -> tuple[int, int] | None:
    """Where the address begins and ends that a line would break if it ended at `offset`, if any."""
    start = stop = offset
    while start and not text[start - 1].isspace():
        start -= 1
    while stop < len(text) and not text[stop].isspace():
        stop += 1
    for first, last in find_addresses(text[start:stop]):
        if first < offset - start < last:
            return start + first, start + last
    return None


def is_address(word: str) -> bool:
    """Whether a word is an address, with or without signs beside it."""
    return any(True for _ in find_addresses(word))


def address_breaks(address: str) -> list[int]:
    """The offsets at which a line may end inside of an address, without a sign, ascending.

    After a slash or @, before every other sign (The Chicago Manual of Style, 15th edition, 7.44 and
    17.11), and before a capital, as in a hashtag.
    """
    return [
        found.start()
        for found in _BREAK.finditer(address)
        if _TOGETHER <= found.start() <= len(address) - _TOGETHER
    ]
