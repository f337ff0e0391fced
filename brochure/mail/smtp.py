"""The way out: one encrypted, authenticated connection for many letters (RFC 5321, RFC 6409)."""

import base64
import contextlib
import re
import select
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

from brochure.diagnostics import Place, Problems, error
from brochure.mail.entry import State
from brochure.mail.model import Server

# What EHLO says in place of this machine's name, which is nobody's business (RFC 5321, 4.1.3).
_HELLO = "[127.0.0.1]"
_DOT = re.compile(rb"^\.", re.MULTILINE)
_CHUNK = 65536  # bytes


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for the server, in seconds (RFC 5321, 4.5.3.2)."""

    connect: float = 30
    command: float = 300
    end: float = 600


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
        self, server: Server, user: str, password: str, place: Place, timeouts: Timeouts
    ) -> None:
        self._server, self._place, self._timeouts = server, place, timeouts
        self._secrets = _secrets(user, password)
        # Certificate and name are verified; SSL_CERT_FILE names other authorities.
        context = ssl.create_default_context()
        self._smtp: smtplib.SMTP | None = None
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

    def _connect(self, context: ssl.SSLContext) -> smtplib.SMTP:
        server, wait = self._server, self._timeouts.connect
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.number, _HELLO, timeout=wait, context=context
            )
            self._smtp = smtp
            smtp.ehlo()
        else:
            self._smtp = smtp = smtplib.SMTP(server.host, server.number, _HELLO, timeout=wait)
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
        try:
            if f"{user}{password}".isascii():
                smtp.login(user, password)
            else:  # smtplib knows ASCII only; PLAIN is UTF-8 (RFC 4616, 2)
                code, text = smtp.docmd("AUTH", f"PLAIN {_plain(user, password)}")
                if code != 235:
                    raise smtplib.SMTPAuthenticationError(code, text)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as reason:
            if 400 <= getattr(reason, "smtp_code", 0) < 500:
                raise
            raise self._problem(
                "login",
                f"`{self._server.host}` refuses the login of `{user}` "
                f"({self._clean(_said(reason))}).",
                "Is the password right? Some providers want one made for programs (an “app "
                "password”), or that sending by programs is allowed first.",
            ) from None

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
            for start in range(0, len(body), _CHUNK):
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

    def _hung_up(self, smtp: smtplib.SMTP) -> bool:
        """Whether the server has said something, or gone away, in the middle of a letter: then its
        last line need not be risked.
        """
        return smtp.sock is None or bool(select.select([smtp.sock], [], [], 0)[0])

    def _reset(self, smtp: smtplib.SMTP, answer: Answer) -> Answer:
        """Make ready for the next letter; the answer to this one holds, whatever happens."""
        try:
            smtp.docmd("RSET")
        except (OSError, smtplib.SMTPException):
            self.close()
            return replace(answer, lost=True)
        return answer

    def _envelope(
        self, smtp: smtplib.SMTP, sender: str, recipient: str, size: int
    ) -> Answer | None:
        """Sender and recipient; None where the server now waits for the letter."""
        options = f" SIZE={size}" if smtp.has_extn("size") else ""
        if not f"{sender}{recipient}".isascii():
            if not smtp.has_extn("smtputf8"):  # RFC 6531, 3.2
                said = "the server cannot send to addresses with such letters (no SMTPUTF8)"
                return Answer(State.REFUSED, 0, said)
            options += " SMTPUTF8"
            smtp.command_encoding = "utf-8"
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < size:  # RFC 1870, 6.1
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

    def _end(self, smtp: smtplib.SMTP) -> Answer:
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

    def _problem(self, code: str, message: str, hint: str) -> Problems:
        return Problems([error(code, message, self._place, hint)])


def _plain(user: str, password: str) -> str:
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")


def _secrets(user: str, password: str) -> tuple[str, ...]:
    """The password in all forms in which it goes out (RFC 4616; LOGIN)."""
    coded = base64.b64encode(password.encode()).decode("ascii")
    return tuple(filter(None, (_plain(user, password), coded, password)))


def _said(reason: Exception) -> str:
    if isinstance(reason, smtplib.SMTPResponseException):
        error_ = reason.smtp_error
        return f"{reason.smtp_code} {_words(error_) if isinstance(error_, bytes) else error_}"
    if isinstance(reason, TimeoutError):
        return "the server does not answer"
    return str(reason) or type(reason).__name__


def _words(text: bytes) -> str:
    return text.decode("utf-8", "replace")
