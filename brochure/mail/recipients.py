"""``content/suppressed.txt``: who gets no mail from this project, whatever the lists say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    raise_errors,
    warning,
)
from brochure.mail import address
from brochure.mail.address import Address
from brochure.manuscript.variants import table
from brochure.manuscript.variants.regions import KEY, Region, Regions
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Value
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.project import Project

SUPPRESSED = "suppressed.txt"
_LIMIT = 1_000_000  # bytes


@dataclass(frozen=True)
class Suppression:
    """Keys of addresses, and domains, each with where it stands."""

    entries: dict[str, Location]

    def of(self, recipient: Address) -> Location | None:
        """Where it stands that this address gets nothing."""
        return self.entries.get(recipient.key) or self.entries.get(f"@{recipient.domain}")


def read_suppression(project: Project) -> Suppression:
    """A line for an address, or for a domain (``@example.org``); what follows a # is a comment.

    Raises Problems with every line that is neither: it would be passed over silently.
    """
    path = project.content / SUPPRESSED
    project.seen.add(path)
    if not path.exists() and not path.is_symlink():
        return Suppression({})
    file = project.show(path)
    text, diagnostics = parser.decode(project.read(path, _LIMIT), file)
    entries: dict[str, Location] = {}
    found: list[Diagnostic] = list(diagnostics)
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.partition("#")[0].strip()
        location = Location(file, number, line.find(entry) + 1)
        if not entry:
            continue
        whole_domain = entry.startswith("@")
        try:
            known = address.parse(f"a{entry}" if whole_domain else entry, location)
        except DiagnosticsError as failed:
            found += failed.diagnostics
        else:
            entries[f"@{known.domain}" if whole_domain else known.key] = location
    raise_errors(found)
    return Suppression(entries)


# --- ``recipients.csv``: a row an office, with its address and the variant that it gets.

FILE = "recipients.csv"
BASE = "base"  # in the column `variant`: the leaflet without a region
COLUMNS = ("email", "name", "office", "salutation", "variant", KEY, "language")
_HEADING = table.Heading(
    ("email",),
    "Use one word of letters, digits and _ , as in `salutation`: letters ask for it as "
    "{{ recipient.salutation }}.",
    "The first line names the columns: `email`, `name`, `office`, `salutation`, `variant`, "
    "`language`, with commas or semicolons between them.",
)


@dataclass(frozen=True)
class Recipient:
    """A row. `region` is that of the variant; None for the base. `language`: a code, or empty."""

    location: Location
    address: Address
    region: Region | None
    language: str
    cells: Mapping[str, Value]

    @property
    def variant(self) -> str | None:
        """The id of the variant; None for the base."""
        return self.region.id if self.region else None

    @property
    def called(self) -> str:
        """The office, or else the person, in one line; may be empty."""
        return self.cell("office") or self.cell("name")

    def cell(self, column: str) -> str:
        """What stands in a column, in one line."""
        value = self.cells.get(column)
        return " ".join(value.text.split()) if value else ""

    def location_of(self, column: str) -> Location:
        """Where a cell stands, or the row, if there is no such column."""
        return self.cells[column].location if column in self.cells else self.location

    @property
    def values(self) -> dict[str, Value]:
        """What stands in slots, as ``recipient.name``; an empty cell is none."""
        return {f"recipient.{name}": cell for name, cell in self.cells.items() if cell.text}


@dataclass(frozen=True)
class Recipients:
    """The list: its columns, its rows that can be used, and all that is wrong with it."""

    columns: tuple[str, ...]
    rows: tuple[Recipient, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_recipients(project: Project, leaflet: str, regions: Regions) -> Recipients:
    """The recipients of a leaflet. Raises Problems where there is no list, or with its heading."""
    path = project.manuscript(leaflet).with_name(FILE)
    project.seen.add(path)
    read = table.read(project, path, _HEADING)
    diagnostics = list(_columns(read, regions))
    rows: list[Recipient] = []
    first: dict[str, Location] = {}
    for row in read.rows:
        diagnostics += row.diagnostics
        try:
            recipient = _recipient(row, regions)
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
            continue
        known = first.setdefault(recipient.address.key, recipient.location)
        if known != recipient.location:
            diagnostics.append(_doubled(recipient, known))
        elif not row.diagnostics:
            rows.append(recipient)
    if not read.rows:
        said = "The list has no recipients yet."
        diagnostics.append(
            error("empty", said, Location(project.show(path)), "Write a row for each.")
        )
    return Recipients(tuple(read.columns), tuple(rows), tuple(diagnostics))


def _columns(read: table.Table, regions: Regions) -> Iterator[Diagnostic]:
    if regions.rows and not {"variant", KEY} & set(read.columns):
        yield error(
            "no-column",
            "The list does not say which variant an office gets.",
            read.columns["email"],
            f"Add a column `variant` with the ids of regions.csv (`{BASE}` for the leaflet "
            f"without region), or a column `{KEY}` with their official keys.",
        )
    unused = [name for name in read.columns if name not in COLUMNS]
    for name in unused:
        near = did_you_mean(name, COLUMNS)
        if near.startswith("Did"):
            yield warning(
                "unknown-column",
                f"The column `{name}` is none that is known here; only letters can ask for it.",
                read.columns[name],
                near,
            )


def _recipient(row: table.Row, regions: Regions) -> Recipient:
    """Raises Problems with all that is wrong with a row."""
    diagnostics: list[Diagnostic] = []
    found: list[Region | None] = []
    for column in ("variant", KEY):
        if column in row.cells and row.cells[column].text:
            try:
                found.append(_region(row.cells[column], regions))
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
    if len(found) == 2 and found[0] != found[1]:
        diagnostics.append(
            error(
                "variant",
                "`variant` and `ags` of this row mean two different regions.",
                row.cells["variant"].location,
                "Correct one of them, or leave it empty.",
            )
        )
    named = [column for column in ("variant", KEY) if column in row.cells]
    if regions.rows and named and not found and not diagnostics:
        diagnostics.append(
            error(
                "variant",
                "This row does not say which variant the office gets.",
                row.cells[named[0]].location,
                f"Write the id of its region; `{BASE}` for the leaflet without region.",
            )
        )
    cell = row.cells["email"]
    try:
        if not cell.text:
            said = "This row has no address."
            raise DiagnosticsError(
                [error("empty", said, cell.location, "Write one, or delete the row.")]
            )
        mailbox = address.parse(cell.text, cell.location)
    except DiagnosticsError as failed:
        diagnostics += failed.diagnostics
    if diagnostics:
        raise DiagnosticsError(diagnostics)
    language = row.cells["language"].text if "language" in row.cells else ""
    region = found[0] if found else None
    recipient = Recipient(row.location, mailbox, region, language, row.cells)
    return replace(recipient, address=replace(mailbox, name=recipient.called))


def _region(cell: Value, regions: Regions) -> Region | None:
    """The region that a cell means, by id or official key. Raises Problems where there is none.

    An official key (AGS) has two digits for the state, one for the county, two for the district,
    three for the municipality. An office in a municipality gets the variant of its district, where
    the municipality has none of its own.
    """
    if region := regions.get(cell.text):
        return region
    if cell.text.casefold() == BASE:
        return None
    key = "".join(cell.text.split())
    keys = {_key(region): region for region in regions.rows if _key(region)}
    district = key[:5] if len(key) == 8 and key.isdigit() else key
    found = keys.get(key) or keys.get(f"{district}000") or keys.get(district)
    if found:
        return found
    nought = f"0{key}"
    if key.isdigit() and len(key) in (4, 7) and keys.keys() & {nought, nought[:5]}:
        raise _unknown(cell, f"Its first nought is missing: write {nought}, as text.")
    raise _unknown(
        cell,
        did_you_mean(cell.text, [region.id for region in regions.rows])
        if len(regions.rows) in range(1, 40)
        else "Write an id or an official key as it stands in regions.csv.",
    )


def _key(region: Region) -> str:
    cell = region.cells.get(KEY)
    key = "".join(cell.text.split()) if cell else region.id
    return key if key.isdigit() else ""


def _unknown(cell: Value, hint: str) -> DiagnosticsError:
    said = f"There is no variant `{cell.text}`."
    return DiagnosticsError([error("unknown-variant", said, cell.location, hint)])


def _doubled(recipient: Recipient, first: Location) -> Diagnostic:
    return error(
        "duplicate-address",
        f"`{recipient.address.spec}` stands in the list twice, first in line {first.line}.",
        recipient.location_of("email"),
        "Delete one of the rows: each address gets one letter.",
    )
