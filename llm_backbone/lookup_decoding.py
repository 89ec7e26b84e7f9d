"""Prompt-lookup decoding: answers about screens quote them, so what followed the same words before is a good guess.

A draft comes from the n-grams of the prompt and of the answer so far and is verified in one run of the decoder, which
takes much less time than one run a token. (A. Saxena, "Prompt Lookup Decoding", 2023; verified as in Leviathan et al.,
arXiv:2211.17192, for greedy choice.)

What "exactly the plain answer" means. Where `Decoder.rows_agree`, as with an int8 cache, a run of several rows is to
the last bit what runs of one row are, and so is the answer. With a float cache the two take other kernels in attention:
sums differ in the last bit, an activation rounds to the next int8, and logits move by some hundredths of their
deviation; which of two nearly equal ones is larger can change. So there, a choice whose lead is below `NEAR_TIE` is
never made from such rows: the positions since the last plain one are computed again, one by one, and it is made from
those. That is costly, which is why `Account` limits what drafts may stake.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from pocketvlm.llm_backbone.sampling import Sampler

# Of the logits' standard deviation. nano's lead between its first two tokens moves by 0.026 at the median, 0.126 at the
# 99th percentile and 0.155 at most of 572 measured; wider models average more of it away.
NEAR_TIE = 0.2
SHORTEST = 3  # tokens that must be the same before a draft begins; two are too often a coincidence
LONGEST = 16  # tokens compared at most
CANDIDATES = 16  # earlier places compared, the latest ones
FIRST_DRAFT = 3  # tokens of an answer's first draft; each that holds doubles the next
MOST_DRAFTED = 12  # rows above that cost what they cost in a prefill, and the later ones are less likely to hold
START, MOST = 12.0, 48.0  # plain steps' time: what may be staked before anything was gained, and after however much
STAKE = 1.0  # of those, what one answer's drafts may lose
SHARE = 0.015  # of the time of plain steps is spent on drafts that do not pay
SMOOTHING = 0.2  # share of the newest in a running mean


class Rows(Protocol):
    """The part of a conversation that drafts work on."""

    def append(self, token_id: int) -> np.ndarray:
        """Add one token; (V,) logits."""
        ...

    def extend(self, token_ids: list[int]) -> np.ndarray:
        """Add several in one run; (count, V) logits."""
        ...

    def truncate(self, length: int) -> list[int]:
        """Forget the tokens from there on; returns them."""
        ...

    @property
    def length(self) -> int:
        """Tokens held."""
        ...


class Lookup:
    """The ids so far, and where each run of `SHORTEST` of them ended."""

    def __init__(self, input_ids: Sequence[int], vocab_size: int) -> None:
        """
        Args:
            input_ids: the prompt; ids from `vocab_size` on stand for image tokens and are never drafted.
        """
        self._vocab_size = vocab_size
        self._ids: list[int] = []
        self._ends: dict[tuple[int, ...], deque[int]] = {}
        for token in input_ids:
            self.add(token)

    def add(self, token_id: int) -> None:
        """The next token of the text."""
        if len(self._ids) >= SHORTEST:  # the run before this token has a continuation only now
            run = tuple(self._ids[-SHORTEST:])
            self._ends.setdefault(run, deque(maxlen=CANDIDATES)).append(len(self._ids))
        self._ids.append(token_id)

    def draft(self, count: int) -> list[int]:
        """What followed the longest earlier match of the last ids, the latest of equally long ones; [] for none."""
        places = self._ends.get(tuple(self._ids[-SHORTEST:]), ())
        if count < 1 or not places:
            return []
        start = max(places, key=lambda place: (self._matching(place), place))
        found = self._ids[start : start + count]
        return found[: next((i for i, token in enumerate(found) if token >= self._vocab_size), len(found))]

    def _matching(self, place: int) -> int:
        """How many tokens before a place equal the last ones."""
        most = min(LONGEST, place)
        return next((n for n in range(most) if self._ids[place - 1 - n] != self._ids[-1 - n]), most)


class Account:
    """What drafts gained and lost in a process, in the time of plain steps; threads may share it.

    Drafts may lose `START` once, and `SHARE` of the time that plain steps take: where nothing matches, or where
    near ties make what was verified worthless, they stop by themselves.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._step_s: float | None = None
        self._row_steps = 0.25  # what one more row costs, until a run has told
        self.credit = START

    def plain(self, seconds: float) -> None:
        """A step was plain."""
        with self._lock:
            self._step_s = _mean(self._step_s, seconds)
            self._earn(SHARE)

    def batch(self, rows: int, seconds: float) -> float:
        """A draft was verified; returns what that took, in plain steps."""
        with self._lock:
            assert self._step_s is not None  # rows() allowed none before
            took = seconds / self._step_s
            self._row_steps = _mean(self._row_steps, max(took - 1, 0.01) / (rows - 1))
            return took

    def rows(self, staked: float, spare: float) -> int:
        """How many tokens may be drafted for an answer.

        Args:
            staked: steps that its drafts took so far and may yet lose.
            spare: steps that it may lose now.
        """
        with self._lock:
            if self._step_s is None:
                return 0
            return max(0, int(min(self.credit - staked, spare) / self._row_steps))

    def settle(self, steps: float) -> None:
        """A stretch of drafts ended: it saved that many steps, or lost them."""
        with self._lock:
            self._earn(steps)

    def _earn(self, steps: float) -> None:
        self.credit = min(self.credit + steps, MOST)


