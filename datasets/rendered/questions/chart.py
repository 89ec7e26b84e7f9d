"""Charts: the value of a bar, the highest and the lowest, and how far two lie apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pocketvlm.datasets.rendered.questions.amounts import number_spellings
from pocketvlm.datasets.rendered.questions.drafts import Draft, ask, both, same, yes_or_no
from pocketvlm.datasets.rendered.questions.screen import Element, Screen, boxes, is_whole

PRINTED_AT_MOST = 7  # values: the page prints the numbers of a chart of up to so many
_PLOT = 274.0  # units of the drawing that the bars share; labels wider than their bar's part are thinned out

VALUE = ask(
    """What is the value for {name} in the chart? | How much is {name} in the chart? | In the chart, what is {name} at?
    What number belongs to {name} in the chart? | Read the chart: how much for {name}?
    What does the chart show for {name}? | How high is {name} in the chart?
    What's the figure for {name} in the graph?""",
    """图表中{name}的值是多少？ | 图里{name}是多少？ | 图表显示{name}是多少？ | 图中{name}对应的数值是多少？
    {name}在图表里是多少？""",
)
HIGHEST = ask(
    """Which has the highest value in the chart? | Which is the highest in the chart?
    What is the largest one in the chart? | Which label has the most in the chart?
    In the chart, which one is biggest? | Where does the chart peak? | Which one comes out on top in the chart?
    What has the greatest value in the graph?""",
    """图表中哪个最高？ | 图里最大的是哪个？ | 图表中数值最高的是哪一项？ | 哪一项在图中最多？ | 图表的峰值在哪里？""",
)
LOWEST = ask(
    """Which has the lowest value in the chart? | Which is the lowest in the chart?
    What is the smallest one in the chart? | Which label has the least in the chart?
    In the chart, which one is smallest? | Where is the chart at its lowest?
    What has the least value in the graph?""",
    """图表中哪个最低？ | 图里最小的是哪个？ | 图表中数值最低的是哪一项？ | 哪一项在图中最少？""",
)
TOP_VALUE = ask(
    """What is the highest value in the chart? | How high is the highest bar or point?
    What's the maximum in the chart? | What number does the chart peak at?
    What is the largest figure in the chart?""",
    """图表中最高的值是多少？ | 图里的最大值是多少？ | 图表峰值是多少？""",
)
LOW_VALUE = ask(
    """What is the lowest value in the chart? | What's the minimum in the chart?
    What is the smallest figure in the chart? | How low does the chart go?""",
    """图表中最低的值是多少？ | 图里的最小值是多少？ | 图表的最低值是多少？""",
)
DIFFERENCE = ask(
    """How much higher is {more} than {less} in the chart?
    What's the difference between {more} and {less} in the chart? | By how much does {more} exceed {less} in the chart?
    How far apart are {more} and {less} in the chart? | In the chart, how much more does {more} have than {less}?""",
    """图表中{more}比{less}高多少？ | 图里{more}和{less}相差多少？ | 图中{more}比{less}多多少？
    {more}与{less}的差是多少（看图表）？""",
)
COMPARE = ask(
    """Which is higher in the chart, {first} or {second}? | In the chart, which has more: {first} or {second}?
    {first} or {second}: which is higher in the chart? | Of {first} and {second}, which is larger in the chart?""",
    """图表中{first}和{second}哪个更高？ | 图里{first}与{second}哪个更大？ | {first}和{second}在图中哪个更多？""",
)
TYPE = ask(
    """What kind of chart is this? | Is it a bar, a line or a pie chart? | Which type of chart is shown?
    How is the data drawn: bars, a line or a pie? | What sort of graph is it?""",
    """这是什么类型的图表？ | 图表是柱状图、折线图还是饼图？ | 显示的是哪种图？""",
)
ABOVE = ask(
    """Is {more} above {less} in the chart? | In the chart, is {more} higher than {less}?
    Does {more} have more than {less} in the chart? | Is the value of {more} larger than that of {less}?""",
    """图表中{more}比{less}高吗？ | 图里{more}大于{less}吗？ | 图中{more}的值比{less}大吗？""",
)
HIGHLIGHT = ask(
    """Which one stands out in the chart? | Which bar or point is highlighted?
    Which label is emphasised in the chart? | What is highlighted in the chart?""",
    """图表中突出显示的是哪个？ | 图里高亮的是哪一项？ | 哪一个在图中被强调？""",
)
TYPES = {
    "bar": both("bar chart/bar/bars/a bar chart", "柱状图/柱形图/条形图"),
    "line": both("line chart/line/a line chart/line graph", "折线图/线图"),
    "pie": both("pie chart/pie/a pie chart", "饼图/饼状图"),
}


