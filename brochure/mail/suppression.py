"""``content/suppressed.txt``: who gets no mail from this project, whatever the lists say."""

from dataclasses import dataclass

from brochure.diagnostics import Diagnostic, Place, Problems, raise_errors
from brochure.mail import address
from brochure.mail.address import Address
from brochure.manuscript import yamltree
from brochure.project import Project

FILE = "suppressed.txt"
_LIMIT = 1_000_000  # bytes


@dataclass(frozen=True)
class Suppression:
    """Keys of addresses, and domains, each with where it stands."""

    entries: dict[str, Place]

    def of(self, recipient: Address) -> Place | None:
        """Where it stands that this address gets nothing."""
        return self.entries.get(recipient.key) or self.entries.get(f"@{recipient.domain}")


def read_suppression(project: Project) -> Suppression:
    """A line for an address, or for a domain (``@example.org``); what follows a # is a comment.

    Raises Problems with every line that is neither: it would be passed over silently.
    """
    path = project.content / FILE
    project.seen.add(path)
    if not path.exists() and not path.is_symlink():
        return Suppression({})
    file = project.show(path)
    text, complaints = yamltree.decode(project.read(path, _LIMIT), file)
    entries: dict[str, Place] = {}
    found: list[Diagnostic] = list(complaints)
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.partition("#")[0].strip()
        place = Place(file, number, line.find(entry) + 1)
        if not entry:
            continue
        whole_domain = entry.startswith("@")
        try:
            known = address.parse(f"a{entry}" if whole_domain else entry, place)
        except Problems as problems:
            found += problems.diagnostics
        else:
            entries[f"@{known.domain}" if whole_domain else known.key] = place
    raise_errors(found)
    return Suppression(entries)
