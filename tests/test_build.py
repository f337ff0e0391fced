"""What is built anew, and what is not: everything that a PDF depends on, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from brochure.layout.edition import Edition
from brochure.layout.editions import load_editions
from brochure.messages import plural, say
from brochure.pipeline import fingerprint, plan
from brochure.pipeline.manifest import Manifest, Record
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Mode, Selection
from brochure.pipeline.relocation import Anchor
from brochure.project import Project
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace
from tests.pipeline import outcomes as run_pipeline
from tests.readers import structure_texts

LEAFLET = (
    HEAD.replace("Titel", "'In {{ region.name }}'")
    + "slots:\n  ort: überall\n  name: Hessen\n"
    + PASSAGE.replace("Text", "'Wir treffen uns hier: {{ region.ort }}'")
    + "  - id: zwei\n    commentary:\n      text: Mehr\nimprint: Druck 12345\n"
)
REGIONS = "id,name,ort\n1,Gießen,Markt\n2,Fulda,\n3,Kassel,Tor\n"
PNG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>"""


@pytest.fixture
def probe(workspace: Workspace) -> Workspace:
    workspace.leaflet(LEAFLET)
    workspace.regions(REGIONS)
    workspace.write("content/probe/logo.svg", PNG)
    return workspace


def build(
    workspace: Workspace, selection: Selection | None = None, *, forms: tuple[str, ...] = ("email",)
) -> list[Outcome]:
    """Build all variants, in this process."""
    project = Project(workspace.root)
    editions = {name: load_editions(project)[name] for name in forms}
    everything = selection or Selection(all_variants=True)
    return run_pipeline(project, ["probe"], everything, editions, cache=project.cache)


def made(workspace: Workspace, **options: tuple[str, ...]) -> list[str]:
    """Build; the variants that were made, with their editions if there are several."""
    outcomes = build(workspace, **options)  # type: ignore[arg-type]
    assert all(o.artifact for o in outcomes), [o.diagnostics for o in outcomes]
    several = len(options.get("forms", ("",))) > 1
    return sorted(
        f"{o.artifact.variant} {o.artifact.edition}" if several else str(o.artifact.variant)
        for o in outcomes
        if o.artifact and o.artifact.made
    )


ALL = ["1", "2", "3"]


def test_nothing_is_made_twice(probe: Workspace) -> None:
    assert made(probe) == ALL
    assert made(probe) == []


def test_what_a_change_makes_anew(probe: Workspace) -> None:
    two = ("email", "print")
    made(probe, forms=two)

    def anew() -> list[str]:
        return made(probe, forms=two)

    everything = [f"{variant} {edition}" for variant in ALL for edition in two]
    probe.variant("2", "passages: {zwei: {commentary: {text: Anders}}}\n")
    assert anew() == ["2 email", "2 print"], "an override"
    probe.regions(REGIONS.replace("Tor", "Brücke"))
    assert anew() == ["3 email", "3 print"], "a value of a slot"
    probe.regions("id,name,ort\n3,Kassel,Brücke\n2,Fulda,\n1,Gießen,Markt\n")
    assert anew() == [], "the order of the rows"
    probe.leaflet(LEAFLET.replace("überall", "nirgends"))
    assert anew() == ["2 email", "2 print"], "a default, for those who need it"
    probe.leaflet("# Ein Kommentar\n" + LEAFLET.replace("überall", "nirgends"))
    assert anew() == [], "a comment"
    changed = LEAFLET.replace("überall", "nirgends").replace("text: Mehr", "text: Weniger")
    probe.leaflet(changed)
    assert anew() == ["1 email", "1 print", "3 email", "3 print"], "2 has replaced this text"
    probe.write("styles/print.css", "")
    assert anew() == [e for e in everything if e.endswith("print")], "a style of one edition"
    probe.write("styles/other.css", "")
    assert anew() == [], "a file that nobody reads"
    probe.write("styles/languages/de.yaml", (ROOT / "styles/languages/de.yaml").read_bytes())
    assert anew() == everything, "a language file that was looked for in vain"
    probe.leaflet(changed + "logo: {file: logo.svg, alt: Logo}\n")
    assert anew() == everything, "the base"
    probe.write("content/probe/logo.svg", PNG.replace(b"h9", b"h8"))
    assert anew() == everything, "a picture"
    probe.write(
        "styles/editions.yaml",
        (ROOT / "styles/editions.yaml").read_text("utf-8").replace("links: live", "links: none"),
    )
    assert anew() == [e for e in everything if e.endswith("email")], "an edition"
    assert anew() == []


