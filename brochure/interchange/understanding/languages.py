"""The language of a text, by words that are in every text of it."""

import re
from collections import Counter
from collections.abc import Iterable

_WORDS = {
    "de": "der die das und ist nicht wir von mit für auf den dem ein eine im zu auch werden sich",
    "en": "the and of to in is not we that for with on are be this it as by our will",
    "fr": "le la les et des est une nous pour dans que qui sur pas avec du au ce sont",
    "tr": "ve bir bu için ile da de olarak daha çok olan gibi kadar en ne biz her değil",
    "uk": "і та в на що не з до для ми це як від за є ти по про та або",
    "ar": "في من على إلى أن عن مع هذا هذه التي الذي لا ما كان نحن أو هو هي قد كل",
    "fa": "و در به از که این را با است برای آن یک ما تا بر هم نیست شد های می",
}
_LEAST = 3  # such words; with fewer, nothing is known


def language_of(words: Iterable[str]) -> str:
    """The code of the language, of those that brochure knows; empty if nothing is known."""
    counts = Counter(word.casefold() for word in words)
    found = {
        code: sum(counts[word] for word in set(usual.split())) for code, usual in _WORDS.items()
    }
    code = max(found, key=lambda one: found[one])
    return code if found[code] >= _LEAST else ""


def code_of(language: str) -> str:
    """``de`` of ``de-DE``, as a file states its language; empty for what is no code."""
    found = re.match(r"[a-z]{2,3}(?![a-z])", language.strip().lower().replace("_", "-"))
    return found[0] if found else ""
