// Colours as they are to be seen, from computed styles.

import { ancestors, everyElement } from "./tree.js";
import { area } from "./visible.js";

export function parse(text) {
  const numbers = (text.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
  if (text.startsWith("rgb")) return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
  if (text.startsWith("color(srgb")) return [...numbers.slice(0, 3).map((part) => part * 255), numbers[3] ?? 1];
  return null;
}

const hex = (color) =>
  `#${color.slice(0, 3).map((part) => Math.round(Math.min(255, Math.max(0, part))).toString(16).padStart(2, "0")).join("")}`;

const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));

// The colour that lies behind an element.
function backdrop(element) {
  for (const node of ancestors(element)) {
    const color = parse(getComputedStyle(node).backgroundColor);
    if (color && color[3] > 0.95) return color;
  }
  return [255, 255, 255, 1];
}

export function ink(element) {
  const color = parse(getComputedStyle(element).color);
  return color && hex(over(color, backdrop(element)));
}

// What an element is filled with: its own background, or that of a part inside which takes up most of it.
export function fill(element) {
  const whole = area(element.getBoundingClientRect());
  for (const node of everyElement(element)) {
    const style = getComputedStyle(node);
    const color = parse(style.backgroundColor);
    const opaque = color && color[3] * Number(style.opacity) > 0.04;
    if (opaque && area(node.getBoundingClientRect()) > 0.5 * whole) return hex(over(color, backdrop(element)));
  }
  return null;
}
