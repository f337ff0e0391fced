"""The table of regions as the browser edits it: sessions as JSON data, one save at a time."""

from collections import defaultdict
from threading import Lock

from brochure.diagnostics import DiagnosticsError, data_of
from brochure.manuscript.variants.regions import KEY_COLUMN, REQUIRED
from brochure.manuscript.variants.resolution import Bundle, read_bundle, read_variant
from brochure.manuscript.variants.slots import used_slots
from brochure.manuscript.variants.states import variant_states
from brochure.manuscript.yaml.nodes import entries, plain
from brochure.manuscript.yaml.parser import read_yaml
from brochure.messages import Catalogue, Message, catalogue, say
from brochure.project import MAIL, Project
from brochure.studio.answers import Json
from brochure.studio.changes import json_of
from brochure.studio.editing import discarded, saved, stamp, state_data
from brochure.studio.regions_document import RegionsDocument, RegionsVersion
from brochure.studio.session import Session
from brochure.studio.variant_document import variant_draft

_BROKEN = "broken"
_SHOWN = 3  # messages about a variant


class RegionsEditing:
    """The tables of a project's leaflets, each of which one request at a time reads or saves."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def table(self, name: str, language: str) -> Json:
        """The table of regions, and what its columns can be."""
        words = catalogue(language)
        session = self._regions(name)
        with self._locks[name]:
            state = session.read()
        bundle = read_bundle(self._project, name)
        return {
            "leaflet": name,
            "title": str(plain(bundle.base.node(("title",))) or name),
            "file": session.file,
            **state_data(state, words),
            **self._columns(bundle, words),
            "stamp": self.stamp(name),
        }

    def save(self, name: str, body: Json, language: str) -> Json:
        """Save changes of the table, and say what it says now."""
        session = self._regions(name)
        words = catalogue(language)
        state, saved_at = saved(session, self._locks[name], body)
        columns = self._columns(read_bundle(self._project, name), words)
        return {
            **state_data(state, words),
            **columns,
            "stamp": self.stamp(name),
            "saved_at": saved_at,
        }

    def discard(self, name: str, body: Json, language: str) -> Json:
        """Forget what is held of a cell or a row."""
        state = discarded(self._regions(name), self._locks[name], body)
        return state_data(state, catalogue(language))

    def states(self, name: str, language: str) -> Json:
        """The state of each variant, by its id: a word, how many texts of its own it has, and what
        is wrong.
        """
        words = catalogue(language)
        bundle = read_bundle(self._project, name)
        with_files = self._with_own_texts(bundle)
        return {
            "states": {
                one.region.id: {
                    "state": _BROKEN if one.is_broken else one.worst.value,
                    "own": len(one.overrides),
                    "file": one.region.id in with_files,
                    "messages": [
                        data_of(d, words) for d in one.diagnostics if d.is_error
                    ][:_SHOWN],
                }
                for one in variant_states(bundle)
            },
            "diagnostics": [data_of(d, words) for d in bundle.strays],
        }  # fmt: skip

    def has(self, name: str, region: str) -> bool:
        """Whether the table has a region of this id. Raises DiagnosticsError."""
        return read_bundle(self._project, name).regions.get(region) is not None

    def stamp(self, name: str) -> str | None:
        """What changes when the table, the leaflet or a variant does."""
        try:
            bundle = read_bundle(self._project, name)
        except DiagnosticsError:
            return None
        regions = RegionsDocument(self._project, name)
        return stamp(
            self._project,
            [
                self._project.manuscript(name),
                regions.draft,
                regions.path,
                *bundle.files.values(),
            ],
        )

    def _regions(self, name: str) -> Session[RegionsVersion]:
        own: frozenset[str] = frozenset()
        try:
            own = self._with_own_texts(read_bundle(self._project, name))
        except DiagnosticsError:
            pass  # the session says what is wrong with the table
        return Session(RegionsDocument(self._project, name, own))

    def _with_own_texts(self, bundle: Bundle) -> frozenset[str]:
        """The regions with a file of their own, or with words that wait to be in one."""
        pattern = variant_draft(bundle, "*")
        drafts = {path.name for path in pattern.parent.glob(pattern.name)}
        waiting = (id_ for id_ in bundle.ids if variant_draft(bundle, id_).name in drafts)
        return frozenset([*bundle.files, *waiting])

    def _columns(self, bundle: Bundle, words: Catalogue) -> Json:
        """What the columns are for, and which ones could be added: slots that texts use or that
        have a default, and the official key.
        """
        declared = [key.text or "" for key, _ in entries(bundle.base.node(("slots",)))]
        used = self._used(bundle)
        known = (*REQUIRED, *bundle.regions.columns)
        offered = dict.fromkeys([*sorted(used), *declared, KEY_COLUMN])
        defaults = {
            key.text or "": json_of(plain(value))
            for key, value in entries(bundle.base.node(("slots",)))
        }
        return {
            "hints": {
                column: words(_column_hint(column, used=column in {*used, *declared}))
                for column in bundle.regions.columns
            },
            "defaults": defaults,
            "offered": [
                {"name": column, "hint": words(_column_hint(column, used=True))}
                for column in offered
                if column not in known
            ],
        }

    def _used(self, bundle: Bundle) -> frozenset[str]:
        """The slots in the texts of a leaflet, of its variants and of its letter."""
        used = used_slots(bundle.base)
        letter = self._project.manuscript(bundle.name).with_name(MAIL)
        for path in bundle.files.values():
            try:
                used |= used_slots(read_variant(self._project, path).value)
            except DiagnosticsError:
                continue  # told where that variant is shown
        if letter.is_file():
            try:
                used |= used_slots(read_yaml(self._project, letter).value)
            except DiagnosticsError:
                pass  # told where the letter is shown
        return frozenset(slot for slot in used if "." not in slot)


def _column_hint(column: str, *, used: bool) -> Message:
    """What a column is for."""
    match column:
        case "id":
            return say("Letters, digits, hyphens. The PDF is named after it.")
        case "name":
            return say("The region, as it is called.")
        case _ if column == KEY_COLUMN:
            return say("Official key (AGS), by which letters find their region.")
        case _ if used:
            return say(
                "Is printed where the leaflet says {{{{ region.{column} }}}}.", column=column
            )
        case _:
            return say("No text uses this column.")
