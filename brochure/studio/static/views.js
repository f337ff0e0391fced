/**
 * What is seen: the form, the pages, what is wrong. On a wide screen the form is always there, and
 * one of the others beside it; on a narrow one, one of the three.
 */

import { say } from "./strings.js";

const wide = matchMedia("(min-width: 68.75em)"); // as in studio.css

export class Views {
  #buttons;
  #editor;
  #places = {}; // how far each is scrolled

  /** `bar` has buttons with data-view; `editor` gets data-view. */
  constructor(bar, editor) {
    this.#buttons = [...bar.querySelectorAll("button")];
    this.#editor = editor;
    for (const one of this.#buttons) {
      one.addEventListener("click", () => this.show(one.dataset.view));
    }
    this.show("write");
  }

  /** What is seen, or was chosen last. */
  get current() {
    return this.#editor.dataset.view;
  }

  show(view) {
    const before = this.#editor.dataset.view;
    this.#places[before] = scrollY;
    this.#editor.dataset.view = view;
    if (view !== before && !wide.matches) scrollTo({ top: this.#places[view] ?? 0, behavior: "instant" });
    if (view !== "write") this.#editor.dataset.beside = view;
    const beside = this.#editor.dataset.beside;
    for (const one of this.#buttons) {
      const on = one.dataset.view === view;
      one.setAttribute("aria-pressed", String(on));
      one.classList.toggle("beside", one.dataset.view === beside);
    }
  }

  /** How much is wrong, on its button. */
  count(words) {
    const check = this.#buttons.find((one) => one.dataset.view === "check");
    check.textContent = `${say("view.check")}: ${words}`;
  }
}
