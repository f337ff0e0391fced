"""PDFs read back by other programs: structure, facts, words with their places."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium


def structure(pdf: bytes) -> list[tuple[int, str, str]]:
    """The structure tree, depth first: (depth, role, text directly in it)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        texts = [marked_texts(page) for page in document.pages]
        pages = {page.objgen: number for number, page in enumerate(document.pages)}
        found: list[tuple[int, str, str]] = []

        def walk(element: Any, depth: int) -> None:
            row = len(found)
            found.append((depth, str(element.S), ""))
            page = pages.get(element.Pg.objgen) if "/Pg" in element else None
            text = ""
            for kid in element.get("/K", []):
                if isinstance(kid, int):
                    assert page is not None
                    text += texts[page].get(kid, "")
                elif kid.get("/Type") == "/MCR":
                    text += texts[pages[kid.Pg.objgen]].get(int(kid.MCID), "")
                elif kid.get("/Type") == "/OBJR":
                    continue
                else:
                    text += f"\0{len(found)}\0"
                    walk(kid, depth + 1)
            found[row] = (depth, str(element.S), text)

        walk(document.Root.StructTreeRoot.K[0], 0)
        return found


def structure_texts(pdf: bytes) -> list[str]:
    """The text of each heading and paragraph, in the order in which it is read aloud.

    Links stand in their paragraph. Lines follow each other without a space, as they stand in
    the PDF; see `squeezed`.
    """
    rows = structure(pdf)

    def whole(row: int) -> str:
        return re.sub(r"\0(\d+)\0", lambda found: whole(int(found[1])), rows[row][2])

    return [
        whole(row)
        for row, (_, role, _) in enumerate(rows)
        if role in ("/P", "/H1", "/H2", "/H3", "/LBody")
    ]


def squeezed(text: str) -> str:
    """A text without white space and hyphens, of which the ends of lines have their own."""
    return re.sub(r"[\s\u00ad\u2060-]", "", text)


def as_shown(pdf: bytes) -> bytes:
    """A PDF without what readers are told in place of what is shown (ActualText): divided words
    have their hyphens.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            instructions = list(pikepdf.parse_content_stream(page))
            for instruction in instructions:
                if str(instruction.operator) == "BDC" and "/ActualText" in instruction.operands[1]:
                    del instruction.operands[1]["/ActualText"]
            page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
        output = io.BytesIO()
        document.save(output)
    return output.getvalue()


def marked_texts(page: Any) -> dict[int, str]:
    """The text of each marked content of a page, by its number."""
    maps = {name: _unicode_map(font) for name, font in page.Resources.Font.items()}
    texts: dict[int, str] = {}
    current: list[int | None] = []
    font: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        match str(operator):
            case "BDC":
                properties: Any = operands[1] if hasattr(operands[1], "get") else {}
                number = properties.get("/MCID")
                told = properties.get("/ActualText")
                current.append(int(number) if number is not None and told is None else None)
                if number is not None and told is not None:
                    texts[int(number)] = str(told).strip()
            case "BMC":
                current.append(None)
            case "EMC":
                current.pop()
            case "Tf":
                font = maps[str(operands[0])]
            case "TJ" | "Tj":
                parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                text = "".join(
                    font[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2)
                )
                if current and current[-1] is not None:
                    texts[current[-1]] = texts.get(current[-1], "") + text
    return texts


def _unicode_map(font: Any) -> dict[int, str]:
    """The ToUnicode map of a font (ISO 32000-1, 9.10.3)."""
    data = font.ToUnicode.read_bytes().decode()
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", data, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    return found


@dataclass(frozen=True)
class Char:
    """A letter on a page: points from the left and from the top."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def chars(pdf: bytes) -> Iterator[Char]:
    """Every visible letter with its box, as PDFium sees it, in the order of the content."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document):
            height = page.get_height()
            text_page = page.get_textpage()
            for index in range(text_page.count_chars()):
                code = pdfium.FPDFText_GetUnicode(text_page, index)
                code = ord("-") if code == 2 else code  # a hyphen at the end of a line
                if pdfium.FPDFText_IsGenerated(text_page, index) == 1 or chr(code).isspace():
                    continue
                left, bottom, right, top = text_page.get_charbox(index)
                yield Char(chr(code), number, left, height - top, right, height - bottom)
            text_page.close()
            page.close()
    finally:
        document.close()
