"""What stands before the pairs of a leaflet, and after them: title, lead, contact, imprint."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from brochure.interchange.document import (
    Block,
    Paragraph,
    Picture,
    Run,
)
from brochure.interchange.proposal import Proposal
from brochure.interchange.understanding.markdown_text import line, markdown, usable_link
from brochure.interchange.understanding.pairs import Notes
from brochure.interchange.understanding.paragraphs import (
    cut,
    flattened,
    is_heading,
    trimmed,
    wholly,
    without_start,
)
from brochure.messages import say

_TITLE_WORDS = 16
_LOOKED_AT = 1_000  # characters of a paragraph by which its place is found
_TITLE_STYLE = re.compile(r"^(?:title|titel)$", re.IGNORECASE)
_SUBTITLE_STYLE = re.compile(r"subtitle|untertitel", re.IGNORECASE)
_IMPRINT = re.compile(
    r"V\.?\s?i\.?\s?S\.?\s?d\.?\s?P|Impressum|\bDruck(?:erei)?\s*:|Herausgeber|Herausgegeben von"
    r"|Verantwortlich(?:e[rn]?)?\b.{0,40}:|Redaktion\s*:|Imprint|Printed by|Published by|Publisher",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[\w.+-]+(?:@|\s?\[at\]\s?|\(at\))[\w-]+\.\w|\b(?:Kontakt|Telefon|Tel|Fon|Mobil|Fax|E-?Mail|Mail"
    r"|Internet|Website|Homepage|Web|Anschrift|Adresse|Ansprechpartner(?:in)?|Contact|Phone|Address"
    r"|Instagram|Facebook)\b\s*[.:]|^\s*(?:https?://|www\.)\S+\s*$"
    r"|(?:straße|str\.|weg|platz|allee|gasse)\s+\d+|\b\d{5}\s+[A-ZÄÖÜ][a-zäöüß]+",
    re.IGNORECASE | re.MULTILINE,
)
_SOURCE = re.compile(
    r"\s*(?P<label>Quelle|Quellen|Quellenangabe|Textgrundlage|Grundlage|Source)\s*:\s*",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"mach(?:t|en Sie)? mit|mitmachen|komm(?:t|en Sie)|unterschreib|unterstütz|spende"
    r"|treffen wir uns"
    r"|wir treffen uns|melde[nt]? (?:Sie|euch)|schreib(?:t|en Sie)|werde(?:t|n Sie)|join us"
    r"|get involved|sign (?:the|our)|donate|come to|write to us|support us",
    re.IGNORECASE,
)
_CONTACT_HEADING = re.compile(
    r"\s*(?:Kontakt(?:e|daten)?|So erreichen Sie uns|Contact(?: us)?|Ansprechpartner(?:innen)?)"
    r"\s*:?\s*",
    re.IGNORECASE,
)
_IMPRINT_HEADING = re.compile(
    r"\s*(?:Impressum|Imprint|V\.?\s?i\.?\s?S\.?\s?d\.?\s?P\.?)\s*:?\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}“”\"]+[^\s<>()\[\]{}“”\".,;:!?]")

_CONTACT_LABEL = re.compile(r"\s*(?:Kontakt|Contact)\s*:\s*(?=\S)", re.IGNORECASE)
Place = Literal["contact", "imprint", "call", "source", ""]


@dataclass
class Surroundings:
    """What was found there, as paragraphs."""

    title: tuple[Run, ...] = ()
    subtitle: tuple[Run, ...] = ()
    lead: list[Paragraph] = field(default_factory=list)
    quote_column: tuple[Paragraph, ...] = ()
    commentary_column: tuple[Paragraph, ...] = ()
    contact: list[Paragraph] = field(default_factory=list)
    imprint: list[Paragraph] = field(default_factory=list)
    call: list[Paragraph] = field(default_factory=list)
    source_title: str = ""
    source_address: str = ""
    picture: Picture | None = None
    logo: Picture | None = None

    def add_picture(self, picture: Picture, notes: Notes) -> None:
        """A picture before the pairs or after them: the logo, if it is above the title."""
        if not self.title and self.logo is None:
            self.logo = picture
        elif self.picture is None and self.title:
            self.picture = picture
        else:
            notes.leave_picture(picture)


def read_front(blocks: Sequence[Block], found: Surroundings, notes: Notes) -> None:
    """What stands before the first pair."""
    parts = [
        trimmed(part) if isinstance(part, Paragraph) else part
        for part in flattened(blocks)
        if isinstance(part, Picture) or part.text.strip()
    ]
    texts = [part for part in parts if isinstance(part, Paragraph)]
    title = _title_at(texts, notes)
    columns = _take_columns(texts, title, found)
    texts = [one for one in texts if not any(one is other for other in columns)]
    for part in parts:
        if isinstance(part, Picture):
            found.add_picture(part, notes)
            continue
        if any(part is other for other in columns):
            continue
        if title is not None and part is title:
            found.title = part.runs
            continue
        if title is not None and not found.title:
            if place_of(part) == "contact":
                found.contact.append(part)
            else:
                found.lead.append(part)
                notes.doubts.append(
                    say("What stands above the title was put into the lead: “{text}”.",
                        text=part.text[:80])
                )  # fmt: skip
        elif _is_subtitle(part, found):
            found.subtitle = part.runs
        elif (source := _SOURCE.match(part.text)) is not None:
            _read_source(part, source, found, notes)
        else:
            found.lead.append(_as_text(part))


def _title_at(texts: Sequence[Paragraph], notes: Notes) -> Paragraph | None:
    styled = next((one for one in texts if _TITLE_STYLE.match(one.style)), None)
    if styled is not None:
        return styled
    levels = [one.heading for one in texts if one.heading]
    if levels:
        return next(one for one in texts if one.heading == min(levels))
    bold = next((one for one in texts if is_heading(one)), None)
    if bold is not None:
        return bold
    short = next(
        (one for one in texts
         if len(one.text.split()) <= _TITLE_WORDS and not one.text.endswith((".", ":", ","))
         and place_of(one) == ""),
        None,
    )  # fmt: skip
    if short is not None:
        notes.doubts.append(say("Nothing shows a title; the first short line was taken for it."))
    return short


def _take_columns(
    texts: Sequence[Paragraph], title: Paragraph | None, found: Surroundings
) -> list[Paragraph]:
    """The last lines before the pairs, if they are the headings of two columns."""
    if found.quote_column or not texts:
        return []
    last = texts[-1]
    if last is not title and last.text.count("\t") == 1 and len(last.text.split()) <= _TITLE_WORDS:
        left = cut(last.runs, 0, last.text.index("\t"))
        right = cut(last.runs, last.text.index("\t") + 1)
        found.quote_column = (replace(last, runs=left),)
        found.commentary_column = (replace(last, runs=right),)
        return [last]
    after = texts[next((i for i, one in enumerate(texts) if one is title), -1) + 1 :]
    if len(after) < 2 or not is_heading(after[-1]) or not is_heading(after[-2]):
        return []
    first, second = after[-2:]
    if first.heading != second.heading or (len(after) > 2 and is_heading(after[-3]) and
                                           after[-3].heading == first.heading):  # fmt: skip
        return []
    found.quote_column, found.commentary_column = (first,), (second,)
    return [first, second]


def _is_subtitle(paragraph: Paragraph, found: Surroundings) -> bool:
    if found.subtitle or not found.title:
        return False
    if _SUBTITLE_STYLE.search(paragraph.style):
        return True
    return not found.lead and is_heading(paragraph)


def _as_text(paragraph: Paragraph) -> Paragraph:
    """A heading as a line in bold type, of which a lead may have some."""
    if not paragraph.heading:
        return paragraph
    return replace(paragraph, runs=tuple(replace(run, strong=True) for run in paragraph.runs))


def _read_source(
    paragraph: Paragraph, match: re.Match[str], found: Surroundings, notes: Notes
) -> None:
    """“Quelle: …”, with an address."""
    if found.source_title:
        notes.leave([paragraph])
        return
    notes.consumed.append(match["label"])
    rest = without_start(paragraph, match.end())
    address = _ADDRESS.search(rest.text)
    link = next((run.link for run in rest.runs if usable_link(run.link)), "")
    found.source_address = address[0] if address else link
    text = rest.text
    if address:
        text = f"{text[: address.start()]} {text[address.end() :]}"
    found.source_title = re.sub(r"\s+", " ", text).strip(" ,;:()–-")


def place_of(paragraph: Paragraph) -> Place:
    """Where a paragraph at the end of a leaflet, or above its title, belongs by what it says."""
    text = paragraph.text[:_LOOKED_AT]
    if _SOURCE.match(text):
        return "source"
    if _IMPRINT.search(text):
        return "imprint"
    if _CONTACT.search(text) and len(text.split()) <= 60:
        return "contact"
    if _CALL.search(text) and len(text.split()) <= 60:
        return "call"
    return ""


def heading_place(text: str) -> Place:
    """What stands under a heading at the end, by its words."""
    if _CONTACT_HEADING.fullmatch(text):
        return "contact"
    if _IMPRINT_HEADING.fullmatch(text):
        return "imprint"
    return "call" if _CALL.search(text) else ""


def tail_of(texts: Sequence[Paragraph], *, italics: bool) -> int:
    """Where the text of the last commentary ends, and what stands below the pairs begins.

    `italics`: commentaries are in italics, so that upright text is none.
    """
    if italics:
        upright = [i for i, one in enumerate(texts) if not wholly(one.runs, emphasis=True)]
        last = max((i for i in range(len(texts)) if i not in upright), default=-1)
        if last >= 0 and last + 1 < len(texts) and not any(one.item for one in texts[last + 1 :]):
            return last + 1
    at = len(texts)
    while at > 1 and not texts[at - 1].item and place_of(texts[at - 1]):
        at -= 1
    return at


def read_back(blocks: Sequence[Block], found: Surroundings, notes: Notes) -> None:
    """What stands after the last pair. What fits nowhere goes to the leftovers."""
    place: Place = ""
    calls = bool(found.call)
    for block in flattened(blocks):
        if isinstance(block, Picture):
            if found.logo is None:
                found.logo = block
            else:
                notes.leave_picture(block)
            continue
        if not block.text.strip():
            continue
        one = trimmed(block)
        own = place_of(one)
        if is_heading(one) and own in ("", "call", "contact", "imprint"):
            place = heading_place(one.text)
            if place in ("contact", "imprint"):
                notes.consumed.append(one.text)
            elif place == "call" and not calls:
                found.call.append(one)
            else:
                notes.leave([one])
            continue
        if own == "source" and (match := _SOURCE.match(one.text)):
            _read_source(one, match, found, notes)
        elif own == "imprint" or place == "imprint":
            found.imprint.append(one)
            place = place if place == "imprint" else ""
        elif own == "contact" or place == "contact":
            label = _CONTACT_LABEL.match(one.text)
            if label and not found.contact:  # the leaflet has this word above the contact itself
                notes.consumed.append(label[0])
                one = without_start(one, label.end())
            found.contact.append(one)
        elif own == "call" or (place == "call" and found.call):
            found.call.append(one)
        else:
            notes.leave([one])
            notes.doubts.append(
                say("What stands below the pairs has no place yet: “{text}”.",
                    text=one.text[:80])
            )  # fmt: skip


def _call(texts: Sequence[Paragraph]) -> str:
    """The call, a heading as its first line."""
    if not texts or not is_heading(texts[0]):
        return markdown(texts)
    heading, *rest = texts
    return "\n\n".join(filter(None, (line(heading.runs), markdown(rest))))


def proposal_of(found: Surroundings) -> Proposal:
    """A proposal with these texts, as yet without passages and language."""
    return Proposal(
        language="",
        title=line(found.title),
        passages=(),
        subtitle=line(found.subtitle),
        lead=markdown(found.lead),
        source_title=found.source_title,
        source_address=found.source_address,
        quote_column=" ".join(line(one.runs) for one in found.quote_column),
        commentary_column=" ".join(line(one.runs) for one in found.commentary_column),
        call=_call(found.call),
        contact=markdown(found.contact),
        imprint=markdown(found.imprint),
        picture=found.picture,
        logo=found.logo,
    )
