"""Where the studio listens: a port that only this computer can reach; and how it ends."""

import contextlib
import http.client
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from brochure.diagnostics import Location, fail
from brochure.messages import say

HOST = "127.0.0.1"
_GRACE = 5  # seconds in which requests that are being answered may end, saving for instance
_ANSWER = 3  # seconds until a studio that does not answer is given up
# Those above 1023 that no browser opens, since other services live there (Fetch Standard, 2.9).
BAD_PORTS = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679,
     6697, 10080)
)  # fmt: skip


def listen(port: int | None, before: int | None) -> socket.socket:
    """A socket that listens on `port`; without one, on the port of the time `before`, or else on
    any that is free. Raises DiagnosticsError.
    """
    for candidate in (port,) if port else (before, 0):
        if candidate is not None and (bound := _bound(candidate)):
            return bound
    fail(
        "port",
        say("The port {port} cannot be used: another program has it.", port=port or 0),
        Location("--port"),
        say("Choose another number, or leave --port out."),
    )


def _bound(port: int) -> socket.socket | None:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # connections of the last run may not have been forgotten yet
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    else:  # without it, Windows lets several programs have the same port
        listening.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE"), 1)  # noqa: B009
    try:
        listening.bind((HOST, port))
        listening.listen()  # from here on, a browser that is too early waits
    except OSError:
        listening.close()
        return None
    return listening


@dataclass(frozen=True)
class Course:
    """What is done when requests are answered, `started`, and as soon as that is to end, `ending`:
    from here on, nothing may run that would never end by itself.
    """

    started: Callable[[], None]
    ending: Callable[[], None]


def serve(app: ASGIApp, listening: socket.socket, course: Course) -> None:
    """Serve until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):  # which uvicorn raises once all has ended
        server_of(app, course).run([listening])


def server_of(app: ASGIApp, course: Course) -> uvicorn.Server:
    """The server, which runs on sockets that listen until its `should_exit` is set."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,  # what goes wrong is printed; nothing else
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    return _Server(config, course)


class _Server(uvicorn.Server):
    """Ends streams and typesetting before it waits for requests to end, as they would not."""

    def __init__(self, config: uvicorn.Config, course: Course) -> None:
        super().__init__(config)
        self._course = course

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._course.started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._course.ending()
        await super().shutdown(sockets)


def answers(port: int) -> bool:
    """Whether a studio answers on a port: to who has no token, that it is closed."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER)
    navigation = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
    try:
        connection.request("GET", "/open", headers={**navigation, "Sec-Fetch-Dest": "document"})
        return connection.getresponse().status == 401
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
