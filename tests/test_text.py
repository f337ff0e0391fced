"""What verbatim means: tokens, divided words, alternatives; and how quotes are interpreted."""

import pytest

from brochure.manuscript.text import markdown
from brochure.sources.document import QuoteReference
from brochure.sources.finding import Finding, LimitingWords, Verdict
from brochure.sources.reading.plaintext import parse_text
from brochure.sources.searchable import SearchableSource

WORDS = LimitingWords(("soweit", "jedoch", "nur"), ("nicht", "kein"))


def verify(source: str, quote: str, lines: str | None = None, page: str | None = None) -> Finding:
    """The finding for a quote in a source of some lines."""
    document = parse_text(source, "page" if page else "count")
    return SearchableSource(document).verify(
        markdown.quoted(quote), QuoteReference(page, lines), WORDS
    )


def verdict(source: str, quote: str) -> Verdict:
    return verify(source, quote).verdict


FILLER = "\n".join(f"Zeile {'abcdefghij'[i % 10] * (i + 2)} ohne Belang." for i in range(80))


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("Wir prü-\nfen das.", "Wir prüfen das."),
        ("Bund-\nLänder-Programm", "Bund-Länder-Programm"),
        ("Bundes- und Landes-\nund Kreisebene", "Landes- und Kreisebene"),
        ("für 16-\njährige", "für 16-jährige"),
        ("INTER-\nNATIONAL international", "INTERNATIONAL international"),
        ("soft\u00adhyphen und soft\u00ad\nware", "softhyphen und software"),
        ("eﬃzient ﬁnden", "effizient finden"),
        ("efÏzient speziÞsch Kapazi\ue001t", "effizient spezifisch Kapazitit"),
        ("acƟon commiƩee", "action committee"),
        ("e\ufffdzient\n\ufffd Bäume", "effizient Bäume"),
        ("wir \x1cnden und scha\x1den", "wir finden und schaffen"),
        ("die „Charta“ gilt", 'die "Charta" gilt'),
        ("die ‘‘Charta’’ gilt", "die “Charta” gilt"),
        ("die ,,Charta'' gilt", "die «Charta» gilt"),
        ("die ‚Charta‘ gilt", "die „Charta“ gilt"),
        ("geht’s", "geht's"),
        ("10\u202f000 und\u00a020", "10 000 und 20"),
        ("u\u0308ber", "über"),
        ("Erle\ufe00digt \u2714\ufe0f\n葛\U000e0100城", "Erledigt ✔ 葛城"),
        ("die baden-\nwürttembergischem und baden-württembergische", "die baden-württembergischem"),
        ("schwarz\u2011grün", "schwarz-grün"),
        ("schwarz\u2010grün", "schwarz-grün"),
        ("Kosten:\n•Bäume,\n•Wiesen.", "Kosten: Bäume, Wiesen."),
        ("Kosten:\n– Bäume,\n– Wiesen.", "Kosten:\n\n- Bäume,\n- Wiesen."),
        ("z.B. hier", "z. B. hier"),
        ("20 % von § 3", "20% von §3"),
        ("Kosten :\n• Bäume,\n• Wiesen.", "Kosten:\n\n- Bäume,\n- Wiesen."),
        ("Kosten:\n• Bäume", "Kosten: Bäume"),
        ("im Jahr\n– und nur dann – gilt", "im Jahr – und nur dann – gilt"),
        ("A[1] sagt … und mehr", "A[1] sagt … und mehr"),
        ("Kosten:\n\x01 Bäume,\n\x01 Wiesen.", "Kosten: Bäume, Wiesen."),
        ("Kosten:\n\x01 Bäume,\n\x01 Wiesen.", "Kosten: • Bäume, • Wiesen."),
        ("Kosten:\n\x01 Bäume,\n\x01 Wiesen.", "Kosten: – Bäume, – Wiesen."),
        ("Kosten:\n\x81\nBäume und\n\x81\nWiesen.", "Kosten: Bäume und Wiesen."),
        ("Kosten:\n\x01Bäume,\n\x01Wiesen.", "Kosten: Bäume, Wiesen."),
        ("Kosten:\n\uf0e0 Bäume", "Kosten: Bäume"),
        ("Kosten:\n\uf0b7 Bäume", "Kosten: ▪ Bäume"),
        ("die Bürger-\n*innen gelten", "die Bürger*innen gelten"),
        ("die Bürger*-\ninnen gelten", "die Bürger*innen gelten"),
        ("die Bürger*\ninnen gelten", "die Bürger*innen gelten"),
        ("die Bür-\nger*innen gelten", "die Bürger*innen gelten"),
        ("die Bürger*in-\nnen gelten. Alle Bürger*innen", "die Bürger*innen gelten."),
        ("die Mitarbeiter-\n:innen gelten", "die Mitarbeiter:innen gelten"),
        ("die Mitarbeiter:-\ninnen gelten", "die Mitarbeiter:innen gelten"),
        ("die Bürger-\n_innen gelten", "die Bürger_innen gelten"),
        ("die Bürger-\n/innen gelten", "die Bürger/innen gelten"),
        ("die Bürger/-\ninnen gelten", "die Bürger/-innen gelten"),
        ("die Bürger/-\ninnen gelten", "die Bürger/innen gelten"),
        ("die Bürger-\n/-innen gelten", "die Bürger/-innen gelten"),
        ("die Bürger-\n(innen) gelten", "die Bürger(innen) gelten"),
        ("die Bürger-\nInnen gelten", "die BürgerInnen gelten"),
        ("jede*-\nr Erwachsene", "jede*r Erwachsene"),
    ],
)  # fmt: skip
def test_effects_of_typesetting_are_undone(source: str, quote: str) -> None:
    finding = verify(f"Anfang.\n{source}\nEnde.", quote)
    assert (finding.verdict, finding.typographic) == (Verdict.VERBATIM, ())


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("Bund-\nLänder-Programm", "BundLänder-Programm"),
        ("Wir prü-\nfen das. Alle prüfen.", "Wir prü-fen das."),
        ("schwarz-grün und schwarz-\ngrün", "schwarz-grün und schwarzgrün"),
        ("Bundes-\nund Landesebene", "Bundesund Landesebene"),
        ("unseren Bäumen", "den Bäumen"),
        ("die Bürger*innen", "die Bürger"),
        ("die Bürger:innen", "die Bürger"),
        ("die Bürger/innen", "die Bürger"),
        ("die Bürger/-innen gelten", "die Bürger"),
        ("jede/r Einzelne", "jede"),
        ("nicht-staatliche Träger", "staatliche Träger"),
        ("Bundes- und Landesebene", "Bundes"),
        ("Bauplanung und -modernisierung folgen", "modernisierung folgen"),
        ("3,5 Prozent", "5 Prozent"),
        ("3,5 Prozent", "3"),
        ("2021–2025 gilt", "2025 gilt"),
        ("2021–2025 gilt", "2021"),
        ("die Integration, wenn möglich", "die Integration."),
        ("Das gilt. Auch hier.", "Das gilt auch hier."),
        ("Das gilt nicht", "Das gilt"[:-1] + "t sehr"),
        ("zusammen arbeiten", "zusammenarbeiten"),
        ("zusammenarbeiten", "zusammen arbeiten"),
        ("daß es geht", "dass es geht"),
        ("Wir werden", "wir werden"),
        ("die „Charta“ gilt", "die Charta gilt"),
        ("im Jahr – und nur dann – gilt", "im Jahr und nur dann – gilt"),
        ("im Jahr\n– und nur dann – gilt", "im Jahr und nur dann – gilt"),
        ("im Jahr.\n–18 Grad waren es", "18 Grad waren es"),
        ("Das ist alles.\n-planung folgt.", "Das ist alles. planung folgt."),
        ("100 m² Fläche", "100 m Fläche"),
        ("Das [neue] Gesetz", "Das neue Gesetz"),
        ("Das gilt für alle.", "Das [...] alle nicht."),
        ("was \uf0a3 5 und\n\uf0a3 7 und\n\uf0a3 9 ist", "und 7 und"),
        ("der Wert\n\x01 5 bleibt", "der Wert 5 bleibt"),
        ("der Wert \x01 5 bleibt", "der Wert 5 bleibt"),
        ("Kosten:\n\x01 Bäume,\n\x01 Wiesen.", "Kosten: nicht Bäume, Wiesen."),
        ("Kosten:\n• Bäume", "Kosten: – Bäume"),
        ("die Bürger-\n*innen gelten", "die Bürger"),
        ("die Bürger-\n*innen gelten", "die Bürger gelten"),
        ("die Bürger-\n*innen gelten", "die Bürgerinnen gelten"),
        ("die Bürger*-\ninnen gelten", "die Bürger"),
        ("die Bürger*\ninnen gelten", "die Bürger"),
        ("die Bürger\n*innen gelten", "die Bürger"),
        ("die Bürger-\nInnen gelten", "die Bürgerinnen gelten"),
        ("die Bürger/-\ninnen gelten", "die Bürgerinnen gelten"),
        ("die Vor-\n*teile", "die Vor*teile"),
        ("das gilt bei-\n(in Jahren)", "das gilt bei (in Jahren)"),
        ("10³ Tonnen", "10 Tonnen"),
        ("5 m² groß", "5 m groß"),
        ("20 km¹² lang", "20 km lang"),
        ("das Schwimmbad¹²", "das Schwimmbad¹"),
        ("4*5 Meter", "4 5 Meter"),
        ("die Bürger*innen gelten", "die Bürger innen gelten"),
        ("die Bürger*innen gelten", "die Bürgerinnen gelten"),
    ],
)  # fmt: skip
def test_and_nothing_else(source: str, quote: str) -> None:
    assert verdict(f"Anfang.\n{source}\nEnde.", quote) in (Verdict.ALTERED, Verdict.NOT_FOUND)


