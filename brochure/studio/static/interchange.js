/**
 * Files of other programs, in the editor: the leaflet as one of them, what somebody changed in it,
 * and what is still to be looked at of a leaflet that was made of one.
 */

import { NotConnected } from "./api.js";
import { sideBySide } from "./conflicts.js";
import { button, h, newId, show } from "./dom.js";
import { offerDownload } from "./download.js";
import { plural, say } from "./strings.js";

const AGAIN = 5000; // milliseconds until it is asked again what the studio did not answer
const $ = (id) => document.getElementById(id);

export class Interchange {
  #api;
  #host;

  /**
   * `host` has `settle()`, which saves what waits; `adopt(changes)`, which makes changes in the form;
   * `undo`; `goTo(path)`; `show()`, so that the form is seen; `request()`, what changes name.
   */
  constructor(api, host) {
    this.#api = api;
    this.#host = host;
    const saved = (file) => async () => {
      await host.settle();
      return file();
    };
    offerDownload($("word-file"), $("word-trouble"), saved(api.word));
    offerDownload($("word-markdown"), $("word-trouble"), saved(api.markdown));
    $("word-back").addEventListener("click", () => $("word-chooser").click());
    $("word-chooser").addEventListener("change", () => {
      const [file] = $("word-chooser").files;
      $("word-chooser").value = "";
      if (file) this.#compare(file);
    });
  }

  /** What is still to be looked at, if the leaflet was made of a file. */
  async arrived() {
    let found;
    try {
      found = await this.#api.arrived();
    } catch (error) {
      if (error instanceof NotConnected) setTimeout(() => this.arrived(), AGAIN);
      else $("word-trouble").textContent = error.message;
      return;
    }
    if (!found.token || !(found.doubts.length || found.leftovers.length)) return;
    const title = newId("arrived");
    const done = button(say("arrived.done"), async () => {
      await this.#api.lookedThrough(this.#host.request());
      panel.remove();
    });
    const panel = h("section", { class: "offer arrived", "aria-labelledby": title },
      h("h2", { id: title }, say("arrived", { name: found.name })),
      found.doubts.length ? h("p", { class: "hint" }, say("arrived.about")) : null,
      h("ul", { class: "arrivals" }, found.doubts.map(({ passage, text, number }) => h("li", {},
        passage === null ? text : button(`${say("pair.name", { number })}: ${text}`,
          () => this.#host.goTo(["passages", { id: passage }]), { class: "quiet" })))),
      found.leftovers.length ? h("details", {},
        h("summary", {}, say("arrived.leftovers", { n: String(found.leftovers.length) })),
        h("ul", { class: "arrivals" }, found.leftovers.map(leftover))) : null,
      h("div", { class: "choices" }, done));
    $("offers").append(panel);
  }

  async #compare(file) {
    const press = $("word-back");
    if (press.getAttribute("aria-busy")) return;
    press.setAttribute("aria-busy", "true");
    $("word-trouble").textContent = "";
    $("word-state").textContent = say("word.busy");
    try {
      await this.#host.settle();
      this.#showDifferences(file.name, await this.#api.differences(file));
    } catch (error) {
      $("word-trouble").textContent = error.status
        ? [error.message, error.hint].filter(Boolean).join(" ") : say("preview.offline");
    }
    $("word-state").textContent = "";
    press.removeAttribute("aria-busy");
  }

  #showDifferences(name, { differences, leftovers, notes }) {
    document.querySelector(".differences")?.remove();
    const title = newId("differences");
    const heading = h("h2", { id: title, tabindex: "-1" }, say("word.title", { name }));
    const items = differences.map((one) => this.#difference(one));
    const harmless = items.filter(({ safe }) => safe);
    const panel = h("section", { class: "offer differences", "aria-labelledby": title }, heading,
      h("p", {}, differences.length ? plural("word.count", differences.length) : say("word.none")),
      notes.map((one) => h("p", { class: "hint" }, one)),
      h("ol", { class: "difference-list" }, items.map(({ element }) => element)),
      leftovers.length ? h("section", {}, h("h3", {}, say("word.beside")),
        h("ul", { class: "arrivals" }, leftovers.map(leftover))) : null,
      h("div", { class: "choices" },
        harmless.length > 1 ? button(say("word.all"), () => {
          for (const one of harmless) one.take();
        }) : null,
        button(say("word.close"), () => {
          panel.remove();
          $("word-back").focus();
        })));
    $("offers").append(panel);
    this.#host.show();
    heading.focus({ preventScroll: true });
    show(heading, "start");
  }

  /** One difference: {element, safe, take}; a `safe` one may be taken along with others. */
  #difference({ label, now, new: other, quote, conflict, change, undo }) {
    const warning = conflict ? "conflict" : quote ? "quote" : null;
    const element = h("li", { class: warning ? `difference ${warning}-changed` : "difference" });
    let open = true;
    const answer = (words) => {
      open = false;
      const had = element.contains(document.activeElement);
      element.className = "difference answered";
      element.replaceChildren(h("p", { class: "hint" }, `${label}: ${words}`));
      if (had) nextOf(element)?.focus();
    };
    const take = () => {
      if (!open) return;
      this.#host.adopt([change]);
      this.#host.undo.push(label, () => this.#host.adopt([undo]), () => this.#host.adopt([change]));
      answer(say("word.taken"));
    };
    const leave = { label: say("word.leave"), act: () => answer(say("word.left")) };
    element.append(...[
      warning ? h("p", { class: "alarm" }, h("strong", {}, say(`word.${warning}`)), " ",
        say(`word.${warning}.about`)) : null,
      conflict && quote ? h("p", { class: "alarm" }, h("strong", {}, say("word.quote")), " ",
        say("word.quote.about")) : null,
      change ? null : h("p", { class: "alarm" }, say("word.by-hand")),
      sideBySide(label, [say("word.leaflet"), say("word.file-says")], [now, other],
        change ? [{ label: say("word.take"), act: take }, leave] : [leave]),
    ].filter(Boolean));
    return { element, safe: Boolean(change) && !warning, take };
  }
}

const nextOf = (element) => (element.nextElementSibling ?? element.parentElement.parentElement)
  .querySelector("button");

const leftover = ({ kind, text, who, near }) => h("li", {}, text, " ",
  h("span", { class: "hint" }, [say(`import.kind.${kind}`), who && say("import.by", { who }),
    near && say("import.near", { near: near.slice(0, 60) })].filter(Boolean).join(", ")));
