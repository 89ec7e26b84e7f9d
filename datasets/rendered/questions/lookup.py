"""Look-up: what is printed beside, under or in something that the question names, or what a line of an app means."""

from __future__ import annotations

from collections.abc import Iterator

from pocketvlm.datasets.rendered.questions import by_meaning
from pocketvlm.datasets.rendered.questions.amounts import read_clock, read_money, spellings
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, Slot, ask, same
from pocketvlm.datasets.rendered.questions.screen import Element, Screen

LONGEST = 60  # letters of an answer: people ask for facts, not for paragraphs

VALUE = ask(
    """What is the value of {name}? | What does {name} show? | What is {name} set to?
    What does it say next to {name}? | Tell me what is listed for {name}. | What's given for {name}?
    Read me the entry for {name}. | {name}: what does it say? | What is shown beside {name}?
    Which value does {name} have?""",
    """{name}是什么？ | {name}显示的是什么？ | {name}旁边写着什么？ | {name}的值是多少？ | 请告诉我{name}的内容。
    {name}后面写的是什么？""",
)
AMOUNT = ask(
    """How much is {name}? | What amount is shown for {name}? | What's the amount for {name}?
    How much does it say for {name}? | What sum is listed next to {name}? | {name}, how much is it?
    What figure is given for {name}? | What's the price or amount by {name}?""",
    """{name}是多少钱？ | {name}的金额是多少？ | {name}多少钱？ | {name}显示的金额是多少？ | {name}那一行是多少钱？""",
)
MOMENT = ask(
    """What time is shown for {name}? | What time does it say for {name}? | When is {name}?
    What's the time next to {name}? | At what time is {name} listed? | {name}, what time is that?""",
    """{name}是几点？ | {name}的时间是什么时候？ | {name}显示的时间是几点？ | {name}旁边的时间是多少？""",
)
DETAIL = ask(
    """What does it say under {name}? | What is written below {name}? | What's the small text under {name}?
    What are the details of {name}? | Which line stands beneath {name}? | What is the second line of {name}?
    Read the line under {name}. | What more does it say about {name}?""",
    """{name}下面写着什么？ | {name}下方的小字是什么？ | {name}的详细信息是什么？ | {name}下面一行是什么？
    关于{name}还写了什么？""",
)
REVERSE = ask(
    """Which entry shows {value}? | What has the value {value}? | Which row says {value}? | What is {value} listed for?
    Next to which item does {value} stand? | {value} belongs to what? | What is marked with {value}?""",
    """哪一项显示{value}？ | {value}是哪一项的？ | 哪一行写着{value}？ | {value}对应的是什么？""",
)
STAT = ask(
    """What is the {name} figure? | What number is given for {name}? | What does the {name} figure say?
    What is {name} at? | How much is shown under {name}? | What's my {name}? | Tell me the {name}.""",
    """{name}的数据是多少？ | {name}是多少？ | {name}显示的数字是什么？ | 我的{name}是多少？""",
)
CELL = ask(
    """What is the {column} of {name}? | In the table, what is {column} for {name}?
    What does the {column} column say for {name}? | What's under {column} in the row {name}?
    Look up {column} for {name}. | {name}: what's its {column}?""",
    """{name}的{column}是什么？ | 表格中{name}的{column}是多少？ | {name}那一行的{column}写着什么？
    查一下{name}的{column}。""",
)
FIELD = ask(
    """What is in the {name} field? | What does the {name} box say? | What is written in the field {name}?
    What's entered under {name}? | Which text stands in the {name} field? | What does the input {name} contain?""",
    """{name}栏里写着什么？ | {name}输入框里是什么？ | {name}一栏填的是什么？ | {name}框里的文字是什么？""",
)
TITLE = ask(
    """What is the title of this screen? | What does the title say? | What is written at the top as the title?
    What's the heading of this page? | Which title does this screen have? | What is this page called?
    Read the title at the top.""",
    """这个页面的标题是什么？ | 标题写的是什么？ | 页面顶部的标题是什么？ | 这个界面叫什么？""",
)
CLOCK = ask(
    """What time does the status bar show? | What time is it on the phone? | What's the phone's clock at?
    What is the time in the top bar? | What time was this screenshot taken?
    Which time is shown in the status bar?""",
    """状态栏显示几点？ | 手机上现在几点？ | 顶部状态栏的时间是多少？ | 截图时是几点？""",
)
LAST = ask(
    """What does the last message say? | What is the latest message? | Read me the last message.
    What was written last in this chat? | What's the most recent message on the screen?
    What does the bottom message say?""",
    """最后一条消息说了什么？ | 最新的消息是什么？ | 读一下最后一条消息。 | 聊天中最后写了什么？""",
)
MINE = ask(
    """What did I write last? | What is my last message? | What was the last thing I sent?
    Which message did I send last? | What's the latest message from me? | What did I say last here?""",
    """我最后发了什么？ | 我发的最后一条消息是什么？ | 我最后说了什么？""",
)
DIALOG = ask(
    """What does the dialog ask? | What is the title of the popup? | What's the heading of the dialog?
    What does the pop-up say at its top? | What is this dialog about? | What am I being asked?""",
    """对话框的标题是什么？ | 弹窗在问什么？ | 弹出的窗口写着什么标题？ | 对话框问的是什么？""",
)
MESSAGE = ask(
    """What does the dialog's message say? | What is explained in the popup?
    What's the text below the dialog's title? | What does the pop-up warn or say?""",
    """对话框里的说明是什么？ | 弹窗的正文写了什么？ | 弹窗标题下面写着什么？""",
)
TOAST = ask(
    """What does the short message that popped up say? | What does the toast say?
    What's the message in the little popup? | What was I just told? | What notice is shown for a moment?
    What does the snackbar say?""",
    """弹出的提示写着什么？ | 提示消息是什么？ | 刚刚弹出的提示说了什么？""",
)
NOTICE = ask(
    """Which app sent the notification? | Where does the notification come from? | What app is the notification from?
    Whose notification has just come in?""",
    """通知来自哪个应用？ | 是哪个应用发的通知？ | 顶部通知是哪个应用的？""",
)
BANNER = ask(
    """What does the banner say? | What is written in the coloured notice? | Read the banner.
    What does the notice on this screen tell me? | What's the message in the banner?""",
    """横幅上写着什么？ | 提示条的内容是什么？ | 横幅说了什么？""",
)
BADGE = ask(
    """What number is on the badge of {name}? | How many does the {name} badge say? | What's on the badge at {name}?
    What does the little badge on {name} show? | How many notifications does {name} have?""",
    """{name}的角标是多少？ | {name}上的小红点显示几？ | {name}角标上写着什么？""",
)
DISPLAY = ask(
    """What is on the display? | Which number has been typed? | What does the display read?
    What number is shown above the keys? | What's been entered so far?""",
    """屏幕上显示的数字是什么？ | 按键上方显示的是什么？ | 已经输入了什么？ | 显示屏上是多少？""",
)
INITIALS = ask(
    """Which initials stand next to {name}? | What letters are in the circle by {name}?
    What are the initials in {name}'s avatar? | What's written in the avatar of {name}?""",
    """{name}的头像里写着什么？ | {name}旁边的圆圈里是什么字？ | {name}头像上的字是什么？""",
)
SONG = ask(
    """What is playing? | Which song is on? | What's the name of this track? | What track is shown in the player?
    Which title is in the player?""",
    """正在播放什么？ | 播放器里是什么歌？ | 这首曲子叫什么？ | 播放的标题是什么？""",
)
ARTIST = ask(
    """Who is {name} by? | Who performs {name}? | Which artist is given for {name}? | Whose track is {name}?""",
    """{name}是谁的？ | {name}的演唱者是谁？ | {name}是谁唱的？""",
)


