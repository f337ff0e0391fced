"""Odd letters: the font of a PDF may turn “effizient” into “efÏzient”, or “ratifiziert” into
“ratiVziert”.

One letter is one ligature throughout a file. Which one, its words decide: those in which a ligature
makes a word that occurs elsewhere in the file, or one of a few frequent stems. Where they do not
decide, a letter may be any ligature, but each reading is a guess, which is to be told.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

REPLACEMENT = "\ufffd"  # stands for any letter without a code, so never for one ligature
# What an odd letter may stand for.
_LIGATURES = (
    ("fi", "ffi", "fl", "ff", "ft", "tt", "ti", "ffl", "tti", "fft", "tf", "fj", "Th", "ch", "ck",
     "ct", "st")
)  # fmt: skip
_USUAL = frozenset("äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøœùúûýÿğışİŞĞłśźżąęćńčřšžěůőűćđ")
_MOST_READINGS = 400
_MOST_GUESSES = 2  # odd letters of a word of which nothing is known
_SHORTEST = 4  # letters; shorter words are made by too many ligatures
_CLEAR = 4  # times as many words for one ligature as for any other
# Stems of frequent words, German and English, as regular expressions; # is the odd letter.
_STEMS = {
    "fi": "#nd(?:e|un)|#nan|#zier|#ziell|spezi#|pro#[lt]|^#lm|de#ni|in#zi|#rma|kon#g|quali#k"
    "|#xier|^#rst|speci#|bene#|^#eld|con#d|signi#|identi#|certi#|^#ve$|^#nal|^#gure|#ction$",
    "ffi": "e#zien|o#zi|koe#z|^o#ce|e#cien|su#ci|tra#c|a#li|di#cul",
    "fl": "#äche|#ücht|#ieß|p#icht|p#eg|p#anz|ein#[uü]ss|#exib|kon#ikt|re#ex|in#ation"
    "|con#ict|re#ect|in#uen|^#ow|^#oor|^#ood",
    "ff": "ö#[en]|(?<![lnrtdgk])scha#|tre#en|o#en|ho#en|sto#|gri#|schi#|di#er|e#ekt"
    "|betro#|wa#e|e#ect|e#ort|a#ect|^o#er|^sta#$|a#ord|tari#",
    "ft": "[lnrtdgk]scha#|kra#|k[uü]n#|lu#|schri#|(?<!c)ha#(?:en|ung|ig|$)|hil#|hä#|^o#(?:en|mals)$"
    "|vernun#|gi#|dür#|wirtscha#|^a#er|o#ware|shi#|dra#",
    "tt": "mi#el|bi#e|we#bew|dri#|schri#|blä#e|sta#|schni#|re#ung|gese#|ho#e|bu#on"
    "|commi#ee|be#er|ma#er|le#er|a#en[dt]|li#le|se#ing|wri#en",
    "ti": "[nrkaui]a?#on|ak#v|poli#|kri#|tä#g|wich#g|rich#g|zei#g|mo#v|cri#c|cer#f|par#c",
    "tti": "ge#ng|se#ng|pu#ng|commi#ng|cu#ng|a#tude",
    "fft": "(?<![lnrtdgk])scha#$|tri#$|ho#$|ö#tl|gescha#",
    "ffl": "a#uen|ba#e|a#ict",
    "tf": "pla#orm|no#all|stad#est|lei#aden|ou#it",
    "fj": "#ord",
    "Th": "^#(?:e|at|is|ey|ere|ese|ema|eater|eorie|üring|erap)",
    "ch": "^au#$|^ni#t|^dur#|^si#$|^na#|^no#|ma#en|re#t|hö#s|spra#|mens#|deuts#|s#ul"
    "|mögli#|li#(?:en|er|e)?$|glei#|^mu#$|^su#$|^whi#$|tea#",
    "ck": "rü#|dru#|zurü#|stü#|bli#|blo#|de#en|stre#e|entwi#|che#|ba#$|tra#|wo#e",
    "ct": "^a#(?:s|ion|ive)?$|dire#|proje#|produ#|ele#|^fa#|contra#|prote#|se#or|stru#ur"
    "|distri#|do#or",
    "st": "^i#$|er#e|^#adt|be#eh|fe#|die#|#ell|#ark|#aat|#raß|mei#|lei#|tru#|fir#|la#$|mo#$"
    "|mu#$|#ate|sy#em",
}
_STEM = {ligature: re.compile(stems, re.IGNORECASE) for ligature, stems in _STEMS.items()}


class Decision(NamedTuple):
    """The ligature that a letter stands for; `certain`: it can be no other."""

    ligature: str
    certain: bool


class Ligatures:
    """What the odd letters of a document stand for, judged by all of its words.

    `readings`: words with their odd letters replaced by ligatures, each with whether that is a
    guess; only those that have such letters, and not too many.
    """

    def __init__(self, words: Collection[str]) -> None:
        self._words = words
        suspects = {word: odd for word in words if len(word) > 1 and (odd := _suspects(word))}
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        against: Counter[str] = Counter()
        for word, odd in suspects.items():
            if len(odd) == 1 and word[odd[0]] != REPLACEMENT:
                letter = word[odd[0]]
                votes[letter].update(self._known(word, odd[0]))
                against[letter] += self._is_compound(word, odd[0])
        self._decisions = dict(self._decide(votes, against))
        initial = [word for word in words if self._may_begin(word)]
        self.readings = {
            word: readings
            for word in (*suspects, *initial)
            if (readings := tuple(self._readings(word, suspects.get(word, ()))))
        }

    @staticmethod
    def _decide(
        votes: Mapping[str, Counter[str]], against: Mapping[str, int]
    ) -> Iterator[tuple[str, Decision]]:
        for letter, counts in votes.items():
            (best, most), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
            if most > second and most > against[letter]:
                clear = most > 1 and most >= _CLEAR * max(second, against[letter])
                yield letter, Decision(best, clear)

    def _known(self, word: str, at: int) -> Iterator[str]:
        """The ligatures that make a known word of one with a single odd letter."""
        masked = f"{word[:at]}#{word[at + 1 :]}"
        for ligature in _LIGATURES:
            reading = masked.replace("#", ligature)
            whole = len(reading) >= _SHORTEST and self._is_word(reading)
            if whole or _STEM[ligature].search(masked):
                yield ligature

    def _is_word(self, word: str) -> bool:
        return any(form in self._words for form in (word, word.lower(), word.capitalize()))

    def _is_compound(self, word: str, at: int) -> bool:
        """Whether a capital may be meant, as in „BürgerInnen“: both halves are words."""
        one, other = word[:at], word[at:]
        inner = other.isalpha() and len(other) > 2 and len(one) > 2
        return inner and self._is_word(one) and self._is_word(other)

    def is_misnamed(self, word: str) -> bool:
        """Whether a word has a letter of which the document tells what else it is."""
        return len(word) > 1 and any(word[at] in self._decisions for at in _suspects(word))

    def is_odd(self, word: str) -> bool:
        """Whether a word has letters that cannot be meant."""
        return len(word) > 1 and any(
            not word[at].isascii() or not word[at].isprintable() or word[at] in self._decisions
            for at in _suspects(word)
        )

    def _may_begin(self, word: str) -> bool:
        """Whether the capital of a word may be a ligature: “Vnden”, but also “Von”."""
        decision = self._decisions.get(word[0])
        certain = decision is not None and decision.certain
        return certain and word[0] in _CAPITALS and word[1:].islower()

    def _readings(self, word: str, suspects: Collection[int]) -> Iterator[tuple[str, bool]]:
        """A word with its odd letters replaced by ligatures, in every combination."""
        options: list[tuple[tuple[str, bool], ...]] = []
        guesses = 0
        for at, letter in enumerate(word):
            decision = self._decisions.get(letter)
            capital = letter.isascii() and letter.isprintable()
            if at in suspects and capital and decision:
                options.append(((decision.ligature, not decision.certain),))
            elif at in suspects and not capital:
                options.append(tuple(self._options(word, at)))
                guesses += len(options[-1]) > 1
            elif at == 0 and decision and self._may_begin(word):
                options.append(((letter, False), (decision.ligature, True)))
            else:
                options.append(((letter, False),))
        if guesses > _MOST_GUESSES:
            return
        for parts in islice(product(*options), _MOST_READINGS):
            reading = "".join(part for part, _ in parts)
            if reading != word:
                yield reading, any(guess for _, guess in parts)

    def _options(self, word: str, at: int) -> Iterator[tuple[str, bool]]:
        """What an odd letter of a word may stand for, the most likely first."""
        decision = self._decisions.get(word[at])
        if decision is not None:
            yield decision.ligature, False
            if decision.certain:
                return
        elif word[at] == REPLACEMENT and len(known := [*self._known(word, at)]) == 1:
            decision = Decision(known[0], certain=False)
            yield known[0], False
        for ligature in _LIGATURES:
            if decision is None or ligature != decision.ligature:
                yield ligature, True


_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# Words that may have an odd letter; most have none.
_SUSPECT = re.compile(r"[^ -~äöüßÄÖÜ]|[^\W\d_A-Z][A-Z]")


def _suspects(word: str) -> list[int]:
    """Where the letters of a word are that may stand for ligatures."""
    if not _SUSPECT.search(word):
        return []
    return [at for at, letter in enumerate(word) if _is_suspect(word, at, letter)]


def _is_suspect(word: str, at: int, letter: str) -> bool:
    """Whether a letter is unlikely to be meant: a capital after a small letter (efÏzient,
    ratiVziert), a private use character, a letter of a rare alphabet.
    """
    if letter in _CAPITALS or letter in _USUAL:
        inner = at > 0 and word[at - 1].islower() and not word[at + 1 : at + 2].isupper()
        return letter.isupper() and inner
    if (letter.isascii() and letter.isprintable()) or letter.isdigit():
        return False
    code = ord(letter)
    return not letter.isalpha() or code < 0x250 or 0xE000 <= code <= 0xF8FF
