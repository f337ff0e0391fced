/** Two texts for one field: both side by side, with what differs marked, and two buttons. */

import { compared } from "./diff.js";
import { button, h, newId } from "./dom.js";
import { say } from "./strings.js";

const plain = (value) =>
  value === null || value === undefined ? ""
    : typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);

const marked = (pieces) =>
  pieces.map(({ text, own }) => (own && text.trim() ? h("mark", {}, text) : text));

/**
 * A panel with two texts or more, of which the first two are compared. `titles` head them; `choices`
 * are the buttons: [{label, act}].
 */
export function sideBySide(question, titles, texts, choices) {
  const title = newId("conflict");
  const pieces = compared(plain(texts[0]), plain(texts[1]));
  const sides = titles.map((heading, index) =>
    h("div", { class: "version" }, h("p", { class: "version-name" }, heading),
      h("p", { class: "text" }, !plain(texts[index]) ? h("em", {}, say("nothing"))
        : pieces[index] ? marked(pieces[index]) : plain(texts[index]))));
  return h("div", { class: "conflict", role: "group", "aria-labelledby": title },
    h("p", { class: "question", id: title }, question),
    h("div", { class: "versions" }, sides),
    h("div", { class: "choices" }, choices.map(({ label, act }) => button(label, act))));
}

/** The conflict of a field, below it; `choose(mine)` decides. */
export function conflictPanel({ yours, theirs }, choose) {
  return sideBySide(say("conflict.question"), [say("conflict.yours"), say("conflict.theirs")],
    [yours, theirs], [
      { label: say("conflict.keep"), act: () => choose(true) },
      { label: say("conflict.take"), act: () => choose(false) },
    ]);
}
