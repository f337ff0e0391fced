/**
 * The letter: a form that saves itself, as that of the leaflet does. What others change meanwhile
 * is merged, or asked about; what is not valid yet is kept as a draft.
 */

import { NotConnected } from "./api.js";
import { Changes } from "./changes.js";
import { conflictPanel } from "./conflicts.js";
import { h } from "./dom.js";
import { Fields, goTo } from "./fields.js";
import { Keeping } from "./keeping.js";
import { Toolbar } from "./markdown.js";
import { isWithin, keyOf, same, valueAt } from "./paths.js";
import { missing, offer } from "./restored.js";
import { Saving } from "./saving.js";
import { plural, say } from "./strings.js";

export class LetterForm {
  #api;
  #host;
  #letter = null; // as the server told it last
  #epoch = 0; // how many times the file was read or written: an older answer is no news
  #held = new Map(); // messages of what is in the draft only, by paths
  #found = []; // what is wrong with the mailing
  #fields = new Fields();
  #changes = new Changes();
  #toolbar = new Toolbar();
  #keeping;
  #saving = new Saving(this.#changes, (...args) => this.#send(...args),
    (state, details) => this.#report(state, details));

  /** `host`: form, offers, open (elements), status, saved(), go(): show the form. */
  constructor(api, host) {
    this.#api = api;
    this.#host = host;
  }

  async begin() {
    const letter = await this.#api.letter();
    this.#letter = letter;
    this.#keeping = new Keeping(letter.project, `${letter.leaflet}/mail`);
    await this.#keeping.open();
    const own = this.#keeping.own();
    this.#build(letter);
    this.#listen();
    this.#changes.clash(letter.conflicts);
    this.#show(letter);
    if (own) this.#take(missing(own.changes, letter.values));
    for (const left of await this.#keeping.left()) this.#offer(left);
    this.#report(this.#saving.state, {});
  }

  /** What is wrong with the mailing; each thing that is about a field is told there as well. */
  diagnose(diagnostics) {
    this.#found = diagnostics.filter(({ place, path }) => place === "letter" && path);
    this.#tellAll();
  }

  /** Put the caret into the field of a path. */
  goTo(path) {
    const field = this.#fields.at(path);
    if (!field) return;
    this.#host.go();
    goTo(field);
  }

  /** Save what waits; resolves to whether all that was typed is in the file. */
  async settle() {
    await this.#saving.now();
    return this.#saving.state === "saved" && !this.#held.size && !this.#changes.conflicts.size;
  }

  #build({ form, others, slots }) {
    const field = (one) => {
      const made = this.#fields.add(one, one.path, this.#valueOf(one.path));
      return made.element;
    };
    const fields = (list) => [
      h("div", { class: "fields" }, list.filter(({ rare }) => !rare).map(field)),
      list.some(({ rare }) => rare) ? this.#folded(say("more"), list.filter(({ rare }) => rare)) : null,
    ];
    const sections = form.map(({ id, title, hint, rare, fields: list }) => {
      const heading = h("h2", {}, title);
      const inside = rare ? [this.#folded(heading, list)]
        : [heading, hint ? h("p", { class: "hint" }, hint) : null, ...fields(list)];
      const more = id === "letter" ? [this.#slots(slots), this.#others(others)] : [];
      return h("section", { class: "part", id: `letter-${id}` }, inside, more);
    });
    this.#host.form.replaceChildren(...sections);
    for (const text of this.#host.form.querySelectorAll("textarea.prose")) text.rows = 6;
  }

  #folded(title, list) {
    return this.#fields.folded(title, list, (path) => path, () => this.#letter.values,
      (field) => this.#tell(field));
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

  // What is typed.

  #listen() {
    const { form } = this.#host;
    form.addEventListener("input", (event) => this.#typed(this.#fields.of(event.target)));
    form.addEventListener("compositionstart", () => this.#saving.composing(true));
    form.addEventListener("compositionend", () => this.#saving.composing(false));
    form.addEventListener("keydown", (event) => {
      if (event.target.matches?.("textarea.prose")) this.#toolbar.press(event);
    });
    form.addEventListener("focusin", (event) => {
      const field = this.#fields.of(event.target);
      if (field?.field.kind === "prose" && event.target === field.focusable) this.#toolbar.attach(field);
    });
    form.addEventListener("focusout", (event) => this.#left(this.#fields.of(event.target)));
    form.addEventListener("submit", (event) => event.preventDefault());
    this.#host.open.addEventListener("click", () => this.goTo(this.#firstOpen()));
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === "s") {
        event.preventDefault();
        this.#saving.now();
      }
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#saving.now({ keepalive: true });
    });
  }

  #typed(field) {
    if (!field) return;
    this.#changes.put(field.path, field.value, field.shown);
    const conflict = this.#changes.conflicts.get(keyOf(field.path));
    if (conflict) this.#drawConflict(field, conflict);
    this.#changed();
  }

  #changed() {
    this.#keep();
    this.#saving.later();
  }

  #keep() {
    this.#keeping.keep(this.#changes.unsaved(), this.#letter.digest);
  }

