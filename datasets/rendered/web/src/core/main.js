// window.draw(spec, pictures) draws a screen spec in a kit; window.truth() tells what is to be seen of it.

import * as common from "../common/index.js";
import { h } from "./dom.js";
import { freeze, settle } from "./settle.js";
import { truth } from "./truth.js";
import { setTheme } from "./theme.js";

// kit: {name, look: "ios" | "android", icon(name, options), theme(spec), screen(spec, parts), components, overlays}
export function install(kit) {
  window.draw = (spec, pictures) => draw(kit, spec, pictures);
  window.truth = () => truth(devicePixelRatio);
}

async function draw(kit, given, pictures) {
  const spec = given.overlay?.type === "keyboard" ? { ...given, tabs: null, fab: null } : given; // it hides them
  kit.clear?.();
  document.body.replaceChildren();
  setTheme(kit, spec);
  const components = { ...common.components, ...kit.components };
  const view = {
    kit,
    spec,
    language: spec.language,
    picture: (name) => pictures[name],
    icon: (name, options) => kit.icon(name, options ?? {}),
    component: (part) => h("div", { class: `component c-${part.type}` }, components[part.type](part, view)),
  };
  const screen = kit.screen(spec, view);
  const phone = h("div", { id: "phone", class: `look-${kit.look}` }, screen.root, common.systemBars(spec, view));
  document.body.append(phone);
  await settle();
  await view.focus?.();
  if (spec.overlay) await (kit.overlays[spec.overlay.type] ?? common.overlays[spec.overlay.type])(spec.overlay, view);
  await settle();
  await scroll(screen, spec);
  freeze();
  if (!view.focus) blur();
  await settle();
}

// Dialogs take the focus and draw a ring for people with keyboards, which phones have not.
function blur() {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  active?.blur();
}

// To the share asked for; while a keyboard is up, to the field that is typed in.
async function scroll(screen, spec) {
  const scroller = await screen.scroller();
  scroller.scrollTop = Math.round(spec.scroll * (scroller.scrollHeight - scroller.clientHeight));
  const focused = spec.overlay?.type === "keyboard" && scroller.querySelector(".focused-field");
  if (focused) focused.scrollIntoView({ block: "nearest", behavior: "instant" });
}
