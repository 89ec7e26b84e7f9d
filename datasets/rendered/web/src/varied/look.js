// The lots that decide a screen's look. Style sheets read them as attributes of the root, data-switch="slim", and as
// CSS variables; the same screen always draws the same.

import { pick } from "../core/dom.js";

// One of these words each.
const KINDS = {
  icons: ["ionic", "material"],
  fill: ["outlined", "filled"],
  bar: ["plain", "accent", "line", "shadow", "tinted"],
  title: ["left", "centre"],
  list: ["lines", "bare", "panel", "cards"],
  switch: ["pill", "slim", "square", "outlined", "lettered"],
  check: ["square", "round", "outlined", "bare"],
  radio: ["ring", "disc", "tick"],
  chip: ["pill", "square", "outlined", "faint", "underlined"],
  segment: ["block", "underlined", "joined", "pills"],
  tabs: ["plain", "pill", "line", "raised", "tinted"],
  button: ["round", "pill", "square"],
  field: ["box", "line", "filled", "bare"],
  search: ["pill", "box", "line", "faint"],
  slider: ["thin", "thick", "bare", "square"],
  stepper: ["joined", "circles", "outlined", "bare"],
  accordion: ["lines", "cards", "panel"],
  card: ["shadow", "outlined", "filled", "bare"],
  toast: ["low", "middle", "high", "wide"],
  sheet: ["flat", "round", "floating"],
  option: ["left", "centre"],
  dialog: ["right", "split", "stacked"],
  menu: ["right", "left"],
  avatar: ["round", "square"],
  status: ["wide", "narrow"],
};

// Lengths, least and most, in CSS pixels unless a unit is given.
const LENGTHS = {
  "--radius": [0, 22],
  "--bar": [42, 68],
  "--tab": [46, 68],
  "--row": [5, 17],
  "--edge": [10, 24],
  "--gap": [8, 18],
  "--icon": [18, 27],
  "--switch": [19, 31],
  "--mark": [15, 25],
  "--chip": [4, 10],
  "--segment": [5, 12],
  "--button": [7, 16],
  "--input": [6, 16],
  "--searching": [30, 54],
  "--track": [2, 9],
  "--knob": [12, 26],
  "--meter": [3, 12],
  "--meter-width": [48, 130],
  "--star": [14, 26],
  "--tile": [0, 50],
  "--bubble-radius": [4, 20],
};

// 0 to 1.
export function share(spec, name) {
  return pick(`${spec.id} ${name}`, 1001) / 1000;
}

export function wear(spec, root) {
  for (const [name, choices] of Object.entries(KINDS)) root.dataset[name] = choices[pick(`${spec.id} ${name}`, choices.length)];
  for (const [name, [least, most]] of Object.entries(LENGTHS)) {
    root.style.setProperty(name, `${Math.round(least + (most - least) * share(spec, name))}${name === "--tile" ? "%" : "px"}`);
  }
}
