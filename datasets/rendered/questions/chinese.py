"""What icons, pictures and colours are called in Chinese, by the plain English names that a structure has for them.

A small model copies the word that a structure prints far better than it translates it: so that is what it is taught,
and its answer to a Chinese question is put into Chinese from here.
"""

from __future__ import annotations

from pocketvlm.datasets.rendered.pictures import PICTURES
from pocketvlm.datasets.rendered.questions.colour import PLAIN_COLOURS
from pocketvlm.datasets.rendered.questions.icons import ICON_NAMES

_ICONS = {english.split("/")[0]: chinese.split("/")[0] for english, chinese in ICON_NAMES.values()}
_PICTURES = {name: picture.chinese for name, picture in PICTURES.items()}

CHINESE: dict[str, str] = {**_ICONS, **_PICTURES, **PLAIN_COLOURS}
# A thing that has one name as an icon and another as a picture is known by both.
ENGLISH: dict[str, str] = {
    chinese: name for names in (PLAIN_COLOURS, _PICTURES, _ICONS) for name, chinese in names.items()
}
