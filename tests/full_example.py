"""A leaflet with everything in it, for tests and for contact sheets: event, pictures, codes,
numbered pairs, highlights, verdicts, demands, a call, an imprint in fields.
Pictures are drawn here.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

NAME = "klimaplan"


@dataclass(frozen=True)
class Pair:
    """A passage: its quote (lines of the source are counted), and what is said about it."""

    id: str
    heading: str
    quote: tuple[str, ...]
    answer: str
    text: str
    verdict: str = ""
    highlight: str = ""
    demand: str = ""
    picture: str = ""


PAIRS = (
    Pair(
        "radwege",
        "Radwege",
        (
            "Die Stadt baut bis 2028 ein durchgehendes Netz von Radwegen zwischen allen",
            "Stadtteilen, soweit die verfügbaren Mittel dies zulassen. Die Planung beginnt an den",
            "Ausfallstraßen.",
        ),
        "Ein Netz mit Löchern",
        "Drei von elf Stadtteilen sind angebunden. Der Nebensatz macht aus einem Versprechen einen "
        "Wunsch; im Haushalt steht für 2026 *kein einziger Euro*.",
        "gebrochen",
        "soweit die verfügbaren Mittel dies zulassen",
        "Wir fordern: zwei Millionen Euro im Jahr, fest im Haushalt!",
        "radweg.jpg",
    ),
    Pair(
        "schulen",
        "Schulwege",
        (
            "Vor allen Grundschulen wird eine Höchstgeschwindigkeit von 30 km/h eingeführt.",
            "Elternhaltestellen werden eingerichtet.",
        ),
        "Das ging schnell",
        "Seit dem Sommer stehen die Schilder. Das zeigt: Wo der Wille da ist, geht es.",
        "gehalten",
    ),
    Pair(
        "baeume",
        "Bäume",
        (
            "Für jeden gefällten Baum werden zwei neue gepflanzt. Die Standorte werden mit den",
            "Ortsbeiräten abgestimmt, und über den Stand wird jährlich berichtet.",
        ),
        "Gefällt wird, gepflanzt wird später",
        "2025 wurden 214 Bäume gefällt und 97 gepflanzt. Einen Bericht gab es nicht.",
        "teilweise",
        "jährlich berichtet",
        "Wir fordern den Bericht: mit Zahlen, jedes Jahr, öffentlich.",
    ),
    Pair(
        "busse",
        "Busse und Bahnen",
        (
            "Der Takt der Buslinien wird in den Abendstunden verdichtet. Ein Sozialticket wird",
            "geprüft.",
        ),
        "Geprüft ist nicht beschlossen",
        "Seit zwei Jahren wird geprüft. Nach 20 Uhr fährt der Bus in die Nordstadt einmal in der "
        "Stunde:\n\n- Linie 4 nach 20 Uhr: 60 Minuten,\n- Linie 7 nach 20 Uhr: 60 Minuten,\n"
        "- Linie 9 am Sonntag: gar nicht.",
        "offen",
        "geprüft",
    ),
    Pair(
        "dachflaechen",
        "Solaranlagen",
        (
            "Auf allen geeigneten Dächern städtischer Gebäude werden bis 2030 Solaranlagen",
            "errichtet.",
        ),
        "Geeignet ist, was gewollt ist",
        "Von 186 Dächern gelten der Verwaltung 31 als geeignet. Ein Gutachten der Stadtwerke nennt "
        "122. Wer hat gerechnet, und womit?",
        "teilweise",
        "geeigneten",
        "Wir fordern: Legen Sie die Liste der Dächer offen.",
    ),
    Pair(
        "waerme",
        "Wärmeplan",
        (
            "Die kommunale Wärmeplanung wird bis Ende 2026 vorgelegt. Bürgerinnen und Bürger",
            "werden frühzeitig beteiligt.",
        ),
        "Frühzeitig war gestern",
        "Der Entwurf liegt seit März im Rathaus. Beteiligt wurde bisher: niemand. Wir haben nach "
        "dem Hessischen Umweltinformationsgesetz Einsicht beantragt und "
        "[die Antwort ins Netz gestellt](https://example.org/waermeplan).",
        "gebrochen",
        "frühzeitig beteiligt",
    ),
    Pair(
        "hitze",
        "Hitzeschutz",
        ("Ein Hitzeaktionsplan mit Trinkbrunnen und kühlen Räumen wird erarbeitet.",),
        "Im Sommer 2025 gab es 19 Hitzetage",
        "Der Plan ist fertig, die Trinkbrunnen fehlen. Kühle Räume sind in zwei Kirchen, nicht im "
        "Rathaus.",
        "teilweise",
    ),
    Pair(
        "boden",
        "Flächen",
        (
            "Innenentwicklung geht vor Außenentwicklung. Neue Baugebiete werden nur ausgewiesen,",
            "wenn im Bestand keine Flächen zur Verfügung stehen.",
        ),
        "Zwölf Hektar Acker",
        "Im Mai hat der Rat das Baugebiet „Hinter den Gärten“ beschlossen: zwölf Hektar, während "
        "am Güterbahnhof acht Hektar leer stehen.",
        "gebrochen",
        "nur ausgewiesen, wenn im Bestand keine Flächen zur Verfügung stehen",
        "Wir fordern: erst der Güterbahnhof, dann reden wir weiter.",
    ),
    Pair(
        "wohnen",
        "Sanierung",
        (
            "Die städtische Wohnungsgesellschaft saniert jährlich drei Prozent ihres Bestandes.",
            "Die Mieten bleiben dabei bezahlbar.",
        ),
        "Bezahlbar für wen?",
        "Saniert wurden 1,4 Prozent. In der Gartenstraße stieg die Miete danach um 2,10 Euro je "
        "Quadratmeter.",
        "gebrochen",
        "bezahlbar",
    ),
    Pair(
        "kantinen",
        "Essen",
        (
            "In städtischen Kantinen wird der Anteil regionaler Lebensmittel auf 40 Prozent",
            "erhöht.",
        ),
        "Erreicht",
        "41 Prozent, im zweiten Jahr. Danke an die Küchen!",
        "gehalten",
    ),
    Pair(
        "beirat",
        "Klimabeirat",
        (
            "Ein Klimabeirat aus Wissenschaft und Zivilgesellschaft berät den Rat. Seine",
            "Stellungnahmen werden veröffentlicht.",
        ),
        "Er tagt nicht öffentlich",
        "Den Beirat gibt es. Von fünf Stellungnahmen ist eine erschienen, vier liegen in der "
        "Schublade. Warum?",
        "teilweise",
        "veröffentlicht",
        "Wir fordern alle fünf Stellungnahmen, ungekürzt.",
    ),
    Pair(
        "vergabe",
        "Vergabe",
        ("Bei allen Vergaben wird ein Schattenpreis von 180 Euro je Tonne CO₂ angesetzt.",),
        "Ein guter Satz",
        "Ob er angewandt wird, sagt die Verwaltung nicht. Unsere Anfrage vom 4. Februar ist "
        "unbeantwortet.",
        "offen",
    ),
    Pair(
        "strom",
        "Ökostrom",
        ("Die Stadtwerke beliefern städtische Gebäude ab 2025 mit Ökostrom.",),
        "So ist es",
        "Seit dem 1. Januar 2025, mit Herkunftsnachweis.",
        "gehalten",
        "",
        "",
        "turbine.png",
    ),
    Pair(
        "bericht",
        "Bilanz",
        (
            "Die Verwaltung legt dem Rat jedes Jahr eine Bilanz der Treibhausgase vor und schlägt",
            "Maßnahmen vor, falls die Ziele verfehlt werden.",
        ),
        "Verfehlt, und nun?",
        "Die Bilanz kam mit elf Monaten Verspätung. Die Ziele sind verfehlt; vorgeschlagen wurde "
        "*nichts*.",
        "gebrochen",
        "schlägt Maßnahmen vor, falls die Ziele verfehlt werden",
        "Wir fordern einen Plan, über den der Rat noch in diesem Jahr abstimmt!",
    ),
)

HEAD = """\
# yaml-language-server: $schema=../leaflet.schema.json
language: de
title: Versprochen ist versprochen
subtitle: Was die Stadt zum Klima beschlossen hat und was daraus geworden ist
author: Bürgerinitiative Klima Musterstadt
date: 2026-10-05
accent: 1d5c4a
verification: note
codes: [passages, call]

