/** The form: sections with their fields, as the server describes them. */

import { h, newId } from "./dom.js";
import { keyOf, valueAt } from "./paths.js";
import { Passages } from "./passages.js";
import { say } from "./strings.js";

/**
 * Build the sections of a form. Returns {elements, passages}; `context` is what `Passages` needs.
 * `pictures` has choices with pictures for some fields, by their paths.
 */
export function build(form, pictures, context) {
  const { fields, host } = context;
  let passages = null;
  const seen = (field) => {
    const choices = pictures[keyOf(field.path)];
    return choices ? { ...field, choices } : field;
  };
  const elements = form.map((section) => {
    const title = newId("section");
    const heading = h("h2", { id: title }, section.title);
    const parts = [];
    if (section.item) {
      passages = new Passages(section, context);
      parts.push(passages.element);
    } else {
      const add = (field) => {
        const made = fields.add(seen(field), field.path, valueAt(host.values(), field.path));
        host.made(made);
        return made.element;
      };
      const [rare, usual] = [true, false].map((one) =>
        section.fields.filter((field) => Boolean(field.rare) === one));
      if (usual.length) parts.push(h("div", { class: "fields" }, usual.map(add)));
      if (rare.length) {
        parts.push(fields.folded(usual.length ? say("more") : say("more.all"), rare.map(seen),
          (path) => path, host.values, host.made));
      }
    }
    return h("section", { class: `part ${section.id}`, id: section.id, "aria-labelledby": title },
      heading, parts);
  });
  return { elements, passages };
}
