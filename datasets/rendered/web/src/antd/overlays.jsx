// What antd-mobile lays over a screen, drawn into the phone and marked.

import { ActionSheet, Dialog } from "antd-mobile";
import { h } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";
import { drawn } from "./react.jsx";

const phone = () => document.getElementById("phone");
const say = (element, role) => mark(element, { role, text: true, tight: true });

// Draws an overlay into the phone and gives its panel.
function shown(component, panel) {
  const holder = drawn(component, "overlay");
  phone().append(holder);
  return solid(phone().querySelector(panel));
}

function dialog({ title, text, buttons }) {
  const actions = [buttons.map((label, at) => ({ key: String(at), text: label, bold: at === buttons.length - 1 }))];
  const panel = shown(<Dialog visible title={title} content={text} actions={buttons.length > 2 ? actions[0] : actions} getContainer={phone} />, ".adm-center-popup-wrap");
  mark(panel, { role: "dialog", name: title, text: () => text });
  say(panel.querySelector(".adm-dialog-title"), "heading");
  say(panel.querySelector(".adm-dialog-content .adm-auto-center-content") ?? panel.querySelector(".adm-dialog-content"), "text");
  for (const button of panel.querySelectorAll(".adm-dialog-button")) mark(button, { role: "dialog_button", text: true, name: button.innerText.trim() });
}

function sheet({ title, options }) {
  const panel = shown(<ActionSheet visible extra={title} actions={options.map((text, key) => ({ text, key }))} getContainer={phone} />, ".adm-popup-body");
  mark(panel, { role: "sheet", name: title });
  say(panel.querySelector(".adm-action-sheet-extra"), "heading");
  for (const button of panel.querySelectorAll(".adm-action-sheet-button-item")) mark(button, { role: "option", text: true, name: button.innerText.trim() });
}

function toast({ text }) {
  const panel = h("div", { class: "toast-panel" }, text);
  mark(solid(panel), { role: "toast", text: () => panel.textContent });
  phone().append(panel);
}

function menu({ options }) {
  const rows = options.map((option) => h("div", { class: "menu-row", mark: { role: "option", text: () => option, name: option } }, option));
  const panel = h("div", { class: "menu-panel" }, rows);
  mark(solid(panel), { role: "menu" });
  phone().append(panel);
}

export const overlays = { dialog, sheet, toast, menu };
