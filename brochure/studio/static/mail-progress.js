/** How far what is being done has come; little of it is said aloud. */

import { button, h } from "./dom.js";
import { language, say } from "./strings.js";

const PARTS = 4; // how often it is said aloud on the way: a quarter, half, three quarters

export class JobProgress {
  #announce;
  #said = ""; // what was announced last
  #job = {};
  #title = h("h2", {});
  #bar = h("progress", {});
  #number = h("p", { class: "number" });
  #sentence = h("p", { class: "sentence" });
  #diagnostics = h("ul", { class: "messages" });
  #lines = h("ol", { class: "lines" });
  #happened = h("details", { class: "rare" }, h("summary", {}, say("mail.lines")), this.#lines);
  #stop;
  #became;
  element;

  /** `stop()` stops it; `look()` leads to what became of it; `announce(text)` says it aloud. */
  constructor(stop, look, announce) {
    this.#became = button(say("mail.became"), look);
    this.#announce = announce;
    this.#stop = button(say("mail.stop"), stop, { class: "stop" });
    this.element = h("section", { class: "job", hidden: true, "aria-label": say("mail.send") },
      this.#title, this.#bar, this.#number, this.#sentence, this.#diagnostics,
      h("div", { class: "choices" }, this.#stop, this.#became), this.#happened);
  }

  get running() {
    return Boolean(this.#job.id) && !["done", "stopped", "failed"].includes(this.#job.state);
  }

  /** Show a job, or none; whether it has just ended. */
  show(job) {
    const before = this.#job;
    const wasRunning = this.running;
    this.#job = job;
    this.element.hidden = !job.id;
    if (!job.id) return wasRunning;
    this.element.dataset.state = job.state;
    const title = this.running ? say(`mail.job.${job.kind}`) : say(`mail.ended.${job.kind}`);
    this.#became.hidden = this.running || job.kind !== "send";
    this.#title.textContent = title;
    this.element.setAttribute("aria-label", title);
    this.#bar.hidden = !this.running && job.state !== "done";
    this.#bar.setAttribute("aria-label", title);
    if (job.total) {
      this.#bar.max = job.total;
      this.#bar.value = job.done;
    } else this.#bar.removeAttribute("value");
    if (!job.total) this.#bar.hidden = !this.running;
    const number = (n) => n.toLocaleString(language);
    this.#number.textContent = job.total
      ? say("mail.progress", { done: number(job.done), total: number(job.total) }) : "";
    this.#sentence.textContent = job.sentence;
    this.#diagnostics.replaceChildren(...job.diagnostics.map(({ message, hint }) =>
      h("li", { class: "error" }, h("strong", {}, say("severity.error")), " ", message, " ",
        h("span", { class: "hint" }, hint))));
    const focused = document.activeElement === this.#stop;
    this.#stop.hidden = !this.running;
    this.#stop.setAttribute("aria-disabled", String(job.state === "stopping"));
    if (focused && this.#stop.hidden) {
      this.#title.tabIndex = -1;
      this.#title.focus();
    }
    this.#lines.replaceChildren(...job.lines.map((line) => h("li", {}, line)));
    this.#happened.hidden = !job.lines.length;
    if (before.id === job.id || this.running) this.#speak(job, title);
    return wasRunning && !this.running;
  }

  #speak({ id, state, done, total, sentence, diagnostics }, title) {
    const part = total ? Math.floor((done / total) * PARTS) : 0;
    const key = `${id} ${state === "running" || state === "begun" ? `on ${part}` : state}`;
    if (key === this.#said) return;
    this.#said = key;
    const [first] = diagnostics;
    const text = [title, total ? this.#number.textContent : "", sentence,
      first ? `${first.message} ${first.hint}` : ""];
    this.#announce(text.filter(Boolean).join(". ").replaceAll("..", "."));
  }
}
