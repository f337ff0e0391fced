/** The first page: all leaflets and their state, and a new one. */

import { create, importApi, importFile, leafletApi, project as readProject } from "./api.js";
import { cards } from "./controls.js";
import { button, h, newId, ready, sentence } from "./dom.js";
import { moment, plural, say } from "./strings.js";

const $ = (id) => document.getElementById(id);

const words = (found) => found.map(({ n, word }) => `${n} ${word}`).join(", ");

/** What there is of a leaflet, and what is in its way: each leads to where it is seen. */
function facts(leaflet, { pages, current, verdicts, diagnostics, stale, letters }) {
  const page = pageOf(leaflet.name);
  const fact = (label, text, address, kind = "") => h("li", { class: kind },
    h("a", { href: address }, label ? [h("span", { class: "label" }, label), " "] : null, text));
  const { error, open, warning } = diagnostics;
  const found = [error && plural("errors", error), open && say("start.open", { n: open }),
    warning && plural("warnings", warning)].filter(Boolean).join(", ");
  const doubtful = verdicts.some(({ verdict }) => verdict !== "verbatim");
  const unresolved = letters.some(({ state }) => state === "unknown" || state === "unreadable");
  return [
    fact("", found || say("fine"), `${page}#check`,
      error ? "error" : open || warning ? "warning" : "fine"),
    fact("", pages === null ? say("start.unbuilt")
      : `${plural("pages", pages)}, ${current ? say("start.current") : say("start.outdated")}`,
    `${page}#pages`),
    verdicts.length ? fact(say("start.quotes"), words(verdicts),
      `${page}#${doubtful ? "check" : "source"}`, doubtful ? "warning" : "") : null,
    leaflet.variants ? fact("", [plural("variants", leaflet.variants),
      stale && say("start.stale", { n: stale })].filter(Boolean).join(", "),
    `${page}/variants`, stale ? "warning" : "") : null,
    letters.length ? fact(say("start.letters"), words(letters), `${page}/mail`,
      unresolved ? "warning" : "") : null,
  ].filter(Boolean);
}

const pageOf = (name) => `/leaflets/${encodeURIComponent(name)}`;

function row(leaflet) {
  const facts = h("ul", { class: "facts" }, h("li", {}, say("start.looking")));
  const changed = leaflet.changed ? say("changed", { time: moment(leaflet.changed) }) : "";
  const element = h("li", { class: "leaflet" },
    h("h3", {}, h("a", { href: pageOf(leaflet.name) }, leaflet.title)),
    h("p", { class: "hint" }, [leaflet.name, changed].filter(Boolean).join(" · ")), facts);
  return { leaflet, element, facts };
}

/** Tell the states of leaflets one after the other: each takes some reading. */
async function tellStates(rows) {
  for (const { leaflet, facts: list } of rows) {
    try {
      list.replaceChildren(...facts(leaflet, await leafletApi(leaflet.name).state()));
    } catch (error) {
      list.replaceChildren(h("li", { class: "error" },
        error.status ? error.message : say("preview.offline")));
    }
  }
}

function choice(title, key, choices) {
  if (!choices.length) return { element: null, read: () => null };
  const control = cards({ choices, required: true, name: key }, newId(key));
  control.write(choices[0].value);
  return {
    element: h("fieldset", {}, h("legend", {}, title), control.element),
    read: control.read,
  };
}

