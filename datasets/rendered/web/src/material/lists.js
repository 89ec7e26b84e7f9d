// Lists, cards and accordions.

import { h, pick, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { photo } from "../common/picture.js";
import { detail, label, plainControl, rowBadge, rowMark, start, stepper, value } from "../common/item.js";

export function section({ title, footer, items }, view) {
  const name = `g${pick(JSON.stringify(items), 1e9)}`;
  const rows = items.map((item) => row(item, name, view));
  return [
    title ? h("div", { class: "section-title" }, words("section_title", title)) : null,
    h("md-list", { class: "rows" }, rows),
    footer ? h("div", { class: "section-footer" }, words("caption", footer)) : null,
  ];
}

function row(item, group, view) {
  const first = start(item, view);
  if (first) first.slot = "start";
  const head = h("div", { slot: "headline" }, label(item));
  const under = item.detail ? h("div", { slot: "supporting-text" }, detail(item)) : null;
  const end = h("div", { slot: "end", class: "row-end" }, value(item), rowBadge(item), control(item, group, view));
  const made = h("md-list-item", { type: "text", disabled: Boolean(item.disabled), class: item.disabled ? "row disabled" : "row" }, first, head, under, end.childNodes.length ? end : null);
  return mark(made, rowMark(item, () => made.disabled));
}

function control(item, group, view) {
  const made = item.control;
  if (!made) return null;
  return plainControl(made, item, view) ?? CONTROLS[made.type](made, item, view, group);
}

const CONTROLS = {
  switch: ({ on }, item) => {
    const made = h("md-switch", { selected: on, disabled: Boolean(item.disabled), icons: false });
    return mark(made, { role: "switch", name: item.label, state: () => ({ on: made.selected }), color: "fill" });
  },
  checkbox: ({ checked }, item) => {
    const made = h("md-checkbox", { checked, disabled: Boolean(item.disabled) });
    return mark(made, { role: "checkbox", name: item.label, state: () => ({ checked: made.checked }) });
  },
  radio: ({ selected }, item, view, group) => {
    const made = h("md-radio", { name: group, checked: selected, disabled: Boolean(item.disabled) });
    return mark(made, { role: "radio", name: item.label, state: () => ({ selected: made.checked }) });
  },
  button: ({ label: text }, item) => {
    const made = h("md-filled-tonal-button", { disabled: Boolean(item.disabled), class: "row-button" }, text);
    return mark(made, { role: "button", text: () => text, name: item.label, color: "fill" });
  },
  stepper: (made, item, view) => stepper(made, item.label, view),
  slider: ({ value: at, min, max }, item) => {
    const made = h("md-slider", { min, max, step: (max - min) / 1000, value: at, class: "row-range", disabled: Boolean(item.disabled) });
    return mark(made, { role: "slider", name: item.label, state: () => ({ value: Number(made.value.toFixed(6)) }) });
  },
};

const CARDS = ["md-elevated-card", "md-filled-card", "md-outlined-card"];

export function card({ title, subtitle, picture, body }, view) {
  const kind = CARDS[pick(`${view.spec.app} ${view.spec.index}`, CARDS.length)];
  const head = h("div", { class: "card-head" }, h("div", { class: "card-title" }, words("heading", title)), subtitle ? h("div", { class: "card-subtitle" }, words("detail", subtitle)) : null);
  const inner = body.length ? h("div", { class: "card-body" }, body.map(view.component)) : null;
  return mark(h(kind, {}, picture ? photo(picture, view, { class: "card-picture" }) : null, head, inner), { role: "card", name: title });
}

// Material Web has no accordion; details is HTML's own.
export function accordion({ items }, view) {
  const parts = items.map(({ title, text, expanded }) => {
    const made = h("details", { open: expanded }, h("summary", {}, words("label", title), view.icon(expanded ? "up" : "down", { marked: false })), h("div", { class: "accordion-text" }, words("text", text)));
    return mark(made, { role: "accordion", name: title, state: () => ({ expanded: made.open }) });
  });
  return h("div", { class: "accordion" }, parts);
}
