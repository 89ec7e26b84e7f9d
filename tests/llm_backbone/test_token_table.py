"""Embeddings read from the file against those of the graph."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from pocketvlm.graphs.linear import Precision
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.graph import write_embedding
from pocketvlm.llm_backbone.token_table import TokenTable

CONFIG = LlamaConfig(50, 96, 64, 1, 2, 1, 128, 10000.0, 1e-6, True)


@pytest.mark.parametrize(
    "precision",
    [
        Precision("fp32"),
        Precision("fp16"),
        Precision("int8"),
        Precision("int8", symmetric=False),
        Precision("int4"),
        Precision("int4", symmetric=False),  # three blocks a row: the last zero point has no neighbour
    ],
    ids=str,
)
@pytest.mark.parametrize("rows", [50, 2])  # so few that a graph would otherwise keep them inside
def test_rows_are_the_graphs(precision: Precision, rows: int, tmp_path: Path) -> None:
    weight = np.random.default_rng(0).normal(0.1, 1, (rows, CONFIG.hidden_size)).astype(np.float32)
    config = replace(CONFIG, vocab_size=rows)
    write_embedding(config, precision.hold(weight), tmp_path, "embed_tokens", 1 << 20)
    path = tmp_path / "embed_tokens.onnx"
    ids = np.array([1, 0, rows - 1, 1], dtype=np.int64)
    (wanted,) = onnxruntime.InferenceSession(path).run(None, {"input_ids": ids[None]})
    found = TokenTable(path).rows(ids)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, wanted[0])


def test_a_graph_that_does_not_say_where_its_table_lies_is_refused(tmp_path: Path) -> None:
    weight = np.ones((4, CONFIG.hidden_size), dtype=np.float32)
    write_embedding(replace(CONFIG, vocab_size=4), Precision("fp32").hold(weight), tmp_path, "embed_tokens", 1 << 20)
    path = tmp_path / "embed_tokens.onnx"
    model = onnx.load(path, load_external_data=False)
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(ValueError, match="export the bundle again"):
        TokenTable(path)
