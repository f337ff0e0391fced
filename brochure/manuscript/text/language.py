"""What a language asks of a leaflet, as data: ``styles/languages/<code>.yaml``.

A project may bring languages of its own, from whomever. So nothing in such a file is run: it holds
no regular expressions and no format strings but placeholders, and it is short.
"""

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, raise_errors, shortened
from brochure.manuscript.model.fields import diagnostic
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.project import Project, builtin_styles

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill_in(pattern: str, **values: object) -> str:
    """A pattern with values put in for ``{name}``, and all else as it stands.

    Not `str.format`, which would look into values, and pad them to any width.
    """

    def value(found: re.Match[str]) -> str:
        return str(values[found[1]]) if found[1] in values else found[0]

    return _PLACEHOLDER.sub(value, pattern)


def _needs(*names: str) -> AfterValidator:
    """What a word must have in it: these placeholders, each once, and no other."""

    def check(word: str) -> str:
        if sorted(_PLACEHOLDER.findall(word)) != sorted(names):
            wanted = " and ".join(f"{{{name}}}" for name in names)
            raise diagnostic(
                "placeholder",
                f"{wanted} must stand in it, each once, and nothing else in braces."
                if names
                else "nothing can stand in braces here.",
                f"Write {wanted} where it is to be put in." if names else "Take the braces out.",
            )
        return word

    return AfterValidator(check)


Count = Annotated[int, Field(ge=1, le=20)]
_Sign = Annotated[str, StringConstraints(max_length=10)]
_Term = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Terms = Annotated[tuple[_Term, ...], Field(max_length=200)]  # the longest of ours has 50
_Length = StringConstraints(max_length=300)
Word = Annotated[str, _Length, _needs()]
# Languages written from right to left (Unicode CLDR, characterOrder).
_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"))
_KEEP = "\u00a0"  # no-break space


def _dictionary(name: str) -> str:
    """The name of a dictionary that there is: it becomes part of file names."""
    if name not in dictionaries():
        hint = did_you_mean(name, dictionaries())
        raise diagnostic("dictionary", f"there is no dictionary `{shortened(name)}`.", hint)
    return name


@lru_cache(maxsize=1)
def dictionaries() -> tuple[str, ...]:
    """The names of Pyphen's dictionaries.

    Pyphen is not imported for it: that takes longer than all else that is done with a language.
    """
    spec = find_spec("pyphen")
    if spec is None or spec.origin is None:  # a broken installation, not a user's mistake
        raise RuntimeError("the package pyphen is not installed")
    folder = Path(spec.origin).parent / "dictionaries"
    names = [file.stem.removeprefix("hyph_") for file in folder.glob("hyph_*.dic")]
    return tuple(sorted({*names, *(name.partition("_")[0] for name in names)}))


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hyphenation(_Model):
    """How words are divided: Pyphen's dictionary, bounds in letters, and corrections."""

    dictionary: Annotated[str, StringConstraints(max_length=20), AfterValidator(_dictionary)]
    left: Count
    right: Count
    apart: Count
    shortest: Count
    exceptions: Annotated[tuple[_Term, ...], Field(max_length=2_000)]


class Words(_Model):
    """The fixed words that a leaflet prints."""

    page: Word
    of: Word
    line: Annotated[str, _Length, _needs("lines")]
    lines: Annotated[str, _Length, _needs("lines")]
    page_line: Annotated[str, _Length, _needs("page", "lines")]
    only_page: Annotated[str, _Length, _needs("page")]
    quote: Word
    commentary: Word
    source: Word
    contact: Word
    imprint: Word
    draft: Word
    altered: Word
    wrong_lines: Word
    ambiguous: Word
    not_found: Word
    unchecked: Word
    verbatim: Word
    verified_one: Word
    verified_all: Annotated[str, _Length, _needs("count")]
    verified_some: Annotated[str, _Length, _needs("count", "total")]
    verified_none: Word
    evidence: Word
    compared: Word
    notes: Word
    duplex: Word
    code: Annotated[str, _Length, _needs("address")]
    permalink: Word
    objection: Word


class _Data(_Model):
    """A language: quotation marks (outer pair, inner pair), spaces, hyphenation, words.

    `spaced` are signs with a narrow no-break space before them, as French has them; without
    `hyphenation` words are not divided. `ordinal` says which numbers stay with the word after
    them: those with a `dot` (20. Legislaturperiode), or those before the name of a `month` (3 May).
    `limiting` are words that limit what is said before or after them, `denying` those that turn
    it round: a quote that leaves them out deserves a look.
    """

    name: _Term
    quotes: tuple[_Sign, _Sign, _Sign, _Sign]
    dash: _Sign
    spaced: _Terms = ()
    abbreviations: _Terms
    before_number: _Terms
    after_number: _Terms
    ordinal: Literal["none", "dot", "month"] = "none"
    months: Annotated[tuple[_Term, ...], Field(min_length=12, max_length=12)]
    date: Annotated[str, _Length, _needs("day", "month", "year")]
    hyphenation: Hyphenation | None = None
    limiting: _Terms = ()
    denying: _Terms = ()
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
        return fill_in(self.date.replace(" ", _KEEP), day=int(day), month=name, year=year)


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
    file = project.show(path)
    text, diagnostics = parser.decode(project.read(path, bounds.LANGUAGE), file)
    raise_errors(diagnostics)
    found, diagnostics = _parse(text, file, path.stem)
    if found is None:
        raise DiagnosticsError(diagnostics)
    return found


@lru_cache(maxsize=32)  # each of some hundred variants asks for the same
def _parse(text: str, file: str, code: str) -> tuple[Language | None, list[Diagnostic]]:
    tree, diagnostics = parser.parse(text, file)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return None, diagnostics
    data, diagnostics = validate(tree, _Data)
    return (Language(code=code, **dict(data)) if data else None), diagnostics
