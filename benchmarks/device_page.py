"""Makes the tables of docs/cost/device_model.md anew, after a profile, a published row or the model has changed.

python benchmarks/device_page.py
"""

from __future__ import annotations

from pathlib import Path

from pocketvlm.cost.device_page import fill

PAGE = Path(__file__).resolve().parent.parent / "docs/cost/device_model.md"


def main() -> None:
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
