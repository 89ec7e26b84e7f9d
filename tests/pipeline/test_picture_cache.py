"""A second question about the same picture: what is kept, what it saves, and that it changes nothing else."""

from __future__ import annotations

import io
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pocketvlm
from pocketvlm.errors import ImageError, OptionError
from pocketvlm.llm_backbone.generation import Conversation
from pocketvlm.picture import Picture
from pocketvlm.picture_cache import PictureCache, picture_bytes
from pocketvlm.vision.image import ImageSource, read_image
from pocketvlm.vlm import PocketVLM


@pytest.fixture(scope="module")
def keeping() -> PocketVLM:
    """The embedded model with its cache."""
    return pocketvlm.load(threads=2)


class Taker:
    """Takes pictures in without networks, and counts."""

    def __init__(self, tokens: int = 0) -> None:
        self.count, self._tokens = 0, tokens

    def __call__(self, image: ImageSource) -> Picture:
        self.count += 1
        try:
            pixels = read_image(image)
        except (OSError, ValueError) as error:
            raise ImageError(str(error)) from error
        tokens = np.zeros((1, self._tokens, 256), dtype=np.float32)
        return Picture(pixels.shape[1], pixels.shape[0], None, tokens, image_decode_s=1.0, encode_s=2.0)


def png(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


def test_same_content_is_taken_in_once_whatever_it_comes_as(tmp_path: Path) -> None:
    cache, take = PictureCache(), Taker()
    (tmp_path / "a.png").write_bytes(png(1))
    shutil.copy(tmp_path / "a.png", tmp_path / "b.png")
    first = cache.picture(tmp_path / "a.png", take)
    for same in (str(tmp_path / "b.png"), png(1), bytearray(png(1))):
        again = cache.picture(same, take)
        assert again.cached
        assert again.image_tokens is first.image_tokens
        assert again.encode_s == 0.0
        assert again.total_s == again.image_decode_s < first.total_s
    assert not first.cached
    array = read_image(png(1))
    assert not cache.picture(array, take).cached  # pixels and files are known apart
    assert cache.picture(Image.fromarray(array), take).cached
    assert take.count == 2


def test_file_that_changes_is_another_picture(tmp_path: Path) -> None:
    cache, take = PictureCache(), Taker()
    path = tmp_path / "a.png"
    path.write_bytes(png(1))
    one = cache.picture(path, take)
    path.write_bytes(png(2))
    assert cache.picture(path, take).content != one.content
    assert take.count == 2


def test_arrays_of_the_same_bytes_and_another_shape_are_told_apart() -> None:
    cache, take = PictureCache(), Taker()
    shapes = {cache.picture(np.zeros(shape, dtype=np.uint8), take).width for shape in ((20, 30, 3), (30, 20, 3))}
    assert shapes == {30, 20}


def test_unreadable_picture_says_the_same_with_and_without_a_cache(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    for path in (tmp_path / "bad.png", tmp_path / "none.png", tmp_path):
        messages = []
        for cache in (PictureCache(), PictureCache(0)):
            with pytest.raises(ImageError) as caught:
                cache.picture(path, Taker())
            messages.append(str(caught.value))
        assert messages[0] == messages[1]
        assert path.name in messages[0]


def test_least_recently_used_goes_when_bytes_are_over_the_limit() -> None:
    take = Taker(tokens=100)
    each = picture_bytes(take(png(0)))
    cache = PictureCache(2 * each)
    take.count = 0
    for shade in (1, 2, 1, 3, 1, 2):
        cache.picture(png(shade), take)
        assert cache.nbytes <= 2 * each
    assert take.count == 4  # 1, 2, 3, and 2 again, which 3 had driven out
    cache.clear()
    assert cache.nbytes == 0


def test_picture_larger_than_the_limit_is_not_kept() -> None:
    cache, take = PictureCache(10), Taker(tokens=5)
    assert not cache.picture(png(1), take).cached
    assert not cache.picture(png(1), take).cached
    assert cache.nbytes == 0


def test_conversation_is_lent_once_and_counts_by_its_bytes(vlm: PocketVLM) -> None:
    cache, take = PictureCache(), Taker()
    picture = cache.picture(png(1), take)
    before = cache.nbytes
    conversation = Conversation(vlm.model)
    conversation.feed([5, 6, 7])
    cache.give_back((picture,), {"plain": conversation})
    assert cache.nbytes == before + conversation.cache.nbytes
    assert cache.lend((picture,)) == {"plain": conversation}
    assert cache.lend((picture,)) == {}
    cache.give_back((picture, picture), {"plain": conversation})  # several pictures are not kept
    assert cache.nbytes == before


def test_second_question_reads_and_computes_only_what_is_new(keeping: PocketVLM, screens: Path) -> None:
    first, second = (keeping.ask(screens / "bank.png", q) for q in ("What's my balance?", "Who pays my salary?"))
    assert not first.picture_cached
    assert second.picture_cached
    assert second.timings.read_text_s == second.timings.encode_s == 0.0
    assert second.tokens.cached > 0.9 * first.tokens.prompt
    assert second.tokens.prefilled < 30
    assert second.cache_bytes > 0
    assert json.loads(json.dumps(second.to_dict()))["picture_cached"]
    assert 0 < keeping.cache.nbytes <= keeping.cache.max_bytes


@pytest.mark.parametrize("question", ["What's my balance?", "How much was Redline Gym?", "Who pays my salary?"])
def test_kept_and_fresh_answers_agree(keeping: PocketVLM, vlm: PocketVLM, screens: Path, question: str) -> None:
    kept = [keeping.ask(screens / "bank.png", question) for _ in range(2)][-1]
    fresh = vlm.ask(screens / "bank.png", question)
    assert kept.picture_cached
    assert (kept.text, kept.quotes, kept.tokens.prompt) == (fresh.text, fresh.quotes, fresh.tokens.prompt)


def test_threads_share_a_model_and_its_cache(keeping: PocketVLM, screens: Path) -> None:
    expected = keeping.ask(screens / "bank.png", "What's my balance?").text
    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(keeping.ask, screens / "bank.png", "What's my balance?") for _ in range(6)]
        assert [job.result().text for job in jobs] == [expected] * 6


def test_chat_that_is_given_back_is_gone_on_with(keeping: PocketVLM, screens: Path) -> None:
    chat = keeping.chat(screens / "bank.png")
    chat.ask("What's my balance?")
    keeping.give_back(chat)
    assert keeping.chat(screens / "bank.png").ask("What's my balance?").tokens.prefilled == 1


def test_head_that_is_computed_ahead_changes_no_logits(vlm: PocketVLM, bank: Picture) -> None:
    """The head's rows and the rest's come in two runs instead of one, of several rows each: rounding alone differs."""
    chat = vlm.chat(bank)
    taught = chat._taught
    assert taught is not None
    prompt = chat._prompt("What's my balance?", taught).ids
    ahead = taught.conversation
    assert ahead.shared(prompt) == len(vlm._head._ids) >= 10
    whole = Conversation(vlm.model, np.concatenate(taught.image_tokens), vlm.adapter)
    expected, found = (
        np.exp(part - np.logaddexp.reduce(part))
        for part in (conversation.feed(prompt)[0].astype(np.float64) for conversation in (whole, ahead))
    )
    # The bound of nano's int8 activations; see test_chat.py.
    assert float((expected * np.log(expected / found)).sum()) < 0.02


def test_heads_are_copies(vlm: PocketVLM) -> None:
    one, other = vlm._head.conversation(), vlm._head.conversation()
    one.feed([5, 6, 7])
    assert other.length == len(vlm._head._ids)
    assert one.length == 3


def test_cache_bytes_must_not_be_negative() -> None:
    with pytest.raises(OptionError, match=r"^cache_bytes is -1; it must be 0, to keep nothing, or more$"):
        pocketvlm.load(cache_bytes=-1)
