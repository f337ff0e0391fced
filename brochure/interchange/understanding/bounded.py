"""Understanding a document that a stranger wrote: in a process of its own, within bounds."""

import logging

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.interchange.document import Document
from brochure.interchange.proposal import Proposal
from brochure.interchange.understanding.understanding import understand
from brochure.isolation import Stopped, Worker
from brochure.messages import say

log = logging.getLogger("brochure")


def understand_bounded(document: Document, name: str, language: str = "") -> Proposal:
    """What a document is as a leaflet, see `understand`; `name` is that of its file. Raises
    DiagnosticsError where it cannot be found out within bounds.
    """
    try:
        with Worker() as worker:
            return worker.call(bounds.IMPORT_SECONDS, bounds.MEMORY, understand, document, language)
    except DiagnosticsError:
        raise
    except (Stopped, RecursionError) as reason:
        log.info("%s: %r", name, reason)
    fail(
        "import-understanding",
        say("`{file}` is too long, or made in too strange a way, to be understood.", file=name),
        Location(name),
        say("Save the part of it that is to become a leaflet in a file of its own."),
    )
