"""Random weights: the same every time, at the scale asked for."""

import hashlib

import numpy as np

from pocketvlm.checkpoints.random import RandomTensors
from pocketvlm.graphs.tensors import problems

SHAPES = {
    "layer.q_proj.weight": (300, 200),
    "layer.k_proj.weight": (300, 200),
    "layer.norm.weight": (64,),
    "layer.norm.bias": (64,),
    "attn.in_proj_bias": (192,),
    "class_embedding": (1024,),
    "conv.weight": (8, 1, 3, 3),
}


def drawn(seed: int = 0) -> RandomTensors:
    return RandomTensors(SHAPES, lambda name: 0.5 if "k_proj" in name else 0.02, seed)


def test_names_and_shapes_are_those_given() -> None:
    assert problems(drawn(), SHAPES) == []
    for name, shape in SHAPES.items():
        array = drawn().read(name)
        assert (array.shape, array.dtype) == (shape, np.float32)


def test_norms_are_ones_and_biases_zeros() -> None:
    tensors = drawn()
    assert (tensors.read("layer.norm.weight") == 1).all()
    assert not tensors.read("layer.norm.bias").any()
    assert not tensors.read("attn.in_proj_bias").any()


def test_others_are_normal_at_the_scale_asked_for() -> None:
    # Of n values the mean is off by 1 / sqrt(n), the deviation by 1 / sqrt(2 n): five times that is never seen.
    for name, std in (("layer.q_proj.weight", 0.02), ("layer.k_proj.weight", 0.5), ("class_embedding", 0.02)):
        values = drawn().read(name).astype(np.float64).ravel() / std
        assert abs(values.mean()) < 5 / np.sqrt(values.size)
        assert abs(values.std() - 1) < 5 / np.sqrt(2 * values.size)
        share = np.mean(np.abs(values) < 1)  # 0.6827 of a normal distribution
        assert abs(share - 0.6827) < 5 * np.sqrt(0.6827 * 0.3173 / values.size)


def test_values_hang_on_name_and_seed_alone() -> None:
    tensors = drawn()
    later, first = tensors.read("layer.k_proj.weight"), tensors.read("layer.q_proj.weight")
    np.testing.assert_array_equal(drawn().read("layer.k_proj.weight"), later)
    assert abs(np.corrcoef(first.ravel(), later.ravel())[0, 1]) < 5 / np.sqrt(first.size)
    assert not np.array_equal(drawn(seed=1).read("layer.q_proj.weight"), first)


def test_values_are_those_of_other_machines() -> None:
    # Rounded: the far ends of the distribution go through the system's logarithm.
    digest = hashlib.sha256(np.rint(drawn().read("conv.weight") * 1e5).astype(np.int32).tobytes()).hexdigest()
    assert digest == "1f02dcfaa45ab348dc8fc3acf55a2cf1eebebfb38c49c4b76f66bbd24d2d40b1"
