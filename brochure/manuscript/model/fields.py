"""The kinds of values that people write, and what makes them valid; colours and their contrast."""

import re
from collections.abc import Sized
from datetime import date as calendar_date
from datetime import timedelta
from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from brochure.diagnostics import shortened
from brochure.messages import Message, say

_DATE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2}))?)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")
_DASH = r"\s*[-\u2010-\u2014]\s*"
_NUMBERS = re.compile(rf"(\d{{1,9}})(?:{_DASH}(\d{{1,9}}))?")
# A number with a dot, a space or an apostrophe at each thousand.
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:[.\u2019' \xa0\u202f]\d{3})+(?!\d)")
# A page may be called iv, or A-2.
PAGE = r"(?:[A-Z][-. ]?\d{1,4}|\d{1,9}|[ivxlcdm]{1,12}|[IVXLCDM]{1,12})"
_PAGES = re.compile(rf"({PAGE})(?:{_DASH}({PAGE}))?")
PAGE_RANGE = re.compile(rf"{PAGE}{_DASH}{PAGE}")
RANGE = re.compile(rf"(\d{{1,9}}){_DASH}(\d{{1,9}})")  # of lines or pages, as it is typed
_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_TIME = re.compile(rf"{_CLOCK}(?:{_DASH}{_CLOCK})?", re.ASCII)
_NIGHT = 6  # the hour until which what began in the evening may last
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


def invalid_value(
    code: str, message: Message, hint: Message, *, if_required: Message | None = None
) -> PydanticCustomError:
    """What a validator raises; `yaml.validation` makes a diagnostic of it. `if_required` is the
    hint where the value must not be missing.
    """
    context = {"message": message, "hint": hint}
    if if_required is not None:
        context["if_required"] = if_required
    # Pydantic would take braces in a message for a template.
    return PydanticCustomError(code, "{message}", context)


def _date(value: str) -> str:
    """ISO 8601: a year, a month or a day."""
    date = _DATE.fullmatch(value)
    month, day = (int(date[part] or 1) if date else 0 for part in ("month", "day"))
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        raise invalid_value(
            "date",
            say("`{value}` is not a valid date.", value=shortened(value)),
            say(
                "Write year, month and day with hyphens, as in 2018-12-20. If only the month or "
                "the year is known, write 2018-12 or 2018."
            ),
        )
    return value


def _day(value: str) -> str:
    """ISO 8601: a day that there is in the calendar, and one after it."""
    try:
        date = _DATE.fullmatch(value)
        if not date or not date["day"]:
            raise ValueError
        calendar_date.fromisoformat(value) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise invalid_value(
            "date",
            say("`{value}` is not a day.", value=shortened(value)),
            say("Write year, month and day with hyphens, as in 2026-12-03."),
        ) from None
    return value


def _time(value: str) -> str:
    """``19:00`` or ``19:00–21:00`` (typed with a hyphen or a dash), in 24 hours; with an en dash.

    What ends before it begins goes on after midnight, until six at the latest.
    """
    times = _TIME.fullmatch(value)
    if not times:
        raise invalid_value(
            "time",
            say("`{value}` is not a time of day.", value=shortened(value)),
            say("Write hours and minutes with a colon, as in 19:00 or 19:00-21:00."),
        )
    start, end = (
        f"{int(hour):02}:{minute}" if hour else ""
        for hour, minute in (times.group(1, 2), times.group(3, 4))
    )
    if end and (end == start or (end < start and int(end[:2]) >= _NIGHT)):
        raise invalid_value(
            "time",
            say("`{value}` ends before it begins.", value=shortened(value)),
            say("Write the beginning first, then the end, as in 19:00-21:00."),
        )
    return f"{start}–{end}" if end else start


def _colour(value: str) -> str:
    """An RGB colour as ``#rrggbb``."""
    digits = _COLOUR.fullmatch(value)
    if not digits:
        raise invalid_value(
            "colour",
            say("`{value}` is not a valid colour.", value=shortened(value)),
            say(
                "Write six digits or letters from a to f, as in 8a1c3b: two each for red, green "
                "and blue."
            ),
        )
    return "#" + digits[1].lower()


def _pages(value: str) -> str:
    """Pages, as they are called: ``12``, ``12-13``, ``iv``, ``A-2``; printed with an en dash."""
    numbers = _numbers(value, _PAGES)
    for first, last in RANGE.findall(numbers):
        if int(last) <= int(first):
            raise invalid_value(
                "numbers",
                say("`{first}-{last}` ends before it begins.", first=first, last=last),
                say("Write the smaller number first."),
            )
    return numbers


def _numbers(value: str, pattern: re.Pattern[str] = _NUMBERS) -> str:
    """Lines: ``1087``, ``1087-1090``, ``12, 15-17``; printed with an en dash.

    A range may end with a smaller number: over a page break, lines may be counted anew.
    """
    parts: list[str] = []
    for part in value.split(","):
        numbers = pattern.fullmatch(part.strip())
        if not numbers:
            raise invalid_value(
                "numbers",
                say("`{value}` is not a line or page number.", value=shortened(value)),
                _numbers_hint(value),
            )
        single = not numbers[2] or numbers[2] == numbers[1]
        parts.append(numbers[1] if single else f"{numbers[1]}–{numbers[2]}")
    return ", ".join(parts)


def _numbers_hint(value: str) -> Message:
    plain = _GROUPED.sub(lambda number: re.sub(r"\D", "", number[0]), value)
    if plain != value and all(_NUMBERS.fullmatch(part.strip()) for part in plain.split(",")):
        return say("Write the number without dots or spaces in it: {value}.", value=plain)
    return say("Write one number (1087), a range (1087-1090), or several with commas.")


def ranges(value: str) -> list[tuple[int, int]]:
    """The first and last numbers of ranges, of lines or pages; none where the value is invalid."""
    parts = [_NUMBERS.fullmatch(part.strip()) for part in value.split(",")]
    if not all(parts):
        return []
    return [(int(part[1]), int(part[2])) for part in parts if part and part[2]]


def _reference(value: str) -> str:
    """A pattern such as ``Zeilen {lines}`` or ``S. {page}, Z. {lines}``."""
    names = re.findall(r"\{([^{}]*)\}", value)
    rest = re.sub(r"\{[^{}]*\}", "", value)
    if not names or set(names) - {"lines", "page"} or "{" in rest or "}" in rest:
        raise invalid_value(
            "reference",
            say("`{value}` does not say where the numbers go.", value=shortened(value)),
            say(
                "Use {{lines}} and {{page}}, as in `lines {{lines}}` or "
                "`p. {{page}}, l. {{lines}}`."
            ),
        )
    return value


def _visible(value: str) -> str:
    """A text that leaves ink: more than spaces and format characters (Unicode 4.5)."""
    if all(category(character)[0] in "ZC" for character in value):
        raise invalid_value(
            "empty",
            say("There is no visible text here."),
            say("Write the text, or delete the line."),
            if_required=say("Write the text."),
        )
    return value


def _description(value: str) -> str:
    """What a picture shows; empty for one that is mere decoration, which readers of the screen pass
    over (WCAG 2.1, 1.1.1; ISO 14289-1, 7.1).
    """
    if value and all(category(character)[0] in "ZC" for character in value):
        raise invalid_value(
            "empty",
            say("There is no visible text here."),
            say('Write what the picture shows; or `alt: ""`, if it is mere decoration.'),
        )
    return value


def at_most_entries(limit: int) -> AfterValidator:
    """A list, or a block of keys, must not have more entries."""

    def check(value: Sized) -> Sized:
        if len(value) > limit:
            message = say(
                "There are {number} entries here; at most {limit} are allowed.",
                number=len(value),
                limit=limit,
            )
            raise invalid_value("too-long", message, say("Is this the right file?"))
        return value

    return AfterValidator(check)


def at_most_characters(limit: int) -> AfterValidator:
    """A text must not have more characters."""

    def check(value: str) -> str:
        if len(value) > limit:
            message = say(
                "This text has {number} characters; at most {limit} are allowed.",
                number=len(value),
                limit=limit,
            )
            hint = say("Is a quotation mark or a bracket in the wrong place?")
            raise invalid_value("too-long", message, hint)
        return value

    return AfterValidator(check)


def _by_edition(value: object) -> object:
    """One value for all editions, as a mapping in which the name of the edition is empty."""
    return {"": value} if isinstance(value, str) else value


def _fit(value: str) -> str:
    """``sheet``, or a number of pages."""
    if value != "sheet" and not (
        value.isascii() and value.isdigit() and len(value) < 3 and 1 <= int(value) <= 64
    ):
        raise invalid_value(
            "fit",
            say("A leaflet cannot fit `{value}`.", value=shortened(value)),
            say("Write the number of pages that it should fill, 1 to 64, or `sheet`."),
        )
    return value


def _as_entries(value: object) -> object:
    """One text, as a list of one."""
    return [value] if isinstance(value, str) else value


VisibleText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_visible)]
# Text without Markdown; the length of texts with Markdown is checked by `check_markdown`.
PlainText = Annotated[VisibleText, at_most_characters(1_000)]
PictureDescription = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_description),
    at_most_characters(1_000),
]
Date = Annotated[VisibleText, AfterValidator(_date)]
Day = Annotated[VisibleText, AfterValidator(_day)]
Time = Annotated[VisibleText, AfterValidator(_time)]
Colour = Annotated[VisibleText, AfterValidator(_colour)]
LineNumbers = Annotated[VisibleText, at_most_characters(500), AfterValidator(_numbers)]
PageNumbers = Annotated[VisibleText, at_most_characters(500), AfterValidator(_pages)]
ReferencePattern = Annotated[VisibleText, at_most_characters(300), AfterValidator(_reference)]
Id = Annotated[
    VisibleText, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$"), at_most_characters(100)
]
SlotName = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]\w*$"), at_most_characters(100)]
VerdictName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[^\W_][\w-]*$"),
    at_most_characters(100),
]
Shape = Literal["check", "cross", "half", "question", "dash"]
# Words of a quote, each as it is written there.
Highlights = Annotated[
    tuple[PlainText, ...],
    Field(min_length=1),
    at_most_entries(20),
    BeforeValidator(_as_entries, json_schema_input_type=str | list[str]),
]
LanguageCode = Annotated[VisibleText, StringConstraints(pattern=rf"^{LANGUAGE_CODE.pattern}$")]
LinkedPart = Literal["lead", "passages", "call", "contact", "source"]
Fit = Annotated[
    dict[str, Annotated[VisibleText, AfterValidator(_fit)]],
    at_most_entries(100),
    BeforeValidator(_by_edition, json_schema_input_type=str | dict[str, str]),
]

