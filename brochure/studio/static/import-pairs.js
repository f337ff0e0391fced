/** The pairs of an import, side by side as on the leaflet, with what is not certain about each. */

import { controlFor } from "./controls.js";
import { button, h, newId } from "./dom.js";
import {
  above, confidenceOf, hasParagraphs, joinedWithAbove, put, swapped, textAt, toCommentary,
  toQuote,
} from "./import-model.js";
import { DIAMOND, drawn, ROUND, SQUARE } from "./shapes.js";
import { say } from "./strings.js";

const SHAPES = {
  sure: [ROUND, "M4.6 8.2 7 10.6l4.6-5"],
  checked: [ROUND, "M4.6 8.2 7 10.6l4.6-5"],
  likely: [SQUARE, "M4.5 6.4h7M4.5 9.6h7"],
  doubtful: [DIAMOND, "M6.2 6.6a1.9 1.9 0 1 1 2.6 1.7q-.8.4-.8 1.2M8 11.2v.3"],
};

export class ImportPairs {
  element = h("ol", { class: "passages" });
  #sheet;
  #host;
  #fields = []; // {path, control}

  /**
   * `sheet` is what the server told; `host` has `state`, `typed(path, value)`, and `act(state, words,
   * focus)`, which shows another state, says so, and gives the focus to what `focus()` returns.
   */
  constructor(sheet, host) {
    this.#sheet = sheet;
    this.#host = host;
  }

  /** Show the pairs as they are now. */
  render() {
    this.#fields = [];
    let number = 0;
    this.element.replaceChildren(...this.#passages.map((passage, at) =>
      (passage.out ? this.#gap(passage, at) : this.#row(passage, at, ++number))));
  }

  /** All text fields: {path, control}. */
  get fields() {
    return this.#fields;
  }

  /** The row of the pair that has one of the file's. */
  row(of) {
    return this.element.querySelector(`[data-of="${of}"]`);
  }

  get #passages() {
    return this.#host.state.passages;
  }

  #number(at) {
    return this.#passages.slice(0, at + 1).filter(({ out }) => !out).length;
  }

