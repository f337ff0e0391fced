"""Who is written to: ``recipients.csv``."""

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
    shortened,
    warning,
)
from brochure.mail.address import Address, parse_address
from brochure.manuscript.variants import keys, table
from brochure.manuscript.variants.cells import KEEP
from brochure.manuscript.variants.regions import KEY_COLUMN, Region, Regions
from brochure.manuscript.yaml.nodes import LocatedText
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import Message, say
from brochure.project import Project

RECIPIENTS_FILE = "recipients.csv"
BASE_VARIANT = "base"  # in the column `variant`: the leaflet without a region
RECIPIENT_COLUMNS = ("email", "name", "office", "salutation", "variant", KEY_COLUMN, "language")
_HEADING = table.TableHeading(
    ("email",),
    say(
        "Use one word of letters, digits and _, for example `salutation`; the letter refers to it "
        "as {{{{ recipient.salutation }}}}."
    ),
    say(
        "The first row must name the columns `email`, `name`, `office`, `salutation`, `variant` "
        "and `language`. Save the table as “CSV UTF-8”, with commas or semicolons between the "
        "columns."
    ),
)
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
    cells: Mapping[str, table.TableCell]

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

    def hint(self, column: str, hint: Message) -> Message:
        """A hint about a cell, that names it as spreadsheets do."""
        return self.cells[column].hint(hint) if column in self.cells else hint

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
    return _recipients(table.read_table(project, path, _HEADING), project.show(path), regions)


def check_list(data: bytes, file: str) -> None:
    """Raise DiagnosticsError where these bytes are no list of recipients: not a table in UTF-8, or
    one with another heading.
    """
    table.table_of(data, file, _HEADING)


def _recipients(content: table.Table, file: str, regions: Regions) -> Recipients:
    diagnostics = list(_check_columns(content, regions))
    rows: list[Recipient] = []
    first_rows: dict[str, table.TableCell] = {}
    for row in content.rows:
        diagnostics += row.diagnostics
        wrong_cells = {diagnostic.location for diagnostic in row.diagnostics}
        try:
            recipient = _recipient(row, regions)
        except DiagnosticsError as failed:
            diagnostics += (d for d in failed.diagnostics if d.location not in wrong_cells)
            continue
        first = first_rows.setdefault(recipient.address.key, recipient.cells["email"])
        if first != recipient.cells["email"]:
            diagnostics.append(_duplicate(recipient, first))
        elif not row.diagnostics:
            rows.append(recipient)
    if not content.rows:
        diagnostics.append(
            error(
                "empty",
                say("The list has no recipients yet."),
                Location(file),
                say("Add a row for each of them."),
            )
        )
    return Recipients(tuple(content.columns), tuple(rows), tuple(diagnostics))


def _check_columns(content: table.Table, regions: Regions) -> Iterator[Diagnostic]:
    if regions.rows and not {"variant", KEY_COLUMN} & set(content.columns):
        yield error(
            "no-column",
            say("The list does not say which variant each office gets."),
            content.columns["email"].location,
            say(
                "Add a column `variant` with ids from regions.csv (`{base}` for the leaflet "
                "without a region), or a column `{key}` with official keys.",
                base=BASE_VARIANT,
                key=KEY_COLUMN,
            ),
        )
    if KEY_COLUMN in content.columns:  # the keys here are compared with those there
        for region in regions.rows:
            if wrong_key := region.check_key():
                yield wrong_key
    for name, cell in content.columns.items():
        if name not in RECIPIENT_COLUMNS and _resembles_known(name):
            yield warning(
                "unknown-column",
                say(
                    "`{column}` is not one of the usual columns, so only the letter can use it.",
                    column=name,
                ),
                cell.location,
                cell.hint(did_you_mean(name, RECIPIENT_COLUMNS)),
            )


def _resembles_known(column: str) -> bool:
    """Whether a column may be one of the usual ones, misspelt."""
    return bool(get_close_matches(column[:60].lower(), RECIPIENT_COLUMNS, 1))


def _recipient(row: table.TableRow, regions: Regions) -> Recipient:
    """The recipient of a row. Raises DiagnosticsError with everything that is wrong with it."""
    diagnostics: list[Diagnostic] = []
    region: Region | None = None
    try:
        region = _row_region(row, regions)
    except DiagnosticsError as failed:
        diagnostics += failed.diagnostics
    try:
        mailbox = _mailbox(row.cells["email"])
    except DiagnosticsError as failed:
        diagnostics += failed.diagnostics
    if diagnostics:
        raise DiagnosticsError(diagnostics)
    language = row.cells["language"].text if "language" in row.cells else ""
    recipient = Recipient(row.location, mailbox, region, language, row.cells)
    return replace(recipient, address=replace(mailbox, name=recipient.display_name))


