"""What one measured report says about other answers: longer ones, more questions, other image tokens, more images.

Everything here is arithmetic on measured medians, so it is an estimate wherever it leaves the measured places:
a prompt costs what the measured prompts of other lengths say, by straight lines between them, and an answer costs a
start and so much a token.
"""

from __future__ import annotations

import re
import statistics
from bisect import bisect_left
from dataclasses import dataclass

from pocketvlm.cost.results import CostReport, Figures

# What happens once a picture, before the language model; in the order of an answer.
PICTURE_KEYS = ("image_decode_s", "read_text_s", "parse_s", "encode_s", "project_s")


@dataclass(frozen=True)
class Step:
    """A part of one answer's time; `added` where a text-only answer does not have it."""

    key: str
    seconds: float
    added: bool


@dataclass(frozen=True)
class AnswerTime:
    """Seconds of an answer of n tokens: `start_s + n * token_s`."""

    start_s: float
    token_s: float

    def __call__(self, tokens: float) -> float:
        return self.start_s + tokens * self.token_s


@dataclass(frozen=True)
class PromptTime:
    """Seconds to read a prompt of n tokens, by straight lines between the measured lengths and on past the last.

    Attributes:
        points: (tokens, seconds), tokens rising; the first is (0, 0).
    """

    points: tuple[tuple[float, float], ...]

    def __call__(self, tokens: float) -> float:
        at = bisect_left([length for length, _ in self.points], tokens)
        (x0, y0), (x1, y1) = self.points[max(min(at, len(self.points) - 1), 1) - 1 :][:2]
        return y0 + (tokens - x0) * (y1 - y0) / (x1 - x0)


def answer_time(figures: Figures) -> AnswerTime | None:
    """The straight line through the measured answers, the first token among them; None below two of them."""
    points = [(1.0, figures["ttft_s"].median)] if "ttft_s" in figures else []
    points += _numbered(figures, "answer_s_for")
    if len(points) < 2:
        return None
    slope, start = statistics.linear_regression(*zip(*points, strict=True))
    return AnswerTime(start, slope)


def prompt_time(report: CostReport) -> PromptTime | None:
    """What a prompt costs the language model, by its length; None where no prompt was measured."""
    points = dict(_numbered(report.text_only, "prefill_s_of"))
    if "prefill_s" in report.text_only:
        points[report.conditions.question_tokens] = report.text_only["prefill_s"].median
    if {"prefill_s", "prefill_tokens"} <= set(report.multimodal):
        points[report.multimodal["prefill_tokens"].median] = report.multimodal["prefill_s"].median
    return PromptTime(((0.0, 0.0), *sorted(points.items()))) if points else None


def answer_steps(report: CostReport, tokens: int) -> tuple[Step, ...]:
    """Where the time of one multimodal answer goes.

    Args:
        report: a report with both sides measured.
        tokens: one of its answer lengths.
    Returns:
        The steps in order. All add up to the measured answer, those that are not added to the text-only one; "rest_s"
        is what no stage explains. Empty where either side lacks what it takes.
    """
    text, image = report.text_only, report.multimodal
    whole = f"answer_s_for_{tokens}"
    if not all(key in side for side in (text, image) for key in ("prefill_s", "ttft_s", whole)):
        return ()
    question_s = text["ttft_s"].median  # all that a text-only answer does before its first token
    decode_s = text[whole].median - question_s
    steps = [Step(key, image[key].median, True) for key in PICTURE_KEYS if key in image]
    longer_s = image["prefill_s"].median - text["prefill_s"].median
    steps += [Step("question_s", question_s, False), Step("prefill_added_s", longer_s, True)]
    rest_s = image["ttft_s"].median - sum(step.seconds for step in steps)
    slower_s = image[whole].median - image["ttft_s"].median - decode_s
    steps += [Step("rest_s", rest_s, True), Step("decode_s", decode_s, False), Step("decode_added_s", slower_s, True)]
    return tuple(steps)


