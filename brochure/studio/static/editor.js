/** The editor of one leaflet: puts the parts together. Each part is a module of its own. */

import { leafletApi, NotConnected } from "./api.js";
import { Changes } from "./changes.js";
import { Checks } from "./checks.js";
import { Diagnostics } from "./diagnostics.js";
import { offerDownload, offerPrint } from "./download.js";
import { Editing } from "./editing.js";
import { Fields, goTo } from "./fields.js";
import { build } from "./form.js";
import { Interchange } from "./interchange.js";
import { Toolbar } from "./markdown.js";
import { keyOf, passageOf, passagePath, valueAt } from "./paths.js";
import { Preview } from "./preview.js";
import { Quoting } from "./quoting.js";
import { say } from "./strings.js";
import { Views } from "./views.js";

const $ = (id) => document.getElementById(id);
const name = $("editor").dataset.leaflet;
const api = leafletApi(name);

class Editor {
  scope = name;
  #fields = new Fields();
  #changes = new Changes();
  #editing = new Editing(api, this.#fields, this.#changes, this);
  #leaflet; // as the server told it last: project, leaflet, file, digest, values
  #checked = []; // diagnostics of the last check
  #checks = new Checks(api, () => this.#leaflet.digest, (...args) => this.#took(...args));
  #toolbar = new Toolbar();
  #views = new Views($("views"), $("editor"));
  #diagnostics = new Diagnostics((path) => this.#goTo(path));
  #passages;
  #preview;
  #quoting;
  #interchange;

  async open() {
    await this.#editing.open($("form"));
    this.#editing.follow();
    this.#check();
    this.#showLinked();
    this.#interchange.arrived(); // whatever comes of it, the form stays
  }

