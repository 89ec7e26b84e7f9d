"""The shared growing buffers."""

import numpy as np
import onnxruntime as ort
import pytest

from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.kv_cache import GRANULE, KVCache, cache_bytes, rounded


def test_capacity_stays_near_the_length(single_decoder: Decoder) -> None:
    cache = single_decoder.new_cache()
    assert cache.nbytes == 0
    for positions in range(1, 600):
        cache.reserve(positions)
        assert positions <= cache.capacity <= 1.5 * positions + GRANULE
    cache.reserve(600)
    assert cache.capacity == 600  # never more than the model's context
    assert cache.nbytes == 2 * 2 * 2 * 16 * 4 * 600  # halves, layers, kv heads, head width, bytes, positions


def mobile_llama_1_4b() -> LlamaConfig:
    return LlamaConfig(32000, 2048, 5632, 24, 16, 16, 2048, 10000.0, 1e-6, False)


@pytest.mark.parametrize(("dtype", "limit"), [(np.float16, 100_000_000), (np.int8, 50_000_000)])
def test_cache_of_400_positions_stays_small_at_the_published_shape(dtype: type[np.generic], limit: int) -> None:
    config = mobile_llama_1_4b()
    cache = KVCache(config, dtype)
    cache.reserve(400)
    # Two halves, 24 layers, 2048 wide, of as many positions as the granule makes of 400.
    assert cache.nbytes == 2 * 24 * 2048 * np.dtype(dtype).itemsize * 448 <= limit
    assert sum(buffer.numpy().nbytes for buffer in cache._buffers if buffer is not None) == cache.nbytes
    assert cache_bytes(config, rounded(400), 4) > 100_000_000  # which float32 would exceed


def test_copy_is_the_first_positions_and_independent(single_decoder: Decoder) -> None:
    original, copy = single_decoder.new_cache(), single_decoder.new_cache()
    single_decoder.decode(single_decoder.embed([5, 6, 7, 8]), original)
    copy.copy_from(original, 3)
    assert copy.length == 3
    expected = single_decoder.decode(single_decoder.embed([9]), copy)
    original.length = 3
    # The same values and the same kernel: no tolerance.
    np.testing.assert_array_equal(single_decoder.decode(single_decoder.embed([9]), original), expected)
    original.length = 0
    single_decoder.decode(single_decoder.embed([20, 21, 22, 23]), original)
    copy.length = 3
    np.testing.assert_array_equal(single_decoder.decode(single_decoder.embed([9]), copy), expected)


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
    assert growing.capacity == 384  # 256 for the first piece, and that by half again


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
