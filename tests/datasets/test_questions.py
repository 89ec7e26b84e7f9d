"""Questions about drawn screens: sets of them, and how they are worded.

`tests/data/rendered/truths.jsonl` holds the truth about forty screens as the renderer wrote it.
"""

import json
import random
import re
from collections import Counter
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from pocketvlm.datasets.metrics import NO_ANSWER
from pocketvlm.datasets.records import Record, read_records, write_records
from pocketvlm.datasets.rendered.apps import APPS
from pocketvlm.datasets.rendered.questions import KINDS, balance, make_questions, phrasings
from pocketvlm.datasets.rendered.questions.app_names import APP_NAMES
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, ask, same
from pocketvlm.datasets.rendered.questions.filters import fingerprint, gives_away, too_alike, words_of
from pocketvlm.datasets.rendered.questions.make import MAKERS
from pocketvlm.datasets.rendered.questions.screen import read_screen
from pocketvlm.datasets.rendered.questions.wording import word

DATA = Path(__file__).resolve().parent.parent / "data" / "rendered" / "truths.jsonl"
TRUTHS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
CHINESE = re.compile(r"[\u3400-\u9fff]")


def all_questions(seed: int = 1, per_screen: int = 9) -> list[Record]:
    return [record for truth in TRUTHS for record in make_questions(truth, seed, per_screen)]


@pytest.mark.parametrize("kind", KINDS)
def test_phrasings_are_many_and_say_the_same(kind: str) -> None:
    asks = phrasings(kind)  # type: ignore[arg-type]
    assert sum(len(entry.en) for entry in asks.values()) >= 20
    assert sum(len(entry.zh) for entry in asks.values()) >= 12
    for name, entry in asks.items():
        assert len({slots_of(way) for way in entry.en + entry.zh}) == 1, f"{name}: a way lacks a slot that others have"
        assert len(set(entry.en + entry.zh)) == len(entry.en) + len(entry.zh), name
        assert all(CHINESE.search(way) for way in entry.zh), name
        assert not any(CHINESE.search(way) for way in entry.en), name


def slots_of(way: str) -> frozenset[str]:
    return frozenset(slot for _, slot, _, _ in Formatter().parse(way) if slot)


def test_every_app_has_a_description() -> None:
    assert set(APPS) <= set(APP_NAMES)


def test_a_set_has_all_kinds_and_none_above_its_share() -> None:
    kept = balance(all_questions(), 3)
    counts = Counter(record.type for record in kept)
    assert set(counts) == set(KINDS)
    assert max(counts.values()) <= 0.3 * len(kept)
    assert len(kept) > 0.8 * len(all_questions())  # most of them are worth keeping


def test_questions_are_the_same_for_the_same_seed_only() -> None:
    assert all_questions(seed=4) == all_questions(seed=4)
    assert all_questions(seed=4) != all_questions(seed=5)


def test_records_are_whole(tmp_path: Path) -> None:
    records = [record for truth in TRUTHS[:5] for record in make_questions(truth, 1, 9, folder=tmp_path)]
    for truth in TRUTHS[:5]:
        (tmp_path / truth["image"]).touch()
    write_records(tmp_path / "questions.jsonl", records)
    assert read_records(tmp_path / "questions.jsonl") == records
    for record in records:
        truth = next(truth for truth in TRUTHS if record.id.startswith(truth["id"]))
        assert record.answers
        assert all(len(answer) <= 80 for answer in record.answers)
        assert record.source == f"rendered/{truth['kit']}/{truth['app']}"
        pictured = any(element["picture"] for element in truth["elements"])
        assert ("CC-BY-4.0" in (record.licence or "")) == pictured
        for x1, y1, x2, y2 in record.places:
            assert 0 <= x1 < x2 <= truth["width"]
            assert 0 <= y1 < y2 <= truth["height"]


def test_no_screen_is_asked_the_same_twice() -> None:
    for truth in TRUTHS:
        records = make_questions(truth, 2, 12)
        for at, record in enumerate(records):
            assert not too_alike(record.question, (other.question for other in records[:at]))


def test_no_question_gives_its_answer_away() -> None:
    open_kinds = ("lookup", "colour", "count")  # which never list what to choose from
    asked = [record for record in all_questions() if record.type in open_kinds]
    assert len(asked) > 80
    for record in asked:
        question = f" {' '.join(words_of(record.question))} "
        assert not any(f" {' '.join(words_of(answer))} " in question for answer in record.answers), record


def test_chinese_screens_are_asked_about_in_both_languages() -> None:
    records = [record for truth in TRUTHS if truth["language"] == "zh" for record in make_questions(truth, 1, 12)]
    english = [record for record in records if re.match(r"[\"“]?[A-Za-z]", record.question) and " " in record.question]
    # A fifth is meant; of some 150 questions the share strays by less than 4 standard deviations of 3.3%.
    assert 0.07 < len(english) / len(records) < 0.33


def test_english_screens_are_asked_about_in_english() -> None:
    for truth in (truth for truth in TRUTHS if truth["language"] == "en"):
        printed = [element["text"] for element in truth["elements"] if element["text"]]
        for record in make_questions(truth, 1, 9):
            if CHINESE.search(record.question):  # a word of a language lesson
                assert any(text in record.question for text in printed if CHINESE.search(text)), record


def test_unanswerable_questions_are_about_nothing_on_the_screen() -> None:
    found = 0
    for truth in TRUTHS:
        screen = read_screen(truth)
        for draft in MAKERS["unanswerable"](screen):
            found += 1
            assert draft.answers.en == draft.answers.zh == (NO_ANSWER,)
            for name in draft.slots.values():
                assert isinstance(name, Both)
                assert name.en[0].casefold() not in screen.words
                assert name.zh[0].casefold() not in screen.words
    assert found > 40


