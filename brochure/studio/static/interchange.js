/**
 * Files of other programs, in the editor: the leaflet as one of them, what somebody changed in it,
 * and what is still to be looked at of a leaflet that was made of one.
 */

import { sideBySide } from "./conflicts.js";
import { button, h, newId, show } from "./dom.js";
import { offerDownload } from "./download.js";
import { plural, say } from "./strings.js";

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
    const found = await this.#api.arrived();
    if (!found.token) return;
    const title = newId("arrived");
    const done = button(say("arrived.done"), async () => {
      await this.#api.lookedThrough(this.#host.request());
      panel.remove();
    });
    const panel = h("section", { class: "offer arrived", "aria-labelledby": title },
      h("h2", { id: title }, say("arrived", { name: found.name })),
      h("p", { class: "hint" }, say("arrived.about")),
      h("ul", { class: "arrivals" }, found.doubts.map(({ passage, text, number }) => h("li", {},
        passage === null ? text : button(`${say("pair.name", { number })}: ${text}`,
          () => this.#host.goTo(["passages", { id: passage }]), { class: "quiet" })))),
      found.leftovers.length ? h("details", {},
        h("summary", {}, plural("arrived.leftovers", found.leftovers.length)),
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

  #showDifferences(name, { differences, comments, notes }) {
    document.querySelector(".differences")?.remove();
    const title = newId("differences");
    const heading = h("h2", { id: title, tabindex: "-1" }, say("word.title", { name }));
    const items = differences.map((one) => this.#difference(one));
    const harmless = items.filter(({ quote, conflict }) => !quote && !conflict);
    const panel = h("section", { class: "offer differences", "aria-labelledby": title }, heading,
      h("p", {}, differences.length ? plural("word.count", differences.length) : say("word.none")),
      notes.map((one) => h("p", { class: "hint" }, one)),
      h("ol", { class: "difference-list" }, items.map(({ element }) => element)),
      comments.length ? h("section", {}, h("h3", {}, say("word.comments")),
        h("ul", { class: "arrivals" }, comments.map(leftover))) : null,
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

  /** A text that is different: {element, quote, conflict, take}. */
  #difference(one) {
    const { label, was, value, quote, conflict } = one;
    const warning = conflict ? "conflict" : quote ? "quote" : null;
    const state = h("p", { class: "fine", role: "status" });
    const change = ({ kind, path, after = null }) => ({ kind, path, after, value, was });
    let open = true;
    const answer = (words) => {
      open = false;
      const had = element.contains(document.activeElement);
      state.textContent = `${label}: ${words}`;
      element.replaceChildren(state);
      if (had) nextOf(element)?.focus();
    };
    const take = () => {
      if (!open) return;
      this.#host.adopt([change(one)]);
      this.#host.undo.push(label, () => this.#host.adopt([inverse(one)]),
        () => this.#host.adopt([change(one)]));
      answer(say("word.taken"));
    };
    const panel = sideBySide(label, [say("word.leaflet"), say("word.file-says")], [was, value], [
      { label: say("word.take"), act: take },
      { label: say("word.leave"), act: () => answer(say("word.left")) },
    ]);
    const element = h("li", { class: warning ? `difference ${warning}-changed` : "difference" },
      warning ? h("p", { class: "alarm" }, h("strong", {}, say(`word.${warning}`)), " ",
        say(`word.${warning}.about`)) : null,
      panel);
    return { element, quote, conflict, take };
  }
}

/** What undoes a change. */
function inverse({ kind, path, value, was, before = null }) {
  switch (kind) {
    case "insert": return { kind: "remove", path: [...path, { id: value.id }], value: null, was: value };
    case "remove": return { kind: "insert", path: path.slice(0, 1), after: before, value: was, was: null };
    case "move": return { kind, path, after: before, value, was };
    default: return { kind, path, value: was, was: value };
  }
}

const nextOf = (element) => (element.nextElementSibling ?? element.parentElement.parentElement)
  .querySelector("button");

const leftover = ({ text, who, near }) => h("li", {}, text, " ",
  h("span", { class: "hint" }, [who && say("import.by", { who }),
    near && say("import.near", { near: near.slice(0, 60) })].filter(Boolean).join(", ")));
