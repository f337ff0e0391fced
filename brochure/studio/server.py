"""The studio as an application: all its addresses, and errors as answers in the reader's language.

What is asked for is done by the parts of a :class:`Workplace`, in a thread of its own for each
request. Only names that they have listed themselves reach them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files

import anyio
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from brochure.diagnostics import DiagnosticsError, data_of
from brochure.messages import catalogue, say
from brochure.studio.events import Events
from brochure.studio.import_routes import ImportRoutes
from brochure.studio.leaflet_routes import LeafletRoutes
from brochure.studio.mail_routes import MailRoutes
from brochure.studio.pages import Pages, language_of
from brochure.studio.project_routes import ProjectRoutes
from brochure.studio.refusal import Refusal, no_such_page, refusal_of
from brochure.studio.secret import Secret, Tokens
from brochure.studio.security import Guard, is_page
from brochure.studio.source_routes import SourceRoutes
from brochure.studio.variant_routes import VariantRoutes
from brochure.studio.workplace import Workplace


def make_app(workplace: Workplace, secret: Secret, events: Events) -> ASGIApp:
    """The studio as an ASGI application, guarded. `secret` knows the port it is served on."""
    assert secret.port is not None
    pages = Pages(workplace.name)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(events.watch, workplace.project.content))
            yield
            events.close()

    def refused(scope: Scope, refusal: Refusal) -> Response:
        return _answer(pages, scope, refusal)

    async def failed(request: Request, reason: Exception) -> Response:
        return refused(request.scope, _refusal(reason))

    static = StaticFiles(directory=str(files("brochure.studio") / "static"))
    kinds = (Refusal, DiagnosticsError, HTTPException, ClientDisconnect, OSError, Exception)
    app = Starlette(
        routes=[
            Mount("/static", static),
            *ProjectRoutes(workplace, secret, Tokens(secret), pages).routes(),
            *ImportRoutes(workplace, secret, pages).routes(),
            *LeafletRoutes(workplace, secret, events, pages).routes(),
            *SourceRoutes(workplace).routes(),
            *VariantRoutes(workplace, secret, events, pages).routes(),
            *MailRoutes(workplace, secret, events, pages).routes(),
        ],
        lifespan=lifespan,
        exception_handlers=dict.fromkeys(kinds, failed),
    )
    return Guard(app, secret.port, secret, refused)


def _answer(pages: Pages, scope: Scope, refusal: Refusal) -> Response:
    """The answer to a request that is refused: a page to people, JSON to scripts."""
    headers = Headers(scope=scope)
    language = language_of(headers)
    words = catalogue(language)
    message, hint = words(refusal.message), words(refusal.hint)
    if is_page(scope["path"]) or headers.get("sec-fetch-dest") == "document":
        values = {"message": message, "hint": hint, "home": refusal.status != 401}
        return HTMLResponse(pages.html("closed", language, values), refusal.status)
    data: dict[str, object] = {"message": message, "hint": hint}
    if refusal.diagnostics:
        data["diagnostics"] = [{**data_of(d, words), "path": None} for d in refusal.diagnostics]
    return JSONResponse(data, refusal.status)


def _refusal(reason: Exception) -> Refusal:
    """What an exception is to who asked; one that nobody expects is a bug of ours."""
    match reason:
        case Refusal():
            return reason
        case DiagnosticsError():
            return refusal_of(reason)
        case HTTPException(status_code=404):
            return no_such_page()
        case ClientDisconnect():  # nobody reads the answer any more
            return Refusal(400, say("The connection was broken off."))
        case HTTPException(status_code=status):
            return Refusal(status, say("The studio cannot do that at this address."))
        case OSError():
            return Refusal(
                503,
                say("The disk refuses this ({reason}).", reason=reason.strerror or reason),
                say("Check that it is there, is not full and not write-protected; then try again."),
            )
        case _:
            return Refusal(
                500,
                say("The studio has made a mistake."),
                say("What it was stands in the window where you typed `brochure studio`."),
            )
