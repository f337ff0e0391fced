"""The studio's server: real requests to a real server on loopback, and who is refused."""

import asyncio
import http.client
import json
import logging
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from starlette.datastructures import Headers

from brochure.diagnostics import DiagnosticsError, Location
from brochure.mail.delivery.ledger import Ledger, ledger_path
from brochure.manuscript.variants.accept import accept_overrides
from brochure.manuscript.variants.resolution import read_bundle
from brochure.project import Project
from brochure.sources.verification import SourceMemory
from brochure.starters import create_leaflet, create_mailing, free_name
from brochure.studio.answers import Download, Json
from brochure.studio.builds import Builds
from brochure.studio.editing import Editing
from brochure.studio.events import Events
from brochure.studio.listener import BAD_PORTS, HOST, Course, answers, listen, server_of
from brochure.studio.pages import language_of
from brochure.studio.places import FormPaths
from brochure.studio.secret import STATE_VARIABLE, Secret, SecretStore
from brochure.studio.security import HEADERS, LARGEST_BODY, Guard
from brochure.studio.server import make_app
from brochure.studio.workplace import Workplace

NAVIGATION = {
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
API = "/api/leaflets/probe"
OTHERS = Secret("0123456789abcdef", b"x" * 32, "run", 1)  # of another project


class BreakingBuilds(Builds):
    """Whose edition `mistake` is a bug of ours, and `disk` one that is full."""

    def file(self, name: str, edition: str, variant: str) -> Download:
        if edition == "mistake":
            raise RuntimeError("a bug of ours")
        if edition == "disk":
            raise OSError(28, "No space left on device")
        return super().file(name, edition, variant)


class Saved(Editing):
    """Whatever is sent is saved."""

    def save(self, name: str, body: Json, language: str) -> dict[str, object]:
        return {"digest": "saved"}


class Breaking(Workplace):
    """In which some things go wrong."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.builds.close()
        self.editing = Saved(project)
        self.builds = BreakingBuilds(
            project, SourceMemory(), self.editing, self.quotes, self.variants
        )


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """A studio that runs in a thread of this process."""

    workplace: Workplace
    secret: Secret
    port: int
    open_: list[http.client.HTTPConnection] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"{self.secret.cookie_name}={self.secret.cookie}"

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str | None] | None = None,
        body: bytes | Iterator[bytes] | None = None,
    ) -> http.client.HTTPResponse:
        """What is answered to exactly this request; a header None is not sent."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        self.open_.append(connection)
        every = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie, **(headers or {})}
        sent = {name: value for name, value in every.items() if value is not None}
        connection.request(method, path, body, sent, encode_chunked=isinstance(body, Iterator))
        return connection.getresponse()

    def answer(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str | None] | None = None,
        body: bytes | Iterator[bytes] | None = None,
    ) -> Answer:
        response = self.ask(method, path, headers, body)
        return Answer(response.status, response.headers, response.read())

    def page(self, path: str, **headers: str | None) -> Answer:
        """As a browser goes to a page."""
        return self.answer("GET", path, {**NAVIGATION, **_named(headers)})

    def get(self, path: str, **headers: str | None) -> Answer:
        """As a script of the studio reads."""
        return self.answer("GET", path, {**SCRIPT, **_named(headers)})

    def post(self, path: str, body: object, **headers: str | None) -> Answer:
        """As a script of the studio writes."""
        json_ = {"Content-Type": "application/json", "Origin": self.origin}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.answer("POST", path, {**SCRIPT, **json_, **_named(headers)}, data)


