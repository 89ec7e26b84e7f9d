// React and elements together: a component drawn now, elements inside components, marks by reference.

import { useLayoutEffect, useRef } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { mark } from "../core/marks.js";

const roots = [];

// Draws a component at once and gives the element that holds it.
export function drawn(component, className) {
  const holder = document.createElement("div");
  if (className) holder.className = className;
  const root = createRoot(holder);
  roots.push(root);
  flushSync(() => root.render(component));
  return holder;
}

export function clear() {
  for (const root of roots.splice(0)) root.unmount();
}

// Elements made elsewhere, inside a component.
export function Slot({ nodes }) {
  const holder = useRef(null);
  useLayoutEffect(() => holder.current.replaceChildren(...[nodes].flat(Infinity).filter(Boolean)), [nodes]);
  return <span className="slot" ref={holder} />;
}

// Marks the element that a component drew: the first in a holder that has no box of its own.
export function Marked({ info, find, children }) {
  const holder = useRef(null);
  useLayoutEffect(() => {
    const element = find ? holder.current.querySelector(find) : holder.current.firstElementChild;
    mark(element, { ...info, state: info.state && (() => info.state(element)) });
  });
  return <span className="slot" ref={holder}>{children}</span>;
}
