"""How long the text reader takes on given images, and how much of what should be there it finds.

    python benchmarks/text_reader.py examples/screens/*.png
    python benchmarks/text_reader.py --threads 4 --runs 5 page.jpg

Beside an image, `page.txt` (its text, a line a line) or `questions.jsonl` (rows with `image` and `answers`) says what
should be found. An answer is found when one of its forms stands in one row of the reading, whatever the spaces and the
kind of dash. The last line of output is one JSON object.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
from PIL import Image

from pocketvlm.vision.text_reader import ScreenText, TextReader

SAME_SIGN = str.maketrans({"−": "-", "–": "-", "º": "°", "“": '"', "”": '"', "’": "'", "|": None})


def main() -> None:
    options = parse_arguments()
    reader = TextReader(options.threads)
    seconds, lines, found, wanted = [], 0, 0, 0
    for path in options.images:
        image = np.array(Image.open(path).convert("RGB"))
        read = reader.read(image)  # the first opens the networks and warms them up, and is not timed
        seconds.append(statistics.median(timed(reader, image) for _ in range(options.runs)))
        expected = expected_texts(path)
        missed = [forms[0] for forms in expected if not is_found(forms, read)]
        lines, wanted, found = lines + len(read.lines), wanted + len(expected), found + len(expected) - len(missed)
        size = f"{image.shape[1]}x{image.shape[0]}"
        print(
            f"{path.name:32} {size:>10} {seconds[-1]:6.2f} s {len(read.lines):4} lines",
            *missed and ["missed:", *missed],
        )
    print(
        json.dumps(
            {
                "images": len(seconds),
                "threads": options.threads,
                "runs": options.runs,
                "median_read_s": round(statistics.median(seconds), 3),
                "max_read_s": round(max(seconds), 3),
                "lines": lines,
                "expected": wanted,
                "found": found,
            }
        )
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="+", type=Path)
    parser.add_argument("--threads", type=int, default=2, help="processor threads (default 2)")
    parser.add_argument("--runs", type=int, default=3, help="readings of each image, the median counts (default 3)")
    return parser.parse_args()


def timed(reader: TextReader, image: np.ndarray) -> float:
    """Seconds to read a decoded image."""
    start = time.perf_counter()
    reader.read(image)
    return time.perf_counter() - start


def expected_texts(path: Path) -> list[list[str]]:
    """What an image should be found to say: for each text the forms that count, from the files beside it."""
    plain, asked = path.with_suffix(".txt"), path.with_name("questions.jsonl")
    texts = [[line] for line in plain.read_text("utf-8").splitlines() if line.strip()] if plain.exists() else []
    if asked.exists():
        questions = map(json.loads, asked.read_text("utf-8").splitlines())
        # Only these types have answers that stand on the screen word for word.
        on_screen = ("lookup", "row", "paraphrase")
        texts += [q["answers"] for q in questions if q["image"] == path.name and q.get("type", "lookup") in on_screen]
    return texts


def is_found(forms: list[str], read: ScreenText) -> bool:
    rows = [squeezed(row.text) for row in read.rows]
    return any(squeezed(form) in row for form in forms for row in rows)


def squeezed(text: str) -> str:
    return "".join(text.translate(SAME_SIGN).split()).lower()


if __name__ == "__main__":
    main()
