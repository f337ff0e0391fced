"""The addresses of a leaflet's variants: the table of regions, and what each has of its own."""

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from brochure.project import NAME
from brochure.studio.events import Events
from brochure.studio.pages import Pages, language_of
from brochure.studio.refusal import unknown_region
from brochure.studio.requests import answered, change_of, leaflet_of, matching
from brochure.studio.secret import Secret
from brochure.studio.workplace import Workplace


@dataclass(frozen=True)
class VariantRoutes:
    """What answers them."""

    workplace: Workplace
    secret: Secret
    events: Events
    pages: Pages

    def routes(self) -> list[Route]:
        """The addresses, and what answers each."""
        table = "/api/leaflets/{leaflet}/regions"
        variant = "/api/leaflets/{leaflet}/variants/{region}"
        return [
            Route("/leaflets/{leaflet}/variants", self.table_page),
            Route("/leaflets/{leaflet}/variants/{region}", self.variant_page),
            Route(table, self.table),
            Route(table, self.save_table, methods=["POST"]),
            Route(f"{table}/discard", self.discard_row, methods=["POST"]),
            Route(f"{table}/events", self.table_changes),
            Route(f"{table}/states", self.states),
            Route(variant, self.variant),
            Route(variant, self.save, methods=["POST"]),
            Route(f"{variant}/discard", self.discard, methods=["POST"]),
            Route(f"{variant}/accept", self.accept, methods=["POST"]),
            Route(f"{variant}/events", self.changes),
        ]

    # --- The table -----------------------------------------------------------------------------

    async def table_page(self, request: Request) -> Response:
        values = {"leaflet": await leaflet_of(request, self.workplace)}
        return HTMLResponse(self.pages.html("variants", language_of(request.headers), values))

    async def table(self, request: Request) -> Response:
        name, language = await leaflet_of(request, self.workplace), language_of(request.headers)
        shown = await run_in_threadpool(self.workplace.regions.table, name, language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def save_table(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.regions.save, name, body)

    async def discard_row(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.regions.discard, name, body)

    async def table_changes(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        stream = self.events.stream(name, partial(self.workplace.regions.stamp, name))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def states(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        return await answered(request, self.workplace.regions.states, name)

    # --- A variant -----------------------------------------------------------------------------

    async def variant_page(self, request: Request) -> Response:
        leaflet, region = await self._names(request)
        values = {"leaflet": leaflet, "region": region}
        return HTMLResponse(self.pages.html("variant", language_of(request.headers), values))

    async def variant(self, request: Request) -> Response:
        (name, region), language = await self._names(request), language_of(request.headers)
        shown = await run_in_threadpool(self.workplace.variants.variant, name, region, language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def save(self, request: Request) -> Response:
        name, region = await self._names(request)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.variants.save, name, region, body)

    async def discard(self, request: Request) -> Response:
        name, region = await self._names(request)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.variants.discard, name, region, body)

    async def accept(self, request: Request) -> Response:
        name, region = await self._names(request)
        body = await change_of(request, self.secret.project, name)
        return await answered(request, self.workplace.variants.accept, name, region, body)

    async def changes(self, request: Request) -> Response:
        name, region = await self._names(request)
        stream = self.events.stream(name, partial(self.workplace.variants.stamp, name, region))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _names(self, request: Request) -> tuple[str, str]:
        """The leaflet and the region in the path: of those that there are. Raises Refusal."""
        leaflet = await leaflet_of(request, self.workplace)
        region = matching(NAME, request.path_params["region"])
        if not await run_in_threadpool(self.workplace.regions.has, leaflet, region):
            raise unknown_region(region)
        return leaflet, region
