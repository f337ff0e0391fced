"""smtplib's connection, for servers that nobody vouches for: every reply has an end.

The one of the standard library waits for each piece of a reply anew, and takes as many lines as
there come: a server that says a byte a minute, or a line after the other, would hold us for ever.
"""

import base64
import contextlib
import hmac
import re
import select
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.mail.delivery.entries import State
from brochure.mail.letter.model import Server

# One line of a reply, and all of them; 512 octets are the most of a line (RFC 5321, 4.5.3.1.5).
_READ_AT_ONCE = 16384  # bytes
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)  # RFC 5321, 4.2


class Wire(smtplib.SMTP):
    """A connection on which a reply comes within its timeout, whole, or counts as none."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._unread = bytearray()
        super().__init__(*arguments, **options)

    def unasked(self) -> bool:
        """Whether the server has said more than it was asked."""
        inside = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        return bool(self._unread) or inside > 0

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command. Raises SMTPServerDisconnected where the server has answered before it was
        asked: its next reply would be taken for one to this (also across STARTTLS, RFC 3207, 6).
        """
        if self.unasked():
            self.close()
            raise smtplib.SMTPServerDisconnected("the server answers before it is asked")
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        """One reply: its code, or -1 where it is none, and its lines (RFC 5321, 4.2.1).

        Raises OSError (as SMTPException is one) where it does not come in time, or has no end; the
        connection is closed then.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        sock, patience = self.sock, self.sock.gettimeout()
        until = None if patience is None else time.monotonic() + patience
        try:
            reply = self._reply(until)
            sock.settimeout(patience)
        except OSError:
            self.close()
            raise
        return reply

    def _reply(self, until: float | None) -> tuple[int, bytes]:
        lines: list[bytes] = []
        codes: set[int] = set()
        size = 0
        while True:
            line = self._line(until)
            size += len(line)
            if size > bounds.REPLY:
                raise smtplib.SMTPServerDisconnected("a reply of the server has no end")
            found = _LINE.fullmatch(line)
            lines.append((found[3] or b"").strip() if found else line)
            codes.add(int(found[1]) if found else -1)
            if found is None or found[2] != b"-":
                break
        # Lines that contradict each other are no answer.
        return (codes.pop() if len(codes) == 1 else -1), b"\n".join(lines)

    def _line(self, until: float | None) -> bytes:
        while (end := self._unread.find(b"\n")) < 0 and len(self._unread) <= bounds.REPLY_LINE:
            self._unread += self._receive(until)
        if not 0 <= end <= bounds.REPLY_LINE:
            raise smtplib.SMTPServerDisconnected("a line of the server has no end")
        line = bytes(self._unread[:end]).rstrip(b"\r")
        del self._unread[: end + 1]
        return line

    def _receive(self, until: float | None) -> bytes:
        assert self.sock is not None
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.sock.settimeout(left)
        if data := self.sock.recv(_READ_AT_ONCE):
            return data
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


class WireTls(Wire, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""


# --- The way out: one encrypted, authenticated connection for many letters (RFC 5321, RFC 6409).
#
# Whoever the server is, whatever it says comes to an end: in bytes, in seconds, in challenges.

# What EHLO says in place of this machine's name, which is nobody's business (RFC 5321, 4.1.3).
_HELLO = "[127.0.0.1]"
_DOT = re.compile(rb"^\.", re.MULTILINE)
_CHUNK = 65536  # bytes


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for the server, in seconds (RFC 5321, 4.5.3.2): for all of a reply, however
    slowly it comes.
    """

    connect: float = 30
    command: float = 300
    end: float = 600
    letter: float = 1800  # all of its lines: 5 MB at 22 kbit/s


@dataclass(frozen=True)
class Answer:
    """What became of one letter: the server's code (0 where it said none) and words.

    `lost`: the connection cannot be used any more. `everyone`: it is not about this recipient,
    and the next one would fare the same.
    """

    state: State
    code: int
    text: str
    lost: bool = False
    everyone: bool = False


