"""The studio in a real browser: what its test modules share. They import the fixtures `browser` and
`state` from here, and make a `studio` of their own with `run`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.test_studio_server import Running, run, state
from tests.test_web import browser

__all__ = [
    "SECONDS",
    "Running",
    "answer",
    "append",
    "browser",
    "run",
    "said",
    "signed_in",
    "state",
    "tells",
    "title",
]
SECONDS = 8_000  # milliseconds until the page says what it should


@contextmanager
def signed_in(browser: Browser, studio: Running, **options: Any) -> Iterator[BrowserContext]:
    """A browser that may use a studio, as of a German. Whatever a page logs is an error."""
    context = browser.new_context(
        **{"locale": "de-DE", "viewport": {"width": 1280, "height": 800}, **options}
    )
    context.set_default_timeout(SECONDS)
    logged: list[str] = []
    context.on("weberror", lambda error: logged.append(str(error.error)))
    context.on("console", lambda message: logged.append(message.text))
    name, value = studio.secret.cookie_name, studio.secret.cookie
    context.add_cookies([{"name": name, "value": value, "url": studio.origin}])
    yield context
    context.close()
    # That there is no network, and that the disk is full, a browser says by itself.
    assert [line for line in logged if "Failed to load resource" not in line] == []


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
