/**
 * Where a value is in a leaflet: a list of steps. A step is a key, the index of an item, or {id} of
 * an item, which stays right when someone else changes the order.
 */

/** A path as a text, to compare it and to find things by it. */
export const keyOf = (path) => JSON.stringify(path);

/** Whether a path is another one or leads on from there. */
export const isWithin = (path, outer) =>
  outer.every((step, index) => JSON.stringify(step) === JSON.stringify(path[index]));

/** What `values` have at a path; null where there is nothing. */
export function valueAt(values, path) {
  let value = values;
  for (const step of path) {
    if (value === null || typeof value !== "object") return null;
    value =
      step !== null && typeof step === "object"
        ? Array.isArray(value) && value.find((item) => item?.id === step.id)
        : value[step];
    if (value === undefined || value === false && typeof step === "object") return null;
  }
  return value;
}

/** Put a value at a path of mappings in `mapping`, which is changed; null takes it away. */
export function putAt(mapping, path, value) {
  const [step, ...rest] = path;
  if (!rest.length) {
    if (value === null) delete mapping[step];
    else mapping[step] = value;
    return;
  }
  if (typeof mapping[step] !== "object" || mapping[step] === null) mapping[step] = {};
  putAt(mapping[step], rest, value);
  if (!Object.keys(mapping[step]).length) delete mapping[step];
}

/** The path of a passage. */
export const passagePath = (id) => ["passages", typeof id === "number" ? id : { id }];

/** What one can add to, and take from: passages, those that a variant adds, rows of a table. */
export const LISTS = ["passages", "add", "rows"];

/** The id of the passage that a path leads into, or null; of the row of a table likewise. */
export function passageOf(path) {
  if (!path || !LISTS.includes(path[0]) || path.length < 2) return null;
  return typeof path[1] === "object" ? path[1].id : path[1];
}

/** Whether two plain values (texts, lists, mappings) are the same. */
export const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
