/** Signs for states: each has an outline and a mark of its own; colour comes on top. */

const SVG = "http://www.w3.org/2000/svg";
export const ROUND = "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z";
export const SQUARE = "M2 2h12v12H2z";
export const DIAMOND = "M8 .5 15.5 8 8 15.5.5 8z";
const TRIANGLE = "M8 1.2 15.2 14.5H.8z";
const STATES = {
  base: [ROUND, ""],
  fine: [ROUND, "M4.6 8.2 7 10.6l4.6-5"],
  redundant: [SQUARE, "M4.5 6.4h7M4.5 9.6h7"],
  new: [DIAMOND, "M8 4.6v6.8M4.6 8h6.8"],
  stale: [TRIANGLE, "M8 5.6v4.2M8 11.6v.4"],
  orphaned: [SQUARE, "M5 5l6 6M11 5l-6 6"],
  broken: [SQUARE, "M5 5l6 6M11 5l-6 6"],
};

/** A sign within an outline. */
export function drawn(outline, sign) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", class: "shape",
    "aria-hidden": "true", focusable: "false" })) svg.setAttribute(name, value);
  for (const [name, path] of [["outline", outline], ["sign", sign]]) {
    const made = document.createElementNS(SVG, "path");
    made.setAttribute("class", name);
    made.setAttribute("d", path);
    svg.append(made);
  }
  return svg;
}

/** The sign of a state of a variant, or of one of its texts. */
export function stateShape(state) {
  const svg = drawn(...STATES[state]);
  svg.classList.add(state);
  svg.classList.toggle("hollow", state === "base");
  return svg;
}
