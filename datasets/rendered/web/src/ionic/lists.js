// Lists, cards and accordions.

import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { photo } from "../common/picture.js";
import { detail, label, plainControl, rowBadge, rowMark, start, stepper, value } from "../common/item.js";
import { rowButton } from "./forms.js";

export function section({ title, footer, items }, view) {
  const group = items.some(({ control }) => control?.type === "radio");
  const chosen = items.findIndex(({ control }) => control?.selected);
  const rows = items.map((item, at) => row(item, at, items, view));
  const list = h("ion-list", { class: "rows" }, group ? h("ion-radio-group", { value: chosen >= 0 ? `r${chosen}` : null }, rows) : rows);
  return [
    title ? h("div", { class: "section-title" }, words("section_title", title)) : null,
    list,
    footer ? h("div", { class: "section-footer" }, words("caption", footer)) : null,
  ];
}

function row(item, at, items, view) {
  const lines = at === items.length - 1 ? "none" : undefined;
  const first = start(item, view);
  if (first) first.slot = "start";
  const body = h("ion-label", {}, h("div", { class: "row-line" }, label(item)), h("div", {}, detail(item)));
  const end = h("div", { slot: "end", class: "row-end" }, value(item), rowBadge(item), control(item, at, view));
  const made = h("ion-item", { lines, disabled: Boolean(item.disabled), class: "row" }, first, body, end.childNodes.length ? end : null);
  return mark(made, rowMark(item, () => made.disabled));
}

function control(item, at, view) {
  const made = item.control;
  if (!made) return null;
  const plain = plainControl(made, item, view);
  if (plain) return plain;
  return CONTROLS[made.type](made, item, view, at);
}

const CONTROLS = {
  switch: ({ on }, item) => {
    const toggle = h("ion-toggle", { checked: on, ariaLabel: item.label });
    return mark(toggle, { role: "switch", name: item.label, state: () => ({ on: toggle.checked }), color: "fill" });
  },
  checkbox: ({ checked }, item) => {
    const box = h("ion-checkbox", { checked, ariaLabel: item.label });
    return mark(box, { role: "checkbox", name: item.label, state: () => ({ checked: box.checked }) });
  },
  radio: (_, item, view, at) => {
    const radio = h("ion-radio", { value: `r${at}`, ariaLabel: item.label });
    return mark(radio, { role: "radio", name: item.label, state: () => ({ selected: radio.classList.contains("radio-checked") }) });
  },
  button: ({ label: text }, item) => rowButton(text, item),
  stepper: (made, item, view) => stepper(made, item.label, view),
  slider: ({ value: at, min, max }, item) => {
    const range = h("ion-range", { min, max, step: (max - min) / 1000, value: at, class: "row-range", ariaLabel: item.label });
    return mark(range, { role: "slider", name: item.label, state: () => ({ value: Number(range.value.toFixed(6)) }) });
  },
};

export function card({ title, subtitle, picture, body }, view) {
  const head = h("ion-card-header", {}, h("ion-card-title", {}, words("heading", title)), subtitle ? h("ion-card-subtitle", {}, words("detail", subtitle)) : null);
  const inner = body.length ? h("div", { class: "card-body" }, body.map(view.component)) : null;
  const made = h("ion-card", {}, picture ? photo(picture, view, { class: "card-picture" }) : null, head, inner);
  return mark(made, { role: "card", name: title });
}

export function accordion({ items }, view) {
  const open = items.flatMap(({ expanded }, at) => (expanded ? [`a${at}`] : []));
  const parts = items.map(({ title, text }, at) => {
    const head = h("ion-item", { slot: "header" }, h("ion-label", {}, words("label", title)));
    const made = h("ion-accordion", { value: `a${at}` }, head, h("div", { slot: "content", class: "accordion-text" }, words("text", text)));
    const state = () => ({ expanded: made.classList.contains("accordion-expanded") });
    return mark(made, { role: "accordion", name: title, state });
  });
  return h("ion-accordion-group", { multiple: true, value: open, animated: false }, parts);
}
