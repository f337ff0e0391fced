"""Hundreds of variants: builds cold and warm, beside plain scripts and Typst on the same text."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from brochure.layout.compose.composer import compose
from brochure.layout.composition import Composition
from brochure.layout.editions import load_editions
from brochure.layout.hyphenation import Hyphenator
from brochure.layout.weasyprint.typesetter import PDF_VARIANT, PlainTypesetter
from brochure.manuscript.load import Manuscript, validate_leaflet
from brochure.manuscript.variants.resolution import read_bundle
from brochure.pipeline.fingerprint import versions
from brochure.pipeline.tasks import Task, typeset
from brochure.project import Project, packaged_fonts

ROOT = Path(__file__).parent.parent
SEED = "wir-bringen-uns-ein"
_SAMPLE = 12  # of what is too slow to be done for all variants
_LOOP = 40
# What somebody would write who starts anew for each PDF, and who has the fonts for nothing.
SCRIPT = """\
import sys
from weasyprint import HTML
html, pdf = sys.argv[1:]
HTML(filename=html).write_pdf(pdf, pdf_variant="pdf/a-2a")
"""
TYPST = """\
#let data = json("data.json")
#let leaflet = data.at(sys.inputs.variant)
#set document(title: leaflet.title)
#set page(paper: "a4", margin: 20mm, footer: context [
  #leaflet.title #h(1fr) Seite #counter(page).display() von #counter(page).final().first()])
#set text(font: "Source Sans 3", size: 11pt, lang: "de", hyphenate: true)
#set par(leading: 5pt)
#text(20pt, fill: rgb("8a1c3b"), weight: "bold", leaflet.title)
#par(text(13pt, weight: "bold", leaflet.subtitle))
#leaflet.lead
#table(columns: (1fr, 1fr), stroke: (bottom: 0.5pt), inset: 6pt,
  table.header(..leaflet.columns.map(strong)),
  ..leaflet.passages.map(p => (
    { set text(font: "Gentium Book Plus"); strong(p.at(0)); linebreak(); p.at(1)
      parbreak(); text(8pt, p.at(2)) },
    { strong(p.at(3)); linebreak(); p.at(4) },
  )).flatten())
