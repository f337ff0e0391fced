/**
 * The document that a pair quotes, beside its row: its lines with their numbers, words looked for
 * in them, and what is marked taken as the quote.
 */

import { button, h, sentence } from "./dom.js";
import { uploadButton } from "./files.js";
import { Lines } from "./lines.js";
import { Marking } from "./marking.js";
import { plural, say } from "./strings.js";

const PAUSE = 250; // milliseconds after the last key of a search
const SLOW = 500; // milliseconds after which reading takes long
const PAGE = 15; // lines that Page Up and Page Down go

export class SourcePane {
  #api;
  #host;
  #passage = null; // the id of the pair it is for
  #info = null; // of the document, as the server told it
  #places = [];
  #place = -1;
  #asked = 0;
  #jumps = false; // to where the quote is, as soon as that is known
  #focuses = false;
  #lines;
  #marking;

  #title = h("p", { class: "source-title" });
  #field = h("input", { type: "search", id: "source-words", autocomplete: "off" });
  #hits = h("span", { class: "hits", role: "status" });
  #page = h("select", { id: "source-page" });
  #list = h("div", { class: "lines", role: "listbox", tabindex: "0", "aria-multiselectable": "true",
    "aria-label": say("source.lines"), "aria-describedby": "source-keys" });
  #scroller = h("div", { class: "source-scroller" }, this.#list);
  #status = h("p", { class: "source-status", role: "status" });
  #messages = h("div", { class: "source-messages", tabindex: "-1" });
  #notes = h("div");
  #bar = h("div", { class: "take" });
  #marked = h("p", { class: "marked", role: "status" });
  #take = button("", () => this.#taken(false), { class: "primary" });
  #new = button(say("source.new"), () => this.#taken(true), { class: "quiet" });

  /**
   * `host` has `number(id)`, `current()` (the id of the pair where someone writes),
   * `take(id, excerpt, anew)`, `sourceUploaded(path, name)` and `back(id)`.
   */
  constructor(element, api, host) {
    this.#api = api;
    this.#host = host;
    const search = h("div", { class: "source-search", role: "search" },
      h("label", {}, h("span", { class: "label" }, say("source.search")), this.#field),
      h("div", { class: "steps" }, this.#hits,
        button(say("source.previous"), () => this.#step(-1), { sign: "↑", class: "quiet" }),
        button(say("source.next"), () => this.#step(1), { sign: "↓", class: "quiet" })),
      h("label", { class: "source-page" }, h("span", { class: "label" }, say("source.go-page")),
        this.#page));
    this.#bar.append(this.#marked, h("div", { class: "choices" }, this.#take, this.#new));
    element.append(this.#title, search, this.#status, this.#messages, this.#notes,
      h("p", { class: "hidden", id: "source-keys" }, say("source.keys")), this.#scroller, this.#bar);
    this.#lines = new Lines(this.#scroller, this.#list,
      (from) => api.source({ passage: this.#passage, from }));
    this.#lines.onmore = () => this.#draw();
    this.#marking = new Marking(this.#list, () => this.#draw());
    this.#listen();
    this.#draw();
  }

  /** Show the document of a pair, where its quote is; `focus` goes to the search. */
  async open(passage, { focus = true } = {}) {
    this.#passage = passage;
    this.#marking.clear();
    this.#focuses = focus;
    await this.#load({ jump: true });
  }

  /** Someone writes in another pair now: the same document stays where it is. */
  async follow(passage) {
    if (passage === this.#passage || !this.#info) return;
    this.#passage = passage;
    this.#focuses = false;
    await this.#load({ jump: false });
  }

  /** The file of the document may be another one now. */
  refresh() {
    if (this.#info) this.#load({ jump: false });
  }

  /**
   * Show the lines of a place that the server named. What is asked for later comes instead; that
   * somebody wanted to be led there still holds.
   */
  async #load({ jump: jumps }) {
    const asked = ++this.#asked;
    this.#jumps ||= jumps;
    this.#heading();
    const slow = setTimeout(() => this.#glance(asked), SLOW);
    let info;
    try {
      const from = this.#jumps || !this.#info?.lines ? undefined : this.#lines.top?.dataset.at;
      info = await this.#api.source({ passage: this.#passage, from });
    } catch (error) {
      if (asked === this.#asked) {
        this.#say(error.status ? [error.message, error.hint].filter(Boolean).join(" ")
          : say("preview.offline"));
        this.#jumps = false;
        this.#arrive();
      }
      return;
    } finally {
      clearTimeout(slow);
    }
    if (asked !== this.#asked) return;
    const jump = this.#jumps;
    this.#jumps = false;
    const same = this.#info?.digest && info.digest === this.#info.digest;
    const before = this.#info;
    // Whoever waits here for a document, which is being sent, goes on when it has come.
    const waits = [document.body, this.#messages].includes(document.activeElement)
      || this.#messages.contains(document.activeElement);
    if (before && !before.lines && info.lines && waits) this.#focuses = true;
    this.#info = info;
    this.#scroller.inert = false;
    this.#heading();
    if (!info.lines) {
      this.#blank();
      this.#arrive();
      return;
    }
    this.#say("", info.diagnostics);
    if (!same || before.from === undefined) this.#choosePages();
    if (!same || (jump && !(info.quoted && this.#lines.at(info.quoted[0])))) this.#lines.show(info);
    if (!same) this.#marking.active = info.quoted?.[0] ?? info.from;
    if (jump) {
      const at = info.quoted?.[0] ?? info.from;
      this.#marking.active = at;
      await this.#lines.reach(at, info.quoted ? "center" : "start");
    }
    if (!same && this.#field.value) this.#look();
    this.#draw();
    this.#arrive();
  }

  /** Whoever asked for the document is led to it, once. */
  #arrive() {
    if (!this.#focuses) return;
    this.#focuses = false;
    (this.#info?.lines ? this.#field : this.#messages).focus({ preventScroll: true });
  }

  /** It takes a while: say so, and show the first pages until all is read. */
  async #glance(asked) {
    this.#say(say("source.reading"));
    if (this.#info?.lines) return;
    try {
      const info = await this.#api.source({ passage: this.#passage, first: 1 });
      if (asked !== this.#asked || this.#info?.lines || !info.lines) return;
      this.#say(say("source.glance"));
      this.#heading(info.title);
      this.#lines.show({ ...info, total: info.lines.length });
      this.#scroller.hidden = false;
      this.#scroller.inert = true; // nothing can be taken of it yet
    } catch {
      // It comes as a whole, or what is wrong is said then.
    }
  }

  #heading(title = this.#info?.title || this.#info?.file) {
    const number = this.#host.number(this.#passage);
    this.#title.replaceChildren(
      h("strong", {}, title || say("source")),
      number ? h("span", { class: "hint" }, " · ", say("source.for", { number })) : "");
    this.#take.textContent = number ? say("source.take", { number }) : say("source.new");
    this.#new.hidden = !number;
  }

  /** There is no document, or it cannot be read: say so, and how to get one. */
  #blank() {
    const none = !this.#info?.file;
    this.#list.replaceChildren();
    this.#say("", this.#info?.diagnostics);
    if (none) {
      const upload = uploadButton("source", (path, name) => {
        this.#notes.replaceChildren(upload.notes); // they are of the document that comes now
        this.#host.sourceUploaded(path, name);
      }, { class: "primary" });
      this.#status.textContent = say("source.none");
      this.#messages.append(
        h("div", { class: "choices" }, upload.press, upload.chooser), upload.trouble,
        h("p", { class: "hint" }, say("upload.source.kinds")));
    }
    this.#draw();
  }

  #say(text, diagnostics = []) {
    this.#status.textContent = text;
    this.#messages.replaceChildren(...(diagnostics ?? []).map(({ severity, message, hint }) => h("p", { class: severity },
        h("strong", {}, say(`severity.${severity}`)), " ", sentence(message),
        hint ? h("span", { class: "hint" }, " ", sentence(hint)) : null)));
  }

  #choosePages() {
    const { pages } = this.#info;
    this.#page.closest("label").hidden = pages.length < 2;
    this.#page.replaceChildren(...pages.map((name, index) => new Option(name, index)));
  }

  // What is marked.

  #draw() {
    const readable = Boolean(this.#info?.lines);
    for (const part of [this.#field.closest(".source-search"), this.#scroller, this.#bar]) {
      part.hidden = !readable;
    }
    if (!readable) return;
    const { marked, active } = this.#marking;
    const found = this.#places[this.#place];
    const within = (at, range) => range && range.first <= at && at <= range.last;
    const quoted = this.#info.quoted && { first: this.#info.quoted[0], last: this.#info.quoted[1] };
    for (const line of this.#list.querySelectorAll("[data-at]")) {
      const at = Number(line.dataset.at);
      const words = marked?.begin !== undefined;
      line.setAttribute("aria-selected", String(Boolean(within(at, marked))));
      line.classList.toggle("by-words", Boolean(words && within(at, marked)));
      line.classList.toggle("active", at === active);
      line.classList.toggle("found", Boolean(within(at, found)));
      line.classList.toggle("quoted", Boolean(within(at, quoted)));
    }
    if (active !== null && this.#lines.at(active)) {
      this.#list.setAttribute("aria-activedescendant", `line-${active}`);
    } else this.#list.removeAttribute("aria-activedescendant");
    const n = marked ? marked.last - marked.first + 1 : 0;
    this.#marked.textContent = !marked ? say("source.mark")
      : marked.begin !== undefined ? say("source.marked.words") : plural("source.marked", n);
    for (const one of [this.#take, this.#new]) {
      if (marked) one.removeAttribute("aria-disabled");
      else one.setAttribute("aria-disabled", "true");
    }
  }

  async #taken(anew) {
    const { marked } = this.#marking;
    if (!marked || this.#take.getAttribute("aria-busy")) return;
    const passage = this.#passage;
    this.#take.setAttribute("aria-busy", "true");
    try {
      const excerpt = await this.#api.excerpt({ passage, ...marked });
      this.#marking.clear();
      getSelection().removeAllRanges();
      this.#info.quoted = [marked.first, marked.last];
      this.#passage = this.#host.take(passage, excerpt, anew) ?? passage;
      this.#heading();
      this.#draw();
      this.#marked.textContent = [say("source.taken", { reference: excerpt.reference }),
        ...excerpt.comments].join(" ");
    } catch (error) {
      this.#marked.textContent = error.status
        ? [error.message, error.hint].filter(Boolean).join(" ") : say("preview.offline");
    }
    this.#take.removeAttribute("aria-busy");
  }

  // Words that are looked for.

  async #look() {
    const asked = (this.#looked = (this.#looked ?? 0) + 1);
    const words = this.#field.value.trim();
    this.#places = [];
    this.#place = -1;
    if (!words) {
      this.#hits.textContent = "";
      this.#draw();
      return;
    }
    let found;
    try {
      found = await this.#api.find({ passage: this.#passage, words });
    } catch (error) {
      this.#hits.textContent = error.status ? error.message : say("preview.offline");
      return;
    }
    if (asked !== this.#looked) return;
    this.#places = found.places;
    this.#all = found.places.length + found.more;
    if (!found.places.length) {
      this.#hits.textContent = say("source.nothing");
      this.#draw();
      return;
    }
    const from = Number(this.#lines.top?.dataset.at ?? 0);
    const next = found.places.findIndex(({ first }) => first >= from);
    await this.#show(next < 0 ? 0 : next);
  }

  #looked = 0;
  #all = 0;

  #step(by) {
    if (!this.#places.length) return;
    this.#show((this.#place + by + this.#places.length) % this.#places.length);
  }

  async #show(index) {
    this.#place = index;
    const { first } = this.#places[index];
    this.#hits.textContent = say("source.hit", { number: index + 1, n: this.#all });
    await this.#lines.reach(first);
    this.#marking.active = first;
    this.#draw();
  }

  // Keys.

  #listen() {
    let timer = 0;
    this.#field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#look(), PAUSE);
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        if (this.#places.length) this.#step(event.shiftKey ? -1 : 1);
        else this.#look();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        this.#list.focus({ preventScroll: true });
      } else if (event.key === "Escape" && !this.#field.value) this.#host.back(this.#passage);
    });
    this.#page.addEventListener("change", async () => {
      await this.#lines.reach(this.#info.page_starts[this.#page.value], "start");
      this.#draw();
    });
    this.#scroller.addEventListener("scroll", () => {
      const page = this.#lines.top?.dataset.page;
      if (page !== undefined && document.activeElement !== this.#page) this.#page.value = page;
    }, { passive: true });
    this.#list.addEventListener("keydown", (event) => this.#key(event));
  }

  async #key(event) {
    const { active, marked } = this.#marking;
    const last = (this.#info?.total ?? 1) - 1;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE };
    const at = active ?? Number(this.#lines.top?.dataset.at ?? 0);
    if (event.key === "Escape") {
      if (marked) this.#marking.clear();
      else this.#host.back(this.#passage);
    } else if (event.key === "Enter") {
      if (!marked) this.#marking.mark(at);
      this.#taken(false);
    } else if (event.key === " ") {
      const alone = marked && marked.first === marked.last && marked.first === at;
      if (alone && !event.shiftKey) this.#marking.clear();
      else this.#marking.mark(at, event.shiftKey);
    } else if (event.key in steps || event.key === "Home" || event.key === "End") {
      const to = event.key === "Home" ? 0 : event.key === "End" ? last
        : Math.min(last, Math.max(0, at + steps[event.key]));
      event.preventDefault();
      if (event.shiftKey && !marked) this.#marking.mark(at);
      if (await this.#lines.reach(to, "nearest")) this.#marking.go(to, event.shiftKey);
      return;
    } else return;
    event.preventDefault();
  }
}
