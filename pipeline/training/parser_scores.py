"""How well a parser finds what is on rendered screens: average precision by role, states, looks and values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from pocketvlm.bundle import PARSER_CONFIG, Bundle
from pocketvlm.datasets.metrics.detection import Boxes, average_precisions, pairwise_iou, take
from pocketvlm.datasets.rendered.parser_truth import Label, parser_labels
from pocketvlm.training.screen_cache import CachedScreen
from pocketvlm.vision.parser.cells import make_cells
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.decoding import candidates
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.runtime import ScreenParser as Runtime
from pocketvlm.vision.screen_input import normalise

SCORE_FLOOR = 0.05  # weaker finds hardly change average precision, and there are thousands
LEAST_IOU = 0.5
STATEFUL = ("switch", "checkbox", "tab", "button")  # whose states the goal is about


@dataclass(frozen=True)
class Found:
    """What was found on one screen, best first; boxes in pixels of the screen as it was rendered."""

    boxes: np.ndarray  # (K, 4)
    roles: list[str]  # K
    scores: np.ndarray  # (K,)
    attributes: np.ndarray  # (K, 3): active, disabled, value, each 0..1
    looks: list[str | None]  # K; None where none is said


@dataclass
class ParserReport:
    """Scores over many screens."""

    precisions: dict[str, float] = field(default_factory=dict)  # by role
    counts: dict[str, int] = field(default_factory=dict)  # of the truth, by role
    states: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))  # right or not, of matched ones
    looks: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # absolute errors

    def summary(self) -> dict[str, float]:
        """The figures that matter, without those for which nothing was there to judge."""
        stateful = [right for role in STATEFUL for right in self.states.get(role, [])]
        icons = [right for role, rights in self.looks.items() if role != "picture" for right in rights]
        judged: dict[str, Sequence[float]] = {
            "map50": list(self.precisions.values()),
            "state_accuracy": stateful,
            "all_state_accuracy": [right for rights in self.states.values() for right in rights],
            "picture_accuracy": self.looks.get("picture", []),
            "icon_accuracy": icons,
            "value_error": [error for errors in self.values.values() for error in errors],
        }
        return {name: float(np.mean(values)) for name, values in judged.items() if values}


def score_parser(find: Callable[[CachedScreen], Found], screens: Iterable[CachedScreen]) -> ParserReport:
    """Scores of a parser on screens; clipped elements neither count nor are wrong to find.

    Raises:
        ValueError: there is no screen with an element.
    """
    report = ParserReport()
    roles: dict[str, int] = {}
    found, truths = {}, {}
    for screen in screens:
        labels = parser_labels(screen.truth)
        one = find(screen)
        key = f"{screen.path}:{screen.offset}"
        found[key], truths[key] = comparable(one, labels, roles)
        _compare(report, one, [label for label in labels if not label.clipped])
    names = {number: role for role, number in roles.items()}
    for number, precision in average_precisions(found, truths, LEAST_IOU).items():
        report.precisions[names[number]] = precision
        report.counts[names[number]] = sum(int((truth.labels == number).sum()) for truth in truths.values())
    return report


def torch_finder(model: ScreenParser) -> Callable[[CachedScreen], Found]:
    """The definition in torch as a finder, for training's own checks."""

    @torch.inference_mode()
    def find(screen: CachedScreen) -> Found:
        config = model.config
        parse = model(torch.from_numpy(normalise(screen.pixels()[None], config.input)))
        cells = make_cells(screen.height, screen.width, config.strides)
        roles, boxes, attributes = (part[0].float().numpy() for part in (parse.roles, parse.boxes, parse.attributes))
        things = candidates(cells, roles, boxes, attributes, config, SCORE_FLOOR)
        return Found(
            boxes=things.boxes / np.tile(np.array(screen.scale), 2),
            roles=[config.roles[role] for role in things.roles],
            scores=things.scores,
            attributes=things.attributes,
            looks=[None] * len(things.roles),  # which are taught by themselves
        )

    return find


def runtime_finder(model: Runtime) -> Callable[[CachedScreen], Found]:
    """A bundle's graphs as a finder: what they say of the elements that their thresholds let through."""

    def find(screen: CachedScreen) -> Found:
        elements = model.parse(screen.pixels()).elements
        boxes = np.array([element.box for element in elements], float).reshape(-1, 4)
        attributes = [(bool(one.active), one.disabled, one.value or 0.0) for one in elements]
        return Found(
            boxes=boxes / np.tile(np.array(screen.scale), 2),
            roles=[element.role for element in elements],
            scores=np.array([element.score for element in elements]),
            attributes=np.array(attributes, float).reshape(-1, 3),
            looks=[element.look for element in elements],
        )

    return find


def open_runtime(bundle: Bundle, threshold: float, threads: int | None = None) -> Runtime:
    """A bundle's parser as it runs, with one threshold for all roles."""
    config = replace(ParserConfig.load(bundle.folder / PARSER_CONFIG), score_threshold=threshold, score_thresholds={})
    encoder, parser, looks = map(bundle.graph, ("vision_encoder", "screen_parser", "look_classifier"))
    return Runtime(encoder, parser, looks, config, threads)


def comparable(one: Found, labels: list[Label], numbers: dict[str, int]) -> tuple[Boxes, Boxes]:
    """Found and wanted boxes, without clipped ones and without what was found where one is.

    Args:
        numbers: of the roles; those not seen before are added.
    """
    for role in (*(label.role for label in labels), *one.roles):
        numbers.setdefault(role, len(numbers))
    boxes = np.array([label.box for label in labels], float).reshape(-1, 4)
    roles = np.array([numbers[label.role] for label in labels], int)
    clipped = np.array([label.clipped for label in labels], bool)
    said = np.array([numbers[role] for role in one.roles], int)
    same = (said[:, None] == roles[None, clipped]) & (pairwise_iou(one.boxes, boxes[clipped]) > LEAST_IOU)
    good = ~same.any(axis=1)
    found = Boxes(one.boxes[good], said[good], one.scores[good])
    return found, Boxes(boxes[~clipped], roles[~clipped], np.ones(int((~clipped).sum())))


def _compare(report: ParserReport, one: Found, labels: list[Label]) -> None:
    """States, looks and values of the elements that were found: the best match of their role, half overlapping."""
    said = np.array(one.roles)
    for role in {label.role for label in labels}:
        wanted = [label for label in labels if label.role == role]
        mine = np.flatnonzero(said == role)  # best first
        iou = pairwise_iou(one.boxes[mine], np.array([label.box for label in wanted], float))
        for place, match in zip(mine, take(iou, LEAST_IOU), strict=True):
            if match >= 0:
                _judge(report, wanted[match], one.attributes[place], one.looks[place])


def _judge(report: ParserReport, label: Label, attributes: np.ndarray, look: str | None) -> None:
    active, disabled, value = attributes
    if label.active is not None:
        report.states[label.role].append(bool(active > 0.5) == label.active)
    elif label.role == "button":
        report.states[label.role].append(bool(disabled > 0.5) == label.disabled)
    if label.look is not None and look is not None:
        report.looks[label.role].append(look == label.look)
    if label.value is not None:
        report.values[label.role].append(abs(float(value) - label.value))
