// Keyboards and keypads.

import { h, words } from "../core/dom.js";
import { mark, solid } from "../core/marks.js";

const LETTERS = [[..."qwertyuiop"], [..."asdfghjkl"], ["⇧", ..."zxcvbnm", "⌫"]];
const NUMBERS = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], [".", "0", "⌫"]];
const SUGGESTIONS = { en: ["I", "the", "Thanks"], zh: ["我", "你", "好的", "谢谢", "在"] };
const WIDE = { en: { numbers: "123", space: "space", enter: "return" }, zh: { numbers: "123", space: "空格", enter: "换行" } };
const DRAWN = { "⌫": "backspace", "⇧": "up" };

function key(letter, view, className) {
  const content = DRAWN[letter] ? view.icon(DRAWN[letter], { marked: false }) : letter;
  const info = DRAWN[letter] ? { role: "key", name: letter === "⌫" ? "backspace" : "shift" } : { role: "key", text: true };
  return h("div", { class: `key ${className ?? ""}`, mark: info }, content);
}

// Stands at the foot of the screen; the app above it has become shorter.
export function keyboard({ layout }, view) {
  const named = WIDE[view.language];
  const rows = layout === "numbers" ? NUMBERS : LETTERS;
  const lines = rows.map((row, at) => h("div", { class: `keys keys-${at}` }, row.map((letter) => key(letter, view, DRAWN[letter] ? "dim" : ""))));
  if (layout === "letters") {
    lines.push(h("div", { class: "keys" }, key(named.numbers, view, "dim wide"), key(view.language === "zh" ? "，" : ",", view), key(named.space, view, "space"), key(view.language === "zh" ? "。" : ".", view), key(named.enter, view, "dim enter")));
  }
  const bar = layout === "letters" ? h("div", { class: "suggestions" }, SUGGESTIONS[view.language].map((word) => h("span", {}, word))) : null;
  const board = h("div", { class: `keyboard ${layout}` }, bar, h("div", { class: "key-rows" }, lines));
  mark(board, { role: "keyboard", name: layout });
  document.getElementById("phone").append(solid(board));
}

const OPERATORS = /^[÷×+−=-]$/;

export function keypad({ keys, display }, view) {
  const columns = Math.max(...keys.map((row) => row.length));
  const one = (letter) => h("div", { class: `pad-key ${OPERATORS.test(letter) ? "operator" : ""} ${letter.length > 3 ? "long" : ""}`, mark: { role: "key", text: true, color: "fill" } }, letter);
  const rows = keys.map((row) => h("div", { class: "pad-row", style: { "--columns": columns, "--missing": columns - row.length } }, row.map(one)));
  return h("div", { class: "keypad" }, display ? h("div", { class: "display" }, words("value", display)) : null, rows);
}
