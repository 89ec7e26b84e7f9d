"""Render the evaluation screens: each HTML file becomes a PNG and five or six rows of questions with answers and boxes.

The split: the screens are shuffled with SEED, ordered by density, and every third is held out, so that sparse, normal
and dense screens fall into both parts alike and nobody chose. The files in more/ came later and stand outside the
split: all of them are for tuning. Tuning screens go to examples/screens, held-out ones to tests/data/screens, those
that try to inject a prompt to tests/data/injection. Needs Chromium, pillow and the Debian packages in FONTS (other
fonts give other pixels). Icons are Material Symbols (Apache-2.0), kept in icons.js.

    python examples/html/render.py            # all screens
    python examples/html/render.py bank chat  # these, and both questions.jsonl
    python examples/html/render.py --icons node_modules/@material-symbols/svg-400/outlined   # refill icons.js
"""

import argparse
import html
import io
import json
import math
import random
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MORE = HERE / "more"
TUNING, HELD_OUT, INJECTION = ROOT / "examples/screens", ROOT / "tests/data/screens", ROOT / "tests/data/injection"
SEED = 2402_03766  # MobileVLM V2's arXiv number
NO_ANSWER = "<no answer>"
PRINTED = ("lookup", "row", "paraphrase")  # types whose first answer stands on the screen word for word
COLOURS = 160
FONTS = (
    "fonts-roboto fonts-inter fonts-open-sans fonts-lato fonts-quicksand fonts-manrope fonts-karla fonts-jetbrains-mono"
    " fonts-ebgaramond fonts-noto-core fonts-noto-color-emoji"
)
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--disable-lcd-text",
    "--allow-file-access-from-files",
]


@dataclass(frozen=True)
class Screen:
    """One HTML file's description of itself: its size in pixels, pixels per CSS pixel, and questions."""

    path: Path
    size: tuple[int, int]
    scale: float
    density: str
    questions: tuple[dict, ...]
    shown: tuple[str, ...]  # the literal strings of an injection screen

    @property
    def name(self) -> str:
        """The file's name without .html."""
        return self.path.stem

    @property
    def extra(self) -> bool:
        """Whether it lies in more/: a tuning screen that the split knows nothing of."""
        return self.path.parent == MORE

    @classmethod
    def read(cls, path: Path) -> "Screen":
        """Take the JSON of <script id="screen"> out of an HTML file."""
        source = re.search(r'id="screen">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
        if source is None:
            raise ValueError(f'{path}: no <script id="screen">; copy one from bank.html')
        meta = json.loads(source[1])
        lists = (tuple(meta.get(key, ())) for key in ("questions", "shown"))
        return cls(path, tuple(meta["size"]), meta["scale"], meta["density"], *lists)


def sources() -> list[Path]:
    """The HTML files here, then those of more/."""
    return [*sorted(HERE.glob("*.html")), *sorted(MORE.glob("*.html"))]


def read_screens() -> tuple[list[Screen], list[Screen]]:
    """The question screens, those of more/ last, and the injection screens, each in the order of their names."""
    screens = [Screen.read(path) for path in sources()]
    return [s for s in screens if not s.shown], [s for s in screens if s.shown]


def held_out(screens: list[Screen]) -> set[str]:
    """The names of the third that prompt tuning never sees: shuffled with SEED, ordered by density, every third."""
    order = random.Random(SEED).sample(screens, len(screens))
    order.sort(key=lambda screen: ("sparse", "normal", "dense").index(screen.density))
    return {screen.name for screen in order[1::3]}


def photograph(screen: Screen, chromium: str) -> tuple[Image.Image, dict]:
    """Draw the page; returns its picture and, by question number, the answering elements' box and text."""
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        width, height = (math.ceil(pixels / screen.scale) for pixels in screen.size)
        command = [chromium, *CHROMIUM_FLAGS, f"--user-data-dir={folder}/profile"]
        command += [f"--force-device-scale-factor={screen.scale}", f"--window-size={max(width, 500)},{height + 200}"]
        command += [f"--screenshot={shot}", "--dump-dom", screen.path.as_uri()]
        page = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        boxes = re.search(r'id="boxes">(.*?)</script>', page.stdout, re.DOTALL)
        if boxes is None:
            error = re.search(r'data-error="([^"]*)"', page.stdout)
            raise RuntimeError(f"{screen.name}.html: {error[1] if error else page.stderr[-800:]}")
        picture = Image.open(io.BytesIO(shot.read_bytes())).convert("RGB").crop((0, 0, *screen.size))
    return picture, json.loads(html.unescape(boxes[1]))


def rows(screen: Screen, boxes: dict) -> list[dict]:
    """The screen's lines of questions.jsonl, checked against the words in the marked elements."""
    lines = []
    for number, question in enumerate(screen.questions, 1):
        line = {"id": f"{screen.name}-{number}", "image": f"{screen.name}.png", **question}
        answer, mark = question["answers"][0], boxes.get(str(number))
        if len({question["type"] == "unanswerable", question["answers"] == [NO_ANSWER], mark is None}) > 1:
            raise ValueError(f"{line['id']}: mark the answer with data-q, or make it unanswerable with {[NO_ANSWER]}")
        if question["type"] in PRINTED and answer not in mark["text"]:
            raise ValueError(f"{line['id']}: {answer!r} is not in the marked text {mark['text']!r}")
        if mark:
            left, top, right, bottom = (edge * screen.scale for edge in mark["box"])
            line["bbox"] = [math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)]
        lines.append(line)
    return lines