def _named(headers: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


@contextmanager
def run(workplace: Workplace) -> Iterator[Running]:
    listening = listen(None, None)
    secret = SecretStore(workplace.project).begin(listening.getsockname()[1])
    events = Events(workplace.digest, ping=0.2, outdated=workplace.builds.outdated)
    begun = threading.Event()

    def ending() -> None:
        events.close()
        workplace.close()

    server = server_of(make_app(workplace, secret, events), Course(begun.set, ending))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    assert begun.wait(30)
    running = Running(workplace, secret, listening.getsockname()[1])
    try:
        yield running
    finally:
        server.should_exit = True
        thread.join(30)
        for connection in running.open_:
            connection.close()
    assert not thread.is_alive(), "it ends although streams are open"


@pytest.fixture(scope="module", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for secrets of these tests."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATE_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("projekt")
    (root / "content").mkdir()
    create_leaflet(root, "probe", "de", title="Öffentlich: die „Probe“")
    with run(Breaking(Project(root))) as running:
        yield running


# --- The link and the cookie ------------------------------------------------------------------


def test_a_link_opens_the_studio_once(studio: Running) -> None:
    link = studio.secret.address("/leaflets/probe").removeprefix(studio.origin)
    looked = studio.answer("HEAD", link, {**NAVIGATION, "Cookie": None})
    assert looked.status == 401, "who only looks does not use it up"
    opened = studio.page(link, cookie=None)
    assert (opened.status, opened.headers["Location"]) == (303, "/leaflets/probe")
    cookie, *flags = opened.headers["Set-Cookie"].split("; ")
    assert cookie == studio.cookie
    assert {flag.lower() for flag in flags} == {"httponly", "path=/", "samesite=strict"}
    again = studio.page(link, cookie=None, accept_language="de")
    assert (again.status, again.headers["Set-Cookie"]) == (401, None)
    assert "brochure studio" in again.body.decode(), "it says how to open it again"
    assert studio.page(link).status == 303, "who has the cookie may use the link again"


def test_only_links_of_this_run_open_it(studio: Running) -> None:
    before = replace(studio.secret, run="an earlier one").token()
    forged = studio.secret.token()[:-1] + "x"
    for token in (before, forged, OTHERS.token(), "", ".", "ä" * 9):
        wrong = studio.page(f"/open?token={token.encode('latin-1').hex()}", cookie=None)
        assert wrong.status == 401
        wrong = studio.page(f"/open?token={token.replace('ä', '%C3%A4')}", cookie=None)
        assert (wrong.status, wrong.headers["Set-Cookie"]) == (401, None)


@pytest.mark.parametrize(
    "page", ["http://x.example/", "//x.example", "/\\x.example", "/api/project"]
)
def test_a_link_leads_to_pages_of_the_studio_only(studio: Running, page: str) -> None:
    opened = studio.page(studio.secret.address(page).removeprefix(studio.origin))
    assert (opened.status, opened.headers["Location"]) == (303, "/")


def test_a_link_is_read_by_the_one_who_has_the_secret(studio: Running, state: Path) -> None:
    """A file of mode 600 in a folder of mode 700, not in the project; its key is in no answer."""
    path = SecretStore(studio.workplace.project).path
    assert path.is_relative_to(state)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    key = studio.secret.key.hex().encode()
    files = [f for f in studio.workplace.project.root.rglob("*") if f.is_file()]
    assert files
    assert all(key not in file.read_bytes() for file in files)
    assert key not in studio.page("/").body + studio.get("/api/project").body


def test_a_secret_that_others_could_read_is_made_anew(workspace_project: Project) -> None:
    store = SecretStore(workspace_project)
    first = store.begin(5555)
    assert store.begin(5556).key == first.key, "it is made once"
    assert store.begin(5556).run != first.run
    assert store.read() is not None
    store.path.chmod(0o640)
    assert store.read() is None
    assert store.begin(5555).key != first.key
    store.path.write_text("{}")
    store.path.chmod(0o600)
    assert store.read() is None


@pytest.fixture
def workspace_project(tmp_path: Path) -> Project:
    (tmp_path / "content").mkdir()
    return Project(tmp_path)


def test_a_secret_that_cannot_be_kept_is_a_diagnostic(
    workspace_project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(DiagnosticsError, match="cannot be stored"):
        SecretStore(workspace_project).begin(1)
    with (
        pytest.raises(DiagnosticsError, match="cannot be stored"),
        SecretStore(workspace_project).held(),
    ):
        pass


# --- Who is refused ---------------------------------------------------------------------------


def test_the_studio_answers_to_its_own_pages(studio: Running) -> None:
    """What all of the refusals below have changed."""
    assert studio.page("/").status == 200
    assert studio.get("/api/project").status == 200
    assert studio.get("/api/project", host=f"localhost:{studio.port}").status == 200
    assert studio.get("/static/studio.css", cookie=None).status == 200
    without = dict.fromkeys(("sec_fetch_site", "sec_fetch_mode", "sec_fetch_dest"))
    assert studio.get("/api/project", origin=studio.origin, **without).status == 200
    body = {"project": studio.secret.project, "leaflet": "probe"}
    assert studio.post(API, body).data == {"digest": "saved"}


@pytest.mark.parametrize(
    "host",
    ["x.example:{port}", "127.0.0.1.x.example:{port}", "x.localhost:{port}", "127.0.0.1", "",
     "127.0.0.1:1{port}", "localhost", "127.0.0.2:{port}", "[::1]:{port}", "user@127.0.0.1:{port}",
     "127.0.0.1:{port}.", "LOCALHOST:{port}", "127.1:{port}", "2130706433:{port}"],
)  # fmt: skip
def test_another_name_than_its_own_is_refused(studio: Running, host: str) -> None:
    """DNS rebinding: a page of x.example whose name leads to 127.0.0.1 has that origin."""
    host = host.format(port=studio.port)
    for answer in (
        studio.get("/api/project", host=host, origin=f"http://{host}"),
        studio.page("/", host=host),
        studio.page("/open?token=" + studio.secret.token(), host=host),
        studio.get("/static/studio.css", host=host),
        studio.post(API, {}, host=host, origin=f"http://{host}"),
    ):
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers
        assert b"Probe" not in answer.body


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},  # a server on another port
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "cross-site", "origin": "{origin}"},
        {"origin": "http://x.example"},
        {"origin": "null"},
        {"sec_fetch_site": None},
        {"sec_fetch_site": None, "origin": "http://127.0.0.1:1"},
        {
            "sec_fetch_site": "cross-site",
            "sec_fetch_mode": "navigate",
            "sec_fetch_dest": "document",
        },
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
    ],
)
def test_other_pages_cannot_read(studio: Running, headers: dict[str, str | None]) -> None:
    given = {k: v.format(origin=studio.origin) if v else v for k, v in headers.items()}
    for path in (
        "/api/project",
        API,
        f"{API}/events",
        "/static/studio.css",
        "/api/designs/bold.png",
    ):
        answer = studio.get(path, **given)
        assert answer.status == 403, path
        assert b"Probe" not in answer.body


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "http://x.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://127.0.0.1:{port}"},
        {"origin": "http://localhost:{port}"},  # not the name that was asked
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": None, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},  # a form
    ],
)
def test_other_pages_cannot_write(studio: Running, headers: dict[str, str | None]) -> None:
    before = studio.get("/api/project").data["leaflets"]
    given = {k: v.format(port=studio.port) if v else v for k, v in headers.items()}
    assert studio.post("/api/leaflets", {"title": "Von anderswo"}, **given).status == 403
    assert studio.post(API, {}, **given).status == 403
    assert studio.get("/api/project").data["leaflets"] == before


