"""The studio in a real browser: what its test modules share. They import the fixtures `browser` and
`state` from here, and make a `studio` of their own with `run`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import yaml
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from brochure.project import Project
from brochure.sources.verification import SourceMemory
from brochure.studio.answers import Json
from brochure.studio.builds import Builds
from brochure.studio.editing import Editing
from brochure.studio.workplace import Workplace
from tests.test_studio_server import Running, run, state
from tests.test_web import browser

__all__ = [
    "SECONDS",
    "Pictured",
    "Running",
    "answer",
    "append",
    "browser",
    "run",
    "said",
    "sign_in",
    "signed_in",
    "state",
    "tells",
    "title",
    "window",
]
SECONDS = 30_000  # milliseconds until the page says what it should; a machine may be busy
expect.set_options(timeout=SECONDS)
PICTURE = "0123456789abcdef"


class Hindered(Editing):
    """The disk can be full."""

    full = False
    pause: Event | None = None  # saving waits for it

    def save(self, name: str, body: Json, language: str) -> dict[str, object]:
        if self.pause is not None:
            assert self.pause.wait(20)
        if self.full:
            raise OSError(28, "No space left on device")
        return super().save(name, body, language)


class White(Builds):
    """Pages are white sheets with a spot for each passage."""

    reason: str | None = None  # why the last words are not on the pages

    def preview(
        self, name: str, edition: str, variant: str, language: str, gone: Event | None = None
    ) -> Json:
        size = {"width": 794, "height": 1123}
        src = f"/api/leaflets/{name}/pages/{PICTURE}.png"
        path = self._project.manuscript(name)
        passages = yaml.safe_load(path.read_text())["passages"]
        return {
            "edition": edition,
            "variant": variant,
            "digest": sha256(path.read_bytes()).hexdigest(),
            "as_of": datetime.now(UTC).isoformat(),
            "current": self.reason is None,
            "reason": self.reason,
            "pages": [{"number": n, "src": src, "text": f"Seite {n}", **size} for n in (1, 2)],
            "passages": [
                {"id": one["id"], "page": 1, "x": 80, "y": 100 + 150 * at, "width": 600,
                 "height": 140}
                for at, one in enumerate(passages)
            ],
            "used": 2,
            "sheets": 0,
            "fit": None,
            "diagnostics": [],
        }  # fmt: skip

    def picture(self, picture: str) -> bytes:
        output = BytesIO()
        Image.new("RGB", (794, 1123), "white").save(output, "PNG")
        return output.getvalue()


class Pictured(Workplace):
    """With pages that take no time."""

    leaflet_ = "probe"  # that of the test

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.builds.close()
        self.editing: Hindered = Hindered(project)
        parts = self.editing, self.quotes, self.variants
        self.builds: White = White(project, SourceMemory(), *parts)


@contextmanager
def window(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A browser, as of a German, that knows no studio yet. Whatever a page logs is an error."""
    context = browser.new_context(
        **{"locale": "de-DE", "viewport": {"width": 1280, "height": 800}, **options}
    )
    context.set_default_timeout(SECONDS)
    logged: list[str] = []
    context.on("weberror", lambda error: logged.append(str(error.error)))
    context.on("console", lambda message: logged.append(message.text))
    yield context
    context.close()
    # That there is no network, and that the disk is full, a browser says by itself.
    assert [line for line in logged if "Failed to load resource" not in line] == []


@contextmanager
def signed_in(browser: Browser, studio: Running, **options: Any) -> Iterator[BrowserContext]:
    """A browser that may use a studio."""
    with window(browser, **options) as context:
        sign_in(context, studio)
        yield context


def sign_in(context: BrowserContext, studio: Running) -> None:
    name, value = studio.secret.cookie_name, studio.secret.cookie
    context.add_cookies([{"name": name, "value": value, "url": studio.origin}])


def said(path: Path) -> Any:
    """What a file of YAML says."""
    return yaml.safe_load(path.read_text())


# --- The editor of a leaflet ------------------------------------------------------------------


def title(page: Page) -> Locator:
    return page.locator("#head textarea").first


def answer(page: Page, passage: int = 0) -> Locator:
    """The text of a commentary."""
    return page.locator(".passage").nth(passage).locator(".commentary textarea.prose").first


def append(page: Page, field: Locator, text: str) -> None:
    """Type at the end of a field."""
    field.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def tells(page: Page, text: str) -> None:
    """The bar says so."""
    expect(page.locator("#state")).to_contain_text(text, timeout=SECONDS)
