"""Unanswerable: what screens of this kind often tell, asked of one that does not.

Asked in the very words of the questions that have an answer, so that the words do not give it away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pocketvlm.datasets.rendered.questions import by_meaning, chart, lookup, state
from pocketvlm.datasets.rendered.questions.drafts import NONE, Both, Draft, Slot, ask
from pocketvlm.datasets.rendered.questions.screen import Screen


def _pairs(text: str) -> tuple[Both, ...]:
    """ "English|Chinese" pairs set apart by semicolons."""
    split = [entry.strip().split("|") for entry in text.replace("\n", ";").split(";") if entry.strip()]
    return tuple(Both((english,), (chinese,)) for english, chinese in split)


SWITCHES = {  # what may be on or off, or be ticked, on screens of a group
    "settings": _pairs("""
Wi-Fi|无线局域网; Bluetooth|蓝牙; Airplane mode|飞行模式; Location|定位; Dark mode|深色模式; Auto-rotate|自动旋转
Hotspot|个人热点; Vibrate|振动; Battery saver|省电模式; Do not disturb|勿扰模式; Auto-lock|自动锁定
Night light|夜间模式; Data roaming|数据漫游; Sync contacts|同步联系人; Show previews|显示预览
Automatic updates|自动更新; Backup|备份; NFC|NFC; Face unlock|面部解锁; Captions|字幕; Reduce motion|减弱动态效果"""),
    "forms": _pairs("""
Remember me|记住我; Newsletter|订阅简讯; Accept terms|同意条款; Billing address|账单地址; Save card|保存卡片
Two-step sign-in|两步验证; Text reminders|短信提醒"""),
    "home": _pairs("""
Basement light|地下室灯; Garage door|车库门; Hallway lamp|走廊灯; Balcony plug|阳台插座; Attic fan|阁楼风扇
Guest room heater|客房暖气; Pool pump|泳池水泵"""),
    "lists": _pairs("""
Swimming lesson|游泳课; Collect the dry cleaning|取干洗衣物; Piano tuner|钢琴调音; Renew insurance|续保
Vaccination|打疫苗; Sharpen knives|磨刀"""),
}
VALUES = {  # what has a value on screens of a group
    "settings": _pairs("""
Serial number|序列号; Model number|型号; Last backup|上次备份; Screen timeout|屏幕超时; Region|地区; Kernel|内核版本
Warranty|保修期; Keyboard layout|键盘布局"""),
    "money": _pairs("""
Interest rate|利率; Overdraft|透支额度; Account number|账号; Tax number|税号; Reward points|积分; Cashback|返现
Exchange fee|兑换手续费; Dividend|股息"""),
    "shops": _pairs("""
Discount|折扣; Delivery fee|配送费; Warranty|保修期; Service charge|服务费; Promo code|优惠码; Gift card|礼品卡
Return date|退货日期; Invoice number|发票号"""),
    "travel": _pairs("""
Seat|座位; Gate|登机口; Terminal|航站楼; Baggage|行李额; Room number|房间号; Check-out|退房时间; Meeting point|集合地点
Toll|过路费; Licence plate|车牌"""),
    "health": _pairs("""
Calories|卡路里; Heart rate|心率; Blood pressure|血压; Body weight|体重; Body fat|体脂率; Temperature|体温; Oxygen|血氧
Trainer|教练"""),
    "learning": _pairs("""
Teacher|老师; Classroom|教室; Homework|家庭作业; Exam date|考试日期; Credits|学分; Streak|连续天数; Level|级别
Certificate|证书"""),
    "media": _pairs("""
Director|导演; Narrator|朗读者; Publisher|出版社; Release year|发行年份; Genre|类型; File size|文件大小
Age rating|年龄分级; Photographer|摄影师"""),
    "people": _pairs("""
Nickname|昵称; Job title|职位; Fax|传真; Website|网站; Anniversary|纪念日; Postcode|邮编; Department|部门
Time zone|时区"""),
    "lists": _pairs("""
Due date|到期日; Priority|优先级; Owner|负责人; Attachment|附件; Deadline|截止时间; Venue|场地; Budget|预算
Version|版本"""),
}
_APPS = {  # groups of both tables, by the apps in them
    "settings": """settings wifi bluetooth display sound notification_settings battery storage software_update
        accessibility about_phone quick_settings privacy permission_request launcher""",
    "forms": "login sign_up code address survey transfer checkout reservation event_edit appointment",
    "home": "smart_home thermostat light energy security",
    "money": "bank_account transfer cards bill stocks budget currency plans receipt",
    "shops": """shop product shopping_cart checkout orders order_tracking app_store
        restaurants menu food_cart delivery reservation menu_card sign""",
    "travel": "map_search directions transit_board boarding_pass hotel ride parking trips",
    "health": "steps sleep medication workout gym appointment water recipe",
    "learning": "lesson courses quiz flashcards grades timetable",
    "media": "music_player playlist podcasts gallery albums photo videos news article library files downloads",
    "people": "contacts contact_card profile account messages mail_message feed",
    "lists": """alarm alarm_edit calendar agenda notes note todo reminders board event poll
        scores league timer world_clock""",
}
_GROUPS = {
    app: [name for name, apps in _APPS.items() if app in apps.split()] for app in " ".join(_APPS.values()).split()
}
LABELS = _pairs(
    """
