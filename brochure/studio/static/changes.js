/**
 * What was typed and is not in the file yet, in the order in which it was done.
 *
 * A change waits, is sent, and then is the server's: in the file, or in the draft beside it. Or it is
 * in conflict (the file has another text meanwhile), and waits for a decision. `was` is what the form
 * showed before: the server tells by it whether someone else changed the same.
 */

import { isWithin, keyOf, LISTS, passageOf, putAt, same, valueAt } from "./paths.js";

const PLACE = ["id", "after", "before"]; // of a passage, which say nothing by themselves
const isBare = (change) => change.kind === "insert"
  && Object.keys(change.value).every((key) => PLACE.includes(key));

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
    const inserted = this.#waiting.find(
      (change) => change.kind === "insert" && change.value.id === passageOf(path),
    );
    if (inserted && path.length > 2) {
      putAt(inserted.value, path.slice(2), value);
      return;
    }
    const waiting = this.#waitingAt(path);
    const change = waiting ?? { kind: "put", path, was };
    change.value = value;
    if (!waiting) this.#waiting.push(change);
    const sent = this.#sent.some((c) => keyOf(c.path) === key);
    if (!sent && same(value, change.was)) {
      this.#waiting = this.#waiting.filter((one) => one !== change);
    }
  }

  /** A passage is added, taken away or moved. */
  restructure(change) {
    const id = change.kind === "insert" ? change.value.id : passageOf(change.path);
    if (change.kind === "remove") {
      const within = (one) => isWithin(one.path, change.path) ||
        (one.kind === "insert" && one.value.id === id);
      const unsaved = this.#waiting.some((one) => one.kind === "insert" && one.value.id === id);
      this.#waiting = this.#waiting.filter((one) => !within(one));
      for (const [key, { path }] of this.conflicts) {
        if (isWithin(path, change.path)) this.conflicts.delete(key);
      }
      if (unsaved) return;
    }
    if (change.kind === "insert") {
      const back = this.#waiting.find((one) => one.kind === "remove"
        && passageOf(one.path) === id && same(one.was, change.value));
      if (back) { // it was not gone yet, but may have been elsewhere
        this.#waiting = this.#waiting.filter((one) => one !== back);
        this.#waiting.push({ kind: "move", path: back.path, after: change.after });
        return;
      }
    }
    this.#waiting.push(change);
  }

  /** What to send now; it counts as on its way until `settle` or `giveBack`. */
  take() {
    const ready = this.#waiting.filter((change) => !isBare(change));
    if (!ready.length) return [];
    this.#sent = ready;
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

  /** What was sent arrived. Returns the paths of what the server now has: fields, new passages. */
  settle({ values, conflicts = [] }) {
    const sent = this.#sent;
    this.#sent = [];
    this.clash(conflicts);
    const now = sent.filter((change) => !this.conflicts.has(keyOf(change.path)))
      .filter(({ kind }) => kind === "put" || kind === "insert")
      .map(({ kind, path, value }) => (kind === "insert" ? [...path, { id: value.id }] : path));
    for (const change of this.#waiting) {
      const covered = now.some((path) => isWithin(change.path, path));
      if (change.kind === "put" && covered) change.was = valueAt(values, change.path);
    }
    return now;
  }

  /** The server has other texts for some fields than those that were typed. */
  clash(conflicts) {
    for (const conflict of conflicts) {
      if (conflict.path.length < 3 && LISTS.includes(conflict.path[0])) continue; // of no field
      const newer = this.#waitingAt(conflict.path);
      this.#waiting = this.#waiting.filter((change) => change !== newer);
      const known = this.conflicts.get(keyOf(conflict.path));
      const yours = (newer ?? known)?.[newer ? "value" : "yours"] ?? conflict.yours;
      this.conflicts.set(keyOf(conflict.path), { ...conflict, yours });
    }
  }

  /** A passage has another id: what waits for it is for the new one. */
  rename(old, id) {
    for (const change of this.#waiting) {
      if (passageOf(change.path) === old) {
        change.path = [change.path[0], { id }, ...change.path.slice(2)];
      }
      if (change.after === old) change.after = id;
    }
  }

  /** Decide a conflict: with my text, which is saved over the other; or with theirs. */
  resolve(path, mine) {
    const conflict = this.conflicts.get(keyOf(path));
    this.conflicts.delete(keyOf(path));
    if (mine && conflict) this.put(path, conflict.yours, conflict.theirs);
    return conflict;
  }

  /** What would be lost if this page were closed now. */
  unsaved() {
    const open = [...this.conflicts.values()].map(({ path, yours, was }) => (
      { kind: "put", path, value: yours, was }
    ));
    return [...this.#sent, ...this.#waiting, ...open].filter((change) => !isBare(change));
  }

  /** All that changes the order of passages and is not in the file. */
  get structure() {
    return [...this.#sent, ...this.#waiting].filter((change) => change.kind !== "put");
  }

  /** Whether something waits to be sent. */
  get waits() {
    return this.#waiting.some((change) => !isBare(change));
  }

  /** Whether a field has words that the server has not. */
  isOpen(path) {
    const key = keyOf(path);
    if (this.conflicts.has(key)) return true;
    return [...this.#waiting, ...this.#sent].some(
      (c) => keyOf(c.path) === key || (c.kind === "insert" && c.value.id === passageOf(path)),
    );
  }

  #waitingAt(path) {
    return this.#waiting.find((c) => c.kind === "put" && keyOf(c.path) === keyOf(path));
  }
}
