/** The recipients: what each gets, what became of it, and what people know of it. */

import { button, h, newId, sentence } from "./dom.js";
import { tell, when, words } from "./mail-words.js";
import { plural, say } from "./strings.js";

const PART = 100; // rows that are added at once

/** A button that lets choose a file: `chosen(files)`. */
function chooser(label, accept, chosen, { several = false, hint = "" } = {}) {
  const input = h("input", { type: "file", accept, multiple: several, hidden: true });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) await chosen(files);
  });
  const about = hint ? h("span", { class: "hidden", id: newId("hint") }, hint) : null;
  const press = button(label, () => input.click(),
    { title: hint || null, "aria-describedby": about?.id });
  return h("span", {}, press, input, about);
}

export class RecipientList {
  #host;
  #api;
  #rows = [];
  #overview = null;
  #shown = PART;
  #path = h("p", { class: "hint" });
  #told = h("p", { class: "told", role: "status" });
  #trouble = h("p", { class: "trouble", role: "alert" });
  #filter = h("select", { id: "filter" });
  #search = h("input", { id: "search", type: "search", autocomplete: "off" });
  #count = h("p", { class: "hint" });
  #unknown = h("p", { class: "explained", hidden: true }, say("mail.unknown"));
  #wrong = h("ul", { class: "diagnostics" });
  #body = h("tbody", { role: "rowgroup" });
  #more = button(say("mail.more"), () => {
    const before = this.#shown;
    this.#shown += PART;
    this.#draw();
    this.#body.children[before]?.querySelector("summary, button")?.focus();
  });
  #table;

  /** `host`: changed() when something was noted or replaced. */
  constructor(element, api, host) {
    this.#api = api;
    this.#host = host;
    const columns = ["office", "region", "attachment", "state", "actions"];
    this.#table = h("table", { class: "recipients", role: "table", "aria-label": say("mail.list"),
      tabindex: "-1" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((name) =>
      h("th", { scope: "col", role: "columnheader" }, say(`mail.column.${name}`))))),
    this.#body);
    element.append(
      h("h2", {}, say("mail.list")),
      this.#path, this.#told, this.#trouble,
      h("div", { class: "filters" },
        h("label", { for: "filter" }, h("span", { class: "label" }, say("mail.filter")), this.#filter),
        h("label", { for: "search" }, h("span", { class: "label" }, say("mail.search")), this.#search),
        h("div", { class: "choices" },
          chooser(say("mail.replace"), ".csv,text/csv", ([file]) => this.#replace(file)),
          chooser(say("mail.returned"), ".eml,message/rfc822", (files) => this.#returned(files),
            { several: true, hint: say("mail.returned.hint") }))),
      this.#wrong, this.#count, this.#unknown, this.#table, this.#more,
    );
    this.#filter.addEventListener("change", () => this.#again());
    this.#search.addEventListener("input", () => this.#again());
  }

  show(overview) {
    this.#overview = overview;
    this.#path.textContent = say("mail.file", { file: overview.files.list });
    const wrong = overview.diagnostics.filter(({ place }) => place === "list");
    this.#wrong.hidden = !wrong.length;
    this.#wrong.replaceChildren(...wrong.map(({ severity, message, hint }) =>
      h("li", { class: severity },
        h("p", {}, h("strong", {}, say(`severity.${severity}`)), " ", sentence(message)),
        hint ? h("p", { class: "hint" }, sentence(hint)) : null)));
    if (JSON.stringify(overview.recipients) === JSON.stringify(this.#rows)) return;
    this.#rows = overview.recipients;
    this.#choices();
    this.#draw();
  }

  /** How many there are. */
  get size() {
    return this.#rows.length;
  }

  #choices() {
    const chosen = this.#filter.value;
    const states = new Map();
    for (const { state, word } of this.#rows) {
      const known = states.get(state) ?? { word, n: 0 };
      known.n += 1;
      states.set(state, known);
    }
    this.#filter.replaceChildren(new Option(`${say("mail.filter.all")} (${this.#rows.length})`, ""),
      ...[...states].map(([state, { word, n }]) => new Option(`${word} (${n})`, state)));
    this.#filter.value = states.has(chosen) ? chosen : "";
    this.#unknown.hidden = !states.has("unknown");
  }

  #again() {
    this.#shown = PART;
    this.#draw();
  }

  get #found() {
    const wanted = this.#search.value.trim().toLocaleLowerCase();
    const state = this.#filter.value;
    return this.#rows.filter((row) => (!state || row.state === state)
      && (!wanted || `${row.address} ${row.name} ${row.variant}`.toLocaleLowerCase().includes(wanted)));
  }

  #draw() {
    const found = this.#found;
    const focused = document.activeElement?.closest?.("tr[data-key]")?.dataset.key;
    this.#count.textContent = found.length ? plural("mail.found", found.length) : say("mail.nobody");
    const known = new Map([...this.#body.children].map((row) => [row.dataset.key, row]));
    this.#body.replaceChildren(...found.slice(0, this.#shown).map((row) => {
      const there = known.get(row.key);
      return there?.dataset.said === JSON.stringify(row) ? there : this.#row(row);
    }));
    this.#table.hidden = !found.length;
    this.#more.hidden = found.length <= this.#shown;
    if (focused && !document.activeElement?.closest?.("tr")) {
      const row = [...this.#body.children].find((one) => one.dataset.key === focused);
      (row?.querySelector("button, summary") ?? this.#table).focus();
    }
  }

  #row(row) {
    const cell = (name, ...inside) =>
      h("td", { role: "cell", class: `cell-${name}` }, h("span", { class: "cell-label", "aria-hidden": "true" },
        say(`mail.column.${name}`)), h("div", {}, inside.flat()));
    const at = row.at ? h("span", { class: "hint" }, when(row.at)) : null;
    return h("tr", { role: "row", "data-key": row.key, "data-state": row.state,
      "data-said": JSON.stringify(row) },
    h("th", { scope: "row", role: "rowheader" }, h("span", { class: "office" }, row.name || row.address),
      row.name ? h("span", { class: "hint" }, row.address) : null,
      row.line === null ? h("span", { class: "hint" }, say("mail.not-listed")) : null),
    cell("region", row.variant || say("mail.base")),
    cell("attachment", row.attachment ? [row.attachment, " ", h("span", { class: "hint" }, row.size)] : "–"),
    cell("state", h("span", { class: `delivery ${row.state}` }, row.word), " ", at,
      row.detail ? h("p", { class: "hint" }, row.detail) : null,
      row.notes.map((note) => h("p", { class: "noted" },
        h("strong", {}, note.word), " ", h("span", { class: "hint" }, when(note.at)),
        note.text ? h("span", { class: "hint" }, ` ${note.text}`) : null))),
    cell("actions", this.#actions(row)));
  }

  #actions({ address, actions }) {
    const decisions = actions.filter((name) => name === "sent" || name === "again");
    const notes = actions.filter((name) => !decisions.includes(name));
    const named = (name, act) => button(say(`mail.action.${name}`), act,
      { "aria-label": `${say(`mail.action.${name}`)}: ${address}` });
    const remark = h("input", { id: newId("remark"), autocomplete: "off", maxlength: 500 });
    return [
      decisions.length ? h("div", { class: "choices" }, decisions.map((name) => named(name, () =>
        this.#do(() => this.#api.resolve(address, name))))) : null,
      notes.length ? h("details", { class: "rare" },
        h("summary", { "aria-label": say("mail.note.for", { address }) }, say("mail.note")),
        h("label", { for: remark.id }, h("span", { class: "label" }, say("mail.remark")), remark),
        h("div", { class: "choices" }, notes.map((name) => named(name, () =>
          this.#do(() => this.#api.note(address, name, remark.value.trim())))))) : null,
    ];
  }

  async #do(act) {
    this.#trouble.textContent = "";
    this.#told.textContent = "";
    try {
      this.#told.textContent = (await act()).sentence;
    } catch (error) {
      tell(this.#trouble, error);
    }
    await this.#host.changed();
  }

  async #replace(file) {
    const { list } = this.#overview;
    await this.#do(async () => {
      const { former } = await this.#api.replaceList(list, file);
      return { sentence: former ? say("mail.former", { file: former }) : say("mail.replaced") };
    });
  }

  async #returned(files) {
    const sentences = [];
    this.#trouble.textContent = "";
    for (const file of files) {
      try {
        sentences.push((await this.#api.returned(file)).sentence);
      } catch (error) {
        this.#trouble.textContent += `${this.#trouble.textContent ? " " : ""}${file.name}: ${words(error)}`;
      }
    }
    this.#told.textContent = sentences.join(" ");
    await this.#host.changed();
  }
}