def drafts(screen: Screen) -> Iterator[Draft]:
    yield from _rows(screen)
    yield from _tables(screen)
    yield from _controls(screen)
    yield from _frame(screen)
    yield from _talk(screen)
    yield from _overlay(screen)
    yield from _player(screen)
    yield from by_meaning.drafts(screen)


def _draft(about: str, ways: Both, element: Element, **slots: Slot) -> Iterator[Draft]:
    """A draft answered by an element's words, if they are short and can be read."""
    if element.readable and element.text and len(element.text) <= LONGEST:
        yield Draft("lookup", about, ways, same(*spellings(element.text)), slots, (element.box,))


def value_ways(text: str) -> tuple[Both, ...]:
    """How to ask for a value of this form."""
    if read_money(text) is not None:
        return VALUE, AMOUNT
    return (VALUE, MOMENT) if read_clock(text) is not None else (VALUE,)


def _rows(screen: Screen) -> Iterator[Draft]:
    for value in screen.all("value"):
        row = screen.in_row(value.row, "value")
        if row is None or not value.name or not screen.prints_once(value.name):
            continue
        for ways in value_ways(value.text or ""):
            yield from _draft(f"value of {value.name}", ways, value, name=value.name)
        label = screen.in_row(value.row, "label")
        if label and screen.prints_once(value.text):
            yield from _draft(f"value of {value.name}", REVERSE, label, value=value.text or "")
    for detail in screen.all("detail"):
        label = screen.in_row(detail.row, "label") or screen.in_row(detail.row, "heading")
        if label and label.text and screen.prints_once(label.text) and screen.in_row(detail.row, "detail"):
            yield from _draft(f"detail of {label.text}", DETAIL, detail, name=label.text)
    for avatar in screen.all("avatar"):
        if avatar.name and screen.prints_once(avatar.name):
            yield from _draft(f"initials of {avatar.name}", INITIALS, avatar, name=avatar.name)


