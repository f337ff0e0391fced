"""What brochure needs of a computer: whether it is there, and the line that fixes what is missing.

Pure: what there is comes as `Facts`, which `cli/doctor.py` gathers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from brochure.messages import Message, plural, say

OLDEST = (3, 11)  # of Python; the newest that is tested is 3.14
_LITTLE = 100_000_000  # bytes: an edition of many regions may not fit
_ENOUGH = 1_000_000_000
# Folders that programs keep in step with other computers, by a part of their names.
_CLOUDS = ("onedrive", "dropbox", "nextcloud", "owncloud", "google drive", "googledrive",
           "icloud", "mobile documents", "magentacloud")  # fmt: skip


class State(StrEnum):
    """What became of a check. Only what is missing keeps brochure from working."""

    GOOD = "good"
    OPTIONAL = "optional"  # not there, and needed for one thing only
    ADVICE = "advice"  # it works, but may cause trouble
    MISSING = "missing"


class Manager(StrEnum):
    """What installs programs on this system."""

    APT = "apt"
    DNF = "dnf"
    BREW = "brew"
    WINGET = "winget"
    NONE = "none"


@dataclass(frozen=True)
class System:
    """The system, as far as lines to be typed depend on it. `install` is how this Python
    installs packages, as it is typed; `root`: who types may install programs already.
    """

    manager: Manager
    windows: bool
    install: str
    root: bool = False


@dataclass(frozen=True)
class FolderFacts:
    """A folder that is written to: its path, whether it can be, and how many bytes are free
    (-1: nobody knows).
    """

    path: str
    writable: bool
    free: int


@dataclass(frozen=True)
class MailFacts:
    """How one leaflet is mailed: `wrong` says what is wrong with its settings. `password` is where
    it comes from: the environment, the keyring, or nowhere. `reached` is None if nobody tried.
    """

    leaflet: str
    server: str = ""
    wrong: str = ""
    password: str = ""
    reached: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """What there is. Versions are empty where a thing is not there, counts 0."""

    python: tuple[int, int, int]
    executable: str
    brochure: str
    weasyprint: str
    weasyprint_wanted: str
    pango: str
    pango_reason: str  # why it cannot be loaded
    harfbuzz_subset: bool
    fonts: int
    own_fonts: int
    fonts_reason: str
    fonts_wanted: str  # the package that brings them, with its version
    folders: Mapping[str, FolderFacts]  # project, out, cache, state
    mail: tuple[MailFacts, ...]
    browser: str
    dask: str
    language: str
    encoding: str
    environment: str  # the folder of the virtual environment


@dataclass(frozen=True)
class Check:
    """A thing that was looked at. `fix` is a line to be typed on this system; it may be empty."""

    name: str
    state: State
    about: str  # a message, or a name
    fix: str = ""


#: What things are called where people read of them.
TITLES: Mapping[str, str] = {
    "python": "Python",
    "brochure": "brochure",
    "weasyprint": "WeasyPrint",
    "pango": "Pango",
    "harfbuzz-subset": "HarfBuzz subset",
    "fonts": say("Fonts"),
    "project": say("Project folder"),
    "out": say("Folder of the PDFs"),
    "cache": say("Cache folder"),
    "state": say("Folder of the studio"),
    "disk": say("Free space"),
    "mail": say("Mail"),
    "browser": say("Browser"),
    "dask": "Dask",
    "console": say("Console"),
    "environment": say("Environment"),
}
_WORDS = {
    State.GOOD: say("good"),
    State.OPTIONAL: say("optional"),
    State.ADVICE: say("advice"),
    State.MISSING: say("missing"),
}
# The packages of each system; Windows has Pango from PyPI.
_PACKAGES: Mapping[str, Mapping[Manager, str]] = {
    "python": {
        Manager.APT: "sudo apt-get install -y python3 python3-venv",
        Manager.DNF: "sudo dnf install -y python3",
        Manager.BREW: "brew install python",
        Manager.WINGET: "winget install --exact --id Python.Python.3.13",
    },
    "pango": {
        Manager.APT: "sudo apt-get install -y --no-install-recommends libpangoft2-1.0-0",
        Manager.DNF: "sudo dnf install -y pango",
        Manager.BREW: "brew install pango",
    },
    "harfbuzz-subset": {
        Manager.APT: "sudo apt-get install -y --no-install-recommends libharfbuzz-subset0",
        Manager.DNF: "sudo dnf install -y harfbuzz",
        Manager.BREW: "brew install harfbuzz",
    },
    "browser": {
        Manager.APT: "sudo apt-get install -y firefox-esr || sudo apt-get install -y firefox",
        Manager.DNF: "sudo dnf install -y firefox",
        Manager.BREW: "brew install --cask firefox",
        Manager.WINGET: "winget install --exact --id Mozilla.Firefox",
    },
}


def word_of(state: State) -> Message:
    """A state in words."""
    return _WORDS[state]


def examine(facts: Facts, system: System) -> list[Check]:
    """All checks, in the order in which they are told."""
    return [
        _python(facts, system),
        Check("brochure", State.GOOD, facts.brochure),
        _weasyprint(facts, system),
        *_libraries(facts, system),
        _fonts(facts, system),
        *_folders(facts, system),
        *(_mail(mail, system) for mail in facts.mail),
        *_programs(facts, system),
        _console(facts, system),
        _environment(facts, system),
    ]


def _line(name: str, system: System) -> str:
    """The line that installs a thing here; for Pango on Windows, a package of Python."""
    if system.windows and name in ("pango", "harfbuzz-subset"):
        return f"{system.install} gstreamer-libs"
    line = _PACKAGES[name].get(system.manager, "")
    return line.replace("sudo ", "") if system.root else line


def _python(facts: Facts, system: System) -> Check:
    version = ".".join(map(str, facts.python))
    if facts.python[:2] < OLDEST:
        about = say("{version} is too old: 3.11 or newer is needed", version=version)
        return Check("python", State.MISSING, about, _line("python", system))
    about = say("{version} in {path}", version=version, path=facts.executable)
    return Check("python", State.GOOD, about)


def _weasyprint(facts: Facts, system: System) -> Check:
    wanted = facts.weasyprint_wanted
    line = f"{system.install} weasyprint{f'=={wanted}' if wanted else ''}"
    if not facts.weasyprint:
        return Check("weasyprint", State.MISSING, say("it is not installed"), line)
    if wanted not in ("", facts.weasyprint):
        about = say(
            "it is {version}; brochure needs {wanted}",
            version=facts.weasyprint,
            wanted=wanted,
        )
        return Check("weasyprint", State.MISSING, about, line)
    return Check("weasyprint", State.GOOD, facts.weasyprint)


def _libraries(facts: Facts, system: System) -> Iterator[Check]:
    if not facts.pango:
        about = say("it cannot be loaded ({reason})", reason=facts.pango_reason)
        yield Check("pango", State.MISSING, about, _line("pango", system))
        return
    yield Check("pango", State.GOOD, facts.pango)
    if facts.harfbuzz_subset:
        yield Check("harfbuzz-subset", State.GOOD, say("it is there"))
    else:
        about = say("without it, PDFs become twice as large")
        yield Check("harfbuzz-subset", State.ADVICE, about, _line("harfbuzz-subset", system))


def _fonts(facts: Facts, system: System) -> Check:
    line = f"{system.install} --force-reinstall --no-deps {facts.fonts_wanted}"
    if facts.fonts_reason:
        about = say("they cannot be read ({reason})", reason=facts.fonts_reason)
        return Check("fonts", State.MISSING, about, line)
    if not facts.fonts:
        if not facts.pango:
            return Check("fonts", State.ADVICE, say("nobody can look at them without Pango"))
        return Check("fonts", State.MISSING, say("there are none"), line)
    about = plural("{n} font", "{n} fonts", facts.fonts)
    if facts.own_fonts:
        own = plural("{n} of them your own", "{n} of them your own", facts.own_fonts)
        about = say("{fonts}, {own}", fonts=about, own=own)
    return Check("fonts", State.GOOD, about)


def _folders(facts: Facts, system: System) -> Iterator[Check]:
    for name, folder in facts.folders.items():
        if folder.writable:
            yield Check(name, State.GOOD, folder.path)
        else:
            about = say("you may not write to {path}", path=folder.path)
            yield Check(name, State.MISSING, about, _permission(folder.path, system))
    known = [folder for folder in facts.folders.values() if folder.free >= 0]
    if known:
        least = min(known, key=lambda folder: folder.free)
        state = State.GOOD if least.free >= _ENOUGH else State.ADVICE
        if least.free < _LITTLE:
            state = State.MISSING
        about = say("{size:.1f} GB are left for {path}", size=least.free / 10**9, path=least.path)
        yield Check("disk", state, about)


def _permission(path: str, system: System) -> str:
    if system.windows:
        return f'icacls "{path}" /grant "%USERNAME%":(OI)(CI)M'
    quoted = path.replace("'", "'\\''")
    return f"chmod u+rwx '{quoted}'"


def _mail(mail: MailFacts, system: System) -> Check:
    of = mail.leaflet
    if mail.wrong:
        about = mail.wrong
        return Check("mail", State.ADVICE, about, f"brochure mail preview {of}")
    if mail.reached is False:
        about = say(
            "{leaflet}: {server} cannot be reached ({reason})",
            leaflet=of,
            server=mail.server,
            reason=mail.reason,
        )
        return Check("mail", State.ADVICE, about)
    password = {
        "environment": say("the password is in the environment"),
        "keyring": say("the password is in the keyring"),
    }.get(mail.password, say("the password will be asked for"))
    about = say(
        "{leaflet}: {server}, {password}", leaflet=of, server=mail.server, password=password
    )
    if mail.reached:
        about = say("{settings}, and the server answers", settings=about)
    return Check("mail", State.GOOD, about)


def _programs(facts: Facts, system: System) -> Iterator[Check]:
    if facts.browser:
        yield Check("browser", State.GOOD, facts.browser)
    else:
        about = say("none was found; `brochure studio` prints a link to be opened")
        yield Check("browser", State.ADVICE, about, _line("browser", system))
    if facts.dask:
        yield Check("dask", State.GOOD, facts.dask)
    else:
        about = say("only for building on several computers (`brochure build --scheduler`)")
        yield Check("dask", State.OPTIONAL, about, f"{system.install} distributed")


def _console(facts: Facts, system: System) -> Check:
    about = say(
        "language {language}, encoding {encoding}",
        language=facts.language,
        encoding=facts.encoding or "?",
    )
    if facts.encoding.lower().replace("-", "").replace("_", "") in ("utf8", ""):
        return Check("console", State.GOOD, about)
    line = "set PYTHONUTF8=1" if system.windows else "export LC_ALL=C.UTF-8"
    missing = say("{settings}: some characters cannot be shown", settings=about)
    return Check("console", State.ADVICE, missing, line)


def _environment(facts: Facts, system: System) -> Check:
    """A virtual environment in such a folder: thousands of files are copied, and held while they
    are; programs then fail at random.
    """
    cloud = cloud_of(facts.environment)
    if not cloud:
        return Check("environment", State.GOOD, facts.environment)
    about = say(
        "{path} lies in a folder of {cloud}: install brochure elsewhere",
        path=facts.environment,
        cloud=cloud,
    )
    home = "%USERPROFILE%\\brochure-venv" if system.windows else "~/brochure-venv"
    python = "py" if system.windows else "python3"
    return Check("environment", State.ADVICE, about, f"{python} -m venv {home}")


def cloud_of(path: str) -> str:
    """The folder on a path that a program keeps in step with other computers; empty: none."""
    for part in path.replace("\\", "/").split("/"):
        if any(cloud in part.lower() for cloud in _CLOUDS):
            return part
    return ""


def summary(checks: list[Check]) -> Message:
    """What all checks come to."""
    missing = sum(check.state is State.MISSING for check in checks)
    if missing:
        return plural(
            "{n} thing is missing. Type the line below it, then `brochure doctor` again.",
            "{n} things are missing. Type the lines below them, then `brochure doctor` again.",
            missing,
        )
    return say("Everything that brochure needs is there.")
