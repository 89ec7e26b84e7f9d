// Stars, of which a half may be full.

import { h, words } from "../core/dom.js";

export function stars(value, view, name) {
  const one = (index) => {
    const share = Math.max(0, Math.min(1, value - index)) * 100;
    const full = h("span", { class: "star-full", style: { width: `${share}%` } }, view.icon("star", { filled: true, marked: false }));
    return h("span", { class: "star" }, view.icon("star", { filled: view.kit.look === "android", marked: false, class: "star-empty" }), full);
  };
  const row = h("span", { class: "stars", mark: { role: "rating", name, state: () => ({ value: count(row) }) } }, [0, 1, 2, 3, 4].map(one));
  return row;
}

const count = (row) => [...row.querySelectorAll(".star-full")].reduce((sum, star) => sum + parseFloat(star.style.width) / 100, 0);

export function rating({ label, value }, view) {
  return h("div", { class: "rating" }, label ? words("label", label) : null, stars(value, view, label ?? null));
}
