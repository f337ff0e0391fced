"""Who may ask the studio for what: pure ASGI middleware around all of it.

The studio listens on this computer only, but any page that the user has open in the browser can
send requests there, and so can other programs and users of the computer. Hence, in this order:

1. **Host** is exactly ours: a stranger's name that leads to 127.0.0.1 (DNS rebinding) is refused.
2. A plain **navigation** to a page may come from anywhere, a bookmark or a terminal. All else must
   come from pages of the studio itself, as the browser says (``Sec-Fetch-Site``, which no page can
   forge; W3C, Fetch Metadata Request Headers), content that is only read included.
3. What changes something must say from which **origin**, and be JSON, or a file to an
   address for files; no form can send either.
4. The **cookie** of the project, which only the one-time link gives.

Every answer, errors included, forbids the browser to load anything from elsewhere, to run code that
stands in a page, to show the studio in a frame, and to keep what it shows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brochure import bounds
from brochure.messages import say
from brochure.studio.refusal import Refusal, malformed, no_such_page, too_large
from brochure.studio.secret import Secret

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
}
_PATH = re.compile(r"/|(?:/[A-Za-z0-9][\w.-]*)+", re.ASCII)  # nothing that leads up, or is encoded
LARGEST_BODY = 2_000_000  # bytes; the file of a leaflet is at most half as large
LARGEST_UPLOAD = bounds.SOURCE_PDF
JSON, FILE = "application/json", "application/octet-stream"  # no form can send either of them
_READS = ("GET", "HEAD")
_OPEN = "/open"
_STATIC = "/static/"
_API = "/api/"
_UPLOADS = re.compile(
    r"/api/imports|/api/leaflets/[^/]+/(?:files|differences|mail/list|mail/returned)"
)
_PAGES = re.compile(r"/|/open|/import/[^/]+|/leaflets/[^/]+(?:/mail|/variants(?:/[^/]+)?)?")


def is_upload(path: str) -> bool:
    """Whether files are sent to a path."""
    return _UPLOADS.fullmatch(path) is not None


def is_page(path: str) -> bool:
    """Whether a path is that of a page, which people go to."""
    return _PAGES.fullmatch(path) is not None


@dataclass(frozen=True)
class Guard:
    """Lets requests through to `app`, or answers them with a refusal, which `refused` puts into
    words. `port` is where the studio listens.
    """

    app: ASGIApp
    port: int
    secret: Secret
    refused: Callable[[Scope, Refusal], ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            headers = Headers(scope=scope)
            refusal = self.refusal(scope["method"], scope["path"], headers)
            app = self.refused(scope, refusal) if refusal else self.app
            caching = "no-cache" if scope["path"].startswith(_STATIC) else "no-store"
            await app(scope, receive, _with_headers(send, caching))

    def refusal(self, method: str, path: str, headers: Headers) -> Refusal | None:
        """Why a request is refused, or None."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return Refusal(
                403,
                say("The studio answers at its own address only, not under this name."),
                say("Open it at {address}.", address=f"http://127.0.0.1:{self.port}/"),
            )
        known = is_page(path) or path.startswith((_STATIC, _API))
        if not known or not _PATH.fullmatch(path):
            return no_such_page()
        if wrong := _wrong_origin(method, path, headers, f"http://{hosts[0]}"):
            return wrong
        if method not in _READS:
            uploads = is_upload(path)
            if not _is_kind(headers, FILE if uploads else JSON):
                return malformed()
            if wrong := _wrong_length(headers, LARGEST_UPLOAD if uploads else LARGEST_BODY):
                return wrong
        if path == _OPEN or path.startswith(_STATIC):
            return None
        if not self.secret.admits(cookies(headers, self.secret.cookie_name)):
            return closed()
        return None

    @property
    def _hosts(self) -> tuple[str, str]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"


def closed() -> Refusal:
    """A browser does not have the cookie."""
    return Refusal(
        401,
        say("The studio is not open in this browser, or its link was used already."),
        say("Type `brochure studio` in the folder of your project: it opens it with a new link."),
    )


def cookies(headers: Headers, name: str) -> Iterator[str]:
    """All values that a cookie is sent with (RFC 6265, 5.4: the order means nothing)."""
    for header in headers.getlist("cookie"):
        for pair in header.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                yield value


def _wrong_origin(method: str, path: str, headers: Headers, ours: str) -> Refusal | None:
    """What is wrong with where a request comes from."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    elsewhere = Refusal(403, say("This request comes from another page than the studio's own."))
    if method not in _READS:
        return None if origin == ours and site in (None, "same-origin") else elsewhere
    if site is None:
        if origin == ours:
            return None
        if origin is None and is_page(path):
            return Refusal(
                403,
                say("This browser does not say where its requests come from."),
                say("Use a newer one: Firefox, Chrome, Edge, or Safari from version 16.4."),
            )
        return elsewhere
    navigates = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    if is_page(path) and navigates == ("navigate", "document"):
        return None
    return None if site == "same-origin" and origin in (None, ours) else elsewhere


def _is_kind(headers: Headers, media_type: str) -> bool:
    kind, _, _ = headers.get("content-type", "").partition(";")
    return kind.strip().lower() == media_type


def _wrong_length(headers: Headers, limit: int) -> Refusal | None:
    """What is wrong with the length of a body: it must be known before, as browsers tell it."""
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not length.isdecimal():
        return Refusal(411, say("The studio needs to know how long a request is."))
    if int(length) > limit and limit == LARGEST_UPLOAD:
        return too_large(limit)
    if int(length) > limit:
        return Refusal(
            413,
            say("That is too much at once: at most 2 MB can be sent."),
            say("Divide the text into several leaflets."),
        )
    return None


def _with_headers(send: Send, caching: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", caching)
        await send(message)

    return sending
