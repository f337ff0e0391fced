"""What a language asks of a leaflet, as data: ``styles/languages/<code>.yaml``.

A project may bring languages of its own, written by anyone. So nothing in such a file is run: it
has no regular expressions, its only format strings are placeholders, and it is short.
"""

import re
from datetime import date as calendar_date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Reported, raise_errors, shortened
from brochure.manuscript.model.fields import invalid_value
from brochure.manuscript.yaml.parser import decode_text, parse_yaml
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.messages import say
from brochure.project import Project, builtin_styles

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill_placeholders(pattern: str, **values: object) -> str:
    """A pattern with values put in for ``{name}``, everything else unchanged.

    `str.format` would look into the attributes of values, and pad them to any width.
    """

    def value(placeholder: re.Match[str]) -> str:
        name = placeholder[1]
        return str(values[name]) if name in values else placeholder[0]

    return _PLACEHOLDER.sub(value, pattern)


def _needs(*names: str) -> AfterValidator:
    """A phrase must contain these placeholders, each once, and no others."""

    def check(phrase: str) -> str:
        _check_placeholders(phrase, names)
        return phrase

    return AfterValidator(check)


def _check_placeholders(phrase: str, names: tuple[str, ...]) -> None:
    if sorted(_PLACEHOLDER.findall(phrase)) != sorted(names):
        placeholders = ", ".join(f"{{{name}}}" for name in names)
        if not names:
            message, hint = say("There can be no braces here."), say("Remove the braces.")
        else:
            message = say(
                "This text must contain {placeholders}, each once, and no other braces.",
                placeholders=placeholders,
            )
            hint = say("Write {placeholders} where the value belongs.", placeholders=placeholders)
        raise invalid_value("placeholder", message, hint)


def _contains(*names: str, also: tuple[str, ...]) -> AfterValidator:
    """A phrase must contain these placeholders, each once, and may contain `also` others once."""

    def check(phrase: str) -> str:
        optional = [name for name in also if f"{{{name}}}" in phrase]
        _check_placeholders(phrase, (*names, *optional))
        return phrase

    return AfterValidator(check)


Count = Annotated[int, Field(ge=1, le=20)]
_Sign = Annotated[str, StringConstraints(max_length=10)]
_Term = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Terms = Annotated[tuple[_Term, ...], Field(max_length=200)]  # the longest of ours has 50
_Length = StringConstraints(max_length=300)
Phrase = Annotated[str, _Length, _needs()]
# Languages written from right to left (Unicode CLDR, characterOrder).
_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"))
_KEEP = "\u00a0"  # no-break space


def _dictionary(name: str) -> str:
    """The name of a dictionary that exists; it becomes part of file names."""
    if name not in dictionaries():
        message = say("There is no dictionary `{name}`.", name=shortened(name))
        raise invalid_value("dictionary", message, did_you_mean(name, dictionaries()))
    return name


@lru_cache(maxsize=1)
def dictionaries() -> tuple[str, ...]:
    """The names of Pyphen's dictionaries.

    Pyphen is not imported for this: that takes longer than everything else done with a language.
    """
    spec = find_spec("pyphen")
    if spec is None or spec.origin is None:  # a broken installation, not a user's mistake
        raise RuntimeError("the package pyphen is not installed")
    folder = Path(spec.origin).parent / "dictionaries"
    names = [file.stem.removeprefix("hyph_") for file in folder.glob("hyph_*.dic")]
    return tuple(sorted({*names, *(name.partition("_")[0] for name in names)}))


