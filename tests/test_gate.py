"""The gate: what is in the way of sending, and what is not."""

from pathlib import Path

import pytest
import trustme

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
from brochure.mail.campaign import Campaign, read_campaign
from brochure.project import Project
from tests.postoffice import LEAFLET, MAIL, Mailroom, office

A = "a@giessen.example.org"


def look(room: Mailroom) -> Campaign:
    room.mailing()
    if not (room.root / "content/probe/recipients.csv").exists():
        room.write("content/probe/recipients.csv", f"email,variant\n{A},gi\n")
    return read_campaign(Project(room.root), "probe")


def errors(room: Mailroom) -> list[str]:
    found = look(room)
    assert found.sendable is (not [d for d in found.diagnostics if d.is_error])
    assert found.sendable is bool(found.outgoing)
    return [d.code for d in found.diagnostics if d.is_error]


def rebuild(room: Mailroom) -> int:
    return room.brochure("build", "--all", "--edition", "email", "--jobs", "1")


def test_what_was_built_and_not_touched_may_go(room: Mailroom) -> None:
    assert errors(room) == []


def test_a_manuscript_that_says_something_else_now(room: Mailroom) -> None:
    room.write("content/probe/leaflet.yaml", LEAFLET.replace("kann das", "kann das nicht"))
    assert errors(room) == ["not-built"]
    (diagnostic,) = [d for d in look(room).diagnostics if d.is_error]
    assert diagnostic.hint == "Run: brochure build probe --edition email --variant gi"
    assert rebuild(room) == 0
    assert errors(room) == []


def test_another_variant_may_be_what_it_likes(room: Mailroom) -> None:
    room.write("content/probe/variants/mr.yaml", "title: Anders\n")
    assert errors(room) == []
    room.write("content/probe/variants/gi.yaml", "title: Anders\n")
    assert errors(room) == ["not-built"]


@pytest.mark.parametrize("data", [None, b"%PDF-1.7 another one"])
def test_a_pdf_that_was_changed_or_is_gone(room: Mailroom, data: bytes | None) -> None:
    path = room.root / "out/probe/gi/probe-gi-email.pdf"
    path.unlink()
    if data:
        path.write_bytes(data)
    assert errors(room) == ["not-built"]


def test_a_stale_override(room: Mailroom) -> None:
    room.write("content/probe/variants/gi.yaml", "title: Anders\n")
    assert rebuild(room) == 0
    assert room.brochure("variants", "accept", "probe", "gi") == 0
    assert rebuild(room) == 0
    assert errors(room) == []
    room.write("content/probe/leaflet.yaml", LEAFLET.replace("title: Titel", "title: Neu"))
    assert rebuild(room) == 0  # a warning there
    assert errors(room) == ["stale"]
    assert room.brochure("variants", "accept", "probe", "gi") == 0
    assert errors(room) == []


def test_preflight_is_to_be_clean(room: Mailroom) -> None:
    room.write("styles/email.css", ".text { font-size: 6pt }")
    assert rebuild(room) == 0  # a warning there
    assert errors(room) == ["small-type"]
    room.write("content/probe/leaflet.yaml", LEAFLET + "  small-type: Er hat gute Augen.\n")
    assert rebuild(room) == 0
    assert errors(room) == []


def test_an_altered_quote(room: Mailroom) -> None:
    room.write("content/probe/sources/v.txt", "Eins\nDie Bürger sollen beteiligt werden.\n")
    quoted = LEAFLET.replace("title: Vertrag\n", "title: Vertrag\n  file: sources/v.txt\n").replace(
        "    commentary:",
        "    quote: {lines: 2, text: Die Bürger sollen beteiligt werden.}\n    commentary:",
    )
    room.write("content/probe/leaflet.yaml", quoted)
    assert rebuild(room) == 0
    assert errors(room) == []
    room.write("content/probe/sources/v.txt", "Eins\nDie Bürger können beteiligt werden.\n")
    assert errors(room) == ["not-built"]  # its source is not what it was
    assert rebuild(room) == 1


