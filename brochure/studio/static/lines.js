/**
 * The lines of a document in a box that scrolls: some hundred at once, more when one gets to their
 * end. What is marked in them is the business of `Marking`.
 */

import { button, h } from "./dom.js";
import { say } from "./strings.js";

const NEAR = 600; // pixels from an end at which more lines are fetched

export class Lines {
  #fetch;
  #scroller;
  #list;
  #info = null; // of the document
  #from = 0;
  #to = 0;
  #busy = false;
  #epoch = 0;
  #earlier = button(say("source.earlier"), () => this.#more(-1), { class: "quiet more-lines" });
  #later = button(say("source.later"), () => this.#more(1), { class: "quiet more-lines" });

  /** `fetch(from)` gets lines; they go into `list`, which scrolls in `scroller`. */
  constructor(scroller, list, fetch) {
    this.#scroller = scroller;
    this.#list = list;
    this.#fetch = fetch;
    list.before(this.#earlier);
    list.after(this.#later);
    scroller.addEventListener("scroll", () => this.#near(), { passive: true });
  }

  /** Show lines as the server told them. */
  show(info) {
    this.#epoch++;
    this.#busy = false;
    this.#info = info;
    this.#from = info.from;
    this.#to = info.from + info.lines.length;
    this.#list.replaceChildren(...this.#elements(info.lines));
    this.#ends();
  }

  /** The element of a line; null if it is not on the page. */
  at(index) {
    return this.#list.querySelector(`[data-at="${index}"]`);
  }

  /** Bring a line into view, fetched if need be; resolves to whether it is there. */
  async reach(index, block = "center") {
    if (!this.#info || index < 0 || index >= this.#info.total) return false;
    if (!this.at(index)) {
      const epoch = ++this.#epoch;
      const info = await this.#fetch(Math.max(0, index - 60));
      if (epoch !== this.#epoch || !info.lines) return false;
      this.show(info);
    }
    this.#scrollTo(this.at(index), block);
    return true;
  }

  /** Bring a line into view, in the box only: the page stays where it is. */
  #scrollTo(line, block) {
    const [box, place] = [this.#scroller, line].map((one) => one.getBoundingClientRect());
    const head = this.#list.querySelector(".page-break")?.offsetHeight ?? 0;
    const [above, below] = [place.top - box.top - head, place.bottom - box.bottom];
    if (block === "nearest" && above >= 0 && below <= 0) return;
    const by = block === "start" || (block === "nearest" && above < 0) ? above
      : block === "nearest" ? below : (above + below) / 2;
    this.#scroller.scrollTop += by;
  }

  /** The first line that is seen whole. */
  get top() {
    const { top } = this.#scroller.getBoundingClientRect();
    return [...this.#list.querySelectorAll("[data-at]")].find((line) =>
      line.getBoundingClientRect().top >= top - 1);
  }

  /** The elements of lines, with a heading where a page begins. */
  *#elements(lines) {
    const { pages } = this.#info;
    let page = this.at(lines[0]?.at - 1)?.dataset.page ?? null;
    for (const line of lines) {
      let begins = null;
      if (pages.length && String(line.page) !== page) {
        page = String(line.page);
        begins = say("source.page", { page: pages[line.page] ?? "" });
        yield h("div", { class: "page-break", "aria-hidden": "true", "data-page": page }, begins);
      }
      yield h("div", { class: ["source-line", line.aside && "aside-line", line.uncertain && "uncertain"]
        .filter(Boolean).join(" "), role: "option", "aria-selected": "false", id: `line-${line.at}`,
      "data-at": line.at, "data-page": line.page },
      h("span", { class: "count" }, begins && h("span", { class: "hidden" }, `${begins}: `),
        line.number === null ? "" : String(line.number)),
      h("span", { class: "words" }, line.text));
    }
  }

  async #more(step) {
    if (this.#busy || !this.#info) return;
    const { total } = this.#info;
    if (step < 0 ? !this.#from : this.#to >= total) return;
    this.#busy = true;
    const epoch = this.#epoch;
    try {
      const from = step < 0 ? Math.max(0, this.#from - 200) : this.#to;
      const info = await this.#fetch(from);
      if (epoch !== this.#epoch || info.digest !== this.#info.digest) return;
      if (step > 0) {
        this.#list.append(...this.#elements(info.lines));
        this.#to = from + info.lines.length;
      } else {
        const lines = info.lines.filter(({ at }) => at < this.#from);
        const first = this.#list.firstElementChild;
        const height = this.#scroller.scrollHeight;
        const elements = [...this.#elements(lines)];
        if (first?.dataset.page === elements.at(-1)?.dataset.page && !first.dataset.at) first.remove();
        this.#list.prepend(...elements);
        this.#scroller.scrollTop += this.#scroller.scrollHeight - height;
        this.#from = from;
      }
      this.#ends();
      this.onmore?.();
    } catch {
      // The button for more is there; whoever wants them presses it.
    } finally {
      if (epoch === this.#epoch) this.#busy = false;
    }
  }

  #near() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollTop < NEAR) this.#more(-1);
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#more(1);
  }

  #ends() {
    this.#earlier.hidden = !this.#from;
    this.#later.hidden = this.#to >= this.#info.total;
  }
}
