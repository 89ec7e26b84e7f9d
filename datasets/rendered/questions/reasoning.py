"""A small step of reasoning over printed values: sums, differences, which is more, which is earlier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from pocketvlm.datasets.rendered.questions.amounts import (
    Money,
    money_spellings,
    number_spellings,
    read_clock,
    read_money,
)
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, ask, both, same
from pocketvlm.datasets.rendered.questions.screen import Element, Screen, boxes

SUM = ask(
    """How much are {first} and {second} together? | What do {first} and {second} add up to?
    What's the total of {first} and {second}? | Add up {first} and {second}. | What is the sum of {first} and {second}?
    {first} plus {second}, how much is that? | How much do {first} and {second} come to?""",
    """{first}和{second}一共多少钱？ | {first}加{second}是多少？ | {first}与{second}合计多少？
    {first}和{second}加起来是多少？""",
)
GAP = ask(
    """How much more is {more} than {less}? | What's the difference between {more} and {less}?
    By how much is {more} above {less}? | How far apart are {more} and {less}, in money?
    How much bigger is the amount for {more} than for {less}?""",
    """{more}比{less}多多少钱？ | {more}和{less}相差多少？ | {more}与{less}的差额是多少？""",
)
MORE = ask(
    """Which amount is bigger, {first} or {second}? | Which is more, {first} or {second}?
    {first} or {second}: which is the larger amount? | Of {first} and {second}, which is higher?
    Is more listed for {first} or for {second}?""",
    """{first}和{second}哪个金额更大？ | {first}与{second}哪个更多？ | {first}和{second}相比，哪个更高？""",
)
CHEAPER = ask(
    """Which is cheaper, {first} or {second}? | {first} or {second}: which costs less?
    Which has the lower price, {first} or {second}? | Is {first} or {second} cheaper?
    If I want to spend less, {first} or {second}?""",
    """{first}和{second}哪个更便宜？ | {first}与{second}哪个价格更低？ | {first}还是{second}便宜？""",
)
CHEAPEST = ask(
    """Which of these is the cheapest? | What costs the least here? | Which one has the lowest price?
    What is the cheapest thing listed? | Which entry is the least expensive?""",
    """最便宜的是哪个？ | 哪个价格最低？ | 这里什么最便宜？""",
)
LARGEST = ask(
    """Which entry has the largest amount? | What has the highest amount here? | Which line shows the biggest sum?
    Which of the amounts is the largest, and for what?""",
    """哪一项的金额最大？ | 金额最高的是哪一项？ | 哪一行的数额最大？""",
)
EARLIER = ask(
    """Which is earlier, {first} or {second}? | Which comes first in the day, {first} or {second}?
    {first} or {second}: which has the earlier time? | Of {first} and {second}, which has the earlier time?""",
    """{first}和{second}哪个更早？ | {first}与{second}哪个时间更早？ | {first}还是{second}在前？""",
)
LATER = ask(
    """Which is later, {first} or {second}? | Which has the later time, {first} or {second}?
    {first} or {second}: which one is later in the day?""",
    """{first}和{second}哪个更晚？ | {first}与{second}哪个时间更晚？""",
)
APART = ask(
    """How many minutes lie between the times of {first} and {second}?
    How much time is there between {first} and {second}, going by the times shown?
    By the times shown, how long after {first} is {second}? | How far apart are the times for {first} and {second}?""",
    """{first}和{second}的时间相隔多久？ | 按显示的时间，{second}比{first}晚多久？
    {first}与{second}的时间差是多少？""",
)
CHANGE = ask(
    """If I pay for {name} with {note}, how much change do I get? | How much is left from {note} after {name}?
    I have {note}. What remains once {name} is paid? | {note} minus {name}, what is left?""",
    """用{note}付{name}，找零多少？ | 有{note}，付完{name}还剩多少？ | {note}减去{name}还剩多少？""",
)
TWICE = ask(
    """What would two of {name} cost? | How much is twice {name}? | What would I pay for {name} two times?
    Double the amount for {name}: how much?""",
    """两份{name}多少钱？ | {name}买两个要多少钱？ | {name}的两倍是多少？""",
)
MORE_ON = ask(
    """How many more switches are on than off? | By how many do the switches that are on outnumber those that are off?
    Switches on minus switches off: how many?""",
    """打开的开关比关闭的多几个？ | 开着的开关比关着的多多少个？""",
)
REMAINING = ask(
    """How much of {name} is still missing to 100%? | How many percent are left for {name}?
    What share of {name} is yet to go, in percent? | How far is {name} from 100%?""",
    """{name}还差百分之几到100%？ | {name}还剩百分之多少？ | {name}离100%还差多少？""",
)
STEPS_LEFT = ask(
    """How many steps are still to come? | How many steps remain after the current one?
    How many stages are left to begin? | How many steps have not started?""",
    """还有几步没开始？ | 当前步骤之后还剩几步？ | 还剩几个步骤？""",
)

SHOPS = frozenset(  # apps whose amounts are prices of things that one chooses between
    "menu food_cart bill shop product shopping_cart hotel receipt menu_card".split()
)
LENGTHS = frozenset(  # apps whose 12:45 may be minutes and seconds
    "timer stopwatch playlist podcasts podcast music_player music video videos albums call_log recorder gym".split()
)
_COUNTED = frozenset({"menu", "menu_card", "shop", "food_cart"})  # things that one buys several of
_NOTES = (500, 1000, 2000, 5000, 10000)
_MOST_PAIRS = 6  # of one screen


def drafts(screen: Screen) -> Iterator[Draft]:
    yield from _money(screen)
    yield from _times(screen)
    yield from _counts(screen)


def _named_values(screen: Screen) -> Iterator[tuple[str, Element, str]]:
    """Rows' names, which stand on the screen once, with the values that can be read beside them."""
    for value in screen.all("value"):
        if value.readable and value.name and screen.prints_once(value.name) and screen.in_row(value.row, "value"):
            yield value.name, value, value.text or ""


