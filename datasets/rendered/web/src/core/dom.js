// Elements made in one call: h("div", {class: "row", style: {"--x": 1}, mark: {role: "row"}}, child, "words").

import { mark } from "./marks.js";

export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") element.append(child);
  }
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined) return;
  if (name === "class") element.className = value;
  else if (name === "mark") mark(element, value);
  else if (name === "html") element.innerHTML = value;
  else if (name === "style") {
    for (const [key, entry] of Object.entries(value)) element.style.setProperty(key, entry);
  } else if (name in element) element[name] = value; // a property, which a component reads
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false) element.setAttribute(name, value);
}

// Words in a box of their own size.
export function words(role, text, props) {
  return text === null || text === undefined ? null : h("span", { ...props, mark: { role, text: true, tight: true } }, text);
}

// A number from 0 to count - 1 that depends on the words alone: variety that is the same every time.
export function pick(text, count) {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % count;
}
