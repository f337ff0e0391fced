"""A letter and a list to begin with."""

import json
import os
from importlib.resources import files
from pathlib import Path

from brochure.diagnostics import Place, Problems, error
from brochure.mail import recipients
from brochure.mail.model import Mailing
from brochure.manuscript.nodes import plain
from brochure.manuscript.schema import schema_of
from brochure.manuscript.variants import read_work
from brochure.project import MAIL, Project

_MARK = b"\xef\xbb\xbf"  # without it, Excel takes UTF-8 for something else


def begin(project: Project, leaflet: str) -> tuple[Path, ...]:
    """Write mail.yaml and recipients.csv, in the language of the leaflet or else in English.

    What is there stays as it is. Returns what was written; raises Problems if that is nothing.
    """
    work = read_work(project, leaflet)
    code = str(plain(work.base.node(("language",))) or "").partition("-")[0]
    starter = files("brochure.starter")
    folder = starter / (code if (starter / code / MAIL).is_file() else "en")
    variant = work.ids[0] if work.ids else recipients.BASE
    place = project.manuscript(leaflet)
    schema = json.dumps(schema_of(Mailing), indent=2, ensure_ascii=False) + "\n"
    letter = (folder / MAIL).read_text("utf-8").replace("LEAFLET", leaflet)
    table = (folder / recipients.FILE).read_text("utf-8").replace("VARIANT", variant)
    wanted = [(project.content / "mail.schema.json", schema.encode())]
    wanted += [
        (place.with_name(name), data)
        for name, data in ((MAIL, letter.encode()), (recipients.FILE, _MARK + table.encode()))
    ]
    written = []
    for path, data in wanted:
        if os.path.lexists(path):
            continue
        try:
            project.write(path, data)
        except OSError as reason:
            said = f"The file cannot be written ({reason.strerror or reason})."
            hint = "Look whether the disk is full or the folder protected."
            raise Problems([error("cannot-write", said, Place(project.show(path)), hint)]) from None
        if path.suffix != ".json":
            written.append(path)
    if not written:
        raise Problems(
            [
                error(
                    "exists",
                    "Letter and list exist already, and nothing is overwritten.",
                    Place(project.show(place.with_name(MAIL))),
                    f"Look at what would be sent: brochure mail {leaflet}",
                )
            ]
        )
    return tuple(written)
