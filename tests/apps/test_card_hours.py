"""Opening hours on the place's clock, and the card with its offers: what is unknown is said, nothing is performed."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pocketvlm.apps.places.actions import actions_for, phone_numbers, website_link
from pocketvlm.apps.places.card import card_of
from pocketvlm.apps.places.distance import way_to
from pocketvlm.apps.places.hours import Hours
from pocketvlm.apps.places.place import Address, MenuItem, Place
from pocketvlm.apps.places.plain import plain

PARIS = (48.85, 2.35)
MONDAY = datetime(2026, 11, 23, 15)


def place(**fields: Any) -> Place:
    base: dict[str, Any] = {"id": "made:1", "name": "Bella", "lat": PARIS[0], "lon": PARIS[1], "source": "made up"}
    return Place(**{**base, "licence": "CC0", "attribution": "nobody", "source_id": "1", **fields})


def hours(text: str | None, **fields: Any) -> Hours:
    return Hours.of(place(opening_hours=text, **fields))


def times(text: str, day: date) -> list[tuple[str, str, str]]:
    return [(f"{one.start:%d %H:%M}", f"{one.end:%d %H:%M}", one.state) for one in hours(text).day(day)]


def test_status_gives_the_next_change() -> None:
    status = hours("Mo-Fr 09:00-17:30").status(MONDAY)
    assert (status.state, status.then) == ("open", "closed")
    assert status.until is not None
    assert status.until.isoformat() == "2026-11-23T17:30:00+01:00"


def test_hours_cross_midnight() -> None:
    late = hours("Fr 18:00-02:00")
    assert late.status(datetime(2026, 11, 28, 1, 59)).state == "open"
    assert late.status(datetime(2026, 11, 28, 2, 0)).state == "closed"
    assert times("Fr 18:00-02:00", date(2026, 11, 27)) == [("27 18:00", "28 02:00", "open")]


def test_a_moment_is_read_on_the_places_clock() -> None:
    tokyo = hours("Mo 09:00-10:00", lat=35.68, lon=139.76)
    assert tokyo.status(datetime(2026, 11, 23, 0, 30, tzinfo=UTC)).state == "open"
    assert tokyo.status(datetime(2026, 11, 23, 9, 30)).state == "open"
    assert hours("Mo 09:00-10:00").status(datetime(2026, 11, 23, 0, 30, tzinfo=UTC)).state == "closed"


def test_the_records_time_zone_wins_and_a_false_one_is_passed_over() -> None:
    assert str(hours(None, time_zone="Asia/Tokyo").zone) == "Asia/Tokyo"
    assert str(hours(None, time_zone="../../etc/passwd").zone) == "Europe/Paris"
    assert str(hours(None, time_zone="Moon/Crater").zone) == "Europe/Paris"


def test_summer_time_moves_the_clock_and_not_the_hours() -> None:
    daily = hours("08:00-20:00")
    assert daily.status(datetime(2026, 3, 29, 6, 30, tzinfo=UTC)).state == "open"  # 08:30 in summer time
    assert daily.status(datetime(2026, 3, 28, 6, 30, tzinfo=UTC)).state == "closed"  # 07:30 in winter time


def test_public_holidays_are_those_of_the_country() -> None:
    text = "Mo-Sa 10:00-18:00; PH off"
    bastille = datetime(2026, 7, 14, 12)  # a Tuesday
    assert hours(text).status(bastille).state == "closed"
    assert hours(text, lat=52.52, lon=13.40).status(bastille).state == "open"
    assert hours(None).is_holiday(date(2026, 7, 14)) is True
    assert hours(None).is_holiday(date(2026, 7, 15)) is False


def test_the_records_country_wins_over_the_position() -> None:
    german = hours("Mo-Sa 10:00-18:00; PH off", address=Address(country="de"))
    assert german.status(datetime(2026, 7, 14, 12)).state == "open"
    assert hours(None, address=Address(country="France")).country is None


def test_a_country_without_a_calendar_has_no_known_holidays() -> None:
    assert hours(None, lat=28.6, lon=77.2).is_holiday(date(2026, 8, 15)) is None


def test_an_evening_that_is_off_takes_its_morning_with_it() -> None:
    text = "Mo-Sa 18:00-02:00; PH off"  # 25 December 2026 is a Friday
    assert hours(text).status(datetime(2026, 12, 26, 1)).state == "closed"
    assert times(text, date(2026, 12, 26)) == [("26 18:00", "27 02:00", "open")]
    assert times("Mo-Fr 00:00-02:00", date(2026, 11, 23)) == [("23 00:00", "23 02:00", "open")]


def test_a_comment_alone_is_unknown_and_an_open_end_has_no_closing_time() -> None:
    assert hours('Mo 10:00-17:00 "by appointment"').status(MONDAY).state == "unknown"
    assert hours('Mo 10:00-17:00 open "ring the bell"').status(MONDAY).comment == "ring the bell"
    open_end = hours("Mo 10:00+").status(MONDAY)
    assert (open_end.state, open_end.until) == ("open", None)
    assert hours("Mo 10:00-14:00+").status(MONDAY).state == "unknown"


@pytest.mark.parametrize("text", ["24/7", "open"])
def test_what_never_closes_has_no_next_change(text: str) -> None:
    status = hours(text).status(MONDAY)
    assert (status.state, status.until) == ("open", None)


@pytest.mark.parametrize(
    "text",
    ["nope", "Mo-Fr 25:00-99:00", "9am to 5pm", "Feb 30 10:00-12:00", "((((" * 900, "\x1b[2J", "周一 十点", ";;;"],
)
def test_malformed_hours_are_unknown_and_shown(text: str) -> None:
    bad = hours(text)
    assert not bad.readable
    assert bad.status(MONDAY).state == "unknown"
    assert bad.day(MONDAY.date()) == []
    card = card_of(place(opening_hours=text), MONDAY).text()
    assert "unknown (the record's hours cannot be read)" in card
    assert plain(text) in card


def test_typed_dashes_are_read() -> None:
    assert hours("Mo–Fr 10:00–18:00").status(MONDAY).state == "open"


def test_a_year_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="1850 is outside 1900"):
        card_of(place(opening_hours="24/7"), datetime(1850, 1, 1))


@pytest.mark.parametrize(
    ("there", "text"),
    [
        ((48.86, 2.35), "1.1 km north"),
        ((48.85, 2.36), "730 m east"),
        ((48.84, 2.34), "1.3 km south-west"),
        (PARIS, "here"),
        ((51.5074, -0.1278), "344 km north-west"),  # Paris to London
    ],
)
def test_way_gives_distance_and_direction(there: tuple[float, float], text: str) -> None:
    assert way_to(PARIS, there).text == text


def test_way_across_the_date_line_is_short() -> None:
    way = way_to((0, 179.99), (0, -179.99))
    assert way.text == "2.2 km east"


def test_a_position_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="95"):
        card_of(place(), MONDAY, near=(95, 0))


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://user:word@example.com",
        "https://example.com\\@evil.com",
        "http://exa mple.com",
        "https://example.com/\x1b[31m",
        "https://[::1",
        "https://example.com:port",
        "https://localhost",
        "intent://x#Intent;end",
        "https://" + "a" * 600 + ".com",
        "",
    ],
)
def test_a_link_that_is_not_surely_a_website_is_not_offered(text: str) -> None:
    assert website_link(text) is None


def test_a_website_becomes_a_safe_link() -> None:
    assert website_link("Bella.example/menu?x=1") == "https://bella.example/menu?x=1"
    assert website_link("http://bücher.example/tisch/ä%20b") == "http://xn--bcher-kva.example/tisch/%C3%A4%20b"


def test_phone_numbers_become_tel_links() -> None:
    assert phone_numbers("+44 (0)20 7946 0958; 020-12345") == [
        ("+44 20 7946 0958", "tel:+442079460958"),
        ("020-12345", "tel:02012345"),
    ]
    assert phone_numbers("+1 555 0100;phone-context=evil.com,*21*1#, call me, 1" + "2" * 20) == [
        ("+1 555 0100", "tel:+15550100")
    ]


def test_booking_is_offered_as_the_record_allows() -> None:
    def booking(**fields: Any) -> list[str]:
        return [offer.link for offer in actions_for(place(**fields)) if offer.kind == "book"]

    assert booking(reservation="yes", phone="+33 1 23 45 67 89") == ["tel:+33123456789"]
    assert booking(reservation="https://book.example/bella") == ["https://book.example/bella"]
    assert booking(reservation="no", phone="+33 1 23 45 67 89") == []
    assert booking(reservation="javascript:alert(1)", phone="+33 1 23 45 67 89") == []
    assert booking() == []


def test_every_offer_has_one_of_four_schemes() -> None:
    name = "O'Bella) & ;<script>\u202e"
    offers = actions_for(place(name=name, phone="+33 1 23", website="bella.example", reservation="yes"))
    assert {offer.link.split(":")[0] for offer in offers} == {"tel", "geo", "https"}
    assert all(offer.link.isascii() and not set(offer.link) & set(" <>\"'\\") for offer in offers)


def test_a_bare_record_says_unknown_in_every_row() -> None:
    text = card_of(place(), MONDAY).text()
    for label in (
        "Status",
        "Hours",
        "Rating",
        "Price",
        "Cuisine",
        "Address",
        "Phone",
        "Website",
        "Booking",
        "Distance",
        "Menu",
    ):
        assert f"  {label:<10}unknown" in text
    record = card_of(place(), MONDAY).to_dict()
    assert record["open"] is None
    assert record["rating"] is None


def test_a_full_card_says_what_the_record_says() -> None:
    menu = tuple(MenuItem(f"Dish {number}", Decimal("9.50"), "EUR", True) for number in range(14))
    full = place(
        category="fast_food", cuisine=("noodle",), rating=4.5, rating_count=12, price_level=2, phone="+33 1 23",
        address=Address("Rue Haute", "5", "75001", "Paris", "FR"), menu=menu, opening_hours="Mo 10:00-22:00",
    )  # fmt: skip
    text = card_of(full, MONDAY, near=(48.86, 2.35)).text()
    for part in (
        "Bella · fast food", "open until 22:00", "4.5 of 5 (12 ratings)", "moderate (level 2 of 4)", "1.1 km south",
        "Rue Haute 5, 75001 Paris, FR", "Dish 0: 9.50 EUR (vegetarian)", "and 2 more", "made up, CC0. nobody",
    ):  # fmt: skip
        assert part in text
    record = json.loads(json.dumps(card_of(full, MONDAY, near=(48.86, 2.35)).to_dict()))
    assert record["open"] is True
    assert record["next_change"] == "2026-11-23T22:00:00+01:00"
    assert record["distance_m"] == 1112  # a hundredth of a degree of latitude on the sphere of the mean radius
    assert len(record["menu"]) == 14


def test_a_holiday_that_the_hours_do_not_mention_is_pointed_out() -> None:
    christmas = datetime(2026, 12, 25, 15)
    assert (
        "a public holiday, for which no hours are given"
        in card_of(place(opening_hours="Fr 10:00-22:00"), christmas).text()
    )
    assert "no hours are given" not in card_of(place(opening_hours="Fr 10:00-22:00; PH off"), christmas).text()


def test_no_field_can_steer_the_terminal() -> None:
    hostile = "\x1b]0;title\x07\u202eevil\r\n  Status    open\x9b2J"
    fields: dict[str, Any] = dict.fromkeys(
        ("name", "category", "phone", "website", "reservation", "opening_hours"), hostile
    )
    text = card_of(place(**fields, cuisine=(hostile,), menu=(MenuItem(hostile),), attribution=hostile), MONDAY).text()
    assert not any(unicodedata.category(sign).startswith("C") for sign in text.replace("\n", ""))
    assert sum(line.startswith("  Status ") for line in text.split("\n")) == 1