def test_a_pdf_that_is_too_large(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    size = (room.root / "out/probe/gi/probe-gi-email.pdf").stat().st_size
    monkeypatch.setattr(bounds, "LETTER_PDF", size)
    assert errors(room) == []
    monkeypatch.setattr(bounds, "LETTER_PDF", size - 1)
    assert errors(room) == ["attachment"]


def test_a_pdf_that_changes_while_it_is_sent(room: Mailroom) -> None:
    (outgoing,) = look(room).outgoing
    assert outgoing.pdf.read(Project(room.root)).startswith(b"%PDF")
    Path(outgoing.pdf.path).write_bytes(b"another one")
    with pytest.raises(DiagnosticsError, match="changed while it was being sent"):
        outgoing.pdf.read(Project(room.root))


def test_the_base_and_variants_together(room: Mailroom) -> None:
    room.write(
        "content/probe/recipients.csv", f"email,variant\n{A},base\nb@giessen.example.org,gi\n"
    )
    found = look(room)
    assert [d.code for d in found.diagnostics if d.is_error] == ["not-built"]
    assert [outgoing.recipient.variant for outgoing in found.outgoing] == ["gi"]
    assert room.brochure("build", "probe", "--edition", "email", "--jobs", "1") == 0
    assert [outgoing.recipient.variant for outgoing in look(room).outgoing] == [None, "gi"]


def test_one_address_in_two_lists(room: Mailroom) -> None:
    second = room.root / "content/zweites"
    second.mkdir()
    for name in ("leaflet.yaml", "regions.csv"):
        (second / name).write_text((room.root / "content/probe" / name).read_text("utf-8"), "utf-8")
    room.mailing()
    mail = (room.root / "content/probe/mail.yaml").read_text("utf-8")
    room.write("content/zweites/mail.yaml", mail)
    room.write("content/zweites/recipients.csv", f"email,variant\nx@y.de,mr\n{A.upper()},mr\n")
    found = look(room)
    assert found.sendable
    (duplicate,) = [d for d in found.diagnostics if d.code == "duplicate-address"]
    assert (duplicate.location.line, "line 3" in duplicate.message) == (2, True)
    room.write("content/probe/mail.yaml", mail + "campaign: eine\n")
    room.write("content/zweites/mail.yaml", mail + "campaign: eine\n")
    found = read_campaign(Project(room.root), "probe")
    assert [d.code for d in found.diagnostics if d.is_error] == ["duplicate-address"]


def test_two_leaflets_of_one_campaign(room: Mailroom, authority: trustme.CA) -> None:
    """Each knows the other's list: nobody is missing from it, and no office gets two letters."""
    second = room.root / "content/zweites"
    second.mkdir()
    for name in ("leaflet.yaml", "regions.csv"):
        (second / name).write_text((room.root / "content/probe" / name).read_text("utf-8"), "utf-8")
    assert rebuild(room) == 0
    b = "b@giessen.example.org"
    room.write("content/probe/recipients.csv", f"email,office,variant\n{A},Amt,gi\n")
    room.write("content/zweites/recipients.csv", f"email,office,variant\n{b},Amt,gi\n")
    with office(authority) as server:
        for name in ("probe", "zweites"):
            mail = MAIL % (server.port, "starttls") + "campaign: eine\n"
            room.write(f"content/{name}/mail.yaml", mail)
        assert room.brochure("mail", "send", "probe", "--yes", "1") == 0
        assert room.brochure("mail", "send", "zweites", "--yes", "1") == 0
        # The same address in the other list now: it has got its letter.
        room.write("content/zweites/recipients.csv", f"email,office,variant\n{A},Amt,gi\n")
        assert room.brochure("mail", "send", "zweites", "--yes", "0") == 1
    assert server.hooks.counts() == {A: 1, b: 1}
