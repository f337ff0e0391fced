"""Editions: forms of output, described in ``styles/editions.yaml``; and print options: what a
leaflet asks of the edition that it is printed in.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    error,
    raise_errors,
    shortened,
)
from brochure.manuscript.model.fields import at_most_characters, at_most_entries, invalid_value
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import MappingNode, ScalarNode, Tree
from brochure.manuscript.yaml.validation import did_you_mean, on_other_lines, validate
from brochure.messages import say
from brochure.project import NAME, Project, builtin_styles, packaged_fonts

if TYPE_CHECKING:
    from brochure.manuscript.load import Manuscript

FILE = "editions.yaml"
_LONGEST_NAME = 40  # characters; the name becomes part of the names of PDFs
_PATH = re.compile(r"\w[\w .+-]*(?:/\w[\w .+-]*)*")


def _path(value: str) -> str:
    """A file below styles/: no way up or out, and no unusual characters in its name."""
    if not _PATH.fullmatch(value):
        raise invalid_value(
            "file-name",
            say("`{name}` is not the name of a file in styles/.", name=shortened(value)),
            say("Write its name, with slashes between folders, as in `profiles/press.icc`."),
        )
    return value


_File = Annotated[str, at_most_characters(200), AfterValidator(_path)]
Links = Literal["live", "printed", "none"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Imposition(_Model):
    """How pages are arranged on sheets of paper that are printed on both sides."""

    scheme: Literal["saddle-stitch", "step-and-repeat", "cut-and-stack", "letter-fold"] = Field(
        description="`saddle-stitch`: sheets folded in the middle and nested, then stapled. "
        "`step-and-repeat`: each page twice on a sheet, which is cut into two copies. "
        "`cut-and-stack`: pages side by side, which are cut and stacked. `letter-fold`: one sheet "
        "folded into six panels."
    )
    sheet: Literal["A3", "A4", "A5"] = Field("A4", description="The paper size, in landscape.")
    creep: Annotated[float, Field(ge=0, le=1)] = Field(
        0,
        description="How many mm the pages of each sheet are moved towards the fold, compared "
        "with the sheet around it: inner sheets stick out and are trimmed. This is the thickness "
        "of the paper; 0.1 for office paper.",
    )
    marks: Annotated[tuple[Literal["fold", "staple", "cut"], ...], at_most_entries(3)] = Field(
        (), description="What is marked on the sheets: folds, staples, cuts."
    )
    fill: Literal["blank", "notes"] = Field(
        "blank", description="What is on the pages that are added to fill up the sheets."
    )
    hint: bool = Field(
        True, description="Whether a line on the last page says how to set up the printer."
    )

    @property
    def pages(self) -> int:
        """How many pages one sheet holds, both sides together."""
        return {"step-and-repeat": 2, "letter-fold": 6}.get(self.scheme, 4)


class Scale(_Model):
    """How far type and spacing may be scaled to fill a number of pages."""

    smallest: Annotated[float, Field(ge=0.5, le=1)] = Field(description="As a factor: 0.9.")
    largest: Annotated[float, Field(ge=1, le=2)] = Field(description="As a factor: 1.15.")


class Edition(_Model):
    """One form of output. A project adds its own in ``styles/editions.yaml``."""

    description: Annotated[str, at_most_characters(500)] = Field(
        description="What it is for, in one line."
    )
    default: bool = Field(
        False, description="Whether `brochure build` makes it when no edition is named."
    )
    output: Literal["pdf", "html"] = Field("pdf", description="A PDF, or a web page.")
    template: _File = Field("leaflet.html", description="The template, a file in styles/.")
    styles: Annotated[tuple[_File, ...], at_most_entries(30)] = Field(
        min_length=1, description="Style sheets, files in styles/."
    )
    fonts: Annotated[tuple[Annotated[str, at_most_characters(100)], ...], at_most_entries(30)] = (
        Field((), description="Families of the font package that it may use.")
    )
    arrangement: Literal["columns", "stacked"] = Field(
        "columns", description="Quote and commentary side by side, or one above the other."
    )
    links: Links = Field(
        "live",
        description="Whether links can be clicked (`live`), are printed as readable addresses, or "
        "neither.",
    )
    qr_codes: bool = Field(
        False,
        alias="qr-codes",
        description="Whether the QR codes that a leaflet asks for (`codes:`) are printed.",
    )
    colours: Literal["rgb", "grey", "black", "cmyk"] = Field(
        "rgb",
        description="Its colour space. `black` has no tints; `cmyk` makes a PDF/X-4 for the press.",
    )
    profile: _File | None = Field(
        None, description="For `cmyk`: the ICC profile of the press, a file in styles/."
    )
    bleed: Annotated[float, Field(ge=0, le=20)] = Field(
        0, description="How many mm colour extends beyond the edge where the paper is trimmed."
    )
    marks: Annotated[
        tuple[Literal["crop", "registration", "colour-bar"], ...], at_most_entries(3)
    ] = Field((), description="Printer's marks outside the trimmed page and its bleed.")
    imposition: Imposition | None = Field(
        None, description="How pages are arranged on sheets. Without it, each page is a sheet."
    )
    fit: Literal["sheet", "named"] | None = Field(
        None,
        description="`sheet`: type is scaled so that the leaflet fills one sheet of paper. "
        "`named`: the `fit:` of a leaflet holds here only if it names this edition.",
    )
    scale: Scale | None = Field(
        None,
        description="How far type may be scaled where a leaflet is to fit (`fit:`). Without it, "
        "it cannot fit.",
    )
    requires: Annotated[
        tuple[Literal["imprint", "contact", "date", "source"], ...], at_most_entries(4)
    ] = Field((), description="Parts of the leaflet that should not be missing; else a warning.")
    appendix: bool = Field(
        True,
        description="Whether it prints the appendix that a leaflet asks for (`verification: "
        "appendix`). Without, a line says how many quotes were verified.",
    )
    max_white_space: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2,
        alias="max-white-space",
        description="How much of a page may stay white, as a share of its height: no passage is "
        "divided for less, and more is a warning.",
    )
    min_type_size: Annotated[float, Field(ge=0, le=72)] = Field(
        0,
        alias="min-type-size",
        description="The smallest type that is allowed, in points on paper; else a warning.",
    )
    resolution: Annotated[int, Field(ge=0, le=2400)] = Field(
        0, description="The least resolution of pictures, in pixels per inch on paper."
    )
    max_resolution: Annotated[int, Field(ge=36, le=2400)] = Field(
        300,
        alias="max-resolution",
        description="The resolution to which pictures are scaled down that have more, in pixels "
        "per inch. In `black`, pictures are made of the dots of a printer, 600 to an inch.",
    )
    jpeg_quality: Annotated[int, Field(ge=10, le=95)] = Field(
        85,
        alias="jpeg-quality",
        description="The quality of photographs, from 10 to 95: the higher, the larger the file.",
    )
    contrast: Annotated[float, Field(ge=0, le=21)] = Field(
        0,
        description="The least contrast between text and its background (WCAG 2.1, 1.4.3).",
    )
    max_file_size: Annotated[float, Field(ge=0)] = Field(
        0,
        alias="max-file-size",
        description="The largest file that can be mailed, in MB; 0 for any size.",
    )
    preflight: Annotated[
        dict[str, Annotated[str, at_most_characters(1_000)]], at_most_entries(100)
    ] = Field({}, description="Checks that are switched off in this edition, each with the reason.")

    @property
    def suffix(self) -> str:
        """The suffix of its files, ``.pdf`` or ``.html``."""
        return f".{self.output}"

    @property
    def sheet_pages(self) -> int:
        """How many pages one sheet of paper holds, both sides together."""
        return self.imposition.pages if self.imposition else 2


def load_editions(project: Project) -> dict[str, Edition]:
    """All editions by name: the built-in ones, then the project's own, which replace those of the
    same name.

    Raises DiagnosticsError with everything that is wrong in either file.
    """
    editions: dict[str, Edition] = {}
    diagnostics: list[Diagnostic] = []
    for path in dict.fromkeys((builtin_styles() / FILE, project.style(FILE))):
        reported = parser.read_yaml(project, path)
        diagnostics += reported.diagnostics
        result = _editions_of(project, reported.value)
        editions |= result.value
        diagnostics += on_other_lines(result.diagnostics, reported.diagnostics)
    raise_errors(diagnostics)
    return editions


def _editions_of(project: Project, tree: Tree) -> Reported[dict[str, Edition]]:
    """The editions of one file by name, without those that are invalid."""
    if not isinstance(tree.root, MappingNode):
        message = say("This file should contain editions, each under its name.")
        wrong = [error("type", message, tree.root.location)] if tree.root is not None else []
        return Reported({}, tuple(wrong))
    editions: dict[str, Edition] = {}
    diagnostics = [
        error(
            "too-many",
            say("There are too many editions; at most {limit} are allowed.", limit=bounds.EDITIONS),
            name.location,
            say("Is this the right file?"),
        )
        for name, _ in tree.root.entries[bounds.EDITIONS : bounds.EDITIONS + 1]
    ]
    for key, _ in tree.root.entries[: bounds.EDITIONS]:
        name = key.text or ""
        if wrong_name := _check_name(key):
            diagnostics.append(wrong_name)
            continue
        validated = validate(tree, Edition, (name,))
        edition = validated.value
        diagnostics += validated.diagnostics
        if edition is not None:
            editions[name] = edition
            diagnostics += _check_files(project, tree, name, edition)
            diagnostics += _check_combinations(tree, name, edition)
    return Reported(editions, tuple(diagnostics))


def _check_name(key: ScalarNode) -> Diagnostic | None:
    """What is wrong with the name of an edition, if anything."""
    name = key.text or ""
    if NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return None
    return error(
        "edition-name",
        say("`{name}` cannot be the name of an edition.", name=shortened(name)),
        key.location,
        say(
            "Use letters without accents, digits and hyphens, at most {limit} of them: the PDFs "
            "are named after it.",
            limit=_LONGEST_NAME,
        ),
    )


def _check_files(project: Project, tree: Tree, name: str, edition: Edition) -> Iterator[Diagnostic]:
    """The files and fonts that an edition names must exist."""
    families = sorted(f.name for f in packaged_fonts().iterdir() if any(f.glob("*.ttf")))
    for index, family in enumerate(edition.fonts):
        if family not in families:
            yield error(
                "unknown-font",
                say("The font package has no family `{family}`.", family=family),
                tree.location((name, "fonts", index)),
                say(
                    "It has: {families}. Put fonts of your own into styles/fonts/; they need not "
                    "be named here.",
                    families=", ".join(families),
                ),
            )
    styles = [((name, "styles", i), style) for i, style in enumerate(edition.styles)]
    for path, file in [*styles, ((name, "template"), edition.template)]:
        if not project.style(file).is_file():
            yield error(
                "cannot-read",
                say("There is no file `styles/{file}`.", file=file),
                tree.location(path),
                say("Create it in the folder styles/ of the project, or correct the name."),
            )


def _check_combinations(tree: Tree, name: str, edition: Edition) -> Iterator[Diagnostic]:
    """Settings of an edition that exclude each other, or need another one."""
    on_paper = ("imposition", "marks", "bleed", "fit", "scale")
    if edition.output == "html":
        for key in (*on_paper, *(["colours"] if edition.colours != "rgb" else [])):
            if getattr(edition, key):
                yield error(
                    "edition",
                    say("A web page has no `{key}`.", key=key),
                    tree.key_location((name, key)),
                    say("Delete this line, or `output: html`."),
                )
        return
    if not edition.fonts:
        yield error(
            "edition",
            say("The edition `{name}` names no fonts.", name=name),
            tree.key_location((name,)),
            say("Add `fonts: [Gentium Book Plus, Source Sans 3]`."),
        )
    for key in ("marks", "bleed") if edition.imposition else ():
        if getattr(edition, key):
            yield error(
                "edition",
                say("Pages that are arranged on sheets cannot have `{key}`.", key=key),
                tree.key_location((name, key)),
                say(
                    "Delete this line; or, for a print shop, delete `imposition`: they arrange "
                    "the pages themselves and need single ones."
                ),
            )
    if "colour-bar" in edition.marks and edition.colours != "cmyk":
        yield error(
            "edition",
            say("A colour bar shows the inks of a press; this edition is not in CMYK."),
            tree.key_location((name, "marks")),
            say("Delete `colour-bar`, or set `colours: cmyk` and a `profile`."),
        )
    if edition.fit and edition.scale is None:
        yield error(
            "edition",
            say("An edition with `fit` needs to know how far its type may be scaled."),
            tree.key_location((name, "fit")),
            say("Add `scale: {{smallest: 0.9, largest: 1.15}}`."),
        )


def choose_editions(
    editions: dict[str, Edition], names: tuple[str, ...], location: Location
) -> dict[str, Edition]:
    """The editions of these names, or the default ones where no name is given.

    Raises DiagnosticsError for unknown names, at `location`.
    """
    unknown = [name for name in names if name not in editions]
    if unknown:
        raise DiagnosticsError(_unknown_edition(name, list(editions), location) for name in unknown)
    chosen = names or tuple(name for name, edition in editions.items() if edition.default)
    return {name: editions[name] for name in dict.fromkeys(chosen)}


def _unknown_edition(name: str, known: list[str], location: Location) -> Diagnostic:
    return error(
        "unknown-edition",
        say("There is no edition `{name}`.", name=shortened(name)),
        location,
        did_you_mean(name, known),
    )


# --- Print options ------------------------------------------------------------------------------

# The checks of preflight by their codes: a leaflet or an edition can switch each of them off, with
# a reason.
CHECKS = {
    "appendix": "an appendix that the edition does not print",
    "alt": "pictures without a description",
    "attachment": "files too large to be mailed",
    "blank-pages": "folded sheets with pages that have no text",
    "colour-space": "colours that the edition cannot print",
    "contrast": "text that does not stand out enough",
    "does-not-fit": "leaflets that do not fill the pages that they should",
    "imprint": "an imprint that lacks what press law asks",
    "heading-at-foot": "headings alone at the foot of a page",
    "last-page": "a last page that is nearly empty",
    "no-contact": "missing contact",
    "no-date": "missing date",
    "no-glyph": "characters that no font has",
    "no-imprint": "missing imprint",
    "no-source": "missing source",
    "outside-margins": "lines that run out of their column",
    "resolution": "pictures with too few pixels",
    "small-type": "type too small to be read",
    "white-space": "pages that are white for a large part",
}


@dataclass(frozen=True)
class PageTarget:
    """How many pages a leaflet is to fill, `exactly` or at most; None: as many as it takes."""

    pages: int | None
    exactly: bool = False


def page_target(
    manuscript: "Manuscript", name: str, edition: Edition, editions: Callable[[], Sequence[str]]
) -> Reported[PageTarget]:
    """How many pages a leaflet (`fit:`) and the edition called `name` want it to fill.

    What names no edition is meant for those that people read one page after the other, as they
    are in the manuscript: a number holds where pages are not imposed, ``sheet`` wherever type may
    be scaled; neither holds where the edition wants to be `named`. What the edition itself asks for
    is at most a sheet. `editions` gives the names of all editions; it is called only if the leaflet
    names some.
    """
    by_edition = manuscript.leaflet.fit or {}
    known = list(editions()) if any(by_edition) else []
    diagnostics = [
        _unknown_edition(other, known, manuscript.tree.key_location(("fit", other)))
        for other in by_edition
        if other and other not in known
    ]
    if name in by_edition and edition.scale is None:
        diagnostics.append(
            error(
                "fit",
                say(
                    "The edition `{name}` cannot be made to fit: its type cannot be scaled.",
                    name=name,
                ),
                manuscript.tree.key_location(("fit", name)),
                say("Delete this line, or add `scale:` to the edition."),
            )
        )
    requested = by_edition.get(name) or by_edition.get("")
    return Reported(_target(requested, edition, named=name in by_edition), tuple(diagnostics))


def _target(requested: str | None, edition: Edition, *, named: bool) -> PageTarget:
    """The target for a `fit` of the leaflet, which `named` the edition or holds for all of them."""
    if edition.scale is None:
        return PageTarget(None)
    if not named and (edition.fit == "named" or (edition.imposition and requested != "sheet")):
        requested = None
    if requested == "sheet":
        return PageTarget(edition.sheet_pages, exactly=True)
    if requested is None:
        return PageTarget(edition.sheet_pages if edition.fit == "sheet" else None)
    return PageTarget(int(requested), exactly=True)


def disabled_checks(manuscript: "Manuscript", edition: Edition) -> Reported[frozenset[str]]:
    """The checks that a leaflet or its edition switches off, and diagnostics about unknown ones."""
    by_leaflet = manuscript.leaflet.preflight or {}
    locations = [
        *((code, manuscript.tree.key_location(("preflight", code))) for code in by_leaflet),
        *((code, Location(f"styles/{FILE}")) for code in edition.preflight),
    ]
    diagnostics = tuple(
        error(
            "unknown-check",
            say("There is no check called `{name}`.", name=shortened(code)),
            location,
            did_you_mean(code, list(CHECKS)),
        )
        for code, location in locations
        if code not in CHECKS
    )
    return Reported(frozenset((*by_leaflet, *edition.preflight)), diagnostics)


def without_disabled(
    diagnostics: Iterable[Diagnostic], disabled: Iterable[str]
) -> list[Diagnostic]:
    """The diagnostics whose checks are not switched off; only those in CHECKS can be."""
    codes = {code for code in disabled if code in CHECKS}
    return [d for d in diagnostics if d.code not in codes]
