/** What the check says of the leaflet, asked again whenever the file is another; one at a time. */

export class Checks {
  #api;
  #digest;
  #take;
  #running = false;
  #next = null;

  /** `digest()` is that of the file now; `take(answer, {digest, edition})` gets what was said. */
  constructor(api, digest, take) {
    this.#api = api;
    this.#digest = digest;
    this.#take = take;
  }

  async want(edition) {
    this.#next = edition;
    if (this.#running) return;
    this.#running = true;
    while (this.#next !== null) {
      const asked = { digest: this.#digest(), edition: this.#next };
      this.#next = null;
      let answer = null;
      try {
        answer = await this.#api.diagnostics(asked.edition);
      } catch {
        // What was said last stays; that nobody answers is said by the state of saving.
      }
      if (answer) this.#take(answer, asked);
    }
    this.#running = false;
  }
}
