"""Which cells are to find which elements, and the way between boxes and what the network says of them."""

from __future__ import annotations

import numpy as np
import torch

from pocketvlm.vision.parser.cells import Cells, boxes_at, make_cells
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.losses import Targets, decode_boxes, encode_boxes, overlaps
from pocketvlm.vision.parser.targets import Wanted, assign

CONFIG = ParserConfig(looks=("bell", "cat"))
CELLS = make_cells(256, 320, CONFIG.strides)
ROW, SWITCH, TEXT = (CONFIG.roles.index(role) for role in ("row", "switch", "text"))


def wanted(*elements: tuple[int, tuple[float, float, float, float]], ignored: tuple[int, ...] = ()) -> Wanted:
    """Elements of which nothing but role and box is known."""
    count = len(elements)
    unknown = np.full(count, -1, np.float32)
    return Wanted(
        boxes=np.array([box for _, box in elements], np.float32).reshape(-1, 4),
        roles=np.array([role for role, _ in elements], np.int64),
        active=unknown,
        disabled=unknown,
        values=unknown,
        ignored=np.isin(np.arange(count), ignored),
    )


def levels(cells: Cells, chosen: np.ndarray) -> set[int]:
    return set(cells.levels[chosen].tolist())


def test_cells_cover_the_input_level_after_level() -> None:
    cells = make_cells(96, 64, (8, 64))
    assert len(cells.strides) == 12 * 8 + 2 * 1  # the last row of the coarse level lies half outside
    np.testing.assert_array_equal(cells.middles[[0, 1, 8, 96, 97]], [[4, 4], [12, 4], [4, 12], [32, 32], [32, 96]])
    assert cells.levels.tolist() == [0] * 96 + [1] * 2


def test_small_elements_are_found_on_fine_levels_large_ones_on_coarse_ones() -> None:
    small, large = (SWITCH, (100.0, 100.0, 130.0, 120.0)), (ROW, (0.0, 0.0, 320.0, 250.0))
    found = assign(CELLS, wanted(small, large), CONFIG)
    assert levels(CELLS, found.cells[found.elements == 0]) == {0}
    assert levels(CELLS, found.cells[found.elements == 1]) == {3}


def test_a_size_between_two_levels_is_found_on_both() -> None:
    found = assign(CELLS, wanted((SWITCH, (100.0, 100.0, 141.0, 141.0))), CONFIG)
    assert levels(CELLS, found.cells) == {0, 1}


def test_a_contested_cell_goes_to_the_smaller_element_and_stays_quiet_of_the_other() -> None:
    row, text = (ROW, (20.0, 42.0, 80.0, 68.0)), (TEXT, (25.0, 46.0, 75.0, 64.0))  # one middle, one level
    found = assign(CELLS, wanted(row, text), CONFIG)
    middle = np.flatnonzero((CELLS.levels == 0) & (np.abs(CELLS.middles - [52, 52]).max(axis=1) < 1))
    assert found.elements[np.isin(found.cells, middle)].tolist() == [1]
    assert [int(middle[0]), ROW] in found.quiet.tolist()
    assert (found.quiet[:, 1] == ROW).all()  # of the text itself all is said


def test_a_thin_bar_between_two_rows_of_cells_is_found_all_the_same() -> None:
    found = assign(CELLS, wanted((SWITCH, (40.0, 61.0, 60.0, 64.0))), CONFIG)  # cells have their middles at 60 and 68
    assert len(found.cells)
    assert (np.abs(CELLS.middles[found.cells] - [50, 62.5]).max(axis=1) <= 12).all()


def test_an_ignored_element_is_neither_found_nor_called_absent() -> None:
    found = assign(CELLS, wanted((SWITCH, (100.0, 100.0, 130.0, 120.0)), ignored=(0,)), CONFIG)
    assert not len(found.cells)
    assert len(found.quiet)
    assert (found.quiet[:, 1] == SWITCH).all()


def test_a_screen_without_elements_has_nothing_to_find() -> None:
    found = assign(CELLS, wanted(), CONFIG)
    assert found.cells.shape == (0,)
    assert found.quiet.shape == (0, 2)


def some_targets(boxes: np.ndarray, chosen: np.ndarray) -> Targets:
    empty = torch.empty(0)
    middles, strides = torch.from_numpy(CELLS.middles[chosen]), torch.from_numpy(CELLS.strides[chosen])
    return Targets(torch.from_numpy(chosen), middles, strides, empty, torch.from_numpy(boxes), *[empty] * 4)


def test_boxes_come_back_from_what_the_network_is_to_say_of_them() -> None:
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 200, (50, 2)).astype(np.float32)
    boxes = np.concatenate([low, low + rng.uniform(3, 120, (50, 2)).astype(np.float32)], axis=1)
    chosen = rng.integers(0, len(CELLS.strides), 50)
    targets = some_targets(boxes, chosen)
    said = encode_boxes(targets)
    in_range = (said[:, 2:].abs() < 4).all(dim=1).numpy()  # sizes that a cell of that level may say
    back = decode_boxes(said, targets.middles, targets.strides).numpy()
    assert in_range.sum() > 30
    np.testing.assert_allclose(back[in_range], boxes[in_range], atol=1e-3)  # float32 at 200 pixels: 1e-5 of it
    whole = np.zeros((len(CELLS.strides), 4), np.float32)
    whole[chosen] = said.numpy()
    once = np.unique(chosen, return_index=True)[1]  # a cell drawn twice says its last box only
    mine = boxes_at(CELLS, whole)[chosen]
    last = {int(cell): number for number, cell in enumerate(chosen)}
    kept = np.array(sorted(last[int(chosen[one])] for one in once))
    np.testing.assert_allclose(mine[kept], back[kept], atol=1e-3)


def test_overlaps_are_those_of_plain_arithmetic() -> None:
    one = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10]])
    other = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 0, 30, 10]])
    iou, giou = overlaps(one, other)
    torch.testing.assert_close(iou, torch.tensor([1.0, 1 / 3, 0.0]))
    torch.testing.assert_close(giou, torch.tensor([1.0, 1 / 3, -1 / 3]))  # the third: a hull of 300, of which 100 empty