picture:
  file: images/marktplatz.jpg
  alt: Menschen mit Fahrrädern auf dem Marktplatz vor dem Rathaus
  credit: Maria Muster

logo:
  file: images/logo.svg
  alt: Ein Blatt, das Zeichen der Bürgerinitiative

event:
  title: Bürgerversammlung zum Klimaplan
  date: 2026-12-03
  time: 19:00-21:00
  place: Bürgerhaus, Hauptstraße 12, 12345 Musterstadt
  access: Stufenlos; Gebärdensprache auf Anfrage; Bus 4 bis „Bürgerhaus“

lead: |
  Vor drei Jahren hat der Rat den Klimaplan beschlossen: vierzehn Seiten, vierzehn Versprechen. Wir
  haben nachgesehen, was aus jedem geworden ist. Manches ist gelungen, und das sagen wir auch.

source:
  title: Klimaplan der Stadt Musterstadt
  author: Rat der Stadt Musterstadt
  date: 2023-09-14
  address: https://example.org/klimaplan
  file: sources/klimaplan.txt
  lines: count

columns:
  quote: Das hat der Rat beschlossen
  commentary: Das ist daraus geworden

verdicts:
  gehalten: {word: Gehalten, shape: check}
  gebrochen: {word: Gebrochen, shape: cross}
  teilweise: {word: Halb gehalten, shape: half}
  offen: {word: Offen, shape: question}

