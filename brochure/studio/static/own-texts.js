/**
 * One text of the leaflet in a region: that of the base, or the region's own; made its own, given
 * back, and compared where the base has changed since.
 */

import { sideBySide } from "./conflicts.js";
import { button, h, newId } from "./dom.js";
import { isWithin, same } from "./paths.js";
import { stateShape } from "./shapes.js";
import { say } from "./strings.js";

/** A text that a region leaves out on purpose; null is one that it has from the base. */
export const LEFT_OUT = { left_out: "yes" };
const isLeftOut = (value) => same(value, LEFT_OUT);

/** A value of the base, in words. */
export function inWords(value, choices = []) {
  if (value === null || value === undefined) return "";
  const label = (one) => choices.find((choice) => choice.value === one)?.label ?? String(one);
  if (Array.isArray(value)) return value.map(label).join(", ");
  if (typeof value !== "object") return label(value);
  return Object.entries(value).map(([key, one]) => `${key}: ${inWords(one)}`).join("\n");
}

export class OwnText {
  #host;
  #field; // undefined as long as nothing is drawn
  #state = h("span", { class: "variant-state" });
  #toggle = button("", () => this.#press(), { class: "quiet own-toggle" });
  #base = h("div", { class: "base-text" });
  #compared = h("div", { class: "compared" });
  #label;
  #head;
  #told = "";
  element = h("div", { class: "own-text" });

  /**
   * `description` is that of the field in the form, `path` where it is in the file of the variant,
   * `basePath` where it is in the base. `host` has `fields`, `base(path)`, `own(path)`,
   * `override(path)`, `put(path, value, was)`, `undo(label, act)`, `about(path)` in words,
   * `accept(key)` and `made(field)`.
   */
  constructor(description, path, basePath, host) {
    this.description = description;
    this.path = path;
    this.basePath = basePath;
    this.#host = host;
    const id = newId("own");
    this.#label = h("span", { class: "label", id }, description.label);
    this.#head = h("div", { class: "head" }, this.#label);
    this.#base.setAttribute("role", "group");
    this.#base.setAttribute("aria-labelledby", id);
    this.render();
  }

  get base() {
    return this.#host.base(this.basePath);
  }

  /** What the region has of its own, with what was typed and is not saved. */
  get own() {
    return this.#field ? this.#field.value : this.#host.own(this.path);
  }

  get isOwn() {
    return this.#host.own(this.path) !== null;
  }

  /** Put the caret into it, or the focus on what makes it the region's own. */
  focus() {
    (this.#field?.focusable ?? this.#toggle).focus();
  }

  /** Show what there is now. */
  render() {
    const isDrawn = this.#field !== undefined && this.isOwn === Boolean(this.#field);
    if (!isDrawn && !this.#field?.focused) this.#turn();
    this.#draw();
  }

  /** Have a text of its own, which begins with the words of the base. */
  make() {
    const { base } = this;
    const value = base ?? null;
    if (value !== null) this.#host.put(this.path, structuredClone(value), null);
    this.#turn(true);
    this.#draw();
    this.#field.focusable.focus();
    this.#host.undo(say("own.undo-make", { field: this.#host.about(this) }), () => this.giveBack(false));
  }

  /** Have the text of the base again. */
  giveBack(undoable = true) {
    const { own } = this;
    const saved = this.#field?.shown ?? this.#host.own(this.path);
    this.#host.put(this.path, null, saved);
    const focused = this.element.contains(document.activeElement);
    this.#turn(false);
    this.#draw();
    if (focused) this.#toggle.focus();
    if (!undoable || own === null) return;
    this.#host.undo(say("own.undo-back", { field: this.#host.about(this) }), () => {
      this.#host.put(this.path, own, null);
      this.#turn(true);
      this.#field.type(isLeftOut(own) ? null : own);
      this.#draw();
      this.#field.focusable.focus();
    });
  }

