"""Editions: forms of output, described in ``styles/editions.yaml``."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    raise_errors,
    shortened,
)
from brochure.manuscript.model.fields import at_most, diagnostic, few
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Mapping, Scalar, Tree
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.project import NAME, Project, builtin_styles, packaged_fonts

if TYPE_CHECKING:
    from brochure.manuscript.load import Manuscript


FILE = "editions.yaml"
_LONGEST = 40  # characters of a name, which becomes part of the names of PDFs
_PATH = re.compile(r"\w[\w .+-]*(?:/\w[\w .+-]*)*")


def _path(value: str) -> str:
    """A file below styles/: no way up or out, and nothing odd in its name."""
    if not _PATH.fullmatch(value):
        raise diagnostic(
            "file-name",
            f"`{shortened(value)}` is no file in styles/.",
            "Write its name, with slashes between folders, as in `profiles/press.icc`.",
        )
    return value


_File = Annotated[str, at_most(200), AfterValidator(_path)]
Links = Literal["live", "printed", "none"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Imposition(_Model):
    """How pages are arranged on sheets of paper that are printed on both sides."""

    scheme: Literal["saddle-stitch", "step-and-repeat", "cut-and-stack", "letter-fold"] = Field(
        description="Sheets folded in the middle and laid into each other; each page twice beside "
        "itself, to be cut into two copies; pages beside each other, to be cut and laid on top of "
        "each other; or one sheet folded into six panels."
    )
    sheet: Literal["A3", "A4", "A5"] = Field("A4", description="The paper, turned sideways.")
    creep: Annotated[float, Field(ge=0, le=1)] = Field(
        0,
        description="By how many mm the pages of each sheet move to the fold, compared with the "
        "sheet around it: inner sheets stick out, and are trimmed. The thickness of the paper; "
        "0.1 for office paper.",
    )
    marks: Annotated[tuple[Literal["fold", "staple", "cut"], ...], few(3)] = Field(
        (), description="What is marked on the sheets: folds, staples, cuts."
    )
    fill: Literal["blank", "notes"] = Field(
        "blank", description="What stands on pages that are added to fill the sheets."
    )
    hint: bool = Field(
        True, description="Whether the foot of the last page says how to set the printer."
    )

    @property
    def pages(self) -> int:
        """How many pages one sheet takes, both sides together."""
        return {"step-and-repeat": 2, "letter-fold": 6}.get(self.scheme, 4)


class Scale(_Model):
    """How far type and spaces may be scaled to fill a number of pages."""

    smallest: Annotated[float, Field(ge=0.5, le=1)] = Field(description="As a share: 0.9.")
    largest: Annotated[float, Field(ge=1, le=2)] = Field(description="As a share: 1.15.")


class Edition(_Model):
    """One form of output. A project adds its own in ``styles/editions.yaml``."""

    about: Annotated[str, at_most(500)] = Field(description="One line on what it is for.")
    default: bool = Field(False, description="Whether `brochure build` makes it unasked.")
    output: Literal["pdf", "html"] = Field("pdf", description="A PDF, or a page of the web.")
    template: _File = Field("leaflet.html", description="The template, a file in styles/.")
    styles: Annotated[tuple[_File, ...], few(30)] = Field(
        min_length=1, description="Style sheets, files in styles/."
    )
    fonts: Annotated[tuple[Annotated[str, at_most(100)], ...], few(30)] = Field(
        (), description="Families of the font package that it may use."
    )
    arrangement: Literal["columns", "stacked"] = Field(
        "columns", description="Quote and commentary side by side, or one above the other."
    )
    links: Links = Field(
        "live", description="Links that can be clicked, or printed as readable addresses."
    )
    codes: bool = Field(
        False, description="Whether the QR codes are printed that a leaflet asks for (`codes:`)."
    )
    colours: Literal["rgb", "grey", "black", "cmyk"] = Field(
        "rgb",
        description="Its colour space. `black` has no tints; `cmyk` makes a PDF/X-4 for the press.",
    )
    profile: _File | None = Field(
        None, description="For cmyk: the ICC profile of the press, a file in styles/."
    )
    bleed: Annotated[float, Field(ge=0, le=20)] = Field(
        0, description="By how many mm colour runs over the edge at which the paper is trimmed."
    )
    marks: Annotated[tuple[Literal["crop", "registration"], ...], few(2)] = Field(
        (), description="Printer's marks outside the trimmed page."
    )
    imposition: Imposition | None = Field(
        None, description="How pages are arranged on sheets; left out, each is a sheet."
    )
    fit: Literal["sheet"] | None = Field(
        None, description="`sheet`: type is scaled so that the leaflet fills one sheet of paper."
    )
    scale: Scale | None = Field(
        None, description="Bounds for type where a leaflet is to fit (`fit:`); without, it cannot."
    )
    expects: Annotated[tuple[Literal["imprint", "contact", "date", "source"], ...], few(4)] = Field(
        (), description="Parts of the leaflet whose absence is a warning."
    )
    hole: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2,
        description="How much of a page may stay white at its foot before a pair is divided.",
    )
    legible: Annotated[float, Field(ge=0, le=72)] = Field(
        0, description="The smallest type in points, on the paper, that is let pass."
    )
    resolution: Annotated[int, Field(ge=0, le=2400)] = Field(
        0, description="The fewest pixels an inch, on the paper, that a picture may have."
    )
    contrast: Annotated[float, Field(ge=0, le=21)] = Field(
        0, description="The least contrast between text and what is behind it (WCAG 2.1, 1.4.3)."
    )
    attachment: Annotated[float, Field(ge=0)] = Field(
        0, description="The most MB that a file to be mailed may have; 0 for any."
    )
    preflight: Annotated[dict[str, Annotated[str, at_most(1_000)]], few(100)] = Field(
        {}, description="Checks that are switched off in this edition, each with the reason."
    )

    @property
    def suffix(self) -> str:
        """The ending of its files."""
        return f".{self.output}"

    @property
    def sheet_pages(self) -> int:
        """How many pages one sheet of paper takes, both sides together."""
        return self.imposition.pages if self.imposition else 2


def load_editions(project: Project) -> dict[str, Edition]:
    """All editions by name: the built-in ones, those of the project laid over them.

    Raises Problems with all that is wrong in either file.
    """
    editions: dict[str, Edition] = {}
    diagnostics: list[Diagnostic] = []
    for path in dict.fromkeys((builtin_styles() / FILE, project.style(FILE))):
        tree, found = parser.read(project, path)
        diagnostics += found
        if not isinstance(tree.root, Mapping):
            if tree.root is not None:
                location = tree.root.location
                diagnostics.append(error("type", "Here should be editions by name.", location))
            continue
        for name, _ in tree.root.entries[bounds.EDITIONS : bounds.EDITIONS + 1]:
            message = f"From here on there are too many editions: {bounds.EDITIONS} are the most."
            diagnostics.append(error("too-many", message, name.location, "Is this the right file?"))
        for name, _ in tree.root.entries[: bounds.EDITIONS]:
            if wrong := _check_name(name):
                diagnostics.append(wrong)
                continue
            edition, invalid = validate(tree, Edition, (name.text or "",))
            diagnostics += invalid
            if edition is not None:
                editions[name.text or ""] = edition
                diagnostics += _check_files(project, tree, name.text or "", edition)
                diagnostics += _contradictions(tree, name.text or "", edition)
    raise_errors(diagnostics)
    return editions


def _check_name(name: Scalar) -> Diagnostic | None:
    """What is wrong with the name of an edition, if anything."""
    text = name.text or ""
    if NAME.fullmatch(text) and len(text) <= _LONGEST:
        return None
    return error(
        "edition-name",
        f"`{shortened(text)}` cannot be the name of an edition.",
        name.location,
        f"Use letters without accents, digits and hyphens, {_LONGEST} at the most: its PDFs are "
        "named after it.",
    )


def _check_files(project: Project, tree: Tree, name: str, edition: Edition) -> Iterator[Diagnostic]:
    """The files and fonts that an edition names must exist."""
    families = sorted(f.name for f in packaged_fonts().iterdir() if any(f.glob("*.ttf")))
    for index, family in enumerate(edition.fonts):
        if family not in families:
            yield error(
                "unknown-font",
                f"The font package has no family `{family}`.",
                tree.location((name, "fonts", index)),
                f"It has: {', '.join(families)}. Fonts of your own go to styles/fonts/; they "
                "need not be named here.",
            )
    named = [((name, "styles", i), style) for i, style in enumerate(edition.styles)]
    for path, style in [*named, ((name, "template"), edition.template)]:
        if not project.style(style).is_file():
            yield error(
                "cannot-read",
                f"There is no file `styles/{style}`.",
                tree.location(path),
                "Write it into the folder styles/ of the project, or correct the name.",
            )


def _contradictions(tree: Tree, name: str, edition: Edition) -> Iterator[Diagnostic]:
    """Wishes of an edition that cannot be granted together."""
    on_paper = ("imposition", "marks", "bleed", "fit", "scale")
    if edition.output == "html":
        for key in (*on_paper, *(["colours"] if edition.colours != "rgb" else [])):
            if getattr(edition, key):
                yield error(
                    "edition",
                    f"A page of the web has no `{key}`.",
                    tree.key_location((name, key)),
                    "Delete this line, or `output: html`.",
                )
        return
    if not edition.fonts:
        yield error(
            "edition",
            f"The edition `{name}` names no fonts.",
            tree.key_location((name,)),
            "Add `fonts: [Gentium Book Plus, Source Sans 3]`.",
        )
    for key in ("marks", "bleed") if edition.imposition else ():
        if getattr(edition, key):
            yield error(
                "edition",
                f"Pages that are arranged on sheets here have no `{key}`.",
                tree.key_location((name, key)),
                "Print shops arrange pages themselves: give them single pages, without "
                "`imposition`; or delete this line.",
            )
    if edition.fit and edition.scale is None:
        yield error(
            "edition",
            "To fit, the edition needs bounds for its type.",
            tree.key_location((name, "fit")),
            "Add `scale: {smallest: 0.9, largest: 1.15}`.",
        )


def choose(
    editions: dict[str, Edition], names: tuple[str, ...], location: Location
) -> dict[str, Edition]:
    """The editions asked for by name, or those made unasked. Raises Problems for unknown names."""
    unknown = [name for name in names if name not in editions]
    if unknown:
        raise DiagnosticsError(
            error(
                "unknown-edition",
                f"There is no edition `{name}`.",
                location,
                did_you_mean(name, list(editions)),
            )
            for name in unknown
        )
    wanted = names or tuple(name for name, edition in editions.items() if edition.default)
    return {name: editions[name] for name in dict.fromkeys(wanted)}


# --- What a leaflet asks of an edition: how many pages to fill, which checks to leave out.

# Complaints of preflight, which a leaflet or an edition can switch off, each with a reason.
CHECKS = {
    "alt": "pictures without a description",
    "attachment": "files too large to be mailed",
    "colour-space": "colours that the edition cannot print",
    "contrast": "text that stands out too little",
    "does-not-fit": "leaflets that do not fill the pages that they should",
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
}


def pages(
    manuscript: "Manuscript", name: str, edition: Edition, editions: Callable[[], Sequence[str]]
) -> tuple[int | None, bool, list[Diagnostic]]:
    """How many pages to fill, None for as many as it takes; whether exactly; and complaints.

    A number that is given for no edition in particular holds where pages are not imposed; `sheet`
    wherever type may be scaled. An edition may itself ask for a sheet; then at most that.
    """
    wanted = manuscript.leaflet.fit or {}
    known = editions() if any(wanted) else ()
    diagnostics = [
        error(
            "unknown-edition",
            f"There is no edition `{shortened(other)}`.",
            manuscript.tree.key_location(("fit", other)),
            did_you_mean(other, list(known)),
        )
        for other in wanted
        if other and other not in known
    ]
    if name in wanted and edition.scale is None:
        diagnostics.append(
            error(
                "fit",
                f"The edition `{name}` cannot be made to fit: its type has one size.",
                manuscript.tree.key_location(("fit", name)),
                "Delete this line, or give the edition bounds for its type (`scale:`).",
            )
        )
    wish = wanted.get(name) or (wanted.get("") if edition.scale else None)
    if edition.scale is None or wish is None:
        by_edition = edition.sheet_pages if edition.fit and edition.scale else None
        return by_edition, False, diagnostics
    if wish == "sheet":
        return edition.sheet_pages, True, diagnostics
    if name not in wanted and edition.imposition:
        return edition.sheet_pages if edition.fit else None, False, diagnostics
    return int(wish), True, diagnostics


def disabled_checks(
    manuscript: "Manuscript", edition: Edition
) -> tuple[frozenset[str], list[Diagnostic]]:
    """The checks that are switched off, and complaints about those that there are not."""
    by_leaflet = manuscript.leaflet.preflight or {}
    unknown = [
        (code, manuscript.tree.key_location(("preflight", code)))
        for code in by_leaflet
        if code not in CHECKS
    ]
    unknown += [(code, Location("styles/editions.yaml")) for code in edition.preflight
                if code not in CHECKS]  # fmt: skip
    diagnostics = [
        error(
            "unknown-check",
            f"There is no check `{shortened(code)}` that could be switched off.",
            location,
            did_you_mean(code, list(CHECKS)),
        )
        for code, location in unknown
    ]
    return frozenset((*by_leaflet, *edition.preflight)), diagnostics


def without(diagnostics: Iterable[Diagnostic], off: Iterable[str]) -> list[Diagnostic]:
    """The complaints that were not switched off; only those of preflight can be."""
    codes = {code for code in off if code in CHECKS}
    return [d for d in diagnostics if d.code not in codes]
