/** The first letters as they will be, one after the other. */

import { button, h, newId } from "./dom.js";
import { offerDownload } from "./download.js";
import { language, say } from "./strings.js";

export class LettersPreview {
  #api;
  #letters = [];
  #all = 0;
  #key = null; // of the letter that is seen
  #count = h("p", { class: "nth", role: "status" });
  #previous = button(say("mail.previous"), () => this.#step(-1), { sign: "‹" });
  #next = button(say("mail.next"), () => this.#step(1), { sign: "›" });
  #letter = h("article", { class: "mail-letter", "aria-label": say("mail.letter") });
  #hint = h("p", { class: "hint" });
  #trouble = h("p", { class: "trouble", role: "alert" });
  #download = button(say("mail.draft"), () => {});
  #none = h("p", {}, say("mail.no-letters"));
  #why;
  #build;

  /** `element` is where they are shown; `why()` leads to what is in the way, `build()` makes PDFs. */
  constructor(element, api, { why, build }) {
    this.#api = api;
    this.#why = button(say("mail.see-why"), why);
    this.#build = button(say("mail.build"), build);
    offerDownload(this.#download, this.#trouble, () => this.#api.draft(this.#key));
    this.#head = h("div", { class: "stepper" }, this.#previous, this.#count, this.#next);
    element.append(this.#head, this.#letter, this.#hint,
      h("div", { class: "choices" }, this.#download), this.#trouble, this.#none,
      h("div", { class: "choices" }, this.#build, this.#why));
  }

  #head;

  show({ letters, open, sendable, diagnostics }) {
    this.#letters = letters;
    this.#all = open;
    this.#none.hidden = letters.length > 0;
    this.#why.hidden = letters.length > 0 || !diagnostics.length;
    this.#build.hidden = this.#why.hidden || !diagnostics.some(({ place }) => place === "build");
    for (const one of [this.#head, this.#letter]) one.hidden = !letters.length;
    this.#download.hidden = !letters.length || !sendable;
    this.#draw();
  }

  get #at() {
    return Math.max(this.#letters.findIndex(({ key }) => key === this.#key), 0);
  }

  #step(by) {
    const at = this.#at + by;
    if (at < 0 || at >= this.#letters.length) return;
    this.#key = this.#letters[at].key;
    this.#draw();
  }

  #draw() {
    const letter = this.#letters[this.#at];
    this.#key = letter?.key ?? null;
    const n = this.#letters.length;
    this.#hint.hidden = this.#all <= n;
    this.#hint.textContent = say("mail.shown", { n: String(n), all: String(this.#all) });
    if (!letter) return;
    const nth = say("mail.nth", { number: String(this.#at + 1), n: String(this.#all) });
    if (this.#count.textContent !== nth) this.#count.textContent = nth;
    this.#previous.setAttribute("aria-disabled", String(this.#at === 0));
    this.#next.setAttribute("aria-disabled", String(this.#at === n - 1));
    const own = letter.language === language ? {} : { lang: letter.language, dir: "auto" };
    const text = newId("text");
    this.#letter.replaceChildren(
      h("dl", { class: "letter-head" }, letter.head.map(({ label, value }) =>
        h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
      h("div", { class: "letter-text", id: text, ...own }, letter.text.trimEnd()),
    );
  }
}
