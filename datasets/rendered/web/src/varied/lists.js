// Lists, cards and accordions.

import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { photo } from "../common/picture.js";
import { detail, label, plainControl, rowBadge, rowMark, start, stepper, value } from "../common/item.js";
import { bar } from "./forms.js";

export function section({ title, footer, items }, view) {
  return [
    title ? h("div", { class: "section-title" }, words("section_title", title)) : null,
    h("div", { class: "rows" }, items.map((item) => row(item, view))),
    footer ? h("div", { class: "section-footer" }, words("caption", footer)) : null,
  ];
}

function row(item, view) {
  const body = h("div", { class: "row-body" }, h("div", {}, label(item)), h("div", {}, detail(item)));
  const end = h("div", { class: "row-end" }, value(item), rowBadge(item), control(item, view));
  const made = h("div", { class: `row ${item.disabled ? "disabled" : ""}` }, start(item, view), body, end.childNodes.length ? end : null);
  return mark(made, rowMark(item, () => made.classList.contains("disabled")));
}

function control(item, view) {
  const made = item.control;
  if (!made) return null;
  return plainControl(made, item, view) ?? CONTROLS[made.type](made, item, view);
}

const has = (element, name) => element.classList.contains(name);

const CONTROLS = {
  switch: ({ on }, { label: name }) => {
    const made = h("span", { class: `switch ${on ? "on" : ""}` }, h("i", {}));
    return mark(made, { role: "switch", name, state: () => ({ on: has(made, "on") }), color: "fill" });
  },
  checkbox: ({ checked }, { label: name }, view) => {
    const made = h("span", { class: `check ${checked ? "on" : ""}` }, view.icon("check", { marked: false, filled: false }));
    return mark(made, { role: "checkbox", name, state: () => ({ checked: has(made, "on") }) });
  },
  radio: ({ selected }, { label: name }, view) => {
    const made = h("span", { class: `radio ${selected ? "on" : ""}` }, view.icon("check", { marked: false, filled: false }), h("i", {}));
    return mark(made, { role: "radio", name, state: () => ({ selected: has(made, "on") }) });
  },
  button: ({ label: text }, { label: name, disabled }) =>
    h("span", { class: `button small filled ${disabled ? "disabled" : ""}`, mark: { role: "button", text: () => text, name, color: "fill" } }, text),
  stepper: (made, { label: name }, view) => stepper(made, name, view),
  slider: (made, { label: name }) => bar(made, name, "row-range"),
};

export function card({ title, subtitle, picture, body }, view) {
  const head = h("div", { class: "card-head" }, h("div", { class: "card-title" }, words("heading", title)), subtitle ? h("div", { class: "card-subtitle" }, words("detail", subtitle)) : null);
  const inner = body.length ? h("div", { class: "card-body" }, body.map(view.component)) : null;
  return mark(h("div", { class: "card" }, picture ? photo(picture, view, { class: "card-picture" }) : null, head, inner), { role: "card", name: title });
}

export function accordion({ items }, view) {
  const parts = items.map(({ title, text, expanded }) => {
    const head = h("summary", {}, words("label", title), view.icon(expanded ? "up" : "down", { marked: false, filled: false }));
    const made = h("details", { open: expanded }, head, h("div", { class: "accordion-text" }, words("text", text)));
    return mark(made, { role: "accordion", name: title, state: () => ({ expanded: made.open }) });
  });
  return h("div", { class: "accordion" }, parts);
}