call:
  heading: Kommen Sie am 3. Dezember!
  text: |
    Der Rat stimmt am 10. Dezember über die Fortschreibung ab. Fragen Sie vorher Ihre
    Ratsmitglieder, und unterschreiben Sie: [Offener Brief an den Rat](https://example.org/brief)

contact: |
  Bürgerinitiative Klima Musterstadt, klima@example.org, Telefon 0641 123456

imprint:
  responsible: {name: Maria Muster, address: "Musterweg 1, 12345 Musterstadt"}
  publisher:
    name: Bürgerinitiative Klima Musterstadt
    address: Hauptstraße 3, 12345 Musterstadt
  printer: {name: Copyladen am Markt, address: "Markt 5, 12345 Musterstadt"}

passages:
"""


def write_full_example(root: Path, pairs: int = len(PAIRS), extra: str = "") -> Path:
    """Write the leaflet, its pictures and what it quotes into a project folder; return the path of
    its manuscript. `pairs` is how many it has; `extra` are further lines of YAML.
    """
    folder = root / "content" / NAME
    (folder / "images").mkdir(parents=True)
    (folder / "sources").mkdir()
    (root / "styles").mkdir(exist_ok=True)
    photo((2400, 1050), "marktplatz").save(folder / "images/marktplatz.jpg", quality=85)
    photo((1800, 1200), "radweg").save(folder / "images/radweg.jpg", quality=85)
    (folder / "images/turbine.png").write_bytes(turbine())
    (folder / "images/logo.svg").write_text(LOGO, "utf-8")
    lines = [line for pair in PAIRS for line in pair.quote]
    (folder / "sources/klimaplan.txt").write_text("\n".join(lines) + "\n", "utf-8")
    manuscript = folder / "leaflet.yaml"
    texts = map(_passage, PAIRS[:pairs])
    manuscript.write_text(extra + HEAD + "\n".join(texts), "utf-8")
    return manuscript


def _passage(pair: Pair) -> str:
    before = [line for other in PAIRS[: PAIRS.index(pair)] for line in other.quote]
    first, last = len(before) + 1, len(before) + len(pair.quote)
    rows = [f"  - id: {pair.id}"]
    if pair.verdict:
        rows.append(f"    verdict: {pair.verdict}")
    if pair.picture:
        rows += [
            "    picture:",
            f"      file: images/{pair.picture}",
            f"      alt: Bild zu {pair.heading}",
            "      credit: Archiv der Bürgerinitiative",
        ]
    rows += [
        "    quote:",
        f"      heading: {pair.heading}",
        f"      lines: {first}" + (f"-{last}" if last > first else ""),
    ]
    if pair.highlight:
        rows.append(f'      highlight: "{pair.highlight}"')
    rows += ["      text: |", *(f"        {line}" for line in pair.quote)]
    rows += ["    commentary:", f'      heading: "{pair.answer}"', "      text: |"]
    rows += [f"        {line}".rstrip() for line in pair.text.split("\n")]
    if pair.demand:
        rows.append(f'      demand: "{pair.demand}"')
    return "\n".join(rows) + "\n"


# --- Pictures ------------------------------------------------------------------------------------

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">'
    '<path d="M20 2C6 12 6 28 20 38C34 28 34 12 20 2z" fill="#1d5c4a"/>'
    '<path d="M20 10v24M20 20l6-6M20 27l-6-6" stroke="white" stroke-width="2" fill="none"/></svg>'
)


def photo(size: tuple[int, int], what: str) -> Image.Image:
    """A picture with soft tones, an edge, and fine detail, as a photograph has."""
    width, height = size
    sky = Image.linear_gradient("L").resize(size)
    image = Image.merge(
        "RGB", [sky.point(lambda v, b=base: b + (255 - b) * v // 340) for base in (90, 130, 170)]
    )
    draw = ImageDraw.Draw(image)
    ground = height * 2 // 3
    if what == "marktplatz":
        for number in range(9):
            left = number * width // 9
            top = ground - height // 5 - (number * 37 % 5) * height // 25
            shade = 120 + number * 53 % 90
            draw.rectangle(
                (left, top, left + width // 9, ground), fill=(shade, shade - 25, shade - 45)
            )
            draw.polygon(
                [(left, top), (left + width // 18, top - height // 9), (left + width // 9, top)],
                fill=(140, 60 + number * 5, 50),
            )
            for row in range(2):
                for column in range(3):
                    x = left + width // 40 + column * width // 32
                    y = top + height // 30 + row * height // 12
                    draw.rectangle((x, y, x + width // 70, y + height // 20), fill=(45, 55, 70))
        draw.rectangle((0, ground, width, height), fill=(168, 160, 148))
        for number in range(26):
            x = (number * 211) % width
            y = ground + (number * 67) % (height // 4)
            tall = height // 12
            colour = (number * 83 % 200, number * 47 % 160, number * 131 % 180)
            draw.ellipse((x, y - tall // 3, x + tall // 3, y), fill=(220, 180, 150))
            draw.rectangle((x, y, x + tall // 3, y + tall), fill=colour)
    else:
        draw.rectangle((0, ground, width, height), fill=(96, 128, 70))
        draw.polygon(
            [(width * 2 // 5, ground), (width * 3 // 5, ground), (width, height), (0, height)],
            fill=(120, 118, 116),
        )
        for number in range(6):
            y = ground + (height - ground) * number * number // 36
            left, right = width // 2 - 4 - number * 2, width // 2 + 4 + number * 2
            draw.rectangle((left, y, right, y + 8 + number * 6), fill="white")
        for number in range(7):
            x, high = width * number // 7, height // 3 + number * 29 % 60
            draw.ellipse(
                (x, ground - high, x + width // 9, ground - high // 4),
                fill=(50, 92 + number * 7, 48),
            )
    return image


def turbine() -> bytes:
    """A flat drawing on a transparent ground."""
    image = Image.new("RGBA", (900, 600), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rectangle((440, 240, 460, 600), fill=(60, 60, 60, 255))
    for tip in ((450, 20), (260, 350), (640, 350)):
        draw.line(((450, 240), tip), fill=(29, 92, 74, 255), width=26)
    draw.ellipse((420, 210, 480, 270), fill=(60, 60, 60, 255))
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
