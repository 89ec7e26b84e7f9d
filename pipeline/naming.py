"""What an icon, a picture or a colour is called in the language of a question.

The model names them as the screen's structure does, in English: see `datasets.rendered.chinese`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pocketvlm.datasets.rendered.chinese import CHINESE
from pocketvlm.locating import is_chinese
from pocketvlm.vision.reading_order import TextLine

SHARE = re.compile(r"\d{1,3}%")


def is_seen(answer: str, lines: Sequence[TextLine]) -> bool:
    """Whether an answer tells what is shown, in which colour or how full, and is not printed: "light bulb", "40%"."""
    printed = any(answer in line.text.split() for line in lines)
    return not printed and (answer in CHINESE or SHARE.fullmatch(answer) is not None)


def in_its_language(question: str, answer: str, lines: Sequence[TextLine]) -> str:
    """An answer as it stands, or in Chinese where it is such a name and the question is Chinese.

    Args:
        lines: what the picture prints: a word that stands there by itself is quoted, not named.
    """
    if not is_chinese(question) or any(line.text == answer for line in lines):
        return answer
    return CHINESE.get(answer, answer)
