// A table of words.

import { h, words } from "../core/dom.js";

export function table({ columns, rows }) {
  const head = h("tr", {}, columns.map((column) => h("th", {}, words("table_header", column))));
  const body = rows.map((row) => {
    const cells = row.map((cell, at) => {
      const content = h("span", { mark: { role: "table_cell", text: true, tight: true, name: `${row[0]}, ${columns[at]}` } }, cell);
      return h("td", { class: /^[-+£$€¥%\d.,:\s]+$/.test(cell) ? "number" : "" }, content);
    });
    return h("tr", { mark: { role: "row", name: row[0] } }, cells);
  });
  return h("table", { class: "table" }, h("thead", {}, head), h("tbody", {}, body));
}
