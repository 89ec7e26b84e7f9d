"""OpenVINO GenAI, which reads llama.cpp's Q4_0 file itself: the language model alone."""

from __future__ import annotations

import time

import numpy as np
import openvino
import openvino_genai as genai

from .engine import Job


class OpenVINOLanguage:
    """Its pipeline as it is by default. It remembers prompts, so prompts that begin alike would say little."""

    version = f"openvino-genai {genai.__version__}"

    def __init__(self, job: Job) -> None:
        self.job = job

    def load(self) -> None:
        self.pipeline = genai.LLMPipeline(self.job.files["gguf"], "CPU", INFERENCE_NUM_THREADS=self.job.threads)

    def prefill(self, ids: list[int]) -> float:
        started = time.perf_counter()
        self._generate(ids, 1)
        return time.perf_counter() - started

    def decode(self, ids: list[int], steps: int) -> float:
        metrics = self._generate(ids, steps + 1).perf_metrics
        return metrics.get_tpot().mean / 1000 * steps  # its milliseconds for a token after the first

    def _generate(self, ids: list[int], count: int) -> genai.EncodedResults:
        config = genai.GenerationConfig()
        config.max_new_tokens, config.ignore_eos, config.do_sample = count, True, False
        row = np.array([ids], np.int64)
        inputs = genai.TokenizedInputs(openvino.Tensor(row), openvino.Tensor(np.ones_like(row)))
        return self.pipeline.generate(inputs, config)


ENGINE = OpenVINOLanguage