def _mailbox(cell: table.TableCell) -> Address:
    if not cell.text:
        fail(
            "empty",
            say("This row has no address."),
            cell.location,
            cell.hint(say("Write one, or delete the row.")),
        )
    try:
        return parse_address(cell.text, cell.location)
    except DiagnosticsError as failed:
        raise DiagnosticsError(
            replace(d, hint=cell.hint(d.hint)) for d in failed.diagnostics
        ) from None


def _row_region(row: table.TableRow, regions: Regions) -> Region | None:
    """The region that a row names by id, by official key, or both; None for the base.

    Raises DiagnosticsError if it names none, or not one.
    """
    columns = [column for column in ("variant", KEY_COLUMN) if column in row.cells]
    cells = [row.cells[column] for column in columns if row.cells[column].text]
    found: list[tuple[Region | None, ...]] = []
    diagnostics: list[Diagnostic] = []
    for cell in cells:
        try:
            found.append(_regions_of(cell, regions))
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
    if diagnostics:
        raise DiagnosticsError(diagnostics)
    if not found:
        if regions.rows and columns:
            cell = row.cells[columns[0]]
            fail(
                "variant",
                say("This row does not say which variant the office gets."),
                cell.location,
                cell.hint(
                    say(
                        "Write the id of its region, or `{base}` for the leaflet without a region.",
                        base=BASE_VARIANT,
                    )
                ),
            )
        return None
    common = [region for region in found[0] if all(region in others for others in found)]
    if not common:
        fail(
            "variant",
            say("`variant` and `{key}` name two different regions in this row.", key=KEY_COLUMN),
            cells[0].location,
            cells[0].hint(say("Correct one of them, or leave it empty.")),
        )
    if len(common) > 1:
        ids = ", ".join(region.id for region in common if region)
        cell = cells[-1]
        fail(
            "variant",
            say("Several regions have the official key `{key}`: {ids}.", key=cell.text, ids=ids),
            cell.location,
            cell.hint(say("Write the id of one of them into the column `variant`.")),
        )
    return common[0]


def _regions_of(cell: table.TableCell, regions: Regions) -> tuple[Region | None, ...]:
    """The regions that a cell names by id or official key; None for the base.

    An office in a municipality gets the variant of its district if the municipality has none of its
    own. Raises DiagnosticsError if there is no such region.
    """
    if region := regions.get(cell.text):
        return (region,)
    if cell.text.casefold() == BASE_VARIANT:
        return (None,)
    if key := keys.read_key(cell.text):
        return regions.with_key(key) or _fail_unknown(cell, _without_row(key, regions))
    is_number = keys.looks_like_key(cell.text)
    if is_number and any(region.key for region in regions.rows):
        if whole := keys.without_lost_nought(cell.text):
            hint = say(
                "The official key lacks its first nought: write {key}. {keep}", key=whole, keep=KEEP
            )
            _fail_unknown(cell, hint)
        _fail_unknown(cell, keys.LENGTHS)
    ids = [region.id for region in regions.rows]
    if len(ids) < _FEW_REGIONS:  # numbers that look alike belong to other places
        meant = "" if is_number else cell.text
        _fail_unknown(cell, did_you_mean(meant, ids, [BASE_VARIANT]))
    _fail_unknown(cell, say("Use an id or an official key from regions.csv."))


def _without_row(key: keys.OfficialKey, regions: Regions) -> Message:
    """What to do about a key for which there is no region, and none for its district."""
    if not any(region.key for region in regions.rows):
        return say(
            "No region in {file} has an official key: add a column `{column}` there, or write ids.",
            file=regions.file,
            column=KEY_COLUMN,
        )
    return say(
        "{file} has no row for {key}, and none for its district, {district}. Correct the key, add "
        "a row, or write the id of another region, or `{base}`, into the column `variant`.",
        key=key.written,
        file=regions.file,
        district=key.district,
        base=BASE_VARIANT,
    )


def _fail_unknown(cell: table.TableCell, hint: Message) -> NoReturn:
    fail(
        "unknown-variant",
        say("There is no variant `{variant}`.", variant=shortened(cell.text)),
        cell.location,
        cell.hint(hint),
    )


def _duplicate(recipient: Recipient, first: table.TableCell) -> Diagnostic:
    return error(
        "duplicate-address",
        say(
            "`{address}` is in the list twice; the first time is in line {line} (cell {cell}).",
            address=recipient.address.spec,
            line=first.location.line,
            cell=first.name,
        ),
        recipient.location_of("email"),
        recipient.hint("email", say("Delete one of the rows: each address gets one letter.")),
    )
