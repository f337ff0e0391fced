"""The secret of a project, and what is made of it: the cookie, and links that open the studio once.

It is made once, and lies in this user's own folder for states, readable by nobody else; never in
the project, which may come from a stranger or be given to one. Whoever can read it is the user.
Beside it stands on which port the studio runs, so that a second `brochure studio` finds the first.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import platformdirs
from filelock import FileLock, Timeout

from brochure.diagnostics import Location, fail
from brochure.files import read_own, write_whole
from brochure.messages import say
from brochure.project import Project

STATE_VARIABLE = "BROCHURE_STATE"  # names another folder for secrets
_BYTES = 32
_LARGEST = 10_000  # bytes of the file
_PRIVATE = 0o600


@dataclass(frozen=True)
class Secret:
    """The secret of a project, whose opaque id is `project`.

    `port` is where its studio runs, or ran the last time. `run` is that run: links of another one
    are void. `process` is the id of the process.
    """

    project: str
    key: bytes
    run: str = ""
    port: int | None = None
    process: int = 0

    @property
    def cookie_name(self) -> str:
        """The name of the cookie: cookies ignore ports, so each project needs its own."""
        return f"brochure-{self.project}"

    @property
    def cookie(self) -> str:
        """The value of the cookie. It stays the same, so that a reload after a restart goes on."""
        return self._signed("cookie", self.project)

    def admits(self, values: Iterable[str]) -> bool:
        """Whether one of these values of the cookie is right. There may be several: programs on
        other ports can set cookies for this one.
        """
        return any(_same(value, self.cookie) for value in values)

    def token(self) -> str:
        """A new token, which opens the studio once, during this run."""
        number = secrets.token_hex(16)
        return f"{number}.{self._signed('open', self.run, number)}"

    def signed(self, token: str) -> bool:
        """Whether this is a token of this run, used or not."""
        number, _, signature = token.partition(".")
        return bool(self.run) and _same(signature, self._signed("open", self.run, number))

    def address(self, page: str = "/") -> str:
        """A link that opens a page of the studio, once."""
        return f"http://127.0.0.1:{self.port}/open?token={self.token()}&next={page}"

    def _signed(self, *words: str) -> str:
        return hmac.new(self.key, "\n".join(words).encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


class Tokens:
    """Which tokens have been used. Threads may ask at the same time."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def redeem(self, token: str) -> bool:
        """Whether a token is right, and used for the first time."""
        if not self._secret.signed(token):
            return False
        with self._lock:
            fresh = token not in self._used
            self._used.add(token)
        return fresh


@dataclass(frozen=True)
class SecretStore:
    """Where the secret of a project lies."""

    project: Project

    @property
    def id(self) -> str:
        """An opaque name of the project, from the path of its folder."""
        return hashlib.sha256(os.fsencode(self.project.root.resolve())).hexdigest()[:16]

    @property
    def path(self) -> Path:
        return state_folder() / "studio" / f"{self.id}.json"

    @contextmanager
    def held(self) -> Iterator[bool]:
        """For the time of the block, this is the one studio of the project; False if there is one
        already. Raises DiagnosticsError where the folder cannot be written.
        """
        lock = FileLock(self.path.with_suffix(".lock"), mode=_PRIVATE)
        try:
            self._make_folder()
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        except (OSError, NotImplementedError) as reason:
            self._fail(reason)
        try:
            yield True
        finally:
            lock.release()

    def read(self) -> Secret | None:
        """The secret, if there is one that nobody else could read."""
        try:
            if os.name == "posix" and self.path.stat().st_mode & 0o077:
                return None
            data = json.loads(read_own(self.path, _LARGEST))
            secret = Secret(
                self.id,
                bytes.fromhex(data["key"]),
                str(data["run"]),
                int(data["port"]),
                int(data["process"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return secret if len(secret.key) == _BYTES else None

    def begin(self, port: int) -> Secret:
        """The secret for a new run on a port, made if there is none. Raises DiagnosticsError."""
        before = self.read() or Secret(self.id, secrets.token_bytes(_BYTES))
        secret = replace(before, run=secrets.token_hex(16), port=port, process=os.getpid())
        data = {
            "key": secret.key.hex(),
            "run": secret.run,
            "port": secret.port,
            "process": secret.process,
        }
        try:
            self._make_folder()
            write_whole(self.path, json.dumps(data).encode(), _PRIVATE)
        except OSError as reason:
            self._fail(reason)
        return secret

    def _make_folder(self) -> None:
        """The folder of secrets, which nobody else looks into."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _fail(self, reason: Exception) -> NoReturn:
        problem = (isinstance(reason, OSError) and reason.strerror) or reason
        fail(
            "cannot-write",
            say("What opens the studio cannot be stored ({reason}).", reason=problem),
            Location(str(self.path.parent)),
            say(
                "Make this folder writable, or name another one in the environment variable "
                "{variable}.",
                variable=STATE_VARIABLE,
            ),
        )


def state_folder() -> Path:
    """Where this user's programs keep what lasts, but is no document (XDG Base Directory, on
    Linux).
    """
    chosen = os.environ.get(STATE_VARIABLE)
    return Path(chosen).absolute() if chosen else platformdirs.user_state_path("brochure", False)