"""


def main(work: Path, count: int) -> None:
    """Print the table for `count` variants in the editions email and print."""
    project = make_project(work / "variants", count)
    pdfs = 2 * count

    def built(*arguments: str) -> float:
        return timed(lambda: brochure(project, "build", "--all", *arguments))

    brochure(project, "build")  # words and font tables are known from here on
    texts = list(manuscripts(project))
    html = [composed(project, m, "email") for m in texts]
    script = per_pdf(fresh_processes(work, html), _SAMPLE)
    cold_two = built("--jobs", "2")
    nothing = min(built() for _ in range(3))
    leaflet = project.manuscript(SEED)
    variant = leaflet.parent / "variants" / "r7.yaml"
    variant.parent.mkdir()
    variant.write_text("title: Ein anderer Titel\n", "utf-8")
    override = built()
    leaflet.write_text(leaflet.read_text("utf-8").replace("Asylsuchende", "Menschen"), "utf-8")
    base = built("--jobs", "2")
    shutil.rmtree(project.out)
    brochure(project, "build")
    cold_one = built("--jobs", "1")
    script = (script + per_pdf(fresh_processes(work, html), _SAMPLE)) / 2
    shutil.rmtree(project.out / SEED)
    single = timed(lambda: brochure(project, "build", "--edition", "email"))
    loop = per_pdf(warm_loop(work, html), _LOOP)
    typst = typst_loop(work / "typst", texts)

    print(f"\n{count} variants in two editions, PDFs a minute (a fresh script for each is 1)")
    for name, seconds in (
        ("a script that starts WeasyPrint", script),
        ("a warm loop in one process", loop),
        ("brochure, 1 process", cold_one / pdfs),
        ("brochure, 2 workers", cold_two / pdfs),
        ("Typst, a warm loop", typst),
    ):
        if seconds:
            print(f"  {name:32} {script / seconds:6.2f}   ({60 / seconds:.0f} a minute)")
        else:
            print(f"  {name:32}      –   (pip install 'brochure[bench]')")
    print(f"  2 workers, of the warm loop      {loop / (cold_two / pdfs):6.2f}")
    print("\nBuilding them again (all of them cold, with 2 workers, is 1)")
    for name, seconds in (("base changed", base), ("one override changed", override)):
        print(f"  {name:32} {seconds / cold_two:6.3f}   ({seconds:.2f} s)")
    print(f"  {'nothing changed':32} {nothing / cold_two:6.3f}   ({nothing:.2f} s)")
    print(
        f"  nothing changed, of one leaflet made afresh {nothing / single:.2f}   ({single:.2f} s)"
    )
    memory(html, work / "cache")


def make_project(root: Path, count: int) -> Project:
    """The first leaflet, with the name of the region in its title and in two commentaries."""
    folder = root / "content" / SEED
    folder.mkdir(parents=True)
    text = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
    text = text.replace("title: Wir bringen uns ein!", "title: Wir in {{ region.name }}", 1)
    text = text.replace("*Wir werden sehen", "*In {{ region.name }} werden wir sehen", 1)
    text = text.replace("slots:\n", "slots:\n  name: Hessen\n", 1)
    (folder / "leaflet.yaml").write_text(text, "utf-8")
    rows = [f"r{i},Gemeinde {i},in der Gemeinde {i} und ihrem Kreis\n" for i in range(count)]
    (folder / "regions.csv").write_text("id,name,wir_strukturen\n" + "".join(rows), "utf-8")
    return Project(root)


def brochure(project: Project, *arguments: str) -> None:
    """Run a command in the project."""
    command = [sys.executable, "-m", "brochure", "-C", str(project.root), *arguments]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def manuscripts(project: Project) -> Iterator[Manuscript]:
    """All variants, read."""
    leaflet = read_bundle(project, SEED)
    yield from (validate_leaflet(project, leaflet.resolve(variant)) for variant in leaflet.ids)


def composed(project: Project, manuscript: Manuscript, edition: str) -> Composition:
    """A variant in an edition."""
    return compose(project, manuscript, edition, load_editions(project)[edition])


def fresh_processes(work: Path, html: list[Composition]) -> Callable[[int], None]:
    """A script that starts WeasyPrint for one PDF, on the HTML that ours composed."""
    folders = (packaged_fonts() / family for family in html[0].edition.fonts)
    dirs = "".join(f"<dir>{folder}</dir>" for folder in folders)
    cache = f"<cachedir>{work / 'fontcache'}</cachedir>"
    config, script = work / "fonts.conf", work / "script.py"
    config.write_text(f"<fontconfig>{dirs}{cache}</fontconfig>", "utf-8")
    script.write_text(SCRIPT, "utf-8")
    environment = {"FONTCONFIG_FILE": str(config), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

    def run(index: int) -> None:
        styles = "".join(f"<style>{css}</style>" for _, css in html[0].stylesheets)
        page = work / "variant.html"
        page.write_text(
            html[index % len(html)].html.replace("</head>", styles + "</head>"), "utf-8"
        )
        command = [sys.executable, str(script), str(page), str(work / "script.pdf")]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    return run


def warm_loop(work: Path, html: list[Composition]) -> Callable[[int], None]:
    """WeasyPrint alone in one process, with fonts and styles kept, as a good script would."""
    fonts = [packaged_fonts() / family for family in html[0].edition.fonts]
    styles = [css for _, css in html[0].stylesheets]
    # Words are divided as ours are; no lines are kept between documents.
    hyphenators = {"de": Hyphenator(html[0].hyphenation["de"], work / "cache")}
    plain = PlainTypesetter(fonts, hyphenators, styles, PDF_VARIANT)

    def run(index: int) -> None:
        plain.typeset(html[index % len(html)].html)

    run(0)
    return run


def typst_loop(folder: Path, texts: list[Manuscript]) -> float:
    """Seconds a PDF of Typst in one warm process; 0 where it is not installed."""
    try:
        import typst
    except ImportError:
        return 0.0
    folder.mkdir()
    data = {str(index): typst_data(one) for index, one in enumerate(texts)}
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    (folder / "main.typ").write_text(TYPST, "utf-8")
    fonts = [str(packaged_fonts() / family) for family in ("Source Sans 3", "Gentium Book Plus")]
    compiler = typst.Compiler(str(folder / "main.typ"), font_paths=fonts)

    def run(index: int) -> None:
        compiler.compile(sys_inputs={"variant": str(index)})

    run(0)
    return per_pdf(run, len(texts))


def typst_data(manuscript: Manuscript) -> dict[str, object]:
    """The texts of a leaflet, without markup."""

    def plain(text: str | None) -> str:
        return " ".join((text or "").replace("*", "").split())

    leaflet = manuscript.leaflet
    return {
        "title": leaflet.title, "subtitle": plain(leaflet.subtitle), "lead": plain(leaflet.lead),
        "columns": ["Koalitionsvertrag", "Ansatzpunkte"],
        "passages": [
            [p.quote.heading, plain(p.quote.text), f"Zeilen {p.quote.lines}",
             p.commentary.heading, plain(p.commentary.text)]
            for p in leaflet.passages if p.quote and p.commentary
        ],
    }  # fmt: skip


def memory(html: list[Composition], cache: Path) -> None:
    """What this process occupies while it sets 1,000 leaflets, one like the other in kind."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return
    print("\nMemory of one worker over 1,000 leaflets (MB)")
    for number in range(1, 1001):
        typeset(Task(html[number % len(html)], ("x",), versions()), cache)
        if number in (1, 50, 100, 200, 500, 1000):
            print(f"  {number:5} {int(pages.read_text().split()[1]) * 4096 / 1e6:7.0f}")


def per_pdf(run: Callable[[int], None], count: int) -> float:
    """Seconds that each of `count` runs takes."""

    def all_of_them() -> None:
        for index in range(count):
            run(index)

    return timed(all_of_them) / count


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
