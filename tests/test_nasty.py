"""Whatever is written: a leaflet or diagnostics, never a traceback, and no letter lost."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.conftest import HEAD, PASSAGE, Workspace, examples
from tests.readers import chars

STRINGS = [
    "", " ", "\u200b\u200b", "-", "- ", "---", "...", "#", "# x", "*", "**", "_", "\\", "\\\\",
    "`x`", "~~x~~", "null", "NaN", "1e400", "0x0", "<script>alert(1)</script>", "<!-- x -->",
    "&lt;&amp;", "{{ 7*7 }}", "{% raw %}", "${x}", "%s%n", "' OR 1=1 --", "$(touch x)",
    "../../etc/passwd", "C:\\x", "Ω≈ç√∫˜µ≤≥÷", "Ѐ¡¢£¤¥¦§", "田中さん", "مرحبا", "👾 🙇",
    "Z̤͔ͧ̑̓a̷l̿͌g̈o", "‮test‬", "\ufeffx", "x" * 3000, "a-" * 500, "W" * 100 + "-" + "W" * 100,
    "[x](y)", "[x](javascript:alert(1))", "![x](y)", "[" * 200, "*" * 200 + "x",
    "- " * 100 + "x", "> x", "1. x\n2. y", "\t", "a\x00b", "a\x1bb", "\u2028", "ﬁ ﬂ", "Å Å",
    "½ ⅓ CO₂ m²", "test\u00adtest", "„“”»«‚‘’", "https://example.org/" + "x" * 500, "@x", "!x",
    "%x", "|", ">", "?", ": x", "x: y",
]  # fmt: skip
REASONS = {
    "empty",
    "no-glyph",
    "control-character",
    "link",
    "too-deep",
    "not-utf8",
    "tab",
    "slot",
    "slot-here",
}


def as_block(text: str, indent: int) -> str:
    return "|\n" + "\n".join(" " * indent + line for line in text.split("\n"))


@pytest.mark.parametrize("text", STRINGS, ids=range(len(STRINGS)))
@pytest.mark.parametrize("field", ["title", "commentary", "quote"])
def test_each_string_is_printed_or_refused_with_a_reason(
    workspace: Workspace, text: str, field: str
) -> None:
    quote = PASSAGE.replace("commentary:", "quote:\n      lines: 1")
    leaflet = {
        "title": HEAD.replace("Titel", as_block(text, 4)) + PASSAGE,
        "commentary": HEAD + PASSAGE.replace("Text", as_block(text, 8)),
        "quote": HEAD + quote.replace("Text", as_block(text, 8)),
    }[field]
    workspace.leaflet(leaflet.encode("utf-8", "surrogatepass"))
    result, diagnostics = workspace.attempt(workspace.typeset)
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if result is None:
        assert errors
        assert all(diagnostic.hint for diagnostic in errors)
        assert {diagnostic.code for diagnostic in errors} <= REASONS
    else:
        assert len(list(chars(result.pdf))) > len("".join(text.split())) / 4


@examples(300, HealthCheck.function_scoped_fixture)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
        st.text(alphabet=" \n\t:-'\"[]{}#&*!|>%@`?,ab1", max_size=80).map(
            lambda t: (HEAD + PASSAGE + t).encode()
        ),
        st.text(alphabet=" \n\t:-'\"[]{}#&*!|>%@`?,ab1", max_size=80).map(
            lambda t: (HEAD + PASSAGE.replace("Text", t)).encode()
        ),
    )
)
def test_any_file_gives_a_leaflet_or_diagnostics(workspace: Workspace, data: bytes) -> None:
    workspace.leaflet(data)
    manuscript, diagnostics = workspace.attempt(workspace.load)
    lines = data.count(b"\n") + data.count(b"\r") + 2
    assert all(1 <= diagnostic.location.line <= lines for diagnostic in diagnostics)
    if manuscript is None:
        assert any(diagnostic.is_error for diagnostic in diagnostics)
    else:
        assert manuscript.leaflet.passages
