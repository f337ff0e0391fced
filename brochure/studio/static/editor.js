/** The editor of one leaflet: puts the parts together. Each part is a module of its own. */

import { leafletApi, NotConnected } from "./api.js";
import { Changes } from "./changes.js";
import { Checks } from "./checks.js";
import { conflictPanel } from "./conflicts.js";
import { Diagnostics } from "./diagnostics.js";
import { offerDownload, offerPrint } from "./download.js";
import { Events } from "./events.js";
import { Fields, goTo } from "./fields.js";
import { build } from "./form.js";
import { Keeping } from "./keeping.js";
import { Toolbar } from "./markdown.js";
import { isWithin, keyOf, passageOf, passagePath, same, valueAt } from "./paths.js";
import { Preview } from "./preview.js";
import { Quoting } from "./quoting.js";
import { missing, offer } from "./restored.js";
import { Saving } from "./saving.js";
import { Status } from "./status.js";
import { plural, say } from "./strings.js";
import { Undo } from "./undo.js";
import { Views } from "./views.js";

const $ = (id) => document.getElementById(id);
const name = $("editor").dataset.leaflet;
const api = leafletApi(name);

class Editor {
  #leaflet; // as the server told it last: project, leaflet, file, digest, values
  #epoch = 0; // how many times the file was read or written: an older answer is no news
  #asked = 0; // how many times it was asked what the file says
  #held = new Map(); // messages of what is not valid yet, and so in the draft only, by paths
  #read = []; // diagnostics of the form
  #checked = []; // diagnostics of the last check
  #checks = new Checks(api, () => this.#leaflet.digest, (...args) => this.#took(...args));
  #fields = new Fields();
  #changes = new Changes();
  #toolbar = new Toolbar();
  #status = new Status($("state"), $("live"));
  #undo = new Undo((undo, redo) => this.#offerUndo(undo, redo));
  #views = new Views($("views"), $("editor"));
  #saving = new Saving(this.#changes, (...args) => this.#send(...args),
    (state, details) => this.#saved(state, details));
  #diagnostics = new Diagnostics((path) => this.#goTo(path));
  #keeping;
  #passages;
  #preview;
  #quoting;

