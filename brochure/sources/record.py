"""Which quotes were verified against which file: ``content/<leaflet>/verified.json``.

A build writes this record. When a source changes, the record tells which quotes were verbatim
before, so that users learn which of them moved, changed or vanished.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Reported, Severity, warning
from brochure.files import read_own
from brochure.manuscript.load import Manuscript
from brochure.messages import Message, joined, plural, say
from brochure.project import Project
from brochure.sources.document import source_references
from brochure.sources.finding import CheckedQuote, Verdict
from brochure.sources.verification import Verification

RECORD_FILE = "verified.json"
# What reading a damaged record may raise; the last one, for brackets without end.
_DAMAGED = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
_SHORT = 12  # characters of a SHA-256 that are shown


@dataclass(frozen=True)
class RecordedQuote:
    """A quote that was verbatim.

    `written`: the file of the leaflet that contains it; `quote`: a digest of its words and
    reference; `source` and `sha256`: the file it was compared with.
    """

    written: str
    passage: str
    quote: str
    reference: str
    source: str
    sha256: str


VerificationRecord = Mapping[tuple[str, str], RecordedQuote]  # by file and passage


def read_record(project: Project, leaflet: str) -> Reported[VerificationRecord]:
    """The record of a leaflet; empty if there is none, or, with a warning, if it is damaged."""
    path = _path(project, leaflet)
    record: dict[tuple[str, str], RecordedQuote] = {}
    try:
        for entry in json.loads(read_own(path, bounds.TABLE))["quotes"]:
            quote = RecordedQuote(**entry)
            if not all(isinstance(value, str) for value in entry.values()):
                raise TypeError
            record[quote.written, quote.passage] = quote
    except FileNotFoundError:
        return Reported({})
    except _DAMAGED:
        diagnostic = warning(
            "verified",
            say(
                "The record of verified quotes cannot be read, so changes to the sources go "
                "unnoticed."
            ),
            Location(project.show(path)),
            say("Restore it from a backup, or build the leaflet, which writes a new one."),
        )
        return Reported({}, (diagnostic,))
    return Reported(record)


def recorded_quotes(manuscript: Manuscript, verification: Verification) -> Iterator[RecordedQuote]:
    """The quotes that are verbatim now."""
    digests = dict(verification.digests)
    for checked in verification.quotes:
        if checked.finding.verdict is Verdict.VERBATIM:
            yield _recorded(manuscript, checked, digests[checked.file])


def write_record(project: Project, leaflet: str, quotes: Sequence[RecordedQuote]) -> None:
    """Add quotes to the record, in which each passage has one; write it only if it changes."""
    old = read_record(project, leaflet).value
    new = {**old, **{(quote.written, quote.passage): quote for quote in quotes}}
    if new == old:
        return
    entries = [asdict(new[key]) for key in sorted(new)]
    text = json.dumps({"quotes": entries}, indent=1, ensure_ascii=False) + "\n"
    with contextlib.suppress(OSError):  # in a read-only folder, changes go unnoticed later
        project.write(_path(project, leaflet), text.encode())


def source_changes(
    manuscript: Manuscript, verification: Verification, record: VerificationRecord
) -> Iterator[Diagnostic]:
    """For each source that has changed: what became of the quotes that were verbatim in it."""
    digests = dict(verification.digests)
    quotes: dict[str, list[CheckedQuote]] = {}
    for checked in verification.quotes:
        quotes.setdefault(checked.file, []).append(checked)
    for source in source_references(manuscript.tree):
        new = digests.get(source.file)
        if new is None:  # it could not be opened
            continue
        affected: list[CheckedQuote] = []
        old = ""
        for checked in quotes.get(source.file, []):
            now = _recorded(manuscript, checked, new)
            before = record.get((now.written, now.passage))
            if before is None or before.quote != now.quote or before.source != now.source:
                continue
            if before.sha256 != new:
                old = before.sha256
                affected.append(checked)
        if old:
            yield _source_changed(source.file, old, new, affected, source.location)


def _source_changed(
    file: str, old: str, new: str, quotes: Sequence[CheckedQuote], location: Location
) -> Diagnostic:
    message = say(
        "`{file}` has changed since its quotes were verified (SHA-256 {old}…, now {new}…).",
        file=file,
        old=old[:_SHORT],
        new=new[:_SHORT],
    )
    groups: dict[str, list[CheckedQuote]] = {
        "unchanged": [], "moved": [], "changed": [], "vanished": []
    }  # fmt: skip
    for checked in quotes:
        groups[_change(checked)].append(checked)
    sentences = [_group(change, group) for change, group in groups.items() if group]
    unchanged = len(groups["unchanged"]) == len(quotes)
    return Diagnostic(
        Severity.NOTE if unchanged else Severity.WARNING,
        "source-changed",
        joined([message, *sentences]),
        location,
        say("The next build records the new file.")
        if unchanged
        else say("Is it another version of the document? Correct the quotes and references below."),
    )


def _change(checked: CheckedQuote) -> str:
    """What became of a quote that was verbatim."""
    match checked.finding.verdict:
        case Verdict.VERBATIM:
            return "unchanged"
        case Verdict.WRONG_LINES | Verdict.AMBIGUOUS:
            return "moved"
        case Verdict.ALTERED:
            return "changed"
    return "vanished"


def _group(change: str, quotes: Sequence[CheckedQuote]) -> Message:
    """How many quotes share a change, and which; those that are unchanged are only counted."""
    n, passages = len(quotes), joined([_passage(checked) for checked in quotes], "; ")
    match change:
        case "unchanged":
            return plural("{n} quote is unchanged.", "{n} quotes are unchanged.", n)
        case "moved":
            return plural(
                "{n} quote has moved ({passages}).",
                "{n} quotes have moved ({passages}).",
                n,
                passages=passages,
            )
        case "changed":
            return plural(
                "{n} quote is different now ({passages}).",
                "{n} quotes are different now ({passages}).",
                n,
                passages=passages,
            )
    return plural(
        "{n} quote has vanished ({passages}).",
        "{n} quotes have vanished ({passages}).",
        n,
        passages=passages,
    )


def _passage(checked: CheckedQuote) -> Message:
    finding = checked.finding
    if finding.verdict is Verdict.WRONG_LINES and finding.actual:
        return say(
            "`{passage}`: {old} → {new}",
            passage=checked.passage,
            old=finding.stated.message,
            new=finding.actual[0].message,
        )
    return say("`{passage}`", passage=checked.passage)


def _recorded(manuscript: Manuscript, checked: CheckedQuote, digest: str) -> RecordedQuote:
    written = manuscript.location(checked.path).file.partition(f"/{manuscript.name}/")[2]
    stated = checked.finding.stated
    content = json.dumps([checked.quote.text.split(), stated.page, stated.lines])
    quote = sha256(content.encode()).hexdigest()[:16]
    return RecordedQuote(written, checked.passage, quote, str(stated), checked.file, digest)


def _path(project: Project, leaflet: str) -> Path:
    return project.manuscript(leaflet).with_name(RECORD_FILE)
