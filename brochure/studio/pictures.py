"""Pictures of pages: drawn when they are first asked for, one after the other in a process of their
own, since what is in them comes from strangers; and kept, as long as there is room.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from brochure import bounds
from brochure.isolation import Stopped, Worker
from brochure.messages import say
from brochure.prepress.screen import ScreenPage, draw_page
from brochure.studio.refusal import Refusal

_ROOM = 64_000_000  # bytes of pictures that are kept, and as many of PDFs
_Source = tuple[bytes, int]  # a PDF, and the index of the page in it


class Pictures:
    """The pictures of pages by their digests. Those that were not used for longest go first."""

    def __init__(self) -> None:
        self._worker = Worker()
        self._artist = ThreadPoolExecutor(1)
        self._lock = threading.Lock()
        self._sources: OrderedDict[str, _Source] = OrderedDict()
        self._drawn: OrderedDict[str, Future[bytes]] = OrderedDict()

    def offer(self, pdf: bytes, pages: Sequence[ScreenPage]) -> None:
        """Pages that may be asked for. The first of them that is new is drawn at once."""
        with self._lock:
            for index, page in enumerate(pages):
                self._sources[page.digest] = pdf, index
                self._sources.move_to_end(page.digest)
            room = _ROOM
            for digest, (data, _) in reversed([*self._sources.items()]):
                room -= len(data) // 4  # most have several pages
                if room < 0 and data is not pdf:
                    del self._sources[digest]
        if new := [page.digest for page in pages if page.digest not in self._drawn][:1]:
            self._begin(*new)

    def picture(self, digest: str) -> bytes:
        """The picture of a page, a PNG. Raises Refusal where the page is known no more."""
        try:
            return self._begin(digest).result()
        except Stopped:
            with self._lock:
                self._drawn.pop(digest, None)
            raise Refusal(503, say("This page could not be drawn.")) from None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._artist.shutdown(wait=False, cancel_futures=True)
        self._worker.close(for_good=True)

    def _begin(self, digest: str) -> "Future[bytes]":
        with self._lock:
            if digest not in self._drawn:
                if digest not in self._sources:
                    raise Refusal(
                        404,
                        say("This page is not there any more."),
                        say("Choose the edition again."),
                    )
                self._drawn[digest] = self._artist.submit(self._draw, *self._sources[digest])
            self._drawn.move_to_end(digest)
            drawn = self._drawn[digest]
            self._forget()
            return drawn

    def _forget(self) -> None:
        """Let go of pictures for which there is no room."""
        done = {d: len(f.result()) for d, f in self._drawn.items() if f.done() and not _failed(f)}
        room = _ROOM - sum(done.values())
        for digest, size in done.items():
            if room >= 0:
                break
            room += size
            del self._drawn[digest]

    def _draw(self, pdf: bytes, index: int) -> bytes:
        return self._worker.call(bounds.SECONDS, bounds.MEMORY, draw_page, pdf, index)


def _failed(drawn: "Future[bytes]") -> bool:
    return drawn.cancelled() or drawn.exception() is not None
