"""Letters: slots, plain text and HTML of the same words, languages."""

import re
from pathlib import Path

import pytest

from brochure.diagnostics import Diagnostic, DiagnosticsError
from brochure.mail.campaign import Campaign, read_campaign
from brochure.mail.letter.template import plain_text
from brochure.manuscript.text.language import load_language
from brochure.manuscript.text.markdown import Renderer
from brochure.manuscript.text.typography import Typography
from brochure.project import Project
from tests.conftest import ROOT
from tests.postoffice import MAIL, Mailroom

HEAD = "from: a@example.org\nserver: {host: smtp.example.org}\n"
REST = "subject: x\nletter: y\n"
LETTERS = Renderer(Typography(load_language(Project(ROOT), "de")), "live", together=False)
LIST = "email,office,salutation,variant,language\na@giessen.de,Amt,Liebe Frau Ünal,gi,\n"


def campaign(room: Mailroom, mail: str = MAIL % (1, "tls"), table: str = LIST) -> Campaign:
    room.write("content/probe/mail.yaml", mail)
    room.write("content/probe/recipients.csv", table)
    return read_campaign(Project(room.root), "probe")


def diagnostics(room: Mailroom, mail: str = MAIL % (1, "tls"), table: str = LIST) -> set[str]:
    """All diagnostics, as `file:line:column code`; that quotes are unchecked is none of these."""
    try:
        found: tuple[Diagnostic, ...] = campaign(room, mail, table).diagnostics
    except DiagnosticsError as failed:
        found = failed.diagnostics
    assert all(d.hint for d in found)
    return {f"{d.location.file.rpartition('/')[2]}:{d.location.line}:{d.location.column} {d.code}"
            for d in found}  # fmt: skip


def test_slots_of_office_and_region(room: Mailroom) -> None:
    (outgoing,) = campaign(room).outgoing
    assert outgoing.letter.subject == "Bürgerbeteiligung in Gießen"
    assert outgoing.letter.text == (
        "Liebe Frau Ünal,\n\nwir schicken Ihnen ein Flugblatt für *Gießen*.\n\n"
        "Wenn Sie keine weiteren E-Mails von uns erhalten möchten, genügt eine kurze Antwort auf "
        "diese Nachricht.\n"
    )
    assert "Flugblatt für <strong>Gießen</strong>." in outgoing.letter.html
    assert '<html lang="de">' in outgoing.letter.html
    assert '<div lang="de" dir="ltr"' in outgoing.letter.html
    assert "span" not in outgoing.letter.html
    assert "http" not in outgoing.letter.html
    (base,) = campaign(room, table="email,variant\na@giessen.de,base\n").recipients
    assert base.variant is None


def test_a_default_where_the_list_has_nothing(room: Mailroom) -> None:
    (outgoing,) = campaign(room, table="email,variant\na@giessen.de,gi\n").outgoing
    assert outgoing.letter.text.startswith("Sehr geehrte Damen und Herren,\n")


def test_what_the_list_lacks(room: Mailroom) -> None:
    mail = HEAD + "subject: x\nletter: '{{ recipient.salutation }}'\n"
    table = "email,salutation,variant\na@giessen.de,,gi\nb@giessen.de,Hallo,gi\n"
    assert "recipients.csv:2:14 slot-without-value" in diagnostics(room, mail, table)
    assert [p.recipient.address.spec for p in campaign(room, mail, table).outgoing] == [
        "b@giessen.de"
    ]
    mail = HEAD + "subject: x\nletter: '{{ recipient.anrede }}'\n"
    assert "mail.yaml:4:23 unknown-slot" in diagnostics(room, mail)
    mail = HEAD + "subject: x\nletter: '{{ region.ort }}'\n"
    assert "mail.yaml:4:20 unknown-slot" in diagnostics(room, mail)
    mail = HEAD + "subject: '{{ recipient.salutation }}'\nletter: x\n"
    table = 'email,salutation,variant\na@giessen.de,"A\nBcc: x@y.de",gi\n'
    (outgoing,) = campaign(room, mail, table).outgoing
    assert outgoing.letter.subject == "A Bcc: x@y.de"  # one line, whatever stands in the cell


