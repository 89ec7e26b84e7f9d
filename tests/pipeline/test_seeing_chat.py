"""The embedded model about a parsed screen: what holds of its answers, its caching and its places whatever it says."""

from __future__ import annotations

import json

import numpy as np
import pytest

import pocketvlm
from pocketvlm.chat import ELEMENTS, IMAGE, LANGUAGE_MODEL, SCREEN_TEXT
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM

QUESTION = "What's my balance?"


def lies_on(picture: Picture, box: tuple[int, int, int, int]) -> bool:
    x1, y1, x2, y2 = box
    return 0 <= x1 < x2 <= picture.width and 0 <= y1 < y2 <= picture.height


def test_embedded_model_reads_parses_and_sees(vlm: PocketVLM, bank: Picture) -> None:
    assert (vlm.bundle.reads, vlm.bundle.parses, vlm.bundle.sees) == (True, True, True)
    assert vlm.adapter is not None
    assert bank.text is not None
    assert bank.elements
    assert bank.structure is not None
    assert all(lies_on(bank, element.box) for element in bank.elements)
    assert bank.image_tokens is not None
    assert bank.image_tokens.shape[::2] == (1, vlm.model.decoder.config.hidden_size)
    assert np.isfinite(bank.image_tokens).all()


def test_answer_is_json_and_times_its_stages(vlm: PocketVLM, bank: Picture) -> None:
    answer = vlm.ask(bank, QUESTION)
    assert json.loads(json.dumps(answer.to_dict()))["text"] == answer.text != ""
    assert answer.sources == (SCREEN_TEXT, ELEMENTS, IMAGE, LANGUAGE_MODEL)
    assert all(lies_on(bank, quote.box) for quote in answer.quotes)
    times = answer.timings
    assert (times.encode_s, times.parse_s, times.project_s) == (bank.encode_s, bank.parse_s, bank.project_s)
    assert min(times.encode_s, times.parse_s, times.project_s, times.prefill_s) > 0
    assert times.total_s >= times.ttft_s >= bank.total_s + times.prefill_s


def test_same_question_gets_the_same_answer_in_pieces_too(vlm: PocketVLM, bank: Picture) -> None:
    stream = vlm.stream(bank, QUESTION)
    pieces = list(stream)
    assert "".join(pieces).strip() == stream.answer.text == vlm.ask(bank, QUESTION).text


def test_later_turns_prefill_only_their_own_tokens(vlm: PocketVLM, bank: Picture) -> None:
    chat = vlm.chat(bank)
    first = chat.ask(QUESTION).tokens
    second = chat.ask("And the overdraft?").tokens
    assert first.cached == len(vlm._head._ids) > 0  # what all prompts begin with
    # An answer that was printed, and not the model's own, is in the cache with the token that ends it, or not yet.
    assert first.prompt <= second.cached <= first.prompt + first.answer + 1
    assert second.prefilled == second.prompt - second.cached < 40


def test_cached_turn_equals_the_same_conversation_computed_afresh(vlm: PocketVLM, bank: Picture) -> None:
    """The bound is that of `test_chat`, for the same reason: int8 activations round otherwise one by one."""
    chat = vlm.chat(bank)
    chat.ask(QUESTION, max_new_tokens=8)
    prompt = chat._prompt("How much was the gym?", chat._taught).ids
    assert chat._taught is not None
    assert chat._taught.conversation.shared(prompt) > 0.9 * len(prompt)
    fresh = vlm.chat(bank)._taught
    assert fresh is not None
    parts = (fresh.conversation.feed(prompt)[0], chat._taught.conversation.feed(prompt)[0])
    expected, found = (np.exp(part - np.logaddexp.reduce(part)) for part in parts)
    assert float((expected * np.log(expected / found)).sum()) < 0.02


def test_free_wording_goes_by_the_text_and_leaves_the_taught_cache(vlm: PocketVLM, bank: Picture) -> None:
    chat = vlm.chat(bank)
    first = chat.ask(QUESTION)
    free = chat.ask("Greet me.", free=True, max_new_tokens=3)
    assert free.sources == (SCREEN_TEXT, LANGUAGE_MODEL)
    assert free.tokens.cached == 0  # it is another conversation, shown the lines alone
    third = chat.ask("And the overdraft?").tokens
    assert third.cached >= first.tokens.prompt


def test_reset_forgets_the_questions_and_keeps_the_picture(vlm: PocketVLM, bank: Picture) -> None:
    chat = vlm.chat(bank)
    first = chat.ask(QUESTION)
    chat.reset()
    again = chat.ask(QUESTION)
    assert again.text == first.text
    assert again.tokens.prompt == first.tokens.prompt
    assert again.tokens.prefilled == 1  # the logits of the last position have to be computed


def test_places_lie_on_the_screen(vlm: PocketVLM, bank: Picture) -> None:
    for question in ("Where do I pay?", "Where is the search?", "在哪里转账？"):
        place = vlm.locate(bank, question)
        assert place.text
        assert (place.box is None) == (place.point is None)
        if place.box is not None and place.point is not None:
            x1, y1, x2, y2 = place.box
            x, y = place.point
            assert lies_on(bank, place.box)
            assert x1 <= x <= x2
            assert y1 <= y <= y2


def test_full_context_leaves_out_lines_and_says_so(bank: Picture) -> None:
    small = pocketvlm.load(threads=2, context_length=300)
    chat = small.chat(bank)
    answer = chat.ask("How much was Redline Gym?")
    assert bank.text is not None
    assert 0 < answer.trimmed_lines < len(bank.text.lines)
    shown = small.model.tokenizer.decode(chat._prompt("How much was Redline Gym?", chat._taught).ids)
    assert "[screen:" in shown
    assert "Redline Gym" in shown
    assert answer.tokens.prompt + answer.tokens.answer <= 300
    with pytest.raises(pocketvlm.ContextError, match=r"takes \d+ tokens .* the model allows 236"):
        small.ask(bank, "why " * 250)


def test_nothing_to_see_is_answered_all_the_same(vlm: PocketVLM) -> None:
    blank = vlm.read(np.full((400, 300, 3), 255, np.uint8))
    answer = vlm.ask(blank, "What is the total?", max_new_tokens=16)
    assert answer.quotes == ()
    assert IMAGE in answer.sources
