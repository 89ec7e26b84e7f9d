// The page around the body. Material Web has no app bar, so it is plain HTML with Material's sizes.

import { h, pick, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

export function screen(spec, view) {
  const wallpaper = !spec.header && spec.body.some((part) => ["grid", "text"].includes(part.type));
  const scroller = h("div", { class: `scroller ${wallpaper ? `wallpaper paper-${pick(`${spec.index}`, 5)}` : ""}` }, spec.header ? null : h("div", { class: "safe-top" }), h("div", { class: "body" }, spec.body.map(view.component)));
  const fab = spec.fab ? floating(spec.fab, spec.tabs, view) : null;
  const root = h("div", { class: "app page" }, spec.header ? header(spec, view) : null, scroller, fab, spec.tabs ? tabs(spec.tabs, view) : null);
  return { root, scroller: () => scroller };
}

function header({ header: { title, large, back, actions, search }, scroll }, view) {
  const tinted = scroll > 0 ? "tinted" : "";
  const big = large && scroll === 0;
  const line = h("div", { class: "bar-line" }, backButton(back, view), h("div", { class: "bar-title" }, big ? "" : words("title", title)), actions.map((name) => action(name, view)));
  const parts = [line, big ? h("div", { class: "bar-large" }, words("title", title)) : null, search ? searchBar(search, view) : null];
  return solid(h("div", { class: `bar ${tinted}`, mark: { role: "header", name: title } }, parts));
}

function backButton(back, view) {
  if (back === null) return h("span", { class: "bar-space" });
  return h("md-icon-button", { mark: { role: "back", name: back || "back" } }, view.icon("back", { marked: false }));
}

const action = (name, view) => h("md-icon-button", { mark: { role: "action", name, icon: name, color: "ink" } }, view.icon(name, { marked: false }));

function searchBar(placeholder, view) {
  const shown = h("span", { class: "search-words" }, placeholder);
  return h("div", { class: "search", mark: { role: "search", name: placeholder, text: () => shown.textContent } }, view.icon("search", { marked: false }), shown);
}

function floating(name, tabs, view) {
  const made = h("md-fab", { class: `floating ${tabs ? "above-tabs" : ""}`, variant: "primary", mark: { role: "fab", name, icon: name, color: "fill" } }, view.icon(name, { marked: false, slot: "icon" }));
  return solid(made);
}

function tabs({ items, selected }, view) {
  const made = items.map(({ icon, label, badge }, at) => {
    const tab = h("md-navigation-tab", { label, badgeValue: badge ?? "", showBadge: Boolean(badge), active: at === selected }, view.icon(icon, { marked: false, filled: true, slot: "active-icon" }), view.icon(icon, { marked: false, slot: "inactive-icon" }));
    return mark(tab, { role: "tab", name: label, icon, text: () => tab.label, state: () => ({ selected: tab.active }) });
  });
  const bar = h("md-navigation-bar", { activeIndex: selected, class: "tabs" }, made);
  bar.updateComplete.then(() => markBadges(items, made));
  return solid(bar);
}

async function markBadges(items, tabs) {
  for (const [at, tab] of tabs.entries()) {
    await tab.updateComplete;
    const drawn = tab.shadowRoot.querySelector("md-badge");
    if (items[at].badge && drawn) mark(drawn, { role: "badge", text: () => drawn.value, name: items[at].label });
  }
}
