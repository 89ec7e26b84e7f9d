// What the phone itself draws: the status bar, and the home indicator or the three buttons at the foot.
//
// A screenshot never shows the notch, the island or the camera's hole: they are holes in the glass, not pixels. What it
// shows is how the status bar keeps clear of them: its height, and time and icons at the two sides.

import { h, pick } from "../core/dom.js";
import { shape } from "../core/svg.js";

export function systemBars(spec, view) {
  const { device, status } = spec;
  const foot = device.home_indicator ? h("div", { class: "home-indicator" }) : view.kit.look === "android" ? threeButtons() : null;
  return [status ? statusBar(status, spec, view) : null, foot];
}

function threeButtons() {
  const part = (d) => shape("svg", { viewBox: "0 0 24 24", class: "system-button" }, shape("path", { d }));
  return h("div", { class: "system-buttons" }, part("M17 4 L6 12 L17 20 Z"), part("M12 4.5 a7.5 7.5 0 1 0 0.01 0 Z"), part("M5.5 5.5 h13 v13 h-13 Z"));
}

function statusBar(status, spec, view) {
  const time = h("span", { class: "status-time", mark: { role: "time", text: true, tight: true } }, status.time);
  const percent = pick(`${spec.id} percent`, 3) === 0;
  const icons = view.kit.look === "ios" ? [signal(status), wifi(status), battery(status, percent)] : [wifi(status), signal(status), battery(status, percent)];
  const bar = { class: `status-bar inset-${spec.device.inset}`, mark: { role: "status_bar" } };
  return h("div", bar, time, h("span", { class: "status-icons" }, icons));
}

function signal({ signal: bars }) {
  const one = (at) => shape("rect", { x: at * 5, y: 9 - at * 3, width: 3.4, height: 3 + at * 3, rx: 1, class: at < bars ? "on" : "off" });
  return markSvg([0, 1, 2, 3].map(one), "0 0 19 12", "signal", { name: "signal", state: (svg) => ({ value: svg.querySelectorAll(".on").length }) });
}

function wifi({ wifi: arcs }) {
  const arc = (radius, on) => shape("path", { d: `M${(8 - radius * 0.72).toFixed(2)} ${(11 - radius * 0.7).toFixed(2)} A${radius} ${radius} 0 0 1 ${(8 + radius * 0.72).toFixed(2)} ${(11 - radius * 0.7).toFixed(2)}`, class: `arc ${on ? "on" : "off"}` });
  const parts = [shape("circle", { cx: 8, cy: 10, r: 1.7, class: arcs > 0 ? "on" : "off" }), arc(5.2, arcs > 1), arc(9.2, arcs > 2)];
  return markSvg(parts, "0 0 16 12", "wifi", { name: "Wi-Fi", state: (svg) => ({ value: svg.querySelectorAll(".on").length }) });
}

function battery({ battery: level, charging }, percent) {
  const bolt = charging ? shape("path", { d: "M13.5 0.5 L8 7 h4 l-1 4.5 L17 5 h-4 z", class: "bolt" }) : null;
  const parts = [
    shape("rect", { x: 0.5, y: 0.5, width: 22, height: 11, rx: 3.4, class: "case" }),
    shape("rect", { x: 2, y: 2, width: Math.max(1.5, 19 * level), height: 8, rx: 2, class: `charge ${charging ? "green" : level <= 0.2 ? "low" : ""}` }),
    shape("path", { d: "M24 4 v4 a2.2 2.2 0 0 0 0 -4", class: "on" }),
  ];
  const words = percent ? h("span", { class: "percent" }, `${Math.round(level * 100)}%`) : null;
  const drawn = shape("svg", { viewBox: "0 0 26 12", class: "status-battery" }, ...parts, ...(bolt ? [bolt] : []));
  const info = { role: "battery", name: charging ? "battery, charging" : "battery", text: () => words?.textContent ?? null, state: () => ({ value: level }) };
  return h("span", { class: "battery", mark: info }, words, drawn);
}

function markSvg(parts, viewBox, role, { name, state }) {
  const drawn = shape("svg", { viewBox, class: `status-${role}` }, ...parts);
  return h("span", { class: "status-part", mark: { role, name, state: () => state(drawn) } }, drawn);
}
