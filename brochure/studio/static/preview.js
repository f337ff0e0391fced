/**
 * The real pages. They say which text they show; an older build never overtakes a newer one, and
 * what is on the screen stays where it is when new pages come.
 */

import { h, show } from "./dom.js";
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

  /** `host` has `pick(id)`, `name(id)`, `digest()` and `diagnosed(list)`. */
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
    if (this.#shown && preview.as_of < this.#shown.as_of
      && preview.edition === this.#shown.edition) return;
    const pictures = await Promise.all(preview.pages.map(async ({ src }) => {
      const picture = new Image();
      picture.src = src;
      await picture.decode().catch(() => {});
      return picture;
    }));
    if (preview.edition !== this.#edition) return;
    this.#shown = preview;
    this.#draw(preview, pictures);
    this.#host.diagnosed(preview);
    this.#words();
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
    if (shown && reason) words = say("preview.stuck", { time, reason });
    else if (shown && busy) words = say("preview.busy", { time });
    else if (shown) words = `${say("preview.as-of", { time })} · ${
      plural("pages", shown.used ?? shown.pages.length)}`;
    this.#asOf.textContent = words;
    this.#pages.classList.toggle("old", Boolean(reason));
    this.#pages.setAttribute("aria-busy", String(Boolean(busy)));
  }

  #draw({ pages, passages }, pictures) {
    const top = this.#scroller.scrollTop;
    pages.forEach((page, index) => {
      const item = this.#pages.children[index] ?? this.#pages.appendChild(h("li", { class: "page" }));
      const picture = pictures[index];
      const old = item.querySelector("img");
      if (old?.getAttribute("src") !== page.src) {
        picture.width = page.width;
        picture.height = page.height;
        if (old) old.replaceWith(picture);
        else item.prepend(picture);
      }
      item.querySelector("img").alt = say("preview.alt", { number: page.number, text: page.text });
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
