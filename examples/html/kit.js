// Sizes the screen, expands <x-icon name> and <x-status data-time>, and leaves in #boxes, for render.py, where and with
// which words the elements marked data-q="1 3" answer questions 1 and 3.
addEventListener("error", (event) => { document.documentElement.dataset.error = event.message; });
const meta = JSON.parse(document.getElementById("screen").textContent);
const [width, height] = meta.size;
const ios = document.body.classList.contains("ios");
document.body.style.width = `${width / meta.scale}px`;
document.body.style.height = `${height / meta.scale}px`;

const drawing = (name) => {
  if (!ICONS[name]) throw new Error(`no icon ${name}: run render.py --icons`);
  return `<svg viewBox="0 -960 960 960"><path d="${ICONS[name]}"/></svg>`;
};
const icon = (name) => `<x-icon>${drawing(name)}</x-icon>`;

const lozenge = (percent) => `<svg width="27" height="13" viewBox="0 0 27 13" fill="none" stroke="currentColor">
  <rect x=".5" y=".5" width="23" height="12" rx="3.5" opacity=".45"/>
  <path d="M25.5 4.5v4" stroke-width="1.6" opacity=".5"/>
  <rect x="2" y="2" width="${percent / 5}" height="9" rx="2" fill="currentColor" stroke="none"/></svg>`;

for (const bar of document.querySelectorAll("x-status")) {
  const { time, note = "", battery = "", island } = bar.dataset;
  const notes = note.split(" ").filter(Boolean).map(icon).join("");
  const level = battery && !ios ? `<span>${battery}%</span>` : "";
  const charge = ios ? lozenge(battery || 80) : icon("battery_5_bar-fill");
  bar.innerHTML = `<span>${time}</span>${notes}<span class="gap"></span>` + icon("signal_cellular_alt-fill") +
    icon("wifi") + charge + level + (island === undefined ? "" : '<span class="island"></span>');
}
for (const el of document.querySelectorAll("x-icon[name]")) el.innerHTML = drawing(el.getAttribute("name"));

// The ink of an element: its text's rectangle, not the block's.
const ink = (el) => {
  const range = document.createRange();
  range.selectNodeContents(el);
  return range.getBoundingClientRect();
};

// Whether the element itself is what one sees at its middle, and nothing is cut off.
const inSight = (el, r) => {
  const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
  return r.left >= 0 && r.top >= 0 && r.right * meta.scale <= width && r.bottom * meta.scale <= height &&
    top !== null && (el.contains(top) || top.contains(el));
};

const boxes = {};
for (const el of document.querySelectorAll("[data-q]")) {
  const r = ink(el);
  if (!inSight(el, r)) throw new Error(`data-q=${el.dataset.q} is hidden or cut off`);
  for (const q of el.dataset.q.split(" ")) {
    const box = boxes[q] ??= { box: [Infinity, Infinity, 0, 0], text: "" };
    const [x1, y1, x2, y2] = box.box;
    box.box = [Math.min(x1, r.left), Math.min(y1, r.top), Math.max(x2, r.right), Math.max(y2, r.bottom)];
    box.text = `${box.text} ${el.innerText}`.replace(/\s+/g, " ").trim();
  }
}
const out = document.createElement("script");
out.type = "application/json";
out.id = "boxes";
out.textContent = JSON.stringify(boxes);
document.body.append(out);
