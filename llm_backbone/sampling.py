"""How the next token is chosen from the logits, and when an answer ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class GenerationConfig:
    """Greedy unless a temperature is set; filters apply in the order written here.

    Attributes:
        max_new_tokens: the answer's limit in tokens.
        stop: texts that end the answer; they are not part of it.
        ignore_eos: go on after an end of turn, up to the limit (for measurements and comparisons).
        repetition_penalty: divides positive and multiplies negative logits of tokens seen in the answer (CTRL,
            arXiv:1909.05858); 1 is off. It also acts on greedy choice.
        temperature: 0 takes the most likely token; higher is more varied.
        top_k: keep the k most likely tokens; 0 keeps all.
        top_p: keep the fewest tokens whose probabilities sum to this (nucleus, arXiv:1904.09751); 1 keeps all.
        min_p: drop tokens less likely than this share of the likeliest (arXiv:2407.01082); 0 keeps all.
        seed: makes sampling repeatable; None draws a fresh one.
        lookup: let greedy decoding draft from what the prompt says (`lookup_decoding`): the same answer, sooner where
            it quotes. Sampling never does.
    Raises:
        ValueError: a value is out of its range; the message names it.
    """

    max_new_tokens: int = 256
    stop: tuple[str, ...] = ()
    ignore_eos: bool = False
    repetition_penalty: float = 1.0
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    seed: int | None = None
    lookup: bool = True

    def __post_init__(self) -> None:
        limits = {
            "max_new_tokens": (self.max_new_tokens >= 1, "at least 1"),
            # A bare text would be taken for a tuple of its letters.
            "stop": (not isinstance(self.stop, str) and all(self.stop), "a tuple of texts that are not empty"),
            "repetition_penalty": (0 < self.repetition_penalty < np.inf, "above 0 and finite"),
            "temperature": (0 <= self.temperature < np.inf, "0 or more and finite"),
            "top_k": (self.top_k >= 0, "0 or more"),
            "top_p": (0 < self.top_p <= 1, "above 0 and at most 1"),
            "min_p": (0 <= self.min_p <= 1, "from 0 to 1"),
            "seed": (self.seed is None or self.seed >= 0, "0 or more, or None"),
        }
        for name, (holds, limit) in limits.items():
            if not holds:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it must be {limit}")


class Sampler:
    """Chooses tokens under one `GenerationConfig`; holds the random state and the tokens already chosen."""

    def __init__(self, config: GenerationConfig) -> None:
        self.config = config
        self._random = np.random.default_rng(config.seed)
        self._seen: set[int] = set()

    def choose(self, logits: np.ndarray) -> int:
        """The next token.

        Args:
            logits: (V,) float32.
        """
        logits = self.penalized(logits)
        if self.config.temperature == 0:
            token = int(logits.argmax())
        else:
            token = int(self._random.choice(len(logits), p=self.probabilities(logits)))
        self._seen.add(token)
        return token

    def penalized(self, logits: np.ndarray) -> np.ndarray:
        """(V,) float32: what greedy choice goes by, with the repetition penalty for the tokens chosen so far."""
        if self.config.repetition_penalty == 1 or not self._seen:
            return logits
        seen = np.fromiter(self._seen, dtype=np.int64)
        logits = logits.copy()
        factor = self.config.repetition_penalty
        logits[seen] = np.where(logits[seen] > 0, logits[seen] / factor, logits[seen] * factor)
        return logits

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """(V,) float64: what each token's chance is after temperature and filters; temperature must be above 0."""
        # The largest is taken off first, so that no temperature, however small, divides to infinity minus infinity.
        below_best = logits.astype(np.float64) - logits.max()
        with np.errstate(over="ignore"):  # minus infinity is right there: no chance at all
            weights = np.exp(below_best / self.config.temperature)
        order = np.argsort(-weights, kind="stable")
        ranked = weights[order] / weights.sum()
        keep = np.ones(len(ranked), dtype=bool)
        if self.config.top_k:
            keep[self.config.top_k :] = False
        kept = ranked * keep / (ranked * keep).sum()
        # A token stays while those before it have not yet reached top_p, so that the likeliest always stays.
        keep &= np.cumsum(kept) - kept < self.config.top_p
        keep &= ranked >= self.config.min_p * ranked[0]
        probabilities = np.zeros_like(ranked)
        probabilities[order[keep]] = ranked[keep] / ranked[keep].sum()
        return probabilities
