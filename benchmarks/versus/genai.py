"""onnxruntime-genai with the graph of its own model builder: the language model alone."""

from __future__ import annotations

import json
import time

import numpy as np
import onnxruntime_genai as genai

from .engine import Job


class OnnxRuntimeGenAI:
    version = f"onnxruntime-genai {genai.__version__}"

    def __init__(self, job: Job) -> None:
        self.job = job

    def load(self) -> None:
        config = genai.Config(self.job.files["genai"])
        options = {"intra_op_num_threads": self.job.threads}
        config.overlay(json.dumps({"model": {"decoder": {"session_options": options}}}))
        self.model = genai.Model(config)

    def prefill(self, ids: list[int]) -> float:
        generator = self._generator()
        started = time.perf_counter()
        generator.append_tokens(np.array([ids], np.int32))
        generator.get_logits()
        return time.perf_counter() - started

    def decode(self, ids: list[int], steps: int) -> float:
        generator = self._generator()
        generator.append_tokens(np.array([ids], np.int32))
        generator.generate_next_token()  # from the prompt's logits: no run of the network
        started = time.perf_counter()
        for _ in range(steps):
            generator.generate_next_token()
        return time.perf_counter() - started

    def _generator(self) -> genai.Generator:
        params = genai.GeneratorParams(self.model)
        # An end of turn must not end the run: random weights choose it as likely as any other token.
        params.set_search_options(do_sample=False, max_length=self.job.context, min_length=self.job.context)
        return genai.Generator(self.model, params)


ENGINE = OnnxRuntimeGenAI
