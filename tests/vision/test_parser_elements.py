"""From what the parser says to elements: boxes in the picture, and only what means something for a role."""

from __future__ import annotations

import numpy as np
import pytest

from pocketvlm.datasets.rendered.parser_truth import parser_labels
from pocketvlm.vision.parser.close_up import SHOWING
from pocketvlm.vision.parser.roles import ROLES
from pocketvlm.vision.parser.runtime import COLORED, element_of, in_picture

BLUE = np.zeros((100, 100, 3), np.uint8)
BLUE[20:40, 20:60] = (0, 122, 255)
BOX = (20, 20, 60, 40)
ON, OFF = np.array([0.9, 0.1, 0.42], np.float32), np.array([0.1, 0.1, 0.42], np.float32)
GREYED = np.array([0.9, 0.9, 0.42], np.float32)


def test_boxes_are_scaled_and_kept_inside() -> None:
    boxes = np.array([[10, 20, 30, 40], [-5, -5, 500, 500], [10.0, 10.0, 10.1, 10.1], [200, 100, 210, 105]], np.float32)
    found = in_picture(boxes, (0.5, 0.25), (200, 100))
    assert found == [(20, 80, 60, 100), (0, 0, 200, 100), (20, 40, 21, 41), (199, 99, 200, 100)]


def test_no_boxes_are_no_boxes() -> None:
    assert in_picture(np.empty((0, 4), np.float32), (1.0, 1.0), (10, 10)) == []


@pytest.mark.parametrize(
    ("role", "said", "active", "disabled", "look", "value", "color"),
    [
        ("switch", ON, True, False, None, None, "blue"),
        ("switch", OFF, False, False, None, None, None),  # what an off one has is no colour of its own
        ("button", ON, None, False, None, None, "blue"),
        ("button", GREYED, None, True, None, None, None),
        ("icon", ON, None, False, "bell", None, "blue"),
        ("tab", OFF, False, False, "bell", None, None),
        ("battery", ON, False, False, None, 0.42, None),
        ("slider", GREYED, None, False, None, 0.42, None),  # no slider is ever greyed out
        ("row", GREYED, None, True, None, None, None),
    ],
)
def test_element_says_what_its_role_can(
    role: str,
    said: np.ndarray,
    active: bool | None,
    disabled: bool,
    look: str | None,
    value: float | None,
    color: str | None,
) -> None:
    element = element_of(BLUE, role, BOX, 0.87654, said, look)
    assert (element.role, element.box, element.score) == (role, BOX, 0.8765)
    assert (element.active, element.disabled, element.look, element.value) == (active, disabled, look, value)
    assert element.color == color


def test_what_was_measured_of_a_bar_counts_more_than_what_the_network_says() -> None:
    assert element_of(BLUE, "progress", BOX, 0.9, ON, measured=0.25).value == 0.25
    assert element_of(BLUE, "progress", BOX, 0.9, ON).value == 0.42


def test_roles_are_ones_that_there_are() -> None:
    assert set(ROLES) >= SHOWING | COLORED


def test_showing_roles_are_those_whose_looks_are_taught() -> None:
    """Every one of such a role shows something in the truth; where some do not, a close-up cannot say so."""
    elements = [
        {"role": role, "box": [0, 0, 9, 9], "state": {}, "icon": "bell", "picture": None, "name": None, "text": None}
        for role in sorted(SHOWING)
    ]
    labels = parser_labels({"app": "settings", "elements": elements})
    assert {label.role for label in labels if label.look} == SHOWING
