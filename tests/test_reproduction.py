"""Pictures of every kind, as pixels and as an edition prints them."""

import io
import json
import math
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, JpegImagePlugin

from brochure import bounds
from brochure.layout import halftone
from brochure.layout.raster import is_drawing, read_raster
from brochure.layout.reproduction import Reproduction
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace
from tests.test_pdf import conforms
from tests.test_pictures import chunk

PROFILE = (ROOT / "styles/profiles/FOGRA39L_coated.icc").read_bytes()
FULL = HEAD + "imprint: Ich\ndate: 2026-11-24\n"
LOGO = "logo: {file: NAME, alt: Bild}\n"
PLACE = b"Am Geheimen Ort 7"


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    output = io.BytesIO()
    picture.save(output, kind, **options)
    return output.getvalue()


def raw_png(size: tuple[int, int], depth: int, colour: int, row: bytes, extra: bytes = b"",
            interlaced: int = 0) -> bytes:  # fmt: skip
    """A PNG each of whose rows is `row`."""
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced)
    body = zlib.compress((b"\0" + row) * size[1])
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body)
            + chunk(b"IEND", b""))  # fmt: skip


def photograph(size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Light from the left to the right, in colours, with a grain."""
    light = Image.linear_gradient("L").rotate(90).resize(size)
    grain = Image.frombytes("L", size, bytes((x * x * 7) % 61 for x in range(size[0] * size[1])))
    light = ImageChops.add(light, grain, 1, -30)
    return Image.merge(
        "RGB", (light, ImageChops.invert(light), light.transpose(Image.Transpose.FLIP_TOP_BOTTOM))
    )


def flag(size: tuple[int, int] = (600, 300)) -> Image.Image:
    """A drawing: black lines and letters of white on dark red, on white."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((300, 60, 560, 240), fill="#96303f")
    draw.line((320, 80, 540, 220), fill="white", width=12)
    draw.ellipse((40, 60, 220, 240), outline="black", width=8)
    return picture


def plain_cmyk(*inks: int) -> bytes:
    """A JPEG in CMYK as Adobe's programs do not write it: 255 is full ink. Pillow writes theirs."""
    inverted = tuple(255 - ink for ink in inks)
    data = saved(Image.new("CMYK", (4, 4), inverted), "JPEG", quality=95)
    marker = data.index(b"\xff\xee")
    return data[:marker] + data[marker + 16 :]


@pytest.mark.parametrize(
    ("data", "mode", "pixel"),
    [
        (raw_png((4, 4), 16, 0, struct.pack(">4H", *[30_000] * 4)), "L", 117),
        (raw_png((4, 4), 16, 2, struct.pack(">12H", *[65_535, 0, 30_000] * 4)), "RGB",
         (255, 0, 117)),
        (raw_png((4, 4), 16, 4, struct.pack(">8H", *[30_000, 65_535] * 4)), "L", 117),
        (raw_png((4, 4), 16, 6, struct.pack(">16H", *[65_535, 0, 0, 32_896] * 4)), "RGBA",
         (255, 0, 0, 128)),
        (raw_png((4, 4), 16, 0, struct.pack(">4H", *[30_000] * 4),
                 chunk(b"tRNS", struct.pack(">H", 30_000))), "LA", (117, 0)),
        (raw_png((4, 4), 16, 2, struct.pack(">12H", *[65_535, 0, 30_000] * 4),
                 chunk(b"tRNS", struct.pack(">3H", 65_535, 0, 30_000))), "RGBA", (255, 0, 117, 0)),
        (raw_png((4, 4), 1, 0, b"\xf0"), "L", 255),
        (raw_png((4, 4), 2, 0, b"\x55"), "L", 85),
        (raw_png((4, 4), 1, 0, b"\xf0", chunk(b"tRNS", b"\0\1")), "LA", (255, 0)),
        (raw_png((4, 4), 8, 3, bytes(4), chunk(b"PLTE", bytes((9, 99, 199)))), "RGB", (9, 99, 199)),
        (raw_png((4, 4), 8, 3, bytes(4), chunk(b"PLTE", bytes((9, 99, 199)))
                 + chunk(b"tRNS", b"\x40")), "RGBA", (9, 99, 199, 64)),
        (saved(Image.new("LA", (4, 4), (90, 255)), "PNG"), "L", 90),
        (raw_png((1, 1), 8, 2, bytes((9, 99, 199)), interlaced=1), "RGB", (9, 99, 199)),
        (saved(Image.new("L", (4, 4), 90), "JPEG"), "L", 90),
        # Magenta and yellow as an offset press prints them.
        (saved(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), "JPEG", quality=95), "RGB",
         (227, 6, 19)),
        (plain_cmyk(0, 255, 255, 0), "RGB", (227, 6, 19)),
        (saved(Image.new("RGB", (4, 4), (9, 99, 199)), "PNG", icc_profile=PROFILE), "RGB",
         (9, 99, 199)),
        (saved(Image.new("RGB", (4, 4), (9, 99, 199)), "PNG", icc_profile=b"broken"), "RGB",
         (9, 99, 199)),
    ],
    ids=["grey16", "rgb16", "grey-alpha16", "alpha16", "grey16-transparent", "rgb16-transparent",
         "bit", "2-bit", "bit-transparent", "palette", "palette-transparent", "idle-alpha",
         "interlaced", "grey-jpeg", "cmyk", "cmyk-not-adobe", "profile-of-others",
         "profile-broken"],
)  # fmt: skip
def test_pixels_of_every_kind(data: bytes, mode: str, pixel: Any) -> None:
    pixels = read_raster(data)
    assert pixels.mode == mode
    assert pixels.getpixel((0, 0)) == pytest.approx(pixel, abs=3)


