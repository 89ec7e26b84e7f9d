"""PocketVLM once more, each network under ONNX Runtime's profiler: which operators a stage's time goes to."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import onnxruntime

from pocketvlm.graphs.names import LAYER_STEM

from .engine import Job
from .ours import PocketVLM

OUTSIDE = "between operators"
UNPACKING = "unpacking weights to int8"


class Profiled(PocketVLM):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.sessions: dict[str, onnxruntime.InferenceSession] = {}
        self.folder = tempfile.TemporaryDirectory()

    def load(self) -> None:
        """As ever, but every session records what it runs."""
        plain = onnxruntime.InferenceSession.__init__

        def recording(session: onnxruntime.InferenceSession, path: str, options: Any, **more: Any) -> None:
            part = Path(path).stem
            options.enable_profiling, options.profile_file_prefix = True, f"{self.folder.name}/{part}"
            plain(session, path, options, **more)
            self.sessions[part] = session

        onnxruntime.InferenceSession.__init__ = recording
        try:
            super().load()
        finally:
            onnxruntime.InferenceSession.__init__ = plain

    def profile(self, image: bytes, ids: list[int], steps: int) -> dict[str, dict[str, float]]:
        """Seconds by operator of one image, one prompt, and one step of decoding after it; each has run before."""
        for _ in range(2):
            self.encode(image)
            self.decode(ids, steps)
        decoder, encoder = self._runs("decoder_model_merged"), self._runs("vision_encoder")
        prefill = self._prefill(ids, decoder[-steps - 1])
        return {"encode": encoder[-1], "prefill": prefill, "decode": _mean(decoder[-steps:])}

    def _prefill(self, ids: list[int], last: dict[str, float]) -> dict[str, float]:
        """A prompt's seconds: of its layers, where it goes through them one at a time, and of the decoder's part."""
        decoder = self.vlm.model.decoder
        if decoder.prefill is None or not decoder.prefill.suits(len(ids) - 1, None):
            return last
        embeds = decoder.embed(ids[:-1])
        started = time.perf_counter()
        decoder.prefill.fill(embeds, decoder.new_cache())
        whole = time.perf_counter() - started
        layers = self._runs(LAYER_STEM)[-decoder.config.num_hidden_layers :]
        parts = [*layers, last]
        found = {name: sum(part.get(name, 0.0) for part in parts) for name in {name for part in parts for name in part}}
        return found | {UNPACKING: whole - sum(sum(layer.values()) for layer in layers)}

    def _runs(self, part: str) -> list[dict[str, float]]:
        """Seconds by operator of every run of a part's session."""
        (session,) = (session for name, session in self.sessions.items() if name.startswith(part))
        return runs(json.loads(Path(session.end_profiling()).read_text(encoding="utf-8")))


def runs(events: list[dict[str, Any]]) -> list[dict[str, float]]:
    """A profile's operators, run by run, and what of each run was spent in none; seconds."""
    found: list[dict[str, float]] = []
    for whole in (event for event in events if event["name"] == "model_run"):
        end = whole["ts"] + whole["dur"]
        seconds: dict[str, float] = {}
        for event in events:
            if event["cat"] == "Node" and event["name"].endswith("_kernel_time") and whole["ts"] <= event["ts"] < end:
                op = event["args"]["op_name"]
                seconds[op] = seconds.get(op, 0.0) + event["dur"] / 1e6
        seconds[OUTSIDE] = whole["dur"] / 1e6 - sum(seconds.values())
        found.append(seconds)
    return found


def _mean(several: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(one.get(name, 0.0) for one in several) / len(several) for name in several[0]}


ENGINE = Profiled
