"""Delivering letters over one encrypted, authenticated connection (RFC 5321, RFC 6409).

Servers are not trusted: whatever one replies comes to an end, in bytes, in seconds and in login
challenges. The standard library's smtplib starts waiting anew with each piece of a reply, and
accepts any number of lines, so a server that sends one byte a minute could hold us for ever.
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
from typing import NoReturn

from brochure import bounds
from brochure.diagnostics import Location, fail
from brochure.mail.delivery.entries import DeliveryState
from brochure.mail.letter.model import Server
from brochure.messages import Message, say

_READ_AT_ONCE = 16384  # bytes
_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)  # RFC 5321, 4.2
# What EHLO sends instead of this machine's name, which is private (RFC 5321, 4.1.3).
_HELLO = "[127.0.0.1]"
_DOT = re.compile(rb"^\.", re.MULTILINE)
_CHUNK = 65536  # bytes


class _ProtocolError(smtplib.SMTPServerDisconnected):
    """The connection cannot be used any more, for a reason of ours."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class BoundedSmtp(smtplib.SMTP):
    """A connection on which each reply arrives as a whole within its timeout, or not at all."""

    _unread = b""

    def has_unread(self) -> bool:
        """Whether the server has sent more than it was asked for."""
        inside = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        return bool(self._unread) or inside > 0

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command.

        Raises SMTPServerDisconnected if the server has replied before it was asked: that would be
        taken for its reply to this command (also across STARTTLS; RFC 3207, 6).
        """
        if self.has_unread():
            self.close()
            raise _ProtocolError(say("the server replies before it is asked"))
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        """One reply: its code, or -1 if it is not a valid reply, and its lines (RFC 5321, 4.2.1).

        Raises OSError (SMTPException is one, too) if it does not arrive in time, or never ends.
        The connection is closed then.
        """
        if self.sock is None:
            raise _ProtocolError(say("the connection is closed"))
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
                raise _ProtocolError(say("a reply from the server never ends"))
            match = _REPLY_LINE.fullmatch(line)
            lines.append((match[3] or b"").strip() if match else line)
            codes.add(int(match[1]) if match else -1)
            if match is None or match[2] != b"-":
                break
        # Lines that contradict each other are not a valid reply.
        return (codes.pop() if len(codes) == 1 else -1), b"\n".join(lines)

    def _line(self, until: float | None) -> bytes:
        while (end := self._unread.find(b"\n")) < 0 and len(self._unread) <= bounds.REPLY_LINE:
            self._unread += self._receive(until)
        if not 0 <= end <= bounds.REPLY_LINE:
            raise _ProtocolError(say("a line from the server never ends"))
        line, self._unread = self._unread[:end].rstrip(b"\r"), self._unread[end + 1 :]
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
        raise _ProtocolError(say("the server has closed the connection"))


class BoundedSmtpTls(BoundedSmtp, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for the server, in seconds (RFC 5321, 4.5.3.2): always for a reply as a
    whole, however slowly it arrives.
    """

    connect: float = 30
    command: float = 300
    end: float = 600
    letter: float = 1800  # to send all of its lines: 5 MB at 22 kbit/s


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one letter: its state, and the server's reply.

    `code` is 0 if the server sent none. `lost`: the connection cannot be used any more.
    `sender_rejected`: the server refuses the sender, so it would refuse the next letter as well.
    """

    state: DeliveryState
    code: int
    text: str
    lost: bool = False
    sender_rejected: bool = False


class Unreachable(Exception):
    """There is no connection now, but there may be one later; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connection:
    """A connection that is logged in.

    Raises Unreachable; or DiagnosticsError if waiting would not help, as there is no encryption,
    the certificate is not valid, or the login is refused.
    """

    def __init__(
        self, server: Server, user: str, password: str, location: Location, timeouts: Timeouts
    ) -> None:
        self._server, self._location, self._timeouts = server, location, timeouts
        self._secrets = _secrets(user, password)
        # Certificate and name are verified; SSL_CERT_FILE can name other authorities.
        context = ssl.create_default_context()
        self._smtp: BoundedSmtp | None = None
        try:
            self._smtp = self._connect(context)
            self._log_in(user, password)
        except ssl.SSLCertVerificationError as reason:
            self.close()
            self._fail(
                "certificate",
                say(
                    "The certificate of `{host}` is not valid ({reason}).",
                    host=server.host,
                    reason=reason.verify_message,
                ),
                say(
                    "Is the name of the server correct? If it is, somebody may be listening in; "
                    "ask your mail provider. Nothing was sent, not even the password."
                ),
            )
        except (OSError, smtplib.SMTPException, UnicodeError) as reason:
            self.close()
            raise Unreachable(self._reason(reason)) from None
        except BaseException:
            self.close()
            raise

    def _connect(self, context: ssl.SSLContext) -> BoundedSmtp:
        server, wait = self._server, self._timeouts.connect
        if server.security == "tls":
            smtp: BoundedSmtp = BoundedSmtpTls(
                server.host, server.port_number, _HELLO, timeout=wait, context=context
            )
            self._smtp = smtp
            smtp.ehlo()
        else:
            self._smtp = smtp = BoundedSmtp(server.host, server.port_number, _HELLO, timeout=wait)
            smtp.ehlo()
            if not smtp.has_extn("starttls"):
                self._fail(
                    "no-encryption",
                    say(
                        "`{host}` offers no encryption (STARTTLS) on port {port}.",
                        host=server.host,
                        port=server.port_number,
                    ),
                    say(
                        "Try `security: tls`, which uses port 465, or ask your mail provider. "
                        "Nothing was sent, not even the password."
                    ),
                )
            smtp.starttls(context=context)
            smtp.ehlo()
        self._wait(self._timeouts.command)
        return smtp

    def _log_in(self, user: str, password: str) -> None:
        assert self._smtp is not None
        smtp = self._smtp
        if not smtp.has_extn("auth"):
            self._fail(
                "login",
                say(
                    "`{host}` does not offer a login on port {port}.",
                    host=self._server.host,
                    port=self._server.port_number,
                ),
                say("Use the port for mail programs: 587, or 465 with `security: tls`."),
            )
        offered = smtp.esmtp_features["auth"].upper().split()
        mechanisms = [mechanism for mechanism in _LOGINS if mechanism in offered]
        if not mechanisms:
            self._fail(
                "login",
                say(
                    "`{host}` does not accept passwords. It offers: {mechanisms}.",
                    host=self._server.host,
                    mechanisms=self._clean(", ".join(offered)) or "–",
                ),
                say("Ask your mail provider how to send with an “app password”."),
            )
        for mechanism in mechanisms:
            code, text = self._authenticate(smtp, mechanism, user, password)
            if code != _UNKNOWN_MECHANISM:
                break
        if code in (235, 503):  # 503: already logged in
            return
        if 400 <= code < 500:
            raise smtplib.SMTPAuthenticationError(code, text)
        reply = self._clean(f"{code} {_decoded(text)}" if code > 0 else _decoded(text))
        if 500 <= code < 600:
            self._fail(
                "login",
                say(
                    "`{host}` refuses the login of `{user}` ({reply}).",
                    host=self._server.host,
                    user=user,
                    reply=reply,
                ),
                say(
                    "Is the password correct? Some providers require a separate one for mail "
                    "programs (an “app password”), or mail programs must be allowed first."
                ),
            )
        self._fail(
            "login",
            say(
                "`{host}` gives no valid reply to the login of `{user}` ({reply}).",
                host=self._server.host,
                user=user,
                reply=reply,
            ),
            say(
                "Are the name and the port of the server correct? If they are, ask your mail "
                "provider."
            ),
        )

    def _authenticate(
        self, smtp: BoundedSmtp, mechanism: str, user: str, password: str
    ) -> tuple[int, bytes]:
        """Log in with one mechanism (RFC 4954, 4); the last reply of the server. That may be one
        challenge more than the mechanism has.
        """
        initial, responses = _LOGINS[mechanism]
        code, text = smtp.docmd("AUTH", f"{mechanism} {initial(user, password)}".rstrip())
        for response in responses:
            if code != 334:
                break
            try:
                command = response(text, user, password)
            except ValueError:  # a challenge that is not Base64, or no MD5 on this machine
                break
            code, text = smtp.docmd(command)
        return code, text

    def deliver(
        self, sender: str, recipient: str, message: bytes, before_end: Callable[[], None]
    ) -> DeliveryResult:
        """Send one letter, with CRLF line ends.

        `before_end` is called before its last line is sent; if it raises, that line is not sent,
        and the connection is closed. If anything goes wrong before that line, the letter is
        *deferred*: without it the server has nothing (RFC 5321, 4.1.1.4). If anything goes wrong
        after it, and there is no valid reply, the letter is *unknown*.
        """
        assert self._smtp is not None
        smtp = self._smtp
        try:
            if refusal := self._send_envelope(smtp, sender, recipient, len(message)):
                return refusal if refusal.lost else self._reset(smtp, refusal)
            body = _DOT.sub(b"..", message)
            until = time.monotonic() + self._timeouts.letter
            for start in range(0, len(body), _CHUNK):
                if time.monotonic() >= until:  # each chunk may be in time, but all of them never
                    raise TimeoutError
                smtp.send(body[start : start + _CHUNK])
        except (OSError, smtplib.SMTPException, UnicodeError) as reason:
            self.close()
            return DeliveryResult(DeliveryState.DEFERRED, 0, self._reason(reason), lost=True)
        except BaseException:
            self.close()
            raise
        try:
            before_end()
        except BaseException:
            self.close()  # in the middle of a letter: the server discards it
            raise
        if self._hung_up(smtp):
            self.close()
            return DeliveryResult(
                DeliveryState.DEFERRED,
                0,
                say("the connection was lost in the middle of the letter"),
                lost=True,
            )
        return self._send_end(smtp)

    def _hung_up(self, smtp: BoundedSmtp) -> bool:
        """Whether the server has sent anything, or hung up, in the middle of a letter: then there
        is no need to risk its last line.
        """
        if smtp.sock is None or smtp.has_unread():
            return True
        return bool(select.select([smtp.sock], [], [], 0)[0])

    def _reset(self, smtp: BoundedSmtp, result: DeliveryResult) -> DeliveryResult:
        """Get ready for the next letter. The result of this one stays, whatever happens."""
        try:
            smtp.docmd("RSET")
        except (OSError, smtplib.SMTPException):
            self.close()
            return replace(result, lost=True)
        return result

    def _send_envelope(
        self, smtp: BoundedSmtp, sender: str, recipient: str, size: int
    ) -> DeliveryResult | None:
        """Send sender and recipient; None if the server now waits for the letter."""
        options = f" SIZE={size}" if smtp.has_extn("size") else ""
        if not f"{sender}{recipient}".isascii():
            if not smtp.has_extn("smtputf8"):  # RFC 6531, 3.2
                return DeliveryResult(
                    DeliveryState.REFUSED,
                    0,
                    say("the server cannot send to addresses with such characters (no SMTPUTF8)"),
                )
            options += " SMTPUTF8"
            smtp.command_encoding = "utf-8"
        limit = _limit(smtp.esmtp_features.get("size", ""))
        if 0 < limit < size:  # RFC 1870, 6.1
            return DeliveryResult(
                DeliveryState.REFUSED,
                0,
                say(
                    "the letter has {size} bytes, but the server accepts no more than {limit}",
                    size=size,
                    limit=limit,
                ),
            )
        code, text = smtp.docmd("MAIL", f"FROM:<{sender}>{options}")
        if code != 250:
            result = self._result(code, text)
            # RFC 1870, 6.1: of all refusals, only this one is about the letter.
            too_large = code == 552
            refused = result.state is DeliveryState.REFUSED
            return replace(result, sender_rejected=refused and not too_large)
        code, text = smtp.docmd("RCPT", f"TO:<{recipient}>")
        if code not in (250, 251):
            return self._result(code, text)
        code, text = smtp.docmd("DATA")
        return None if code == 354 else self._result(code, text)

    def _result(self, code: int, text: bytes) -> DeliveryResult:
        """The result of a command before the letter: nothing can have been accepted."""
        state = DeliveryState.REFUSED if 500 <= code < 600 else DeliveryState.DEFERRED
        lost = code == 421 or not 400 <= code < 600  # RFC 5321, 3.8; or not valid
        if lost:
            self.close()
        return DeliveryResult(state, max(code, 0), self._clean(_decoded(text)), lost=lost)

    def _send_end(self, smtp: BoundedSmtp) -> DeliveryResult:
        self._wait(self._timeouts.end)
        try:
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
            self._wait(self._timeouts.command)
        except (OSError, smtplib.SMTPException, UnicodeError) as reason:
            self.close()
            return DeliveryResult(DeliveryState.UNKNOWN, 0, self._reason(reason), lost=True)
        except BaseException:
            self.close()
            raise
        reply = self._clean(_decoded(text))
        if 200 <= code < 300:
            return DeliveryResult(DeliveryState.ACCEPTED, code, reply)
        if 400 <= code < 600:
            state = DeliveryState.DEFERRED if code < 500 else DeliveryState.REFUSED
            if code == 421:
                self.close()
            return DeliveryResult(state, code, reply, lost=code == 421)
        self.close()
        return DeliveryResult(
            DeliveryState.UNKNOWN,
            max(code, 0),
            say("not a valid reply: {reply}", reply=reply),
            lost=True,
        )

    def close(self) -> None:
        """Close the connection at once, whatever state it is in."""
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.close()

    def quit(self) -> None:
        """Say goodbye, and close the connection."""
        assert self._smtp is not None
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._wait(self._timeouts.connect)
            self._smtp.quit()
        self.close()

    def _wait(self, seconds: float) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _clean(self, text: str) -> str:
        """Text from a server on one line, without the password: some repeat what they were sent."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]

    def _reason(self, error: Exception) -> str:
        """Why a connection failed, in a few words; a Message if they are ours."""
        if isinstance(error, _ProtocolError):
            return error.reason
        if isinstance(error, TimeoutError):
            return say("the server does not respond")
        if isinstance(error, smtplib.SMTPResponseException):
            reply = error.smtp_error
            text = _decoded(reply) if isinstance(reply, bytes) else reply
            return self._clean(f"{error.smtp_code} {text}")
        return self._clean(str(error) or type(error).__name__)

    def _fail(self, code: str, message: Message, hint: Message) -> NoReturn:
        fail(code, message, self._location, hint)


def _limit(option: str) -> int:
    """The number of bytes that a letter may have, from the EHLO option SIZE; 0 if it names no
    limit, or not as a number (RFC 1870, 4: at most twenty digits).
    """
    return int(option) if re.fullmatch(r"[0-9]{1,20}", option.strip()) else 0


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _plain(user: str, password: str) -> str:
    return _base64(f"\0{user}\0{password}")


def _cram(challenge: bytes, user: str, password: str) -> str:
    """RFC 2195, 2. Raises ValueError if the challenge is not Base64."""
    nonce = base64.b64decode(challenge, validate=True)
    return _base64(f"{user} {hmac.new(password.encode(), nonce, 'md5').hexdigest()}")


_Initial = Callable[[str, str], str]
_Response = Callable[[bytes, str, str], str]
# What is sent with AUTH, and the responses to the challenges that follow. Passwords are sent over
# encrypted connections only, so the plain mechanisms come first. A server may ignore what is sent
# with AUTH.
_LOGINS: Mapping[str, tuple[_Initial, Sequence[_Response]]] = {
    "PLAIN": (_plain, (lambda _, user, password: _plain(user, password),)),  # RFC 4616, 2: UTF-8
    "LOGIN": (
        lambda *_: "",
        (lambda _, user, __: _base64(user), lambda _, __, password: _base64(password)),
    ),
    "CRAM-MD5": (lambda *_: "", (_cram,)),
}
_UNKNOWN_MECHANISM = 504  # RFC 4954, 4: offered, but not known


def _secrets(user: str, password: str) -> tuple[str, ...]:
    """The password in all forms in which it is sent (RFC 4616; LOGIN)."""
    return tuple(filter(None, (_plain(user, password), _base64(password), password)))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