@pytest.mark.parametrize(
    ("source", "quote", "difference"),
    [
        ("der CO₂-Preis", "der CO2-Preis", ("CO₂", "CO2")),
        ("der CO2-Preis", "der CO₂-Preis", ("CO2", "CO₂")),
        ("der CO 2 -Preis", "der CO₂-Preis", ("CO 2", "CO₂")),
        ("1087–1090", "1087-1090", ("–", "-")),
        ("Bund – Länder", "Bund - Länder", ("–", "-")),
        ("effizient", "eﬃzient", ("effizient", "eﬃzient")),
        ("öﬀentlich", "öﬀentlich", ("öffentlich", "öﬀentlich")),
        ("gilt:\n▪ Bäume", "gilt: • Bäume", ("▪", "•")),
    ],
)
def test_what_only_looks_different_is_reported(
    source: str, quote: str, difference: tuple[str, str]
) -> None:
    finding = verify(f"Anfang.\n{source} gilt.\nEnde.", quote)
    assert finding.verdict is Verdict.VERBATIM
    assert finding.typographic == (difference,)


def test_the_mark_of_a_footnote_may_be_left_out_and_is_named() -> None:
    finding = verify("Der Klimaschutz³ gilt.", "Der Klimaschutz gilt")
    assert (finding.verdict, finding.marks) == (Verdict.VERBATIM, ("Klimaschutz³",))


