"""What a template must say so that everyone can read the PDF (ISO 14289-1, 7.1 to 7.3)."""

from collections.abc import Iterator

from brochure.diagnostics import Diagnostic, Place, error
from brochure.press.scan import Scan


def check_access(scan: Scan, template: Place) -> Iterator[Diagnostic]:
    """Complain where the HTML has no language, no title, or a picture without words."""
    if not scan.language:
        yield _missing("a language", template, 'Begin with `<html lang="{{ leaflet.language }}">`.')
    if not scan.title.strip():
        yield _missing(
            "a title", template, "Write `<title>{{ leaflet.title | plain }}</title>` into its head."
        )
    for source in scan.wordless:
        yield _missing(
            f"a description of the picture `{source[:80]}`",
            template,
            'Add `alt="…"` to its <img>.',
            "alt",
        )


def _missing(what: str, template: Place, hint: str, code: str = "not-accessible") -> Diagnostic:
    return error(
        code,
        f"The template does not give {what}, so a screen reader cannot tell.",
        template,
        hint,
    )
