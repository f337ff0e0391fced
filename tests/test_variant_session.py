"""A variant in the studio: only what is its own is in its file, with what that replaces."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.model.variant import Variant
from brochure.manuscript.variants.overrides import OverrideState
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Plain
from brochure.project import Project
from brochure.studio.changes import Change, FieldPath, Item
from brochure.studio.form import key_orders
from brochure.studio.session import State
from brochure.studio.variant_document import LEFT_OUT, variant_session
from brochure.studio.variant_editing import VariantEditing

BASE = """\
language: de
title: Unser Park
subtitle: Ein Versprechen
lead: |
  Ein Absatz, der in der Datei über zwei Zeilen geht, weil jemand sie so umbrochen hat, dass
  man sie lesen kann.
passages:
  - id: eins
    quote: {text: Die Bäume bleiben.}
    commentary: {heading: Gut, text: Das ist gut.}
  - id: quote
    commentary: {text: Das ist schlecht.}
imprint: Verein, Weg 1
"""
OWN = """\
# Für Gießen.
title: Unser Park in Gießen   # bis Mai

passages:
  eins:
    commentary:
      text: Das ist sehr gut.
replaced:
  title: Unser Park
  passages.eins.commentary.text: Das ist gut.
"""
ANSWER: FieldPath = ("passages", "eins", "commentary", "text")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A leaflet with two regions."""
    folder = tmp_path / "content/probe"
    folder.mkdir(parents=True)
    (folder / "leaflet.yaml").write_text(BASE)
    (folder / "regions.csv").write_text("id,name\ngiessen,Gießen\nmarburg,Marburg\n")
    return Project(tmp_path)


@pytest.fixture
def path(project: Project) -> Path:
    """The file of a variant, which is not there yet."""
    return project.manuscript("probe").parent / "variants/giessen.yaml"


def put(path: FieldPath, value: Plain, was: Plain) -> Change:
    """Another value in a field."""
    return Change("put", path, value, was)


def save(project: Project, *changes: Change, known: bool = True) -> State:
    """Make changes of somebody who has seen the base."""
    session = variant_session(read_bundle(project, "probe"), "giessen", base_known=known)
    state = session.save(changes)
    assert session.read() == state, "it is read again as it was saved"
    return state


def shown(state: State) -> Any:
    """What the form shows."""
    return state.values


def states(project: Project) -> dict[str, OverrideState]:
    """The state of each override."""
    overrides = read_bundle(project, "probe").resolve("giessen").overrides
    return {override.change.key: override.state for override in overrides}


def test_the_first_text_of_its_own_makes_the_file_and_records_what_it_replaces(
    project: Project, path: Path
) -> None:
    assert not save(project).held
    assert not path.parent.exists()
    save(project, put(("title",), "Unser Park in Gießen", None), put(ANSWER, "Sehr gut.", None))
    assert path.read_text() == (
        "title: Unser Park in Gießen\n\npassages:\n  eins:\n    commentary:\n"
        "      text: Sehr gut.\n\n"
        "# Written by brochure: the texts of the base that those above replace.\n"
        "replaced:\n  title: Unser Park\n  passages.eins.commentary.text: Das ist gut.\n"
    )
    assert set(states(project).values()) == {OverrideState.FINE}


def test_who_has_not_seen_the_base_as_it_is_records_nothing(project: Project, path: Path) -> None:
    save(project, put(("title",), "Anders", None), known=False)
    assert path.read_text() == "title: Anders\n"
    assert states(project) == {"title": OverrideState.NEW}


def test_all_given_back_leaves_no_file(project: Project, path: Path) -> None:
    save(project, put(("title",), "Anders", None), put(("subtitle",), LEFT_OUT, None))
    assert yaml.safe_load(path.read_text())["subtitle"] is None
    save(project, put(("title",), None, "Anders"))
    assert "title" not in re.sub("subtitle", "", path.read_text())
    assert states(project) == {"subtitle": OverrideState.FINE}
    save(project, put(("subtitle",), None, LEFT_OUT))
    assert not path.exists()