@pytest.mark.parametrize(
    ("source", "quote", "marks"),
    [
        ("Das Schwimmbad¹² bleibt.", "Das Schwimmbad bleibt.", ("Schwimmbad¹²",)),
        ("Das Schwimmbad bleibt.¹² Immer.", "bleibt. Immer", (".¹²",)),
        ("Das Bad¹,² und das Eis¹³ bleiben.", "Bad und das Eis", ("Bad¹,²", "Eis¹³")),
        ("Das Bad¹⁻³ bleibt.", "Das Bad bleibt.", ("Bad¹⁻³",)),
        ("Bis 2030³ gilt es.", "Bis 2030 gilt es.", ("2030³",)),
        ("Für 12,5¹¹ Prozent gilt es.", "Für 12,5 Prozent", ("5¹¹",)),
        ("Das Bad* bleibt.", "Das Bad bleibt.", ("Bad*",)),
        ("Das Bad†, es bleibt.", "Das Bad, es", ("Bad†",)),
    ],
)
def test_marks_of_footnotes_are_named_whatever_they_look_like(
    source: str, quote: str, marks: tuple[str, ...]
) -> None:
    finding = verify(source, quote)
    assert (finding.verdict, finding.marks) == (Verdict.VERBATIM, marks)


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("wird ratiVziert. Das ist speziVsch.", "wird ratifiziert. Das ist spezifisch."),
        ("es zerXießt. GeXüchtete. EinXuss.", "es zerfließt. Geflüchtete. Einfluss."),
        ("Alles ist öUentlich. Wir schaUen das.", "Alles ist öffentlich. Wir schaffen das."),
        ("Aus Herkunǖ und Gesellschaǖ.", "Aus Herkunft und Gesellschaft."),
        ("Hier steht RiXe und SchiXe. Riffe. Schiffe.", "Hier steht Riffe und Schiffe."),
    ],
)
def test_a_letter_that_makes_words_as_one_ligature_is_that_ligature(
    source: str, quote: str
) -> None:
    finding = verify(source, quote)
    assert (finding.verdict, finding.guessed) == (Verdict.VERBATIM, ())


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("Aus Herkunǖ und Gesellschaǖ.", "Aus Herkunff und Gesellschaft."),
        ("Aus Herkunǖ und Gesellschaǖ. Ein Kraǖ.", "Ein Krach."),
        ("wird ratiVziert. Das ist speziVsch.", "wird ratiflziert."),
        ("die BürgerInnen gehen. Innen ist es warm. Bürger", "die Bürgerfinnen gehen."),
        ("die KreisInnen und Innen, Kreis, Kreisfinnen", "die Kreisfinnen und"),
        ("die BahnCard und das YouTube", "die Bahnchard"),
        ("die BahnCard und das YouTube", "Youftube"),
        ("Der VnB wird speziVsch. Das ist ratiVziert.", "Der finB wird"),
        ("\x01\x02\x03\x04x gilt", "fififififix gilt"),
    ],
)
def test_and_no_other(source: str, quote: str) -> None:
    assert verdict(source, quote) in (Verdict.ALTERED, Verdict.NOT_FOUND)


