// Words on the page: titles, paragraphs, banners, rows of buttons, lines.

import { h, words } from "../core/dom.js";

const ROLES = { title: "title", heading: "heading", body: "text", caption: "caption" };
const TONES = { info: "info", success: "check-circle", warning: "warning", danger: "error" };

export function text({ style, text: printed }) {
  return h("div", { class: `text-${style}` }, words(ROLES[style], printed));
}

export function banner({ text: printed, icon, tone }, view) {
  const box = { class: `banner tone-${tone}`, mark: { role: "banner", text: true, color: "fill" } };
  const name = icon ?? TONES[tone];
  return h("div", box, view.icon(name, { class: "banner-icon", marked: Boolean(icon) }), h("span", {}, printed));
}

export function buttons({ items }, view) {
  return h("div", { class: "buttons" }, items.map((item) => view.kit.components.button(item, view)));
}

export function divider() {
  return h("div", { class: "divider" });
}
