"""The pages beside the form are those of a build, each is where it says it is, and says which text
it shows.
"""

import random
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import yaml
from PIL import Image

from brochure.diagnostics import DiagnosticsError
from brochure.isolation import Stopped
from brochure.layout.editions import load_editions
from brochure.messages import catalogue
from brochure.pipeline.executors import ProcessPool
from brochure.pipeline.plan import Mode, Selection
from brochure.pipeline.proofs import Fit, Proof
from brochure.prepress.screen import draw_page, screen_pages
from brochure.project import Project
from brochure.sources.document import Document
from brochure.sources.reading.plaintext import parse_text
from brochure.sources.verification import SourceMemory
from brochure.studio.pictures import Pictures
from brochure.studio.preview import Pages, Preview, Previews, preview_data
from brochure.studio.refusal import Refusal
from tests import pipeline
from tests.conftest import ROOT, SEED

WORDS = catalogue("en")
TEXT = """\
language: de
title: Ein Titel
passages:
  - id: eins
    commentary: {heading: Gut, text: "Das ist gut gemeint."}
  - id: zwei
    commentary: {heading: Schlecht, text: "Das ist schlecht gemacht."}
imprint: Verein, Weg 1, 12345 Stadt
"""
EMAIL = Pages("probe", "email", "")


@pytest.fixture(scope="module")
def previews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previews]:
    """Previews of a project with the first leaflet in it, as `seed`."""
    root = tmp_path_factory.mktemp("projekt")
    for name in ("seed", "probe"):
        (root / "content" / name).mkdir(parents=True)
    seed = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
    (root / "content/seed/leaflet.yaml").write_text(seed, "utf-8")
    with (
        closing(ProcessPool(1, kept=True)) as pool,
        closing(Previews(Project(root), pool, SourceMemory())) as previews,
    ):
        yield previews


@pytest.fixture
def project(previews: Previews) -> Project:
    return previews._project


@pytest.fixture(autouse=True)
def leaflet(project: Project) -> Path:
    path = project.manuscript("probe")
    path.write_text(TEXT, "utf-8")
    return path


def shown(previews: Previews, pages: Pages) -> tuple[Preview, Proof]:
    answer = previews.preview(pages)
    assert answer.diagnostics == ()
    assert answer.preview is not None
    assert answer.preview.proof is not None
    return answer.preview, answer.preview.proof


def built(project: Project, pages: Pages, mode: Mode = Mode.BUILD) -> bytes:
    """The file as a build makes it in this process, which knows nothing of the previews."""
    editions = {pages.edition: load_editions(project)[pages.edition]}
    (outcome,) = pipeline.outcomes(project, [pages.leaflet], Selection(), editions, mode)
    assert outcome.artifact is not None, outcome.diagnostics
    return outcome.artifact.path.read_bytes()