def test_a_letter_that_may_be_several_ligatures_is_told() -> None:
    source = "Aus Herkunǖ, Kraǖ und Stoǖ. Eine Gro\ue001e ist dort."
    guesses = {
        "Aus Herkunft, Kraft": (),
        "Aus Herkunff, Kraft": (("Herkunǖ", "Herkunff"),),
        "Aus Herkunft, Kraft und Stoff.": (("Stoǖ", "Stoff"),),
        "Eine Grotte ist dort.": (("Gro\ue001e", "Grotte"),),  # nothing is known of this letter
    }
    for quote, guessed in guesses.items():
        finding = verify(source, quote)
        assert (finding.verdict, finding.guessed) == (Verdict.VERBATIM, guessed)


def test_the_sign_for_any_letter_without_a_code_is_any_ligature() -> None:
    finding = verify("E\ufffdzienz, e\ufffdzient, scha\ufffden.", "Effizienz, effizient, schaffen.")
    assert (finding.verdict, finding.guessed) == (Verdict.VERBATIM, ())


def test_a_letter_that_makes_words_as_two_ligatures_is_told_each_time() -> None:
    finding = verify("Aus Herkunǖ. Ein Stoǖ.", "Aus Herkunft. Ein Stoff.")
    assert finding.verdict is Verdict.VERBATIM
    assert finding.guessed == (("Herkunǖ", "Herkunft"), ("Stoǖ", "Stoff"))


def test_the_capital_of_a_word_may_be_a_ligature_but_that_is_told() -> None:
    source = "Was wird ratiVziert, ist speziVsch. Wir Vnden das. Von hier."
    finding = verify(source, "Wir finden das. Von hier.")
    assert (finding.verdict, finding.guessed) == (Verdict.VERBATIM, (("Vnden", "finden"),))
    assert verify(source, "Wir Vnden das.").guessed == ()


def test_a_letter_that_the_file_misnames_is_told_if_it_is_copied() -> None:
    source = "Was wird ratiVziert, ist speziVsch. Von hier."
    finding = verify(source, "Was wird ratiVziert, ist")
    assert finding.misnamed == (("ratifiziert", "ratiVziert"),)
    assert verify(source, "Was wird ratifiziert, ist").misnamed == ()
    assert verify("Die BahnCard gilt.", "Die BahnCard gilt.").misnamed == ()


