// The stages of something under way.

import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";

export function steps({ items }, view) {
  const drawn = items.map(({ title, detail, state }, at) => {
    const dot = h("span", { class: "step-dot" }, state === "done" ? view.icon("check", { marked: false }) : String(at + 1));
    const label = h("div", { class: "step-words" }, h("div", { class: "step-title" }, words("label", title)), detail ? h("div", { class: "step-detail" }, words("detail", detail)) : null);
    const step = h("div", { class: `step ${state}` }, dot, label);
    return markStep(step, title);
  });
  return h("div", { class: "steps" }, drawn);
}

// A finished step is checked, the one under way selected.
export function stepState(step) {
  return { checked: step.classList.contains("done"), selected: step.classList.contains("current") };
}

function markStep(step, name) {
  return mark(step, { role: "step", name, state: () => stepState(step) });
}
