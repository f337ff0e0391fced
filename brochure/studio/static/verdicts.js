/**
 * What was found out about each quote, below it: a word with a shape, where it is, and how it can
 * be corrected, which is shown before it is done.
 */

import { sideBySide } from "./conflicts.js";
import { button, h, newId } from "./dom.js";
import { DIAMOND, drawn, ROUND, SQUARE } from "./shapes.js";
import { say } from "./strings.js";

const SHAPES = {
  verbatim: [ROUND, "M4.6 8.2 7 10.6l4.6-5"],
  "wrong lines": [SQUARE, "M5 5h6M5 8h3M5 11h6"],
  altered: [SQUARE, "M4.5 6.4h7M4.5 9.6h7M10.4 3.8 5.6 12.2"],
  ambiguous: [DIAMOND, "M6.2 6.6a1.9 1.9 0 1 1 2.6 1.7q-.8.4-.8 1.2M8 11.2v.3"],
  "not found": [SQUARE, "M5 5l6 6M11 5l-6 6"],
  unchecked: [ROUND, "M5 8h6"],
};

function shape(verdict, sure) {
  const svg = drawn(...(SHAPES[verdict] ?? SHAPES.unchecked));
  svg.classList.toggle("hollow", verdict === "unchecked" || (verdict === "verbatim" && !sure));
  return svg;
}

/** The lines of all pairs: `tools(id)` is made once for each row. */
export class Verdicts {
  #api;
  #host;
  #found = new Map(); // by ids of passages
  #rows = new Map();
  #asked = 0;
  #current = false;

  /**
   * `host` has `quote(id)` (what its fields say: {text, lines, page}), `isOpen(id)` (whether they
   * say what the file does not), `reference(id, quote)` in words, `put(id, quote)`,
   * `openSource(id)` and `describe(id, element)`, which the text of a quote is described by.
   */
  constructor(api, host) {
    this.#api = api;
    this.#host = host;
  }

  /** The element of a pair, below its quote. */
  tools(id) {
    const line = h("p", { class: "verdict-line", id: newId("verdict") });
    this.#host.describe(id, line.id);
    const aside = h("div", { class: "correcting" });
    const buttons = h("span", { class: "verdict-buttons" });
    const element = h("div", { class: "quote-tools" }, line, buttons, aside);
    const open = button(say("source.open"), () => this.#host.openSource(id),
      { class: "open-source" });
    const correct = button("", () => this.#propose(id), { class: "correct", hidden: true });
    buttons.append(correct, open);
    this.#rows.set(id, { element, line, aside, correct, open });
    this.#draw(id);
    return element;
  }

  /** Ask what is found out by now. `digest()` is that of the file as it was saved last. */
  async check(digest) {
    const asked = ++this.#asked;
    try {
      const { quotes, digest: of } = await this.#api.quotes();
      if (asked !== this.#asked || of !== digest()) return;
      this.#found = new Map(quotes.map((one) => [one.passage, one]));
      this.#current = true;
    } catch {
      if (asked !== this.#asked) return;
      this.#current = false; // the file cannot be read: what was found out is no news
    }
    for (const id of this.#rows.keys()) this.#draw(id);
  }

  /** Someone types in a quote. */
  typed(id) {
    this.#draw(id);
  }

  #draw(id) {
    const row = this.#rows.get(id);
    if (!row) return;
    const found = this.#found.get(id);
    const { text } = this.#host.quote(id);
    row.line.hidden = !text || !found;
    const waits = !this.#current || this.#host.isOpen(id);
    row.line.className = `verdict-line ${found?.verdict.replace(" ", "-")}${waits ? " waits" : ""}`;
    if (found) {
      const where = found.sure && found.reference ? ` · ${found.reference}` : "";
      row.line.replaceChildren(shape(waits ? "unchecked" : found.verdict, found.sure),
        waits ? say("verdict.waits") : found.word + where);
    }
    const corrects = !waits && text && found?.fixes.length;
    if (!corrects || row.shown !== JSON.stringify(found)) row.aside.replaceChildren();
    row.correct.textContent = found?.verdict === "ambiguous" ? say("correct.choose") : say("correct");
    if (!corrects && row.correct === document.activeElement) row.open.focus({ preventScroll: true });
    row.correct.hidden = !corrects;
  }

  #propose(id) {
    const row = this.#rows.get(id);
    const found = this.#found.get(id);
    if (row.aside.children.length) {
      row.aside.replaceChildren();
      return;
    }
    row.shown = JSON.stringify(found);
    const now = this.#host.quote(id);
    const several = found.fixes.length > 1;
    const close = () => {
      row.aside.replaceChildren();
      row.correct.focus({ preventScroll: true });
    };
    const choices = found.fixes.map((fix) => ({
      label: several ? fix.reference : say("correct.do"),
      act: () => {
        row.aside.replaceChildren();
        this.#host.put(id, { text: fix.text ?? now.text, lines: fix.lines, page: fix.page });
      },
    }));
    choices.push({ label: say("correct.leave"), act: close });
    const [fix] = found.fixes;
    const described = (text, reference) => [fix.text === null ? "" : text, reference]
      .filter(Boolean).join("\n");
    row.aside.replaceChildren(several
      ? h("div", { class: "conflict", role: "group", "aria-label": say("correct.which") },
        h("p", { class: "question" }, say("correct.which")),
        h("div", { class: "choices" }, choices.map(({ label, act }) => button(label, act))))
      : sideBySide(fix.text === null ? say("correct.lines") : say("correct.text"),
        [say("correct.yours"), say("correct.source")],
        [described(now.text, this.#host.reference(id, now)), described(fix.text, this.#host.reference(id, fix))],
        choices));
    row.aside.querySelector("button")?.focus();
  }
}
