"""What follows from styles that are alike is computed once: for all elements, layouts and leaflets.

WeasyPrint computes the styles of a document anew each time that it is laid out, and shares one
between elements that the same rules apply to, if their parents share theirs. An element with an id
never does, because its id is a property of its style (``anchor``), and so nothing in it does
either: of twenty passages, each of which has an id, every style is computed twenty times. But
nothing inherits an anchor. So what is in an element with an id shares its styles with what is in
those that differ from it in that alone.

A style follows from the rules that apply to an element, and from the style of its parent. Whoever
lays out the same leaflet again, or a variant of it, finds nearly all of them known (`Styles`). They
are kept with the fonts that they are computed with, as long as nothing is logged: what is wrong in
one leaflet is to be told of the next one as well. Which rules apply follows from the tags and
attributes of a document (`matching`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

from brochure.layout.weasyprint.matching import Match, Matches, Rules

_MOST = 6000  # styles, of some 10 kB each
# WeasyPrint applies to these what was computed of their styles so far.
_PARTIAL = ("first-letter", "first-line")
_SVG = "{http://www.w3.org/2000/svg}svg"
_Key = tuple[object, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Known:
    """The style of an element, and those of its pseudo-elements by their names."""

    style: Any
    pseudo: tuple[tuple[str | None, Any], ...]


class _Own(NamedTuple):
    """The attributes of an element that are declarations."""

    style: str | None
    lang: str | None
    id: str | None
    name: str | None
    width: str | None
    height: str | None


class _PageSizes(dict[str, Any]):
    """The size of the first page, which lengths in ``vw`` and ``vh`` depend on."""

    read = False

    def __getitem__(self, key: str) -> Any:
        self.read = True
        return super().__getitem__(key)


class Styles:
    """The styles that were computed so far."""

    def __init__(self) -> None:
        self.matches = Matches()
        self.known: dict[_Key, _Known] = {}
        self.of_pages: dict[_Key, Any] = {}
        self.alike: dict[_Key, Any] = {}  # the first of those that differ in their anchors alone
        self.declared: dict[_Key, list[tuple[Any, Any]]] = {}
        self.page_sizes = _PageSizes(box=None, area=None)

    @property
    def usable(self) -> bool:
        """Whether they are not too many, and do not depend on the pages of one document."""
        return not self.page_sizes.read and len(self.known) + len(self.of_pages) <= _MOST


def forget(fonts: Any) -> None:
    """Forget the styles that were computed with a font configuration."""
    fonts.__dict__.pop("styles", None)


def install(css: Any, user_agent: tuple[Any, ...]) -> None:
    """Replace what computes the styles of a document, in WeasyPrint's module `css`. The sheets of
    the `user_agent` are always the same.
    """
    for sheet in user_agent:
        sheet.kept = Rules(reads_data=False)

    class StyleFor(css.StyleFor):  # type: ignore[misc]
        """As WeasyPrint's own, but for what is known."""

        def __init__(
            self, html: Any, sheets: Any, hints: bool, font_config: Any, target_collector: Any
        ) -> None:
            assert not hints, "no leaflet is laid out with presentational hints"
            kept = all(hasattr(sheet, "kept") for sheet, *_ in sheets)
            known = font_config.__dict__.get("styles") if kept else None
            styles = known if known is not None and known.usable else Styles()
            if kept:
                font_config.__dict__["styles"] = styles
            styles.page_sizes.update(box=None, area=None)
            self._styles: Styles = styles
            self._cascaded_styles: dict[Any, Any] = {}
            self._computed_styles: dict[Any, Any] = {}
            self.initial_page_sizes = styles.page_sizes
            self._sheets, self.font_config = sheets, font_config
            computed, root, base_url = self._computed_styles, html.etree_element, html.base_url
            for element, parent, matches in styles.matches.of(html, sheets):
                within = None if parent is None else _canonical(computed[parent, None])
                found = self._of_element(element, within, base_url, matches)
                style = found.style
                if parent is None or parent is root:
                    # WeasyPrint changes `overflow` of one of these.
                    style = style.copy()
                    style.alike = _canonical(found.style)
                computed[element, None] = style
                self._collect(style, target_collector)
                for name, pseudo in found.pseudo:
                    if name in _PARTIAL:
                        pseudo = self._style(pseudo.parent_style, pseudo.cascaded, name, base_url)
                    computed[element, name] = pseudo
                    self._collect(pseudo, target_collector)

        @staticmethod
        def _collect(style: Any, target_collector: Any) -> None:
            if target_collector and style["anchor"]:
                target_collector.collect_anchor(style["anchor"])

        def _of_element(
            self, element: Any, within: Any, base_url: Any, matches: tuple[Match, ...]
        ) -> _Known:
            own = _own(element)
            key = (id(within), base_url, own, matches)
            known = self._styles.known.get(key)
            if known is None:
                cascaded: dict[str | None, dict[str, Any]] = {None: {}}
                for specificity, declaration in self._declared(element, own, base_url):
                    _add(cascaded[None], "author", inf, specificity, declaration)
                for match in matches:
                    of_one = cascaded.setdefault(match.pseudo, {})
                    for declaration in match.declarations:
                        _add(of_one, match.origin, match.layer, match.specificity, declaration)
                style = self._style(within, cascaded.pop(None), None, base_url)
                plain = (id(within), base_url, own._replace(id=None, name=None), matches)
                style.alike = self._styles.alike.setdefault(plain, style)
                pseudo = tuple(
                    (name, self._style(style.alike, declarations, name, base_url))
                    for name, declarations in cascaded.items()
                )
                known = self._styles.known[key] = _Known(style, pseudo)
            return known

        def _style(self, parent: Any, cascaded: Any, pseudo: str | None, base_url: Any) -> Any:
            if parent is None:
                root = css.InitialStyle(self.font_config)
            else:
                root = parent if parent.is_root_element else parent.root_style
            return css.ComputedStyle(
                parent, cascaded, pseudo, root, base_url, self.font_config, self.initial_page_sizes
            )

        def _declared(self, element: Any, own: _Own, base_url: Any) -> list[tuple[Any, Any]]:
            """What the attributes of an element declare, with its specificity."""
            known = self._styles.declared.get((own, base_url))
            if known is None:
                found = css.find_style_attributes(_Alone(element), False, base_url)
                known = self._styles.declared[own, base_url] = [
                    (specificity, declaration)
                    for specificity, _, declarations, url in found
                    for declaration in css.preprocess_declarations(url, declarations)
                ]
            return known

        def set_computed_styles(
            self, element: Any, parent: Any, root: Any = None, pseudo_type: Any = None,
            base_url: Any = None, target_collector: Any = None,
        ) -> None:  # fmt: skip
            """The style of a page, or of a box in its margin."""
            within = _canonical(self._computed_styles[parent, None])
            cascaded = self._cascaded_styles.get((element, pseudo_type), {})
            kind = (
                (name, id(value), precedence, layer, *specificity)
                for name, (value, (precedence, layer, specificity)) in cascaded.items()
            )
            key = (id(within), pseudo_type, base_url, *kind)
            style = self._styles.of_pages.get(key)
            if style is None:
                style = self._style(within, cascaded, pseudo_type, base_url)
                self._styles.of_pages[key] = style
            self._computed_styles[element, pseudo_type] = style

    def _add(
        cascaded: dict[str, Any], origin: str, layer: float, specificity: Any, declaration: Any
    ) -> None:
        name, values, importance = declaration
        weight = (css.declaration_precedence(origin, importance), layer, specificity)
        if name not in cascaded or cascaded[name][1] <= weight:
            cascaded[name] = values, weight

    css.StyleFor = StyleFor


class _Alone:
    """An element as a tree that holds nothing else."""

    def __init__(self, element: Any) -> None:
        self._element = element

    def iter(self) -> Iterator[Any]:
        yield self._element


def _own(element: Any) -> _Own:
    """The attributes of an element that are declarations."""
    get, tag = element.get, element.tag
    name = get("name") if tag == "a" else None
    width, height = (get("width"), get("height")) if tag == _SVG else (None, None)
    return _Own(get("style"), get("lang"), get("id"), name, width, height)


def _canonical(style: Any) -> Any:
    """The style that stands for all that differ from it in their anchors alone."""
    return style.__dict__.get("alike", style)
