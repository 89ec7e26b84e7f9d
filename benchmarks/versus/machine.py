"""What this machine can do at best: read memory, and multiply INT8 matrices as ONNX Runtime does."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .engine import Job

READ_BYTES = 1 << 29  # far more than any cache holds
ROWS, SIDE = 512, 4096  # of the product
OPERATIONS = 2 * ROWS * SIDE * SIDE  # multiplications and additions
TIMES = 5  # the best of these counts: a limit is not an average


class Machine:
    """Not an engine, but measured in turn with them, so that it is measured under the same conditions."""

    version = f"numpy {np.__version__}, onnxruntime {onnxruntime.__version__}"

    def __init__(self, job: Job) -> None:
        self.threads = job.threads

    def load(self) -> None:
        self.array = np.ones(READ_BYTES // 4, np.float32)
        rng = np.random.default_rng(0)
        self.products = [_session(model, self.threads) for model in (_integers(rng), _blocks(rng))]
        self.rows = rng.standard_normal((ROWS, SIDE), np.float32)

    def read(self) -> float:
        """Seconds to read `READ_BYTES` once, a part a thread; a maximum, which costs less to compute than to fetch."""
        return min(self._read() for _ in range(TIMES))

    def multiply(self) -> float:
        """Seconds for `OPERATIONS` in the fastest of ONNX Runtime's INT8 products."""
        return min(self._multiply(session) for session in self.products for _ in range(TIMES))

    def _read(self) -> float:
        threads = [threading.Thread(target=np.max, args=(part,)) for part in np.array_split(self.array, self.threads)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - started

    def _multiply(self, session: onnxruntime.InferenceSession) -> float:
        started = time.perf_counter()
        session.run(None, {"x": self.rows})
        return time.perf_counter() - started


def _integers(rng: np.random.Generator) -> onnx.ModelProto:
    """`DynamicQuantizeLinear` and `MatMulInteger`: one scale for all activations."""
    weight = rng.integers(-64, 64, (SIDE, SIDE), dtype=np.int8)
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]),
        helper.make_node("MatMulInteger", ["q", "w", "zero"], ["y"]),
    ]
    return _model(nodes, {"w": weight}, TensorProto.INT32)


def _blocks(rng: np.random.Generator) -> onnx.ModelProto:
    """`MatMulNBits` of 4-bit weights in blocks of 128, activations rounded to int8."""
    block = 128
    packed = rng.integers(0, 256, (SIDE, SIDE // block, block // 2), dtype=np.uint8)
    scales = np.full(SIDE * SIDE // block, 0.01, np.float32)
    details: dict[str, Any] = {"K": SIDE, "N": SIDE, "bits": 4, "block_size": block, "accuracy_level": 4}
    node = helper.make_node("MatMulNBits", ["x", "w", "s"], ["y"], domain="com.microsoft", **details)
    return _model([node], {"w": packed, "s": scales}, TensorProto.FLOAT)


def _model(nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], out: int) -> onnx.ModelProto:
    ends = [helper.make_tensor_value_info(*end) for end in (("x", TensorProto.FLOAT, [ROWS, SIDE]), ("y", out, None))]
    held = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "product", ends[:1], ends[1:], held)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def _session(model: onnx.ModelProto, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "product.onnx"
        onnx.save(model, path)
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


ENGINE = Machine
