"""Print how long brochure takes, beside a plain WeasyPrint script on the same HTML.

Absolute times swing by a third from run to run, so every figure is a ratio of medians of runs
that were interleaved. Usage: ``python -m benchmarks [--rounds N] [--variants N]``.

``python -m benchmarks quotes FILE… [--spans N] [--seed N] [--language CODE]`` measures no times: it
tries right quotes of any documents, and altered ones. It needs ``pdftotext`` (poppler-utils).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from benchmarks import columns, lines, pictures, sources, studio, variants
from benchmarks.quotes import command as quotes
from brochure.layout.compose.composer import compose
from brochure.layout.composition import Composition
from brochure.layout.edition import load_editions
from brochure.layout.hyphenation import Hyphenator
from brochure.layout.weasyprint.typesetter import PDF_VARIANT, PlainTypesetter
from brochure.manuscript.load import read_manuscript
from brochure.pipeline.typesetter import Typesetter
from brochure.project import CACHE_VARIABLE, Project, packaged_fonts

ROOT = Path(__file__).parent.parent
SEED = "wir-bringen-uns-ein"
# What somebody would write who does without brochure. It gets the fonts for nothing, from
# fontconfig; with @font-face, as such scripts have them, it is slower.
SCRIPT = """\
import sys
from weasyprint import HTML
html, pdf = sys.argv[1:]
HTML(filename=html).write_pdf(pdf)
"""


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each contestant")
    parser.add_argument("--variants", type=int, default=426, help="variants; 0 leaves them out")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("columns", description=columns.__doc__, help="pages in columns, read back")
    commands.add_parser("studio", description=studio.__doc__, help="how soon pages are seen")
    commands.add_parser("lines", description=lines.__doc__, help="how well paragraphs are set")
    photographs = commands.add_parser(
        "pictures", description=pictures.__doc__, help="file sizes and memory with photographs"
    )
    photographs.add_argument("--keep", type=Path, help="a folder in which the files are left")
    trial = commands.add_parser(
        "quotes", description=quotes.__doc__, help="whether right quotes are accepted, others not"
    )
    trial.add_argument("files", type=Path, nargs="+", metavar="FILE", help="PDF, text, HTML")
    trial.add_argument("--spans", type=int, default=1000, help="quotes of each document")
    trial.add_argument("--alterations", type=int, default=40, help="of each kind, of each document")
    trial.add_argument("--seed", type=int, default=1, help="another one tries others")
    trial.add_argument("--language", default="de", help="of the leaflet")
    trial.add_argument("--show", type=int, default=0, help="how many of what goes wrong")
    options = parser.parse_args()
    if options.command == "columns":
        sys.exit(0 if columns.main() else 1)
    if options.command == "studio":
        with tempfile.TemporaryDirectory() as folder:
            os.environ[CACHE_VARIABLE] = str(Path(folder) / "remembered")
            studio.main(Path(folder), options.rounds)
        return
    if options.command == "lines":
        lines.main()
        return
    if options.command == "pictures":
        sys.exit(0 if pictures.main(options.keep) else 1)
    if options.command == "quotes":
        if missing := [str(file) for file in options.files if not file.is_file()]:
            parser.error(f"no such file: {', '.join(missing)}")
        sys.exit(
            quotes.main(
                options.files,
                count=options.spans,
                seed=options.seed,
                language=options.language,
                each=options.alterations,
                show=options.show,
            )
        )
    rounds = options.rounds
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ[CACHE_VARIABLE] = str(work / "remembered")  # nobody's but ours
        cold(work, rounds)
        warm(work, rounds)
        editions(work, rounds)
        growth(work, rounds)
        sources.main(work, max(1, rounds // 2))
        studio.main(work, rounds)
        if options.variants:
            variants.main(work, options.variants)


def cold(work: Path, rounds: int) -> None:
    """A fresh process for one PDF: ours, and the script on the HTML that ours composed."""
    composition = composed(Project(ROOT), SEED)
    styles = "".join(f"<style>{css}</style>" for _, css in composition.stylesheets)
    html, config = work / "leaflet.html", work / "fonts.conf"
    html.write_text(composition.html.replace("</head>", styles + "</head>"), "utf-8")
    dirs = "".join(f"<dir>{folder}</dir>" for folder in folders(composition))
    cache = f"<cachedir>{work / 'fontcache'}</cachedir>"
    config.write_text(f"<fontconfig>{dirs}{cache}</fontconfig>", "utf-8")
    script = work / "script.py"
    script.write_text(SCRIPT, "utf-8")

    project = Project(work / "project")
    shutil.copytree(ROOT / "content", project.content)

    def ours() -> None:
        shutil.rmtree(project.out / SEED, ignore_errors=True)  # else there is nothing to do
        command = [sys.executable, "-m", "brochure", "-C", str(project.root), "build", SEED]
        subprocess.run([*command, "-e", "email"], cwd=ROOT, check=True, capture_output=True)

    def theirs() -> None:
        command = [sys.executable, str(script), str(html), str(work / "script.pdf")]
        environment = {"FONTCONFIG_FILE": str(config), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def first() -> None:  # as on a new machine: nothing remembered
        shutil.rmtree(project.out, ignore_errors=True)
        ours()

    ours()
    theirs()
    times = interleaved(rounds, ours, theirs, first)
    base = times[1]
    print("A fresh process for the PDF of the seed leaflet (the script is 1)")
    print(f"  WeasyPrint script, same HTML   1.00   ({base:.2f} s)")
    print(f"  brochure build                 {times[0] / base:.2f}")
    print(f"  brochure build, first ever     {times[2] / base:.2f}   (no words remembered)")


def warm(work: Path, rounds: int) -> None:
    """Many PDFs in one process: ours, which looks at each layout, and WeasyPrint alone."""
    composition = composed(Project(ROOT), SEED)
    typesetter = Typesetter(work / "cache")
    typesetter.typeset(composition)
    hyphenators = {"de": Hyphenator(composition.hyphenation["de"], work / "cache")}
    styles = [css for _, css in composition.stylesheets]
    plain = PlainTypesetter(folders(composition), hyphenators, styles, PDF_VARIANT)

    def theirs() -> None:
        plain.typeset(composition.html)

    theirs()
    # Each time another text: what ours remembers of one leaflet must not help it with the same.
    number = count()

    def ours() -> None:
        html = composition.html.replace("</h1>", f" {next(number)}</h1>")
        typesetter.typeset(replace(composition, html=html))

    mine, alone = interleaved(rounds, ours, theirs, clock=time.process_time)
    print("\nA warm render of it (WeasyPrint alone, same fonts, styles and words, is 1)")
    print(f"  WeasyPrint alone               1.00   ({1 / alone:.1f} a second)")
    print(f"  brochure                       {mine / alone:.2f}   (laid out until it is good)")


def growth(work: Path, rounds: int) -> None:
    """Leaflets of 5, 50 and 500 passages, in a warm process."""
    project = Project(work / "growth")
    typesetter = Typesetter(work / "cache")
    compositions = [long_leaflet(project, count) for count in (5, 50, 500)]
    typesetter.typeset(compositions[1])
    calls = [lambda c=c: typesetter.typeset(c) for c in compositions]
    five, fifty, five_hundred = interleaved(max(1, rounds // 2), *calls, clock=time.process_time)
    print("\nPassages (50 are 1; linear would be 0.1 and 10)")
    print(f"  5                              {five / fifty:.2f}")
    print(f"  50                             1.00   ({fifty:.2f} s)")
    print(f"  500                            {five_hundred / fifty:.2f}")


def folders(composition: Composition) -> tuple[Path, ...]:
    """The folders of the fonts that a composition asks for."""
    return tuple(packaged_fonts() / family for family in composition.edition.fonts)


def composed(project: Project, name: str) -> Composition:
    """A leaflet of a project, composed in the edition email."""
    return compose(
        project, read_manuscript(project, name), "email", load_editions(project)["email"]
    )


def editions(work: Path, rounds: int) -> None:
    """The seed leaflet in each edition on paper, in a warm process."""
    project, typesetter = Project(ROOT), Typesetter(work / "cache")
    forms = {n: e for n, e in load_editions(project).items() if e.output == "pdf"}
    manuscript = read_manuscript(project, SEED)
    composed_ = {n: compose(project, manuscript, n, e) for n, e in forms.items()}
    for composition in composed_.values():
        typesetter.typeset(composition)
    calls = [lambda c=c: typesetter.typeset(c) for c in composed_.values()]
    times = interleaved(rounds, *calls, clock=time.process_time)
    base = dict(zip(composed_, times, strict=True))["email"]
    print("\nEditions (email is 1)")
    for name, taken in zip(composed_, times, strict=True):
        print(f"  {name:<30} {taken / base:.2f}")


def long_leaflet(project: Project, count: int) -> Composition:
    """A leaflet of `count` passages, the seed's over and over."""
    seed = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
    head, _, body = seed.partition("passages:\n")
    passages = ["  - id:" + part for part in body.split("  - id:")[1:]]
    name = f"passages-{count}"
    path = project.manuscript(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = (
        passages[i % len(passages)].replace("- id: ", f"- id: p{i}-", 1) for i in range(count)
    )
    path.write_text(head + "passages:\n" + "".join(chosen), "utf-8")
    return composed(project, name)


def interleaved(
    rounds: int, *contestants: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """The median time of each, in seconds, over rounds in which each runs once.

    Within this process, `clock` counts processor time: less of what else the machine does.
    """
    times: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for index, contestant in enumerate(contestants):
            start = clock()
            contestant()
            times[index].append(clock() - start)
    return [statistics.median(of_one) for of_one in times]


if __name__ == "__main__":
    main()
