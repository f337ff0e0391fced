/** The cells of a table: each is a field of one column of one row, of which there may be thousands. */

import { grow } from "./controls.js";
import { h, newId, sentence } from "./dom.js";
import { keyOf, same } from "./paths.js";
import { say } from "./strings.js";

const owners = new WeakMap(); // of elements

const typed = (text) => text.replace(/[ \t]+$/gm, "").trim() || null;

/** A cell, which is used like a `Field`. */
export class Cell {
  /** What the page showed before the last keys: the base of what is typed. */
  shown = null;
  #aside = null;
  #messages = null;
  #told = [];
  #wide;

  constructor(path, column, { title, placeholder, wide }) {
    this.path = path;
    this.column = column;
    this.#wide = wide;
    this.control = h("textarea", { rows: 1, autocomplete: "off",
      spellcheck: wide ? "true" : "false", placeholder });
    this.element = h("td", { class: `cell ${wide ? "wide" : "narrow"}`, "data-label": title },
      this.control);
    owners.set(this.element, this);
  }

  get focusable() {
    return this.control;
  }

  get focused() {
    return this.control === document.activeElement;
  }

  get value() {
    return typed(this.control.value);
  }

  /** Where the panel of a conflict goes. */
  get aside() {
    this.#aside ??= this.element.appendChild(h("div", { class: "aside" }));
    return this.#aside;
  }

  write(value) {
    this.shown = value;
    if (this.value !== value) this.type(value);
  }

  type(value) {
    this.control.value = value ?? "";
    if (this.control.value.length > 20) grow(this.control);
  }

  tell(messages) {
    if (same(messages, this.#told)) return;
    this.#told = messages;
    if (!this.#messages) {
      this.#messages = h("ul", { class: "messages", id: newId("messages") });
      this.control.setAttribute("aria-describedby", this.#messages.id);
      this.control.after(this.#messages);
    }
    const wrong = messages.some(({ severity }) => severity === "error" || severity === "held");
    if (wrong) this.control.setAttribute("aria-invalid", "true");
    else this.control.removeAttribute("aria-invalid");
    this.#messages.hidden = !messages.length;
    this.#messages.replaceChildren(...messages.map(({ severity, message, hint }) =>
      h("li", { class: severity }, h("strong", {}, say(`severity.${severity}`)), " ",
        sentence(message), hint && this.#wide ? h("span", { class: "hint" }, " ", sentence(hint)) : null)));
  }
}

/** All cells by their paths, used like `Fields`. */
export class Cells {
  #all = new Map();

  add(cell) {
    this.#all.set(keyOf(cell.path), cell);
    return cell;
  }

  /** The cell at a path; the first one of a row, if the path is that of a row. */
  at(path) {
    if (!path) return null;
    return this.#all.get(keyOf(path))
      ?? this.all.find((cell) => path.length === 2 && same(cell.path.slice(0, 2), path)) ?? null;
  }

  of(element) {
    return owners.get(element?.closest?.("td")) ?? null;
  }

  drop(cells) {
    for (const cell of cells) this.#all.delete(keyOf(cell.path));
  }

  /** A row is known by another name. */
  move(cells, path) {
    this.drop(cells);
    for (const cell of cells) {
      cell.path = [...path, ...cell.path.slice(2)];
      this.add(cell);
    }
  }

  get all() {
    return [...this.#all.values()];
  }
}
