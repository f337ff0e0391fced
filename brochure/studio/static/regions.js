/** The page of the variants: the table of regions, each row with the state of its variant. */

import { regionsApi } from "./api.js";
import { Cells } from "./cells.js";
import { Changes, reordered } from "./changes.js";
import { button, h, show } from "./dom.js";
import { Editing } from "./editing.js";
import { passageOf, same } from "./paths.js";
import { Row } from "./rows.js";
import { plural, say } from "./strings.js";
import { paste, press } from "./table-keys.js";

const $ = (id) => document.getElementById(id);
const leaflet = $("table-page").dataset.leaflet;
const api = regionsApi(leaflet);

/** The id of a region, made of its name. */
export const idOf = (name) => name.replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue")
  .replace(/Ä/g, "Ae").replace(/Ö/g, "Oe").replace(/Ü/g, "Ue").replace(/[ßẞ]/g, "ss")
  .normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
  .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);

class RegionsPage {
  scope = `${leaflet}/variants`;
  #fields = new Cells();
  #changes = new Changes();
  #editing = new Editing(api, this.#fields, this.#changes, this);
  #state = null;
  #rows = new Map(); // by ids
  #values = new Map(); // of rows, by ids
  #states = {};
  #asking = false;
  #body = h("tbody");
  #head = h("tr");
  #gap = null;
  leaflet = encodeURIComponent(leaflet);

  async open() {
    await this.#editing.open($("table"));
    this.#askStates();
  }

  // What `Editing` asks.

