// The look that all kits share by CSS variables: sizes of text, safe areas, light or dark.

const INSET_TOP = { none: { ios: 20, android: 24 }, notch: { ios: 47, android: 36 }, island: { ios: 59, android: 40 }, punch_hole: { ios: 44, android: 36 } };
const BOTTOM = { ios: 34, android: 24 }; // CSS pixels that a home indicator keeps free
const BUTTONS = 48; // the height of Android's three buttons

export function safeAreas(kit, spec) {
  const { inset, home_indicator: indicator } = spec.device;
  const buttons = indicator || kit.look === "ios" ? 0 : BUTTONS;
  return { top: spec.status ? INSET_TOP[inset][kit.look] : 0, bottom: indicator ? BOTTOM[kit.look] : 0, buttons };
}

export function keyboardHeight(spec, kit) {
  if (spec.overlay?.type !== "keyboard") return 0;
  const tall = spec.device.width >= 600 ? 300 : kit.look === "ios" ? 258 : 248;
  return Math.min(tall, Math.round(spec.device.height * 0.45));
}

export function setTheme(kit, spec) {
  const root = document.documentElement;
  const { dark, accent, text_scale: size } = spec.theme;
  const safe = safeAreas(kit, spec);
  root.lang = spec.language === "zh" ? "zh-CN" : "en";
  root.className = `${dark ? "dark" : "light"} look-${kit.look}`;
  root.style.cssText = "";
  root.style.fontSize = `${16 * size}px`;
  const keys = keyboardHeight(spec, kit);
  const values = {
    "--scale": size,
    "--accent": accent,
    "--on-accent": onColor(accent),
    "--safe-top": `${safe.top}px`,
    "--system-bottom": `${safe.bottom + safe.buttons}px`,
    "--keyboard": `${keys}px`,
    "--app-bottom": `${keys || safe.buttons}px`,
    "--foot": spec.tabs || keys ? "0px" : `${safe.bottom}px`, // what the body itself keeps free
    "--safe-bottom": keys ? "0px" : `${safe.bottom}px`,
  };
  for (const [name, value] of Object.entries(values)) root.style.setProperty(name, value);
  kit.theme(spec, root);
}

// An accent that can be read on a dark ground.
export function onDark(accent) {
  let color = accent;
  while (luminance(color) < 120) color = mix(color, "#ffffff", 0.12);
  return color;
}

function luminance(hex) {
  const [r, g, b] = rgb(hex);
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

// Black or white, whichever is read better on a colour.
export function onColor(hex) {
  return luminance(hex) > 165 ? "#000000" : "#ffffff";
}

export function mix(hex, other, share) {
  const [a, b] = [rgb(hex), rgb(other)];
  return `#${a.map((part, i) => Math.round(part * (1 - share) + b[i] * share).toString(16).padStart(2, "0")).join("")}`;
}
