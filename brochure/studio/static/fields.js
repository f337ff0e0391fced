/**
 * Fields of the form: each shows the value at one path of the leaflet, with its label, its hint and
 * what is wrong with it. A field in which someone writes is never overwritten.
 */

import { controlFor } from "./controls.js";
import { h, newId, sentence } from "./dom.js";
import { keyOf, same, valueAt } from "./paths.js";
import { say } from "./strings.js";

const owners = new WeakMap(); // of elements

export class Field {
  /** What the form showed before the last keys: the base of what is typed. */
  shown = null;
  /** Where the panel of a conflict goes. */
  aside = h("div", { class: "aside" });
  #told = null;
  #messages = h("ul", { class: "messages", id: newId("messages") });

  constructor(field, path, value) {
    this.path = path;
    this.field = field;
    const id = newId("field");
    this.control = controlFor(field, id);
    const hint = h("p", { class: "hint", id: newId("hint") }, sentence(field.hint ?? ""));
    hint.hidden = !field.hint;
    const required = field.required && field.path.length === 1; // of others, only with their likes
    const needed = required ? h("span", { class: "needed", "aria-hidden": "true" },
      say("needed")) : null;
    this.head = h("div", { class: "head" },
      this.control.group
        ? h("span", { class: "label", id: `${id}-label` }, field.label)
        : h("label", { for: id, class: "label" }, field.label),
      needed);
    if (required) this.focusable.setAttribute("aria-required", "true");
    this.element = h("div", { class: `field ${field.kind}` },
      this.head, this.control.element, hint, this.#messages, this.aside);
    const described = [hint.id, this.control.described, this.#messages.id].filter(Boolean);
    this.focusable.setAttribute("aria-describedby", described.join(" "));
    if (this.control.group) {
      this.control.element.setAttribute("role", "group");
      this.control.element.setAttribute("aria-labelledby", `${id}-label`);
    }
    owners.set(this.element, this);
    this.element.addEventListener("focusout", () => this.#markEmpty());
    this.tell([]);
    this.write(value);
  }

  get focusable() {
    return this.control.focusable;
  }

  /** Whether the caret is in it. */
  get focused() {
    return this.control.element.contains(document.activeElement);
  }

  /** The value as typed. */
  get value() {
    const typed = this.control.read();
    // What was not touched is what the file has: the number 21 is not the text "21".
    return this.#like(typed, this.shown) ? this.shown : typed;
  }

  /** Show a value of the file. */
  write(value) {
    this.shown = value;
    if (!this.#like(this.control.read(), value)) this.control.write(value);
    this.#markEmpty();
  }

  /** Show what was typed, which the file has not. */
  type(value) {
    this.control.write(value);
    this.#markEmpty();
  }

  /** Show what is wrong: [{severity, message, hint}]. */
  tell(messages) {
    if (same(messages, this.#told)) return;
    this.#told = messages;
    const wrong = messages.some(({ severity }) => severity === "error");
    this.element.classList.toggle("wrong", wrong);
    if (wrong) this.focusable.setAttribute("aria-invalid", "true");
    else this.focusable.removeAttribute("aria-invalid");
    this.#messages.hidden = !messages.length;
    this.#messages.replaceChildren(...messages.map(({ severity, message, hint }) =>
      // Which field it is needs no name here.
      h("li", { class: severity }, h("strong", {}, say(`severity.${severity}`)), " ",
        sentence(message.replace(/^`[^`]*`: /, "")), hint ? h("span", { class: "hint" }, " ", sentence(hint)) : null)));
  }

  #like(typed, value) {
    if (same(typed, value)) return true;
    return !Array.isArray(value) && typed !== null && value !== null && !Array.isArray(typed)
      && String(typed) === String(value).trim();
  }

  #markEmpty() {
    this.element.classList.toggle("empty", this.control.read() === null);
  }
}

/** All fields of a leaflet that are on the page, by their paths. */
export class Fields {
  #all = new Map();
  #late = new Map(); // groups of rare fields that nobody has opened yet, by their paths

  /** A field for the value at a path. */
  add(field, path, value) {
    const made = new Field(field, path, value);
    this.#all.set(keyOf(path), made);
    return made;
  }

  /** The field at a path, or the one that a longer path leads into; made if it is folded away. */
  at(path) {
    if (!path) return null;
    for (let length = path.length; length; length--) {
      const key = keyOf(path.slice(0, length));
      this.#late.get(key)?.();
      const found = this.#all.get(key);
      if (found) return found;
    }
    return null;
  }

  /** The field that an element belongs to. */
  of(element) {
    return owners.get(element?.closest?.(".field")) ?? null;
  }

  /** Fields go with their passage. */
  drop(isGone) {
    for (const [key, field] of this.#all) if (isGone(field.path)) this.#all.delete(key);
    for (const key of this.#late.keys()) if (isGone(JSON.parse(key))) this.#late.delete(key);
  }

  get all() {
    return [...this.#all.values()];
  }

  /**
   * Rare fields, folded away under a title that names them; made when someone unfolds them.
   * `begin(path)` is the path of each, `read()` the values of now, `made(field)` is told of each.
   */
  folded(title, descriptions, begin, read, made) {
    const names = h("span", { class: "names" });
    const details = h("details", { class: "rare" }, h("summary", {}, title, " ", names));
    const recount = () => {
      const isFilled = ({ path }) => valueAt(read(), begin(path)) !== null;
      const filled = descriptions.filter(isFilled).map(({ label }) => label).join(", ");
      const others = descriptions.filter((one) => !isFilled(one)).map(({ label }) => label);
      names.replaceChildren("– ", filled ? h("span", { class: "filled" }, filled) : "",
        filled && others.length ? ", " : "", others.join(", "));
    };
    const unfold = () => {
      for (const one of descriptions) this.#late.delete(keyOf(begin(one.path)));
      if (details.children.length > 1) return;
      details.append(h("div", { class: "fields" }, descriptions.map((one) => {
        const path = begin(one.path);
        const field = this.add(one, path, valueAt(read(), path));
        made(field);
        return field.element;
      })));
    };
    for (const one of descriptions) this.#late.set(keyOf(begin(one.path)), unfold);
    details.addEventListener("toggle", () => {
      if (details.open) unfold();
      else recount();
    });
    recount();
    return details;
  }
}

/** Put the caret into a field, unfolded and in view. */
export function goTo(field) {
  const folded = field.element.closest("details");
  if (folded) folded.open = true;
  field.focusable.focus({ preventScroll: true });
  field.element.scrollIntoView({ block: "center" });
}
