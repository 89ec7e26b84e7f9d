"""Signs: second looks that only help, fronts turned to face us, and lines that belong together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pocketvlm.apps.places.photos.sign_phrases import phrases_of
from pocketvlm.apps.places.photos.signs import Sign, front_of, lightened, read_signs
from pocketvlm.vision.reading_order import Row, ScreenText, TextLine

Box = tuple[int, int, int, int]


class Script:
    """A reader that says what it is told, look by look, and keeps what it was shown."""

    def __init__(self, *looks: list[TextLine]) -> None:
        self.looks = list(looks)
        self.seen: list[np.ndarray] = []

    def read(self, image: np.ndarray) -> ScreenText:
        self.seen.append(image)
        return ScreenText(tuple(Row((line,)) for line in self.looks.pop(0)))


def grey(level: int) -> np.ndarray:
    return np.full((300, 400, 3), level, dtype=np.uint8)


def sign(text: str, box: Box, size: float = 1.0) -> Sign:
    return Sign(text, box, 0.99, size, "plain")


def street(aside: float) -> np.ndarray:
    """A wall with rows of windows, seen from aside: its right edge is shrunk to a part of the left one."""
    wall = np.full((600, 800, 3), 200, dtype=np.uint8)
    for x in range(40, 760, 180):
        for y in range(40, 560, 130):
            cv2.rectangle(wall, (x, y), (x + 130, y + 80), (40, 40, 50), -1)
    flat = np.array([(0, 0), (800, 0), (800, 600), (0, 600)], dtype=np.float32)
    shrunk = 300 * aside
    seen = np.array([(0, 0), (800, 300 - shrunk), (800, 300 + shrunk), (0, 600)], dtype=np.float32)
    return cv2.warpPerspective(wall, cv2.getPerspectiveTransform(flat, seen), (800, 600), borderValue=(200, 200, 200))


def test_a_bright_straight_photo_is_read_once() -> None:
    reader = Script([TextLine("Café", (10, 10, 90, 40), 0.9)])
    (found,) = read_signs(grey(180), reader)
    assert (found.text, found.size, found.look, len(reader.seen)) == ("Café", 1.0, "plain", 1)


def test_a_dark_photo_gets_a_second_look_that_adds_what_was_missed() -> None:
    first = [TextLine("Lit Sign", (10, 10, 150, 40), 0.99)]
    second = [TextLine("Llt Slgn", (10, 10, 150, 40), 0.8), TextLine("Tel 123 4567", (10, 100, 150, 130), 0.9)]
    reader = Script(first, second)
    found = read_signs(grey(20), reader)
    assert [(one.text, one.look) for one in found] == [("Lit Sign", "plain"), ("Tel 123 4567", "lightened")]
    assert reader.seen[1].mean() > 2 * reader.seen[0].mean()


def test_a_second_look_replaces_what_was_read_with_less_certainty() -> None:
    found = read_signs(
        grey(20),
        Script([TextLine("S lv", (10, 10, 150, 40), 0.6)], [TextLine("Silver Bridge", (10, 10, 150, 42), 0.95)]),
    )
    assert [one.text for one in found] == ["Silver Bridge"]


def test_lightening_keeps_shape_and_lifts_the_dark() -> None:
    dark = np.random.default_rng(1).integers(0, 40, (60, 80, 3)).astype(np.uint8)
    light = lightened(dark)
    assert light.shape == dark.shape
    assert light.dtype == np.uint8
    assert light.mean() > 1.5 * dark.mean()


def test_a_front_seen_from_aside_is_turned_to_face_us() -> None:
    homography = front_of(street(0.5))
    assert homography is not None
    # The wall's upper and lower edge fall and rise by 150 pixels over the picture; turned, they must be level.
    # Tolerance: edges are found to a pixel or two, and the fit is over a dozen of them.
    edges = np.array([[(0, 0), (800, 150), (0, 600), (800, 450)]], dtype=np.float64)
    turned = cv2.perspectiveTransform(edges, homography)[0]
    assert abs(turned[0, 1] - turned[1, 1]) < 25
    assert abs(turned[2, 1] - turned[3, 1]) < 25


@pytest.mark.parametrize("pixels", [street(1.0), grey(128)], ids=["straight on", "blank"])
def test_what_faces_us_or_shows_no_house_is_left_as_it_is(pixels: np.ndarray) -> None:
    assert front_of(pixels) is None


def test_a_name_on_two_lines_and_a_torn_one_are_taken_together() -> None:
    signs = [
        sign("Golden", (100, 100, 300, 150)),
        sign("Wok", (320, 100, 420, 150)),
        sign("Express", (150, 160, 380, 200), 0.8),
        sign("Tel 555", (100, 500, 300, 530), 0.5),
    ]
    texts = {phrase.text for phrase in phrases_of(signs)}
    assert {"Golden Wok", "Golden Wok Express", "Golden", "Tel 555"} <= texts
    assert not any("Tel" in text and "Golden" in text for text in texts)
    assert phrases_of(signs)[0].text == "Golden Wok Express"


def test_a_phrase_knows_what_stands_beside_it() -> None:
    signs = [sign("Golden Wok", (100, 100, 400, 150)), sign("Express", (150, 160, 380, 200), 0.8)]
    (short,) = [phrase for phrase in phrases_of(signs) if phrase.text == "Golden Wok"]
    assert short.beside == ("Express",)
    assert short.squeezed == "goldenwok"
    assert phrases_of([]) == []
