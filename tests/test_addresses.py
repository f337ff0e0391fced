"""Addresses, lists of recipients, and who wants no mail."""

import pytest
from pydantic import ValidationError

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.mail import address
from brochure.mail.letter.model import Server
from brochure.mail.recipients import Recipients, read_recipients
from brochure.mail.suppression import read_suppression
from brochure.manuscript.variants.regions import parse_regions
from tests.conftest import Workspace

HERE = Location("f", 1, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("poststelle@giessen.de", " Poststelle@GIESSEN.de ", True),
        ("mailto:a@giessen.de", "a@giessen.de", True),
        ("a@büro.de", "a@xn--bro-hoa.de", True),
        ("a@bu\u0308ro.de", "a@büro.de", True),
        ("a.b@giessen.de", "ab@giessen.de", False),
        ("a+1@giessen.de", "a@giessen.de", False),
    ],
)
def test_the_same_mailbox(one: str, other: str, same: bool) -> None:
    first, second = address.parse_address(one, HERE), address.parse_address(other, HERE)
    assert (first.key == second.key) is same
    assert first.domain.isascii()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a@b.de; c@d.de", "more than one address"),
        ("a@b.de, c@d.de", "more than one address"),
        ("a@b.de c@d.de", "more than one address"),
        ("a@b.de\nc@d.de", "more than one address"),
        ("a@b.de\nBcc: x@y.de", "more than one address"),
        ("a@b.de\r\n", None),  # spaces around it are nothing
        ("a@b.de\x00", "control character"),
        ("Rathaus <a@b.de>", "address with a name"),
        ("a@", "not a valid email address"),
        ("rathaus", "not a valid email address"),
        ("a@localhost", "not a valid email address"),
        ("a@b..de", "not a valid email address"),
        ("a@b@c.de", "more than one"),
        ("", "not a valid email address"),
        ("a" * 65 + "@b.de", "not a valid email address"),
        ("a@" + "b" * 64 + ".de", "not a valid email address"),
    ],
)
def test_what_is_no_address(text: str, message: str | None) -> None:
    try:
        found = address.parse_address(text, HERE)
    except DiagnosticsError as failed:
        (diagnostic,) = failed.diagnostics
        assert message is not None
        assert message in diagnostic.message
        assert diagnostic.hint
        assert diagnostic.location == HERE
    else:
        assert message is None
        assert found.spec == "a@b.de"


def test_senders_may_have_a_name() -> None:
    named = address.parse_sender('"Initiative „Ökodorf“, e. V." <flyer@example.org>', HERE)
    assert (named.name, named.spec) == ("Initiative „Ökodorf“, e. V.", "flyer@example.org")
    assert address.parse_sender("flyer@example.org", HERE).name == ""
    for wrong in ("Initiative <flyer@example.org>\nBcc: a@b.de", "A\nB <a@b.de>", "<>", "A <a@b"):
        with pytest.raises(DiagnosticsError):
            address.parse_sender(wrong, HERE)


REGIONS = "id,name,ags\nkb,Bergstraße,06431\nks,Kassel Stadt,06611000\nlk,Landkreis Kassel,06633\n"


def listed(workspace: Workspace, table: str | bytes, regions: str = REGIONS) -> Recipients:
    workspace.write("content/probe/recipients.csv", table)
    return read_recipients(workspace.project, "probe", parse_regions(regions, "r.csv"))


def codes(diagnostics: tuple[Diagnostic, ...]) -> list[tuple[int, int, str]]:
    return [(c.location.line, c.location.column, c.code) for c in diagnostics]


@pytest.mark.parametrize(
    ("cell", "variant"),
    [
        ("kb", "kb"),
        ("06431", "kb"),
        ("06431002", "kb"),  # Bensheim, a town in it
        ("06 431 002", "kb"),
        ("06611000", "ks"),
        ("06611", "ks"),
        ("06633", "lk"),
        ("base", None),
    ],
)
@pytest.mark.parametrize("column", ["variant", "ags"])
def test_the_variant_of_an_office(
    workspace: Workspace, cell: str, variant: str | None, column: str
) -> None:
    found = listed(workspace, f"email,{column}\na@b.de,{cell}\n")
    assert found.diagnostics == ()
    assert [row.variant for row in found.rows] == [variant]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("6431002", "write 06431002"),
        ("6431", "write 06431"),
        ("6431 0001 002", "write 064310001002"),
        ("hessen", "Choose from: kb, ks, lk, base."),
        ("kbb", "Did you mean `kb`"),
        ("bas", "Choose from: kb, ks, lk, base."),
        ("06432002", "no row for 06432002, and none for its district, 06432"),
        ("064320001002", "no row for 06432002"),
        ("07431002", "An official key has 8 digits"),  # Rheinland-Pfalz has no county 4
        ("064310", "An official key has 8 digits"),
        ("Kassel", "Choose from"),
    ],
)
def test_variants_that_there_are_not(workspace: Workspace, cell: str, hint: str) -> None:
    found = listed(workspace, f"email,variant\na@b.de,{cell}\n")
    assert codes(found.diagnostics) == [(2, 8, "unknown-variant")]
    assert hint in found.diagnostics[0].hint
    assert found.diagnostics[0].hint.endswith("(In a spreadsheet: cell B2.)")
    assert found.rows == ()