def printed(pdf: bytes, page: int, path: Path) -> str:
    """The text of a page within its trimmed edges, as poppler reads it."""
    path.write_bytes(pdf)
    found = pypdfium2.PdfDocument(pdf)[page - 1]
    media, trim = found.get_mediabox(), found.get_trimbox()
    edges = (trim[0] - media[0], media[3] - trim[3], trim[2] - trim[0], trim[3] - trim[1])
    options = zip(("-x", "-y", "-W", "-H", "-f", "-l"), (*edges, page, page), strict=True)
    given = [word for option, value in options for word in (option, str(round(value)))]
    command = ["pdftotext", *given, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


@pytest.mark.parametrize("edition", ["email", "booklet", "press"])
def test_pages_are_those_of_a_build(
    previews: Previews, project: Project, tmp_path: Path, edition: str
) -> None:
    pages = Pages("seed", edition, "")
    preview, proof = shown(previews, pages)
    assert proof.pdf == built(project, pages)
    form = load_editions(project)[edition]
    assert preview.sheets == (1 if form.imposition else 0)
    document = pypdfium2.PdfDocument(proof.pages_pdf)
    assert len(document) == len(proof.pages) >= 2
    seen: dict[str, str] = {}
    for number, page in enumerate(proof.pages):
        text = printed(proof.pages_pdf, number + 1, tmp_path / "pages.pdf")
        assert sorted(letters(page.text)) == sorted(letters(text))
        left, bottom, right, top = document[number].get_trimbox()
        assert page.width == pytest.approx((right - left) * 96 / 72)
        assert page.height == pytest.approx((top - bottom) * 96 / 72)
        for area in (area for area in proof.passages if area.page == number):
            assert 0 < area.x < area.x + area.width < page.width
            assert area.width > page.width / 2
            box = (left + area.x * 0.75, top - (area.y + area.height) * 0.75,
                   left + (area.x + area.width) * 0.75, top - area.y * 0.75)  # fmt: skip
            within = document[number].get_textpage().get_text_bounded(*box)
            seen[area.passage] = seen.get(area.passage, "") + letters(within)
    texts = yaml.safe_load(project.manuscript("seed").read_text("utf-8"))["passages"]
    assert len(texts) == 5
    for passage in texts:
        words = letters(passage["quote"]["text"])
        assert words in seen[passage["id"]]
        others = [letters(one["quote"]["text"]) for one in texts if one is not passage]
        assert not any(other in seen[passage["id"]] for other in others)
    picture = Image.open(BytesIO(draw_page(proof.pages_pdf, 0)))
    assert picture.width >= 2 * proof.pages[0].width - 1
    ratio = proof.pages[0].width / proof.pages[0].height
    assert picture.width / picture.height == pytest.approx(ratio, rel=0.002)


def test_after_any_edits_pages_are_those_of_a_build(
    previews: Previews, project: Project, leaflet: Path
) -> None:
    chance = random.Random(7)
    texts = yaml.safe_load(project.manuscript("seed").read_text("utf-8"))
    texts["passages"] = texts["passages"][:3]
    files = set()
    for _ in range(6):
        passages = texts["passages"]
        match chance.randrange(4):
            case 0:
                chance.shuffle(passages)
            case 1:
                words = chance.choice(passages)["commentary"]["text"].split()
                words.insert(chance.randrange(len(words)), chance.choice(["nie", "Gemeinderat"]))
                chance.choice(passages)["commentary"]["text"] = " ".join(words).strip("*")
            case 2:
                texts["title"] = chance.choice(["Kurz", "Ein Titel, der über zwei Zeilen geht, ja"])
            case 3:
                texts["accent"] = f"#{chance.randrange(0x999999):06x}"
        leaflet.write_text(yaml.safe_dump(texts, allow_unicode=True), "utf-8")
        _, proof = shown(previews, EMAIL)
        assert proof.pdf == built(project, EMAIL)
        files.add(proof.pdf)
    assert len(files) > 3, "the edits changed something"


def test_a_page_that_did_not_change_is_known_again(previews: Previews, leaflet: Path) -> None:
    long = TEXT.replace("Das ist gut gemeint.", " ".join(["Vieles ist gut gemeint."] * 300))
    leaflet.write_text(long, "utf-8")
    _, before = shown(previews, EMAIL)
    assert len({page.digest for page in before.pages}) == len(before.pages) > 1
    leaflet.write_text(long.replace("schlecht gemacht", "schlechter gemacht"), "utf-8")
    _, after = shown(previews, EMAIL)
    assert after.pages[-1].digest != before.pages[-1].digest
    assert after.pages[0].digest == before.pages[0].digest
    assert draw_page(after.pages_pdf, 0) == draw_page(before.pages_pdf, 0)
    last = len(after.pages) - 1
    assert draw_page(after.pages_pdf, last) != draw_page(before.pages_pdf, last)
    assert screen_pages(after.pages_pdf, "other fonts")[0].digest != after.pages[0].digest


def test_wrong_quotes_are_marked_and_misfits_are_shown(
    previews: Previews, project: Project, leaflet: Path
) -> None:
    """What stops a build stops no preview, but that it would is said."""
    leaflet.with_name("quelle.txt").write_text("Ganz andere Worte stehen hier.\n")
    quoted = TEXT.replace("  - id: zwei", "    quote: {text: Nie gesagte Worte, lines: 1}\n"
                          "  - id: zwei")  # fmt: skip
    leaflet.write_text(quoted + "source: {title: Q, file: quelle.txt}\n", "utf-8")
    _, proof = shown(previews, EMAIL)
    assert proof.pdf == built(project, EMAIL, Mode.DRAFT)
    long = TEXT.replace("Das ist gut gemeint.", " ".join(["Vieles ist gut gemeint."] * 300))
    leaflet.write_text(long + "fit: 1\n", "utf-8")
    answer = previews.preview(EMAIL)
    data = preview_data(answer, (), "/pages", WORDS)
    assert answer.preview is not None
    misfits = [d for d in answer.preview.diagnostics if d.code == "does-not-fit"]
    lines = sum(int(d.message.values["n"]) for d in misfits)
    assert lines > 10
    assert data["fit"] == {"pages": 1, "exactly": True, "over": lines, "short": 0, "left": 0}
    assert data["used"] == len(data["pages"]) > 1  # type: ignore[arg-type]
    assert data["current"]
    assert data["blocked"] == str(misfits[0].message)
    assert misfits[0].location.file == "content/probe/leaflet.yaml"


def test_lines_that_there_is_room_for(previews: Previews, leaflet: Path) -> None:
    """As many as are said to be left still fit, and not many more."""
    words = "Vieles ist gut gemeint, und einiges auch gut gemacht, aber eben nicht alles davon. "

    def after(more: int) -> Fit:
        text = TEXT.replace("Das ist gut gemeint.", (words * (20 + more)).strip())
        leaflet.write_text(text + "fit: 1\n", "utf-8")
        _, proof = shown(previews, EMAIL)
        assert proof.fit is not None
        return proof.fit

    first = after(0)
    assert (first.over, first.short) == (0, 0)
    assert first.left > 6
    assert after(first.left // 2).over == 0, "a sentence takes nearly two lines"
    assert after(first.left).over > 0


def test_mistakes_keep_the_last_pages_and_say_why(
    previews: Previews, project: Project, leaflet: Path
) -> None:
    before, _ = shown(previews, EMAIL)
    leaflet.write_text(TEXT.replace("title: Ein Titel\n", ""), "utf-8")
    answer = previews.preview(EMAIL)
    assert answer.preview is before
    data = preview_data(answer, (), "/pages", WORDS)
    assert data["current"] is False
    assert "title" in str(data["reason"])
    assert data["digest"] == before.digest
    assert data["as_of"] == before.as_of.isoformat(timespec="milliseconds")
    other = preview_data(previews.preview(Pages("probe", "print", "")), (), "/pages", WORDS)
    assert (other["pages"], other["current"], other["as_of"]) == ([], False, None)
    leaflet.write_text(TEXT.replace("Ein Titel", "Der neue Titel"), "utf-8")
    after, proof = shown(previews, EMAIL)
    assert after.as_of > before.as_of
    assert "Der neue Titel" in proof.pages[0].text


def test_what_is_being_read_counts_when_all_of_it_was(
    previews: Previews, leaflet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streams ask in other threads, at any time."""
    shown(previews, EMAIL)
    compose, seen = previews._composed, list[object]()

    def composed(pages: Pages, reads: dict[Path, tuple[int, int, int, int] | None]) -> object:
        reads[leaflet.with_name("half.png")] = (1, 2, 3, 4)
        seen.append(previews.outdated("probe"))
        return compose(pages, reads)

    monkeypatch.setattr(previews, "_composed", composed)
    leaflet.write_text(TEXT + "\n", "utf-8")
    shown(previews, EMAIL)
    assert seen == [frozenset()]


def test_other_files_count_as_well(previews: Previews, project: Project, leaflet: Path) -> None:
    """A picture that is missing, comes, and changes: the pages are never those of before."""
    leaflet.write_text(TEXT + "logo: {file: logo.png, alt: Ein Quadrat}\n", "utf-8")
    picture = leaflet.with_name("logo.png")
    assert previews.preview(EMAIL).diagnostics
    assert not previews.outdated("probe")
    drawn = []
    for colour in ("red", "blue"):
        Image.new("RGB", (400, 400), colour).save(picture)
        told = previews.outdated("probe")
        assert told
        assert told == previews.outdated("probe"), "it is told once"
        _, proof = shown(previews, EMAIL)
        assert not previews.outdated("probe")
        assert shown(previews, EMAIL)[1] is proof, "nothing has changed"
        drawn.append(proof.pages[0].digest)
    assert drawn[0] != drawn[1]
    picture.unlink()


def test_sources_are_read_again_when_they_change_and_only_then(
    previews: Previews, leaflet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def parse(text: str, *args: object, **options: object) -> Document:
        read.append(text)
        return parse_text(text, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("brochure.sources.reading.plaintext.parse_text", parse)
    source = leaflet.with_name("quelle.txt")
    quoted = TEXT.replace("  - id: zwei", "    quote: {text: Kluge Worte, lines: 1}\n"
                          "  - id: zwei")  # fmt: skip

    def verdict(words: str, title: str) -> list[str]:
        source.write_text(f"{words} stehen hier.\n", "utf-8")
        text = quoted.replace("Ein Titel", title) + "source: {title: Q, file: quelle.txt}\n"
        leaflet.write_text(text, "utf-8")
        return [d.code for d in shown(previews, EMAIL)[0].diagnostics]

    assert verdict("Kluge Worte", "Erster") == verdict("Kluge Worte", "Zweiter") == []
    assert len(read) == 1
    assert verdict("Dumme Worte", "Zweiter") != []
    assert verdict("Kluge Worte", "Zweiter") == []
    assert len(read) == 2, "what was known before is known again"


class Slow(Previews):
    """Which typesets when it is told, and remembers what."""

    def __init__(self, project: Project, pool: ProcessPool) -> None:
        super().__init__(project, pool, SourceMemory())
        self.begun, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.titles: list[str] = []

    def _made(self, pages: Pages) -> Preview:
        self.begun.release()
        self.titles.append(f"{pages.edition} {self._project.manuscript('probe').read_text()[:29]}")
        assert self.go.acquire(timeout=60)
        raise DiagnosticsError([])


def test_what_is_overtaken_is_dropped(project: Project, leaflet: Path) -> None:
    with (
        closing(ProcessPool(1, kept=True)) as pool,
        closing(Slow(project, pool)) as slow,
    ):
        results: list[str] = []

        def ask(pages: Pages, name: str, gone: threading.Event | None = None) -> threading.Thread:
            def asking() -> None:
                try:
                    slow.preview(pages, gone)
                    results.append(name)
                except CancelledError:
                    results.append(f"{name} was dropped")

            thread = threading.Thread(target=asking)
            thread.start()
            return thread

        def wait_for(pages: Pages, number: int) -> None:
            for _ in range(6000):
                wanted = slow._wanted.get(pages)
                if wanted and len(wanted.gone) == number:
                    return
                time.sleep(0.01)
            raise AssertionError("never asked for")

        first = ask(EMAIL, "first")
        assert slow.begun.acquire(timeout=60)
        left = threading.Event()
        second, third = ask(EMAIL, "second"), ask(EMAIL, "third")
        wait_for(EMAIL, 2)
        fourth = ask(Pages("probe", "print", ""), "fourth", left)
        wait_for(Pages("probe", "print", ""), 1)
        left.set()
        leaflet.write_text(TEXT.replace("Ein Titel", "Der neue"), "utf-8")
        slow.go.release()
        first.join(60)
        assert slow.begun.acquire(timeout=60)
        slow.go.release()
        for thread in (second, third, fourth):
            thread.join(60)
        assert results[0] == "first"
        assert sorted(results[1:]) == ["fourth was dropped", "second", "third"]
        assert slow.titles == ["email language: de\ntitle: Ein Titel", "email language: de\ntitle: Der neue\n"]  # fmt: skip # noqa: E501


def test_pictures_are_drawn_once_and_kept_within_bounds(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, proof = shown(previews, Pages("seed", "email", ""))
    drawn: list[int] = []
    with closing(Pictures()) as pictures:
        monkeypatch.setattr(
            pictures._worker, "call", lambda _s, _m, draw, pdf, index: _counted(drawn, index)
        )
        pictures.offer(proof.pages_pdf, proof.pages)
        first, second = (page.digest for page in proof.pages)
        assert pictures.picture(second) == pictures.picture(second)
        pictures.picture(first)
        assert drawn == [0, 1]
        monkeypatch.setattr("brochure.studio.pictures._ROOM", 1)
        pictures.picture(second)
        assert [*pictures._drawn] == []
        with pytest.raises(Refusal) as refused:
            pictures.picture("0" * 32)
        assert refused.value.status == 404

        def break_down(*_: object) -> bytes:
            raise Stopped("crash")

        monkeypatch.setattr(pictures._worker, "call", break_down)
        with pytest.raises(Refusal) as refused:
            pictures.picture(first)
        assert refused.value.status == 503


def _counted(drawn: list[int], index: int) -> bytes:
    drawn.append(index)
    return b"picture"


def test_the_web_has_no_pages(previews: Previews) -> None:
    answer = previews.preview(Pages("probe", "web", ""))
    data = preview_data(answer, (), "/pages", WORDS)
    assert (data["pages"], data["current"], data["reason"]) == ([], True, None)
    assert "web page" in str(data["note"])
