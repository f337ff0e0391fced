/** Files that a leaflet uses: one of those in its folder, or one from this computer. */

import { leafletApi } from "./api.js";
import { button, h, newId, sentence } from "./dom.js";
import { say } from "./strings.js";

const ACCEPTED = {
  source: ".pdf,.docx,.odt,.txt,.md,.markdown,.html,.htm",
  picture: ".png,.jpg,.jpeg,.svg",
};
const api = () => leafletApi(document.getElementById("editor").dataset.leaflet);

/** A button that sends a file: `sent(path, name)` gets where it is in the folder of the leaflet. */
export function uploadButton(use, sent, properties = {}) {
  const chooser = h("input", { type: "file", accept: ACCEPTED[use], hidden: true });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const notes = h("div", { class: "hint notes", role: "status" });
  const press = button(say(`upload.${use}`), () => chooser.click(), properties);
  chooser.addEventListener("input", (event) => event.stopPropagation());
  chooser.addEventListener("change", async (event) => {
    event.stopPropagation();
    const [file] = chooser.files;
    chooser.value = "";
    if (!file) return;
    press.setAttribute("aria-busy", "true");
    press.textContent = say("upload.busy");
    trouble.textContent = "";
    notes.replaceChildren();
    try {
      const { file: path, notes: found = [] } = await api().upload(use, file);
      notes.replaceChildren(...found.map((one) => h("p", {}, sentence(one))));
      sent(path, file.name);
    } catch (error) {
      trouble.textContent = error.status ? [error.message, error.hint].filter(Boolean).join(" ")
        : say("preview.offline");
    }
    press.textContent = say(`upload.${use}`);
    press.removeAttribute("aria-busy");
  });
  return { press, chooser, trouble, notes };
}

/** The control of a field that names a file. What is not in the list is kept as it is. */
export function fileControl({ path }, id) {
  const use = path.includes("source") ? "source" : "picture";
  const select = h("select", { id });
  const options = (files) => {
    const chosen = select.value;
    const all = files.includes(chosen) || !chosen ? files : [...files, chosen];
    select.replaceChildren(new Option(say("file.none"), ""), ...all.map((one) => new Option(one)));
    select.value = chosen;
  };
  let asked = false;
  const list = async () => {
    if (asked) return;
    asked = true;
    try {
      options((await api().files())[use]);
    } catch {
      asked = false; // the one that is chosen stays
    }
  };
  const write = (value) => {
    const chosen = value === null ? "" : String(value);
    if (![...select.options].some((option) => option.value === chosen)) {
      select.append(new Option(chosen));
    }
    select.value = chosen;
  };
  const { press, chooser, trouble, notes } = uploadButton(use, (file, name) => {
    write(file);
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: { name } }));
    asked = false;
    if ([press, document.body].includes(document.activeElement)) select.focus(); // or one has gone on
  }, { class: "upload", "aria-describedby": newId("kinds") });
  const kinds = h("span", { class: "hidden", id: press.getAttribute("aria-describedby") },
    say(`upload.${use}.kinds`));
  options([]);
  select.addEventListener("focus", list);
  select.addEventListener("pointerdown", list);
  return {
    element: h("div", {}, h("div", { class: "with-button" }, select, press, chooser, kinds), trouble, notes),
    focusable: select,
    read: () => select.value || null,
    write,
  };
}
