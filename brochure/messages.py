"""Sentences for users, in their language.

A sentence is made where something is known, and put into words where it is shown: a
:class:`Message` is its English text, and remembers the template and the values that it was made
from. So it can travel between processes, lie in the manifest, and be shown in German later::

    say("`{name}` is missing.", name=name)
    plural("{n} page", "{n} pages", pages)

Templates are translated in ``locale/<language>/LC_MESSAGES/messages.po`` (GNU gettext); values are
not, unless they are messages themselves.
"""

import gettext
import os
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Value = str | int | float
LOCALE = Path(__file__).parent / "locale"
LANGUAGE_VARIABLE = "BROCHURE_LANGUAGE"
ENGLISH = "en"
_COMMA = str.maketrans(",.", ".,")


class Message(str):
    """A sentence in English that remembers how it was made.

    `many` is the template for several things, of which there are ``values["n"]``; else empty.
    """

    __slots__ = ("many", "template", "values")
    template: str
    many: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, values: Mapping[str, Value], many: str = "") -> "Message":
        """The sentence. Raises KeyError where the template names a value that there is not."""
        chosen = many if many and values["n"] != 1 else template
        message = super().__new__(cls, chosen.format_map(values))
        message.template, message.many, message.values = template, many, values
        return message

    def __reduce__(self) -> "tuple[type[Message], tuple[str, Mapping[str, Value], str]]":
        return Message, (self.template, self.values, self.many)


class KeyName(str):
    """A key of a file as messages name it, which remembers where it is: a form calls it by a label
    of its own.
    """

    __slots__ = ("path",)
    path: tuple[str | int, ...]

    def __new__(cls, text: str, path: tuple[str | int, ...]) -> "KeyName":
        """The name `text` of the key at `path`."""
        name = super().__new__(cls, text)
        name.path = path
        return name

    def __reduce__(self) -> "tuple[type[KeyName], tuple[str, tuple[str | int, ...]]]":
        return KeyName, (str(self), self.path)


EMPTY = Message("", {})


def say(template: str, /, **values: Value | Exception) -> Message:
    """A sentence; ``{name}`` in the template stands for a value, ``{{`` for a brace."""
    return Message(template, _plain(values))


def plural(one: str, many: str, n: int, /, **values: Value | Exception) -> Message:
    """A sentence about `n` things: the template `one` where n is 1, else `many`."""
    return Message(one, {"n": n, **_plain(values)}, many)


def _plain(values: Mapping[str, Value | Exception]) -> dict[str, Value]:
    """Values that pickle and compare: of an exception, what it says."""
    return {k: _reason(v) if isinstance(v, Exception) else v for k, v in values.items()}


def _reason(exception: Exception) -> str:
    ours = (argument for argument in exception.args if isinstance(argument, Message))
    return next(ours, None) or str(exception)


def joined(messages: Iterable[str], separator: str = " ") -> Message:
    """Messages one after the other; those that are empty are left out."""
    parts = {f"part{index}": part for index, part in enumerate(filter(None, messages))}
    return Message(separator.join(f"{{{name}}}" for name in parts), parts)


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language: puts a message into its words.

    `decimal_comma`: numbers are written 1.234,5. `name` is what keys of files are called.
    """

    language: str
    translations: gettext.NullTranslations
    decimal_comma: bool = False
    name: Callable[[KeyName], str] = str

    def __call__(self, text: str) -> str:
        """A message in this language; where it has no translation, and any other text, as it is."""
        if not isinstance(text, Message) or not text.template:
            return str(text)
        if self.language == ENGLISH and self.name is str:
            return str(text)
        template = (
            self.translations.ngettext(text.template, text.many, int(text.values["n"]))
            if text.many
            else self.translations.gettext(text.template)
        )
        values = {name: self._put(value) for name, value in text.values.items()}
        return _Formatter(decimal_comma=self.decimal_comma).vformat(template, (), values)

    def _put(self, value: Value) -> Value:
        match value:
            case Message():
                return self(value)
            case KeyName():
                return self.name(value)
        return value

    def template(self, text: str) -> str:
        """A template without values in this language: click makes plain texts of messages."""
        return self.translations.gettext(text) if text else ""


class _Formatter(string.Formatter):
    """Numbers that are formatted (``{size:.1f}``) as the language writes them."""

    def __init__(self, *, decimal_comma: bool) -> None:
        self._decimal_comma = decimal_comma

    def format_field(self, value: object, format_spec: str) -> str:
        text = format(value, format_spec)
        numeric = isinstance(value, int | float) and format_spec
        return text.translate(_COMMA) if numeric and self._decimal_comma else text


def languages() -> tuple[str, ...]:
    """The languages that there are messages in, English first."""
    return (ENGLISH, *sorted(file.parents[1].name for file in LOCALE.glob("*/LC_MESSAGES/*.mo")))


def catalogue(language: str) -> Catalogue:
    """The messages of a language that is one of `languages`; of any other, English."""
    translations = gettext.translation("messages", LOCALE, [language], fallback=True)
    known = language in languages()
    return Catalogue(language if known else ENGLISH, translations, language == "de")


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """The language that a user's environment asks for, if there are messages in it, else English.

    ``BROCHURE_LANGUAGE`` first, then as gettext looks: LANGUAGE (several, with colons), LC_ALL,
    LC_MESSAGES, LANG (POSIX.1-2017, 8.2).
    """
    known = languages()
    for variable in (LANGUAGE_VARIABLE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        chosen = environment.get(variable, "")
        for name in chosen.split(":"):
            code = name.replace("_", "-").partition(".")[0].partition("-")[0].lower()
            if code in known:
                return code
        if chosen and variable != "LANGUAGE":
            return ENGLISH
    return ENGLISH
