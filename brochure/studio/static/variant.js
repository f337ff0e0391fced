/** The page of a variant: what it has of its own, beside what the base says, and its pages. */

import { variantApi } from "./api.js";
import { Changes } from "./changes.js";
import { Diagnostics } from "./diagnostics.js";
import { button, h, newId, sentence } from "./dom.js";
import { offerDownload } from "./download.js";
import { Editing } from "./editing.js";
import { Fields, goTo } from "./fields.js";
import { Toolbar } from "./markdown.js";
import { isWithin, same, valueAt } from "./paths.js";
import { Preview } from "./preview.js";
import { inWords, OwnText } from "./own-texts.js";
import { plural, say } from "./strings.js";
import { VariantPairs } from "./variant-pairs.js";
import { Views } from "./views.js";

const $ = (id) => document.getElementById(id);
const { leaflet, region } = $("editor").dataset;
const api = variantApi(leaflet, region);
const LOOKED_AT = ["new", "stale", "orphaned", "redundant"]; // what wants a decision

class VariantPage {
  scope = `${leaflet}/variants/${region}`;
  fields = new Fields();
  changes = new Changes();
  #editing = new Editing(api, this.fields, this.changes, this);
  #state = null;
  #toolbar = new Toolbar();
  #views = new Views($("views"), $("editor"));
  #diagnostics = new Diagnostics((path) => this.#goTo(path));
  #texts = [];
  #pairs;
  #preview;
  #orphans = h("div", { class: "orphans" });

  open() {
    return this.#editing.open($("form"));
  }

  // What `Editing` asks.

