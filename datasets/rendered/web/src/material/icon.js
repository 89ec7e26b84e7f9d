import ICONS from "icons:material";
import { h } from "../core/dom.js";

export function icon(name, { filled, marked = true, role = "icon", name: about, class: className, style, slot } = {}) {
  const info = marked ? { role, icon: role === "icon" ? name : null, name: about ?? null, color: "ink" } : null;
  const [outline, full] = ICONS[name];
  return h("md-icon", { class: `icon ${className ?? ""}`, style, slot, mark: info, html: (filled ? full : outline).replace("<svg", '<svg fill="currentColor"') });
}
