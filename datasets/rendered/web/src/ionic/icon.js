// Ionicons: outlined in iOS's look, filled in Material's.

import ICONS from "icons:ionic";
import { h } from "../core/dom.js";

export function icon(mode) {
  return (name, { filled, marked = true, role = "icon", name: about, class: className, style, slot } = {}) => {
    const [outline, full] = ICONS[name];
    const info = marked ? { role, icon: role === "icon" ? name : null, name: about ?? null, color: "ink" } : null;
    const svg = `data:image/svg+xml;utf8,${filled ?? mode === "md" ? full : outline}`;
    return h("ion-icon", { icon: svg, class: `icon ${className ?? ""}`, style, slot, mark: info, ariaHidden: "true" });
  };
}
