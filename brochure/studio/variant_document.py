"""The file of a variant, as the studio edits it: what a region has of its own, and nothing else.

A text that is left out on purpose (a key without a value) is `LEFT_OUT` in the form; None is a text
that comes from the base.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from brochure.diagnostics import Diagnostic, DiagnosticsError, Reported
from brochure.manuscript.load import validate_leaflet
from brochure.manuscript.model.variant import Variant
from brochure.manuscript.text.wrapping import usual_width
from brochure.manuscript.variants.accept import recorded, with_records
from brochure.manuscript.variants.differences import find_changes
from brochure.manuscript.variants.resolution import Bundle
from brochure.manuscript.yaml.editor import edited
from brochure.manuscript.yaml.edits import Edit, Insert, Put, Remove
from brochure.manuscript.yaml.nodes import Plain, Tree, TreePath, plain
from brochure.studio.changes import (
    ADDED,
    PASSAGES,
    Change,
    ConflictError,
    NotUnderstoodError,
    Prose,
    edit_for,
    expanded,
    keys_of,
    order_at,
    resolved,
    value_at,
)
from brochure.studio.form import key_orders, prose_paths
from brochure.studio.session import Session
from brochure.studio.yaml_document import YamlDocument, YamlVersion

LEFT_OUT: Plain = {"left_out": "yes"}
_PASSAGES_LEFT_OUT = "leave_out"
_YES = "yes"


def form_keys(path: TreePath) -> tuple[str, ...]:
    """The keys in the form of a leaflet for a path in a variant, whose passages have names."""
    keys = keys_of(path)
    if path[:1] == (ADDED,):
        return (PASSAGES, *keys[1:])
    if path[:1] == (PASSAGES,):
        return (PASSAGES, *keys[2:])
    return keys


def _orders() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The keys of each mapping of a variant in their usual order, by the keys of the form."""
    orders = key_orders(Variant)
    return {**{form_keys(path): order for path, order in orders.items()}, (): orders[()]}


_ORDERS = _orders()


@dataclass(frozen=True)
class VariantVersion(YamlVersion):
    """Bytes that the file of a variant has or could have.

    `base_known`: whether who makes changes has seen the base as it is; then what a new text of the
    region's own replaces is recorded at once.
    """

    base: Tree
    base_known: bool

    def changed(self, change: Change) -> Self:
        """What it is after a change, with records of what new texts replace."""
        edit = self._edit(change)
        if edit is None:
            return self
        file = self.parsed.value.file
        after = replace(self, data=edited(self.data, [edit], file))
        known, now = self._replaced, after._replaced
        kept = recorded(self.data, file)
        gone = {key for key in known if key not in now}
        kept = {key: text for key, text in kept.items() if key not in gone}
        new = {key: text for key, text in now.items() if key not in known}
        data = edited(with_records(self.data, kept, file), [edit], file)
        if self.base_known:
            data = with_records(data, kept | new, file)
        return replace(self, data=data)

    @property
    def _replaced(self) -> Mapping[str, str]:
        """The texts of the base that this replaces, by keys."""
        return {
            change.key: (change.base or "").strip()
            for change in find_changes(self.base, self.parsed.value)
            if not change.key.startswith("add.") and not change.gone
        }

    def _edit(self, change: Change) -> Edit | None:
        if change.path[0] == _PASSAGES_LEFT_OUT:
            return self._passage_left_out(change)
        if change.kind != "put":
            if change.path[0] != ADDED:
                raise NotUnderstoodError
            return edit_for(change, self.content, self.prose, _ORDERS)
        path = resolved(change.path, self.content)
        now = self._at(path)
        if LEFT_OUT not in (now, change.value, change.was):
            if path == ("imprint", "text") and self._is_one_text("imprint"):
                path = ("imprint",)
                change = replace(change, path=path)
            return edit_for(change, self.content, self.prose, _ORDERS)
        if now == change.value:
            return None
        if now != change.was:
            raise ConflictError(now)
        if change.value is None:
            return Remove(path)
        order = order_at(path, self.content, self.prose, _ORDERS)
        if change.value == LEFT_OUT:
            return Put(path, None, order)
        return Put(path, self.prose.stored(change.value, None, path), order)

    def _at(self, path: TreePath) -> Plain:
        """What the form shows at a path."""
        above = value_at(self.content, path[:-1])
        if isinstance(above, dict) and path[-1] in above and above[str(path[-1])] is None:
            return LEFT_OUT
        return self.prose.shown(value_at(self.content, path), path)

    def _is_one_text(self, key: str) -> bool:
        """Whether the base says something in one text of which this says nothing."""
        base = plain(self.base.node((key,)))
        return isinstance(base, str) and value_at(self.content, (key,)) is None

    def _passage_left_out(self, change: Change) -> Edit | None:
        if len(change.path) != 2 or change.kind != "put":
            raise NotUnderstoodError
        passage = str(change.path[1])
        listed = value_at(self.content, (_PASSAGES_LEFT_OUT,))
        ids = listed if isinstance(listed, list) else []
        if (passage in ids) == (change.value == _YES):
            return None
        if change.value == _YES:
            return (
                Insert((_PASSAGES_LEFT_OUT, len(ids)), passage)
                if ids
                else Put((_PASSAGES_LEFT_OUT,), [passage], _ORDERS[()])
            )
        return Remove((_PASSAGES_LEFT_OUT, ids.index(passage)))