def test_a_document_that_divides_no_words_keeps_its_hyphens() -> None:
    source = f"Das Once-\nonly-Prinzip gilt.\n{FILLER}"
    assert verdict(source, "Das Once-only-Prinzip gilt.") is Verdict.VERBATIM


def test_a_document_that_divides_words_does_not_keep_them() -> None:
    divided = "".join(f"Wort{c} gehö-\nren zu Wort{c}. " for c in "abcdefgh")
    source = f"Das Once-\nonly-Prinzip gilt. {divided} Alle gehören zu allen.\n{FILLER}"
    assert verdict(source, "Das Onceonly-Prinzip gilt.") is Verdict.VERBATIM
    assert verdict(source, "Das Once-only-Prinzip gilt.") is Verdict.ALTERED


LONG = (
    "Wir werden die Bäume schützen, soweit die Mittel reichen. Die Gemeinde\n"
    "fördert nicht nur Wiesen, sondern auch Wege. Danach kommt vieles andere, das\n"
    "hier nicht steht. Am Ende aber prüft die Verwaltung alles noch einmal."
)


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("Wir werden […] schützen", "1"),
        ("Wir werden (…) schützen", "1"),
        ("Wir werden … schützen", "1"),
        ("Wir werden [...] schützen", "1"),
        ("… die Bäume schützen …", "1"),
        ("[…] die Bäume schützen […]", "1"),
        ("[w]ir werden die Bäume schützen", "1"),
        ("Wir [die Partei] werden die [alten] Bäume schützen", "1"),
        ("„Wir werden die Bäume schützen“", "1"),
        ("die Bäume […]. Am Ende", "1-3"),
        ("Wir werden […], die Mittel reichen", "1"),
        ("Die Gemeinde fördert […] Wiesen", "1-2"),
        ("die Bäume […] Am Ende", "1, 3"),
        ("*die Bäume* **schützen**", "1"),
    ],
)
def test_omissions_and_insertions_are_the_quoters(quote: str, lines: str) -> None:
    finding = verify(LONG, quote, lines.replace("-", "–"))
    assert finding.verdict is Verdict.VERBATIM, finding


@pytest.mark.parametrize(
    "quote",
    [
        "Am Ende […] Wir werden",  # in another order
        "Wir werden […] verkaufen",
        "Wir werden [die Bäume] schützen",  # words replaced, not added
        "Wir [wer]den die Bäume",
        "Wir werden die Bäume schützen. […] Die Gemeinde",  # a full stop that is not there
    ],
)
def test_omissions_do_not_hide_alterations(quote: str) -> None:
    assert verdict(LONG, quote) is Verdict.ALTERED


def test_parts_that_are_far_apart_are_not_a_quote() -> None:
    source = "Der Anfang.\n" + "Wort um Wort. " * 600 + "\nDas Ende."
    assert verdict(source, "Der Anfang. […] Das Ende.") is Verdict.ALTERED
    assert verdict(source, "Wort um Wort. […] Das Ende.") is not Verdict.ALTERED


def test_of_an_omission_the_reference_decides_where_it_ends() -> None:
    source = "Wir fördern Bäume\nund Wege\nund Wege\nund Wege."
    for lines in ("1–2", "1–3", "1–4"):
        assert verify(source, "Wir fördern […] und Wege", lines).verdict is Verdict.VERBATIM
    wrong = verify(source, "Wir fördern […] und Wege", "1")
    assert (wrong.verdict, wrong.actual) == (Verdict.WRONG_LINES, (QuoteReference(None, "1–2"),))


def test_many_matches_of_the_parts_of_a_quote_take_little_time() -> None:
    source = "und so weiter und so fort " * 20_000 + "am Ende"
    assert verify(source, "und […] so […] fort […] am Ende", "1").verdict is Verdict.VERBATIM


def test_what_limits_a_quote_is_reported() -> None:
    assert verify(LONG, "Wir werden die Bäume schützen").limited == (", soweit die Mittel reichen.")
    assert verify(LONG, "die Mittel reichen").limited == "Wir werden die Bäume schützen, soweit"
    assert verify(LONG, "prüft die Verwaltung alles").limited == ""
    following = "Wir schützen Bäume. Nur im Winter nicht."
    assert verify(following, "Wir schützen Bäume.").limited == "Nur im Winter nicht."
    following = "Wir schützen Bäume. Das kostet nur wenig."
    assert verify(following, "Wir schützen Bäume.").limited == ""


