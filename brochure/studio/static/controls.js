/**
 * What one fills in: a control for each kind of field. A control has `element`; `focusable`, which
 * the label names and which gets the caret; `read()`, the value as the file would have it; and
 * `write(value)`. It fires `input` events that bubble.
 */

import { withoutForbidden } from "./characters.js";
import { contrastWithWhite, READABLE } from "./colours.js";
import { button, h, newId } from "./dom.js";
import { fileControl } from "./files.js";
import { language, say } from "./strings.js";

const growsByItself = CSS.supports("field-sizing", "content"); // not in Firefox
// What is written into a field before it is seen has no height yet, and another one in another width.
const widths = new WeakMap();
const seen = growsByItself ? null : new ResizeObserver((entries) => {
  const others = entries.map(({ target }) => target)
    .filter((area) => area.clientWidth && area.clientWidth !== widths.get(area));
  for (const area of others) widths.set(area, area.clientWidth);
  requestAnimationFrame(() => others.forEach(grow));
});

/** Let a text field be as high as its text. */
export function grow(area) {
  if (growsByItself) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

/** A value as it stands in a text field: items of a list are lines. */
function written(value) {
  if (Array.isArray(value)) return value.join("\n");
  if (value !== null && typeof value === "object") {
    return Object.entries(value).map(([key, one]) => `${key}: ${one}`).join(", ");
  }
  return value === null ? "" : String(value);
}

const trimmed = (text) => withoutForbidden(text).replace(/[ \t]+$/gm, "").trim();

/** Text of one line that may be long, so that it is never seen in part only; or of several. */
function text({ kind, label, placeholder }, id) {
  const several = kind === "prose" || kind === "list";
  const area = h("textarea", { id, rows: several ? 2 : 1, class: kind, autocomplete: "off",
    placeholder: placeholder || null, spellcheck: several || kind === "line" ? "true" : "false" });
  let list = kind === "list";
  let fixed = null; // what is written in a way that one line cannot say
  if (!several) {
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) event.preventDefault();
    });
  }
  area.addEventListener("input", () => grow(area));
  seen?.observe(area);
  return {
    element: area,
    focusable: area,
    label,
    read() {
      if (fixed) return fixed;
      const typed = trimmed(area.value);
      if (!typed) return null;
      const lines = typed.split("\n").map((line) => line.trim());
      if (list) return lines.filter(Boolean);
      return several ? typed : lines.filter(Boolean).join(" ");
    },
    write(value) {
      if (Array.isArray(value)) list = true;
      fixed = value !== null && typeof value === "object" && !list ? value : null;
      area.readOnly = fixed !== null;
      area.value = written(value);
      grow(area);
    },
  };
}

