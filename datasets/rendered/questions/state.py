"""Visual state: on or off, ticked, chosen, greyed out, how full, how many stars, light or dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pocketvlm.datasets.rendered.pictures import PICTURES
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, Slot, ask, both, same, yes_or_no
from pocketvlm.datasets.rendered.questions.screen import MODAL, Element, Screen, boxes, key

ON_YES = ask(
    """Is {name} on? | Is {name} turned on? | Is {name} switched on? | Is {name} enabled? | Have I got {name} on?
    Is the {name} switch on? | Is the toggle for {name} on? | Do I have {name} turned on? | Is {name} active?""",
    """{name}打开了吗？ | {name}是开着的吗？ | {name}开启了吗？ | {name}的开关打开了吗？ | {name}有没有打开？""",
)
OFF_YES = ask(
    """Is {name} off? | Is {name} turned off? | Is {name} switched off? | Is {name} disabled?
    Is the {name} toggle off? | Did I turn off {name}?""",
    """{name}关了吗？ | {name}是关着的吗？ | {name}关闭了吗？ | {name}的开关是关的吗？""",
)
ON_OR_OFF = ask(
    """Is {name} on or off? | What is the state of {name}, on or off? | {name}: on or off?
    Is the {name} switch on or off? | Tell me whether {name} is on or off. | Is {name} currently on or off?""",
    """{name}是开还是关？ | {name}现在是开着还是关着？ | {name}的开关是开还是关？""",
)
CHECKED = ask(
    """Is {name} ticked? | Is {name} checked? | Is the box {name} ticked? | Has {name} been ticked off?
    Is there a tick next to {name}? | Is the checkbox for {name} checked?""",
    """{name}勾选了吗？ | {name}打勾了吗？ | {name}前面有勾吗？ | {name}的复选框选中了吗？ | {name}选上了吗？""",
)
STARRED = ask(
    """Is {name} a favourite? | Does {name} have a filled star? | Is {name} starred?
    Has {name} been marked with a star? | Is the star of {name} filled in?""",
    """{name}加星标了吗？ | {name}收藏了吗？ | {name}的星星是亮的吗？ | {name}是收藏的吗？""",
)
CHOSEN = ask(
    """Which option is selected? | Which of the choices is selected? | What is chosen in the list?
    Which radio button is on? | Which one is picked? | What's the current choice?
    Which entry has the selection mark?""",
    """选中的是哪一项？ | 当前选择的是什么？ | 哪个选项被选中了？ | 选的是哪一个？""",
)
TAB = ask(
    """Which tab is selected? | Which tab am I on? | What tab is active at the bottom? | Which tab is highlighted?
    Which of the bottom tabs is open? | What's the current tab? | Which section of the tab bar is this?""",
    """选中的是哪个标签？ | 当前在哪个标签页？ | 底部高亮的是哪个标签？ | 底部哪个标签是选中的？
    现在打开的是哪个标签页？""",
)
SEGMENT = ask(
    """Which of these is selected: {choices}? | Is it {choices} that is selected? | Of {choices}, which one is active?
    Which is highlighted, {choices}? | Which segment is chosen: {choices}? | What is picked, {choices}?""",
    """{choices}中选中的是哪个？ | 现在选的是{choices}？ | {choices}里哪个是高亮的？""",
)
CHIP = ask(
    """Is the {name} chip selected? | Is {name} one of the highlighted choices? | Is {name} selected?
    Is {name} highlighted?""",
    """{name}选中了吗？ | {name}这个选项是高亮的吗？ | {name}有没有被选中？""",
)
GREYED = ask(
    """Is the {name} button greyed out? | Is the {name} button disabled? | Is {name} inactive?
    Does the {name} button look greyed out? | Is the button {name} faded?""",
    """{name}按钮是灰色不可用的吗？ | {name}按钮被禁用了吗？ | {name}是灰的吗？ | {name}按钮不能点吗？""",
)
TAPPABLE = ask(
    """Can I tap {name}? | Is the {name} button active? | Is {name} available to press?
    Can the {name} button be used? | Is {name} enabled?""",
    """{name}按钮可以点吗？ | {name}能点吗？ | {name}按钮可用吗？""",
)
ROW_GREYED = ask(
    """Is the {name} row greyed out? | Is {name} unavailable? | Is the setting {name} faded?
    Does {name} look disabled?""",
    """{name}这一行是灰色的吗？ | {name}不可用吗？ | {name}是灰显的吗？""",
)
FULL = ask(
    """How full is the {name} progress bar? | How far along is {name}? | What percentage is {name} at?
    How much of {name} is filled? | About how far has {name} got, in percent?
    Roughly what share of the {name} bar is filled? | How much progress does {name} show?""",
    """{name}的进度是多少？ | {name}进度条到百分之几了？ | {name}完成了多少？ | {name}的进度条大约填了多少？""",
)
HALF = ask(
    """Is the {name} bar more than half full? | Is {name} past the halfway mark? | Has {name} got beyond 50%?
    Is over half of the {name} bar filled?""",
    """{name}的进度条超过一半了吗？ | {name}过半了吗？ | {name}超过50%了吗？""",
)
STARS = ask(
    """How many stars are filled in? | What's the star rating? | How many stars does it have?
    What rating is shown in stars? | How many stars out of five?""",
    """有几颗星？ | 评分是几星？ | 亮了几颗星？ | 满分五星，这里是几星？""",
)
STARS_OF = ask(
    """How many stars does {name} have? | What's the star rating for {name}? | How is {name} rated in stars?
    How many stars are filled in for {name}? | {name} has how many stars out of five?""",
    """{name}有几颗星？ | {name}的评分是几星？ | {name}评了几星？""",
)
EXPANDED = ask(
    """Is {name} expanded? | Is the section {name} open? | Is {name} unfolded? | Is the text under {name} shown?
    Has {name} been opened up?""",
    """{name}展开了吗？ | {name}是展开的吗？ | {name}下面的内容显示出来了吗？""",
)
PLAYING = ask(
    """Is it playing or paused? | Is the player playing or paused? | Is the track paused or playing?
    Playing or paused? | Is playback paused or playing right now?""",
    """现在是播放还是暂停？ | 播放器是播放中还是暂停？ | 正在播放还是暂停了？""",
)
DAY = ask(
    """Which day is selected in the calendar? | What day of the month is highlighted? | Which date is picked?
    What day is selected? | Which date in the calendar is marked as chosen?""",
    """日历上选中的是几号？ | 选中的是哪一天？ | 日历里高亮的是几号？""",
)
BUSY = ask(
    """Does day {name} have a dot? | Is there something on day {name}? | Is day {name} of the calendar marked?
    Is there a dot under the {name} in the calendar?""",
    """{name}号有标记吗？ | 日历上{name}号下面有点吗？ | {name}号有安排吗？""",
)
STEP = ask(
    """Which step is under way? | What stage are we at? | Which step is the current one?
    How far has it got: which step? | What step is it on? | At which stage is it now?""",
    """现在进行到哪一步？ | 当前是哪个步骤？ | 目前处于哪个阶段？ | 进行到哪里了？""",
)
STEP_DONE = ask(
    """Is the step {name} done? | Has {name} been completed? | Is {name} finished? | Is {name} ticked off yet?
    Did {name} already happen?""",
    """{name}完成了吗？ | {name}这一步做完了吗？ | {name}已经完成了吗？""",
)
DARK = ask(
    """Is this screen in dark mode or light mode? | Dark or light theme? | Is the background dark or light?
    Is it dark mode or light mode? | Does this app use a light or a dark look?""",
    """这个界面是深色还是浅色？ | 是深色模式还是浅色模式？ | 背景是深色的还是浅色的？""",
)
SELECTED_PICTURES = ask(
    """Is the picture of the {thing} selected? | Is the photo of the {thing} ticked?
    Does the {thing} picture have a tick? | Has the {thing} been selected?""",
    """{thing}的图片选中了吗？ | {thing}那张照片打勾了吗？ | 选中{thing}的照片了吗？""",
)
OVERLAY = ask(
    """Is a keyboard open? | Is the keyboard showing? | Can I see an on-screen keyboard? | Is the keyboard up?""",
    """键盘打开了吗？ | 屏幕上有键盘吗？ | 键盘弹出来了吗？""",
)
POPUP = ask(
    """Is there a popup on the screen? | Is a dialog open? | Has a dialog popped up?
    Is something asking me to confirm?""",
    """屏幕上有弹窗吗？ | 有对话框打开吗？ | 弹出对话框了吗？""",
)
CHARGING = ask(
    """Is the phone charging? | Is the battery being charged? | Is the phone plugged in?
    Does the battery icon show that it's charging?""",
    """手机在充电吗？ | 电池正在充电吗？ | 手机插着电源吗？""",
)
YES_ON = both("yes/on/yes, on/yes, it is on", "是/开/打开了/是的/开着")
NO_OFF = both("no/off/no, off/no, it is off", "否/关/没有/没有打开/关着")
YES_OFF = both("yes/off/yes, off/yes, it is off", "是/关/关了/是的/关着")
NO_ON = both("no/on/no, on/no, it is on", "否/开/没有/没有关/开着")
ON = both("on/it is on/it's on/turned on", "开/打开/开着/已打开")
OFF = both("off/it is off/it's off/turned off", "关/关闭/关着/已关闭")