def test_a_quote_with_omissions_may_have_brackets_of_the_source() -> None:
    source = "Das [neue] Gesetz [nicht das alte] gilt für alle ab morgen."
    finding = verify(source, "Das [neue] Gesetz [nicht das alte] gilt […] ab morgen.")
    assert (finding.verdict, finding.denied) == (Verdict.VERBATIM, ())
    assert verdict(source, "Das (neue) Gesetz […] ab morgen.") is Verdict.ALTERED
    assert verdict(source, "Das [alte] Gesetz […] ab morgen.") is Verdict.ALTERED


def test_an_omission_that_drops_a_denial_is_reported() -> None:
    finding = verify(LONG, "Die Gemeinde fördert […] Wiesen")
    assert (finding.verdict, finding.omitted) == (Verdict.VERBATIM, "nicht nur")
    assert verify(LONG, "Wir werden […] schützen").omitted == ""


STITCHED = (
    "Das Grundrecht bleibt bestehen. Wir fördern Wege,\nPlätze und Brücken.\n\nWas endet\n\n"
    "Wir werden Aufnahmen so weit wie möglich beenden. Danach kommt anderes."
)


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        (
            "Das Grundrecht […] so weit wie möglich beenden.",
            ("Das Grundrecht", "so weit wie möglich"),
        ),
        ("Das Grundrecht […] fördern Wege", ("Das Grundrecht", "fördern Wege")),
        ("Wege, Plätze […] Aufnahmen", ("Wege, Plätze", "Aufnahmen")),
        ("Was […] Aufnahmen", ("Was", "Aufnahmen")),  # over the end of a heading
        ("Das Grundrecht bleibt […] Wege […] beenden.", ("Das Grundrecht bleibt", "Wege")),
        ("Das Grundrecht bleibt bestehen. […] beenden.", None),
        ("Das Grundrecht bleibt […]. Wir werden Aufnahmen", None),
        ("Wir fördern Wege […] und Brücken.", None),
        ("Das Grundrecht […] bestehen.", None),
    ],
)
def test_an_omission_that_makes_one_sentence_of_several_is_told(
    quote: str, told: tuple[str, str] | None
) -> None:
    finding = verify(STITCHED, quote)
    assert (finding.verdict, finding.stitched) == (Verdict.VERBATIM, told)


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("Wir werden die Bäume [nicht] schützen", ("[nicht]",)),
        ("Wir werden [auf keinen Fall, nicht] die Bäume", ("[auf keinen Fall, nicht]",)),
        ("Wir werden die Bäume [un]schützen", ("[un]schützen",)),
        ("Wir werden die Bäume[los] schützen", ("Bäume[los]",)),
        ("Wir werden [alle] die Bäume[n] schützen", ()),
        ("[w]ir werden die Bäume schützen", ()),
        ("Wir werden die Bäume [sic!] schützen", ()),
    ],
)
def test_words_of_the_quoter_that_deny_are_told(quote: str, told: tuple[str, ...]) -> None:
    finding = verify(LONG, quote)
    assert (finding.verdict, finding.denied) == (Verdict.VERBATIM, told)
    assert verify("Wir werden [nicht] gehen", "Wir werden [nicht] gehen").denied == ()


def test_the_context_is_the_sentences_around_with_the_quote_marked() -> None:
    """The rest of its sentence, and its neighbours, which are not the last one of the text."""
    finding = verify(LONG, "fördert […] Wege")
    before = "Wir werden die Bäume schützen, soweit die Mittel reichen. Die Gemeinde"
    assert [(segment.text, segment.quoted) for segment in finding.context] == [
        (before, False),
        ("fördert", True),
        ("nicht nur Wiesen, sondern auch", False),
        ("Wege", True),
        (". Danach kommt vieles andere, das hier nicht steht.", False),
    ]
    apart = verify("Davor.\n\nWir fördern Bäume.\n\nDanach.", "Wir fördern Bäume.").context
    assert [(segment.text, segment.quoted) for segment in apart] == [("Wir fördern Bäume.", True)]


