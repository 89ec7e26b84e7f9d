// The words that are really to be read in an element: not those cut off by an ellipsis, a clamp or a scroller's edge.

import { ancestors } from "./tree.js";
import { windowOf } from "./visible.js";

const tidy = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();

// The rectangle around the words of an element, or its own where it has none.
export function wordsRect(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const rect = range.getBoundingClientRect();
  return rect.width && rect.height ? rect : element.getBoundingClientRect();
}

export function printed(element) {
  const whole = tidy(element.innerText ?? "");
  const view = windowOf(element);
  const rect = wordsRect(element);
  const fits = rect.left >= view.left - 1 && rect.right <= view.right + 1;
  const stands = rect.top >= view.top - 3 && rect.bottom <= view.bottom + 3; // glyphs are smaller than their line
  return fits && stands ? whole : tidy(cut(element, view));
}

function cut(element, view) {
  const style = blockStyle(element);
  const letters = lettersOf(element);
  const clamped = style.webkitLineClamp !== "none" && letters.some((letter) => letter.rect.bottom > view.bottom + 3);
  const ellipsis = style.textOverflow === "ellipsis" && letters.some((letter) => letter.rect.right > view.right + 1);
  const last = Math.max(...letters.filter((letter) => stands(letter.rect, view)).map((letter) => letter.rect.top));
  let text = "";
  for (const { letter, rect } of letters) {
    if (!stands(rect, view)) continue;
    const edge = view.right - ((clamped && rect.top === last) || ellipsis ? ellipsisWidth(style) : 0);
    if (rect.right <= edge + 0.5 && rect.left >= view.left - 1) text += letter;
  }
  return clamped || ellipsis ? `${text.trimEnd()}…` : text;
}

// The style of the block whose lines hold the words: it is the one that clamps and puts an ellipsis.
function blockStyle(element) {
  for (const node of ancestors(element)) {
    const style = getComputedStyle(node);
    if (!["inline", "contents"].includes(style.display)) return style;
  }
  return getComputedStyle(element);
}

function stands(rect, view) {
  const seen = Math.min(rect.bottom, view.bottom) - Math.max(rect.top, view.top);
  return rect.height > 0 && seen >= 0.7 * rect.height;
}

function lettersOf(element) {
  const letters = [];
  const range = document.createRange();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (let i = 0; i < node.data.length; i++) {
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      letters.push({ letter: node.data[i], rect: range.getBoundingClientRect() });
    }
  }
  return letters;
}

const canvas = document.createElement("canvas").getContext("2d");

function ellipsisWidth(style) {
  canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return canvas.measureText("…").width;
}
