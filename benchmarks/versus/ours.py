"""PocketVLM by its public interface."""

from __future__ import annotations

import time

import numpy as np
import onnxruntime

import pocketvlm
from pocketvlm.llm_backbone.generation import Conversation
from pocketvlm.llm_backbone.tokenizer import IMAGE_TOKEN_ID

from .engine import Job


class PocketVLM:
    """A bundle of random weights, which can be measured but not asked."""

    version = f"pocketvlm {pocketvlm.__version__}, onnxruntime {onnxruntime.__version__}"

    def __init__(self, job: Job) -> None:
        self.job = job
        _ = pocketvlm.load  # imports what answering needs

    def load(self) -> None:
        # Nothing kept: every round asks about the same picture.
        self.vlm = pocketvlm.load(self.job.files["bundle"], threads=self.job.threads, cache_bytes=0)

    def encode(self, image: bytes) -> float:
        picture = self.vlm.encode_image(image)
        return picture.encode_s + picture.project_s

    def prefill(self, ids: list[int]) -> float:
        conversation = Conversation(self.vlm.model)
        started = time.perf_counter()
        conversation.feed(ids)
        return time.perf_counter() - started

    def decode(self, ids: list[int], steps: int) -> float:
        conversation = Conversation(self.vlm.model)
        logits = conversation.feed(ids)[0]
        started = time.perf_counter()
        for _ in range(steps):
            logits = conversation.append(int(np.argmax(logits)))
        return time.perf_counter() - started

    def first_token(self, image: bytes, before: list[int], after: list[int]) -> float:
        started = time.perf_counter()
        self.vlm.generate_ids([*before, IMAGE_TOKEN_ID, *after], image, max_new_tokens=1, ignore_eos=True)
        return time.perf_counter() - started

    def cache(self) -> dict[str, float]:
        cache = self.vlm.model.decoder.new_cache()
        cache.reserve(1)
        return {"bytes": cache.nbytes / cache.capacity}


ENGINE = PocketVLM
