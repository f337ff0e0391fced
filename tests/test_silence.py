"""Every edition in every language and design: a short leaflet is built without a word."""

import io
from pathlib import Path

import pytest
from PIL import Image

from brochure.layout.editions import load_editions
from brochure.manuscript.text.language import known_languages
from brochure.project import Project
from tests.conftest import Workspace
from tests.test_languages import with_fonts

# Of each, line by line: title, subtitle, lead; headings and texts of two pairs; a list.
TEXTS = {
    "ar": """\
من أجل حديقة خضراء
ماذا قرّر المجلس، وماذا نطلب
قرأنا الخطة، وهذا *جوابنا* عليها.
الأشجار
تحافظ البلدية على الأشجار ما أمكن ذلك.
بلا استثناء
لا تُقطع **أي شجرة** قبل نقاش علني في المجلس.
الملعب
يُجدَّد الملعب في حدود الأموال المتاحة.
الأموال موجودة
في الميزانية 40.000 يورو. ينقص الموعد:
التخطيط حتى الصيف،
البناء حتى الخريف.
""",
    "de": """\
Unser Park bleibt grün!
Was der Gemeinderat beschlossen hat und was wir dazu sagen
Wir haben das Konzept gelesen und stellen ihm *unsere* Antworten gegenüber.
Baumbestand
Die Gemeinde erhält den vorhandenen Baumbestand, soweit dies mit den Zielen der \
Verkehrsplanung vereinbar ist.
Ohne Wenn und Aber!
Der Nebensatz hebt den Hauptsatz auf. **Kein** Baum fällt, bevor der Rat öffentlich \
darüber beraten hat.
Spielplatz
Der Spielplatz wird im Rahmen der verfügbaren Mittel erneuert.
Mittel sind da
Im Haushalt stehen 40.000 Euro bereit. Was fehlt, ist ein Datum:
Planung bis zum Sommer,
Bau bis zum Herbst.
""",
    "en": """\
Keep our park green!
What the council has decided, and what we say
We have read the plan, and put *our* answers beside its most important sentences.
Trees
The town will preserve the existing trees as far as this is compatible with the aims of \
its traffic plan.
No ifs and buts!
The second half of the sentence takes back the first. **No** tree is to fall before the \
council has debated it in public.
Playground
The playground will be renewed within the means available.
The means are there
The budget has 40,000 euros for it. What is missing is a date:
plans by summer,
work done by autumn.
""",
    "fa": """\
پارک ما سبز می‌ماند
شورا چه تصمیم گرفت و ما چه می‌گوییم
ما طرح را خوانده‌ایم و پاسخ *خود* را کنار آن می‌گذاریم.
درختان
شهرداری تا حد امکان از درختان نگهداری می‌کند.
بدون استثنا
**هیچ درختی** پیش از بحث علنی در شورا بریده نشود.
زمین بازی
زمین بازی در حد بودجهٔ موجود نوسازی می‌شود.
بودجه هست
در بودجه 40.000 یورو هست. زمان آن معلوم نیست:
برنامه تا تابستان،
ساخت تا پاییز.
""",
    "fr": """\
Notre parc reste vert !
Ce que le conseil a décidé, et ce que nous en disons
Nous avons lu le projet et lui opposons *nos* réponses.
Les arbres
La commune préserve les arbres existants, dans la mesure où cela est compatible avec les \
objectifs du plan de circulation.
Sans conditions !
La seconde moitié de la phrase retire la première. **Aucun** arbre ne tombe avant un \
débat public au conseil.
L’aire de jeux
L’aire de jeux est rénovée dans la limite des moyens disponibles.
Les moyens sont là
Le budget prévoit 40 000 euros. Il manque une date :
les plans avant l’été,
les travaux avant l’automne.
""",
    "tr": """\
Parkımız yeşil kalsın!
Meclis neye karar verdi, biz ne diyoruz
Planı okuduk; en önemli cümlelerin yanına *kendi* yanıtlarımızı koyuyoruz.
Ağaçlar
Belediye, trafik planının hedefleriyle bağdaştığı ölçüde mevcut ağaçları korur.
Koşulsuz!
Cümlenin ikinci yarısı birincisini geri alıyor. Meclis açıkça görüşmeden **hiçbir** ağaç \
kesilmesin.
Oyun alanı
Oyun alanı eldeki kaynaklar ölçüsünde yenilenir.
Kaynak var
Bütçede 40.000 avro var. Eksik olan, bir tarih:
yaza kadar plan,
sonbahara kadar inşaat.
""",
    "uk": """\
Наш парк залишиться зеленим!
Що вирішила рада і що ми на це кажемо
Ми прочитали план і ставимо поруч *наші* відповіді.
Дерева
Громада зберігає наявні дерева, наскільки це сумісно з цілями транспортного плану.
Без жодних умов!
Друга половина речення забирає першу. **Жодне** дерево не впаде, доки рада не обговорить \
це відкрито, на засіданні, про яке громаду повідомлять за місяць, і доки кожне дерево не \
оглянуть фахівці.
Майданчик
Дитячий майданчик оновлять у межах наявних коштів.
Кошти є
У бюджеті на це є 40 000 євро. Бракує дати:
план до літа,
роботи до осені.
""",
}
EDITIONS = tuple(load_editions(Project(Path(__file__).parent)))
WHO = "{name: Maria Muster, address: 'Musterweg 1, 12345 Musterstadt'}"
# A leaflet of one page is told where it is folded, and rightly; a longer one would take longer.
SHORT = "preflight: {blank-pages: Ein Versuch.}\n"
DESIGNS = ("bold", "plain")


