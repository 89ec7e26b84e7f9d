// Which part of an element is to be seen: clipped by scrollers and by the screen, less what lies over it.

import { isSolid } from "./marks.js";
import { ancestors, deepestAt, holds } from "./tree.js";

const SAMPLES = 6; // a side: 36 points of an element tell how much of it is covered to about 3%

const MARGIN = 0.08; // of a width: a panel that leaves no more free at a side covers that side too

export function intersect(a, b) {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

export const area = (box) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);

// The window through which the contents of an element are seen.
export function windowOf(element) {
  let view = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  for (const node of ancestors(element)) {
    const style = getComputedStyle(node);
    const cutX = style.overflowX !== "visible" && style.display !== "contents" && style.display !== "inline";
    const cutY = style.overflowY !== "visible" && style.display !== "contents" && style.display !== "inline";
    if ((cutX || cutY) && node !== document.body && node !== document.documentElement) {
      const rect = node.getBoundingClientRect();
      view = intersect(view, {
        left: cutX ? rect.left : -Infinity,
        right: cutX ? rect.right : Infinity,
        top: cutY ? rect.top : -Infinity,
        bottom: cutY ? rect.bottom : Infinity,
      });
    }
    if (style.position === "fixed") break; // no scroller around it clips it
  }
  return view;
}

// The panel that hides an element at a point, if one does.
function coverAt(element, x, y) {
  const hit = deepestAt(x, y);
  for (const node of hit ? ancestors(hit) : []) {
    if (isSolid(node)) return holds(node, element) || holds(element, node) ? null : node;
  }
  return null;
}

function without(box, cover) {
  const margin = MARGIN * (box.right - box.left);
  const left = cover.left <= box.left + margin;
  const right = cover.right >= box.right - margin;
  const top = cover.top <= box.top + 1;
  const bottom = cover.bottom >= box.bottom - 1;
  const rest = { ...box };
  if (left && right && top) rest.top = Math.max(rest.top, cover.bottom);
  else if (left && right && bottom) rest.bottom = Math.min(rest.bottom, cover.top);
  else if (top && bottom && left) rest.left = Math.max(rest.left, cover.right);
  else if (top && bottom && right) rest.right = Math.min(rest.right, cover.left);
  return rest;
}

// The visible part of a rectangle of an element, and its share of the whole; null where nothing is to be seen.
export function visiblePart(element, rect, view) {
  const whole = area(rect);
  let box = intersect(rect, view);
  if (!whole || !area(box)) return null;
  const share = area(box) / whole;
  const covers = new Set();
  let seen = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const x = box.left + ((box.right - box.left) * ((i % SAMPLES) + 0.5)) / SAMPLES;
    const y = box.top + ((box.bottom - box.top) * (Math.floor(i / SAMPLES) + 0.5)) / SAMPLES;
    const cover = coverAt(element, x, y);
    if (cover) covers.add(cover);
    else seen++;
  }
  for (const cover of covers) box = without(box, cover.getBoundingClientRect());
  if (!seen || !area(box)) return null;
  return { box, share: (share * seen) / (SAMPLES * SAMPLES) };
}
