"""The shared growing buffers."""

import numpy as np
import onnxruntime as ort
import pytest

from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.kv_cache import GRANULE, KVCache


def test_capacity_stays_near_the_length(single_decoder: Decoder) -> None:
    cache = single_decoder.new_cache()
    assert cache.nbytes == 0
    for positions in range(1, 600):
        cache.reserve(positions)
        assert positions <= cache.capacity <= 1.5 * positions + GRANULE
    cache.reserve(600)
    assert cache.capacity == 600  # never more than the model's context
    assert cache.nbytes == 2 * 2 * 2 * 16 * 4 * 600  # halves, layers, kv heads, head width, bytes, positions


def test_growth_keeps_what_is_there(single_decoder: Decoder) -> None:
    ids = np.random.default_rng(0).integers(3, 269, 300).tolist()

    def last_logits(cache: KVCache) -> np.ndarray:
        for piece in (ids[:250], ids[250:260], ids[260:]):
            logits = single_decoder.decode(single_decoder.embed(piece), cache)
        return logits

    growing, roomy = single_decoder.new_cache(), single_decoder.new_cache()
    roomy.reserve(512)
    # The buffers' size does not enter the sums.
    np.testing.assert_array_equal(last_logits(growing), last_logits(roomy))
    assert growing.capacity == 512


def test_growth_that_fails_can_be_repeated(single_decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = single_decoder.new_cache()
    first = single_decoder.decode(single_decoder.embed([5, 6, 7]), cache)
    real = ort.OrtValue.ortvalue_from_numpy
    made = []

    def third_fails(array: np.ndarray) -> ort.OrtValue:
        made.append(array)
        if len(made) == 3:
            raise MemoryError
        return real(array)

    monkeypatch.setattr(ort.OrtValue, "ortvalue_from_numpy", third_fails)
    with pytest.raises(MemoryError):
        cache.reserve(300)
    cache.reserve(300)
    cache.length = 2
    again = single_decoder.decode(single_decoder.embed([7]), cache)
    # One row instead of three: see OTHER_KERNEL in test_decoder.py.
    np.testing.assert_allclose(again, first, atol=3e-3 * np.abs(first).max())


def test_caches_are_independent(single_decoder: Decoder) -> None:
    one, other = single_decoder.new_cache(), single_decoder.new_cache()
    single_decoder.decode(single_decoder.embed([5, 6, 7]), one)
    expected = single_decoder.decode(single_decoder.embed([8]), one)
    one.length = 3
    single_decoder.decode(single_decoder.embed([9, 10, 11]), other)
    np.testing.assert_array_equal(single_decoder.decode(single_decoder.embed([8]), one), expected)
