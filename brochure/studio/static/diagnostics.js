/** What is wrong with the leaflet, each leading to its field. */

import { h, sentence } from "./dom.js";
import { plural, say } from "./strings.js";

const RANK = { error: 0, open: 1, warning: 2, note: 3 };

export class Diagnostics {
  #list = h("ol", { class: "diagnostics" });
  #empty = h("p", { class: "fine" }, say("check.fine"));
  #goTo;
  list = [];
  element = h("div", {}, this.#empty, this.#list);

  /** `goTo(path)` leads to a field. */
  constructor(goTo) {
    this.#goTo = goTo;
  }

  /** How many there are, in words; notes do not count. */
  get summary() {
    const n = this.list.filter(({ severity }) => severity !== "note").length;
    return n ? plural("check.count", n) : say("check.none");
  }

  show(list) {
    if (JSON.stringify(list) === JSON.stringify(this.list) && this.#list.children.length) return;
    this.list = [...list].sort((one, other) => RANK[one.severity] - RANK[other.severity]);
    this.#empty.hidden = this.list.length > 0;
    this.#list.hidden = !this.list.length;
    this.#list.replaceChildren(...this.list.map((one) => this.#item(one)));
  }

  #item({ severity, message, hint, path, file, line }) {
    const place = file ? `${file}${line ? `:${line}` : ""}` : null;
    return h("li", { class: severity },
      h("p", {}, h("strong", {}, say(`severity.${severity}`)), " ", sentence(message)),
      hint ? h("p", { class: "hint" }, sentence(hint)) : null,
      path
        ? h("button", { type: "button", class: "quiet", onclick: () => this.#goTo(path) },
          say("check.go"), h("span", { class: "hidden" }, `: ${message}`))
        : place ? h("p", { class: "hint place" }, place) : null);
  }
}
