"""Style sheets, each parsed once: those of compositions, and the rules of layouts."""

from collections import OrderedDict
from typing import Any

from brochure.diagnostics import Diagnostic, Location, Reported
from brochure.layout.composition import BASE, Composition
from brochure.layout.weasyprint import engine
from brochure.layout.weasyprint.matching import Rules

_MOST = 64  # sets of sheets, of leaflets; a few hundred kB each
_MOST_RULES = 256  # sheets of layouts; most have a few lines


class StyleSheets:
    """Parsed style sheets."""

    def __init__(self) -> None:
        self._of_compositions: OrderedDict[object, Reported[list[Any]]] = OrderedDict()
        self._of_layouts: OrderedDict[str, Any] = OrderedDict()

    def of_composition(
        self, composition: Composition, fonts: Any, fetcher: Any
    ) -> Reported[list[Any]]:
        """Those of a composition, and what WeasyPrint ignores in them. They may add to `fonts`."""
        imported = tuple(a.data for a in composition.assets.values() if a.mime == "text/css")
        key = (composition.stylesheets, imported, id(fonts))
        if key not in self._of_compositions:
            sheets = []
            diagnostics: list[Diagnostic] = []
            for name, css in composition.stylesheets:
                log = engine.WeasyPrintLog()
                with log.listening():
                    sheet = engine.load_weasyprint().CSS(
                        string=css,
                        base_url=f"{BASE}styles/{name}",
                        font_config=fonts,
                        url_fetcher=fetcher,
                    )
                sheet.kept = Rules.of(css)
                sheets.append(sheet)
                diagnostics += log.diagnostics(Location(f"styles/{name}"))
            self._of_compositions[key] = Reported(sheets, tuple(diagnostics))
            if len(self._of_compositions) > _MOST:
                self._of_compositions.popitem(last=False)
        self._of_compositions.move_to_end(key)
        return self._of_compositions[key]

    def of_layout(self, css: str) -> Any:
        """The rules of a layout."""
        if css not in self._of_layouts:
            sheet = engine.load_weasyprint().CSS(string=css)
            sheet.kept = Rules.of(css)
            self._of_layouts[css] = sheet
            if len(self._of_layouts) > _MOST_RULES:
                self._of_layouts.popitem(last=False)
        self._of_layouts.move_to_end(css)
        return self._of_layouts[css]