  build(state) {
    $("table").replaceChildren(h("table", { "aria-labelledby": "name" }, h("thead", {}, this.#head),
      this.#body));
    $("name").textContent = `${say("variants")}: ${state.title}`;
    document.title = `${$("name").textContent} – ${say("studio")}`;
    this.#body.addEventListener("keydown", (event) => press(event, this));
    this.#body.addEventListener("paste", (event) => paste(event, this));
    this.#body.addEventListener("change", (event) => this.#suggest(event.target));
    this.#body.addEventListener("focusout", () => setTimeout(() => this.#tellRows()));
    $("add").addEventListener("click", () => this.#add());
    $("filter").addEventListener("input", () => this.#filter());
  }

  values() {
    return this.#state.values;
  }

  valueOf(path) {
    return this.#values.get(passageOf(path))?.cells[path[3]] ?? null;
  }

  request() {
    return {};
  }

  label(path) {
    const name = this.#rows.get(passageOf(path))?.name ?? "";
    return [path[3] ? this.title(path[3]) : null, name].filter(Boolean).join(", ");
  }

  took(state) {
    const renamed = new Map(state.values.rows.filter(({ id, was }) => id !== was)
      .map(({ id, was }) => [was, id]));
    for (const [was, id] of renamed) {
      const row = this.#rows.get(was);
      this.#changes.rename(was, id);
      if (!row) continue;
      this.#rows.delete(was);
      row.id = id;
      this.#rows.set(id, row);
      this.#fields.move([...row.cells.values()], row.path);
    }
    const now = (path) => (path && renamed.has(passageOf(path))
      ? [path[0], { id: renamed.get(passageOf(path)) }, ...path.slice(2)] : path);
    const moved = (list) => list.map((one) => ({ ...one, path: now(one.path) }));
    this.#state = { ...state, held: moved(state.held), conflicts: moved(state.conflicts),
      diagnostics: moved(state.diagnostics),
      values: { ...state.values, rows: state.values.rows.map((row) => ({ ...row, was: row.id })) } };
    this.#values = new Map(this.#state.values.rows.map((row) => [row.id, row]));
    return this.#state;
  }

  render() {
    const { columns } = this.#state.values;
    if (!same(columns, this.columns)) this.#drawHead(columns);
    const order = this.#order();
    for (const [id, row] of this.#rows) {
      const conflict = [...this.#changes.conflicts.values()].some(({ path }) => passageOf(path) === id);
      if (order.includes(id) || row.focused || conflict) continue;
      row.element.remove();
      this.#rows.delete(id);
      this.#fields.drop(row.cells.values());
    }
    const known = new Set(order);
    let here = this.#body.firstElementChild;
    for (const id of order) {
      const row = this.#rows.get(id) ?? this.#make(id);
      if (here === row.element) here = here.nextElementSibling;
      else this.#body.insertBefore(row.element, here);
      row.widen(columns).forEach((cell) => this.#start(cell));
      row.describe();
    }
    if (known.size !== order.length) throw new Error("a row is there twice");
    this.#tellRows();
    $("count").textContent = plural("table.count", order.length);
    this.#drawOffered();
  }

  stays(path) {
    const row = this.#rows.get(passageOf(path));
    if (row) this.#editing.announce(say("table.stays", { name: row.name }));
  }

  /** My words for a cell of a row that went: the row comes back. */
  resolved(path) {
    const id = passageOf(path);
    const row = this.#rows.get(id);
    if (!row || this.#values.has(id)) return;
    this.#changes.restructure({ kind: "insert", path: ["rows"], after: this.#order().at(-1) ?? null,
      value: { id, cells: row.value } });
  }

  unsaved() {}

  saved() {
    this.#askStates();
  }

  outdated() {
    this.#askStates();
  }

  stalled() {}

  // What rows ask.

  /** What is printed where a cell is empty. */
  standard(column) {
    return this.#state.defaults[column] ?? "";
  }

  /** The heading of a column. */
  title(column) {
    return { name: say("table.name"), id: say("table.id"), ags: say("table.ags") }[column] ?? column;
  }

  /** Leave a row out. */
  remove(row) {
    if (this.#states[row.id]?.file) {
      row.keep();
      this.#editing.announce(say("table.kept"));
      return;
    }
    const { id, name, value } = row;
    const order = this.#order();
    const after = order[order.indexOf(id) - 1] ?? null;
    this.#changes.restructure({ kind: "remove", path: row.path,
      was: { id, cells: this.#values.get(id)?.cells ?? {} } });
    const undo = button(say("undo"), () => this.#editing.undo.back());
    this.#close();
    this.#gap = h("tr", { class: "gap-row" },
      h("td", { colspan: this.columns.length + 2 }, say("table.left-out", { name }), " ", undo));
    row.element.before(this.#gap);
    row.element.remove();
    this.#rows.delete(id);
    this.#fields.drop(row.cells.values());
    this.#editing.undo.push(say("table.undo-remove", { name }), () => {
      this.#close();
      const again = this.#values.has(id) ? id : this.#token();
      this.#changes.restructure({ kind: "insert", path: ["rows"], after,
        value: { id: again, cells: value } });
      this.render();
      this.#rows.get(again)?.cells.get("name").focusable.focus();
      this.#editing.changed();
    });
    this.render();
    undo.focus();
    this.#editing.announce(say("table.left-out", { name }));
    this.#editing.changed();
  }

  // Rows and columns.

  #order() {
    return reordered(this.#state.values.rows.map(({ id }) => id),
      this.#changes.structure.filter(({ path }) => path[0] === "rows"));
  }

  #make(id) {
    const row = new Row(id, this.columns, this);
    this.#rows.set(id, row);
    for (const cell of row.cells.values()) this.#start(cell);
    row.element.hidden = !this.#fits(row);
    return row;
  }

  #start(cell) {
    this.#fields.add(cell);
    const inserted = this.#changes.structure.findLast(({ kind, value }) =>
      kind === "insert" && value.id === passageOf(cell.path));
    cell.write(this.valueOf(cell.path) ?? inserted?.value.cells?.[cell.column] ?? null);
    cell.tell(this.#editing.messages(cell.path));
  }

  #token() {
    return `+${Date.now().toString(36)}${Math.random().toString(36).slice(2, 5)}`;
  }

