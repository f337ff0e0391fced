"""QR codes (ISO/IEC 18004) for addresses on paper."""

import io
import re

import segno

from brochure import bounds
from brochure.messages import Message, say

SCHEME = "qr:"  # begins the addresses under which the HTML asks for the pictures of codes
QUIET = 4  # modules of white around a code (ISO/IEC 18004, 6.3.8)
_SIDE = 18.0  # mm, without quiet zone; the least that can be scanned at arm's length
_MODULE = 0.55  # mm; a phone camera cannot tell smaller ones apart at that distance
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class QrCodeError(ValueError):
    """An address cannot have a QR code; `message` says why, to complete a sentence."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def picture(address: str) -> bytes:
    """The QR code of an address as an SVG in mm, black on white, with its quiet zone.

    Error correction M: a code that is damaged in 15 % of its area can still be read. Raises
    QrCodeError.
    """
    check_encodable(address)
    code = segno.make(address, error="m", micro=False, boost_error=False)
    modules = code.symbol_size(border=0)[0]
    module = max(_SIDE / modules, _MODULE)
    output = io.BytesIO()
    code.save(
        output, kind="svg", border=QUIET, scale=module, unit="mm", xmldecl=False, svgns=True,
        light="#fff", nl=False,
    )  # fmt: skip
    return re.sub(rb' class="[^"]*"', b"", output.getvalue())


def check_encodable(address: str) -> None:
    """Raise QrCodeError if an address is not encodable text, or is too long to be scanned."""
    try:
        encoded = address.encode()
    except UnicodeEncodeError:  # half a character: a lone surrogate
        encoded = b""
    if not encoded or _CONTROL.search(address):
        raise QrCodeError(say("the address of a QR code must be text without control characters"))
    if len(encoded) > bounds.QR_CODE:
        raise QrCodeError(
            say("the address of a QR code can have at most {limit} bytes", limit=bounds.QR_CODE)
        )
