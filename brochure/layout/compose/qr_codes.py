"""QR codes (ISO/IEC 18004) for addresses on paper."""

import io
import re

from brochure import bounds

SCHEME = "qr:"  # begins the addresses of the pictures of codes in the HTML
QUIET = 4  # modules of white around a code (ISO/IEC 18004, 6.3.8)
_SIDE = 18.0  # mm, without quiet zone; the least that is scanned at arm's length
_MODULE = 0.55  # mm; smaller ones a telephone's camera does not tell apart there
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class NoCode(ValueError):
    """There is no code of an address: it is empty, or no text that can be encoded."""


class CodeTooLong(NoCode):
    """An address has more bytes than a telephone reads from paper (``bounds.CODE``)."""


def picture(address: str) -> bytes:
    """The code of an address as an SVG in mm, black on white, with its quiet zone.

    Error correction M: a code with 15 % of it damaged is still read. Raises NoCode.
    """
    import segno

    check(address)
    code = segno.make(address, error="m", micro=False, boost_error=False)
    modules = code.symbol_size(border=0)[0]
    module = max(_SIDE / modules, _MODULE)
    output = io.BytesIO()
    code.save(
        output, kind="svg", border=QUIET, scale=module, unit="mm", xmldecl=False, svgns=True,
        light="#fff", nl=False,
    )  # fmt: skip
    return re.sub(rb' class="[^"]*"', b"", output.getvalue())


def check(address: str) -> None:
    """Raise NoCode unless there is a code of an address."""
    try:
        encoded = address.encode()
    except UnicodeEncodeError:  # half a character: a lone surrogate
        encoded = b""
    if not encoded or _CONTROL.search(address):
        raise NoCode("an address in a QR code must be text without control characters")
    if len(encoded) > bounds.CODE:
        raise CodeTooLong(f"an address in a QR code has at most {bounds.CODE} bytes")
