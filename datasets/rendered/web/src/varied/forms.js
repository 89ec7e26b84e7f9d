// Buttons, choices and inputs.

import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { stepper as plainStepper } from "../common/item.js";
import { onColor } from "../core/theme.js";

const has = (element, name) => element.classList.contains(name);

export function button({ label, style, icon, disabled, color }, view) {
  const own = color ? { "--tone": color, "--on-tone": onColor(color) } : {};
  const made = h("div", { class: `button ${style} ${disabled ? "disabled" : ""}`, style: own }, icon ? view.icon(icon, { marked: false }) : null, h("span", {}, label));
  const state = () => (disabled === undefined ? {} : { disabled: has(made, "disabled") });
  return mark(made, { role: "button", text: () => label, name: label, icon: icon ?? null, state, color: style === "filled" ? "fill" : "ink" });
}

const choice = (role, option, chosen) => {
  const made = h("span", { class: `${role} ${chosen ? "selected" : ""}` }, option);
  return mark(made, { role, text: () => option, name: option, state: () => ({ selected: has(made, "selected") }), color: "fill" });
};

export function segments({ options, selected }) {
  return h("div", { class: "segments" }, options.map((option, at) => choice("segment", option, at === selected)));
}

export function chips({ options, selected }) {
  return h("div", { class: "chips" }, options.map((option, at) => choice("chip", option, selected.includes(at))));
}

const TYPES = { text: "text", password: "password", number: "text", search: "search" };

export function field({ label, value, placeholder, kind, focused, error }, view) {
  const input = h("input", { type: TYPES[kind], value: value ?? "", placeholder: placeholder ?? "" });
  const lead = kind === "search" ? view.icon("search", { marked: false, filled: false }) : null;
  const box = h("div", { class: `field ${error ? "wrong" : ""} ${focused ? "focused-field" : ""}` }, lead, h("div", { class: "field-words" }, h("div", { class: "field-label" }, label), input));
  const text = () => (input.value ? (kind === "password" ? "•".repeat(input.value.length) : input.value) : input.placeholder || null);
  mark(box, { role: "field", name: label, text, state: () => (focused === undefined ? {} : { focused: document.activeElement === input }) });
  if (focused) view.focus = () => input.focus();
  return error ? [box, h("div", { class: "field-error" }, error)] : box;
}

// A track, what of it is done, and a knob.
export function bar({ value, min, max }, name, className) {
  const at = `${((value - min) / (max - min)) * 100}%`;
  const made = h("span", { class: `slider ${className}` }, h("span", { class: "slider-track" }, h("i", { style: { width: at } }), h("b", { style: { left: at } })));
  const now = () => min + ((max - min) * parseFloat(made.querySelector("i").style.width)) / 100;
  return mark(made, { role: "slider", name, state: () => ({ value: Number(now().toFixed(6)) }) });
}

export function slider({ label, value, min, max }) {
  return [h("div", { class: "control-label" }, words("label", label)), bar({ value, min, max }, label, "wide")];
}

export function progress({ label, value }) {
  const done = h("i", { style: { width: `${value * 100}%` } });
  const state = () => ({ progress: Number((parseFloat(done.style.width) / 100).toFixed(6)) });
  const drawn = h("div", { class: "meter", mark: { role: "progress", name: label, state } }, done);
  return [h("div", { class: "control-label" }, words("label", label), words("value", `${Math.round(value * 100)}%`)), drawn];
}

export function stepper({ label, value }, view) {
  return h("div", { class: "control-line" }, words("label", label), plainStepper({ value }, label, view));
}
