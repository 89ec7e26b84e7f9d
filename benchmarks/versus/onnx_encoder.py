"""PocketVLM's float32 graphs of encoder and projector on ONNX Runtime: the image alone, nothing quantised."""

from __future__ import annotations

import time
from pathlib import Path

import onnxruntime

from pocketvlm.projector.runtime import Projector
from pocketvlm.vision.encoder import Encoder

from .engine import Job, check_image_tokens
from .pixels import decoded, pixel_values


class OnnxEncoder:
    version = f"onnxruntime {onnxruntime.__version__}, float32"

    def __init__(self, job: Job) -> None:
        self.job = job

    def load(self) -> None:
        self.encoder = Encoder(Path(self.job.files["encoder"]), self.job.threads)
        self.projector = Projector(Path(self.job.files["projector"]), self.job.threads)

    def encode(self, image: bytes) -> float:
        pixels = decoded(image)
        started = time.perf_counter()
        values = pixel_values(pixels, self.encoder.image_size)
        tokens = self.projector.project(self.encoder.encode(values))
        seconds = time.perf_counter() - started
        check_image_tokens(self.job, tokens)
        return seconds


ENGINE = OnnxEncoder
