"""`brochure studio`: write leaflets in the browser."""

import threading
import time
import webbrowser
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from brochure.cli import arguments
from brochure.cli.output import Output
from brochure.cli.session import Session, Usage, command, option, wrong_usage
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.messages import say
from brochure.project import Project
from brochure.studio.events import Events
from brochure.studio.listener import BAD_PORTS, Course, answers, listen, serve
from brochure.studio.secret import SecretStore
from brochure.studio.server import make_app
from brochure.studio.workplace import Workplace

_ATTEMPTS = 10  # to reach a studio that is starting
_PAUSE = 0.3  # seconds between two of them


@command(
    "studio",
    say(
        "Write leaflets in the browser, beside their pages. The files of the project stay what "
        "they are; Ctrl-C ends it."
    ),
)
@click.argument("leaflet", required=False, default="", shell_complete=arguments.complete_leaflet)
@option(
    "--port",
    type=click.IntRange(1024, 65535),
    metavar="N",
    help_text=say("Listen on this port. Without: on the same as the last time, if it is free."),
)
@option("--no-open", is_flag=True, help_text=say("Print the link instead of opening the browser."))
def studio(session: Session, leaflet: str, port: int | None, no_open: bool) -> int:
    """Serve the studio until Ctrl-C, or open the one that runs already."""
    project = _project(session, begins=not leaflet)
    name = arguments.leaflet_name(project, leaflet) if leaflet else ""
    page = f"/leaflets/{name}" if name else "/"
    if port is not None and port in BAD_PORTS:
        message = say("Browsers refuse to open the port {port}.", port=port)
        raise Usage(message, say("Choose another number, or leave --port out."))
    store = SecretStore(project)
    with store.held() as first:
        if not first:
            return _open_running(session.output, store, page, no_open)
        before = store.read()
        try:
            listening = listen(port, before.port if before else None)
        except DiagnosticsError as failed:
            raise wrong_usage(failed) from None
        with closing(listening), closing(Workplace(project)) as workplace:
            secret = store.begin(listening.getsockname()[1])
            events = Events(workplace.digest, outdated=workplace.builds.outdated)
            app = make_app(workplace, secret, events)
            started = partial(_show, session.output, secret.address(page), no_open)

            def ending() -> None:
                events.close()
                workplace.close()

            serve(app, listening, Course(started, ending))
    session.output.note(say("The studio is closed."))
    return 0


def _project(session: Session, *, begins: bool) -> Project:
    """The project of the folder; if one may begin, in an empty folder, the one that will."""
    try:
        return session.project
    except Usage:
        folder = session.folder.absolute()
        if not begins:
            raise
        if not _is_empty(folder):
            raise Usage(
                say("There are other files here, but no project."),
                say(
                    "Go to the folder of your project (`cd …`), or make an empty folder for it; "
                    "then type `brochure studio` there."
                ),
            ) from None
        return Project(folder)


def _is_empty(folder: Path) -> bool:
    """Whether there is nothing in a folder that could be seen."""
    try:
        return all(entry.name.startswith(".") for entry in folder.iterdir())
    except OSError:
        return False


def _open_running(output: Output, store: SecretStore, page: str, no_open: bool) -> int:
    """Open the studio of this project that runs already: whoever can read its secret may."""
    secret = None
    for _ in range(_ATTEMPTS):
        secret = store.read()
        if secret is not None and secret.port is not None and answers(secret.port):
            break
        time.sleep(_PAUSE)  # it may be starting
    else:
        fail(
            "studio-busy",
            say("The studio of this project is running already, but it does not answer."),
            Location(str(store.path)),
            say(
                "End it with Ctrl-C where you typed `brochure studio`, or end the "
                "process {process}.",
                process=secret.process if secret else "brochure",
            ),
        )
    output.note(say("The studio of this project is running already."))
    address = secret.address(page)
    if no_open:
        output.result(address)
    elif not webbrowser.open(address):
        _no_browser(output, address)
    return 0


def _show(output: Output, address: str, no_open: bool) -> None:
    """Say where the studio is, and open the browser there; beside the server, which must not wait
    for a browser that runs in the terminal.
    """
    output.note(say("The studio is running. Ctrl-C ends it."))
    if no_open:
        output.result(address)
        return
    output.note(say("Your browser opens it. If not, open this link there; it works once:"))
    output.note(f"    {address}")
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _no_browser(output: Output, address: str) -> None:
    output.warn(say("No browser could be started. Open this link in one; it works once:"))
    output.result(address)
