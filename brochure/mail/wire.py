"""smtplib's connection, for servers that nobody vouches for: every reply has an end.

The one of the standard library waits for each piece of a reply anew, and takes as many lines as
there come: a server that says a byte a minute, or a line after the other, would hold us for ever.
"""

import re
import smtplib
import ssl
import time
from typing import Any

from brochure import bounds

# One line of a reply, and all of them; 512 octets are the most of a line (RFC 5321, 4.5.3.1.5).
_CHUNK = 16384  # bytes
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
        if data := self.sock.recv(_CHUNK):
            return data
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


class WireTls(Wire, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""
