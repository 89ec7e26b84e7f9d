// What lies over a screen: Material Web's dialog, and a sheet, a snackbar and a menu in Material's sizes.

import { h, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

const phone = () => document.getElementById("phone");

async function dialog({ title, text, buttons }) {
  const actions = buttons.map((label) => h("md-text-button", { mark: { role: "dialog_button", text: () => label, name: label } }, label));
  const made = h("md-dialog", { quick: true }, h("div", { slot: "headline" }, words("heading", title)), h("div", { slot: "content" }, words("text", text)), h("div", { slot: "actions" }, actions));
  phone().append(made);
  await made.updateComplete;
  await made.show();
  const panel = made.shadowRoot.querySelector(".container");
  mark(solid(panel), { role: "dialog", name: title, text: () => text });
}

function sheet({ title, options }) {
  const rows = options.map((option) => h("md-list-item", { mark: { role: "option", text: () => option, name: option } }, h("div", { slot: "headline" }, option)));
  const panel = h("div", { class: "sheet" }, h("div", { class: "sheet-handle" }), h("div", { class: "sheet-title" }, words("heading", title)), h("md-list", {}, rows));
  mark(solid(panel), { role: "sheet", name: title });
  phone().append(h("div", { class: "scrim" }), panel);
}

function toast({ text }, view) {
  const panel = h("div", { class: `snackbar ${view.spec.tabs ? "above-tabs" : ""}` }, h("span", {}, text));
  mark(solid(panel), { role: "toast", text: () => panel.textContent });
  phone().append(panel);
}

function menu({ options }) {
  const rows = options.map((option) => h("md-list-item", { class: "menu-row", mark: { role: "option", text: () => option, name: option } }, h("div", { slot: "headline" }, option)));
  const panel = h("div", { class: "menu-panel" }, h("md-list", {}, rows));
  mark(solid(panel), { role: "menu" });
  phone().append(panel);
}

export const overlays = { dialog, sheet, toast, menu };
