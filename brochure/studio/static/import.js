/**
 * What was understood of a file, to be looked at, corrected and accepted. What is corrected is saved
 * on the server while somebody works on it, and stays in this browser until it is.
 */

import { importApi } from "./api.js";
import { button, h, newId, ready, show } from "./dom.js";
import { ImportLeftovers } from "./import-leftovers.js";
import { confidenceOf, filled, History, put, textAt } from "./import-model.js";
import { field, ImportPairs, picture } from "./import-pairs.js";
import { Keeping } from "./keeping.js";
import { same } from "./paths.js";
import { Saving } from "./saving.js";
import { Status } from "./status.js";
import { clock, plural, say } from "./strings.js";

const $ = (id) => document.getElementById(id);
const token = $("import").dataset.token;
const api = importApi(token);
const PROSE = ["lead", "contact", "imprint"];
const FOLDED = {
  columns: ["quote_column", "commentary_column"],
  source: ["source_title", "source_address", "reference"],
  end: ["call", "contact", "imprint"],
};

class Import {
  #sheet; // as the server told it
  #history;
  #waits = false; // whether something is not saved
  #keeping;
  #pairs;
  #leftovers;
  #texts = []; // fields beside the pairs: {path, control}
  #gists = []; // functions that say anew what is folded away
  #status = new Status($("state"), $("live"));
  #saving = new Saving(this.#changes(), (_, options) => this.#send(options),
    (state, details) => this.#status.show(state, details));

