"""The words of the studio's pages and scripts, each under a name: `strings["new"]` in templates,
and in the JSON element ``strings`` for scripts, where {name} stands for a value that they fill in.
"""

from collections.abc import Mapping

from brochure.messages import Catalogue, Message, say
from brochure.studio.import_strings import IMPORT
from brochure.studio.mail_strings import MAIL_STRINGS
from brochure.studio.variant_strings import VARIANTS

_N = "{n}"

_BOTH: dict[str, Message] = {
    "studio": say("Studio"),
    "language": say("Language"),
    "noscript": say("This page needs JavaScript; please allow it for this address."),
    "refused": say("The studio could not do that."),
    "needed": say("needed"),
    "usual": say("As usual"),
    "yes": say("Yes"),
    "no": say("No"),
    "nothing": say("nothing"),
    "severity.error": say("Error:"),
    "severity.open": say("Still needed:"),
    "severity.held": say("Not in the file yet:"),
    "severity.waits": say("Not in the file yet:"),
    "severity.warning": say("Warning:"),
    "severity.note": say("Note:"),
    "errors.one": say("1 error"),
    "errors.other": say("{n} errors", n=_N),
    "warnings.one": say("1 warning"),
    "warnings.other": say("{n} warnings", n=_N),
}
_START: dict[str, Message] = {
    "start.leaflets": say("Leaflets"),
    "start.none": say(
        "There is no leaflet here yet. Begin with one that has everything a leaflet needs, "
        "and replace its words with yours."
    ),
    "start.looking": say("is being looked at …"),
    "start.open": say("{n} still needed", n=_N),
    "start.unbuilt": say("no pages made yet"),
    "start.current": say("up to date"),
    "start.outdated": say("older than the text"),
    "start.quotes": say("Quotes:"),
    "start.stale": say("{n} to be looked through", n=_N),
    "start.letters": say("Letters:"),
    "fine": say("nothing to object to"),
    "variants.one": say("1 variant"),
    "variants.other": say("{n} variants", n=_N),
    "changed": say("changed {time}", time="{time}"),
    "new": say("New leaflet"),
    "new.title": say("Title"),
    "new.title.hint": say("The main line. You can change it at any time."),
    "new.untitled": say("Please write a title."),
    "new.starter": say("Begin with"),
    "new.design": say("How it looks"),
    "new.language": say("Language of the leaflet"),
    "new.create": say("Create leaflet"),
}
_EDITOR: dict[str, Message] = {
    "home": say("All leaflets"),
    "views": say("View"),
    "view.write": say("Write"),
    "view.pages": say("Pages"),
    "view.check": say("Check"),
    "more": say("More"),
    "sample": say("sample text"),
    "fold.empty": say("still empty"),
    "fold.error": say("there is an error in it"),
    "fold.held": say("not all of it is in the file yet"),
    "fold.waits": say("not all of it is in the file yet"),
    "fold.open": say("something is still needed"),
    "fold.warning": say("there is a warning"),
    "entry.add": say("Add one"),
    "entry.name": say("Name"),
    "entry.text": say("Text"),
    "more.pair": say("More about this pair"),
    "characters.one": say("One character that no text may contain is left out."),
    "characters.other": say("{n} characters that no text may contain are left out.", n=_N),
    "calendar": say("Calendar"),
    "pick": say("Pick a colour"),
    "contrast.good": say("Contrast on white {ratio} : 1, easy to read", ratio="{ratio}"),
    "contrast.low": say(
        "Contrast on white {ratio} : 1. Text needs 4.5 : 1; choose a darker colour.",
        ratio="{ratio}",
    ),
    "marks": say("Emphasis and links"),
    "mark.bold": say("Bold"),
    "mark.italic": say("Italic"),
    "mark.link": say("Link"),
    "mark.list": say("List"),
    "key.ctrl": say("Ctrl"),
    "key.shift": say("Shift"),
    "check.none": say("fine"),
    "check.fine": say("There is nothing to object to."),
    "check.count.one": say("1 message"),
    "check.count.other": say("{n} messages", n=_N),
    "check.go": say("Go to the field"),
}
_SAVING: dict[str, Message] = {
    "state.loading": say("Loading …"),
    "state.saving": say("Saving …"),
    "state.saved": say("Saved {time}", time="{time}"),
    "state.all": say("All saved"),
    "state.offline": say("Not connected. Your words stay here until it works again."),
    "state.again": say("Connected again, saved {time}", time="{time}"),
    "state.connected": say("Connected again, all saved"),
    "other-project": say(
        "Another project answers at this address now. Nothing is saved; open the studio of "
        "this project again."
    ),
    "open.held.one": say("1 field is not in the file yet"),
    "open.held.other": say("{n} fields are not in the file yet", n=_N),
    "open.conflicts.one": say("1 field was changed elsewhere, too"),
    "open.conflicts.other": say("{n} fields were changed elsewhere, too", n=_N),
    "conflict.question": say("This text was changed in the file meanwhile. Which one is right?"),
    "conflict.yours": say("Your text"),
    "conflict.theirs": say("Text in the file"),
    "conflict.keep": say("Keep my text"),
    "conflict.take": say("Take the text in the file"),
    "conflict.in": say("{field}: this text was changed in the file meanwhile.", field="{field}"),
    "restore.title": say("Not saved yet"),
    "restore.found.one": say(
        "When this page was closed at {time}, one change was not in the file.", time="{time}"
    ),
    "restore.found.other": say(
        "When this page was closed at {time}, {n} changes were not in the file.",
        time="{time}",
        n=_N,
    ),
    "restore.take": say("Take them over"),
    "restore.forget": say("Forget them"),
}
_PASSAGES: dict[str, Message] = {
    "pair": say("Pair"),
    "pair.name": say("Pair {number}", number="{number}"),
    "pair.id": say("pair-{n}", n=_N),
    "side.quote": say("Quote"),
    "side.commentary": say("Commentary"),
    "pair.first": say("Add a pair"),
    "pair.here": say("Add a pair here"),
    "pair.after": say("Add a pair here, after pair {number}", number="{number}"),
    "up": say("Up"),
    "down": say("Down"),
    "remove": say("Leave out"),
    "pair.up": say("Move pair {number} up", number="{number}"),
    "pair.down": say("Move pair {number} down", number="{number}"),
    "pair.remove": say("Leave out pair {number}", number="{number}"),
    "pair.added": say("Pair {number} was added.", number="{number}"),
    "pair.moved": say("It is pair {number} now.", number="{number}"),
    "pair.left-out": say("Pair {number} was left out. {name}", number="{number}", name="{name}"),
    "pair.stays": say(
        "Pair {number} was changed elsewhere meanwhile, and is still here.", number="{number}"
    ),
    "pair.back": say("Pair {number} is back.", number="{number}"),
    "undo": say("Undo"),
    "redo": say("Redo"),
    "drag": say("Drag to move"),
    "undo.add": say("Add pair {number}", number="{number}"),
    "undo.remove": say("Leave out pair {number}", number="{number}"),
    "undo.move": say("Move pair {number}", number="{number}"),
}
_PREVIEW: dict[str, Message] = {
    "edition": say("Edition"),
    "variant": say("Variant"),
    "variant.base": say("for all"),
    "variant.edit": say("Edit this variant"),
    "further": say("More about this leaflet"),
    "variant.form": say("The form and the verdicts on quotes are those of the text for all."),
    "download": say("Download"),
    "print": say("Print"),
    "print.blocked": say("The browser does not open the file for printing. Download it instead."),
    "archive": say("All editions"),
    "archive.hint": say("The usual editions together, in one ZIP file"),
    "preview.first": say("The pages are being set …"),
    "preview.as-of": say("As of {time}", time="{time}"),
    "preview.busy": say("As of {time}, being set anew …", time="{time}"),
    "preview.stuck": say(
        "As of {time}, still without your last words: {reason}", time="{time}", reason="{reason}"
    ),
    "preview.none": say("There are no pages yet: {reason}", reason="{reason}"),
    "preview.blocked": say("It cannot be printed like this: {reason}", reason="{reason}"),
    "sheets.one": say("1 sheet"),
    "sheets.other": say("{n} sheets", n=_N),
    "lines.over.one": say("1 line more than fits on {pages}", pages="{pages}"),
    "lines.over.other": say("{n} lines more than fit on {pages}", n=_N, pages="{pages}"),
    "lines.short.one": say("for {pages}, about 1 line is missing", pages="{pages}"),
    "lines.short.other": say("for {pages}, about {n} lines are missing", n=_N, pages="{pages}"),
    "lines.left.one": say("room for about 1 line more"),
    "lines.left.other": say("room for about {n} lines more", n=_N),
    "preview.unsaved": say("they are not saved yet"),
    "preview.offline": say("The studio does not answer."),
    "preview.alt": say("Page {number}: {text}", number="{number}", text="{text}"),
    "preview.pick": say("{name}: go to its text", name="{name}"),
    "pages.one": say("1 page"),
    "pages.other": say("{n} pages", n=_N),
}

