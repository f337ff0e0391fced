"""The table of regions, as the studio edits it: cells, rows, columns.

A row is known by its id; as long as that is missing or occurs twice, by its number (``#3``), and a
new one, until it is in the file, by a token of the page (``+a1``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, raise_errors
from brochure.manuscript.variants.regions import (
    HEADING,
    REGIONS_FILE,
    REQUIRED,
    parse_regions,
)
from brochure.manuscript.variants.table import Table, parse_table
from brochure.manuscript.variants.table_edits import (
    AddColumn,
    InsertRow,
    MoveRow,
    RemoveRow,
    SetCell,
    TableEdit,
    edited_table,
)
from brochure.manuscript.yaml.nodes import Plain
from brochure.manuscript.yaml.parser import decode_text
from brochure.messages import say
from brochure.project import Project
from brochure.studio.changes import (
    ROWS,
    Change,
    ConflictError,
    FieldPath,
    GoneError,
    Item,
    NotUnderstoodError,
)

CELLS = "cells"
COLUMNS = "columns"
_NONE = (",".join(REQUIRED) + "\n").encode()  # as long as there is no table


@dataclass(frozen=True)
class RegionsVersion:
    """Bytes that the table has or could have. `keys` are what each row is known by; `own` are the
    ids of regions that have a file of their own.
    """

    file: str
    data: bytes
    keys: tuple[str, ...]
    own: frozenset[str]

    @cached_property
    def table(self) -> Table:
        return _table(self.data, self.file)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with it, and texts of regions that it has no row for."""
        try:
            regions = parse_regions(decode_text(self.data, self.file).value, self.file)
        except DiagnosticsError as failed:
            return failed.diagnostics
        found = dict.fromkeys(d for region in regions.rows for d in region.diagnostics)
        ids = {row.cells["id"].text for row in self.table.rows}
        return (*{**dict.fromkeys(regions.diagnostics), **found}, *map(self._left, self.own - ids))

    def _left(self, region: str) -> Diagnostic:
        return error(
            "unknown-variant",
            say("`{region}` has texts of its own, which would be left without a row.",
                region=region),
            Location(self.file),
            say("Give them back first, on the page of the variant."),
        )  # fmt: skip

    @property
    def fields(self) -> Iterator[FieldPath | None]:
        """The cell that each diagnostic is about."""
        places: dict[tuple[int, int], FieldPath] = {}
        for key, row in zip(self.keys, self.table.rows, strict=True):
            for column, cell in row.cells.items():
                place = (cell.location.line, cell.location.column)
                places.setdefault(place, (ROWS, Item(key), CELLS, column))
        for diagnostic in self.diagnostics:
            place = (diagnostic.location.line, diagnostic.location.column)
            yield places.get(place) if diagnostic.location.file == self.file else None

    def changed(self, change: Change) -> Self:
        """What it is after a change."""
        match change.kind, change.path:
            case "put", (str(name), str(column)) if name == COLUMNS:
                columns = self.table.columns
                return self if column in columns else self._edited(AddColumn(column))
            case "put", (str(name), Item(key), str(cells), str(column)) if (
                name == ROWS and cells == CELLS
            ):
                return self._put(key, column, change)
            case "insert", (str(name),) if name == ROWS:
                return self._insert(change)
            case "move", (str(name), Item(key)) if name == ROWS:
                return self._move(self._row(key), change.after)
            case "remove", (str(name), Item(key)) if name == ROWS:
                row = self._row(key)
                was = change.was.get(CELLS) if isinstance(change.was, dict) else None
                if self.cells(row) != _cells(was):
                    raise ConflictError(dict(self.cells(row)))
                keys = (*self.keys[:row], *self.keys[row + 1 :])
                return replace(self._edited(RemoveRow(row)), keys=keys)
            case _:
                raise NotUnderstoodError

    def cells(self, row: int) -> Mapping[str, str]:
        """The texts in a row, by columns."""
        cells = self.table.rows[row].cells
        return {column: cell.text for column, cell in cells.items() if cell.text}

    def _put(self, key: str, column: str, change: Change) -> Self:
        row = self._row(key)
        cell = self.table.rows[row].cells.get(column)
        if cell is None:
            raise GoneError(key)
        now = cell.text or None
        if now == change.value:
            return self
        if now != change.was:
            raise ConflictError(now)
        if not isinstance(change.value, str | None):
            raise NotUnderstoodError
        return self._edited(SetCell(row, column, change.value or ""))

    def _insert(self, change: Change) -> Self:
        value = change.value if isinstance(change.value, dict) else {}
        key, cells = str(value.get("id")), _cells(value.get(CELLS))
        if key in self.keys:
            return self
        columns = self.table.columns
        cells = {column: text for column, text in cells.items() if column in columns}
        if not cells:
            raise DiagnosticsError([_without_text(Location(self.file))])
        for row, known in enumerate(self.keys):
            if cells.get("id") and self.cells(row) == cells:  # it was sent twice
                keys = (*self.keys[:row], key, *self.keys[row + 1 :])
                return replace(self, keys=keys) if not known.startswith("+") else self
        at = self._place(change.after)
        keys = (*self.keys[:at], key, *self.keys[at:])
        return replace(self._edited(InsertRow(at, cells)), keys=keys)

    def _move(self, row: int, after: str | None) -> Self:
        to = self._place(after)
        to -= to > row
        if to == row:
            return self
        keys = list(self.keys)
        keys.insert(to, keys.pop(row))
        return replace(self._edited(MoveRow(row, to)), keys=tuple(keys))

    def _place(self, after: str | None) -> int:
        """Where a row goes that follows another one; to the end, if that went meanwhile."""
        if after is None:
            return 0
        return self.keys.index(after) + 1 if after in self.keys else len(self.keys)

    def _row(self, key: str) -> int:
        try:
            return self.keys.index(key)
        except ValueError:
            raise GoneError(key) from None

    def _edited(self, edit: TableEdit) -> Self:
        return replace(self, data=edited_table(self.data, [edit], self.file))


