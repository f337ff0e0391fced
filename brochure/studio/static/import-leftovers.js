/** What fits nowhere, by kind; tracked changes one by one first, since they change the meaning. */

import { button, h, newId } from "./dom.js";
import { taken, textAt } from "./import-model.js";
import { say } from "./strings.js";

const CHANGES = ["insertion", "deletion", "moved"];
const KINDS = ["comment", "footnote", "endnote", "text-box", "header", "footer", "field", "hidden",
  "formula", "other"];
const NEEDLE = 60; // characters by which a place is found

export class ImportLeftovers {
  element = h("div", { class: "leftovers" });
  #sheet;
  #host;

  /**
   * `host` has `state`, `act` as in `ImportPairs`, `places()`, the texts that something can be taken
   * into: [{path, label}], and `show(path, text)`, which leads to a text.
   */
  constructor(sheet, host) {
    this.#sheet = sheet;
    this.#host = host;
  }

  /** The tracked changes. */
  get changes() {
    return this.#every.filter(({ kind }) => CHANGES.includes(kind));
  }

  get #every() {
    return this.#sheet.leftovers.map((one, at) => ({ ...one, at }));
  }

  /** Show what there is now. */
  render() {
    const [every, changes] = [this.#every, this.changes];
    const groups = KINDS.map((kind) => [kind, every.filter((one) => one.kind === kind)])
      .filter(([, some]) => some.length);
    this.element.replaceChildren(
      ...[changes.length ? this.#group(say("import.changes"), changes,
        h("p", { class: "hint" }, say("import.changes.about")), "h2", "changes") : null,
      every.length > changes.length || !every.length ? h("div", { class: "leftovers-head" },
        h("h2", {}, say("import.leftovers")),
        h("p", { class: "hint" },
          say(every.length ? "import.leftovers.about" : "import.leftovers.none"))) : null,
      ...groups.map(([kind, some]) => this.#group(say(`import.kind.${kind}`), some, null)),
      ].filter(Boolean));
  }

  #group(heading, some, about, level = "h3", id = null) {
    const title = newId("kind");
    return h("section", { id, "aria-labelledby": title },
      h(level, { id: title }, heading, " ", h("span", { class: "count" }, String(some.length))), about,
      h("ul", {}, some.map((one) => this.#item(one))));
  }

  #item(leftover) {
    const { kind, text, near, who, at } = leftover;
    const change = CHANGES.includes(kind);
    const about = [change ? say(`import.change.${kind}`) : "", who ? say("import.by", { who }) : "",
      near ? say("import.near", { near: near.slice(0, NEEDLE) }) : ""].filter(Boolean).join(", ");
    const done = this.#host.state.taken.includes(at);
    return h("li", { class: `leftover ${kind}`, "data-leftover": at },
      h("p", { class: "text" }, kind === "deletion" ? h("del", {}, text)
        : kind === "insertion" ? h("ins", {}, text) : text),
      about ? h("p", { class: "hint" }, about) : null,
      done ? h("p", { class: "fine" }, say("import.taken"))
        : h("div", { class: "choices" }, this.#place(leftover),
          kind === "insertion" ? null : this.#take(leftover)));
  }

  /** A button that leads to where it stands, or would stand. */
  #place({ kind, text, near }) {
    const needle = (kind === "insertion" ? text : near).trim().slice(0, NEEDLE);
    if (!needle) return null;
    const place = this.#host.places().find(({ path }) =>
      textAt(this.#host.state, path).includes(needle));
    return place ? button(say("import.show"), () => this.#host.show(place.path, needle),
      { class: "quiet" }) : null;
  }

  #take({ text, at }) {
    const select = h("select", { "aria-label": say("import.take.name", { text: text.slice(0, NEEDLE) }) },
      h("option", { value: "" }, say("import.take")));
    const press = button(say("correct.do"), () => {
      const place = this.#host.places()[Number(select.value) - 1];
      if (!select.value || !place) {
        select.focus();
        return;
      }
      this.#host.act(taken(this.#host.state, at, place.path, text),
        say("import.did.take", { field: place.label }),
        () => this.element.querySelector(`[data-leftover="${at}"]`));
    }, { class: "quiet" });
    const fill = () => { // there may be many
      if (select.options.length > 1) return;
      select.append(...this.#host.places().map(({ label }, index) =>
        new Option(label, String(index + 1))));
    };
    select.addEventListener("focus", fill);
    select.addEventListener("pointerdown", fill);
    return h("span", { class: "taking" }, select, press);
  }
}
