"""The letter with which a leaflet is sent, as a form: mail.yaml."""

from collections.abc import Iterable
from functools import partial

from brochure.diagnostics import Diagnostic, DiagnosticsError, Reported
from brochure.layout.editions import load_editions
from brochure.mail.campaign import validate_mailing
from brochure.mail.letter.model import Mailing
from brochure.manuscript.text.language import known_languages, load_language
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Tree, plain
from brochure.messages import Catalogue, Message, say
from brochure.project import MAIL, Project
from brochure.studio.answers import Json
from brochure.studio.editing import FileEditing, field_data
from brochure.studio.form import FormField, Keys, Section, key_orders, required_keys
from brochure.studio.session import Session
from brochure.studio.wording import labelled
from brochure.studio.yaml_document import YamlDocument, YamlVersion

_LANGUAGES = "languages"


def letter_document(project: Project, leaflet: str) -> YamlDocument:
    """``mail.yaml`` of a leaflet."""

    def check(parsed: Reported[Tree]) -> tuple[Diagnostic, ...]:
        try:
            return validate_mailing(project, parsed).diagnostics
        except DiagnosticsError as failed:
            return failed.diagnostics

    path = project.manuscript(leaflet).with_name(MAIL)
    prose: set[Keys] = {("letter",), ("objection",)}
    prose |= {
        (_LANGUAGES, code, *keys) for code in known_languages(project) for keys in tuple(prose)
    }
    draft = path.with_name(".mail.draft.json")
    return YamlDocument(project, path, draft, frozenset(prose), key_orders(Mailing), check)


def letter_sections(editions: Iterable[tuple[str, str]]) -> tuple[Section, ...]:
    """The form of a letter. `editions` are those that can be attached, and what they are for."""
    return (
        Section("letter", say("Letter"), _text(())),
        Section(
            "sender",
            say("Sender"),
            (
                FormField(
                    ("from",),
                    say("From"),
                    hint=say(
                        "Name <address@example.org>: the mailbox that logs in to the mail server."
                    ),
                ),
                FormField(
                    ("reply-to",), say("Replies go to"), hint=say("If it is another address.")
                ),
                FormField(
                    ("server", "host"),
                    say("Mail server"),
                    hint=say("Your mail provider names it; it looks like smtp.example.org."),
                ),
                FormField(
                    ("server", "security"),
                    say("Encryption"),
                    "choice",
                    choices=(
                        ("starttls", say("STARTTLS (port 587)")),
                        ("tls", say("TLS from the first byte on (port 465)")),
                    ),
                    rare=True,
                ),
                FormField(("server", "port"), say("Another port"), rare=True),
                FormField(
                    ("server", "user"),
                    say("User name"),
                    hint=say("If it is not the address of the sender."),
                    rare=True,
                ),
            ),
            say("The password is never stored in a file. It is asked for when letters are sent."),
        ),
        Section(
            "delivery",
            say("Mailing"),
            (
                FormField(("edition",), say("What is attached"), "choice", choices=tuple(editions)),
                FormField(("pace",), say("Letters a minute"), hint=say("Usually 20.")),
                FormField(
                    ("campaign",),
                    say("Name of the mailing"),
                    hint=say(
                        "Under one name, each address gets one letter. With a new name, a new "
                        "mailing begins, and everybody gets a letter again."
                    ),
                ),
            ),
            rare=True,
        ),
    )


def _text(above: Keys) -> tuple[FormField, ...]:
    """What is written in each language."""
    return (
        FormField((*above, "subject"), say("Subject")),
        FormField((*above, "letter"), say("Letter"), "prose"),
        FormField(
            (*above, "objection"),
            say("How to object to further mail"),
            "prose",
            say("Stands below the letter. If it is empty, brochure writes a sentence."),
        ),
    )


def letter_catalogue(language: str) -> Catalogue:
    """The messages of a language, for those who see the form of a letter."""
    fields = [field for section in letter_sections(()) for field in section.fields]
    texts = {(_LANGUAGES, *field.path): field.label for field in _text(())}
    return labelled(language, texts | {field.path: field.label for field in fields})


class LetterEditing(FileEditing):
    """The letters of a project."""

    def __init__(self, project: Project) -> None:
        def session(leaflet: str) -> Session[YamlVersion]:
            return Session(letter_document(project, leaflet))

        super().__init__(session, letter_catalogue)
        self._project = project

    def letter(self, name: str, language: str) -> Json:
        """All that the form of a letter shows. Raises DiagnosticsError where there is none."""
        state, words = self.read(name), letter_catalogue(language)
        editions = [
            (edition, form.described(language))
            for edition, form in load_editions(self._project).items()
            if form.suffix == ".pdf"
        ]
        required = required_keys(Mailing)
        field = partial(field_data, words=words, above=(), required=required)
        sections = [
            {
                "id": section.id,
                "title": words(section.title),
                "hint": words(section.hint),
                "rare": section.rare,
                "fields": [field(part) for part in section.fields],
            }
            for section in letter_sections(editions)
        ]
        main = self._main_language(name)
        others = [
            {
                "code": code,
                "name": load_language(self._project, code).name,
                "fields": [field(part) for part in _text((_LANGUAGES, code))],
            }
            for code in self._codes(state.values)
            if code != main
        ]
        return {
            **self.data(name, state, words),
            "form": sections,
            "others": others,
            "slots": list(self._slots(name, words)),
        }

    def _main_language(self, name: str) -> str:
        try:
            return str(plain(read_bundle(self._project, name).base.node(("language",))) or "")
        except DiagnosticsError:
            return ""

    def _codes(self, values: object) -> list[str]:
        """The languages in which there can be a letter, and those in which there is one."""
        written = values.get(_LANGUAGES) if isinstance(values, dict) else None
        known = known_languages(self._project)
        more = [
            code
            for code in (written if isinstance(written, dict) else ())
            if isinstance(code, str) and code.partition("-")[0] in known
        ]
        return list(dict.fromkeys([*known, *more]))

    def _slots(self, name: str, words: Catalogue) -> Iterable[Json]:
        """What can be filled in for each recipient: how it is written, and what it is."""
        yield from (
            {"slot": f"{{{{ recipient.{column} }}}}", "title": words(title)}
            for column, title in _COLUMNS.items()
        )
        try:
            names = read_bundle(self._project, name).slot_names
        except DiagnosticsError:
            return
        for slot in names:
            yield {"slot": f"{{{{ {slot} }}}}", "title": slot}


_COLUMNS: dict[str, Message] = {
    "salutation": say("Salutation"),
    "name": say("Name of the person"),
    "office": say("Name of the office"),
}
