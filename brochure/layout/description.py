"""What an edition or a design is for, in the languages of those who choose one."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from brochure.manuscript.model.fields import LanguageCode, PlainText, at_most_entries
from brochure.messages import ENGLISH


def _by_language(value: object) -> object:
    """One text for all languages, as a mapping in which the language is English."""
    return {ENGLISH: value} if isinstance(value, str) else value


# One line, or one line for each language.
Description = Annotated[
    dict[LanguageCode, PlainText],
    at_most_entries(100),
    BeforeValidator(_by_language, json_schema_input_type=str | dict[str, str]),
]


def in_language(description: Mapping[str, str], language: str) -> str:
    """A description in a language; else in English, or in the first one there is."""
    return description.get(language) or description.get(ENGLISH) or next(iter(description.values()))
