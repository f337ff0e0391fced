"""Whatever a picture from a stranger holds: it is refused in words, or drawn."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location
from brochure.layout.compose import qr_codes, svg
from brochure.layout.compose.pictures import check_picture
from tests.conftest import HEAD, PASSAGE, Workspace

LOCATION = Location("content/x/y.yaml", 8, 9)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)
BOX = '<rect width="9" height="9" {}/>'


def drawing(body: str, size: str = 'width="9mm" height="9mm" viewBox="0 0 100 100"') -> str:
    return SVG.format(size, body)


def diagnostics(data: bytes, suffix: str) -> list[Diagnostic]:
    return list(check_picture(data, suffix, f"a{suffix}", LOCATION))


def refused(text: str) -> list[str]:
    """Why an SVG is refused."""
    found = diagnostics(text.encode(), ".svg")
    assert found
    assert {(one.code, one.location, one.is_error) for one in found} == {("svg", LOCATION, True)}
    assert all("plain SVG" in one.hint for one in found)
    return [one.message.partition(": ")[2] for one in found]


def chain(link: Callable[[int, str], str], length: int = 12) -> str:
    """Definitions, each of which draws the one before it many times."""
    return "<defs>" + "".join(link(i, f"url(#a{i - 1})") for i in range(length)) + "</defs>"


# --- SVG: references ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        chain(lambda i, to: f'<clipPath id="a{i}">{BOX.format(f"clip-path=`{to}`") * 9}</clipPath>')
        + BOX.format("clip-path=`url(#a11)`"),
        chain(lambda i, to: f'<mask id="a{i}">{BOX.format(f"mask=`{to}`") * 9}</mask>')
        + BOX.format("mask=`url(#a11)`"),
        chain(lambda i, to: f'<mask id="a{i}">{BOX.format(f"style=`mask:{to}`") * 9}</mask>')
        + BOX.format("style=`mask: url(&quot;#a11&quot;)`"),
        chain(lambda i, to: f'<marker id="a{i}"><path d="M0 0{"h1" * 9}" marker="{to}"/></marker>')
        + '<path d="M0 0 9 9" marker-end="url(#a11)"/>',
        # Drawn for each vertex of paths that inherit it.
        (f'<marker id="m">{BOX.format("") * 100}</marker>'
        f'<g marker-mid="url(#m)"><path d="M0 0{"h1" * 999}"/></g>'),
        (f'<marker id="m">{BOX.format("") * 100}</marker>'
        f'<g style="marker:url(#m)"><polyline points="{"1 1 " * 999}"/></g>'),
        # A gradient with many stops for each of many shapes.
        f'<linearGradient id="g">{"<stop/>" * 900}</linearGradient>'
        + BOX.format("fill=`url(#g)`") * 90,
        # Ids that are looked for again and again.
        "".join(BOX.format(f"mask=`url(#x{i})`") for i in range(2400))
        + "<g/>" * 100 + "".join(f'<mask id="x{i}"/>' for i in range(2400)),
        '<g opacity=".5">' * 90 + BOX.format("") * 900 + "</g>" * 90,
        f"<text>{'a' * bounds.SVG_DRAWN}</text>",
        f'<path opacity=".5" d="M0 0{"l1 1" * 100_000}"/>',
        '<path d="M0 0L99999 0" stroke="red" stroke-dasharray="0.001"/>',
    ],
    ids=["clip", "mask", "mask-in-style", "marker", "inherited-marker", "polyline", "stops",
         "lookups", "opacity", "text", "long-path", "dashes"],
)  # fmt: skip
def test_too_much_is_drawn_once_references_are_followed(body: str) -> None:
    (why,) = refused(drawing(body.replace("`", '"')))
    assert f"{bounds.SVG_DRAWN:,}" in why


@pytest.mark.parametrize(
    "body",
    [
        '<mask id="a"><rect mask="url(#a)"/></mask><rect mask="url(#a)"/>',
        (
            '<clipPath id="a" clip-path="url(#b)"/><clipPath id="b" clip-path="url(#a)"/>'
            '<g clip-path="url(#a)"/>'
        ),
        (
            '<marker id="a"><path d="M0 0h1" marker-end="url(#a)"/></marker>'
            '<path d="M0 0h1" marker-end="url(#a)"/>'
        ),
        (
            '<linearGradient id="a" href="#b"/><linearGradient id="b" xlink:href="#a"/>'
            '<rect fill="url(#a)"/>'
        ),
        '<g marker="url(#a)"><marker id="a"><path d="M0 0h1"/></marker><path d="M0 0h1"/></g>',
    ],
)
def test_references_in_a_circle(body: str) -> None:
    assert "circle" in refused(drawing(body))[0]


def test_nesting() -> None:
    assert "deep" in refused(drawing("<g>" * 200 + "</g>" * 200))[0]
    links = chain(lambda i, to: f'<mask id="a{i}"><rect mask="{to}"/></mask>', 150)
    assert "deep" in refused(drawing(f'{links}<rect mask="url(#a149)"/>'))[0]


@pytest.mark.parametrize("spread", ["repeat", "reflect"])
def test_gradients_that_repeat(spread: str) -> None:
    gradient = f'<linearGradient id="a" x2="1e-7" spreadMethod="{spread}"><stop/></linearGradient>'
    assert "repeats" in refused(drawing(gradient + BOX.format('fill="url(#a)"')))[0]


# --- SVG: values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "size",
    ['width="nan"', 'height="inf"', 'width="1e999"', 'width="0"', 'height="-1"', 'width=""',
     'width="5foo"', 'style="width: nan"', 'viewBox="0 0 1"', 'viewBox="0 0 0 5"', 'viewBox=""',
     'viewBox="0 0 -1 5"', 'viewBox="0 0 nan 0"', 'viewBox="0 0 1 1 1"', 'viewBox="0,0,1,1e308"',
     'viewBox="inherit"', 'width="1" height="99999"', 'viewBox="0 0 1e-300 1"', 'width="1e9"'],
)  # fmt: skip
def test_sizes_that_are_none(size: str) -> None:
    refused(drawing("", size))


@pytest.mark.parametrize(
    "body",
    [
        '<path d="M0 0z5"/>', '<path d="0 0"/>', '<path d="M0"/>', '<path d="M0 0h1e308"/>',
        '<path d="M0 0a1 1 0 2 0 5 5"/>', '<path d="M0 0b1"/>', '<path style="d: M0 0z5"/>',
        '<g d="M0 0z5"><path/></g>', '<polygon points="1 2 3"/>', '<polygon points="nan 1"/>',
        '<rect width="nan"/>', '<rect x="1e308"/>', '<rect width="5foo"/>', '<rect rx="-inf"/>',
        '<rect opacity="nan"/>', '<rect opacity=""/>', '<rect style="opacity:inf"/>',
        '<rect transform="scale(nan)"/>', '<rect transform="scale(1e300)"/>',
        '<rect transform="matrix(1 2)"/>', '<rect transform="skewX(90)"/>',
        f'<rect transform="{"a" * 3000}"/>', f'<rect fill="{"url(#" * 3000}"/>',
        '<g transform="scale(1e5)">' * 9 + "</g>" * 9, '<rect fill="rgb(nan, 0"/>',
        '<rect fill="rgb(1e999, 0, 0)"/>', '<rect stroke-dasharray="nan"/>',
        '<rect stroke-miterlimit="inf"/>', '<rect clip-path="#a"/>', '<rect style="fill:{"/>',
        f'<rect style="fill:{"(" * 5000}"/>', '<rect style="fi\\6cl:red"/>',
        '<rect style="id:a"/>', '<text font-size="nan">a</text>', '<text x="nan">a</text>',
        '<text font-size="1e9">a</text>', '<text font="nan a">a</text>',
        '<text letter-spacing="inf">a</text>', '<text textLength="nan">a</text>',
        '<text rotate="5deg">a</text>', '<svg viewBox="0 0 1"/>', '<marker orient="nan"/>',
        '<svg preserveAspectRatio="x"/>', '<stop offset="nan"/>', '<stop stop-color="url(#a)"/>',
    ],
)  # fmt: skip
def test_values_that_are_none(body: str) -> None:
    for why in refused(drawing(body)):
        assert len(why) < 120


def test_only_the_first_reasons_are_given() -> None:
    body = "".join(f'<rect width="{i}foo"/>' for i in range(99))
    assert 1 < len(refused(drawing(body))) < 10


def test_attributes_of_ever_other_names() -> None:
    names = " ".join(f'a{i}=""' for i in range(300))
    assert "attributes" in refused(drawing(f"<g {names}/>"))[0]


# --- SVG: XML -----------------------------------------------------------------------------------


def test_encodings() -> None:
    smuggled = "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + drawing("&a;")
    for encoding in ("cp037", "cp500", "iso-8859-1", "utf-16"):
        for gap in (" ", " " * 1000):
            head = f'<?xml version="1.0"{gap}encoding="{encoding}"?>'.encode()
            assert diagnostics(head + smuggled.encode(encoding), ".svg"), encoding
            plain = head + drawing("").encode(encoding)
            assert [c.code for c in diagnostics(plain, ".svg")] == ["svg"], encoding
    assert diagnostics(drawing("<title>ä</title>").encode("latin-1"), ".svg")
    assert diagnostics(drawing("").encode("utf-16"), ".svg")
    for head in (b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="UTF-8"?>\n'):
        assert diagnostics(head + drawing("<title>ä</title>").encode(), ".svg") == []


@pytest.mark.parametrize(
    "text",
    ["", "x", "<svg", "<html/>", drawing("&a;"), drawing("</g>"), "<!DOCTYPE svg>" + drawing(""),
     '<?xml-stylesheet href="http://x/y.css"?>' + drawing(""), drawing("<?php x?>"),
     drawing('<x:rect xmlns:x="http://x" width="1"/>'), drawing("<feImage/>"),
     drawing("<tref/>"), drawing('<animateTransform attributeName="x"/>'),
     drawing(f'<g class="url({" " * 900_000}"/>'), drawing(f'<g style="a:{"1" * 9_000}"/>'),
     drawing('<rect fill="URL(http://x)"/>'), drawing('<rect style="fill:url(\'http://x\')"/>')],
)  # fmt: skip
def test_what_is_no_plain_drawing(text: str) -> None:
    refused(text)


def test_parsing_ends_early() -> None:
    """What comes after the last bearable element is not even read."""
    (why,) = refused("<svg>" + "<g/>" * (bounds.SVG_ELEMENTS + 9) + "<")
    assert str(bounds.SVG_ELEMENTS) in why


# --- SVG: what passes ---------------------------------------------------------------------------

INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape -->
<svg xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink" id="svg8" inkscape:version="0.92.4"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" width="210mm" height="297mm"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 210 297" version="1.1">
<defs id="d"><linearGradient id="l1"><stop style="stop-color:#f00;stop-opacity:1" offset="0"/>
<stop style="stop-color:#00f;stop-opacity:0" offset="1"/></linearGradient>
<linearGradient inkscape:collect="always" xlink:href="#l1" id="l2" x1="10" y1="20" x2="80" y2="90"
 gradientUnits="userSpaceOnUse" gradientTransform="matrix(0.5,0.1,-0.2,1.2,3,4)"/>
<marker id="Arrow" orient="auto" refX="0.0" refY="0.0" style="overflow:visible">
<path d="M 0,0 5,-5 -12.5,0 5,5 Z" style="fill-rule:evenodd;stroke:#000;stroke-width:1pt"
 transform="matrix(-0.8,0,0,-0.8,-10,0)"/></marker></defs>
<sodipodi:namedview id="base" pagecolor="#ffffff" borderopacity="1.0" inkscape:zoom="0.35">
<inkscape:grid type="xygrid" id="g1" opacity="0.1"/></sodipodi:namedview>
<metadata id="m"><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format><dc:title/>
</cc:Work></rdf:RDF></metadata>
<g inkscape:label="Ebene 1" inkscape:groupmode="layer" transform="translate(-10.5,20)">
<path style="fill:url(#l2);stroke:#000000;stroke-width:0.26458332px;stroke-dasharray:2, 1;
stroke-dashoffset:0;marker-end:url(#Arrow);-inkscape-font-specification:'Sans, Bold'"
 d="m 20,30 c 10,0 20.5,-10e-1 30,5 l 10 10 q 5,5 10,0 t 8,9 s 1,2 3,4 h 5 v -5.5.5 z m 3,3 l 4,4"
 sodipodi:nodetypes="cc"/><text xml:space="preserve" x="30" y="60" style="font-size:medium;
line-height:1.25;font-family:sans-serif;letter-spacing:normal;word-spacing:0px"><tspan
 sodipodi:role="line" x="30" y="60" style="font-size:10.58px">Hallo Welt</tspan></text></g></svg>"""
