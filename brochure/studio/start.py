"""What the first page of the studio shows and does: the state of all leaflets, and making one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from brochure.diagnostics import DiagnosticsError, Location
from brochure.layout.designs import (
    DEFAULT,
    check_design,
    design_names,
    design_picture,
    read_design,
)
from brochure.manuscript.text.language import load_language
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import plain
from brochure.messages import catalogue, say
from brochure.project import Project
from brochure.starters import (
    Starter,
    create_leaflet,
    free_name,
    starter_languages,
    starter_picture,
)
from brochure.studio.answers import Json
from brochure.studio.refusal import Refusal, malformed, no_such_page

_TITLE = 200  # characters of the title of a new leaflet; it can be made longer later
_STARTERS = {
    Starter.SAMPLE: (say("A sample"), say("Two pairs about a park, to be replaced with yours.")),
    Starter.EMPTY: (say("Empty"), say("A title, and a pair to be filled in.")),
    Starter.EXAMPLE: (say("An example"), say("It shows what is found out about quotes.")),
}


def leaflets(project: Project) -> tuple[str, ...]:
    """The names of all leaflets; none as long as the project is an empty folder."""
    return project.leaflets() if project.content.is_dir() else ()


def overview(project: Project, language: str) -> Json:
    """All leaflets, and what a new one is made of: starters, designs, languages. Texts are in the
    language of the reader.
    """
    words = catalogue(language)
    return {
        "name": project.root.name,
        "language": language,
        "leaflets": [_named(project, name) for name in leaflets(project)],
        "starters": [
            {
                "name": name,
                "title": words(title),
                "description": words(description),
                "pictures": {code: _starter_address(code, name) for code in starter_languages()},
            }
            for name, (title, description) in _STARTERS.items()
        ],
        "designs": [
            {
                "name": name,
                "description": design.described(language),
                "picture": picture_address(project, name),
            }
            for name in design_names(project)
            if (design := read_design(project, name).value)
        ],
        "languages": [
            {"code": code, "name": load_language(project, code).name}
            for code in starter_languages()
        ],
    }


def _named(project: Project, name: str) -> Json:
    """A leaflet: its title, how many variants it has, and when it was changed (ISO 8601, UTC)."""
    title, variants = "", 0
    with suppress(DiagnosticsError):
        bundle = read_bundle(project, name)
        title, variants = str(plain(bundle.base.node(("title",))) or ""), len(bundle.ids)
    return {
        "name": name,
        "title": title or name,
        "variants": variants,
        "changed": _changed(project, name),
    }


def _changed(project: Project, name: str) -> str | None:
    try:
        seconds = project.manuscript(name).stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _starter_address(language: str, starter: Starter) -> str:
    return f"/api/starters/{language}/{starter}.png"


def starter_image(language: str, starter: str) -> bytes:
    """The picture of a starter, a PNG. Raises Refusal where there is none of the name."""
    if language not in starter_languages() or starter not in _STARTERS:
        raise no_such_page()
    return starter_picture(language, Starter(starter))


def picture_address(project: Project, design: str) -> str | None:
    """The address of the picture of a design, if it has one."""
    return f"/api/designs/{design}.png" if design_picture(project, design) else None


def new_leaflet(project: Project, body: Json) -> str:
    """Make a leaflet, and return its name. `body` has a `title`, and as far as wanted `name`,
    `starter`, `design` and `language`. Nothing is ever overwritten. Raises Refusal and
    DiagnosticsError.
    """
    title = " ".join(_text(body, "title").split())
    if not title or len(title) > _TITLE or not title.isprintable():
        raise Refusal(
            422,
            say("A leaflet needs a title of at most {limit} characters.", limit=_TITLE),
            say("You can change it at any time."),
        )
    language, starter = _text(body, "language") or "de", _text(body, "starter") or Starter.SAMPLE
    if language not in starter_languages() or starter not in _STARTERS:
        raise Refusal(
            422, say("There is no leaflet to start from in `{language}`.", language=language)
        )
    design = _text(body, "design") or DEFAULT
    check_design(design, design_names(project), Location("design"))
    name = _text(body, "name") or free_name(title, leaflets(project))
    with project_begins(project):
        chosen = Starter(starter)
        create_leaflet(project.root, name, language, design=design, starter=chosen, title=title)
    return name


@contextmanager
def project_begins(project: Project) -> Iterator[None]:
    """In an empty folder, the project begins with the first leaflet, which the block makes."""
    begins = not project.content.exists()
    try:
        project.content.mkdir(exist_ok=True)
        yield
    finally:
        if begins and project.content.is_dir() and not any(project.content.iterdir()):
            project.content.rmdir()


def _text(body: Json, key: str) -> str:
    """A text of a request; empty where there is none."""
    value = body.get(key) or ""
    if not isinstance(value, str):
        raise malformed()
    return value
