// A small count or word on something.

import { h } from "../core/dom.js";

export function badge(text, className, about) {
  if (text === null || text === undefined) return null;
  return h("span", { class: `badge ${className ?? ""}`, mark: { role: "badge", text: true, name: about ?? null, color: "fill" } }, text);
}
