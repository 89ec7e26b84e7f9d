"""What a question gives back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Box = tuple[int, int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Quote:
    """A line of the picture that the answer repeats.

    Attributes:
        text: the line as the text reader read it.
        box: x1, y1, x2, y2 in pixels of the upright picture.
    """

    text: str
    box: Box


@dataclass(frozen=True)
class TokenCounts:
    """Tokens of one answer; of the prompt none where the language model was not asked.

    Attributes:
        prompt: the whole conversation up to this question.
        cached: how many of those had been computed: by an earlier turn, an earlier question about the same picture, or
            while the picture was being read.
        prefilled: how many were computed for this turn; prompt = cached + prefilled.
        answer: tokens of the answer.
    """

    prompt: int
    cached: int
    prefilled: int
    answer: int


@dataclass(frozen=True)
class Timings:
    """Seconds of one answer's stages; a later turn of a chat reads no image and says 0.

    Attributes:
        image_decode_s: from the image file's bytes to pixels.
        read_text_s: finding and reading the lines of text.
        encode_s, parse_s, project_s: from pixels to patch features, from those to the elements of a screen, and to
            image tokens.
        prefill_s: computing the prompt's new tokens.
        ttft_s: from the call to the first piece of the answer, all of the above included.
        decode_tok_per_s: tokens a second after the first; None for answers of one token or none.
        total_s: from the call to the end of the answer.
    """

    image_decode_s: float
    read_text_s: float
    encode_s: float
    parse_s: float
    project_s: float
    prefill_s: float
    ttft_s: float
    decode_tok_per_s: float | None
    total_s: float


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        text: the answer.
        finish_reason: "stop", "length" (a limit was reached) or "cancelled".
        sources: what the answer was made from: "screen text" when the picture's lines were read, "screen elements"
            when its controls and pictures were recognised, "image" when its pixels were encoded, "language model" when
            that chose or worded the answer.
        quotes: the lines of the picture that the answer repeats, with their boxes.
        trimmed_lines: how many lines of the picture were left out because the context was full.
        tokens, timings: counts and seconds.
        peak_rss_bytes: the process's largest resident memory so far.
        point, box: where it is that was asked for, x, y and x1, y1, x2, y2 in pixels of the upright picture; None for
            an answer that is no place.
        picture_cached: the picture had been taken in before, by this process, and was recognised.
        cache_bytes: bytes that the chat's keys and values take.
    """

    text: str
    finish_reason: str
    sources: tuple[str, ...]
    quotes: tuple[Quote, ...]
    trimmed_lines: int
    tokens: TokenCounts
    timings: Timings
    peak_rss_bytes: int
    point: Point | None = None
    box: Box | None = None
    picture_cached: bool = False
    cache_bytes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The value as JSON holds it; `json.dumps` takes it as it is."""
        return asdict(self)


@dataclass(frozen=True)
class Location:
    """Where something is on a picture.

    Attributes:
        text: in words: "the Breakfast switch, bottom right", or that it is not there.
        point: x, y in pixels of the upright picture, where a tap reaches it; None where nothing was found.
        box: x1, y1, x2, y2 around it; None where nothing was found.
    """

    text: str
    point: Point | None
    box: Box | None

    def to_dict(self) -> dict[str, Any]:
        """The value as JSON holds it."""
        return asdict(self)
