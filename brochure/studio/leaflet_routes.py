"""The addresses of a leaflet: its form, its pages, and what is wrong with it."""

import re
from dataclasses import dataclass, field

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from brochure.studio.events import Events
from brochure.studio.pages import Pages, language_of
from brochure.studio.requests import (
    answered,
    attachment,
    change_of,
    leaflet_of,
    matching,
    name_in,
    png,
    until_gone,
)
from brochure.studio.secret import Secret
from brochure.studio.workplace import Workplace

_PICTURE = re.compile(r"[0-9a-f]{16,64}")  # a digest


@dataclass(frozen=True)
class LeafletRoutes:
    """What answers them."""

    workplace: Workplace
    secret: Secret
    events: Events
    pages: Pages
    # Who typesets, or reads sources: one at a time.
    heavy: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    def routes(self) -> list[Route]:
        """The addresses, and what answers each."""
        leaflet = "/api/leaflets/{leaflet}"
        return [
            Route("/leaflets/{leaflet}", self.editor),
            Route(leaflet, self.leaflet),
            Route(leaflet, self.save, methods=["POST"]),
            Route(f"{leaflet}/discard", self.discard, methods=["POST"]),
            Route(f"{leaflet}/events", self.changes),
            Route(f"{leaflet}/preview", self.preview),
            Route(f"{leaflet}/pages/{{picture}}.png", self.picture),
            Route(f"{leaflet}/file", self.file),
            Route(f"{leaflet}/archive", self.archive),
            Route(f"{leaflet}/diagnostics", self.diagnostics),
            Route(f"{leaflet}/state", self.state),
        ]

    async def editor(self, request: Request) -> Response:
        values = {"leaflet": await self._name(request)}
        return HTMLResponse(self.pages.html("leaflet", language_of(request.headers), values))

    async def leaflet(self, request: Request) -> Response:
        name, language = await self._name(request), language_of(request.headers)
        shown = await run_in_threadpool(self.workplace.editing.leaflet, name, language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def save(self, request: Request) -> Response:
        name = await self._name(request)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.editing.save, name, body)

    async def discard(self, request: Request) -> Response:
        name = await self._name(request)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.editing.discard, name, body)

    async def changes(self, request: Request) -> Response:
        stream = self.events.stream(await self._name(request))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def preview(self, request: Request) -> Response:
        edition, variant = name_in(request, "edition"), name_in(request, "variant")
        name, language = await self._name(request), language_of(request.headers)
        async with until_gone(request) as gone:
            shown = await run_in_threadpool(
                self.workplace.builds.preview, name, edition, variant, language, gone
            )
        return JSONResponse(shown)

    async def picture(self, request: Request) -> Response:
        await self._name(request)
        picture = matching(_PICTURE, request.path_params["picture"])
        data = await run_in_threadpool(self.workplace.builds.picture, picture)
        return png(data, "private, max-age=31536000, immutable")

    async def diagnostics(self, request: Request) -> Response:
        name, edition = await self._name(request), name_in(request, "edition")
        async with self.heavy:
            return await answered(request, self.workplace.builds.check, name, edition)

    async def state(self, request: Request) -> Response:
        name = await self._name(request)
        async with self.heavy:
            return await answered(request, self.workplace.states.state, name)

    async def file(self, request: Request) -> Response:
        edition, variant = name_in(request, "edition"), name_in(request, "variant")
        name = await self._name(request)
        async with self.heavy:
            made = await run_in_threadpool(self.workplace.builds.file, name, edition, variant)
        return attachment(made)

    async def archive(self, request: Request) -> Response:
        name, variant = await self._name(request), name_in(request, "variant")
        async with self.heavy:
            made = await run_in_threadpool(self.workplace.builds.archive, name, variant)
        return attachment(made)

    async def _name(self, request: Request) -> str:
        return await leaflet_of(request, self.workplace)
