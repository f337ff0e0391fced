"""What spreadsheets put into cells although nobody wrote it: error values, broken letters."""

import re

from brochure.diagnostics import Diagnostic, Location, error, shortened
from brochure.manuscript.text.mojibake import first_difference, repaired
from brochure.messages import Message, say

# Values of Excel, LibreOffice and Google Sheets in German, English, French, Italian and Spanish.
_ERROR_VALUE = re.compile(
    r"(?:err|error|fehler):\d{3}|#(?:NULL!|DIV/0!|WERT!|BEZUG!|NAME\?|ZAHL!|NV|ÜBERLAUF!|KALK!"
    r"|BLOCKIERT!|UNBEKANNT!|FELD!|VERBINDEN!|BESCHÄFTIGT!|EXTERN!|DATEN_ABRUFEN|FEHLER!|VALUE!"
    r"|REF!|NUM!|N/A|SPILL!|CALC!|BLOCKED!|UNKNOWN!|FIELD!|CONNECT!|BUSY!|EXTERNAL!|PYTHON!"
    r"|TIMEOUT!|GETTING_DATA|ERROR!|NUL!|VALEUR!|NOM\?|NOMBRE!|N/D|EPARS!|ÉPARS!|CALCUL!"
    r"|PROPAGATION!|VALORE!|RIF!|NOME\?|NULLO!|ESPANSIONE!|CALCOLO!|¡NULO!|¡DIV/0!|¡VALOR!|¡REF!"
    r"|¿NOMBRE\?|¡NUM!|¡DESBORDAMIENTO!|¡CALC!)",
    re.IGNORECASE,
)
# Such a value inside of a text, where a program has put texts together.
_INSIDE = re.compile(
    r"(?<!\S)#(?:NULL!|DIV/0!|WERT!|VALUE!|BEZUG!|REF!|NAME\?|ZAHL!|NUM!|NV|N/A)(?=[\s,.;:)]|\Z)"
)
_NARROW = re.compile(r"#{3,}")  # a number that is wider than its column
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d+")  # a number with more than eleven digits
_FORMULA = re.compile(r"=[A-ZÄÖÜ][A-ZÄÖÜ0-9.]+\(.*", re.DOTALL)

_AGAIN = say("Write it again, and save the table as “CSV UTF-8”.")
_LONG = 10_000  # characters of a cell that are looked at: more than any text for a region has
_LETTER = r"[^\W\d_]"
_ADDRESS = re.compile(r"[/=&@]|www\.", re.IGNORECASE)
# A question mark in place of a letter, within a word or before it.
_QUESTION = re.compile(rf"(?<={_LETTER})\?(?=[^\W\d_A-ZÀ-Þ])|(?:(?<=\s)|(?<=\A))\?(?={_LETTER})")


def is_error_value(text: str) -> bool:
    """Whether a text is what a formula has as its result when it fails."""
    return _ERROR_VALUE.fullmatch(text) is not None


def cell_diagnostic(text: str, location: Location) -> Diagnostic | None:
    """What is wrong with the text of a cell, if it is an error value, or broken letters are in it.

    `text` has no blanks around it.
    """
    if message := _error_value(text):
        hint = say(
            "Correct the formula in the spreadsheet, or write the text itself; then save the "
            "table as “CSV UTF-8” again."
        )
        return error("cell-error", message, location, hint)
    if _NARROW.fullmatch(text):
        message = say(
            "`{value}` is what a spreadsheet shows for a number in a narrow column.",
            value=shortened(text),
        )
        hint = say("Make the column wider, or format it as text, and write the number again.")
        return error("cell-error", message, location, hint)
    if _ROUNDED.fullmatch(text):
        message = say(
            "`{value}` is a number that a spreadsheet has shortened; its last digits are lost.",
            value=shortened(text),
        )
        return error("cell-error", message, location, say("{keep} Then type it again.", keep=KEEP))
    return _broken_letters(text, location)


#: How to keep what looks like a number: the noughts before it, and all of its digits.
KEEP = say(
    "In Excel or LibreOffice, format the column as text first; and open the file so that it stays "
    "text (Excel: Data → From Text/CSV; LibreOffice asks for the type of each column)."
)


def _error_value(text: str) -> Message | None:
    if value := _ERROR_VALUE.fullmatch(text) or _INSIDE.search(text):
        return say("`{value}` is an error of a spreadsheet, not text.", value=value[0])
    if _FORMULA.fullmatch(text):
        return say("`{value}` is a formula, not its result.", value=shortened(text))
    return None


def _broken_letters(text: str, location: Location) -> Diagnostic | None:
    text = text[:_LONG]
    if text.isascii() and "?" not in text:
        return None
    if "\ufffd" in text:
        word = _word_around(text, text.index("\ufffd"))
        message = say("A letter is lost in `{word}`.", word=shortened(word))
        return error("broken-letters", message, location, _AGAIN)
    right = repaired(text)
    if right != text:
        wrong_word, right_word = first_difference(text, right)
        message = say(
            "`{word}` was read in the wrong encoding when it was saved.", word=shortened(wrong_word)
        )
        hint = say(
            "Should it be `{word}`? Open the original again as UTF-8 (Excel: Data → From Text/CSV, "
            "65001), or correct all such words; then save the table as “CSV UTF-8”.",
            word=shortened(right_word),
        )
        return error("broken-letters", message, location, hint)
    for mark in _QUESTION.finditer(text):
        word = _word_around(text, mark.start())
        if not _ADDRESS.search(word):
            message = say("There is a question mark within `{word}`.", word=shortened(word))
            hint = say(
                "Programs write one for a letter that they cannot save. {again} If a question ends "
                "there, a space belongs behind it.",
                again=_AGAIN,
            )
            return error("broken-letters", message, location, hint)
    return None


def _word_around(text: str, at: int) -> str:
    """The word at a place, without blanks."""
    start = max(text.rfind(blank, 0, at) for blank in " \t\n\xa0") + 1
    words = text[start:].split()
    return words[0] if words else text[at]
