/** What went wrong, in words. */

import { sentence } from "./dom.js";
import { language, say } from "./strings.js";

/** The sentence and the hint of an error of `api.js`. */
export const words = (error) =>
  error.status ? [error.message, error.hint].filter(Boolean).join(" ") : say("preview.offline");

/** Say an error in an element, or nothing. */
export const tell = (element, error) =>
  element.replaceChildren(...(error ? sentence(words(error)) : []));

/** A day and a time of it, short enough for a table. */
export const when = (iso) =>
  new Date(iso).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
