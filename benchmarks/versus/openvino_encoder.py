"""The same float32 graphs on OpenVINO, in the precision that it takes for this processor: the image alone."""

from __future__ import annotations

import time

import openvino

from .engine import Job, check_image_tokens
from .pixels import decoded, pixel_values


class OpenVINOEncoder:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.core = openvino.Core()
        precision = self.core.get_property("CPU", "INFERENCE_PRECISION_HINT").type_name
        self.version = f"openvino {openvino.__version__.split('-')[0]}, {precision}"

    def load(self) -> None:
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": self.job.threads}
        self.encoder, self.projector = (
            self.core.compile_model(self.job.files[part], "CPU", options) for part in ("encoder", "projector")
        )

    def encode(self, image: bytes) -> float:
        pixels = decoded(image)
        started = time.perf_counter()
        values = pixel_values(pixels, self.job.model["vision"]["image_size"])
        tokens = self.projector([self.encoder([values])[0]])[0]
        seconds = time.perf_counter() - started
        check_image_tokens(self.job, tokens)
        return seconds


ENGINE = OpenVINOEncoder
