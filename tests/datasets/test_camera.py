"""Photos of flat things: what lies where, and that each of a camera's faults is there."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pocketvlm.datasets.rendered.camera import Conditions, Image, draw_conditions, photograph, photograph_truth
from pocketvlm.datasets.rendered.papers import KIT, PAPERS, paper
from pocketvlm.datasets.rendered.questions import make_questions
from pocketvlm.datasets.rendered.questions.screen import read_screen

SIZE = (360, 480)  # pixels: small, so that tests are quick
PERFECT = Conditions(perspective=0, turn=0, fill=1, blur=0, motion=0, shade=0, warmth=0, noise=0, quality=100)


def page(seed: int = 0) -> Image:
    """White, with twelve black squares of 40 pixels on a grid."""
    image = np.full((640, 480, 3), 255, dtype=np.uint8)
    for x1, y1, x2, y2 in BOXES:
        image[y1:y2, x1:x2] = 0
    return image


BOXES = [(60 + 140 * x, 60 + 150 * y, 100 + 140 * x, 100 + 150 * y) for y in range(4) for x in range(3)]


@pytest.mark.parametrize("thing", ["phone", "paper"])
@pytest.mark.parametrize("seed", range(6))
def test_boxes_move_with_what_they_hold(seed: int, thing: str) -> None:
    photo = photograph(page(), seed, thing, size=(720, 960))  # type: ignore[arg-type]
    grey = photo.image.mean(axis=2)
    light = np.zeros(grey.shape, dtype=np.uint8)
    cv2.fillConvexPoly(light, photo.corners((0, 0, 480, 640)).round().astype(np.int32), 1)
    for box in BOXES:
        corners = photo.corners(box)
        inside = np.zeros(grey.shape, dtype=np.uint8)
        cv2.fillConvexPoly(inside, corners.round().astype(np.int32), 1)
        core = cv2.erode(inside, np.ones((7, 7), np.uint8))  # the edge is blurred by a few pixels at most
        rim = cv2.dilate(inside, np.ones((19, 19), np.uint8)) - cv2.dilate(inside, np.ones((7, 7), np.uint8))
        found = photo.box(box)
        if found is None or found[1] < 1:
            continue
        # Black is 0 but for glare of up to 40; white is 255 dimmed by 40% at most, which is 153.
        assert grey[core == 1].mean() < 60
        assert grey[(rim == 1) & (light == 1)].mean() > 120
        (x1, y1, x2, y2), _ = found
        assert x1 <= corners[:, 0].min() < x1 + 1.1
        assert y1 <= corners[:, 1].min() < y1 + 1.1
        assert x2 - 1.1 < corners[:, 0].max() <= x2 + 0.1
        assert y2 - 1.1 < corners[:, 1].max() <= y2 + 0.1


def test_a_photo_is_the_same_for_the_same_seed_only() -> None:
    one, again, other = (photograph(page(), seed, size=SIZE) for seed in (3, 3, 4))
    assert np.array_equal(one.image, again.image)
    assert one.conditions == again.conditions
    assert not np.array_equal(one.image, other.image)
    assert not np.array_equal(photograph(page(), -3, size=SIZE).image, one.image)


def test_a_perfect_camera_shows_the_page_as_it_is() -> None:
    photo = photograph(page(), 1, "paper", size=(480, 640), conditions=PERFECT)
    difference = np.abs(photo.image.astype(int) - page().astype(int))
    # JPEG of the best quality still rings beside sharp black edges, by some tens of levels at single pixels.
    assert difference.mean() < 1
    assert photo.box((60, 60, 100, 100)) == ((60, 60, 100, 100), 1.0)


@pytest.mark.parametrize(
    "fault",
    [
        {"blur": 2.0},
        {"motion": 5},
        {"shade": 0.5},
        {"warmth": 1.0},
        {"noise": 8.0},
        {"quality": 20},
        {"perspective": 0.05},
        {"turn": 5.0},
    ],
)
def test_each_fault_shows(fault: dict[str, float]) -> None:
    perfect = photograph(page(), 1, "paper", size=SIZE, conditions=PERFECT).image.astype(int)
    faulty = photograph(page(), 1, "paper", size=SIZE, conditions=replace(PERFECT, **fault)).image.astype(int)  # type: ignore[arg-type]
    assert np.abs(perfect - faulty).mean() > 0.5  # levels of 255; equal photos differ by none


def test_blur_softens_edges_and_shade_darkens() -> None:
    def taken(**fault: float) -> Image:
        return photograph(page(), 1, "paper", size=SIZE, conditions=replace(PERFECT, **fault)).image  # type: ignore[arg-type]

    def sharpness(image: Image) -> float:
        return float(cv2.Laplacian(image.mean(axis=2), cv2.CV_64F).var())

    assert sharpness(taken(blur=2.0)) < 0.5 * sharpness(taken())
    assert taken(shade=0.5).mean() < taken().mean() - 20  # half of the light is gone where it is darkest
    warm, cold = (taken(warmth=warmth).reshape(-1, 3).mean(axis=0) for warmth in (1.0, -1.0))
    assert warm[0] - warm[2] > cold[0] - cold[2]  # red over blue


def test_conditions_stay_within_what_people_can_read() -> None:
    for seed in range(200):
        drawn = draw_conditions(np.random.default_rng(seed))
        assert 0 <= drawn.perspective <= 0.06
        assert abs(drawn.turn) < 15
        assert 0 <= drawn.blur < 1
        assert 55 <= drawn.quality < 95
        assert drawn.shade <= 0.4


@pytest.mark.parametrize(
    "bad", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), np.float32)]
)
def test_what_is_no_page_is_named(bad: Image) -> None:
    with pytest.raises(ValueError, match=r"\(H, W, 3\) uint8"):
        photograph(bad, 1)
    with pytest.raises(ValueError, match="0 x 5"):
        photograph(page(), 1, size=(0, 5))


def test_the_truth_moves_with_the_photo() -> None:
    image, truth = paper("receipt", 5)
    photo = photograph(image, 7, "paper", size=SIZE)
    moved = photograph_truth(truth, photo, "photo.png")
    read_screen(moved)  # ids are in order, and parents are there
    assert (moved["image"], moved["width"], moved["height"]) == ("photo.png", *SIZE)
    for element in moved["elements"]:
        x1, y1, x2, y2 = element["box"]
        assert 0 <= x1 < x2 <= SIZE[0]
        assert 0 <= y1 < y2 <= SIZE[1]
        if element["row"] is not None:
            assert moved["elements"][element["row"]]["role"] == "row"
    texts = [element["text"] for element in moved["elements"] if element["text"]]
    assert texts == [element["text"] for element in truth["elements"] if element["text"]]


def test_what_is_out_of_sight_is_left_out_and_what_is_cut_says_so() -> None:
    image, truth = paper("sign", 5)
    photo = photograph(image, 7, "paper", size=SIZE, conditions=replace(PERFECT, fill=2.0))
    moved = photograph_truth(truth, photo, "photo.png")
    read_screen(moved)
    assert 0 < len(moved["elements"]) < len(truth["elements"])
    assert any(element.get("clipped") for element in moved["elements"])


@pytest.mark.parametrize("kind", PAPERS)
def test_papers_say_what_their_truth_says(kind: str) -> None:
    image, truth = paper(kind, 3)  # type: ignore[arg-type]
    again, _ = paper(kind, 3)  # type: ignore[arg-type]
    assert np.array_equal(image, again)
    assert truth["kit"] == KIT
    assert read_screen(truth).is_paper
    ground = image[2, 2].astype(int)
    for element in (element for element in truth["elements"] if element["text"]):
        x1, y1, x2, y2 = element["box"]
        inked = np.abs(image[y1:y2, x1:x2].astype(int) - ground).max(axis=2) > 60
        assert inked.any(axis=1).mean() > 0.6
        assert inked.any(axis=0).mean() > 0.5
        assert element["text"].isascii()
    assert len(make_questions(truth, 1, 6)) >= 5


def test_receipts_add_up() -> None:
    for seed in range(20):
        _, truth = paper("receipt", seed)
        amounts = {e["name"]: round(100 * float(e["text"][1:])) for e in truth["elements"] if e["role"] == "value"}
        total, cash, change = (amounts.pop(name) for name in ("Total", "Cash", "Change"))
        assert sum(amounts.values()) == total == cash - change


def test_an_unknown_paper_is_named() -> None:
    with pytest.raises(ValueError, match="'letter'"):
        paper("letter", 1)  # type: ignore[arg-type]
