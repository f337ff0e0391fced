"""Variants as the browser edits them: what a region has of its own, beside what the base says."""

import hashlib
from collections import defaultdict
from dataclasses import replace
from threading import Lock

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.layout.editions import load_editions
from brochure.manuscript.model.variant import Variant
from brochure.manuscript.variants.accept import accept_overrides
from brochure.manuscript.variants.overrides import STATES, Override
from brochure.manuscript.variants.resolution import (
    Bundle,
    read_bundle,
)
from brochure.manuscript.yaml.nodes import Plain, plain
from brochure.messages import Catalogue, Message, say
from brochure.project import Project
from brochure.studio.answers import Json
from brochure.studio.changes import (
    ADDED,
    Prose,
    expanded,
    json_of,
)
from brochure.studio.editing import discarded, form_data, saved, stamp, state_data
from brochure.studio.form import key_orders, prose_paths
from brochure.studio.refusal import Refusal, malformed
from brochure.studio.regions_document import RegionsDocument
from brochure.studio.session import State
from brochure.studio.variant_document import (
    form_keys,
    variant_draft,
    variant_file,
    variant_session,
)
from brochure.studio.wording import form_catalogue

# What the form of a variant shows at its fields, and not among its messages.
_STATES = ("stale", "not-accepted", "redundant")


