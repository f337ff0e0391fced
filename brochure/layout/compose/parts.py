"""Parts of a leaflet that an edition should show, and what press law asks of its imprint.

In Germany, press law is that of the states, and on this point they agree almost to the word: every
printed matter names, with an address, the printer and the publisher; where it is self-published,
the author or the editor in place of the publisher (§ 8 (1) LPresseG NRW, Art. 7 (1) BayPrG, § 7 (1)
Berliner Pressegesetz and the like; overview: Deutscher Bundestag, Wissenschaftliche Dienste,
WD 10 - 3000 - 053/17). A responsible editor (V. i. S. d. P.) is asked of periodicals only, though
many leaflets name one. On the web, § 18 (1) MStV asks for the name and address of the provider.
"""

import re
from collections.abc import Iterator

from brochure.diagnostics import Diagnostic, note, warning
from brochure.layout.edition import Edition
from brochure.manuscript.load import Manuscript
from brochure.manuscript.model.leaflet import Imprint, Party
from brochure.messages import KeyName, Message, joined, plural, say

_GERMAN = ("de", "de-DE")
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_PRINTING = re.compile("druck|kopier|copy", re.IGNORECASE)


def check_parts(manuscript: Manuscript, edition: Edition, name: str) -> Iterator[Diagnostic]:
    """Warnings about parts that an edition, called `name`, requires and a leaflet lacks; a note
    about the appendix, where it does not print that.
    """
    leaflet, on_paper = manuscript.leaflet, edition.output == "pdf"
    if leaflet.verification == "appendix" and not edition.appendix:
        yield note(
            "appendix",
            say(
                "The edition `{edition}` prints no appendix, but a line that says how many quotes "
                "were verified.",
                edition=name,
            ),
            manuscript.location(("verification",)),
            say(
                "Its sheet has no room for more pages; the other editions print it. If you want it "
                "here, too: `appendix: true` in the edition, in styles/editions.yaml."
            ),
        )
    german = leaflet.language in _GERMAN
    for part in edition.requires:
        if getattr(leaflet, part) is None:
            yield warning(
                f"no-{part}",
                plural(
                    "The leaflet has no `{field}`, which the edition {editions} should show.",
                    "The leaflet has no `{field}`, which the editions {editions} should show.",
                    1,
                    field=KeyName(part, (part,)),
                    editions=f"`{name}`",
                ),
                manuscript.location(()),
                _law(german=german, on_paper=on_paper)
                if part == "imprint"
                else say("Add `{field}: …`.", field=part),
            )
        elif part == "imprint" and leaflet.imprint and on_paper:
            lacking = tuple(_lacking(leaflet.imprint, german=german))
            if lacking:
                yield warning(
                    "imprint",
                    joined(lacking),
                    manuscript.location(("imprint",)),
                    _law(german=german, on_paper=True),
                )


def _lacking(imprint: Imprint, *, german: bool) -> Iterator[Message]:
    """What an imprint on paper lacks, as far as can be told; of a text, only in German."""
    text = imprint.text
    if text is None:
        yield from _lacking_party(
            imprint.publisher,
            say("The imprint does not say who publishes the leaflet (`publisher:`)."),
            say("The imprint has no address of the publisher."),
        )
        yield from _lacking_party(
            imprint.printer,
            say("The imprint does not say who prints the leaflet (`printer:`)."),
            say("The imprint has no address of the printer."),
        )
    elif german:
        parties = [party for party in (imprint.publisher, imprint.responsible) if party]
        addresses = " ".join([text, *(party.address or "" for party in parties)])
        if imprint.printer is None and not _PRINTING.search(text):
            yield say("The imprint does not seem to say who prints the leaflet.")
        if not _POSTCODE.search(addresses):
            yield say("The imprint does not seem to have a postal address.")


def _lacking_party(party: Party | None, nobody: Message, nowhere: Message) -> Iterator[Message]:
    if party is None:
        yield nobody
    elif party.address is None:
        yield nowhere


def _law(*, german: bool, on_paper: bool) -> Message:
    if not on_paper:
        return say(
            "Add `imprint: …`. In Germany, a web page has to name who provides it, with a postal "
            "address (§ 18 MStV)."
        )
    if not german:
        return say(
            "In many countries, press law asks leaflets to name, with an address, who prints and "
            "who publishes them. Write it under `imprint:` as `printer:` and `publisher:`, each "
            "with `name:` and `address:`."
        )
    return say(
        "In Germany, the press laws of the states ask every printed leaflet to name, with an "
        "address, the printer and the publisher; if you publish it yourselves, its author or "
        "editor (§ 8 LPresseG NRW, Art. 7 BayPrG and the like). Write it under `imprint:` as "
        "`printer:` and `publisher:`, each with `name:` and `address:`. If you print it on a "
        "machine of your own, you are the printer, too."
    )
