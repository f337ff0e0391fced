/**
 * Fields of the form: each shows the value at one path of the leaflet, with its label, its hint and
 * what is wrong with it. A field in which someone writes is never overwritten.
 */

import { countForbidden } from "./characters.js";
import { controlFor } from "./controls.js";
import { h, newId, sentence } from "./dom.js";
import { Fold, labels } from "./folds.js";
import { isWithin, keyOf, same, valueAt } from "./paths.js";
import { plural, say } from "./strings.js";

const owners = new WeakMap(); // of elements

export class Field {
  /** What the form showed before the last keys: the base of what is typed. */
  shown = null;
  /** Where the panel of a conflict goes. */
  aside = h("div", { class: "aside" });
  #told = null;
  #sample;
  #left = h("p", { class: "left-out warning", id: newId("left") }); // that characters are left out
  #tag = h("span", { class: "tag", id: newId("tag") });
  #messages = h("ul", { class: "messages", id: newId("messages") });

  /**
   * `sample` is what it says in the sample that the leaflet began with, if it did; `wrapped(control)`
   * may give the control another way to read and to write.
   */
  constructor(field, path, value, { sample = null, wrapped = (control) => control } = {}) {
    this.path = path;
    this.field = field;
    this.#sample = sample;
    const id = newId("field");
    this.control = wrapped(controlFor(field, id));
    const hint = h("p", { class: "hint", id: newId("hint") }, sentence(field.hint ?? ""));
    hint.hidden = !field.hint;
    const required = field.required && field.path.length === 1; // of others, only with their likes
    const needed = required ? h("span", { class: "needed", "aria-hidden": "true" },
      say("needed")) : null;
    this.head = h("div", { class: "head" },
      this.control.group
        ? h("span", { class: "label", id: `${id}-label` }, field.label)
        : h("label", { for: id, class: "label" }, field.label),
      needed, this.#tag);
    if (required) this.focusable.setAttribute("aria-required", "true");
    this.element = h("div", { class: `field ${field.kind}`, "data-field": field.path.join(".") },
      this.head, this.control.element, this.#left, hint, this.#messages, this.aside);
    const described = [this.#tag.id, this.#left.id, hint.id, this.control.described, this.#messages.id].filter(Boolean);
    this.focusable.setAttribute("aria-describedby", described.join(" "));
    if (this.control.group) {
      this.control.element.setAttribute("role", "group");
      this.control.element.setAttribute("aria-labelledby", `${id}-label`);
    }
    owners.set(this.element, this);
    this.element.addEventListener("focusout", () => this.#mark());
    this.element.addEventListener("input", () => {
      const left = countForbidden(this.focusable.value ?? "");
      const words = left ? plural("characters", left) : "";
      if (words === this.#left.textContent) return;
      this.#left.textContent = words;
      this.element.dispatchEvent(new CustomEvent("announce", { bubbles: true, detail: words }));
    });
    if (sample !== null) this.#letReplace();
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
    this.#mark();
  }

  /** Show what was typed, which the file has not. */
  type(value) {
    this.control.write(value);
    this.#mark();
  }

  /** Show what is wrong: [{severity, message, hint, name}]; `name` need not be said here. */
  tell(messages) {
    if (same(messages, this.#told)) return;
    this.#told = messages;
    const wrong = messages.some(({ severity }) => severity === "error" || severity === "held");
    this.element.classList.toggle("wrong", wrong);
    if (wrong) this.focusable.setAttribute("aria-invalid", "true");
    else this.focusable.removeAttribute("aria-invalid");
    this.#messages.hidden = !messages.length;
    this.#messages.replaceChildren(...messages.map(({ severity, message, hint, name }) => {
      const own = name && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
      return h("li", { class: severity }, h("strong", {}, say(`severity.${severity}`)), " ",
        sentence(own), hint ? h("span", { class: "hint" }, " ", sentence(hint)) : null);
    }));
  }

  #like(typed, value) {
    if (same(typed, value)) return true;
    return !Array.isArray(value) && typed !== null && value !== null && !Array.isArray(typed)
      && String(typed) === String(value).trim();
  }

  #mark() {
    const value = this.control.read();
    this.element.classList.toggle("empty", value === null);
    const isSample = this.#sample !== null && value === this.#sample;
    this.element.classList.toggle("sample", isSample);
    this.#tag.textContent = isSample ? say("sample") : "";
  }

  /** Who comes to words of the sample writes over them. */
  #letReplace() {
    this.element.addEventListener("input", () => this.#mark());
    this.focusable.addEventListener("focus", () => requestAnimationFrame(() => {
      if (this.focused && this.element.classList.contains("sample")) this.focusable.select?.();
    }));
  }
}

/** All fields of a leaflet that are on the page, by their paths. */
export class Fields {
  /** What the sample says that the leaflet began with, by paths. */
  samples = new Map();
  #all = new Map();
  #late = new Map(); // folds of fields that nobody has unfolded yet, by the paths of these
  #folds = new Map(); // all folds around a field, by its path
  #marked = new Set(); // folds in which something is wrong

  /** A field for the value at a path. */
  add(field, path, value, wrapped) {
    const made = new Field(field, path, value, { sample: this.samples.get(keyOf(path)), wrapped });
    this.#all.set(keyOf(path), made);
    return made;
  }

  /**
   * The field at a path, or the one that a longer path leads into, or else the first one below it;
   * made if it is folded away.
   */
  at(path) {
    if (!path) return null;
    for (let length = path.length; length; length--) {
      const key = keyOf(path.slice(0, length));
      while (this.#late.has(key)) this.#late.get(key).make(); // there may be one in the other
      const found = this.#all.get(key);
      if (found) return found;
    }
    const first = [...this.#all.keys(), ...this.#late.keys()]
      .find((key) => isWithin(JSON.parse(key), path));
    return first ? this.at(JSON.parse(first)) : null;
  }

  /** The field that an element belongs to. */
  of(element) {
    return owners.get(element?.closest?.(".field")) ?? null;
  }

  /** Fields go with their passage. */
  drop(isGone) {
    for (const [key, field] of this.#all) if (isGone(field.path)) this.#all.delete(key);
    for (const [key, folds] of this.#folds) {
      if (!isGone(JSON.parse(key))) continue;
      for (const fold of folds) this.#marked.delete(fold);
      this.#folds.delete(key);
      this.#late.delete(key);
    }
  }

  get all() {
    return [...this.#all.values()];
  }

  /**
   * Fields that are folded away under a title; made when someone unfolds them. `begin(path)` is the
   * path of each, `read()` the values of now, `made(field)` is told of each. `gist` is what the
   * line says beside the title, `content()` the elements, if they are more than the fields.
   */
  folded(title, descriptions, begin, read, made, { gist = labels, content = null } = {}) {
    const fields = () => [h("div", { class: "fields" }, descriptions.map((one) => {
      const path = begin(one.path);
      const field = this.add(one, path, valueAt(read(), path));
      made(field);
      return field.element;
    }))];
    const keys = descriptions.map((one) => keyOf(begin(one.path)));
    const fold = new Fold(title, descriptions, {
      valueOf: (one) => valueAt(read(), begin(one.path)),
      gist,
      content: () => {
        for (const key of keys) if (this.#late.get(key) === fold) this.#late.delete(key);
        return (content ?? fields)();
      },
    });
    for (const key of keys) {
      this.#late.set(key, fold);
      this.#folds.set(key, [...(this.#folds.get(key) ?? []), fold]);
    }
    return fold.element;
  }

  /** What is folded away is another: say it on the lines. */
  recount() {
    for (const fold of new Set([...this.#folds.values()].flat())) fold.recount();
  }

  /** Say on the lines of folds that something in them is wrong: [{path, severity}]. */
  mark(wrong) {
    const found = new Map();
    for (const { path, severity } of wrong) {
      for (const fold of this.#around(path)) found.set(fold, [...(found.get(fold) ?? []), severity]);
    }
    for (const fold of this.#marked) if (!found.has(fold)) fold.tell([]);
    for (const [fold, severities] of found) fold.tell(severities);
    this.#marked = new Set(found.keys());
  }

  /** The folds around a field; of a whole part of the leaflet, that of its fields. */
  #around(path) {
    for (let length = path.length; length; length--) {
      const folds = this.#folds.get(keyOf(path.slice(0, length)));
      if (folds) return folds;
    }
    const [, folds] = path.length > 1 ? [] : [...this.#folds].find(([key]) =>
      isWithin(JSON.parse(key), path)) ?? [];
    return folds?.slice(0, 1) ?? [];
  }
}

/** Put the caret into a field, unfolded and in view. */
export function goTo(field) {
  for (let at = field.element; at; at = at.parentElement.closest("details")) {
    if (at.matches("details")) at.open = true;
  }
  field.focusable.focus({ preventScroll: true });
  field.element.scrollIntoView({ block: "center" });
}
