"""The addresses of the project: its first page, its leaflets and designs, and the way in."""

import re
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from brochure.project import NAME
from brochure.studio.pages import Pages, language_of
from brochure.studio.requests import body_of, matching, png
from brochure.studio.secret import Secret, Tokens
from brochure.studio.security import closed, cookies
from brochure.studio.start import starter_image
from brochure.studio.workplace import Workplace

_NEXT = re.compile(r"/|/leaflets/[A-Za-z0-9][A-Za-z0-9_-]*(?:/mail)?")


@dataclass(frozen=True)
class ProjectRoutes:
    """What answers them."""

    workplace: Workplace
    secret: Secret
    tokens: Tokens
    pages: Pages

    def routes(self) -> list[Route]:
        """The addresses, and what answers each."""
        return [
            Route("/open", self.open),
            Route("/", self.start),
            Route("/api/project", self.project),
            Route("/api/designs/{design}.png", self.design),
            Route("/api/starters/{language}/{starter}.png", self.starter),
            Route("/api/leaflets", self.new, methods=["POST"]),
        ]

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
        return HTMLResponse(self.pages.html("start", language_of(request.headers), {}))

    async def project(self, request: Request) -> Response:
        language = language_of(request.headers)
        overview = await run_in_threadpool(self.workplace.overview, language)
        return JSONResponse({"project": self.secret.project, **overview})

    async def design(self, request: Request) -> Response:
        name = matching(NAME, request.path_params["design"])
        return png(await run_in_threadpool(self.workplace.design_picture, name), "no-cache")

    async def starter(self, request: Request) -> Response:
        language, name = (request.path_params[key] for key in ("language", "starter"))
        return png(await run_in_threadpool(starter_image, language, name), "no-cache")

    async def new(self, request: Request) -> Response:
        made = await run_in_threadpool(self.workplace.new_leaflet, await body_of(request))
        return JSONResponse({"leaflet": made}, 201)