@dataclass(frozen=True)
class VariantDocument(YamlDocument):
    """``variants/<id>.yaml``, which is there as long as something is in it."""

    base: Tree = field(kw_only=True)
    base_known: bool = field(kw_only=True)

    def version(self, data: bytes) -> VariantVersion:
        """The file with these bytes. Raises DiagnosticsError where it has mistakes of YAML."""
        edited(data, (), self.project.show(self.path))
        prose = Prose(self.prose, usual_width(data or self.base.text.encode()), form_keys)
        return VariantVersion(self, data, prose, self.base, self.base_known)

    def values(self, shown: YamlVersion, written: YamlVersion) -> Plain:
        """What the form shows of the region's own."""
        values = _marked(super().values(shown, written))
        if isinstance(values, dict) and isinstance(ids := values.get(_PASSAGES_LEFT_OUT), list):
            values[_PASSAGES_LEFT_OUT] = {id_: _YES for id_ in ids if isinstance(id_, str)}
        return values or {}


def variant_session(
    bundle: Bundle, region: str, *, base_known: bool = False
) -> Session[VariantVersion]:
    """The file of a variant, to be edited. `region` is an id of the table."""

    def check(parsed: Reported[Tree]) -> tuple[Diagnostic, ...]:
        try:
            return validate_leaflet(bundle.project, bundle.resolve(region, parsed)).diagnostics
        except DiagnosticsError as failed:
            return failed.diagnostics

    return Session(
        VariantDocument(
            bundle.project,
            variant_file(bundle, region),
            variant_draft(bundle, region),
            prose_paths(),
            _ORDERS,
            check,
            expanded,
            absent=b"",
            base=bundle.base,
            base_known=base_known,
        )
    )


def variant_file(bundle: Bundle, region: str) -> Path:
    """Where the file of a variant is, or would be. `region` is an id of the table."""
    known = bundle.files.get(region)
    return known or bundle.project.manuscript(bundle.name).parent / "variants" / f"{region}.yaml"


def variant_draft(bundle: Bundle, region: str) -> Path:
    """Where changes of a variant are kept that are not valid yet."""
    return variant_file(bundle, region).with_name(f".{region}.draft.json")


def _marked(value: Plain) -> Plain:
    """A value in which each text that is left out is marked as such."""
    match value:
        case dict():
            return {key: LEFT_OUT if v is None else _marked(v) for key, v in value.items()}
        case list():
            return [_marked(item) for item in value]
        case _:
            return value
