"""Numbers as lists show them."""

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LETTERS = 9  # of the same, one after the other; no list is that long


def numeral(count: int, style: str) -> str:
    """A number in a style by its name in Word (ECMA-376, Part 1, 17.18.59); in those that are not
    known here, and where a style has no sign for it, in digits.
    """
    match style:
        case "none" | "bullet":
            return ""
        case "lowerLetter" | "upperLetter" if count > 0:
            letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, _LETTERS)
            return letter if style == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            roman = ""
            for size, sign in _ROMAN:
                roman += sign * (count // size)
                count %= size
            return roman.lower() if style == "lowerRoman" else roman
        case "decimalZero":
            return f"{count:02}"
    return str(count)