  #add() {
    const id = this.#token();
    $("filter").value = "";
    this.#filter();
    this.#close();
    this.#changes.restructure({ kind: "insert", path: ["rows"], after: this.#order().at(-1) ?? null,
      value: { id } });
    this.render();
    this.#editing.undo.push(say("table.undo-add"), () => {
      const row = this.#rows.get(id) ?? [...this.#rows.values()].find((one) => one.token === id);
      if (row) this.remove(row);
    });
    const row = this.#rows.get(id);
    row.token = id;
    show(row.element, "center");
    row.cells.get("name").focusable.focus({ preventScroll: true });
    this.#editing.announce(say("table.added"));
  }

  /** A new region gets an id that is made of its name. */
  #suggest(element) {
    const cell = this.#fields.of(element);
    const row = cell && this.#rows.get(passageOf(cell.path));
    if (!row?.isNew || cell.column !== "name" || row.cells.get("id").value) return;
    const taken = new Set([...this.#rows.values()].map((one) => one.cells.get("id").value));
    const id = idOf(cell.value ?? "");
    let free = id;
    for (let n = 2; taken.has(free); n++) free = `${id}-${n}`;
    if (free) this.#set(row.cells.get("id"), free);
  }

  #set(cell, value) {
    cell.type(value);
    this.#changes.put(cell.path, value, cell.shown);
    this.#editing.changed();
  }

  #drawHead(columns) {
    this.columns = columns;
    this.#head.replaceChildren(
      ...columns.map((column) => h("th", { scope: "col" }, this.title(column),
        h("span", { class: "hint" }, this.#state.hints[column] ?? ""))),
      h("th", { scope: "col" }, say("table.own")),
      h("th", { scope: "col" }, h("span", { class: "hidden" }, say("remove"))));
  }

  #drawOffered() {
    const { offered } = this.#state;
    const waits = this.#changes.unsaved().map(({ path }) => path.join("/"));
    $("offered").replaceChildren(...offered.filter(({ name }) => !waits.includes(`columns/${name}`))
      .map(({ name, hint }) => h("li", {},
        button(say("table.add-column", { name: this.title(name) }), () => {
          this.#changes.put(["columns", name], "yes", null);
          this.#editing.changed();
          this.#editing.announce(say("table.column-added", { name: this.title(name) }));
          this.#drawOffered();
          $("columns").querySelector("summary").focus();
        }), h("span", { class: "hint" }, " ", hint))));
    $("none-offered").hidden = offered.length > 0;
  }

  #filter() {
    for (const row of this.#rows.values()) row.element.hidden = !this.#fits(row);
    const found = [...this.#rows.values()].filter(({ element }) => !element.hidden).length;
    $("found").textContent = $("filter").value.trim() ? plural("table.found", found) : "";
  }

  /** Whether a row has what is looked for. What changes later stays where it is seen. */
  #fits(row) {
    const wanted = $("filter").value.trim().toLowerCase();
    return !wanted || row.isNew
      || [...row.cells.values()].some((cell) => cell.value?.toLowerCase().includes(wanted));
  }

  #close() {
    this.#gap?.remove();
    this.#gap = null;
  }

  // States of variants.

  async #askStates() {
    if (this.#asking) {
      this.#asking = "again";
      return;
    }
    this.#asking = true;
    try {
      const { states, diagnostics } = await api.states();
      this.#states = states;
      $("strays").replaceChildren(...diagnostics.filter(({ file }) => file !== this.#state.file)
        .map(({ message, hint }) => h("li", { class: "error" }, message, " ",
          h("span", { class: "hint" }, hint))));
      this.#tellRows();
    } catch {
      // What was said last stays; that nobody answers is said by the state of saving.
    }
    const again = this.#asking === "again";
    this.#asking = false;
    if (again) this.#askStates();
  }

  /** What is wrong with a new row is said when nobody writes in it. */
  #tellRows() {
    for (const row of this.#rows.values()) {
      row.describe();
      if (row.isNew && row.focused) continue;
      const held = this.#editing.isHeld(row.path) ? this.#editing.messages(row.path) : [];
      row.tell(this.#states[row.id], held.map(({ message }) => message));
    }
  }

  // What `table-keys.js` asks.

  /** The cell that an element belongs to. */
  cellOf(element) {
    return this.#fields.of(element);
  }

  /** The rows that are seen, in their order. */
  get seen() {
    const rows = new Map([...this.#rows.values()].map((row) => [row.element, row]));
    return [...this.#body.children].filter((element) => !element.hidden && rows.has(element))
      .map((element) => rows.get(element));
  }

  /** Write into some cells: [[cell, value]]. */
  fill(values) {
    const before = values.map(([cell]) => [cell, cell.value]);
    for (const [cell, value] of values) this.#set(cell, value);
    this.#editing.undo.push(say("table.undo-paste"), () => {
      for (const [cell, value] of before) this.#set(cell, value);
    });
  }
}

new RegionsPage().open().catch((error) => {
  $("table").replaceChildren(h("p", { class: "trouble" },
    error.status ? [error.message, error.hint].filter(Boolean).join(" ") : say("preview.offline")));
});