def test_pictures_stand_upright() -> None:
    """The eight orientations of Exif 2.3 (4.6.4), of a picture whose corners differ."""
    upright = Image.new("RGB", (60, 40), "white")
    for box, colour in (((0, 0, 30, 20), "red"), ((30, 0, 60, 20), "green"),
                        ((0, 20, 30, 40), "blue")):  # fmt: skip
        upright.paste(colour, box)
    turn = Image.Transpose
    # How a camera that is held so stores what is upright.
    stored = {
        1: None, 2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE, 6: turn.ROTATE_90, 7: turn.TRANSVERSE, 8: turn.ROTATE_270,
    }  # fmt: skip
    for orientation, way in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture = upright.transpose(way) if way is not None else upright
        for kind, best in (("PNG", {}), ("JPEG", {"quality": 95, "subsampling": 0})):
            pixels = read_raster(saved(picture, kind, exif=exif, **best), lambda whole: whole)
            assert pixels.size == (60, 40), orientation
            difference = ImageChops.difference(pixels, upright).filter(ImageFilter.MedianFilter(5))
            assert max(high for _, high in difference.getextrema()) < 30, (orientation, kind)  # type: ignore[misc]


def with_a_place(picture: Image.Image) -> bytes:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = PLACE.decode()
    return saved(picture, "JPEG", exif=exif, comment=PLACE)


def test_nobody_learns_where_a_photograph_was_taken(workspace: Workspace) -> None:
    from brochure.layout import web

    workspace.write("content/probe/a.jpg", with_a_place(photograph()))
    workspace.leaflet(FULL + LOGO.replace("NAME", "a.jpg") + PASSAGE)
    for edition in ("email", "press"):
        pdf = workspace.typeset(edition).pdf
        with pikepdf.open(io.BytesIO(pdf)) as document:
            (stream,) = images(document)
            assert int(stream.Width) < int(stream.Height), "upright"
            assert b"Exif" not in stream.read_raw_bytes()
            assert PLACE not in stream.read_raw_bytes()
        assert PLACE not in pdf
    composition = web.with_pictures_for_screens(workspace.compose("web"), None)
    (asset,) = composition.assets.values()
    assert PLACE in with_a_place(photograph()) not in asset.data
    assert PLACE not in asset.data
    shown = Image.open(io.BytesIO(asset.data))
    assert (shown.size, dict(shown.getexif())) == ((200, 300), {})


def images(document: pikepdf.Pdf) -> list[Any]:
    """The pictures of a PDF, without those that say where another one is transparent."""
    streams = [o for o in document.objects if isinstance(o, pikepdf.Stream)
               and o.get("/Subtype") == "/Image"]  # fmt: skip
    masks = {stream.SMask.objgen for stream in streams if "/SMask" in stream}
    return [stream for stream in streams if stream.objgen not in masks]


