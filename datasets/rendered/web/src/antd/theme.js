import { onColor, onDark } from "../core/theme.js";

const SIZES = [9, 10, 11, 12, 13, 14, 15, 16, 17, 18]; // --adm-font-size-1 to -10, in CSS pixels

export function theme({ theme: { dark, accent, text_scale: scale } }, root) {
  root.setAttribute("data-prefers-color-scheme", dark ? "dark" : "light");
  const bright = dark ? onDark(accent) : accent;
  for (const name of ["--adm-color-primary", "--accent"]) root.style.setProperty(name, bright);
  root.style.setProperty("--on-accent", onColor(bright));
  SIZES.forEach((size, at) => root.style.setProperty(`--adm-font-size-${at + 1}`, `${size * scale}px`));
}
