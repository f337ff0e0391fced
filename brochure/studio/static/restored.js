/** What a closed page kept and did not save: shown beside the file, to be taken or forgotten. */

import { sideBySide } from "./conflicts.js";
import { button, h } from "./dom.js";
import { keyOf, same, valueAt } from "./paths.js";
import { clock, plural, say } from "./strings.js";

/** The changes among some that the file does not have already. */
export const missing = (changes, values) =>
  changes.filter((one) => one.kind !== "put" || !same(valueAt(values, one.path), one.value));

/**
 * A panel that offers changes. `label(path)` names a field; `take(changes)` takes them; `done()` is
 * called when the panel is answered.
 */
export function offer({ changes, at }, values, { label, take, done }) {
  const puts = changes.filter((one) => one.kind === "put");
  const panel = h("section", { class: "offer", "aria-label": say("restore.title") },
    h("h2", {}, say("restore.title")),
    h("p", {}, plural("restore.found", changes.length, { time: clock(at) })),
    puts.map((one) => h("details", { "data-path": keyOf(one.path) },
      h("summary", {}, label(one.path)),
      sideBySide("", [say("conflict.yours"), say("conflict.theirs")],
        [one.value, valueAt(values, one.path)], []))),
    h("div", { class: "choices" },
      button(say("restore.take"), () => answer(true), { class: "primary" }),
      button(say("restore.forget"), () => answer(false))));
  function answer(taken) {
    panel.remove();
    if (taken) take(changes);
    done();
  }
  return panel;
}
