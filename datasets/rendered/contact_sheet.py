"""A page to browse rendered screens with: thumbnails, and the truth's boxes under the pointer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from pocketvlm.datasets.rendered.manifest import read_truth

WIDTH = 300  # CSS pixels of a thumbnail

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rendered screens</title><style>
body { font: 14px system-ui, sans-serif; background: #f3f3f5; margin: 16px; }
#screens { display: flex; flex-wrap: wrap; gap: 14px; align-items: flex-start; }
figure { margin: 0; width: WIDTHpx; background: #fff; box-shadow: 0 1px 4px #0003; }
figcaption { padding: 5px 8px; font-size: 12px; color: #444; }
.shot { position: relative; } .shot img { display: block; width: 100%; }
.shot i { position: absolute; border: 1px solid #e11d48aa; display: none; } .shot:hover i { display: block; }
.shot i:hover { border: 2px solid #2563eb; background: #2563eb22; z-index: 2; }
#about { position: fixed; right: 0; bottom: 0; max-width: 460px; padding: 8px 12px; background: #111; color: #eee;
  font: 12px monospace; white-space: pre-wrap; z-index: 9; }
</style></head><body>
<p><input id="find" size="40" placeholder="kit, app, language, words ..."> <span id="count"></span></p>
<div id="screens"></div><div id="about"></div>
<script>
const screens = DATA;
const [place, about, find] = ["screens", "about", "find"].map((id) => document.getElementById(id));
function figure(screen) {
  const holder = document.createElement("figure");
  holder.innerHTML = '<div class="shot"><img loading="lazy"></div><figcaption></figcaption>';
  holder.querySelector("img").src = screen.thumbnail;
  const about = [screen.id, screen.kit, screen.app, screen.language, screen.dark ? "dark" : "light", screen.overlay];
  holder.lastChild.textContent = about.filter(Boolean).join(" · ");
  const shot = holder.firstChild;
  const boxes = () => shot.append(...screen.elements.map((element) => box(screen, element)));
  shot.addEventListener("mouseenter", boxes, { once: true });
  return holder;
}
function box(screen, element) {
  const [x1, y1, x2, y2] = element.box, mark = document.createElement("i");
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(mark.style, { left: share(x1, screen.width), top: share(y1, screen.height),
    width: share(x2 - x1, screen.width), height: share(y2 - y1, screen.height) });
  mark.onmouseenter = () => { about.textContent = JSON.stringify(element); };
  return mark;
}
function show() {
  const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = screens.filter((screen) => words.every((word) => screen.search.includes(word)));
  place.replaceChildren(...found.map(figure));
  document.getElementById("count").textContent = `${found.length} of ${screens.length} screens`;
}
for (const screen of screens) screen.search = JSON.stringify(screen).toLowerCase();
find.oninput = show;
show();
</script></body></html>
"""


def contact_sheet(out: str | Path, limit: int = 400) -> Path:
    """Write `index.html` and its thumbnails into a rendered folder.

    Args:
        limit: screens on the page; of more, every so-manieth is taken.
    Returns:
        The page's path.
    Raises:
        FileNotFoundError: the folder is not rendered to its end.
        ValueError: `limit` is below 1.
    """
    if limit < 1:
        raise ValueError(f"limit is {limit}: use 1 or more")
    folder = Path(out).absolute()
    screens = list(read_truth(folder))
    shown = [_shown(folder, truth) for truth in screens[:: max(1, -(-len(screens) // limit))]]
    data = json.dumps(shown, ensure_ascii=False).replace("</", "<\\/")
    page = folder / "index.html"
    page.write_text(_PAGE.replace("WIDTH", str(WIDTH)).replace("DATA", data, 1), encoding="utf-8")
    return page


def _shown(folder: Path, truth: dict[str, Any]) -> dict[str, Any]:
    path = folder / "thumbnails" / f"{truth['id']}.webp"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        with Image.open(truth["image"]) as image:
            image.thumbnail((2 * WIDTH, 4 * WIDTH))  # twice as fine, for fine displays
            image.convert("RGB").save(path, quality=80)
    place = Path(truth["image"]).relative_to(folder).as_posix()
    return {**truth, "image": place, "thumbnail": path.relative_to(folder).as_posix()}
