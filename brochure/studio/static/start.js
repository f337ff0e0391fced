/** The first page: all leaflets and their state, and a new one. */

import { create, leafletApi, project as readProject } from "./api.js";
import { cards } from "./controls.js";
import { h, newId, ready } from "./dom.js";
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

readProject().then((project) => {
  $("project").textContent = project.name;
  document.title = `${project.name} – ${say("studio")}`;
  const rows = project.leaflets.map(row);
  $("leaflets").replaceChildren(...rows.map(({ element }) => element));
  $("none").hidden = project.leaflets.length > 0;
  $("some").hidden = !project.leaflets.length;
  $("new-leaflet").open = !project.leaflets.length;
  newLeaflet(project);
  ready();
  tellStates(rows);
}, (error) => {
  $("failed").textContent = error.status ? [error.message, error.hint].filter(Boolean).join(" ")
    : say("preview.offline");
});
