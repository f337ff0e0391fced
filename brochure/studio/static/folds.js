/** Fields that are folded away under a line that says what is in them; made when they are unfolded. */

import { h } from "./dom.js";
import { say } from "./strings.js";

const WORST = ["held", "error", "waits", "open", "warning"];

/** Labels: those that are filled in first, as they are, then the others. */
export function labels(filled, others) {
  const names = filled.map(({ label }) => label).join(", ");
  return ["– ", names ? h("span", { class: "filled" }, names) : "",
    names && others.length ? ", " : "", others.map(({ label }) => label).join(", ")];
}

/** What the fields say, as far as a line goes. */
export function contents(filled, _, valueOf) {
  const words = filled.map((one) => shown(one, valueOf(one))).filter(Boolean).join(" · ");
  return [words.slice(0, LENGTH) || h("span", { class: "hint" }, say("fold.empty"))];
}

const LENGTH = 200; // characters; no line is longer

/** A value in a few words. */
function shown({ kind, label, choices = [] }, value) {
  if (kind === "entries" || (value !== null && typeof value === "object")) return label;
  if (kind === "flag") return label;
  const chosen = choices.find((one) => one.value === value)?.label;
  return String(chosen ?? value).replace(/\s+/g, " ").trim();
}

export class Fold {
  #names = h("span", { class: "names" });
  #mark = h("span", { class: "fold-mark", hidden: true });
  #descriptions;
  #valueOf;
  #gist;
  #content;
  #known = null;
  made = false;
  element;

  /**
   * `descriptions` are the fields in it, `valueOf(description)` their values, `gist(filled, others,
   * valueOf)` says what is in it, `content()` makes what is unfolded.
   */
  constructor(title, descriptions, { valueOf, gist, content }) {
    this.#descriptions = descriptions;
    this.#valueOf = valueOf;
    this.#gist = gist;
    this.#content = content;
    this.element = h("details", { class: "rare" },
      h("summary", {}, title, " ", this.#mark, " ", this.#names));
    this.element.addEventListener("toggle", () => {
      if (this.element.open) this.make();
      else this.recount();
    });
    this.recount();
  }

  /** Make what is in it, if nobody did yet. */
  make() {
    if (this.made) return;
    this.made = true;
    this.element.append(...this.#content());
  }

  /** Say anew what is in it. */
  recount() {
    const values = this.#descriptions.map((one) => this.#valueOf(one));
    const known = JSON.stringify(values);
    if (known === this.#known) return;
    this.#known = known;
    const filled = this.#descriptions.filter((_, index) => values[index] !== null);
    const others = this.#descriptions.filter((_, index) => values[index] === null);
    this.#names.replaceChildren(...this.#gist(filled, others, this.#valueOf));
  }

  /** How bad it is what is wrong in it; an empty list: nothing is. */
  tell(severities) {
    const worst = WORST.find((one) => severities.includes(one)) ?? null;
    this.#mark.hidden = !worst;
    this.#mark.className = `fold-mark ${worst ?? ""}`;
    this.#mark.textContent = worst ? say(`fold.${worst}`) : "";
  }
}
