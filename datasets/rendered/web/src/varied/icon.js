// Icons of two families, outlined or filled, by the screen's lots; never those of the kit that is held out.

import IONIC from "icons:ionic";
import MATERIAL from "icons:material";
import { h } from "../core/dom.js";

const SETS = { ionic: IONIC, material: MATERIAL };

export function icon(name, { filled, marked = true, role = "icon", name: about, class: className, style } = {}) {
  const { icons, fill } = document.documentElement.dataset;
  const info = marked ? { role, icon: role === "icon" ? name : null, name: about ?? null, color: "ink" } : null;
  const [outline, full] = SETS[icons][name];
  const drawn = filled ?? fill === "filled" ? full : outline;
  return h("span", { class: `icon family-${icons} ${className ?? ""}`, style, mark: info, html: drawn });
}
