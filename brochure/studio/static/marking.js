/**
 * Marking lines of a document: by a click, with the shift key, by the keyboard; or words, by
 * selecting their text. Knows lines only by their indices.
 */

/** How many characters of a line's text are before a place in it. */
function before(line, node, offset) {
  const range = document.createRange();
  range.setStart(line, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

export class Marking {
  #list;
  #changed;
  #anchor = null;
  #words = null; // {first, begin, last, end}
  /** The line that the keyboard is at. */
  active = null;

  /** `list` has elements with data-at, each with an element `.words`; `changed()` is told. */
  constructor(list, changed) {
    this.#list = list;
    this.#changed = changed;
    list.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("selectionchange", () => this.#selected());
  }

  /** What is marked: {first, last}, for words also {begin, end}; or null. */
  get marked() {
    if (this.#words) return this.#words;
    if (this.#anchor === null) return null;
    return { first: Math.min(this.#anchor, this.active), last: Math.max(this.#anchor, this.active) };
  }

  clear() {
    this.#anchor = null;
    this.#words = null;
    this.#changed();
  }

  /** Go to a line; `extend` marks from where marking began. */
  go(at, extend) {
    this.active = at;
    if (extend) this.#anchor ??= at;
    this.#words = null;
    this.#changed();
  }

  /** Mark a line, or up to it. */
  mark(at, extend = false) {
    if (!extend || this.#anchor === null) this.#anchor = at;
    this.active = at;
    this.#words = null;
    getSelection().removeAllRanges();
    this.#changed();
  }

  #clicked(event) {
    const line = event.target.closest("[data-at]");
    if (!line || !getSelection().isCollapsed && !event.shiftKey) return;
    const at = Number(line.dataset.at);
    const { marked } = this;
    const only = marked && !this.#words && marked.first === at && marked.last === at;
    if (only && !event.shiftKey) this.clear();
    else this.mark(at, event.shiftKey);
  }

  #selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    const [from, to] = [range.startContainer, range.endContainer].map((node) =>
      (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-at]"));
    if (!from || !to || !this.#list.contains(from) || !this.#list.contains(to)) return;
    const [first, last] = [from, to].map((line) => line.querySelector(".words"));
    const begin = first.contains(range.startContainer)
      ? before(first, range.startContainer, range.startOffset) : 0;
    const end = last.contains(range.endContainer)
      ? before(last, range.endContainer, range.endOffset) : 0;
    const words = { first: Number(from.dataset.at), begin, last: Number(to.dataset.at), end };
    if (!end && words.last > words.first) {
      words.last -= 1; // the end of the line before
      words.end = this.#list.querySelector(`[data-at="${words.last}"] .words`).textContent.length;
    }
    this.#words = words;
    this.#anchor = null;
    this.active = words.last;
    this.#changed();
  }
}
