"""QR codes (ISO/IEC 18004) for addresses on paper."""

import io
import re

SCHEME = "qr:"  # begins the addresses of the pictures of codes in the HTML
QUIET = 4  # modules of white around a code (ISO/IEC 18004, 6.3.8)
_SIDE = 18.0  # mm, without quiet zone; the least that is scanned at arm's length
_MODULE = 0.55  # mm; smaller ones a telephone's camera does not tell apart there


def picture(address: str) -> bytes:
    """The code of an address as an SVG in mm, black on white, with its quiet zone.

    Error correction M: a code with 15 % of it damaged is still read.
    """
    import segno

    code = segno.make(address, error="m", micro=False, boost_error=False)
    modules = code.symbol_size(border=0)[0]
    module = max(_SIDE / modules, _MODULE)
    output = io.BytesIO()
    code.save(
        output, kind="svg", border=QUIET, scale=module, unit="mm", xmldecl=False, svgns=True,
        light="#fff", nl=False,
    )  # fmt: skip
    return re.sub(rb' class="[^"]*"', b"", output.getvalue())
