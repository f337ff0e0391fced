"""Letters that stand for ligatures: what some fonts make of „effizient“ is “efÏzient”."""

from collections.abc import Iterator

# What a character may stand for that a font has in the place of a ligature.
_LIGATURES = (
    ("fi", "ffi", "fl", "ff", "ft", "tt", "ti", "ffl", "tti", "fft", "tf", "fj", "Th", "ch", "ck",
     "ct", "st")
)  # fmt: skip
_USUAL = frozenset("äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøœùúûýÿğışİŞĞłśźżąęćńčřšžěůőűćđ")
_MOST_VARIANTS = 400


def variants(word: str) -> Iterator[str]:
    """A word in which letters stand for ligatures, with the letters of those."""
    if len(word) == 1:
        return
    odd = [at for at, letter in enumerate(word) if _is_odd(word, at, letter)]
    if not odd or len(odd) > 2:
        return
    readings = [word]
    for at in reversed(odd):
        readings = [
            reading[:at] + ligature + reading[at + 1 :]
            for reading in readings
            for ligature in _LIGATURES
        ]
    yield from readings[:_MOST_VARIANTS]


def _is_odd(word: str, at: int, letter: str) -> bool:
    """Whether a letter is unlikely to be one: a capital from afar within a word (efÏzient), a
    character of private use, a letter of no usual alphabet.
    """
    if (letter.isascii() and letter.isprintable()) or letter.isdigit():
        return False
    if letter in _USUAL:
        return letter.isupper() and at > 0 and word[at - 1].islower()
    code = ord(letter)
    return not letter.isalpha() or code < 0x250 or 0xE000 <= code <= 0xF8FF
