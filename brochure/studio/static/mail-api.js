/** The mail of a leaflet on the studio's server, as functions; errors are those of `api.js`. */

import { answered, asked, get, post, query, SLOW } from "./api.js";

/** The calls about the mail of one leaflet of a project. */
export function mailApi(leaflet) {
  const base = `/api/leaflets/${encodeURIComponent(leaflet)}/mail`;
  let project = "";
  const order = (part, values = {}) =>
    post(`${base}/${part}`, { project, leaflet, ...values }, { seconds: SLOW });
  const send = async (part, values, file) => answered(await asked(
    `${base}/${part}?${query({ project, ...values })}`,
    { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file },
  ));
  return {
    async overview() {
      const overview = await get(base);
      project ||= overview.project;
      return overview;
    },
    progress: () => get(`${base}/progress`),
    events: () => new EventSource(`${base}/events`),
    letter: () => get(`${base}/letter`),
    save: (request, options) => post(`${base}/letter`, request, options),
    discard: (request) => post(`${base}/letter/discard`, request),
    begin: () => order("begin"),
    replaceList: (digest, file) => send("list", { base: digest }, file),
    returned: (file) => send("returned", { name: file.name }, file),
    resolve: (address, decision) => order("resolve", { address, decision }),
    note: (address, kind, text) => order("note", { address, kind, text }),
    build: () => order("build"),
    drafts: () => order("drafts"),
    test: (address, password) => order("test", { address, password }),
    send: (count, seal, password) => order("send", { count, seal, password }),
    stop: () => order("stop"),
    async draft(key) {
      const response = await asked(`${base}/draft?${query({ key })}`);
      if (!response.ok) return answered(response);
      const disposition = response.headers.get("Content-Disposition") ?? "";
      const named = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1];
      return { name: decodeURIComponent(named ?? "letter.eml"), blob: await response.blob() };
    },
  };
}