  #left(field) {
    if (!field) return;
    setTimeout(() => {
      if (!field.focused && !this.#changes.isOpen(field.path)) field.write(this.#valueOf(field.path));
    });
  }

  // What the file says.

  get #identity() {
    const { project, leaflet, file } = this.#letter;
    return { project, leaflet, file };
  }

  async #send(changes, options) {
    const base = this.#letter.digest;
    const saved = await this.#api.save({ ...this.#identity, base, changes }, options);
    this.#epoch++;
    this.#letter = { ...this.#letter, digest: saved.digest, values: saved.values };
    const now = this.#changes.settle(saved);
    for (const field of this.#fields.all) {
      if (now.some((path) => isWithin(field.path, path))) field.shown = this.#valueOf(field.path);
    }
    this.#show(saved);
    this.#keep();
    this.#host.saved();
    return saved.saved_at;
  }

  async refresh() {
    const epoch = this.#epoch;
    let letter;
    try {
      letter = await this.#api.letter();
    } catch (error) {
      if (error instanceof NotConnected) this.#saving.lost();
      else if (error.status) this.#saving.refused(error);
      return;
    }
    if (letter.project !== this.#letter.project) {
      this.#saving.refused({ message: say("other-project") });
      return;
    }
    await this.#saving.found();
    const known = letter.digest === this.#letter.digest && same(letter.values, this.#letter.values);
    if (epoch !== this.#epoch || known) return;
    this.#epoch++;
    this.#changes.clash(letter.conflicts);
    this.#letter = { ...this.#letter, digest: letter.digest, values: letter.values };
    this.#show(letter);
  }

  #show({ held }) {
    this.#held = new Map(held.map(({ path, messages }) => [keyOf(path), messages]));
    for (const field of this.#fields.all) {
      if (!field.focused && !this.#changes.isOpen(field.path)) field.write(this.#valueOf(field.path));
    }
    for (const conflict of this.#changes.conflicts.values()) {
      const field = this.#fields.at(conflict.path);
      if (field && !field.aside.children.length) {
        this.#drawConflict(field, conflict);
        this.#host.status.announce(say("conflict.in", { field: field.field.label }));
      }
    }
    this.#fields.recount();
    this.#tellAll();
    this.#count();
  }

  #valueOf(path) {
    return valueAt(this.#letter.values, path);
  }

  // What is not in the file.

  #drawConflict(field, conflict) {
    field.aside.replaceChildren(conflictPanel(conflict, async (mine) => {
      try {
        await this.#api.discard({ ...this.#identity, path: conflict.path });
      } catch (error) {
        if (error instanceof NotConnected) this.#saving.lost();
        else this.#saving.refused(error);
        return;
      }
      this.#changes.resolve(conflict.path, mine);
      field.aside.replaceChildren();
      if (!mine) field.write(this.#valueOf(conflict.path));
      field.focusable.focus();
      this.#changed();
      this.#count();
    }));
  }

  #take(changes) {
    for (const change of changes) {
      if (change.kind !== "put") continue;
      this.#changes.put(change.path, change.value, change.was);
      this.#fields.at(change.path)?.type(change.value);
    }
    this.#changed();
  }

  #offer(left) {
    const changes = missing(left.changes, this.#letter.values);
    const forget = () => this.#keeping.forget(left.key);
    if (!changes.length) {
      forget();
      return;
    }
    this.#host.offers.append(offer({ ...left, changes }, this.#letter.values, {
      label: (path) => this.#fields.at(path)?.field.label ?? path.at(-1),
      take: (taken) => this.#take(taken),
      done: forget,
    }));
  }

  #firstOpen() {
    const [conflict] = this.#changes.conflicts.values();
    return conflict?.path ?? JSON.parse(this.#held.keys().next().value ?? "null");
  }

  #count() {
    const [conflicts, held] = [this.#changes.conflicts.size, this.#held.size];
    this.#host.open.hidden = !conflicts && !held;
    this.#host.open.textContent = conflicts ? plural("open.conflicts", conflicts)
      : held ? plural("open.held", held) : "";
  }

  #tellAll() {
    for (const field of this.#fields.all) this.#tell(field);
    const held = [...this.#held.keys()].map((key) => ({ path: JSON.parse(key), severity: "held" }));
    this.#fields.mark([...held, ...this.#found]);
  }

  #tell(field) {
    const held = (this.#held.get(keyOf(field.path)) ?? [])
      .map((one) => ({ severity: "held", ...one }));
    const found = this.#found.filter(({ path, severity }) =>
      severity !== "note" && isWithin(path, field.path));
    field.tell(held.length ? held : found);
  }

  #report(state, details) {
    this.#host.status.show(state, details);
    this.#count();
  }
}
