/**
 * Saving: half a second after the last key, never in the middle of a composition, one request at a
 * time, again and again while the server is gone. Knows nothing of fields.
 *
 * States: `saved`, `saving`, `offline`, `refused`; with words for people in `status.js`.
 */

import { NotConnected } from "./api.js";

const PAUSE = 500; // milliseconds after the last key
const LONGEST = 4000; // for someone who never pauses
const AGAIN = [1000, 2000, 4000, 8000, 15000];

export class Saving {
  #send;
  #changes;
  #report;
  #timer = 0;
  #first = 0;
  #failures = 0;
  #running = null;
  #composing = false;
  state = "saved";

  /**
   * `send(changes, options)` saves and settles them; `changes` is what waits; `report(state,
   * details)` tells each new state.
   */
  constructor(changes, send, report) {
    this.#changes = changes;
    this.#send = send;
    this.#report = report;
  }

  /** Something was typed or done. */
  later() {
    if (!this.#changes.waits) {
      if (!this.#running && this.state === "saving") this.#become("saved");
      return;
    }
    if (this.state === "saved") this.#become("saving");
    this.#first ||= Date.now();
    this.#set(Date.now() - this.#first > LONGEST ? 0 : PAUSE);
  }

  /** Save without waiting; resolves to whether all is in the file that can be. */
  async now(options = {}) {
    clearTimeout(this.#timer);
    if (this.#composing && !options.keepalive) return false;
    while (this.#running) await this.#running;
    if (!this.#changes.waits) return this.state === "saved";
    this.#running = this.#run(options).finally(() => (this.#running = null));
    await this.#running;
    return !this.#changes.waits;
  }

  /** An input method composes a character: nothing is saved until it ends. */
  composing(on) {
    this.#composing = on;
    if (!on) this.later();
  }

  /** The server seems to be gone: say so at once, though nothing is to be saved. */
  lost() {
    if (this.state === "offline") return;
    this.#become("offline");
  }

  /** The server refuses, though nothing is to be saved: the file cannot be read, for instance. */
  refused(error) {
    this.#become("refused", { error });
  }

  /** The server answers again as it should. */
  async found() {
    const { state } = this;
    if (state !== "offline" && state !== "refused") return;
    if (this.#changes.waits) await this.now();
    else this.#become("saved", { again: state === "offline" });
  }

  #set(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), milliseconds);
  }

  async #run(options) {
    const changes = this.#changes.take();
    const again = this.state === "offline";
    if (!again) this.#become("saving");
    this.#first = 0;
    try {
      const at = await this.#send(changes, options);
      this.#failures = 0;
      if (this.#changes.waits) {
        if (again) this.#become("saving");
        this.#set(PAUSE);
      } else {
        this.#become("saved", { at, again });
      }
    } catch (error) {
      this.#changes.giveBack();
      const gone = error instanceof NotConnected;
      if (gone || error.status >= 500) {
        this.#set(AGAIN[Math.min(this.#failures++, AGAIN.length - 1)]);
      }
      if (gone) this.lost();
      else this.#become("refused", { error });
    }
  }

  #become(state, details = {}) {
    this.state = state;
    this.#report(state, details);
  }
}
