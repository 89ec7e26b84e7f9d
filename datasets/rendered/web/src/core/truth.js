// The truth about the screen as it stands: every marked element that is to be seen, in the order of reading the page.

import { fill, ink } from "./colour.js";
import { markOf } from "./marks.js";
import { printed, wordsRect } from "./printed.js";
import { everyElement, flatParent } from "./tree.js";
import { visiblePart, windowOf } from "./visible.js";

const ROWS = new Set(["row", "card"]);
const CLIPPED = 0.6; // an element less visible than this says so
const SLIVER = 3; // CSS pixels: what is thinner is not to be seen as the thing it is

export function truth(scale) {
  const ids = new Map();
  const elements = [];
  for (const element of everyElement(document.body)) {
    const info = markOf(element);
    const found = info && describe(element, info, scale);
    if (!found) continue;
    ids.set(element, elements.length);
    elements.push({ id: elements.length, ...found, ...relations(element, ids) });
  }
  return elements;
}

function describe(element, info, scale) {
  const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  if (!shown) return null;
  const rect = info.tight ? wordsRect(element) : element.getBoundingClientRect();
  const part = visiblePart(element, rect, windowOf(flatParent(element)));
  const thin = Math.min(SLIVER, rect.height, rect.width);
  if (!part || part.box.bottom - part.box.top < thin || part.box.right - part.box.left < thin) return null;
  const text = info.text === true ? printed(element) : (info.text?.() ?? null);
  if (info.text === true && !text) return null;
  return {
    role: info.role,
    text,
    name: info.name ?? null,
    state: info.state?.() ?? {},
    icon: info.icon ?? null,
    color: colorOf(element, info.color),
    picture: info.picture ?? null,
    box: pixels(part.box, scale),
    ...(part.share < CLIPPED ? { clipped: true } : {}),
  };
}

function colorOf(element, color) {
  if (color === "fill") return fill(element);
  if (color === "ink") return ink(element);
  return color?.() ?? null;
}

function pixels(box, scale) {
  const [width, height] = [Math.round(innerWidth * scale), Math.round(innerHeight * scale)];
  const x1 = Math.max(0, Math.floor(box.left * scale + 0.01));
  const y1 = Math.max(0, Math.floor(box.top * scale + 0.01));
  return [x1, y1, Math.min(width, Math.ceil(box.right * scale - 0.01)), Math.min(height, Math.ceil(box.bottom * scale - 0.01))];
}

function relations(element, ids) {
  let parent = null;
  for (let node = flatParent(element); node; node = flatParent(node)) {
    if (!ids.has(node)) continue;
    parent ??= ids.get(node);
    if (ROWS.has(markOf(node).role)) return { parent, row: ids.get(node) };
  }
  return { parent, row: null };
}
