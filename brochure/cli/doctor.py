"""`brochure doctor`: whether all that brochure needs is here, and what fixes it."""

import os
import shutil
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from brochure import __version__
from brochure.cli.output import Output
from brochure.cli.session import Session, Usage, as_json, command, option
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.doctor import (
    TITLES,
    Check,
    Facts,
    FolderFacts,
    MailFacts,
    Manager,
    State,
    System,
    examine,
    summary,
    word_of,
)
from brochure.isolation import Stopped, Worker
from brochure.layout.weasyprint.typesetter import Libraries, examine_libraries
from brochure.mail.campaign import LoadedMailing, read_mailing
from brochure.mail.delivery.password import ENVIRONMENT_VARIABLE, find_password
from brochure.mail.delivery.smtp import Connection, Timeouts, Unreachable
from brochure.messages import Message, say
from brochure.project import MAIL, Project, cache_folder
from brochure.studio.secret import state_folder

_SECONDS, _MEMORY = 30, 450_000_000  # for loading all that typesets
_REACH = 10  # seconds to wait for a mail server
_MANAGERS = (("apt-get", Manager.APT), ("dnf", Manager.DNF), ("brew", Manager.BREW),
             ("winget", Manager.WINGET))  # fmt: skip


class CheckData(TypedDict):
    """A check as JSON data; `fix` is a line to be typed, or null."""

    name: str
    state: str  # good, optional, advice, missing
    about: str
    fix: str | None


class DoctorData(TypedDict):
    """All checks, as JSON data."""

    checks: list[CheckData]


@command("doctor", say("Look whether all that brochure needs is here, and tell what fixes it."))
@option("--mail", is_flag=True, help_text=say("Connect to the mail servers as well."))
@as_json
def doctor(session: Session, mail: bool, as_json: bool) -> int:
    """Tell what is there and what is missing, within a project or outside of any."""
    output = session.output
    try:
        project = session.project
    except Usage:
        project = None
    checks = examine(gather(project, output, mail=mail), this_system())
    missing = [check for check in checks if check.state is State.MISSING]
    if output.json:
        result: DoctorData = {"checks": [_data(check) for check in checks]}
        output.document("doctor", [_diagnostic(check) for check in missing], result)
    else:
        for line in _lines(checks, output):
            output.result(line)
        output.note(summary(checks))
    return 1 if missing else 0


def _data(check: Check) -> CheckData:
    return {
        "name": check.name,
        "state": check.state.value,
        "about": str(check.about),
        "fix": check.fix or None,
    }


def _diagnostic(check: Check) -> Diagnostic:
    message = say("{name}: {about}.", name=TITLES[check.name], about=check.about)
    hint = say("Type this: {line}", line=check.fix) if check.fix else Message("", {})
    return error("missing", message, Location(check.name), hint)


def _lines(checks: list[Check], output: Output) -> Iterator[str]:
    """A line for each check, and below it the one that fixes it."""
    words = output.words
    states = {state: words(word_of(state)) for state in State}
    first = max(map(len, states.values())) + 2
    second = max(len(words(TITLES[check.name])) for check in checks) + 2
    for check in checks:
        if output.quiet and check.state is State.GOOD:
            continue
        title = words(TITLES[check.name])
        yield f"{states[check.state]:{first}}{title:{second}}{words(check.about)}"
        if check.fix:
            yield f"{'':{first}}{check.fix}"


# --- What there is ------------------------------------------------------------------------------


def this_system() -> System:
    """The system that this runs on."""
    manager = next((kind for name, kind in _MANAGERS if shutil.which(name)), Manager.NONE)
    windows = sys.platform == "win32"
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    install = f"{python} -m pip install"
    if find_spec("pip") is None:  # as uv makes environments
        install = f"uv pip install --python {python}"
    root = sys.platform != "win32" and os.geteuid() == 0
    return System(Manager.WINGET if windows else manager, windows, install, root)


