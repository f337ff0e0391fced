"""Mail servers on loopback that misbehave on demand, and a project that mails to them."""

import asyncio
import base64
import shutil
import socket
import ssl
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from brochure.cli.main import run
from brochure.project import Project

USER, PASSWORD = "flyer@example.org", "geheim-Päss'wort"
REGIONS = "id,name,ags\nmr,Marburg-Biedenkopf,06534\ngi,Gießen,06531\nvb,Vogelsbergkreis,06535\n"
LEAFLET = (
    "language: de\ntitle: Titel\n"
    "author: Initiative\ndate: 2026-01\n"
    "passages:\n  - id: eins\n    commentary:\n      text: '{{ region.name }} kann das.'\n"
    "contact: Rufen Sie an.\nimprint: Anna Beispiel, Markt 1\n"
    "source:\n  title: Vertrag\nslots:\n  name: Hessen\n"
    "preflight:\n  last-page: kurz\n"
)
MAIL = """\
from: Initiative „Ökodorf“ <flyer@example.org>
reply-to: kontakt@example.org
subject: Bürgerbeteiligung in {{ region.name }}
letter: |
  {{ recipient.salutation | default("Sehr geehrte Damen und Herren") }},

  wir schicken Ihnen ein Flugblatt für **{{ region.name }}**.
pace: 600
server:
  host: 127.0.0.1
  port: %d
  security: %s
"""


@dataclass
class Faults:
    """What goes wrong: by recipient, what the server answers (text) or does (a word).

    `rcpt`, `data`: an answer to RCPT, or to the end of DATA. `drop`: `mail`, `rcpt`, `during` or
    `after` DATA. Each is used up when it happened so often as `times` says (0: always).
    """

    mail: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    drop: dict[str, str] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    times: int = 0
    login: str = ""
    happened: Counter[str] = field(default_factory=Counter)

    def take(self, kind: dict[str, str], to: str) -> str:
        """The fault of a recipient, if it is still to happen."""
        fault = kind.get(to, "")
        if fault and self.times and self.happened[to] >= self.times:
            return ""
        if fault:
            self.happened[to] += 1
        return fault


class Hooks:
    """What the server does at each step, and what it has got."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.got: list[tuple[str, bytes]] = []
        self.connections = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.hello = hostname
        return lines

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.faults.mail:
            return self.faults.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.faults.drop.get(address) == "rcpt" and self.faults.take(self.faults.drop, address):
            _abort(server)
        if answer := self.faults.take(self.faults.rcpt, address):
            return _reply_of(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        (to,) = envelope.rcpt_tos
        if to in self.faults.slow:
            await asyncio.sleep(self.faults.slow[to])
        if answer := self.faults.take(self.faults.data, to):
            return _reply_of(server, answer)
        assert isinstance(envelope.original_content, bytes)
        self.got.append((to, envelope.original_content))
        if self.faults.drop.get(to) == "after" and self.faults.take(self.faults.drop, to):
            _abort(server)
        return "250 2.0.0 Queued"

    def counts(self) -> Counter[str]:
        return Counter(to for to, _ in self.got)

    def mails(self) -> dict[str, EmailMessage]:
        """The last mail of each recipient, parsed."""
        found: dict[str, EmailMessage] = {}
        for to, data in self.got:
            message = message_from_bytes(data, policy=policy.default)
            assert isinstance(message, EmailMessage)
            found[to] = message
        return found


class _Server(SMTP):
    """aiosmtpd's, which can also drop the connection in the middle of DATA."""

    faults: Faults

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        to = self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else ""
        if self.faults.drop.get(to) == "during" and self.faults.take(self.faults.drop, to):
            await self.push("354 Go on")
            assert self._reader is not None
            await self._reader.read(2000)
            _abort(self)
            return
        await super().smtp_DATA(arg)


def _reply_of(server: SMTP, answer: str) -> str:
    """An answer; after 421 a server hangs up (RFC 5321, 3.8)."""
    if answer.startswith("421"):
        asyncio.get_running_loop().call_later(0.005, _abort, server)
    return answer