def test_a_page_is_neither_framed_nor_asked_for_by_old_browsers(studio: Running) -> None:
    assert studio.page("/", sec_fetch_dest="iframe", sec_fetch_site="cross-site").status == 403
    assert studio.page("/", sec_fetch_site="cross-site").status == 200, "a link in a mail"
    old = studio.page("/", sec_fetch_site=None, sec_fetch_mode=None, sec_fetch_dest=None)
    assert (old.status, b"newer" in old.body) == (403, True)


@pytest.mark.parametrize(
    "cookie",
    [None, "", "brochure-{project}=", "brochure-{project}={other}", "brochure-0={own}",
     "brochure-0123456789abcdef={other}", "x=brochure-{project}={own}", "brochure-{project}=ä"],
)  # fmt: skip
def test_without_the_cookie_of_this_project_nothing_is_shown(
    studio: Running, cookie: str | None
) -> None:
    """Cookies ignore ports: one of another project that had this port before may come."""
    secret = studio.secret
    values = {"project": secret.project, "own": secret.cookie, "other": OTHERS.cookie}
    sent = cookie.format(**values) if cookie is not None else None
    assert studio.page("/", cookie=sent).status == 401
    assert studio.page("/leaflets/probe", cookie=sent).status == 401
    assert studio.get("/api/project", cookie=sent).status == 401
    assert studio.get(f"{API}/events", cookie=sent).status == 401
    assert studio.post(API, {}, cookie=sent).status == 401


