"""Numbers that stand raised or lowered, as the letters that say so: m², CO₂, a footnote¹.

Without them, “m²” would be “m2”, and a quote of it wrong. Sources are read the same way.
"""

import re
from typing import Literal

Shift = Literal["super", "sub"]

_RAISED = str.maketrans("0123456789-−–+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻⁺")
_LOWERED = str.maketrans("0123456789-−–+", "₀₁₂₃₄₅₆₇₈₉₋₋₋₊")
_NUMBER = re.compile(r"\s*[-−–+]?\d+[-−–+]?\s*", re.ASCII)


def shifted(text: str, shift: Shift | None) -> str:
    """A text as it reads where it stands raised or lowered; letters stay as they are."""
    if shift is None or not _NUMBER.fullmatch(text):
        return text
    return text.translate(_RAISED if shift == "super" else _LOWERED)
