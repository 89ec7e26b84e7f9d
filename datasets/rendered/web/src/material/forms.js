// Buttons, choices and inputs.

import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { stepper as plainStepper } from "../common/item.js";
import { onColor } from "../core/theme.js";

const TAGS = { filled: "md-filled-button", outline: "md-outlined-button", text: "md-text-button" };

export function button({ label, style, icon, disabled, color }, view) {
  const kind = style === "outline" ? "outlined" : style;
  const own = { [`--md-${kind}-button-${style === "filled" ? "container" : "label-text"}-color`]: color };
  if (style === "filled") Object.assign(own, { "--md-filled-button-label-text-color": onColor(color ?? "#000000"), "--md-filled-button-icon-color": onColor(color ?? "#000000") });
  const drawn = icon ? view.icon(icon, { marked: false, slot: "icon" }) : null;
  const made = h(TAGS[style], { disabled: Boolean(disabled), class: "wide", style: color ? own : {} }, drawn, label);
  const state = () => (disabled === undefined ? {} : { disabled: made.disabled });
  const ink = () => color ?? getComputedStyle(document.documentElement).getPropertyValue("--accent");
  return mark(made, { role: "button", text: () => label, name: label, icon: icon ?? null, state, color: style === "filled" ? "fill" : ink });
}

export function segments({ options, selected }) {
  const made = options.map((option, at) => {
    const one = h("md-outlined-segmented-button", { label: option, selected: at === selected, noCheckmark: options.length > 3 });
    return mark(one, { role: "segment", text: () => one.label, name: option, state: () => ({ selected: one.selected }) });
  });
  return h("md-outlined-segmented-button-set", {}, made);
}

export function chips({ options, selected }) {
  const made = options.map((option, at) => {
    const chip = h("md-filter-chip", { label: option, selected: selected.includes(at) });
    return mark(chip, { role: "chip", text: () => chip.label, name: option, state: () => ({ selected: chip.selected }) });
  });
  return h("md-chip-set", {}, made);
}

const TYPES = { text: "text", password: "password", number: "text", search: "search" };

export function field({ label, value, placeholder, kind, focused, error }, view) {
  const tag = view.spec.index % 2 ? "md-outlined-text-field" : "md-filled-text-field";
  const shown = { label, value, placeholder: placeholder ?? "", type: TYPES[kind], error: Boolean(error), errorText: error ?? "" };
  const lead = kind === "search" ? view.icon("search", { marked: false, slot: "leading-icon" }) : null;
  const made = h(tag, { ...shown, class: `field ${focused ? "focused-field" : ""}` }, lead);
  const empty = () => (focused && placeholder ? placeholder : null); // a resting label hides the placeholder
  const text = () => (made.value ? (kind === "password" ? "•".repeat(made.value.length) : made.value) : empty());
  mark(made, { role: "field", name: label, text, state: () => (focused === undefined ? {} : { focused: document.activeElement === made }) });
  if (focused) view.focus = () => made.focus();
  return made;
}

export function slider({ label, value, min, max }) {
  const made = h("md-slider", { min, max, step: (max - min) / 1000, value, class: "wide" });
  mark(made, { role: "slider", name: label, state: () => ({ value: Number(made.value.toFixed(6)) }) });
  return [h("div", { class: "control-label" }, words("label", label)), made];
}

export function progress({ label, value }) {
  const bar = h("md-linear-progress", { value });
  mark(bar, { role: "progress", name: label, state: () => ({ progress: bar.value }) });
  return [h("div", { class: "control-label" }, words("label", label), words("value", `${Math.round(value * 100)}%`)), bar];
}

export function stepper({ label, value }, view) {
  return h("div", { class: "control-line" }, words("label", label), plainStepper({ value }, label, view));
}

export function divider() {
  return h("md-divider", {});
}