ODD = {
    "16.png": raw_png((40, 40), 16, 0, struct.pack(">40H", *[30_000] * 40)),
    "cmyk.jpg": saved(photograph().convert("CMYK"), "JPEG"),
    "own.jpg": saved(photograph().convert("CMYK"), "JPEG", icc_profile=PROFILE),
    "alpha16.png": raw_png((40, 40), 16, 6, struct.pack(">160H", *[60_000, 0, 0, 30_000] * 40)),
    "palette.png": saved(flag().convert("P", palette=Image.Palette.ADAPTIVE, colors=9), "PNG",
                         transparency=3),
}  # fmt: skip
HTML = (
    "<html lang=de><head><title>T</title></head><body><h1>T</h1>{}"
    "<p style='background: url(16.png); height: 9mm'>x</p></body></html>"
)


@pytest.mark.parametrize("edition", ["email", "copier", "press"])
def test_pictures_of_odd_kinds_in_every_colour_space(workspace: Workspace, edition: str) -> None:
    """Also as a background: whatever draws a picture gets it in the colours of the edition."""
    for name, data in ODD.items():
        workspace.write(f"content/probe/{name}", data)
    tags = "".join(f'<img src="{name}" alt="Bild" style="width: 20mm">' for name in ODD)
    workspace.write("styles/leaflet.html", HTML.format(tags))
    workspace.leaflet(FULL + PASSAGE)
    composition = workspace.compose(edition)
    pdf = workspace.typesetter.typeset(replace(composition, passages=())).pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = sorted((str(one.ColorSpace), int(one.BitsPerComponent)) for one in images(document))
        assert not any(bool(one.get("/Interpolate", False)) for one in images(document))
    grey = [("/DeviceGray", 8)]
    match edition:
        case "email":
            assert found == [*grey, *[("/DeviceRGB", 8)] * 4]
            assert [list(f) for f in conforms(pdf).values()][:1] == [[]]
        case "press":
            assert found == [*[("/DeviceCMYK", 8)] * 4, *grey]
        case _:
            assert found == [("/DeviceGray", 1)] * 6, "the background is of another size"


@pytest.mark.parametrize(
    ("edition", "resolution"), [("email", 150), ("print", 220), ("press", 300)]
)
def test_a_photograph_is_as_fine_as_its_edition_and_of_its_colours(
    workspace: Workspace, edition: str, resolution: int
) -> None:
    workspace.write(
        "content/probe/a.jpg", saved(Image.new("RGB", (900, 900), (190, 40, 50)), "JPEG")
    )
    tag = '<img src="a.jpg" alt="Bild" style="width: 40mm; display: block; transform: scale(1.25)">'
    workspace.write("styles/leaflet.html", f"<html lang=de><title>T</title><body>{tag}<h1>T</h1>")
    workspace.leaflet(FULL + PASSAGE)
    composition = workspace.compose(edition)
    pdf = workspace.typesetter.typeset(replace(composition, passages=())).pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (stream,) = images(document)
        assert str(stream.Filter) == "/DCTDecode"
        assert int(stream.Width) == round(50 / 25.4 * resolution)
    rendered = pypdfium2.PdfDocument(pdf)
    page = rendered[0].render(scale=1).to_pil().convert("RGB")
    rendered.close()
    left, top = (page.width - 595) // 2, (page.height - 842) // 2  # press has room for marks
    assert page.getpixel((left + 100, top + 100)) == pytest.approx((190, 40, 50), abs=12)


def test_pixels_are_those_that_the_page_shows() -> None:
    reproduction = Reproduction("rgb", 150, 80)
    assert reproduction.size((4000, 3000), (4.0, 3.0)) == (600, 450)
    assert reproduction.size((400, 300), (4.0, 3.0)) == (400, 300), "none are made up"
    assert reproduction.size((4000, 3000), (1e-9, 0.0)) == (1, 1)
    width, height = Reproduction("rgb", 2400).size((90_000, 90_000), (80.0, 80.0))
    assert width * height <= bounds.PIXELS * 1.001
    # On the copier each pixel is a dot of the printer, however few the file has.
    assert Reproduction("black", 150).size((40, 30), (4.0, 3.0)) == (2400, 1800)


