"""Calls, contacts, messages and mail."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.apps.scripts import MAILS, SUBJECTS, TALKS
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

KEYS = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("*", "0", "#"))


def phone_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Favourites|个人收藏; Recents|最近通话; Contacts|通讯录; Keypad|拨号键盘"))
    missed = {1: str(c.rng.randint(1, 9))} if c.chance(0.4) else None
    return ui.tabs(list(zip(("star", "clock", "person", "keypad"), labels, strict=True)), selected, missed)


def dialer(c: Content) -> ui.Screen:
    number = c.phone()
    typed = number if c.chance(0.6) else number[: c.rng.randint(3, len(number) - 2)].strip()
    body = [ui.keypad(KEYS, typed)]
    if c.chance(0.4):
        name = c.name()
        body.insert(0, ui.section([ui.item(name, number, avatar=c.initials(name))]))
    elif c.chance(0.6):
        body.insert(0, ui.button(c.t("Add to contacts", "添加到通讯录"), "text", icon="user-add"))
    body.append(ui.button(c.t("Call", "呼叫"), icon="call", color="#2e9e4f"))
    return ui.screen(ui.header(c.t("Keypad", "拨号")), body, phone_tabs(c, 3))


def call_log(c: Content) -> ui.Screen:
    kinds = pairs("Missed call|未接来电; Incoming call|来电; Outgoing call|去电")
    icons = ("call-missed", "call-incoming", "call-outgoing")
    items = []
    for moment in c.before(c.rng.randint(7, 14), 1500):
        kind = c.rng.randrange(3)
        name = c.name() if c.chance(0.8) else c.phone()
        colour = "#e53935" if kind == 0 else None
        detail = c.all(kinds)[kind] + (f" · {c.length(c.rng.randint(20, 2400))}" if kind else "")
        items.append(ui.item(name, detail, c.ago(moment), icon=icons[kind], icon_color=colour))
    body = [ui.segments([c.t("All", "全部"), c.t("Missed", "未接")], 0)] if c.chance(0.5) else []
    body.append(ui.section(items))
    overlays = [
        ui.dialog(
            c.t("Clear call history?", "清空通话记录？"),
            c.t("All entries will be removed.", "所有记录都将被删除。"),
            c.t("Cancel", "取消"),
            c.t("Clear", "清空"),
        ),
        common.edit_menu(c),
    ]
    return ui.screen(common.top(c, c.t("Recents", "最近通话"), "edit"), body, phone_tabs(c, 1), overlays=overlays)


def contacts(c: Content) -> ui.Screen:
    names = c.names(c.rng.randint(10, 18))
    plain = c.chance(0.3)
    items = []
    for name in names:
        detail = c.pick(words.JOBS) if c.chance(0.3) else None
        favourite = ui.star(c.chance(0.3)) if plain else None
        items.append(ui.item(name, detail, avatar=c.initials(name), control=favourite))
    body = [
        ui.section(items[:3], c.t("Favourites", "个人收藏")),
        ui.section(items[3:], c.t("All contacts", "所有联系人")),
    ]
    head = common.top(c, c.t("Contacts", "通讯录"), "plus", search=c.t("Search contacts", "搜索联系人"))
    overlays = [common.sort_sheet(c, c.t("Company", "公司")), common.confirm_delete(c, c.t("contact", "联系人"))]
    return ui.screen(head, body, phone_tabs(c, 2), "user-add" if c.chance(0.4) else None, overlays)


def contact_card(c: Content) -> ui.Screen:
    name = c.name()
    rows = [
        ui.item(c.t("Mobile", "手机"), None, c.phone(), icon="phone"),
        ui.item(c.t("Email", "邮箱"), c.email(name), icon="mail"),
        ui.item(c.t("Home", "住址"), c.address(), icon="home"),
        ui.item(
            c.t("Birthday", "生日"), None, c.day(c.now - timedelta(days=c.rng.randint(0, 364)), False), icon="gift"
        ),
    ]
    who = ui.section([ui.item(name, f"{c.pick(words.JOBS)} · {c.company()}", avatar=c.initials(name))])
    actions = c.all(pairs("Message|信息; Call|呼叫; Video|视频; Mail|邮件"))
    icons = ("chat", "call", "video", "mail")
    do = ui.grid(4, [{"icon": icon, "label": label} for icon, label in zip(icons, actions, strict=True)])
    rest = common.switches(
        c, [(c.t("Favourite", "个人收藏"), "star"), (c.t("Block this contact", "阻止此联系人"), None)]
    )
    tone = ui.section([ui.item(c.t("Ringtone", "铃声"), None, c.pick(words.SONGS), control=ui.chevron())])
    overlays = [common.share_sheet(c), common.confirm_delete(c, c.t("contact", "联系人")), common.toast(c)]
    head = common.inner(c, c.t("Contact", "联系人"), "edit", back=c.t("Contacts", "通讯录"))
    return ui.screen(head, [who, do, ui.section(c.some(rows, 3, 4)), tone, rest], overlays=overlays)


def messages(c: Content) -> ui.Screen:
    items = []
    for moment in c.before(c.rng.randint(8, 13), 700):
        shop = c.chance(0.2)
        name, line = (c.pick(words.SHOPS), words.SHOP_MESSAGES) if shop else (c.name(), words.MESSAGES)
        unread = str(c.rng.randint(1, 9)) if c.chance(0.3) else None
        items.append(ui.item(name, c.pick(line), c.ago(moment), avatar=c.initials(name), badge=unread))
    filters = [c.t("All", "全部"), c.t("Unread", "未读"), c.t("Groups", "群组")]
    body = [ui.chips(filters, [c.rng.randrange(3)])] if c.chance(0.4) else []
    head = common.top(c, c.t("Messages", "信息"), "edit", search=c.t("Search", "搜索") if c.chance(0.6) else None)
    labels = c.all(pairs("Chats|聊天; Calls|通话; Settings|设置"))
    tabs = ui.tabs(list(zip(("chat", "call", "settings"), labels, strict=True)), 0) if c.chance(0.5) else None
    overlays = [common.confirm_delete(c, c.t("conversation", "对话")), common.edit_menu(c), common.toast(c)]
    return ui.screen(head, [*body, ui.section(items)], tabs, "edit" if c.chance(0.5) else None, overlays)


def chat(c: Content) -> ui.Screen:
    """A whole talk, one or two of the written ones, in which the same names and times come back."""
    name = c.name()
    turns = []
    for talk in c.rng.sample(TALKS, 2):
        slots = {
            "name": c.first_name(),
            "time": c.clock(c.at(c.rng.randint(9, 21), 15 * c.rng.randint(0, 3))),
            "city": c.pick(words.CITIES),
            "place": c.pick(words.PLACES),
            "food": c.pick(words.FOODS),
            "n": str(c.rng.randint(2, 8)),
            "money": c.money(c.price(5, 60)),
            "day": c.pick(words.WEEKDAYS),
        }
        turns += [(me, line[c.zh].format(**slots)) for me, line in talk]
    flipped = c.chance(0.5)
    moments = reversed(c.before(len(turns), 9))
    messages = [
        {"me": me != flipped, "text": line, **({"time": c.clock(moment)} if c.chance(0.6) else {})}
        for (me, line), moment in zip(turns, moments, strict=True)
    ]
    focused = c.chance(0.4)
    draft = c.pick(words.MESSAGES) if focused and c.chance(0.5) else ""
    reply = ui.field(c.t("Message", "信息"), draft, c.t("Type a message", "输入消息"), focused=focused)
    head = common.inner(c, name, "call", "video", back=c.t("Chats", "聊天"))
    overlays = [common.edit_menu(c), common.share_sheet(c), common.incoming(c)]
    return ui.screen(head, [ui.bubbles(messages), reply], overlays=overlays, scroll=1.0)


def mail_inbox(c: Content) -> ui.Screen:
    items = []
    for moment in c.before(c.rng.randint(8, 13), 600):
        sender = c.name() if c.chance(0.6) else c.company()
        star = ui.star(c.chance(0.25)) if c.chance(0.9) else None
        new = c.t("New", "新") if c.chance(0.25) else None
        items.append(
            ui.item(sender, c.pick(SUBJECTS), c.ago(moment), avatar=c.initials(sender), badge=new, control=star)
        )
    filters = c.all(pairs("All|全部; Unread|未读; Starred|星标"))
    body = [ui.segments(filters, c.rng.randrange(3))] if c.chance(0.5) else []
    labels = c.all(pairs("Inbox|收件箱; Sent|已发送; Drafts|草稿; Archive|归档"))
    icons = ("mail", "send", "document", "archive")
    tabs = ui.tabs(list(zip(icons, labels, strict=True)), 0, {0: str(c.rng.randint(1, 40))}) if c.chance(0.6) else None
    head = common.top(c, c.t("Inbox", "收件箱"), "menu", search=c.t("Search mail", "搜索邮件"))
    overlays = [common.toast(c), common.sort_sheet(c, c.t("Sender", "发件人")), common.edit_menu(c)]
    return ui.screen(head, [*body, ui.section(items)], tabs, "edit", overlays)


def mail_message(c: Content) -> ui.Screen:
    sender, me = c.name(), c.name()
    subject, *written = (c.fill(line[c.zh]) for line in c.rng.choice(MAILS))
    lines = [
        c.t(f"Hello {me.split()[0]},", f"{me}，你好："),
        *written,
        c.t("Kind regards,", "祝好！"),
        sender,
    ]
    attached = c.all(
        pairs(
            "Agenda.pdf|日程.pdf; Invoice.pdf|发票.pdf; Photos.zip|照片.zip; Plan.docx|计划.docx; Budget.xlsx|预算.xlsx"
        )
    )
    files = [
        ui.item(file, c.size(c.rng.uniform(0.1, 24)), icon="document", control=ui.row_button(c.t("Open", "打开")))
        for file in c.some(attached, 1, 2)
    ]
    body = [
        ui.text(subject, "title"),
        ui.section(
            [ui.item(sender, c.t(f"To: {me}", f"收件人：{me}"), c.ago(c.before(1)[0]), avatar=c.initials(sender))]
        ),
        *[ui.text(line) for line in lines],
        *([ui.section(files, c.t("Attachments", "附件"))] if c.chance(0.6) else []),
        ui.buttons(
            ui.button(c.t("Reply", "回复"), "filled", icon="undo"),
            ui.button(c.t("Forward", "转发"), "outline", icon="send"),
        ),
    ]
    overlays = [
        ui.sheet(c.t("Move to", "移动到"), *c.all(pairs("Archive|归档; Work|工作; Family|家庭; Spam|垃圾邮件"))),
        common.edit_menu(c),
    ]
    head = common.inner(c, c.t("Message", "邮件"), "archive", "trash", "more", back=c.t("Inbox", "收件箱"))
    return ui.screen(head, body, overlays=overlays)


APPS = {
    "dialer": dialer,
    "call_log": call_log,
    "contacts": contacts,
    "contact_card": contact_card,
    "messages": messages,
    "chat": chat,
    "mail_inbox": mail_inbox,
    "mail_message": mail_message,
}