def drafts(screen: Screen) -> Iterator[Draft]:
    yield from _switches(screen)
    yield from _marks(screen)
    yield from _choices(screen)
    yield from _greyed(screen)
    yield from _shares(screen)
    yield from _parts(screen)
    yield from _whole(screen)


def _draft(about: str, ways: Both, answers: Both, at: Sequence[Element] = (), **slots: Slot) -> Draft:
    return Draft("state", about, ways, answers, slots, boxes(at))


def _yes_no(about: str, ways: Both, element: Element, true: bool) -> Draft:
    return _draft(about, ways, yes_or_no(true), [element], name=element.name or "")


def _named(screen: Screen, role: str, state: str) -> Iterator[tuple[Element, bool]]:
    """Elements of a role whose state is known and which can be told apart by what they are about."""
    for element in screen.all(role):
        if state in element.state and screen.named_once(element):
            yield element, bool(element.state[state])


def _switches(screen: Screen) -> Iterator[Draft]:
    for switch, on in _named(screen, "switch", "on"):
        about = f"state of {switch.name}"
        yield _draft(about, ON_YES, YES_ON if on else NO_OFF, [switch], name=switch.name or "")
        yield _draft(about, OFF_YES, NO_ON if on else YES_OFF, [switch], name=switch.name or "")
        yield Draft("state", about, ON_OR_OFF, ON if on else OFF, {"name": switch.name or ""}, (switch.box,), True)


