"""Amounts, dates and times as sheets print them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from pocketvlm.apps.documents.dates import clocks_in, days_in
from pocketvlm.apps.documents.money import amounts_in, currency_of

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("Tea £4.50", "4.50", "£"),
        ("Tee 4,50 €", "4.50", "€"),
        ("Wine 1.234,56 €", "1234.56", "€"),
        ("Wine $1,234.56", "1234.56", "$"),
        ("Uhr CHF 1'250.00", "1250.00", "CHF"),
        ("宫保鸡丁 38元", "38", "元"),
        ("合计 ￥99.73", "99.73", "￥"),
        ("刺身 ¥1,200", "1200", "¥"),
        ("Noodles HK$58", "58", "HK$"),
        ("Rabatt -2,00", "-2.00", None),
        ("Discount -£2.00", "-2.00", "£"),
        ("Pfandbon 0,25-", "-0.25", None),
    ],
)
def test_an_amount_is_read_in_every_manner(text: str, value: str, sign: str | None) -> None:
    amount = amounts_in(text)[-1]
    assert (amount.value, amount.sign) == (Decimal(value), sign)
    assert amount.is_money


@pytest.mark.parametrize("text", ["VAT 20%", "MwSt 19 %", "08:24", "31.10.2026", "A4711"])
def test_percentages_times_dates_and_codes_are_no_money(text: str) -> None:
    assert not any(amount.is_money for amount in amounts_in(text))


def test_a_bare_count_is_a_number_but_no_money() -> None:
    (count,) = amounts_in("Table 12")
    assert not count.is_money


@pytest.mark.parametrize(
    ("texts", "code", "doubtful"),
    [
        (["Tea 3,50 €"], "EUR", False),
        (["Tea $3.50"], "USD", True),  # there are twenty dollars
        (["茶 ￥3.50"], "CNY", False),
        (["お茶 ¥350"], "JPY", False),
        (["Tea ¥350"], None, True),
        (["Tea 3.50", "All prices in CHF"], "CHF", False),
        (["Tea 3.50"], None, False),
        (["Tea £3.50", "Coffee £4.00", "or 5.00 €"], "GBP", True),
    ],
)
def test_the_currency_is_named_only_as_far_as_it_is_printed(texts: list[str], code: str | None, doubtful: bool) -> None:
    found, doubt = currency_of(texts)
    assert found == code
    assert (doubt is not None) == doubtful


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-14", date(2026, 5, 14)),
        ("14.05.2026", date(2026, 5, 14)),
        ("14/05/26", date(2026, 5, 14)),
        ("Date: 01 May 2025 10:26", date(2025, 5, 1)),
        ("May 1st, 2025", date(2025, 5, 1)),
        ("Saturday the 1st of May 2027", date(2027, 5, 1)),
        ("3. März 2027", date(2027, 3, 3)),
        ("le 14 juillet 2027", date(2027, 7, 14)),
        ("5 de mayo de 2027", date(2027, 5, 5)),
        ("2027年8月15日周日", date(2027, 8, 15)),
    ],
)
def test_a_date_is_read_in_every_manner(text: str, expected: date) -> None:
    (day,) = days_in(text, TODAY)
    assert (day.date, day.year_printed) == (expected, True)


@pytest.mark.parametrize("text", ["31.02.2026", "13/13/2026", "Version 1.2", "call 020 7946 0973", "4 x 3.50"])
def test_what_is_no_date_gives_none(text: str) -> None:
    assert days_in(text, TODAY) == []


def test_day_and_month_may_be_the_other_way_round() -> None:
    (european,) = days_in("03/04/2025", TODAY)
    (american,) = days_in("03/04/2025", TODAY, month_first=True)
    assert (european.date, european.swapped) == (date(2025, 4, 3), date(2025, 3, 4))
    assert (american.date, american.swapped) == (date(2025, 3, 4), date(2025, 4, 3))
    (clear,) = days_in("03/25/2025", TODAY)
    assert (clear.date, clear.swapped) == (date(2025, 3, 25), None)


def test_a_date_without_a_year_is_the_next_one_that_fits_the_weekday() -> None:
    (next_one,) = days_in("10 September", TODAY)
    assert (next_one.date, next_one.year_printed) == (date(2027, 9, 10), False)
    (on_sunday,) = days_in("Sunday, 10 September", TODAY)  # in 2027 it is a Friday
    assert on_sunday.date == date(2028, 9, 10)
    (leap,) = days_in("29 February", TODAY)
    assert leap.date == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19:30", [time(19, 30)]),
        ("7.30 pm", [time(19, 30)]),
        ("12 am", [time(0)]),
        ("12 pm", [time(12)]),
        ("7 - 9 pm", [time(19), time(21)]),
        ("10:00-17:00", [time(10), time(17)]),
        ("20 Uhr", [time(20)]),
        ("20h30", [time(20, 30)]),
        ("晚上7点半", [time(19, 30)]),
        ("Sunday 27 June 2027, 4 pm", [time(16)]),
        ("14.05.2027", []),
        ("25:00", []),
        ("13 pm", []),
    ],
)
def test_times_are_read_in_every_manner(text: str, expected: list[time]) -> None:
    assert [clock.time for clock in clocks_in(text, TODAY)] == expected
