// The page around the body.

import { NavBar, SearchBar, TabBar } from "antd-mobile";
import { h, pick, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";
import { drawn, Slot } from "./react.jsx";

export function screen(spec, view) {
  const wallpaper = !spec.header && spec.body.some((part) => ["grid", "text"].includes(part.type));
  const paper = wallpaper ? `wallpaper paper-${pick(`${spec.index}`, 5)}` : "";
  const scroller = h("div", { class: `scroller ${paper}` }, spec.header ? null : h("div", { class: "safe-top" }), h("div", { class: "body" }, spec.body.map(view.component)));
  const fab = spec.fab ? floating(spec.fab, spec.tabs, view) : null;
  const root = h("div", { class: "app page" }, spec.header ? header(spec, view) : null, scroller, fab, spec.tabs ? tabs(spec.tabs, view) : null);
  return { root, scroller: () => scroller };
}

function header({ header: { title, large, back, actions, search } }, view) {
  const right = actions.map((name) => h("span", { class: "nav-action", mark: { role: "action", name, icon: name, color: "ink" } }, view.icon(name, { marked: false })));
  const arrow = back === null ? null : h("span", { class: "nav-back", mark: { role: "back", name: back || "back", text: () => back || null } }, view.icon("left", { marked: false }), back || null);
  const bar = drawn(
    <NavBar backIcon={false} back={null} left={arrow && <Slot nodes={arrow} />} right={right.length ? <Slot nodes={right} /> : null}>
      <Slot nodes={large ? [] : words("title", title)} />
    </NavBar>,
  );
  const big = large ? h("div", { class: "nav-large" }, words("title", title)) : null;
  return solid(h("div", { class: "nav", mark: { role: "header", name: title } }, bar, big, search ? searchBar(search) : null));
}

function searchBar(placeholder) {
  const holder = drawn(<SearchBar placeholder={placeholder} />, "nav-search");
  const input = holder.querySelector("input");
  mark(holder.firstElementChild, { role: "search", name: placeholder, text: () => input.value || input.placeholder });
  return holder;
}

function floating(name, tabs, view) {
  const button = h("div", { class: `floating ${tabs ? "above-tabs" : ""}`, mark: { role: "fab", name, icon: name, color: "fill" } }, view.icon(name, { marked: false }));
  return solid(button);
}

function tabs({ items, selected }, view) {
  const holder = drawn(
    <TabBar activeKey={String(selected)} safeArea={false}>
      {items.map(({ icon, label, badge }, at) => (
        <TabBar.Item key={String(at)} title={label} badge={badge} icon={<Slot nodes={view.icon(icon, { marked: false, filled: at === selected })} />} />
      ))}
    </TabBar>,
    "tabs",
  );
  [...holder.querySelectorAll(".adm-tab-bar-item")].forEach((tab, at) => {
    const { icon, label } = items[at];
    mark(tab, { role: "tab", name: label, icon, text: () => tab.querySelector(".adm-tab-bar-item-title").innerText, state: () => ({ selected: tab.classList.contains("adm-tab-bar-item-active") }) });
    mark(tab.querySelector(".adm-badge"), { role: "badge", text: true, name: label, color: "fill" });
  });
  return solid(holder);
}
