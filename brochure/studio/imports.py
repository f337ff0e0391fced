"""From a file to a leaflet: what was understood of it is looked at, corrected, and accepted."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from brochure.interchange.document import Picture
from brochure.interchange.leaflet_file import create_from
from brochure.interchange.outgoing import Origin
from brochure.interchange.proposal import Proposal
from brochure.interchange.reading.container import ZIP
from brochure.interchange.reading.reader import read_document
from brochure.interchange.recreation import recreate
from brochure.interchange.returned import origin_of
from brochure.interchange.understanding.accounting import words_of_document
from brochure.interchange.understanding.bounded import understand_bounded
from brochure.messages import catalogue, say
from brochure.project import Project
from brochure.starters import free_name
from brochure.studio.answers import Download, Json
from brochure.studio.import_store import Begun, ImportStore
from brochure.studio.proposals import (
    WrongCorrectionsError,
    corrected,
    counts,
    leftover_data,
    pictures,
)
from brochure.studio.refusal import Refusal, malformed, no_such_page
from brochure.studio.start import leaflets, project_begins
from brochure.studio.uploads import shown_name

_SHOWN = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}  # by a browser


@dataclass(frozen=True)
class Understood:
    """What was understood of a file, and how many words that has."""

    proposal: Proposal
    words: int


def understood(data: bytes, name: str) -> Understood:
    """A leaflet as it is understood of a file. Raises DiagnosticsError."""
    document = read_document(data, name)
    proposal = understand_bounded(document, name)
    doubts = (*(found.message for found in document.diagnostics), *proposal.doubts)
    return Understood(replace(proposal, doubts=doubts), len(words_of_document(document)))


class Imports:
    """The imports of a project. `creating` is held while a leaflet gets its name; `read` reads
    files, whatever they are.
    """

    def __init__(
        self,
        project: Project,
        creating: threading.Lock,
        read: Callable[[bytes, str], Understood] = understood,
    ) -> None:
        self._project, self._creating, self._understand = project, creating, read
        self._store = ImportStore(project)
        self._lock = threading.Lock()

    def begin(self, name: str, data: bytes) -> Json:
        """Read a file, and keep what was understood: its `token`. One that went out as a leaflet
        is that `leaflet` again, at once. Raises DiagnosticsError, or Refusal.
        """
        shown = shown_name(name)
        if not data:
            raise Refusal(422, say("This file is empty."))
        if origin := origin_of(data):
            return self._made_again(shown, data, origin)
        made = self._understand(data, shown)
        with self._lock:
            return {"token": self._store.add(shown, made.proposal, made.words).entry.token}

    def _made_again(self, name: str, data: bytes, origin: Origin) -> Json:
        """The leaflet that a file went out as, with all that was changed in it; what must not be
        overlooked is told when it is opened.
        """
        if origin.leaflet in leaflets(self._project):
            raise Refusal(
                409,
                say(
                    "`{file}` went out as the leaflet `{leaflet}`, which is here.",
                    file=name,
                    leaflet=origin.leaflet,
                ),
                say("Open that, and take over what was changed in the file, at “Word …”."),
            )
        document = read_document(data, name) if data.startswith(ZIP) else None
        made = recreate(data, name, origin, document)
        proposal = replace(made.proposal, doubts=tuple(one.message for one in made.diagnostics))
        with self._lock, self._creating, project_begins(self._project):
            made.write(self._project.root, origin.leaflet)
            self._store.add(name, proposal, 0, origin.leaflet)
        return {"leaflet": origin.leaflet}

    def begun(self) -> list[Json]:
        """Those that nobody has accepted yet, the newest first."""
        with self._lock:
            every = self._store.all()
        return [
            {"token": one.token, "name": one.name, "begun": one.begun}
            for one in every
            if not one.leaflet
        ]

    def name(self, token: str) -> str:
        """The name of the file that one is made of. Raises Refusal."""
        with self._lock:
            return self._read(token).entry.name

    def sheet(self, token: str, language: str) -> Json:
        """What a page shows of one: what was understood, and what was corrected so far."""
        with self._lock:
            begun = self._read(token)
        proposal, words = begun.proposal, catalogue(language)
        return {
            "token": token,
            "name": begun.entry.name,
            "version": begun.version,
            "leaflet": begun.entry.leaflet or None,
            "corrections": begun.corrections,
            "passages": [
                {
                    "confidence": passage.confidence,
                    "doubts": [words(doubt) for doubt in passage.doubts],
                    "picture": _picture_data(token, at, passage.picture),
                }
                for at, passage in enumerate(proposal.passages)
            ],
            "pictures": [
                shown
                for at, picture in enumerate((proposal.picture, proposal.logo))
                if (shown := _picture_data(token, len(proposal.passages) + at, picture))
            ],
            "doubts": [words(doubt) for doubt in proposal.doubts],
            "leftovers": [leftover_data(one) for one in proposal.leftovers],
            "lost": list(proposal.lost),
            "counts": counts(proposal, begun.words),
        }

    def picture(self, token: str, number: int) -> Download:
        """A picture that browsers can show, by its number. Raises Refusal."""
        with self._lock:
            found = list(pictures(self._read(token).proposal))
        picture = found[number] if number < len(found) else None
        kind = _kind(picture) if picture else None
        if picture is None or kind is None:
            raise no_such_page()
        return Download("", kind, picture.data)

    def save(self, token: str, body: Json) -> Json:
        """Keep the corrections of a request, which are based on a `version`. Raises Refusal."""
        with self._lock:
            saved = self._saved(token, body)
        now = datetime.now().astimezone()
        return {"version": saved.version, "saved_at": now.isoformat(timespec="seconds")}

    def accept(self, token: str, body: Json, language: str) -> Json:
        """Make the leaflet as the corrections of a request say; its name. Comments in its file are
        in the `language` of the reader. Raises Refusal, or DiagnosticsError. Who accepts twice gets
        the same leaflet.
        """
        with self._lock:
            before = self._read(token)
            if before.entry.leaflet in leaflets(self._project):
                return {"leaflet": before.entry.leaflet}
            begun = self._saved(token, body)
            proposal = corrected(begun.proposal, begun.corrections)
            if not proposal.title:
                raise Refusal(422, say("A leaflet needs a title."), say("Write it at the top."))
            with self._creating, project_begins(self._project):
                name = free_name(proposal.title, leaflets(self._project))
                create_from(self._project.root, name, proposal, words=catalogue(language))
            self._store.save(replace(begun, entry=replace(begun.entry, leaflet=name)))
        return {"leaflet": name}

    def discard(self, token: str) -> Json:
        """Forget one that was begun."""
        with self._lock:
            self._store.forget(token)
        return {}

    def arrived(self, leaflet: str, language: str) -> Json:
        """What is still to be looked at of a leaflet that was made of a file: the doubts about its
        pairs, and what fits nowhere. Without a `token`, there is nothing.
        """
        words = catalogue(language)
        with self._lock:
            tokens = [one.token for one in self._store.all() if one.leaflet == leaflet]
            begun = self._store.read(tokens[0]) if tokens else None
        if begun is None:
            return {}
        proposal = corrected(begun.proposal, begun.corrections)
        doubts: list[Json] = [
            {"passage": None, "number": None, "text": words(one)} for one in proposal.doubts
        ]
        for number, passage in enumerate(proposal.passages, 1):
            doubts += [
                {"passage": passage.id, "number": number, "text": words(one)}
                for one in passage.doubts
            ]
        return {
            "token": begun.entry.token,
            "name": begun.entry.name,
            "doubts": doubts,
            "leftovers": [leftover_data(one) for one in proposal.leftovers],
        }

    def looked_through(self, leaflet: str) -> None:
        """Nothing of a leaflet is to be looked at any more: forget what it was made of."""
        with self._lock:
            for one in self._store.all():
                if one.leaflet == leaflet:
                    self._store.forget(one.token)

    def _read(self, token: str) -> Begun:
        begun = self._store.read(token)
        if begun is None:
            raise Refusal(
                404,
                say("This import is not there any more."),
                say("It was discarded, or nobody worked on it for a month. Send the file again."),
            )
        return begun

    def _saved(self, token: str, body: Json) -> Begun:
        begun = self._read(token)
        corrections, version = body.get("corrections"), body.get("version")
        if begun.corrections == corrections:  # as after an answer that got lost
            return begun
        if version != begun.version:
            raise Refusal(
                409,
                say("This import was corrected in another window meanwhile."),
                say("Load this page again: it asks which of the two is right."),
            )
        try:
            corrected(begun.proposal, corrections)
        except WrongCorrectionsError:
            raise malformed() from None
        assert isinstance(corrections, dict)
        saved = replace(begun, corrections=corrections, version=begun.version + 1)
        self._store.save(saved)
        return saved


def _picture_data(token: str, number: int, picture: Picture | None) -> Json | None:
    """What a page shows of a picture; without an address where browsers cannot show it."""
    if picture is None:
        return None
    address = f"/api/imports/{token}/pictures/{number}" if _kind(picture) else None
    return {"address": address, "description": picture.description, "mime": picture.mime}


def _kind(picture: Picture) -> str | None:
    """Its media type by what it contains, whatever the file says."""
    return next((kind for head, kind in _SHOWN.items() if picture.data.startswith(head)), None)
