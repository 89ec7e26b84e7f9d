// What the truth says about an element that is not to be seen in the page itself. Kits mark what they draw.

const MARKS = new WeakMap();
const SOLID = new WeakSet();

// info: role; name, icon, picture: words; text: true (what is printed inside) or () => words;
// state: () => {on, checked, ...} read from the live component; color: "fill", "ink" or () => "#rrggbb";
// tight: true where the box is that of the printed words, not of the element's whole line.
export function mark(element, info) {
  if (element) MARKS.set(element, info);
  return element;
}

export function markOf(element) {
  return MARKS.get(element);
}

// An element that hides what lies under it: a dialog's panel, a bar, a floating button.
export function solid(element) {
  if (element) SOLID.add(element);
  return element;
}

export function isSolid(element) {
  return SOLID.has(element);
}