def test_the_name_counts_even_where_no_text_uses_it(probe: Workspace) -> None:
    probe.leaflet(HEAD + PASSAGE)
    probe.regions("id,name\n1,Gießen\n2,Fulda\n")
    assert made(probe) == ["1", "2"]
    probe.regions("id,name\n1,Gießen\n2,Fulda an der Fulda\n")
    assert made(probe) == ["2"]


def test_a_complaint_about_a_cell_moves_with_its_row(probe: Workspace) -> None:
    probe.regions("id,name,ort\n1,Gießen,<b>Markt</b>\n")
    assert [str(d.location) for o in build(probe) for d in o.diagnostics] == [
        "content/probe/regions.csv:2:10"
    ]
    probe.regions("id,name,ort\n2,Fulda,x\n1,Gießen,<b>Markt</b>\n")
    outcomes = build(probe)
    assert [o.artifact and o.artifact.made for o in outcomes] == [False, True]
    assert [str(d.location) for o in outcomes for d in o.diagnostics] == [
        "content/probe/regions.csv:3:10"
    ]


def test_a_column_that_only_some_texts_use(probe: Workspace) -> None:
    probe.leaflet(LEAFLET.replace("slots:\n", "slots:\n  tel: '-'\n"))
    probe.variant("3", "subtitle: 'Ruft an: {{ region.tel }}'\n")
    probe.regions("id,name,ort,tel\n1,Gießen,M,11\n2,Fulda,,22\n3,Kassel,T,33\n")
    assert made(probe) == ALL
    probe.regions("id,name,ort,tel\n1,Gießen,M,77\n2,Fulda,,88\n3,Kassel,T,99\n")
    assert made(probe) == ["3"]


def test_fonts_and_versions_count(probe: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made(probe)
    from brochure.project import packaged_fonts

    font = next((packaged_fonts() / "Source Sans 3").glob("*.ttf"))
    probe.write("styles/fonts/Mine.ttf", font.read_bytes())
    assert made(probe) == ALL
    assert made(probe) == []
    monkeypatch.setattr(plan, "versions", lambda: "others")
    monkeypatch.setattr("brochure.pipeline.steps.versions", fingerprint.versions)
    assert made(probe) == ALL


def test_versions_name_what_sets_the_type() -> None:
    names = {part.split()[0] for part in fingerprint.versions().split(", ")}
    assert {"brochure", "weasyprint", "pydyf", "pyphen", "rendercv_fonts", "libpango-1"} <= names
    assert "missing" not in fingerprint.versions()


def test_a_pdf_that_is_not_the_one_that_was_written_is_made_again(probe: Workspace) -> None:
    made(probe)
    path = probe.project.artifact("probe", "email", "2")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert made(probe) == ["2"]
    assert path.read_bytes() == whole
    path.unlink()
    assert made(probe) == ["2"]
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"\xff\xfe" + data,
        lambda data: b"[]\nnull\n{}\n" + b'{"path": 3}\n{"reads": "x"}\n',
        lambda data: data.replace(b'"inputs":"', b'"inputs":"0'),
        lambda data: data.replace(b'"sha256":"', b'"sha256":"0'),
        lambda data: data.replace(b'"pages":1', b'"pagse":1'),
    ],
)
def test_a_spoilt_manifest_costs_time_only(probe: Workspace, spoil) -> None:  # type: ignore[no-untyped-def]
    made(probe)
    manifest = probe.project.manifest
    before = {p: p.read_bytes() for p in (probe.root / "out").rglob("*.pdf")}
    manifest.write_bytes(spoil(manifest.read_bytes()))
    assert len(made(probe)) >= 1
    assert made(probe) == []
    assert {p: p.read_bytes() for p in (probe.root / "out").rglob("*.pdf")} == before


