"""What the studio can do in a project: the door between its addresses and the work itself."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Json = Mapping[str, object]


@dataclass(frozen=True)
class Download:
    """A file for the browser to keep."""

    name: str
    media_type: str
    data: bytes


class Backend(Protocol):
    """What the studio can do, in a project. Every function may take its time, is called in some
    thread, and raises Refusal or DiagnosticsError. `name` is that of a leaflet which is there,
    `language` the reader's.
    """

    @property
    def name(self) -> str:
        """The name of the project, as people see it."""

    @property
    def content(self) -> Path:
        """The folder in which changes are watched."""

    def leaflets(self) -> tuple[str, ...]:
        """The names of all leaflets."""

    def digest(self, name: str) -> str | None:
        """The digest of the file of a leaflet; None if it cannot be read."""

    def project_overview(self, language: str) -> Json:
        """All leaflets with their state, and what a new one can be made of."""

    def design_picture(self, design: str) -> bytes:
        """The picture of a design, a PNG."""

    def new_leaflet(self, body: Json, language: str) -> Json:
        """Make a leaflet; its name, as ``{"leaflet": …}``."""

    def leaflet(self, name: str, language: str) -> Json:
        """What a leaflet says, and the form to change it in."""

    def save(self, name: str, body: Json, language: str) -> Json:
        """Save changes; what is saved, what was changed by others, and what is kept as a draft."""

    def discard(self, name: str, body: Json, language: str) -> Json:
        """Forget what is held of a field: it shows what the file says."""

    def preview(
        self,
        name: str,
        edition: str,
        variant: str,
        language: str,
        gone: threading.Event | None = None,
    ) -> Json:
        """The pages of an edition as they are now; empty names: the default one, the base.

        `gone` is set when nobody waits for them any more.
        """

    def outdated(self, name: str) -> object:
        """What has changed since pages of a leaflet were made, beside its file: a value that is
        another one after each change.
        """

    def picture(self, name: str, picture: str) -> bytes:
        """The picture of a page, a PNG, by its digest."""

    def file(self, name: str, edition: str, variant: str, language: str) -> Download:
        """The file of an edition, built."""

    def diagnostics(self, name: str, edition: str, language: str) -> Json:
        """All that is wrong with a leaflet and its variants, in an edition or the default ones."""

    def source(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Lines of the document that a passage quotes."""

    def find(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Where words are in that document."""

    def excerpt(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Lines of that document as a quote."""

    def verdicts(self, name: str, language: str) -> Json:
        """The verdict on each quote of a leaflet, and how it can be corrected."""

    def files(self, name: str, language: str) -> Json:
        """The documents and pictures of a leaflet."""

    def upload(self, name: str, use: str, file: str, data: bytes) -> Json:
        """Add a document or a picture, sent under the name `file`, to a leaflet."""

    def close(self) -> None:
        """End what is being typeset; it is of no use any more. Saving goes on."""
