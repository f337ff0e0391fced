"""The form of a leaflet: every key can be reached, each is called something."""

import pickle
from typing import Any

import pytest

from brochure.manuscript.model.leaflet import Leaflet
from brochure.manuscript.text.wrapping import WIDTH
from brochure.manuscript.yaml.nodes import plain
from brochure.manuscript.yaml.parser import parse_yaml
from brochure.manuscript.yaml.validation import validate
from brochure.messages import KeyName, catalogue, say
from brochure.starters import Starter, starter_text
from brochure.studio.changes import Item, Prose, expanded
from brochure.studio.form import (
    GROUPS,
    all_fields,
    key_orders,
    prose_paths,
    required_keys,
    sections,
)
from brochure.studio.samples import samples
from brochure.studio.wording import diagnostic_data, form_catalogue


def test_every_key_of_the_schema_can_be_filled_in() -> None:
    fields = dict(all_fields())
    orders = key_orders()
    leaves = {(*path, key) for path, keys in orders.items() for key in keys} - set(orders)
    entries = {path for path, part in fields.items() if part.kind == "entries"}
    of_entries = {(*path, *part.path) for path, parts in fields.items() for part in parts.item}
    assert len(leaves) > 50
    assert leaves == (set(fields) - entries | (entries & leaves) | of_entries)
    assert set(Leaflet.model_fields) == set(orders[()])


def test_prose_is_what_has_paragraphs() -> None:
    assert ("passages", "commentary", "text") in prose_paths()
    assert ("title",) not in prose_paths()


def test_what_is_required() -> None:
    required = required_keys()
    assert {("title",), ("passages",), ("passages", "quote", "text")} <= required
    assert ("subtitle",) not in required


def test_what_each_leaflet_has_comes_first_and_the_rest_is_folded_away() -> None:
    assert [(section.id, section.rare) for section in sections({})] == [
        ("head", False),
        ("passages", False),
        ("source", True),
        ("end", True),
        ("imprint", True),
        ("event", True),
        ("look", True),
        ("columns", True),
        ("rare", True),
    ]


def test_no_two_fields_that_are_seen_together_are_called_the_same() -> None:
    for section in sections({}):
        seen = [field.label for field in section.fields if section.id != "passages"]
        assert len(seen) == len(set(seen)) or section.id == "look", section.id


def test_every_part_of_the_schema_is_called_something() -> None:
    entries = {path for path, part in all_fields() if part.item}
    assert set(GROUPS) >= {path for path in key_orders() if path} - entries
    assert set(GROUPS) <= set(key_orders())


@pytest.mark.parametrize(
    ("path", "german"),
    [
        (("title",), "„Titel“"),
        (("event", "date"), "„Veranstaltung: Tag“"),
        (("passages",), "„Abschnitte“"),
        (("passages", 1), "„Abschnitt 2“"),
        (("passages", 1, "quote", "text"), "„Abschnitt 2: Zitat“"),
        (("passages", 1, "quote", "highlight", 0), "„Abschnitt 2: Hervorgehobene Wörter“"),
        (("imprint", "publisher"), "„Impressum: Herausgeber“"),
        (("verdicts", "gut", "word"), "„Eigene Urteile: gut: word“"),
        (("unbekannt",), "`x`"),
    ],
)
def test_fields_are_called_by_their_labels_in_the_same_sentence(
    path: tuple[str | int, ...], german: str
) -> None:
    message = say("{name} is missing.", name=KeyName("`x`", path))
    assert catalogue("de")(message) == "`x` fehlt.", "the command line's"
    assert form_catalogue("de")(message) == f"{german} fehlt."
    assert form_catalogue("de")(pickle.loads(pickle.dumps(message))) == f"{german} fehlt."
    around = say("{name}: {reason}", name="a", reason=message)
    assert german in form_catalogue("de")(around)


def test_what_is_missing_is_named_and_is_no_mistake_yet() -> None:
    tree = parse_yaml(
        "title: x\npassages:\n  - id: a\n    quote: {lines: 1}\nlanguage: en\n", "x"
    ).value
    (found,) = validate(tree, Leaflet).diagnostics
    told = diagnostic_data(found, None, form_catalogue("en"))
    assert told["message"] == "“Pair 1: Quote” is missing."
    assert (told["severity"], told["hint"], told["name"]) == ("open", "", "“Pair 1: Quote”")
    assert str(found.message) == "`passages 1, quote, text` is missing."


def test_words_of_the_sample_are_known_until_they_are_replaced() -> None:
    sample = plain(parse_yaml(starter_text("de", Starter.SAMPLE), "x").value.root)
    begun: Any = Prose(prose_paths(), WIDTH).shown(expanded(sample))
    found = dict(samples(begun))
    assert found[("imprint", "publisher", "name")] == "Bürgerinitiative Stadtpark"
    text = found[("passages", Item("baeume"), "quote", "text")]
    assert text.startswith("Die Gemeinde erhält den vorhandenen Baumbestand, soweit")
    assert "\n" not in text, "as the form shows it"
    assert ("design",) not in found
    assert ("source", "file") not in found
    begun["title"] = "Unser Wald"
    begun["imprint"]["publisher"]["name"] = "Verein"
    left = dict(samples(begun))
    assert set(found) - set(left) == {("title",), ("imprint", "publisher", "name")}
    assert samples({"language": "de", "title": "Unser Wald"}) == []
    assert samples({**begun, "language": "fr"}) == []