@dataclass(frozen=True)
class AddOn:
    """The add-on to one answer, taken apart by how often it has to be paid.

    Attributes:
        picture_s: once a picture: decode, read, encode, project.
        prompt_s: once a prompt that holds the picture: its tokens' prefill.
        token_s: once a token of the answer: a longer context is slower.
        text: the same answer without a picture.
        prompt: what a prompt costs, by its length.
        question_tokens, picture_tokens: of the prompt.
    """

    picture_s: float
    prompt_s: float
    token_s: float
    text: AnswerTime
    prompt: PromptTime
    question_tokens: int
    picture_tokens: int

    def seconds(self, tokens: float, questions: int = 1, kept: bool = False) -> float:
        """Added to each of so many answers about one picture.

        Args:
            tokens: of each answer.
            questions: asked about the picture.
            kept: the conversation goes on, so that the picture stays in the KV cache; otherwise only its image tokens
                or its text are kept and every prompt reads them again.
        """
        once = self.picture_s + (self.prompt_s if kept else 0)
        return once / questions + (0 if kept else self.prompt_s) + tokens * self.token_s

    def fraction(self, tokens: float, questions: int = 1, kept: bool = False) -> float:
        """The same over the text-only answer."""
        return self.seconds(tokens, questions, kept) / self.text(tokens)

    def ttft_s(self, picture_tokens: int, pictures: int = 1) -> float:
        """Time to first token with so many pictures of so many tokens each."""
        length = self.question_tokens + pictures * picture_tokens
        longer_s = self.prompt(length) - self.prompt(self.question_tokens)
        return self.text(1) + pictures * self.picture_s + longer_s

    def length_below(self, fraction: float) -> float | None:
        """The shortest answer, in tokens, to which the picture adds at most this fraction; None: no length does."""
        start_s = self.picture_s + self.prompt_s - fraction * self.text.start_s
        gained_s = fraction * self.text.token_s - self.token_s
        if start_s <= 0:
            return 0.0
        return start_s / gained_s if gained_s > 0 else None

    def questions_below(self, fraction: float, tokens: float, kept: bool) -> int | None:
        """The fewest questions about one picture at which it adds at most this fraction; None: no number does."""
        each_s = fraction * self.text(tokens) - (self.seconds(tokens, 1, kept) - self._once(kept))
        if each_s <= 0:
            return None
        return max(1, -int(-self._once(kept) // each_s))

    def length_of_equals(self) -> float:
        """The answer, in tokens, whose text-only decoding takes as long as all that the picture adds before it."""
        return (self.picture_s + self.prompt_s) / self.text.token_s

    def _once(self, kept: bool) -> float:
        return self.picture_s + (self.prompt_s if kept else 0)


def add_on(report: CostReport) -> AddOn | None:
    """Take the add-on apart; None where the report lacks either side's answers or prompts."""
    text, image, prompt = answer_time(report.text_only), answer_time(report.multimodal), prompt_time(report)
    if text is None or image is None or prompt is None or text.token_s <= 0:
        return None
    picture_s = sum(report.multimodal[key].median for key in PICTURE_KEYS if key in report.multimodal)
    return AddOn(
        picture_s=picture_s,
        # All that comes before the answer and is not the picture's own: its tokens' prefill, and what none explains.
        prompt_s=max(image.start_s - text.start_s - picture_s, 0.0),
        # A longer context makes no token faster: what falls below 0 is noise.
        token_s=max(image.token_s - text.token_s, 0.0),
        text=text,
        prompt=prompt,
        question_tokens=report.conditions.question_tokens,
        picture_tokens=report.bundle.image_tokens + report.bundle.text_tokens,
    )


def _numbered(figures: Figures, stem: str) -> list[tuple[float, float]]:
    """(N, median) of the keys `STEM_N`, N rising."""
    found = [(re.fullmatch(rf"{stem}_(\d+)", key), figure.median) for key, figure in figures.items()]
    return sorted((float(match[1]), median) for match, median in found if match)
