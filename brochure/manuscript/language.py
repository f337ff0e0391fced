"""What a language asks of a leaflet, as data: ``styles/languages/<code>.yaml``."""

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from brochure.diagnostics import Problems, raise_errors
from brochure.manuscript import yamltree
from brochure.manuscript.validate import validate
from brochure.project import Project, builtin_styles

Count = Annotated[int, Field(ge=1, le=20)]
# Languages written from right to left (Unicode CLDR, characterOrder).
_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"))
_KEEP = "\u00a0"  # no-break space


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hyphenation(_Model):
    """How words are divided: Pyphen's dictionary, bounds in letters, and corrections."""

    dictionary: str
    left: Count
    right: Count
    apart: Count
    shortest: Count
    exceptions: tuple[str, ...]


class Words(_Model):
    """The fixed words that a leaflet prints."""

    page: str
    of: str
    line: str
    lines: str
    page_line: str
    only_page: str
    quote: str
    commentary: str
    source: str
    contact: str
    imprint: str
    draft: str
    altered: str
    wrong_lines: str
    ambiguous: str
    not_found: str
    unchecked: str
    verbatim: str
    verified_one: str
    verified_all: str
    verified_some: str
    verified_none: str
    evidence: str
    compared: str
    notes: str
    duplex: str
    code: str
    permalink: str
    objection: str


class _Data(_Model):
    """A language: quotation marks (outer pair, inner pair), spaces, hyphenation, words.

    `spaced` are signs with a narrow no-break space before them, as French has them; without
    `hyphenation` words are not divided. `limiting` are words that limit what is said before or
    after them, `denying` those that turn it round: a quote that leaves them out deserves a look.
    """

    name: str
    quotes: tuple[str, str, str, str]
    dash: str
    spaced: tuple[str, ...] = ()
    abbreviations: tuple[str, ...]
    before_number: tuple[str, ...]
    after_number: tuple[str, ...]
    ordinal: str = r"(?!)"  # none
    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
    date: str
    hyphenation: Hyphenation | None = None
    limiting: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()
    words: Words


class Language(_Data):
    """A language with its code, the name of its file."""

    code: str

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Where writing begins: on the left or on the right."""
        return direction_of(self.code)

    def format_date(self, date: str) -> str:
        """An ISO date (``2018-12-20``, ``2018-12``, ``2018``) as the language writes it."""
        year, month, day = (*date.split("-"), "", "")[:3]
        if not month:
            return year
        name = self.months[int(month) - 1]
        if not day:
            return f"{name} {year}"
        return self.date.replace(" ", _KEEP).format(day=int(day), month=name, year=year)


def direction_of(code: str) -> Literal["ltr", "rtl"]:
    """The direction of writing of a language, by its code."""
    return "rtl" if code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def known_languages(project: Project) -> tuple[str, ...]:
    """The codes of all languages that the project or brochure itself brings."""
    folders = (project.root / "styles" / "languages", builtin_styles() / "languages")
    return tuple(sorted({file.stem for folder in folders for file in folder.glob("*.yaml")}))


def load_language(project: Project, code: str) -> Language:
    """The language of a code like ``de`` or ``de-AT`` (which reads ``de``). Raises Problems."""
    path = project.style(f"languages/{code}.yaml")
    if not path.exists() and "-" in code:
        path = project.style(f"languages/{code.partition('-')[0]}.yaml")
    text = project.read_text(path, yamltree.LIMIT)
    return _parse(text, project.show(path), path.stem)


@lru_cache(maxsize=32)  # each of some hundred variants asks for the same
def _parse(text: str, file: str, code: str) -> Language:
    tree, complaints = yamltree.parse(text, file)
    raise_errors(complaints)
    data, complaints = validate(tree, _Data)
    if data is None:
        raise Problems(complaints)
    return Language(code=code, **dict(data))