def test_photographs_become_small_and_drawings_lose_nothing() -> None:
    picture = photograph((800, 600))
    made = Reproduction("rgb", 300, 75).for_pdf(saved(picture, "PNG"), (800, 600), "none")
    assert (made.encoding, len(made.data) < 150_000) == ("DCTDecode", True)
    drawn = Reproduction("rgb", 300, 75).for_pdf(saved(flag(), "PNG"), (600, 300), "none")
    assert (drawn.encoding, drawn.space) == ("FlateDecode", "RGB")
    assert zlib.decompress(drawn.data) == flag().tobytes()
    for quality, sampling in ((60, 2), (90, 0)):
        edition = Reproduction("rgb", 300, quality)
        data = edition.for_pdf(saved(picture, "JPEG"), (800, 600), "none").data
        assert JpegImagePlugin.get_sampling(Image.open(io.BytesIO(data))) == sampling
        assert (len(data) < 60_000) is (quality == 60)


def test_black_of_a_drawing_is_one_ink_on_the_press() -> None:
    press = Reproduction("cmyk", 300, 90, PROFILE)
    drawn = press.for_pdf(saved(flag(), "PNG"), (600, 300), "none")
    pixels = Image.frombytes("CMYK", drawn.size, zlib.decompress(drawn.data))
    assert pixels.getpixel((130, 62)) == (0, 0, 0, 255), "the black line"
    assert pixels.getpixel((5, 5)) == (0, 0, 0, 0)
    cyan, magenta, *_ = pixels.getpixel((310, 150))  # type: ignore[misc]
    assert magenta > 180 > cyan
    # What is in the inks of this press already stays as it is.
    own = Image.new("CMYK", (16, 16), (40, 80, 120, 160))
    made = press.for_pdf(saved(own, "JPEG", icc_profile=PROFILE, quality=95), (16, 16), "none")
    kept = Image.open(io.BytesIO(made.data)).getpixel((8, 8))
    assert made.is_inverted
    assert kept == pytest.approx((40, 80, 120, 160), abs=4)


# --- The copier ---------------------------------------------------------------------------------


def test_tones_are_held_by_dots_of_few_lines_at_45_degrees() -> None:
    for level in (60, 128, 200):
        dots = halftone.in_black(Image.new("L", (240, 240), level), drawing=True)
        share = sum(dots.convert("L").tobytes()) / 255 / 240**2
        assert share == pytest.approx(level / 255, abs=0.02)
    # The dots of a light tone: how far each is from the next one.
    light = halftone.in_black(Image.new("L", (240, 240), 225), drawing=True).convert("L")
    dots_at = centres(light.crop((20, 20, 220, 220)))
    assert len(dots_at) > 100
    middle = min(dots_at, key=lambda at: math.dist(at, (100, 100)))
    near = sorted(dots_at, key=lambda at: math.dist(at, middle))[1:5]
    for x, y in near:
        apart = math.dist((x, y), middle)
        assert 60 <= halftone.GRID / apart <= 85, "lines per inch"
        assert abs(x - middle[0]) == pytest.approx(abs(y - middle[1]), abs=0.6), "at 45°"


def centres(picture: Image.Image) -> list[tuple[float, float]]:
    """The middles of the black islands of a picture of black and white."""
    pixels = picture.load()
    assert pixels is not None
    left = {(x, y) for x in range(picture.width) for y in range(picture.height) if not pixels[x, y]}
    found = []
    while left:
        island, edge = set(), [left.pop()]
        while edge:
            x, y = edge.pop()
            island.add((x, y))
            near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
            left -= near
            edge += near
        found.append(
            (sum(x for x, _ in island) / len(island), sum(y for _, y in island) / len(island))
        )
    return found