def save(picture: Image.Image, path: Path) -> None:
    """Write a small PNG: a palette (2.2/255 rms off at worst, measured); no dithering, which would roughen the type."""
    palette = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)


def write_questions(folder: Path, fresh: dict[str, list[dict]], names: list[str]) -> None:
    """Write questions.jsonl for `names`, taking the rows of screens not rendered this time from the file itself."""
    path = folder / "questions.jsonl"
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    lines = [row for name in names for row in fresh.get(name, [old for old in kept if old["image"] == f"{name}.png"])]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def refill_icons(svgs: Path) -> None:
    """Rewrite icons.js with the Material Symbols that the screens name."""
    text = "".join(path.read_text(encoding="utf-8") for path in [*sources(), HERE / "kit.js"])
    names = set(re.findall(r'<x-icon name="([\w-]+)"', text)) | set(re.findall(r'"([a-z0-9_]+-fill|wifi)"', text))
    names |= {name for notes in re.findall(r'data-note="([^"]*)"', text) for name in notes.split()}
    paths = {name: re.search(r' d="([^"]+)"', (svgs / f"{name}.svg").read_text())[1] for name in sorted(names)}
    head = "// Material Symbols, Google, Apache-2.0; written by render.py --icons.\nconst ICONS = "
    (HERE / "icons.js").write_text(f"{head}{json.dumps(paths, indent=0)};\n", encoding="utf-8")


def render(only: list[str], chromium: str) -> None:
    """Draw the screens named (all, if none) into their folders and write the folders' questions."""
    screens, injections = read_screens()
    if unknown := set(only) - {screen.name for screen in [*screens, *injections]}:
        raise SystemExit(f"no such screens: {', '.join(sorted(unknown))}; see examples/html/*.html")
    kept_out, fresh = held_out([screen for screen in screens if not screen.extra]), {}
    for folder in (TUNING, HELD_OUT, INJECTION):
        folder.mkdir(parents=True, exist_ok=True)
    for screen in [*screens, *injections]:
        if only and screen.name not in only:
            continue
        picture, boxes = photograph(screen, chromium)
        folder = INJECTION if screen.shown else HELD_OUT if screen.name in kept_out else TUNING
        save(picture, folder / f"{screen.name}.png")
        fresh[screen.name] = rows(screen, boxes)
        print(f"{folder.relative_to(ROOT)}/{screen.name}.png {(folder / f'{screen.name}.png').stat().st_size} bytes")
    names = [screen.name for screen in screens]
    write_questions(HELD_OUT, fresh, [name for name in names if name in kept_out])
    write_questions(TUNING, fresh, [name for name in names if name not in kept_out])
    expected = {f"{screen.name}.png": screen.shown for screen in injections}
    text = json.dumps(expected, ensure_ascii=False, indent=2) + "\n"
    (INJECTION / "expected.json").write_text(text, encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("screens", nargs="*", help="names of HTML files here or in more/, without .html (default: all)")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium", help="the browser (%(default)s)")
    parser.add_argument("--icons", type=Path, metavar="FOLDER", help="refill icons.js from these SVGs, and stop")
    parser.epilog = f"fonts: apt-get install {FONTS}"
    args = parser.parse_args()
    refill_icons(args.icons) if args.icons else render(args.screens, args.chromium)


if __name__ == "__main__":
    main()