def hyphenation_files(dictionary: str) -> tuple[Path, ...]:
    """Files that come with brochure and take the place of one of Pyphen's dictionaries: patterns in
    the form of TeX, and parts of compounds. None where Pyphen's own is good.

    Pyphen's German one has two levels, which it reads as one, and faults in both („Gesamts-chule“).
    """
    if dictionary.partition("_")[0] != "de":
        return ()
    folder = builtin_styles() / "hyphenation"
    return folder / "hyph-de-1996.tex", folder / "parts-de.txt"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Clock(_Model):
    """How times of day are written: ``19:00`` as „19 Uhr“, as “7 pm”.

    `whole` is a time on the hour, `exact` any other; both ends of a span are exact if one is. `at`
    and `between` are what stands around them. With twelve `hours`, `{half}` in `whole` and `exact`
    is one of the two `halves` of the day; a span within one of them names it once.
    """

    hours: Literal["12", "24"] = "24"
    whole: Annotated[str, _Length, _contains("hour", also=("minute", "half"))]
    exact: Annotated[str, _Length, _contains("hour", "minute", also=("half",))]
    at: Annotated[str, _Length, _needs("start")]
    between: Annotated[str, _Length, _needs("start", "end")]
    halves: tuple[_Term, _Term] = ("am", "pm")


class Hyphenation(_Model):
    """How words are divided: the name of a dictionary (those of Pyphen), limits in letters, and
    exceptions, each for a word and its inflected forms.
    """

    dictionary: Annotated[str, StringConstraints(max_length=20), AfterValidator(_dictionary)]
    left: Count
    right: Count
    apart: Count
    shortest: Count
    exceptions: Annotated[tuple[_Term, ...], Field(max_length=2_000)]


class Phrases(_Model):
    """The fixed phrases that a leaflet prints."""

    page: Phrase
    of: Phrase
    line: Annotated[str, _Length, _needs("lines")]
    lines: Annotated[str, _Length, _needs("lines")]
    page_line: Annotated[str, _Length, _needs("page", "lines")]
    only_page: Annotated[str, _Length, _needs("page")]
    quote: Phrase
    commentary: Phrase
    continued: Phrase
    source: Phrase
    contact: Phrase
    imprint: Phrase
    draft: Phrase
    altered: Phrase
    wrong_lines: Phrase
    ambiguous: Phrase
    not_found: Phrase
    unchecked: Phrase
    verbatim: Phrase
    verified_one: Phrase
    verified_all: Annotated[str, _Length, _needs("count")]
    verified_some: Annotated[str, _Length, _needs("count", "total")]
    verified_none: Phrase
    evidence: Phrase
    compared: Phrase
    notes: Phrase
    duplex: Phrase
    code: Annotated[str, _Length, _needs("address")]
    permalink: Phrase
    event: Phrase
    when: Phrase
    where: Phrase
    access: Phrase
    calendar: Phrase
    credit: Annotated[str, _Length, _needs("credit")]
    publisher: Phrase
    printer: Phrase
    objection: Phrase


class _Data(_Model):
    """A language: quotation marks (outer pair, inner pair), spaces, hyphenation, phrases.

    `spaced` are signs that have a narrow no-break space before them, as in French; without
    `hyphenation`, words are not divided. `ordinal` says which numbers stay with the word after
    them: those with a `dot` (20. Legislaturperiode), or those before the name of a `month` (3 May).
    `counted` are words that make two numbers before them a range (10-12 Personen), `identifiers`
    those that make a number after them a name (Tel. 306-312): its hyphen stays one.
    `first` is the first day of a month (1er mars); `weekdays` begin with Monday, and `weekday` is
    a date with one. `comma` is that between the parts of a line.
    `limiting` are words that limit what is said before or after them, `denying` those that negate
    it: a quote that leaves them out deserves a look.
    """

    name: _Term
    quotes: tuple[_Sign, _Sign, _Sign, _Sign]
    dash: _Sign
    spaced: _Terms = ()
    abbreviations: _Terms
    before_number: _Terms
    after_number: _Terms
    counted: _Terms = ()
    identifiers: _Terms = ()
    ordinal: Literal["none", "dot", "month"] = "none"
    months: Annotated[tuple[_Term, ...], Field(min_length=12, max_length=12)]
    date: Annotated[str, _Length, _needs("day", "month", "year")]
    first: _Sign = "1"
    weekdays: Annotated[tuple[_Term, ...], Field(min_length=7, max_length=7)]
    weekday: Annotated[str, _Length, _needs("weekday", "date")]
    clock: Clock
    comma: _Sign = ","
    hyphenation: Hyphenation | None = None
    limiting: _Terms = ()
    denying: _Terms = ()
    words: Phrases


