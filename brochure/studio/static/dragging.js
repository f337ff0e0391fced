/**
 * Rows are dragged by their grips, with mouse, pen or finger: a line shows where the row would go.
 * Escape, and a row that is let go where it was, change nothing. Buttons do the same by keyboard.
 */

import { h } from "./dom.js";

const EDGE = 80; // pixels from the edge of the screen where it begins to scroll
const STEP = 14; // pixels of each frame

/** Let the rows of a list be dragged; `dropped(row, before)` moves one (before null: to the end). */
export function letDrag(list, dropped) {
  const line = h("li", { class: "drop-line", "aria-hidden": "true" });
  let row = null;
  let before = null;
  let y = 0;
  const rows = () => [...list.querySelectorAll(":scope > .passage")];

  function aim() {
    before = rows().find((one) => {
      const { top, height } = one.getBoundingClientRect();
      return y < top + height / 2;
    }) ?? null;
    list.insertBefore(line, before);
  }

  function roll() {
    if (!row) return;
    const step = y < EDGE ? -STEP : y > innerHeight - EDGE ? STEP : 0;
    if (step) {
      scrollBy({ top: step, behavior: "instant" });
      aim();
    }
    requestAnimationFrame(roll);
  }

  function end() {
    row?.classList.remove("dragged");
    line.remove();
    row = null;
  }

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    row = grip.closest(".passage");
    row.classList.add("dragged");
    y = event.clientY;
    aim();
    roll();
  });
  list.addEventListener("pointermove", (event) => {
    if (!row) return;
    y = event.clientY;
    aim();
  });
  list.addEventListener("pointerup", () => {
    const moved = row;
    const target = before;
    end();
    if (moved && target !== moved && target !== next(moved)) dropped(moved, target);
  });
  list.addEventListener("pointercancel", end);
  document.addEventListener("keydown", (event) => {
    if (row && event.key === "Escape") end();
  });

  const next = (one) => rows()[rows().indexOf(one) + 1] ?? null;
}
