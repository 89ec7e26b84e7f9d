// The parts of a row, marked, for each kit to lay out in its own list.

import { h, pick, words } from "../core/dom.js";
import { badge } from "./badge.js";
import { photo } from "./picture.js";

const GROUNDS = ["#f28b82", "#fbbc04", "#34a853", "#4285f4", "#a142f4", "#24c1e0", "#ff8bcb", "#9aa0a6", "#e8710a", "#129eaf"];

export function avatar(initials, about) {
  const color = GROUNDS[pick(about, GROUNDS.length)];
  return h("div", { class: "avatar", style: { background: color }, mark: { role: "avatar", text: true, name: about, color: "fill" } }, initials);
}

// What stands at the row's start, or null.
export function start(item, view) {
  if (item.picture) return photo(item.picture, view, { class: "thumb" });
  if (item.avatar) return avatar(item.avatar, item.label);
  if (!item.icon) return null;
  if (view.kit.look !== "ios" || !item.icon_color) {
    return view.icon(item.icon, { name: item.label, class: "row-icon", style: item.icon_color ? { color: item.icon_color } : {} });
  }
  const info = { role: "icon", icon: item.icon, name: item.label, color: "fill" };
  return h("span", { class: "icon-tile", style: { background: item.icon_color }, mark: info }, view.icon(item.icon, { filled: true, marked: false }));
}

export const label = (item) => words("label", item.label, { class: "row-label" });
export const detail = (item) => (item.detail ? words("detail", item.detail, { class: "row-detail" }) : null);
export const value = (item) => (item.value ? h("span", { class: "row-value", mark: { role: "value", text: true, tight: true, name: item.label } }, item.value) : null);
export const rowBadge = (item) => badge(item.badge, "row-badge", item.label);

// Controls that look alike in all kits.
export function plainControl(control, item, view) {
  if (control.type === "chevron") return view.icon("right", { class: "chevron", role: "chevron", name: item.label });
  if (control.type === "star") return star(control, item, view);
  if (control.type === "progress") return ring(control, item);
  return null;
}

function star({ on }, item, view) {
  const drawn = view.icon("star", { filled: on, marked: false });
  const state = () => ({ on: holder.classList.contains("on") });
  const holder = h("span", { class: `row-star ${on ? "on" : ""}`, mark: { role: "star", name: item.label, icon: "star", state, color: "ink" } }, drawn);
  return holder;
}

function ring({ value: share }, item) {
  const done = h("i", { style: { width: `${share * 100}%` } });
  const info = { role: "progress", name: item.label, state: () => ({ progress: Number((parseFloat(done.style.width) / 100).toFixed(4)) }) };
  return h("span", { class: "row-progress", mark: info }, done);
}

export function rowMark(item, disabled) {
  return { role: "row", name: item.label, state: () => (item.disabled === undefined ? {} : { disabled: disabled() }) };
}

// - n + : in a row or alone.
export function stepper(control, name, view) {
  const number = h("span", { class: "stepper-value" }, String(control.value));
  const info = { role: "stepper", name, text: () => number.textContent, state: () => ({ value: Number(number.textContent) }) };
  return h("span", { class: "stepper", mark: info }, h("span", { class: "stepper-side" }, view.icon("minus", { marked: false })), number, h("span", { class: "stepper-side" }, view.icon("plus", { marked: false })));
}
