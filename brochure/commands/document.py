"""What was read of a source, for people and machines."""

from typing import Any

import click

from brochure.report import harmless

_SHOWN = 3  # lines at the beginning and end


def report(file: str, opened: Any) -> dict[str, Any]:
    """What was read of a source, as JSON data."""
    document = opened.document
    if document is None:
        return {"file": file, "sha256": opened.digest, "readable": False}
    numbering = document.numbering
    lines = [line for line in document.lines if line.text and line.number is not None]
    aside = sum(line.aside for line in document.lines)
    return {
        "file": file,
        "sha256": opened.digest,
        "readable": True,
        "kind": document.kind,
        "pages": list(document.pages),
        "pages_printed": document.counted,
        "lines": len(document.lines) - aside,
        "aside": aside,
        "numbering": numbering.mode,
        "restarts": numbering.restarts,
        "step": numbering.step,
        "printed": numbering.printed,
        "first": min((line.number or 0 for line in lines), default=None),
        "last": max((line.number or 0 for line in lines), default=None),
        "gaps": list(document.gaps),
        "unread_pages": [document.page_name(index) for index in document.blank],
        "sample": [
            {"page": document.page_name(row.page) or None, "line": row.number, "text": row.text}
            for row in [*lines[:_SHOWN], *lines[max(_SHOWN, len(lines) - _SHOWN) :]]
        ],
    }


def shown(data: dict[str, Any]) -> str:
    """The same in words, with the first and last lines to compare with the document."""
    rows = [("SHA-256", data["sha256"])]
    if data["readable"]:
        pages = data["pages"]
        if pages:
            printed = "as printed on them" if data["pages_printed"] else "counted from the first"
            count = f"{len(pages)} page" + "s" * (len(pages) > 1)
            extent = f"{pages[0]}–{pages[-1]}" if len(pages) > 1 else pages[0]
            rows.append(("pages", f"{count}, numbered {extent}, {printed}"))
        rows.append(("lines", f"{data['lines']}, {_numbered(data)}"))
        if data["aside"]:
            rows.append(("aside", f"{data['aside']} lines: running heads, page numbers and such"))
        rows.append(("gaps", ", ".join(data["gaps"]) or "none"))
        if data["unread_pages"]:
            rows.append(("not read", f"pages {', '.join(data['unread_pages'])}: pictures"))
        rows.append(("sample", ""))
    text = [click.style(harmless(data["file"]), bold=True)]
    text += [f"  {key:9} {harmless(value)}".rstrip() for key, value in rows]
    for line in data.get("sample", []):
        number = (
            harmless(f"{line['page']}:{line['line']}") if data["restarts"] else str(line["line"])
        )
        text.append(f"    {number:>8}  {harmless(line['text'])}")
    return "\n".join(text)


def _numbered(data: dict[str, Any]) -> str:
    extent = f"{data['first']}–{data['last']}"
    anew = ", anew on each page" if data["restarts"] else ""
    if data["numbering"] == "margin":
        every = "" if data["step"] == 1 else f" at every {data['step']}th line"
        return f"numbers {extent} printed in the margin{every}{anew} ({data['printed']} of them)"
    what = "paragraphs counted" if data["kind"] == "html" else "counted"
    return f"{what} {extent}{anew}; no numbers in the margin"


def available(document: Any) -> str:
    """Which pages and lines there are."""
    numbers = [line.number for line in document.lines if line.number is not None]
    lines = f"lines {min(numbers)}–{max(numbers)}" if numbers else "no numbered lines"
    if len(document.pages) > 1:
        anew = " on each page; name it with --page" if document.numbering.restarts else ""
        return f"pages {document.pages[0]}–{document.pages[-1]} and {lines}{anew}"
    return lines
