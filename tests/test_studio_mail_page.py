"""The page of the mail in a real browser, with real mail servers: from the letter to the ledger."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
import yaml
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from brochure.mail.delivery import send
from brochure.mail.delivery.entries import DeliveryState
from brochure.mail.delivery.send import Pauses
from brochure.project import Project
from brochure.studio.workplace import Workplace
from tests.postoffice import MAIL, PASSWORD, Faults, Mailroom, Office, office
from tests.studio_browser import Running, append, browser, run, signed_in, state
from tests.test_studio_mail import A, B, C, ended, not_built, states

__all__ = ["browser", "state"]  # fixtures
D = "d@giessen.example.org"
SLOW = MAIL.replace("pace: 600", "pace: 1")  # a letter a minute: the second waits


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Pauses(retry=(0.01,), connect=(0.01,), refusal=0.01, longest=0.01)
    monkeypatch.setattr(send, "Pauses", lambda: pauses)


@pytest.fixture
def faults() -> Faults:
    """What goes wrong in a test."""
    return Faults()


@pytest.fixture
def server(room: Mailroom, authority: trustme.CA, faults: Faults) -> Iterator[Office]:
    with office(authority, faults) as running:
        room.mailing(running.port)
        room.recipients(A, B, C, D)
        yield running


@pytest.fixture
def studio(room: Mailroom, server: Office) -> Iterator[Running]:
    with run(Workplace(Project(room.root))) as running:
        yield running


@pytest.fixture
def context(browser: Browser, studio: Running) -> Iterator[BrowserContext]:
    with signed_in(browser, studio) as context:
        yield context


def opened(context: BrowserContext, studio: Running, view: str = "letter") -> Page:
    page = context.new_page()
    page.goto(f"{studio.origin}/leaflets/probe/mail#{view}")
    expect(page.locator("#steps")).to_be_visible()
    return page


def type_number(page: Page, number: str) -> None:
    page.get_by_label("Geben Sie die Zahl der Briefe ein").fill(number)
    page.get_by_role("button", name="Briefe verschicken").click()


def job(page: Page, outcome: str) -> None:
    expect(page.locator(".job")).to_have_attribute("data-state", outcome, timeout=30_000)


def row(page: Page, address: str) -> Locator:
    return page.locator(f'tr[data-key="{address}"]')


def told(page: Page) -> Locator:
    """What became of what was done last in the list."""
    return page.locator("#list-view .told")


def letter(room: Mailroom) -> Path:
    return room.root / "content/probe/mail.yaml"


# --- The whole way ----------------------------------------------------------------------------


def test_the_keyboard_alone_sends_and_resolves(
    context: BrowserContext, studio: Running, server: Office, room: Mailroom, faults: Faults
) -> None:
    """Letter → letters to oneself → the number → what is unknown → the ledger."""
    faults.drop[B] = "after"
    page = opened(context, studio)
    keys = page.keyboard
    subject = page.get_by_role("textbox", name="Betreff")
    expect(subject).to_be_visible()
    reach(page, "Betreff")
    keys.press("End")
    keys.type(" – bald")
    expect(page.locator(".letter-head")).to_contain_text("in Marburg-Biedenkopf – bald")
    assert "region.name }} – bald\n" in letter(room).read_text("utf-8")
    reach(page, "Nächster Brief")
    keys.press("Enter")
    expect(page.locator(".letter-head")).to_contain_text("in Gießen – bald")

    page.goto(f"{studio.origin}/leaflets/probe/mail")
    expect(page.get_by_role("link", name="Verschicken (4)")).to_be_visible()
    reach(page, "Verschicken (4)")
    keys.press("Enter")
    reach(page, "Ihre eigene Adresse")
    keys.press("Control+a")
    keys.type("me@example.org")
    keys.press("Enter")
    job(page, "done")
    assert server.hooks.counts() == {"me@example.org": 3}
    reach(page, "Geben Sie die Zahl der Briefe ein, um sie zu verschicken")
    keys.type("4")
    keys.press("Enter")
    job(page, "done")
    expect(page.locator(".job .sentence")).to_have_text("Insgesamt: 3 angenommen, 1 ungeklärt.")
    expect(page.locator(":focus")).not_to_have_count(0)
    reach(page, "Nachsehen, was aus jedem Brief wurde")
    keys.press("Enter")
    unknown = row(page, B)
    expect(unknown.locator(".delivery")).to_have_text("ungeklärt")
    reach(page, f"Er ist verschickt: {B}")
    keys.press("Enter")
    expect(unknown.locator(".delivery")).to_have_text("angenommen")
    expect(told(page)).to_contain_text(f"Der Brief an {B} gilt als verschickt")
    inside = "tr[data-key] :focus, table:focus"
    expect(page.locator(inside)).to_have_count(1)
    assert states(room) == dict.fromkeys((A, B, C, D), DeliveryState.ACCEPTED)
    assert server.hooks.counts() == {"me@example.org": 3, A: 1, B: 1, C: 1, D: 1}


def reach(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus."""
    for _ in range(90):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        assert here.count() == 1, "the focus is never lost"
        if here.evaluate(NAME).strip() == name:
            return
    raise AssertionError(name)


