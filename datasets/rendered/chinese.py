"""What icons, pictures and colours are called in Chinese, by the plain English names that a structure has for them.

A small model copies the word that a structure prints far better than it translates it: so that is what it is taught,
and its answer to a Chinese question is put into Chinese from here.
"""

from __future__ import annotations

from pocketvlm.datasets.rendered.icons import ICON_NAMES
from pocketvlm.datasets.rendered.pictures import PICTURES

COLOURS = {  # without the 色 that ends them
    "red": "红",
    "orange": "橙",
    "yellow": "黄",
    "green": "绿",
    "teal": "青",
    "blue": "蓝",
    "purple": "紫",
    "pink": "粉",
    "brown": "棕",
    "black": "黑",
    "white": "白",
    "grey": "灰",
}
_ICONS = {english.split("/")[0]: chinese.split("/")[0] for english, chinese in ICON_NAMES.values()}
_PICTURES = {name: picture.chinese for name, picture in PICTURES.items()}
_COLOURS = {name: f"{chinese}色" for name, chinese in COLOURS.items()}

CHINESE: dict[str, str] = {**_ICONS, **_PICTURES, **_COLOURS}
# A thing that has one name as an icon and another as a picture is known by both.
ENGLISH: dict[str, str] = {chinese: name for names in (_COLOURS, _PICTURES, _ICONS) for name, chinese in names.items()}