@pytest.mark.parametrize(
    ("mail", "diagnostic"),
    [
        ("subject: x\nletter: y\n", "mail.yaml:1:1 missing"),
        (HEAD + "subject: x\n", "mail.yaml:1:1 missing"),
        (HEAD + "subject: x\nletter: y\nsubjekt: z\n", "mail.yaml:5:1 unknown-key"),
        (HEAD + "subject: x\nletter: y\npassword: z\n", "mail.yaml:5:1 unknown-key"),
        (HEAD + "subject: x\nletter: y\npace: 0\n", "mail.yaml:5:7 value"),
        (HEAD + "subject: x\nletter: y\nedition: nichts\n", "mail.yaml:5:10 unknown-edition"),
        (HEAD + "subject: x\nletter: y\nedition: web\n", "mail.yaml:5:10 edition"),
        (HEAD + "subject: x\nletter: y\nreply-to: niemand\n", "mail.yaml:5:11 address"),
        (HEAD + "subject: x\nletter: y\ncampaign: Zwei Worte\n", "mail.yaml:5:11 pattern"),
        (HEAD + "subject: x\nletter: '[a](ftp://x)'\n", "mail.yaml:4:10 link"),
        (HEAD + "subject: x\nletter: y {{ region.name\n", "mail.yaml:4:11 slot"),
        (HEAD + "subject: x\nletter: Frau MÃ¼ller\n", "mail.yaml:4:14 broken-letters"),
        (HEAD + "subject: „für“ fÃ¼r\nletter: y\n", "mail.yaml:3:16 broken-letters"),
        (
            "from: '{{ region.name }} <a@example.org>'\nserver: {host: smtp.example.org}\n" + REST,
            "mail.yaml:1:8 slot-here",
        ),
        (
            "from: a@example.org\nserver: {host: 'smtp://example.org'}\nsubject: x\nletter: y\n",
            "mail.yaml:2:16 host",
        ),
        (
            f"from: a@example.org\nserver: {{host: smtp.example.org, security: none}}\n{REST}",
            "mail.yaml:2:44 value",
        ),
        (
            f"from: a@example.org\nserver: {{host: smtp.example.org, user: b@example.org}}\n{REST}",
            "mail.yaml:2:40 sender",
        ),
        (
            f"from: a@example.org\nserver: {{host: smtp.example.org, user: m12345}}\n{REST}",
            "mail.yaml:2:40 sender",
        ),
    ],
)
def test_mistakes_in_the_letter(room: Mailroom, mail: str, diagnostic: str) -> None:
    assert diagnostic in diagnostics(room, mail)


def test_another_language(room: Mailroom) -> None:
    mail = MAIL % (1, "tls") + (
        "languages:\n  uk:\n    subject: Листівка\n    letter: Вітаємо {{ recipient.name }}\n"
        "  ar:\n    subject: منشور\n    letter: مرحبا\n    objection: لا\n"
    )
    table = (
        "email,name,variant,language\na@giessen.de,Анно,gi,uk\nb@giessen.de,,gi,ar\n"
        "c@giessen.de,,gi,\nd@giessen.de,,gi,fr\n"
    )
    assert "recipients.csv:5:18 no-letter" in diagnostics(room, mail, table)
    first, second, third = campaign(room, mail, table).outgoing
    assert (first.letter.language, first.letter.subject) == ("uk", "Листівка")
    assert "достатньо короткої відповіді" in first.letter.text  # how to object, in its language
    assert 'lang="ar" dir="rtl"' in second.letter.html
    assert second.letter.text == "مرحبا\n\nلا\n"
    assert third.letter.language == "de"
    mail = MAIL % (1, "tls") + "languages:\n  xx:\n    subject: a\n    letter: b\n"
    assert "mail.yaml:15:5 unknown-language" in diagnostics(room, mail)


