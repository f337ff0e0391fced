"""Begun imports of a project, on disk until they are accepted: what a page shows, and what was
corrected there, outlive the page and the studio.

They lie in this user's own folder for states, readable by nobody else, and not in the project: as
long as nobody has accepted it, what a file contains is none of it.
"""

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from brochure import bounds
from brochure.files import read_own, write_whole
from brochure.interchange.proposal import Proposal
from brochure.messages import say
from brochure.project import Project
from brochure.studio.answers import Json
from brochure.studio.proposals import corrections_of, restored, stored
from brochure.studio.refusal import Refusal
from brochure.studio.secret import SecretStore, state_folder

TOKEN = re.compile(r"[0-9a-f]{16}")
DAYS = 30  # that an import is kept after somebody last worked on it
_MOST = 100  # of one project
_LARGEST = 2 * bounds.PICTURES  # bytes of one, with its pictures
_PRIVATE = 0o600
_WRONG = (OSError, ValueError, KeyError, TypeError, RecursionError)
_DAY = 24 * 3600.0  # seconds


@dataclass(frozen=True)
class Entry:
    """An import by its token. `name` is that of the file, `begun` when it was read (ISO 8601, UTC),
    `leaflet` what was made of it, empty so far.
    """

    token: str
    name: str
    begun: str
    leaflet: str = ""


@dataclass(frozen=True)
class Begun:
    """An import with what was understood, how many `words` the file has, and what was corrected:
    `version` counts how often.
    """

    entry: Entry
    proposal: Proposal
    words: int
    corrections: Json
    version: int = 0


class ImportStore:
    """Where the imports of a project lie. One at a time works on them: the caller sees to that."""

    def __init__(self, project: Project, now: Callable[[], float] = time.time) -> None:
        self._folder = state_folder() / "studio" / f"{SecretStore(project).id}.imports"
        self._now = now

    def add(self, name: str, proposal: Proposal, words: int, leaflet: str = "") -> Begun:
        """Keep a new one; one of which a `leaflet` was made already, for what is to be told of it.
        Raises Refusal where there are too many.
        """
        self._forget_old()
        if len(list(self._tokens())) >= _MOST:
            raise Refusal(
                409,
                say("There are too many imports that nobody has finished."),
                say("Discard some of them on the first page."),
            )
        begun = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")
        entry = Entry(secrets.token_hex(8), name, begun, leaflet)
        made = Begun(entry, proposal, words, corrections_of(proposal))
        self._write(self._large(entry.token), {"words": words, **stored(proposal)})
        self.save(made)
        return made

    def save(self, one: Begun) -> None:
        """Keep what was corrected in one, or what became of it."""
        data = {**asdict(one.entry), "corrections": one.corrections, "version": one.version}
        self._write(self._small(one.entry.token), data)

    def read(self, token: str) -> Begun | None:
        """One of them; None if there is none of this token (any more)."""
        if not TOKEN.fullmatch(token):
            return None
        try:
            data = json.loads(read_own(self._small(token), _LARGEST))
            file = json.loads(read_own(self._large(token), _LARGEST))
            return Begun(
                _entry(data),
                restored(file),
                int(file["words"]),
                data["corrections"],
                int(data["version"]),
            )
        except _WRONG:
            return None

    def all(self) -> list[Entry]:
        """All of them, the newest first."""
        self._forget_old()
        found = []
        for token in list(self._tokens()):
            with suppress(*_WRONG):
                found.append(_entry(json.loads(read_own(self._small(token), _LARGEST))))
        return sorted(found, key=lambda one: one.begun, reverse=True)

    def forget(self, token: str) -> None:
        """Delete one."""
        if TOKEN.fullmatch(token):
            self._small(token).unlink(missing_ok=True)
            self._large(token).unlink(missing_ok=True)

    def _tokens(self) -> Iterator[str]:
        with suppress(OSError):
            for path in self._folder.iterdir():
                if path.suffix == ".json" and TOKEN.fullmatch(path.stem):
                    yield path.stem

    def _forget_old(self) -> None:
        for token in list(self._tokens()):
            with suppress(OSError):
                if self._now() - self._small(token).stat().st_mtime > DAYS * _DAY:
                    self.forget(token)

    def _small(self, token: str) -> Path:
        """What is written at each correction."""
        return self._folder / f"{token}.json"

    def _large(self, token: str) -> Path:
        """What was understood, with all pictures."""
        return self._folder / f"{token}.proposal.json"

    def _write(self, path: Path, data: Json) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, json.dumps(data, ensure_ascii=False).encode(), _PRIVATE)


def _entry(data: Mapping[str, object]) -> Entry:
    return Entry(*(str(data[field.name]) for field in fields(Entry)))
