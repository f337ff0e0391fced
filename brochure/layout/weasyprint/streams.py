"""What is in the files of many documents is made once: fonts with the same letters, and what is
compressed.

A font in a PDF holds the glyphs that the document needs. Variants of a leaflet need the same, or
nearly, and so does a leaflet before and after a word was typed.
"""

import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_ROOM = 4_000_000  # bytes: some long leaflets, or a hundred short ones
_LEAST = 2000  # bytes: less than that is compressed sooner than looked up


class Remembered:
    """Fonts and compressed data; the oldest is forgotten where they need too much room."""

    def __init__(self) -> None:
        self._known: OrderedDict[object, tuple[int, object, bytes]] = OrderedDict()
        self._size = 0

    def get(self, key: object) -> bytes | None:
        """What is remembered under a key."""
        found = self._known.get(key)
        if found is None:
            return None
        self._known.move_to_end(key)
        return found[2]

    def keep(self, key: object, value: bytes, size: int, held: object = None) -> bytes:
        """Remember a value, which with its key takes so much room. `held` is kept with it."""
        self._known[key] = size, held, value
        self._size += size
        while self._size > _ROOM and len(self._known) > 1:
            self._size -= self._known.popitem(last=False)[1][0]
        return value


_current: ContextVar[Remembered | None] = ContextVar("remembered fonts", default=None)


@contextmanager
def remembering(remembered: Remembered) -> Iterator[None]:
    """While the block runs, PDFs are written with what is remembered."""
    token = _current.set(remembered)
    try:
        yield
    finally:
        _current.reset(token)


def compressed(data: bytes) -> bytes:
    """Data, deflated (ISO 32000-2, 7.4.4)."""
    remembered = _current.get()
    if remembered is None or len(data) < _LEAST:
        return _deflated(data)
    found = remembered.get(data)
    if found is None:
        found = _deflated(data)
        remembered.keep(data, found, len(data) + len(found))
    return found


def _deflated(data: bytes) -> bytes:
    # The highest level takes four times as long for half a per cent of a leaflet.
    compressor = zlib.compressobj(level=7)
    return compressor.compress(data) + compressor.flush()


def install(fonts: Any, ffi: Any) -> None:
    """Replace what makes a font smaller, in WeasyPrint's module `fonts`."""
    make = fonts.Font._harfbuzz_subset

    def subset(self: Any, to_unicode: Any, hinting: Any) -> None:
        remembered = _current.get()
        if remembered is None:
            make(self, to_unicode, hinting)
            return
        # A face stays where it is as long as it is held.
        face = int(ffi.cast("uintptr_t", self.hb_face))
        key = (face, tuple(sorted(to_unicode)), bool(self.missing), bool(hinting))
        found = remembered.get(key)
        if found is None:
            before = self.file_content
            make(self, to_unicode, hinting)
            if self.file_content is not before:  # else it failed, which is told
                size = len(self.file_content)
                remembered.keep(key, self.file_content, size, self.hb_face)
        else:
            self.file_content = found

    fonts.Font._harfbuzz_subset = subset
