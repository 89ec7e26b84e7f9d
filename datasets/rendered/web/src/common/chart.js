// Charts with known values: bars, a line, a pie. Units of the drawing are 320 x 180.

import { h, pick, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { shape } from "../core/svg.js";

const PALETTE = ["#3b82f6", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#14b8a6", "#f472b6", "#84cc16", "#64748b", "#eab308"];
const [WIDTH, HEIGHT, LEFT, FOOT] = [320, 180, 6, 24];

export const printedValue = (value, unit) => {
  const number = Number.isInteger(value) ? value.toLocaleString("en-GB") : String(value);
  return /^[£$€¥]$/.test(unit) ? `${unit}${number}` : `${number}${unit && !/^[%°]/.test(unit) ? " " : ""}${unit}`;
};

export function chart(spec, view) {
  const drawn = { bar: bars, line, pie }[spec.kind](spec, view);
  const head = h("div", { class: "chart-title" }, words("heading", spec.title));
  return h("div", { class: "chart", mark: { role: "chart", name: spec.title, text: () => spec.kind } }, head, drawn);
}

// The top of a scale that a person would choose: 1, 2, 2.5 or 5 times a power of ten.
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((top) => top >= value * 1.0001) ?? 10 * power;
}

// A line may start far from nought, as its points tell the values; bars may not, as their lengths do.
function range(spec) {
  const [low, high] = [Math.min(...spec.values), Math.max(...spec.values)];
  if (spec.kind === "line" && low > 0.4 * high && high > low) {
    const step = niceTop((high - low) / 2);
    return [Math.floor(low / step) * step, Math.ceil(high / step + 0.001) * step];
  }
  return [low < 0 ? -niceTop(-low) : 0, niceTop(Math.max(high, 1e-9))];
}

function axes(spec) {
  const [base, top] = range(spec);
  const y = (value) => 18 + (HEIGHT - FOOT - 18) * (1 - (value - base) / (top - base));
  const lines = [0, 0.5, 1].map((share) => base + share * (top - base)).map((value) => [
    shape("line", { x1: LEFT, x2: WIDTH - 34, y1: y(value), y2: y(value), class: "gridline" }),
    shape("text", { x: WIDTH - 30, y: y(value) + 3.5, class: "axis" }, shortNumber(value)),
  ]);
  return { y, base, lines: lines.flat() };
}

const shortNumber = (value) => (Math.abs(value) >= 10000 ? `${Number((value / 1000).toFixed(1))}k` : String(Number(value.toFixed(2))));

function labelText(spec, at, x, step) {
  const label = shape("text", { x, y: HEIGHT - 8, class: "axis middle" }, spec.labels[at]);
  const every = Math.ceil(Math.max(...spec.labels.map((name) => name.length * (/[^\x00-\xff]/.test(name) ? 11 : 6))) / step);
  return at % every === 0 ? label : null;
}

function valueText(spec, at, x, y, crowded) {
  const shown = !crowded || spec.highlight === at;
  return shown ? shape("text", { x, y: y - 5, class: "value middle" }, crowded ? printedValue(spec.values[at], spec.unit) : spec.values[at].toLocaleString("en-GB")) : null;
}

function svgOf(parts) {
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot" }, ...parts.flat().filter(Boolean));
}

function bars(spec) {
  const { y, lines, base } = axes(spec);
  const step = (WIDTH - 40 - LEFT) / spec.values.length;
  const zero = y(Math.max(0, base));
  const drawn = spec.values.map((value, at) => {
    const strong = spec.highlight === undefined || spec.highlight === at;
    const [top, foot] = value >= 0 ? [y(value), zero] : [zero, y(value)];
    const x = LEFT + step * (at + 0.5);
    const bar = shape("rect", { x: x - step * 0.31, width: step * 0.62, y: top, height: Math.max(1.5, foot - top), rx: Math.min(4, step * 0.15), class: strong ? "bar strong" : "bar" });
    mark(bar, { ...barInfo(spec, at), color: () => colorOf(bar) });
    return [bar, labelText(spec, at, x, step), valueText(spec, at, x, top, spec.values.length > 7)];
  });
  return svgOf([...lines, ...drawn]);
}

const barInfo = (spec, at) => ({ role: "chart_value", name: spec.labels[at], state: () => stateOf(spec, at) });
const stateOf = (spec, at) => ({ value: spec.values[at], ...(spec.highlight === at ? { selected: true } : {}) });

function colorOf(element) {
  const numbers = getComputedStyle(element).fill.match(/[\d.]+/g).slice(0, 3).map(Number);
  return `#${numbers.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function line(spec) {
  const { y, lines } = axes(spec);
  const step = (WIDTH - 40 - LEFT) / spec.values.length;
  const points = spec.values.map((value, at) => [LEFT + step * (at + 0.5), y(value)]);
  const path = points.map(([x, top], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${top.toFixed(1)}`).join(" ");
  const floor = HEIGHT - FOOT;
  const under = shape("path", { d: `${path} L${points.at(-1)[0]} ${floor} L${points[0][0]} ${floor} Z`, class: "under" });
  const dots = points.map(([x, top], at) => {
    const dot = shape("circle", { cx: x, cy: top, r: spec.highlight === at ? 5.5 : 3.5, class: "dot" });
    mark(dot, { ...barInfo(spec, at), color: () => colorOf(dot) });
    return [dot, labelText(spec, at, x, step), valueText(spec, at, x, top - 3, spec.values.length > 7)];
  });
  return svgOf([...lines, under, shape("path", { d: path, class: "curve" }), ...dots]);
}

function pie(spec, view) {
  const total = spec.values.reduce((sum, value) => sum + value, 0);
  const shift = pick(view.spec.id, PALETTE.length);
  const color = (at) => PALETTE[(at + shift) % PALETTE.length];
  let turned = 0;
  const slices = spec.values.map((value, at) => {
    const [from, to] = [turned, (turned += value / total)];
    return slice(spec, at, from, to, color(at));
  });
  const legend = spec.values.map((value, at) =>
    h("div", { class: "legend-line" }, h("i", { style: { background: color(at) } }), words("label", spec.labels[at]), words("value", printedValue(value, spec.unit))),
  );
  return h("div", { class: "pie" }, shape("svg", { viewBox: "-52 -52 104 104", class: "pie-plot" }, ...slices), h("div", { class: "legend" }, legend));
}

function slice(spec, at, from, to, color) {
  const on = (share, radius) => [Math.sin(share * 2 * Math.PI) * radius, -Math.cos(share * 2 * Math.PI) * radius].map((part) => part.toFixed(2)).join(" ");
  const [outer, inner, end] = [spec.highlight === at ? 50 : 46, 24, Math.min(to, from + 0.99999)];
  const far = end - from > 0.5 ? 1 : 0;
  const d = `M${on(from, outer)} A${outer} ${outer} 0 ${far} 1 ${on(end, outer)} L${on(end, inner)} A${inner} ${inner} 0 ${far} 0 ${on(from, inner)} Z`;
  const drawn = shape("path", { d, class: "slice", fill: color });
  return mark(drawn, { ...barInfo(spec, at), color: () => color });
}
