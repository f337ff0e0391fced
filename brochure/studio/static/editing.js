/**
 * A file that is edited on a page: what is typed is saved, and stays in this browser until it is;
 * what others write comes in wherever nobody writes. What a page shows is its `host`:
 *
 *   scope            the name under which this browser keeps what is typed
 *   build(state)     make the fields, once
 *   values()         what the server told last
 *   valueOf(path)    of these, the value of a field
 *   took(state)      the server told something new, before it is shown; it may return it mapped
 *   render()         show what there is now: fields come and go
 *   shown()          it was shown: what depends on the fields can be
 *   request()        what each request names beside the changes
 *   diagnostics()    of the fields, if there are more than those that came with the file
 *   settled(changes) these were saved, and are to be shown; returns what is to be done then, if
 *                    anything
 *   label(path)      the name of a field
 *   resolved(path)   someone keeps their words in a field where the file has others
 *   show()           the fields are to be seen
 *   goTo(path)       so is what is at a path, which is no field
 *   stays(path)      what was to be left out was changed by someone else, and stays
 *   unsaved(on), saved(), stalled(reason), outdated(event)   for what depends on the file, or on
 *                    others that the server told of
 */

import { NotConnected } from "./api.js";
import { conflictPanel } from "./conflicts.js";
import { ready } from "./dom.js";
import { Events } from "./events.js";
import { goTo } from "./fields.js";
import { Keeping } from "./keeping.js";
import { isWithin, keyOf, passageOf, same } from "./paths.js";
import { missing, offer } from "./restored.js";
import { Saving } from "./saving.js";
import { Status } from "./status.js";
import { plural, say } from "./strings.js";
import { Undo } from "./undo.js";

const $ = (id) => document.getElementById(id);