@dataclass(frozen=True)
class RegionsDocument:
    """``regions.csv``. `own` are the ids of regions that have texts of their own, in a file or in
    what waits to be written there.
    """

    project: Project
    leaflet: str
    own: frozenset[str] = frozenset()

    absent = _NONE
    limit = bounds.TABLE

    @property
    def path(self) -> Path:
        return self.project.manuscript(self.leaflet).with_name(REGIONS_FILE)

    @property
    def draft(self) -> Path:
        """Where changes are kept that are not valid yet."""
        return self.path.with_name(".regions.draft.json")

    def version(self, data: bytes) -> RegionsVersion:
        """Raises DiagnosticsError where it is not a table."""
        file = self.project.show(self.path)
        return RegionsVersion(file, data, _keys(_table(data, file)), self.own)

    def values(self, shown: RegionsVersion, written: RegionsVersion) -> Plain:
        """What the form shows: columns and rows. `id` is what a row is known by from now on, `was`
        what it was known by in the changes that led here.
        """
        now = dict(zip(written.keys, _keys(written.table), strict=True))
        return {
            COLUMNS: list(shown.table.columns),
            ROWS: [
                {"id": now.get(key, key), "was": key, CELLS: dict(shown.cells(row))}
                for row, key in enumerate(shown.keys)
            ],
        }


def _table(data: bytes, file: str) -> Table:
    decoded = decode_text(data, file)
    raise_errors(decoded.diagnostics)
    return parse_table(decoded.value, file, HEADING)


def _keys(table: Table) -> tuple[str, ...]:
    ids = [row.cells["id"].text for row in table.rows]
    count = Counter(ids)
    return tuple(
        id_ if id_ and count[id_] == 1 else f"#{number}" for number, id_ in enumerate(ids, 1)
    )


def _cells(value: Plain) -> dict[str, str]:
    """The cells of a row as the page sends them."""
    cells = value if isinstance(value, dict) else {}
    return {column: text for column, text in cells.items() if isinstance(text, str)}


def _without_text(location: Location) -> Diagnostic:
    return error(
        "empty", say("The new row is empty."), location, say("Write its name, or leave it out.")
    )
