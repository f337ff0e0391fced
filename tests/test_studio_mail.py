"""Mail in the studio, by requests to it: nobody gets a letter twice, and nothing can be done that
the command line refuses. The mail servers are real ones, on loopback.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from brochure.mail.delivery import send
from brochure.mail.delivery.entries import DeliveryState
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.lock import only_sender
from brochure.mail.delivery.send import Pauses
from brochure.mail.letter.model import Mailing
from brochure.messages import say
from brochure.project import Project
from brochure.studio.form import key_orders
from brochure.studio.jobs import Job, Jobs
from brochure.studio.letters import letter_sections
from brochure.studio.refusal import Refusal
from brochure.studio.secret import SecretStore
from brochure.studio.workplace import Workplace
from tests.postoffice import PASSWORD, Faults, Mailroom, office
from tests.test_mail_command import BOUNCE, REPORT
from tests.test_studio_command import line, typed
from tests.test_studio_server import SCRIPT, Answer, Running, run, state

__all__ = ["state"]  # a fixture
A, B, C = "a@giessen.example.org", "b@giessen.example.org", "c@giessen.example.org"
API = "/api/leaflets/probe/mail"
SERVER = "127.0.0.1"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Pauses(retry=(0.01,), connect=(0.01,), refusal=0.01, longest=0.01)
    monkeypatch.setattr(send, "Pauses", lambda: pauses)


@pytest.fixture
def studio(room: Mailroom) -> Iterator[Running]:
    """The studio of a project with a letter, and three recipients."""
    room.mailing()
    room.recipients(A, B, C)
    with run(Workplace(Project(room.root))) as running:
        yield running


def order(studio: Running, part: str, **values: object) -> Answer:
    """What the page asks for."""
    body = {"project": studio.secret.project, "leaflet": "probe", **values}
    return studio.post(f"{API}/{part}", body)


def sent_file(studio: Running, part: str, data: bytes, **query: str) -> Answer:
    """What is answered to a file."""
    words = "&".join(f"{k}={v}" for k, v in {"project": studio.secret.project, **query}.items())
    return studio.post(f"{API}/{part}?{words}", data, content_type="application/octet-stream")


def overview(studio: Running) -> Any:
    answer = studio.get(API, accept_language="en")
    assert answer.status == 200
    return answer.data


def send_all(studio: Running, count: str, password: str = "") -> Answer:
    """As whoever has looked at the page and typed a number."""
    return order(studio, "send", count=count, seal=overview(studio)["seal"], password=password)


def ended(studio: Running) -> Any:
    """How a job ended."""
    thread = studio.workplace.mail.jobs._jobs._thread
    assert thread is not None
    thread.join(60)
    return studio.get(f"{API}/progress", accept_language="en").data


def states(room: Mailroom) -> dict[str, DeliveryState]:
    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        return {key: entry.state for key, entry in ledger.entries("probe").items()}


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(1500):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError


# --- The whole way ----------------------------------------------------------------------------


def test_from_the_letter_to_the_ledger(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        shown = overview(studio)
        assert (shown["open"], shown["sendable"], shown["diagnostics"]) == (3, True, [])
        assert (
            shown["summary"] == f"3 letters from flyer@example.org through {SERVER}, 600 a minute."
        )
        first = shown["letters"][0]
        head = {one["label"]: one["value"] for one in first["head"]}
        assert head["To:"] == A
        assert head["Subject:"] == "Bürgerbeteiligung in Marburg-Biedenkopf"
        assert head["Attached:"].startswith("probe-mr-email.pdf (1 page, ")
        assert "ein Flugblatt für *Marburg-Biedenkopf*" in first["text"]
        assert [row["word"] for row in shown["recipients"]] == ["to be sent"] * 3

        assert order(studio, "test", address="me@example.org").status == 200
        assert ended(studio)["state"] == "done"
        assert server.hooks.counts() == {"me@example.org": 3}
        assert not (room.root / "ledger.sqlite3").exists(), "the ledger knows nothing of them"

        begun = send_all(studio, "3")
        assert (begun.status, begun.data["total"]) == (200, 3)
        job = ended(studio)
        assert (job["state"], job["done"], job["sentence"]) == ("done", 3, "In all: 3 accepted.")
        assert [line.split()[1] for line in job["lines"]] == [A, B, C]
        again = send_all(studio, "3")
        assert (again.status, again.data["message"]) == (422, "Nothing to send: 3 accepted.")
        assert server.hooks.counts() == {"me@example.org": 3, A: 1, B: 1, C: 1}
    text = next(data for to, data in server.hooks.got if to == A)
    assert b"Subject: =?utf-8?q?B=C3=BCrgerbeteiligung" in text
    assert states(room) == dict.fromkeys((A, B, C), DeliveryState.ACCEPTED)
    rows = overview(studio)["recipients"]
    assert [(row["state"], row["actions"]) for row in rows] == [
        ("accepted", ["bounced", "replied", "objected"])
    ] * 3


@pytest.mark.parametrize("count", ["2", "4", "0", "", "drei", "３", "-3", "3.0", "3 3", "+3"])
def test_the_number_has_to_be_right(
    room: Mailroom, studio: Running, authority: trustme.CA, count: str
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        refused = send_all(studio, count)
        assert refused.status == 422
        assert "Nothing was sent." in refused.data["message"]
        assert studio.get(f"{API}/progress").data == {}
        assert server.hooks.connections == 0
    assert not (room.root / "ledger.sqlite3").exists() or states(room) == {}


def test_who_clicks_twice_sends_once(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority, Faults(slow={A: 0.3})) as server:
        room.mailing(server.port)
        seal = overview(studio)["seal"]
        answers: list[Answer] = []

        def click() -> None:
            answers.append(order(studio, "send", count="3", seal=seal))

        clicks = [threading.Thread(target=click) for _ in range(4)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join(30)
        ended(studio)
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


def test_stopped_after_the_letter_on_its_way_and_gone_on(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority, Faults(slow={B: 0.5})) as server:
        room.mailing(server.port)
        assert send_all(studio, "3").status == 200
        wait_for(lambda: states(room).get(B) is DeliveryState.SENDING)
        assert order(studio, "stop").data["state"] == "stopping"
        job = ended(studio)
        assert (job["state"], job["done"]) == ("stopped", 2)
        assert job["sentence"] == "Stopped before the end. In all: 1 queued, 2 accepted."
        assert server.hooks.counts() == {A: 1, B: 1}
        assert overview(studio)["open"] == 1
        assert send_all(studio, "3").status == 422, "the number is another one now"
        assert send_all(studio, "1").status == 200
        assert ended(studio)["state"] == "done"
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}


def test_a_job_that_is_being_stopped_says_so_until_it_ends() -> None:
    jobs, go_on = Jobs(), threading.Event()

    def work(job: Job) -> None:
        job.begin(2, say("begun"))
        assert go_on.wait(30)
        job.update(state="running", done=1, sentence=say("one"))
        seen.append(job.progress.state)
        job.update(state="stopped", sentence=say("stopped"))

    seen: list[str] = []
    jobs.start("probe", "send", work)
    with pytest.raises(Refusal):
        jobs.start("other", "send", work)
    assert jobs.progress("other") is None
    jobs.stop("other")
    jobs.stop("probe")
    go_on.set()
    jobs.close()
    ended = jobs.progress("probe")
    assert ended is not None
    refused, asked = threading.Event(), threading.Event()

    def fail(job: Job) -> None:
        asked.set()
        assert refused.wait(30)
        raise Refusal(422, say("no"))

    def start() -> None:
        with pytest.raises(Refusal, match="no"):
            jobs.start("probe", "send", fail)

    starting = threading.Thread(target=start)
    starting.start()
    assert asked.wait(30)
    assert jobs.progress("probe") == ended, "until another one has begun"
    refused.set()
    starting.join(30)
    assert jobs.progress("probe") == ended
    assert (seen, ended.state, ended.done) == (["stopping"], "stopped", 1)


def test_letters_that_were_not_looked_at_are_not_sent(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        seal = overview(studio)["seal"]
        path = room.root / "content/probe/mail.yaml"
        path.write_text(path.read_text("utf-8").replace("wir schicken", "wir senden"), "utf-8")
        refused = order(studio, "send", count="3", seal=seal)
        assert refused.status == 409
        assert order(studio, "send", count="3").status == 409
        assert server.hooks.connections == 0
        assert send_all(studio, "3").status == 200
        ended(studio)
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}


def test_words_that_wait_stop_everything(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        letter = studio.get(f"{API}/letter").data
        change = {"kind": "put", "path": ["server", "host"], "value": "kein Server!",
                  "was": SERVER, "after": None}  # fmt: skip
        saved = order(
            studio, "letter", file=letter["file"], base=letter["digest"], changes=[change]
        )
        assert saved.data["held"]
        for part in ("send", "test", "drafts"):
            refused = order(studio, part, count="3", seal=overview(studio)["seal"], address=A)
            assert refused.status == 409
            assert "not in its file yet" in refused.data["message"]
        assert server.hooks.connections == 0
        discarded = order(studio, "letter/discard", path=["server", "host"])
        assert discarded.status == 200
        assert send_all(studio, "3").status == 200
        assert ended(studio)["state"] == "done"


# --- Somebody else, and nobody any more -------------------------------------------------------


def test_while_somebody_else_sends(room: Mailroom, studio: Running, capsys: Capture) -> None:
    with only_sender(Project(room.root)):
        for answer in (send_all(studio, "3"), order(studio, "resolve", address=A, decision="sent")):
            assert answer.status == 422
            assert answer.data["message"] == "Another process is sending mail from this project."
    with office(trustme.CA()) as server, run(Workplace(Project(room.root))) as other:
        room.mailing(server.port)
        assert send_all(other, "3").status == 200
        assert ended(other)["diagnostics"][0]["code"] == "certificate"
        assert server.hooks.got == []
    assert states(room) == {}, "a login that fails is to fail before anything is written"


def test_a_command_while_the_studio_sends(
    room: Mailroom, studio: Running, authority: trustme.CA, capsys: Capture
) -> None:
    with office(authority, Faults(slow={A: 0.5})) as server:
        room.mailing(server.port)
        assert send_all(studio, "3").status == 200
        wait_for(lambda: states(room).get(A) is DeliveryState.SENDING)
        assert overview(studio)["alive"]
        assert room.mail("send", "--yes", "3") == 1
        assert "Another process is sending mail" in capsys.readouterr().err
        ended(studio)
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}


def test_a_studio_that_is_killed_leaves_what_is_unknown(
    room: Mailroom, authority: trustme.CA, tmp_path: Path
) -> None:
    """After the last line of a letter, only a person can say what became of it."""
    room.recipients(A, B, C)
    with office(authority, Faults(slow={B: 60})) as server:
        room.mailing(server.port)
        with typed(room.root, "--no-open") as process:
            port = urlsplit(line(process)).port
            secret = SecretStore(Project(room.root)).read()
            assert secret is not None
            assert port is not None
            killed = Running(None, secret, port)  # type: ignore[arg-type] # in another process
            assert send_all(killed, "3").status == 200
            wait_for(lambda: _ending(room, B))
            process.kill()
            process.wait()
            for connection in killed.open_:
                connection.close()
        assert states(room)[B] is DeliveryState.SENDING
        with run(Workplace(Project(room.root))) as studio:
            shown = overview(studio)
            row = {one["key"]: one for one in shown["recipients"]}[B]
            assert (row["state"], row["word"]) == ("unknown", "unknown")
            assert row["detail"].startswith("sending stopped after the last line")
            assert row["actions"][:2] == ["sent", "again"]
            assert states(room)[B] is DeliveryState.SENDING, "looking writes nothing"
            assert shown["open"] == 1
            server.hooks.faults.slow.clear()
            assert send_all(studio, "1").status == 200
            assert ended(studio)["state"] == "done"
            assert states(room)[B] is DeliveryState.UNKNOWN
            again = order(studio, "resolve", address=B, decision="again")
            assert again.status == 200
            assert send_all(studio, "1").status == 200
            assert ended(studio)["sentence"] == "In all: 3 accepted."
            late = order(studio, "resolve", address=B, decision="sent")
            assert late.status == 422
            assert "There is nothing to resolve" in late.data["message"]
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}


def _ending(room: Mailroom, key: str) -> bool:
    with contextlib.suppress(Exception), Ledger(room.root / "ledger.sqlite3", "l") as ledger:
        return ledger.entries("probe")[key].ending_at is not None
    return False


def test_closing_the_studio_lets_the_letter_on_its_way_arrive(
    room: Mailroom, authority: trustme.CA
) -> None:
    room.recipients(A, B, C)
    with office(authority, Faults(slow={A: 0.5})) as server:
        room.mailing(server.port)
        with run(Workplace(Project(room.root))) as studio:
            assert send_all(studio, "3").status == 200
            wait_for(lambda: states(room).get(A) is DeliveryState.SENDING)
        assert server.hooks.counts() == {A: 1}
    assert states(room)[A] is DeliveryState.ACCEPTED
    assert {states(room)[B], states(room)[C]} == {DeliveryState.QUEUED}


# --- Nothing that the command line refuses ----------------------------------------------------


def wrong_list(room: Mailroom) -> None:
    room.recipients(A, "b@x", A)


def not_built(room: Mailroom) -> None:
    path = room.root / "content/probe/leaflet.yaml"
    path.write_text(path.read_text("utf-8").replace("title: Titel", "title: Neu"), "utf-8")


def altered_pdf(room: Mailroom) -> None:
    path = room.root / "out/probe/mr/probe-mr-email.pdf"
    path.write_bytes(path.read_bytes() + b"\n")


def no_letter(room: Mailroom) -> None:
    (room.root / "content/probe/mail.yaml").unlink()


def no_list(room: Mailroom) -> None:
    (room.root / "content/probe/recipients.csv").unlink()


def broken_letter(room: Mailroom) -> None:
    room.write("content/probe/mail.yaml", "subject: [\n")


def unknown_slot(room: Mailroom) -> None:
    path = room.root / "content/probe/mail.yaml"
    path.write_text(path.read_text("utf-8").replace("region.name", "region.nmae"), "utf-8")


def broken_leaflet(room: Mailroom) -> None:
    room.write("content/probe/leaflet.yaml", "title: [\n")


def foreign_ledger(room: Mailroom) -> None:
    (room.root / "ledger.sqlite3").symlink_to(room.root.parent / "elsewhere")


def empty_ledger(room: Mailroom) -> None:
    room.write("ledger.sqlite3", "")


def other_sender(room: Mailroom) -> None:
    path = room.root / "content/probe/mail.yaml"
    path.write_text(path.read_text("utf-8") + "  user: other@example.org\n", "utf-8")


@pytest.mark.parametrize(
    "broken",
    [
        wrong_list, not_built, altered_pdf, no_letter, no_list, broken_letter, unknown_slot,
        broken_leaflet, foreign_ledger, empty_ledger, other_sender,
    ],
)  # fmt: skip
def test_what_the_command_line_refuses_is_refused_with_its_words(
    room: Mailroom,
    studio: Running,
    authority: trustme.CA,
    capsys: Capture,
    broken: Callable[[Mailroom], None],
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        broken(room)
        shown = studio.get(API, accept_language="en").data
        count, seal = str(shown["open"]), shown["seal"]  # they are not why it is refused
        for command, arguments, values in (
            ("send", ("--yes", count), {"count": count, "seal": seal}),
            ("test", ("me@example.org",), {"address": "me@example.org"}),
            ("drafts", (), {}),
        ):
            capsys.readouterr()
            assert room.mail(command, *arguments) in (1, 2)
            printed = " ".join(capsys.readouterr().err.split())
            refused = order(studio, command, **values)
            assert refused.status in (409, 422), (command, refused.data)
            for one in refused.data["diagnostics"]:
                assert " ".join(one["message"].split()) in printed, command
        assert not shown["sendable"]
        assert any(one["severity"] in ("error", "open") for one in shown["diagnostics"])
        assert server.hooks.connections == 0
    assert not (room.root / "out/probe/mail").exists()


@pytest.mark.parametrize(
    ("part", "values", "arguments"),
    [
        ("test", {"address": "nobody"}, ("test", "nobody")),
        ("resolve", {"address": A, "decision": "sent"}, ("resolve", A, "sent")),
        ("resolve", {"address": "x", "decision": "again"}, ("resolve", "x", "again")),
        ("note", {"address": A, "kind": "bounced"}, ("note", A, "bounced")),
        ("note", {"address": "x", "kind": "bounced"}, ("note", "x", "bounced")),
        ("note", {"address": "z@y.de", "kind": "by-hand"}, ("note", "z@y.de", "sent")),
    ],
)
def test_what_is_wrong_to_ask_for(
    room: Mailroom, studio: Running, capsys: Capture,
    part: str, values: dict[str, str], arguments: tuple[str, ...],
) -> None:  # fmt: skip
    capsys.readouterr()
    assert room.mail(*arguments) == 2
    printed = " ".join(capsys.readouterr().err.split())
    refused = order(studio, part, **values)
    assert refused.status == 422
    assert " ".join(refused.data["message"].split()) in printed


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("resolve", {"address": A, "decision": "maybe"}),
        ("resolve", {"address": [A], "decision": "sent"}),
        ("note", {"address": A, "kind": "resolved"}),
        ("note", {"address": A, "kind": "sent"}),
        ("note", {"address": A, "kind": "bounced", "text": "x" * 2000}),
        ("send", {"count": 3}),
        ("send", {"count": "3", "password": ["x"]}),
    ],
)
def test_what_no_page_sends(
    room: Mailroom, studio: Running, part: str, values: dict[str, object]
) -> None:
    assert order(studio, part, **values).status == 400
    assert not (room.root / "ledger.sqlite3").exists()


def test_who_wants_no_mail_gets_none(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    room.write("content/suppressed.txt", f"{B}\n")
    with office(authority) as server:
        room.mailing(server.port)
        row = next(one for one in overview(studio)["recipients"] if one["key"] == B)
        assert (row["state"], row["actions"]) == ("suppressed", [])
        assert row["detail"].endswith("because of content/suppressed.txt:1:1.")
        assert order(studio, "note", address=B, kind="by-hand").status == 422
        assert send_all(studio, "3").status == 422
        assert send_all(studio, "2").status == 200
        ended(studio)
        noted = order(studio, "note", address=A, kind="objected", text="am Telefon")
        assert noted.status == 200
        room.mailing(server.port)
        path = room.root / "content/probe/mail.yaml"
        path.write_text(path.read_text("utf-8") + "campaign: zweite\n", "utf-8")
        assert send_all(studio, "1").status == 200
        ended(studio)
        assert server.hooks.counts() == {A: 1, C: 2}


def test_a_refusal_of_the_server_is_told_and_stops(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority, Faults(mail="550 5.7.1 not from you")) as server:
        room.mailing(server.port)
        assert send_all(studio, "3").status == 200
        job = ended(studio)
        assert job["state"] == "failed"
        assert "not from you" in job["diagnostics"][0]["message"]
        assert server.hooks.got == []
    assert set(states(room).values()) == {DeliveryState.QUEUED}


# --- The password -----------------------------------------------------------------------------


def test_a_password_is_asked_for_used_and_kept_nowhere(
    room: Mailroom, studio: Running, authority: trustme.CA, state: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    import keyring
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    monkeypatch.delenv("BROCHURE_MAIL_PASSWORD")
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    answers: list[bytes] = []
    try:
        with office(authority) as server:
            room.mailing(server.port)
            for part, values in (("send", {"count": "3"}), ("test", {"address": A})):
                refused = order(studio, part, seal=overview(studio)["seal"], **values)
                assert refused.status == 422
                assert refused.data["diagnostics"][0]["code"] == "no-password"
            assert server.hooks.connections == 0
            server.hooks.faults.login = "535 no, {password} is wrong, {plain} too"
            wrong = send_all(studio, "3", PASSWORD)
            assert wrong.status == 200
            job = ended(studio)
            assert (job["state"], job["diagnostics"][0]["code"]) == ("failed", "login")
            answers += [wrong.body, json.dumps(job, ensure_ascii=False).encode()]
            assert states(room) == {}
            server.hooks.faults.login = ""
            answers.append(send_all(studio, "3", PASSWORD).body)
            answers.append(json.dumps(ended(studio), ensure_ascii=False).encode())
            assert server.hooks.counts() == {A: 1, B: 1, C: 1}
            answers.append(studio.get(API).body)
    finally:
        keyring.set_keyring(before)
    files = [file for folder in (room.root, state) for file in folder.rglob("*") if file.is_file()]
    answers += [file.read_bytes() for file in files]
    answers.append("".join(capfd.readouterr()).encode())
    assert len(files) > 10
    assert all(PASSWORD.encode() not in data for data in answers)


# --- Files ------------------------------------------------------------------------------------


def test_a_list_is_replaced_and_the_former_one_kept(room: Mailroom, studio: Running) -> None:
    path = room.root / "content/probe/recipients.csv"
    before = path.read_bytes()
    base = overview(studio)["list"]
    new = b"email;variant\r\nneu@giessen.example.org;gi\r\n"
    for data, status in (
        (b"PK\x03\x04...", 422), (b"", 422), (b"name,x\na,b\n", 422), (b"\xff\xfe", 422),
        (b"email\n" + b"a" * 5_000_001, 413),
    ):  # fmt: skip
        refused = sent_file(studio, "list", data, base=base)
        assert refused.status == status, data[:20]
    assert sent_file(studio, "list", new, base="0" * 64).status == 409
    assert sent_file(studio, "list", new, base=base, project="another").status == 409
    assert path.read_bytes() == before
    kept = sent_file(studio, "list", new, base=base)
    assert kept.data == {"former": "content/probe/recipients-former-1.csv"}
    assert path.read_bytes() == new
    assert (room.root / kept.data["former"]).read_bytes() == before
    assert [row["key"] for row in overview(studio)["recipients"]] == ["neu@giessen.example.org"]
    path.unlink()
    assert sent_file(studio, "list", before, base="").data == {"former": ""}


def test_mails_that_came_back_are_noted(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        send_all(studio, "3")
        ended(studio)
    text = BOUNCE.format(address=A, message_id="<stranger@x.de>", **REPORT)
    noted = sent_file(studio, "returned", text.encode(), name="r%C3%BCckl%C3%A4ufer.eml")
    assert noted.data["sentence"] == f"Noted for {A}: bounced."
    again = sent_file(studio, "returned", text.encode(), name="x.eml")
    assert again.data["sentence"].endswith("(known already)")
    assert sent_file(studio, "returned", b"%PDF-1.7", name="x.eml").status == 422
    row = next(one for one in overview(studio)["recipients"] if one["key"] == A)
    assert [note["word"] for note in row["notes"]] == ["bounced"]


def test_drafts_and_what_is_sent_by_hand(room: Mailroom, studio: Running, capsys: Capture) -> None:
    written = order(studio, "drafts").data
    assert written["files"][0] == f"out/probe/mail/0002-{A}.eml"
    one = studio.get(f"{API}/draft?key={A}")
    assert one.body == (room.root / written["files"][0]).read_bytes()
    assert one.headers["Content-Disposition"].startswith("attachment")
    capsys.readouterr()
    assert room.mail("drafts") == 0
    assert capsys.readouterr().out.split() == written["files"]
    assert order(studio, "note", address=A, kind="by-hand").status == 200
    assert order(studio, "note", address=A, kind="by-hand").status == 422
    assert studio.get(f"{API}/draft?key={A}").status == 404
    assert overview(studio)["open"] == 2


def test_to_begin_with(room: Mailroom, studio: Running) -> None:
    no_letter(room)
    no_list(room)
    shown = studio.get(API, accept_language="en").data
    assert (shown["letter"], shown["list"]) == (False, "")
    assert shown["diagnostics"][0]["place"] == "begin"
    assert studio.get(f"{API}/letter").status == 422
    assert order(studio, "begin").status == 200
    assert overview(studio)["open"] == 2
    assert order(studio, "begin").status == 409, "nothing is ever overwritten"


def test_pdfs_are_made_here(room: Mailroom, studio: Running) -> None:
    not_built(room)
    shown = studio.get(API, accept_language="en").data
    assert [one["place"] for one in shown["diagnostics"]] == ["build"]
    assert order(studio, "build").data["total"] == 3
    assert ended(studio)["done"] == 3
    shown = overview(studio)
    assert (shown["sendable"], shown["open"], shown["diagnostics"]) == (True, 3, [])


# --- The letter -------------------------------------------------------------------------------


def test_saving_changes_nothing_but_what_was_typed(room: Mailroom, studio: Running) -> None:
    path = room.root / "content/probe/mail.yaml"
    before = path.read_text("utf-8") + "# Zuletzt.\n"
    path.write_text(before, "utf-8")
    letter = studio.get(f"{API}/letter").data
    assert letter["values"]["server"]["security"] == "starttls"
    change = {"kind": "put", "path": ["reply-to"], "value": "neu@example.org",
              "was": "kontakt@example.org", "after": None}  # fmt: skip
    saved = order(studio, "letter", file=letter["file"], base=letter["digest"], changes=[change])
    assert saved.data["held"] == []
    assert path.read_text("utf-8") == before.replace("kontakt@", "neu@")
    change |= {"path": ["campaign"], "value": "zweite", "was": None}
    order(studio, "letter", file=letter["file"], base=saved.data["digest"], changes=[change])
    assert "campaign: zweite\n" in path.read_text("utf-8")


def test_every_key_of_the_letter_can_be_reached(room: Mailroom, studio: Running) -> None:
    keys = {(*path, key) for path, names in key_orders(Mailing).items() for key in names}
    groups = {path for path in key_orders(Mailing) if path}
    fields = {field.path for section in letter_sections(()) for field in section.fields}
    letter = studio.get(f"{API}/letter").data
    others = {(one["path"][0], one["path"][2]) for other in letter["others"]
              for one in other["fields"]}  # fmt: skip
    assert fields | others == keys - groups
    assert {other["code"] for other in letter["others"]} >= {"en", "tr", "uk"}
    assert "de" not in {other["code"] for other in letter["others"]}


# --- Who may ask ------------------------------------------------------------------------------

CHANGES = [
    "letter", "letter/discard", "resolve", "note", "test", "send", "begin", "drafts", "build",
    "stop", "list", "returned",
]  # fmt: skip


@pytest.mark.parametrize("part", CHANGES)
def test_strangers_change_nothing(room: Mailroom, studio: Running, part: str) -> None:
    body = {"project": studio.secret.project, "leaflet": "probe", "count": "3"}
    kind = "application/octet-stream" if part in ("list", "returned") else "application/json"
    for headers, status in (
        ({"cookie": None}, 401),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": None}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"host": "evil.example"}, 403),
        ({"content_type": "text/plain"}, 400),
    ):
        refused = studio.post(f"{API}/{part}", body, **{"content_type": kind, **headers})
        assert refused.status == status, headers
    other = {**body, "project": "of yesterday"}
    assert studio.post(f"{API}/{part}", other, content_type=kind).status == 409
    assert not (room.root / "ledger.sqlite3").exists()


def test_the_page_and_its_streams_are_guarded(studio: Running) -> None:
    assert studio.page("/leaflets/probe/mail").status == 200
    assert studio.page("/leaflets/probe/mail", cookie=None).status == 401
    assert studio.page("/leaflets/nothing/mail").status == 404
    for path in ("", "/letter", "/progress", "/events", f"/draft?key={A}"):
        assert studio.get(f"{API}{path}", sec_fetch_site="cross-site").status == 403
        assert studio.get(f"{API}{path}", cookie=None).status == 401


def test_a_stream_tells_how_far_it_is(
    room: Mailroom, studio: Running, authority: trustme.CA
) -> None:
    with office(authority) as server:
        room.mailing(server.port)
        stream = studio.ask("GET", f"{API}/events", SCRIPT)
        assert stream.readline() == b"event: changed\n"
        assert send_all(studio, "3").status == 200
        told = set()
        while "mail" not in told:
            line_ = stream.readline()
            told |= {line_[7:].strip().decode()} if line_.startswith(b"event: ") else set()
        ended(studio)
        assert len(server.hooks.got) == 3