  #row(passage, at, number) {
    const title = newId("pair");
    const of = passage.of[0];
    const confidence = confidenceOf(passage, this.#sheet);
    return h("li", { class: `passage ${confidence}`, "data-of": of },
      h("section", { "aria-labelledby": title },
        h("div", { class: "row-head" },
          h("h3", { id: title }, h("span", { class: "hidden" }, say("pair")), " ",
            h("span", { class: "number" }, String(number))),
          h("p", { class: `confidence ${confidence}` }, drawn(...SHAPES[confidence]), " ",
            say(`import.${confidence}`)),
          this.#actions(passage, at, number)),
        this.#doubts(passage, at),
        this.#pictures(passage),
        h("div", { class: "sides" },
          this.#side(at, "quote", ["heading", "text", "lines", "page"], number),
          this.#side(at, "commentary", ["heading", "text"], number))));
  }

  #actions(passage, at, number) {
    const of = passage.of[0];
    const named = (key, act, more = {}) => button(say(key), act, { class: `quiet ${key.split(".").at(-1)}`,
      "aria-label": say(`${key}.name`, { number }), ...more });
    const before = above(this.#host.state, at);
    const pictures = [...passage.of, ...(this.#passages[before]?.of ?? [])]
      .filter((one) => this.#sheet.passages[one].picture).length;
    const join = before < 0 ? null : named("import.join", () => {
      if (pictures > 1) return;
      const first = this.#passages[before].of[0];
      this.#host.act(joinedWithAbove(this.#host.state, at),
        say("import.did.join", { number: this.#number(before) }),
        () => this.row(first)?.querySelector("textarea.prose"));
    }, pictures > 1 ? { "aria-disabled": "true", title: say("import.join.pictures") } : {});
    return h("div", { class: "actions" },
      named("import.swap", () => this.#host.act(swapped(this.#host.state, at),
        say("import.did.swap", { number }), () => this.row(of)?.querySelector(".swap"))),
      join,
      button(say("remove"), () => this.#host.act(
        put(this.#host.state, ["passages", at, "out"], true), say("import.did.out", { number }),
        () => this.row(of)?.querySelector("button")),
      { class: "quiet remove", "aria-label": say("pair.remove", { number }) }));
  }

  #doubts(passage, at) {
    const doubts = [...new Set(passage.of.flatMap((one) => this.#sheet.passages[one].doubts))];
    if (!doubts.length && confidenceOf(passage, this.#sheet) === "sure") return null;
    const check = h("input", { type: "checkbox", onchange: () => this.#host.act(
      put(this.#host.state, ["passages", at, "checked"], check.checked), "",
      () => this.row(passage.of[0])?.querySelector("[type=checkbox]")) });
    check.checked = passage.checked;
    return h("div", { class: "doubts" },
      h("ul", {}, doubts.map((one) => h("li", {}, one))),
      h("label", { class: "box" }, check, say("import.check")));
  }

  #pictures(passage) {
    const shown = passage.of.map((one) => this.#sheet.passages[one].picture).filter(Boolean);
    return shown.length ? h("div", { class: "pictures" }, shown.map(picture)) : null;
  }

  #side(at, side, keys, number) {
    const labels = { heading: "import.heading", lines: "import.lines", page: "import.page" };
    const fields = keys.map((key) => this.#field(["passages", at, side, key],
      key === "text" ? say(`side.${side}`) : say(labels[key]), key === "text" ? "prose" : "line"));
    const moves = side === "quote"
      ? ["import.to-commentary", toCommentary] : ["import.to-quote", toQuote];
    const text = this.#passages[at][side].text;
    const move = button(say(moves[0]), () => {
      if (!hasParagraphs(textAt(this.#host.state, ["passages", at, side, "text"]))) return;
      this.#host.act(moves[1](this.#host.state, at), say("import.did.move"),
        () => this.row(this.#passages[at].of[0])?.querySelector(`.side.${side} .over`));
    }, { class: "quiet over", "aria-label": say(`${moves[0]}.name`, { number }) });
    if (!hasParagraphs(text)) move.setAttribute("aria-disabled", "true");
    return h("div", { class: `side ${side}`, role: "group", "aria-label": say(`side.${side}`) },
      fields, move);
  }

  #field(path, label, kind) {
    const { element, control } = field({ label, kind, key: path.slice(2).join(".") },
      this.#host.state.passages[path[1]][path[2]][path[3]],
      (value) => this.#host.typed(path, value));
    this.#fields.push({ path, control });
    return element;
  }

  #gap(passage, at) {
    const words = [passage.quote.text, passage.commentary.text].join(" ").trim().slice(0, 120);
    return h("li", { class: "gap", "data-of": passage.of[0] },
      h("p", {}, h("span", { class: "label" }, say("import.left-out")), " ", words),
      button(say("import.take-back"), () => {
        const state = put(this.#host.state, ["passages", at, "out"], false);
        this.#host.act(state,
          say("import.did.back", { number: this.#number(at) + 1 }),
          () => this.row(passage.of[0])?.querySelector(".remove"));
      }, { "aria-label": say("import.take-back.name", { text: words }) }));
  }
}

/** A text field with its label: {element, control}; `typed(value)` gets what is typed. */
export function field({ label, kind, key = "" }, value, typed) {
  const id = newId("field");
  const control = controlFor({ kind, label }, id);
  control.write(value || null);
  control.element.addEventListener("input", () => typed(control.read() ?? ""));
  const element = h("div", { class: `field ${kind}`, "data-field": key },
    h("label", { for: id, class: "label" }, label), control.element);
  return { element, control };
}

/** A picture of the file, as far as browsers can show it. */
export const picture = ({ address, description, mime }) => (address
  ? h("img", { src: address, alt: description, loading: "lazy" })
  : h("p", { class: "hint" }, say("import.picture.unseen", { kind: mime })));
