"""Amounts of money as sheets print them: signs before and after, decimal points and commas, thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

# What a sign or code stands for. A bare dollar is taken as that of the United States, and said to be a guess.
CURRENCIES = {
    "HK$": "HKD", "NT$": "TWD", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD",
    "S$": "SGD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "฿": "THB", "₺": "TRY",
    "₽": "RUB", "¥": "CNY", "￥": "CNY", "元": "CNY", "圆": "CNY", "円": "JPY", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
    "Rs": "INR",
}  # fmt: skip
CODES = "EUR USD GBP CHF CNY JPY CAD AUD NZD SGD HKD TWD SEK NOK DKK PLN CZK HUF INR KRW THB TRY BRL MXN ZAR".split()
_SIGN = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True)) + "|RMB|" + "|".join(CODES)
_NUMBER = r"\d{1,3}(?:[.,'’ ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d|[.,]\d)"
_AMOUNT = re.compile(
    rf"(?<![\w.,:/])(?P<minus>[-−–]\s?)?(?P<before>{_SIGN})?\s?(?P<minus2>[-−–])?(?P<number>{_NUMBER})"
    rf"(?P<minus3>-(?!\d))?(?:\s?(?P<after>{_SIGN})(?![A-Za-z]))?(?!\s*[%％]|[:/\d])"
)
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Amount:
    """A number in a text, from `start` to `end`.

    Attributes:
        value: negative where a minus is printed.
        sign: the currency's sign or code as printed, or None.
        cents: whether decimals are printed. A number with neither sign nor cents may be a count as well.
    """

    value: Decimal
    sign: str | None
    cents: bool
    start: int
    end: int

    @property
    def is_money(self) -> bool:
        """Whether the number can be nothing but a sum of money."""
        return self.sign is not None or self.cents


def amounts_in(text: str) -> list[Amount]:
    """All numbers of a text that may be amounts, from left to right; percentages, times and dates are none."""
    found = []
    for match in _AMOUNT.finditer(text):
        value, cents = _value(match["number"])
        minus = match["minus"] or match["minus2"] or match["minus3"]
        start, end = match.span()
        found.append(Amount(-value if minus else value, match["before"] or match["after"], cents, start, end))
    return found


def currency_of(texts: Sequence[str]) -> tuple[str | None, str | None]:
    """The ISO 4217 code of the money on a sheet, None where nothing says; and what is uncertain about it, or None."""
    signs = [amount.sign for text in texts for amount in amounts_in(text) if amount.sign]
    if not signs:
        return _named(texts)
    sign = max(set(signs), key=lambda one: (signs.count(one), one))
    if sign in ("¥", "￥"):
        return _yen_or_yuan(texts)
    code = {"RMB": "CNY"}.get(sign) or CURRENCIES.get(sign) or sign
    others = {CURRENCIES.get(other, other) for other in signs} - {code}
    if len(others) > 0 and code not in ("CNY", "JPY"):
        return code, f"other currencies are printed too: {', '.join(sorted(others))}"
    return (code, "a bare $ is taken as USD") if sign == "$" else (code, None)


def _named(texts: Sequence[str]) -> tuple[str | None, str | None]:
    """A currency that is named apart from the amounts: "all prices in EUR"."""
    named = {code for text in texts for code in CODES if re.search(rf"\b{code}\b", text)}
    return (named.pop(), None) if len(named) == 1 else (None, None)


def _yen_or_yuan(texts: Sequence[str]) -> tuple[str | None, str | None]:
    whole = " ".join(texts)
    if _KANA.search(whole):
        return "JPY", None
    if _HAN.search(whole):
        return "CNY", None
    return None, "¥ may be yuan or yen"


def _value(number: str) -> tuple[Decimal, bool]:
    """The last separator is the decimal one if one or two digits follow; all others part thousands."""
    decimals = re.search(r"[.,](\d{1,2})$", number)
    whole = re.sub(r"\D", "", number[: decimals.start()] if decimals else number)
    return (Decimal(f"{whole}.{decimals[1]}"), True) if decimals else (Decimal(whole), False)
