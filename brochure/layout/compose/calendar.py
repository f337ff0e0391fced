"""An event as an entry for calendars (iCalendar, RFC 5545), for the web page to link to."""

from datetime import date, timedelta
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from brochure import __version__

_OCTETS = 75  # of a line, without its end (RFC 5545, 3.1)


def calendar_link(
    *, leaflet: str, written: str | None, day: str, time: str | None,
    summary: str, place: str, description: str,
) -> str:  # fmt: skip
    """A ``data:`` address (RFC 2397) of a file with one event in it.

    `day` is ``2026-12-03``, `time` ``19:00`` or ``19:00–21:00``, `written` the date of the leaflet,
    if it has one; texts are plain. Times are those of the place, in no zone (RFC 5545, 3.3.5, form
    1). The same event gives the same bytes, and has the same UID: `leaflet` names the leaflet it is
    in, so that whoever adds it twice has it once.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//brochure//brochure {__version__}//EN",
        "BEGIN:VEVENT",
        f"UID:{uuid5(NAMESPACE_URL, f'{leaflet} {day} {summary}')}",
        f"DTSTAMP:{_stamp(written or day)}T000000Z",
        *_times(day, time),
        f"SUMMARY:{_escaped(summary)}",
    ]
    if place:
        lines.append(f"LOCATION:{_escaped(place)}")
    if description:
        lines.append(f"DESCRIPTION:{_escaped(description)}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    text = "".join(f"{_folded(line)}\r\n" for line in lines)
    return f"data:text/calendar;charset=utf-8,{quote(text, safe='')}"


def _stamp(written: str) -> str:
    """A date of which the month or the day may be missing, as the first of them."""
    year, month, day = (*written.split("-"), "01", "01")[:3]
    return f"{year}{month}{day}"


def _times(day: str, time: str | None) -> list[str]:
    """Beginning and end; what ends before it begins, ends on the next day."""
    begins = _stamp(day)
    if time is None:
        return [f"DTSTART;VALUE=DATE:{begins}"]
    start, _, end = time.partition("–")
    lines = [f"DTSTART:{begins}T{start.replace(':', '')}00"]
    if end:
        later = date.fromisoformat(day) + timedelta(days=int(end <= start))
        lines.append(f"DTEND:{_stamp(later.isoformat())}T{end.replace(':', '')}00")
    return lines


def _escaped(text: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """A line in several, of which no letter is divided (RFC 5545, 3.1)."""
    parts = [""]
    for letter in line:
        if len((parts[-1] + letter).encode()) > _OCTETS:
            parts.append(" ")
        parts[-1] += letter
    return "\r\n".join(parts)
