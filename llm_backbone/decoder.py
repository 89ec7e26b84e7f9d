"""Runs the language model: token ids to embeddings, and embeddings to logits on ONNX Runtime.

Letters: S new positions, T past plus new positions, C capacity of the cache's buffers, D hidden width, V vocabulary,
R image tokens of a conversation.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from pocketvlm.graphs.session import open_session
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.kv_cache import KVCache
from pocketvlm.llm_backbone.prefill import Prefill
from pocketvlm.llm_backbone.token_table import TokenTable

CACHE_TYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int8)": np.int8,
}
PROBED = (9, 2, 3, 4, 9)  # rows of the runs that `rows_agree` compares with one row at a time, after the first run


class Decoder:
    """The language model of a bundle: stateless weights; the state of a conversation is its `KVCache`."""

    def __init__(
        self,
        config: LlamaConfig,
        embed_path: Path,
        decoder_path: Path,
        threads: int | None = None,
        prefill: Prefill | None = None,
    ) -> None:
        """
        Args:
            prefill: what long prompts go through, except their last positions; none where the decoder is to do all.
        """
        self.config = config
        self.prefill = prefill
        self._table = TokenTable(embed_path)
        self._decoder = open_session(decoder_path, threads)
        types = {given.name: given.type for given in self._decoder.get_inputs()}
        self.cache_type: type[np.generic] = CACHE_TYPES[types["past_key_values.0.key"]]
        self._optional = frozenset(given.name for given in self._decoder.get_overridable_initializers())

    def check_adapter(self, adapter: Adapter) -> None:
        """
        Raises:
            ValueError: the graph takes no adapter, or none of these products.
        """
        if not self._optional:
            raise ValueError("the decoder's graph takes no adapter: export the bundle again as one that is adaptable")
        if unknown := sorted(adapter.names - self._optional):
            raise ValueError(f"the decoder's graph has no input {unknown[0]}: the adapter is another model's")

    def new_cache(self) -> KVCache:
        """An empty cache that fits this model."""
        return KVCache(self.config, self.cache_type)

    @cached_property
    def rows_agree(self) -> bool:
        """Whether a run of several rows computes each to the last bit as a run of that row alone does.

        It is tried, once, because it hangs on the graph and on the processor; a difference anywhere in the layers shows
        in all logits. With a float cache it is known not to: attention has another kernel for one row.
        """
        if self.cache_type != np.int8:
            return False
        ids = np.random.default_rng(0).integers(self.config.vocab_size, size=sum(PROBED)).tolist()
        together, alone = self.new_cache(), self.new_cache()
        start = PROBED[0]
        for cache in (together, alone):
            self.decode(self.embed(ids[:start]), cache)
        for count in PROBED[1:]:
            rows = self.decode(self.embed(ids[start : start + count]), together, count)
            for row, token in zip(rows, ids[start : start + count], strict=True):
                if not np.array_equal(row, self.decode(self.embed([token]), alone)[0]):
                    return False
            start += count
        return True

    def embed(self, input_ids: list[int], image_tokens: np.ndarray | None = None) -> np.ndarray:
        """Embeddings of ids, image tokens among them.

        Args:
            input_ids: ids of the vocabulary; V + r stands for row r of the image tokens.
            image_tokens: (R, D) float32.
        Returns:
            (1, S, D) float32.
        """
        ids = np.array([input_ids], dtype=np.int64)
        pictured = ids >= self.config.vocab_size  # (1, S)
        embeds = self._table.rows(np.where(pictured, 0, ids)[0])[None]
        if image_tokens is not None and pictured.any():
            embeds[pictured] = image_tokens[ids[pictured] - self.config.vocab_size]
        return embeds

    def decode(
        self, inputs_embeds: np.ndarray, cache: KVCache, num_logits: int = 1, adapter: Adapter | None = None
    ) -> np.ndarray:
        """Append positions to the conversation and predict what follows them.

        Args:
            inputs_embeds: (1, S, D) float32.
            cache: the positions so far; grows by S.
            num_logits: for how many of the last positions logits are wanted; 0 for all S.
            adapter: what is added to the weights, checked by `check_adapter`; the same for all of a cache's positions.
        Returns:
            (num_logits, V) float32.
        Raises:
            ValueError: the positions would exceed the model's context; the message gives both numbers.
        """
        before = inputs_embeds.shape[1] - num_logits if num_logits else 0  # positions whose logits nobody wants
        if self.prefill is not None and self.prefill.suits(before, adapter):
            self.prefill.fill(inputs_embeds[:, :before], cache, adapter)
            inputs_embeds = inputs_embeds[:, before:]
        count = inputs_embeds.shape[1]
        cache.reserve(cache.length + count)
        binding = self._decoder.io_binding()
        binding.bind_cpu_input("inputs_embeds", np.ascontiguousarray(inputs_embeds))
        binding.bind_cpu_input("attention_mask", np.ones((1, cache.length + count), dtype=np.int64))
        binding.bind_cpu_input("num_logits_to_keep", np.array(num_logits, dtype=np.int64))
        binding.bind_output("logits")
        cache.bind(binding)
        if adapter is not None:
            adapter.bind(binding)
        self._decoder.run_with_iobinding(binding)
        cache.length += count
        logits: np.ndarray = binding.get_outputs()[0].numpy()
        return logits[0]
