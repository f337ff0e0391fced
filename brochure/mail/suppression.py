"""Who must not be written to: ``content/suppressed.txt``."""

from collections.abc import Mapping
from dataclasses import dataclass

from brochure.diagnostics import DiagnosticsError, Location, raise_errors
from brochure.mail.address import Address, parse_address
from brochure.manuscript.variants.cells import cell_diagnostic, is_error_value
from brochure.manuscript.yaml import parser
from brochure.project import Project

SUPPRESSION_FILE = "suppressed.txt"
_LIMIT = 1_000_000  # bytes


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
    decoded = parser.decode_text(project.read(path, _LIMIT), file)
    diagnostics = list(decoded.diagnostics)
    entries: dict[str, Location] = {}
    for number, line in enumerate(decoded.value.split("\n"), 1):
        entry = line.partition("#")[0].strip()
        if is_error_value(line.strip()):  # it begins like a comment, but an address has stood there
            entry = line.strip()
        if not entry:
            continue
        location = Location(file, number, line.find(entry) + 1)
        if wrong := cell_diagnostic(entry, location):
            diagnostics.append(wrong)
            continue
        whole_domain = entry.startswith("@")
        try:
            address = parse_address(f"a{entry}" if whole_domain else entry, location)
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
        else:
            entries[f"@{address.domain}" if whole_domain else address.key] = location
    raise_errors(diagnostics)
    return Suppression(entries)
