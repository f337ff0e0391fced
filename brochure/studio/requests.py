"""What requests ask for, and the answers that several addresses give."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from brochure.messages import say
from brochure.project import NAME
from brochure.studio.answers import Download, Json
from brochure.studio.pages import language_of
from brochure.studio.refusal import Refusal, malformed, no_such_page, unknown_leaflet
from brochure.studio.workplace import Workplace


async def leaflet_of(request: Request, workplace: Workplace) -> str:
    """The name of the leaflet in the path: one of those that there are. Raises Refusal."""
    name = str(request.path_params["leaflet"])
    if name not in await run_in_threadpool(workplace.leaflets) or not NAME.fullmatch(name):
        raise unknown_leaflet(name)
    return name


async def body_of(request: Request) -> dict[str, object]:
    """The body of a request: one JSON object, of texts that can be written into files. Raises
    Refusal.
    """
    try:
        data = json.loads(await request.body())
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()  # no halves of characters
    except (ValueError, RecursionError):  # where it is no UTF-8, too
        data = None
    if not isinstance(data, dict):
        raise malformed()
    return data


async def change_of(request: Request, project: str, leaflet: str) -> dict[str, object]:
    """The body of a request that changes something: of a page that shows this leaflet of this
    project, not one that was left open when another studio had this port. Raises Refusal.
    """
    body = await body_of(request)
    if body.get("project") != project or body.get("leaflet") != leaflet:
        raise other_page()
    return body


def other_page() -> Refusal:
    """A request comes from a page that shows something else."""
    return Refusal(
        409,
        say("This page belongs to another project, or to another leaflet."),
        say("Copy what you have written, and open the leaflet anew."),
    )


def name_in(request: Request, parameter: str) -> str:
    """A name in the query; empty where there is none. Raises Refusal."""
    value = request.query_params.get(parameter, "")
    return matching(NAME, value) if value else ""


def matching(pattern: re.Pattern[str], value: str) -> str:
    """A part of an address that must look like this. Raises Refusal."""
    if not pattern.fullmatch(value):
        raise no_such_page()
    return value


@asynccontextmanager
async def until_gone(request: Request) -> AsyncIterator[threading.Event]:
    """While the block runs, the event is set as soon as who asked has left."""
    gone = threading.Event()

    async def listen() -> None:
        while not gone.is_set():
            if (await request.receive())["type"] == "http.disconnect":
                gone.set()

    listening = asyncio.create_task(listen())
    try:
        yield gone
    finally:
        listening.cancel()


async def answered(
    request: Request, function: Callable[..., Json], *arguments: object
) -> JSONResponse:
    """What a function returns, in a thread of its own, for the arguments and the language of who
    asks.
    """
    language = language_of(request.headers)
    return JSONResponse(await run_in_threadpool(function, *arguments, language))


def png(data: bytes, caching: str) -> Response:
    """A picture."""
    return Response(data, headers={"Cache-Control": caching}, media_type="image/png")


def attachment(file: Download) -> Response:
    """A file to keep: the browser neither shows it as a page of ours, nor runs what is in it."""
    disposition = f"attachment; filename*=utf-8''{quote(file.name)}"
    headers = {"Content-Disposition": disposition}
    return Response(file.data, headers=headers, media_type=file.media_type)