ILLUSTRATOR = """<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 24.0.1, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<svg version="1.1" id="Ebene_1" xmlns="http://www.w3.org/2000/svg" x="0px" y="0px"
 xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 841.89 595.28"
 style="enable-background:new 0 0 841.89 595.28;" xml:space="preserve"><switch><g><g>
<defs><rect id="SVGID_1_" x="10" y="10" width="300" height="200"/></defs>
<clipPath id="SVGID_2_"><rect width="300" height="200" style="overflow:visible;"/></clipPath>
<g style="clip-path:url(#SVGID_2_);"><linearGradient id="SVGID_3_" gradientUnits="userSpaceOnUse"
 x1="10.4" y1="20" x2="200" y2="20"><stop offset="0" style="stop-color:#E30613"/><stop offset="1"
 style="stop-color:#312783"/></linearGradient><polygon style="fill:url(#SVGID_3_);"
 points="20,20 100,20.5 100,100 20,80 "/><polyline fill="none" stroke="#1D1D1B"
 points="1.5.5 3-4 5,6"/></g></g></g></switch><text transform="matrix(1 0 0 1 120 200)"><tspan
 x="0" y="0" font-family="'MyriadPro-Regular'" font-size="12">Eb</tspan><tspan x="12.3 20 30"
 y="0">ene</tspan></text></svg>"""
