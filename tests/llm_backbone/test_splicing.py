"""Image markers become one id an image token, and each of those its row of embeddings."""

from __future__ import annotations

import numpy as np
import pytest

from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import Conversation, LanguageModel
from pocketvlm.llm_backbone.sampling import GenerationConfig
from pocketvlm.llm_backbone.splicing import splice_ids

IMAGE = -200


def test_markers_become_rows_in_order() -> None:
    assert splice_ids([1, IMAGE, 7, IMAGE, 8], [3, 2], vocab_size=10) == [1, 10, 11, 12, 7, 13, 14, 8]
    assert splice_ids([1, 7, 9], [], vocab_size=10) == [1, 7, 9]


@pytest.mark.parametrize(
    ("ids", "counts", "message"),
    [
        ([1, IMAGE], [], "marks 1 images .-200., 0 are given"),
        ([1], [4], "marks 0 images"),
        ([10], [], "id 10 is none of this model's: 0 to 9"),
        ([-1], [], "id -1 is none"),
    ],
)
def test_what_does_not_fit_is_refused(ids: list[int], counts: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        splice_ids(ids, counts, vocab_size=10)


def test_embeddings_of_rows_are_the_rows(single_decoder: Decoder) -> None:
    vocabulary, width = single_decoder.config.vocab_size, single_decoder.config.hidden_size
    rows = np.random.default_rng(0).normal(size=(2, width)).astype(np.float32)
    embeds = single_decoder.embed([5, vocabulary + 1, 6, vocabulary], rows)
    assert (embeds[0, [1, 3]] == rows[[1, 0]]).all()
    assert (embeds[:, [0, 2]] == single_decoder.embed([5, 6])).all()


def test_rows_equal_to_a_tokens_embedding_change_nothing(model: LanguageModel) -> None:
    """A prompt whose image tokens are the embeddings of words gives what those words give."""
    words = [3, 4, 5]
    rows = model.decoder.embed(words)[0]
    spliced = splice_ids([1, IMAGE, 6], [3], model.decoder.config.vocab_size)
    assert (Conversation(model, rows).feed(spliced, 5) == Conversation(model).feed([1, *words, 6], 5)).all()


def test_end_of_turn_can_be_ignored(model: LanguageModel) -> None:
    (eos,) = model.eos_token_ids
    conversation = Conversation(model)
    stopped, ignored = (
        list(conversation.stream([1, 5], GenerationConfig(max_new_tokens=3, ignore_eos=ignore), choose=lambda _: eos))[
            -1
        ]
        for ignore in (False, True)
    )
    assert not isinstance(stopped, str)
    assert not isinstance(ignored, str)
    assert (stopped.token_ids, stopped.finish_reason) == ((), "stop")
    assert (ignored.token_ids, ignored.finish_reason) == ((eos,) * 3, "length")
