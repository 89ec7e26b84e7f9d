// The page around the body: toolbar, content, tab bar, floating button.

import { h, pick, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

const PANELS = new Set(["section", "field", "accordion"]); // what iOS puts on grey ground

export function screen(spec, view) {
  const ios = view.kit.look === "ios";
  const grouped = ios && spec.body.some((part) => PANELS.has(part.type)) && pick(`${spec.app} ${spec.index} inset`, 4) > 0;
  const wallpaper = !spec.header && spec.body.some((part) => ["grid", "text"].includes(part.type));
  const body = h("div", { class: "body" }, spec.body.map(view.component));
  const content = h("ion-content", { class: `${grouped ? "grouped" : "plain"} ${wallpaper ? `wallpaper paper-${pick(`${spec.index}`, 5)}` : ""}` }, spec.header ? null : h("div", { class: "safe-top" }), body);
  if (spec.fab) content.append(fab(spec.fab, view));
  const page = h("div", { class: "ion-page" }, spec.header ? header(spec, view, ios) : null, content, spec.tabs ? tabs(spec.tabs, view, ios) : null);
  return { root: h("ion-app", { class: "app" }, page), scroller: () => content.getScrollElement() };
}

function header({ header: { title, large, back, actions, search }, scroll, app, index }, view, ios) {
  const big = ios && large && scroll === 0;
  const toolbar = h("ion-toolbar", {}, backButton(back, actions.length, view), h("ion-title", {}, big ? "" : words("title", title)), actionButtons(actions, view));
  const bars = [toolbar];
  if (big) bars.push(h("ion-toolbar", { class: "large" }, h("ion-title", { size: "large" }, words("title", title))));
  if (search) bars.push(h("ion-toolbar", {}, searchbar(search)));
  const coloured = !ios && pick(`${app} ${index} bar`, 3) === 0;
  for (const bar of coloured ? bars : []) bar.color = "primary";
  if (coloured) document.documentElement.classList.add("coloured-bar");
  const made = h("ion-header", { mark: { role: "header", name: title } }, bars);
  return solid(made);
}

// A narrow bar with several actions has no room for the words beside the arrow.
function backButton(back, actions, view) {
  if (back === null) return null;
  const room = view.spec.device.width / view.spec.theme.text_scale - 52 * actions;
  const label = back && view.kit.look === "ios" && room > 250 ? h("span", {}, back) : null;
  const info = { role: "back", name: back || "back", text: () => label?.textContent ?? null };
  return h("ion-buttons", { slot: "start" }, h("ion-button", { mark: info, class: "back" }, view.icon("back", { marked: false, filled: false, class: view.kit.look === "ios" ? "" : "arrow" }), label));
}

function actionButtons(actions, view) {
  const one = (name) => h("ion-button", { mark: { role: "action", name, icon: name, color: "ink" } }, view.icon(name, { marked: false, slot: "icon-only" }));
  return actions.length ? h("ion-buttons", { slot: "end" }, actions.map(one)) : null;
}

function searchbar(placeholder) {
  const bar = h("ion-searchbar", { placeholder });
  return mark(bar, { role: "search", name: placeholder, text: () => bar.value || bar.placeholder });
}

function fab(name, view) {
  const button = h("ion-fab-button", { mark: { role: "fab", name, icon: name, color: "fill" } }, view.icon(name, { marked: false }));
  return h("ion-fab", { slot: "fixed", vertical: "bottom", horizontal: "end" }, solid(button));
}

function tabs({ items, selected }, view, ios) {
  const buttons = items.map(({ icon, label, badge: count }, at) => {
    const chosen = at === selected;
    const drawn = view.icon(icon, { marked: false, filled: chosen || !ios });
    const button = h("ion-tab-button", { tab: `t${at}`, selected: chosen }, drawn, h("ion-label", {}, label), count ? h("ion-badge", { color: "danger", mark: { role: "badge", text: true, name: label, color: "fill" } }, count) : null);
    const state = () => ({ selected: button.classList.contains("tab-selected") });
    return mark(button, { role: "tab", name: label, icon, text: () => label, state });
  });
  const bar = h("ion-tab-bar", { selectedTab: `t${selected}` }, buttons);
  return solid(bar);
}
