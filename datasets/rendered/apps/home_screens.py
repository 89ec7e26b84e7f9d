"""What lies around apps: the launcher, the lock screen, quick settings, privacy and its questions."""

from __future__ import annotations

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs


def app_icon(c: Content, name: words.Pair) -> dict[str, str]:
    return {"icon": common.APP_ICONS[name[0]], "label": name[c.zh], "color": c.color()}


def launcher(c: Content) -> ui.Screen:
    columns = c.rng.choice((4, 4, 4, 5, 3))
    apps = c.rng.sample(words.APP_NAMES, columns * c.rng.randint(3, 5))
    icons = [app_icon(c, name) for name in apps]
    for icon in icons:
        if c.chance(0.2):
            icon["badge"] = str(c.rng.randint(1, 24))
    dock = [app_icon(c, name) for name in words.APP_NAMES if name not in apps][:columns]
    body: list[ui.Component] = []
    if c.chance(0.5):
        sky = c.pick(pairs("Sunny|晴; Cloudy|多云; Light rain|小雨; Clear|晴朗"))
        facts = [ui.stat(c.full_day(c.now), c.clock(c.now)), ui.stat(sky, c.degrees(c.rng.randint(-2, 31)), icon="sun")]
        body.append(ui.stats(*facts))
    elif c.chance(0.6):
        body.append(
            ui.field(c.t("Search", "搜索"), placeholder=c.t("Search apps and web", "搜索应用和网页"), kind="search")
        )
    body += [ui.grid(columns, icons)]
    if dock:
        body += [ui.divider(), ui.grid(columns, dock)]
    hold = ui.menu(*c.all(pairs("Edit home screen|编辑主屏幕; App info|应用信息; Remove|移除")))
    return ui.screen(None, body, overlays=[hold, common.incoming(c)])


def lock_screen(c: Content) -> ui.Screen:
    rows = []
    for moment in c.before(c.rng.randint(3, 6), 90):
        app, text, icon = c.rng.choice(
            (
                (c.t("Messages", "信息"), f"{c.name()}{c.t(': ', '：')}{c.pick(words.MESSAGES)}", "chat"),
                (c.t("Calendar", "日历"), c.pick(words.EVENTS), "calendar"),
                (c.t("News", "新闻"), c.pick(words.HEADLINES), "newspaper"),
                (
                    c.t("Bank", "银行"),
                    c.t(
                        f"You paid {c.money(c.price(3, 90))} at {c.pick(words.SHOPS)}",
                        f"您在{c.pick(words.SHOPS)}消费{c.money(c.price(3, 90))}",
                    ),
                    "wallet",
                ),
                (c.t("Phone", "电话"), c.t(f"Missed call from {c.name()}", f"{c.name()}的未接来电"), "call"),
            )
        )
        rows.append(ui.item(app, text, c.ago(moment), icon=icon, icon_color=c.color()))
    body = [
        ui.text(f"{(c.now.hour - 1) % 12 + 1 if c.half_day else c.now.hour}:{c.now:%M}", "title"),
        ui.text(c.full_day(c.now), "heading"),
        *[ui.section([row]) for row in rows],
    ]
    if c.chance(0.35):
        length = c.rng.randint(150, 400)
        body.insert(
            2, ui.player(c.pick(words.SONGS), c.pick(words.ARTISTS), c.rng.randint(0, length), length, c.chance(0.6))
        )
    body.append(
        ui.grid(
            2,
            [
                {"icon": "flashlight", "label": c.t("Torch", "手电筒"), "color": "#455a64"},
                {"icon": "camera", "label": c.t("Camera", "相机"), "color": "#455a64"},
            ],
        )
    )
    return ui.screen(None, body)


def quick_settings(c: Content) -> ui.Screen:
    rows = [
        (c.t("Wi-Fi", "无线局域网"), "wifi"),
        (c.t("Bluetooth", "蓝牙"), "bluetooth"),
        (c.t("Airplane mode", "飞行模式"), "airplane"),
        (c.t("Do not disturb", "勿扰模式"), "moon"),
        (c.t("Torch", "手电筒"), "flashlight"),
        (c.t("Auto-rotate", "自动旋转"), "refresh"),
        (c.t("Location", "定位"), "location"),
        (c.t("Battery saver", "省电模式"), "battery"),
        (c.t("Hotspot", "个人热点"), "link"),
        (c.t("Dark mode", "深色模式"), "contrast"),
    ]
    sliders = [
        ui.slider(c.t("Brightness", "亮度"), c.rng.randint(3, 100)),
        ui.slider(c.t("Volume", "音量"), c.rng.randint(0, 100)),
    ]
    toggles = common.switches(c, c.shuffled(c.some(rows, 6, 9)))
    length = c.rng.randint(150, 400)
    now = [
        ui.player(
            c.pick(words.SONGS),
            c.pick(words.ARTISTS),
            c.rng.randint(0, length),
            length,
            c.chance(0.6),
            c.photo("music"),
        )
    ]
    body = [*sliders, toggles] if c.chance(0.5) else [toggles, *sliders]
    return ui.screen(
        ui.header(c.t("Quick settings", "快捷设置"), actions=["edit", "settings"]),
        [*body, *(now if c.chance(0.4) else [])],
    )


