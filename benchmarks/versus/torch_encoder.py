"""open_clip's image encoder and MobileVLM's LDPv2 in torch, eager, in float32 or bfloat16: the image alone."""

from __future__ import annotations

import time
from typing import Any

import open_clip
import torch

from pocketvlm.projector.definition import make_projector
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import build

from .engine import Job, check_image_tokens
from .pixels import decoded, pixel_values


class TorchEncoder:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.dtype: torch.dtype = getattr(torch, job.options["dtype"])
        self.version = f"torch {torch.__version__}, open_clip {open_clip.__version__}, {job.options['dtype']}"
        torch.set_num_threads(job.threads)

    def load(self) -> None:
        """Random weights in memory, from no file."""
        torch.manual_seed(0)
        vision = VisionConfig.from_dict(self.job.model["vision"])
        out = self.job.model["language"]["hidden_size"]
        self.encoder = build(vision).to(self.dtype).eval()
        self.projector = make_projector("ldpnetv2", vision.hidden_size, out).to(self.dtype).eval()

    def encode(self, image: bytes) -> float:
        pixels: Any = decoded(image)
        started = time.perf_counter()
        values = torch.from_numpy(pixel_values(pixels, self.job.model["vision"]["image_size"])).to(self.dtype)
        with torch.inference_mode():
            found = self.encoder.forward_intermediates(values, indices=1, intermediates_only=True, output_fmt="NLC")
            tokens = self.projector(found["image_intermediates"][0]).float().numpy()
        seconds = time.perf_counter() - started
        check_image_tokens(self.job, tokens)
        return seconds


ENGINE = TorchEncoder
