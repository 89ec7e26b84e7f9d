"""Signing in, signing up, codes, addresses, help and plans."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

HELP = pairs("""
How do I change my password?|如何修改密码？; Where is my invoice?|在哪里查看发票？; How do I cancel?|如何取消？
Which devices work?|支持哪些设备？; How long does delivery take?|配送需要多久？; Is my data safe?|我的数据安全吗？
Can I share my account?|可以共享账号吗？
""")
ANSWERS = pairs("""
Open Settings, then Account, and follow the steps.|打开“设置”，进入“账号”，按步骤操作。
You find it under Profile, in the list of orders.|在“我的”里的订单列表中可以找到。
It takes two to four working days.|需要两到四个工作日。; Yes, with up to five people.|可以，最多五人。
Write to us, and we reply within a day.|请联系我们，一天内回复。
""")


def credentials(c: Content, filled: bool) -> list[ui.Component]:
    """Email and password, one of them perhaps being typed, the password perhaps wrong."""
    wrong, focused, which = c.chance(0.25), c.chance(0.45), c.rng.randrange(2)
    hidden = "•" * c.rng.randint(6, 12)
    name = ui.field(
        c.t("Email", "邮箱"),
        c.email(c.name()) if filled else "",
        c.t("you@example.com", "请输入邮箱"),
        focused=focused and which == 0,
    )
    word = ui.field(
        c.t("Password", "密码"),
        hidden if filled or wrong else "",
        c.t("Password", "请输入密码"),
        "password",
        focused=focused and which == 1,
        **({"error": c.t("Wrong password", "密码错误")} if wrong else {}),
    )
    return [name, word]


def login(c: Content) -> ui.Screen:
    app = c.pick(words.APP_NAMES)
    filled = c.chance(0.7)
    body = [
        ui.picture(c.photo("plant", "object", "animal"), 110)
        if c.chance(0.5)
        else ui.text(c.t("Sign in to continue", "登录以继续"), "caption"),
        ui.text(c.t(f"Welcome to {app}", f"欢迎使用{app}"), "title"),
        *credentials(c, filled),
        ui.section(
            [
                ui.item(
                    c.t("Stay signed in", "保持登录"),
                    control=ui.checkbox(c.chance(0.5)) if c.chance(0.5) else ui.switch(c.chance(0.5)),
                )
            ]
        ),
        ui.button(c.t("Sign in", "登录"), disabled=not filled or None),
        ui.button(c.t("Forgot password?", "忘记密码？"), "text"),
        ui.divider(),
        ui.button(c.t("Sign in with a code", "验证码登录"), "outline", icon="phone"),
        ui.text(c.t("New here? Create an account.", "还没有账号？立即注册。"), "caption"),
    ]
    return ui.screen(
        ui.header(c.t("Sign in", "登录") if c.chance(0.7) else app, back="" if c.chance(0.7) else None),
        body,
        overlays=[
            ui.dialog(
                c.t("Sign-in failed", "登录失败"),
                c.t("Check your email and password.", "请检查邮箱和密码。"),
                c.t("OK", "好"),
            ),
            ui.toast(c.t("Wrong password", "密码错误")),
        ],
    )


def sign_up(c: Content) -> ui.Screen:
    name, focused, weak = c.name(), c.chance(0.3), c.chance(0.3)
    agreed = c.chance(0.6)
    body = [
        ui.field(c.t("Full name", "姓名"), name),
        ui.field(c.t("Email", "邮箱"), c.email(name), focused=focused),
        ui.field(c.t("Phone", "手机号"), c.phone(), kind="number"),
        ui.field(
            c.t("Password", "密码"),
            "•" * (4 if weak else 10),
            kind="password",
            **({"error": c.t("Use at least 8 characters", "至少8个字符")} if weak else {}),
        ),
        ui.segments(c.all(pairs("Private|个人; Business|企业")), c.rng.randrange(2)),
        ui.section(
            [
                ui.item(c.t("I accept the terms", "我同意服务条款"), control=ui.checkbox(agreed)),
                ui.item(c.t("Send me news by email", "通过邮件接收资讯"), control=ui.checkbox(c.chance(0.4))),
            ]
        ),
        ui.button(c.t("Create account", "创建账号"), disabled=not agreed or weak or None),
        ui.button(c.t("I have an account", "已有账号"), "text"),
    ]
    if c.chance(0.4):
        body.insert(
            0,
            ui.steps(
                [
                    (c.t("Account", "账号"), None, "current"),
                    (c.t("Address", "地址"), None, "todo"),
                    (c.t("Done", "完成"), None, "todo"),
                ]
            ),
        )
    return ui.screen(
        common.inner(c, c.t("Sign up", "注册")),
        body,
        overlays=[
            common.toast(c),
            ui.dialog(
                c.t("Check your inbox", "请查收邮件"), c.t("We sent you a link.", "我们已发送链接。"), c.t("OK", "好")
            ),
        ],
    )


def code(c: Content) -> ui.Screen:
    digits, typed = c.code("######"), c.rng.randint(0, 6)
    body = [
        ui.text(c.t("Enter the code", "输入验证码"), "title"),
        ui.text(c.t(f"We sent it to {c.phone()}", f"已发送至{c.phone()}"), "body"),
        ui.field(
            c.t("Code", "验证码"),
            digits[:typed],
            "______",
            "number",
            focused=True,
            **({"error": c.t("This code is wrong", "验证码错误")} if typed == 6 and c.chance(0.5) else {}),
        ),
        ui.text(c.t(f"New code in {c.rng.randint(2, 59)} s", f"{c.rng.randint(2, 59)}秒后可重新发送"), "caption"),
        ui.button(c.t("Continue", "继续"), disabled=typed < 6 or None),
        ui.button(c.t("Send again", "重新发送"), "text", disabled=c.chance(0.5) or None),
    ]
    if c.chance(0.5):
        return ui.screen(common.inner(c, c.t("Verification", "验证")), body, overlays=[common.toast(c)])
    name = c.name()
    pad = ui.keypad(
        (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), (c.t("Clear", "清空"), "0", "⌫")),
        "●" * typed + "○" * (6 - typed),
    )
    return ui.screen(
        common.inner(c, c.t("Enter PIN", "输入密码")),
        [
            ui.section([ui.item(name, c.t("Confirm it is you", "确认是您本人"), avatar=c.initials(name))]),
            pad,
            ui.button(c.t("Forgot PIN?", "忘记密码？"), "text"),
        ],
        overlays=[ui.toast(c.t("Wrong PIN", "密码错误"))],
    )


def address(c: Content) -> ui.Screen:
    focused, bad = c.chance(0.35), c.chance(0.25)
    zone = c.fake.postcode()
    body = [
        ui.field(c.t("Name", "收件人"), c.name()),
        ui.field(c.t("Street", "街道"), c.street(), focused=focused),
        ui.field(c.t("City", "城市"), c.pick(words.CITIES)),
        ui.field(
            c.t("Postcode", "邮编"),
            zone[:3] if bad else zone,
            kind="number",
            **({"error": c.t("Not a valid postcode", "邮编无效")} if bad else {}),
        ),
        ui.field(c.t("Phone", "电话"), c.phone(), kind="number"),
        ui.chips(c.all(pairs("Home|家; Work|公司; School|学校; Other|其他")), [c.rng.randrange(4)]),
        ui.section([ui.item(c.t("Default address", "设为默认地址"), control=ui.switch(c.chance(0.5)))]),
        ui.button(c.t("Save address", "保存地址"), disabled=bad or None),
    ]
    return ui.screen(
        common.inner(c, c.t("Address", "编辑地址"), "trash"),
        body,
        overlays=[common.confirm_delete(c, c.t("address", "地址")), common.toast(c)],
    )


def help_centre(c: Content) -> ui.Screen:
    open_ = c.rng.randrange(4)
    questions = c.sample(HELP, c.rng.randint(4, 6))
    body = [
        ui.field(
            c.t("Search", "搜索"), "", c.t("How can we help?", "有什么可以帮您？"), "search", focused=c.chance(0.3)
        ),
        ui.accordion([(question, c.pick(ANSWERS), i == open_) for i, question in enumerate(questions)]),
        common.links(
            [
                (c.t("Chat with us", "在线客服"), "chat", c.t("Online", "在线")),
                (c.t("Call", "电话"), "call", c.phone()),
                (c.t("Email", "邮件"), "mail", None),
            ],
            c.t("Contact", "联系我们"),
        ),
        ui.banner(c.t("Replies take about 5 minutes.", "约5分钟内回复。"), "info", "clock"),
    ]
    return ui.screen(
        common.top(c, c.t("Help", "帮助中心"), "chat"),
        body,
        overlays=[
            common.toast(c),
            ui.sheet(c.t("Contact", "联系我们"), *c.all(pairs("Chat|在线聊天; Phone|电话; Email|邮件; Cancel|取消"))),
        ],
    )


def plans(c: Content) -> ui.Screen:
    names, each = c.all(pairs("Basic|基础版; Standard|标准版; Family|家庭版")), c.price(3, 9)
    one, used = c.rng.randrange(3), c.rng.randint(1, 20)
    extras = c.all(
        pairs("1 device, 5 GB|1台设备，5 GB; 3 devices, 50 GB|3台设备，50 GB; 6 devices, 200 GB|6台设备，200 GB")
    )
    rows = [
        ui.item(
            name,
            extra,
            c.money(each * (i + 1)) + c.t(" a month", "/月"),
            control=ui.radio(i == one),
            badge=c.t("Popular", "热门") if i == 1 and c.chance(0.5) else None,
        )
        for i, (name, extra) in enumerate(zip(names, extras, strict=True))
    ]
    bills = [
        ui.item(
            c.dated(c.now - timedelta(days=30 * (i + 1))),
            None,
            c.money(each * (one + 1)),
            icon="receipt",
            control=ui.chevron(),
        )
        for i in range(3)
    ]
    body = [
        ui.segments(c.all(pairs("Monthly|按月; Yearly|按年")), 0),
        ui.section(rows, c.t("Choose a plan", "选择套餐")),
        ui.progress(c.t(f"{used} GB of 20 GB used", f"已用{used} / 20 GB"), used / 20),
        common.switches(c, [(c.t("Renew automatically", "自动续费"), "refresh"), (c.t("Roaming", "漫游"), "earth")]),
        ui.section(bills, c.t("Bills", "账单")),
        ui.button(c.t("Change plan", "更改套餐")),
    ]
    gone = ui.dialog(
        c.t("Cancel the plan?", "取消套餐？"),
        c.t(f"It ends on {c.dated(c.now + timedelta(days=20))}.", f"将于{c.dated(c.now + timedelta(days=20))}到期。"),
        c.t("Keep", "保留"),
        c.t("Cancel plan", "取消套餐"),
    )
    return ui.screen(common.inner(c, c.t("My plan", "我的套餐")), body, overlays=[gone, common.toast(c)])


def account(c: Content) -> ui.Screen:
    name = c.name()
    points = c.rng.randint(0, 5000)
    body = [
        ui.section([ui.item(name, c.email(name), avatar=c.initials(name), control=ui.row_button(c.t("Edit", "编辑")))]),
        ui.stats(
            ui.stat(c.t("Orders", "订单"), str(c.rng.randint(0, 80))),
            ui.stat(c.t("Points", "积分"), c.number(points)),
            ui.stat(c.t("Vouchers", "优惠券"), str(c.rng.randint(0, 9))),
        ),
        common.links(
            [
                (c.t("Addresses", "地址管理"), "location", str(c.rng.randint(1, 4))),
                (c.t("Payment", "支付方式"), "card", None),
                (c.t("Invite friends", "邀请好友"), "gift", c.money(c.price(5, 10))),
                (c.t("Language", "语言"), "text", c.t("English", "中文")),
            ]
        ),
        common.switches(
            c,
            [
                (c.t("Push notifications", "推送通知"), "bell"),
                (c.t("Email newsletter", "邮件订阅"), "mail"),
                (c.t("Unlock with fingerprint", "指纹解锁"), "fingerprint"),
                (c.t("Dark mode", "深色模式"), "moon"),
            ],
        ),
        ui.button(c.t("Sign out", "退出登录"), "outline", icon="log-out", color="#e53935"),
        ui.text(
            c.t("Version ", "版本 ") + f"{c.rng.randint(1, 9)}.{c.rng.randint(0, 20)}.{c.rng.randint(0, 9)}", "caption"
        ),
    ]
    out = ui.dialog(
        c.t("Sign out?", "退出登录？"),
        c.t("You can sign in again at any time.", "您可以随时重新登录。"),
        c.t("Cancel", "取消"),
        c.t("Sign out", "退出"),
    )
    labels = c.all(pairs("Home|首页; Offers|优惠; Account|我的"))
    return ui.screen(
        common.top(c, c.t("Account", "我的"), "settings"),
        body,
        ui.tabs(list(zip(("home", "tag", "person"), labels, strict=True)), 2) if c.chance(0.6) else None,
        overlays=[out, common.toast(c)],
    )


APPS = {
    "login": login,
    "sign_up": sign_up,
    "code": code,
    "address": address,
    "help_centre": help_centre,
    "plans": plans,
    "account": account,
}
