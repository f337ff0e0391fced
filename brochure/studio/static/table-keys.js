/**
 * A table by keys, and what is pasted from a spreadsheet. A table has `columns`, `seen` (its rows that
 * are seen, each with `cells` by column), `cellOf(element)` and `fill(values)`.
 */

/** Enter leads to the same column of the next row, with Shift to that of the one before. */
export function press(event, table) {
  if (event.key !== "Enter" || event.isComposing || event.altKey
    || !event.target.matches("textarea")) return;
  event.preventDefault();
  const cell = table.cellOf(event.target);
  const rows = table.seen;
  const at = rows.findIndex((row) => row.cells.get(cell.column) === cell);
  const next = rows[at + (event.shiftKey ? -1 : 1)]?.cells.get(cell.column).focusable;
  next?.focus();
  next?.select();
}

/** Cells that were copied from a spreadsheet go into those from here on, down and to the right. */
export function paste(event, table) {
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const from = table.cellOf(event.target);
  if (!from || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const rows = table.seen;
  const first = rows.findIndex((row) => row.cells.get(from.column) === from);
  const left = table.columns.indexOf(from.column);
  const values = text.split("\n").flatMap((line, down) => line.split("\t").map((value, right) =>
    [rows[first + down]?.cells.get(table.columns[left + right]), value.trim() || null]));
  table.fill(values.filter(([cell]) => cell && !cell.control.readOnly));
}