def test_cookies_of_others_do_not_hide_ours(studio: Running) -> None:
    """A server on another port can set a cookie of this name, for a path that is more exact."""
    name = studio.secret.cookie_name
    assert studio.get("/api/project", cookie=f"{name}=x; a=b; {studio.cookie}").status == 200


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
             "text/json", "application/json-patch+json"]
)  # fmt: skip
def test_what_a_form_could_send_is_refused(studio: Running, kind: str | None) -> None:
    assert studio.post("/api/leaflets", {"title": "x"}, content_type=kind).status == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"x"', b"{", b'{"title": NaN}', b'{"title": "\\ud83d"}', b"\xff", b"[" * 90_000,
     b'{"title": 1}'],
)  # fmt: skip
def test_what_is_no_object_of_texts_is_refused(studio: Running, body: bytes) -> None:
    assert studio.post("/api/leaflets", body).status == 400


def test_what_is_too_large_is_refused(studio: Running) -> None:
    large = b'{"title": "%s"}' % (b"x" * LARGEST_BODY)
    answer = studio.post("/api/leaflets", large)
    assert (answer.status, "2 MB" in str(answer.data["message"])) == (413, True)
    parts = iter([large[:1_500_000], large[1_500_000:]])  # without Content-Length
    headers = {**SCRIPT, "Origin": studio.origin, "Content-Type": "application/json"}
    assert studio.answer("POST", "/api/leaflets", headers, parts).status == 411
    much = studio.post("/api/leaflets", b'"%s"' % (b"x" * 10 * LARGEST_BODY))
    assert much.status == 413, "the answer is read, although not all is"
    fits = studio.post("/api/leaflets", large[: LARGEST_BODY - 2] + b'"}')
    assert fits.status == 422, "that is no title, but it was read"


@pytest.mark.parametrize(
    "path",
    ["/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py",
     "/static/%2e%2e%2fserver.py", "/static/..%5cserver.py", "/static//etc/passwd",
     "//static/studio.css",
     "/static/%252e%252e/server.py", "/leaflets/..", "/leaflets/%2e%2e", "/leaflets/..%2fprobe",
     "/leaflets/%00", "/leaflets/.probe", "/leaflets/probe%2f", "/leaflets/pro%20be",
     "/api/leaflets/%2e%2e", "/api/leaflets/..%2f..%2fetc", "/api/leaflets/%2e%2e/diagnostics",
     "/api/leaflets/../content/probe", "/api/designs/..%2fbold.png", "/api/designs/nothing.png",
     "/api/leaflets/probe/pages/..%2f..%2fx.png", "/api/leaflets/probe/pages/x.png", "/nothing",
     "/leaflets/PROBE", "/leaflets/probe.yaml", "/api/leaflets/leaflet.schema.json", "/static/",
     "/static", "/api/leaflets/probe/file?edition=../x", "/api/leaflets/probe/file?variant=../x",
     "http://x.example/", "/leaflets/probe/"],
)  # fmt: skip
def test_no_path_leads_to_other_files(studio: Running, path: str) -> None:
    (studio.workplace.project.root / "content" / ".probe").mkdir(exist_ok=True)
    assert studio.get(path).status == 404
    assert studio.page(path).status in (403, 404), "what is no page is not for navigation either"


@pytest.mark.parametrize(
    "path",
    ["/static/../x", "/static/..", "/static//x", "//static/x", "/static/x\\y", "/static/x\0",
     "/static/x/", "/static/.x", "/leaflets/x/../y", "/api/%2e%2e", "/api/é", "", "*", "/nothing"],
)  # fmt: skip
def test_odd_paths_come_no_further_than_the_guard(path: str) -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    guard = Guard(never, 1, OTHERS, lambda *_: never)
    cookie = f"{OTHERS.cookie_name}={OTHERS.cookie}"
    headers = Headers({"host": "127.0.0.1:1", "sec-fetch-site": "same-origin", "cookie": cookie})
    assert guard.refusal("GET", "/static/x.css", headers) is None
    refusal = guard.refusal("GET", path, headers)
    assert refusal is not None
    assert refusal.status == 404


