/** Elements without markup in strings: what a leaflet says is always text, never HTML. */

/**
 * An element. `properties` are attributes, `on…` listeners, or `class`; false, null and undefined
 * are left out, true is an attribute without a value. Children that are null are left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The parts of a sentence: what stands between backticks is code. */
export function sentence(text) {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 ? h("code", {}, part) : part))
    .filter((part) => part !== "");
}

let last = 0;

/** An id that no other element has. */
export const newId = (prefix) => `${prefix}-${++last}`;

/** A button with a word, or a sign that has a word as its name. */
export function button(label, onclick, { sign = null, ...properties } = {}) {
  const named = sign ? { "aria-label": label, title: label } : {};
  const face = sign ? h("span", { "aria-hidden": "true" }, sign) : label;
  return h("button", { type: "button", onclick, ...named, ...properties }, face);
}

/** What a page came with and nothing listened to until now can be used: no click is for nothing. */
export function ready() {
  for (const one of document.querySelectorAll("[disabled]")) one.disabled = false;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Bring an element into view, and no further than needed. */
export function show(element, block = "nearest") {
  element.scrollIntoView({ block, behavior: calm.matches ? "instant" : "smooth" });
}
