/** The first page: all leaflets and their state, and a new one. */

import { create, project as readProject } from "./api.js";
import { cards } from "./controls.js";
import { h, newId } from "./dom.js";
import { moment, plural, say } from "./strings.js";

const $ = (id) => document.getElementById(id);

function state({ diagnostics = {}, variants, changed }) {
  const { errors = 0, warnings = 0 } = diagnostics;
  const words = [];
  if (errors) words.push(h("span", { class: "error" }, plural("errors", errors)));
  if (warnings) words.push(h("span", { class: "warning" }, plural("warnings", warnings)));
  if (!errors && !warnings) words.push(h("span", { class: "fine" }, say("fine")));
  if (variants) words.push(h("span", {}, plural("variants", variants)));
  if (changed) words.push(h("span", {}, say("changed", { time: moment(changed) })));
  return words;
}

function row(leaflet) {
  return h("li", { class: "leaflet" },
    h("h3", {}, h("a", { href: `/leaflets/${encodeURIComponent(leaflet.name)}` },
      leaflet.title || leaflet.name)),
    h("p", { class: "state" }, state(leaflet)),
    h("p", { class: "hint" }, leaflet.name));
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
  $("leaflets").replaceChildren(...project.leaflets.map(row));
  $("none").hidden = project.leaflets.length > 0;
  $("some").hidden = !project.leaflets.length;
  $("new-leaflet").open = !project.leaflets.length;
  newLeaflet(project);
}, (error) => {
  $("failed").textContent = error.status ? [error.message, error.hint].filter(Boolean).join(" ")
    : say("preview.offline");
});
