/** The passages as rows, each with two sides, as on the page: add, leave out, move; undo and redo. */

import { button, h, newId } from "./dom.js";
import { isWithin, keyOf, passageOf, passagePath, putAt, valueAt } from "./paths.js";
import { reordered } from "./changes.js";
import { letDrag } from "./dragging.js";
import { say } from "./strings.js";

const SIDES = ["quote", "commentary"];

export class Passages {
  #item;
  #fields;
  #changes;
  #undo;
  #host;
  #rows = new Map(); // by ids of passages
  #gap = null;
  #list = h("ol", { class: "passages" });
  #last = button(say("pair.first"), () => this.add(this.order.at(-1) ?? null),
    { class: "add last" });
  element;

  /**
   * `section` is that of the form; `host` has `values()`, `made(field)`, `changed()` and
   * `announce(text)`.
   */
  constructor(section, { fields, changes, undo, host }) {
    this.#item = section.item;
    this.#fields = fields;
    this.#changes = changes;
    this.#undo = undo;
    this.#host = host;
    this.element = h("div", {},
      h("div", { class: "column-heads", "aria-hidden": "true" },
        SIDES.map((side) => h("span", {}, say(`side.${side}`)))),
      this.#list, this.#last);
    letDrag(this.#list, (row, before) => {
      const order = this.order;
      const id = JSON.parse(row.dataset.passage);
      const at = before ? order.indexOf(JSON.parse(before.dataset.passage)) : order.length;
      this.place(id, order.slice(0, at).filter((one) => one !== id).at(-1) ?? null);
    });
  }

  /** The ids of passages as they are shown. */
  get order() {
    const file = (this.#host.values().passages ?? []).map((one, index) => one?.id ?? index);
    return reordered(file, this.#changes.structure);
  }

  /** The number of a passage, from 1. */
  number(id) {
    return this.order.indexOf(id) + 1;
  }

  /** Show the passages of now. The row with the caret stays; the others go around it. */
  render() {
    const order = this.order;
    const kept = [...this.#rows].filter(([id, row]) => !order.includes(id)
      && (row.contains(document.activeElement)
        || [...this.#changes.conflicts.values()].some(({ path }) => passageOf(path) === id)));
    for (const [id, row] of this.#rows) {
      if (order.includes(id) || kept.some(([one]) => one === id)) continue;
      row.remove();
      this.#rows.delete(id);
      this.#fields.drop((path) => isWithin(path, passagePath(id)));
    }
    this.#arrange(order.map((id) => this.#rows.get(id) ?? this.#make(id)));
    for (const [id, row] of this.#rows) this.#number(id, row, order);
  }

  /** A new pair after another one (null: at the top); its id. */
  add(after) {
    const taken = new Set(this.order);
    let n = taken.size + 1;
    while (taken.has(say("pair.id", { n }))) n++;
    const id = say("pair.id", { n });
    this.#insert(id, after, { id });
    let value = null;
    this.#undo.push(say("undo.add", { number: this.number(id) }), () => {
      value = this.value(id); // with what was typed into it meanwhile
      this.#leaveOut(id);
    }, () => this.#insert(id, after, value));
    return id;
  }

  /** Leave a pair out. */
  remove(id) {
    const number = this.number(id);
    const before = this.#before(id);
    const value = this.value(id);
    const row = this.#rows.get(id);
    const label = say("undo.remove", { number });
    this.#close();
    const undo = button(say("undo"), () => this.#undo.back());
    const gap = h("li", { class: "gap" },
      h("p", {}, say("pair.left-out", { number, name: this.#name(id) })), undo);
    row.before(gap);
    this.#leaveOut(id);
    this.#gap = gap;
    this.#undo.push(label, () => this.#insert(id, before, value,
      () => say("pair.back", { number: this.number(id) })), () => this.#leaveOut(id));
    undo.focus();
  }

  /** Move a pair up (-1) or down (1). */
  move(id, step) {
    const order = this.order;
    const to = order.indexOf(id) + step;
    if (to < 0 || to >= order.length) return;
    this.place(id, order.filter((one) => one !== id)[to - 1] ?? null);
  }

  /** Move a pair behind another one (null: to the top). */
  place(id, after) {
    const before = this.#before(id);
    if (after === before || after === id) return;
    this.#moveTo(id, after);
    const back = (to) => () => {
      this.#moveTo(id, to);
      this.#focus(id);
    };
    this.#undo.push(say("undo.move", { number: this.number(id) }), back(before), back(after));
  }

  /** A pair that was to be left out is still there, since someone else changed it. */
  stays(id) {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#close();
    const text = say("pair.stays", { number: this.number(id) });
    this.#gap = h("li", { class: "gap" }, h("p", {}, text));
    row.before(this.#gap);
    this.#host.announce(text);
  }

  /** The first field of a passage, or null. */
  first(id) {
    return this.#fields.of(this.#rows.get(id)?.querySelector("textarea, input, select"));
  }

  /** A passage has another id: it gets a row of its own at the next `render`. */
  rename(old) {
    this.#rows.get(old)?.remove();
    this.#rows.delete(old);
    this.#fields.drop((path) => isWithin(path, passagePath(old)));
  }

  /** A passage as it is shown, with all that was typed. */
  value(id) {
    const value = structuredClone(this.#stored(id) ?? { id });
    for (const { path, value: typed } of this.#fields.all) {
      if (passageOf(path) === id) putAt(value, path.slice(2), typed);
    }
    return value;
  }

  /** The values that fields begin with: those of the file, or of what is to be added. */
  at(path) {
    return valueAt({ passages: [this.#stored(passageOf(path))] }, ["passages", 0, ...path.slice(2)]);
  }

  /** Bring rows into their order with few moves, and none of the row with the caret. */
  #arrange(rows) {
    const shown = new Set(rows);
    const next = (node) => {
      while (node && !shown.has(node)) node = node.nextElementSibling;
      return node;
    };
    const fixed = rows.find((row) => row.contains(document.activeElement));
    let here = next(this.#list.firstElementChild);
    for (const row of rows) {
      while (row === fixed && here !== row) {
        const other = here;
        here = next(here.nextElementSibling);
        this.#list.append(other); // its turn comes
      }
      if (here === row) here = next(row.nextElementSibling);
      else this.#list.insertBefore(row, here);
    }
  }

  #stored(id) {
    const inserted = this.#changes.structure.findLast(
      (change) => change.kind === "insert" && change.value.id === id,
    );
    return valueAt(this.#host.values(), passagePath(id)) ?? inserted?.value ?? null;
  }

  #before(id) {
    const order = this.order;
    return order[order.indexOf(id) - 1] ?? null;
  }

  /** Put a pair behind another one, and the caret into it. */
  #insert(id, after, value, said = () => say("pair.added", { number: this.number(id) })) {
    this.#close();
    this.#changes.restructure({ kind: "insert", path: ["passages"], after, value });
    this.render();
    this.#host.changed();
    this.#focus(id);
    this.#host.announce(said());
  }

  /** Take a pair away; the caret goes to the next one. */
  #leaveOut(id) {
    const number = this.number(id);
    const was = valueAt(this.#host.values(), passagePath(id));
    this.#close();
    this.#changes.restructure({ kind: "remove", path: passagePath(id), was });
    document.activeElement?.blur();
    this.render();
    this.#host.changed();
    const next = this.order[number - 1] ?? this.order.at(-1);
    if (next === undefined) this.#last.focus();
    else this.#rows.get(next).querySelector(".remove").focus({ preventScroll: true });
    this.#host.announce(say("pair.left-out", { number, name: "" }));
  }

  #moveTo(id, after) {
    const focused = document.activeElement;
    this.#close();
    this.#changes.restructure({ kind: "move", path: passagePath(id), after });
    this.render();
    this.#host.changed();
    if (this.#rows.get(id)?.contains(focused)) focused.focus({ preventScroll: true });
    this.#rows.get(id)?.scrollIntoView({ block: "nearest" });
    this.#host.announce(say("pair.moved", { number: this.number(id) }));
  }

  #focus(id) {
    this.#rows.get(id)?.querySelector("textarea")?.focus();
  }

  #close() {
    this.#gap?.remove();
    this.#gap = null;
  }

  #name(id) {
    return this.at([...passagePath(id), "commentary", "heading"])
      ?? this.at([...passagePath(id), "quote", "heading"]) ?? "";
  }

  #number(id, row, order) {
    const number = order.indexOf(id) + 1;
    const known = `${number} ${order.length} ${this.#name(id)}`;
    if (row.numbered === known) return;
    row.numbered = known;
    row.querySelector(".number").textContent = number || "";
    row.querySelector(".name").textContent = this.#name(id);
    const label = (selector, text, off = false) => {
      const found = row.querySelector(selector);
      found.setAttribute("aria-label", text);
      found.title = text;
      if (off) found.setAttribute("aria-disabled", "true");
      else found.removeAttribute("aria-disabled");
    };
    label(".up", say("pair.up", { number }), number < 2);
    label(".down", say("pair.down", { number }), number === order.length);
    label(".remove", say("pair.remove", { number }));
    label(".after", say("pair.after", { number }));
  }

  #make(id) {
    const path = passagePath(id);
    const asides = h("div", { class: "asides" });
    const field = (one) => {
      const made = this.#fields.add(one, [...path, ...one.path], this.at([...path, ...one.path]));
      this.#host.made(made);
      asides.append(made.aside); // two texts side by side need more room than one side has
      return made.element;
    };
    const rare = (title, of) => {
      const some = this.#item.filter((one) => one.rare && of(one));
      return some.length ? this.#fields.folded(title, some, (inner) => [...path, ...inner],
        () => this.#withPassage(id), (made) => this.#host.made(made)) : null;
    };
    const title = newId("passage");
    const sides = SIDES.map((side) => h("div", { class: `side ${side}`, role: "group",
      "aria-label": say(`side.${side}`) },
      this.#item.filter((one) => one.side === side && !one.rare).map(field),
      side === "quote" ? this.#host.quoteTools(id) : null,
      rare(say("more"), (one) => one.side === side)));
    const both = (one) => !SIDES.includes(one.side);
    const row = h("li", { class: "passage", "data-passage": keyOf(id) },
      h("section", { "aria-labelledby": title },
        h("div", { class: "row-head" },
          h("h3", { id: title }, h("span", { class: "hidden" }, say("pair")), " ",
            h("span", { class: "number" }), " ", h("span", { class: "name hidden" })),
          h("span", { class: "grip", title: say("drag"), "aria-hidden": "true" }),
          h("div", { class: "actions" },
            button(say("up"), () => this.move(id, -1), { sign: "↑", class: "quiet up" }),
            button(say("down"), () => this.move(id, 1), { sign: "↓", class: "quiet down" }),
            button(say("remove"), () => this.remove(id), { class: "quiet remove" }))),
        h("div", { class: "sides" }, sides), asides,
        this.#item.filter((one) => both(one) && !one.rare).map(field),
        rare(say("more.pair"), both)),
      button(say("pair.here"), () => this.add(id), { class: "add after" }));
    this.#rows.set(id, row);
    return row;
  }

  #withPassage(id) {
    return { passages: [this.#stored(id)].filter(Boolean) };
  }
}
