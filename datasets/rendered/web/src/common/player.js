// A music player.

import { h, words } from "../core/dom.js";
import { photo } from "./picture.js";

const clock = (seconds) => {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

export function player({ title, artist, position_s: position, duration_s: duration, playing, picture }, view) {
  const bar = h("div", { class: "track" }, h("div", { class: "track-done", style: { width: `${(position / duration) * 100}%` } }), h("div", { class: "track-knob", style: { left: `${(position / duration) * 100}%` } }));
  const state = () => ({ progress: Number((parseFloat(bar.firstChild.style.width) / 100).toFixed(4)) });
  const button = (icon, className) => h("div", { class: `player-button ${className ?? ""}`, mark: { role: "player_button", name: icon, icon } }, view.icon(icon, { filled: true, marked: false }));
  return h(
    "div",
    { class: "player" },
    picture ? photo(picture, view, { class: "cover" }) : null,
    h("div", { class: "player-title" }, words("title", title)),
    h("div", { class: "player-artist" }, words("detail", artist)),
    h("div", { class: "track-holder", mark: { role: "progress", name: title, state } }, bar),
    h("div", { class: "player-times" }, words("caption", clock(position)), words("caption", `-${clock(duration - position)}`)),
    h("div", { class: "player-buttons" }, button("shuffle"), button("skip-back"), button(playing ? "pause" : "play", "main"), button("skip-next"), button("repeat")),
  );
}