def gather(project: Project | None, output: Output, *, mail: bool) -> Facts:
    """All facts. Nothing is written, and without `mail` nothing is sent."""
    libraries, pango_reason, fonts_reason = _libraries(project)
    pinned = dict(_pinned())
    return Facts(
        python=sys.version_info[:3],
        executable=sys.executable,
        brochure=__version__,
        weasyprint=_version("weasyprint"),
        weasyprint_wanted=pinned.get("weasyprint", ""),
        pango=libraries.pango if libraries else "",
        pango_reason=pango_reason,
        harfbuzz_subset=libraries is not None and libraries.harfbuzz_subset,
        fonts=libraries.fonts if libraries else 0,
        own_fonts=libraries.own_fonts if libraries else 0,
        fonts_reason=fonts_reason,
        fonts_wanted="==".join(filter(None, ("rendercv-fonts", pinned.get("rendercv-fonts")))),
        folders={name: _folder(path) for name, path in _written(project)},
        mail=tuple(_mailings(project, connect=mail)) if project else (),
        browser=_browser(),
        dask=_version("distributed"),
        language=output.language,
        encoding=getattr(sys.stdout, "encoding", None) or "",
        environment=sys.prefix,
    )


def _libraries(project: Project | None) -> tuple[Libraries | None, str, str]:
    """What typesets; else why not: because of Pango, or of fonts. In a process of its own: a
    library of the wrong kind may crash it.
    """
    own = project.root / "styles" / "fonts" if project else None
    try:
        with Worker() as worker:
            return worker.call(_SECONDS, _MEMORY, examine_libraries, own), "", ""
    except DiagnosticsError as failed:
        first = failed.diagnostics[0]
        reason = str(first.message.values.get("reason", first.message))
        if first.code == "no-pango":
            return None, reason.partition(".  Additionally")[0], ""
        return _without_fonts(), "", str(first.message)
    except (Stopped, OSError, RuntimeError, ImportError) as reason:
        return None, str(reason), ""


def _without_fonts() -> Libraries:
    """That Pango works is known where fonts are what is missing."""
    return Libraries("?", True, 0, 0)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _pinned() -> Iterator[tuple[str, str]]:
    """The packages that brochure needs in one version, as its installation says."""
    try:
        needed = metadata.requires("brochure") or []
    except metadata.PackageNotFoundError:  # not installed, but called where it lies
        needed = []
    for line in needed:
        name, same, version = line.partition(";")[0].partition("==")
        if same:
            yield name.strip().lower(), version.strip()


def _written(project: Project | None) -> Iterator[tuple[str, Path]]:
    if project is not None:
        yield "project", project.root
        yield "out", project.out
    yield "cache", cache_folder()
    yield "state", state_folder()


def _folder(path: Path) -> FolderFacts:
    """A folder, or where it would be made. What may be written is tried: rights on Windows are not
    what `os.access` says.
    """
    there = path
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            writable = True
    except OSError:
        writable = False
    try:
        free = shutil.disk_usage(there).free
    except OSError:
        free = -1
    return FolderFacts(str(path), writable, free)


def _browser() -> str:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return ""
    return Path(str(getattr(browser, "name", "") or type(browser).__name__)).name


def _mailings(project: Project, *, connect: bool) -> Iterator[MailFacts]:
    """How leaflets with a letter are mailed."""
    for leaflet in project.leaflets():
        if not project.manuscript(leaflet).with_name(MAIL).exists():
            continue
        try:
            loaded = read_mailing(project, leaflet).value
        except DiagnosticsError as failed:
            first = failed.diagnostics[0]
            yield MailFacts(leaflet, wrong=f"{first.location}: {first.message}")
            continue
        server = loaded.mailing.server
        found = find_password(loaded.user, lambda: None)
        origin = "environment" if os.environ.get(ENVIRONMENT_VARIABLE) else "keyring"
        facts = MailFacts(
            leaflet, f"{server.host}:{server.port_number}", password=origin if found else ""
        )
        if connect:
            reached, reason = _reached(loaded, found.text if found else None)
            facts = MailFacts(leaflet, facts.server, "", facts.password, reached, reason)
        yield facts


def _reached(loaded: LoadedMailing, password: str | None) -> tuple[bool, str]:
    """Whether a server answers, and with a password, lets us log in. Nothing is sent."""
    server = loaded.mailing.server
    location = loaded.tree.location(("server",))
    try:
        if password is None:
            socket.create_connection((server.host, server.port_number), _REACH).close()
        else:
            waits = Timeouts(connect=_REACH, command=_REACH)
            Connection(server, loaded.user, password, location, waits).close()
    except DiagnosticsError as failed:
        return False, str(failed.diagnostics[0].message)
    except (Unreachable, OSError, UnicodeError) as reason:
        return False, str(getattr(reason, "reason", None) or reason)
    return True, ""