def test_drawings_keep_their_lines_and_photographs_their_tones() -> None:
    assert is_drawing(flag())
    assert is_drawing(Image.open(io.BytesIO(saved(flag(), "JPEG", quality=60)))), "with noise"
    assert not is_drawing(photograph())
    assert not is_drawing(photograph().convert("L"))
    copier = Reproduction("black")
    made = copier.for_pdf(saved(flag(), "PNG"), (1200, 600), "none")
    lines = Image.frombytes("1", made.size, zlib.decompress(made.data)).convert("L")
    assert len(centres(lines.resize((300, 150), Image.Resampling.NEAREST))) <= 4, "no dots"
    for place, level in (((620, 140), 0), ((860, 300), 255), ((260, 124), 0), ((20, 20), 255)):
        assert lines.getpixel(place) == level
    made = copier.for_pdf(saved(photograph(), "JPEG"), (1200, 800), "none")
    dots = Image.frombytes("1", made.size, zlib.decompress(made.data)).convert("L")
    # As light as the picture from the left to the right, in strips.
    tones = [sum(dots.crop((x, 0, x + 200, 800)).tobytes()) / 255 / 160_000
             for x in (0, 500, 1000)]  # fmt: skip
    assert sorted(tones, reverse=tones[0] > tones[2]) == tones
    assert abs(tones[2] - tones[0]) > 0.1


def test_what_would_be_lost_in_black_and_white_is_screened() -> None:
    """Yellow beside white: both are light, but the yellow sun is what the logo shows."""
    picture = flag()
    ImageDraw.Draw(picture).ellipse((90, 110, 170, 190), fill="#e0b000")
    made = Reproduction("black").for_pdf(saved(picture, "PNG"), (1200, 600), "none")
    dots = Image.frombytes("1", made.size, zlib.decompress(made.data)).convert("L")
    sun = dots.crop((230, 270, 290, 330))
    assert 0.4 < sum(sun.tobytes()) / 255 / 3600 < 0.9
    assert set(dots.crop((610, 130, 700, 140)).tobytes()) == {0}, "the dark red stays solid"


# --- The cache ----------------------------------------------------------------------------------


def test_a_picture_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(photograph(), "JPEG")
    reproduction = Reproduction("rgb", 150, 80, cache=tmp_path)
    made = reproduction.for_pdf(data, (100, 67), "none")
    web = reproduction.for_web(data)
    (first, second) = sorted((tmp_path / "pictures").iterdir())
    with monkeypatch.context() as patch:
        patch.setattr("brochure.layout.reproduction.read_raster", None)
        assert reproduction.for_pdf(data, (100, 67), "none") == made
        assert reproduction.for_web(data) == web
        with pytest.raises(TypeError):  # another size, quality, orientation or file
            reproduction.for_pdf(data, (100, 66), "none")
        with pytest.raises(TypeError):
            Reproduction("rgb", 150, 81, cache=tmp_path).for_pdf(data, (100, 67), "none")
        with pytest.raises(TypeError):
            reproduction.for_pdf(data, (100, 67), (180, False))
    # What is broken is made again.
    for entry in (first, second):
        entry.write_bytes(b'[["x"]]\nxyz')
    assert reproduction.for_pdf(data, (100, 67), "none") == made
    assert reproduction.for_web(data) == web
    for entry in (first, second):  # half of a picture, where a disk was full, and another picture
        whole = entry.read_bytes()
        entry.write_bytes(whole[: len(whole) // 2])
        assert reproduction.for_pdf(data, (100, 67), "none") == made
        assert reproduction.for_web(data) == web
        assert entry.read_bytes() == whole
        entry.write_bytes(whole[:-9] + b"\0" + whole[-8:])
        assert reproduction.for_pdf(data, (100, 67), "none") == made
        assert reproduction.for_web(data) == web


def test_the_cache_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PICTURE_CACHE", 20_000)
    data = saved(photograph(), "JPEG")
    for width in range(100, 140):
        Reproduction("rgb", 150, 80, cache=tmp_path).for_pdf(data, (width, 90), "none")
    entries = list((tmp_path / "pictures").iterdir())
    assert 2 < len(entries) < 20
    assert sum(entry.stat().st_size for entry in entries) <= 20_000
    newest = max(entries, key=lambda entry: entry.stat().st_mtime_ns)
    assert json.loads(newest.read_bytes()[32:].partition(b"\n")[0])[0] == [139, 90]