def _mean(old: float | None, new: float) -> float:
    return new if old is None else old + SMOOTHING * (new - old)


class DraftedSteps:
    """The tokens of one greedy answer, each from a plain step or from a verified draft."""

    def __init__(
        self,
        rows: Rows,
        logits: np.ndarray,
        sampler: Sampler,
        lookup: Lookup,
        account: Account,
        room: int,
        ends: Callable[[int], bool],
        agree: bool = False,
    ) -> None:
        """
        Args:
            rows: holds the prompt.
            logits: (V,) of its last position.
            sampler: greedy; a repetition penalty is applied token by token, as in plain decoding.
            lookup: holds the prompt's ids.
            room: tokens that the answer may have.
            ends: whether a token ends the answer, so that nothing is drafted beyond it.
            agree: several rows are what each is alone, to the last bit.
        """
        self._rows, self._sampler, self._lookup, self._account = rows, sampler, lookup, account
        self._room, self._ends, self._agree = room, ends, agree
        self._ready = deque([self._choose(logits)])
        self._last = self._ready[0]
        self._inexact: int | None = None  # the first position that a run of several rows computed
        self._staked, self._saved = 0.0, 0.0
        self._spare = STAKE  # what the answer gained, and what it may lose
        self._next_draft = FIRST_DRAFT
        self.drafted = self.accepted = 0

    def next(self) -> int:
        """The next token of the answer."""
        if not self._ready:
            self._advance()
        self._room -= 1
        return self._ready.popleft()

    def close(self) -> None:
        """What the drafts saved so far, or lost, is certain."""
        self._account.settle(self._saved)
        self._staked = self._saved = 0.0

    def _advance(self) -> None:
        count = min(self._next_draft, self._account.rows(self._staked, self._spare), self._room - 1, MOST_DRAFTED)
        draft = self._lookup.draft(count)
        draft = draft[: next((i for i, token in enumerate(draft) if self._ends(token)), len(draft))]
        if draft:
            self._verify(draft)
        else:
            started = time.perf_counter()
            logits = self._rows.append(self._last)
            self._account.plain(time.perf_counter() - started)
            self._spare += SHARE
            self._staked += self._inexact is not None  # a near tie will have it computed again
            close = self._inexact is not None and self._near_tie(logits)
            self._take(self._again() if close else logits)

    def _verify(self, draft: list[int]) -> None:
        """Run a draft, and take of it what plain decoding would have chosen."""
        before = self._rows.length
        if self._inexact is None and not self._agree:
            self._inexact = before
        started = time.perf_counter()
        logits = self._rows.extend([self._last, *draft])  # (1 + drafted, V)
        took = self._account.batch(1 + len(draft), time.perf_counter() - started)
        self._staked += took
        self._saved -= took
        self._spare -= took
        held = 0
        for row, guess in zip(logits, [*draft, None], strict=True):
            if again := self._inexact is not None and self._near_tie(row):
                self._rows.truncate(before + held + 1)
                row = self._again()
            self._take(row)
            if again:
                break
            self._saved += 1
            self._spare += 1
            if self._last != guess:
                break
            held += 1
        if self._rows.length > before + held + 1:
            self._rows.truncate(before + held + 1)
        self.drafted += len(draft)
        self.accepted += held
        if self._agree:  # nothing can make it worthless any more
            self.close()
        self._next_draft = 2 * self._next_draft if held == len(draft) else FIRST_DRAFT

    def _take(self, logits: np.ndarray) -> None:
        """Choose the token after the last position held."""
        self._last = self._choose(logits)
        self._ready.append(self._last)

    def _again(self) -> np.ndarray:
        """Compute what drafts computed one by one, as plain decoding does; what they saved is lost."""
        assert self._inexact is not None
        for token in self._rows.truncate(self._inexact):
            logits = self._rows.append(token)
        self._inexact = None
        self._account.settle(-self._staked)
        self._staked = self._saved = 0.0
        self._next_draft = FIRST_DRAFT
        return logits

    def _near_tie(self, logits: np.ndarray) -> bool:
        logits = self._sampler.penalized(logits)
        second, first = np.partition(logits, -2)[-2:]
        return bool(first - second < NEAR_TIE * logits.std())

    def _choose(self, logits: np.ndarray) -> int:
        token = self._sampler.choose(logits)
        self._lookup.add(token)
        return token