@pytest.mark.parametrize("words", ["am 20. Mai gilt", "z. B. Bäume", "nach § 3 Abs. 2 gilt"])
def test_sentences_do_not_end_at_abbreviations_and_ordinal_numbers(words: str) -> None:
    finding = verify(f"Davor. Was {words} und mehr, soweit möglich. Danach. Und so.", "Was")
    text = "".join(segment.text for segment in finding.context)
    assert text.endswith("soweit möglich. Danach.")


def test_words_that_are_scattered_over_a_source_are_not_found() -> None:
    source = "Eichen " + "gar lange " * 9 + "Buchen " + "ganz kurze " * 9 + "Linden stehen dort, "
    source += "sehr hohe " * 9 + "Ulmen auch."
    assert verdict(source, "Eichen Buchen Linden Ulmen Tannen") is Verdict.NOT_FOUND
    assert verdict("Eichen, Buchen, Linden stehen.", "Eichen Buchen Linden") is Verdict.ALTERED


TWICE = "Wir fördern Bäume.\nSonst nichts.\nWir fördern Bäume.\n"


@pytest.mark.parametrize(
    ("lines", "expected", "found"),
    [
        (None, Verdict.AMBIGUOUS, ["1", "3"]),
        ("1", Verdict.VERBATIM, ["1"]),
        ("3", Verdict.VERBATIM, ["3"]),
        ("2", Verdict.AMBIGUOUS, ["1", "3"]),
        ("3–4", Verdict.WRONG_LINES, ["3"]),
        ("1–3", Verdict.AMBIGUOUS, ["1", "3"]),
    ],
)
def test_of_several_matches_the_reference_decides(
    lines: str | None, expected: Verdict, found: list[str]
) -> None:
    finding = verify(TWICE, "Wir fördern Bäume.", lines)
    assert (finding.verdict, [one.lines for one in finding.actual]) == (expected, found)


@pytest.mark.parametrize("lines", ["1–3", "1, 2, 3", "1–2, 3", "1, 2–3"])
def test_there_are_several_ways_to_write_the_same_lines(lines: str) -> None:
    quote = "die Mittel reichen. Die Gemeinde fördert nicht nur Wiesen, sondern auch Wege. Danach "
    quote += "kommt vieles andere, das hier nicht steht."
    assert verify(LONG, quote, lines).verdict is Verdict.VERBATIM
    assert verify(LONG, quote, "1, 3").verdict is Verdict.WRONG_LINES


def test_pages_and_lines_that_start_again() -> None:
    source = "eins\nzwei\n\fdrei\nvier\n"
    assert verify(source, "drei", "1", "2").verdict is Verdict.VERBATIM
    assert verify(source, "zwei drei", "2–1", "1–2").verdict is Verdict.VERBATIM
    wrong = verify(source, "drei", "1", "1")
    assert (wrong.verdict, wrong.actual) == (Verdict.WRONG_LINES, (QuoteReference("2", "1"),))
    document = parse_text(source, "page")
    alone = SearchableSource(document).verify("drei", QuoteReference(None, "1"), WORDS)
    assert (alone.verdict, alone.actual) == (Verdict.WRONG_LINES, (QuoteReference("2", "1"),))


def test_a_quote_without_words_is_not_found() -> None:
    assert verdict(LONG, "[…]") is Verdict.NOT_FOUND


def test_made_up_words_are_not_found() -> None:
    assert verdict(LONG, "Hunde sind an der Leine zu führen.") is Verdict.NOT_FOUND


def test_differences_are_reported_word_by_word() -> None:
    finding = verify(LONG, "Die Gemeinde fördert nicht bloß Wiesen und Wege.")
    assert finding.verdict is Verdict.ALTERED
    assert finding.differences == (("nur", "bloß"), (", sondern auch", "und"))
    assert finding.actual == (QuoteReference(None, "1–2"),)


HOSPITALS = """\
Davon reden wir kurz. Das ganze Land
versorgen und pflegen wir ohne
Abstriche bei der Güte der Leistungen.
Die Zuteilung folgt zum ersten Januar und gilt
überall im Land, auch auf Inseln und Bergen.
"""


