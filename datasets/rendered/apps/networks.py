"""Wi-Fi, Bluetooth, and the list of all settings."""

from __future__ import annotations

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.apps.system import back_to_settings
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

NETWORKS = pairs("""
HomeNet-5G|家庭网络-5G; CoffeeHouse|咖啡馆; Library Guest|图书馆访客; Office-2F|办公室2楼; TP-Link_4C2A|TP-Link_4C2A
Hotel Lobby|酒店大堂; Neighbour 24|邻居24; Airport Free|机场免费; BlueSky|蓝天; Studio|工作室
Printer-Direct|打印机直连; MyPhone|我的手机; Train WiFi|列车无线网; Garden|花园
""")
DEVICES = pairs("""
Headphones Pro|降噪耳机; Car audio|车载音响; Living room speaker|客厅音箱; Keyboard K3|键盘K3; Fitness band|运动手环
Game controller|游戏手柄; Mouse M2|鼠标M2; Smart watch|智能手表; Bedroom TV|卧室电视; Earbuds Mini|迷你耳塞
Printer|打印机; Tablet|平板电脑
""")


def setting_groups(c: Content) -> list[list[tuple[str, str, str | None]]]:
    """Label, icon and value of the settings, group by group."""
    return [
        [
            ("Wi-Fi", "wifi", c.pick(NETWORKS)),
            (c.t("Bluetooth", "蓝牙"), "bluetooth", c.t(*c.rng.choice((("On", "开"), ("Off", "关"))))),
            (c.t("Mobile data", "移动数据"), "earth", None),
            (c.t("Hotspot", "热点"), "link", c.t("Off", "关")),
        ],
        [
            (c.t("Notifications", "通知"), "bell", None),
            (c.t("Sound", "声音"), "volume", None),
            (c.t("Display", "显示"), "sun", None),
            (c.t("Wallpaper", "壁纸"), "image", None),
            (c.t("Focus", "专注模式"), "moon", None),
        ],
        [
            (c.t("Battery", "电池"), "battery", f"{c.rng.randint(8, 100)}%"),
            (c.t("Storage", "存储"), "save", None),
            (c.t("Privacy", "隐私"), "shield", None),
            (c.t("Location", "定位"), "location", None),
        ],
        [
            (c.t("Language", "语言"), "text", c.t("English", "简体中文")),
            (c.t("Date & time", "日期与时间"), "clock", None),
            (c.t("Accessibility", "无障碍"), "person", None),
            (c.t("About phone", "关于手机"), "info", None),
        ],
    ]


def settings(c: Content) -> ui.Screen:
    name = c.name()
    body = [
        ui.section(
            [
                ui.item(
                    name,
                    c.t("Account, backup and payment", "账号、备份与付款"),
                    avatar=c.initials(name),
                    control=ui.chevron(),
                )
            ]
        )
    ]
    mode = ui.item(
        c.t("Airplane mode", "飞行模式"), icon="airplane", icon_color="#f4511e", control=ui.switch(c.chance(0.2))
    )
    coloured = c.chance(0.6)
    for number, group in enumerate(setting_groups(c)):
        rows = [
            ui.item(
                label,
                None,
                value,
                icon=icon,
                icon_color=c.color() if coloured else None,
                control=ui.chevron(),
            )
            for label, icon, value in c.some(group, 3, len(group))
        ]
        body.append(ui.section([mode, *rows] if number == 0 else rows))
    if c.chance(0.3):
        body.insert(
            1, ui.banner(c.t("A software update is ready to install.", "有软件更新可安装。"), "info", "download")
        )
    return ui.screen(
        common.top(c, c.t("Settings", "设置"), search=c.t("Search settings", "搜索设置")),
        body,
        overlays=[common.incoming(c)],
    )


def wifi(c: Content) -> ui.Screen:
    names = c.sample(NETWORKS, c.rng.randint(5, 10))
    known, others = names[0], names[1:]
    head = ui.section(
        [
            ui.item("Wi-Fi", icon="wifi", control=ui.switch(True)),
            ui.item(known, c.t("Connected", "已连接"), icon="check", control=ui.chevron()),
        ]
    )
    kinds, chosen = c.all(pairs("Secured|加密; Open|开放; Saved|已保存")), c.rng.randrange
    icons = ("lock", "wifi", "wifi")
    rows = [
        ui.item(name, kinds[kind], icon=icons[kind], control=ui.chevron()) for name in others for kind in [chosen(3)]
    ]
    extra = common.switches(
        c, [(c.t("Ask to join networks", "询问是否加入网络"), None), (c.t("Auto-join hotspot", "自动加入热点"), None)]
    )
    join = ui.dialog(
        c.t(f"Join “{others[0]}”?", f"加入“{others[0]}”？"),
        c.t("This network is not secure.", "此网络不安全。"),
        c.t("Cancel", "取消"),
        c.t("Join", "加入"),
    )
    body = [head, ui.section(rows, c.t("Other networks", "其他网络")), extra]
    if c.chance(0.12):
        off = ui.section([ui.item("Wi-Fi", icon="wifi", control=ui.switch(False))])
        body = [
            off,
            ui.text(c.t("Turn on Wi-Fi to see networks nearby.", "打开Wi-Fi以查看附近的网络。"), "caption"),
            extra,
        ]
    return ui.screen(back_to_settings(c, "Wi-Fi", "refresh"), body, overlays=[join, common.toast(c)])


def bluetooth(c: Content) -> ui.Screen:
    names = c.sample(DEVICES, c.rng.randint(5, 9))
    states = c.all(pairs("Connected|已连接; Not connected|未连接; Not connected|未连接"))
    cut = c.rng.randint(2, 4)
    icons = ("headphones", "speaker", "car", "watch", "tv", "tablet", "game")
    mine = []
    for name in names[:cut]:
        state = c.rng.choice(states)
        power = f" · {c.t('Battery', '电量')} {c.rng.randint(10, 100)}%" if state == states[0] else ""
        mine.append(ui.item(name, state + power, icon=c.rng.choice(icons), control=ui.chevron()))
    near = [ui.item(name, control=ui.row_button(c.t("Pair", "配对"))) for name in names[cut:]]
    body = [
        ui.section(
            [ui.item(c.t("Bluetooth", "蓝牙"), icon="bluetooth", control=ui.switch(True))],
            footer=c.t("This phone is visible to devices nearby.", "附近的设备可发现此手机。"),
        ),
        ui.section(mine, c.t("My devices", "我的设备")),
        ui.section(near, c.t("Other devices", "其他设备")),
    ]
    pin = c.code("######")
    pair = ui.dialog(
        c.t("Pairing request", "配对请求"),
        c.t(f"Pair with {names[-1]}? Code: {pin}", f"与{names[-1]}配对？配对码：{pin}"),
        c.t("Cancel", "取消"),
        c.t("Pair", "配对"),
    )
    return ui.screen(back_to_settings(c, c.t("Bluetooth", "蓝牙")), body, overlays=[pair, common.toast(c)])


APPS = {
    "settings": settings,
    "wifi": wifi,
    "bluetooth": bluetooth,
}
