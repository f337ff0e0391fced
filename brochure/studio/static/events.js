/**
 * What the server tells while the page is seen. Browsers allow six connections to a server, so a
 * hidden tab closes its stream, and looks at the file again when it is seen.
 */

const AGAIN = [1000, 2000, 4000, 8000, 15000];

export class Events {
  #open;
  #handlers;
  #stream = null;
  #timer = 0;
  #failures = 0;

  /** `open()` makes an EventSource; handlers: `open`, `lost`, `seen`, and as needed
   * `changed`, `preview`, `mail`. */
  constructor(open, handlers) {
    this.#open = open;
    this.#handlers = handlers;
    document.addEventListener("visibilitychange", () => this.#turn());
    addEventListener("focus", () => handlers.seen());
    addEventListener("online", () => this.#connect());
    addEventListener("pageshow", (event) => event.persisted && this.#turn());
    addEventListener("pagehide", () => this.#close());
    if (!document.hidden) this.#connect();
  }

  #turn() {
    if (document.hidden) {
      this.#close();
    } else {
      this.#connect();
      this.#handlers.seen();
    }
  }

  #connect() {
    this.#close();
    const stream = this.#open();
    this.#stream = stream;
    const told = (name) => stream.addEventListener(name, (event) => {
      if (stream === this.#stream) this.#handlers[name](JSON.parse(event.data || "{}"));
    });
    for (const name of ["changed", "preview", "mail"]) if (this.#handlers[name]) told(name);
    stream.addEventListener("open", () => {
      this.#failures = 0;
      this.#handlers.open();
    });
    stream.addEventListener("error", () => {
      if (stream !== this.#stream) return;
      this.#close();
      this.#handlers.lost();
      const pause = AGAIN[Math.min(this.#failures++, AGAIN.length - 1)];
      this.#timer = setTimeout(() => !document.hidden && this.#connect(), pause);
    });
  }

  #close() {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = null;
  }
}