  #press() {
    if (this.#field) this.giveBack();
    else this.make();
  }

  /** From the one to the other. */
  #turn(own = this.isOwn) {
    if (!own) {
      this.#host.fields.drop((path) => isWithin(path, this.path));
      this.#field = null;
      this.#head.append(this.#label, this.#state, this.#toggle);
      this.element.replaceChildren(this.#head, this.#base);
      return;
    }
    if (this.#field) return;
    const kept = this.#host.fields.at(this.path);
    if (kept && same(kept.path, this.path)) this.#host.fields.drop((path) => same(path, this.path));
    this.#field = this.#host.fields.add({ ...this.description, required: false }, this.path,
      this.#host.own(this.path), (control) => this.#optional(control));
    this.#field.head.append(this.#state, this.#toggle);
    this.element.replaceChildren(this.#field.element, this.#compared);
    this.#host.made(this.#field);
  }

  /** An empty text is one that is left out, if the base has one. */
  #optional(control) {
    return { ...control,
      read: () => control.read() ?? (this.base === null ? null : LEFT_OUT),
      write: (value) => control.write(isLeftOut(value) ? null : value) };
  }

  #draw() {
    const override = this.#host.override(this.path);
    const state = !this.#field ? "base" : override?.state ?? "fine";
    const { base } = this;
    const words = inWords(base, this.description.choices);
    const known = JSON.stringify([state, base, override, Boolean(this.#field)]);
    if (known === this.#told) return;
    this.#told = known;
    this.element.dataset.state = state;
    this.#state.className = `variant-state ${state}`;
    this.#state.replaceChildren(stateShape(state), h("span", {}, say(`own.is.${state}`)));
    const action = this.#field ? say("own.give-back")
      : base === null ? say("own.add") : say("own.make");
    this.#toggle.textContent = action;
    this.#toggle.setAttribute("aria-label", `${action}: ${this.#host.about(this)}`);
    this.#base.replaceChildren(words ? h("p", {}, words) : h("p", { class: "hint" }, say("nothing")));
    this.element.classList.toggle("nothing", !words && !this.#field);
    if (this.#field) this.#compare(state, override, words);
  }

  #compare(state, override, words) {
    const panel = comparison(state, override, this.#field.value, {
      accept: () => this.#host.accept(override.key),
      giveBack: () => this.giveBack(),
    });
    const focused = [...this.#compared.querySelectorAll("button")].indexOf(document.activeElement);
    this.#compared.replaceChildren(panel ?? (words
      ? h("details", { class: "rare" }, h("summary", {}, say("own.base")), h("p", { class: "base-text" },
        words)) : ""));
    if (focused >= 0) (this.#compared.querySelectorAll("button")[focused] ?? this.#field.focusable).focus();
  }
}

/** What a pair said and says that a region leaves out, and what to do; or null. */
export function leftOut(state, { recorded, base }, accept) {
  const choices = [{ label: say("pairs.accept"), act: accept }];
  if (state === "stale") {
    return sideBySide(say("pairs.stale"), [say("own.base-then"), say("own.base-now")],
      [recorded, base], choices);
  }
  if (state !== "new") return null;
  return sideBySide(say("pairs.new"), [say("own.base-now")], [base, base], choices);
}

/** What the base said and says beside the text of a region, and what to do; or null. */
function comparison(state, override, own, { accept, giveBack }) {
  const text = isLeftOut(own) ? null : inWords(own);
  const choices = [{ label: say("own.accept"), act: accept },
    { label: say("own.take-base"), act: giveBack }];
  if (state === "stale") {
    return sideBySide(say("own.stale"), [say("own.base-then"), say("own.base-now"), say("own.text")],
      [override.recorded, override.base, text], choices);
  }
  if (state === "new") {
    return sideBySide(say("own.new"), [say("own.base-now"), say("own.text")],
      [override.base, text], choices);
  }
  return null;
}
