"""Seeded content for screens: names, places, sums, dates and sentences in English or Chinese.

All of it follows from (seed, index, language), with one version of Faker; nothing else is random.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.pictures import GROUPS, picture_name
from pocketvlm.datasets.rendered.words import Pair

if TYPE_CHECKING:
    from faker import Faker

T = TypeVar("T")
LOCALES = {"en": ("en_GB", "en_US"), "zh": ("zh_CN",)}
FIRST_DAY = date(2023, 1, 1)  # screens show days of the four years from here
CURRENCIES = {"en_GB": "£", "en_US": "$", "zh_CN": "¥"}
ICON_COLOURS = (
    "#1a73e8",
    "#e53935",
    "#00897b",
    "#8e24aa",
    "#f4511e",
    "#3949ab",
    "#43a047",
    "#d81b60",
    "#00acc1",
    "#6d4c41",
)


@cache
def _faker(locale: str) -> Faker:
    try:
        from faker import Faker
    except ImportError as error:
        raise ValueError("rendered screens need Faker: pip install 'pocketvlm[data]'") from error
    return Faker(locale)


class Content:
    """What one screen may say. Every call moves its random numbers on.

    Attributes:
        rng: all of its chances.
        now: the moment at which the screen was taken.
        locale: "en_GB", "en_US" or "zh_CN"; units, money and dates follow it.
        half_day: whether hours are told as 1 to 12.
    """

    def __init__(self, seed: int, index: int, language: str) -> None:
        if language not in LOCALES:
            raise ValueError(f"no content in the language {language!r}; there is {' and '.join(LOCALES)}")
        self.rng = random.Random(f"{seed}:{index}")
        self.language = language
        self.zh = language == "zh"
        self.locale = self.rng.choice(LOCALES[language])
        self.fake = _faker(self.locale)  # shared, and seeded anew: its state never outlives a screen
        self.fake.seed_instance(self.rng.getrandbits(64))
        day = FIRST_DAY + timedelta(days=self.rng.randrange(4 * 365))
        self.now = datetime(day.year, day.month, day.day, self.rng.randint(6, 23), self.rng.randint(0, 59))
        self.half_day = self.chance(0.75 if self.locale == "en_US" else 0.25 if self.locale == "en_GB" else 0.1)
        self.metric = self.locale != "en_US"

    # Chances

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def t(self, english: str, chinese: str) -> str:
        """Of two ways to say it, the screen's language's."""
        return chinese if self.zh else english

    def all(self, options: Sequence[Pair]) -> list[str]:
        """Every entry of a word list, in the screen's language."""
        return [pair[self.zh] for pair in options]

    def pick(self, options: Sequence[Pair]) -> str:
        return self.fill(self.rng.choice(options)[self.zh])

    def illustrated(self, options: Sequence[Pair], count: int) -> list[tuple[str, str]]:
        """Different entries, each with a picture that goes with it."""
        chosen = self.rng.sample(list(options), min(count, len(options)))
        return [(self.fill(pair[self.zh]), self._picture_of(pair[0])) for pair in chosen]

    def _picture_of(self, english: str) -> str:
        return next((name for word, name in words.PICTURED.items() if word in english), None) or self.scene()

    def sample(self, options: Sequence[Pair], count: int) -> list[str]:
        """Some different entries, in no order; fewer where the list is short."""
        chosen = self.rng.sample(list(options), min(count, len(options)))
        return list(dict.fromkeys(self.fill(pair[self.zh]) for pair in chosen))

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """From `least` to `most` of the options, in their order."""
        count = self.rng.randint(min(least, len(options)), min(most, len(options)))
        return [options[index] for index in sorted(self.rng.sample(range(len(options)), count))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        return self.rng.sample(list(options), len(options))

    def fill(self, template: str) -> str:
        """A sentence with its slots filled: {name}, {time}, {day}, {city}, {town} and so on."""
        if "{" not in template:
            return template
        makers: dict[str, Callable[[], str]] = {
            "name": self.first_name,
            "time": lambda: self.clock(self.now + timedelta(minutes=15 * self.rng.randint(2, 24))),
            "day": lambda: self.pick(words.WEEKDAYS),
            "city": lambda: self.pick(words.CITIES),
            "town": lambda: self.pick(words.TOWNS),
            "place": lambda: self.pick(words.PLACES),
            "food": lambda: self.pick(words.FOODS),
            "team": lambda: self.pick(words.TEAMS),
            "money": lambda: self.money(self.rng.randint(2, 40) * 100),
            "n": lambda: str(self.rng.randint(4, 9)),
        }
        return template.format(**{slot: make() for slot, make in makers.items() if "{" + slot + "}" in template})

    # People and places

    def name(self) -> str:
        return self.fake.name() if self.zh else f"{self.fake.first_name()} {self.fake.last_name()}"

    def names(self, count: int) -> list[str]:
        """Different people, by alphabet in English."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.name()] = None
        return list(found) if self.zh else sorted(found)

    def first_name(self) -> str:
        return self.fake.name() if self.zh else self.fake.first_name()

    def initials(self, name: str) -> str:
        """What stands in the circle beside a name."""
        return name[-2:] if self.zh else "".join(part[0] for part in name.split()[:2]).upper()

    def company(self) -> str:
        return self.fake.company()

    def road(self) -> str:
        return self.rng.choice(words.CHINA_ROADS if self.zh else words.STREETS)

    def street(self) -> str:
        """A road and the number of a house."""
        if self.zh:
            return f"{self.road()}{self.rng.randint(1, 388)}号"
        return f"{self.rng.randint(1, 240)} {self.road()}"

    def address(self) -> str:
        if self.zh:
            flat = f"{self.rng.randint(1, 18)}栋{self.rng.randint(101, 2802)}室"
            return f"{self.rng.choice(words.CHINA_DISTRICTS)}{self.street()}{flat}"
        return f"{self.street()}, {self.fake.city()} {self.fake.postcode()}"

    def phone(self) -> str:
        """A mobile number; British and American ones are from the ranges that are kept for fiction."""
        digits = f"{self.rng.randint(0, 999):03}"
        if self.zh:
            return self.code(f"1{self.rng.choice('3578')}# #### {digits}#")
        return f"07700 900{digits}" if self.metric else f"({self.rng.randint(201, 989)}) 555-01{digits[1:]}"

    def email(self, name: str) -> str:
        user = self.fake.user_name() if self.zh else name.lower().replace(" ", ".").replace("'", "")
        return f"{user}@{self.rng.choice(('example.com', 'example.org', 'mail.example', 'post.example'))}"

    # Figures

    def money(self, minor: int, sign: bool = False, symbol: str | None = None) -> str:
        """A sum in hundredths: 123456 is £1,234.56, and -£1,234.56 below zero; `sign` puts a + before gains."""
        mark = "-" if minor < 0 else "+" if sign else ""
        return f"{mark}{symbol or CURRENCIES[self.locale]}{abs(minor) // 100:,}.{abs(minor) % 100:02}"

    def price(self, least: int, most: int) -> int:
        """A sum in hundredths between two whole ones, with an ending that prices have. Yuan are seven to the pound."""
        times = 7 if self.zh else 1
        ending = self.rng.choice((0, 0, 50, 80, 90) if self.zh else (0, 25, 49, 50, 75, 95, 99))
        return self.rng.randint(least * times, most * times - 1) * 100 + ending

    def number(self, value: int) -> str:
        return f"{value:,}"

    def size(self, megabytes: float) -> str:
        if megabytes >= 1000:
            return f"{megabytes / 1000:.1f} GB"
        return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{megabytes * 1000:.0f} KB"

    def length(self, seconds: int) -> str:
        """A duration as players print it: 3:07 or 1:02:09."""
        hours, rest = divmod(seconds, 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"

    def minutes(self, count: int) -> str:
        """A duration as timetables print it: 1 h 5 min."""
        hours, rest = divmod(count, 60)
        parts = [self.t(f"{hours} h", f"{hours}小时")] if hours else []
        parts += [self.t(f"{rest} min", f"{rest}分钟")] if rest or not hours else []
        return self.t(" ", "").join(parts)

    def distance(self, kilometres: float) -> str:
        if not self.metric:
            return f"{kilometres / 1.609:.1f} mi"
        if kilometres < 1:
            return self.t(f"{kilometres * 1000:.0f} m", f"{kilometres * 1000:.0f}米")
        return self.t(f"{kilometres:.1f} km", f"{kilometres:.1f}公里")

    def degrees(self, celsius: int) -> str:
        return f"{celsius}°" if self.metric else f"{round(celsius * 1.8 + 32)}°"

    def percent(self, share: float) -> str:
        return f"{round(share * 100)}%"

    def code(self, pattern: str) -> str:
        """A reference number: # is a digit and ? a capital letter."""
        letters = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without those that look like digits
        made = {"#": lambda: str(self.rng.randint(0, 9)), "?": lambda: self.rng.choice(letters)}
        return "".join(made[sign]() if sign in made else sign for sign in pattern)

    # Times

    def clock(self, moment: datetime) -> str:
        if not self.half_day:
            return f"{moment:%H:%M}"
        hour = (moment.hour - 1) % 12 + 1
        if self.zh:
            return f"{'上午' if moment.hour < 12 else '下午'}{hour}:{moment:%M}"
        return f"{hour}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"

    def at(self, hour: int, minute: int = 0) -> datetime:
        """An hour of the screen's day."""
        return self.now.replace(hour=hour, minute=minute)

    def weekday(self, day: date, short: bool = False) -> str:
        name = words.WEEKDAYS[day.weekday()][self.zh]
        return name[:3] if short and not self.zh else name

    def month(self, day: date, short: bool = False) -> str:
        name = words.MONTHS[day.month - 1]
        return f"{day.month}月" if self.zh else name[:3] if short else name

    def day(self, day: date, short: bool = True) -> str:
        """3 Mar, Mar 3 or 3月3日."""
        if self.zh:
            return f"{day.month}月{day.day}日"
        return f"{day.day} {self.month(day, short)}" if self.metric else f"{self.month(day, short)} {day.day}"

    def full_day(self, day: date) -> str:
        """Monday 3 March, or Monday, March 3, or 3月3日 周一."""
        if self.zh:
            return f"{self.day(day)} {self.weekday(day)}"
        return f"{self.weekday(day)}{'' if self.metric else ','} {self.day(day, short=False)}"

    def dated(self, day: date) -> str:
        """A day with its year."""
        return f"{day.year}年{self.day(day)}" if self.zh else f"{self.day(day)}{'' if self.metric else ','} {day.year}"

    def ago(self, moment: datetime) -> str:
        """When something came in, as lists of messages print it: a time today, a weekday, or a date."""
        days = (self.now.date() - moment.date()).days
        if days == 0:
            return self.clock(moment)
        if days == 1:
            return self.t("Yesterday", "昨天")
        return self.weekday(moment) if days < 7 else self.day(moment)

    def before(self, count: int, longest_gap_minutes: int = 900) -> list[datetime]:
        """Moments up to now, latest first."""
        made, moment = [], self.now
        for _ in range(count):
            moment -= timedelta(minutes=self.rng.randint(1, longest_gap_minutes))
            made.append(moment)
        return made

    # Things

    def photo(self, *groups: str) -> str:
        """A picture's name, from some groups or from all."""
        return self.rng.choice(GROUPS[self.rng.choice(groups or tuple(GROUPS))])

    def scene(self) -> str:
        """A picture of somewhere to go."""
        return self.rng.choice(words.SCENES)

    def photos(self, count: int, *groups: str) -> list[str]:
        pool = [name for group in groups or tuple(GROUPS) for name in GROUPS[group]]
        return self.rng.sample(pool, min(count, len(pool)))

    def called(self, photo: str) -> str:
        """A picture's name in the screen's language, with a capital."""
        name = picture_name(photo, self.language)
        return name[0].upper() + name[1:]

    def color(self) -> str:
        return self.rng.choice(ICON_COLOURS)
