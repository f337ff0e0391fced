"""Who is written to, and who must not be: ``recipients.csv`` and ``content/suppressed.txt``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NoReturn

from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    fail,
    raise_errors,
    warning,
)
from brochure.mail.address import Address, parse_address
from brochure.manuscript.variants import table
from brochure.manuscript.variants.regions import KEY_COLUMN, Region, Regions
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import LocatedText
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import Message, say
from brochure.project import Project

RECIPIENTS_FILE = "recipients.csv"
SUPPRESSION_FILE = "suppressed.txt"
BASE_VARIANT = "base"  # in the column `variant`: the leaflet without a region
RECIPIENT_COLUMNS = ("email", "name", "office", "salutation", "variant", KEY_COLUMN, "language")
_HEADING = table.TableHeading(
    ("email",),
    say(
        "Use one word of letters, digits and _, for example `salutation`; the letter refers to it "
        "as {{{{ recipient.salutation }}}}."
    ),
    say(
        "The first line must name the columns `email`, `name`, `office`, `salutation`, `variant` "
        "and `language`, separated by commas or semicolons."
    ),
)
_SUPPRESSION_LIMIT = 1_000_000  # bytes
_FEW_REGIONS = 40  # up to so many, a hint lists them


@dataclass(frozen=True)
class Recipient:
    """A row of the list.

    `region` is that of the variant, None for the base; `language` a code, or empty; `cells` are
    all cells by column.
    """

    location: Location
    address: Address
    region: Region | None
    language: str
    cells: Mapping[str, LocatedText]

    @property
    def variant(self) -> str | None:
        """The id of the variant; None for the base."""
        return self.region.id if self.region else None

    @property
    def display_name(self) -> str:
        """The office, or else the person, on one line; may be empty."""
        return self.cell("office") or self.cell("name")

    def cell(self, column: str) -> str:
        """The text of a cell, on one line; empty if there is no such column."""
        value = self.cells.get(column)
        return " ".join(value.text.split()) if value else ""

    def location_of(self, column: str) -> Location:
        """The location of a cell, or of the row if there is no such column."""
        return self.cells[column].location if column in self.cells else self.location

    @property
    def values(self) -> dict[str, LocatedText]:
        """Values for slots by name, such as ``recipient.name``; empty cells are left out."""
        return {f"recipient.{name}": cell for name, cell in self.cells.items() if cell.text}


@dataclass(frozen=True)
class Recipients:
    """The list: the names of its columns, its valid rows, and everything that is wrong with it."""

    columns: tuple[str, ...]
    rows: tuple[Recipient, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_recipients(project: Project, leaflet: str, regions: Regions) -> Recipients:
    """The recipients of a leaflet.

    Raises DiagnosticsError if the list cannot be read, or its heading is wrong.
    """
    path = project.manuscript(leaflet).with_name(RECIPIENTS_FILE)
    project.on_read(path)
    if not path.exists() and not path.is_symlink():
        fail(
            "no-recipients",
            say("There is no list of recipients yet."),
            Location(project.show(path)),
            say("`brochure mail init {leaflet}` writes one to start from.", leaflet=leaflet),
        )
    content = table.read_table(project, path, _HEADING)
    diagnostics = list(_check_columns(content, regions))
    rows: list[Recipient] = []
    first_rows: dict[str, Location] = {}
    for row in content.rows:
        diagnostics += row.diagnostics
        try:
            recipient = _recipient(row, regions)
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
            continue
        first = first_rows.setdefault(recipient.address.key, recipient.location)
        if first != recipient.location:
            diagnostics.append(_duplicate(recipient, first))
        elif not row.diagnostics:
            rows.append(recipient)
    if not content.rows:
        diagnostics.append(
            error(
                "empty",
                say("The list has no recipients yet."),
                Location(project.show(path)),
                say("Add a row for each of them."),
            )
        )
    return Recipients(tuple(content.columns), tuple(rows), tuple(diagnostics))


def _check_columns(content: table.Table, regions: Regions) -> Iterator[Diagnostic]:
    if regions.rows and not {"variant", KEY_COLUMN} & set(content.columns):
        yield error(
            "no-column",
            say("The list does not say which variant each office gets."),
            content.columns["email"],
            say(
                "Add a column `variant` with ids from regions.csv (`{base}` for the leaflet "
                "without a region), or a column `{key}` with official keys.",
                base=BASE_VARIANT,
                key=KEY_COLUMN,
            ),
        )
    for name, location in content.columns.items():
        if name not in RECIPIENT_COLUMNS and _resembles_known(name):
            yield warning(
                "unknown-column",
                say(
                    "`{column}` is not one of the usual columns, so only the letter can use it.",
                    column=name,
                ),
                location,
                did_you_mean(name, RECIPIENT_COLUMNS),
            )


def _resembles_known(column: str) -> bool:
    """Whether a column may be one of the usual ones, misspelt."""
    return bool(get_close_matches(column[:60].lower(), RECIPIENT_COLUMNS, 1))


def _recipient(row: table.TableRow, regions: Regions) -> Recipient:
    """The recipient of a row. Raises DiagnosticsError with everything that is wrong with it."""
    diagnostics: list[Diagnostic] = []
    matches: list[Region | None] = []
    columns = [column for column in ("variant", KEY_COLUMN) if column in row.cells]
    for column in columns:
        if row.cells[column].text:
            try:
                matches.append(_region(row.cells[column], regions))
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
    if len(matches) == 2 and matches[0] != matches[1]:
        diagnostics.append(
            error(
                "variant",
                say(
                    "`variant` and `{key}` name two different regions in this row.", key=KEY_COLUMN
                ),
                row.cells["variant"].location,
                say("Correct one of them, or leave it empty."),
            )
        )
    if regions.rows and columns and not matches and not diagnostics:
        diagnostics.append(
            error(
                "variant",
                say("This row does not say which variant the office gets."),
                row.cells[columns[0]].location,
                say(
                    "Write the id of its region, or `{base}` for the leaflet without a region.",
                    base=BASE_VARIANT,
                ),
            )
        )
    try:
        mailbox = _mailbox(row.cells["email"])
    except DiagnosticsError as failed:
        diagnostics += failed.diagnostics
    if diagnostics:
        raise DiagnosticsError(diagnostics)
    language = row.cells["language"].text if "language" in row.cells else ""
    region = matches[0] if matches else None
    recipient = Recipient(row.location, mailbox, region, language, row.cells)
    return replace(recipient, address=replace(mailbox, name=recipient.display_name))


def _mailbox(cell: LocatedText) -> Address:
    if not cell.text:
        fail(
            "empty",
            say("This row has no address."),
            cell.location,
            say("Write one, or delete the row."),
        )
    return parse_address(cell.text, cell.location)


def _region(cell: LocatedText, regions: Regions) -> Region | None:
    """The region that a cell names by id or official key; None for the base.

    An official key (AGS) has two digits for the state, one for the county, two for the district
    and three for the municipality. An office in a municipality gets the variant of its district
    if the municipality has none of its own. Raises DiagnosticsError if there is no such region.
    """
    if region := regions.get(cell.text):
        return region
    if cell.text.casefold() == BASE_VARIANT:
        return None
    key = "".join(cell.text.split())
    by_key = {_official_key(region): region for region in regions.rows if _official_key(region)}
    district = key[:5] if len(key) == 8 and key.isdigit() else key
    match = by_key.get(key) or by_key.get(f"{district}000") or by_key.get(district)
    if match:
        return match
    with_zero = f"0{key}"
    if key.isdigit() and len(key) in (4, 7) and by_key.keys() & {with_zero, with_zero[:5]}:
        _fail_unknown(cell, say("A leading zero is missing: write {key}, as text.", key=with_zero))
    if regions.rows and len(regions.rows) < _FEW_REGIONS:
        _fail_unknown(cell, did_you_mean(cell.text, [region.id for region in regions.rows]))
    _fail_unknown(cell, say("Use an id or an official key from regions.csv."))


def _official_key(region: Region) -> str:
    """The official key of a region, which may also be its id; or empty."""
    cell = region.cells.get(KEY_COLUMN)
    key = "".join(cell.text.split()) if cell else region.id
    return key if key.isdigit() else ""


def _fail_unknown(cell: LocatedText, hint: Message) -> NoReturn:
    fail(
        "unknown-variant",
        say("There is no variant `{variant}`.", variant=cell.text),
        cell.location,
        hint,
    )


def _duplicate(recipient: Recipient, first: Location) -> Diagnostic:
    return error(
        "duplicate-address",
        say(
            "`{address}` is in the list twice; the first time is in line {line}.",
            address=recipient.address.spec,
            line=first.line,
        ),
        recipient.location_of("email"),
        say("Delete one of the rows: each address gets one letter."),
    )


@dataclass(frozen=True)
class Suppression:
    """Addresses that must not be mailed: their keys, and domains such as ``@example.org``, each
    with the location of the line that lists it.
    """

    entries: Mapping[str, Location]

    def location_of(self, address: Address) -> Location | None:
        """The line that rules out an address; None if it may be mailed."""
        return self.entries.get(address.key) or self.entries.get(f"@{address.domain}")


def read_suppression(project: Project) -> Suppression:
    """``suppressed.txt``: an address or a domain per line; ``#`` begins a comment.

    Raises DiagnosticsError with every line that is neither, as it would have no effect.
    """
    path = project.content / SUPPRESSION_FILE
    project.on_read(path)
    if not path.exists() and not path.is_symlink():
        return Suppression({})
    file = project.show(path)
    decoded = parser.decode_text(project.read(path, _SUPPRESSION_LIMIT), file)
    diagnostics = list(decoded.diagnostics)
    entries: dict[str, Location] = {}
    for number, line in enumerate(decoded.value.split("\n"), 1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        location = Location(file, number, line.find(entry) + 1)
        whole_domain = entry.startswith("@")
        try:
            address = parse_address(f"a{entry}" if whole_domain else entry, location)
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
        else:
            entries[f"@{address.domain}" if whole_domain else address.key] = location
    raise_errors(diagnostics)
    return Suppression(entries)
