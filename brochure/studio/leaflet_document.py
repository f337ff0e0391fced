"""The file of a leaflet, as the studio edits it."""

from dataclasses import replace

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, Reported
from brochure.manuscript.load import validate_leaflet
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Tree
from brochure.project import Project, check_name
from brochure.studio.changes import expanded
from brochure.studio.form import key_orders, prose_paths
from brochure.studio.session import Session
from brochure.studio.yaml_document import YamlDocument, YamlVersion

_ORDERS = key_orders()


class LeafletSession(Session[YamlVersion]):
    """A leaflet that is being edited. Raises DiagnosticsError where it cannot have that name."""

    def __init__(self, project: Project, leaflet: str) -> None:
        check_name(leaflet, Location(f"content/{leaflet}"))
        super().__init__(leaflet_document(project, leaflet))


def leaflet_document(project: Project, leaflet: str) -> YamlDocument:
    """``leaflet.yaml`` of a leaflet."""

    def check(parsed: Reported[Tree]) -> tuple[Diagnostic, ...]:
        try:
            bundle = read_bundle(project, leaflet)
            bundle = replace(bundle, base=parsed.value, diagnostics=parsed.diagnostics)
            return validate_leaflet(project, bundle.resolve()).diagnostics
        except DiagnosticsError as failed:
            return failed.diagnostics

    path = project.manuscript(leaflet)
    draft = path.with_name(".leaflet.draft.json")
    return YamlDocument(project, path, draft, prose_paths(), _ORDERS, check, expanded)
