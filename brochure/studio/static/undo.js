/** Undo for what is done to passages; for words, the browser has its own. */

export class Undo {
  #steps = [];
  #report;

  /** `report(label)` tells what would be undone next, or null. */
  constructor(report) {
    this.#report = report;
  }

  /** Something was done; `act` undoes it. */
  push(label, act) {
    this.#steps.push({ label, act });
    this.#report(label);
  }

  /** Undo the last thing that was done. */
  back() {
    const step = this.#steps.pop();
    this.#report(this.#steps.at(-1)?.label ?? null);
    step?.act();
  }
}