  /** A link may lead to one of the views. */
  #showLinked() {
    const view = location.hash.slice(1);
    if (view === "source") this.#quoting.open();
    else if (view === "pages" || view === "check") this.#views.show(view);
  }

  // What `Editing` asks.

  build(leaflet) {
    const parts = { fields: this.#fields, changes: this.#changes, undo: this.#editing.undo };
    this.#quoting = new Quoting($("form"), $("source-pane"), api, {
      ...parts,
      host: {
        passages: () => this.#passages,
        views: this.#views,
        digest: () => this.#leaflet.digest,
      },
    });
    this.#fields.samples = new Map(leaflet.samples.map(({ path, value }) => [keyOf(path), value]));
    const { elements, passages } = build(leaflet.form, {
      ...parts,
      host: {
        values: () => this.#leaflet.values,
        made: (field) => field.tell(this.#editing.messages(field.path)),
        quoteTools: (id) => this.#quoting.tools(id),
        changed: () => this.#editing.changed(),
        announce: (text) => this.#editing.announce(text),
      },
    });
    this.#passages = passages;
    $("form").replaceChildren(...elements);
    passages.render();
    $("form").addEventListener("keydown", (event) => {
      if (event.target.matches?.("textarea.prose")) this.#toolbar.press(event);
    });
    $("form").addEventListener("focusin", (event) => this.#entered(event.target));
    $("views").querySelector("[data-view=source]").addEventListener("click",
      () => this.#quoting.open());
    this.#openPreview(leaflet);
    this.#interchange = new Interchange(api, {
      settle: () => this.#editing.settle(),
      adopt: (changes) => this.#editing.adopt(changes),
      undo: this.#editing.undo,
      goTo: (path) => this.#goTo(path),
      show: () => this.show(),
      request: () => ({ project: leaflet.project, leaflet: name }),
    });
    this.#quoting.begin();
  }

  values() {
    return this.#leaflet.values;
  }

  valueOf(path) {
    return path[0] === "passages" ? this.#passages.at(path) : valueAt(this.#leaflet.values, path);
  }

  took(leaflet) {
    this.#leaflet = leaflet;
  }

  render() {
    this.#passages.render();
  }

  shown() {
    this.#fields.recount();
    this.#diagnose();
    const title = valueAt(this.#leaflet.values, ["title"]) || name;
    $("name").textContent = title;
    document.title = `${title} – ${say("studio")}`;
  }

  request() {
    return { base: this.#leaflet.digest };
  }

  label(path) {
    return this.#fields.at(path)?.field.label ?? path.at(-1);
  }

  diagnostics() {
    return this.#diagnostics.list;
  }

  /** Passages that have another id by now get rows of their own; the caret goes with them. */
  settled(changes) {
    const renamed = changes.filter(({ path, value }) => path[2] === "id" && value
      && valueAt(this.#leaflet.values, passagePath(value)));
    const caret = this.#fields.of(document.activeElement)?.path;
    for (const { path, value } of renamed) {
      this.#changes.rename(passageOf(path), value);
      this.#passages.rename(passageOf(path));
    }
    return () => {
      for (const { path, value } of renamed) {
        if (caret && passageOf(caret) === passageOf(path)) {
          this.#goTo([...passagePath(value), ...caret.slice(2)]);
        }
      }
    };
  }

  /** My words for a passage that went: it comes back. */
  resolved(path) {
    const id = passageOf(path);
    if (id === null || valueAt(this.#leaflet.values, passagePath(id))) return;
    this.#changes.restructure({ kind: "insert", path: ["passages"],
      after: this.#passages.order.at(-1) ?? null, value: this.#passages.value(id) });
  }

  /** A pair that was to be left out was changed elsewhere: it stays, and can be left out again. */
  stays(path) {
    this.#passages.stays(passageOf(path));
  }

  unsaved(on) {
    this.#preview.unsaved(on);
  }

  saved() {
    this.#preview.want();
    this.#check();
  }

  stalled(reason) {
    this.#preview?.stalled(reason);
  }

  outdated(preview) {
    if (preview.pages) this.#preview.take(preview);
    else this.#preview.want();
    this.#check(); // it may be the document that is quoted
  }

  show() {
    this.#views.show("write");
  }

  // What is wrong, and what it looks like.

  #entered(element) {
    const field = this.#fields.of(element);
    if (field?.field.kind === "prose" && element === field.focusable) this.#toolbar.attach(field);
    const row = element.closest?.(".passage");
    this.#preview.mark(row ? JSON.parse(row.dataset.passage) : null);
  }

  #check() {
    this.#quoting.check();
    this.#checks.want($("edition").value);
  }

  /** What the check says of the file as it was at a digest. */
  #took({ diagnostics }, { digest, edition }) {
    if (digest !== this.#leaflet.digest || edition !== $("edition").value) return;
    this.#checked = diagnostics;
    this.#diagnose();
  }

  /** What reading says of the form, with what is not valid yet; and what the check says besides. */
  #diagnose() {
    const read = this.#leaflet.diagnostics;
    const known = new Set(read.map(({ message }) => message));
    this.#diagnostics.show([...read, ...this.#checked.filter((one) => !known.has(one.message))]);
    for (const field of this.#fields.all) field.tell(this.#editing.messages(field.path));
    this.#fields.mark([...this.#editing.held, ...this.#diagnostics.list.filter(({ path }) => path)]);
    this.#views.count(this.#diagnostics.summary);
  }

  #openPreview({ editions, variants }) {
    const [edition, variant] = [$("edition"), $("variant")];
    edition.replaceChildren(...editions.map(({ name: one, description }) => new Option(
      description ? `${one} – ${description}` : one, one)));
    variant.append(...variants.map(({ id, name: one }) => new Option(one || id, id)));
    variant.closest("label").hidden = !variants.length;
    this.#preview = new Preview({ pages: $("pages"), asOf: $("as-of"), scroller: $("scroller") },
      api, {
        pick: (id) => this.#goTo(this.#passages.first(id)?.path),
        name: (id) => say("pair.name", { number: this.#passages.number(id) }),
        digest: () => this.#leaflet.digest,
        note: () => (variant.value ? say("variant.form") : ""),
        diagnosed: () => {},
      });
    const choose = () => {
      $("to-variant").hidden = !variant.value;
      $("to-variant").href = `/leaflets/${name}/variants/${encodeURIComponent(variant.value)}`;
      $("print").hidden = editions.find((one) => one.name === edition.value)?.output !== "pdf";
      this.#preview.choose(edition.value, variant.value);
      this.#check();
    };
    edition.addEventListener("change", choose);
    variant.addEventListener("change", choose);
    $("check").append(this.#diagnostics.element);
    const saved = (file) => async () => {
      await this.#editing.now();
      return file();
    };
    const file = saved(() => api.file(edition.value, variant.value));
    offerDownload($("download"), $("trouble"), file);
    offerPrint($("print"), $("trouble"), file);
    offerDownload($("archive"), $("trouble"), saved(() => api.archive(variant.value)));
    choose();
  }

  #goTo(path) {
    const field = this.#fields.at(path);
    if (!field) return;
    this.#views.show("write");
    goTo(field);
  }
}

new Editor().open().catch((error) => {
  $("form").replaceChildren(document.createTextNode(
    [error.status ? error.message : say("preview.offline"), error.hint].filter(Boolean).join(" ")));
  if (!error.status && !(error instanceof NotConnected)) throw error;
});
