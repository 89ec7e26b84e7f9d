"""Count: how many of something can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pocketvlm.datasets.rendered.questions.amounts import count_spellings
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, ask
from pocketvlm.datasets.rendered.questions.screen import MODAL, Element, Screen, boxes

MOST = 12  # more of a kind is seldom counted right, and seldom asked for

SWITCHES_ON = ask(
    """How many switches are on? | How many toggles are turned on? | How many of the switches are on?
    Count the switches that are on. | How many things are switched on here?""",
    """有几个开关是打开的？ | 打开了几个开关？ | 多少个开关是开着的？ | 数一数打开的开关有几个。""",
)
SWITCHES_OFF = ask(
    """How many switches are off? | How many toggles are turned off? | How many of the switches are off?
    Count the switches that are off.""",
    """有几个开关是关着的？ | 关闭的开关有几个？ | 多少个开关没有打开？""",
)
SWITCHES = ask(
    """How many switches are there? | How many toggles can I see? | How many switches does this screen show?
    Count the switches.""",
    """有几个开关？ | 屏幕上有多少个开关？ | 一共几个开关？""",
)
TICKED = ask(
    """How many boxes are ticked? | How many items are checked? | How many things have a tick?
    How many of these are ticked off? | Count the ticked boxes.""",
    """勾选了几项？ | 有几个打勾了？ | 多少项被勾选了？ | 选中了几个复选框？""",
)
UNTICKED = ask(
    """How many boxes are not ticked? | How many items are unchecked? | How many are still to tick?
    How many of the boxes are empty?""",
    """有几项没有勾选？ | 几个没打勾？ | 还有多少项没勾？""",
)
TABS = ask(
    """How many tabs are there at the bottom? | How many tabs does the bar have?
    How many icons are in the bottom bar? | Count the tabs. | How many sections does the tab bar offer?""",
    """底部有几个标签？ | 标签栏有几个标签？ | 底部导航栏有几项？ | 下面一共几个标签页？""",
)
MINE = ask(
    """How many messages from me are on the screen? | How many of the messages did I write?
    How many of my messages can be seen? | How many bubbles are mine?""",
    """屏幕上有几条我发的消息？ | 我发了几条消息？ | 能看到几条我的消息？""",
)
THEIRS = ask(
    """How many messages did I get here? | How many messages from the other person are visible?
    How many of the messages are not mine? | How many bubbles are from the other side?""",
    """对方发了几条消息？ | 屏幕上有几条对方的消息？ | 能看到几条收到的消息？""",
)
PICTURES = ask(
    """How many pictures are there? | How many photos are on the screen? | How many pictures can I see?
    Count the photos. | How many images does it show?""",
    """有几张图片？ | 屏幕上有多少张照片？ | 能看到几张图？ | 数一数有几张照片。""",
)
CHOSEN_PICTURES = ask(
    """How many photos are selected? | How many pictures have a tick? | How many of the photos are ticked?
    How many pictures have I picked?""",
    """选中了几张照片？ | 有几张图片打了勾？ | 选了多少张照片？""",
)
BARS = ask(
    """How many bars does the chart have? | How many bars are in the chart? | Count the bars in the chart.
    How many bars are drawn?""",
    """图表有几根柱子？ | 柱状图有多少个柱？ | 图中有几个柱子？""",
)
SLICES = ask(
    """How many slices does the pie chart have? | How many parts is the pie divided into?
    How many categories are in the pie chart? | Count the slices of the chart.""",
    """饼图分成几块？ | 饼图有几个部分？ | 图中有几个类别？""",
)
OPTIONS = ask(
    """How many options does the menu have? | How many choices are listed in the menu that opened?
    How many entries can I pick from in the popup? | Count the options.""",
    """菜单有几个选项？ | 弹出的菜单里有几项？ | 一共有几个选项可选？""",
)
BADGES = ask(
    """How many apps have a badge? | How many icons have a little number on them? | How many icons show a badge?
    How many of the apps have notifications?""",
    """几个应用有角标？ | 有多少个图标带数字？ | 几个图标上有小红点？""",
)
APPS = ask(
    """How many app icons are there? | How many icons can be seen? | How many apps are on the screen?
    Count the app icons.""",
    """有几个应用图标？ | 屏幕上有多少个应用？ | 能看到几个图标？""",
)
STEPS = ask(
    """How many steps are done? | How many steps have been completed? | How many of the steps are finished?
    How many stages have a tick?""",
    """完成了几步？ | 有几个步骤已完成？ | 几个步骤打了勾？""",
)
ALL_STEPS = ask(
    """How many steps are there? | How many stages does it have? | How many steps are listed? | Count the steps.""",
    """一共有几步？ | 有几个步骤？ | 列出了多少个步骤？""",
)
FIELDS = ask(
    """How many input fields are there? | How many boxes can be filled in? | How many text fields does the form have?
    Count the fields of the form.""",
    """有几个输入框？ | 表单有多少个栏？ | 要填几项？""",
)
CHIPS = ask(
    """How many chips are selected? | How many of the chips are highlighted?
    How many of the round options are chosen? | How many filters are on?""",
    """选中了几个标签选项？ | 有几个选项是高亮的？ | 选了几个筛选项？""",
)
TABLE_ROWS = ask(
    """How many rows does the table have, without its head? | How many lines are in the table below the header?
    How many entries does the table list? | Count the rows of the table.""",
    """表格有几行（不含表头）？ | 表里有多少条记录？ | 表格列出了几项？""",
)
BUTTONS = ask(
    """How many buttons does the dialog have? | How many answers does the popup offer?
    How many buttons are in the popup? | Between how many buttons can I choose in the dialog?""",
    """对话框有几个按钮？ | 弹窗有多少个按钮？ | 弹出的窗口有几个按钮可选？""",
)


def drafts(screen: Screen) -> Iterator[Draft]:
    def having(state: str, value: bool) -> Callable[[Element], bool]:
        return lambda element: bool(element.state.get(state)) == value

    plans: tuple[tuple[Both, str, Callable[[Element], bool] | None], ...] = (
        (SWITCHES_ON, "switch", having("on", True)),
        (SWITCHES_OFF, "switch", having("on", False)),
        (SWITCHES, "switch", None),
        (TICKED, "checkbox", having("checked", True)),
        (UNTICKED, "checkbox", having("checked", False)),
        (TABS, "tab", None),
        (MINE, "bubble", lambda element: element.name == "me"),
        (THEIRS, "bubble", lambda element: element.name != "me"),
        (PICTURES, "picture", None),
        (CHOSEN_PICTURES, "picture", having("selected", True)),
        (OPTIONS, "option", None),
        (APPS, "app_icon", None),
        (STEPS, "step", having("checked", True)),
        (ALL_STEPS, "step", None),
        (FIELDS, "field", None),
        (CHIPS, "chip", having("selected", True)),
        (BUTTONS, "dialog_button", None),
    )
    for ways, role, wanted in plans:
        group = [element for element in screen.elements if element.role == role]
        if ways is CHOSEN_PICTURES and not any("selected" in element.state for element in group):
            continue
        if ways in (TICKED, UNTICKED) and screen.all("radio"):  # which some kits draw as ticks, too
            continue
        if ways is APPS and screen.app != "launcher":  # elsewhere such icons stand for other things than apps
            continue
        yield from _counted(screen, ways, group, wanted)
    yield from _others(screen)


def _others(screen: Screen) -> Iterator[Draft]:
    """What is counted by more than its role."""
    charts = [element for element in screen.elements if element.role == "chart"]
    if len(charts) == 1 and charts[0].text in ("bar", "pie"):
        values = [element for element in screen.elements if element.role == "chart_value"]
        yield from _counted(screen, BARS if charts[0].text == "bar" else SLICES, values, None)
    icons = [element for element in screen.elements if element.role == "app_icon"]
    badged = {e.name for e in screen.elements if e.role == "badge"}
    if screen.app == "launcher" and badged & {icon.name for icon in icons}:
        yield from _counted(screen, BADGES, icons, lambda icon: icon.name in badged)
    rows = {cell.row for cell in screen.elements if cell.role == "table_cell"}
    whole = [element for element in screen.elements if element.id in rows]
    if all(cell.row is not None for cell in screen.elements if cell.role == "table_cell"):
        yield from _counted(screen, TABLE_ROWS, whole, None)


def _counted(
    screen: Screen, ways: Both, group: Sequence[Element], wanted: Callable[[Element], bool] | None
) -> Iterator[Draft]:
    """A draft that counts a group, or those of it that are wanted; none if one is cut off or hidden in part."""
    counted = [element for element in group if wanted is None or wanted(element)]
    if len(group) < 2 or any(element.clipped for element in group) or len(counted) > MOST:
        return
    if screen.overlay in MODAL and not all(screen.overlaid(element) for element in group):
        return  # some may be hidden under it
    english, chinese = count_spellings(len(counted))
    about = f"count {ways.en[0]}"
    yield Draft("count", about, ways, Both(english, chinese), {}, boxes(counted))
