"""Ten photographs of twelve megapixels in one leaflet: how large the files become, and how much
memory the process takes that makes them.
"""

import io
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

_PHOTOGRAPHS = 10
_SIZE = 4000, 3000
_EDITIONS = ("email", "print", "copier", "press", "web")
_LIMITS = {"email": 3.5, "print": 6.0, "press": 30.0}  # MB
_MEMORY = 300  # MB
# Widths of pictures: that of the text, those of a column, that of a logo.
_TEMPLATE = """\
<html lang="de"><head><title>Bilder</title></head><body><h1>Bilder</h1>
{}
</body></html>
"""
_PICTURE = '<p><img src="{name}" alt="Bild" style="width: {width}"></p>'
_WIDTHS = ("174mm", "174mm", "174mm", "174mm", "83mm", "83mm", "83mm", "83mm", "174mm", "174mm")
# Composed and typeset in one process, whose peak is measured: by Linux itself, since what
# `resource` says includes that of the process which started this one.
_BUILD = """\
import sys, time
from pathlib import Path
from brochure.layout.compose.composer import compose
from brochure.layout.editions import load_editions
from brochure.manuscript.load import read_manuscript
from brochure.pipeline.fingerprint import versions
from brochure.pipeline.tasks import Task, typeset
from brochure.project import Project
root, name, cache = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
project = Project(root)
edition = load_editions(project)[name]
composition = compose(project, read_manuscript(project, "fotos"), name, edition)
start = time.perf_counter()
result = typeset(Task(composition, ("",), versions()), cache)
taken = time.perf_counter() - start
(root / f"{name}{edition.suffix}").write_bytes(result.by_region.get("", b""))
for one in result.diagnostics:
    if one.is_error:
        print(one.message, file=sys.stderr)
status = Path("/proc/self/status").read_text().split()
peak = int(status[status.index("VmHWM:") + 1]) // 1000
print(len(result.by_region.get("", b"")), peak, taken)
"""


def main(keep: Path | None = None) -> bool:
    """Print the table; whether all goals are reached. `keep` is a folder for the files."""
    with tempfile.TemporaryDirectory() as temporary:
        root = keep or Path(temporary)
        shutil.rmtree(root / "cache", ignore_errors=True)
        _write_project(root)
        print(f"{_PHOTOGRAPHS} photographs of 12 megapixels")
        print(f"  {'edition':<10} {'MB':>7} {'memory':>9} {'first':>8} {'again':>8}")
        good = True
        for name in _EDITIONS:
            size, peak, first = _build(root, name)
            _, _, again = _build(root, name)
            good = good and size <= _LIMITS.get(name, 1000) * 1e6 and peak <= _MEMORY
            print(f"  {name:<10} {size / 1e6:>7.2f} {peak:>6} MB {first:>6.1f} s {again:>6.1f} s")
        print("  all goals are reached" if good else "  NOT all goals are reached")
    return good


def _build(root: Path, name: str) -> tuple[int, int, float]:
    command = [sys.executable, "-c", _BUILD, str(root), name, str(root / "cache")]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    size, peak, taken = run.stdout.split()
    return int(size), int(peak), float(taken)


def _write_project(root: Path) -> None:
    folder = root / "content" / "fotos"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "styles").mkdir(exist_ok=True)
    for number in range(_PHOTOGRAPHS):
        (folder / f"{number}.jpg").write_bytes(photograph(number))
    pictures = (
        _PICTURE.format(name=f"{number}.jpg", width=width) for number, width in enumerate(_WIDTHS)
    )
    template = _TEMPLATE.format("\n".join(pictures))
    (root / "styles" / "leaflet.html").write_text(template, "utf-8")
    (folder / "leaflet.yaml").write_text(
        "language: de\ntitle: Bilder\ndate: 2026-11-24\nimprint: Ich\npassages:\n  - id: eins\n"
        "    commentary:\n      text: Text\n",
        "utf-8",
    )


def photograph(number: int, size: tuple[int, int] = _SIZE) -> bytes:
    """A JPEG with detail of every size and some noise, of as many bytes as a telephone makes of a
    picture of the street: three or four million.
    """
    seed = number * 100
    light = Image.new("L", size, 120)
    for octave, share in ((6, 70), (20, 40), (70, 24), (220, 14), (700, 9), (2000, 7)):
        light = _add(light, _noise(octave, octave * 3 // 4, share, seed + octave).resize(size))
    tints = (_noise(5, 4, 50, seed + tint).resize(size) for tint in range(3))
    grain = _noise(*size, 3, seed)
    channels = [_add(_add(light, tint), grain) for tint in tints]
    picture = Image.merge("RGB", channels)
    output = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.5)).save(output, "JPEG", quality=90)
    return output.getvalue()


def _add(levels: Image.Image, noise: Image.Image) -> Image.Image:
    return ImageChops.add(levels, noise, 1, -128)


def _noise(width: int, height: int, sigma: int, seed: int) -> Image.Image:
    """Levels around 128, always the same for a seed: a digest, stretched over the picture."""
    data = random.Random(seed * 10_007 + width).randbytes(width * height)
    flat = Image.frombytes("L", (width, height), data)
    return flat.point(lambda level: max(0, min(255, 128 + (level - 128) * sigma // 64)))
