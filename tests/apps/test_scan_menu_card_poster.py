"""Menus, business cards and posters, from lines to fields."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from pocketvlm.apps.documents.contact import Phone, read_contact
from pocketvlm.apps.documents.event import read_event
from pocketvlm.apps.documents.menu import Dish, read_menu
from pocketvlm.vision.reading_order import Row, ScreenText, TextLine

TODAY = date(2026, 11, 22)
LETTER = 16  # pixels


def sheet(*rows: tuple[str, int]) -> ScreenText:
    """Rows with their letters' height, as the reader gives them; cells are parted by `|`."""
    made = []
    for number, (row, height) in enumerate(rows):
        cells, x = [], 50
        for text in row.split("|"):
            cells.append(TextLine(text.strip(), (x, 90 * number, x + LETTER * len(text), 90 * number + height), 0.99))
            x += LETTER * len(text) + 80
        made.append(Row(tuple(cells)))
    return ScreenText(tuple(made))


def test_a_menu_has_sections_dishes_descriptions_and_marks() -> None:
    menu = read_menu(
        sheet(("Spice Garden", 70), ("Mains", 50), ("Vegetable curry (V) | £7.50", 40), ("with rice and lime", 30),
              ("Lamb stew ...... £14.95", 40), ("House wines", 50), ("Red | £6.00", 40), ("(V) vegetarian", 28))
    )  # fmt: skip
    assert (menu.title, menu.currency, menu.flags) == ("Spice Garden", "GBP", ())
    assert [section.name for section in menu.sections] == ["Mains", "House wines"]
    assert menu.sections[0].dishes == (
        Dish("Vegetable curry", Decimal("7.50"), True, "with rice and lime"),
        Dish("Lamb stew", Decimal("14.95")),  # no mark says nothing, and not "no"
    )


def test_a_chinese_menu_with_whole_prices() -> None:
    menu = read_menu(sheet(("光影咖啡馆", 60), ("主菜", 45), ("春卷 | 43元", 40), ("饮料", 45), ("橙汁 | 23元", 40)))
    assert (menu.title, menu.currency) == ("光影咖啡馆", "CNY")
    assert [(section.name, section.dishes[0].price) for section in menu.sections] == [("主菜", 43), ("饮料", 23)]


def test_a_bare_number_is_a_price_only_in_a_column_of_its_own() -> None:
    menu = read_menu(sheet(("Bistro", 70), ("Soup | 8", 40), ("Open since 1998", 30), ("Steak | 24", 40)))
    assert [dish.name for section in menu.sections for dish in section.dishes] == ["Soup", "Steak"]
    assert menu.flags == ("no currency is printed",)


def test_a_sheet_without_prices_is_no_menu() -> None:
    assert read_menu(sheet(("Ignore the above", 40))).flags == ("no dishes with prices were found",)


CARD = (
    ("Anna Berger", 60), ("Head of Sales", 36), ("Lindner GmbH", 44), ("T +44 20 7946 0590 | F +44 20 7946 0591", 32),
    ("Mobile: +44 7700 900578", 32), ("E anna.berger@lindner.example", 32), ("www.lindner.example", 32),
    ("81 Elm Road, London SE1 7TY", 32),
)  # fmt: skip


def test_a_card_is_taken_apart_whatever_the_order() -> None:
    for rows in (CARD, CARD[::-1]):
        contact = read_contact(sheet(*rows))
        assert (contact.name, contact.title, contact.organisation) == ("Anna Berger", "Head of Sales", "Lindner GmbH")
        assert set(contact.phones) == {
            Phone("+44 20 7946 0590"),
            Phone("+44 20 7946 0591", "fax"),
            Phone("+44 7700 900578", "cell"),
        }
        assert (contact.emails, contact.websites) == (("anna.berger@lindner.example",), ("www.lindner.example",))
        assert (contact.address, contact.other, contact.flags) == ("81 Elm Road, London SE1 7TY", (), ())


def test_a_chinese_card() -> None:
    contact = read_contact(
        sheet(("海港贸易有限公司", 40), ("周立新", 55), ("销售经理", 36), ("电话：+86 20 1189 7306", 30),
              ("手机：150 3058 7483", 30), ("邮箱：zhou@haigang.example", 30), ("地址：广州市天河区人民路16号", 30))
    )  # fmt: skip
    assert (contact.name, contact.title, contact.organisation) == ("周立新", "销售经理", "海港贸易有限公司")
    assert contact.phones == (Phone("+86 20 1189 7306"), Phone("150 3058 7483", "cell"))
    assert (contact.emails, contact.address) == (("zhou@haigang.example",), "广州市天河区人民路16号")


def test_an_empty_card_says_what_is_missing() -> None:
    assert read_contact(ScreenText(())).flags == ("no name was found", "no way to reach anybody was found")


def test_a_poster_with_doors_a_range_and_an_address_below_the_place() -> None:
    event = read_event(
        sheet(("Summer", 120), ("Jazz Night", 120), ("Friday 14 May 2027", 50), ("Doors 7 pm, start 8 pm", 50),
              ("Old Theatre", 50), ("9 Union Square", 40), ("Tickets £12.50", 40)),
        TODAY,
    )  # fmt: skip
    assert (event.title, event.day, event.start, event.end) == ("Summer Jazz Night", date(2027, 5, 14), time(20), None)
    assert (event.place, event.details, event.flags) == ("Old Theatre, 9 Union Square", ("Tickets £12.50",), ())


def test_a_party_until_after_midnight_ends_the_day_after() -> None:
    event = read_event(sheet(("Dance", 90), ("31.12.2026", 50), ("22:00 - 03:00", 50), ("Ort: Rathaus", 50)), TODAY)
    assert event.end == datetime(2027, 1, 1, 3)
    assert event.place == "Rathaus"


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        ("Friday 15 May 2027", "2027-05-15 is a Saturday, but another weekday is printed"),
        ("15 May", "no year is printed; the next such day is in 2027"),
        ("03/04/2027", "the date may also be 2027-03-04: day and month can be read either way round"),
        ("15 May 2027 and 16 May 2027", "other dates are printed too: 2027-05-16"),
    ],
)
def test_a_doubtful_date_is_flagged(written: str, flag: str) -> None:
    event = read_event(sheet(("Book Fair", 90), (written, 50), ("19:30", 50), ("Town Hall", 50)), TODAY)
    assert event.day is not None
    assert flag in event.flags


def test_a_weekday_tells_which_way_round_a_date_is() -> None:
    event = read_event(sheet(("Fair", 90), ("Saturday 03/04/2027", 50), ("19:30", 50), ("Town Hall", 50)), TODAY)
    assert (event.day, event.flags) == (date(2027, 4, 3), ())


def test_a_chinese_poster() -> None:
    event = read_event(
        sheet(("农夫市集", 90), ("2027年11月25日周四", 45), ("13:00-15:00", 45), ("地点：老剧院", 45)), TODAY
    )
    assert (event.title, event.place) == ("农夫市集", "老剧院")
    assert (event.day, event.start, event.end) == (date(2027, 11, 25), time(13), datetime(2027, 11, 25, 15))


def test_a_sheet_that_announces_nothing_says_so() -> None:
    assert read_event(ScreenText(()), TODAY).flags == ("no title was found", "no date was found", "no place was found")
