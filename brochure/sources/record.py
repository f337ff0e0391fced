"""What was verified, and against which file: ``content/<leaflet>/verified.json``.

A build writes it. When a source changes, it tells which quotes stood there before, so that it can
be said which of them moved, which changed, and which vanished.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Severity, warning
from brochure.files import read_own
from brochure.manuscript.load import Manuscript
from brochure.project import Project
from brochure.sources.document import source_references
from brochure.sources.finding import Checked, Verdict
from brochure.sources.verification import Verification

FILE = "verified.json"
# What a file that is not as we wrote it leads to; the last one, brackets without end.
_SPOILT = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
_SHORT = 12  # characters of a SHA-256 that are shown


@dataclass(frozen=True)
class RecordedQuote:
    """A quote that was verbatim: in which file of the leaflet and passage it stands, a digest of
    its words and reference, the source and its SHA-256.
    """

    written: str
    passage: str
    quote: str
    reference: str
    source: str
    sha256: str


Record = Mapping[tuple[str, str], RecordedQuote]  # by file and passage


def read_record(project: Project, leaflet: str) -> tuple[Record, tuple[Diagnostic, ...]]:
    """What was verified, and a warning where the file is spoilt: then nothing is known of it."""
    path = _path(project, leaflet)
    pins: dict[tuple[str, str], RecordedQuote] = {}
    try:
        for entry in json.loads(read_own(path, bounds.TABLE))["quotes"]:
            pin = RecordedQuote(**entry)
            if not all(isinstance(value, str) for value in entry.values()):
                raise TypeError("text is wanted")
            pins[pin.written, pin.passage] = pin
    except FileNotFoundError:
        return {}, ()
    except _SPOILT:
        diagnostic = warning(
            "verified",
            "What was verified before cannot be read, so changes of the sources are not noticed.",
            Location(project.show(path)),
            "Take the file from a backup; or build, which writes down what is right now.",
        )
        return {}, (diagnostic,)
    return pins, ()


def recorded_quotes(manuscript: Manuscript, verification: Verification) -> Iterator[RecordedQuote]:
    """Pins for the quotes that are verbatim now."""
    digests = dict(verification.digests)
    for checked in verification.quotes:
        if checked.finding.verdict is Verdict.VERBATIM:
            yield _pin(manuscript, checked, digests[checked.file])


def write_record(project: Project, leaflet: str, pins: Sequence[RecordedQuote]) -> None:
    """Add pins to those that are there; each passage has one. Nothing is written for nothing."""
    old, _ = read_record(project, leaflet)
    new = {**old, **{(pin.written, pin.passage): pin for pin in pins}}
    if new == old:
        return
    entries = [asdict(new[key]) for key in sorted(new)]
    text = json.dumps({"quotes": entries}, indent=1, ensure_ascii=False) + "\n"
    with contextlib.suppress(OSError):  # a protected folder: then nothing can be told later
        project.write(_path(project, leaflet), text.encode())


def changes(
    manuscript: Manuscript, verification: Verification, pins: Record
) -> Iterator[Diagnostic]:
    """For each source that has changed: what became of the quotes that were verbatim in it."""
    digests = dict(verification.digests)
    quotes: dict[str, list[Checked]] = {}
    for checked in verification.quotes:
        quotes.setdefault(checked.file, []).append(checked)
    for source in source_references(manuscript.tree):
        new = digests.get(source.file)
        groups: dict[str, list[str]] = {"same": [], "moved": [], "changed": [], "vanished": []}
        old = ""
        if new is None:  # it could not be opened
            continue
        for checked in quotes.get(source.file, []):
            now = _pin(manuscript, checked, new)
            before = pins.get((now.written, now.passage))
            if before is None or before.quote != now.quote or before.source != now.source:
                continue
            if before.sha256 == new:
                continue
            old = before.sha256
            groups[_became(checked)].append(_named(checked))
        if old and new:
            yield _report(source.file, old, new, groups, source.location)


def _became(checked: Checked) -> str:
    match checked.finding.verdict:
        case Verdict.VERBATIM:
            return "same"
        case Verdict.WRONG_LINES | Verdict.AMBIGUOUS:
            return "moved"
        case Verdict.ALTERED:
            return "changed"
    return "vanished"


def _named(checked: Checked) -> str:
    finding = checked.finding
    if finding.verdict is Verdict.WRONG_LINES and finding.found:
        return f"`{checked.passage}`: {finding.given} → {finding.found[0]}"
    return f"`{checked.passage}`"


def _report(
    file: str, old: str, new: str, groups: Mapping[str, Sequence[str]], location: Location
) -> Diagnostic:
    same = len(groups["same"])
    parts = [f"{same} stand{'s' * (same == 1)} as before"] if same else []
    for name in ("moved", "changed", "vanished"):
        if groups[name]:
            parts.append(f"{len(groups[name])} {name} ({'; '.join(groups[name])})")
    fine = len(parts) == bool(same)
    return Diagnostic(
        Severity.NOTE if fine else Severity.WARNING,
        "source-changed",
        f"`{file}` has changed since its quotes were verified (SHA-256 {old[:_SHORT]}…, now "
        f"{new[:_SHORT]}…). All were verified again: {', '.join(parts)}.",
        location,
        "A build records the new file."
        if fine
        else "Is it another version of the document? Correct the quotes and references below.",
    )


def _pin(manuscript: Manuscript, checked: Checked, digest: str) -> RecordedQuote:
    written = manuscript.location(checked.path).file.partition(f"/{manuscript.name}/")[2]
    given = checked.finding.given
    said = json.dumps([checked.quote.text.split(), given.page, given.lines])
    quote = sha256(said.encode()).hexdigest()[:16]
    return RecordedQuote(written, checked.passage, quote, str(given), checked.file, digest)


def _path(project: Project, leaflet: str) -> Path:
    return project.manuscript(leaflet).with_name(FILE)