def leaflet(language: str, more: str) -> str:
    """A leaflet in this language; `more` are further lines of it."""
    title, subtitle, lead, *pairs, first, second = TEXTS[language].splitlines()
    one, two = pairs[:4], [*pairs[4:7], f"{pairs[7]}\n\n        - {first}\n        - {second}"]
    rows = "".join(
        f"  - id: p{number}\n"
        f"    quote: {{heading: {heading}, lines: {number}, text: '{quote}'}}\n"
        f"    commentary:\n      heading: {answer}\n      text: |\n        {text}\n"
        for number, (heading, quote, answer, text) in enumerate((one, two), start=3)
    )
    return (
        f"language: {language}\ntitle: {title}\nsubtitle: {subtitle}\nlead: |\n  {lead}\n"
        f"date: 2026-04-01\nlogo: {{file: logo.png, alt: {title}}}\n"
        f"source: {{title: {one[0]}, address: https://example.org/plan.pdf}}\n"
        "codes: [contact]\n"
        "contact: |\n  [park.example.org](https://park.example.org/x), park@example.org\n"
        f"imprint: {{responsible: {WHO}, publisher: {WHO}, printer: {WHO}}}\n"
        f"passages:\n{rows}{more}"
    )


def logo() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (1200, 1200), "navy").save(output, "PNG")
    return output.getvalue()


def test_each_language_is_tried(workspace: Workspace) -> None:
    assert tuple(sorted(TEXTS)) == tuple(sorted(known_languages(workspace.project)))


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_is_said(workspace: Workspace, edition: str, language: str, design: str) -> None:
    if language in ("ar", "fa"):
        with_fonts(workspace)
    workspace.write("content/probe/logo.png", logo())
    more = SHORT if edition.startswith(("booklet", "folded")) else ""
    workspace.leaflet(leaflet(language, f"design: {design}\n{more}"))
    composition = workspace.compose(edition)
    said = [*composition.diagnostics]
    if composition.edition.output == "pdf":
        said += workspace.typesetter.typeset(composition).diagnostics
    assert [f"{d.code}: {d.message}" for d in said] == []
