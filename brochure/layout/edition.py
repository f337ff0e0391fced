"""An edition: a form of output, as data."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from brochure.diagnostics import shortened
from brochure.layout.description import Description, in_language
from brochure.manuscript.model.fields import at_most_characters, at_most_entries, invalid_value
from brochure.messages import say

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

    description: Description = Field(
        min_length=1,
        description="What it is for, in one line; or one such line for each language, by its code.",
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

    def described(self, language: str) -> str:
        """What it is for, in a language; else in English, or in the first one there is."""
        return in_language(self.description, language)

    @property
    def suffix(self) -> str:
        """The suffix of its files, ``.pdf`` or ``.html``."""
        return f".{self.output}"

    @property
    def sheet_pages(self) -> int:
        """How many pages one sheet of paper holds, both sides together."""
        return self.imposition.pages if self.imposition else 2
