"""Messages: every sentence is in the catalogue, in good shape in every language."""

import ast
import pickle
import re
import string
import subprocess
import sys
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog

from brochure.messages import Message, catalogue, joined, language_of, languages, plural, say
from tests.conftest import ROOT, Workspace
from tests.test_cli import run
from tests.test_load import TEN_MISTAKES

sys.path.insert(0, str(ROOT / "script"))
import messages as script

german = catalogue("de")


@pytest.fixture(scope="module")
def updated() -> Catalog:
    catalog: Catalog = script.updated("de")
    return catalog


def pairs(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Templates with their translations; of plurals each form by itself."""
    for message in catalog:
        ids, strings = message.id, message.string
        if isinstance(ids, str):
            ids, strings = (ids,), (str(strings),)
        if any(ids):
            yield from zip(ids, map(str, strings or ()), strict=True)


def placeholders(text: str) -> list[tuple[str, str, str]]:
    """Names, format specifications and conversions; of click's messages also %(name)s."""
    parsed = string.Formatter().parse(text)
    return sorted((n, spec or "", conv or "") for _, n, spec, conv in parsed if n is not None)


def test_the_catalogue_has_every_message_and_is_compiled(updated: Catalog) -> None:
    folder = ROOT / "brochure/locale/de/LC_MESSAGES"
    assert len(updated) > 700
    assert [message.id for message in script.untranslated(updated)] == []
    command = "python script/messages.py"
    assert (folder / "messages.po").read_bytes() == script.written(updated), command
    assert (folder / "messages.mo").read_bytes() == script.compiled(updated), command


def test_no_placeholder_is_missing_or_made_up(updated: Catalog) -> None:
    checked = 0
    for english, translated in pairs(updated):
        assert placeholders(english) == placeholders(translated), (english, translated)
        checked += bool(placeholders(english))
    assert checked > 300


def test_translations_are_translated(updated: Catalog) -> None:
    """Sentences that are the same in both languages were left in English by mistake."""
    same = [e for e, t in pairs(updated) if e == t and len(e.split()) > 3 and "apt-get" not in e]
    same = [e for e in same if re.sub(r"{\w+}", "", e).strip(" `:→")]
    assert same == []


def test_each_sentence_can_be_found_by_who_collects_them() -> None:
    """`say` and `plural` take templates that stand in the code as they are."""
    calls = 0
    for file in (ROOT / "brochure").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "plural"):
                count = 1 if getattr(node.func, "id", "") == "say" else 2
                for argument in node.args[:count]:
                    literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                    assert literal, f"{file}:{node.lineno}"
                calls += 1
    assert calls > 700


def test_a_message_is_its_english_text_and_remembers_how_it_was_made() -> None:
    message = say("`{name}` is missing.", name="x")
    assert message == "`x` is missing."
    assert (message.template, dict(message.values)) == ("`{name}` is missing.", {"name": "x"})
    again = pickle.loads(pickle.dumps(message))
    assert isinstance(again, Message)
    assert (again, again.template, again.values) == (message, message.template, message.values)


def test_messages_in_messages_and_numbers_are_translated() -> None:
    details = joined([plural("{n} page", "{n} pages", 2), say("{size:.0f} kB", size=37.4)], ", ")
    message = say("{path}  ({details})", path="out/a.pdf", details=details)
    assert message == "out/a.pdf  (2 pages, 37 kB)"
    assert german(message) == "out/a.pdf  (2 Seiten, 37 kB)"
    assert german(plural("{n} page", "{n} pages", 1)) == "1 Seite"
    speed = say("{done} of {total}, {speed:.1f} a second, {minutes}:{seconds:02} left",
                done=1, total=2, speed=1.5, minutes=0, seconds=3)  # fmt: skip
    assert "1,5" in german(speed)
    assert "1.5" in speed


def test_what_is_no_message_stays_as_it_is() -> None:
    assert german(say("{reply}", reply="error")) == "error", "a value is nobody's sentence"
    assert german("") == ""
    assert catalogue("xx")(say("error")) == "error"
    assert german(say("An unheard-of sentence with {n}.", n=1)) == "An unheard-of sentence with 1."


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB", "LANGUAGE": "fr:de:en"}, "de"),
        ({"LANG": "de", "BROCHURE_LANGUAGE": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_MESSAGES": "de_AT", "LANG": "en"}, "de"),
    ],
)
def test_the_language_of_an_environment(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_ten_mistakes_in_german(workspace: Workspace) -> None:
    workspace.leaflet(TEN_MISTAKES)
    english = run(workspace.root, "check", "--language", "en").stderr
    translated = run(workspace.root, "check", BROCHURE_LANGUAGE="de").stderr
    assert translated == run(workspace.root, "--language", "de", "check").stderr
    heads = [line for line in translated.splitlines() if line.startswith("content/")]
    assert len(heads) == 15
    assert all(": Fehler: " in line for line in heads)
    before = [line for line in english.splitlines() if line.startswith("content/")]
    places = [[line.split(": ")[0] for line in lines] for lines in (before, heads)]
    assert places[0] == places[1], "the same complaints at the same places"
    sentences = {line.partition(": error: ")[2] for line in before}
    assert not sentences & {line.partition(": Fehler: ")[2] for line in heads}
    assert translated.count("  Hinweis: ") == english.count("  hint: ") > 10
    assert translated.rstrip().endswith("probe: 15 Fehler.")


def test_help_and_wrong_usage_in_german(workspace: Workspace) -> None:
    shown = run(workspace.root, "build", "--help", LANG="de_DE.UTF-8").stdout
    assert shown.startswith("Aufruf: brochure build")
    assert "Usage" not in shown
    assert "Options" not in shown.replace("Optionen", "")
    wrong = run(workspace.root, "--language", "de", "buidl").stderr
    assert "Meinten Sie `build`?" in wrong
    missing = run(workspace.root, "--language", "de", "source", "find", "probe").stderr
    assert "Missing" not in missing


@pytest.mark.parametrize("language", languages())
def test_every_page_of_help_can_be_shown(language: str, workspace: Workspace) -> None:
    from brochure.cli.main import cli
    from brochure.cli.session import Group

    def names(group: Group, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name in group.list_commands(None):  # type: ignore[arg-type]
            yield (*before, name)
            command = group.get_command(None, name)  # type: ignore[arg-type]
            if isinstance(command, Group):
                yield from names(command, (*before, name))

    every = list(names(cli, ()))
    assert len(every) > 20
    code = (
        "import sys, contextlib\nfrom brochure.cli.main import run\n"
        f"for words in {every!r}:\n"
        f"    code = run(['--language', {language!r}, *words, '--help'])\n"
        "    assert code == 0, words\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=workspace.root, capture_output=True, text=True,
        check=False, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "80"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    summaries = [line for line in result.stdout.splitlines() if line.rstrip().endswith("...")]
    assert summaries == [], "no summary is cut"


def test_json_is_english_whatever_the_language(workspace: Workspace) -> None:
    workspace.leaflet(TEN_MISTAKES)
    outputs = {run(workspace.root, "--language", code, "check", "--json").stdout
               for code in languages()}  # fmt: skip
    assert len(outputs) == 1
    assert '"message": "' in outputs.pop()