/** A day: typed, or picked from the browser's own calendar. */
function date(field, id) {
  const control = text(field, id);
  const calendar = h("input", { type: "date", tabindex: "-1", "aria-hidden": "true" });
  const open = h("button", { type: "button", class: "quiet", "aria-label": say("calendar"),
    title: say("calendar"), onclick: () => {
      calendar.value = /^\d{4}-\d\d-\d\d$/.test(control.focusable.value.trim())
        ? control.focusable.value.trim() : "";
      calendar.showPicker?.();
    } }, h("span", { class: "calendar", "aria-hidden": "true" }));
  calendar.addEventListener("input", (event) => {
    event.stopPropagation();
    control.write(calendar.value || null);
    control.focusable.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return { ...control, element: h("div", { class: "with-button" }, control.element, open, calendar) };
}

/** A colour: typed, or picked; it tells where text in it would be hard to read. */
function colour(field, id) {
  const control = text(field, id);
  const picker = h("input", { type: "color", "aria-label": say("pick") });
  const note = h("p", { class: "hint contrast", id: newId("contrast") });
  const hexadecimal = () => /^#?([0-9a-f]{6})$/i.exec(control.focusable.value.trim())?.[1];
  const describe = () => {
    const digits = hexadecimal();
    note.hidden = !digits;
    if (!digits) {
      picker.value = "#ffffff";
      return;
    }
    picker.value = `#${digits.toLowerCase()}`;
    const ratio = contrastWithWhite(digits);
    note.textContent = say(ratio >= READABLE ? "contrast.good" : "contrast.low", {
      ratio: ratio.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    });
    note.classList.toggle("warning", ratio < READABLE);
  };
  control.focusable.addEventListener("input", describe);
  picker.addEventListener("input", (event) => {
    event.stopPropagation();
    control.focusable.value = picker.value.slice(1);
    control.focusable.dispatchEvent(new Event("input", { bubbles: true }));
  });
  describe();
  return {
    ...control,
    element: h("div", {}, h("div", { class: "with-button" }, control.element, picker), note),
    described: note.id,
    write(value) {
      control.write(value);
      describe();
    },
  };
}

/** One of some values. What the file has and the list has not is kept as it is. */
function choice({ choices = [], required, usual = say("usual") }, id) {
  const select = h("select", { id });
  const add = (value, label) => select.append(h("option", { value }, label));
  if (!required) add("", usual);
  for (const { value, label } of choices) add(String(value), label);
  return {
    element: select,
    focusable: select,
    read: () => choices.find((one) => String(one.value) === select.value)?.value
      ?? (select.value || null),
    write(value) {
      const chosen = value === null ? "" : String(value);
      if (![...select.options].some((option) => option.value === chosen)) add(chosen, chosen);
      select.value = chosen;
    },
  };
}

/** Yes, no, or nothing said. */
function flag(field, id) {
  const control = choice({ ...field, required: false, choices: [
    { value: "yes", label: say("yes") }, { value: "no", label: say("no") },
  ] }, id);
  const words = { true: "yes", on: "yes", false: "no", off: "no" };
  return { ...control, write: (value) => control.write(words[value] ?? value) };
}

/** Some of some values. */
function several({ choices }, id) {
  const boxes = choices.map(({ value, label }, index) => {
    const box = h("input", { type: "checkbox", value, id: index ? newId("box") : id });
    return { box, element: h("label", { class: "box" }, box, label) };
  });
  return {
    element: h("div", { class: "boxes" }, boxes.map(({ element }) => element)),
    focusable: boxes[0]?.box,
    group: true,
    read() {
      const chosen = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
      return chosen.length ? chosen : null;
    },
    write(value) {
      for (const { box } of boxes) box.checked = (value ?? []).includes(box.value);
    },
  };
}

/** One of some things that are better seen than named: a picture each. */
export function cards({ choices, required, name }, id) {
  const all = required ? choices : [{ value: "", label: say("usual") }, ...choices];
  const group = newId(name ?? "cards");
  const radios = all.map(({ value, label, description, picture }, index) => {
    const radio = h("input", { type: "radio", name: group, value, id: index ? newId("card") : id });
    const face = picture
      ? h("img", { src: picture, alt: "", loading: "lazy", decoding: "async" })
      : null;
    const words = h("span", { class: "words" }, h("strong", {}, label),
      description ? h("span", { class: "hint" }, description) : null);
    return { radio, element: h("label", { class: "card" }, face, h("span", {}, radio, words)) };
  });
  return {
    element: h("div", { class: "cards" }, radios.map(({ element }) => element)),
    focusable: radios[0]?.radio,
    group: true,
    read: () => radios.find(({ radio }) => radio.checked)?.radio.value || null,
    write(value) {
      for (const { radio } of radios) radio.checked = radio.value === (value ?? "");
    },
  };
}

/** Things with names of their own, each a text or some fields. */
function entries({ item = [] }, id) {
  const list = h("ul", { class: "entries" });
  const parts = item.length ? item : [{ path: [], label: say("entry.text"), kind: "line" }];
  const changed = () => list.dispatchEvent(new Event("input", { bubbles: true }));
  const add = (name, value) => {
    const named = text({ kind: "line" }, newId("name"));
    named.write(name);
    const controls = parts.map((part) => {
      const control = controlFor({ ...part, required: false, usual: "–" }, newId("part"));
      control.write((part.path.length ? value?.[part.path[0]] : value) ?? null);
      return control;
    });
    const labelled = (control, label) => h("label", {}, h("span", { class: "label" }, label),
      control.element);
    const row = h("li", {}, labelled(named, say("entry.name")),
      controls.map((control, index) => labelled(control, parts[index].label)),
      button(say("remove"), () => {
        row.remove();
        changed();
        more.focus();
      }, { class: "quiet" }));
    row.read = () => [named.read(), item.length
      ? Object.fromEntries(parts.map((part, index) => [part.path[0], controls[index].read()])
        .filter(([, one]) => one !== null))
      : controls[0].read()];
    list.append(row);
    return named.focusable;
  };
  const more = button(say("entry.add"), () => add(null, null).focus(), { id, class: "add" });
  return {
    element: h("div", {}, list, more),
    focusable: more,
    group: true,
    read() {
      const named = [...list.children].map((row) => row.read()).filter(([name]) => name);
      return named.length ? Object.fromEntries(named) : null;
    },
    write(value) {
      list.replaceChildren();
      for (const [name, one] of Object.entries(value ?? {})) add(name, one);
    },
  };
}

const KINDS = { date, colour, choice, flag, entries, file: fileControl };

/** The control for a field of the form. */
export function controlFor(field, id) {
  if (field.choices?.some(({ picture }) => picture)) return cards(field, id);
  if (field.kind === "list" && field.choices?.length) return several(field, id);
  if (field.kind === "choice" && !field.choices?.length) return text({ ...field, kind: "line" }, id);
  return (KINDS[field.kind] ?? text)(field, id);
}
