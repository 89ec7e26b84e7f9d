// Pictured objects on coloured grounds, as photos stand in an app.

import { h, pick, words } from "../core/dom.js";

const GROUNDS = [
  ["#fde8d7", "#f7c59f"], ["#dff3e4", "#a8d5ba"], ["#dbeafe", "#a5c8f5"], ["#fce4ec", "#f5b3c8"], ["#ede7f6", "#c3b2e5"],
  ["#fff8d6", "#f5dd86"], ["#e0f7fa", "#9adbe3"], ["#eceff1", "#b9c5cc"], ["#3b4a5c", "#1f2937"], ["#f3ece3", "#d3c2ab"],
];

export function ground(name, view) {
  const [light, deep] = GROUNDS[pick(`${name} ${view.spec.index}`, GROUNDS.length)];
  return `radial-gradient(circle at 50% 35%, ${light}, ${deep})`;
}

// A picture that fills its frame; the frame's element carries the mark.
export function photo(name, view, props) {
  const frame = { ...props, class: `photo ${props?.class ?? ""}`, style: { background: ground(name, view), ...props?.style } };
  const info = { role: "picture", name, picture: name, state: props?.state };
  return h("div", { ...frame, state: null, mark: info }, h("img", { src: view.picture(name), alt: "" }));
}

export function picture({ name, caption, height }, view) {
  const frame = photo(name, view, { class: "picture", style: { height: `${height}px` } });
  return h("figure", {}, frame, caption ? h("figcaption", {}, words("caption", caption)) : null);
}

export function gallery({ columns, items }, view) {
  const cells = items.map((item) => cell(item, view));
  return h("div", { class: "gallery", style: { "--columns": columns } }, cells);
}

function cell({ name, caption, selected }, view) {
  const state = selected === undefined ? undefined : () => ({ selected: frame.classList.contains("selected") });
  const frame = photo(name, view, { class: `square ${selected ? "selected" : ""}`, state });
  if (selected) frame.append(h("span", { class: "tick" }, view.icon("check", { marked: false })));
  return h("div", {}, frame, caption ? h("div", { class: "gallery-caption" }, words("caption", caption)) : null);
}