def _marks(screen: Screen) -> Iterator[Draft]:
    for role, state, ways in (
        ("checkbox", "checked", CHECKED),
        ("star", "on", STARRED),
        ("chip", "selected", CHIP),
        ("accordion", "expanded", EXPANDED),
    ):
        for element, true in _named(screen, role, state):
            if role == "chip" and not screen.prints_once(element.text):
                continue
            yield _yes_no(f"state of {element.name}", ways, element, true)
    for picture in screen.all("picture"):
        alike = [other for other in screen.elements if other.picture == picture.picture]
        if "selected" in picture.state and picture.picture and len(alike) == 1:
            selected = bool(picture.state["selected"])
            thing = picture_words(picture.picture)
            if thing:
                about = f"selected {picture.picture}"
                yield _draft(about, SELECTED_PICTURES, yes_or_no(selected), [picture], thing=thing)


def picture_words(name: str) -> Both | None:
    """A pictured object's name in both languages; None if no list has it."""
    return Both((name,), (PICTURES[name].chinese,)) if name in PICTURES else None


def _choices(screen: Screen) -> Iterator[Draft]:
    for role, ways in (("radio", CHOSEN), ("tab", TAB), ("day", DAY)):
        group = [element for element in screen.elements if element.role == role]
        chosen = [element for element in group if element.state.get("selected")]
        if len(chosen) == 1 and len(group) > 1 and not any(element.clipped for element in group):
            words = chosen[0].name if role == "radio" else chosen[0].text
            if words and (role == "day" or screen.prints_once(words)):
                answers = both(f"{words}/day {words}", f"{words}号/{words}/{words}日") if role == "day" else same(words)
                yield _draft(f"chosen {role}", ways, answers, chosen)
    segments = [element for element in screen.elements if element.role == "segment"]
    chosen = [element for element in segments if element.state.get("selected")]
    whole = all(segment.readable for segment in segments)
    if len(chosen) == 1 and 2 <= len(segments) <= 4 and whole and len({s.parent for s in segments}) == 1:
        texts = [segment.text or "" for segment in segments]
        listed = Both((listing(texts, ", ", " or "),), (listing(texts, "、", "还是"),))
        slots = {"choices": listed}
        yield Draft("state", "chosen segment", SEGMENT, same(chosen[0].text or ""), slots, boxes(chosen), True)


def listing(texts: Sequence[str], comma: str, last: str) -> str:
    return comma.join(texts[:-1]) + last + texts[-1]


def _greyed(screen: Screen) -> Iterator[Draft]:
    buttons = list(_named_by_text(screen, "button"))
    greyed = [button for button in buttons if button.state.get("disabled")]
    plain = [button for button in buttons if not button.state.get("disabled")]
    for button in [*greyed, *plain[: max(1, len(greyed))]]:  # not many more of one answer than of the other
        disabled = bool(button.state.get("disabled"))
        slots = {"name": button.text or ""}
        yield Draft("state", f"state of {button.text}", GREYED, yes_or_no(disabled), slots, (button.box,))
        yield Draft("state", f"state of {button.text}", TAPPABLE, yes_or_no(not disabled), slots, (button.box,))
    rows = list(_named(screen, "row", "disabled"))
    for row, disabled in rows:
        if disabled:
            yield _yes_no(f"state of {row.name}", ROW_GREYED, row, True)
    others = [row for row in screen.all("row") if screen.named_once(row) and not row.state.get("disabled")]
    if any(disabled for _, disabled in rows) and others:
        yield _yes_no(f"state of {others[0].name}", ROW_GREYED, others[0], False)