def test_superseded_lines_are_swept_out(probe: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brochure.pipeline.manifest._SPARE", 4)
    manifest = probe.project.manifest
    for word in ("a", "b", "c", "d"):
        probe.leaflet(LEAFLET.replace("Mehr", word))
        assert made(probe) == ALL
        assert len(manifest.read_bytes().splitlines()) <= 8
    assert made(probe) == []


def test_only_what_still_holds_is_left_after_sweeping(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brochure.pipeline.manifest._SPARE", 2)
    file, digests = workspace.project.manifest, fingerprint.Digests()
    manifest = Manifest(workspace.project)
    paths = [workspace.write(f"out/{name}.pdf", b"x") for name in ("a", "b")]
    for turn in range(3):
        read = workspace.write(f"read-{turn}", "")
        for path in paths:
            reads = manifest.reads([read], digests)
            manifest.add(
                Record(
                    path, inputs=f"i{turn}", reads=reads, sha256=fingerprint.digest(b"x"), size=1,
                    pages=1, diagnostics=(), anchors=(),
                )
            )  # fmt: skip
        before = file.read_bytes()
        manifest.sweep()  # 3, 6 and 9 lines; 5, 6 and 7 may stay
        assert (file.read_bytes() == before) is (turn < 2)
    files, first, second = map(json.loads, file.read_text("utf-8").splitlines())
    assert files["files"] == [["read-2", digests.of(workspace.root / "read-2")]]
    assert (first["path"], second["path"]) == ("out/a.pdf", "out/b.pdf")
    again = Manifest(workspace.project)
    assert all(again.up_to_date(path, "i2", digests) for path in paths)


def test_what_came_from_elsewhere_is_not_believed(probe: Workspace) -> None:
    """PDFs that lie in `out/` of a project that was copied here: whether they say what the
    manuscript says, nobody here has seen.
    """
    assert made(probe) == ["1", "2", "3"]
    probe.root = probe.root.rename(probe.root.with_name("moved"))
    assert made(probe) == ["1", "2", "3"]
    assert made(probe) == []


def test_what_says_the_same_is_set_once(probe: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    probe.leaflet(HEAD + PASSAGE)
    probe.regions("id,name\n1,Gießen\n2,Fulda\n3,Kassel\n4,Kassel\n")
    set_ = []
    from brochure.pipeline.typesetter import Typesetter

    typeset = Typesetter.typeset

    def counted(self, composition, regions):  # type: ignore[no-untyped-def]
        set_.append(regions)
        return typeset(self, composition, regions)

    monkeypatch.setattr(Typesetter, "typeset", counted)
    assert made(probe) == ["1", "2", "3", "4"]
    assert set_ == [("Gießen", "Fulda", "Kassel")]
    titles = []
    for variant in ("1", "2", "3", "4"):
        with pikepdf.open(probe.project.artifact("probe", "email", variant)) as document:
            titles.append(str(document.docinfo["/Title"]))
            with document.open_metadata() as metadata:
                assert metadata["dc:coverage"] in titles[-1]
                assert metadata["dc:title"] == titles[-1]
    assert titles == ["Titel – Gießen", "Titel – Fulda", "Titel – Kassel", "Titel – Kassel"]


def test_several_pdfs_of_one_layout_are_those_set_one_by_one(workspace: Workspace) -> None:
    workspace.leaflet(LEAFLET)
    composition = workspace.compose()
    together = workspace.typesetter.typeset(composition, ("A", "", "B"))
    alone = [workspace.typesetter.typeset(composition, (name,)).pdf for name in ("A", "", "B")]
    assert list(together.pdfs) == alone
    assert len(set(alone)) == 3
    assert structure_texts(alone[0]) == structure_texts(alone[2])


def test_a_region_that_the_title_names_is_not_named_twice(probe: Workspace) -> None:
    made(probe)
    with pikepdf.open(probe.project.artifact("probe", "email", "1")) as document:
        assert str(document.docinfo["/Title"]) == "In Gießen"


def test_complaints_about_what_is_not_made_again_stay_right(probe: Workspace) -> None:
    probe.leaflet(LEAFLET.replace("imprint: Druck 12345\n", "").replace("Mehr", "<b>Mehr</b>"))
    first = [o.diagnostics for o in build(probe, forms=("print",))]
    assert [[d.code for d in found] for found in first] == [["no-imprint", "markup"]] * 3
    assert [o.diagnostics for o in build(probe, forms=("print",))] == first
    text = LEAFLET.replace("imprint: Druck 12345\n", "").replace("Mehr", "<b>Mehr</b>")
    probe.leaflet("# eine Zeile mehr\n" + text)
    moved = build(probe, forms=("print",))
    assert not any(o.artifact and o.artifact.made for o in moved)
    lines = [[d.location.line for d in o.diagnostics] for o in moved]
    assert lines == [[d.location.line + 1 for d in found] for found in first]


def test_an_override_that_becomes_stale_is_told_though_nothing_is_made(probe: Workspace) -> None:
    probe.variant(
        "1", "passages: {zwei: {commentary: {text: Anders}}}\n"
        "replaced:\n  passages.zwei.commentary.text: Mehr\n"
    )  # fmt: skip
    assert [o.diagnostics for o in build(probe)] == [(), (), ()]
    probe.leaflet(LEAFLET.replace("Mehr", "Weniger"))
    outcomes = {o.artifact.variant: o for o in build(probe) if o.artifact}
    assert [d.code for d in outcomes["1"].diagnostics] == ["stale"]
    assert not outcomes["1"].artifact.made  # type: ignore[union-attr]
    assert outcomes["2"].artifact.made  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("variants/2.yaml", "title: [", "bracket"),
        ("variants/2.yaml", "leave_out: [nichts]\n", "orphaned"),
        ("variants/2.yaml", "titel: x\n", "unknown-key"),
        ("regions.csv", REGIONS + "2,Noch einmal,\n", "duplicate-id"),
        ("regions.csv", REGIONS.replace("2,Fulda,", "2,Fulda"), "row-length"),
        ("regions.csv", REGIONS.replace(",ort", ",otr"), "unknown-column"),
    ],
)
def test_what_has_become_wrong_is_told_though_nothing_would_be_made(
    probe: Workspace, path: str, text: str, code: str
) -> None:
    made(probe)
    probe.write(f"content/probe/{path}", text)
    found = [d.code for o in build(probe) for d in o.diagnostics if d.is_error]
    assert code in found
    assert not any(o.artifact and o.artifact.variant == "2" for o in build(probe))


def test_an_override_that_becomes_redundant_by_the_table(probe: Workspace) -> None:
    probe.variant("3", "title: In Kassel-Stadt\nreplaced:\n  title: In {{ region.name }}\n")
    assert [d.code for o in build(probe) for d in o.diagnostics] == []
    probe.regions(REGIONS.replace("Kassel", "Kassel-Stadt").replace("In ", ""))
    assert [d.code for o in build(probe) for d in o.diagnostics] == ["redundant"]
    assert [d.code for o in build(probe) for d in o.diagnostics] == ["redundant"]
    probe.regions(REGIONS)
    assert [d.code for o in build(probe) for d in o.diagnostics] == []


def test_variant_files_without_a_table_are_not_passed_over(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.variant("giessen", "title: x\n")
    found = [d.code for o in build(workspace) for d in o.diagnostics]
    assert found == ["unknown-variant"]
    assert [d.code for o in build(workspace, Selection()) for d in o.diagnostics] == []


def test_a_broken_variant_does_not_stop_the_others(probe: Workspace) -> None:
    probe.variant("2", "leave_out: [nichts]\n")
    outcomes = build(probe)
    assert sorted(o.artifact.variant or "" for o in outcomes if o.artifact) == ["1", "3"]
    (broken,) = (o for o in outcomes if o.artifact is None)
    assert [(d.code, d.location.file) for d in broken.diagnostics if d.is_error] == [
        ("orphaned", "content/probe/variants/2.yaml")
    ]
    editions: dict[str, Edition] = load_editions(probe.project)
    checked = run_pipeline(probe.project, ["probe"], Selection(base_too=True), editions, Mode.CHECK)
    found = {d for outcome in checked for d in outcome.diagnostics}
    assert [d.code for d in found if d.is_error] == ["orphaned"]


def test_complaints_of_the_typesetter_have_the_places_of_each_variant(probe: Workspace) -> None:
    probe.write("styles/email.css", "td p { white-space: nowrap }")
    long = "Mehr " * 60
    probe.leaflet(LEAFLET.replace("Mehr", long))
    probe.variant(
        "3", "leave_out: [zwei]\nadd:\n- id: drei\n  after: eins\n  commentary:\n"
        f"    text: {long}\n"
    )  # fmt: skip
    outcomes = build(probe)
    assert all(o.artifact is None for o in outcomes)
    locations = [
        str(d.location) for o in outcomes for d in o.diagnostics if d.code == "outside-margins"
    ]
    base, own = "content/probe/leaflet.yaml:10:5", "content/probe/variants/3.yaml:3:3"
    assert locations == [base, base, own]


def test_a_pdf_knows_the_files_that_it_was_made_from(probe: Workspace) -> None:
    made(probe)
    seen: set[Path] = set()
    project = probe.project.observed(seen.add)
    editions = {"email": load_editions(project)["email"]}
    run_pipeline(project, ["probe"], Selection(all_variants=True), editions)
    names = {project.show(path) for path in seen}
    assert {"styles/leaflet.html", "(built in) styles/leaflet.html", "styles/fonts"} <= names
    assert {"content/probe/regions.csv", "content/probe/leaflet.yaml"} <= names


def test_records_come_back_as_they_went(workspace: Workspace) -> None:
    from brochure.diagnostics import Location, warning

    workspace.write("out/a.pdf", b"x")
    path = workspace.root / "out/a.pdf"
    digests = fingerprint.Digests()
    manifest = Manifest(workspace.project)
    inner = plural("{n} Wort", "{n} Wörter", 2)
    message = say("“Größe” {size:.1f} {words}", size=1.5, words=inner)
    diagnostic = warning("code", message, Location("f", 2, 3), say("hint"))
    record = Record(
        path, inputs="i", reads=manifest.reads([path], digests), sha256=fingerprint.digest(b"x"),
        size=1, pages=2, diagnostics=(diagnostic,),
        anchors=(Anchor(("passages", 0, "id"), 1, 2, "x"),),
    )  # fmt: skip
    manifest.add(record)
    restored = Manifest(workspace.project).up_to_date(path, "i", digests)
    assert restored == record
    assert restored.diagnostics[0].message.values == message.values
    assert Manifest(workspace.project).up_to_date(path, "j", digests) is None
    manifest.add(replace(record, inputs="j"))
    assert Manifest(workspace.project).up_to_date(path, "i", digests) is None
    (first, *_) = workspace.project.manifest.read_text("utf-8").splitlines()
    assert json.loads(first)["files"][0][0] == "out/a.pdf"


def test_it_is_told_where_nothing_can_be_remembered(
    probe: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a word, everything would be built each time, and mail would never go out."""
    monkeypatch.setenv("BROCHURE_CACHE", str(probe.write("a file", "")))
    *outcomes, last = build(probe)
    assert all(outcome.artifact for outcome in outcomes)
    assert [(d.code, d.is_error) for d in last.diagnostics] == [("not-remembered", False)]
    assert "BROCHURE_CACHE" in last.diagnostics[0].hint


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the leaflets that are composed."""
    from brochure.layout.compose.composer import Composer

    titles: list[str] = []
    compose = Composer.compose

    def counted(self, manuscript, *more):  # type: ignore[no-untyped-def]
        titles.append(manuscript.leaflet.title)
        return compose(self, manuscript, *more)

    monkeypatch.setattr(Composer, "compose", counted)
    return titles


MISTAKES = LEAFLET.replace("imprint: Druck 12345\n", "").replace("Mehr", "'Viel <b>Mehr</b>'")


def test_a_comment_composes_nothing_though_lines_move(
    probe: Workspace, composed: list[str]
) -> None:
    probe.regions("id,name,ort\n1,Gießen,<b>Markt</b>\n2,Fulda,\n")
    probe.leaflet(MISTAKES)
    first = [d for o in build(probe, forms=("print",)) for d in o.diagnostics]
    assert {d.code for d in first} == {"no-imprint", "markup"}
    assert len(composed) == 2
    composed.clear()
    probe.leaflet("# Ein Kommentar\n\n" + MISTAKES.replace("passages:", "# noch einer\npassages:"))
    probe.regions("id,name,ort\n2,Fulda,\n1,Gießen,<b>Markt</b>\n")
    again = [d for o in build(probe, forms=("print",)) for d in o.diagnostics]
    assert composed == []
    text = (probe.root / "content/probe/leaflet.yaml").read_text("utf-8").splitlines()
    lines = {d.location.line for d in again if d.code == "markup" and "leaflet" in d.location.file}
    assert [text[line - 1].strip() for line in lines] == ["text: 'Viel <b>Mehr</b>'"]
    cells = {str(d.location) for d in again if d.location.file.endswith(".csv")}
    assert cells == {"content/probe/regions.csv:3:10"}
    columns = sorted(d.location.column for d in first)
    assert sorted(d.location.column for d in again) == columns


def test_a_text_that_is_written_in_another_way_is_read_again(
    probe: Workspace, composed: list[str]
) -> None:
    """Where in it something is wrong cannot be told from where it was."""
    probe.leaflet(MISTAKES)
    made(probe)
    composed.clear()
    probe.leaflet(
        MISTAKES.replace("text: 'Viel <b>Mehr</b>'", "text: >-\n        Viel\n        <b>Mehr</b>")
    )
    (location, *_) = {d.location for o in build(probe) for d in o.diagnostics if d.code == "markup"}
    assert composed
    line = (probe.root / location.file).read_text("utf-8").splitlines()[location.line - 1]
    assert line[location.column - 1 :].startswith("<b>")


def test_preflight_composes_each_leaflet_once(probe: Workspace, composed: list[str]) -> None:
    editions = {"email": load_editions(probe.project)["email"]}
    found = run_pipeline(
        probe.project, ["probe"], Selection(all_variants=True), editions, Mode.PREFLIGHT
    )
    assert len(composed) == len(found) == 3
    assert all(outcome.verification is not None for outcome in found)
    assert not list(probe.root.rglob("*.pdf"))
    made(probe)
    composed.clear()
    found = run_pipeline(
        probe.project, ["probe"], Selection(all_variants=True), editions, Mode.PREFLIGHT
    )
    assert composed == []
    assert all(outcome.verification is not None for outcome in found), (
        "quotes are known all the same"
    )