def _money(screen: Screen) -> Iterator[Draft]:
    found = [(name, value, money) for name, value, text in _named_values(screen) if (money := read_money(text))]
    if len({money.symbol for _, _, money in found}) != 1:
        return
    prices = screen.app in SHOPS
    goods = [entry for entry in found if not _is_sum(entry[0])] if prices else found
    for one, other in _pairs(goods):
        yield from _two_sums(one, other, prices)
    for name, value, money in goods if screen.app in _COUNTED else ():
        yield from _one_sum(name, value, money)
    total = [entry for entry in screen.elements if entry.role == "value" and read_money(entry.text or "")]
    if len(goods) >= 3 and len(total) == len(found):  # none is cut off or of a doubtful name
        ranked = sorted(goods, key=lambda entry: entry[2].minor)
        best, rival = (ranked[0], ranked[1]) if prices else (ranked[-1], ranked[-2])
        if best[2].minor != rival[2].minor:
            yield Draft("reasoning", "extreme", CHEAPEST if prices else LARGEST, same(best[0]), {}, (best[1].box,))


_SUMS = """total tax delivery discount service tip items dishes cash change
合计 小计 税 配送 优惠 总 费 现金 找零 菜品 商品""".split()


def _is_sum(name: str) -> bool:
    """A line below the goods, which nobody buys."""
    return any(word in name.casefold() for word in _SUMS)


