"""What leaflets begin with: a sample, nothing, or an example; each with a picture."""

import hashlib
import json
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from brochure.cli.main import run
from brochure.starters import Starter, starter_languages, starter_picture, starter_text


@pytest.mark.parametrize("language", starter_languages())
def test_pictures_show_the_starters_as_they_are(language: str) -> None:
    """If not: python script/picture.py."""
    shown = json.loads((files("brochure.starter") / language / "pictures.json").read_text("utf-8"))
    sizes = set()
    for starter in Starter:
        text = starter_text(language, starter).encode()
        assert shown[starter] == hashlib.sha256(text).hexdigest(), starter
        data = starter_picture(language, starter)
        assert len(data) < 50_000
        sizes.add(Image.open(BytesIO(data)).size)
    assert sizes == {(400, 566)}
    assert set(shown) == set(Starter)


@pytest.mark.parametrize("language", starter_languages())
def test_an_empty_leaflet_lacks_words_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "neu", "--empty", "--language", language]) == 0
    monkeypatch.chdir(tmp_path / "neu")
    folder = tmp_path / "neu/content/neu"
    assert [path.name for path in folder.rglob("*")] == ["leaflet.yaml"], "no document of others"
    capsys.readouterr()
    assert run(["check", "neu", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [one["code"] for one in found] == ["empty-passage"]
    path = folder / "leaflet.yaml"
    path.write_text(path.read_text("utf-8") + "    commentary: {text: Ja.}\n", "utf-8")
    assert run(["check", "neu", "--edition", "email"]) == 0


def test_a_leaflet_is_either_empty_or_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "neu", "--empty", "--example"]) == 2
    assert "either empty or an example" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
