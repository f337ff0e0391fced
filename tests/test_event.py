"""The event: its day and time as each language writes them, and its entry for calendars."""

import re
from urllib.parse import unquote

import pytest

from brochure.layout.compose.calendar import calendar_link
from brochure.manuscript.text.language import load_language
from brochure.project import Project
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace

KEEP = "\u00a0"
# Thursday, 3 December 2026, at 19:00, 19:30, 19:00–21:00, 19:30–21:00, as it is written.
WRITTEN = {
    "de": ("Donnerstag, 3. Dezember 2026", "19 Uhr", "19:30 Uhr", "19–21 Uhr", "19:30–21:00 Uhr"),
    "en": ("Thursday 3 December 2026", "7 pm", "7:30 pm", "7–9 pm", "7:30–9:00 pm"),
    "fr": ("Jeudi 3 décembre 2026", "19 h", "19 h 30", "de 19 h à 21 h", "de 19 h 30 à 21 h 00"),
    "tr": ("3 Aralık 2026 Perşembe", "saat 19.00", "saat 19.30", "saat 19.00–21.00",
           "saat 19.30–21.00"),
    "uk": ("Четвер, 3 грудня 2026 р.", "19:00", "19:30", "19:00–21:00", "19:30–21:00"),
    "ar": ("الخميس، 3 ديسمبر 2026", "الساعة 19:00", "الساعة 19:30", "من الساعة 19:00 إلى 21:00",
           "من الساعة 19:30 إلى 21:00"),
    "fa": ("پنجشنبه 3 دسامبر 2026", "ساعت 19:00", "ساعت 19:30", "از ساعت 19:00 تا 21:00",
           "از ساعت 19:30 تا 21:00"),
}  # fmt: skip
EVENT = "event:\n  date: 2026-12-03\n"


@pytest.mark.parametrize("code", WRITTEN)
def test_day_and_time_as_each_language_writes_them(code: str) -> None:
    language = load_language(Project(ROOT), code)
    times = map(language.format_time, ("19:00", "19:30", "19:00–21:00", "19:30–21:00"))
    written = (language.format_day("2026-12-03"), *times)
    assert tuple(text.replace(KEEP, " ") for text in written) == WRITTEN[code]
    assert all(" " not in text for text in written[1:]), "a time is never divided"


def test_both_halves_of_a_day_and_the_first_of_a_month() -> None:
    english, french = (load_language(Project(ROOT), code) for code in ("en", "fr"))
    spans = map(english.format_time, ("11:00–13:00", "00:00", "12:00", "00:30–01:00"))
    assert [text.replace(KEEP, " ") for text in spans] == [
        "11 am–1 pm", "12 am", "12 pm", "12:30–1:00 am"
    ]  # fmt: skip
    assert french.format_date("2026-03-01").replace(KEEP, " ") == "1er mars 2026"
    assert french.format_date("2026-03-21").replace(KEEP, " ") == "21 mars 2026"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("event: {date: 2026-02-29}", "date"),
        ("event: {date: 20261203}", "date"),
        ("event: {date: 2026-12}", "date"),
        ("event: {date: 9999-12-31, time: '20:00-01:00'}", "date"),
        ("event: {date: 2026-W49-4}", "date"),
        ("event: {title: Treffen}", "missing"),
        ("event: {date: 2026-12-03, time: '24:00'}", "time"),
        ("event: {date: 2026-12-03, time: 19 Uhr}", "time"),
        ("event: {date: 2026-12-03, time: '١٩:٠٠'}", "time"),
        ("event: {date: 2026-12-03, time: '19:00-19:00'}", "time"),
        ("event: {date: 2026-12-03, time: '21:00-19:00'}", "time"),
        ("event: {date: 2026-12-03, place: '[hier](dort)'}", "link"),
        ("date: 2027-01\nevent: {date: 2026-12-31}", "event-date"),
        ("date: 2026-12-04\nevent: {date: 2026-12-03}", "event-date"),
    ],
)
def test_what_cannot_be_is_told(workspace: Workspace, lines: str, code: str) -> None:
    workspace.leaflet(f"{HEAD}{lines}\n{PASSAGE}")
    assert [d.code for d in workspace.diagnostics()] == [code]


