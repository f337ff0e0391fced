/** The state of saving, in words; and what is said aloud, which is little. */

import { clock, say } from "./strings.js";

export class Status {
  #words;
  #live;
  #spoken = "";

  constructor(words, live) {
    this.#words = words;
    this.#live = live;
  }

  /** A state of `saving.js`. */
  show(state, { at, again, error } = {}) {
    const time = clock(at);
    const words = {
      saving: () => say("state.saving"),
      offline: () => say("state.offline"),
      refused: () => [error.message, error.hint].filter(Boolean).join(" "),
      saved: () => (again
        ? say(at ? "state.again" : "state.connected", { time })
        : at ? say("state.saved", { time }) : say("state.all")),
    }[state]();
    this.#words.textContent = words;
    this.#words.className = `state ${state}`;
    if (state === "offline" || state === "refused" || again) this.announce(words);
    else if (state === "saved") this.#spoken = "";
  }

  /** Say something to those who do not see the page; the same is not said twice in a row. */
  announce(text) {
    if (text === this.#spoken) return;
    this.#spoken = text;
    this.#live.textContent = text;
  }
}