class Unreachable(Exception):
    """No connection now; later there may be one."""


class Connection:
    """A connection, logged in. Raises `Unreachable`; or Problems where waiting would not help:
    no encryption, a wrong certificate, a refused login.
    """

    def __init__(
        self, server: Server, user: str, password: str, location: Location, timeouts: Timeouts
    ) -> None:
        self._server, self._location, self._timeouts = server, location, timeouts
        self._secrets = _secrets(user, password)
        # Certificate and name are verified; SSL_CERT_FILE names other authorities.
        context = ssl.create_default_context()
        self._smtp: Wire | None = None
        try:
            self._smtp = self._connect(context)
            self._log_in(user, password)
        except ssl.SSLCertVerificationError as reason:
            self.close()
            raise self._problem(
                "certificate",
                f"The certificate of `{server.host}` is not in order ({reason.verify_message}).",
                "Is the name of the server right? If it is, somebody may be listening; ask the "
                "mail provider. Nothing was sent, the password neither.",
            ) from None
        except (OSError, smtplib.SMTPException, UnicodeError) as reason:
            self.close()
            raise Unreachable(self._clean(_said(reason))) from None
        except BaseException:
            self.close()
            raise

    def _connect(self, context: ssl.SSLContext) -> Wire:
        server, wait = self._server, self._timeouts.connect
        if server.security == "tls":
            smtp: Wire = WireTls(server.host, server.number, _HELLO, timeout=wait, context=context)
            self._smtp = smtp
            smtp.ehlo()
        else:
            self._smtp = smtp = Wire(server.host, server.number, _HELLO, timeout=wait)
            smtp.ehlo()
            if not smtp.has_extn("starttls"):
                raise self._problem(
                    "no-encryption",
                    f"`{server.host}` offers no encryption (STARTTLS) on port {server.number}.",
                    "Try `security: tls`, which uses port 465; ask the mail provider. Nothing was "
                    "sent, the password neither.",
                )
            smtp.starttls(context=context)
            smtp.ehlo()
        self._wait(self._timeouts.command)
        return smtp

    def _log_in(self, user: str, password: str) -> None:
        assert self._smtp is not None
        smtp = self._smtp
        if not smtp.has_extn("auth"):
            raise self._problem(
                "login",
                f"`{self._server.host}` lets nobody log in on port {self._server.number}.",
                "Use the port for mail programs: 587, or 465 with `security: tls`.",
            )
        offered = smtp.esmtp_features["auth"].upper().split()
        ways = [way for way in _LOGINS if way in offered]
        if not ways:
            raise self._problem(
                "login",
                f"`{self._server.host}` lets nobody log in with a password "
                f"(but with {self._clean(', '.join(offered)) or 'nothing'}).",
                "Ask the mail provider for a way to send with an “app password”.",
            )
        for way in ways:
            code, text = self._answer_challenges(smtp, way, user, password)
            if code != _UNKNOWN_LOGIN:
                break
        if code in (235, 503):  # 503: already logged in
            return
        if 400 <= code < 500:
            raise smtplib.SMTPAuthenticationError(code, text)
        said = self._clean(f"{code} {_words(text)}" if code > 0 else _words(text))
        if 500 <= code < 600:
            raise self._problem(
                "login",
                f"`{self._server.host}` refuses the login of `{user}` ({said}).",
                "Is the password right? Some providers want one made for programs (an “app "
                "password”), or that sending by programs is allowed first.",
            )
        raise self._problem(
            "login",
            f"`{self._server.host}` answers the login of `{user}` with nonsense ({said}).",
            "Are the name of the server and its port right? If they are, ask the mail provider.",
        )

    def _answer_challenges(
        self, smtp: Wire, way: str, user: str, password: str
    ) -> tuple[int, bytes]:
        """Log in one way (RFC 4954, 4): the last reply. After as many challenges as that way has,
        a further one is the last reply.
        """
        initial, answers = _LOGINS[way]
        code, text = smtp.docmd("AUTH", f"{way} {initial(user, password)}".rstrip())
        for answer in answers:
            if code != 334:
                break
            try:
                said = answer(text, user, password)
            except ValueError:  # a challenge that is not Base64, or no MD5 on this machine
                break
            code, text = smtp.docmd(said)
        return code, text

    def deliver(
        self, sender: str, recipient: str, message: bytes, before_end: Callable[[], None]
    ) -> Answer:
        """One letter, whole, with CRLF at line ends. `before_end` is called before its last line
        goes out; if it raises, that line does not, and the connection is closed.

        Whatever goes wrong before is `deferred`: without the last line the server has nothing
        (RFC 5321, 4.1.1.4). What goes wrong after it is `unknown`, but for a plain answer.
        """
        assert self._smtp is not None
        smtp = self._smtp
        try:
            if refusal := self._envelope(smtp, sender, recipient, len(message)):
                return refusal if refusal.lost else self._reset(smtp, refusal)
            body = _DOT.sub(b"..", message)
            until = time.monotonic() + self._timeouts.letter
            for start in range(0, len(body), _CHUNK):
                if time.monotonic() >= until:  # each chunk goes out in time, and all never would
                    raise TimeoutError
                smtp.send(body[start : start + _CHUNK])
        except (OSError, smtplib.SMTPException, UnicodeError) as reason:
            self.close()
            return Answer(State.DEFERRED, 0, self._clean(_said(reason)), lost=True)
        except BaseException:
            self.close()
            raise
        try:
            before_end()
        except BaseException:
            self.close()  # in the middle of a letter: the server throws it away
            raise
        if self._hung_up(smtp):
            self.close()
            return Answer(State.DEFERRED, 0, "the connection was lost in the letter", lost=True)
        return self._end(smtp)

    def _hung_up(self, smtp: Wire) -> bool:
        """Whether the server has said something, or gone away, in the middle of a letter: then its
        last line need not be risked.
        """
        return smtp.sock is None or smtp.unasked() or bool(select.select([smtp.sock], [], [], 0)[0])

    def _reset(self, smtp: Wire, answer: Answer) -> Answer:
        """Make ready for the next letter; the answer to this one holds, whatever happens."""
        try:
            smtp.docmd("RSET")
        except (OSError, smtplib.SMTPException):
            self.close()
            return replace(answer, lost=True)
        return answer

    def _envelope(self, smtp: Wire, sender: str, recipient: str, size: int) -> Answer | None:
        """Sender and recipient; None where the server now waits for the letter."""
        options = f" SIZE={size}" if smtp.has_extn("size") else ""
        if not f"{sender}{recipient}".isascii():
            if not smtp.has_extn("smtputf8"):  # RFC 6531, 3.2
                said = "the server cannot send to addresses with such letters (no SMTPUTF8)"
                return Answer(State.REFUSED, 0, said)
            options += " SMTPUTF8"
            smtp.command_encoding = "utf-8"
        limit = _limit(smtp.esmtp_features.get("size", ""))
        if 0 < limit < size:  # RFC 1870, 6.1
            said = f"the letter has {size} bytes, and the server takes no more than {limit}"
            return Answer(State.REFUSED, 0, said)
        code, text = smtp.docmd("MAIL", f"FROM:<{sender}>{options}")
        if code != 250:
            answer = self._answer(code, text)
            too_large = code == 552  # RFC 1870, 6.1: of all refusals, only this is the letter's
            return replace(answer, everyone=answer.state is State.REFUSED and not too_large)
        code, text = smtp.docmd("RCPT", f"TO:<{recipient}>")
        if code not in (250, 251):
            return self._answer(code, text)
        code, text = smtp.docmd("DATA")
        return None if code == 354 else self._answer(code, text)

    def _answer(self, code: int, text: bytes) -> Answer:
        """The answer to a command before the letter: nothing can have been accepted."""
        state = State.REFUSED if 500 <= code < 600 else State.DEFERRED
        lost = code == 421 or not 400 <= code < 600  # RFC 5321, 3.8; or it talks nonsense
        if lost:
            self.close()
        return Answer(state, max(code, 0), self._clean(_words(text)), lost=lost)

    def _end(self, smtp: Wire) -> Answer:
        self._wait(self._timeouts.end)
        try:
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
            self._wait(self._timeouts.command)
        except (OSError, smtplib.SMTPException, UnicodeError) as reason:
            self.close()
            return Answer(State.UNKNOWN, 0, self._clean(_said(reason)), lost=True)
        except BaseException:
            self.close()
            raise
        said = self._clean(_words(text))
        if 200 <= code < 300:
            return Answer(State.ACCEPTED, code, said)
        if 400 <= code < 600:
            state = State.DEFERRED if code < 500 else State.REFUSED
            if code == 421:
                self.close()
            return Answer(state, code, said, lost=code == 421)
        self.close()
        return Answer(State.UNKNOWN, max(code, 0), f"nonsense: {said}", lost=True)

    def close(self) -> None:
        """Close it without a word, wherever it is."""
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.close()

    def quit(self) -> None:
        """Take leave politely."""
        assert self._smtp is not None
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._wait(self._timeouts.connect)
            self._smtp.quit()
        self.close()

    def _wait(self, seconds: float) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _clean(self, text: str) -> str:
        """Words of a server, in one line, without the password: some repeat what they were sent."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]

    def _problem(self, code: str, message: str, hint: str) -> DiagnosticsError:
        return DiagnosticsError([error(code, message, self._location, hint)])


def _limit(said: str) -> int:
    """The bytes that a letter may have; 0 where the server names no bound, or none that is a number
    (RFC 1870, 4: twenty digits at most).
    """
    return int(said) if re.fullmatch(r"[0-9]{1,20}", said.strip()) else 0


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _plain(user: str, password: str) -> str:
    return _base64(f"\0{user}\0{password}")


def _cram(challenge: bytes, user: str, password: str) -> str:
    """RFC 2195, 2. Raises ValueError where the challenge is not Base64."""
    asked = base64.b64decode(challenge, validate=True)
    return _base64(f"{user} {hmac.new(password.encode(), asked, 'md5').hexdigest()}")


_Initial = Callable[[str, str], str]
_Response = Callable[[bytes, str, str], str]
# What goes out with AUTH, and the answers to the challenges after it. Passwords go over encrypted
# connections only, so the plain ways come first. A server may overlook what came with AUTH.
_LOGINS: Mapping[str, tuple[_Initial, Sequence[_Response]]] = {
    "PLAIN": (_plain, (lambda _, user, password: _plain(user, password),)),  # RFC 4616, 2: UTF-8
    "LOGIN": (
        lambda *_: "",
        (lambda _, user, __: _base64(user), lambda _, __, password: _base64(password)),
    ),
    "CRAM-MD5": (lambda *_: "", (_cram,)),
}
_UNKNOWN_LOGIN = 504  # RFC 4954, 4: offered, and yet not known


def _secrets(user: str, password: str) -> tuple[str, ...]:
    """The password in all forms in which it goes out (RFC 4616; LOGIN)."""
    return tuple(filter(None, (_plain(user, password), _base64(password), password)))


def _said(reason: Exception) -> str:
    if isinstance(reason, smtplib.SMTPResponseException):
        error_ = reason.smtp_error
        return f"{reason.smtp_code} {_words(error_) if isinstance(error_, bytes) else error_}"
    if isinstance(reason, TimeoutError):
        return "the server does not answer"
    return str(reason) or type(reason).__name__


def _words(text: bytes) -> str:
    return text.decode("utf-8", "replace")
