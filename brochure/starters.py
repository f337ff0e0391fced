"""Files to begin with: a new leaflet, with a project around it if there is none; a new mailing."""

import json
import os
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.layout.designs import DEFAULT
from brochure.mail import recipients
from brochure.mail.letter.model import Mailing
from brochure.manuscript.model.schema import JsonSchema, schema_of, schemas
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import plain
from brochure.messages import Message, say
from brochure.project import MAIL, Project, check_name

_STYLES = """\
# Styles of this project

Files in this folder take precedence over those that come with brochure: `leaflet.html` (the
template), `common.css`, `email.css`, `print.css`, `languages/de.yaml` … Put editions of your own
into `editions.yaml`, designs of your own into `designs/` (a folder each, with a `design.yaml` and
style sheets named like those that they follow), and fonts of your own (complete .ttf or .otf
files) into `fonts/`.
"""
_NAME = 40  # characters of a name that is made of a title
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"}
)
_MARK = b"\xef\xbb\xbf"  # without it, Excel does not recognise UTF-8


class Starter(StrEnum):
    """What a leaflet begins with: words to be replaced, nothing, or an example of all verdicts."""

    SAMPLE = "leaflet"
    EMPTY = "empty"
    EXAMPLE = "example"


def starter_text(language: str, starter: Starter) -> str:
    """The manuscript that a leaflet begins with, in a language."""
    return (files("brochure.starter") / language / f"{starter}.yaml").read_text("utf-8")


def starter_picture(language: str, starter: Starter) -> bytes:
    """The picture of its first page, a PNG."""
    return (files("brochure.starter") / language / f"{starter}.png").read_bytes()


def starter_languages() -> tuple[str, ...]:
    """The languages for which there is a leaflet to begin with."""
    folders = (entry for entry in files("brochure.starter").iterdir() if entry.is_dir())
    return tuple(sorted(f.name for f in folders if (f / "leaflet.yaml").is_file()))


def create_leaflet(
    start: Path,
    name: str,
    language: str,
    *,
    design: str = DEFAULT,
    starter: Starter = Starter.SAMPLE,
    title: str = "",
) -> Path:
    """Write a leaflet, and the document that it quotes.

    Inside a project, the leaflet is added to it; elsewhere, a folder `name` becomes a project
    around it. `design` is how it will look, `title` its title, in one line, instead of the one that
    it has; both are taken as they are. The sample can be built at once; the example shows every
    verdict on quotes, and can only be built as a draft; the empty one waits for words. Returns the
    path of the manuscript. Raises DiagnosticsError where something of that name exists: nothing is
    ever overwritten.
    """
    text = starter_text(language, starter)
    beside = {
        f"sources/{source.name}": source.read_bytes()
        for source in (files("brochure.starter") / language).iterdir()
        if source.name.endswith(".pdf") and source.name in text
    }
    text = text.replace("LEAFLET", name).replace(f"design: {DEFAULT}", f"design: {design}")
    if title:  # JSON is YAML, as long as each character can be printed
        quoted = json.dumps(title, ensure_ascii=False)
        text = re.sub("(?m)^title: .*$", lambda _: f"title: {quoted}", text, count=1)
    return write_leaflet(start, name, text.encode(), beside)


