"""Saving in the studio: nothing is lost, nothing is written over, nothing changes by itself."""

import hashlib
from pathlib import Path

import pytest

from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.yaml.nodes import Plain
from brochure.project import Project
from brochure.studio.changes import Change, FieldPath, Item, change_from_json
from brochure.studio.leaflet_document import LeafletSession
from brochure.studio.session import State

FILE = """\
# Für das Treffen im Mai.
language: de
title: Ein Titel   # kurz

lead: |
  Ein Absatz, der in der Datei über zwei Zeilen geht, weil jemand sie so umbrochen hat, dass
  man sie lesen kann.

passages:
  - id: eins
    quote:
      lines: 1-2
      text: Die Stadt baut Radwege.
    commentary:
      text: Das freut uns.

  # der zweite Punkt
  - id: zwei
    commentary:
      text: Noch etwas.
imprint: Verein, Weg 1
"""
TITLE = ("title",)
QUOTE: FieldPath = ("passages", Item("eins"), "quote", "text")
ANSWER: FieldPath = ("passages", Item("eins"), "commentary", "text")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a leaflet."""
    path = tmp_path / "content/probe/leaflet.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(FILE)
    return path


@pytest.fixture
def session(path: Path) -> LeafletSession:
    """A session with it."""
    return LeafletSession(Project(path.parents[2]), "probe")


def put(path: FieldPath, value: str | None, was: str | None) -> Change:
    """Another text in a field."""
    return Change("put", path, value, was)


def value(state: State, *path: str | int) -> object:
    """What the form shows."""
    shown: object = state.values
    for step in path:
        if isinstance(shown, dict):
            shown = shown.get(step)
        else:
            assert isinstance(shown, list)
            assert isinstance(step, int)
            shown = shown[step]
    return shown


def test_opening_changes_nothing(session: LeafletSession, path: Path) -> None:
    state = session.save(())
    assert path.read_text() == FILE
    assert state.digest == hashlib.sha256(FILE.encode()).hexdigest() == session.digest()
    assert value(state, "lead") == (
        "Ein Absatz, der in der Datei über zwei Zeilen geht, weil jemand sie so umbrochen hat, "
        "dass man sie lesen kann."
    )
    assert [p.name for p in path.parent.iterdir()] == ["leaflet.yaml"]


def test_only_what_was_typed_changes(session: LeafletSession, path: Path) -> None:
    lead = str(value(session.read(), "lead"))
    changes = [
        put(TITLE, "Ein neuer Titel: jetzt", "Ein Titel"),
        put(("lead",), lead.replace("lesen", "gut lesen"), lead),
        put(("subtitle",), "Unter ihm", None),
        put(ANSWER, None, "Das freut uns."),
        put(("passages", Item("eins"), "commentary", "text"), "Erst\n\nDann", None),
    ]
    state = session.save(changes)
    assert not state.held
    assert not state.conflicts
    assert path.read_text() == FILE.replace(
        "title: Ein Titel   # kurz\n",
        "title: 'Ein neuer Titel: jetzt'   # kurz\nsubtitle: Unter ihm\n",
    ).replace("man sie lesen", "man sie gut lesen").replace(
        "text: Das freut uns.", "text: |\n        Erst\n\n        Dann"
    )


def test_what_is_not_valid_waits_in_a_draft(session: LeafletSession, path: Path) -> None:
    state = session.save([put(TITLE, None, "Ein Titel"), put(ANSWER, "Anders", "Das freut uns.")])
    assert path.read_text() == FILE.replace("Das freut uns.", "Anders")
    assert [held.path for held in state.held] == [TITLE]
    assert state.held[0].messages
    assert value(state, "title") is None, "the form shows what was typed"
    again = session.read()
    assert (again.held, again.values) == (state.held, state.values)
    assert session.draft.is_file()
    state = session.save([put(TITLE, "Doch einer", None)])
    assert not state.held
    assert "title: Doch einer   # kurz" in path.read_text()
    assert not session.draft.exists()


def test_a_highlight_waits_for_its_words(session: LeafletSession, path: Path) -> None:
    words: FieldPath = ("passages", Item("eins"), "quote", "highlight")
    session.save([Change("put", words, ["Radwege"], None)])
    assert "highlight:\n        - Radwege" in path.read_text()
    state = session.save([put(QUOTE, "Die Stadt baut.", "Die Stadt baut Radwege.")])
    assert [held.path for held in state.held] == [QUOTE]
    assert "text: Die Stadt baut Radwege." in path.read_text()
    state = session.save([Change("put", words, None, ["Radwege"])])
    assert not state.held
    assert "text: Die Stadt baut.\n" in path.read_text()


def test_a_new_pair_waits_until_something_is_in_it(session: LeafletSession, path: Path) -> None:
    state = session.save([Change("insert", ("passages",), {"id": "neu"}, None, "eins")])
    assert path.read_text() == FILE
    assert value(state, "passages", 1, "id") == "neu"
    text: FieldPath = ("passages", Item("neu"), "commentary", "text")
    state = session.save([put(text, "Neues", None)])
    assert not state.held
    assert path.read_text() == FILE.replace(
        "  # der zweite",
        "  - id: neu\n    commentary:\n      text: Neues\n\n  # der zweite",
    )


def test_what_is_in_a_pair_that_waits_waits_with_it(session: LeafletSession, path: Path) -> None:
    lines: FieldPath = ("passages", Item("neu"), "quote", "lines")
    session.save([Change("insert", ("passages",), {"id": "neu"}, None, "eins")])
    session.save([Change("move", ("passages", Item("neu")), after=None)])
    state = session.save([put(lines, "drei", None)])
    assert path.read_text() == FILE
    assert [held.path[1:] for held in state.held] == [
        (Item("neu"),),
        (Item("neu"),),
        lines[1:],
    ]
    again = session.read()
    assert again.values == state.values
    assert value(again, "passages", 0) == {"id": "neu", "quote": {"lines": "drei"}}


def test_a_pair_that_waits_can_be_left_out(session: LeafletSession, path: Path) -> None:
    session.save([Change("insert", ("passages",), {"id": "neu"}, None, "eins")])
    session.save([Change("remove", ("passages", Item("neu")), was={"id": "neu"})])
    state = session.read()
    assert not state.held
    assert not session.draft.exists()
    assert path.read_text() == FILE


def test_pairs_move_and_go(session: LeafletSession, path: Path) -> None:
    first, second = FILE[FILE.index("  - id: eins") :].split("\n\n")
    head, second = (
        FILE[: FILE.index("  - id: eins")],
        second.removesuffix("imprint: Verein, Weg 1\n"),
    )
    session.save([Change("move", ("passages", Item("zwei")), after=None)])
    assert path.read_text() == f"{head}{second}\n{first}\nimprint: Verein, Weg 1\n"
    passage: Plain = {"id": "zwei", "commentary": {"text": "Noch etwas."}}
    session.save([Change("remove", ("passages", Item("zwei")), was=passage)])
    assert path.read_text() == f"{head}{first}\nimprint: Verein, Weg 1\n"


def test_somebody_else_changed_another_field(session: LeafletSession, path: Path) -> None:
    session.read()
    path.write_text(FILE.replace("Noch etwas.", "Von Hand."))
    state = session.save([put(TITLE, "Neu", "Ein Titel")])
    assert not state.conflicts
    assert "Von Hand." in path.read_text()
    assert "title: Neu" in path.read_text()
    assert value(state, "passages", 1, "commentary", "text") == "Von Hand."


def test_somebody_else_changed_the_same_field(session: LeafletSession, path: Path) -> None:
    path.write_text(FILE.replace("Ein Titel", "Von Hand"))
    state = session.save([put(TITLE, "Neu", "Ein Titel"), put(ANSWER, "Anders", "Das freut uns.")])
    (conflict,) = state.conflicts
    assert (conflict.path, conflict.yours, conflict.theirs) == (TITLE, "Neu", "Von Hand")
    assert path.read_text() == FILE.replace("Ein Titel", "Von Hand").replace(
        "Das freut uns.", "Anders"
    )
    assert session.read().conflicts == state.conflicts, "it is asked until it is answered"
    state = session.save([put(TITLE, "Neu", "Von Hand")])
    assert not state.conflicts
    assert "title: Neu" in path.read_text()
    assert not session.draft.exists()


def test_somebody_else_removed_the_pair(session: LeafletSession, path: Path) -> None:
    path.write_text(FILE[: FILE.index("  # der zweite")] + "imprint: Verein, Weg 1\n")
    text: FieldPath = ("passages", Item("zwei"), "commentary", "text")
    state = session.save([put(text, "Mehr", "Noch etwas.")])
    (conflict,) = state.conflicts
    assert (conflict.yours, conflict.theirs) == ("Mehr", None)


def test_what_is_sent_twice_is_done_once(session: LeafletSession, path: Path) -> None:
    """The connection broke before the answer came."""
    second = ("passages", Item("zwei"))
    changes = [
        Change("insert", ("passages",), {"id": "neu", "commentary": {"text": "Neues"}}, None, None),
        Change("remove", second, was={"id": "zwei", "commentary": {"text": "Noch etwas."}}),
    ]
    session.save(changes)
    saved = path.read_text()
    state = session.save([*changes, Change("move", second, after=None)])
    assert (state.conflicts, state.held) == ((), ())
    assert path.read_text() == saved
    assert "id: zwei" not in saved


def test_what_follows_a_pair_that_went_goes_to_the_end(session: LeafletSession) -> None:
    new: Plain = {"id": "neu", "commentary": {"text": "Neues"}}
    state = session.save([
        Change("insert", ("passages",), new, after="niemand"),
        Change("move", ("passages", Item("eins")), after="niemand"),
    ])  # fmt: skip
    assert not state.conflicts
    assert [value(state, "passages", at, "id") for at in range(3)] == ["zwei", "neu", "eins"]


def test_a_pair_that_is_written_in_short_goes_as_well(session: LeafletSession, path: Path) -> None:
    path.write_text(FILE.replace("Radwege.", "Radwege.\n      highlight: Radwege"))
    first = value(session.read(), "passages", 0)
    assert isinstance(first, dict)
    state = session.save([Change("remove", ("passages", Item("eins")), was=first)])
    assert not state.conflicts
    assert "eins" not in path.read_text()


def test_an_imprint_in_short_stays_short(session: LeafletSession, path: Path) -> None:
    assert value(session.read(), "imprint") == {"text": "Verein, Weg 1"}
    session.save([put(("imprint", "text"), "Verein, Weg 2", "Verein, Weg 1")])
    assert path.read_text() == FILE.replace("Weg 1", "Weg 2")
    session.save([put(("imprint", "printer", "name"), "Druckhaus", None)])
    assert path.read_text().endswith(
        "imprint:\n  text: Verein, Weg 2\n  printer:\n    name: Druckhaus\n"
    )


def test_errors_that_were_there_do_not_stop_anybody(session: LeafletSession, path: Path) -> None:
    path.write_text(FILE.replace("lines: 1-2", "lines: drei"))
    state = session.save([put(TITLE, "Neu", "Ein Titel")])
    assert not state.held
    assert "title: Neu" in path.read_text()
    ((diagnostic, where),) = [
        (d, p) for d, p in zip(state.diagnostics, state.paths, strict=True) if d.is_error
    ]
    assert diagnostic.code == "numbers"
    assert where == ("passages", Item("eins"), "quote", "lines")


def test_a_file_with_mistakes_of_yaml_is_not_touched(session: LeafletSession, path: Path) -> None:
    path.write_text(FILE + "lead: [\n")
    with pytest.raises(DiagnosticsError):
        session.save([put(TITLE, "Neu", "Ein Titel")])
    assert path.read_text() == FILE + "lead: [\n"


@pytest.mark.parametrize("draft", ["{", "{}", '[{"kind": "put"}]', "[" * 100_000])
def test_a_draft_that_cannot_be_read_is_not_written_over(
    session: LeafletSession, path: Path, draft: str
) -> None:
    session.draft.write_text(draft)
    with pytest.raises(DiagnosticsError, match="cannot be read"):
        session.save([put(TITLE, "Neu", "Ein Titel")])
    assert (path.read_text(), session.draft.read_text()) == (FILE, draft)


def test_a_folder_that_cannot_be_written_to_is_told(
    session: LeafletSession, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("brochure.project.write_whole", full)
    with pytest.raises(DiagnosticsError, match="No space left"):
        session.save([put(TITLE, "Neu", "Ein Titel")])
    assert path.read_text() == FILE


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"kind": "put", "path": []},
        {"kind": "put", "path": [{"name": "x"}]},
        {"kind": "write", "path": ["title"]},
        {"kind": "put", "path": ["title"], "after": 3},
        {"kind": "insert", "path": ["passages"], "value": "x"},
        {"kind": "remove", "path": ["title"]},
        {"kind": "put", "path": [-1]},
    ],
)
def test_what_no_form_sends_is_not_understood(data: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        change_from_json(data)  # type: ignore[arg-type]


def test_what_no_manuscript_may_contain_is_left_out() -> None:
    change = change_from_json(
        {"kind": "put", "path": ["lead"], "value": "  a\x07b\u2028c\r\nd\u202e ", "was": ""}
    )
    assert (change.value, change.was) == ("ab\nc\nd", None)
