"""The studio's addresses: each leads to a function. Nothing here knows leaflets.

What is asked for is done by a :class:`Backend`, in a thread of its own for each request; its errors
become answers in the reader's language. Only names that the backend itself has listed reach it.
"""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from urllib.parse import quote

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from brochure.diagnostics import DiagnosticsError, data_of
from brochure.messages import catalogue, say
from brochure.project import NAME
from brochure.studio.backend import Backend, Json
from brochure.studio.events import Events
from brochure.studio.pages import Pages, language_of
from brochure.studio.refusal import Refusal, malformed, no_such_page, refusal_of, unknown_leaflet
from brochure.studio.secret import Secret, Tokens
from brochure.studio.security import Guard, closed, cookies, is_page

_NEXT = re.compile(r"/|/leaflets/[A-Za-z0-9][A-Za-z0-9_-]*")
_PICTURE = re.compile(r"[0-9a-f]{16,64}")  # a digest


@dataclass(frozen=True)
class Studio:
    """All that answers requests."""

    backend: Backend
    secret: Secret
    events: Events
    pages: Pages
    tokens: Tokens
    heavy: anyio.CapacityLimiter  # who typesets, or reads sources: one at a time
    uploads: anyio.CapacityLimiter  # who sends a file: one at a time

    # --- Pages ---------------------------------------------------------------------------------

    async def open(self, request: Request) -> Response:
        """A one-time link: the cookie, and on to a page. Who has the cookie may use it again."""
        wanted = request.query_params.get("next", "")
        response = RedirectResponse(wanted if _NEXT.fullmatch(wanted) else "/", 303)
        token = request.query_params.get("token", "")
        if request.method == "GET" and self.tokens.redeem(token):
            response.set_cookie(
                self.secret.cookie_name, self.secret.cookie, httponly=True, samesite="strict"
            )
        elif not self.secret.admits(cookies(request.headers, self.secret.cookie_name)):
            raise closed()
        return response

    async def start(self, request: Request) -> Response:
        return self._page(request, "start", {})

    async def editor(self, request: Request) -> Response:
        return self._page(request, "leaflet", {"leaflet": await self._name(request)})

    def _page(self, request: Request, page: str, values: Json) -> Response:
        return HTMLResponse(self.pages.html(page, language_of(request.headers), values))

    # --- Project -------------------------------------------------------------------------------

    async def project(self, request: Request) -> Response:
        language = language_of(request.headers)
        overview = await run_in_threadpool(self.backend.project_overview, language)
        return JSONResponse({"project": self.secret.project, **overview})

    async def design(self, request: Request) -> Response:
        name = _matching(NAME, request.path_params["design"])
        return _png(await run_in_threadpool(self.backend.design_picture, name), "no-cache")

    async def new(self, request: Request) -> Response:
        body = await _json(request)
        made = await run_in_threadpool(self.backend.new_leaflet, body, language_of(request.headers))
        return JSONResponse(made, 201)

    # --- A leaflet -----------------------------------------------------------------------------

    async def leaflet(self, request: Request) -> Response:
        name, language = await self._name(request), language_of(request.headers)
        shown = await run_in_threadpool(self.backend.leaflet, name, language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def save(self, request: Request) -> Response:
        return await self._change(request, self.backend.save)

    async def discard(self, request: Request) -> Response:
        return await self._change(request, self.backend.discard)

    async def _change(self, request: Request, function: Callable[..., Json]) -> Response:
        body = await _json(request)
        name = await self._name(request)
        if body.get("project") != self.secret.project or body.get("leaflet") != name:
            raise Refusal(
                409,
                say("This page belongs to another project, or to another leaflet."),
                say("Copy what you have written, and open the leaflet anew."),
            )
        language = language_of(request.headers)
        return JSONResponse(await run_in_threadpool(function, name, body, language))

    async def changes(self, request: Request) -> Response:
        stream = self.events.stream(await self._name(request))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def preview(self, request: Request) -> Response:
        edition, variant = _query(request, "edition"), _query(request, "variant")
        name, language = await self._name(request), language_of(request.headers)
        gone = threading.Event()
        async with _until(gone, request):
            shown = await run_in_threadpool(
                self.backend.preview, name, edition, variant, language, gone
            )
        return JSONResponse(shown)

    async def picture(self, request: Request) -> Response:
        name = await self._name(request)
        picture = _matching(_PICTURE, request.path_params["picture"])
        data = await run_in_threadpool(self.backend.picture, name, picture)
        return _png(data, "private, max-age=31536000, immutable")

    async def diagnostics(self, request: Request) -> Response:
        edition = _query(request, "edition")
        async with self.heavy:
            return await self._of_leaflet(request, self.backend.diagnostics, edition)

    async def source(self, request: Request) -> Response:
        return await self._of_source(request, self.backend.source)

    async def find(self, request: Request) -> Response:
        return await self._of_source(request, self.backend.find)

    async def excerpt(self, request: Request) -> Response:
        return await self._of_source(request, self.backend.excerpt)

    async def verdicts(self, request: Request) -> Response:
        return await self._of_leaflet(request, self.backend.verdicts)

    async def files(self, request: Request) -> Response:
        return await self._of_leaflet(request, self.backend.files)

    async def upload(self, request: Request) -> Response:
        """A file: the body is its content, the query says what it is for and what it is called."""
        use, file = request.query_params.get("use", ""), request.query_params.get("name", "")
        name = await self._name(request)
        async with self.uploads:  # each is held in memory
            data = await request.body()
            made = await run_in_threadpool(self.backend.upload, name, use, file, data)
        return JSONResponse(made, 201)

    async def file(self, request: Request) -> Response:
        name, language = await self._name(request), language_of(request.headers)
        edition, variant = _query(request, "edition"), _query(request, "variant")
        async with self.heavy:
            made = await run_in_threadpool(self.backend.file, name, edition, variant, language)
        # An attachment: the browser neither shows it as a page of ours, nor runs what is in it.
        disposition = f"attachment; filename*=utf-8''{quote(made.name)}"
        headers = {"Content-Disposition": disposition}
        return Response(made.data, headers=headers, media_type=made.media_type)

    async def _of_source(
        self, request: Request, function: Callable[[str, Mapping[str, str], str], Json]
    ) -> Response:
        """What a function of the backend knows about a document that a leaflet quotes."""
        name, language = await self._name(request), language_of(request.headers)
        query = dict(request.query_params)
        return JSONResponse(await run_in_threadpool(function, name, query, language))

    async def _of_leaflet(
        self, request: Request, function: Callable[..., Json], *arguments: str
    ) -> Response:
        """What a function of the backend knows about the leaflet of a request."""
        name, language = await self._name(request), language_of(request.headers)
        return JSONResponse(await run_in_threadpool(function, name, *arguments, language))

    async def _name(self, request: Request) -> str:
        """The name of the leaflet in the path: one of those that there are."""
        name = str(request.path_params["leaflet"])
        if name not in await run_in_threadpool(self.backend.leaflets) or not NAME.fullmatch(name):
            raise unknown_leaflet(name)
        return name

    # --- Errors --------------------------------------------------------------------------------

    def refused(self, scope: Scope, refusal: Refusal) -> Response:
        """The answer to a request that is refused: a page to people, JSON to scripts."""
        headers = Headers(scope=scope)
        language = language_of(headers)
        words = catalogue(language)
        message, hint = words(refusal.message), words(refusal.hint)
        if is_page(scope["path"]) or headers.get("sec-fetch-dest") == "document":
            values = {"message": message, "hint": hint, "home": refusal.status != 401}
            html = self.pages.html("closed", language, values)
            return HTMLResponse(html, refusal.status)
        data: dict[str, object] = {"message": message, "hint": hint}
        if refusal.diagnostics:
            data["diagnostics"] = [{**data_of(d, words), "path": None} for d in refusal.diagnostics]
        return JSONResponse(data, refusal.status)

    async def failed(self, request: Request, reason: Exception) -> Response:
        return self.refused(request.scope, _refusal(reason))


def make_app(backend: Backend, secret: Secret, events: Events) -> ASGIApp:
    """The studio as an ASGI application, guarded. `secret` knows the port it is served on."""
    assert secret.port is not None
    studio = Studio(
        backend,
        secret,
        events,
        Pages(backend.name),
        Tokens(secret),
        heavy=anyio.CapacityLimiter(1),
        uploads=anyio.CapacityLimiter(1),
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(events.watch, backend.content))
            yield
            events.close()

    static = StaticFiles(directory=str(files("brochure.studio") / "static"))
    kinds = (Refusal, DiagnosticsError, HTTPException, ClientDisconnect, OSError, Exception)
    app = Starlette(
        routes=_routes(studio, static),
        lifespan=lifespan,
        exception_handlers=dict.fromkeys(kinds, studio.failed),
    )
    return Guard(app, secret.port, secret, studio.refused)


def _routes(studio: Studio, static: StaticFiles) -> list[Route | Mount]:
    leaflet = "/api/leaflets/{leaflet}"
    return [
        Route("/open", studio.open),
        Route("/", studio.start),
        Route("/leaflets/{leaflet}", studio.editor),
        Mount("/static", static),
        Route("/api/project", studio.project),
        Route("/api/designs/{design}.png", studio.design),
        Route("/api/leaflets", studio.new, methods=["POST"]),
        Route(leaflet, studio.leaflet),
        Route(leaflet, studio.save, methods=["POST"]),
        Route(f"{leaflet}/discard", studio.discard, methods=["POST"]),
        Route(f"{leaflet}/events", studio.changes),
        Route(f"{leaflet}/preview", studio.preview),
        Route(f"{leaflet}/pages/{{picture}}.png", studio.picture),
        Route(f"{leaflet}/file", studio.file),
        Route(f"{leaflet}/diagnostics", studio.diagnostics),
        Route(f"{leaflet}/source", studio.source),
        Route(f"{leaflet}/find", studio.find),
        Route(f"{leaflet}/excerpt", studio.excerpt),
        Route(f"{leaflet}/quotes", studio.verdicts),
        Route(f"{leaflet}/files", studio.files),
        Route(f"{leaflet}/files", studio.upload, methods=["POST"]),
    ]


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


async def _json(request: Request) -> dict[str, object]:
    """The body of a request: one JSON object, of texts that can be written into files."""
    try:
        data = json.loads(await request.body())
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()  # no halves of characters
    except (ValueError, RecursionError):  # where it is no UTF-8, too
        data = None
    if not isinstance(data, dict):
        raise malformed()
    return data


@asynccontextmanager
async def _until(gone: threading.Event, request: Request) -> AsyncIterator[None]:
    """While the block runs, `gone` is set as soon as who asked has left."""

    async def listen() -> None:
        while not gone.is_set():
            if (await request.receive())["type"] == "http.disconnect":
                gone.set()

    listening = asyncio.create_task(listen())
    try:
        yield
    finally:
        listening.cancel()


def _query(request: Request, name: str) -> str:
    """A name in the query; empty where there is none."""
    value = request.query_params.get(name, "")
    return _matching(NAME, value) if value else ""


def _matching(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise no_such_page()
    return value


def _png(data: bytes, caching: str) -> Response:
    return Response(data, headers={"Cache-Control": caching}, media_type="image/png")
