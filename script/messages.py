"""Bring the catalogues of messages up to date: python script/messages.py [--check].

Collects every message of the code (`say`, `plural`), and those of click, into
``brochure/locale/<language>/LC_MESSAGES/messages.po``, where translators work with any tool for
gettext; then compiles it to ``messages.mo``, which is what is read. What has no translation yet is
named; with `--check` nothing is written, and what is not up to date is an error.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "brochure" / "locale"
OURS = {"say": (1,), "plural": (1, 2)}
CLICKS = {"_": (1,), "ngettext": (1, 2)}


def template() -> Catalog:
    """All messages, in the order of their files, without translations."""
    catalog = Catalog(project="brochure", charset="utf-8", fuzzy=False)
    catalog.header_comment = "# Messages of brochure. Placeholders in braces stay as they are."
    for file, message in [*_messages(ROOT / "brochure", OURS), *_messages(_click(), CLICKS)]:
        catalog.add(message, locations=[(file, 0)])
    return catalog


def _click() -> Path:
    return Path(click.__file__).parent


def _messages(
    folder: Path, keywords: dict[str, tuple[int, ...]]
) -> Iterator[tuple[str, str | tuple[str, str]]]:
    found = extract_from_dir(
        folder, method_map=[("**.py", "python")], keywords=keywords, comment_tags=()
    )
    for file, _, message, _, _ in sorted(found, key=lambda one: one[:2]):
        if message and message != ("",):
            yield f"{folder.name}/{file}", message


def updated(language: str) -> Catalog:
    """The catalogue of a language with all messages of now: translations that there are stay."""
    path = LOCALE / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        known = read_po(file, locale=language)
    catalog = template()
    catalog.locale = known.locale
    catalog.revision_date = catalog.creation_date = known.creation_date
    for message in catalog:
        old = known.get(message.id) if message.id else None
        if old is not None:
            message.string = old.string
    return catalog


def written(catalog: Catalog) -> bytes:
    """A catalogue as a .po file."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, omit_header=False, include_lineno=False)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """A catalogue as a .mo file."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """Messages without a translation."""
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and not all(strings):
            yield message


def main() -> int:
    """Write the catalogues, or check them; the exit code."""
    code = 0
    for folder in sorted(LOCALE.iterdir()):
        catalog = updated(folder.name)
        for suffix, data in (("po", written(catalog)), ("mo", compiled(catalog))):
            path = folder / "LC_MESSAGES" / f"messages.{suffix}"
            if "--check" not in sys.argv:
                path.write_bytes(data)
            elif not path.exists() or path.read_bytes() != data:
                print(f"{path.relative_to(ROOT)} is not up to date: python script/messages.py")
                code = 1
        for message in untranslated(catalog):
            print(f"{folder.name}: no translation of {message.id!r}")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
