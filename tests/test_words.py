"""One word a thing, the one that people of the field use: in code, messages, docs and files."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

# What is not said, and what is instead. Whole words, as identifiers or in text.
INSTEAD = {
    "complaint": "diagnostic", "complaints": "diagnostics", "complain": "report",
    "staff": "executors", "hire": "start", "dismiss": "stop", "deaths": "worker errors",
    "employ": "run tasks", "wishes": "print options", "waived": "disabled checks",
    "mend": "recovery, or fix", "mended": "fixed", "settle": "lay out, or record the result",
    "rehearsal": "dry run, or preflight",
    "finisher": "metadata writer", "mailpiece": "outgoing letter", "desk": "mail context",
    "furniture": "page artifacts",
    "problems": "diagnostics",  "hole": "white space",
    "legible": "minimum type size", "glyph_reader": "pdfium",
}  # fmt: skip
# The name of a parameter of WeasyPrint.
RIGHT = {("finisher", "brochure/layout/weasyprint")}
SETTLED = {
    "description", "arrangement", "output", "styles", "template", "fonts", "colours", "scale",
    "imposition", "bleed", "marks", "profile", "links", "qr-codes", "default", "requires",
    "preflight", "fit", "contrast", "resolution", "max-resolution", "jpeg-quality",
    "appendix", "max-white-space", "min-type-size", "max-file-size",
}  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """Each file of the package and of the documentation, with its text."""
    for path in sorted((ROOT / "brochure").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "styles/editions.yaml"]:
        if path.name != "CHANGELOG.md":  # it tells how things were called
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def words(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Words with their lines; identifiers are taken apart at underscores and capitals."""
    for number, line in enumerate(text.splitlines(), 1):
        apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line).replace("_", " ")
        for word in re.findall(r"[A-Za-z]+", apart):
            yield number, word.lower()


def test_the_words_of_the_glossary() -> None:
    found = []
    read = 0
    for name, text in texts():
        read += 1
        for line, word in words(name, text):
            right = any(word == one and name.startswith(where) for one, where in RIGHT)
            if word in INSTEAD and not right:
                found.append(f"{name}:{line}: not “{word}”, but {INSTEAD[word]}")
    assert read > 100
    assert found == []


@pytest.mark.parametrize("sentence", ["def hire_staff() -> None:", "class MailDesk:"])
def test_the_glossary_sees_words_in_identifiers(sentence: str) -> None:
    assert {word for _, word in words("x.py", sentence)} & INSTEAD.keys()


def test_the_keys_of_editions() -> None:
    editions = yaml.safe_load((ROOT / "styles/editions.yaml").read_text("utf-8"))
    keys = {key for edition in editions.values() for key in edition}
    assert keys - SETTLED == set()
    assert {"min-type-size", "qr-codes", "requires", "description"} <= keys


def test_no_variable_is_only_told_found_or_said() -> None:
    """Names say what something is: a message, a match, a result."""
    vague = {"said", "told", "asked", "given"}
    found = []
    for path in sorted((ROOT / "brochure").rglob("*.py")):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            if token.type == tokenize.NAME and token.string in vague:
                found.append(f"{Path(path).relative_to(ROOT)}:{token.start[0]}: {token.string}")
    assert found == []
