// Waiting until a page stands still: components drawn, fonts and images there, nothing moving.

import { everyElement } from "./tree.js";

const LIMIT_MS = 8000; // far beyond any screen seen; a page that takes longer is broken

const frame = () => new Promise((done) => requestAnimationFrame(done));

function unfinished() {
  for (const element of everyElement(document.body)) {
    if (element.localName.startsWith("ion-") && !element.classList.contains("hydrated")) return element.localName;
    if (element.isUpdatePending) return element.localName;
    if (element.localName === "img" && !element.complete) return "img";
  }
  return null;
}

export async function settle() {
  const start = performance.now();
  await frame();
  for (;;) {
    const waiting = unfinished();
    document.body.getBoundingClientRect(); // lays out, which asks for the fonts
    if (!waiting && document.fonts.status === "loaded") break;
    if (performance.now() - start > LIMIT_MS) throw new Error(`the page is not ready: ${waiting ?? "fonts"} still load`);
    await (document.fonts.status === "loaded" ? frame() : document.fonts.ready);
  }
  const pictures = [...everyElement(document.body)].filter((element) => element.localName === "img");
  await Promise.all(pictures.map((picture) => picture.decode()));
}

// Ends every transition and stops every endless animation at its start.
export function freeze() {
  for (const root of [document, ...[...everyElement(document.body)].map((element) => element.shadowRoot)]) {
    for (const animation of root?.getAnimations() ?? []) {
      const endless = animation.effect?.getComputedTiming().endTime === Infinity;
      if (endless) animation.cancel();
      else animation.finish();
    }
  }
}