@pytest.mark.parametrize("cell", ["3", "6431002"])
def test_where_no_region_has_a_key_a_number_is_none(workspace: Workspace, cell: str) -> None:
    found = listed(workspace, f"email,variant\na@b.de,{cell}\n", "id,name\n1,Eins\n2,Zwei\n")
    assert found.diagnostics[0].hint.startswith("Choose from: 1, 2, base.")
    state = listed(workspace, "email,variant\na@b.de,02\n", "id,name\n1,Eins\n2,Zwei\n")
    assert state.rows == (), "counted ids are no states"


def test_a_key_without_its_nought_is_told_where_it_stands(workspace: Workspace) -> None:
    """And never taken for one that looks like it, but is that of another place."""
    regions = "id,name,ags\n6431000,Bergstraße,6431000\nmr,Marburg-Biedenkopf,06534000\n"
    found = listed(
        workspace,
        "email,ags\na@b.de,06431005\nb@b.de,065340014014\nc@b.de,06411000\nd@b.de,6431000\n",
        regions,
    )
    assert [(str(d.location), d.code, d.severity) for d in found.diagnostics] == [
        ("r.csv:2:20", "lost-nought", "warning"),
        ("content/probe/recipients.csv:4:8", "unknown-variant", "error"),
    ]
    assert "Write 06431000. In Excel or LibreOffice, format" in found.diagnostics[0].hint
    assert "cell C2" in found.diagnostics[0].hint
    assert "Did you mean" not in found.diagnostics[1].hint
    assert "6431000" not in found.diagnostics[1].hint
    assert [(row.address.spec, row.variant) for row in found.rows] == [
        ("a@b.de", "6431000"), ("b@b.de", "mr"), ("d@b.de", "6431000")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("065340000000", "06534"),
        ("06 5 34", "06534014"),
        ("06534014", "06 5 34 0014 014"),
        ("065340014014", "06534014"),
        ("06534", "065340014"),  # an association of municipalities
        ("06", "06000000"),
        ("02", "02000"),
        ("064", "06400000"),
        ("11000000", "11"),
    ],
)
def test_keys_of_all_lengths(workspace: Workspace, there: str, here: str) -> None:
    regions = f"id,name,ags\nx,X,{there}\nb,Bremen,04011000\n"
    found = listed(workspace, f"email,ags\na@b.de,{here}\n", regions)
    assert found.diagnostics == ()
    assert [row.variant for row in found.rows] == ["x"]


@pytest.mark.parametrize("key", ["06", "064", "07", "0653"])
def test_no_office_gets_the_variant_of_more_than_its_district(
    workspace: Workspace, key: str
) -> None:
    regions = f"id,name,ags\nx,X,{key}\nb,Bremen,04011000\n"
    found = listed(workspace, "email,ags\na@b.de,06534014\n", regions)
    assert found.diagnostics[-1].code == "unknown-variant"
    assert found.rows == ()


def test_of_two_regions_with_one_key_the_id_decides(workspace: Workspace) -> None:
    regions = "id,name,ags\nlang,Lang,06534\nkurz,Kurz,06534000\n"
    found = listed(workspace, "email,variant,ags\na@b.de,,06534014\nb@b.de,kurz,06534\n", regions)
    assert codes(found.diagnostics) == [(2, 9, "variant")]
    assert "Several regions have the official key `06534014`: lang, kurz" in str(
        found.diagnostics[0].message
    )
    assert [row.variant for row in found.rows] == ["kurz"]


def test_cells_that_are_no_text_are_refused_once_each(workspace: Workspace) -> None:
    found = listed(
        workspace,
        "office;salutation;email;variant\n"
        "Amt A;#NV;a@b.de;kb\n"
        "Amt B;Sehr geehrte Frau MÃ¼ller;b@b.de;kb\n"
        "#BEZUG!;;c@b.de;kb\n"
        "Amt D;;#NAME?;kb\n"
        "Amt E;;e@b.de;#N/A\n"
        "Amt F;;f@b.de;kb\n",
    )
    assert codes(found.diagnostics) == [
        (2, 7, "cell-error"),
        (3, 7, "broken-letters"),
        (4, 1, "cell-error"),
        (5, 8, "cell-error"),
        (6, 15, "cell-error"),
    ]
    assert "Should it be `Müller`?" in found.diagnostics[1].hint
    assert "cell B3" in found.diagnostics[1].hint
    assert [row.address.spec for row in found.rows] == ["f@b.de"]


