/** The pairs of a leaflet in a region: their answers, left out or taken in again, and its own. */

import { button, h, newId, sentence } from "./dom.js";
import { isWithin, keyOf, passageOf, valueAt } from "./paths.js";
import { leftOut, OwnText } from "./own-texts.js";
import { stateShape } from "./shapes.js";
import { say } from "./strings.js";

const YES = "yes";

/** Ids in their order: those of the base, and those added beside them. */
export function arranged(base, added) {
  const order = [...base];
  let waiting = [...added];
  while (waiting.length) {
    const left = waiting.filter((one) => {
      const anchor = one.after ?? one.before;
      const at = order.indexOf(anchor);
      if (at < 0) return true;
      let place = at;
      if (one.after) {
        place = at + 1;
        while (added.some(({ id, after }) => id === order[place] && after === anchor)) place++;
      }
      order.splice(place, 0, one.id);
      return false;
    });
    if (left.length === waiting.length) break;
    waiting = left;
  }
  return [...order, ...waiting.map(({ id }) => id)];
}

export class VariantPairs {
  #item; // fields that a region can have of its own
  #added; // fields of a pair of its own
  #host;
  #rows = new Map(); // by ids
  #list = h("ol", { class: "variant-pairs" });
  #texts = [];
  element;

  /** `host` is that of `OwnText`, with `changes`, `announce(text)` and `changed()`. */
  constructor(item, added, host) {
    this.#item = item;
    this.#added = added;
    this.#host = host;
    this.element = h("div", {}, h("p", { class: "hint" }, say("pairs.about")), this.#list);
  }

  get texts() {
    return this.#texts.filter(({ element }) => element.isConnected);
  }

  get order() {
    return arranged(this.#base.map(({ id }) => id), this.#addedPairs());
  }

  number(id) {
    return this.order.indexOf(id) + 1;
  }

  /** The first thing in a pair that can get the focus. */
  first(id) {
    return this.#rows.get(id)?.querySelector("textarea, button") ?? null;
  }

  render() {
    const { order } = this;
    for (const [id, row] of this.#rows) {
      if (order.includes(id)) continue;
      row.remove();
      this.#rows.delete(id);
      this.#host.fields.drop((path) => passageOf(path) === id);
    }
    const added = new Set(this.#addedPairs().map(({ id }) => id));
    let here = this.#list.firstElementChild;
    order.forEach((id, index) => {
      const row = this.#rows.get(id) ?? this.#make(id, added.has(id));
      row.querySelector(".number").textContent = index + 1;
      if (here === row) here = here.nextElementSibling;
      else this.#list.insertBefore(row, here);
      row.draw();
    });
  }

  get #base() {
    return (this.#host.base(["passages"]) ?? []).filter((one) => one?.id);
  }

  /** The pairs of its own, with those that are not saved yet. */
  #addedPairs() {
    const saved = (this.#host.own(["add"]) ?? []).map((one) => ({ ...one }));
    for (const { kind, path, value } of this.#host.changes.structure) {
      if (path[0] !== "add") continue;
      const id = kind === "insert" ? value.id : passageOf(path);
      const at = saved.findIndex((one) => one.id === id);
      if (kind === "insert" && at < 0) saved.push(value);
      if (kind === "remove" && at >= 0) saved.splice(at, 1);
    }
    return saved;
  }

  isLeftOut(id) {
    return this.#host.own(["leave_out", id]) === YES;
  }

  #make(id, own) {
    const row = own ? this.#makeAdded(id) : this.#makeBase(id);
    this.#rows.set(id, row);
    return row;
  }

  #head(id, ...actions) {
    const title = newId("pair");
    const head = h("div", { class: "row-head" },
      h("h3", { id: title }, say("pair"), " ", h("span", { class: "number" })),
      h("div", { class: "actions" }, actions));
    return { title, head };
  }

  #makeBase(id) {
    const path = ["passages", { id }];
    const toggle = button("", () => this.#leaveOut(id, !this.isLeftOut(id)), { class: "quiet remove" });
    const { title, head } = this.#head(id, toggle);
    const note = h("div", { class: "left-out-note", hidden: true });
    const host = { ...this.#host, about: (text) => `${text.description.label}, ${this.#name(id)}` };
    const texts = this.#item.map((one) => new OwnText(one, ["passages", id, ...one.path],
      [...path, ...one.path], host));
    this.#texts.push(...texts);
    const quiet = texts.filter((one) => one.base === null && !one.isOwn);
    const body = h("div", { class: "sides" }, this.#quote(id),
      h("div", { class: "side commentary", role: "group", "aria-label": say("side.commentary") },
        texts.filter((one) => !quiet.includes(one)).map(({ element }) => element),
        quiet.length ? h("details", { class: "rare" }, h("summary", {}, say("own.more"), " – ",
          quiet.map(({ description }) => description.label).join(", ")),
        h("div", { class: "fields" }, quiet.map(({ element }) => element))) : null));
    const row = h("li", { class: "variant-pair", "data-passage": keyOf(id) },
      h("section", { "aria-labelledby": title }, head, note, body), this.#adder(id));
    row.draw = () => {
      const out = this.isLeftOut(id);
      row.classList.toggle("left-out", out);
      toggle.textContent = out ? say("pairs.take-in") : say("pairs.leave-out");
      toggle.setAttribute("aria-label", `${toggle.textContent}: ${this.#name(id)}`);
      body.hidden = out;
      note.hidden = !out;
      const override = this.#host.override(["leave_out", id]);
      const state = override?.state ?? "fine";
      note.replaceChildren(h("p", { class: `variant-state ${state}` }, stateShape(state),
        h("span", {}, say("pairs.left-out-here"))),
      h("p", { class: "trouble" }, sentence(this.#host.held(["leave_out", id]))),
      leftOut(state, override ?? {}, () => this.#host.accept(override.key)) ?? "");
      for (const text of texts) text.render();
    };
    return row;
  }

  #quote(id) {
    const { quote } = this.#base.find((one) => one.id === id) ?? {};
    return h("div", { class: "side quote", role: "group", "aria-label": say("side.quote") },
      quote ? [quote.heading ? h("h4", {}, quote.heading) : null,
        h("blockquote", { class: "base-text" }, h("p", {}, quote.text ?? "")),
        quote.lines || quote.page ? h("p", { class: "hint" }, [quote.page, quote.lines]
          .filter(Boolean).join(", ")) : null] : h("p", { class: "hint" }, say("nothing")));
  }

  #makeAdded(id) {
    const path = ["add", { id }];
    const remove = button(say("remove"), () => this.#remove(id), { class: "quiet remove" });
    const { title, head } = this.#head(id, remove);
    const read = () => ({ add: this.#addedPairs() });
    const field = (one) => {
      const at = [...path, ...one.path];
      const made = this.#host.fields.add(one, at, valueAt(read(), at));
      this.#host.made(made);
      return made.element;
    };
    const side = (name) => h("div", { class: `side ${name}`, role: "group",
      "aria-label": say(`side.${name}`) },
    this.#added.filter((one) => one.side === name && !one.rare).map(field),
    this.#host.fields.folded(say("more"), this.#added.filter((one) => one.side === name && one.rare),
      (inner) => [...path, ...inner], read, this.#host.made));
    const row = h("li", { class: "variant-pair added", "data-passage": keyOf(id) },
      h("section", { "aria-labelledby": title }, head,
        h("p", { class: "variant-state fine" }, stateShape("fine"), h("span", {}, say("pairs.own"))),
        h("p", { class: "trouble" }),
        h("div", { class: "sides" }, side("quote"), side("commentary"))), this.#adder(id));
    row.draw = () => {
      remove.setAttribute("aria-label", say("pair.remove", { number: this.number(id) }));
      const override = this.#host.override(path);
      row.querySelector(".trouble").replaceChildren(...sentence(override?.trouble?.join(" ")
        ?? this.#host.held(path)));
    };
    return row;
  }

  #adder(id) {
    return button(say("pairs.add"), () => this.#add(id), { class: "add" });
  }

  #name(id) {
    return say("pair.name", { number: this.number(id) });
  }

  /** Leave a pair out, with all that the region has of its own in it; or take it in again. */
  #leaveOut(id, out) {
    const texts = this.#texts.filter(({ path }) => path[0] === "passages" && path[1] === id);
    const kept = texts.filter((text) => text.isOwn || text.own !== null)
      .map((text) => [text, text.own]);
    if (out) kept.forEach(([text]) => text.giveBack(false));
    this.#set(id, out ? YES : null);
    const name = this.#name(id);
    const label = out ? say("pairs.undo-out", { name }) : say("pairs.undo-in", { name });
    this.#host.undo(label, () => {
      this.#set(id, out ? null : YES);
      if (out) kept.forEach(([text, own]) => this.#host.put(text.path, own, null));
      this.#rows.get(id)?.draw();
    });
    this.#host.announce(out ? say("pairs.is-out", { name }) : say("pairs.is-in", { name }));
  }

  #set(id, value) {
    this.#host.put(["leave_out", id], value, this.isLeftOut(id) ? YES : null);
    this.#rows.get(id)?.draw();
  }

  #add(after) {
    const taken = new Set(this.order);
    let n = 1;
    while (taken.has(say("pairs.id", { n }))) n++;
    const id = say("pairs.id", { n });
    this.#host.changes.restructure({ kind: "insert", path: ["add"],
      after: this.#addedPairs().at(-1)?.id ?? null, value: { id, after } });
    this.render();
    this.#host.changed();
    this.#host.undo(say("undo.add", { number: this.number(id) }), () => this.#remove(id, false));
    this.#rows.get(id).querySelector("textarea").focus();
    this.#host.announce(say("pair.added", { number: this.number(id) }));
  }

  #remove(id, undoable = true) {
    const value = this.#addedPairs().find((one) => one.id === id);
    const order = this.#addedPairs().map((one) => one.id);
    const before = order[order.indexOf(id) - 1] ?? null;
    const was = valueAt({ add: this.#host.own(["add"]) ?? [] }, ["add", { id }]);
    const number = this.number(id);
    this.#host.changes.restructure({ kind: "remove", path: ["add", { id }], was });
    const next = this.#rows.get(id)?.previousElementSibling ?? this.#list;
    this.render();
    (next.querySelector(".add") ?? next).focus();
    this.#host.changed();
    if (!undoable) return;
    this.#host.undo(say("undo.remove", { number }), () => {
      this.#host.changes.restructure({ kind: "insert", path: ["add"], after: before, value });
      this.render();
      this.#host.changed();
      this.first(id)?.focus();
    });
    this.#host.announce(say("pair.left-out", { number, name: "" }));
  }

  /** Whether a path leads into a pair that there is no more. */
  isGone(path) {
    return path[0] === "passages" && path.length > 1 && !isWithin(path, ["add"])
      && !this.#base.some(({ id }) => id === path[1]);
  }
}
