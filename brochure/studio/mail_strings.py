"""The words of the page on which letters are written, looked at and sent, as in `strings.py`."""

from collections.abc import Mapping

from brochure.messages import Message, say

_N = "{n}"

MAIL_STRINGS: Mapping[str, Message] = {
    "mail": say("Mail"),
    "mail.title": say("Mail: {title}", title="{title}"),
    "mail.back": say("Back to the leaflet"),
    "mail.parts": say("Parts of the mail"),
    "mail.letter": say("Letter"),
    "mail.list": say("Recipients"),
    "mail.send": say("Send"),
    "mail.none": say(
        "There is no letter for this leaflet yet. Begin with one, and with a list of recipients; "
        "then put your own words and addresses into them. Nothing is sent until you say so."
    ),
    "mail.begin": say("Begin with a letter and a list"),
    # The letter
    "mail.others": say("In other languages"),
    "mail.other": say("Letter in {language}", language="{language}"),
    "mail.slots": say("What is filled in for each office"),
    "mail.slots.hint": say("Copy these into the subject or the letter, with their braces."),
    "mail.first": say("As it will be"),
    "mail.nth": say("Letter {number} of {n}", number="{number}", n=_N),
    "mail.shown": say("The first {n} of {all} letters can be looked at here.", n=_N, all="{all}"),
    "mail.previous": say("Previous letter"),
    "mail.next": say("Next letter"),
    "mail.draft": say("Download as a draft"),
    "mail.no-letters": say("There is no letter to be sent that could be shown."),
    "mail.see-why": say("See what is in the way"),
    # The list, and the ledger
    "mail.file": say(
        "The list is the file {file}. Edit it in a spreadsheet and save it as CSV UTF-8: this page "
        "sees it at once.",
        file="{file}",
    ),
    "mail.replace": say("Send another list …"),
    "mail.replaced": say("The list was replaced."),
    "mail.former": say("The list was replaced. The former one is kept as {file}.", file="{file}"),
    "mail.returned": say("Read mails that came back …"),
    "mail.returned.hint": say(
        "Bounces and replies, saved from your mail program as .eml files. What they say is noted."
    ),
    "mail.filter": say("Show"),
    "mail.filter.all": say("all"),
    "mail.search": say("Search"),
    "mail.column.office": say("Office"),
    "mail.column.region": say("Region"),
    "mail.column.attachment": say("Attachment"),
    "mail.column.state": say("State"),
    "mail.column.actions": say("What you know of it"),
    "mail.base": say("for all"),
    "mail.found.one": say("1 recipient"),
    "mail.found.other": say("{n} recipients", n=_N),
    "mail.more": say("Show more"),
    "mail.nobody": say("Nobody to be shown."),
    "mail.not-listed": say("no longer in the list"),
    "mail.unknown": say(
        "Where the outcome is unknown, the server may have accepted the letter or not. "
        "Ask the office, or look into your provider's log; then decide:"
    ),
    "mail.action.sent": say("It was sent"),
    "mail.action.again": say("To be sent again"),
    "mail.action.by-hand": say("I sent it by hand"),
    "mail.action.bounced": say("It came back"),
    "mail.action.replied": say("They replied"),
    "mail.action.objected": say("They want no more mail"),
    "mail.note": say("Note …"),
    "mail.note.for": say("Note for {address}", address="{address}"),
    "mail.remark": say("Remark"),
    # What is in the way, and sending
    "mail.in-the-way": say("What is in the way"),
    "mail.nothing": say("Nothing is in the way."),
    "mail.left-out.one": say("and one more like these"),
    "mail.left-out.other": say("and {n} more like these", n=_N),
    "mail.to-list": say("Go to the list"),
    "mail.to-leaflet": say("Go to the leaflet"),
    "mail.build": say("Make the PDFs"),
    "mail.look": say("Look at it first"),
    "mail.test.address": say("Your own address"),
    "mail.test": say("Send three letters to me"),
    "mail.test.hint": say("Three that differ as much as possible, to you only."),
    "mail.drafts": say("Write drafts"),
    "mail.drafts.hint": say(
        "Each letter as a draft for your mail program, in {folder}. Tell the list of recipients "
        "what you send by hand.",
        folder="{folder}",
    ),
    "mail.all": say("Send to all"),
    "mail.count": say("Type the number of letters to send them"),
    "mail.not-yet": say("Letters can be sent as soon as nothing is in the way."),
    "mail.elsewhere": say("Letters are being sent from another window or by a command."),
    "mail.go": say("Send the letters"),
    "mail.stop": say("Stop"),
    "mail.password": say("Password of the mailbox"),
    "mail.password.hint": say("It is used once, now, and stored nowhere."),
    "mail.lines": say("What happened last"),
    "mail.job.send": say("Letters are being sent"),
    "mail.job.test": say("Letters are being sent to you"),
    "mail.job.build": say("PDFs are being made"),
    "mail.ended.send": say("The last sending"),
    "mail.ended.test": say("The last letters to yourself"),
    "mail.ended.build": say("The last PDFs"),
    "mail.became": say("See what became of each letter"),
    "mail.progress": say("{done} of {total}", done="{done}", total="{total}"),
}