@pytest.mark.parametrize("date", ["2026-12-03", "2026-12", "2026", "2025-12-31"])
def test_an_event_on_the_day_or_in_the_month_of_the_leaflet(
    workspace: Workspace, date: str
) -> None:
    workspace.leaflet(
        f"{HEAD}date: {date}\nevent: {{date: 2026-12-03, time: '20:00-01:00'}}\n{PASSAGE}"
    )
    assert workspace.diagnostics() == ()
    event = workspace.load().leaflet.event
    assert event is not None
    assert event.time == "20:00–01:00"


def entry(**changes: str | None) -> str:
    """The file that a link holds."""
    given: dict[str, str | None] = {
        "leaflet": "x", "written": "2026-10", "day": "2026-12-31", "time": "20:00–01:30",
        "summary": "Lesung; mit Musik, Tanz\\Spiel", "place": "Müßiggängerallee " * 9,
        "description": "",
    }  # fmt: skip
    link = calendar_link(**{**given, **changes})  # type: ignore[arg-type]
    head = "data:text/calendar;charset=utf-8,"
    assert link.startswith(head)
    assert re.fullmatch(r"[\w%.~-]*", link.removeprefix(head), re.ASCII)
    return unquote(link.removeprefix(head))


def test_the_entry_is_as_the_standard_asks() -> None:
    """RFC 5545: line ends and folding (3.1), escapes (3.3.11), local time (3.3.5)."""
    text = entry()
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert max(len(line.encode()) for line in lines) == 75, "full lines, and none longer"
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert "DTSTART:20261231T200000" in unfolded
    assert "DTEND:20270101T013000" in unfolded, "it ends on the next day"
    assert "DTSTAMP:20261001T000000Z" in unfolded
    assert "SUMMARY:Lesung\\; mit Musik\\, Tanz\\\\Spiel" in unfolded
    assert "LOCATION:" + "Müßiggängerallee " * 9 in unfolded
    assert not any(line.startswith("DESCRIPTION") for line in unfolded)
    assert "DTSTART;VALUE=DATE:20261231" in entry(time=None)


def test_the_same_event_is_the_same_entry() -> None:
    def uid(**changes: str | None) -> str:
        found = re.search(r"UID:(.*)\r", entry(**changes))
        assert found
        return found[1]

    assert entry() == entry()
    assert uid() == uid(time="18:00", place="Anderswo", written=None), "it was moved, not doubled"
    assert len({uid(), uid(day="2026-12-30"), uid(leaflet="y"), uid(summary="z")}) == 4


def test_the_web_page_links_to_it_and_paper_does_not(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + EVENT + "  place: '*Haus* am Markt'\n" + PASSAGE)
    web, paper = workspace.compose("web").html, workspace.compose("email").html
    link = re.search(r'href="(data:text/calendar[^"]*)" download="2026-12-03.ics"', web)
    assert link
    assert "LOCATION:Haus am Markt\r\n" in unquote(link[1])
    assert "SUMMARY:Titel\r\n" in unquote(link[1])
    assert "text/calendar" not in paper
    assert '<h2 class="title">Termin</h2>' in paper
    assert "3.\u00a0Dezember\u00a02026" in paper


def test_a_region_has_a_day_of_its_own(workspace: Workspace) -> None:
    workspace.regions("id,name,day\ngiessen,Gießen,2026-12-03\nmarburg,Marburg,\n")
    workspace.leaflet(HEAD + "slots: {day: 2026-12-10}\nevent: {date: '{{ region.day }}', "
                      "place: 'Rathaus {{ region.name }}'}\n" + PASSAGE)  # fmt: skip
    workspace.variant("marburg", "event: {time: '19:00', place: Haus}\n")
    events = [workspace.load(region).leaflet.event for region in ("giessen", "marburg")]
    assert [(e.date, e.time, e.place) for e in events if e] == [
        ("2026-12-03", None, "Rathaus Gießen"), ("2026-12-10", "19:00", "Haus")
    ]  # fmt: skip