def test_a_file_of_the_project_that_leads_out_of_it_is_not_read(
    studio: Running, tmp_path: Path
) -> None:
    folder = studio.workplace.project.root / "content/draussen"
    (tmp_path / "leaflet.yaml").write_text("title: Geheim\n")
    folder.symlink_to(tmp_path)
    try:
        state = studio.get("/api/project").data["leaflets"]
        found = studio.get("/api/leaflets/draussen/diagnostics")
    finally:
        folder.unlink()
    assert "draussen" in str(state)
    assert "Geheim" not in f"{state}{found.body!r}"
    assert "outside" in str(found.data)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(studio: Running, method: str) -> None:
    own = {**SCRIPT, "Origin": studio.origin, "Content-Type": "application/json"}
    assert studio.answer(method, API, own, b"{}").status == 405
    assert studio.answer(method, API, SCRIPT, b"{}").status == 403


def test_a_page_of_another_project_or_leaflet_cannot_save(studio: Running) -> None:
    own = studio.secret.project
    for project, leaflet in ((own, "other"), (OTHERS.project, "probe"), (None, "probe")):
        answer = studio.post(API, {"project": project, "leaflet": leaflet})
        assert answer.status == 409
    assert studio.post("/api/leaflets/nothing", {"project": own}).status == 404


# --- What every answer says ---------------------------------------------------------------------


def test_the_headers_of_every_answer(studio: Running, caplog: pytest.LogCaptureFixture) -> None:
    opened = studio.secret.address().removeprefix(studio.origin)
    saving = {"project": studio.secret.project, "leaflet": "probe"}
    with caplog.at_level(logging.CRITICAL + 1):  # a bug of ours is logged with its traceback
        every = {
            "page": studio.page("/"),
            "link": studio.page(opened),
            "style": studio.get("/static/studio.css"),
            "picture": studio.get("/api/designs/bold.png"),
            "saved": studio.post(API, saving),
            "body": studio.post(API, b"{"),
            "cookie": studio.get(API, cookie=None),
            "host": studio.get(API, host="x.example"),
            "path": studio.get("/nothing"),
            "static": studio.get("/static/nothing.css"),
            "method": studio.answer("PUT", API, {**SCRIPT, "Origin": studio.origin,
                                                 "Content-Type": "application/json"}),
            "project": studio.post(API, {}),
            "large": studio.post(API, b'"%s"' % (b"x" * LARGEST_BODY)),
            "file": studio.get(f"{API}/file?edition=nothing"),
            "preview": studio.get(f"{API}/preview?edition=nothing"),
            "mistake": studio.get(f"{API}/file?edition=mistake"),
            "disk": studio.get(f"{API}/file?edition=disk"),
        }  # fmt: skip
    assert {answer.status for answer in every.values()} == {
        200, 303, 400, 401, 403, 404, 405, 409, 413, 422, 500, 503,
    }  # fmt: skip
    for name, answer in every.items():
        for header, value in HEADERS.items():
            assert answer.headers.get_all(header) == [value], (name, header)
        caching = "no-cache" if name in ("style", "static", "picture") else "no-store"
        assert answer.headers["Cache-Control"] == caching, name
        assert "Server" not in answer.headers
        if answer.status >= 400:
            assert {"message", "hint"} <= answer.data.keys(), name
            assert answer.data["message"], name
    assert "no space left" in str(every["disk"].data["message"]).lower()
    assert "bug" not in every["mistake"].body.decode()
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_errors_are_in_the_readers_language(studio: Running) -> None:
    german = studio.get("/api/leaflets/nothing", accept_language="de-AT, en;q=0.5")
    assert german.data["message"] == "Es gibt kein Flugblatt `nothing`."
    page = studio.page("/leaflets/nothing", cookie=f"{studio.cookie}; brochure-language=de")
    assert "Es gibt kein Flugblatt <code>nothing</code>." in page.body.decode()
    assert '<html lang="de">' in page.body.decode()


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "en"),
        ({"accept-language": "de"}, "de"),
        ({"accept-language": "fr, de-CH;q=0.8, en;q=0.7"}, "de"),
        ({"accept-language": "en-GB, de"}, "en"),
        ({"accept-language": "de;q=0, en"}, "en"),
        ({"accept-language": "de;q=x;;,,*"}, "en"),
        ({"accept-language": "fr"}, "en"),
        ({"accept-language": "en", "cookie": "a=b; brochure-language=de"}, "de"),
        ({"accept-language": "de", "cookie": "brochure-language=<b>"}, "de"),
    ],
)
def test_the_language_of_a_request(headers: dict[str, str], language: str) -> None:
    assert language_of(Headers(headers)) == language


