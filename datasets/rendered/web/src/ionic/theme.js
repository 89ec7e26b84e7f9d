import { mix, onColor, onDark, rgb } from "../core/theme.js";

export function theme({ theme: { dark, accent }, language }, root) {
  root.classList.add(root.getAttribute("mode"));
  root.classList.toggle("ion-palette-dark", dark);
  const bright = dark ? onDark(accent) : accent;
  const values = {
    "--ion-color-primary": bright,
    "--ion-color-primary-rgb": rgb(bright).join(","),
    "--ion-color-primary-contrast": onColor(bright),
    "--ion-color-primary-contrast-rgb": rgb(onColor(bright)).join(","),
    "--ion-color-primary-shade": mix(bright, "#000000", 0.12),
    "--ion-color-primary-tint": mix(bright, "#ffffff", 0.1),
    "--ion-safe-area-top": "var(--safe-top)",
    "--ion-safe-area-bottom": "var(--safe-bottom)",
    "--accent": bright,
    "--on-accent": onColor(bright),
  };
  for (const [name, value] of Object.entries(values)) root.style.setProperty(name, value);
  root.style.setProperty("--word-break", language === "zh" ? "break-word" : "normal");
}