Jan|1月; Apr|4月; Aug|8月; Dec|12月; Mon|周一; Thu|周四; Sun|周日; Insurance|保险; Pets|宠物; 2019|2019; Cinema|电影
Week 9|第9周"""
)
PEOPLE = _pairs("""
Priya Natarajan|赵思远; Oluwaseun Bello|欧阳雪; Greta Lindqvist|司马云; Tomás Herrera|慕容晨; Yuki Tanabe|诸葛明
Fatima Al-Sayed|上官婉""")
MESSAGES_FROM = ask(
    """What did {name} write? | What is the message from {name}? | What does {name}'s message say?
    When did {name} write? | What does {name} want?""",
    """{name}写了什么？ | {name}发来的消息是什么？ | {name}说了什么？""",
)
TRACK = ask(
    """Who wrote the lyrics of this track? | Which record label is this on? | What genre is this track?
    How many people have liked this track?""",
    """这首歌的作词是谁？ | 这首歌是哪家唱片公司的？""",
)
WEATHER = ask(
    """What is the pollen count? | What's the air pressure? | When does the moon rise?
    What is the water temperature at the beach?""",
    """花粉指数是多少？ | 气压是多少？ | 月亮几点升起？ | 海水温度是多少？""",
)
BATTERY = ask(
    """How many charging cycles has the battery had? | What is the battery's temperature?
    What is the battery's voltage? | How old is the battery?""",
    """电池充电了多少次？ | 电池温度是多少？ | 电池电压是多少？""",
)
CARRIER = ask(
    """Which mobile network is the phone on? | What is the carrier's name? | Which operator's signal is shown?
    What's the name of the phone network?""",
    """手机用的是哪家运营商？ | 运营商叫什么名字？ | 当前网络是哪家的？""",
)
_APP_FACTS: dict[str, tuple[Both, tuple[str, ...]]] = {  # what an app does not show, unless one of the words is there
    "weather": (WEATHER, ("pollen", "pressure", "moon", "water temp", "花粉", "气压", "月", "海水")),
    "music_player": (TRACK, ("lyrics", "genre", "label", "year", "作词", "发行", "唱片")),
    "battery": (BATTERY, ("cycle", "temperature", "voltage", "old", "循环", "温度", "电压", "次")),
}


def drafts(screen: Screen) -> Iterator[Draft]:
    groups = _GROUPS.get(screen.app, [])
    for name in _absent(screen, groups, SWITCHES):
        for role, ways in (("switch", state.ON_OR_OFF), ("switch", state.ON_YES), ("checkbox", state.CHECKED)):
            if screen.all(role):
                yield _draft(screen, f"{role} {name.en[0]}", ways, name=name)
    for name in _absent(screen, groups, VALUES):
        if screen.all("value", "detail", "stat"):
            yield _draft(screen, f"value {name.en[0]}", lookup.VALUE, name=name)
        if screen.all("stat"):
            yield _draft(screen, f"value {name.en[0]}", lookup.STAT, name=name)
    for name in _absent(screen, ["labels"], {"labels": LABELS}) if screen.all("chart_value") else ():
        yield _draft(screen, f"chart {name.en[0]}", chart.VALUE, name=name)
    if screen.app in ("messages", "mail_inbox", "contacts", "call_log", "lock_screen"):
        for name in _absent(screen, ["people"], {"people": PEOPLE}):
            yield _draft(screen, f"person {name.en[0]}", MESSAGES_FROM, name=name)
    yield from _facts(screen)
    yield from by_meaning.missing(screen)


def _facts(screen: Screen) -> Iterator[Draft]:
    ways, words = _APP_FACTS.get(screen.app, (None, ()))
    if ways and not any(word in screen.words for word in words):
        yield _draft(screen, f"fact of {screen.app}", ways)
    mentions = ("network", "carrier", "mobile", "sim", "operator", "网络", "运营商", "移动", "联通", "电信")
    if screen.all("signal") and not any(word in screen.words for word in mentions):
        yield _draft(screen, "carrier", CARRIER)


def _absent(screen: Screen, groups: Iterable[str], names: Mapping[str, tuple[Both, ...]]) -> Iterator[Both]:
    """The names, of some groups, of which the screen has no word in either language, seen or cut off."""
    for name in (name for group in groups for name in names.get(group, ())):
        english = [word for word in name.en[0].casefold().replace("-", " ").split() if len(word) > 2]
        if not any(word in screen.words for word in [name.en[0].casefold(), name.zh[0].casefold(), *english]):
            yield name


def _draft(screen: Screen, about: str, ways: Both, **slots: Slot) -> Draft:
    return Draft("unanswerable", f"no {about}", ways, NONE, slots)
