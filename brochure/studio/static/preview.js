/**
 * The real pages. They say which text they show; an older build never overtakes a newer one, and
 * what is on the screen stays where it is when new pages come.
 */

import { h, sentence, show } from "./dom.js";
import { keyOf } from "./paths.js";
import { clock, plural, say } from "./strings.js";

export class Preview {
  #api;
  #host;
  #pages = h("ol", { class: "pages" });
  #asOf;
  #scroller;
  #edition = "";
  #variant = "";
  #running = null;
  #again = false;
  #shown = null;
  #trouble = "";
  #unsaved = false;
  #stalled = "";
  #current = null;

  /** `host` has `pick(id)`, `name(id)`, `digest()` and `diagnosed(list)`; and perhaps `note()`, what
   * else is to be known about these pages.
   */
  constructor({ pages, asOf, scroller }, api, host) {
    this.#api = api;
    this.#host = host;
    this.#asOf = asOf;
    this.#scroller = scroller;
    pages.append(this.#pages);
    this.#words();
  }

  /** Show another edition, or another variant. */
  choose(edition, variant) {
    this.#edition = edition;
    this.#variant = variant;
    this.#running?.abort();
    this.#running = null;
    this.#shown = null; // what stands there is of another edition, and looks like it
    this.#trouble = "";
    this.want();
  }

  /** The file is another one: ask for its pages; at most one request is on its way. */
  async want() {
    if (!this.#edition) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#again = false;
    this.#words();
    try {
      const preview = await this.#api.preview(this.#edition, this.#variant, running);
      if (this.#running !== running) return;
      this.#trouble = "";
      await this.take(preview);
    } catch (error) {
      if (this.#running !== running) return;
      this.#trouble = error.status ? error.message : say("preview.offline");
    }
    this.#running = null;
    this.#words();
    if (this.#again) this.want();
  }

  /** Pages that came; those of another edition or variant are not shown. */
  async take(preview) {
    if (preview.edition !== this.#edition || (preview.variant || "") !== this.#variant) return;
    const { first, rest } = this.#byUrgency(preview.pages);
    const pictures = new Map();
    const load = async (page) => {
      const picture = new Image(page.width, page.height);
      picture.src = page.src;
      await picture.decode();
      pictures.set(page.number, picture);
    };
    await Promise.allSettled(first.map(load));
    if (preview.edition !== this.#edition || (preview.variant || "") !== this.#variant) return;
    this.#shown = preview;
    this.#draw(preview, pictures);
    this.#host.diagnosed(preview);
    this.#words();
    this.#later(preview, rest, load, pictures);
  }

  /** The pictures that are out of sight, as long as these are the pages that are shown. */
  async #later(preview, rest, load, pictures) {
    for (const page of rest) {
      await load(page).catch(() => {});
      if (this.#shown !== preview) return;
      this.#place(page, pictures.get(page.number));
    }
    if (!this.#pages.querySelector(".page.old")) return;
    this.#trouble = say("preview.offline");
    this.#words();
  }

  /** Pages with new pictures: those that are in view, or the first one, and the others. */
  #byUrgency(pages) {
    const pane = this.#scroller.getBoundingClientRect();
    const seen = ({ number }) => {
      const place = this.#pages.children[number - 1]?.getBoundingClientRect();
      return place && place.bottom > pane.top && place.top < pane.bottom;
    };
    const changed = pages.filter(({ number, src }) =>
      this.#pages.children[number - 1]?.querySelector("img")?.getAttribute("src") !== src);
    const first = changed.filter((page) => seen(page));
    if (!first.length && changed.length) first.push(changed[0]);
    return { first, rest: changed.filter((page) => !first.includes(page)) };
  }

  /** There are words that are not in the file yet. */
  unsaved(on) {
    if (on === this.#unsaved) return;
    this.#unsaved = on;
    this.#words();
  }

  /** Words cannot be saved, and so are not on the pages; an empty `reason`: they can. */
  stalled(reason) {
    this.#stalled = reason;
    this.#words();
  }

  /** Someone writes in a passage (null: elsewhere): mark it on the page, and show it. */
  mark(id) {
    if (id === this.#current) return;
    this.#current = id;
    let first = null;
    for (const spot of this.#pages.querySelectorAll(".spot")) {
      const here = id !== null && spot.dataset.passage === keyOf(id);
      spot.classList.toggle("current", here);
      if (here) first ??= spot;
    }
    if (!first || !this.#scroller.offsetParent) return;
    const [spot, pane] = [first, this.#scroller].map((one) => one.getBoundingClientRect());
    if (spot.top < pane.top || spot.bottom > pane.bottom) show(first);
  }

  #words() {
    const shown = this.#shown;
    const time = shown ? clock(shown.as_of) : "";
    const behind = shown && (!shown.current || shown.digest !== this.#host.digest());
    const reason = (this.#unsaved && this.#stalled) || this.#trouble
      || (!this.#running && shown?.reason) || "";
    const busy = !reason && (this.#running || this.#unsaved || behind);
    let words = reason || say("preview.first");
    if (shown?.pages.length && reason) words = say("preview.stuck", { time, reason });
    else if (shown && reason) words = say("preview.none", { reason });
    else if (shown?.pages.length && busy) words = say("preview.busy", { time });
    else if (shown?.pages.length) words = [say("preview.as-of", { time }), ...this.#facts(shown)]
      .join(" · ");
    else if (shown && !busy) words = "";
    const obstacle = !busy && !reason && shown && this.#obstacle(shown);
    const more = [obstacle && say("preview.blocked", { reason: obstacle }), shown?.note,
      this.#host.note?.()];
    this.#asOf.replaceChildren(...sentence(words),
      ...more.filter(Boolean).map((text) => h("span", {}, sentence(text))));
    const waits = reason && reason === shown?.reason && !behind; // else it is all of the file
    this.#pages.classList.toggle("old", !shown || Boolean(reason && !waits));
    this.#pages.setAttribute("aria-busy", String(Boolean(busy)));
  }

  /** How many pages there are, and how they are filled. */
  #facts({ used, sheets, fit }) {
    const left = fit?.left ?? 0;
    return [plural("pages", used), sheets && plural("sheets", sheets),
      left && plural("lines.left", left)].filter(Boolean);
  }

  /** Why these pages cannot be printed, if so. */
  #obstacle({ fit, blocked }) {
    const pages = fit && plural("pages", fit.pages);
    if (fit?.over) return plural("lines.over", fit.over, { pages });
    if (fit?.short) return plural("lines.short", fit.short, { pages });
    return blocked;
  }

  #draw({ pages, passages }, pictures) {
    const top = this.#scroller.scrollTop;
    pages.forEach((page, index) => {
      const item = this.#pages.children[index] ?? this.#pages.appendChild(h("li", { class: "page" }));
      item.style.setProperty("--width", `${page.width}px`);
      this.#place(page, pictures.get(page.number));
      const spots = passages.filter((one) => one.page === page.number)
        .map((one) => this.#spot(one, page));
      for (const spot of item.querySelectorAll(".spot")) {
        if (spot !== document.activeElement) spot.remove();
      }
      const focused = item.querySelector(".spot");
      item.append(...spots.filter((one) => one.dataset.passage !== focused?.dataset.passage));
    });
    while (this.#pages.children.length > pages.length) this.#pages.lastChild.remove();
    this.#scroller.scrollTop = top;
  }

  /** Put the picture of a page in its place; until it is there, what stands there is an old one. */
  #place(page, picture) {
    const item = this.#pages.children[page.number - 1];
    let old = item.querySelector("img");
    if (picture && old) old.replaceWith(picture);
    if (picture || !old) {
      old = picture ?? new Image(page.width, page.height);
      item.prepend(old);
    }
    const here = old.getAttribute("src") === page.src;
    item.classList.toggle("old", !here);
    old.alt = here ? say("preview.alt", { number: page.number, text: page.text }) : "";
  }

  #spot({ id, x, y, width, height }, page) {
    const label = say("preview.pick", { name: this.#host.name(id) });
    const spot = h("button", { type: "button", class: "spot", "aria-label": label, title: label,
      "data-passage": keyOf(id), onclick: () => this.#host.pick(id) });
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    Object.assign(spot.style, {
      left: percent(x, page.width), width: percent(width, page.width),
      top: percent(y, page.height), height: percent(height, page.height),
    });
    spot.classList.toggle("current", id === this.#current);
    return spot;
  }
}