def test_a_list_as_excel_writes_it(workspace: Workspace) -> None:
    table = '\ufeffsep=;\r\nemail;office;variant\r\na@b.de;"Amt; ""Süd""\r\n2. Stock";kb\r\n;;\r\n'
    found = listed(workspace, table.encode())
    assert found.diagnostics == ()
    (row,) = found.rows
    assert (row.display_name, row.location.line) == ('Amt; "Süd" 2. Stock', 3)
    assert row.address.name == row.display_name


def test_everything_wrong_with_a_list_at_once(workspace: Workspace) -> None:
    found = listed(
        workspace,
        "email,variant,ags,salutaton\n"
        "a@b.de,kb,,\n"
        "A@B.de,lk,,\n"  # the same
        "c@d.de,,,\n"  # which variant?
        "e@f.de,kb,06633,\n"  # two of them
        "g@h.de;i@j.de,kb,,\n"
        ",kb,,\n"
        "k@l.de,kb\n",
    )
    assert sorted(codes(found.diagnostics)) == [
        (1, 19, "unknown-column"),
        (3, 1, "duplicate-address"),
        (4, 8, "variant"),
        (5, 8, "variant"),
        (6, 1, "address"),
        (7, 1, "empty"),
        (8, 8, "row-length"),
    ]
    assert [row.address.spec for row in found.rows] == ["a@b.de"]


def test_a_list_must_say_the_variant_only_where_there_are_some(workspace: Workspace) -> None:
    assert codes(listed(workspace, "email\na@b.de\n").diagnostics) == [(1, 1, "no-column")]
    assert listed(workspace, "email\na@b.de\n", "id,name\n").diagnostics == ()
    assert codes(listed(workspace, "email,variant\n").diagnostics) == [(1, 1, "empty")]
    with pytest.raises(DiagnosticsError, match="no column `email`"):
        listed(workspace, "e_mail,variant\na@b.de,kb\n")


def test_who_wants_no_mail(workspace: Workspace) -> None:
    workspace.write(
        "content/suppressed.txt",
        "# Widersprüche\n\nPoststelle@Giessen.de  # Anruf am 3.5.\n@büro.de\n",
    )
    suppression = read_suppression(workspace.project)

    def line(text: str) -> int | None:
        location = suppression.location_of(address.parse_address(text, HERE))
        return location.line if location else None

    assert line("poststelle@giessen.de") == 3
    assert line("anna@xn--bro-hoa.de") == 4
    assert line("anna@giessen.de") is None
    assert line("anna@sub.büro.de") is None


def test_a_line_that_suppresses_nobody_is_an_error(workspace: Workspace) -> None:
    workspace.write("content/suppressed.txt", "a@b.de\n  rathaus\n@\n")
    with pytest.raises(DiagnosticsError) as failed:
        read_suppression(workspace.project)
    assert codes(failed.value.diagnostics) == [(2, 3, "address"), (3, 1, "address")]


def test_what_a_spreadsheet_left_suppresses_nobody(workspace: Workspace) -> None:
    """#NV begins like a comment, and a domain in disguise is another one."""
    workspace.write(
        "content/suppressed.txt",
        "##########\n#NV\n  #BEZUG!\na@mÃ¼nchen.de  # Frau MÃ¼ller\n# MÃ¼ller\n#Nochwas!\nb@c.de\n",
    )
    with pytest.raises(DiagnosticsError) as failed:
        read_suppression(workspace.project)
    assert codes(failed.value.diagnostics) == [
        (2, 1, "cell-error"), (3, 3, "cell-error"), (4, 1, "broken-letters")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, ";" * 200_000, " ," * 100_000 + "@", "@" * 100_000]
)
def test_no_address_is_that_long(text: str) -> None:
    """Patterns would take the square of its length: hours, for a cell of some megabytes."""
    for read in (address.parse_address, address.parse_sender):
        with pytest.raises(DiagnosticsError, match="too long for an email address"):
            read(text, Location("x"))


@pytest.mark.parametrize(
    "host",
    ["a" * 64 + ".de", "a" * 300, "a..b", "a.", ".a", "a.-b", "b-.de", "x\0", "bücher.de", "::1"],
)
def test_what_is_no_name_of_a_server(host: str) -> None:
    with pytest.raises(ValidationError, match="not a valid server name"):
        Server(host=host)


@pytest.mark.parametrize("host", ["smtp.example.org", "localhost", "127.0.0.1", "xn--bcher-kva.de"])
def test_what_is_a_name_of_a_server(host: str) -> None:
    assert Server(host=host).host == host
