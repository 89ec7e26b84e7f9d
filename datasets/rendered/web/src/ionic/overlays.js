// What Ionic lays over a screen, marked once it is drawn.

import { h } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

const app = () => document.querySelector("ion-app");

async function present(tag, props, children = []) {
  const made = h(tag, { ...props, animated: false }, children);
  app().append(made);
  await made.present();
  return made;
}

const say = (element, role) => mark(element, { role, text: true, tight: true });

async function dialog({ title, text, buttons }) {
  const alert = await present("ion-alert", { header: title, message: text, buttons: buttons.map((words) => ({ text: words })) });
  const panel = alert.querySelector(".alert-wrapper");
  mark(solid(panel), { role: "dialog", name: title, text: () => text });
  say(alert.querySelector(".alert-title"), "heading");
  say(alert.querySelector(".alert-message"), "text");
  alert.querySelectorAll(".alert-button").forEach((button, at) => mark(button, { role: "dialog_button", text: true, name: buttons[at] }));
}

async function sheet({ title, options }) {
  const made = await present("ion-action-sheet", { header: title, buttons: options.map((text) => ({ text })) });
  mark(solid(made.querySelector(".action-sheet-group")), { role: "sheet", name: title });
  say(made.querySelector(".action-sheet-title"), "heading");
  made.querySelectorAll(".action-sheet-button").forEach((button, at) => mark(button, { role: "option", text: true, name: options[at] }));
}

async function toast({ text }) {
  const made = await present("ion-toast", { message: text, position: "bottom", duration: 0, positionAnchor: document.querySelector("ion-tab-bar") ?? undefined });
  const panel = made.shadowRoot.querySelector(".toast-wrapper");
  mark(solid(panel), { role: "toast", text: () => panel.querySelector(".toast-message").innerText.trim() });
}

async function menu({ options }, view) {
  const rows = options.map((text, at) =>
    h("ion-item", { lines: at === options.length - 1 ? "none" : undefined, mark: { role: "option", text: () => text, name: text } }, h("ion-label", {}, text)),
  );
  const scrim = h("div", { class: `menu-scrim ${view.kit.look}` });
  const panel = h("div", { class: `menu-panel ${view.kit.look}` }, h("ion-list", { lines: view.kit.look === "ios" ? undefined : "none" }, rows));
  mark(solid(panel), { role: "menu" });
  app().append(scrim, panel);
}

export const overlays = { dialog, sheet, toast, menu };
