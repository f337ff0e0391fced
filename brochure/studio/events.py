"""What happens while a page is open: server-sent events, one stream a tab.

    event: changed   the digest of the leaflet's file: as it is first, then whenever it changes
    event: preview   other files changed from which the pages were made: pictures, styles, sources
    event: mail      what is being done about its mail has come further
    event: ping      nothing happened for a while; the server is there

(HTML Living Standard, 9.2.) Network drives and cloud folders tell of no changes, so each stream
looks at the digest at every ping as well.
"""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path

import anyio
from starlette.concurrency import run_in_threadpool
from watchfiles import awatch

PING = 5.0  # seconds
_DEBOUNCE = 100  # milliseconds in which changes come together
_BEGUN = 1_000  # milliseconds after which it is sure that a folder is watched
_AGAIN = 2.0  # seconds until a folder that cannot be watched is tried again


class _Tab:
    """What one tab has not been told yet: of each kind of event, the last."""

    def __init__(self) -> None:
        self.pending: dict[str, Mapping[str, object]] = {}
        self.wake = asyncio.Event()


class Events:
    """The streams of all tabs. `digest` gives that of the file of a leaflet, None for none;
    `outdated` what has changed since its pages were made, nothing being false.
    """

    def __init__(
        self,
        digest: Callable[[str], str | None],
        ping: float = PING,
        outdated: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._digest, self._ping, self._outdated = digest, ping, outdated
        self._tabs: defaultdict[str, set[_Tab]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = asyncio.Event()

    def publish(self, leaflet: str, event: str, data: Mapping[str, object]) -> None:
        """Tell all tabs of a leaflet; from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._tell, leaflet, event, data)

    def _tell(self, leaflet: str, event: str, data: Mapping[str, object]) -> None:
        for tab in self._tabs.get(leaflet, ()):
            tab.pending[event] = data
            tab.wake.set()

    async def stream(
        self, leaflet: str, digest_of: Callable[[], str | None] | None = None
    ) -> AsyncIterator[bytes]:
        """The events of a leaflet for one tab, until it leaves or the studio ends. `digest_of`
        gives that of other files in its folder, if a page shows these.
        """
        digest_of = digest_of or partial(self._digest, leaflet)
        tab = _Tab()
        self._tabs[leaflet].add(tab)
        known: str | None = ""
        seen: object = await run_in_threadpool(self._outdated, leaflet)
        try:
            while not self._closed.is_set():
                digest = await run_in_threadpool(digest_of)
                if digest != known:
                    known = digest
                    tab.pending["changed"] = {"digest": digest}
                elif (outdated := await run_in_threadpool(self._outdated, leaflet)) != seen:
                    seen = outdated
                    if outdated:
                        tab.pending["preview"] = {}
                events = tab.pending or {"ping": {}}
                tab.pending = {}
                for event, data in events.items():
                    yield _message(event, data)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._ping):
                        await tab.wake.wait()
                tab.wake.clear()
        finally:
            self._tabs[leaflet].discard(tab)
            if not self._tabs[leaflet]:
                del self._tabs[leaflet]

    async def watch(self, content: Path) -> None:
        """Wake the streams of a leaflet whenever something changes in its folder, until `close`."""
        self._loop = asyncio.get_running_loop()
        stop = anyio.Event()
        closing = asyncio.create_task(self._stop(stop))
        try:
            while not self._closed.is_set():
                # The folder may be missing yet, or the system watch no more of them.
                with contextlib.suppress(OSError, RuntimeError):
                    unseen = True  # what changed before is not told of
                    async for changes in awatch(
                        content,
                        watch_filter=None,
                        debounce=_DEBOUNCE,
                        rust_timeout=_BEGUN,
                        yield_on_timeout=True,
                        stop_event=stop,
                    ):
                        paths = {content} if unseen else {Path(path) for _, path in changes}
                        unseen = False
                        self._wake(paths, content)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN):
                        await self._closed.wait()
        finally:
            closing.cancel()

    async def _stop(self, stop: anyio.Event) -> None:
        await self._closed.wait()
        stop.set()

    def _wake(self, paths: set[Path], content: Path) -> None:
        leaflets = {p.relative_to(content).parts[:1] for p in paths if p.is_relative_to(content)}
        for leaflet, tabs in self._tabs.items():
            if (leaflet,) in leaflets or () in leaflets:
                for tab in tabs:
                    tab.wake.set()

    def close(self) -> None:
        """End all streams."""
        self._closed.set()
        for tabs in self._tabs.values():
            for tab in tabs:
                tab.wake.set()


def _message(event: str, data: Mapping[str, object]) -> bytes:
    return f"event: {event}\ndata: {json.dumps(data)}\n\n".encode()