def _pairs(entries: Sequence[tuple[str, Element, Money]]) -> list[tuple[tuple[str, Element, Money], ...]]:
    """Some pairs, spread evenly over all."""
    pairs: list[tuple[tuple[str, Element, Money], ...]] = list(combinations(entries, 2))
    return pairs[:: max(1, len(pairs) // _MOST_PAIRS)][:_MOST_PAIRS]


def _two_sums(one: tuple[str, Element, Money], other: tuple[str, Element, Money], prices: bool) -> Iterator[Draft]:
    about = f"{one[0]} and {other[0]}"
    either = {"first": one[0], "second": other[0]}
    where = boxes((one[1], other[1]))
    minor = one[2].has_minor or other[2].has_minor
    total = Money(one[2].symbol, one[2].minor + other[2].minor, minor)
    yield Draft("reasoning", about, SUM, same(*money_spellings(total)), either, where)
    if one[2].minor == other[2].minor:
        return
    more, less = (one, other) if one[2].minor > other[2].minor else (other, one)
    gap = Money(one[2].symbol, more[2].minor - less[2].minor, minor)
    yield Draft("reasoning", about, GAP, same(*money_spellings(gap)), {"more": more[0], "less": less[0]}, where)
    best = less if prices else more
    yield Draft("reasoning", about, CHEAPER if prices else MORE, same(best[0]), either, (best[1].box,), True)


def _one_sum(name: str, value: Element, money: Money) -> Iterator[Draft]:
    double = Money(money.symbol, 2 * money.minor, money.has_minor)
    yield Draft("reasoning", f"twice {name}", TWICE, same(*money_spellings(double)), {"name": name}, (value.box,))
    note = next((note for note in _NOTES if note > money.minor), None)
    if note:
        rest = Money(money.symbol, note - money.minor, money.has_minor)
        slots = {"name": name, "note": f"{money.symbol}{note // 100}"}
        yield Draft("reasoning", f"change {name}", CHANGE, same(*money_spellings(rest)), slots, (value.box,))


def _times(screen: Screen) -> Iterator[Draft]:
    if screen.app in LENGTHS:
        return
    timed = [(name, value, at) for name, value, text in _named_values(screen) if (at := read_clock(text)) is not None]
    for (one, first, start), (other, second, end) in list(pairwise(timed))[:_MOST_PAIRS]:
        if start == end:
            continue
        either = {"first": one, "second": other}
        early, late = ((one, first), (other, second)) if start < end else ((other, second), (one, first))
        about = f"{one} and {other}"
        yield Draft("reasoning", about, EARLIER, same(early[0]), either, (early[1].box,), True)
        yield Draft("reasoning", about, LATER, same(late[0]), either, (late[1].box,), True)
        if abs(end - start) <= 180:  # so that it is the same day, and a sum that people do
            slots = {"first": early[0], "second": late[0]}
            yield Draft("reasoning", about, APART, _length(abs(end - start)), slots, boxes((first, second)))


def _length(minutes: int) -> Both:
    hours, rest = divmod(minutes, 60)
    english, chinese = f"{minutes} minutes/{minutes} min/{minutes}", f"{minutes}分钟/{minutes}"
    if hours:
        plural = "s" if hours > 1 else ""
        english += f"/{hours} hour{plural}" + (
            f" {rest} minutes/{hours} hour{plural} and {rest} minutes/{hours} h {rest} min" if rest else ""
        )
        chinese += f"/{hours}小时" + (f"{rest}分钟/{hours}小时{rest}分" if rest else "")
    return both(english, chinese)


def _counts(screen: Screen) -> Iterator[Draft]:
    switches = [element for element in screen.elements if element.role == "switch"]
    on = sum(bool(switch.state.get("on")) for switch in switches)
    if len(switches) > 2 and on > len(switches) - on and not any(switch.clipped for switch in switches):
        gap = str(2 * on - len(switches))
        yield Draft("reasoning", "switches on less off", MORE_ON, both(gap, f"{gap}/{gap}个"), {}, boxes(switches))
    for value in screen.all("value"):
        if value.name is None and value.readable and (value.text or "").endswith("%"):
            yield from _remaining(screen, value)
    steps = [element for element in screen.elements if element.role == "step"]
    todo = [step for step in steps if not step.state.get("checked") and not step.state.get("selected")]
    if len(steps) > 2 and len(todo) < len(steps) and not any(step.clipped for step in steps):
        count = len(todo)
        yield Draft(
            "reasoning", "steps left", STEPS_LEFT, both(f"{count}", f"{count}/{count}步/{count}个"), {}, boxes(todo)
        )


def _remaining(screen: Screen, value: Element) -> Iterator[Draft]:
    """Of a bar whose share is printed beside its label."""
    percent = (value.text or "")[:-1]
    bars = [bar for bar in screen.all("progress") if f"{round(100 * bar.state.get('progress', -1))}" == percent]
    if len(bars) == 1 and screen.named_once(bars[0]) and percent != "100":
        left = number_spellings(100 - int(percent))[0]
        slots = {"name": bars[0].name or ""}
        yield Draft("reasoning", f"rest of {bars[0].name}", REMAINING, same(f"{left}%", left), slots, (value.box,))
