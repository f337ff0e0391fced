/** The rows of the table of regions: cells, the state of the variant, leave out. */

import { Cell } from "./cells.js";
import { button, h, newId, sentence } from "./dom.js";
import { keyOf } from "./paths.js";
import { stateShape } from "./shapes.js";
import { plural, say } from "./strings.js";

/** A row. `host` has `leaflet`, `remove(row)`, `column(name)` with its hints and defaults. */
export class Row {
  #host;
  #state = h("td", { class: "state-cell" });
  #messages = h("ul", { class: "messages", hidden: true });
  #remove = button(say("remove"), () => this.#host.remove(this), { class: "quiet remove" });
  cells = new Map(); // by columns
  element;

  constructor(id, columns, host) {
    this.id = id;
    this.#host = host;
    this.element = h("tr", {}, this.#state, h("td", { class: "row-actions" }, this.#remove));
    this.#state.id = newId("state");
    this.widen(columns);
  }

  get path() {
    return ["rows", { id: this.id }];
  }

  get isNew() {
    return this.id.startsWith("+");
  }

  /** The name of the region, or its id. */
  get name() {
    return this.cells.get("name")?.value ?? this.cells.get("id")?.value ?? say("table.new-row");
  }

  /** What its cells say, as a row of the file. */
  get value() {
    return Object.fromEntries([...this.cells].map(([column, cell]) => [column, cell.value])
      .filter(([, text]) => text !== null));
  }

  get focused() {
    return this.element.contains(document.activeElement);
  }

  /** Have a cell in each column. */
  widen(columns) {
    const made = columns.filter((column) => !this.cells.has(column)).map((column) => {
      const cell = new Cell([...this.path, "cells", column], column, {
        title: this.#host.title(column), placeholder: this.#host.standard(column), wide: !["id", "ags"].includes(column),
      });
      this.cells.set(column, cell);
      return cell;
    });
    if (!made.length) return made;
    this.described = null;
    columns.forEach((column) => this.#state.before(this.cells.get(column).element));
    return made;
  }

  /** Say what the row is about, wherever its name is not seen. */
  describe() {
    const { name } = this;
    if (this.described === name) return;
    this.described = name;
    for (const [column, cell] of this.cells) {
      if (column === "name" && cell.focused && cell.control.ariaLabel) this.described = null; // later
      else cell.control.setAttribute("aria-label", `${this.#host.title(column)}, ${name}`);
    }
    this.#remove.setAttribute("aria-label", say("table.remove", { name }));
    this.#nameLink();
  }

  #nameLink() {
    const link = this.#state.querySelector("a");
    link?.setAttribute("aria-label", `${link.textContent}: ${this.name}`);
  }

  /** Show the state of the variant, as far as it is known, and what is wrong with its row. */
  tell(state, wrong) {
    const known = JSON.stringify([state, wrong, this.id]);
    if (this.told === known) return;
    this.told = known;
    const linked = state && !this.isNew;
    const shown = !state ? "" : state.state !== "fine" ? state.state : state.own ? "fine" : "base";
    const words = !shown ? "" : shown === "base" ? say("variant.base-only")
      : [state.own ? plural("variant.own", state.own) : "", say(`variant.is.${shown}`)]
        .filter(Boolean).join(", ");
    const messages = [...wrong.map((message) => ({ message })), ...(state?.messages ?? [])];
    this.#messages.hidden = !messages.length;
    this.#messages.replaceChildren(...messages.map(({ message, hint }) => h("li", { class: "error" },
      sentence(message), hint ? h("span", { class: "hint" }, " ", sentence(hint)) : null)));
    this.#state.replaceChildren(...(linked ? [h("a", { class: `variant-state ${shown}`,
      href: `/leaflets/${this.#host.leaflet}/variants/${this.id}` },
    stateShape(shown), h("span", {}, words))]
      : []), this.#messages);
    this.#nameLink();
    const id = this.cells.get("id").control;
    id.readOnly = Boolean(state?.file); // the file of its own texts is named after it
    const { element } = this.cells.get("id");
    if (id.readOnly) {
      element.dataset.fixed = say("table.fixed");
      id.setAttribute("aria-describedby", "fixed");
    } else {
      delete element.dataset.fixed;
    }
  }

  /** Texts of its own would be left behind. */
  keep() {
    this.#messages.hidden = false;
    this.#messages.replaceChildren(h("li", { class: "error" }, say("table.kept")));
    this.#state.append(this.#messages);
    this.told = null;
  }

  /** It is known by another id now. */
  get key() {
    return keyOf(this.path);
  }
}
