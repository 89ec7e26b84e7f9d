// Launchers: icons with labels, in columns.

import { h, pick, words } from "../core/dom.js";
import { badge } from "./badge.js";

const COLORS = ["#ff9500", "#34c759", "#007aff", "#ff3b30", "#af52de", "#5ac8fa", "#ff2d55", "#5856d6", "#8e8e93", "#00897b"];

export function grid({ columns, items }, view) {
  const cells = items.map(({ icon, label, badge: count, color }) => {
    const tint = color ?? COLORS[pick(label, COLORS.length)];
    const tile = h("div", { class: "tile", style: { background: tint } }, view.icon(icon, { marked: false, filled: true }), badge(count, "tile-badge", label));
    const info = { role: "app_icon", name: label, icon, color: () => tint };
    return h("div", { class: "launcher", mark: info }, tile, h("div", { class: "launcher-label" }, words("label", label)));
  });
  return h("div", { class: "grid", style: { "--columns": columns } }, cells);
}
