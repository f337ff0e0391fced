"""Where the studio listens: a port that only this computer can reach; and how it ends."""

import contextlib
import http.client
import os
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from brochure.diagnostics import Location, fail
from brochure.messages import say
from brochure.studio.events import Events

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


def serve(
    app: ASGIApp, listening: socket.socket, events: Events, started: Callable[[], None]
) -> None:
    """Serve until Ctrl-C; `started` is called as soon as requests are answered."""
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
    with contextlib.suppress(KeyboardInterrupt):  # which uvicorn raises once all has ended
        _Server(config, events, started).run([listening])


class _Server(uvicorn.Server):
    """Ends open streams before it waits for requests to end: they would never."""

    def __init__(self, config: uvicorn.Config, events: Events, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._events, self._begin = events, started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._begin()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._events.close()
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
