/**
 * Marks of Markdown by buttons and shortcuts. One toolbar goes to the field in which someone
 * writes. All is typed through the browser's own command, so that its undo goes on working.
 */

import { button, h } from "./dom.js";
import { say } from "./strings.js";

const isApple = /Mac|iP(hone|ad)/.test(navigator.platform);
const ACTIONS = {
  bold: { sign: "B", key: "b", apply: (area) => wrap(area, "**") },
  italic: { sign: "I", key: "i", apply: (area) => wrap(area, "*") },
  link: { sign: "↗", key: "k", apply: link },
  list: { sign: "•", key: "8", shift: true, apply: list },
};

/** Type a text in the place of some characters, as if by the keyboard. */
function type(area, start, end, text) {
  area.focus();
  area.setSelectionRange(start, end);
  const done = text
    ? document.execCommand("insertText", false, text)
    : document.execCommand("delete");
  if (done) return;
  area.setRangeText(text, start, end, "end"); // a browser without the command
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** The selection without spaces at its ends; without one, the word around the caret. */
function chosen(area) {
  const { value } = area;
  let { selectionStart: start, selectionEnd: end } = area;
  if (start === end) {
    while (start > 0 && /[\p{L}\p{N}]/u.test(value[start - 1])) start--;
    while (end < value.length && /[\p{L}\p{N}]/u.test(value[end])) end++;
  }
  while (start < end && /\s/.test(value[start])) start++;
  while (end > start && /\s/.test(value[end - 1])) end--;
  return [start, end];
}

/** How many asterisks there are from a place on, to the left (-1) or to the right (1). */
function stars(text, from, step) {
  let n = 0;
  while (text[from + step * n] === "*") n++;
  return n;
}

function wrap(area, mark) {
  const [start, end] = chosen(area);
  const { value } = area;
  const n = mark.length;
  const has = (count) => (n === 2 ? count >= 2 : count % 2 === 1); // three are both
  if (has(Math.min(stars(value, start - 1, -1), stars(value, end, 1)))) {
    type(area, start - n, end + n, value.slice(start, end));
    area.setSelectionRange(start - n, end - n);
    return;
  }
  const inside = value.slice(start, end);
  if (inside.length > 2 * n
    && has(Math.min(stars(inside, 0, 1), stars(inside, inside.length - 1, -1)))) {
    type(area, start, end, inside.slice(n, -n));
    area.setSelectionRange(start, end - 2 * n);
    return;
  }
  type(area, start, end, mark + inside + mark);
  area.setSelectionRange(start + n, end + n);
}

function link(area) {
  const [start, end] = chosen(area);
  const words = area.value.slice(start, end);
  if (/^(https?:\/\/|www\.)\S+$/.test(words)) {
    type(area, start, end, `[](${words})`);
    area.setSelectionRange(start + 1, start + 1);
  } else {
    type(area, start, end, `[${words}](https://)`);
    const address = start + words.length + 3;
    area.setSelectionRange(words ? address : start + 1, words ? address + 8 : start + 1);
  }
}

function list(area) {
  const { value, selectionStart, selectionEnd } = area;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const found = value.indexOf("\n", Math.max(selectionEnd - (selectionEnd > selectionStart), start));
  const end = found < 0 ? value.length : found;
  const lines = value.slice(start, end).split("\n");
  const isList = lines.every((line) => /^- /.test(line) || !line.trim());
  const whole = lines.some((line) => line.trim());
  const changed = lines.map((line) => {
    if (isList && whole) return line.replace(/^- /, "");
    return line.trim() || lines.length === 1 ? `- ${line}` : line;
  }).join("\n");
  // A list is a paragraph of its own.
  const apart = !isList && start > 1 && !/(^|\n)(- .*)?\n$/.test(value.slice(0, start)) ? "\n" : "";
  type(area, start, end, apart + changed);
  const last = start + apart.length + changed.length;
  area.setSelectionRange(lines.length > 1 ? start + apart.length : last, last);
}

const shortcut = ({ key, shift }) =>
  `${isApple ? "⌘" : `${say("key.ctrl")}+`}${shift ? (isApple ? "⇧" : `${say("key.shift")}+`) : ""}`
  + key.toUpperCase();

/** The toolbar for texts with marks: `attach(field)` brings it to a field. */
export class Toolbar {
  #buttons = Object.entries(ACTIONS).map(([name, action]) => {
    const made = button(`${say(`mark.${name}`)} (${shortcut(action)})`,
      () => action.apply(this.#area), { sign: action.sign, class: `mark ${name}`, tabindex: "-1" });
    // A click leaves the caret where it is.
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    return made;
  });
  #area = null;
  element = h("div", { class: "toolbar", role: "toolbar", "aria-label": say("marks"),
    onkeydown: (event) => this.#walk(event) }, this.#buttons);

  constructor() {
    this.#buttons[0].tabIndex = 0;
  }

  attach(field) {
    if (this.#area === field.focusable) return;
    this.#area = field.focusable;
    this.element.setAttribute("aria-controls", this.#area.id);
    field.head.append(this.element);
  }

  /** A key that was pressed in a text with marks; whether it was a shortcut. */
  press(event) {
    if (!(isApple ? event.metaKey : event.ctrlKey) || event.altKey || event.isComposing) return;
    const action = Object.values(ACTIONS).find(({ key, shift = false }) =>
      event.shiftKey === shift
      && (event.key.toLowerCase() === key || (shift && event.code === `Digit${key}`)));
    if (!action) return;
    event.preventDefault();
    action.apply(event.target);
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.#buttons.indexOf(document.activeElement);
    const next = (at + step + this.#buttons.length) % this.#buttons.length;
    this.#buttons.forEach((one, index) => (one.tabIndex = index === next ? 0 : -1));
    this.#buttons[next].focus();
  }
}
