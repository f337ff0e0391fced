/**
 * What is corrected on the page of an import, as plain data: texts, and pairs, each made `of` pairs
 * of the file. Each function returns new data and leaves the old as it is, so that undo is easy.
 */

const SIDES = { quote: ["heading", "text", "lines", "page"], commentary: ["heading", "text"] };
const JOINT = "\n\n"; // between two paragraphs

/** The same, with all texts that a side can have. */
export function filled(corrections) {
  const side = (name, texts) =>
    Object.fromEntries(SIDES[name].map((key) => [key, texts?.[key] ?? ""]));
  return { ...corrections, passages: corrections.passages.map((one) => ({ ...one,
    quote: side("quote", one.quote), commentary: side("commentary", one.commentary) })) };
}

/** With another text at a path, as in ["passages", 2, "quote", "text"]. */
export function put(data, [step, ...rest], value) {
  const copy = Array.isArray(data) ? [...data] : { ...data };
  copy[step] = rest.length ? put(copy[step], rest, value) : value;
  return copy;
}

/** The text at a path. */
export const textAt = (data, path) => path.reduce((value, step) => value[step], data);

const changed = (data, at, passage) => put(data, ["passages", at], passage);
const paragraphs = (text) => text.split(/\n[ \t]*\n\s*/).filter(Boolean);
const joined = (...texts) => texts.filter(Boolean).join(JOINT);

/** Words of a quote, in which every character is what it is, in the Markdown of a commentary. */
export const asMarkdown = (text) => text.replace(/[\\*_`[\]<]/g, "\\$&")
  .replace(/^(\s*)([#>+-])(?=\s)/gm, "$1\\$2").replace(/^(\s*\d+)([.)])(?=\s)/gm, "$1\\$2");

/**
 * Markdown as words alone: a quote has no emphasis of ours, and links lead nowhere. A mark without
 * its like is a character.
 */
export const asWords = (text) => text
  .replace(/(?<!\\)\[([^\]]*)\]\([^)]*\)/g, "$1")
  .replace(/(?<!\\)`([^`]+)`/g, "$1")
  .replace(/(?<!\\)\*\*(?=\S)([^]*?\S)\*\*/g, "$1")
  .replace(/(?<![\\\w])__(?=\S)([^]*?\S)__(?!\w)/g, "$1")
  .replace(/(?<!\\)\*(?=\S)([^*]*?[^\s\\])\*/g, "$1")
  .replace(/(?<![\\\w])_(?=\S)([^_]*?[^\s\\])_(?!\w)/g, "$1")
  .replace(/\\([\\*_`[\]<>#.!()+-])/g, "$1");

/** Quote and commentary change places; the reference stays with the quote. */
export function swapped(data, at) {
  const one = data.passages[at];
  return changed(data, at, { ...one,
    quote: { ...one.quote, heading: one.commentary.heading, text: asWords(one.commentary.text) },
    commentary: { heading: one.quote.heading, text: asMarkdown(one.quote.text) } });
}

/** Whether a quote has more than one paragraph to give. */
export const hasParagraphs = (text) => paragraphs(text).length > 0;

/** The last paragraph of a quote is the first of its commentary. */
export function toCommentary(data, at) {
  const { quote, commentary, ...one } = data.passages[at];
  const parts = paragraphs(quote.text);
  const last = parts.pop();
  return changed(data, at, { ...one, quote: { ...quote, text: parts.join(JOINT) },
    commentary: { ...commentary, text: joined(asMarkdown(last), commentary.text) } });
}

/** The first paragraph of a commentary is the last of its quote. */
export function toQuote(data, at) {
  const { quote, commentary, ...one } = data.passages[at];
  const [first, ...parts] = paragraphs(commentary.text);
  return changed(data, at, { ...one, quote: { ...quote, text: joined(quote.text, asWords(first)) },
    commentary: { ...commentary, text: parts.join(JOINT) } });
}

/** The pair above, of those that are not left out; -1 if there is none. */
export function above(data, at) {
  let before = at - 1;
  while (before >= 0 && data.passages[before].out) before--;
  return before;
}

/** A pair and the one above it are one. A heading that there is already stands before its text. */
export function joinedWithAbove(data, at) {
  const before = above(data, at);
  const [one, other] = [data.passages[before], data.passages[at]];
  const side = (name, heading) => ({ ...one[name],
    heading: one[name].heading || other[name].heading,
    text: joined(one[name].text, one[name].heading ? heading(other[name].heading) : "",
      other[name].text) });
  const together = (key, sign) => [one.quote[key], other.quote[key]].filter(Boolean).join(sign);
  const passage = { ...one, of: [...one.of, ...other.of], checked: one.checked && other.checked,
    quote: { ...side("quote", (text) => text), lines: together("lines", ", "),
      page: one.quote.page === other.quote.page ? one.quote.page : together("page", ", ") },
    commentary: side("commentary", (text) => text && `**${text}**`) };
  const passages = data.passages.map((each, index) => (index === before ? passage : each));
  return { ...data, passages: passages.filter((_, index) => index !== at) };
}

/** What fits nowhere is the end of a text. */
export function taken(data, leftover, path, text) {
  const words = path.at(-2) === "quote" ? text : asMarkdown(text);
  const apart = ["text", "lead", "contact", "imprint"].includes(path.at(-1)) ? JOINT : " ";
  const whole = [textAt(data, path), words].filter(Boolean).join(apart);
  return { ...put(data, path, whole), taken: [...data.taken, leftover] };
}

/** How sure a pair is that was made of some: as the least sure of them; or it was checked. */
export function confidenceOf(passage, sheet) {
  if (passage.checked) return "checked";
  const order = ["sure", "likely", "doubtful"];
  return order[Math.max(...passage.of.map((at) => order.indexOf(sheet.passages[at].confidence)))];
}

/** Steps that can be undone: typing in one field is one of them. */
export class History {
  #states;
  #at = 0;
  #field = ""; // where was typed last

  constructor(state) {
    this.#states = [state];
  }

  get state() {
    return this.#states[this.#at];
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#states.length - 1;
  }

  /** A step; further ones in the same `field` belong to it. */
  push(state, field = "") {
    const goesOn = field && field === this.#field;
    this.#field = field;
    this.#states.length = this.#at + 1;
    if (goesOn) this.#states[this.#at] = state;
    else this.#at = this.#states.push(state) - 1;
  }

  undo() {
    if (this.canUndo) this.#at--;
    this.#field = "";
  }

  redo() {
    if (this.canRedo) this.#at++;
    this.#field = "";
  }
}
