/** What is in the way; letters to oneself, drafts; and sending, with the number to be typed. */

import { button, h, newId, sentence } from "./dom.js";
import { tell } from "./mail-words.js";
import { plural, say } from "./strings.js";

const RANK = { error: 0, open: 1, warning: 2, note: 3 };
const inTheWay = ({ severity }) => severity === "error" || severity === "open";

/** A field with its label, and a hint. */
function labelled(label, input, hint = "") {
  input.id = newId("input");
  const about = hint ? h("p", { class: "hint", id: newId("hint") }, hint) : null;
  if (about) input.setAttribute("aria-describedby", about.id);
  return h("div", { class: "field" }, h("label", { class: "label", for: input.id }, label), input, about);
}

/** A password that is asked for where none is known; what is typed is used once. */
class PasswordField {
  #input = h("input", { type: "password", autocomplete: "off", spellcheck: "false" });
  element = labelled(say("mail.password"), this.#input, say("mail.password.hint"));

  constructor() {
    this.element.hidden = true;
  }

  take() {
    return this.#input.value;
  }

  clear() {
    this.#input.value = "";
  }

  ask() {
    this.element.hidden = false;
    this.#input.focus();
  }
}

export class SendView {
  #api;
  #host;
  #overview = null;
  #asked = false; // something is being asked of the server
  #list = h("ol", { class: "diagnostics" });
  #left = h("p", { class: "hint" });
  #fine = h("p", { class: "fine" }, h("span", { class: "fine" }, say("mail.nothing")));
  #summary = h("p", { class: "summary" });
  #notYet = h("p", { class: "hint" });
  #draftsHint = h("p", { class: "hint" });
  #told = h("p", { class: "told", role: "status" });
  #own = h("input", { type: "email", autocomplete: "email" });
  #number = h("input", { inputmode: "numeric", autocomplete: "off" });
  #test;
  #send;
  #look;
  #way;
  #part;

