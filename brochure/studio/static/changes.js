/**
 * What was typed and is not in the file yet, in the order in which it was done.
 *
 * A change waits, is sent, and then is in the file; or it is held (not valid yet), or in conflict
 * (the file has another text meanwhile). `was` is what the form showed before: the server tells by
 * it whether someone else changed the same.
 */

import { isWithin, keyOf, passageOf, passagePath, putAt, same, valueAt } from "./paths.js";

const isBare = (change) => change.kind === "insert" && Object.keys(change.value).length < 2;

/** The ids of passages after some changes of their order. */
export function reordered(ids, changes) {
  const order = [...ids];
  for (const { kind, path, after, value } of changes) {
    if (kind === "put") continue;
    const id = kind === "insert" ? value.id : passageOf(path);
    const from = order.indexOf(id);
    if (from >= 0) order.splice(from, 1);
    if (kind === "remove" || (kind === "move" && from < 0)) continue;
    order.splice(after === null ? 0 : order.indexOf(after) + 1 || order.length, 0, id);
  }
  return order;
}

export class Changes {
  #waiting = [];
  #sent = [];
  #held = [];
  /** What is in conflict, by path: {path, yours, theirs, was}. */
  conflicts = new Map();

  /** A field says `value` now, and showed `was` before. */
  put(path, value, was) {
    const key = keyOf(path);
    const conflict = this.conflicts.get(key);
    if (conflict) {
      conflict.yours = value;
      return;
    }
    const inserted = [...this.#waiting, ...this.#held].find(
      (change) => change.kind === "insert" && change.value.id === passageOf(path),
    );
    if (inserted && path.length > 2) {
      putAt(inserted.value, path.slice(2), value);
      this.#wake(inserted);
      return;
    }
    const held = this.#held.find((change) => keyOf(change.path) === key);
    this.#held = this.#held.filter((change) => change !== held);
    const waiting = this.#waiting.find((c) => c.kind === "put" && keyOf(c.path) === key);
    const change = waiting ?? { kind: "put", path, was: held ? held.was : was };
    change.value = value;
    if (!waiting) this.#waiting.push(change);
    const sent = this.#sent.some((c) => keyOf(c.path) === key);
    if (!held && !sent && same(value, change.was)) {
      this.#waiting = this.#waiting.filter((one) => one !== change);
    }
  }

  /** A passage is added, taken away or moved. */
  restructure(change) {
    const id = change.kind === "insert" ? change.value.id : passageOf(change.path);
    if (change.kind === "remove") {
      const within = (one) => isWithin(one.path, change.path) ||
        (one.kind === "insert" && one.value.id === id);
      const unsaved = [...this.#waiting, ...this.#held].some(
        (one) => one.kind === "insert" && one.value.id === id,
      );
      this.#waiting = this.#waiting.filter((one) => !within(one));
      this.#held = this.#held.filter((one) => !within(one));
      for (const [key, { path }] of this.conflicts) {
        if (isWithin(path, change.path)) this.conflicts.delete(key);
      }
      if (unsaved) return;
    }
    if (change.kind === "insert") {
      const back = this.#waiting.find((one) => one.kind === "remove"
        && passageOf(one.path) === id && same(one.was, change.value));
      if (back) {
        this.#waiting = this.#waiting.filter((one) => one !== back);
        return;
      }
    }
    this.#waiting.push(change);
  }

  /** What to send now; it counts as on its way until `settle` or `giveBack`. */
  take() {
    const ready = this.#waiting.filter((change) => !isBare(change));
    if (!ready.length) return [];
    this.#sent = [...this.#held, ...ready];
    this.#held = [];
    this.#waiting = this.#waiting.filter(isBare);
    return this.#sent;
  }

  /** What was sent did not arrive. */
  giveBack() {
    const newer = new Map(
      this.#waiting.filter((c) => c.kind === "put").map((c) => [keyOf(c.path), c]),
    );
    const older = this.#sent.filter((change) => {
      const again = change.kind === "put" && newer.get(keyOf(change.path));
      if (again) again.was = change.was;
      return !again;
    });
    this.#waiting = [...older, ...this.#waiting];
    this.#sent = [];
  }

  /** What was sent arrived. Returns the paths of the fields that the file now says. */
  settle({ values, conflicts = [], held = [] }) {
    const sent = this.#sent;
    this.#sent = [];
    const waiting = (path) =>
      this.#waiting.find((c) => c.kind === "put" && keyOf(c.path) === keyOf(path));
    const open = new Set();
    for (const conflict of conflicts) {
      const newer = waiting(conflict.path);
      this.#waiting = this.#waiting.filter((change) => change !== newer);
      const yours = newer ? newer.value : conflict.yours;
      this.conflicts.set(keyOf(conflict.path), { ...conflict, yours });
      open.add(keyOf(conflict.path));
    }
    for (const { path, value, was, messages } of held) {
      const newer = waiting(path);
      if (newer) newer.was = was ?? null;
      else if (path.length > 2 || path[0] !== "passages") this.hold({ path, value, was, messages });
      open.add(keyOf(path));
    }
    const saved = [];
    for (const change of sent) {
      if (change.kind === "insert" && !valueAt(values, passagePath(change.value.id))) {
        this.#held.push(change);
      }
      if (change.kind !== "put" || open.has(keyOf(change.path))) continue;
      saved.push(change.path);
      const newer = waiting(change.path);
      if (newer) newer.was = valueAt(values, change.path);
    }
    return saved;
  }

  /** What was typed and is not valid yet. */
  hold({ path, value, was }) {
    this.#held = this.#held.filter((change) => keyOf(change.path) !== keyOf(path));
    this.#held.push({ kind: "put", path, value, was: was ?? null });
  }

  /** Decide a conflict: with my text, which is saved over the other; or with theirs. */
  resolve(path, mine) {
    const conflict = this.conflicts.get(keyOf(path));
    this.conflicts.delete(keyOf(path));
    if (mine && conflict) this.put(path, conflict.yours, conflict.theirs);
    return conflict;
  }

  /** What would be lost if this page were closed now; what is held lies beside the file. */
  unsaved() {
    const open = [...this.conflicts.values()].map(({ path, yours, was }) => (
      { kind: "put", path, value: yours, was }
    ));
    const inserts = this.#held.filter((change) => change.kind === "insert");
    return [...inserts, ...this.#sent, ...this.#waiting, ...open].filter((c) => !isBare(c));
  }

  /** All that changes the order of passages and is not in the file. */
  get structure() {
    return [...this.#held, ...this.#sent, ...this.#waiting].filter((c) => c.kind !== "put");
  }

  /** Whether something waits to be sent. */
  get waits() {
    return this.#waiting.some((change) => !isBare(change));
  }

  /** How many fields are held. */
  get heldCount() {
    return this.#held.length;
  }

  /** Whether a field has words that the file has not. */
  isOpen(path) {
    const key = keyOf(path);
    if (this.conflicts.has(key)) return true;
    return [...this.#waiting, ...this.#sent, ...this.#held].some(
      (c) => keyOf(c.path) === key || (c.kind === "insert" && c.value.id === passageOf(path)),
    );
  }

  #wake(change) {
    if (!this.#held.includes(change)) return;
    this.#held = this.#held.filter((one) => one !== change);
    this.#waiting.push(change);
  }
}