function newLeaflet({ starters, designs, languages, language }) {
  const form = $("new");
  const cardOf = ({ name, title, description, picture }) =>
    ({ value: name, label: title ?? name, description, picture });
  const pictured = (code) => starters.map((one) => cardOf({ ...one, picture: one.pictures[code] }));
  const starter = choice(say("new.starter"), "starter", pictured(language));
  const design = choice(say("new.design"), "design", designs.map(cardOf));
  $("starter").replaceWith(starter.element ?? "");
  $("design").replaceWith(design.element ?? "");
  const written = $("language");
  written.replaceChildren(...languages.map(({ code, name }) => new Option(name, code)));
  written.value = languages.some(({ code }) => code === language) ? language : languages[0]?.code;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = $("title").value.trim();
    const trouble = $("trouble");
    trouble.textContent = "";
    if (!title) {
      trouble.textContent = say("new.untitled");
      $("title").setAttribute("aria-invalid", "true");
      $("title").focus();
      return;
    }
    const submit = form.querySelector("[type=submit]");
    submit.setAttribute("aria-disabled", "true");
    try {
      const { leaflet } = await create({ title, starter: starter.read(), design: design.read(),
        language: written.value });
      location.assign(`/leaflets/${encodeURIComponent(leaflet)}`);
    } catch (error) {
      trouble.textContent = error.status ? [error.message, error.hint].filter(Boolean).join(" ")
        : say("preview.offline");
      submit.removeAttribute("aria-disabled");
    }
  });
}

/** A file that a leaflet is to be made of: chosen, or dropped. */
function importing({ project, imports }) {
  const [zone, chooser, press] = [$("drop"), $("file"), $("choose")];
  const begin = async ([file, ...others]) => {
    const trouble = $("import-trouble");
    trouble.replaceChildren();
    if (!file || press.getAttribute("aria-busy")) return;
    if (others.length) {
      trouble.textContent = say("import.one-file");
      return;
    }
    press.setAttribute("aria-busy", "true");
    $("import-state").textContent = say("import.reading", { file: file.name });
    try {
      const { token, leaflet } = await importFile(file);
      location.assign(leaflet ? pageOf(leaflet) : `/import/${token}`);
    } catch (error) {
      trouble.replaceChildren(...told(error));
      $("import-state").textContent = "";
      press.removeAttribute("aria-busy");
    }
  };
  press.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    const files = [...chooser.files];
    chooser.value = "";
    begin(files);
  });
  // Who misses the zone must not leave the page for the file.
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
  zone.addEventListener("dragover", () => zone.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) {
    zone.addEventListener(kind, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => begin([...event.dataTransfer.files]));
  const list = () => {
    $("begun").hidden = !$("imports").children.length;
  };
  $("imports").replaceChildren(...imports.map((one) => begunImport(project, one, list)));
  list();
}

/** An import that was begun: go on with it, or discard it, which asks once. */
function begunImport(project, { token, name, begun }, gone) {
  const press = button(say("import.discard"), async () => {
    if (!press.dataset.sure) {
      press.dataset.sure = "yes";
      press.textContent = say("import.discard.sure", { name });
      press.removeAttribute("aria-label");
      return;
    }
    try {
      await importApi(token).discard({ project });
    } catch (error) {
      $("import-trouble").replaceChildren(...told(error));
      return;
    }
    item.remove();
    gone();
    $("import-state").textContent = say("import.discarded", { name });
    $("choose").focus();
  }, { class: "quiet", "aria-label": say("import.discard.name", { name }) });
  const item = h("li", {}, h("a", { href: `/import/${token}` }, name), " ",
    h("span", { class: "hint" }, say("import.since", { time: moment(begun) })), " ", press);
  return item;
}

/** All that is wrong with a file: each a sentence, and what to do about it. */
function told(error) {
  if (!error.status) return [h("p", {}, say("preview.offline"))];
  const all = error.diagnostics.length ? error.diagnostics : [error];
  return all.map(({ message, hint }) => h("p", {}, sentence(message), " ",
    hint ? h("span", { class: "hint" }, sentence(hint)) : null));
}

readProject().then((project) => {
  $("project").textContent = project.name;
  document.title = `${project.name} – ${say("studio")}`;
  const rows = project.leaflets.map(row);
  $("leaflets").replaceChildren(...rows.map(({ element }) => element));
  $("none").hidden = project.leaflets.length > 0;
  $("some").hidden = !project.leaflets.length;
  $("new-leaflet").open = !project.leaflets.length;
  newLeaflet(project);
  importing(project);
  ready();
  tellStates(rows);
}, (error) => {
  $("failed").textContent = error.status ? [error.message, error.hint].filter(Boolean).join(" ")
    : say("preview.offline");
});
