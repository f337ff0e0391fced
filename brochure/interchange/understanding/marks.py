"""Quotation marks: whether those around a text are a pair."""

from typing import Literal

#: What closes each mark that can open (Unicode 6.2.6): “ opens in English and closes in German.
CLOSING = {
    "„": '“”"',
    "“": "”",
    "”": "”",
    "»": "«",
    "«": "»",
    '"': '"',
    "‚": "‘’'",
    "‹": "›",
    "›": "‹",
}
_CLOSERS = frozenset("“”«»\"‘’'›‹")
_SPACE_INSIDE = " \u00a0\u202f"  # French has a space there
# What stands before a mark that opens.
_BEFORE = frozenset("([{–—-/…")

_LONG = 20_000  # characters; no quote is longer

State = Literal["pair", "opened", "closed", "none"]


def state_of(text: str) -> State:
    """What the marks at both ends are to each other.

    `pair`: they belong together, and nothing is outside of them; `opened`: the first is closed
    nowhere in the text; `closed`: the last is opened nowhere in it; `none`: anything else, as in
    “A” and “B”.
    """
    text = text.strip()
    if not text:
        return "none"
    waiting: list[str] = []
    first_closed_at = -1
    extra = False  # whether the last mark closes what was never opened
    first_opens = text[0] in CLOSING
    for at, sign in enumerate(text):
        if sign not in CLOSING and sign not in _CLOSERS:
            extra = False if not sign.isspace() else extra
            continue
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        single = sign in "‚‘’'" and "‚" not in (sign if at == 0 else "", *waiting[-1:])
        if single:
            continue  # an apostrophe, or a pair within the other
        behind_space = before.isspace()
        opens = sign in CLOSING and (behind_space or before in _BEFORE or before in CLOSING)
        closes = bool(waiting) and sign in CLOSING[waiting[-1]]
        if closes and not (opens and behind_space and sign in '"»«' and not after.isspace()):
            waiting.pop()
            if not waiting and first_closed_at < 0:
                first_closed_at = at
            extra = False
        elif opens and (not after.isspace() or after in _SPACE_INSIDE):
            waiting.append(sign)
            extra = False
        elif sign in _CLOSERS and not waiting:
            extra = True
    if first_opens:
        if first_closed_at == len(text) - 1 and not waiting:
            return "pair"
        if first_closed_at < 0:
            return "opened"
    return "closed" if extra and text[-1] in _CLOSERS else "none"


def without_marks(text: str) -> str:
    """The words between the marks of a pair."""
    return text.strip()[1:-1].strip(" \t\n\u00a0\u202f")


def marked_share(text: str) -> float:
    """Which part of a text stands between quotation marks, as long as it is one piece (0 to 1)."""
    if len(text) > _LONG:
        return 0
    longest = 0
    for start, sign in enumerate(text):
        if sign not in CLOSING or (start and text[start - 1].isalnum()):
            continue
        ends = [text.find(mark, start + 1) for mark in CLOSING[sign]]
        end = min((at for at in ends if at > 0), default=start)
        longest = max(longest, end - start)
    return longest / max(1, len(text))