def test_a_column_of_the_regions_may_be_for_the_letter_alone(room: Mailroom) -> None:
    room.write(
        "content/probe/regions.csv", "id,name,ags,kontakt\ngi,Gießen,06531,Anna\nvb,V,06535,\n"
    )
    room.write("content/probe/mail.yaml", HEAD + "subject: x\nletter: '{{ region.kontakt }}'\n")
    table = "email,variant\na@giessen.de,06531\nb@giessen.de,vb\n"
    room.write("content/probe/recipients.csv", table)
    assert room.brochure("build", "--all", "--edition", "email", "--jobs", "1") == 0
    found = campaign(room, HEAD + "subject: x\nletter: '{{ region.kontakt }}'\n", table)
    assert [outgoing.letter.text.split("\n")[0] for outgoing in found.outgoing] == ["Anna"]
    locations = {
        (Path(d.location.file).name, d.location.line) for d in found.diagnostics if d.is_error
    }
    assert locations == {
        ("regions.csv", 3), ("mail.yaml", 4),
    }  # fmt: skip


def test_plain_text_is_complete_in_itself() -> None:
    text = (
        "Ein *Wort* & **mehr**,\\\nneue Zeile [hier](https://example.org/x), https://example.org/, "
        "a@example.org, [**0641 1**](tel:06411).\n\n- eins\\\n  zwei\n- drei\n  - vier\n    fünf\n"
        "\n3. sechs\n\n   sieben\n4. 10-12 Uhr, Bürger- und Ämter\n\nEnde"
    )
    assert plain_text(LETTERS, LETTERS.tokens(text)) == (
        "Ein Wort & *mehr*,\nneue Zeile hier (https://example.org/x), https://example.org/, "
        "a@example.org, *0641 1* (06411).\n\n– eins\n  zwei\n– drei\n  – vier fünf\n"
        "3. sechs\nsieben\n4. 10–12\u202fUhr, Bürger- und Ämter\n\nEnde"
    )


def test_a_wrapped_line_of_a_letter_begins_no_list() -> None:
    text = "Wir laden Sie ein zum\n3. Mai 2031, und zwar\n- wie immer - um 10 Uhr."
    printed = (
        "Wir laden Sie ein zum 3.\u00a0Mai 2031, und zwar\u00a0– wie immer\u00a0– um 10\u202fUhr."
    )
    assert plain_text(LETTERS, LETTERS.tokens(text)) == printed
    assert LETTERS.block(text) == f"<p>{printed}</p>"


def test_numbers_in_an_arabic_letter_keep_their_order() -> None:
    """Set off in HTML; in plain text, with a mark before them that makes them left-to-right."""
    arabic = load_language(Project(ROOT), "ar")
    renderer = Renderer(Typography(arabic), "live", together=False, direction="rtl")
    text = "هاتف 0641 306-12 أو 18:00\n\nEin Satz, 9-17 Uhr!"
    assert (
        plain_text(renderer, renderer.tokens(text))
        == "هاتف \u200e0641 306-12 أو 18:00\n\nEin Satz, 9-17 Uhr!"
    )
    assert renderer.block(text) == (
        '<p>هاتف <span dir="ltr">0641 306-12</span> أو 18:00</p>'
        '<p dir="ltr">Ein Satz, 9-17 Uhr!</p>'
    )


def test_an_empty_item_of_a_list_leaves_no_marker_behind() -> None:
    assert plain_text(LETTERS, LETTERS.tokens("- eins\n-\n\nEnde")) == "– eins\n\nEnde"
    assert plain_text(LETTERS, LETTERS.tokens("-\n- zwei")) == "– zwei"


@pytest.mark.parametrize("text", ["a *b* [c](https://e.org)", "1. a\n2. b\n\n- c", "Vor- und 3-4"])
def test_both_forms_of_a_letter_have_the_same_words(text: str) -> None:
    html = LETTERS.block(text)
    words = re.sub(r"<li style='list-style-type: \"([^\"]*)\"'>", r"\1", html)
    words = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 (\1)", words)
    words = re.sub(r"</(p|li)>", " ", words)
    assert (
        re.sub(r"<[^>]*>", "", words).split() == plain_text(LETTERS, LETTERS.tokens(text)).split()
    )