def drafts(screen: Screen) -> Iterator[Draft]:
    charts = [element for element in screen.elements if element.role == "chart"]
    if len(charts) != 1 or charts[0].clipped:  # of two charts, questions do not say which
        return
    chart = charts[0]
    if chart.text in TYPES:
        yield Draft("chart", "chart type", TYPE, TYPES[chart.text], {}, (chart.box,), True)
    values = [element for element in screen.elements if element.role == "chart_value"]
    if len(values) < 2 or not readable(chart, values):
        return
    yield from _values(values)
    yield from _extremes(values)
    yield from _pairs(screen, values)


def readable(chart: Element, values: Sequence[Element]) -> bool:
    """Every value and every label of a chart is printed, and no label stands twice."""
    names = [value.name or "" for value in values]
    if any(value.clipped or "value" not in value.state for value in values):
        return False
    if not all(map(is_whole, names)) or len(set(names)) < len(names):
        return False
    width = max(sum(6 if letter.isascii() else 11 for letter in name) for name in names)
    return chart.text == "pie" or (len(values) <= PRINTED_AT_MOST and width * len(values) <= _PLOT)


def _amount(value: Element) -> float:
    return float(value.state["value"])


def _values(values: Sequence[Element]) -> Iterator[Draft]:
    for value in values:
        answers = same(*number_spellings(_amount(value)))
        yield Draft("chart", f"chart {value.name}", VALUE, answers, {"name": value.name or ""}, (value.box,))


def _extremes(values: Sequence[Element]) -> Iterator[Draft]:
    ranked = sorted(values, key=_amount)
    for about, which, how_much, best, next_best in (
        ("highest", HIGHEST, TOP_VALUE, ranked[-1], ranked[-2]),
        ("lowest", LOWEST, LOW_VALUE, ranked[0], ranked[1]),
    ):
        if _amount(best) != _amount(next_best):
            yield Draft("chart", f"chart {about}", which, same(best.name or ""), {}, (best.box,))
            yield Draft("chart", f"chart {about}", how_much, same(*number_spellings(_amount(best))), {}, (best.box,))
    marked = [value for value in values if value.state.get("selected")]
    if len(marked) == 1:
        yield Draft("chart", "chart highlight", HIGHLIGHT, same(marked[0].name or ""), {}, (marked[0].box,))


def _pairs(screen: Screen, values: Sequence[Element]) -> Iterator[Draft]:
    """Of neighbours: far more pairs than that would only ask the same again."""
    for at, (one, other) in enumerate(pairwise(values)):
        more, less = (one, other) if _amount(one) > _amount(other) else (other, one)
        if _amount(more) == _amount(less):
            continue
        gap = round(_amount(more) - _amount(less), 2)
        slots = {"more": more.name or "", "less": less.name or ""}
        where = boxes((more, less))
        about = f"chart {one.name} {other.name}"
        yield Draft("chart", about, DIFFERENCE, same(*number_spellings(gap)), slots, where)
        either = {"first": one.name or "", "second": other.name or ""}
        yield Draft("chart", about, COMPARE, same(more.name or ""), either, (more.box,), True)
        turned = bool((at + len(screen.elements)) % 2)
        asked = {"more": less.name or "", "less": more.name or ""} if turned else slots
        yield Draft("chart", about, ABOVE, yes_or_no(not turned), asked, where)
