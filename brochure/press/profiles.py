"""ICC profiles of presses."""

from brochure import bounds
from brochure.diagnostics import Place, Problems, error
from brochure.press.edition import FILE, Edition
from brochure.project import Project


def load_profile(project: Project, name: str, edition: Edition) -> bytes | None:
    """The profile that an edition in CMYK names; None for other editions.

    Raises Problems where it names none, or one that is not of a press.
    """
    if edition.colours != "cmyk":
        return None
    place = Place(project.show(project.style(FILE)))
    if edition.profile is None:
        raise Problems(
            [
                error(
                    "profile",
                    f"The edition `{name}` is in CMYK, but names no `profile:`.",
                    place,
                    "Ask the print shop for its ICC profile, or take the built-in "
                    "profiles/FOGRA39L_coated.icc.",
                )
            ]
        )
    file = project.style(edition.profile)
    data = project.read(file, bounds.PROFILE, place)
    # ICC.1:2010, 7.2: device class, colour space, signature.
    if (data[12:16], data[16:20], data[36:40]) == (b"prtr", b"CMYK", b"acsp"):
        return data
    raise Problems(
        [
            error(
                "profile",
                f"`{project.show(file)}` is no ICC profile of a press that prints in CMYK.",
                place,
                "Ask the print shop for the right one; its name ends in .icc.",
            )
        ]
    )
