// What lies over a screen: where it stands is drawn by lot too.

import { h, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

const phone = () => document.getElementById("phone");

function dialog({ title, text, buttons }) {
  const actions = buttons.map((label) => h("span", { class: "dialog-button", mark: { role: "dialog_button", text: () => label, name: label } }, label));
  const panel = h("div", { class: "dialog" }, h("div", { class: "dialog-title" }, words("heading", title)), h("div", { class: "dialog-text" }, words("text", text)), h("div", { class: "dialog-buttons" }, actions));
  mark(solid(panel), { role: "dialog", name: title, text: () => text });
  phone().append(h("div", { class: "scrim middle" }, panel));
}

const option = (words) => h("div", { class: "option", mark: { role: "option", text: () => words, name: words } }, words);

function sheet({ title, options }) {
  const panel = h("div", { class: "sheet" }, h("div", { class: "sheet-title" }, words("heading", title)), options.map(option));
  mark(solid(panel), { role: "sheet", name: title });
  phone().append(h("div", { class: "scrim" }), panel);
}

function toast({ text }) {
  const panel = h("div", { class: "toast" }, text);
  mark(solid(panel), { role: "toast", text: () => panel.textContent });
  phone().append(h("div", { class: "toast-place" }, panel));
}

function menu({ options }) {
  const panel = h("div", { class: "menu-panel" }, options.map(option));
  mark(solid(panel), { role: "menu" });
  phone().append(h("div", { class: "menu-scrim" }), panel);
}

export const overlays = { dialog, sheet, toast, menu };
