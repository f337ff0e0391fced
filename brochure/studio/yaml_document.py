"""A YAML file, as the studio edits it with a form: by the places of what is in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from brochure import bounds
from brochure.diagnostics import Diagnostic, Reported
from brochure.manuscript.text.wrapping import usual_width
from brochure.manuscript.yaml.editor import edited
from brochure.manuscript.yaml.nodes import Plain, Tree, plain
from brochure.manuscript.yaml.parser import decode_text, parse_yaml
from brochure.project import Project
from brochure.studio.changes import Change, FieldPath, Prose, edit_for, path_from_json
from brochure.studio.places import FormPaths

_Keys = tuple[str, ...]


@dataclass(frozen=True)
class YamlDocument:
    """A file of some kind, and what is known of such files.

    `draft` is where changes are kept that are not valid yet. `prose` are the texts that have
    paragraphs, `orders` the keys of mappings in their usual order, both by the keys that lead
    there. `check` says all that is wrong with what the file says; `expanded` writes out what it
    says in short. `absent` is what it says as long as there is no file; None where there has to
    be one.
    """

    project: Project
    path: Path
    draft: Path
    prose: frozenset[_Keys]
    orders: Mapping[_Keys, Sequence[str]]
    check: Callable[[Reported[Tree]], tuple[Diagnostic, ...]]
    expanded: Callable[[Plain], Plain] = lambda content: content
    absent: bytes | None = None

    limit = bounds.MANUSCRIPT

    def version(self, data: bytes) -> "YamlVersion":
        """The file with these bytes. Raises DiagnosticsError where it has mistakes of YAML."""
        edited(data, (), self.project.show(self.path))
        return YamlVersion(self, data, Prose(self.prose, usual_width(data)))

    def values(self, shown: "YamlVersion", written: "YamlVersion") -> Plain:
        """What the form shows: the texts without the lines of the file."""
        return shown.prose.shown(self.expanded(shown.content))


@dataclass(frozen=True)
class YamlVersion:
    """Bytes that a file has or could have."""

    document: YamlDocument
    data: bytes
    prose: Prose

    @cached_property
    def parsed(self) -> Reported[Tree]:
        """Its tree, and what is wrong with its YAML."""
        file = self.document.project.show(self.document.path)
        decoded = decode_text(self.data, file)
        read = parse_yaml(decoded.value, file)
        return Reported(read.value, (*decoded.diagnostics, *read.diagnostics))

    @cached_property
    def content(self) -> Plain:
        """What it says."""
        return plain(self.parsed.value.root)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with it, as the command line would say."""
        return self.document.check(self.parsed)

    @property
    def fields(self) -> Iterator[FieldPath | None]:
        """The field that each diagnostic is about, if it is in this file."""
        paths = FormPaths(self.parsed.value)
        for diagnostic in self.diagnostics:
            path = paths.of(diagnostic)
            yield None if path is None else path_from_json(path)

    def changed(self, change: Change) -> Self:
        """What it is after a change."""
        edit = edit_for(change, self.content, self.prose, self.document.orders)
        if edit is None:
            return self
        return replace(self, data=edited(self.data, [edit], self.parsed.value.file))