def _named_by_text(screen: Screen, role: str) -> Iterator[Element]:
    return (element for element in screen.all(role) if screen.in_reach(element) and screen.prints_once(element.text))


def _shares(screen: Screen) -> Iterator[Draft]:
    for bar in screen.all("progress"):
        share = bar.state.get("progress")
        if share is None or not screen.named_once(bar):
            continue
        yield _draft(f"share of {bar.name}", FULL, share_answers(float(share)), [bar], name=bar.name or "")
        if abs(share - 0.5) > 0.08:  # nearer than that is hard to see
            yield _draft(f"share of {bar.name}", HALF, yes_or_no(share > 0.5), [bar], name=bar.name or "")
    ratings = [element for element in screen.elements if element.role == "rating"]
    for rating in screen.all("rating"):
        value = rating.state.get("value")
        if value is None or (value * 2) % 1:  # people see whole and half stars
            continue
        answers = (
            same(f"{value:g}", f"{value:g}/5")
            if value % 1
            else both(f"{value:g}/{value:g} stars", f"{value:g}/{value:g}星/{value:g}颗星")
        )
        if len(ratings) == 1:
            yield _draft("stars", STARS, answers, [rating])
        if screen.named_once(rating):
            yield _draft(
                "stars" if len(ratings) == 1 else f"stars of {rating.name}",
                STARS_OF,
                answers,
                [rating],
                name=rating.name or "",
            )


def share_answers(share: float) -> Both:
    """A share in percent; one that is read off a bar may be some points off."""
    percent = round(share * 100)
    near = sorted(range(max(0, percent - 3), min(100, percent + 3) + 1), key=lambda other: abs(other - percent))
    return same(*(f"{value}%" for value in near))


def _parts(screen: Screen) -> Iterator[Draft]:
    buttons = [
        button for button in screen.elements if button.role == "player_button" and button.icon in ("play", "pause")
    ]
    if len(buttons) == 1 and not buttons[0].clipped:
        answers = (
            both("playing/it is playing", "播放/播放中/正在播放")
            if buttons[0].icon == "pause"
            else both("paused/it is paused", "暂停/已暂停")
        )
        yield Draft("state", "playing", PLAYING, answers, {}, (buttons[0].box,), True)
    for day in screen.all("day"):
        if (
            day.text
            and sum(e.role == "day" and e.text == day.text for e in screen.elements) == 1
            and "checked" in day.state
        ):
            yield _draft(f"dot of {day.text}", BUSY, yes_or_no(bool(day.state["checked"])), [day], name=day.text)
    steps = [element for element in screen.elements if element.role == "step"]
    current = [step for step in steps if step.state.get("selected")]
    if len(current) == 1 and not any(step.clipped for step in steps) and screen.named_once(current[0]):
        yield _draft("current step", STEP, same(current[0].name or ""), current)
    for step, done in _named(screen, "step", "checked"):
        if not step.state.get("selected"):  # one under way is neither
            yield _yes_no(f"step {step.name}", STEP_DONE, step, done)


def _whole(screen: Screen) -> Iterator[Draft]:
    """Of the screen; what is rarely so is asked of few screens where it is not so."""
    answers = (
        both("dark/dark mode", "深色/深色模式/暗色") if screen.dark else both("light/light mode", "浅色/浅色模式/亮色")
    )
    if screen.lot("theme", 2):
        yield Draft("state", "theme", DARK, answers, {}, (), True)
    if screen.overlay == "keyboard" or screen.all("field", "search"):
        yield _draft("keyboard", OVERLAY, yes_or_no(screen.overlay == "keyboard"), screen.all("keyboard"))
    if screen.overlay in (None, "dialog") and (screen.overlay or screen.lot("no", 4)):
        yield _draft("popup", POPUP, yes_or_no(screen.overlay == "dialog"), screen.all("dialog"))
    battery = screen.only("battery")
    if battery and battery.name and screen.overlay not in MODAL:
        charging = "charging" in key(battery.name)
        if charging or screen.lot("no", 4):
            yield _draft("charging", CHARGING, yes_or_no(charging), [battery])
