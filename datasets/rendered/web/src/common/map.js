// A street map with pins, drawn from the screen's seed.

import { h, pick } from "../core/dom.js";
import { shape } from "../core/svg.js";

// 400 x 300 units of blocks, a park, a river and streets.
function streets(seed) {
  const at = (what, count) => pick(`${seed} ${what}`, count);
  const bend = 40 + at("river", 200);
  const parts = [
    shape("rect", { width: 400, height: 300, class: "land" }),
    shape("rect", { x: at("park x", 260), y: at("park y", 200), width: 60 + at("park w", 70), height: 50 + at("park h", 60), rx: 8, class: "park" }),
    shape("path", { d: `M-10 ${bend} C 120 ${bend + 60} 240 ${bend - 90} 410 ${bend + 30}`, class: "river" }),
  ];
  for (let i = 0; i < 9; i++) {
    const [x, y, lean] = [20 + i * 46 + at(`x${i}`, 20), 15 + i * 36 + at(`y${i}`, 14), at(`l${i}`, 60) - 30];
    const broad = i % 3 === 1 ? "road broad" : "road";
    parts.push(shape("path", { d: `M${x} -10 L${x + lean} 310`, class: broad }), shape("path", { d: `M-10 ${y} L410 ${y + lean / 2}`, class: broad }));
  }
  return shape("svg", { viewBox: "0 0 400 300", preserveAspectRatio: "xMidYMid slice", class: "map-ground" }, ...parts);
}

export function map({ pins, here }, view) {
  const place = ({ x, y }) => ({ left: `${6 + x * 82}%`, top: `${20 + y * 66}%` });
  const drawn = pins.map((pin) =>
    h("div", { class: "pin", style: place(pin) }, h("span", { class: "pin-label", mark: { role: "pin", text: true, name: pin.label } }, pin.label), view.icon("location", { filled: true, class: "pin-mark", marked: false })),
  );
  const dot = here ? h("div", { class: "here", style: place(here) }) : null;
  return h("div", { class: "map" }, streets(view.spec.id), drawn, dot);
}