NAME = """element => element.getAttribute("aria-label")
  ?? element.labels?.[0]?.textContent ?? element.textContent"""


def test_stopped_and_gone_on_and_seen_in_another_tab(
    context: BrowserContext, studio: Running, server: Office, room: Mailroom
) -> None:
    room.mailing(server.port, text=SLOW)
    page, other = opened(context, studio, "send"), opened(context, studio, "send")
    type_number(page, "4")
    expect(page.locator(".job .number")).to_have_text("1 von 4")
    for one in (page, other):
        expect(one.locator(".job .number")).to_have_text("1 von 4")
        expect(one.get_by_label("Geben Sie die Zahl")).to_be_hidden()
    other.bring_to_front()
    other.get_by_role("button", name="Anhalten").click()
    for one in (page, other):
        job(one, "stopped")
        expect(one.locator(".job .sentence")).to_have_text(
            "Vorzeitig angehalten. Insgesamt: 3 vorgemerkt, 1 angenommen."
        )
    assert server.hooks.counts() == {A: 1}
    room.mailing(server.port)
    expect(other.locator(".summary")).to_contain_text("3 Briefe")
    expect(other.locator(".summary")).to_contain_text("600 pro Minute", timeout=20_000)
    type_number(other, "4")
    expect(other.get_by_text("Es sind 3 Briefe, nicht 4.")).to_be_visible()
    type_number(other, "3")
    job(other, "done")
    assert server.hooks.counts() == dict.fromkeys((A, B, C, D), 1)


def test_two_clicks_send_once(context: BrowserContext, studio: Running, server: Office) -> None:
    page = opened(context, studio, "send")
    page.get_by_label("Geben Sie die Zahl").fill("4")
    page.get_by_role("button", name="Briefe verschicken").dblclick()
    job(page, "done")
    ended(studio)
    assert server.hooks.counts() == dict.fromkeys((A, B, C, D), 1)
    expect(page.locator(".summary")).to_have_text("Nichts zu verschicken: 4 angenommen.")