_SOURCE: dict[str, Message] = {
    "source": say("Source"),
    "source.open": say("Show in the source"),
    "source.for": say("for pair {number}", number="{number}"),
    "source.reading": say("The document is being read …"),
    "source.glance": say("The document is being read; these are its first pages."),
    "source.none": say("No document is named that could be quoted. Send the file of it:"),
    "source.search": say("Search in the source"),
    "source.previous": say("Previous place"),
    "source.next": say("Next place"),
    "source.hit": say("{number} of {n}", number="{number}", n=_N),
    "source.nothing": say("nothing found"),
    "source.go-page": say("Page"),
    "source.page": say("Page {page}", page="{page}"),
    "source.lines": say("Lines of the source"),
    "source.keys": say(
        "Arrow keys go from line to line, with Shift they mark; Enter takes what is marked as a "
        "quote, Escape goes back to the text."
    ),
    "source.earlier": say("Earlier lines"),
    "source.later": say("Further lines"),
    "source.mark": say("Mark lines by clicking, or words by dragging over them."),
    "source.marked.one": say("1 line is marked"),
    "source.marked.other": say("{n} lines are marked", n=_N),
    "source.marked.words": say("Words are marked"),
    "source.take": say("Take as quote {number}", number="{number}"),
    "source.new": say("Take as a new pair"),
    "source.taken": say("Taken over: {reference}.", reference="{reference}"),
    "undo.take": say("Take a quote into pair {number}", number="{number}"),
    "undo.correct": say("Correct the quote of pair {number}", number="{number}"),
    "verdict.waits": say("is being compared …"),
    "correct": say("Correct …"),
    "correct.choose": say("Which place? …"),
    "correct.which": say("The source says this several times. Which place is meant?"),
    "correct.lines": say("The words are right, but they stand elsewhere."),
    "correct.text": say("The source says it in other words."),
    "correct.yours": say("In the leaflet"),
    "correct.source": say("In the source"),
    "correct.do": say("Take it over"),
    "correct.leave": say("Leave it as it is"),
    "upload.source": say("Add a document …"),
    "upload.picture": say("Add a picture …"),
    "upload.source.kinds": say("PDF, Word, OpenDocument, text, Markdown or HTML"),
    "upload.picture.kinds": say("PNG, JPEG or SVG"),
    "upload.busy": say("Is being added …"),
    "file.none": say("no file"),
}

_PAGES = _BOTH | _START | _EDITOR | _SAVING | _PASSAGES | _PREVIEW | _SOURCE
STRINGS: Mapping[str, Message] = {**_PAGES, **VARIANTS, **MAIL_STRINGS, **IMPORT}


def strings(words: Catalogue) -> dict[str, str]:
    """All of them in one language."""
    return {name: words(message) for name, message in STRINGS.items()}
