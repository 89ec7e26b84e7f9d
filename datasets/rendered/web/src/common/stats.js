// Key figures side by side.

import { h, words } from "../core/dom.js";

export function stats({ items }, view) {
  const cells = items.map(({ label, value, unit, icon }) => {
    const figure = h("div", { class: `stat-figure ${`${value}${unit ?? ""}`.length > 6 ? "long" : ""}`, mark: { role: "stat", name: label, text: true, tight: true } }, value, unit ? h("small", {}, ` ${unit}`) : null);
    return h("div", { class: "stat" }, icon ? view.icon(icon, { class: "stat-icon", name: label }) : null, figure, h("div", { class: "stat-label" }, words("label", label)));
  });
  return h("div", { class: "stats", style: { "--columns": items.length % 3 === 0 ? 3 : Math.min(items.length, 2) } }, cells);
}
