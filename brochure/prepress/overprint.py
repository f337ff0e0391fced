"""Overprint of black text, in a finished PDF in CMYK.

Small black type that is cut out of a coloured ground shows white edges where the inks are not
printed exactly upon each other; so black is printed over what is there. That is asked for by the
graphics state (ISO 32000-1, 8.6.7): `op`, and `OPM 1`, by which inks of which a colour has none
leave the ground as it is. It must hold for pure black alone: white type would vanish with it.
"""

from collections.abc import Iterable

import pikepdf

_OVERPRINT, _KNOCKOUT = "/OverprintBlack", "/Knockout"
_BLACK = (0.0, 0.0, 0.0, 1.0)
# Operators that set the colour for filling to something else than a colour in DeviceCMYK.
_OTHER_FILLS = ("g", "rg", "cs", "sc", "scn")
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def overprint_black_text(pdf: pikepdf.Pdf) -> None:
    """Print text in pure black over its ground, on all pages and in their forms."""
    overprint = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, op=True, OP=True, OPM=1)
    )
    knockout = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, op=False, OP=False, OPM=0)
    )
    forms = [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
    ]
    for holder in (*pdf.pages, *forms):
        content, found = _with_overprint(pikepdf.parse_content_stream(holder))
        if not found:
            continue
        data = pikepdf.unparse_content_stream(content)
        if isinstance(holder, pikepdf.Page):
            holder.Contents = pdf.make_stream(data)
        else:
            holder.write(data)
        resources = holder.Resources
        if "/ExtGState" not in resources:
            resources.ExtGState = pikepdf.Dictionary()
        resources.ExtGState[_OVERPRINT] = overprint
        resources.ExtGState[_KNOCKOUT] = knockout


def _with_overprint(instructions: Iterable[_Instruction]) -> tuple[list[_Instruction], bool]:
    """Instructions in which black text is printed over its ground; and whether there is any.

    The state is set where text begins, or turns black amid it, and set back where it ends or turns
    to another colour: so it is off wherever anything else is painted.
    """
    result: list[_Instruction] = []
    black, saved = False, list[bool]()
    in_text = on = found = False
    for instruction in instructions:
        name = str(instruction.operator)
        if name == "q":
            saved.append(black)
        elif name == "Q":
            black = saved.pop() if saved else False
        elif name == "k":
            black = tuple(float(value) for value in instruction.operands) == _BLACK
        elif name in _OTHER_FILLS:
            black = False
        elif name in ("BT", "ET"):
            in_text = name == "BT"
        result.append(instruction)
        if on != (in_text and black):
            on = not on
            found = True
            state = pikepdf.Name(_OVERPRINT if on else _KNOCKOUT)
            result.append(pikepdf.ContentStreamInstruction([state], pikepdf.Operator("gs")))
    return result, found
