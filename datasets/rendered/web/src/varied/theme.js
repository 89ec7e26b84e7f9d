// Grounds and inks by lot: from white to grey and from black to blue, with more or less contrast.

import { mix, onColor, onDark } from "../core/theme.js";
import { share, wear } from "./look.js";

const TINTS = ["#000000", "#ffffff"];
const FONTS = ['"Roboto Variable"', '"Inter Variable"'];
const SEMANTIC = { "--success": ["#2e9e5b", "#00a870", "#52c41a"], "--danger": ["#d93a3a", "#ff3141", "#c2185b"], "--gold": ["#f5b301", "#ff8f00", "#ffd21e"] };

export function theme(spec, root) {
  const { dark, accent } = spec.theme;
  wear(spec, root);
  const lot = (name) => share(spec, name);
  const bright = dark ? onDark(accent) : accent;
  const [page, ink] = dark ? [...TINTS] : [...TINTS].reverse();
  const ground = mix(mix(page, accent, 0.1 * lot("tint")), ink, (dark ? 0.13 : 0.06) * lot("ground"));
  const raised = lot("raised") < 0.5 || dark ? mix(ground, ink, 0.03 + 0.07 * lot("surface")) : "#ffffff";
  const words = mix(ink, page, 0.16 * lot("ink"));
  const colors = {
    "--accent": bright, "--on-accent": onColor(bright), "--bg": ground, "--surface": raised, "--ink": words,
    "--ink2": mix(words, ground, 0.3 + 0.25 * lot("ink2")), "--line": mix(ground, words, 0.07 + 0.14 * lot("line")),
    "--soft": mix(ground, words, 0.08 + 0.12 * lot("soft")), "--off": mix(ground, words, 0.16 + 0.3 * lot("off")),
    "--bubble": mix(ground, words, 0.06 + 0.08 * lot("bubble")), "--key": mix(ground, words, 0.05 + 0.1 * lot("key")),
    "--popup": dark ? mix(ground, ink, 0.12) : "#ffffff", "--on": lot("green") < 0.2 ? "#34c759" : bright,
    "--notice": dark && lot("notice") < 0.5 ? "#e8e8ec" : mix("#000000", accent, 0.25 * lot("notice")),
    "--faint": mix(ground, bright, 0.1 + 0.15 * lot("faint")),
    "--board": mix(ground, words, 0.1), "--board-key": mix(ground, dark ? words : "#ffffff", dark ? 0.25 : 0.9), "--board-dim": mix(ground, words, 0.2),
  };
  for (const [name, choices] of Object.entries(SEMANTIC)) colors[name] = choices[Math.floor(lot(name) * 0.999 * choices.length)];
  for (const [name, value] of Object.entries(colors)) root.style.setProperty(name, value);
  root.style.setProperty("--on-notice", onColor(colors["--notice"]));
  root.style.setProperty("--font", `${FONTS[lot("font") < 0.5 ? 0 : 1]}, "Noto Sans SC Variable", sans-serif`);
  root.style.setProperty("--weight", String(400 + 100 * Math.floor(3 * lot("weight"))));
  root.style.setProperty("--small", `${0.74 + 0.14 * lot("small")}rem`);
  if (spec.header && root.dataset.bar === "accent") root.style.setProperty("--status-ink", onColor(bright));
}
