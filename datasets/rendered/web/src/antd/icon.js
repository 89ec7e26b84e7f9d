import ICONS from "icons:antd";
import { h } from "../core/dom.js";

export function icon(name, { filled, marked = true, role = "icon", name: about, class: className, style } = {}) {
  const info = marked ? { role, icon: role === "icon" ? name : null, name: about ?? null, color: "ink" } : null;
  const [outline, full] = ICONS[name];
  return h("span", { class: `icon ${className ?? ""}`, style, mark: info, html: filled ? full : outline });
}
