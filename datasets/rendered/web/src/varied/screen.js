// The page around the body: a bar, what scrolls, tabs, a floating button.

import { h, pick, words } from "../core/dom.js";
import { solid } from "../core/marks.js";

export function screen(spec, view) {
  const wallpaper = !spec.header && spec.body.some((part) => ["grid", "text"].includes(part.type));
  const paper = wallpaper ? `wallpaper paper-${pick(`${spec.index}`, 5)}` : "";
  const scroller = h("div", { class: `scroller ${paper}` }, spec.header ? null : h("div", { class: "safe-top" }), h("div", { class: "body" }, spec.body.map(view.component)));
  const floating = spec.fab ? fab(spec.fab, spec.tabs, view) : null;
  const root = h("div", { class: "app page" }, spec.header ? header(spec, view) : null, scroller, floating, spec.tabs ? tabs(spec.tabs, view) : null);
  return { root, scroller: () => scroller };
}

function header({ header: { title, large, back, actions, search }, scroll }, view) {
  const big = large && scroll === 0;
  const sides = [h("div", { class: "bar-side" }, backButton(back, view)), h("div", { class: "bar-side end" }, actions.map((name) => action(name, view)))];
  const line = h("div", { class: "bar-line" }, sides[0], h("div", { class: "bar-title" }, big ? "" : words("title", title)), sides[1]);
  const parts = [line, big ? h("div", { class: "bar-large" }, words("title", title)) : null, search ? searchBar(search, view) : null];
  return solid(h("div", { class: "bar", mark: { role: "header", name: title } }, parts));
}

const backButton = (back, view) =>
  back === null ? null : h("span", { class: "touch", mark: { role: "back", name: back || "back" } }, view.icon(pick(`${view.spec.id} back`, 2) ? "back" : "left", { marked: false, filled: false }));

const action = (name, view) => h("span", { class: "touch", mark: { role: "action", name, icon: name, color: "ink" } }, view.icon(name, { marked: false }));

function searchBar(placeholder, view) {
  const shown = h("span", { class: "search-words" }, placeholder);
  return h("div", { class: "search", mark: { role: "search", name: placeholder, text: () => shown.textContent } }, view.icon("search", { marked: false, filled: false }), shown);
}

function fab(name, tabs, view) {
  const made = h("div", { class: `floating ${tabs ? "above-tabs" : ""}`, mark: { role: "fab", name, icon: name, color: "fill" } }, view.icon(name, { marked: false }));
  return solid(made);
}

function tabs({ items, selected }, view) {
  const made = items.map(({ icon, label, badge }, at) => {
    const count = badge ? h("span", { class: "badge tab-badge", mark: { role: "badge", text: true, name: label, color: "fill" } }, badge) : null;
    const drawn = h("span", { class: "tab-icon" }, view.icon(icon, { marked: false, filled: at === selected ? true : undefined }), count);
    const tab = h("div", { class: `tab ${at === selected ? "selected" : ""}` }, drawn, h("span", { class: "tab-label" }, label));
    const info = { role: "tab", name: label, icon, text: () => label, state: () => ({ selected: tab.classList.contains("selected") }) };
    return h("div", { class: "tab-cell", mark: info }, tab);
  });
  return solid(h("div", { class: "tabs" }, made));
}
