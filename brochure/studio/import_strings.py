"""The words of importing and exporting, see `strings`."""

from brochure.interchange.wording import CONFIDENCE, KINDS
from brochure.messages import Message, say

_N = "{n}"

_BEGIN: dict[str, Message] = {
    "import": say("Begin with a file"),
    "import.about": say(
        "A text that you have already, as quotes and answers. You see what was understood of it, "
        "and correct it, before a leaflet is made; the file itself stays as it is."
    ),
    "import.choose": say("Choose a file …"),
    "import.drop": say("or drop it here"),
    "import.kinds": say("Word, OpenDocument, PDF, Markdown, HTML or plain text"),
    "import.reading": say("{file} is being read …", file="{file}"),
    "import.one-file": say("Please choose one file; each becomes a leaflet of its own."),
    "import.begun": say("Begun, and not accepted yet"),
    "import.since": say("read {time}", time="{time}"),
    "import.discard": say("Discard"),
    "import.discard.name": say("Discard {name}", name="{name}"),
    "import.discard.sure": say("Really discard {name}?", name="{name}"),
    "import.discarded": say("{name} was discarded.", name="{name}"),
}
_PAGE: dict[str, Message] = {
    "import.found.one": say("One pair of quote and commentary was found."),
    "import.found.other": say("{n} pairs of quote and commentary were found.", n=_N),
    "import.found.none": say(
        "No pair of quote and commentary was found. What was read is in the texts below and in "
        "the list at the end; add pairs as soon as the leaflet is there."
    ),
    "import.unsure.one": say("One of them is not sure; look at it closely."),
    "import.unsure.other": say("{n} of them are not sure; look at these closely.", n=_N),
    "import.next-unsure": say("To the next one that is not sure"),
    "import.words": say("Of {n} words", n=_N),
    "import.placed": say("{n} are in the leaflet", n=_N),
    "import.listed": say("{n} are in the list at the end", n=_N),
    "import.none-lost": say("none is lost"),
    "import.lost.one": say("1 is in neither"),
    "import.lost.other": say("{n} are in neither", n=_N),
    "import.lost.title": say("Words that were not understood"),
    "import.lost.about": say(
        "They are somewhere in the file, and neither in the leaflet nor in the list at the end. "
        "Look for them in the file, and write down what is missing."
    ),
    "import.picture.unseen": say("A picture ({kind}) that cannot be shown here", kind="{kind}"),
    "import.head": say("Head"),
    "import.title-field": say("Title"),
    "import.subtitle": say("Subtitle"),
    "import.lead": say("Introduction"),
    "import.columns": say("Headings of the columns"),
    "import.quote_column": say("Left: the document"),
    "import.commentary_column": say("Right: your answer"),
    "import.source": say("Document quoted"),
    "import.source_title": say("Its title"),
    "import.source_address": say("Where it is on the web"),
    "import.reference": say("How references read"),
    "import.end": say("Call, contact, imprint"),
    "import.call": say("Call"),
    "import.contact": say("Contact"),
    "import.imprint": say("Imprint"),
    "import.language": say("Language"),
    "import.heading": say("Heading"),
    "import.text": say("Text"),
    "import.lines": say("Lines"),
    "import.page": say("Page"),
    "import.pairs": say("Pairs"),
    "import.checked": say("checked"),
    "import.check": say("I have checked it"),
    "import.swap": say("Swap sides"),
    "import.swap.name": say("Swap the sides of pair {number}", number="{number}"),
    "import.join": say("Join with the one above"),
    "import.join.name": say("Join pair {number} with the one above", number="{number}"),
    "import.join.pictures": say("Both have a picture, and a pair has room for one only."),
    "import.to-commentary": say("Last paragraph → commentary"),
    "import.to-quote": say("First paragraph → quote"),
    "import.to-commentary.name": say(
        "Move the last paragraph of the quote of pair {number} to the commentary",
        number="{number}",
    ),
    "import.to-quote.name": say(
        "Move the first paragraph of the commentary of pair {number} to the quote",
        number="{number}",
    ),
    "import.left-out": say("Left out, and in the list at the end:"),
    "import.take-back": say("Take it back"),
    "import.take-back.name": say("Take back: {text}", text="{text}"),
    "import.did.swap": say("The sides of pair {number} were swapped.", number="{number}"),
    "import.did.join": say("It is pair {number} now.", number="{number}"),
    "import.did.move": say("The paragraph was moved."),
    "import.did.out": say("Pair {number} was left out.", number="{number}"),
    "import.did.back": say("Pair {number} is back.", number="{number}"),
    "import.did.take": say("Taken into “{field}”.", field="{field}"),
    "import.did.undo": say("Undone."),
    "import.did.redo": say("Done again."),
    "import.leftovers": say("What has no place in the leaflet"),
    "import.leftovers.about": say(
        "It is kept as a comment at the end of the leaflet's file, where nobody who reads the "
        "leaflet sees it. What belongs into the leaflet, take into a text."
    ),
    "import.leftovers.none": say("Everything in the file has its place in the leaflet."),
    "import.changes": say("Tracked changes"),
    "import.changes.one": say("There is one tracked change that nobody has accepted"),
    "import.changes.other": say("There are {n} tracked changes that nobody has accepted", n=_N),
    "import.changes.about": say(
        "Nobody has accepted or rejected these in the file. Insertions are in the text, deletions "
        "are not; look at each, since it changes the meaning."
    ),
    "import.change.insertion": say("inserted, is in the text"),
    "import.change.deletion": say("deleted, is not in the text"),
    "import.change.moved": say("moved"),
    "import.by": say("by {who}", who="{who}"),
    "import.near": say("at “{near}”", near="{near}"),
    "import.show": say("Show its place"),
    "import.take": say("Take into …"),
    "import.take.name": say("Take into a text: {text}", text="{text}"),
    "import.taken": say("taken into a text"),
    "import.accept": say("Create leaflet"),
    "import.accept.about": say(
        "Everything can still be changed then. Nothing that exists is overwritten."
    ),
    "import.accepting": say("The leaflet is being made …"),
    "import.accepted": say("A leaflet was made of this already."),
    "import.open": say("Open the leaflet"),
    "import.offer": say(
        "This browser has corrections of {time} that are not saved.", time="{time}"
    ),
    "import.offer.take": say("Go on with these"),
    "import.offer.forget": say("Forget them"),
    "import.no-title": say("Please write a title."),
}
_ARRIVED: dict[str, Message] = {
    "arrived": say("From {name}: still to be looked at", name="{name}"),
    "arrived.about": say("This was not sure when the file was read:"),
    "arrived.leftovers": say("What else is in the file: notes, changes and the like ({n})", n=_N),
    "arrived.done": say("I have looked at all of it"),
}
_WORD: dict[str, Message] = {
    "word": say("Word …"),
    "word.about": say(
        "For people who comment in Word. What they change comes back with the last button."
    ),
    "word.file": say("As a Word file"),
    "word.markdown": say("As Markdown"),
    "word.back": say("Take over changes from Word …"),
    "word.busy": say("The file is being read …"),
    "word.title": say("Changes in {name}", name="{name}"),
    "word.none": say("This file says the same as the leaflet."),
    "word.count.one": say("One text is different."),
    "word.count.other": say("{n} texts are different.", n=_N),
    "word.leaflet": say("In the leaflet"),
    "word.file-says": say("In the file"),
    "word.take": say("Take it over"),
    "word.leave": say("Leave it as it is"),
    "word.all": say("Take over all that are not quotes"),
    "word.close": say("Close this list"),
    "word.taken": say("taken over"),
    "word.left": say("left as it is"),
    "word.quote": say("A quote was changed!"),
    "word.quote.about": say(
        "A quote must say what the document says, to the letter. Take this over only if the "
        "document says so."
    ),
    "word.conflict": say("Both were changed!"),
    "word.conflict.about": say(
        "Since this file was made, the text was changed in the leaflet, too. What you take over "
        "replaces that."
    ),
    "word.by-hand": say("This cannot be taken over by a button; change it by hand if it is right."),
    "word.beside": say("What stands beside its text"),
}
_KINDS: dict[str, Message] = {
    **{f"import.kind.{kind}": name for kind, name in KINDS.items()},
    **{f"import.{confidence}": name for confidence, name in CONFIDENCE.items()},
}

IMPORT: dict[str, Message] = _BEGIN | _PAGE | _KINDS | _ARRIVED | _WORD