def _tables(screen: Screen) -> Iterator[Draft]:
    headers = [header.text for header in screen.all("table_header") if screen.prints_once(header.text)]
    for cell in screen.all("table_cell"):
        row = screen.elements[cell.row].name if cell.row is not None else None
        column = next((header for header in headers if header and cell.name == f"{row}, {header}"), None)
        if row and column and screen.prints_once(row) and cell.text != row:
            yield from _draft(f"cell {cell.name}", CELL, cell, name=row, column=column)


def _controls(screen: Screen) -> Iterator[Draft]:
    for stat in screen.all("stat"):
        if stat.name and screen.prints_once(stat.name):
            yield from _draft(f"stat {stat.name}", STAT, stat, name=stat.name)
    for box in screen.all("field"):
        if screen.named_once(box) and "•" not in (box.text or "") and box.text != box.name:
            yield from _draft(f"field {box.name}", FIELD, box, name=box.name or "")
    for badge in screen.all("badge"):
        if screen.named_once(badge):
            yield from _draft(f"badge {badge.name}", BADGE, badge, name=badge.name or "")
    for stepper in screen.all("stepper"):
        if screen.named_once(stepper):
            yield from _draft(f"value of {stepper.name}", VALUE, stepper, name=stepper.name or "")
    if screen.all("key") and (display := _only_loose_value(screen)):
        yield from _draft("display", DISPLAY, display)


def _only_loose_value(screen: Screen) -> Element | None:
    loose = [value for value in screen.elements if value.role == "value" and value.row is None and value.name is None]
    return loose[0] if len(loose) == 1 else None


def _frame(screen: Screen) -> Iterator[Draft]:
    header = screen.only("header")
    titles = screen.inside(header, "title") if header else []
    if len(titles) == 1:
        yield from _draft("title", TITLE, titles[0])
    clock = screen.only("time")
    if clock and screen.lot("clock", 3):
        yield from _draft("clock", CLOCK, clock)
    if banner := screen.only("banner"):
        yield from _draft("banner", BANNER, banner)


def _talk(screen: Screen) -> Iterator[Draft]:
    bubbles = [element for element in screen.elements if element.role == "bubble"]
    if bubbles:
        yield from _draft("last message", LAST, bubbles[-1])
    if mine := [bubble for bubble in bubbles if bubble.name == "me"]:
        yield from _draft("my last message", MINE, mine[-1])


def _overlay(screen: Screen) -> Iterator[Draft]:
    if dialog := screen.only("dialog"):
        for role, ways in (("heading", DIALOG), ("text", MESSAGE)):
            for element in screen.inside(dialog, role)[:1]:
                yield from _draft(f"dialog {role}", ways, element)
    if toast := screen.only("toast"):
        yield from _draft("toast", TOAST, toast)
    notice = screen.only("notification")
    for caption in screen.inside(notice, "caption")[:1] if notice else []:
        if notice and caption.text == notice.name:
            yield from _draft("notification", NOTICE, caption)


def _player(screen: Screen) -> Iterator[Draft]:
    tracks = [element for element in screen.all("progress") if any(e.text == element.name for e in screen.all("title"))]
    if len(tracks) != 1 or not screen.all("player_button"):
        return
    title = next(element for element in screen.all("title") if element.text == tracks[0].name)
    yield from _draft("track", SONG, title)
    following = screen.elements[title.id + 1] if title.id + 1 < len(screen.elements) else None
    if following and following.role == "detail" and title.text:
        yield from _draft("artist", ARTIST, following, name=title.text)
