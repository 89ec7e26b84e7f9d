"""Amounts of money in a question and on a photo's lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# What a sign or word may stand for; a bare $ may be any of these dollars, ¥ yen or yuan.
CURRENCIES: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}), "eur": frozenset({"EUR"}), "euro": frozenset({"EUR"}), "欧元": frozenset({"EUR"}),
    "£": frozenset({"GBP"}), "gbp": frozenset({"GBP"}), "pound": frozenset({"GBP"}), "英镑": frozenset({"GBP"}),
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"}), "usd": frozenset({"USD"}),
    "dollar": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"}), "buck": frozenset({"USD", "CAD", "AUD"}),
    "美元": frozenset({"USD"}), "¥": frozenset({"CNY", "JPY"}), "￥": frozenset({"CNY", "JPY"}),
    "cny": frozenset({"CNY"}), "rmb": frozenset({"CNY"}), "yuan": frozenset({"CNY"}), "元": frozenset({"CNY"}),
    "块": frozenset({"CNY"}), "yen": frozenset({"JPY"}), "jpy": frozenset({"JPY"}), "日元": frozenset({"JPY"}),
    "chf": frozenset({"CHF"}), "franc": frozenset({"CHF"}),
}  # fmt: skip
SIGNS = r"[€£$¥￥]"
WORDS = r"(?:eur(?:os?)?|gbp|pounds?|usd|dollars?|bucks?|cny|rmb|yuan|yen|jpy|chf|francs?)\b|欧元|英镑|美元|日元|元|块"
NUMBER = r"\d{1,6}(?:[.,]\d{1,2})?(?![\d]|[.,]\d)"
# "Under 15 minutes" and "within 500 m" are no prices.
NO_MONEY = (
    r"(?!\s*(?:(?:m|km|met(?:er|re)s?|min(?:ute)?s?|hours?|people|persons?|guests?|years?|days?|stars?|k?cal(?:ories)?"
    r"|am|pm)\b"
    r"|%|分钟|米|公里|人|点|小时|岁|星))"
)
MONEY = rf"(?P<sign>{SIGNS})?\s*(?P<number>{NUMBER}){NO_MONEY}\s*(?P<word>{SIGNS}|{WORDS})?"


@dataclass(frozen=True)
class Amount:
    """A sum. `currencies` are the codes it may be in; empty where nothing says."""

    value: Decimal
    currencies: frozenset[str] = frozenset()

    def fits(self, currency: str | None) -> bool:
        """Whether a price in a currency may be compared with it; unknown on either side is taken as the same."""
        return not self.currencies or currency is None or currency.upper() in self.currencies


def amount_of(found: re.Match[str]) -> Amount:
    """The amount of a match of MONEY."""
    said = (found["sign"] or found["word"] or "").lower()
    currencies = CURRENCIES.get(said) or CURRENCIES.get(said.removesuffix("s")) or frozenset()
    return Amount(Decimal(found["number"].replace(",", ".")), currencies)
