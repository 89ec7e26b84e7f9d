// A notification that has just slid in from the top.

import { h, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

const NOW = { en: "now", zh: "现在" };

export function notification({ app, title, text }, view) {
  const head = h("div", { class: "notification-head" }, h("span", { class: "notification-icon" }, app.slice(0, 1)), words("caption", app), words("caption", NOW[view.language]));
  const panel = h("div", { class: "notification" }, head, h("div", { class: "notification-title" }, words("heading", title)), h("div", { class: "notification-text" }, words("text", text)));
  mark(panel, { role: "notification", name: app });
  document.getElementById("phone").append(solid(panel));
}