def test_names_are_escaped_in_pages(tmp_path: Path) -> None:
    from brochure.studio.pages import Pages

    html = Pages("</script><b>").html("leaflet", "de", {"leaflet": '"><b>'})
    assert "<b>" not in html


# --- Where it listens ---------------------------------------------------------------------------


def test_nothing_listens_on_other_addresses(studio: Running) -> None:
    others = {"127.0.0.2", "::1"}
    others |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    refused = 0
    for address in others - {HOST}:
        try:
            socket.create_connection((address, studio.port), timeout=5).close()
        except OSError:
            refused += 1
        else:
            raise AssertionError(f"it listens on {address}")
    assert refused > 1
    socket.create_connection((HOST, studio.port), timeout=5).close()


def test_the_port_of_the_last_time_is_taken_where_it_is_free() -> None:
    first = listen(None, None)
    port = first.getsockname()[1]
    second = listen(None, port)
    assert second.getsockname()[1] != port, "it is not free"
    with pytest.raises(DiagnosticsError, match=f"The port {port} cannot be used"):
        listen(port, None)
    first.close()
    third = listen(None, port)
    assert third.getsockname()[1] == port
    for bound in (second, third):
        bound.close()
    assert not answers(port)
    assert 6000 in BAD_PORTS


# --- Streams ------------------------------------------------------------------------------------


def events(response: http.client.HTTPResponse) -> Iterator[tuple[str, dict[str, object]]]:
    name = ""
    while line := response.readline().decode():
        if line.startswith("event: "):
            name = line.removeprefix("event: ").strip()
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_stream_tells_what_changes_on_disk(studio: Running) -> None:
    workplace = studio.workplace
    path = workplace.project.manuscript("probe")
    before = workplace.digest("probe")
    response = studio.ask("GET", f"{API}/events", SCRIPT)
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["Content-Security-Policy"]
    stream = events(response)
    assert next(stream) == ("changed", {"digest": before})
    assert next(stream) == ("ping", {})
    text = path.read_bytes()
    path.write_bytes(text + b"# mehr\n")
    changed = next(event for event in stream if event[0] == "changed")
    assert changed == ("changed", {"digest": workplace.digest("probe")})
    path.unlink()
    assert next(event for event in stream if event[0] == "changed")[1] == {"digest": None}
    path.write_bytes(text)
    assert next(event for event in stream if event[0] == "changed")[1] == {"digest": before}
    # It stays open: the fixture sees that the studio ends nevertheless.


def test_a_change_is_told_at_once_and_from_any_thread(tmp_path: Path) -> None:
    """Without waiting for a ping, which would come in an hour."""
    content = tmp_path / "content"
    file = content / "probe/leaflet.yaml"

    async def told() -> list[bytes]:
        events = Events(lambda _: file.read_text() if file.is_file() else None, ping=3600)
        watching = asyncio.create_task(events.watch(content))
        stream = events.stream("probe")
        messages = [await anext(stream)]
        file.parent.mkdir(parents=True)  # it is noticed although it was not there
        file.write_text("eins")
        messages.append(await anext(stream))
        file.write_text("zwei")
        messages.append(await anext(stream))
        for word in ("früher", "später"):
            await asyncio.to_thread(events.publish, "probe", "preview", {"as_of": word})
        messages.append(await anext(stream))
        events.close()
        assert [message async for message in stream] == []
        await watching
        return messages

    async def in_time() -> list[bytes]:
        async with asyncio.timeout(60):
            return await told()

    assert asyncio.run(in_time()) == [
        b'event: changed\ndata: {"digest": null}\n\n',
        b'event: changed\ndata: {"digest": "eins"}\n\n',
        b'event: changed\ndata: {"digest": "zwei"}\n\n',
        b'event: preview\ndata: {"as_of": "sp\\u00e4ter"}\n\n',
    ]


# --- The work -----------------------------------------------------------------------------------


