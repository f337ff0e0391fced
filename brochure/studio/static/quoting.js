/**
 * Quotes and their document: puts the pane with the lines, the verdicts and the form together. What
 * is taken or corrected goes into the fields, and is saved and undone as what is typed.
 */

import { passageOf, passagePath, same } from "./paths.js";
import { SourcePane } from "./source.js";
import { say } from "./strings.js";
import { Verdicts } from "./verdicts.js";

const KEYS = ["text", "lines", "page"];

/** Put a text in the place of another as if it were typed, so that the browser can undo it. */
function replaceText(area, text) {
  area.focus({ preventScroll: true });
  area.select();
  const done = text ? document.execCommand("insertText", false, text)
    : document.execCommand("delete");
  if (done) return;
  area.value = text; // a browser without the command
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export class Quoting {
  #fields;
  #changes;
  #undo;
  #host;
  #pane;
  #verdicts;
  #current = null; // the pair where someone wrote last

  /**
   * `host` has `passages()`, `views`, `digest()` of the file, and `announce(text)`; `form` is where
   * fields are, `element` the pane.
   */
  constructor(form, element, api, { fields, changes, undo, host }) {
    this.#fields = fields;
    this.#changes = changes;
    this.#undo = undo;
    this.#host = host;
    this.#pane = new SourcePane(element, api, {
      number: (id) => (id === null ? 0 : host.passages().number(id)),
      take: (id, excerpt, anew) => this.#take(id, excerpt, anew),
      sourceUploaded: (path, name) => this.#name(["source"], path, name),
      back: (id) => this.#back(id),
    });
    this.#verdicts = new Verdicts(api, {
      quote: (id) => this.#quote(id),
      reference: (id, quote) => this.#reference(id, quote),
      isOpen: (id) => KEYS.some((key) => changes.isOpen(this.#path(id, key))),
      put: (id, quote) => this.#put(id, quote, say("undo.correct", this.#number(id))),
      openSource: (id) => this.open(id),
      describe: (id, element) => {
        const text = fields.at(this.#path(id, "text"))?.focusable;
        text?.setAttribute("aria-describedby", `${element} ${text.getAttribute("aria-describedby")}`);
      },
    });
    form.addEventListener("input", (event) => this.#typed(fields.of(event.target)));
    form.addEventListener("focusin", (event) => this.#entered(event.target));
    form.addEventListener("uploaded", (event) => {
      const field = fields.of(event.target);
      if (field?.path.at(-2) === "source") {
        this.#name(field.path.slice(0, -1), field.value, event.detail.name);
      }
    });
  }

  /** What stands below the quote of a pair. */
  tools(id) {
    return this.#verdicts.tools(id);
  }

  /** The file was saved or read: what are its quotes now? */
  check() {
    this.#pane.refresh();
    return this.#verdicts.check(this.#host.digest);
  }

  /** All is there: the document too, if it was asked for meanwhile. */
  begin() {
    if (this.#host.views.current === "source") this.open();
  }

  /** Show the document beside a pair; by itself, beside the one where someone wrote last. */
  open(id = this.#current ?? this.#host.passages().order[0] ?? null) {
    this.#current = id;
    this.#host.views.show("source");
    this.#pane.open(id);
  }

  #path(id, key) {
    return [...passagePath(id), "quote", key];
  }

  #number(id) {
    return { number: this.#host.passages().number(id) };
  }

  /** What the fields of a quote say. */
  #quote(id) {
    return Object.fromEntries(KEYS.map((key) => {
      const path = this.#path(id, key);
      return [key, this.#fields.at(path)?.value ?? this.#host.passages().at(path)];
    }));
  }

  /** A reference in words, with the labels of the fields. */
  #reference(id, quote) {
    return ["page", "lines"].filter((key) => quote[key])
      .map((key) => `${this.#fields.at(this.#path(id, key))?.field.label ?? ""} ${quote[key]}`)
      .join(", ");
  }

  #take(id, excerpt, anew) {
    if (anew || id === null || !this.#host.passages().number(id)) {
      const passages = this.#host.passages();
      id = passages.add(id ?? passages.order.at(-1) ?? null);
    }
    this.#host.views.show("write");
    this.#put(id, excerpt, say("undo.take", this.#number(id)));
    this.#current = id;
    return id;
  }

  /** Fill in a quote, with one step to undo it. */
  #put(id, quote, label) {
    const before = this.#quote(id);
    this.#fill(id, quote);
    this.#undo.push(label, () => this.#fill(id, before), () => this.#fill(id, quote));
  }

  #fill(id, quote) {
    for (const key of ["page", "lines", "text"]) {
      const field = this.#fields.at(this.#path(id, key));
      if (!field || same(field.value, quote[key] ?? null)) continue;
      if (key === "text") replaceText(field.focusable, quote.text ?? "");
      else {
        field.type(quote[key] ?? null);
        field.focusable.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    const text = this.#fields.at(this.#path(id, "text"));
    text?.focusable.focus({ preventScroll: true });
    text?.element.scrollIntoView({ block: "nearest" });
  }

  /** A document that was sent gets its name, and a title to begin with. */
  #name(source, path, name) {
    const file = this.#fields.at([...source, "file"]);
    if (!same(file.value, path)) {
      file.type(path);
      file.focusable.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const title = this.#fields.at([...source, "title"]);
    if (title && title.value === null) {
      title.type(name.replace(/\.\w+$/, "").replace(/[_\s]+/g, " ").trim() || path);
      title.focusable.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  #back(id) {
    this.#host.views.show("write");
    if (id !== null) this.#fields.at(this.#path(id, "text"))?.focusable.focus();
  }

  #typed(field) {
    const id = field && passageOf(field.path);
    if (id !== null && id !== undefined && field.path[2] === "quote") this.#verdicts.typed(id);
  }

  #entered(element) {
    const row = element.closest?.(".passage");
    if (!row) return;
    this.#current = JSON.parse(row.dataset.passage);
    this.#pane.follow(this.#current);
  }
}
