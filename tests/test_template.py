"""Templates from strangers: what they can reach, and what becomes of their mistakes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jinja2.sandbox import safe_range
from jinja2.utils import Namespace
from markupsafe import Markup

from brochure import bounds
from brochure.diagnostics import Diagnostic
from brochure.layout.compose import template, view
from brochure.layout.compose.composer import Composer
from brochure.layout.compose.filters import Filters
from brochure.layout.compose.template import (
    FilledTemplate,
    Sandbox,
    TemplateRequest,
    Templates,
)
from brochure.layout.compose.view_builder import build_view
from brochure.layout.editions import load_editions
from brochure.manuscript.load import read_manuscript
from brochure.sources.verification import Verifier
from tests.conftest import ROOT, Workspace

BUILT_IN = (ROOT / "styles" / "leaflet.html").read_text("utf-8")
LEAFLET = """language: de
title: "Titel"
subtitle: Unter
lead: Vorspann mit [Link](https://example.org/a)
author: Wir
date: 2026-01-02
accent: 8a1c3b
picture: {file: logo.svg, alt: Bild, credit: Wer}
event: {title: Treffen, date: 2026-12-03, time: 19:00-21:00, place: Haus, access: Stufenlos}
call: {heading: Kommt, text: Alle}
contact: Hier
imprint:
  text: Frei
  responsible: {name: Ich, address: Dort}
  publisher: {name: Wir}
codes: [lead, contact]
verdicts: {ja: {word: Gehalten, shape: check}}
verification: appendix
columns: {quote: Zitat, commentary: Antwort}
logo: {file: logo.svg, alt: Bild}
source: {title: Quelle, author: Sie, date: 2020-01-01, address: "https://example.org", file: a.txt}
passages:
  - id: eins
    quote: {heading: Kopf, lines: 1, text: Worte der Quelle., highlight: Quelle}
    commentary: {heading: Kopf, text: Antwort, demand: Mehr}
    verdict: ja
    picture: {file: logo.svg, alt: Bild, credit: Wer}
  - id: zwei
    quote: {lines: 1, text: Andere Worte, source: {title: Eine andere, language: en}}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>'
# All that a template may ever hold in its hands, besides what it makes itself.
PLAIN = {str, Markup, int, float, bool, type(None), tuple, dict, *view.CLASSES}


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    """A leaflet in which nothing is missing, and each quote was looked up."""
    workspace.leaflet(LEAFLET)
    workspace.write("content/probe/logo.svg", SVG)
    workspace.write("content/probe/a.txt", "Worte der Quelle. Und mehr.\n")
    return workspace


def seen(workspace: Workspace) -> tuple[view.View, Filters]:
    manuscript = read_manuscript(workspace.project, "probe")
    edition = load_editions(workspace.project)["print"]
    filters = Filters(manuscript.language, edition.links, with_qr_codes=edition.qr_codes)
    found = Verifier(workspace.project).verify(manuscript)
    assert found.quotes[0].finding.verdict == "verbatim"
    return build_view(manuscript, found, "print", edition, filters), filters


def reachable(
    sandbox: Sandbox, value: Any, path: str, known: set[int]
) -> Iterator[tuple[str, Any]]:
    """Everything that a template gets at from a value: attributes, items, elements, results.

    What the sandbox refuses is not reachable; all names that an object has are tried.
    """
    yield path, value
    if id(value) in known:
        return
    known.add(id(value))
    if isinstance(value, tuple):
        for index, element in enumerate(value):
            yield from reachable(sandbox, element, f"{path}[{index}]", known)
    if isinstance(value, dict):
        for key, element in value.items():
            yield from reachable(sandbox, element, f"{path}[{key!r}]", known)
    for name in dir(value):
        if sandbox.is_safe_attribute(value, name, getattr(value, name, None)):
            found = getattr(value, name, None)
            if callable(found) and sandbox.is_safe_callable(found):
                if isinstance(value, str):  # a method of text gives text, texts, or yes and no
                    continue
                yield f"{path}.{name}", found
                continue
            yield from reachable(sandbox, found, f"{path}.{name}", known)
    if callable(value) and sandbox.is_safe_callable(value):
        yield f"{path}()", value


def test_a_template_reaches_nothing_but_plain_data(full: Workspace) -> None:
    data, filters = seen(full)
    sandbox = Sandbox(Templates({}), filters)
    known: set[int] = set()
    found = [
        entry
        for name in view.field_names(view.View)
        for entry in reachable(sandbox, getattr(data, name), name, known)
    ]
    strange = [(path, type(value)) for path, value in found if type(value) not in PLAIN]
    assert strange == []
    met = {type(value) for _, value in found}
    assert met >= {str, Markup, int, bool, tuple, *view.CLASSES}, "it walked through all of it"
    assert set(sandbox.globals.values()) == {safe_range, Namespace}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pydantic's old names
def test_the_walk_sees_what_a_template_could_call(full: Workspace) -> None:
    """The walk itself: what was there before is found out by it."""
    data, filters = seen(full)
    model = read_manuscript(full.project, "probe").leaflet

    class Lax(Sandbox):
        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return not attr.startswith("_")

        def is_safe_callable(self, obj: Any) -> bool:
            return True

    found = dict(reachable(Lax(Templates({}), filters), model, "leaflet", set()))
    assert "leaflet.parse_raw" in found
    loose = Sandbox(Templates({}), filters)
    assert dict(reachable(loose, model, "leaflet", set())).keys() == {"leaflet"}
    assert replace(data.language) == data.language


def test_the_classes_of_the_view_do_nothing() -> None:
    for kind in (*view.CLASSES, view.View):
        public = {name for name in vars(kind) if not name.startswith("_")}
        assert public <= view.field_names(kind), kind
        assert vars(kind)["__dataclass_params__"].frozen


@pytest.mark.parametrize("apart", [False, True])
def test_both_ways_to_fill_in_give_the_same(full: Workspace, apart: bool) -> None:
    """The built-in template here, and as a template of the project in a process of its own."""
    manuscript = read_manuscript(full.project, "probe")
    form = load_editions(full.project)["email"]
    expected = Composer(full.project, "email", form).compose(manuscript).html
    full.write("styles/leaflet.html", BUILT_IN if apart else BUILT_IN.replace("Titel", ""))
    assert Composer(full.project, "email", form).compose(manuscript).html == expected


MISTAKES = [
    ("{{ leaflet.parse_raw('x') }}", "`leaflet` has no attribute 'parse_raw'"),
    ("{{ leaflet.parse_file('../../outside.json') }}", "has no attribute 'parse_file'"),
    ("{{ leaflet.title.__class__ }}", "unsafe"),
    ("{{ ''['__class__'] }}", "unsafe"),
    ("{{ leaflet.passages.__len__() }}", "unsafe"),
    ("{{ leaflet.title.format(1) }}", "cannot be called"),
    ("{{ leaflet.title.ljust(10000000000) }}", "unsafe"),
    ("{{ words.update({}) }}", "unsafe"),
    ("{{ self._TemplateReference__context }}", "_TemplateReference__context"),
    ("{{ range.__code__ }}", "unsafe"),
    ("{% for x in 'ab' %}{{ loop._iterator }}{% endfor %}", "unsafe"),
    ("{% macro m() %}{% endmacro %}{{ m._environment }}", "unsafe"),
    ("{{ 'x' | attr('__class__') }}", "No filter named 'attr'"),
    ("{{ 'x' | pprint }}", "No filter named 'pprint'"),
    ("{{ cycler('a') }}", "'cycler' is undefined"),
    ("{{ lipsum() }}", "'lipsum' is undefined"),
    ("{{ dict(a=1) }}", "'dict' is undefined"),
    ("{{ leaflet.passages | map(attribute='__class__') | join }}", "unsafe"),
    ("{{ 'x' * 10 ** 10 }}", "too large"),
    ("{{ 2 ** 3 }}", "too large"),
    ("{{ [1] * 100000000 }}", "too large"),
    ("{{ 1 / 0 }}", "divides by zero"),
    ("{{ 1 % 0 }}", "divides by zero"),
    ("{{ 1 + 'x' }}", "unsupported operand"),
    ("{{ 3 | block }}", "needs a text here"),
    ("{{ leaflet | plain }}", "needs a text here"),
    ("{{ none | inline }}", "needs a text here"),
    ("{{ '2020-99' | date }}", ""),
    ("{{ 'x' | on_dark }}", ""),
    ("{{ ('x' * 5000) | code }}", "at most 500 bytes"),
    ("{{ leaflet.nothing }}", "has no attribute 'nothing'"),
    ("{{ nothing }}", "'nothing' is undefined"),
    ("{{ leaflet() }}", "cannot be called"),
    ("{{ range(10000000) | list }}", "too big"),
    ("{% include 'nothing.html' %}", "no file `nothing.html`"),
    ("{% include '../content/probe/leaflet.yaml' %}", "leaflet.yaml"),
    ("{% extends 'leaflet.html' %}", "nested too deeply"),
    ("{% include 'leaflet.html' %}", "nested too deeply"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested too deeply"),
    ("{% if %}", "Expected an expression"),
    ("{{ 'x' | nothing }}", "No filter named 'nothing'"),
    ("{{ 'x' is nothing }}", "No test named 'nothing'"),
    ("{% for x in 3 %}{% endfor %}", "not iterable"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_at_its_line(full: Workspace, mistake: str, message: str) -> None:
    request = request_of(full, f"<html>\n<p>\n{mistake}\n</p>")
    found = template.fill_template(request)
    assert isinstance(found, Diagnostic), found
    assert found.code == "template"
    assert message in found.message
    assert (found.location.file, found.location.line) == ("styles/leaflet.html", 3)


LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}"
ENDS = "{% endfor %}" * 2
ENDLESS = [
    (LOOPS + "{% for c in range(99999) %}{% endfor %}" + ENDS, "does not finish"),
    ("{% set n = namespace(x='x') %}" + LOOPS + "{% set n.x = n.x ~ n.x %}" + ENDS, "of memory"),
    (LOOPS + "x" * 20 + ENDS, "MB of HTML"),
]


@pytest.mark.parametrize(("text", "message"), ENDLESS, ids=range(len(ENDLESS)))
def test_what_does_not_end_is_stopped_at_its_line(
    full: Workspace, text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 2)
    filler = template.TemplateFiller()
    request = request_of(full, f"<html>\n<p>\n{text}\n</p>")
    found = filler.fill(request, trusted=False)
    assert isinstance(found, Diagnostic)
    assert filler.fill(request, trusted=False) is found, "it is not tried again"
    assert message in found.message
    line = 1 if "HTML" in message else 3
    assert (found.location.file, found.location.line) == ("styles/leaflet.html", line)


def request_of(workspace: Workspace, text: str) -> TemplateRequest:
    data, _ = seen(workspace)
    language = read_manuscript(workspace.project, "probe").language
    sources = (("leaflet.html", text, "styles/leaflet.html"),)
    return TemplateRequest("leaflet.html", sources, language, "printed", data)


def test_what_looks_need_is_there(full: Workspace) -> None:
    text = (
        "{% set n = namespace(i=0) %}{% for p in leaflet.passages %}{% set n.i = n.i + 1 %}"
        "{{ loop.index }}{{ loop.cycle('a', 'b') }}{{ p.id.upper() }}{% endfor %}{{ n.i }}"
        "{% macro m(x) %}[{{ x }}{{ caller() }}]{% endmacro %}{% call m(1) %}!{% endcall %}"
        "{{ leaflet.passages | map(attribute='id') | join('-') }}{{ words.page }}"
        "{% block b %}{{ words['of'] }}{% endblock %}{{ self.b() }}{{ 2 * 3 }}{{ '=' * 3 }}"
        "{{ leaflet.title.split('t') | length }}{{ words.code | fill_in(address='x') }}"
    )
    found = template.fill_template(request_of(full, text))
    assert isinstance(found, FilledTemplate)
    assert found.html == "1aEINS2bZWEI2[1!]eins-zweiSeitevonvon6===2QR-Code: x"


def test_a_template_that_runs_a_command_runs_nothing(full: Workspace, tmp_path: Path) -> None:
    """The attack that worked: a method of the model that unpickles."""
    marker = tmp_path / "ran"
    attack = f"cos\\nsystem\\n(S'touch {marker}'\\ntR."
    text = f"{{{{ leaflet.parse_raw(\"{attack}\", proto='pickle', allow_pickle=True) }}}}"
    full.write("styles/leaflet.html", text)
    diagnostics = full.diagnostics("email")
    assert [(c.code, c.location.file, c.location.line) for c in diagnostics if c.is_error] == [
        ("template", "styles/leaflet.html", 1)
    ]
    assert not marker.exists()


def test_templates_and_pictures_in_folders_can_be_included(full: Workspace) -> None:
    full.write("styles/parts/head.html", "<h1>{{ leaflet.title }}</h1>")
    full.write("styles/parts/map.svg", SVG)
    full.write(
        "styles/leaflet.html",
        "<html lang='de'><title>T</title>{% include 'parts/head.html' %}"
        "{% include 'parts/map.svg' %}</html>",
    )
    html = full.compose("email").html
    assert "<h1>Titel</h1>" in html
    assert "<svg" in html


HEADED = (
    "language: de\ntitle: Titel mit [Wort](https://example.org/titel)\n"
    "subtitle: Und [mehr](https://example.org/unter), siehe https://example.org/selbst\n"
    "imprint: Ich\ncolumns: {quote: 'Die [Stadt](https://example.org/stadt)', commentary: Wir}\n"
    "passages:\n"
    "  - id: eins\n"
    "    quote: {heading: 'Ein [Kopf](https://example.org/zitat)', lines: 1, text: Wort}\n"
    "    commentary: {heading: 'Unser [Kopf](https://example.org/kopf)', text: Text}\n"
)
PLACES = ("titel", "unter", "selbst", "stadt", "zitat", "kopf")


@pytest.mark.parametrize("edition", ["email", "print", "web"])
def test_links_in_headings_do_not_vanish(workspace: Workspace, edition: str) -> None:
    """On screen they can be clicked, on paper their address is there, once each."""
    workspace.leaflet(HEADED)
    composition = workspace.compose(edition)
    body = composition.html.partition("<body")[2]
    for place in PLACES:
        address = f"example.org/{place}"
        if edition != "print" and place != "stadt":
            assert body.count(f'<a href="https://{address}">') == 1, place
        else:
            assert f"https://{address}" not in body.replace("https://example.org/selbst", ""), place
            assert body.count(address) == 1, place
    assert "<a " not in body.partition("<thead>")[2].partition("</thead>")[0], "on each page again"
