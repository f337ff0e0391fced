"""Leaflets that go out as Word documents, and what people do to them there: for tests."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.table import Table, _Row

from brochure.interchange.differences import Comparison, compare
from brochure.interchange.markdown_file import markdown_file
from brochure.interchange.outgoing import read_outgoing
from brochure.interchange.word_file import word_file
from brochure.project import Project

NAME = "probe"
#: A leaflet in which every text has something that is easily lost.
FULL = """\
language: de
design: plain
author: Bürgerinitiative Stadtpark
date: 2026-04-01
title: Unser Park *bleibt* grün!
subtitle: Was beschlossen ist – und was nicht
lead: |
  Der Rat hat ein **Konzept**. Wir
  haben es [gelesen](https://example.org/a_b?c=1) und
  antworten; siehe https://example.org/park.

  - Ein Punkt,
  - noch *einer*:
    - tiefer.

  1. Erstens,
  2. zweitens.
event:
  title: Versammlung
  date: 2026-12-03
  time: 9:30-11:00
  place: Bürgerhaus, *Saal 2*
  access: Stufenlos
source:
  title: Parkkonzept *2026*
  author: Gemeinderat
  date: 2026-03-12
  address: https://example.org/konzept.pdf
  reference: S. {page}, Z. {lines}
columns:
  quote: Konzept
  commentary: Unsere Antwort
verdicts:
  halb: {word: Halb gehalten, shape: half}
  ja: {word: Gehalten, shape: check}
slots:
  ort: in der Stadt
passages:
  - id: date
    quote:
      heading: Bäume
      page: 4-5
      lines: 12-13, 20
      text: |
        Die Gemeinde [...] erhält den Baumbestand, soweit das „möglich“ ist, mit Bürger*innen.

        Ein zweiter Absatz.
      highlight: [soweit das „möglich“ ist, zweiter Absatz]
    commentary:
      heading: Ohne Wenn!
      text: |
        Der Nebensatz hebt *alles* auf, {{ region.ort }}.\\
        Eine neue Zeile, ***beides***, 3 * 4 = 12, C:\\temp.

        - eins
        - zwei
      demand: Kein Baum *fällt*!
    verdict: halb
  - id: nur-zitat
    quote:
      lines: 7
      text: Nur ein Zitat.
      source:
        title: Haushalt
        author: Kämmerei
        reference: Zeile {lines}
  - id: nur-kommentar
    commentary:
      text: |
        1. Ohne Zitat.
        2. Mit Liste.
    verdict: ja
call:
  heading: Machen Sie mit!
  text: Montags um 19 Uhr.
contact: |
  park@example.org, **Telefon** 0641 1234
imprint:
  text: Eigendruck
  responsible: {name: Maria Muster, address: 'Musterweg 1, 12345 Musterstadt'}
"""


@dataclass(frozen=True)
class Exchange:
    """A project with one leaflet, which goes out and comes back."""

    project: Project

    @property
    def path(self) -> Path:
        return self.project.manuscript(NAME)

    def word(self) -> bytes:
        return word_file(read_outgoing(self.project, NAME))

    def markdown(self) -> str:
        return markdown_file(read_outgoing(self.project, NAME))

    def changed(self, change: Callable[[WordDocument], None], data: bytes = b"") -> bytes:
        """The Word document after somebody changed it."""
        word = docx.Document(BytesIO(data or self.word()))
        change(word)
        result = BytesIO()
        word.save(result)
        return result.getvalue()

    def compare(self, data: bytes, name: str = "probe.docx") -> Comparison:
        return compare(self.project, NAME, data, name)

    def write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(text, "utf-8")


def pairs(word: WordDocument) -> Table:
    """The table of quotes and commentaries."""
    return word.tables[0]


def copied(row: _Row, *texts: str) -> None:
    """Add a row below, as Word does: without bookmarks, with these texts in its paragraphs."""
    new = copy.deepcopy(row._tr)
    for mark in new.xpath(".//w:bookmarkStart | .//w:bookmarkEnd"):
        mark.getparent().remove(mark)
    for paragraph, text in zip(new.xpath(".//w:p"), texts, strict=True):
        runs = paragraph.xpath(".//w:r")
        for run in runs[1:]:
            run.getparent().remove(run)
        runs[0].xpath("./w:t")[0].text = text
    row._tr.addnext(new)


def emptied(word: WordDocument) -> None:
    """Delete the words of the title."""
    for run in word.paragraphs[0].runs:
        run._r.getparent().remove(run._r)
