"""Colours of the screen (sRGB), and how well one stands out against another (WCAG 2.1)."""

import re
from collections.abc import Sized
from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from brochure.diagnostics import shortened

Rgb = tuple[float, float, float]


def luminance(colour: Rgb) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.1, “relative luminance”)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1, “contrast ratio”)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rgb(colour: str) -> Rgb:
    """``#rrggbb`` as sRGB, each from 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def hexadecimal(colour: Rgb) -> str:
    """SRGB as ``#rrggbb``."""
    return "#" + "".join(f"{round(c * 255):02x}" for c in colour)


def on_dark(colour: str, background: str, least: float = 4.5) -> str:
    """A tint of the colour that can be read on a dark background: as little white as will do."""
    own, behind = rgb(colour), rgb(background)
    for share in range(0, 101, 5):
        red, green, blue = (c + (1 - c) * share / 100 for c in own)
        if contrast((red, green, blue), behind) >= least:
            return hexadecimal((red, green, blue))
    return "#ffffff"


# --- The kinds of values that people write: what each may be, and what is said where it is not.

_DATE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2}))?)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")
_DASH = r"\s*[-\u2010-\u2014]\s*"
_NUMBERS = re.compile(rf"(\d{{1,9}})(?:{_DASH}(\d{{1,9}}))?")
RANGE = re.compile(rf"(\d{{1,9}}){_DASH}(\d{{1,9}})")  # of lines or pages, as it is typed


def diagnostic(code: str, message: str, hint: str) -> PydanticCustomError:
    """What a validator raises: a sentence of ours, and what to do."""
    # Braces would be taken for a template by pydantic.
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _date(value: str) -> str:
    """ISO 8601: a year, a month or a day, as exactly as it is known."""
    found = _DATE.fullmatch(value)
    month, day = (int(found[part] or 1) if found else 0 for part in ("month", "day"))
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        raise diagnostic(
            "date",
            f"`{shortened(value)}` is no date.",
            "Write year, month and day with hyphens, as in 2018-12-20; 2018-12 and 2018 will "
            "do where no more is known.",
        )
    return value


def _colour(value: str) -> str:
    """An RGB colour as ``#rrggbb``."""
    found = _COLOUR.fullmatch(value)
    if not found:
        raise diagnostic(
            "colour",
            f"`{shortened(value)}` is no colour.",
            "Write six digits or letters from a to f, as in 8a1c3b: two each for red, green "
            "and blue.",
        )
    return "#" + found[1].lower()


def _pages(value: str) -> str:
    """Pages: ``12``, ``12-13``; printed with an en dash."""
    numbers = _numbers(value)
    for first, last in RANGE.findall(numbers):
        if int(last) <= int(first):
            raise diagnostic(
                "numbers",
                f"`{shortened(first)}-{shortened(last)}` ends before it begins.",
                "Write the smaller number first.",
            )
    return numbers


def _numbers(value: str) -> str:
    """Lines: ``1087``, ``1087-1090``, ``12, 15-17``; printed with an en dash.

    A range may go on to a smaller number, over a page break where lines are counted anew.
    """
    parts: list[str] = []
    for part in value.split(","):
        found = _NUMBERS.fullmatch(part.strip())
        if not found:
            raise diagnostic(
                "numbers",
                f"`{shortened(value)}` is no line or page number.",
                "Write one number (1087), a range (1087-1090), or several with commas.",
            )
        single = not found[2] or found[2] == found[1]
        parts.append(found[1] if single else f"{found[1]}–{found[2]}")
    return ", ".join(parts)


def _reference(value: str) -> str:
    """A pattern such as ``Zeilen {lines}`` or ``S. {page}, Z. {lines}``."""
    names = re.findall(r"\{([^{}]*)\}", value)
    rest = re.sub(r"\{[^{}]*\}", "", value)
    if not names or set(names) - {"lines", "page"} or "{" in rest or "}" in rest:
        raise diagnostic(
            "reference",
            f"`{shortened(value)}` does not say where the numbers go.",
            "Use {lines} and {page}, as in `lines {lines}` or `p. {page}, l. {lines}`.",
        )
    return value


def _visible(value: str) -> str:
    """Something that leaves ink: not spaces and format characters alone (Unicode 4.5)."""
    if all(category(character)[0] in "ZC" for character in value):
        raise diagnostic(
            "empty", "Nothing visible is written here.", "Write the text, or delete the line."
        )
    return value


def few(most: int) -> AfterValidator:
    """A list, or a block of keys, of so many entries."""

    def check(value: Sized) -> Sized:
        if len(value) > most:
            said = f"Here are {len(value)} entries; {most} are the most."
            raise diagnostic("too-long", said, "Is this the right file?")
        return value

    return AfterValidator(check)


def at_most(most: int) -> AfterValidator:
    """A text of so many characters."""

    def check(value: str) -> str:
        if len(value) > most:
            said = f"This has {len(value)} characters; {most} are the most."
            raise diagnostic("too-long", said, "Does a quotation mark or a bracket stand too far?")
        return value

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_visible)]
Line = Annotated[Text, at_most(1_000)]  # what is no Markdown, of which `checks` sees to the length
Date = Annotated[Text, AfterValidator(_date)]
Colour = Annotated[Text, AfterValidator(_colour)]
Lines = Annotated[Text, at_most(500), AfterValidator(_numbers)]
Pages = Annotated[Text, at_most(500), AfterValidator(_pages)]
Reference = Annotated[Text, at_most(300), AfterValidator(_reference)]
Id = Annotated[Text, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$"), at_most(100)]
Slot = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]\w*$"), at_most(100)]
CODE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")  # of a language
Language = Annotated[Text, StringConstraints(pattern=rf"^{CODE.pattern}$")]


Part = Literal["lead", "passages", "contact", "source"]


def _fits(value: object) -> object:
    """One wish for all editions as a mapping with no name of an edition."""
    return {"": value} if isinstance(value, str) else value


def _fit(value: str) -> str:
    """``sheet``, or a number of pages."""
    if value != "sheet" and not (
        value.isascii() and value.isdigit() and len(value) < 3 and 1 <= int(value) <= 64
    ):
        raise diagnostic(
            "fit",
            f"A leaflet cannot fit `{shortened(value)}`.",
            "Write the number of pages that it is to fill, 1 to 64, or `sheet`.",
        )
    return value


Fit = Annotated[
    dict[str, Annotated[Text, AfterValidator(_fit)]],
    few(100),
    BeforeValidator(_fits, json_schema_input_type=str | dict[str, str]),
]
