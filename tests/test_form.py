"""The form of a leaflet: every key can be reached, each is called something."""

from brochure.manuscript.model.leaflet import Leaflet
from brochure.studio.form import all_fields, key_orders, prose_paths, required_keys


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