def privacy(c: Content) -> ui.Screen:
    rights = (
        ("Camera", "相机", "camera"),
        ("Microphone", "麦克风", "mic"),
        ("Location", "定位", "location"),
        ("Contacts", "通讯录", "person"),
        ("Photos", "照片", "image"),
        ("Calendar", "日历", "calendar"),
        ("Files", "文件", "folder"),
        ("Bluetooth", "蓝牙", "bluetooth"),
    )
    rows = [
        (c.t(en, zh), icon, c.t(f"{c.rng.randint(2, 24)} apps", f"{c.rng.randint(2, 24)}个应用"))
        for en, zh, icon in rights
    ]
    body = [
        ui.banner(
            c.t(
                f"{c.pick(words.APP_NAMES)} used your location {c.rng.randint(2, 50)} times today.",
                f"{c.pick(words.APP_NAMES)}今天使用了{c.rng.randint(2, 50)}次您的位置。",
            ),
            "warning",
            "location",
        ),
        common.links(c.some(rows, 5, 8), c.t("Permissions", "权限")),
        common.switches(
            c,
            [
                (c.t("Camera access", "允许使用相机"), "camera"),
                (c.t("Microphone access", "允许使用麦克风"), "mic"),
                (c.t("Show passwords", "显示密码"), "eye"),
                (c.t("Share usage data", "共享使用数据"), "stats"),
            ],
            footer=c.t("For all apps and services.", "适用于所有应用和服务。"),
        ),
    ]
    return ui.screen(
        common.inner(c, c.t("Privacy", "隐私"), back=c.t("Settings", "设置")),
        body[0 if c.chance(0.5) else 1 :],
        overlays=[common.toast(c)],
    )


def permission_request(c: Content) -> ui.Screen:
    app = c.pick(words.APP_NAMES)
    right, reason = c.rng.choice(
        (
            (c.t("your location", "您的位置"), c.t("It shows places near you.", "用于显示您附近的地点。")),
            (c.t("the camera", "相机"), c.t("It is needed to scan codes.", "用于扫描二维码。")),
            (c.t("your contacts", "通讯录"), c.t("It helps to find friends.", "用于查找好友。")),
            (c.t("the microphone", "麦克风"), c.t("It is needed for voice messages.", "用于发送语音消息。")),
            (c.t("your photos", "您的照片"), c.t("Pick pictures to share.", "用于选择要分享的图片。")),
        )
    )
    many = c.all(pairs("Allow|允许; Only once|仅一次; Deny|拒绝"))
    labels = many if c.chance(0.5) else [c.t("Don't allow", "不允许"), c.t("Allow", "允许")]
    ask = ui.dialog(c.t(f"Allow {app} to use {right}?", f"允许“{app}”使用{right}？"), reason, *labels)
    body = [
        ui.text(c.t(f"Welcome to {app}", f"欢迎使用{app}"), "title"),
        ui.picture(c.photo("object", "place", "plant"), c.rng.choice((160, 200, 240))),
        ui.text(c.t("A few settings before you start.", "开始前请完成几项设置。")),
        common.switches(
            c,
            [
                (c.t("Notifications", "通知"), "bell"),
                (c.t("Location", "定位"), "location"),
                (c.t("Backup", "备份"), "cloud"),
            ],
        ),
        ui.button(c.t("Continue", "继续"), disabled=c.chance(0.4) or None),
        ui.button(c.t("Not now", "以后再说"), "text"),
    ]
    return ui.screen(ui.header(app), body, overlay=ask)


SERVICES = dict(
    zip(
        pairs("""
            Buses|公交; Ferries|渡轮; Cycle hire|共享单车; Laundry|洗衣; Pizza|披萨; Pets|宠物; First aid|急救
            Printing|打印; Repairs|维修; Keys cut|配钥匙; Fast food|快餐; Laptops|电脑; Awards|奖励; Scan code|扫一扫
            Top up|充值; Painting|粉刷; Jobs|招聘; Upload|上传; Statistics|统计; Announcements|公告; Pulse|心电
            Colours|配色; Desktop|桌面; Support|客服; Buildings|楼宇; Report a bug|报错
            """),
        (
            "bus boat bicycle shirt pizza paw bandage print wrench key fast-food laptop medal qr-code power brush"
            " briefcase upload bar-chart megaphone pulse palette desktop help building bug"
        ).split(),
        strict=True,
    )
)


def services(c: Content) -> ui.Screen:
    """What a town or a super-app offers, as a board of icons."""
    columns = c.rng.choice((3, 4, 4))
    chosen = c.rng.sample(list(SERVICES), columns * c.rng.randint(3, 5))
    tiles = [{"icon": SERVICES[pair], "label": pair[c.zh], "color": c.color()} for pair in chosen]
    for tile in tiles:
        if c.chance(0.12):
            tile["badge"] = c.rng.choice((c.t("New", "新"), str(c.rng.randint(1, 9))))
    cut = columns * c.rng.randint(1, 2)
    body = [
        ui.text(c.t("Often used", "常用"), "heading"),
        ui.grid(columns, tiles[:cut]),
        ui.text(c.t("All services", "全部服务"), "heading"),
        ui.grid(columns, tiles[cut:]),
        common.links([(c.t("Opening hours", "服务时间"), "clock", f"{c.clock(c.at(9))} – {c.clock(c.at(17))}")]),
    ]
    if c.chance(0.4):
        body.insert(0, ui.banner(c.t("Offices are closed on Monday.", "周一暂停办公。"), "info", "megaphone"))
    head = common.top(c, c.t("Services", "服务"), "qr-code", search=c.t("Search services", "搜索服务"))
    return ui.screen(head, body, overlays=[common.toast(c), common.edit_menu(c), common.incoming(c)])


APPS = {
    "services": services,
    "launcher": launcher,
    "lock_screen": lock_screen,
    "quick_settings": quick_settings,
    "privacy": privacy,
    "permission_request": permission_request,
}
