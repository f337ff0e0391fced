/** Sentences in the reader's language: they come with the page, from the catalogue of messages. */

const strings = JSON.parse(document.getElementById("strings").textContent);

/** The language of the page, as in `de`. */
export const language = document.documentElement.lang;

/** The sentence of a key; {name} in it stands for a value. */
export function say(key, values = {}) {
  const template = strings[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The sentence for a number of things: `key.one` or `key.other`. */
export const plural = (key, n, values = {}) =>
  say(`${key}.${n === 1 ? "one" : "other"}`, { n: String(n), ...values });

/** A time of day, as in 12:04:07. */
export function clock(iso) {
  const time = iso ? new Date(iso) : new Date();
  if (Number.isNaN(time.getTime())) return "";
  return time.toLocaleTimeString(language, {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
}

/** A day and a time of it, as in 26. November 2026, 12:04. */
export const moment = (iso) =>
  new Date(iso).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