FIGMA = """<svg width="120" height="40" viewBox="0 0 120 40" fill="none"
 xmlns="http://www.w3.org/2000/svg"><g clip-path="url(#clip0)"><g filter="url(#filter0_d)">
<rect x="4" width="100" height="32" rx="8" fill="#D9D9D9"
 style="fill:#D9D9D9;fill:color(display-p3 0.8510 0.8510 0.8510);fill-opacity:1"/></g>
<mask id="mask0" style="mask-type:luminance" maskUnits="userSpaceOnUse" x="0" y="0" width="50"
 height="20"><path fill-rule="evenodd" clip-rule="evenodd" d="M4 8C4 3.58 7.58 0 12 0H96V8Z"
 fill="white"/></mask><g mask="url(#mask0)"><path d="M10 10A5 5 0 1010 11A3.5 3.5 0 01.5.5z"
 fill="url(#paint0)"/></g></g><defs><filter id="filter0_d" x="0" y="0" width="108" height="40"
 filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"><feFlood flood-opacity="0"/>
<feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0"/><feOffset dy="4"/><feBlend
 mode="normal" in2="x"/></filter><radialGradient id="paint0" cx="0" cy="0" r="1"
 gradientUnits="userSpaceOnUse" gradientTransform="translate(50 20) rotate(90) scale(16 50)">
<stop stop-color="white"/><stop offset="1" stop-opacity="0"/></radialGradient>
<clipPath id="clip0"><rect width="120" height="40" fill="white"/></clipPath></defs></svg>"""
AFFINITY = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg width="100%" height="100%" viewBox="0 0 600 300" xmlns="http://www.w3.org/2000/svg"
 xml:space="preserve" xmlns:serif="http://www.serif.com/"
 style="fill-rule:evenodd;stroke-linejoin:round;stroke-miterlimit:2;"><g serif:id="Logo 1"
 transform="matrix(1,0,0,1,-20,-30)"><clipPath id="_clip1"><path d="M20,30L400,30L400,200Z"/>