class Language(_Data):
    """A language with its code, which is the name of its file."""

    code: str

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """The direction of writing."""
        return direction_of(self.code)

    def format_date(self, date: str) -> str:
        """An ISO date (``2018-12-20``, ``2018-12``, ``2018``) as the language writes it."""
        year, month, day = (*date.split("-"), "", "")[:3]
        if not month:
            return year
        name = self.months[int(month) - 1]
        if not day:
            return f"{name} {year}"
        number = self.first if int(day) == 1 else str(int(day))
        return fill_placeholders(self.date.replace(" ", _KEEP), day=number, month=name, year=year)

    def format_day(self, date: str) -> str:
        """A day (``2026-12-03``) with its weekday; a line may end between the two."""
        weekday = self.weekdays[calendar_date.fromisoformat(date).weekday()]
        return fill_placeholders(self.weekday, weekday=weekday, date=self.format_date(date))

    def format_time(self, time: str) -> str:
        """A time of day, or a span (``19:00``, ``19:00–21:00``), as the language writes it."""
        times = [(int(one[:2]), one[3:]) for one in time.split("–")]
        exact = any(minute != "00" for _, minute in times)
        halves = [self.clock.halves[hour // 12] for hour, _ in times]
        pattern = self.clock.exact if exact else self.clock.whole
        shown = [
            fill_placeholders(
                pattern,
                hour=hour if self.clock.hours == "24" else (hour - 1) % 12 + 1,
                minute=minute,
                half="" if halves[at + 1 : at + 2] == [half] else half,
            ).strip()
            for at, ((hour, minute), half) in enumerate(zip(times, halves, strict=True))
        ]
        around = self.clock.between if len(shown) > 1 else self.clock.at
        written = fill_placeholders(around, start=shown[0], end=shown[-1])
        return written.replace(" ", _KEEP)


def direction_of(code: str) -> Literal["ltr", "rtl"]:
    """The direction of writing of a language, by its code."""
    return "rtl" if code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def known_languages(project: Project) -> tuple[str, ...]:
    """The codes of all languages that come with the project or with brochure itself."""
    folders = (project.root / "styles" / "languages", builtin_styles() / "languages")
    return tuple(sorted({file.stem for folder in folders for file in folder.glob("*.yaml")}))


def load_language(project: Project, code: str) -> Language:
    """The language of a code like ``de`` or ``de-AT`` (which uses ``de``).

    Raises DiagnosticsError with everything that is wrong in its file.
    """
    path = project.style(f"languages/{code}.yaml")
    if not path.exists() and "-" in code:
        path = project.style(f"languages/{code.partition('-')[0]}.yaml")
    file = project.show(path)
    decoded = decode_text(project.read(path, bounds.LANGUAGE), file)
    raise_errors(decoded.diagnostics)
    parsed = _parse(decoded.value, file, path.stem)
    if parsed.value is None:
        raise DiagnosticsError(parsed.diagnostics)
    if parsed.value.hyphenation:
        for used in hyphenation_files(parsed.value.hyphenation.dictionary):
            project.on_read(used)  # what is built depends on them
    return parsed.value


@lru_cache(maxsize=32)  # hundreds of variants use the same language
def _parse(text: str, file: str, code: str) -> Reported[Language | None]:
    parsed = parse_yaml(text, file)
    if any(diagnostic.is_error for diagnostic in parsed.diagnostics):
        return Reported(None, parsed.diagnostics)
    validated = validate(parsed.value, _Data)
    data = validated.value
    language = Language(code=code, **dict(data)) if data else None
    return Reported(language, validated.diagnostics)
