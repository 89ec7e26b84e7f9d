"""Names of icons, pictures and colours in the language of a question."""

from __future__ import annotations

import pytest

from pocketvlm.datasets.rendered.chinese import CHINESE, ENGLISH
from pocketvlm.datasets.rendered.pictures import PICTURES
from pocketvlm.naming import in_its_language, is_seen
from pocketvlm.vision.reading_order import TextLine


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("卧室的图标是什么？", "thermometer", "温度计"),
        ("横幅是什么颜色？", "teal", "青色"),
        ("左上角的图片里是什么？", "hot dog", "热狗"),
        ("What is the icon of Bedroom?", "thermometer", "thermometer"),
        ("标题是什么？", "camera", "camera"),  # which the screen prints
        ("标题是什么？", "Camera", "Camera"),
        ("几点了？", "9:41", "9:41"),
    ],
)
def test_a_name_is_said_in_the_questions_language(question: str, answer: str, said: str) -> None:
    assert in_its_language(question, answer, [TextLine("camera", (0, 0, 90, 20), 1.0)]) == said


def test_what_is_printed_is_read_and_not_seen() -> None:
    lines = [TextLine("62% left", (0, 0, 90, 20), 1.0), TextLine("camera", (0, 30, 90, 50), 1.0)]
    assert [is_seen(answer, lines) for answer in ("64%", "teal", "light bulb")] == [True] * 3
    assert [is_seen(answer, lines) for answer in ("62%", "camera", "9:41")] == [False] * 3


def test_every_picture_has_a_chinese_name_that_leads_back() -> None:
    for name in PICTURES:
        assert ENGLISH[CHINESE[name]] == name
    assert CHINESE["teal"] == "青色"