Rgb = tuple[float, float, float]  # sRGB, each from 0 to 1
READABLE = 4.5  # the contrast that text needs (WCAG 2.1, 1.4.3)


def rgb(colour: str) -> Rgb:
    """``#rrggbb`` as numbers."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def hexadecimal(colour: Rgb) -> str:
    """A colour as ``#rrggbb``."""
    return "#" + "".join(f"{round(c * 255):02x}" for c in colour)


def luminance(colour: Rgb) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.1, “relative luminance”)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1, “contrast ratio”)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on_dark(colour: str, background: str) -> str:
    """A tint that can be read on a dark background, with as little white as needed."""
    own, behind = rgb(colour), rgb(background)
    for share in range(0, 101, 5):
        red, green, blue = (c + (1 - c) * share / 100 for c in own)
        if contrast((red, green, blue), behind) >= READABLE:
            return hexadecimal((red, green, blue))
    return "#ffffff"


def darkened(colour: str, least: float) -> str:
    """The nearest shade of a colour that has this contrast with white, or more; black has 21."""
    own = rgb(colour)
    for share in range(100, 0, -1):
        red, green, blue = (c * share / 100 for c in own)
        shade = hexadecimal((red, green, blue))
        if contrast(rgb(shade), (1.0, 1.0, 1.0)) >= least:
            return shade
    return "#000000"
