/** The mail of one leaflet: puts the parts together. Each part is a module of its own. */

import { NotConnected } from "./api.js";
import { ready } from "./dom.js";
import { Events } from "./events.js";
import { mailApi } from "./mail-api.js";
import { LetterForm } from "./mail-letter.js";
import { RecipientList } from "./mail-list.js";
import { LettersPreview } from "./mail-preview.js";
import { JobProgress } from "./mail-progress.js";
import { SendView } from "./mail-send.js";
import { words } from "./mail-words.js";
import { Status } from "./status.js";
import { say } from "./strings.js";

const $ = (id) => document.getElementById(id);
const VIEWS = ["letter", "list", "send"];
const api = mailApi($("mail").dataset.leaflet);

class MailPage {
  #status = new Status($("state"), $("live"));
  #overview = null;
  #wanted = false; // the overview is to be read again
  #reading = null;
  #letter = null; // the form, as soon as there is a letter
  #following = false; // how far the job is, is being asked
  #seen = null; // the view
  #moved = false; // and it has come further since
  #progress = new JobProgress(() => this.#stop(), () => this.#go("list"),
    (text) => this.#status.announce(text));
  #preview = new LettersPreview($("first"), api, {
    why: () => this.#go("send"),
    build: () => this.#build(),
  });
  #list = new RecipientList($("list-view"), api, { changed: () => this.#read() });
  #send = new SendView($("send-view"), api, {
    progress: this.#progress,
    settle: () => this.#letter?.settle(),
    changed: () => this.#read(),
    job: (job) => job && this.#follow(job),
    go: (view) => this.#go(view),
    field: (path) => this.#letter?.goTo(path),
  });

  async open() {
    addEventListener("hashchange", () => this.#turn());
    $("begin").addEventListener("click", () => this.#begin());
    ready();
    await this.#read();
    if (!this.#overview) return;
    new Events(api.events, {
      changed: () => this.#changed(),
      mail: () => this.#move(),
      open: () => this.#changed(),
      lost: () => this.#changed(),
      seen: () => this.#changed(),
    });
  }

  // What is seen.

  get #view() {
    const named = location.hash.slice(1);
    return VIEWS.includes(named) ? named : "letter";
  }

  #go(view) {
    if (this.#view !== view) location.hash = view;
    this.#turn();
    const title = document.querySelector(`[data-view="${view}"] h2`);
    title.tabIndex = -1;
    title.focus();
  }

  #turn() {
    const view = this.#view;
    if (view !== this.#seen) scrollTo({ top: 0, behavior: "instant" });
    this.#seen = view;
    const begun = Boolean(this.#overview?.letter || this.#overview?.recipients.length);
    $("none").hidden = begun;
    for (const one of document.querySelectorAll(".view")) {
      one.hidden = !begun || one.dataset.view !== view;
    }
    $("steps").hidden = !begun;
    for (const link of $("steps").children) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // What is known.

  /** Read everything; while it is being read, once more at most. */
  async #read() {
    this.#wanted = true;
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
    await this.#reading;
  }

  async #readAll() {
    while (this.#wanted) {
      this.#wanted = false;
      try {
        await this.#show(await api.overview());
        $("failed").textContent = "";
      } catch (error) {
        if (!this.#overview || !(error instanceof NotConnected)) this.#fail(error);
      }
    }
  }

  async #show(overview) {
    this.#overview = overview;
    const title = say("mail.title", { title: overview.title });
    $("name").textContent = title;
    document.title = `${title} – ${say("studio")}`;
    if (!this.#progress.running || overview.job.id) this.#progress.show(overview.job);
    this.#list.show(overview);
    this.#preview.show(overview);
    this.#send.show(overview);
    if (overview.letter && !this.#letter) await this.#openLetter();
    this.#letter?.diagnose(overview.diagnostics);
    const [, list, send] = $("steps").children;
    const counted = (word, n) => (n ? `${word} (${n})` : word);
    list.textContent = counted(say("mail.list"), this.#list.size);
    send.textContent = counted(say("mail.send"), overview.open);
    send.classList.toggle("blocked", this.#send.errors > 0);
    if (!this.#letter) this.#status.show("saved");
    this.#turn();
  }

  async #openLetter() {
    const form = new LetterForm(api, {
      name: $("mail").dataset.leaflet, form: $("form"), status: this.#status,
      saved: () => this.#read(),
      go: () => this.#go("letter"),
    });
    try {
      await form.begin();
      this.#letter = form;
      $("form").removeAttribute("data-broken");
    } catch (error) {
      $("form").textContent = words(error); // its YAML is broken: what, is said under Send
      this.#status.show("refused", { error });
    }
  }

  async #begin() {
    $("begin").setAttribute("aria-busy", "true");
    try {
      await api.begin();
    } catch (error) {
      $("begin-trouble").textContent = words(error);
    }
    $("begin").removeAttribute("aria-busy");
    await this.#read();
    if (this.#letter) $("form").querySelector("textarea")?.focus();
  }

  #changed() {
    this.#letter?.refresh();
    if (!this.#progress.running) this.#read();
    else this.#move();
  }

  // What is being done.

  #follow(job) {
    this.#took(job); // first: what has the focus may go with it
    this.#go("send");
    this.#move();
  }

  async #move() {
    this.#moved = true;
    if (this.#following) return;
    this.#following = true;
    while (this.#moved) {
      this.#moved = false;
      try {
        this.#took(await api.progress());
      } catch {
        // That nobody answers is said by the state of saving.
      }
    }
    this.#following = false;
  }

  #took(job) {
    const ended = this.#progress.show(job);
    if (this.#overview) this.#send.show(this.#overview);
    if (ended) this.#read();
  }

  async #build() {
    try {
      this.#follow(await api.build());
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    $("failed").textContent = words(error);
  }

  async #stop() {
    try {
      this.#took(await api.stop());
    } catch (error) {
      this.#fail(error);
    }
  }
}

new MailPage().open();
