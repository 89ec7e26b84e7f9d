// A month.

import { h, words } from "../core/dom.js";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = { en: ["M", "T", "W", "T", "F", "S", "S"], zh: ["一", "二", "三", "四", "五", "六", "日"] };

export function calendar({ year, month, selected, marked }, view) {
  const title = view.language === "zh" ? `${year}年${month}月` : `${MONTHS[month - 1]} ${year}`;
  const first = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7; // Monday is 0
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const cells = Array.from({ length: first }, () => h("div", {}));
  for (let day = 1; day <= count; day++) cells.push(dayCell(day, day === selected, marked.includes(day), title));
  const arrows = h("div", { class: "month-arrows" }, view.icon("left", { marked: false }), view.icon("right", { marked: false }));
  return h(
    "div",
    { class: "calendar" },
    h("div", { class: "month" }, words("heading", title), arrows),
    h("div", { class: "weekdays" }, DAYS[view.language].map((name) => h("div", {}, name))),
    h("div", { class: "days" }, cells),
  );
}

function dayCell(day, selected, busy, month) {
  const cell = h("div", { class: `day ${selected ? "selected" : ""}` }, h("span", { class: "day-number" }, String(day)), busy ? h("i", { class: "dot" }) : null);
  const state = () => ({ selected: cell.classList.contains("selected"), checked: cell.querySelector(".dot") !== null });
  const info = { role: "day", text: () => cell.firstChild.textContent, name: month, state };
  return h("div", { class: "day-cell", mark: info }, cell);
}
