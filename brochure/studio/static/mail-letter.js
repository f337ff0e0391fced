/** The letter: a form that saves itself, as that of the leaflet does. */

import { Changes } from "./changes.js";
import { h } from "./dom.js";
import { Editing } from "./editing.js";
import { Fields, goTo } from "./fields.js";
import { Toolbar } from "./markdown.js";
import { valueAt } from "./paths.js";
import { say } from "./strings.js";

export class LetterForm {
  scope;
  #host;
  #letter; // as the server told it last
  #found = []; // what is wrong with the mailing
  #fields = new Fields();
  #toolbar = new Toolbar();
  #editing;

  /** `host`: name (of the leaflet), form (element), status, saved(), go(): show the form. */
  constructor(api, host) {
    this.#host = host;
    this.scope = `${host.name}/mail`;
    const calls = { read: api.letter, save: api.save, discard: api.discard };
    this.#editing = new Editing(calls, this.#fields, new Changes(), this, host.status);
  }

  begin() {
    return this.#editing.open(this.#host.form);
  }

  refresh() {
    return this.#editing.refresh();
  }

  /** Save what waits; resolves to whether all that was typed is in the file. */
  settle() {
    return this.#editing.settle();
  }

  /** What is wrong with the mailing; each thing that is about a field is told there as well. */
  diagnose(diagnostics) {
    this.#found = diagnostics.filter(({ place, path }) => place === "letter" && path);
    for (const field of this.#fields.all) field.tell(this.#editing.messages(field.path));
    this.#mark();
  }

  /** Put the caret into the field of a path. */
  goTo(path) {
    const field = this.#fields.at(path);
    if (!field) return;
    this.show();
    goTo(field);
  }

  // What `Editing` asks.

  build({ form, others, slots }) {
    const sections = form.map(({ id, title, hint, rare, fields }) => {
      const heading = h("h2", {}, title);
      const inside = rare ? [this.#folded(heading, fields)]
        : [heading, hint ? h("p", { class: "hint" }, hint) : null, ...this.#parts(fields)];
      const more = id === "letter" ? [this.#slots(slots), this.#others(others)] : [];
      return h("section", { class: "part", id: `letter-${id}` }, inside, more);
    });
    const element = this.#host.form;
    element.replaceChildren(...sections);
    for (const text of element.querySelectorAll("textarea.prose")) text.rows = 6;
    element.addEventListener("keydown", (event) => {
      if (event.target.matches?.("textarea.prose")) this.#toolbar.press(event);
    });
    element.addEventListener("focusin", (event) => {
      const field = this.#fields.of(event.target);
      if (field?.field.kind === "prose" && event.target === field.focusable) this.#toolbar.attach(field);
    });
  }

  values() {
    return this.#letter.values;
  }

  valueOf(path) {
    return valueAt(this.#letter.values, path);
  }

  took(letter) {
    this.#letter = letter;
  }

  render() {} // fields neither come nor go

  shown() {
    this.#fields.recount();
    this.#mark();
  }

  request() {
    return { base: this.#letter.digest };
  }

  diagnostics() {
    return this.#found;
  }

  label(path) {
    return this.#fields.at(path)?.field.label ?? path.at(-1);
  }

  show() {
    this.#host.go();
  }

  saved() {
    this.#host.saved();
  }

  #mark() {
    this.#fields.mark([...this.#editing.held, ...this.#found]);
  }

  #parts(fields) {
    const rare = fields.filter((one) => one.rare);
    const usual = fields.filter((one) => !one.rare);
    return [
      h("div", { class: "fields" },
        usual.map((one) => this.#fields.add(one, one.path, this.valueOf(one.path)).element)),
      rare.length ? this.#folded(say("more"), rare) : null,
    ];
  }

  #folded(title, fields) {
    return this.#fields.folded(title, fields, (path) => path, () => this.#letter.values,
      (field) => field.tell(this.#editing.messages(field.path)));
  }

  #slots(slots) {
    return h("details", { class: "rare slots" }, h("summary", {}, say("mail.slots")),
      h("p", { class: "hint" }, say("mail.slots.hint")),
      h("ul", {}, slots.map(({ slot, title }) => h("li", {}, h("code", {}, slot), " ", title))));
  }

  #others(others) {
    return h("details", { class: "rare" }, h("summary", {}, say("mail.others")),
      others.map(({ name, fields }) =>
        this.#folded(say("mail.other", { language: name }), fields)));
  }
}
