"""Facts of the PDFs, as other programs read them. `--update-golden` writes them anew."""

import io
import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pydyf
import pypdfium2
import pytest

from brochure.pipeline.typesetter import TypesetDocument
from tests.conftest import HEAD, ROOT, SEED, Workspace
from tests.readers import as_shown, chars, squeezed, structure, structure_texts

GOLDEN = Path(__file__).parent / "golden"
LINKED = """\
language: de
title: Mit *Link*
author: Eine Initiative
date: 2019-02
lead: "Mehr [beim **Land**](https://land.example.org/wir/) und https://example.org/x"
source:
  title: Vertrag
  address: https://vertrag.example.org/
passages:
  - id: a
    quote:
      lines: 3
      text: Das [Programm](https://programm.example.org) läuft.
    commentary:
      text: |
        - eins
        - zwei
imprint: Ich, Weg 1
"""


def facts(pdf: bytes) -> dict[str, Any]:
    """What must not change unnoticed: not bytes, not pixels."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found: dict[str, Any] = {
            "version": document.pdf_version,
            "language": str(document.Root.Lang),
            "info": {key: str(value) for key, value in sorted(document.docinfo.items())},
            "boxes": [[float(edge) for edge in page.mediabox] for page in document.pages],
            "fonts": sorted(
                str(font.BaseFont).partition("+")[2]
                for font in document.pages[0].Resources.Font.values()
            ),
            "links": [
                [str(annotation.A.URI), str(annotation.Contents)]
                for page in document.pages
                for annotation in page.get("/Annots", [])
            ],
            "bookmarks": [
                [item.title, len(item.children)] for item in document.open_outline().root
            ],
        }
    found["structure"] = [f"{'  ' * depth}{role[1:]}" for depth, role, _ in structure(pdf)]
    reader = pypdfium2.PdfDocument(pdf)
    found["pages"] = [
        squeezed("".join(c.text for c in chars(pdf) if c.page == number))
        for number in range(len(reader))
    ]
    reader.close()
    return found


@pytest.mark.parametrize("edition", ["email", "print"])
def test_facts_of_the_first_leaflet(
    seed_pdfs: dict[str, TypesetDocument], edition: str, request: pytest.FixtureRequest
) -> None:
    file = GOLDEN / f"{SEED}-{edition}.json"
    found = facts(seed_pdfs[edition].pdf)
    if request.config.getoption("--update-golden"):
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(file.read_text("utf-8"))
    assert len(found["pages"]) == 2
    assert len(seed_pdfs[edition].pdf) < 80_000


@pytest.mark.parametrize("edition", ["email", "print"])
def test_readers_open_it_without_complaint(
    seed_pdfs: dict[str, TypesetDocument], edition: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(seed_pdfs[edition].pdf)
    for command in (
        ["qpdf", "--check", "a.pdf"],
        ["pdftotext", "a.pdf", "-"],
        ["pdffonts", "a.pdf"],
    ):
        assert shutil.which(command[0]), "script/test installs it"
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True)
        assert run.stderr == ""
        assert run.stdout


def conforms(pdf: bytes) -> dict[str, list[str]]:
    return {
        str(profile): [
            f.message for f in validator.validate_pdf_bytes(pdf, profile=profile).failures
        ]
        for profile in (validator.ValidationProfile.PDF_A_2A, validator.ValidationProfile.PDF_UA_1)
    }


def test_it_is_archivable_and_accessible_in_one(
    seed_pdfs: dict[str, TypesetDocument], workspace: Workspace
) -> None:
    workspace.leaflet(LINKED)
    for pdf in (seed_pdfs["email"].pdf, seed_pdfs["print"].pdf, workspace.typeset("email").pdf):
        found = conforms(pdf)
        assert len(found) == 2
        assert list(found.values()) == [[], []]
        assert b"pdfuaid:part" in pdf  # the metadata can be read without opening the PDF


@pytest.mark.parametrize("last", [b"a", b"\r", b"\n"])
def test_the_last_byte_of_a_stream_is_no_end_of_line(
    seed_pdfs: dict[str, TypesetDocument], last: bytes
) -> None:
    """Compressed data ends with a carriage return in one of 256 streams."""
    assert seed_pdfs  # by which pydyf has learnt it
    pdf, output = pydyf.PDF(), io.BytesIO()
    pdf.add_object(pydyf.Stream([b"12", b"34" + last]))
    pdf.write(output)
    written = output.getvalue()
    with pikepdf.open(io.BytesIO(written)) as document:
        (stream,) = (item for item in document.objects if isinstance(item, pikepdf.Stream))
        assert stream.read_raw_bytes() == b"12\n34" + last
    report = validator.validate_pdf_bytes(written, profile=validator.ValidationProfile.PDF_A_2A)
    messages = [failure.message for failure in report.failures]
    assert messages, "it has no metadata"
    assert [message for message in messages if "/Length" in message] == []


def test_the_validator_sees_what_is_missing(seed_pdfs: dict[str, TypesetDocument]) -> None:
    broken = seed_pdfs["email"].pdf.replace(b"pdfuaid:part>1<", b"pdfuaid:part>7<")
    assert [bool(failures) for failures in conforms(broken).values()] == [False, True]


@pytest.mark.skipif(not shutil.which("verapdf"), reason="verapdf is not installed")
@pytest.mark.parametrize("flavour", ["2a", "ua1"])
def test_verapdf(seed_pdfs: dict[str, TypesetDocument], flavour: str, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(seed_pdfs["email"].pdf)
    command = ["verapdf", "--flavour", flavour, "--format", "text", str(file)]
    run = subprocess.run(command, capture_output=True, check=False, text=True)
    assert run.stdout.startswith("PASS"), run.stdout


def test_links_live_and_printed(workspace: Workspace) -> None:
    workspace.leaflet(LINKED)
    live, printed = (workspace.typeset(edition).pdf for edition in ("email", "print"))
    assert list(map(list, dict.fromkeys(map(tuple, facts(live)["links"])))) == [
        ["https://land.example.org/wir/", "beim Land (https://land.example.org/wir/)"],
        ["https://example.org/x", "https://example.org/x"],
        ["https://programm.example.org", "Programm (https://programm.example.org)"],
        ["https://vertrag.example.org/", "vertrag.example.org (https://vertrag.example.org/)"],
    ]
    assert facts(printed)["links"] == []
    texts = [squeezed(text) for text in structure_texts(printed)]
    assert "MehrbeimLand(land.example.org/wir)undhttps://example.org/x" in texts
    assert "„DasProgrammläuft.“" in texts  # an address never stands among the words of a quote
    assert "Zeile3·programm.example.org" in texts


def test_metadata_and_structure(workspace: Workspace) -> None:
    workspace.leaflet(LINKED)
    found = facts(workspace.typeset().pdf)
    assert found["info"]["/Title"] == "Mit Link"
    assert found["info"]["/Author"] == "Eine Initiative"
    assert found["info"]["/CreationDate"].startswith("D:201902")
    assert found["language"] == "de"
    roles = [role.strip() for role in found["structure"]]
    assert roles.count("Link") == 4
    assert roles.count("LI") == roles.count("LBody") == roles.count("Lbl") == 2
    with pikepdf.open(io.BytesIO(workspace.typeset().pdf)) as document:
        headers = [
            (str(o.A.Scope), str(o.ID)) for o in document.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/TH"
        ]  # fmt: skip
    assert headers == [("/Column", "column-1"), ("/Column", "column-2")]


def test_a_table_over_pages_is_one_table_read_pair_by_pair(workspace: Workspace) -> None:
    passages = "".join(
        f"  - id: p{i}\n    quote:\n      lines: 1\n      text: {'Links ' * 400}\n"
        f"    commentary:\n      text: {'Rechts ' * 300}\n"
        for i in range(3)
    )
    workspace.leaflet(HEAD + "numbered: no\npassages:\n" + passages)
    pdf = workspace.typeset().pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) >= 3
    rows = structure(pdf)
    roles = [role for _, role, _ in rows]
    assert (roles.count("/Table"), roles.count("/THead"), roles.count("/TH")) == (1, 1, 2)
    assert (roles.count("/TR"), roles.count("/TD"), roles.count("/BlockQuote")) == (4, 6, 3)
    texts = [squeezed(text) for text in structure_texts(pdf)]
    assert [text[:6] for text in texts[1:]] == ["Zitat", "Kommen"] + [
        "„Links",
        "Zeile1",
        "Rechts",
    ] * 3
    assert texts[3].count("Links") == 400
    assert texts[5].count("Rechts") == 300


def test_what_repeats_on_each_page_is_an_artifact(seed_pdfs: dict[str, TypesetDocument]) -> None:
    with pikepdf.open(io.BytesIO(seed_pdfs["email"].pdf)) as document:
        second = document.pages[1]
        artifacts, tagged, depth = 0, 0, []
        for instruction in pikepdf.parse_content_stream(second):
            operator = str(instruction.operator)
            if operator in ("BDC", "BMC"):
                depth.append(str(instruction.operands[0]))
            elif operator == "EMC":
                depth.pop()
            elif operator in ("TJ", "Tj"):
                assert depth, "text outside of tags and artifacts"
                artifacts += "/Artifact" in depth
                tagged += "/Artifact" not in depth
    assert artifacts == 4  # two column headings, the running title, the page number
    assert tagged > 50
    aloud = squeezed("".join(structure_texts(seed_pdfs["email"].pdf)))
    assert aloud.count("AnsatzpunktefürFlüchtlingsinitiativen") == 2  # subtitle, header
    assert "Seite1von2" not in aloud


def test_the_same_input_gives_the_same_bytes_in_any_time_zone_and_process(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from tests.conftest import *\n"
        "p = Project(ROOT); m = read_manuscript(p, SEED)\n"
        "c = compose(p, m, 'email', load_editions(p)['email'], write_cache=False)\n"
        "sys.stdout.buffer.write(Typesetter(None).typeset(c).pdf)"
    )
    results = []
    for zone, seed in (("UTC", "1"), ("Pacific/Kiritimati", "2")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        results.append(run.stdout)
    assert results[0].startswith(b"%PDF-1.7")
    assert results[0] == results[1]


def test_only_the_projects_fonts_are_used(seed_pdfs: dict[str, TypesetDocument]) -> None:
    for result in seed_pdfs.values():
        names = facts(result.pdf)["fonts"]
        assert len(names) == 4
        assert all(name.startswith(("Gentium-Book-Plus", "Source-Sans-3")) for name in names)


def test_a_picture_is_a_figure_with_its_words(workspace: Workspace) -> None:
    circle = '<circle cx="20" cy="20" r="18"/>'
    namespace = 'xmlns="http://www.w3.org/2000/svg"'
    svg = f'<svg {namespace} width="40" height="40">{circle}</svg>'
    workspace.write("content/probe/images/logo.svg", svg)
    logo = "logo:\n  file: images/logo.svg\n  alt: Ein Kreis\n"
    workspace.leaflet(LINKED + logo + 'picture: {file: images/logo.svg, alt: ""}\n')
    pdf = workspace.typeset().pdf
    assert list(conforms(pdf).values()) == [[], []], "the decoration is an artifact"
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (figure,) = [
            o for o in document.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"
        ]  # fmt: skip
        assert str(figure.Alt) == "Ein Kreis"
        left, bottom, right, top = (float(edge) for edge in figure.A.BBox)
        assert 500 < right <= 545
        assert 700 < bottom < top < 800
        assert right - left == pytest.approx(top - bottom) == pytest.approx(30)


def test_both_columns_share_their_baselines(seed_pdfs: dict[str, TypesetDocument]) -> None:
    found = [c for c in chars(seed_pdfs["print"].pdf) if c.page == 1 and c.text in "nmrxuiz"]
    left = {round(c.bottom, 1) for c in found if c.right < 290 and c.top > 100}
    right = {round(c.bottom, 1) for c in found if c.left > 300 and c.top > 100}
    shared = [y for y in left if any(abs(y - other) < 0.35 for other in right)]
    assert len(left) > 20
    assert len(shared) / len(left) > 0.6  # all but references, which are set smaller


def test_at_most_two_hyphens_in_a_row(seed_pdfs: dict[str, TypesetDocument]) -> None:
    for result in seed_pdfs.values():
        found = list(chars(as_shown(result.pdf)))
        ends = [
            char.text for char, after in pairwise(found)
            if after.left < char.left - 20 or after.page > char.page or after.left > 300 > char.left
        ]  # fmt: skip
        assert ends.count("-") > 5
        assert "---" not in "".join(ends)
