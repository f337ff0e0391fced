/** The form: sections with their fields, as the server describes them. */

import { h, newId } from "./dom.js";
import { contents } from "./folds.js";
import { valueAt } from "./paths.js";
import { Passages } from "./passages.js";
import { say } from "./strings.js";

/** Build the sections of a form. Returns {elements, passages}; `context` is what `Passages` needs. */
export function build(form, context) {
  const { fields, host } = context;
  let passages = null;
  const add = (field) => {
    const made = fields.add(field, field.path, valueAt(host.values(), field.path));
    host.made(made);
    return made.element;
  };
  const elements = form.map((section) => {
    const title = newId("section");
    const heading = h("h2", { id: title }, section.title);
    const about = section.hint ? h("p", { class: "hint" }, section.hint) : null;
    const part = (...children) => h("section",
      { class: section.rare ? "part folded" : "part", id: section.id, "aria-labelledby": title }, children);
    if (section.item) {
      passages = new Passages(section, context);
      return part(heading, about, passages.element);
    }
    const folded = (name, some, options) =>
      fields.folded(name, some, (path) => path, host.values, host.made, options);
    const rare = section.fields.filter((field) => field.rare);
    const usual = section.fields.filter((field) => !field.rare);
    const sides = usual.some(({ side }) => side && side !== "both") ? "sides" : "fields";
    const content = () => [about,
      usual.length ? h("div", { class: sides }, usual.map(add)) : null,
      rare.length ? folded(say("more"), rare) : null].filter(Boolean);
    return section.rare ? part(folded(heading, section.fields, { gist: contents, content }))
      : part(heading, ...content());
  });
  return { elements, passages };
}
