// A conversation.

import { h, words } from "../core/dom.js";

export function bubbles({ messages }) {
  const drawn = messages.map(({ me, text, time }) => {
    const info = { role: "bubble", text: true, name: me ? "me" : "other", color: "fill" };
    return h(
      "div",
      { class: `message ${me ? "mine" : "theirs"}` },
      h("div", { class: "bubble", mark: info }, text),
      time ? h("div", { class: "bubble-time" }, words("caption", time)) : null,
    );
  });
  return h("div", { class: "bubbles" }, drawn);
}