  /** `host`: progress (a JobProgress), settle(), changed(), job(job), go(view), field(path). */
  constructor(element, api, host) {
    this.#api = api;
    this.#host = host;
    this.#test = this.#form([labelled(say("mail.test.address"), this.#own, say("mail.test.hint"))],
      say("mail.test"), {}, (password) => this.#api.test(this.#own.value.trim(), password));
    this.#send = this.#form([labelled(say("mail.count"), this.#number)], say("mail.go"),
      { class: "primary" }, async (password) => {
        const job = await this.#api.send(this.#number.value.trim(), this.#overview.seal, password);
        this.#number.value = "";
        return job;
      });
    this.#number.setAttribute("aria-required", "true");
    const trouble = h("p", { class: "trouble", role: "alert" });
    const drafts = button(say("mail.drafts"), () => this.#press(drafts, trouble, async () => {
      const { sentence: told } = await this.#api.drafts();
      this.#told.textContent = told;
    }));
    const part = (title, ...inside) => {
      const id = newId("part");
      return h("section", { class: "part", "aria-labelledby": id }, h("h2", { id }, title), inside);
    };
    this.#look = part(say("mail.look"), this.#test,
      h("div", { class: "field" }, drafts, this.#draftsHint, this.#told, trouble));
    this.#part = part(say("mail.all"), this.#summary, this.#notYet, this.#send);
    this.#way = part(say("mail.in-the-way"), this.#fine, this.#list, this.#left);
    element.append(host.progress.element, this.#way, this.#look, this.#part);
  }

  show(overview) {
    const before = this.#overview;
    this.#overview = overview;
    const { diagnostics, sendable, open, alive, files } = overview;
    const list = [...diagnostics].sort((one, other) => RANK[one.severity] - RANK[other.severity]);
    if (JSON.stringify(before?.diagnostics) !== JSON.stringify(diagnostics)) {
      const inside = this.#list.contains(document.activeElement);
      this.#list.replaceChildren(...list.map((one) => this.#item(one)));
      if (inside) this.#focusList();
    }
    const wrong = list.some(inTheWay);
    this.#fine.hidden = wrong;
    this.#list.hidden = !list.length;
    this.#left.hidden = !overview.left_out;
    this.#left.textContent = overview.left_out ? plural("mail.left-out", overview.left_out) : "";
    const busy = this.#host.progress.running;
    this.#look.hidden = !sendable || busy || !open;
    this.#part.hidden = busy;
    this.#way.hidden = busy;
    this.#draftsHint.textContent = say("mail.drafts.hint", { folder: files.drafts });
    if (!this.#own.value) this.#own.value = overview.own_address;
    this.#summary.textContent = overview.summary;
    this.#summary.hidden = !sendable;
    this.#notYet.textContent = alive ? say("mail.elsewhere") : !sendable ? say("mail.not-yet") : "";
    this.#notYet.hidden = !this.#notYet.textContent;
    this.#send.hidden = !sendable || !open;
  }

  /** How much is in the way. */
  get errors() {
    return (this.#overview?.diagnostics ?? []).filter(inTheWay).length;
  }

  #focusList() {
    const target = this.#list.querySelector("button, a") ?? this.#list.closest("section").querySelector("h2");
    target.tabIndex = target.tagName === "H2" ? -1 : 0;
    target.focus();
  }

  #item({ severity, message, hint, path, place, file, line }) {
    const lead = { class: "quiet" };
    const more = h("span", { class: "hidden" }, `: ${message}`);
    const trouble = h("p", { class: "trouble", role: "alert" });
    const act = (label, call) => {
      const made = button(label, () => this.#press(made, trouble, async () =>
        this.#host.job(await call())));
      return made;
    };
    const leads = {
      letter: () => button(say("check.go"), () => this.#host.field(path), lead),
      list: () => button(say("mail.to-list"), () => this.#host.go("list"), lead),
      leaflet: () => h("a", { href: location.pathname.replace(/\/mail$/, "") }, say("mail.to-leaflet")),
      build: () => act(say("mail.build"), () => this.#api.build()),
      begin: () => act(say("mail.begin"), async () => {
        await this.#api.begin();
        return null;
      }),
    };
    const known = place === "letter" && !path ? null : leads[place]?.();
    known?.append(more);
    const acts = place === "build" || place === "begin"; // the button does what the hint says
    return h("li", { class: severity },
      h("p", {}, h("strong", {}, say(`severity.${severity}`)), " ", sentence(message)),
      hint && !acts ? h("p", { class: "hint" }, sentence(hint)) : null,
      known ?? (file ? h("p", { class: "hint place" }, `${file}:${line}`) : null),
      acts ? trouble : null);
  }

  #form(fields, label, properties, act) {
    const trouble = h("p", { class: "trouble", role: "alert" });
    const password = new PasswordField();
    const submit = h("button", { type: "submit", ...properties }, label);
    return h("form", { class: "order", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      this.#press(submit, trouble, async () => {
        try {
          this.#host.job(await act(password.take()));
          password.clear();
        } catch (error) {
          if (!error.codes?.includes("no-password")) throw error;
          tell(trouble, error);
          trouble.className = "hint"; // it is a question
          password.ask();
        }
      });
    } }, fields, password.element, h("div", { class: "choices" }, submit), trouble);
  }

  /** Do something once, whatever is pressed meanwhile; what went wrong is said. */
  async #press(pressed, trouble, act) {
    if (this.#asked) return;
    this.#asked = true;
    pressed.setAttribute("aria-busy", "true");
    tell(trouble, null);
    trouble.className = "trouble";
    this.#told.textContent = "";
    try {
      await this.#host.settle();
      await act();
    } catch (error) {
      tell(trouble, error);
    }
    pressed.removeAttribute("aria-busy");
    this.#asked = false;
    await this.#host.changed();
  }
}
