/** The studio's server, as functions; what goes wrong is one of two errors. */

import { say } from "./strings.js";

const SECONDS = 20; // for a save: then the server counts as gone
/** Seconds for what takes its time. */
export const SLOW = 300;

/** The server understood, and refused: a sentence and what to do about it, in the reader's words. */
export class Refused extends Error {
  constructor(status, message, hint = "", diagnostics = []) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.diagnostics = diagnostics; // that it is because of
    this.codes = diagnostics.map(({ code }) => code);
  }
}

/** No server answers. */
export class NotConnected extends Error {}

export async function asked(url, options = {}) {
  try {
    return await fetch(url, { cache: "no-store", redirect: "error", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new NotConnected(error.message);
  }
}

/** What a response says. */
export async function answered(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new NotConnected("half an answer");
  }
  if (response.ok) return body;
  const { message, hint, diagnostics } = body ?? {};
  throw new Refused(response.status, message || say("refused"), hint, diagnostics);
}

export async function get(url, options) {
  return answered(await asked(url, options));
}

/**
 * Send JSON. `keepalive` lets it outlive the page (browsers allow some 60 kB).
 */
export async function post(url, body, { keepalive = false, seconds = SECONDS } = {}) {
  const text = JSON.stringify(body);
  return answered(
    await asked(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: text,
      keepalive: keepalive && text.length < 50_000,
      signal: AbortSignal.timeout(seconds * 1000),
    }),
  );
}

export const query = (values) =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value || value === 0)).toString();

export const project = () => get("/api/project");
export const create = (leaflet) => post("/api/leaflets", leaflet);

/** Send a file, whatever it is. */
const upload = async (url, file) => answered(await asked(url,
  { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }));

/** A file that a leaflet is to be made of: {token}; or {leaflet}, if it was one. */
export const importFile = (file) => upload(`/api/imports?${query({ name: file.name })}`, file);

/** The calls about one import. */
export function importApi(token) {
  const base = `/api/imports/${token}`;
  return {
    read: () => get(base),
    save: (request, options) => post(base, request, options),
    accept: (request) => post(`${base}/accept`, request, { seconds: SLOW }),
    discard: (request) => post(`${base}/discard`, request),
  };
}

/** A file to keep, as {name, blob}. */
async function file(url) {
  const response = await asked(url);
  if (!response.ok) return answered(response);
  const disposition = response.headers.get("Content-Disposition") ?? "";
  const named = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1] ?? "";
  return { name: decodeURIComponent(named), blob: await response.blob() };
}

const addressOf = (name) => `/api/leaflets/${encodeURIComponent(name)}`;

/** The calls about the table of regions of one leaflet. */
export function regionsApi(name) {
  const base = `${addressOf(name)}/regions`;
  return {
    read: () => get(base),
    save: (request, options) => post(base, request, options),
    discard: (request) => post(`${base}/discard`, request),
    states: () => get(`${base}/states`),
    events: () => new EventSource(`${base}/events`),
  };
}

/** The calls about one variant. */
export function variantApi(name, region) {
  const base = `${addressOf(name)}/variants/${encodeURIComponent(region)}`;
  return {
    ...leafletApi(name),
    read: () => get(base),
    save: (request, options) => post(base, request, options),
    discard: (request) => post(`${base}/discard`, request),
    accept: (request) => post(`${base}/accept`, request),
    events: () => new EventSource(`${base}/events`),
  };
}

/** The calls about one leaflet. */
export function leafletApi(name) {
  const base = addressOf(name);
  return {
    read: () => get(base),
    save: (request, options) => post(base, request, options),
    discard: (request) => post(`${base}/discard`, request),
    preview: (edition, variant, options) =>
      get(`${base}/preview?${query({ edition, variant })}`, options),
    diagnostics: (edition) => get(`${base}/diagnostics?${query({ edition })}`),
    quotes: () => get(`${base}/quotes`),
    state: () => get(`${base}/state`),
    source: (values, options) => get(`${base}/source?${query(values)}`, options),
    find: (values, options) => get(`${base}/find?${query(values)}`, options),
    excerpt: (values) => get(`${base}/excerpt?${query(values)}`),
    files: () => get(`${base}/files`),
    upload: (use, sent) => upload(`${base}/files?${query({ use, name: sent.name })}`, sent),
    word: () => file(`${base}/word`),
    markdown: () => file(`${base}/markdown`),
    differences: (sent) => upload(`${base}/differences?${query({ name: sent.name })}`, sent),
    arrived: () => get(`${base}/arrived`),
    lookedThrough: (request) => post(`${base}/arrived`, request),
    events: () => new EventSource(`${base}/events`),
    file: (edition, variant) => file(`${base}/file?${query({ edition, variant })}`),
    archive: (variant) => file(`${base}/archive?${query({ variant })}`),
  };
}
