// Buttons, choices and inputs.

import { Button, Input, ProgressBar, Rate, SearchBar, Segmented, Selector } from "antd-mobile";
import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { onColor } from "../core/theme.js";
import { MarkedSlider, MarkedStepper } from "./lists.jsx";
import { drawn, Slot } from "./react.jsx";

const FILLS = { filled: "solid", outline: "outline", text: "none" };

export function button({ label, style, icon, disabled, color }, view) {
  const own = !color ? {} : style === "filled" ? { "--background-color": color, "--border-color": color, "--text-color": onColor(color) } : { "--text-color": color, "--border-color": color };
  const holder = drawn(
    <Button block size="large" color="primary" fill={FILLS[style]} disabled={Boolean(disabled)} style={own}>
      {icon && <Slot nodes={view.icon(icon, { marked: false, class: "button-icon" })} />}{label}
    </Button>,
  );
  const made = holder.firstElementChild;
  const state = () => (disabled === undefined ? {} : { disabled: made.disabled });
  mark(made, { role: "button", text: () => label, name: label, icon: icon ?? null, state, color: style === "filled" ? "fill" : "ink" });
  return holder;
}

export function segments({ options, selected }) {
  const holder = drawn(<Segmented block options={options.map((label, at) => ({ label, value: String(at) }))} defaultValue={String(selected)} />);
  [...holder.querySelectorAll(".adm-segmented-item")].forEach((part, at) => {
    const state = () => ({ selected: part.classList.contains("adm-segmented-item-selected") });
    mark(part, { role: "segment", text: () => options[at], name: options[at], state });
  });
  return holder;
}

export function chips({ options, selected }) {
  const holder = drawn(<Selector multiple options={options.map((label, value) => ({ label, value }))} defaultValue={selected} />);
  [...holder.querySelectorAll(".adm-selector-item")].forEach((chip, at) => {
    const state = () => ({ selected: chip.getAttribute("aria-selected") === "true" });
    mark(chip, { role: "chip", text: () => options[at], name: options[at], state, color: "fill" });
  });
  return holder;
}

export function field({ label, value, placeholder, kind, focused, error }, view) {
  if (kind === "search") return searchField(label, value, placeholder);
  const holder = drawn(<Input defaultValue={value} placeholder={placeholder} type={kind === "password" ? "password" : "text"} />);
  const input = holder.querySelector("input");
  if (focused) view.focus = () => input.focus();
  const text = () => (input.value ? (kind === "password" ? "•".repeat(input.value.length) : input.value) : input.placeholder || null);
  const state = () => (focused === undefined ? {} : { focused: document.activeElement === input });
  const box = h("div", { class: `field ${focused ? "focused-field" : ""} ${error ? "wrong" : ""}`, mark: { role: "field", name: label, text, state } }, h("div", { class: "field-label" }, label), holder, error ? h("div", { class: "field-error" }, error) : null);
  return box;
}

function searchField(label, value, placeholder) {
  const holder = drawn(<SearchBar placeholder={placeholder ?? label} defaultValue={value} />);
  const input = holder.querySelector("input");
  mark(holder.firstElementChild, { role: "field", name: label, text: () => input.value || input.placeholder });
  return holder;
}

export function slider({ label, value, min, max }) {
  return [h("div", { class: "control-label" }, words("label", label)), drawn(<MarkedSlider value={value} min={min} max={max} name={label} />)];
}

export function progress({ label, value }) {
  const holder = drawn(<ProgressBar percent={value * 100} />);
  const bar = holder.querySelector(".adm-progress-bar-fill");
  mark(holder.firstElementChild, { role: "progress", name: label, state: () => ({ progress: Number((parseFloat(bar.style.width) / 100).toFixed(4)) }) });
  return [h("div", { class: "control-label" }, words("label", label), words("value", `${Math.round(value * 100)}%`)), holder];
}

export function stepper({ label, value }) {
  return h("div", { class: "control-line" }, words("label", label), drawn(<MarkedStepper value={value} name={label} />));
}

export function rating({ label, value }) {
  const holder = drawn(<Rate allowHalf readOnly value={Math.round(value * 2) / 2} />);
  const full = () => holder.querySelectorAll(".adm-rate-star-active:not(.adm-rate-star-half)").length;
  const half = () => holder.querySelectorAll(".adm-rate-star-active.adm-rate-star-half").length;
  mark(holder.firstElementChild, { role: "rating", name: label ?? null, state: () => ({ value: Math.max(full(), half() - 0.5) }) });
  return h("div", { class: "rating" }, label ? words("label", label) : null, holder);
}