  build(state) {
    const host = {
      fields: this.fields,
      changes: this.changes,
      base: (path) => this.base(path),
      own: (path) => this.own(path),
      override: (path) => this.#overrides(path)[0] ?? null,
      put: (path, value, was) => {
        this.changes.put(path, value, was);
        this.#editing.changed();
      },
      undo: (label, act) => this.#editing.undo.push(label, act),
      about: (text) => text.description.label,
      accept: (key) => this.#accept(key),
      held: (path) => this.#editing.messages(path).map(({ message }) => message).join(" "),
      made: (field) => field.tell(this.#editing.messages(field.path)),
      announce: (text) => this.#editing.announce(text),
      changed: () => this.#editing.changed(),
    };
    const sections = state.form.map((section) => this.#section(section, state, host));
    $("form").replaceChildren(this.#orphans, ...sections.filter(Boolean));
    $("form").addEventListener("focusin", ({ target }) => this.#entered(target));
    $("form").addEventListener("keydown", (event) => {
      if (event.target.matches?.("textarea.prose")) this.#toolbar.press(event);
    });
    $("name").textContent = state.name || region;
    document.title = `${$("name").textContent}: ${state.title} – ${say("studio")}`;
    $("next").addEventListener("click", () => this.#goToNext());
    $("region").append(...state.variants.map(({ id, name }) => new Option(name || id, id)));
    $("region").value = region;
    $("region").addEventListener("change", async () => {
      await this.#editing.now();
      location.assign(`/leaflets/${encodeURIComponent(leaflet)}/variants/${$("region").value}`);
    });
    this.#openPreview(state);
    $("check").append(this.#diagnostics.element);
  }

  values() {
    return this.#state.values;
  }

  valueOf(path) {
    return valueAt(this.#state.values, path);
  }

  request() {
    return { base: this.#state.base_digest };
  }

  label(path) {
    return this.fields.at(path)?.field.label ?? String(path.at(-1));
  }

  took(state) {
    this.#state = state;
  }

  render() {
    for (const text of this.#texts) text.render();
    this.#pairs.render();
    this.#drawOrphans();
    this.#diagnostics.show(this.#state.diagnostics);
    this.#views.count(this.#diagnostics.summary);
    const open = this.#open();
    $("next").hidden = !open.length;
    $("next").textContent = plural("own.open", open.length);
    const own = this.#state.overrides.length;
    $("summary").textContent = own ? plural("variant.own", own) : say("variant.base-only");
  }

  stays() {}

  unsaved(on) {
    this.#preview?.unsaved(on);
  }

  saved() {
    this.#preview?.want();
  }

  outdated() {
    this.#preview.want();
  }

  stalled(reason) {
    this.#preview?.stalled(reason);
  }

  show() {
    this.#views.show("write");
  }

  goTo(path) {
    this.#goTo(path);
  }

  // What is said.

  base(path) {
    return valueAt(this.#state.base, path);
  }

  /** What the region has of its own, with what is not saved yet. */
  own(path) {
    const waiting = this.changes.unsaved().findLast((one) => one.kind === "put" && same(one.path, path));
    return waiting ? waiting.value : valueAt(this.#state.values, path);
  }

  #overrides(path) {
    const rank = (one) => LOOKED_AT.indexOf(one.state);
    return this.#state.overrides.filter((one) => isWithin(one.path, path))
      .sort((one, other) => rank(other) - rank(one));
  }

  #section(section, state, host) {
    const title = newId("section");
    const part = (...children) => h("section",
      { class: "part", id: section.id, "aria-labelledby": title },
      h("h2", { id: title }, section.title), children);
    if (section.item) {
      this.#pairs = new VariantPairs(section.item, state.added, host);
      return part(this.#pairs.element);
    }
    // A base whose imprint is one text has no parts that a region could change.
    const oneText = section.id === "imprint" && valueAt(state.base, ["imprint", "text"]) !== null
      && Object.keys(state.base.imprint).length === 1;
    const texts = section.fields
      .filter(({ path }) => !oneText || path[0] !== "imprint" || path[1] === "text"
        || valueAt(state.values, path) !== null)
      .map((one) => new OwnText(one, one.path, one.path, host));
    if (!texts.length) return null;
    this.#texts.push(...texts);
    const quiet = texts.filter((one) => one.base === null && !one.isOwn);
    const said = texts.filter((one) => !quiet.includes(one));
    const names = quiet.map(({ description }) => description.label).join(", ");
    return part(
      said.length ? h("div", { class: "own-texts" }, said.map(({ element }) => element)) : null,
      quiet.length ? h("details", { class: "rare" },
        h("summary", {}, say("own.more"), " – ", names),
        h("div", { class: "own-texts" }, quiet.map(({ element }) => element))) : null);
  }

  // What wants a decision.

  async #accept(key) {
    await this.#editing.now();
    try {
      const { project, leaflet: name, file, base_digest: base } = this.#state;
      this.#editing.take(await api.accept({ project, leaflet: name, file, base, key }));
      this.#editing.announce(say("own.accepted"));
      const text = [...this.#texts, ...this.#pairs.texts].find((one) =>
        this.#overrides(one.path).some((override) => override.key === key));
      text?.focus();
    } catch (error) {
      if (error.status === 409) {
        await this.#editing.refresh();
        this.#editing.announce([error.message, error.hint].join(" "));
      } else {
        this.#editing.failed(error);
      }
    }
  }

  #open() {
    return this.#state.overrides.filter(({ state }) => LOOKED_AT.includes(state));
  }

  #goToNext() {
    const seen = this.#open();
    const [next] = seen;
    this.show();
    if (next.state === "orphaned" && next.path[0] !== "add") {
      this.#orphans.querySelector("button").focus();
      return;
    }
    if (next.path[0] === "leave_out") this.#pairs.first(next.path[1])?.focus();
    else this.#goTo(next.path);
  }

  #goTo(path) {
    const field = this.fields.at(path);
    this.show();
    if (field) goTo(field);
    else this.#pairs.first(path?.[1]?.id ?? path?.[1])?.focus();
  }

  /** What a region has of its own for pairs that the base has no more. */
  #drawOrphans() {
    const orphans = this.#state.overrides.filter((one) => one.state === "orphaned"
      && one.path[0] !== "add");
    const known = JSON.stringify(orphans);
    if (this.#orphans.known === known) return;
    this.#orphans.known = known;
    const title = newId("orphans");
    this.#orphans.replaceChildren(...(orphans.length ? [h("section",
      { class: "offer", "aria-labelledby": title },
      h("h2", { id: title }, say("own.orphans")),
      orphans.map((one) => h("div", { class: "orphan" },
        h("p", {}, sentence(one.trouble?.join(" ") ?? "")),
        one.text ? h("p", { class: "base-text" }, inWords(one.text)) : null,
        button(say("own.delete"), () => this.#deleteOrphan(one)))))] : []));
  }

  #deleteOrphan({ path }) {
    const value = this.own(path);
    this.changes.put(path, null, value);
    this.#editing.changed();
    this.#editing.undo.push(say("own.delete"), () => {
      this.changes.put(path, value, null);
      this.#editing.changed();
    });
    $("undo").focus();
  }

  // Words and pages.

  #entered(element) {
    const field = this.fields.of(element);
    if (field?.field.kind === "prose" && element === field.focusable) this.#toolbar.attach(field);
    const row = element.closest?.(".variant-pair");
    this.#preview.mark(row ? JSON.parse(row.dataset.passage) : null);
  }

  #openPreview({ editions }) {
    const edition = $("edition");
    edition.replaceChildren(...editions.map(({ name, description }) => new Option(
      description ? `${name} – ${description}` : name, name)));
    this.#preview = new Preview({ pages: $("pages"), asOf: $("as-of"), scroller: $("scroller") },
      api, {
        pick: (id) => {
          this.show();
          this.#pairs.first(id)?.focus();
        },
        name: (id) => say("pair.name", { number: this.#pairs.number(id) }),
        digest: () => this.#state.base_digest,
        diagnosed: () => {},
      });
    const choose = () => this.#preview.choose(edition.value, region);
    edition.addEventListener("change", choose);
    offerDownload($("download"), $("trouble"), async () => {
      await this.#editing.now();
      return api.file(edition.value, region);
    });
    choose();
  }
}

new VariantPage().open().catch((error) => {
  $("form").replaceChildren(h("p", { class: "trouble" },
    error.status ? [error.message, error.hint].filter(Boolean).join(" ") : say("preview.offline")));
  if (!error.status) throw error;
});
