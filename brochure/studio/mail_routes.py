"""The addresses of the mail of a leaflet: its letter, its list, its ledger, and sending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from brochure.studio.answers import Json
from brochure.studio.events import Events
from brochure.studio.mailing import Mailings
from brochure.studio.pages import Pages, language_of
from brochure.studio.requests import answered, attachment, change_of, leaflet_of, other_page
from brochure.studio.secret import Secret
from brochure.studio.workplace import Workplace


@dataclass(frozen=True)
class MailRoutes:
    """What answers them."""

    workplace: Workplace
    secret: Secret
    events: Events
    pages: Pages
    # Who sends a file, which is held in memory: one at a time.
    uploads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    def __post_init__(self) -> None:
        self._mail.jobs.listen(lambda leaflet: self.events.publish(leaflet, "mail", {}))

    @property
    def _mail(self) -> Mailings:
        return self.workplace.mail

    def routes(self) -> list[Route]:
        """The addresses, and what answers each."""
        mail = "/api/leaflets/{leaflet}/mail"
        changes: dict[str, Callable[..., Json]] = {
            "letter": self._mail.letters.save,
            "letter/discard": self._mail.letters.discard,
            "resolve": self._mail.resolve,
            "note": self._mail.note,
            "test": self._mail.jobs.test,
            "send": self._mail.jobs.send,
        }
        orders: dict[str, Callable[..., Json]] = {
            "begin": self._mail.begin,
            "drafts": self._mail.drafts,
            "build": self._mail.jobs.build,
            "stop": self._mail.jobs.stop,
        }
        return [
            Route("/leaflets/{leaflet}/mail", self.page),
            Route(mail, self.overview),
            Route(f"{mail}/events", self.changes),
            Route(f"{mail}/progress", self.progress),
            Route(f"{mail}/letter", self.letter),
            Route(f"{mail}/draft", self.draft),
            Route(f"{mail}/list", self.replace_list, methods=["POST"]),
            Route(f"{mail}/returned", self.returned, methods=["POST"]),
            *(
                Route(f"{mail}/{part}", self._change(function, with_body=True), methods=["POST"])
                for part, function in changes.items()
            ),
            *(
                Route(f"{mail}/{part}", self._change(function, with_body=False), methods=["POST"])
                for part, function in orders.items()
            ),
        ]

    async def page(self, request: Request) -> Response:
        values = {"leaflet": await self._name(request)}
        return HTMLResponse(self.pages.html("mail", language_of(request.headers), values))

    async def overview(self, request: Request) -> Response:
        name, language = await self._name(request), language_of(request.headers)
        shown = await run_in_threadpool(self._mail.overview, name, language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def letter(self, request: Request) -> Response:
        name, language = await self._name(request), language_of(request.headers)
        shown = await run_in_threadpool(self._mail.letters.letter, name, language)
        return JSONResponse({"project": self.secret.project, **shown})

    async def progress(self, request: Request) -> Response:
        return await answered(request, self._mail.jobs.progress, await self._name(request))

    async def changes(self, request: Request) -> Response:
        name = await self._name(request)
        stream = self.events.stream(name, partial(self._mail.digest, name))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def draft(self, request: Request) -> Response:
        name, key = await self._name(request), request.query_params.get("key", "")
        return attachment(await run_in_threadpool(self._mail.draft, name, key))

    async def replace_list(self, request: Request) -> Response:
        """A list of recipients: the body is the file, the query has the digest of the one that was
        shown.
        """
        return await self._file(request, self._mail.replace_list, "base")

    async def returned(self, request: Request) -> Response:
        """A mail that came back: the body is the file, the query has its name."""
        return await self._file(request, self._mail.returned, "name")

    async def _file(
        self, request: Request, function: Callable[..., Json], parameter: str
    ) -> Response:
        name = await self._name(request)
        if request.query_params.get("project") != self.secret.project:
            raise other_page()
        async with self.uploads:
            data = await request.body()
            return await answered(
                request, function, name, request.query_params.get(parameter, ""), data
            )

    def _change(
        self, function: Callable[..., Json], *, with_body: bool
    ) -> Callable[[Request], object]:
        """What answers a request that changes something: a function that gets the leaflet, and what
        was sent if it needs that.
        """

        async def answer(request: Request) -> Response:
            name = await self._name(request)
            body = await change_of(request, self.secret.project, name)
            return await answered(request, function, *((name, body) if with_body else (name,)))

        return answer

    async def _name(self, request: Request) -> str:
        return await leaflet_of(request, self.workplace)