@pytest.mark.parametrize("per_screen", [0, -1])
def test_a_positive_number_of_questions_is_needed(per_screen: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        make_questions(TRUTHS[0], 1, per_screen)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"language": "fr"}, "'fr'"),
        ({"elements": TRUTHS[0]["elements"][1:]}, "not numbered"),
        ({"elements": [{"id": 0}]}, "lacks 'box'"),
    ],
)
def test_a_broken_truth_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_questions({**TRUTHS[0], **change}, 1)


def record(at: int, kind: str, answer: str, question: str | None = None) -> Record:
    return Record(f"r{at}", Path("/x.png"), question or f"question number {at}?", (answer,), kind)


def test_balance_cuts_large_kinds_to_their_share() -> None:
    sizes = {"lookup": 100, "state": 10, "count": 10, "colour": 10}
    records = [
        record(at, kind, f"a{at}") for at, kind in enumerate(k for k, size in sizes.items() for _ in range(size))
    ]
    kept = balance(records, 1)
    # 12 of 42 is below 30%, 13 of 43 above.
    assert Counter(r.type for r in kept) == {"lookup": 12, "state": 10, "count": 10, "colour": 10}
    assert [r.id for r in kept] == sorted((r.id for r in kept), key=lambda id: int(id[1:]))
    assert balance(records, 1) == kept != balance(records, 2)


def test_balance_evens_out_yes_and_no() -> None:
    answers = ["yes"] * 80 + ["no"] * 20
    records = [record(at, "state", answer) for at, answer in enumerate(answers)]
    others = [record(1000 + at, kind, f"a{at}") for kind in ("lookup", "count", "place") for at in range(60)]
    others = [Record(f"{r.id}{r.type}", r.image, f"{r.type} {r.question}", r.answers, r.type) for r in others]
    counts = Counter(r.answers[0] for r in balance(records + others, 1) if r.type == "state")
    assert counts["no"] == 20
    assert counts["yes"] == 25  # 55% of 45 is 24.75


def test_balance_drops_what_was_asked_before_in_other_words() -> None:
    same_thing = ["Is Wi-Fi on?", "is wi-fi on", "On is Wi-Fi?", "is Wi-Fi ON", "Is Wi-Fi on"]
    records = [record(at, "state", "7", question) for at, question in enumerate(same_thing)]
    records += [record(10 + at, kind, f"{at}") for at, kind in enumerate(("lookup", "count", "place") * 3)]
    kept = balance(records, 1, most_alike=2)
    assert sum(r.type == "state" for r in kept) == 2


def test_balance_needs_enough_kinds() -> None:
    with pytest.raises(ValueError, match="2 kinds"):
        balance([record(0, "state", "a"), record(1, "count", "b")], 1)
    assert balance([], 1) == []


WAYS = ask("What is the colour of {name}?", "{name}是什么颜色？")


def test_wording_is_now_and_then_careless_but_never_about_names() -> None:
    draft = Draft("colour", "x", WAYS, same("red"), {"name": "Wi-Fi Zebra"})
    rng = random.Random(1)
    worded = [word(draft, WAYS.en[0], "en", rng) for _ in range(2000)]
    assert all("wi-fi zebra" in text.lower() for text in worded)
    plain = sum(text.replace('"', "") == "What is the colour of Wi-Fi Zebra?" for text in worded)
    # 70% are typed with care, and 0.3 * 0.3 * 0.4 * 0.7 * 0.8 = 2% of the others come out plain by chance.
    # The standard deviation of such a share of 2000 is 1%; 5% is far beyond.
    assert plain / 2000 == pytest.approx(0.72, abs=0.05)
    assert any(not text.endswith("?") for text in worded)
    assert any(text.islower() for text in worded)
    assert any("colour" not in text.lower() for text in worded)  # a slip of the finger


def test_names_that_read_as_a_part_of_the_sentence_are_quoted() -> None:
    for name in ("To", "Notify me about new messages"):
        draft = Draft("colour", "x", WAYS, same("red"), {"name": name})
        for seed in range(20):
            assert f'"{name.lower()}"' in word(draft, WAYS.en[0], "en", random.Random(seed)).lower()
            assert f"“{name.lower()}”" in word(draft, WAYS.zh[0], "zh", random.Random(seed)).lower()


@pytest.mark.parametrize(
    ("question", "answers", "given_away"),
    [
        ("What is next to Total £5?", ("£5",), True),
        ("What is next to Total?", ("£5",), False),
        ("Is 15 there?", ("5",), False),  # whole words only
        ("红色按钮是什么颜色？", ("红色",), True),
        ("Is it yes?", ("yes",), False),
    ],
)
def test_gives_away(question: str, answers: tuple[str, ...], given_away: bool) -> None:
    assert gives_away(question, Draft("lookup", "x", WAYS, same(*answers)), answers) == given_away
    listed = Draft("lookup", "x", WAYS, same(*answers), names_choices=True)
    assert not gives_away(question, listed, answers)


def test_too_alike_and_fingerprint() -> None:
    assert too_alike("What colour is the Send button?", ["what color is a thing", "What colour is the send button"])
    assert not too_alike("Is Wi-Fi on?", ["Is Bluetooth on?"])
    assert fingerprint("Is Wi-Fi ON?", ("Yes",)) == fingerprint("on is wi-fi", ("yes",))
    assert fingerprint("Is Wi-Fi on?", ("yes",)) != fingerprint("Is Wi-Fi on?", ("no",))
