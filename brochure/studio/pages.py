"""The HTML of the studio, and the language of who reads it."""

from collections.abc import Mapping
from typing import TypedDict

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import Headers

from brochure.messages import ENGLISH, catalogue, languages
from brochure.studio.security import cookies
from brochure.studio.strings import strings

LANGUAGE_COOKIE = "brochure-language"  # of all projects
_NAMES = {"de": "Deutsch", "en": "English"}


class LanguageData(TypedDict):
    """A language that the studio speaks: its code, and its own name."""

    code: str
    name: str


def language_of(headers: Headers) -> str:
    """The language of a request: that of the cookie, else what the browser prefers of those there
    are (RFC 9110, 12.5.4), else English.
    """
    known = languages()
    for chosen in cookies(headers, LANGUAGE_COOKIE):
        if chosen in known:
            return chosen
    preferred = [
        (-_quality(parameters), position, name.strip().partition("-")[0].lower())
        for position, entry in enumerate(headers.get("accept-language", "")[:1000].split(","))
        for name, _, parameters in [entry.partition(";")]
    ]
    return next(
        (name for weight, _, name in sorted(preferred) if weight and name in known), ENGLISH
    )


def _quality(parameters: str) -> float:
    """The weight of a language, from 0 to 1."""
    key, _, value = parameters.partition("=")
    try:
        return min(max(float(value), 0), 1) if key.strip() == "q" else 1
    except ValueError:
        return 0


class Pages:
    """The pages, from templates that every text is escaped in."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._templates = Environment(
            loader=PackageLoader("brochure.studio"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def html(self, page: str, language: str, values: Mapping[str, object]) -> str:
        """A page by the name of its template. `values` are what it needs beside `language`,
        `languages`, `strings`, `page` and `project`, the name of the project.
        """
        known: list[LanguageData] = [
            {"code": code, "name": _NAMES.get(code, code)} for code in languages()
        ]
        return self._templates.get_template(f"{page}.html").render(
            values,
            page=page,
            project=self._project,
            language=language,
            languages=known,
            strings=strings(catalogue(language)),
        )
