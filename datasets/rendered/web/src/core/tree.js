// The flat tree: the page as drawn, with shadow trees opened and slots filled.

export function flatParent(node) {
  if (node.assignedSlot) return node.assignedSlot;
  if (node.parentElement) return node.parentElement;
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

export function flatChildren(element) {
  if (element.shadowRoot) return [...element.shadowRoot.children];
  if (element.localName === "slot") {
    const given = element.assignedElements();
    return given.length ? given : [...element.children];
  }
  return [...element.children];
}

export function* ancestors(element) {
  for (let node = element; node; node = flatParent(node)) yield node;
}

export function holds(outer, inner) {
  for (const node of ancestors(inner)) if (node === outer) return true;
  return false;
}

export function* everyElement(root) {
  yield root;
  for (const child of flatChildren(root)) yield* everyElement(child);
}

export function deepestAt(x, y) {
  let hit = document.elementFromPoint(x, y);
  while (hit?.shadowRoot) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
}