def write_leaflet(start: Path, name: str, manuscript: bytes, beside: Mapping[str, bytes]) -> Path:
    """Write a new leaflet: its manuscript, and the files `beside` it by their paths from there.

    Inside a project, it is added to it; elsewhere, a folder `name` becomes a project around it.
    Returns the path of the manuscript. Raises DiagnosticsError where something of that name exists
    (nothing is ever overwritten), or where nothing can be written.
    """
    check_name(name, Location(name))
    try:
        project = Project.find(start)
    except DiagnosticsError:
        project = Project(start / name)
        if project.root.exists():
            _fail_to_overwrite(project.root, Location(name))
    root = project.root
    path = project.manuscript(name)
    location = Location(f"content/{name}")
    if path.parent.exists():
        _fail_to_overwrite(path.parent, location)
    around = {
        **{
            project.content / f"{kind}.schema.json": _as_json(schema)
            for kind, schema in schemas().items()
        },
        root / "out" / ".gitignore": b"*\n!.gitignore\n",
        root / "styles" / "README.md": _STYLES.encode(),
    }
    try:
        for file, data in around.items():
            if not os.path.lexists(file):
                project.write(file, data)
        for place, data in beside.items():
            project.write(path.parent / place, data)
        project.write(path, manuscript)
    except OSError as reason:
        message = say("The leaflet cannot be written ({reason}).", reason=reason.strerror or reason)
        fail("cannot-write", message, location, _cannot_write_hint())
    return path


def free_name(title: str, taken: tuple[str, ...]) -> str:
    """A name for a leaflet, made of whole words of its title, that no leaflet has."""
    base = ""
    for word in plain_words(title):
        longer = f"{base}-{word}".strip("-")
        if base and len(longer) > _NAME:
            break
        base = longer
    base = base[:_NAME] or "flugblatt"
    known = {name.lower() for name in taken}  # on some systems, case makes no difference
    numbers = (f"{base}-{number}" if number > 1 else base for number in range(1, len(taken) + 2))
    return next(name for name in numbers if name not in known)


def plain_words(text: str) -> list[str]:
    """The words of a text in small letters from a to z, and digits: what names are made of."""
    composed = unicodedata.normalize("NFC", text).translate(_LETTERS)
    letters = unicodedata.normalize("NFKD", composed).encode("ascii", "ignore")
    return re.findall(r"[a-z0-9]+", letters.decode().lower())


def create_mailing(project: Project, leaflet: str) -> tuple[Path, ...]:
    """Write mail.yaml and recipients.csv, in the language of the leaflet or else in English.

    Files that exist are not changed. Returns the paths of those that were written; raises
    DiagnosticsError if there are none.
    """
    bundle = read_bundle(project, leaflet)
    code = str(plain(bundle.base.node(("language",))) or "").partition("-")[0]
    starter = files("brochure.starter")
    folder = starter / (code if (starter / code / MAIL).is_file() else "en")
    variant = bundle.ids[0] if bundle.ids else recipients.BASE_VARIANT
    letter = (folder / MAIL).read_text("utf-8").replace("LEAFLET", leaflet)
    table = (folder / recipients.RECIPIENTS_FILE).read_text("utf-8").replace("VARIANT", variant)
    manuscript = project.manuscript(leaflet)
    mailing = {
        manuscript.with_name(MAIL): letter.encode(),
        manuscript.with_name(recipients.RECIPIENTS_FILE): _MARK + table.encode(),
    }
    schema = {project.content / "mail.schema.json": _as_json(schema_of(Mailing))}
    written = []
    for path, data in {**schema, **mailing}.items():
        if os.path.lexists(path):
            continue
        try:
            project.write(path, data)
        except OSError as reason:
            message = say(
                "The file cannot be written ({reason}).", reason=reason.strerror or reason
            )
            fail("cannot-write", message, Location(project.show(path)), _cannot_write_hint())
        if path in mailing:
            written.append(path)
    if not written:
        fail(
            "exists",
            say("The letter and the list of recipients already exist, and are never overwritten."),
            Location(project.show(manuscript.with_name(MAIL))),
            say("See what would be sent with `brochure mail preview {leaflet}`.", leaflet=leaflet),
        )
    return tuple(written)


def _as_json(schema: JsonSchema) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _fail_to_overwrite(path: Path, location: Location) -> NoReturn:
    message = say("`{name}` already exists, and is never overwritten.", name=path.name)
    fail("exists", message, location, say("Choose another name."))


def _cannot_write_hint() -> Message:
    return say("Check whether the disk is full or the folder is protected.")
