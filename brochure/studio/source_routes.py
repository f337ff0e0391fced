"""The addresses of the documents that a leaflet quotes, and of the files that it uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from brochure.studio.answers import Json
from brochure.studio.pages import language_of
from brochure.studio.requests import answered, leaflet_of
from brochure.studio.workplace import Workplace


@dataclass(frozen=True)
class SourceRoutes:
    """What answers them."""

    workplace: Workplace
    # Who sends a file, which is held in memory: one at a time.
    uploads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    def routes(self) -> list[Route]:
        """The addresses, and what answers each."""
        leaflet = "/api/leaflets/{leaflet}"
        return [
            Route(f"{leaflet}/source", self.source),
            Route(f"{leaflet}/find", self.find),
            Route(f"{leaflet}/excerpt", self.excerpt),
            Route(f"{leaflet}/quotes", self.verdicts),
            Route(f"{leaflet}/files", self.files),
            Route(f"{leaflet}/files", self.upload, methods=["POST"]),
        ]

    async def source(self, request: Request) -> Response:
        return await self._of_source(request, self.workplace.quotes.source)

    async def find(self, request: Request) -> Response:
        return await self._of_source(request, self.workplace.quotes.find)

    async def excerpt(self, request: Request) -> Response:
        return await self._of_source(request, self.workplace.quotes.excerpt)

    async def verdicts(self, request: Request) -> Response:
        return await answered(
            request, self.workplace.quotes.verdicts, await leaflet_of(request, self.workplace)
        )

    async def files(self, request: Request) -> Response:
        name = await leaflet_of(request, self.workplace)
        return JSONResponse(await run_in_threadpool(self.workplace.uploads.files, name))

    async def upload(self, request: Request) -> Response:
        """A file: the body is its content, the query says what it is for and what it is called."""
        use, file = request.query_params.get("use", ""), request.query_params.get("name", "")
        name = await leaflet_of(request, self.workplace)
        async with self.uploads:
            data = await request.body()
            made = await run_in_threadpool(
                self.workplace.uploads.upload, name, use, file, data, language_of(request.headers)
            )
        return JSONResponse(made, 201)

    async def _of_source(
        self, request: Request, function: Callable[[str, Mapping[str, str], str], Json]
    ) -> Response:
        """What is known about a document that the leaflet quotes."""
        name = await leaflet_of(request, self.workplace)
        return await answered(request, function, name, dict(request.query_params))