def test_a_project_begins_in_an_empty_folder(tmp_path: Path) -> None:
    root = tmp_path / "leer"
    root.mkdir()
    with run(Workplace(Project(root))) as studio:
        empty = studio.get("/api/project", accept_language="de").data
        assert (empty["name"], empty["leaflets"], empty["language"]) == ("leer", [], "de")
        assert [s["name"] for s in empty["starters"]] == ["leaflet", "empty", "example"]
        pictures = [path for s in empty["starters"] for path in s["pictures"].values()]
        assert len({studio.get(path).body for path in pictures}) == 6, "each has its own"
        for path in ("fr/leaflet", "de/nothing", "de/mail"):
            assert studio.get(f"/api/starters/{path}.png").status == 404
        for wrong in ({}, {"title": " "}, {"title": "x" * 201}, {"title": "a\x00b"},
                      {"title": "x", "design": "nothing"}, {"title": "x", "language": "xx"},
                      {"title": "x", "starter": "../x"},
                      {"title": "x", "name": "../x"}):  # fmt: skip
            answer = studio.post("/api/leaflets", wrong)
            assert answer.status == 422, wrong
            assert list(root.iterdir()) == [], "nothing is left"
        title = 'Größer: "Äpfel" \\ für #alle'
        made = studio.post("/api/leaflets", {"title": title, "design": "plain"})
        assert (made.status, made.data) == (201, {"leaflet": "groesser-aepfel-fuer-alle"})
        (state,) = studio.get("/api/project").data["leaflets"]
        assert state["title"] == title
        told = studio.get(f"/api/leaflets/{state['name']}/state").data
        assert told["diagnostics"] == {"error": 0, "open": 0, "warning": 0}
        again = studio.post("/api/leaflets", {"title": title, "name": "groesser-aepfel-fuer-alle"})
        assert again.status == 409
        assert studio.post("/api/leaflets", {"title": title}).data["leaflet"].endswith("-2")
        manuscript = root / "content/groesser-aepfel-fuer-alle/leaflet.yaml"
        assert "design: plain" in manuscript.read_text("utf-8")
        picture = studio.get("/api/designs/plain.png")
        assert picture.body.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Unser Park bleibt grün!", "unser-park-bleibt-gruen"),
        ("¿Olé?", "ole"),
        ("Парк", "flugblatt"),
        ("Grundstücksverkehrsgenehmigungsbehörden", "grundstuecksverkehrsgenehmigungsbehoerde"),
        ("Eins zwei drei vier fünf sechs sieben acht", "eins-zwei-drei-vier-fuenf-sechs-sieben"),
        ("Da", "da-3"),
    ],
)  # fmt: skip
def test_a_name_is_made_of_the_title(title: str, name: str) -> None:
    assert free_name(title, ("DA", "da-2")) == name


