"""What was understood of a document, as JSON: stored, shown on a page, and corrected there.

What comes from the page are `corrections`: the texts as they are to be, each pair with those of the
document that it was made `of`. Everything else (pictures, doubts, what fits nowhere) stays what the
document says, so that no page can lose it.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from brochure import bounds
from brochure.interchange.document import Kind, Leftover, Picture
from brochure.interchange.proposal import (
    Confidence,
    Proposal,
    ProposedCommentary,
    ProposedPassage,
    ProposedQuote,
)
from brochure.interchange.understanding.accounting import words_of
from brochure.messages import Message, Value
from brochure.studio.answers import Json
from brochure.studio.changes import cleaned

#: The texts of a leaflet beside its pairs.
TEXTS = (
    "language", "title", "subtitle", "lead", "quote_column", "commentary_column", "source_title",
    "source_address", "reference", "call", "contact", "imprint",
)  # fmt: skip
_QUOTE, _COMMENTARY = ("heading", "text", "lines", "page"), ("heading", "text")
_CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)  # from the best to the worst
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


class WrongCorrectionsError(ValueError):
    """Corrections are not such as the page makes of this proposal."""


# --- Stored ------------------------------------------------------------------------------------


def stored(proposal: Proposal) -> Json:
    """A proposal as JSON data, which `restored` reads."""
    return {
        **{name: getattr(proposal, name) for name in TEXTS},
        "passages": [_stored_passage(passage) for passage in proposal.passages],
        "picture": _stored_picture(proposal.picture),
        "logo": _stored_picture(proposal.logo),
        "leftovers": [leftover_data(leftover) for leftover in proposal.leftovers],
        "lost": list(proposal.lost),
        "doubts": [_stored_message(doubt) for doubt in proposal.doubts],
    }


def restored(data: Mapping[str, Any]) -> Proposal:
    """The proposal that was stored. Raises KeyError, TypeError or ValueError for anything else."""
    return Proposal(
        **{name: str(data[name]) for name in TEXTS},
        passages=tuple(map(_restored_passage, data["passages"])),
        picture=_restored_picture(data["picture"]),
        logo=_restored_picture(data["logo"]),
        leftovers=tuple(
            Leftover(_KINDS[one["kind"]], one["text"], one["near"], one["who"])
            for one in data["leftovers"]
        ),
        lost=tuple(map(str, data["lost"])),
        doubts=tuple(map(_restored_message, data["doubts"])),
    )


def _stored_passage(passage: ProposedPassage) -> Json:
    return {
        "id": passage.id,
        **_sides(passage),
        "picture": _stored_picture(passage.picture),
        "confidence": passage.confidence,
        "doubts": [_stored_message(doubt) for doubt in passage.doubts],
    }


def _restored_passage(data: Mapping[str, Any]) -> ProposedPassage:
    quote, commentary = data["quote"], data["commentary"]
    return ProposedPassage(
        str(data["id"]),
        ProposedQuote(**quote) if quote else None,
        ProposedCommentary(**commentary) if commentary else None,
        _restored_picture(data["picture"]),
        _CONFIDENCES[_CONFIDENCES.index(data["confidence"])],
        tuple(map(_restored_message, data["doubts"])),
    )


def _stored_picture(picture: Picture | None) -> Json | None:
    if picture is None:
        return None
    return {
        "data": b64encode(picture.data).decode(),
        "mime": picture.mime,
        "description": picture.description,
        "line": picture.line,
    }


def _restored_picture(data: Mapping[str, Any] | None) -> Picture | None:
    if data is None:
        return None
    return Picture(b64decode(data["data"]), data["mime"], data["description"], data["line"])


def _stored_message(message: Message) -> Json:
    values = {
        name: _stored_message(value) if isinstance(value, Message) else value
        for name, value in message.values.items()
    }
    return {"template": message.template, "many": message.many, "values": values}


def _restored_message(data: Mapping[str, Any]) -> Message:
    values: dict[str, Value] = {
        name: _restored_message(value) if isinstance(value, dict) else value
        for name, value in data["values"].items()
    }
    return Message(data["template"], values, data["many"])


# --- Shown -------------------------------------------------------------------------------------


def corrections_of(proposal: Proposal) -> Json:
    """The corrections that change nothing: what a page begins with."""
    return {
        **{name: getattr(proposal, name) for name in TEXTS},
        "passages": [
            {"of": [at], **_sides(passage), "out": False, "checked": False}
            for at, passage in enumerate(proposal.passages)
        ],
        "taken": [],
    }


def leftover_data(leftover: Leftover) -> Json:
    """What fits nowhere as JSON data."""
    return {field.name: getattr(leftover, field.name) for field in fields(Leftover)}


def counts(proposal: Proposal, words: int) -> Json:
    """How many of the `words` of the file are in the leaflet, in the list of what fits nowhere, and
    lost. What was inserted is in the leaflet, too.
    """
    left = (one.text for one in proposal.leftovers if one.kind != "insertion")
    listed, lost = sum(len(words_of(text)) for text in left), len(proposal.lost)
    return {"placed": max(0, words - listed - lost), "listed": listed, "lost": lost}


def pictures(proposal: Proposal) -> Iterator[Picture | None]:
    """The picture of each passage, then that of the leaflet and its logo."""
    yield from (passage.picture for passage in proposal.passages)
    yield proposal.picture
    yield proposal.logo


def _sides(passage: ProposedPassage) -> Json:
    return {
        "quote": _side(passage.quote, _QUOTE),
        "commentary": _side(passage.commentary, _COMMENTARY),
    }


def _side(side: ProposedQuote | ProposedCommentary | None, names: tuple[str, ...]) -> Json | None:
    return None if side is None else {name: getattr(side, name) for name in names}


# --- Corrected ---------------------------------------------------------------------------------


def corrected(proposal: Proposal, data: object) -> Proposal:
    """A proposal with the corrections of a page. Raises WrongCorrectionsError.

    A pair that was made of several has the doubts of all, unless somebody has checked it. What was
    left out is among the leftovers, as those are that were not taken into a text.
    """
    if not isinstance(data, dict):
        raise WrongCorrectionsError
    passages, left_out = [], []
    known = [at for one in _objects(data, "passages") for at in _indices(one, "of")]
    if sorted(known) != list(range(len(proposal.passages))):
        raise WrongCorrectionsError
    for one in _objects(data, "passages"):
        passage = _corrected_passage(proposal, one)
        if _flag(one, "out"):
            left_out += list(_left_out(passage))
        elif passage.quote or passage.commentary or passage.picture:
            passages.append(passage)
    taken = _indices(data, "taken")
    if len(set(taken)) < len(taken) or not all(at < len(proposal.leftovers) for at in taken):
        raise WrongCorrectionsError
    kept = [one for at, one in enumerate(proposal.leftovers) if at not in taken]
    texts: dict[str, Any] = {name: _text(data, name) for name in TEXTS}
    return replace(proposal, **texts, passages=tuple(passages), leftovers=(*kept, *left_out))


def _corrected_passage(proposal: Proposal, data: Mapping[str, object]) -> ProposedPassage:
    of = [proposal.passages[at] for at in _indices(data, "of")]
    found = [one.picture for one in of if one.picture is not None]
    if not of or len(found) > 1:  # one of them would be lost
        raise WrongCorrectionsError
    quote = _texts(data, "quote", _QUOTE)
    commentary = _texts(data, "commentary", _COMMENTARY)
    checked = _flag(data, "checked")
    worst = max((one.confidence for one in of), key=_CONFIDENCES.index)
    return ProposedPassage(
        of[0].id,
        ProposedQuote(**quote) if quote else None,
        ProposedCommentary(**commentary) if commentary else None,
        found[0] if found else None,
        "sure" if checked else worst,
        () if checked else tuple(doubt for one in of for doubt in one.doubts),
    )


def _left_out(passage: ProposedPassage) -> Iterator[Leftover]:
    """The words of a pair that was left out."""
    for side in (passage.quote, passage.commentary):
        if side is not None:
            text = "\n\n".join(filter(None, (side.heading, side.text)))
            reference = passage.quote if side is passage.quote else None
            near = ", ".join(filter(None, (reference.page, reference.lines))) if reference else ""
            yield Leftover("other", text, near)


def _objects(data: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = data.get(key)
    if not isinstance(value, list) or len(value) > bounds.PASSAGES:
        raise WrongCorrectionsError
    if not all(isinstance(one, dict) for one in value):
        raise WrongCorrectionsError
    return value


def _indices(data: Mapping[str, object], key: str) -> list[int]:
    value = data.get(key)
    if not isinstance(value, list) or len(value) > bounds.NODES:
        raise WrongCorrectionsError
    if not all(type(one) is int and one >= 0 for one in value):
        raise WrongCorrectionsError
    return value


def _flag(data: Mapping[str, object], key: str) -> bool:
    value = data.get(key)
    if not isinstance(value, bool):
        raise WrongCorrectionsError
    return value


def _texts(data: Mapping[str, object], key: str, names: tuple[str, ...]) -> dict[str, str] | None:
    """The texts of a side; None where it has none."""
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise WrongCorrectionsError
    texts = {name: _text(value, name) for name in names}
    return texts if any(texts.values()) else None


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise WrongCorrectionsError
    clean = cleaned(value)
    assert isinstance(clean, str | None)
    return clean or ""
