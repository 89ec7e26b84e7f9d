// Buttons, choices and inputs.

import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { stepper as plainStepper } from "../common/item.js";
import { onColor } from "../core/theme.js";

const FILLS = { filled: "solid", outline: "outline", text: "clear" };

export function button({ label, style, icon, disabled, color }, view) {
  const own = style === "filled" ? { "--background": color, "--color": color && onColor(color) } : { "--color": color, "--border-color": color };
  const drawn = icon ? view.icon(icon, { marked: false, slot: "start" }) : null;
  const made = h("ion-button", { fill: FILLS[style], expand: "block", disabled: Boolean(disabled), style: color ? own : {} }, drawn, label);
  const state = () => (disabled === undefined ? {} : { disabled: made.disabled });
  return mark(made, { role: "button", text: () => label, name: label, icon: icon ?? null, state, color: style === "filled" ? "fill" : "ink" });
}

export function rowButton(label, item) {
  const made = h("ion-button", { size: "small", fill: "solid", shape: "round", disabled: Boolean(item.disabled) }, label);
  return mark(made, { role: "button", text: () => label, name: item.label, color: "fill" });
}

export function segments({ options, selected }) {
  const buttons = options.map((option, at) => {
    const made = h("ion-segment-button", { value: `s${at}` }, h("ion-label", {}, option));
    const state = () => ({ selected: made.classList.contains("segment-button-checked") });
    return mark(made, { role: "segment", text: () => option, name: option, state });
  });
  return h("ion-segment", { value: `s${selected}` }, buttons);
}

export function chips({ options, selected }) {
  const made = options.map((option, at) => {
    const chosen = selected.includes(at);
    const chip = h("ion-chip", { outline: !chosen, class: chosen ? "chosen" : "" }, h("ion-label", {}, option));
    return mark(chip, { role: "chip", text: () => option, name: option, state: () => ({ selected: !chip.outline }), color: "fill" });
  });
  return h("div", { class: "chips" }, made);
}

const TYPES = { text: "text", password: "password", number: "text", search: "search" };

export function field({ label, value, placeholder, kind, focused, error }, view) {
  if (kind === "search") return searchField(label, value, placeholder);
  const ios = view.kit.look === "ios";
  const shown = { label, labelPlacement: "stacked", placeholder, value, type: TYPES[kind], errorText: error, fill: ios ? undefined : "outline" };
  const input = h("ion-input", { ...shown, class: `field ${error ? "ion-invalid ion-touched" : ""} ${focused ? "focused-field" : ""}` });
  const text = () => (value ? (kind === "password" ? "•".repeat(input.value.length) : input.value) : (placeholder ?? null));
  const box = h("div", { class: `field-box ${ios ? "boxed" : ""}` }, input);
  mark(ios ? box : input, { role: "field", name: label, text, state: () => (focused === undefined ? {} : { focused: input.contains(document.activeElement) }) });
  if (focused) view.focus = () => input.setFocus();
  return box;
}

function searchField(label, value, placeholder) {
  const bar = h("ion-searchbar", { placeholder: placeholder ?? label, value });
  return mark(bar, { role: "field", name: label, text: () => bar.value || bar.placeholder });
}

export function slider({ label, value, min, max }) {
  const range = h("ion-range", { min, max, step: (max - min) / 1000, value, ariaLabel: label });
  mark(range, { role: "slider", name: label, state: () => ({ value: Number(range.value.toFixed(6)) }) });
  return [h("div", { class: "control-label" }, words("label", label)), range];
}

export function progress({ label, value }) {
  const bar = h("ion-progress-bar", { value });
  mark(bar, { role: "progress", name: label, state: () => ({ progress: bar.value }) });
  const head = h("div", { class: "control-label" }, words("label", label), words("value", `${Math.round(value * 100)}%`));
  return [head, bar];
}

export function stepper({ label, value }, view) {
  return h("div", { class: "control-line" }, words("label", label), plainStepper({ value }, label, view));
}