def test_a_file_written_by_hand_keeps_every_other_byte(project: Project, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(OWN)
    state = save(project)
    assert path.read_text() == OWN
    assert shown(state)["title"] == "Unser Park in Gießen"
    save(project, put(ANSWER, "Nun ja.", "Das ist sehr gut."))
    assert path.read_text() == OWN.replace("Das ist sehr gut.", "Nun ja.")
    save(project, put(ANSWER, None, "Nun ja."))
    assert path.read_text() == (
        "# Für Gießen.\ntitle: Unser Park in Gießen   # bis Mai\n\nreplaced:\n  title: Unser Park\n"
    )


def test_a_text_is_left_out_and_written_again(project: Project, path: Path) -> None:
    state = save(project, put(("subtitle",), LEFT_OUT, None))
    assert state.values == {"subtitle": LEFT_OUT, "replaced": {"subtitle": "Ein Versprechen"}}
    save(project, put(("subtitle",), "Zwei", LEFT_OUT))
    assert "subtitle: Zwei\n" in path.read_text()
    state = save(project, put(("title",), LEFT_OUT, None))
    assert [held.path for held in state.held] == [("title",)], "no leaflet is without a title"


def test_a_passage_is_left_out_and_taken_back(project: Project, path: Path) -> None:
    save(project, put(("leave_out", "eins"), "yes", None), put(("title",), "Anders", None))
    said = yaml.safe_load(path.read_text())
    assert said["leave_out"] == ["eins"]
    assert "Die Bäume bleiben." in said["replaced"]["leave_out.eins"]
    state = save(project, put(("leave_out", "quote"), "yes", None))
    assert [held.path for held in state.held] == [("leave_out", "quote")], "one has to stay"
    save(project, put(("leave_out", "quote"), None, "yes"))
    save(project, put(("leave_out", "eins"), None, "yes"))
    assert set(yaml.safe_load(path.read_text())) == {"title", "replaced"}
    assert yaml.safe_load(path.read_text())["replaced"] == {"title": "Unser Park"}


def test_a_passage_of_its_own(project: Project, path: Path) -> None:
    new: Plain = {"id": "kreistag", "after": "eins", "commentary": {"text": "Neu."}}
    state = save(project, Change("insert", ("add",), new, after=None))
    assert not state.held
    quote: FieldPath = ("add", Item("kreistag"), "quote", "text")
    state = save(project, put(quote, "Der Kreistag hat\n\nbeschlossen.", None))
    assert not state.held
    assert yaml.safe_load(path.read_text())["add"][0]["quote"]["text"].startswith("Der Kreistag")
    state = save(project, Change("remove", ("add", Item("kreistag")), was=shown(state)["add"][0]))
    assert not path.exists()


def test_prose_of_a_passage_with_any_name_is_wrapped_like_its_base(
    project: Project, path: Path
) -> None:
    text = " ".join(f"Wort{number}" for number in range(40))
    field: FieldPath = ("passages", "quote", "commentary", "text")
    state = save(project, put(field, text, None))
    assert max(map(len, path.read_text().splitlines())) < 100
    assert shown(state)["passages"]["quote"]["commentary"]["text"] == text


def test_another_one_who_changed_the_same_text_is_asked(project: Project, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(OWN.replace("in Gießen   ", "von drüben   "))
    state = save(
        project,
        put(("title",), "Meiner", "Unser Park in Gießen"),
        put(("subtitle",), LEFT_OUT, None),
    )
    assert [(c.path, c.theirs) for c in state.conflicts] == [(("title",), "Unser Park von drüben")]
    assert "subtitle:\n" in path.read_text(), "other fields are saved"
    path.write_text(path.read_text().replace("subtitle:", "subtitle: Doch einer"))
    state = save(project, put(("subtitle",), None, LEFT_OUT))
    assert [c.theirs for c in state.conflicts if c.path == ("subtitle",)] == ["Doch einer"]
    assert "subtitle: Doch einer\n" in path.read_text()


def test_one_text_of_an_imprint_stays_one(project: Project, path: Path) -> None:
    save(project, put(("imprint", "text"), "Verein, Weg 2", None))
    assert yaml.safe_load(path.read_text()) == {
        "imprint": "Verein, Weg 2",
        "replaced": {"imprint": "Verein, Weg 1"},
    }
    save(project, put(("imprint", "text"), None, "Verein, Weg 2"))
    assert not path.exists()


def test_accepting_needs_that_the_base_is_the_one_that_was_seen(
    project: Project, path: Path
) -> None:
    editing = VariantEditing(project)
    save(project, put(("title",), "Anders", None))
    base = project.manuscript("probe")
    base.write_text(BASE.replace("Unser Park", "Unser Wald"))
    shown = editing.variant("probe", "giessen", "en")
    override = shown["overrides"][0]  # type: ignore[index]
    assert (override["state"], override["recorded"], override["base"], override["text"]) == (
        "stale", "Unser Park", "Unser Wald", "Anders",
    )  # fmt: skip
    body = {"key": "title", "base": shown["base_digest"]}
    base.write_text(BASE.replace("Unser Park", "Unser See"))
    with pytest.raises(Exception, match="changed again"):
        editing.accept("probe", "giessen", body, "en")
    assert states(project) == {"title": OverrideState.STALE}
    body["base"] = editing.variant("probe", "giessen", "en")["base_digest"]
    editing.accept("probe", "giessen", body, "en")
    assert states(project) == {"title": OverrideState.FINE}
    assert yaml.safe_load(path.read_text())["replaced"] == {"title": "Unser See"}


def test_every_key_of_a_variant_can_be_reached(project: Project) -> None:
    shown = VariantEditing(project).variant("probe", "giessen", "en")
    reached = set()
    for section in shown["form"]:  # type: ignore[attr-defined]
        above = ("passages",) if "item" in section else ()
        for field in section.get("item", section.get("fields")):
            reached.add((*above, *field["path"]))
            reached |= {(*above, *field["path"], *inner["path"]) for inner in field["item"]}
    orders = key_orders(Variant)
    leaves = {
        (*path, key)
        for path, keys in orders.items()
        for key in keys
        if (*path, key) not in orders and path[:1] != ("add",)
    }
    others = {("leave_out",), ("replaced",)}
    passages = {path for path in leaves if path[:1] == ("passages",)}
    assert leaves - reached - others - passages == set()
    change = {("passages", "verdict"), ("passages", "commentary", "text")}
    assert change <= reached
    assert not any("quote" in path and path[0] == "passages" for path in reached)


def test_a_file_that_cannot_be_read_is_not_written_over(project: Project, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("title: [\n")
    with pytest.raises(DiagnosticsError):
        save(project, put(("title",), "x", None))
    assert path.read_text() == "title: [\n"