def test_a_password_is_asked_for_and_not_kept(
    context: BrowserContext, studio: Running, server: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROCHURE_MAIL_PASSWORD")
    monkeypatch.setattr("brochure.mail.delivery.password._stored_password", lambda _: None)
    page = opened(context, studio, "send")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    type_number(page, "4")
    field = page.get_by_label("Passwort des Postfachs").locator("visible=true")
    expect(field).to_be_focused()
    page.keyboard.type("falsch")
    page.keyboard.press("Enter")
    job(page, "failed")
    expect(page.locator(".job .messages")).to_contain_text("lehnt die Anmeldung")
    assert server.hooks.got == []
    page.get_by_label("Geben Sie die Zahl").fill("4")
    field.fill(PASSWORD)
    page.keyboard.press("Enter")
    job(page, "done")
    assert server.hooks.counts() == dict.fromkeys((A, B, C, D), 1)
    assert (
        sum(
            PASSWORD in body.encode().decode("unicode_escape", "ignore") or "geheim" in body
            for body in sent
        )
        == 1
    ), "once"
    kept = "JSON.stringify([localStorage, sessionStorage, document.cookie])"
    assert "geheim" not in page.evaluate(kept)
    values = "[...document.querySelectorAll('input')].map(input => input.value).join(' ')"
    assert "geheim" not in page.evaluate(values)
    assert "geheim" not in page.content()


def test_little_is_said_aloud(
    context: BrowserContext, studio: Running, server: Office, room: Mailroom
) -> None:
    room.recipients(*(f"n{n}@giessen.example.org" for n in range(40)))
    page = opened(context, studio, "send")
    page.evaluate(
        "window.spoken = []; new MutationObserver(() => spoken.push("
        "document.getElementById('live').textContent)).observe("
        "document.getElementById('live'), {childList: true, characterData: true, subtree: true})"
    )
    expect(page.locator(".summary")).to_contain_text("40 Briefe", timeout=20_000)
    type_number(page, "40")
    job(page, "done")
    spoken = page.evaluate("spoken")
    assert 2 <= len(spoken) <= 7
    assert spoken[-1].startswith("Zuletzt verschickt. 40 von 40")


# --- The letter and the list ------------------------------------------------------------------


def test_from_nothing_to_a_letter(context: BrowserContext, studio: Running, room: Mailroom) -> None:
    letter(room).unlink()
    (room.root / "content/probe/recipients.csv").unlink()
    page = context.new_page()
    page.goto(f"{studio.origin}/leaflets/probe")
    page.get_by_role("link", name="Versand").click()
    expect(page.locator("#none")).to_be_visible()
    page.locator("#begin").click()
    expect(page.get_by_role("textbox", name="Betreff")).to_be_focused()
    expect(page.locator("#steps")).to_contain_text("Empfänger (2)")
    page.get_by_role("link", name="Zurück zum Flugblatt").click()
    expect(page.locator("#form .passage").first).to_be_visible()


def test_what_is_in_the_way_leads_there(
    context: BrowserContext, studio: Running, room: Mailroom
) -> None:
    not_built(room)
    text = letter(room).read_text("utf-8")
    letter(room).write_text(text.replace("**{{ region.name }}**", "{{ region.nmae }}"), "utf-8")
    page = opened(context, studio, "send")
    expect(page.get_by_label("Geben Sie die Zahl")).to_be_hidden()
    wrong = page.locator("#send-view .diagnostics li")
    wrong.filter(has_text="nmae").get_by_role("button", name="Zum Feld").click()
    field = page.get_by_role("textbox", name="Brief", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(yaml.safe_load(text)["letter"].strip())
    expect(field).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("link", name="Verschicken").click()
    wrong.get_by_role("button", name="PDFs machen").click()
    job(page, "done")
    expect(page.get_by_text("Es steht nichts im Weg.")).to_be_visible()
    assert letter(room).read_text("utf-8") == text
    expect(page.get_by_label("Geben Sie die Zahl")).to_be_visible()


def test_the_same_field_changed_elsewhere_asks(
    context: BrowserContext, studio: Running, room: Mailroom
) -> None:
    page = opened(context, studio)
    subject = page.get_by_role("textbox", name="Betreff")
    subject.click()
    text = letter(room).read_text("utf-8")
    letter(room).write_text(text.replace("Bürgerbeteiligung", "Beteiligung"), "utf-8")
    append(page, subject, "!")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("Beteiligung in")
    conflict.get_by_role("button", name="Meinen Text").click()
    expect(conflict).to_have_count(0)
    expect(page.locator("#state")).to_contain_text("Gespeichert")
    assert letter(room).read_text("utf-8") == text.replace(
        "subject: Bürgerbeteiligung in {{ region.name }}",
        "subject: Bürgerbeteiligung in {{ region.name }}!",
    )


def test_words_are_kept_while_the_server_is_gone(
    context: BrowserContext, studio: Running, room: Mailroom
) -> None:
    page = opened(context, studio)
    subject = page.get_by_role("textbox", name="Betreff")
    expect(subject).to_be_visible()
    context.set_offline(True)
    append(page, subject, " bald")
    expect(page.locator("#state")).to_contain_text("Nicht verbunden")
    assert " bald" in page.evaluate("JSON.stringify(localStorage)")
    context.set_offline(False)
    expect(page.locator("#state")).to_contain_text("Wieder verbunden, gespeichert", timeout=20_000)
    assert "bald" in yaml.safe_load(letter(room).read_text("utf-8"))["subject"]
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


def test_the_list_is_filtered_noted_and_replaced(
    context: BrowserContext, studio: Running, room: Mailroom, tmp_path: Path
) -> None:
    page = opened(context, studio, "list")
    rows = page.locator("tr[data-key]")
    expect(rows).to_have_count(4)
    page.get_by_label("Suchen").fill("gießen")
    expect(rows).to_have_count(1)
    page.get_by_label("Suchen").fill("")
    row(page, A).get_by_text("Vermerken …").click()
    page.get_by_role("button", name=f"Von Hand verschickt: {A}").click()
    expect(row(page, A).locator(".delivery")).to_have_text("angenommen")
    page.get_by_label("Zeigen").select_option("angenommen (1)")
    expect(rows).to_have_count(1)
    page.get_by_label("Zeigen").select_option(index=0)
    new = tmp_path / "neu.csv"
    new.write_text("email,variant\nneu@giessen.example.org,gi\nx,gi\n")
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Andere Liste nehmen").click()
    chosen.value.set_files(new)
    expect(told(page)).to_contain_text("content/probe/recipients-former-1.csv")
    expect(row(page, A)).to_contain_text("nicht mehr in der Liste")
    expect(page.locator("#list-view .diagnostics")).to_contain_text("keine gültige E-Mail-Adresse")
    assert (room.root / "content/probe/recipients.csv").read_bytes() == new.read_bytes()


# --- For everyone -----------------------------------------------------------------------------


def test_the_page_as_screen_readers_have_it(
    context: BrowserContext, studio: Running, server: Office
) -> None:
    page = opened(context, studio)
    expect(page.locator(".letter-text")).to_be_visible()
    expect(page.locator("body")).to_match_aria_snapshot("""
      - banner:
        - link "Zurück zum Flugblatt"
        - 'heading "Versand: Titel" [level=1]'
        - navigation "Teile des Versands":
          - link "Brief"
          - link "Empfänger (4)"
          - link "Verschicken (4)"
        - group "Sprache"
      - status
      - main:
        - region "Brief":
          - heading "Brief" [level=2]
          - textbox "Betreff"
          - textbox "Brief"
          - textbox "Wie man weiteren E-Mails widerspricht"
          - heading "Absender" [level=2]
          - textbox "Von"
          - textbox "Antworten gehen an"
          - textbox "Mailserver"
          - region "So kommt er an":
            - heading "So kommt er an" [level=2]
            - button "Voriger Brief" [disabled]
            - status: Brief 1 von 4
            - button "Nächster Brief"
            - article "Brief":
              - term: "Von:"
              - definition: Initiative „Ökodorf“ <flyer@example.org>
            - button "Als Entwurf herunterladen"
    """)
    page.get_by_role("link", name="Empfänger").click()
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - main:
        - region "Empfänger":
          - heading "Empfänger" [level=2]
          - combobox "Zeigen"
          - searchbox "Suchen"
          - button "Andere Liste nehmen …"
          - button "Zurückgekommene E-Mails lesen …"
          - table "Empfänger":
            - rowgroup:
              - row "Stelle Region Anhang Stand Was Sie darüber wissen"
            - rowgroup:
              - row /Amt 0 a@giessen.example.org/:
                - rowheader "Amt 0 a@giessen.example.org"
                - cell "Marburg-Biedenkopf"
                - cell /probe-mr-email.pdf/
                - cell "zu verschicken"
                - cell
    """)
    page.get_by_role("link", name="Verschicken").click()
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - main:
        - region "Verschicken":
          - region "Was im Weg steht":
            - heading "Was im Weg steht" [level=2]
          - region "Vorher ansehen":
            - textbox "Ihre eigene Adresse"
            - button "Drei Briefe an mich schicken"
            - button "Entwürfe schreiben"
          - region "An alle verschicken":
            - textbox "Geben Sie die Zahl der Briefe ein, um sie zu verschicken"
            - button "Briefe verschicken"
    """)
    type_number(page, "4")
    job(page, "done")
    expect(page.locator(".job")).to_match_aria_snapshot("""
      - region "Zuletzt verschickt":
        - heading "Zuletzt verschickt" [level=2]
        - progressbar "Zuletzt verschickt"
        - paragraph: 4 von 4
        - paragraph: "Insgesamt: 4 angenommen."
        - button "Nachsehen, was aus jedem Brief wurde"
    """)


def test_nothing_is_wider_than_the_screen(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    expect(page.locator(".letter-text")).to_be_visible()
    for summary in page.locator("#form summary").all():
        summary.click()
    for width in (320, 768, 1920):
        page.set_viewport_size({"width": width, "height": 700})
        for view in ("letter", "list", "send"):
            page.evaluate(f"location.hash = '{view}'")
            expect(page.locator(f"#{view}-view")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, view)


def test_states_are_words_and_shapes_not_colours_alone(
    context: BrowserContext, studio: Running, server: Office, faults: Faults
) -> None:
    faults.data[A] = "554 5.7.1 spam"
    faults.drop[B] = "after"
    page = opened(context, studio, "send")
    type_number(page, "4")
    job(page, "done")
    page.get_by_role("link", name="Empfänger").click()
    expect(page.locator(".delivery")).to_have_text(
        ["ungeklärt", "abgelehnt", "angenommen", "angenommen"]
    )
    sign = "mark => getComputedStyle(mark, '::before').content"
    signs = [one.evaluate(sign) for one in page.locator(".delivery").all()]
    assert len(set(signs)) == 3
    assert all(re.match(r'".', one) for one in signs)
