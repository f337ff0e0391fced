"""Styles and lengths that are computed once are those that WeasyPrint computes each time."""

import json
import subprocess
import sys
from typing import Any

from brochure.layout.weasyprint import engine, linebreak

HTML = """<html lang="de"><style>
  @page { size: 300px 200px; margin: 10px; @bottom-left { content: counter(page) } }
  html { --space: 4px; font: 10px/1.5 'Source Sans 3' }
  section { margin: 0 5%; padding: 1%; break-inside: avoid }
  section p { margin: calc(var(--space) * 2) 0; text-indent: 1em }
  section p::first-letter { font-size: 20px }
  #b { color: rgb(200, 0, 0); --space: 8px }
  #c p { width: 50% }
  #d { font-size: 20px }
  #e { margin-left: 20% }
  td { padding: 5%; width: 50% }
  .collapsed { border-collapse: collapse } .collapsed td { border: 3px solid }
  td div { padding-left: 10%; width: 50% }
  section ul { list-style: square inside }
</style><body>"""
SECTION = """<section id="{0}"><p id="{0}1">Worte von {0}<p>mehr <em>Worte</em> hier
<ul><li>eins<li>zwei</ul><table><tr><td id="{0}2">a<td>b</table>
<table class="collapsed"><tr><td>a<td>b</table>
<table><tr><td><div>hier steht mehr</div><td style="width: 20%"><div>da</div></table></section>"""
FACTS = """
from brochure.layout.weasyprint import engine, linebreak
from brochure.project import packaged_fonts

def facts(html):
    found = []
    weasyprint = engine.load_weasyprint()
    fonts = engine.font_configuration([packaged_fonts() / "Source Sans 3"])
    with linebreak.line_breaking({}):
        pages = weasyprint.HTML(string=html).render(font_config=fonts).pages
    for page in pages:
        for box in page._page_box.descendants():
            size = [round(float(getattr(box, name)), 3) for name in
                    ("position_x", "position_y", "width", "height", "margin_left", "padding_top")
                    if isinstance(getattr(box, name, None), (int, float))]
            found.append([type(box).__name__, *size, str(box.style["color"]),
                          box.style["font_size"], str(box.style["anchor"])])
    return found
"""
# In a process of its own, where nothing is shared or remembered.
PLAIN = f"""{FACTS}
import json, sys
engine.styles.install = lambda *modules: None
print(json.dumps(facts(sys.stdin.read())))
"""


def facts(html: str) -> Any:
    known: dict[str, Any] = {}
    exec(FACTS, known)
    return json.loads(json.dumps(known["facts"](html)))


def test_boxes_are_those_of_weasyprint() -> None:
    html = HTML + "".join(map(SECTION.format, "abcdef"))
    command = [sys.executable, "-c", PLAIN]
    plain = subprocess.run(command, input=html, capture_output=True, check=True, text=True)
    theirs = json.loads(plain.stdout)
    assert len(theirs) > 200
    assert facts(html) == theirs


def test_what_is_in_elements_with_ids_shares_its_styles() -> None:
    weasyprint = engine.load_weasyprint()

    def styles(passages: int) -> int:
        names = [f"p{index}" for index in range(passages)]
        texts = "".join(f"<section id={n}><p>a<em>b</em></section>" for n in names)
        with linebreak.line_breaking({}):
            document = weasyprint.HTML(string=f"<body>{texts}").render()
        boxes = [box for page in document.pages for box in page._page_box.descendants()]
        return len({id(box.style) for box in boxes if box.element_tag in ("p", "em")})

    assert styles(1) == styles(9)