</clipPath><g clip-path="url(#_clip1)"><circle cx="100" cy="100" r="50.5"
 style="fill:url(#_Radial1);"/></g><path d="M100,100L200,150"
 style="fill:none;stroke:rgb(35,31,32);stroke-width:1px;"/></g><defs><radialGradient id="_Radial1"
 cx="0" cy="0" r="1" gradientUnits="userSpaceOnUse" gradientTransform="matrix(50,0,0,50,100,100)">
<stop offset="0" style="stop-color:white"/><stop offset="1" style="stop-color:black"/>
</radialGradient></defs></svg>"""


@pytest.mark.parametrize(
    "text",
    [INKSCAPE, ILLUSTRATOR, FIGMA, AFFINITY],
    ids=["inkscape", "illustrator", "figma", "affinity"],
)
def test_what_drawing_programs_write_is_drawn(workspace: Workspace, text: str) -> None:
    assert diagnostics(text.encode(), ".svg") == []
    workspace.write("content/probe/a.svg", text)
    workspace.leaflet(HEAD + PASSAGE + "logo:\n  file: a.svg\n  alt: Bild\n")
    assert workspace.typeset().pages == 1


def test_what_is_only_defined_costs_nothing() -> None:
    body = chain(lambda i, to: f'<mask id="a{i}">{BOX.format(f"mask=`{to}`") * 9}</mask>')
    assert svg.find_reasons(drawing(body.replace("`", '"')).encode()) == []


def test_codes_pass() -> None:
    assert diagnostics(qr_codes.picture("https://example.org/" + "x" * 400), ".svg") == []


# --- PNG and JPEG -------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, extra: bytes = b"") -> bytes:
    """A black PNG, made without its pixels ever being in memory."""
    bits = {0: 1, 2: 3, 4: 2, 6: 4}[colour] * depth
    row = bytes(1 + (width * bits + 7) // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )  # fmt: skip


def jpeg(side: int = 64, mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (side, side)).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def scanned(data: bytes, times: int) -> bytes:
    """A progressive JPEG with its last scan so many times more."""
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * times + b"\xff\xd9"


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


MANY = int(bounds.PIXELS**0.5) - 4


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (scanned(jpeg(progressive=True), 3_000), "3010 layers"),
        (scanned(jpeg(5_000, "L", progressive=True), 60), "66 layers"),
        (png(MANY, MANY, 16, 6), "transparency"),
        (png(MANY, MANY, 8, 2, chunk(b"tRNS", bytes(6))), "transparency"),
        (png(1, 40_000, 1, 0), "one side"),
        (jpeg(MANY, "CMYK", progressive=True), "progressive"),
        (png(14_000, 14_000, 1, 0), "million"),
    ],
    ids=["scans", "scans-of-many-pixels", "alpha", "transparent-colour", "long", "progressive",
         "bomb"],
)  # fmt: skip
def test_too_much_to_decode_or_to_draw(data: bytes, message: str) -> None:
    suffix = ".png" if data.startswith(b"\x89") else ".jpg"
    (diagnostic,) = diagnostics(data, suffix)
    assert (diagnostic.code, diagnostic.location) == ("picture-too-large", LOCATION)
    assert message in diagnostic.message


@pytest.mark.parametrize(
    "data",
    [
        png(5, 5, 8, 2, chunk(b"tEXt", b"a\0") * 20_000),
        png(5, 5, 8, 2, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2_000_000)))),
        png(5, 5, 8, 2, chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(2_000_000)))),
        png(5, 5, 8, 2, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2_000_000)))),
        png(5, 5, 8, 2, chunk(b"acTL", bytes(8))),
        png(5, 5, 8, 2, chunk(b"eXIf", b"MM\0*" + b"\xff" * 99)),
        png(5, 5, 8, 2, chunk(b"IHDR", b"")),
        png(0, 5, 8, 2),
        jpeg()[:2] + b"\xff" * 2_000 + jpeg()[2:],
        jpeg()[:2] + b"\xff\xfe\0\2" * 20_000 + jpeg()[2:],
        jpeg()[:-2],
        jpeg()[:300],
        jpeg(exif=turned()).replace(b"MM\0*\0\0\0\x08", b"MM\0*\0\0\0\xff"),
        jpeg().replace(b"\xff\xc0\0\x11\x08\0\x40", b"\xff\xc0\0\x11\x08\0\0"),
    ],
    ids=["chunks", "ztxt", "itxt", "iccp", "apng", "exif", "header", "no-size",
         "padding", "segments", "cut", "cut-early", "jpeg-exif", "no-height"],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_broken_pictures(data: bytes) -> None:
    suffix = ".png" if data.startswith(b"\x89") else ".jpg"
    (diagnostic,) = diagnostics(data, suffix)
    assert (diagnostic.code, diagnostic.location) == ("broken-picture", LOCATION)
    assert "\n" not in diagnostic.message


def test_scans_are_counted_where_they_are() -> None:
    """Neither in comments nor in entropy-coded data, and beyond a restart."""
    comment = jpeg(comment=b"\xff\xda\0\2" * 500)
    noise = io.BytesIO()
    Image.effect_noise((500, 500), 99).save(noise, "JPEG", restart_marker_blocks=1)
    thumbnail = jpeg()[:2] + b"\xff\xe3" + struct.pack(">H", len(jpeg()) + 2) + jpeg() + jpeg()[2:]
    for data in (comment, noise.getvalue(), thumbnail, jpeg(progressive=True)):
        assert diagnostics(data, ".jpg") == []


def test_moving_pictures_stand_still(workspace: Workspace) -> None:
    frames = [Image.new("RGB", (60, 60), (i, 0, 0)) for i in range(200)]
    moving, several = io.BytesIO(), io.BytesIO()
    frames[0].save(moving, "PNG", save_all=True, append_images=frames[1:])
    frames[0].save(several, "MPO", save_all=True, append_images=frames[1:9])
    for name, data in (("a.png", moving.getvalue()), ("b.jpg", several.getvalue())):
        assert diagnostics(data, name[1:]) == []
        workspace.write(f"content/probe/{name}", data)
        workspace.leaflet(HEAD + PASSAGE + f"logo:\n  file: {name}\n  alt: Bild\n")
        assert workspace.typeset().pages == 1


# --- Codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["a" * (bounds.QR_CODE + 1), "ä" * (bounds.QR_CODE // 2 + 1),
                                     "a" * 9_999])  # fmt: skip
def test_addresses_too_long_for_a_code(address: str) -> None:
    with pytest.raises(qr_codes.QrCodeError, match=str(bounds.QR_CODE)):
        qr_codes.picture(address)


@pytest.mark.parametrize("address", ["", "\ud800", "a\0b", "a\nb", "\x85"])
def test_addresses_that_have_no_code(address: str) -> None:
    with pytest.raises(qr_codes.QrCodeError):
        qr_codes.picture(address)


def test_long_addresses_have_a_code() -> None:
    most = bounds.QR_CODE
    for address in ("a" * most, "ä" * (most // 2), "漢" * (most // 3)):
        assert qr_codes.picture(address).startswith(b"<svg")