  async open() {
    const leaflet = await api.read();
    this.#leaflet = leaflet;
    this.#keeping = new Keeping(leaflet.project, leaflet.leaflet);
    await this.#keeping.open();
    const own = this.#keeping.own();
    this.#quoting = new Quoting($("form"), $("source-pane"), api, {
      fields: this.#fields, changes: this.#changes, undo: this.#undo,
      host: {
        passages: () => this.#passages,
        views: this.#views,
        digest: () => this.#leaflet.digest,
      },
    });
    this.#fields.samples = new Map(leaflet.samples.map(({ path, value }) => [keyOf(path), value]));
    const { elements, passages } = build(leaflet.form, {
      fields: this.#fields, changes: this.#changes, undo: this.#undo,
      host: {
        values: () => this.#leaflet.values,
        made: (field) => this.#tell(field),
        quoteTools: (id) => this.#quoting.tools(id),
        changed: () => this.#changed(),
        announce: (text) => this.#status.announce(text),
      },
    });
    this.#passages = passages;
    $("form").replaceChildren(...elements);
    passages.render();
    this.#listen();
    this.#openPreview(leaflet);
    this.#quoting.begin();
    this.#changes.clash(leaflet.conflicts);
    this.#show(leaflet);
    if (own) this.#take(missing(own.changes, leaflet.values));
    for (const left of await this.#keeping.left()) this.#offer(left);
    this.#saved(this.#saving.state, {});
    this.#count();
    this.#check();
    this.#showLinked();
    new Events(api.events, {
      changed: ({ digest }) => {
        const known = digest === this.#leaflet.digest && this.#saving.state !== "refused";
        if (!known) this.#refresh();
      },
      preview: (preview) => {
        if (preview.pages) this.#preview.take(preview);
        else this.#preview.want();
        this.#check(); // it may be the document that is quoted
      },
      open: () => this.#refresh(),
      lost: () => this.#refresh(),
      seen: () => this.#refresh(),
    });
  }

  /** A link may lead to one of the views. */
  #showLinked() {
    const view = location.hash.slice(1);
    if (view === "source") this.#quoting.open();
    else if (view === "pages" || view === "check") this.#views.show(view);
  }

  // What is typed.

  #listen() {
    const form = $("form");
    form.addEventListener("input", (event) => this.#typed(this.#fields.of(event.target)));
    form.addEventListener("compositionstart", () => this.#saving.composing(true));
    form.addEventListener("compositionend", () => this.#saving.composing(false));
    form.addEventListener("keydown", (event) => {
      if (event.target.matches?.("textarea.prose")) this.#toolbar.press(event);
    });
    form.addEventListener("focusin", (event) => this.#entered(event.target));
    form.addEventListener("focusout", (event) => this.#left(this.#fields.of(event.target)));
    form.addEventListener("announce", ({ detail }) => this.#status.announce(detail));
    form.addEventListener("submit", (event) => event.preventDefault());
    $("views").querySelector("[data-view=source]").addEventListener("click",
      () => this.#quoting.open());
    $("undo").addEventListener("click", () => this.#undo.back());
    $("redo").addEventListener("click", () => this.#undo.forth());
    $("open").addEventListener("click", () => this.#goTo(this.#firstOpen()));
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const redo = (key === "z" && event.shiftKey) || (key === "y" && !event.shiftKey);
      if (key === "s" && !event.shiftKey) {
        event.preventDefault();
        this.#saving.now();
      } else if ((key === "z" || redo) && !event.target.matches?.("input, textarea, select")) {
        event.preventDefault();
        if (redo) this.#undo.forth();
        else this.#undo.back();
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
    this.#preview?.unsaved(this.#changes.waits);
  }

  #keep() {
    this.#keeping.keep(this.#changes.unsaved(), this.#leaflet.digest);
  }

  #entered(element) {
    const field = this.#fields.of(element);
    if (field?.field.kind === "prose" && element === field.focusable) this.#toolbar.attach(field);
    const row = element.closest?.(".passage");
    this.#preview.mark(row ? JSON.parse(row.dataset.passage) : null);
  }

  #left(field) {
    if (!field) return;
    setTimeout(() => {
      if (!field.focused && !this.#changes.isOpen(field.path)) field.write(this.#valueOf(field.path));
    });
  }

  // What the file says.

  async #send(changes, options) {
    const { project, leaflet, file, digest } = this.#leaflet;
    const saved = await api.save({ project, leaflet, file, base: digest, changes }, options);
    this.#epoch++;
    this.#leaflet = { ...this.#leaflet, digest: saved.digest, values: saved.values };
    const renamed = changes.filter(({ path, value }) => path[2] === "id" && value
      && valueAt(saved.values, passagePath(value)));
    const now = this.#changes.settle(saved);
    for (const field of this.#fields.all) {
      if (now.some((path) => isWithin(field.path, path))) field.shown = this.#valueOf(field.path);
    }
    const caret = this.#fields.of(document.activeElement)?.path;
    for (const { path, value } of renamed) {
      this.#changes.rename(passageOf(path), value);
      this.#passages.rename(passageOf(path));
    }
    this.#show(saved);
    this.#keepPairs(saved.conflicts);
    for (const { path, value } of renamed) {
      if (caret && passageOf(caret) === passageOf(path)) {
        this.#goTo([...passagePath(value), ...caret.slice(2)]);
      }
    }
    this.#keep();
    this.#preview.unsaved(this.#changes.waits);
    this.#preview.want();
    this.#check();
    return saved.saved_at;
  }

  async #refresh() {
    const epoch = this.#epoch;
    const asked = ++this.#asked;
    let leaflet;
    try {
      leaflet = await api.read();
      if (asked !== this.#asked) return; // what was asked later is newer, whatever comes first
    } catch (error) {
      if (asked !== this.#asked) return;
      if (error instanceof NotConnected) this.#saving.lost();
      else if (error.status) this.#saving.refused(error);
      return;
    }
    if (leaflet.project !== this.#leaflet.project) {
      this.#saving.refused({ message: say("other-project") });
      return;
    }
    await this.#saving.found();
    const known = leaflet.digest === this.#leaflet.digest && same(leaflet.values, this.#leaflet.values);
    if (epoch !== this.#epoch || known) return;
    this.#epoch++;
    this.#changes.clash(leaflet.conflicts);
    this.#leaflet = { ...this.#leaflet, digest: leaflet.digest, values: leaflet.values };
    this.#show(leaflet);
    this.#preview.want();
    this.#check();
  }

  /** Show what the server has wherever nobody writes and nothing waits to be saved. */
  #show({ held, diagnostics }) {
    this.#held = new Map(held.map(({ path, messages }) => [keyOf(path), messages]));
    this.#passages.render();
    for (const field of this.#fields.all) {
      if (!field.focused && !this.#changes.isOpen(field.path)) field.write(this.#valueOf(field.path));
    }
    for (const conflict of this.#changes.conflicts.values()) {
      const field = this.#fields.at(conflict.path);
      if (field && !field.aside.children.length) {
        this.#drawConflict(field, conflict);
        this.#status.announce(say("conflict.in", { field: field.field.label }));
      }
    }
    this.#read = diagnostics;
    this.#fields.recount();
    this.#diagnose();
    const title = valueAt(this.#leaflet.values, ["title"]) || name;
    $("name").textContent = title;
    document.title = `${title} – ${say("studio")}`;
    this.#count();
  }

  #valueOf(path) {
    return path[0] === "passages" ? this.#passages.at(path) : valueAt(this.#leaflet.values, path);
  }

  // What is not in the file.

  /** A pair that was to be left out was changed elsewhere: it stays, and can be left out again. */
  #keepPairs(conflicts) {
    for (const { path } of conflicts) {
      if (path[0] !== "passages" || path.length !== 2) continue;
      const { project, leaflet, file } = this.#leaflet;
      api.discard({ project, leaflet, file, path }).catch(() => {}); // else again next time
      this.#passages.stays(passageOf(path));
    }
  }

  #drawConflict(field, conflict) {
    field.aside.replaceChildren(conflictPanel(conflict, async (mine) => {
      try {
        const { project, leaflet, file } = this.#leaflet;
        await api.discard({ project, leaflet, file, path: conflict.path });
      } catch (error) {
        if (error instanceof NotConnected) this.#saving.lost();
        else this.#saving.refused(error);
        return;
      }
      this.#changes.resolve(conflict.path, mine);
      field.aside.replaceChildren();
      const id = passageOf(conflict.path);
      if (mine && id !== null && !valueAt(this.#leaflet.values, passagePath(id))) {
        this.#changes.restructure({ kind: "insert", path: ["passages"],
          after: this.#passages.order.at(-1) ?? null, value: this.#passages.value(id) });
      }
      if (!mine) field.write(this.#valueOf(conflict.path));
      field.focusable.focus();
      this.#passages.render();
      this.#changed();
      this.#count();
    }));
  }

  #take(changes) {
    for (const change of changes) {
      if (change.kind !== "put") this.#changes.restructure(change);
    }
    this.#passages.render();
    for (const change of changes) {
      if (change.kind !== "put") continue;
      this.#changes.put(change.path, change.value, change.was);
      this.#fields.at(change.path)?.type(change.value);
    }
    this.#changed();
  }

  #offer(left) {
    const changes = missing(left.changes, this.#leaflet.values);
    const forget = () => this.#keeping.forget(left.key);
    if (!changes.length) {
      forget();
      return;
    }
    $("offers").append(offer({ ...left, changes }, this.#leaflet.values, {
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
    $("open").hidden = !conflicts && !held;
    $("open").textContent = conflicts ? plural("open.conflicts", conflicts)
      : held ? plural("open.held", held) : "";
  }

  // What is wrong, and what it looks like.

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
    const known = new Set(this.#read.map(({ message }) => message));
    this.#diagnostics.show([...this.#read, ...this.#checked.filter((one) => !known.has(one.message))]);
    for (const field of this.#fields.all) this.#tell(field);
    const held = [...this.#held].flatMap(([key, messages]) =>
      this.#heldBack(messages).map(({ severity }) => ({ path: JSON.parse(key), severity })));
    this.#fields.mark([...held, ...this.#diagnostics.list.filter(({ path }) => path)]);
    this.#views.count(this.#diagnostics.summary);
  }

  /** Why something is not in the file: it `waits` where that is something missing yet. */
  #heldBack(messages) {
    const missing = this.#read.filter(({ severity }) => severity === "open");
    return messages.map((one) => ({ ...one,
      severity: missing.some(({ message }) => message === one.message) ? "waits" : "held" }));
  }

  #tell(field) {
    const held = this.#heldBack(this.#held.get(keyOf(field.path)) ?? []);
    const found = this.#diagnostics.list.filter(({ path, severity }) =>
      path && severity !== "note" && isWithin(path, field.path));
    field.tell(held.length ? held : found);
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
        diagnosed: () => {},
      });
    const choose = () => {
      $("print").hidden = editions.find((one) => one.name === edition.value)?.output !== "pdf";
      this.#preview.choose(edition.value, variant.value);
      this.#check();
    };
    edition.addEventListener("change", choose);
    variant.addEventListener("change", choose);
    $("check").append(this.#diagnostics.element);
    const saved = (file) => async () => {
      await this.#saving.now();
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

  #saved(state, details) {
    this.#status.show(state, details);
    this.#preview?.stalled(state === "offline" || state === "refused" ? say("preview.unsaved") : "");
    this.#count();
  }

  #offerUndo(undo, redo) {
    for (const [id, label] of Object.entries({ undo, redo })) {
      $(id).hidden = !label;
      $(id).title = label ?? "";
      $(id).setAttribute("aria-label", label ? `${say(id)}: ${label}` : say(id));
    }
  }
}

new Editor().open().catch((error) => {
  $("form").replaceChildren(document.createTextNode(
    [error.status ? error.message : say("preview.offline"), error.hint].filter(Boolean).join(" ")));
  if (!error.status && !(error instanceof NotConnected)) throw error;
});