  async open() {
    this.#sheet = await api.read();
    if (this.#sheet.leaflet) {
      this.#accepted(this.#sheet.leaflet);
      return;
    }
    this.#history = new History(filled(this.#sheet.corrections));
    this.#keeping = new Keeping(this.#sheet.project, `import-${token}`);
    await this.#keeping.open();
    this.#build();
    ready();
    this.#status.show("saved");
    const own = this.#keeping.own();
    if (own?.base === this.#sheet.version) this.act(own.changes[0], "");
    else if (own) this.#offer(own, () => this.#keeping.keep([], 0));
    for (const left of await this.#keeping.left()) {
      this.#offer(left, () => this.#keeping.forget(left.key));
    }
  }

  get state() {
    return this.#history.state;
  }

  /** Something was typed. */
  typed(path, value) {
    this.#history.push(put(this.state, path, value), JSON.stringify(path));
    if (path[0] === "title") this.#texts[0].control.focusable.removeAttribute("aria-invalid");
    this.#later();
  }

  /** Another state is shown, and `words` say so; then `focus()` has the focus. */
  act(state, words, focus = () => null) {
    this.#history.push(state);
    this.#shown(words, focus);
  }

  /** The texts that something can be taken into: [{path, label}]. */
  places() {
    const texts = this.#texts.filter(({ path }) => path[0] !== "language")
      .map(({ path, control }) => ({ path, label: control.label }));
    let number = 0;
    const pairs = this.state.passages.flatMap(({ out }, at) => {
      if (out) return [];
      const name = say("pair.name", { number: ++number });
      return ["quote", "commentary"].map((side) => ({ path: ["passages", at, side, "text"],
        label: `${name}: ${say(`side.${side}`)}` }));
    });
    return [...texts, ...pairs];
  }

  /** Lead to words in a text. */
  show(path, words) {
    const found = [...this.#texts, ...this.#pairs.fields].find((one) => same(one.path, path));
    const area = found?.control.focusable;
    if (!area) return;
    for (let at = area.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    area.focus({ preventScroll: true });
    const start = area.value.indexOf(words);
    if (start >= 0) area.setSelectionRange(start, start + words.length);
    show(area, "center");
  }

  // --- What is shown ---------------------------------------------------------------------------

  #build() {
    this.#pairs = new ImportPairs(this.#sheet, this);
    this.#leftovers = new ImportLeftovers(this.#sheet, this);
    const part = (title, id, ...children) => {
      const heading = newId("part");
      return h("section", { class: "part", id, "aria-labelledby": heading },
        h("h2", { id: heading }, title), children);
    };
    $("form").replaceChildren(
      part(say("import.head"), "head",
        ...["title", "subtitle", "lead"].map((key) => this.#text(key)), this.#pictures()),
      part(say("import.pairs"), "pairs",
        h("div", { class: "column-heads", "aria-hidden": "true" },
          ["quote", "commentary"].map((side) => h("span", {}, say(`side.${side}`)))),
        this.#pairs.element),
      ...Object.entries(FOLDED).map(([id, keys]) => this.#folded(id, keys)),
      h("section", { class: "part", id: "leftovers" }, this.#leftovers.element),
      h("section", { class: "part accepting", "aria-label": say("import.accept") },
        button(say("import.accept"), () => this.#accept(), { class: "primary" }),
        h("p", { class: "hint" }, say("import.accept.about"))));
    $("form").addEventListener("submit", (event) => event.preventDefault());
    $("form").addEventListener("compositionstart", () => this.#saving.composing(true));
    $("form").addEventListener("compositionend", () => this.#saving.composing(false));
    $("undo").addEventListener("click", () => this.#step("undo"));
    $("redo").addEventListener("click", () => this.#step("redo"));
    $("accept").addEventListener("click", () => this.#accept());
    addEventListener("pagehide", () => this.#saving.now({ keepalive: true }));
    addEventListener("online", () => this.#saving.now());
    this.#render();
  }

  #text(key) {
    const made = field({ label: say(key === "title" ? "import.title-field" : `import.${key}`),
      kind: PROSE.includes(key) ? "prose" : "line", key }, this.state[key],
    (value) => this.typed([key], value));
    this.#texts.push({ path: [key], control: made.control });
    return made.element;
  }

  #folded(id, keys) {
    const gist = h("span", { class: "names" });
    this.#gists.push(() => {
      const words = keys.map((key) => this.state[key]).filter(Boolean).join(" · ");
      gist.textContent = words.slice(0, 200) || say("fold.empty");
    });
    return h("section", { class: "part folded", id },
      h("details", { class: "rare" },
        h("summary", {}, h("h2", {}, say(`import.${id}`)), " ", gist),
        h("div", { class: id === "columns" ? "sides" : "fields" }, keys.map((key) => this.#text(key)))));
  }

  #pictures() {
    const { pictures } = this.#sheet;
    return pictures.length ? h("div", { class: "pictures" }, pictures.map(picture)) : null;
  }

  #render() {
    this.#pairs.render();
    for (const { path, control } of this.#texts) {
      const value = textAt(this.state, path);
      if ((control.read() ?? "") !== value) control.write(value || null);
    }
    this.#tell();
    this.#leftovers.render();
  }

  #tell() {
    for (const one of this.#gists) one();
    const shown = this.state.passages.filter(({ out }) => !out);
    const unsure = shown.filter((one) => this.#isUnsure(one)).length;
    const { placed, listed, lost } = this.#sheet.counts;
    const changes = this.#leftovers.changes.length;
    const words = (key, n) => say(key, { n: n.toLocaleString(document.documentElement.lang) });
    const next = button(say("import.next-unsure"), () => this.#next(), { class: "quiet next" });
    $("summary").replaceChildren(
      h("p", { class: "found" }, shown.length ? plural("import.found", shown.length)
        : say("import.found.none"), " ",
      unsure ? h("strong", { class: "warning" }, plural("import.unsure", unsure)) : null,
      unsure ? next : null),
      changes ? h("p", {}, h("a", { href: "#changes" }, plural("import.changes", changes))) : "",
      h("p", { class: "hint" }, words("import.words", placed + listed + lost), ": ",
        words("import.placed", placed), ", ", words("import.listed", listed), ", ",
        lost ? h("strong", { class: "error" }, plural("import.lost", lost))
          : say("import.none-lost"), "."),
      ...(lost ? [h("details", { class: "lost", open: true }, h("summary", {}, say("import.lost.title")),
        h("p", { class: "hint" }, say("import.lost.about")),
        h("p", { class: "text" }, this.#sheet.lost.join(" ")))] : []),
      ...(this.#sheet.doubts.length ? [h("div", { class: "doubts" },
        h("ul", {}, this.#sheet.doubts.map((one) => h("li", {}, one))))] : []));
    $("undo").hidden = !this.#history.canUndo;
    $("redo").hidden = !this.#history.canRedo;
  }

  #isUnsure(passage) {
    return !["sure", "checked"].includes(confidenceOf(passage, this.#sheet));
  }

  /** To the next pair below the middle of the window that is not certain, or to the first. */
  #next() {
    const rows = this.state.passages.filter((one) => !one.out && this.#isUnsure(one))
      .map(({ of }) => this.#pairs.row(of[0]));
    const row = rows.find((one) => one.getBoundingClientRect().top > innerHeight / 2) ?? rows[0];
    row.querySelector(".doubts input").focus({ preventScroll: true });
    show(row, "start");
  }

  #step(name) {
    this.#history[name]();
    this.#shown(say(`import.did.${name}`), () =>
      [$(name), $("undo"), $("redo")].find((one) => !one.hidden));
  }

  #shown(words, focus) {
    this.#render();
    if (words) this.#status.announce(words);
    const target = focus();
    if (target && !target.matches("a, button, input, textarea, select")) target.tabIndex = -1;
    target?.focus({ preventScroll: true });
    if (target) show(target);
    this.#later();
  }

  // --- Saving ----------------------------------------------------------------------------------

  /** What waits, as `Saving` asks for it: there is only one thing, the whole. */
  #changes() {
    const waits = () => this.#waits;
    return {
      get waits() { return waits(); },
      take: () => {
        this.#waits = false;
        return [this.state];
      },
      giveBack: () => { this.#waits = true; },
    };
  }

  #later() {
    this.#waits = true;
    this.#keeping.keep([this.state], this.#sheet.version);
    for (const one of this.#gists) one();
    $("undo").hidden = !this.#history.canUndo;
    $("redo").hidden = !this.#history.canRedo;
    this.#saving.later();
  }

  #request() {
    const { project, version } = this.#sheet;
    return { project, version, corrections: this.state };
  }

  async #send(options) {
    const { version, saved_at: at } = await api.save(this.#request(), options);
    this.#sheet.version = version;
    this.#keeping.keep(this.#waits ? [this.state] : [], version);
    return at;
  }

  #offer({ changes: [state], at }, done) {
    if (same(state, this.state)) {
      done();
      return;
    }
    const answer = (take) => {
      panel.remove();
      done();
      if (take) this.act(state, "");
    };
    const panel = h("section", { class: "offer", "aria-label": say("restore.title") },
      h("p", {}, say("import.offer", { time: clock(at) })),
      h("div", { class: "choices" },
        button(say("import.offer.take"), () => answer(true), { class: "primary" }),
        button(say("import.offer.forget"), () => answer(false))));
    $("offers").append(panel);
  }

  async #accept() {
    const press = $("accept");
    if (press.getAttribute("aria-disabled")) return;
    $("trouble").textContent = "";
    if (!this.state.title) {
      $("trouble").textContent = say("import.no-title");
      const title = this.#texts[0].control.focusable;
      title.focus();
      title.setAttribute("aria-invalid", "true");
      return;
    }
    press.setAttribute("aria-disabled", "true");
    this.#status.announce(say("import.accepting"));
    await this.#saving.now();
    try {
      const { leaflet } = await api.accept(this.#request());
      this.#keeping.keep([], 0);
      location.assign(pageOf(leaflet));
    } catch (error) {
      tellTrouble(error);
      press.removeAttribute("aria-disabled");
    }
  }

  /** A leaflet was made of it: that is where to go on. */
  #accepted(leaflet) {
    $("accept").hidden = true;
    $("state").textContent = "";
    $("form").replaceChildren(h("p", { class: "invitation" }, say("import.accepted")),
      h("p", {}, h("a", { href: pageOf(leaflet) }, say("import.open"))));
  }
}

const pageOf = (leaflet) => `/leaflets/${encodeURIComponent(leaflet)}`;

function tellTrouble(error) {
  $("trouble").textContent = error.status ? [error.message, error.hint].filter(Boolean).join(" ")
    : say("preview.offline");
  show($("trouble"), "center");
}

new Import().open().catch((error) => {
  $("state").textContent = "";
  tellTrouble(error);
});
