"""llama.cpp with its own image encoder (libmtmd), through the C interface that llama-cpp-python binds."""

from __future__ import annotations

import ctypes
import time
from typing import Any

import llama_cpp as llama
import numpy as np
from llama_cpp import mtmd_cpp as mtmd

from .engine import Job, check_image_tokens

HALF_BYTES = 2  # of the cache's numbers, float16 unless told otherwise


@llama.llama_log_callback
def _quiet(level: int, text: bytes, user_data: Any) -> None:
    """Drop what the library logs."""


class LlamaCpp:
    """Everything as its own programs have it by default: memory-mapped, repacked weights, batches of 2048 by 512."""

    def __init__(self, job: Job) -> None:
        self.job = job
        llama.llama_log_set(_quiet, ctypes.c_void_p(0))
        mtmd.mtmd_log_set(_quiet, ctypes.c_void_p(0))
        mtmd.mtmd_helper_log_set(_quiet, ctypes.c_void_p(0))
        llama.llama_backend_init()
        features = llama.llama_print_system_info().decode()
        self.version = f"llama-cpp-python {llama.__version__} ({features.strip()})"

    def load(self) -> None:
        files, threads = self.job.files, self.job.threads
        self.model = _made(llama.llama_model_load_from_file(files["gguf"].encode(), _model_params()), files["gguf"])
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_threads, params.n_threads_batch = self.job.context, threads, threads
        params.n_batch = max(params.n_batch, self.job.context)  # a prompt is one call
        self.context = _made(llama.llama_init_from_model(self.model, params), "the context")
        vision = mtmd.mtmd_context_params_default()
        vision.use_gpu, vision.print_timings, vision.n_threads = False, False, threads
        self.eye = _made(mtmd.mtmd_init_from_file(files["mmproj"].encode(), self.model, vision), files["mmproj"])

    def encode(self, image: bytes) -> float:
        bitmap = self._decoded(image)
        started = time.perf_counter()
        self._encoded(bitmap)
        seconds = time.perf_counter() - started
        mtmd.mtmd_bitmap_free(bitmap)
        return seconds

    def prefill(self, ids: list[int]) -> float:
        self._forget()
        started = time.perf_counter()
        self._feed(ids)
        self._logits()
        return time.perf_counter() - started

    def decode(self, ids: list[int], steps: int) -> float:
        self._forget()
        self._feed(ids)
        started = time.perf_counter()
        for _ in range(steps):
            self._feed([int(np.argmax(self._logits()))])
        self._logits()
        return time.perf_counter() - started

    def first_token(self, image: bytes, before: list[int], after: list[int]) -> float:
        self._forget()
        started = time.perf_counter()
        bitmap = self._decoded(image)
        embeds, rows = self._encoded(bitmap)
        self._feed(before)
        self._feed_embeds(embeds, rows, len(before))
        self._feed(after)
        int(np.argmax(self._logits()))
        seconds = time.perf_counter() - started
        mtmd.mtmd_bitmap_free(bitmap)
        return seconds

    def cache(self) -> dict[str, float]:
        language = self.job.model["language"]
        width = language["num_key_value_heads"] * language["hidden_size"] // language["num_attention_heads"]
        return {"bytes": 2 * language["num_hidden_layers"] * width * HALF_BYTES}

    def _forget(self) -> None:
        llama.llama_memory_clear(llama.llama_get_memory(self.context), True)

    def _feed(self, ids: list[int]) -> None:
        tokens = (llama.llama_token * len(ids))(*ids)
        _check(llama.llama_decode(self.context, llama.llama_batch_get_one(tokens, len(ids))), "llama_decode")

    def _feed_embeds(self, embeds: Any, rows: int, start: int) -> None:
        """Image tokens at their positions, none of which needs logits."""
        batch = llama.llama_batch(
            n_tokens=rows,
            embd=embeds,
            pos=(llama.llama_pos * rows)(*range(start, start + rows)),
            n_seq_id=(ctypes.c_int32 * rows)(*[1] * rows),
            seq_id=(ctypes.POINTER(llama.llama_seq_id) * rows)(*[(llama.llama_seq_id * 1)(0) for _ in range(rows)]),
            logits=(ctypes.c_int8 * rows)(),
        )
        _check(llama.llama_decode(self.context, batch), "llama_decode of image tokens")

    def _logits(self) -> np.ndarray:
        """(V,) float32, of the last position."""
        return np.ctypeslib.as_array(
            llama.llama_get_logits_ith(self.context, -1), (self.job.model["language"]["vocab_size"],)
        )

    def _decoded(self, image: bytes) -> Any:
        data = (ctypes.c_uint8 * len(image)).from_buffer_copy(image)
        return _made(mtmd.mtmd_helper_bitmap_init_from_buf(self.eye, data, len(image), False), "the picture")

    def _encoded(self, bitmap: Any) -> tuple[Any, int]:
        """Resize and encode; the image tokens, which stay the library's, and their number."""
        chunks = mtmd.mtmd_input_chunks_init()
        marker = mtmd.mtmd_default_marker()
        text = mtmd.mtmd_input_text(marker, len(marker), False, True)
        bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
        _check(mtmd.mtmd_tokenize(self.eye, chunks, ctypes.byref(text), bitmaps, 1), "mtmd_tokenize")
        found = [mtmd.mtmd_input_chunks_get(chunks, i) for i in range(mtmd.mtmd_input_chunks_size(chunks))]
        (chunk,) = [c for c in found if mtmd.mtmd_input_chunk_get_type(c) == mtmd.MTMD_INPUT_CHUNK_TYPE_IMAGE]
        _check(mtmd.mtmd_encode_chunk(self.eye, chunk), "mtmd_encode_chunk")
        rows = mtmd.mtmd_input_chunk_get_n_tokens(chunk)
        mtmd.mtmd_input_chunks_free(chunks)
        embeds = mtmd.mtmd_get_output_embd(self.eye)
        width = self.job.model["language"]["hidden_size"]
        check_image_tokens(self.job, np.ctypeslib.as_array(embeds, (1, rows, width)))
        return embeds, rows


def _model_params() -> Any:
    params = llama.llama_model_default_params()
    params.n_gpu_layers = 0
    return params


def _made(value: Any, what: str) -> Any:
    if not value:
        raise RuntimeError(f"llama.cpp could not open {what}")
    return value


def _check(status: int, what: str) -> None:
    if status:
        raise RuntimeError(f"{what} returned {status}")


ENGINE = LlamaCpp
