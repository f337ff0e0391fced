/** Undo and redo for what is done to passages; for words, the browser has its own. */

export class Undo {
  #done = [];
  #undone = [];
  #report;

  /** `report(undo, redo)` tells what would be undone and redone next, or null. */
  constructor(report) {
    this.#report = report;
  }

  /** Something was done; `act` undoes it, `again` does it once more. */
  push(label, act, again = null) {
    this.#done.push({ label, act, again });
    this.#undone = [];
    this.#tell();
  }

  /** Undo the last thing that was done. */
  back() {
    const step = this.#done.pop();
    if (step?.again) this.#undone.push(step);
    step?.act();
    this.#tell();
  }

  /** Do again what was undone last. */
  forth() {
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
    step?.again();
    this.#tell();
  }

  #tell() {
    this.#report(this.#done.at(-1)?.label ?? null, this.#undone.at(-1)?.label ?? null);
  }
}