export class Editing {
  #api;
  #host;
  #state; // as the server told it last
  #epoch = 0; // how many times the file was read or written: an older answer is no news
  #asked = 0; // how many times it was asked what the file says
  #held = new Map(); // messages of what is not valid yet, and so in the draft only, by paths
  #saving;
  #keeping;
  #status;
  fields;
  changes;
  undo = new Undo((undo, redo) => this.#offerUndo(undo, redo));

  constructor(api, fields, changes, host, status = new Status($("state"), $("live"))) {
    this.#api = api;
    this.fields = fields;
    this.changes = changes;
    this.#host = host;
    this.#status = status;
    this.#saving = new Saving(changes, (...args) => this.#send(...args),
      (state, details) => this.#saved(state, details));
  }

  /** Begin with the file; `form` is where fields are. */
  async open(form) {
    const state = this.#read(await this.#api.read());
    this.#keeping = new Keeping(state.project, this.#host.scope);
    await this.#keeping.open();
    const own = this.#keeping.own();
    this.#host.build(state);
    this.#listen(form);
    ready();
    this.changes.clash(state.conflicts);
    this.#show(state);
    if (own) this.#take(missing(own.changes, this.#host.values()));
    for (const left of await this.#keeping.left()) this.#offer(left);
    this.#saved(this.#saving.state, {});
  }

  /** Follow what happens to the file from here on. */
  follow() {
    new Events(this.#api.events, {
      changed: ({ digest }) => {
        const known = this.#state.stamp ?? this.#state.digest;
        if (digest !== known || this.#saving.state === "refused") this.refresh();
      },
      preview: (preview) => this.#host.outdated(preview),
      open: () => this.refresh(),
      lost: () => this.refresh(),
      seen: () => this.refresh(),
    });
  }

  /** Something was typed or done that is not saved yet. */
  changed() {
    this.#keep();
    this.#saving.later();
    this.#host.unsaved?.(this.changes.waits);
    this.#count();
  }

  /** Save without waiting. */
  now() {
    return this.#saving.now();
  }

  /** Save what waits; resolves to whether the file says all that was typed. */
  async settle() {
    await this.#saving.now();
    return this.#saving.state === "saved" && !this.#held.size && !this.changes.conflicts.size;
  }

  /** Make changes in the form, as if they were typed there. */
  adopt(changes) {
    this.#take(changes);
  }

  /** Say something to those who do not see the page. */
  announce(text) {
    this.#status.announce(text);
  }

  /** The server refused something that was asked for, or was not there. */
  failed(error) {
    if (error instanceof NotConnected) this.#saving.lost();
    else this.#saving.refused(error);
  }

  /** The file as it is on disk. */
  async refresh() {
    const epoch = this.#epoch;
    const asked = ++this.#asked;
    let state;
    try {
      state = await this.#api.read();
      if (asked !== this.#asked) return; // what was asked later is newer, whatever comes first
    } catch (error) {
      if (asked !== this.#asked) return;
      if (error instanceof NotConnected || error.status) this.failed(error);
      return;
    }
    if (state.project !== this.#state.project) {
      this.#saving.refused({ message: say("other-project") });
      return;
    }
    await this.#saving.found();
    if (epoch !== this.#epoch) return;
    this.take(state);
  }

  /** Show what the server told. */
  take(state) {
    if (same({ ...this.#state, ...state }, this.#state)) return;
    this.#epoch++;
    this.changes.clash(state.conflicts);
    this.#show(this.#read(state));
    this.#host.saved();
  }

  /** What was found out about a field: what is not valid yet, or else messages about it. */
  messages(path) {
    const held = this.#heldBack(this.#held.get(keyOf(path)) ?? []);
    if (held.length) return held;
    const found = this.#host.diagnostics?.() ?? this.#state.diagnostics;
    return found.filter((one) => one.path && one.severity !== "note" && isWithin(one.path, path));
  }

  /** What is in the draft only: {path, severity}, see `messages`. */
  get held() {
    return [...this.#held].flatMap(([key, messages]) =>
      this.#heldBack(messages).map(({ severity }) => ({ path: JSON.parse(key), severity })));
  }

  /** Whether what is at a path is in the draft only. */
  isHeld(path) {
    return this.#held.has(keyOf(path));
  }

  /** Why something is not in the file: it `waits` where that is something missing yet. */
  #heldBack(messages) {
    const missing = this.#state.diagnostics.filter(({ severity }) => severity === "open");
    return messages.map((one) => ({ ...one,
      severity: missing.some(({ message }) => message === one.message) ? "waits" : "held" }));
  }

  #listen(form) {
    form.addEventListener("input", (event) => this.#typed(this.fields.of(event.target)));
    form.addEventListener("compositionstart", () => this.#saving.composing(true));
    form.addEventListener("compositionend", () => this.#saving.composing(false));
    form.addEventListener("focusout", (event) => this.#left(this.fields.of(event.target)));
    form.addEventListener("announce", ({ detail }) => this.announce(detail));
    form.addEventListener("submit", (event) => event.preventDefault());
    $("undo")?.addEventListener("click", () => this.undo.back());
    $("redo")?.addEventListener("click", () => this.undo.forth());
    $("open").addEventListener("click", () => this.#goToOpen());
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const redo = (key === "z" && event.shiftKey) || (key === "y" && !event.shiftKey);
      if (key === "s" && !event.shiftKey) {
        event.preventDefault();
        this.#saving.now();
      } else if ((key === "z" || redo) && !event.target.matches?.("input, textarea, select")) {
        event.preventDefault();
        if (redo) this.undo.forth();
        else this.undo.back();
      }
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#saving.now({ keepalive: true });
    });
  }

  #typed(field) {
    if (!field) return;
    this.changes.put(field.path, field.value, field.shown);
    const conflict = this.changes.conflicts.get(keyOf(field.path));
    if (conflict) this.#drawConflict(field, conflict);
    this.changed();
  }

  #left(field) {
    if (!field) return;
    setTimeout(() => {
      if (!field.focused && !this.changes.isOpen(field.path)) field.write(this.#valueOf(field.path));
    });
  }

  #valueOf(path) {
    return this.#host.valueOf(path);
  }

  #keep() {
    this.#keeping.keep(this.changes.unsaved(), this.#state.digest);
  }

  #read(state) {
    const now = { ...this.#state, ...state };
    this.#state = this.#host.took(now) ?? now;
    return this.#state;
  }

  #request(more) {
    const { project, leaflet, file } = this.#state;
    return { project, leaflet, file, ...this.#host.request(), ...more };
  }

  async #send(changes, options) {
    const saved = await this.#api.save(this.#request({ changes }), options);
    this.#epoch++;
    const state = this.#read(saved);
    const now = this.changes.settle(state);
    for (const field of this.fields.all) {
      if (now.some((path) => isWithin(field.path, path))) field.shown = this.#valueOf(field.path);
    }
    const then = this.#host.settled?.(changes);
    this.#show(state);
    for (const { path } of state.conflicts) {
      if (passageOf(path) === null || path.length !== 2) continue; // a field, not a whole passage
      this.#api.discard(this.#request({ path })).catch(() => {}); // else again next time
      this.#host.stays(path);
    }
    then?.();
    this.#keep();
    this.#host.unsaved?.(this.changes.waits);
    this.#host.saved();
    return saved.saved_at;
  }

  /** Show what the server has wherever nobody writes and nothing waits to be saved. */
  #show({ held }) {
    this.#held = new Map(held.map(({ path, messages }) => [keyOf(path), messages]));
    this.#host.render();
    for (const field of this.fields.all) {
      if (!field.focused && !this.changes.isOpen(field.path)) field.write(this.#valueOf(field.path));
      field.tell(this.messages(field.path));
    }
    for (const conflict of this.changes.conflicts.values()) {
      const field = this.fields.at(conflict.path);
      if (field && !field.aside.children.length) {
        this.#drawConflict(field, conflict);
        this.announce(say("conflict.in", { field: this.#host.label(conflict.path) }));
      }
    }
    this.#host.shown?.();
    this.#count();
  }

  #drawConflict(field, conflict) {
    field.aside.replaceChildren(conflictPanel(conflict, async (mine) => {
      try {
        await this.#api.discard(this.#request({ path: conflict.path }));
      } catch (error) {
        this.failed(error);
        return;
      }
      this.changes.resolve(conflict.path, mine);
      field.aside.replaceChildren();
      if (mine) this.#host.resolved?.(conflict.path, field);
      else field.write(this.#valueOf(conflict.path));
      field.focusable.focus();
      this.#host.render();
      this.changed();
    }));
  }

  #take(changes) {
    for (const change of changes) {
      if (change.kind !== "put") this.changes.restructure(change);
    }
    for (const { kind, path, value, was } of changes) {
      if (kind === "put") this.changes.put(path, value, was);
    }
    this.#host.render();
    for (const { kind, path, value } of changes) {
      if (kind === "put") this.fields.at(path)?.type(value);
    }
    this.changed();
  }

  #offer(left) {
    const changes = missing(left.changes, this.#host.values());
    const forget = () => this.#keeping.forget(left.key);
    if (!changes.length) {
      forget();
      return;
    }
    $("offers").append(offer({ ...left, changes }, this.#host.values(), {
      label: (path) => this.#host.label(path),
      take: (taken) => this.#take(taken),
      done: forget,
    }));
  }

  #goToOpen() {
    const [conflict] = this.changes.conflicts.values();
    const path = conflict?.path ?? JSON.parse(this.#held.keys().next().value ?? "null");
    const field = this.fields.at(path);
    this.#host.show?.();
    if (field) goTo(field);
    else this.#host.goTo?.(path);
  }

  #count() {
    const [conflicts, held] = [this.changes.conflicts.size, this.#held.size];
    $("open").hidden = !conflicts && !held;
    $("open").textContent = conflicts ? plural("open.conflicts", conflicts)
      : held ? plural("open.held", held) : "";
  }

  #saved(state, details) {
    this.#status.show(state, details);
    this.#host.stalled?.(state === "offline" || state === "refused" ? say("preview.unsaved") : "");
    this.#count();
  }

  #offerUndo(undo, redo) {
    for (const [id, label] of Object.entries({ undo, redo })) {
      const offered = $(id);
      if (!offered) continue;
      offered.hidden = !label;
      offered.title = label ?? "";
      offered.setAttribute("aria-label", label ? `${say(id)}: ${label}` : say(id));
    }
  }
}
