"""Readers of screens, each on a handful of rows in the exact form of its authors; and what all readers do alike."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pocketvlm.datasets import readers
from pocketvlm.datasets.records import Record, read_records, write_records
from pocketvlm.datasets.rows import BadRow


def draw(path: Path, size: tuple[int, int] = (108, 192)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "white").save(path)
    return path


def dump(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def read_most(name: str, path: Path, **options: Any) -> tuple[list[Record], list[BadRow]]:
    bad: list[BadRow] = []
    return readers.open(name, path, on_error="skip", report=bad.append, **options), bad


# ScreenQA


@pytest.fixture
def combined(tmp_path: Path) -> Path:
    for number in (5, 10):
        draw(tmp_path / "combined" / f"{number}.jpg")
    return tmp_path / "combined"


def test_screenqa_short(tmp_path: Path, combined: Path) -> None:
    rows = [
        {"image_id": 5, "question": "How many exercises?", "ground_truth": ["12", "12 exercises"]},
        {"image_id": 10, "question": "Which tab is selected?", "ground_truth": ["<no answer>"]},
    ]
    path = dump(tmp_path / "short_answers" / "test.json", rows)
    first, second = readers.open("screenqa-short", path)  # finds the images beside its folder
    assert first == Record(
        id="test-0",
        image=combined / "5.jpg",
        question="How many exercises?",
        answers=("12", "12 exercises"),
        type="short",
        source="screenqa-short",
        licence="CC-BY-4.0",
    )
    assert (second.id, second.image, second.answers) == ("test-1", combined / "10.jpg", ("<no answer>",))


def test_screenqa_complex_may_ask_twice(tmp_path: Path, combined: Path) -> None:
    row = {"image_id": 5, "question": "How many body details are required?", "ground_truth": ["4"]}
    records = readers.open(
        "screenqa-complex", dump(tmp_path / "elsewhere" / "x" / "data.json", [row, row]), images=combined
    )
    assert [(record.id, record.type, record.answers) for record in records] == [
        ("data-0", "complex", ("4",)),
        ("data-1", "complex", ("4",)),
    ]


def test_screenqa_long_has_boxes_in_pixels_of_the_image(tmp_path: Path, combined: Path) -> None:
    elements = [
        {"text": "Healthy", "bounds": [100, 200, 300, 400], "vh_index": 7},
        {"text": "Sporty", "bounds": [505, 600, 800, 1930], "vh_index": -1},
    ]
    row = {
        "image_id": 10,
        "image_width": 1080,  # ten times the image's here
        "image_height": 960,  # and five times
        "question": "What are the plans?",
        "ground_truth": [
            {"full_answer": "Healthy and Sporty.", "ui_elements": []},
            {"full_answer": "The plans are Healthy and Sporty.", "ui_elements": elements},
            {"full_answer": "Healthy and Sporty.", "ui_elements": elements[:1]},
        ],
    }
    unanswered = {**row, "ground_truth": [{"full_answer": "<no answer>", "ui_elements": []}]}
    path = dump(tmp_path / "answers_and_bboxes" / "validation.json", [row, unanswered])
    answered, unsaid = readers.open("screenqa-long", path)
    assert answered.answers == ("Healthy and Sporty.", "The plans are Healthy and Sporty.")
    assert answered.boxes == ((10, 40, 30, 80), (50, 120, 80, 192))  # outward to whole pixels, cut at the image's edge
    assert answered.bbox == (10, 40, 80, 192)
    assert (unsaid.answers, unsaid.bbox, unsaid.boxes) == (("<no answer>",), None, ())


def test_screenqa_bad_rows_are_named_by_file_and_entry(tmp_path: Path, combined: Path) -> None:
    good = {"image_id": 5, "question": "Q?", "ground_truth": ["a"]}
    rows = [
        {**good, "image_id": 6},
        "text",
        {**good, "ground_truth": []},
        {**good, "question": ""},
        good,
    ]
    path = dump(tmp_path / "short_answers" / "test.json", rows)
    records, bad = read_most("screenqa-short", path)
    assert [record.id for record in records] == ["test-4"]
    assert [str(row).split(": ")[0] for row in bad] == [f"{path}:entry {number}" for number in range(4)]
    assert "no image '6.jpg' in" in bad[0].reason
    with pytest.raises(ValueError, match=r"test\.json:entry 1: a row is a JSON object") as error:
        readers.open("screenqa-short", path)
    assert len(str(error.value).splitlines()) == 4


@pytest.mark.parametrize("raters", [[], "a", ["a"], [{"ui_elements": []}], [{"full_answer": "a", "ui_elements": [{}]}]])
def test_screenqa_long_says_what_is_wrong_with_raters(tmp_path: Path, combined: Path, raters: object) -> None:
    row = {"image_id": 5, "question": "Q?", "ground_truth": raters}
    _, bad = read_most("screenqa-long", dump(tmp_path / "data.json", [row]))
    assert len(bad) == 1


# Rico


def node(label: str | None, bounds: list[int], *children: object, **changes: object) -> dict[str, Any]:
    made: dict[str, Any] = {
        "class": "android.widget.TextView",
        "bounds": bounds,
        "visibility": "visible",
        "visible-to-user": True,
        "content-desc": [None],
        "clickable": False,
        "resource-id": "app:id/text",
    }
    if label is not None:
        made["text"] = label
    if children:
        made["children"] = list(children)
    return {**made, **changes}


@pytest.fixture
def rico(tmp_path: Path) -> Path:
    root = node(
        None,
        [0, 0, 1440, 2560],
        node("Sign up", [100, 200, 500, 300], clickable=True, **{"class": "android.widget.Button"}),
        None,  # Rico has such children
        node("Twice", [0, 400, 100, 500]),
        node("twice", [0, 500, 100, 600]),
        node("Hidden", [0, 600, 100, 700], **{"visible-to-user": False}),
        node("Gone", [0, 700, 100, 800], visibility="gone"),
        node("Below", [0, 2600, 100, 2700]),
        node("", [1300, 40, 1400, 140], **{"content-desc": ["Search"]}),
        node("x" * 61, [0, 900, 1440, 1000]),
        node(None, [0, 1000, 1440, 1100], node("Deep", [10, 1010, 20, 1020])),
    )
    folder = tmp_path / "combined"
    for name, tree in (("3", root), ("20", node("Alone", [0, 0, 2560, 1440])), ("100", None)):
        activity = {"root": tree, "added_fragments": [], "active_fragments": []}
        dump(folder / f"{name}.json", {"activity_name": "a.b/c.D", "activity": activity, "request_id": 1})
        draw(folder / f"{name}.jpg", (360, 640) if name == "3" else (640, 360))
    return folder


def test_rico_asks_where_elements_with_labels_of_their_own_are(rico: Path) -> None:
    records, bad = read_most("rico", rico)
    assert [(record.id, record.question, record.type, record.bbox) for record in records] == [
        ("3-1", 'Where is "Sign up"?', "text", (25, 50, 125, 75)),
        ("3-4", 'Where is "Search"?', "icon", (325, 10, 350, 35)),
        ("3-7", 'Where is "Deep"?', "text", (2, 252, 5, 255)),
        ("20-0", 'Where is "Alone"?', "text", (0, 0, 640, 360)),  # a phone held across
    ]
    assert {record.answers for record in records} == {()}
    assert [(row.path.name, row.where) for row in bad] == [("100.json", "view hierarchy")]
    assert "the view hierarchy is empty" in bad[0].reason


def test_rico_screen_has_its_elements_depth_first(rico: Path) -> None:
    screen = readers.rico.read_screen(rico / "3.json")
    assert [element.label for element in screen.elements] == [
        None, "Sign up", "Twice", "twice", "Search", "x" * 61, None, "Deep",
    ]  # fmt: skip
    button, search = screen.elements[1], screen.elements[4]
    assert (button.kind, button.clickable, button.resource_id) == ("Button", True, "app:id/text")
    assert (search.text, search.description) == (None, "Search")


@pytest.mark.parametrize("text", ["null", "[]", "{}", '{"activity": null}', "{"])
def test_rico_hierarchies_of_another_form_are_reported(rico: Path, text: str) -> None:
    (rico / "7.json").write_text(text)
    _, bad = read_most("rico", rico)
    assert [row.path.name for row in bad] == ["7.json", "100.json"]


# ScreenSpot


@pytest.mark.parametrize(
    ("name", "ending", "folder"),
    [("screenspot", "", "screenspot_imgs"), ("screenspot-v2", "_v2", "screenspotv2_image")],
)
def test_screenspot(tmp_path: Path, name: str, ending: str, folder: str) -> None:
    row = {
        "img_filename": "mobile_1.png",
        "bbox": [10, 20, 30, 40],  # left, top, width, height
        "instruction": "view the phone clock",
        "data_type": "icon",
        "data_source": "ios",
    }
    draw(tmp_path / folder / "mobile_1.png")
    draw(tmp_path / folder / "web_1.png")
    dump(tmp_path / f"screenspot_mobile{ending}.json", [row, {**row, "bbox": [10.8, 20.2, 0.5, 0.9]}])
    dump(tmp_path / f"screenspot_web{ending}.json", [{**row, "img_filename": "web_1.png", "data_type": "text"}])
    first, second, third = readers.open(name, tmp_path)
    assert first.question == "view the phone clock"
    assert (first.id, first.type, first.bbox, first.answers) == (
        f"screenspot_mobile{ending}-0", "mobile-icon", (10, 20, 40, 60), (),
    )  # fmt: skip
    assert second.bbox == (10, 20, 12, 22)
    assert (third.type, third.image) == ("web-text", tmp_path / folder / "web_1.png")
    assert {record.source for record in (first, second, third)} == {name}


@pytest.mark.parametrize("bbox", [None, [1, 2, 3], [1, 2, 3, "4"], [0, 0, 0, 5], [500, 0, 5, 5]])
def test_screenspot_boxes_are_checked(tmp_path: Path, bbox: object) -> None:
    draw(tmp_path / "a.png")
    row = {"img_filename": "a.png", "bbox": bbox, "instruction": "tap", "data_type": "icon", "data_source": "ios"}
    _, bad = read_most("screenspot", dump(tmp_path / "screenspot_web.json", [row]).parent, images=tmp_path)
    assert "box" in bad[0].reason


# All of them


def make_screenqa(folder: Path) -> Path:
    draw(folder / "combined" / "5.jpg")
    return dump(folder / "test.json", [{"image_id": 5, "question": "Q?", "ground_truth": ["a"]}])


def test_records_of_readers_can_be_written_and_read_back(tmp_path: Path) -> None:
    records = readers.open("screenqa-short", make_screenqa(tmp_path / "screenqa"))
    write_records(tmp_path / "mine" / "records.jsonl", records)
    assert read_records(tmp_path / "mine" / "records.jsonl") == records


def test_paths_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_screenqa(tmp_path)
    monkeypatch.chdir(tmp_path)
    (record,) = readers.open("screenqa-short", "test.json", images="combined")
    assert record.image == tmp_path / "combined" / "5.jpg"


def test_every_card_is_whole_and_has_its_own_name() -> None:
    cards = readers.cards()
    assert len({card.name for card in cards}) == len(cards) == 11
    for card in cards:
        assert readers.card(card.name) is card
        assert all((card.what, card.size, card.licence, card.citation)), card.name
        assert "path=" in card.how_to_get, card.name
        assert card.url.startswith("http"), card.name


def test_unknown_data_set_lists_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no data set 'imagenet': choose one of screenqa-short, screenqa-long"):
        readers.open("imagenet", tmp_path)


@pytest.mark.parametrize("name", [card.name for card in readers.cards()])
def test_missing_files_are_os_errors(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        readers.open(name, tmp_path / "none")


@pytest.mark.parametrize("name", ["screenqa-short", "screenqa-long", "screenqa-complex", "textvqa", "docvqa", "llava"])
@pytest.mark.parametrize("make", [lambda path: path.write_text("{"), lambda path: path.write_text('{"data": 1}')])
def test_files_of_another_form_are_refused_by_name(tmp_path: Path, name: str, make: Callable[[Path], object]) -> None:
    make(tmp_path / "file.json")
    with pytest.raises(ValueError, match=r"file\.json: "):
        readers.open(name, tmp_path / "file.json", on_error="skip")
