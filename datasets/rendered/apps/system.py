"""The phone's own settings: sound, screen, power, storage, updates."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

SLEEP = pairs(
    "15 seconds|15秒; 30 seconds|30秒; 1 minute|1分钟; 2 minutes|2分钟; 5 minutes|5分钟; 10 minutes|10分钟; Never|永不"
)


def back_to_settings(c: Content, title: str, *actions: str) -> ui.Component:
    return common.inner(c, title, *actions, back=c.t("Settings", "设置"))


def display(c: Content) -> ui.Screen:
    modes = c.all(pairs("Light|浅色; Dark|深色; Auto|自动"))
    body = [
        ui.text(c.t("Appearance", "外观"), "heading")
        if c.chance(0.5)
        else ui.section(
            [ui.item(c.t("Screen timeout", "自动锁屏"), None, c.pick(SLEEP), icon="clock", control=ui.chevron())]
        ),
        ui.segments(modes, c.rng.randrange(3)),
        ui.slider(c.t("Brightness", "亮度"), c.rng.randint(5, 100)),
        common.switches(
            c,
            [
                (c.t("Auto-brightness", "自动亮度"), "sun"),
                (c.t("Night light", "护眼模式"), "moon"),
                (c.t("Raise to wake", "抬起唤醒"), "phone"),
                (c.t("Always-on display", "息屏显示"), "eye"),
            ],
        ),
        ui.slider(c.t("Text size", "文字大小"), c.rng.randint(1, 5), 1, 5),
        common.radios(c, c.all(SLEEP)[: c.rng.randint(4, 7)], c.t("Screen timeout", "自动锁屏")),
        ui.section(
            [ui.item(c.t("Refresh rate", "刷新率"), None, f"{c.rng.choice((60, 90, 120))} Hz", control=ui.chevron())]
        ),
    ]
    return ui.screen(back_to_settings(c, c.t("Display", "显示")), body, overlays=[common.toast(c)])


def sound(c: Content) -> ui.Screen:
    levels = c.all(pairs("Ringtone|铃声; Notifications|通知; Media|媒体; Alarm|闹钟; Calls|通话"))
    icons = ("bell", "chat", "music", "alarm", "call")
    rows = [
        ui.item(name, icon=icon, control=ui.row_slider(c.rng.randint(0, 100)))
        for name, icon in zip(levels, icons, strict=True)
    ]
    tones = common.radios(c, c.sample(words.SONGS, 6), c.t("Ringtone", "手机铃声"))
    extra = common.switches(
        c,
        [
            (c.t("Vibrate on ring", "响铃时振动"), None),
            (c.t("Keyboard clicks", "按键音"), None),
            (c.t("Lock sound", "锁屏提示音"), None),
            (c.t("Charging sound", "充电提示音"), None),
        ],
    )
    parts = [ui.section(rows, c.t("Volume", "音量")), extra, tones]
    if c.chance(0.5):
        parts.insert(0, ui.segments(c.all(pairs("Ring|响铃; Vibrate|振动; Silent|静音")), c.rng.randrange(3)))
    return ui.screen(back_to_settings(c, c.t("Sound", "声音")), parts, overlays=[common.toast(c)])


def notification_settings(c: Content) -> ui.Screen:
    apps = c.rng.sample(words.APP_NAMES, c.rng.randint(7, 13))
    rows = [
        ui.item(
            app[c.zh],
            c.t(f"{c.rng.randint(1, 60)} a day", f"每天{c.rng.randint(1, 60)}条"),
            icon=common.APP_ICONS[app[0]],
            icon_color=c.color(),
            control=ui.switch(c.chance(0.7)),
        )
        for app in apps
    ]
    top = ui.section(
        [
            ui.item(
                c.t("Show previews", "显示预览"),
                None,
                c.pick(pairs("Always|始终; When unlocked|解锁时; Never|从不")),
                control=ui.chevron(),
            ),
            ui.item(
                c.t("Do not disturb", "勿扰模式"),
                f"{c.clock(c.at(22))} – {c.clock(c.at(7))}",
                control=ui.switch(c.chance(0.4)),
            ),
        ]
    )
    body = [top, ui.section(rows, c.t("Apps", "应用"))]
    return ui.screen(
        back_to_settings(c, c.t("Notifications", "通知"), "search"),
        body,
        overlays=[common.toast(c), common.incoming(c)],
    )


def battery(c: Content) -> ui.Screen:
    level = c.rng.randint(6, 100)
    apps = c.sample(words.APP_NAMES, 6)
    shares = sorted(common.split_evenly(c, 100, 6), reverse=True)
    hours = [f"{hour:02}" for hour in range(0, 24, 4)]
    used = [round(value) for value in common.wander(c, c.rng.randint(5, 20), 9, 6, 1)]
    usage = [
        ui.item(app, None, f"{share}%", control=ui.row_progress(share / 100) if c.chance(0.9) else None)
        for app, share in zip(apps, shares, strict=True)
    ]
    body = [
        ui.progress(c.t("Charge", "电量"), level / 100),
        ui.text(c.t(f"About {c.minutes(level * 9)} left", f"预计还可使用{c.minutes(level * 9)}"), "caption"),
        common.switches(
            c,
            [
                (c.t("Low power mode", "低电量模式"), "battery"),
                (c.t("Battery percentage", "电量百分比"), None),
                (c.t("Optimised charging", "优化充电"), "flash"),
            ],
        ),
        ui.chart("bar", c.t("Use by hour", "每时段用电"), hours, used, "%", c.rng.randrange(6)),
        ui.section(usage, c.t("Use by app", "各应用用电")),
        ui.section([ui.item(c.t("Battery health", "电池健康"), None, f"{c.rng.randint(78, 100)}%", icon="heart")]),
    ]
    if level < 20:
        body.insert(
            0,
            ui.banner(
                c.t("Battery is low. Turn on low power mode.", "电量不足，请打开低电量模式。"), "warning", "warning"
            ),
        )
    return ui.screen(back_to_settings(c, c.t("Battery", "电池")), body, overlays=[common.toast(c)])


def storage(c: Content) -> ui.Screen:
    total = c.rng.choice((64, 128, 256, 512))
    kinds = c.all(pairs("Apps|应用; Photos|照片; Video|视频; Music|音乐; System|系统; Other|其他"))
    used = c.rng.randint(total // 3, total - 6)
    parts = sorted(common.split_evenly(c, used, 6), reverse=True)
    icons = ("tablet", "image", "film", "music", "settings", "document")
    rows = [
        ui.item(kind, None, f"{size} GB", icon=icon, icon_color=c.color(), control=ui.chevron())
        for kind, size, icon in zip(kinds, parts, icons, strict=True)
    ]
    summary = c.t(f"{used} GB of {total} GB used", f"已用{used} GB，共{total} GB")
    body = [
        ui.progress(summary, used / total),
        *([ui.chart("pie", c.t("What takes space", "空间占用"), kinds, parts, "GB")] if c.chance(0.5) else []),
        ui.section(rows, footer=c.t(f"{total - used} GB free", f"剩余{total - used} GB")),
        ui.button(c.t("Free up space", "清理空间"), "outline", icon="trash", disabled=c.chance(0.2) or None),
    ]
    if used / total > 0.9:
        body.insert(0, ui.banner(c.t("Storage is almost full.", "存储空间即将用尽。"), "danger", "warning"))
    ask = ui.dialog(
        c.t("Clear cache?", "清除缓存？"),
        c.t(f"{c.rng.randint(100, 900)} MB will be freed.", f"将释放{c.rng.randint(100, 900)} MB。"),
        c.t("Cancel", "取消"),
        c.t("Clear", "清除"),
    )
    return ui.screen(back_to_settings(c, c.t("Storage", "存储")), body, overlays=[ask, common.toast(c)])


def software_update(c: Content) -> ui.Screen:
    version = f"{c.rng.randint(12, 19)}.{c.rng.randint(0, 6)}.{c.rng.randint(1, 4)}"
    size = c.size(c.rng.randint(180, 4200))
    share = c.rng.randint(3, 97) / 100
    notes = c.sample(
        pairs("""
            Better battery life in standby|改善待机续航; New wallpapers and widgets|新壁纸与小组件
            Faster app opening|应用打开更快; Security fixes|安全修复
            Fixes calls dropping on some networks|修复部分网络掉话; Camera opens more quickly|相机启动更快
            New emoji|新增表情符号; Smoother scrolling in long lists|长列表滚动更流畅
            """),
        4,
    )
    loading = c.chance(0.5)
    state = (
        ui.progress(c.t("Downloading…", "正在下载…"), share)
        if loading
        else ui.button(c.t("Download and install", "下载并安装"), icon="download")
    )
    body = [
        ui.text(c.t(f"System {version}", f"系统 {version}"), "title"),
        ui.text(f"{size} · {c.dated(c.now - timedelta(days=c.rng.randint(0, 20)))}", "caption"),
        state,
        ui.text(c.t("What is new", "更新内容"), "heading"),
        *[ui.text(f"• {note}") for note in notes],
        common.switches(
            c,
            [
                (c.t("Automatic updates", "自动更新"), "refresh"),
                (c.t("Download over Wi-Fi only", "仅在Wi-Fi下下载"), "wifi"),
            ],
        ),
    ]
    ask = ui.dialog(
        c.t("Install now?", "现在安装？"),
        c.t("The phone will restart.", "手机将重新启动。"),
        c.t("Tonight", "今晚"),
        c.t("Install", "安装"),
    )
    return ui.screen(back_to_settings(c, c.t("Software update", "软件更新")), body, overlays=[ask, common.toast(c)])


def accessibility(c: Content) -> ui.Screen:
    see = [
        (c.t("Bold text", "粗体文本"), "text"),
        (c.t("High contrast", "高对比度"), "contrast"),
        (c.t("Magnifier", "放大器"), "search"),
        (c.t("Reduce motion", "减弱动态效果"), None),
        (c.t("Invert colours", "反转颜色"), None),
    ]
    hear = [
        (c.t("Live captions", "实时字幕"), "chat"),
        (c.t("Mono audio", "单声道音频"), "headphones"),
        (c.t("Flash for alerts", "闪光灯提醒"), "flash"),
    ]
    body = [
        common.switches(c, c.some(see, 3, 5), c.t("Vision", "视觉")),
        common.switches(c, hear, c.t("Hearing", "听觉")),
        ui.slider(c.t("Speech rate", "语速"), c.rng.randint(10, 90)),
        common.radios(c, c.all(pairs("Slow|慢; Normal|正常; Fast|快")), c.t("Touch delay", "触摸延迟")),
    ]
    return ui.screen(back_to_settings(c, c.t("Accessibility", "无障碍")), body, overlays=[common.toast(c)])


def about_phone(c: Content) -> ui.Screen:
    rows = [
        ui.item(
            c.t("Model", "型号"),
            None,
            f"{c.rng.choice(('Nova', 'Lumen', 'Orbit', 'Pixelon', 'Aria'))} {c.rng.randint(3, 15)}",
        ),
        ui.item(c.t("System version", "系统版本"), None, f"{c.rng.randint(11, 19)}.{c.rng.randint(0, 6)}"),
        ui.item(c.t("Serial number", "序列号"), None, c.code("?##??###??")),
        ui.item("IMEI", None, c.code("35######-######-#")),
        ui.item(c.t("IP address", "IP地址"), None, f"192.168.{c.rng.randint(0, 9)}.{c.rng.randint(2, 250)}"),
        ui.item(c.t("Wi-Fi address", "Wi-Fi地址"), None, ":".join(f"{c.rng.randrange(256):02x}" for _ in range(6))),
        ui.item(c.t("Memory", "内存"), None, f"{c.rng.choice((4, 6, 8, 12, 16))} GB"),
        ui.item(c.t("Storage", "存储"), None, f"{c.rng.choice((64, 128, 256, 512))} GB"),
    ]
    body = [
        ui.section(
            [
                ui.item(
                    c.t("Device name", "设备名称"),
                    None,
                    c.t(f"{c.first_name()}'s phone", f"{c.name()}的手机"),
                    control=ui.chevron(),
                )
            ]
        ),
        ui.section(c.some(rows, 6, 8)),
        common.links(
            [(c.t("Legal information", "法律信息"), None, None), (c.t("Regulatory marks", "监管标志"), None, None)]
        ),
        ui.button(c.t("Check for updates", "检查更新"), "outline", icon="refresh"),
    ]
    return ui.screen(
        back_to_settings(c, c.t("About phone", "关于手机")),
        body,
        overlays=[common.toast(c), ui.menu(c.t("Copy", "复制"))],
    )


APPS = {
    "display": display,
    "sound": sound,
    "notification_settings": notification_settings,
    "battery": battery,
    "storage": storage,
    "software_update": software_update,
    "accessibility": accessibility,
    "about_phone": about_phone,
}