def _abort(server: SMTP) -> None:
    """Tear the connection down, without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


_connected = socket.create_connection


def undelayed(*arguments: Any, **options: Any) -> socket.socket:
    """A connection as `socket.create_connection` makes it, on which the last line of a letter does
    not wait until the server has acknowledged what came before it (Nagle's algorithm): these 40 ms
    are most of the time that a letter takes on loopback.
    """
    connection = _connected(*arguments, **options)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class _Controller(Controller):
    def __init__(self, hooks: Hooks, **options: Any) -> None:
        self._hooks = hooks
        super().__init__(hooks, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]  # the system chose it
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def factory(self) -> SMTP:
        with warnings.catch_warnings():  # TLS is there from the first byte on, as is wanted
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            server = _Server(self.handler, **self.SMTP_kwargs)
        server.faults = self._hooks.faults
        self._hooks.connections += 1
        return server


@dataclass(frozen=True)
class Office:
    """A running server: its port, and what it did."""

    port: int
    hooks: Hooks


@contextmanager
def office(
    authority: trustme.CA,
    faults: Faults | None = None,
    *,
    security: str = "starttls",
    host: str = "127.0.0.1",
    utf8: bool = False,
    limit: int = 33_554_432,
) -> Iterator[Office]:
    """A server for the time of a block; `security` may be `none`, `host` is in its certificate,
    `utf8`: it knows SMTPUTF8, `limit`: bytes that it takes."""
    hooks = Hooks(faults or Faults())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)

    def authenticator(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        fine = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        if hooks.faults.login:
            plain = base64.b64encode(b"\0" + data.login + b"\0" + data.password).decode()
            echoed = hooks.faults.login.format(password=data.password.decode(), plain=plain)
            return AuthResult(success=False, handled=False, message=echoed)
        return AuthResult(success=fine, handled=False)

    options: dict[str, Any] = {
        "authenticator": authenticator,
        "auth_required": True,
        "enable_SMTPUTF8": utf8,
        "data_size_limit": limit,
        "auth_require_tls": security == "starttls",
    }
    if security == "tls":
        options |= {"ssl_context": context}
    elif security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(hooks, **options)
    controller.start()
    try:
        hooks.connections = 0  # but for the one that the controller made to itself
        yield Office(controller.port, hooks)
    finally:
        controller.stop()


@dataclass(frozen=True)
class Mailroom:
    """A project with a leaflet `probe` in three regions, built, that can be mailed."""

    root: Path

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def mailing(self, port: int = 1, security: str = "starttls", text: str = MAIL) -> None:
        self.write("content/probe/mail.yaml", text % (port, security))

    def recipients(self, *addresses: str) -> None:
        """A list of these addresses, in the regions in turn."""
        rows = [f"{to},Amt {n},{('mr', 'gi', 'vb')[n % 3]}" for n, to in enumerate(addresses)]
        self.write("content/probe/recipients.csv", "\n".join(["email,office,variant", *rows]))

    def brochure(self, *arguments: str) -> int:
        """The command, in this process; its exit code."""
        return run(["-C", str(self.root), *arguments])

    def mail(self, command: str, *arguments: str) -> int:
        return self.brochure("mail", command, "probe", *arguments)


def furnish(root: Path) -> Mailroom:
    """A project with PDFs, made once; tests work on copies."""
    room = Mailroom(root)
    room.write("content/probe/leaflet.yaml", LEAFLET)
    room.write("content/probe/regions.csv", REGIONS)
    assert room.brochure("build", "probe", "--all", "--edition", "email", "--jobs", "1") == 0
    return room


def copy(room: Mailroom, root: Path) -> Mailroom:
    shutil.copytree(room.root, root, dirs_exist_ok=True)
    # The manifest belongs to the location of a project: a copy elsewhere has none.
    shutil.copy(Project(room.root).manifest, Project(root).manifest)
    return Mailroom(root)


Furnish = Callable[[], Mailroom]


# --- A server that says whatever it likes -------------------------------------------------------

Speech = bytes | Callable[[], Iterator[bytes]]
POLITE: dict[str, Speech] = {
    "greeting": b"220 at your service\r\n",
    "EHLO": b"250-at your service\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 30000000\r\n",
    "AUTH": b"235 welcome\r\n",
    "DATA": b"354 go on\r\n",
    "QUIT": b"221 bye\r\n",
}
_COMMANDS = ("EHLO", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT")


@dataclass
class Stranger:
    """A running server that says what it was given, and what it has heard: commands, letters."""

    port: int
    heard: list[str] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)


@contextmanager
def stranger(authority: trustme.CA, **speeches: Speech) -> Iterator[Stranger]:
    """A server for the time of a block, encrypted from the first byte on. It answers commands by
    their names: `greeting`, `EHLO`, …, `end` (of a letter), `more` (whatever is no command); what
    is not given, as servers do. A speech that is a function may go on for ever: until the other
    side hangs up, or the block ends.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        found = Stranger(listening.getsockname()[1])

        def speak(connection: ssl.SSLSocket, name: str) -> None:
            speech = (POLITE | speeches).get(name, b"250 fine\r\n")
            for piece in (speech,) if isinstance(speech, bytes) else speech():
                if over.is_set():
                    return
                connection.sendall(piece)

        def converse(connection: ssl.SSLSocket) -> None:
            with connection, connection.makefile("rb") as lines:
                speak(connection, "greeting")
                for line in lines:
                    found.heard.append(line.decode().strip())
                    name = found.heard[-1].partition(" ")[0].upper()
                    speak(connection, name if name in _COMMANDS else "more")
                    if name == "DATA":
                        letter = b""
                        while (more := lines.readline()) not in (b"", b".\r\n"):
                            letter += more
                        if more:
                            found.got.append(letter)
                            speak(connection, "end")

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):  # nobody comes, or whoever came has gone
                    plain, _ = listening.accept()
                    plain.settimeout(30)
                    converse(context.wrap_socket(plain, server_side=True))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield found
        finally:
            over.set()
            thread.join(30)
