"""The addresses of importing and exporting: files that leaflets are made of, and made from them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from brochure.studio.answers import Download, Json
from brochure.studio.import_store import TOKEN
from brochure.studio.pages import Pages, language_of
from brochure.studio.requests import (
    answered,
    attachment,
    body_of,
    change_of,
    leaflet_of,
    matching,
    other_page,
)
from brochure.studio.secret import Secret
from brochure.studio.workplace import Workplace


@dataclass(frozen=True)
class ImportRoutes:
    """What answers them."""

    workplace: Workplace
    secret: Secret
    pages: Pages
    # Who sends a file, which is held in memory and read: one at a time.
    uploads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    def routes(self) -> list[Route]:
        """The addresses, and what answers each."""
        one, leaflet = "/api/imports/{token}", "/api/leaflets/{leaflet}"
        return [
            Route("/import/{token}", self.page),
            Route("/api/imports", self.begin, methods=["POST"]),
            Route(one, self.sheet),
            Route(one, self.save, methods=["POST"]),
            Route(f"{one}/accept", self.accept, methods=["POST"]),
            Route(f"{one}/discard", self.discard, methods=["POST"]),
            Route(f"{one}/pictures/{{number:int}}", self.picture),
            Route(f"{leaflet}/arrived", self.arrived),
            Route(f"{leaflet}/arrived", self.looked_through, methods=["POST"]),
            Route(f"{leaflet}/word", self.word),
            Route(f"{leaflet}/markdown", self.markdown),
            Route(f"{leaflet}/differences", self.differences, methods=["POST"]),
        ]

    # --- Import ----------------------------------------------------------------------------------

    async def begin(self, request: Request) -> Response:
        """A file: the body is its content, the query says what it is called."""
        async with self.uploads:
            data = await request.body()
            name = request.query_params.get("name", "")
            made = await run_in_threadpool(self.workplace.imports.begin, name, data)
        return JSONResponse(made, 201)

    async def page(self, request: Request) -> Response:
        token = _token(request)
        name = await run_in_threadpool(self.workplace.imports.name, token)
        values = {"token": token, "file": name}
        return HTMLResponse(self.pages.html("import", language_of(request.headers), values))

    async def sheet(self, request: Request) -> Response:
        language = language_of(request.headers)
        shown = await run_in_threadpool(self.workplace.imports.sheet, _token(request), language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def save(self, request: Request) -> Response:
        return await self._of_page(request, self.workplace.imports.save)

    async def accept(self, request: Request) -> Response:
        accept = partial(self.workplace.imports.accept, language=language_of(request.headers))
        return await self._of_page(request, accept)

    async def discard(self, request: Request) -> Response:
        return await self._of_page(request, lambda token, _: self.workplace.imports.discard(token))

    async def picture(self, request: Request) -> Response:
        number = int(request.path_params["number"])
        made = await run_in_threadpool(self.workplace.imports.picture, _token(request), number)
        return Response(made.data, media_type=made.media_type)

    async def arrived(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        return await answered(request, self.workplace.imports.arrived, name)

    async def looked_through(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        await change_of(request, self.secret.project, name)
        await run_in_threadpool(self.workplace.imports.looked_through, name)
        return JSONResponse({})

    async def _of_page(self, request: Request, function: Callable[[str, Json], Json]) -> Response:
        """What a page of this project asks for."""
        body = await body_of(request)
        if body.get("project") != self.secret.project:
            raise other_page()
        return JSONResponse(await run_in_threadpool(function, _token(request), body))

    # --- Export ----------------------------------------------------------------------------------

    async def word(self, request: Request) -> Response:
        return await self._file(request, self.workplace.exports.word)

    async def markdown(self, request: Request) -> Response:
        return await self._file(request, self.workplace.exports.markdown)

    async def differences(self, request: Request) -> Response:
        """A file that came back: the body is its content, the query says what it is called."""
        leaflet = await leaflet_of(request, self.workplace)
        file = request.query_params.get("name", "")
        async with self.uploads:
            data = await request.body()
            return await answered(request, self.workplace.exports.differences, leaflet, file, data)

    async def _file(self, request: Request, function: Callable[[str], Download]) -> Response:
        name = await leaflet_of(request, self.workplace)
        return attachment(await run_in_threadpool(function, name))


def _token(request: Request) -> str:
    return matching(TOKEN, request.path_params["token"])