def test_the_state_of_a_leaflet_is_told_in_numbers(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    project = Project(tmp_path)
    path = create_leaflet(tmp_path, "probe", "de")
    path.with_name("regions.csv").write_text("id,name\nnord,Nord\nsued,Süd\n")
    with run(Workplace(project)) as studio:

        def told() -> Any:
            return studio.get(f"{API}/state", accept_language="de").data

        assert told() == {
            "pages": None,
            "current": False,
            "verdicts": [{"verdict": "verbatim", "word": "wörtlich", "n": 2}],
            "stale": 0,
            "letters": [],
            "diagnostics": {"error": 0, "open": 0, "warning": 0},
        }
        assert studio.get(f"{API}/file?edition=email").status == 200
        assert (told()["pages"], told()["current"]) == (1, True)
        text = path.read_text("utf-8")
        path.with_name("variants").mkdir()
        path.with_name("variants").joinpath("nord.yaml").write_text("title: Nord\n")
        bundle = read_bundle(project, "probe")
        accept_overrides(bundle, bundle.resolve("nord"))
        assert told()["stale"] == 0
        path.write_text(text.replace("Mittel erneuert", "Mittel saniert").replace("bleibt", "wird"))
        now = told()
        assert (now["pages"], now["current"], now["stale"]) == (1, False, 1)
        assert {one["verdict"]: one["n"] for one in now["verdicts"]} == {
            "verbatim": 1,
            "altered": 1,
        }
        assert now["diagnostics"]["error"] == 1
        path.write_text("language: de\ntitle: Neu\npassages:\n  - id: eins\n")
        assert told()["diagnostics"] == {"error": 0, "open": 1, "warning": 0}
        path.write_text("title: [\n")
        assert told()["diagnostics"]["error"] > 0
        assert told()["pages"] is None


def test_letters_count_by_their_states(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    project = Project(tmp_path)
    create_leaflet(tmp_path, "probe", "de")
    create_mailing(project, "probe")
    with run(Workplace(project)) as studio:
        assert studio.get(f"{API}/state").data["letters"] == [], "none was sent"
        rows = [(f"{n}@example.org", f"{n}@example.org", "", "") for n in "ab"]
        with Ledger(ledger_path(project), "ledger") as ledger:
            ledger.enqueue("probe", rows, datetime.now(UTC))
        assert studio.get(f"{API}/state", accept_language="de").data["letters"] == [
            {"state": "queued", "word": "vorgemerkt", "n": 2}
        ]


def test_all_default_editions_come_in_one_file(studio: Running) -> None:
    sent = studio.get(f"{API}/archive")
    assert sent.headers["Content-Disposition"] == "attachment; filename*=utf-8''probe.zip"
    with ZipFile(BytesIO(sent.body)) as archive:
        assert archive.namelist() == ["probe-email.pdf", "probe-print.pdf"]
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())
    assert studio.get(f"{API}/archive?variant=nirgends").status == 422


def test_what_check_says_comes_with_the_fields(studio: Running) -> None:
    path = studio.workplace.project.manuscript("probe")
    text = path.read_text("utf-8")
    assert "id: baeume" in text
    wrong = text.replace("Baumbestand", "Baumbestände").replace(
        "title: ", "accent: '#eeeeee'\ntitle: ", 1
    )
    path.write_text(wrong, "utf-8")
    try:
        german = studio.get(f"{API}/diagnostics", accept_language="de").data
        path.write_text(text + "nothing: here\n", "utf-8")
        unknown = studio.get(f"{API}/diagnostics?edition=print").data
    finally:
        path.write_text(text, "utf-8")
    found = {d["code"]: d for d in german["diagnostics"]}
    assert found["contrast"]["path"] == ["accent"]
    assert "Akzentfarbe" in found["contrast"]["message"]
    assert found["altered"]["path"] == ["passages", {"id": "baeume"}, "quote", "text"]
    (only,) = unknown["diagnostics"]
    assert (only["code"], only["path"]) == ("unknown-key", ["nothing"])
    assert only["message"] == "There is no key `nothing` here."


def test_a_place_in_a_file_leads_to_a_field(workspace_project: Project) -> None:
    path = workspace_project.manuscript("probe")
    path.parent.mkdir()
    path.write_text(
        "language: de\n"
        "passages:\n"
        "  - id: eins\n"
        "    quote:\n"
        "      text: |\n"
        "        Zeile\n"
        "        Zeile\n"
        "  - commentary: {text: Text}\n"
    )
    tree = read_bundle(workspace_project, "probe").base
    file = "content/probe/leaflet.yaml"

    def field_at(line: int, column: int) -> object:
        return FormPaths(tree).at(Location(file, line, column))

    assert field_at(1, 1) == ["language"]
    assert field_at(3, 5) == ["passages", {"id": "eins"}], "the passage, which begins there"
    assert field_at(3, 9) == ["passages", {"id": "eins"}, "id"]
    assert field_at(7, 12) == ["passages", {"id": "eins"}, "quote", "text"]
    assert field_at(8, 30) == ["passages", 1, "commentary", "text"]
    assert FormPaths(tree).at(Location("content/probe/regions.csv", 3)) is None


def test_a_file_is_built_and_sent_to_be_kept(studio: Running) -> None:
    made = studio.get(f"{API}/file?edition=email")
    assert (made.status, made.headers["Content-Type"]) == (200, "application/pdf")
    disposition = made.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''probe-email.pdf"
    out = studio.workplace.project.out / "probe/probe-email.pdf"
    assert made.body == out.read_bytes(), "the same as `brochure build` writes"
    again = studio.get(f"{API}/file?edition=email")
    assert again.body == made.body
    wrong = studio.get(f"{API}/file?edition=nothing")
    assert (wrong.status, "`nothing`" in str(wrong.data["message"])) == (422, True)
    assert studio.get(f"{API}/file?edition=email&variant=nothing").status == 422
