"""What kind of thing a piece of text is, and what kind a question asks for: an amount of money, a time, a place...

English question words only. Where no kind is recognised, the other evidence decides alone.
"""

from __future__ import annotations

import re

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
DAY = r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|rsday|urday|sday)?"
NUMBER = r"\d{1,3}(?:[ ,.]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"

# The first group of a pattern, where there is one, is what a span of that kind consists of.
KINDS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "money": rf"[-+−]?\s?(?:[$€£¥₹]|US\$|\bkr\b)\s?(?:{NUMBER})|(?:{NUMBER})\s?(?:€|£|kr\b|USD|EUR|GBP|CHF)",
        "price": r"(?<![\d.,:])\d{1,4}[.,]\d{2}(?![\d%.,:])",  # an amount without its currency, as menus print it
        "time": r"\b\d{1,2}:\d{2}(?::\d{2})?\s?(?:[ap]\.?m\b\.?)?(?!\d)|\b\d{1,2}(?:\.\d{2})?\s?[ap]\.?m\b\.?",
        "duration": r"\b(?:\d+\s?(?:h|hr|hrs|hours?)\s?)?\d+\s?(?:m|min|mins|minutes?|s|sec|secs|seconds?)\b"
        r"|\b\d+\s?(?:h|hr|hrs|hours?|days?|weeks?|nights?|months?|years?)\b|\b\d{1,2}:\d{2}(?::\d{2})?\b",
        "date": rf"\b(?:{DAY},?\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s{MONTH}|{MONTH}\s\d{{1,2}})\b(?:,?\s\d{{4}})?"
        rf"|\b\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}\b|\b{DAY}\b|\b(?:today|tomorrow|yesterday|tonight)\b",
        "percent": r"[-+−]?\d+(?:[.,]\d+)?\s?%",
        "temperature": r"[-+−]?\d+\s?°\s?[CF]?",
        "phone": r"\+?\(?\d[\d\s().-]{6,}\d",
        "email": r"[\w.+-]+@[\w-]+\.[\w.-]+",
        "web": r"\b(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?\b",
        "measure": rf"\b(?:{NUMBER})\s?(?:km/h|km|mi|miles?|m|cm|mm|ft|kg|g|lb|lbs|oz|ml|l|cups?|kcal|cal|kwh|gb|mb|tb"
        r"|mbps|bpm|mph|m/s|steps|pages|stars?)\b|\b\d+\s?m²",
        "number": rf"(?<![\w.,:])(?:{NUMBER})(?![\w:%°])",
        "address": r"\b\d+[a-z]?\s(?:[A-Z][\w'.-]+\s?){1,4}|\b[A-Z][\w'.-]+\s"
        r"(?:street|st|road|rd|avenue|ave|lane|ln|square|sq|drive|dr|way|place|platform|terminal)\b.*",
    }.items()
}
# Here capitals matter.
KINDS["code"] = re.compile(
    r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]+\b|#\s?\w+|\b\d{3}\s\d{3}\b"
    r"|\b[A-Z]{2,4}(?:\s\d{2,})+\b|\b\d+(?:-\d{2,})+\b"
)
KINDS["name"] = re.compile(r"^[A-Z][\w'’-]+\.?(?:[ /&]{1,3}[A-Z][\w'’-]*\.?){1,3}$")
KINDS["word"] = re.compile(r"^[A-Z][\w'’-]+$")

# Read in order, the first that fits decides; a question may ask for several kinds.
ASKED: list[tuple[str, tuple[str, ...]]] = [
    (r"\bphone (?:number|no)\b|\btelephone\b|\bnumber (?:can|do|should) i (?:call|dial|ring)\b", ("phone",)),
    (r"\be-?mail address\b", ("email",)),
    (r"\bwebsite\b|\burl\b|\bweb ?(?:page|site|address)\b", ("web",)),
    (r"^\W*(?:and |so )?(?:from |by |with |to )?who(?:se|m)?\b|\bname of\b|'s name\b|\bcalled\b", ("name", "word")),
    (r"\bhow (?:long|soon)\b|\bduration\b|\bhow many (?:min|hour|day|night|week|month|year)", ("duration", "time")),
    (r"\bhow many\b|\bnumber of\b|\bhow old\b", ("number", "measure")),
    (r"\bhow (?:far|heavy|tall|big|fast|strong|large|high|deep|wide)\b|\bdistance\b|\bweigh|\bspeed\b"
     r"|\bsquare (?:met|f)", ("measure",)),
    (r"\bhow (?:hot|cold|warm)\b|\btemperature\b|\bdegrees\b|\bfeel like\b", ("temperature",)),
    (r"\bpercent|\bhow (?:full|likely|humid)\b|\bchance\b|\bhumidity\b|\bbattery (?:level|left)\b", ("percent",)),
    (r"\bwhat time\b|\bo'?clock\b|\bhow (?:late|early)\b|\bwhat hour\b", ("time",)),
    (r"^\W*(?:and |so )?when\b|\buntil when\b|\bsince when\b", ("time", "date")),
    (r"\b(?:what|which) (?:day|date)\b|\bdate\b|\bbirthday\b", ("date",)),
    (r"^\W*(?:and |so )?(?:from |to )?where\b|\baddress\b|\blocated\b", ("address",)),
    (r"\bhow much\b.*\b(?:data|storage|space|memory|water|time|sleep|weight)\b", ("measure", "duration")),
    (r"\bcosts?\b|\bprices?\b|\bfees?\b|\bpay|\bpaid\b|\bowe|\bcharged?\b|\bspen[dt]\b|\bbalance\b|\btotal\b"
     r"|\bamount\b|\bworth\b|\bexpensive\b|\btip\b|\bdeposit\b|\brefund|\bbill\b|\bmoney\b|\brate\b",
     ("money", "price")),
    (r"\bhow much\b", ("money", "price", "measure", "percent", "number")),
    (r"\bcodes?\b|\breference\b|\border (?:number|no|id)\b|\bbooking\b|\bflight\b|\bid\b|\bseat\b|\bgate\b|\bnumber\b"
     r"|\bticker\b|\bplatform\b", ("code", "number")),
]  # fmt: skip


def kinds_of(text: str) -> frozenset[str]:
    """The kinds that a whole text is: those whose pattern covers nearly all of it."""
    bare = text.strip()
    return frozenset(
        kind
        for kind, pattern in KINDS.items()
        if any(match.end() - match.start() >= 0.7 * len(bare) for match in pattern.finditer(bare))
    )


def kinds_asked(question: str) -> frozenset[str]:
    """The kinds of thing that a question may be asking for; empty where nothing tells."""
    low = question.lower()
    for pattern, kinds in ASKED:
        if re.search(pattern, low):
            return frozenset(kinds)
    return frozenset()
