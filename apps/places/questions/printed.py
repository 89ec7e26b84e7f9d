"""What the photo prints: the words of a sign, dishes with prices, a receipt's total. Text is quoted, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pocketvlm.apps.places.place import MenuItem
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer
from pocketvlm.apps.places.questions.money_words import MONEY, amount_of

LONGEST_QUOTE = 600  # characters of a sign in one answer
MOST_DISHES = 300
# A row of a menu: a name with letters, perhaps dots, and at its end a price with a currency or two decimals.
DISH_ROW = re.compile(rf"(?P<name>.*?[^\W\d_].*?)[\s.·…_|-]*\s(?P<price>{MONEY})$", re.IGNORECASE)
TOTAL = re.compile(
    r"(?<!sub)(?<!sub )(?<!sub-)\btotals?\b|\b(?:amount|balance) due\b|\bto pay\b|合计|总计|应付|总额", re.IGNORECASE
)
SUM = re.compile(MONEY, re.IGNORECASE)


def sign_text(asked: Asked) -> Answer:
    """All that the photo prints, word for word."""
    if not asked.lines:
        return asked.answer(unknown=asked.say("no_text"))
    rows = [plain(line) for line in asked.lines if plain(line)]
    return asked.answer(asked.fact("photo", "sign", text=plain(" / ".join(rows), LONGEST_QUOTE)))


def total_due(asked: Asked) -> Answer:
    """The rows of a receipt that give a total with its amount, word for word; the amount may stand a row below."""
    found = []
    for number, line in enumerate(asked.lines):
        if TOTAL.search(line) is None:
            continue
        after = asked.lines[number + 1] if number + 1 < len(asked.lines) else ""
        if SUM.search(line):
            found.append(plain(line))
        elif SUM.search(after) and len(re.findall(r"[^\W\d_]", after)) <= len("EUR"):
            found.append(f"{plain(line)} {plain(after)}")
    if not found:
        return asked.answer(unknown=asked.say("no_total"))
    return asked.answer(*(asked.fact("photo", "printed", text=text) for text in dict.fromkeys(found)))


def dishes_printed(lines: Sequence[str]) -> tuple[MenuItem, ...]:
    """The rows of a photo that are a dish with its price. A currency is kept only where its sign means one alone."""
    dishes = []
    for line in lines:
        found = DISH_ROW.fullmatch(plain(line))
        if found is None or TOTAL.search(line):
            continue
        amount = amount_of(found)
        if not amount.currencies and not re.search(r"[.,]\d\d$", found["number"]):
            continue  # "Table 12", "Since 1998"
        currency = next(iter(amount.currencies)) if len(amount.currencies) == 1 else None
        dishes.append(MenuItem(found["name"].strip(" .·…_|-"), amount.value, currency))
    return tuple(dishes[:MOST_DISHES])