def test_an_altered_quote_begins_where_its_first_words_belong() -> None:
    quote = "wir Abstriche bei der Güte der Leistungen. Die Zuteilung folgt zum ersten Januar"
    finding = verify(HOSPITALS, quote)
    assert finding.actual == (QuoteReference(None, "2–4"),)
    assert finding.differences == (("ohne", ""),)
    quote = "Gestern hieß es dort noch: Die Zuteilung folgt zum ersten Januar und gilt "
    quote += "überall im Land, auch auf Inseln und Bergen."
    assert verify(HOSPITALS, quote).actual == (QuoteReference(None, "4–5"),)


def test_of_places_that_are_alike_an_altered_quote_is_at_the_one_that_is_named() -> None:
    source = f"Der Vorstand sorgt für Kohärenz im Garten.\n{FILLER}\n" * 12
    for line in (1, 244, 892):
        finding = verify(source, "Der Vorstand sorgt für Koharenz im Garten.", str(line))
        assert finding.actual == (QuoteReference(None, str(line)),)
        part = "Der Vorstand sorgt für Kohärenz […] im Garden. Und Hunde"
        assert verify(source, part, str(line)).actual[0].lines == str(line)


UNMARKED = (
    "Die Gebühren senken wir für alle Leute.\nDie Steuern bleiben.\n" + FILLER + "\n"
    "Die Flughäfen unterstützen wir weiter mit viel Geld.\n"
)


def test_an_omission_without_a_mark_is_named_with_both_places() -> None:
    quote = "Die Gebühren senken wir für alle Leute. Die Flughäfen unterstützen wir weiter mit viel"
    finding = verify(UNMARKED, quote)
    assert (finding.verdict, finding.differences) == (Verdict.ALTERED, ())
    assert [str(one) for one in finding.actual] == ["line 1", "line 83"]
    assert str(finding.reason) == (
        "The mark of an omission is missing: “… für alle Leute.” is in line 1, “Die Flughäfen "
        "unterstützen wir …” in line 83."
    )
    marked = quote.replace(". Die", ". […] Die")
    assert verify(UNMARKED, marked, "1, 83").verdict is Verdict.VERBATIM
    swapped = "Die Flughäfen unterstützen wir weiter mit viel Geld. Die Gebühren senken wir für"
    finding = verify(UNMARKED, swapped)
    assert [str(one) for one in finding.actual] == ["line 83", "line 1"]
    assert "another order" in str(finding.reason)
    long = "Das alles und noch viel mehr wollen wir gemeinsam für das ganze Land erreichen,"
    source = f"{long}\n{' '.join(FILLER.split()[:20])},\n{long.replace('alles', 'andere')}"
    finding = verify(source, f"{long} {long.replace('alles', 'andere')}")
    assert [str(one) for one in finding.actual] == ["lines 1–3"]
    assert "is in line 1, “Das andere und noch …” in line 3" in str(finding.reason)


@pytest.mark.parametrize(
    ("page", "lines", "words"),
    [
        (None, "12", "line 12"),
        (None, "12–13", "lines 12–13"),
        (None, "12, 15", "lines 12, 15"),
        ("3", "12, 15", "page 3, lines 12, 15"),
        ("3–4", None, "pages 3–4"),
    ],
)
def test_references_in_words(page: str | None, lines: str | None, words: str) -> None:
    assert str(QuoteReference(page, lines)) == words


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("Das gilt bis 2030³ für alle.", "Das gilt bis 20303 für alle."),
        ("Das gilt bis 20303 für alle.", "Das gilt bis 2030³ für alle."),
        ("Es sind 10² Bäume geplant.", "Es sind 102 Bäume geplant."),
        ("Die Stufe 3₁ gilt für alle.", "Die Stufe 31 gilt für alle."),
    ],
)
def test_a_raised_digit_behind_a_number_is_no_digit_of_it(source: str, quote: str) -> None:
    assert verdict(source, quote) is Verdict.ALTERED


def test_many_bullets_that_may_be_left_out_are_not_tried_in_every_combination() -> None:
    """Of 60, there are more ways to leave out half than anybody can wait for."""
    source = "\n".join(["Anfang der Liste", *["•"] * 60, "Ende der Liste"])
    assert verdict(source, f"der Liste {'• ' * 30}Ende der Liste") is Verdict.VERBATIM
    assert verdict(source, f"Anfang der Liste {'• ' * 30}Schluss") is Verdict.ALTERED
