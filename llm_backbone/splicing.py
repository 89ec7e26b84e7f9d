"""Where images stand in a prompt: one marker an image becomes one id an image token.

Letters: V size of the vocabulary, M tokens of an image.
"""

from __future__ import annotations

from collections.abc import Sequence

from pocketvlm.llm_backbone.tokenizer import IMAGE_TOKEN_ID


def splice_ids(input_ids: Sequence[int], image_token_counts: Sequence[int], vocab_size: int) -> list[int]:
    """Give every image token of a prompt an id of its own: V, V + 1, ... in the order of the images.

    So a prompt with images is a list of ids like any other: prefixes compare, and the cache knows what it holds.

    Args:
        input_ids: token ids, with -200 where an image stands.
        image_token_counts: M of each image, in order.
        vocab_size: V.
    Raises:
        ValueError: as many markers as images are needed, and ids from 0 to V - 1; the message gives the numbers.
    """
    markers = sum(token == IMAGE_TOKEN_ID for token in input_ids)
    if markers != len(image_token_counts):
        raise ValueError(f"the prompt marks {markers} images ({IMAGE_TOKEN_ID}), {len(image_token_counts)} are given")
    counts = iter(image_token_counts)
    following = vocab_size
    spliced: list[int] = []
    for token in input_ids:
        if token == IMAGE_TOKEN_ID:
            count = next(counts)
            spliced += range(following, following + count)
            following += count
        elif 0 <= token < vocab_size:
            spliced.append(token)
        else:
            raise ValueError(
                f"id {token} is none of this model's: 0 to {vocab_size - 1}, {IMAGE_TOKEN_ID} for an image"
            )
    return spliced
