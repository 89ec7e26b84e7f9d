"""Every metric of one answer by its name, as cards and the command line call it.

Mean average precision is not among them: it ranks the boxes of a whole data set (`metrics.boxes`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pocketvlm.datasets.metrics import words
from pocketvlm.datasets.metrics.boxes import best_iou, click_accuracy
from pocketvlm.datasets.metrics.choices import choice_accuracy
from pocketvlm.datasets.metrics.edits import anls, rouge_l
from pocketvlm.datasets.metrics.numbers import relaxed_accuracy
from pocketvlm.datasets.metrics.vqa import vqa_accuracy
from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record


@dataclass(frozen=True)
class Metric:
    """A way to score one prediction, 0 to 1; a run's score is the mean over its records."""

    name: str
    what: str
    score: Callable[[Prediction, Record], float]  # raises ValueError for a record it cannot score


def _of_text(name: str, what: str, score: Callable[[str, Sequence[str]], float]) -> Metric:
    return Metric(name, what, lambda prediction, record: score(prediction.answer, record.answers))


METRICS = {
    metric.name: metric
    for metric in (
        _of_text("exact_match", "the answer word for word, but for case, punctuation and articles", words.exact_match),
        _of_text("token_f1", "words in common with the answer", words.token_f1),
        _of_text("character_f1", "Chinese characters, and words of other scripts, in common", words.character_f1),
        _of_text("anls", "one less the share of characters to edit, 0 below a half", anls),
        _of_text("vqa_accuracy", "how many of ten people gave the answer", vqa_accuracy),
        _of_text("relaxed_accuracy", "the answer, numbers within 5%", relaxed_accuracy),
        _of_text("rouge_l", "words in common in the same order", rouge_l),
        _of_text("choice_accuracy", "the right letter of several", choice_accuracy),
        Metric(
            "click_accuracy", "the tap lands in the box", lambda said, true: click_accuracy(said.point, true.places)
        ),
        Metric("iou", "how far the boxes overlap", lambda said, true: best_iou(said.bbox, true.places)),
        Metric(
            "box_accuracy",
            "the boxes overlap by half",
            lambda said, true: float(best_iou(said.bbox, true.places) >= 0.5),
        ),
    )
}


def metric(name: str) -> Metric:
    """The metric called `name`.

    Raises:
        ValueError: there is none of that name; lists those that there are.
    """
    if name not in METRICS:
        raise ValueError(f"no metric {name!r}: choose one of {', '.join(METRICS)}")
    return METRICS[name]