class VariantEditing:
    """The variants of a project's leaflets; one request at a time changes those of a leaflet."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def variant(self, name: str, region: str, language: str) -> Json:
        """What a region has of its own, what the base says, and the form to change it in."""
        words = form_catalogue(language)
        bundle, digest = self._bundle(name)
        row = bundle.check_id(region, Location(region))
        session = variant_session(bundle, region)
        with self._locks[name]:
            state = session.read()
            overrides = self._overrides(bundle, region, words)
        own = key_orders(Variant)
        return {
            "leaflet": name,
            "variant": region,
            "name": row.name,
            "title": _title(bundle),
            "file": session.file,
            **_shown(state, words),
            **self._compared(bundle, digest, overrides),
            "form": form_data(
                self._project,
                language,
                frozenset(),
                lambda keys: keys[-1] in own.get(keys[:-1], ()) and keys[-1] != "id",
            ),
            "added": next(
                one["item"] for one in form_data(self._project, language) if "item" in one
            ),
            "stamp": self._variant_stamp(bundle, region),
            "editions": [
                {"name": edition, "description": form.described(language)}
                for edition, form in load_editions(self._project).items()
            ],
            "variants": [{"id": one.id, "name": one.name} for one in bundle.regions.rows],
        }  # fmt: skip

    def save(self, name: str, region: str, body: Json, language: str) -> Json:
        """Save changes of a variant, and say what it says now."""
        bundle, digest = self._bundle(name)
        bundle.check_id(region, Location(region))
        session = variant_session(bundle, region, base_known=body.get("base") == digest)
        words = form_catalogue(language)
        state, saved_at = saved(session, self._locks[name], body)
        return {**_shown(state, words), **self._after(name, region, words), "saved_at": saved_at}

    def discard(self, name: str, region: str, body: Json, language: str) -> Json:
        """Forget what is held of a field."""
        bundle, _ = self._bundle(name)
        bundle.check_id(region, Location(region))
        session = variant_session(bundle, region)
        words = form_catalogue(language)
        state = discarded(session, self._locks[name], body)
        return {**_shown(state, words), **self._after(name, region, words)}

    def accept(self, name: str, region: str, body: Json, language: str) -> Json:
        """Record that somebody has looked at what one override replaces now."""
        key = body.get("key")
        if not isinstance(key, str):
            raise malformed()
        with self._locks[name]:
            bundle, digest = self._bundle(name)
            bundle.check_id(region, Location(region))
            if body.get("base") != digest:
                raise Refusal(
                    409,
                    say("The base was changed again meanwhile."),
                    say("Please look at both texts once more."),
                )
            accept_overrides(bundle, bundle.resolve(region), key)
        return self.variant(name, region, language)

    def stamp(self, name: str, region: str) -> str | None:
        """What changes when a variant, its base or its row does."""
        try:
            bundle = read_bundle(self._project, name)
        except DiagnosticsError:
            return None
        return self._variant_stamp(bundle, region)

    def waiting(self, name: str, region: str) -> tuple[Message, ...]:
        """Why the last words are not in the file of a variant; empty where they are."""
        try:
            bundle, _ = self._bundle(name)
            session = variant_session(bundle, region)
            if bundle.regions.get(region) is None or not session.draft.is_file():
                return ()
            with self._locks[name]:
                return tuple(message for held in session.read().held for message in held.messages)
        except DiagnosticsError:
            return ()

    def _after(self, name: str, region: str, words: Catalogue) -> Json:
        """What is to be seen of a variant after its file was written."""
        with self._locks[name]:
            bundle, digest = self._bundle(name)
            overrides = self._overrides(bundle, region, words)
        return {
            **self._compared(bundle, digest, overrides),
            "stamp": self._variant_stamp(bundle, region),
        }

    def _variant_stamp(self, bundle: Bundle, region: str) -> str:
        path = variant_file(bundle, region)
        return stamp(
            self._project,
            [
                self._project.manuscript(bundle.name),
                RegionsDocument(self._project, bundle.name).path,
                path,
                variant_draft(bundle, region),
            ],
        )

    def _bundle(self, name: str) -> tuple[Bundle, str]:
        """A leaflet with its regions, and the digest of its file."""
        path = self._project.manuscript(name)
        while True:
            data = self._project.read(path, bounds.MANUSCRIPT)
            bundle = read_bundle(self._project, name)
            if data == self._project.read(path, bounds.MANUSCRIPT):
                return bundle, hashlib.sha256(data).hexdigest()

    def _compared(self, bundle: Bundle, digest: str, overrides: list[Json]) -> Json:
        prose = Prose(prose_paths(), 0)
        return {
            "base_digest": digest,
            "base": json_of(prose.shown(expanded(plain(bundle.base.root)))),
            "overrides": overrides,
        }

    def _overrides(self, bundle: Bundle, region: str, words: Catalogue) -> list[Json]:
        """How each text of a region relates to the base, as the file has it."""
        resolved = bundle.resolve(region)
        orphans = {d.location: d for d in resolved.diagnostics if d.code == "orphaned"}
        return [
            _override(override, words, orphans.get(override.change.location))
            for override in resolved.overrides
        ]


def _shown(state: State, words: Catalogue) -> dict[str, object]:
    """A state without what the form shows at each field: how it relates to the base."""
    kept = [
        (diagnostic, path)
        for diagnostic, path in zip(state.diagnostics, state.paths, strict=True)
        if diagnostic.code not in _STATES
    ]
    diagnostics, paths = tuple(d for d, _ in kept), tuple(path for _, path in kept)
    return state_data(replace(state, diagnostics=diagnostics, paths=paths), words)


def _override(override: Override, words: Catalogue, orphan: Diagnostic | None) -> Json:
    """An override as JSON data: the path of its field, its state, and the texts to compare."""
    change = override.change
    keys = change.key.split(".")
    path: list[object] = list(keys)
    if keys[0] == ADDED:
        path[1:] = [{"id": ".".join(keys[1:])}]
    elif keys == ["imprint"]:
        path = ["imprint", "text"]
    prose = Prose(prose_paths(), 0, form_keys)
    tree_path = tuple(keys)

    def shown(text: str | None) -> Plain:
        return None if text is None else prose.shown(text, tree_path)

    return {
        "key": change.key,
        "path": path,
        "state": override.state.value,
        "word": words(STATES[override.state]),
        "base": shown(change.base),
        "text": shown(change.text),
        "recorded": shown(override.recorded),
        "trouble": [words(orphan.message), words(orphan.hint)] if orphan else None,
    }


def _title(bundle: Bundle) -> str:
    return str(plain(bundle.base.node(("title",))) or bundle.name)
