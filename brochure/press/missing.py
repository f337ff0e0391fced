"""What a leaflet lacks: parts that its edition asks for, characters that no font has, QR codes."""

from functools import partial

from brochure.diagnostics import Diagnostic, Place, error, warning
from brochure.manuscript import markup
from brochure.manuscript.load import Manuscript, texts
from brochure.press import codes, fonts
from brochure.press.edition import Edition

_SEEN = 100  # characters of an address by which it is found in its text


def missing_parts(manuscript: Manuscript, edition: Edition, name: str) -> list[Diagnostic]:
    """Parts of a leaflet that an edition, by its name, should show."""
    hints = {
        "imprint": "In Germany press law asks every printed leaflet for the name and postal "
        "address of who is responsible (V. i. S. d. P.). Add `imprint: …`.",
    }
    return [
        warning(
            f"no-{part}",
            f"The leaflet has no `{part}`, which the edition `{name}` should show.",
            manuscript.place(()),
            hints.get(part, f"Add `{part}: …`."),
        )
        for part in edition.expects
        if getattr(manuscript.leaflet, part) is None
    ]


def missing_glyphs(
    manuscript: Manuscript, html: str, template: Place, covered: frozenset[int]
) -> list[Diagnostic]:
    """Characters that no font has: of the manuscript first, then of what the template adds."""
    complaints: list[Diagnostic] = []
    written = ""
    for path, text in texts(manuscript.leaflet):
        place_of = partial(manuscript.place, path)
        complaints += fonts.diagnose(_named(manuscript, path), text, covered, place_of)
        written += text
    added = "".join(set(html) - set(written))
    named = "the template or the language file"
    return [*complaints, *fonts.diagnose(named, added, covered, lambda _: template)]


def missing_codes(manuscript: Manuscript, edition: Edition) -> list[Diagnostic]:
    """Links that are to have a QR code and cannot, as they are too long to be scanned."""
    wanted = manuscript.leaflet.codes or () if edition.codes else ()
    complaints: list[Diagnostic] = []
    for path, text in texts(manuscript.leaflet):
        if path[0] not in wanted or path[-1] == "heading":
            continue
        found = (text,) if path[-1] == "address" else markup.hrefs(text)
        for address in found:
            try:
                codes.check(address)
            except codes.NoCode as reason:
                complaints.append(
                    error(
                        "code",
                        f"This link can have no QR code: {reason}.",
                        manuscript.place(path, address[:_SEEN]),
                        "Take a shorter address, or leave this part out of `codes:`.",
                    )
                )
    return complaints


def _named(manuscript: Manuscript, path: tuple[str | int, ...]) -> str:
    """What a text is called in a complaint: ``the commentary of passage `regel```."""
    if path[0] != "passages":
        return "the " + " ".join(str(step) for step in path)
    passage = manuscript.leaflet.passages[int(path[1])]
    return f"the {' '.join(str(step) for step in path[2:])} of passage `{passage.id}`"
