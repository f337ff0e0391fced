"""What the studio refuses, or cannot do, as a value: a status of HTTP, a sentence, a hint."""

from collections.abc import Sequence

from brochure.diagnostics import Diagnostic, DiagnosticsError
from brochure.messages import EMPTY, Message, say


class Refusal(Exception):
    """A request is answered with an error. `diagnostics` are what was found in files, if any."""

    def __init__(
        self,
        status: int,
        message: Message,
        hint: Message = EMPTY,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint
        self.diagnostics = tuple(diagnostics)


def refusal_of(failed: DiagnosticsError) -> Refusal:
    """What is wrong in files as the answer to a request that cannot be done because of it."""
    first = next(d for d in failed.diagnostics if d.is_error)
    status = {"exists": 409, "cannot-write": 503}.get(first.code, 422)
    return Refusal(status, first.message, first.hint, failed.diagnostics)


def unknown_leaflet(name: str) -> Refusal:
    """There is no leaflet of this name."""
    return Refusal(
        404,
        say("There is no leaflet `{name}`.", name=name[:100]),
        say("It may have been renamed or deleted. All leaflets are on the first page."),
    )


def unknown_region(name: str) -> Refusal:
    """The table of a leaflet has no region of this id."""
    return Refusal(
        404,
        say("There is no region `{name}` in the table.", name=name[:100]),
        say("It may have been renamed or left out. All regions are on the page of the variants."),
    )


def no_such_page() -> Refusal:
    """There is nothing at this address."""
    return Refusal(404, say("There is no such page."), say("All leaflets are on the first page."))


def malformed() -> Refusal:
    """A request is not what a page of the studio sends."""
    return Refusal(400, say("This request is not in the form that the studio expects."))


def too_large(limit: int) -> Refusal:
    """A file has more bytes than one of its kind may have."""
    return Refusal(
        413,
        say("This file is too large: at most {limit} MB can be used.", limit=limit // 1_000_000),
        say("Save a smaller one, or only the part that you need."),
    )
