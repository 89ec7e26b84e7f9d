"""Conversations about parsed screens: what the model is shown, and what becomes of its words; the model is scripted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from pocketvlm import chat as chat_module
from pocketvlm.apps.screens.answering import NOT_PRINTED, wants_own_words
from pocketvlm.chat import ELEMENTS, IMAGE, LANGUAGE_MODEL, SCREEN_TEXT, Chat
from pocketvlm.errors import BundleError, ContextError, OptionError
from pocketvlm.evaluation import prediction_of
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.generation import Generation, LanguageModel
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.locating import NOT_FOUND
from pocketvlm.picture import Picture
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.reading_order import TextLine, arrange
from pocketvlm.vision.structure_merging import merge

ROOT = Path(__file__).resolve().parent.parent.parent
ADAPTER = cast(Adapter, object())  # a conversation only passes it on
VOCABULARY = 49_152


class Scripted:
    """A conversation that says what it is told to, word by word, and keeps the prompts."""

    says = ""
    sure_of = ("", 0.0)  # a text, and the nats by which it is likelier than all others, which are unlikely
    seen: list[tuple[list[int], Any]]
    cache = SimpleNamespace(nbytes=0)

    def __init__(self, model: LanguageModel, image_tokens: np.ndarray | None = None, adapter: Any = None) -> None:
        self.model, self.adapter, self.image_tokens = model, adapter, image_tokens

    def stream(self, ids: list[int], config: Any, cancelled: Any = None) -> Iterator[str | Generation]:
        Scripted.seen.append((ids, self))
        words = self.says.split(" ")
        yield from (word if at == 0 else f" {word}" for at, word in enumerate(words))
        yield Generation(self.says, tuple(self.model.tokenizer.encode(self.says)), "stop", len(ids), 0, 0.0)

    def log_probability(self, ids: list[int], continuation_ids: list[int]) -> float:
        text, nats = self.sure_of
        judged = self.model.tokenizer.decode(continuation_ids[:-1])
        return -0.1 if judged == self.says and not text else -6.0 + nats * (judged == text)

    def next_log_probabilities(self, ids: list[int]) -> np.ndarray:
        return np.zeros(VOCABULARY)  # a bound that rules nothing out


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    Scripted.seen = []
    Scripted.sure_of = ("", 0.0)
    monkeypatch.setattr(chat_module, "Conversation", Scripted)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(ROOT / "models/nano")


def screen(rows: int = 3, image_tokens: bool = False, third: str = "Flight mode") -> Picture:
    """A screen of switches, every other one on."""
    names = ["Wi-Fi", "Bluetooth", third, *(f"Setting number {n}" for n in range(3, rows))][:rows]
    lines, elements = [], []
    for n, name in enumerate(names):
        top = 300 + 120 * n
        lines.append(TextLine(name, (60, top + 30, 60 + 20 * len(name), top + 70), 0.99))
        elements.append(Element("row", (0, top, 1080, top + 120), 0.9, None, False, None, None, None))
        elements.append(Element("switch", (900, top + 20, 1020, top + 100), 0.9, n % 2 == 0, False, None, None, "teal"))
    height = 300 + 120 * rows + 300
    tokens = np.zeros((1, 4, 8), np.float32) if image_tokens else None
    text, structure = arrange(lines, (1080, height)), merge(1080, height, lines, elements)
    return Picture(1080, height, text, tokens, image_decode_s=0.01, structure=structure)


def chat_about(picture: Picture, tokenizer: Tokenizer, context_length: int = 2048, taught: bool = True) -> Chat:
    decoder = SimpleNamespace(config=SimpleNamespace(vocab_size=VOCABULARY))
    model = LanguageModel(cast(Any, decoder), tokenizer, frozenset({2}), context_length)
    return Chat(model, [picture], {"repetition_penalty": 1.1}, ADAPTER if taught else None)


def test_the_prompt_shows_the_structure_and_uses_the_adapter(tokenizer: Tokenizer) -> None:
    Scripted.says = "on"
    answer = chat_about(screen(), tokenizer).ask("How is Wi-Fi set?")
    ids, conversation = Scripted.seen[0]
    prompt = tokenizer.decode(ids)
    assert "[screen: 3 switches: 2 on, 1 off]\nWi-Fi | [switch on, teal]\nBluetooth | [switch off]" in prompt
    assert prompt.index("[screen:") < prompt.index("How is Wi-Fi set?")
    assert conversation.adapter is ADAPTER
    assert answer.text == "on"
    assert answer.sources == (SCREEN_TEXT, ELEMENTS, LANGUAGE_MODEL)
    assert answer.point is None
    assert answer.box is None


def test_image_tokens_stand_before_the_structure(tokenizer: Tokenizer) -> None:
    Scripted.says = "a dog"
    answer = chat_about(screen(image_tokens=True), tokenizer).ask("What is in the picture?")
    ids, conversation = Scripted.seen[0]
    pictured = [at for at, token in enumerate(ids) if token >= VOCABULARY]
    assert len(pictured) == 4
    assert "[screen:" not in tokenizer.decode(ids[: pictured[0]])
    assert conversation.image_tokens.shape == (4, 8)
    assert IMAGE in answer.sources


def test_a_reference_becomes_words_a_point_and_a_box(tokenizer: Tokenizer) -> None:
    Scripted.says = "@switch Bluetooth"
    stream = chat_about(screen(), tokenizer).stream("Where do I turn on Bluetooth?")
    assert list(stream) == ["the Bluetooth switch, right"]
    answer = stream.answer
    assert answer.box == (900, 440, 1020, 520)
    assert answer.point == (960, 480)
    prediction = prediction_of("1", answer)
    assert prediction.point == (960, 480)
    assert prediction.bbox == (900, 440, 1020, 520)
    chinese = chat_about(screen(), tokenizer).ask("打开Bluetooth点哪里？")
    assert chinese.text == "右侧的Bluetooth开关"


def test_a_reference_to_nothing_says_so(tokenizer: Tokenizer) -> None:
    Scripted.says = "@switch Hotspot tethering"
    answer = chat_about(screen(), tokenizer).ask("Where is the hotspot?")
    assert answer.text == NOT_FOUND
    assert answer.box is None


def test_a_handle_is_words_and_no_reference(tokenizer: Tokenizer) -> None:
    Scripted.says = "@anna_k"
    answer = chat_about(screen(third="Follow @anna_k"), tokenizer).ask("Who wrote this?")
    assert answer.text == "@anna_k"
    assert answer.box is None
    assert chat_about(screen(), tokenizer).ask("Who wrote this?").text == NOT_FOUND  # where nobody of that name is


def test_locating_begins_the_answer_with_a_reference(tokenizer: Tokenizer) -> None:
    Scripted.says = "row Wi-Fi"
    chat = chat_about(screen(), tokenizer)
    answer = chat.locate("Where do I get online?")
    mark = tokenizer.encode("@")
    assert Scripted.seen[0][0][-len(mark) :] == mark
    assert answer.box == (0, 300, 1080, 420)
    chat.ask("And the next one?")  # what was said is part of the conversation, as the model said it
    assert "@row Wi-Fi" in tokenizer.decode(Scripted.seen[1][0])


def test_an_answer_that_repeats_a_line_quotes_it(tokenizer: Tokenizer) -> None:
    Scripted.says = "Flight mode"
    answer = chat_about(screen(), tokenizer).ask("What is below Bluetooth?")
    assert [quote.text for quote in answer.quotes] == ["Flight mode"]


def test_what_is_printed_takes_the_place_of_an_answer_that_the_model_is_not_sure_of(tokenizer: Tokenizer) -> None:
    Scripted.says, Scripted.sure_of = "Setting", ("Flight mode", 5.0)
    answer = chat_about(screen(), tokenizer).ask("Which mode is there?")
    assert answer.text == "Flight mode"
    assert [quote.text for quote in answer.quotes] == ["Flight mode"]
    assert answer.tokens.answer == len(tokenizer.encode("Flight mode"))


def test_where_nothing_printed_fits_the_models_answer_stays(tokenizer: Tokenizer) -> None:
    Scripted.says, Scripted.sure_of = "three", ("nothing that is printed", 5.0)
    assert chat_about(screen(), tokenizer).ask("How many dogs bark?").text == "three"


def test_what_is_said_of_a_state_is_not_replaced_by_what_is_printed(tokenizer: Tokenizer) -> None:
    Scripted.says, Scripted.sure_of = "no", ("Flight mode", 5.0)
    assert chat_about(screen(), tokenizer).ask("Is flight mode on at the airport?").text == "no"


def test_what_is_shown_is_named_in_the_questions_language(tokenizer: Tokenizer) -> None:
    Scripted.says, Scripted.sure_of = "light bulb", ("Wi-Fi", 6.0)  # what is seen is not replaced by what is printed
    assert chat_about(screen(), tokenizer).ask("What does the icon of Wi-Fi show?").text == "light bulb"
    assert chat_about(screen(), tokenizer).ask("Wi-Fi旁边是什么图标？").text == "灯泡"


def test_a_second_turn_follows_what_was_answered(tokenizer: Tokenizer) -> None:
    Scripted.says, Scripted.sure_of = "Setting", ("Flight mode", 5.0)
    chat = chat_about(screen(), tokenizer)
    chat.ask("Which mode is there?")
    chat.ask("And the next?")
    assert "Flight mode" in tokenizer.decode(Scripted.seen[1][0]).rpartition("Which mode is there?")[2]


def test_what_is_not_there_is_said_in_the_data_sets_words(tokenizer: Tokenizer) -> None:
    Scripted.says = NOT_PRINTED
    assert prediction_of("1", chat_about(screen(), tokenizer).ask("How warm is it?")).answer == "<no answer>"


@pytest.mark.parametrize("question", ["Translate this screen", "Please summarise it", "Hello!"])
def test_own_words_come_from_the_model_without_the_adapter(tokenizer: Tokenizer, question: str) -> None:
    Scripted.says = "It is about settings."
    assert wants_own_words(question)
    chat_about(screen(image_tokens=True), tokenizer).ask(question)
    ids, conversation = Scripted.seen[0]
    assert conversation.adapter is None
    assert conversation.image_tokens is None  # which the model alone was not taught to see
    assert "[switch" not in tokenizer.decode(ids)


def test_free_wording_can_be_asked_for(tokenizer: Tokenizer) -> None:
    Scripted.says = "Yes."
    chat_about(screen(), tokenizer).ask("Is Wi-Fi on?", free=True)
    assert Scripted.seen[0][1].adapter is None
    assert not wants_own_words("What is this screen?")  # which the adapter was taught


def test_rows_that_do_not_fit_are_left_out_but_the_summary_and_the_asked_stay(tokenizer: Tokenizer) -> None:
    Scripted.says = "on"
    answer = chat_about(screen(60), tokenizer, context_length=400).ask("Since when is Setting number 48 on?")
    ids = Scripted.seen[0][0]
    prompt = tokenizer.decode(ids)
    assert len(ids) <= 400
    assert "[screen: 60 switches: 30 on, 30 off]" in prompt
    assert "Setting number 48 | [switch on, teal]" in prompt
    assert 0 < answer.trimmed_lines < 60
    with pytest.raises(ContextError, match="reset"):
        chat_about(screen(), tokenizer, context_length=400).ask("word " * 500)


def test_the_state_of_a_control_is_told_without_the_model(tokenizer: Tokenizer) -> None:
    Scripted.says = "yes"
    chat = chat_about(screen(), tokenizer)
    stream = chat.stream("Is Bluetooth on?")
    assert list(stream) == ["no"]
    assert Scripted.seen == []
    assert stream.answer.sources == (SCREEN_TEXT, ELEMENTS)
    assert (stream.answer.tokens.prompt, stream.answer.tokens.answer) == (0, 1)
    assert stream.answer.finish_reason == "stop"
    assert chat.ask("And why is that?").text == "yes"  # which nothing printed says
    assert "Is Bluetooth on?\nassistant\nno\nuser\nAnd" in tokenizer.decode(Scripted.seen[0][0])


def test_the_model_answers_where_it_is_wanted_or_nothing_is_certain(tokenizer: Tokenizer) -> None:
    Scripted.says = "yes"
    assert chat_about(screen(), tokenizer).ask("Is Bluetooth on?", ignore_eos=True).text == "yes"
    assert chat_about(screen(), tokenizer).ask("Is Bluetooth on?", free=True).text == "yes"
    assert chat_about(screen(), tokenizer).ask("Is the hotspot on?").text == "yes"
    assert len(Scripted.seen) == 3
    cancelled = chat_about(screen(), tokenizer).stream("Is Bluetooth on?")
    cancelled.cancel()
    list(cancelled)
    assert len(Scripted.seen) == 4  # who cancels is answered as of old


def test_without_an_adapter_a_screen_is_only_read(tokenizer: Tokenizer) -> None:
    Scripted.says = "Fine."
    chat = chat_about(screen(), tokenizer, taught=False)
    assert chat.ask("Describe it", free=True).sources == (SCREEN_TEXT, LANGUAGE_MODEL)
    assert "[switch" not in tokenizer.decode(Scripted.seen[0][0])
    with pytest.raises(BundleError, match="parser"):
        chat.locate("Where is it?")
    with pytest.raises(OptionError, match="empty"):
        chat.locate("  ")
