"""The screens of the studio are for everyone: axe-core finds nothing, light and dark, with all
unfolded, and nothing can be pressed that does nothing yet."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from brochure.project import Project
from brochure.starters import create_leaflet, create_mailing
from brochure.studio.imports import Imports
from tests.studio_browser import Pictured, Running, browser, run, signed_in, state
from tests.test_studio_import import read

__all__ = ["browser", "state"]  # fixtures
# Each screen: its address, and what is on it as soon as all of it is.
SCREENS = {
    "start": ("/", ".leaflets .facts a"),
    "editor": ("/leaflets/probe", ".page img"),
    "check": ("/leaflets/probe#check", "#check li"),
    "source": ("/leaflets/probe#source", ".source-pane .words"),
    "variants": ("/leaflets/probe/variants", "table textarea"),
    "variant": ("/leaflets/probe/variants/marburg", ".page img"),
    "letter": ("/leaflets/probe/mail", "#form textarea"),
    "recipients": ("/leaflets/probe/mail#list", "#list-view table tbody tr"),
    "send": ("/leaflets/probe/mail#send", "#send-view .summary, #send-view .diagnostics li"),
    "import": ("/import/TOKEN", "#form .passage textarea"),
    "closed": ("/leaflets/missing", "h1"),
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("projekt")
    (root / "content").mkdir()
    create_leaflet(root, "probe", "de")
    folder = root / "content/probe"
    (folder / "regions.csv").write_text("id,name\nmarburg,Marburg\nhanau,Hanau\n", "utf-8")
    (folder / "variants").mkdir()
    stale = "title: Unser Park in Marburg\nreplaced: {title: Etwas anderes}\n"
    (folder / "variants/marburg.yaml").write_text(stale, "utf-8")
    create_mailing(Project(root), "probe")
    workplace = Pictured(Project(root))
    workplace.imports = Imports(workplace.project, workplace.creating, read)
    workplace.imports.begin("Entwurf.docx", b"Ein Versprechen")
    with run(workplace) as running:
        yield running


@pytest.fixture
def context(browser: Browser, studio: Running) -> Iterator[BrowserContext]:
    with signed_in(browser, studio) as context:
        yield context


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(
    context: BrowserContext, studio: Running, screen: str, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    address, shown = screen_of(studio, screen)
    page.goto(studio.origin + address)
    page.locator(shown).first.wait_for()
    unfold(page)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert len(result.response["passes"]) > 10, "it has looked"


def test_axe_finds_what_is_wrong(context: BrowserContext, studio: Running) -> None:
    page = context.new_page()
    page.goto(studio.origin)
    page.locator(".leaflets a").first.wait_for()
    page.evaluate("document.querySelector('h1').append(document.createElement('button'))")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == ["button-name"]


@pytest.mark.parametrize("screen", ["start", "editor", "variants", "variant", "letter", "import"])
def test_nothing_can_be_pressed_before_something_listens(
    context: BrowserContext, studio: Running, screen: str
) -> None:
    page = context.new_page()
    page.route(re.compile(r"/static/(?!language)[\w-]+\.js"), lambda route: route.abort())
    address, shown = screen_of(studio, screen)
    page.goto(studio.origin + address)
    known = "button:not([data-language], [hidden])"
    assert page.locator(known).count() > 0
    assert page.locator(f"{known}:enabled").count() == 0
    page.unroute_all()
    page.reload()
    page.locator(shown).first.wait_for()
    assert page.locator("[disabled]").count() == 0


def screen_of(studio: Running, screen: str) -> tuple[str, str]:
    address, shown = SCREENS[screen]
    (begun,) = studio.workplace.imports.begun()
    return address.replace("TOKEN", str(begun["token"])), shown


def unfold(page: Page) -> None:
    """Open all that is folded, and what is folded in that."""
    page.wait_for_function(
        """() => {
          const folded = [...document.querySelectorAll("details:not([open])")];
          for (const one of folded) one.open = true;
          return !folded.length;
        }"""
    )
    assert re.search(r"\S", page.locator("main").inner_text())
