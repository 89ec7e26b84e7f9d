"""Lessons, quizzes, cards, grades, timetables, surveys."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.pictures import PICTURES
from pocketvlm.datasets.rendered.words import pairs

SUBJECTS = pairs(
    """
        Maths|数学; English|英语; Chinese|语文; History|历史; Biology|生物; Physics|物理; Chemistry|化学
        Geography|地理; Art|美术; Music|音乐; Sport|体育; Computing|计算机
        """
)
QUIZ = (
    ("What is the capital of Norway?", "挪威的首都是哪里？", pairs("""
        Oslo|奥斯陆; Bergen|卑尔根; Stockholm|斯德哥尔摩; Helsinki|赫尔辛基
        """)),
    ("How many sides has a hexagon?", "六边形有几条边？", pairs("6|6; 5|5; 7|7; 8|8")),
    ("Which planet is nearest to the sun?", "离太阳最近的行星是哪个？", pairs("""
        Mercury|水星; Venus|金星; Mars|火星; Earth|地球
        """)),
    ("What is 7 × 8?", "7 × 8等于多少？", pairs("56|56; 54|54; 63|63; 48|48")),
    ("Which gas do plants take in?", "植物吸收哪种气体？", pairs("""
        Carbon dioxide|二氧化碳; Oxygen|氧气; Nitrogen|氮气; Helium|氦气
        """)),
    ("Who painted the Mona Lisa?", "《蒙娜丽莎》是谁画的？", pairs("""
        Leonardo da Vinci|达·芬奇; Michelangelo|米开朗基罗; Rembrandt|伦勃朗; Monet|莫奈
        """)),
    ("What is the longest river in Asia?", "亚洲最长的河是哪条？", pairs("""
        Yangtze|长江; Mekong|湄公河; Ganges|恒河; Yellow River|黄河
        """)),
    ("How many strings has a violin?", "小提琴有几根弦？", pairs("4|4; 5|5; 6|6; 3|3")),
    ("At how many °C does water boil at sea level?", "海平面上水在多少摄氏度沸腾？", pairs("""
        100|100; 90|90; 110|110; 80|80
        """)),
    ("Which is a mammal?", "下面哪个是哺乳动物？", pairs("Whale|鲸鱼; Shark|鲨鱼; Penguin|企鹅; Crocodile|鳄鱼")),
)  # fmt: skip
SURVEY = pairs(
    """
        How satisfied are you with our service?|您对我们的服务满意吗？
        How likely are you to recommend us?|您有多大可能推荐我们？
        How easy was it to find what you needed?|找到所需内容是否容易？; How was your last visit?|上次光临体验如何？
        """
)


def learn_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Learn|学习; Practice|练习; Rank|排行; Profile|我的"))
    return ui.tabs(list(zip(("book", "bulb", "trophy", "person"), labels, strict=True)), selected)


def lesson(c: Content) -> ui.Screen:
    """A picture to name in the other language, with four words to choose from."""
    names = c.photos(4, c.rng.choice(("animal", "fruit", "food", "clothing", "vehicle")))
    right = c.rng.randrange(4)
    options = [PICTURES[name].name if c.zh else PICTURES[name].chinese for name in names]
    done, picked = c.rng.randint(1, 14), c.rng.randrange(4) if c.chance(0.7) else None
    checked = picked is not None and c.chance(0.5)
    body = [
        ui.progress(c.t(f"{done} of 15", f"{done} / 15"), done / 15),
        ui.text(c.t("What is this?", "这是什么？"), "title"),
        ui.picture(names[right], c.rng.choice((160, 200)), None if c.chance(0.5) else c.called(names[right])),
        ui.section([ui.item(option, control=ui.radio(i == picked)) for i, option in enumerate(options)]),
    ]
    if checked:
        body.append(
            ui.banner(c.t("Correct!", "正确！"), "success", "check")
            if picked == right
            else ui.banner(c.t(f"The answer is {options[right]}", f"正确答案：{options[right]}"), "danger", "close")
        )
    body.append(ui.button(c.t("Next", "下一题") if checked else c.t("Check", "检查"), disabled=picked is None or None))
    head = ui.header(
        c.t("Chinese", "英语") + f" · {c.t('Unit', '单元')} {c.rng.randint(1, 30)}", back="", actions=["heart"]
    )
    return ui.screen(
        head,
        body,
        overlays=[
            ui.dialog(
                c.t("Leave the lesson?", "退出课程？"),
                c.t("Your progress will be lost.", "进度将丢失。"),
                c.t("Stay", "继续学习"),
                c.t("Leave", "退出"),
            )
        ],
    )


def courses(c: Content) -> ui.Screen:
    names = c.sample(SUBJECTS, c.rng.randint(4, 7))
    rows = [
        ui.item(
            name,
            c.t(f"{c.rng.randint(3, 30)} lessons", f"{c.rng.randint(3, 30)}节课"),
            f"{share}%" if c.chance(0.4) else None,
            icon="school",
            icon_color=c.color(),
            control=ui.row_progress(share / 100),
        )
        for name in names
        for share in [c.rng.randint(0, 100)]
    ]
    streak = [c.rng.randint(0, 60) for _ in range(7)]
    days = [c.weekday(c.now - timedelta(days=6 - i), short=True) for i in range(7)]
    body = [
        ui.stats(
            ui.stat(c.t("Streak", "连续学习"), str(c.rng.randint(0, 200)), c.t("days", "天"), "flame"),
            ui.stat(c.t("Points", "积分"), c.number(c.rng.randint(50, 9000)), icon="star"),
        ),
        ui.section(rows, c.t("My courses", "我的课程")),
        ui.chart("bar", c.t("Minutes a day", "每日分钟数"), days, streak, c.t("min", "分钟"), 6),
        ui.button(c.t("Continue", "继续学习"), icon="play"),
    ]
    return ui.screen(
        common.top(c, c.t("Learn", "学习"), "bell"),
        body,
        learn_tabs(c, 0),
        overlays=[common.toast(c), common.incoming(c)],
    )


def quiz(c: Content) -> ui.Screen:
    en, zh, answers = c.rng.choice(QUIZ)
    options = c.shuffled(c.all(answers))
    number, picked = c.rng.randint(1, 10), c.rng.randrange(4) if c.chance(0.75) else None
    points = c.rng.randint(0, number - 1) * 10
    body = [
        ui.stats(
            ui.stat(c.t("Question", "题目"), f"{number}/10"),
            ui.stat(c.t("Points", "得分"), str(points)),
            ui.stat(c.t("Time left", "剩余时间"), c.length(c.rng.randint(3, 59))),
        ),
        ui.text(c.t(en, zh), "title"),
        ui.section(
            [ui.item(f"{'ABCD'[i]}. {option}", control=ui.radio(i == picked)) for i, option in enumerate(options)]
        ),
        ui.buttons(
            ui.button(c.t("Skip", "跳过"), "outline"), ui.button(c.t("Submit", "提交"), disabled=picked is None or None)
        ),
    ]
    if c.chance(0.3):
        body.insert(1, ui.progress(c.t("Progress", "进度"), number / 10))
    over = ui.dialog(
        c.t("Time is up", "时间到"),
        c.t(f"You scored {points} points.", f"您得了{points}分。"),
        c.t("Again", "再来一次"),
        c.t("Finish", "结束"),
    )
    return ui.screen(common.inner(c, c.t("Quiz", "测验"), "help"), body, overlays=[over, common.toast(c)])


def flashcards(c: Content) -> ui.Screen:
    names = c.photos(c.rng.randint(5, 8), c.rng.choice(("animal", "fruit", "vegetable", "object", "plant")))
    known = c.rng.randint(0, len(names))
    rows = [
        ui.item(PICTURES[name].name, PICTURES[name].chinese, picture=name, control=ui.star(c.chance(0.3)))
        for name in names
    ]
    body = [
        ui.progress(c.t(f"{known} of {len(names)} known", f"已掌握{known} / {len(names)}"), known / len(names)),
        ui.card(
            PICTURES[names[0]].name,
            [ui.text(PICTURES[names[0]].chinese, "heading")],
            c.t("Tap to turn over", "点按翻面"),
            names[0],
        ),
        ui.buttons(
            ui.button(c.t("Again", "再学"), "outline", icon="refresh"),
            ui.button(c.t("I know it", "认识"), icon="check"),
        ),
        ui.section(rows, c.t("Words in this set", "本组单词")),
    ]
    return ui.screen(
        common.inner(c, c.t("Cards", "单词卡"), "volume", "more"), body, overlays=[common.edit_menu(c), common.toast(c)]
    )


def grades(c: Content) -> ui.Screen:
    names = c.sample(SUBJECTS, c.rng.randint(5, 8))
    marks = [c.rng.randint(48, 100) for _ in names]
    mean = sum(marks) / len(marks)
    rows = [
        [name, str(mark), "A" if mark >= 85 else "B" if mark >= 70 else "C" if mark >= 55 else "D"]
        for name, mark in zip(names, marks, strict=True)
    ]
    terms = c.all(pairs("Autumn|秋季; Spring|春季; Summer|夏季"))
    shown = (
        ui.table(c.all(pairs("Subject|科目; Mark|分数; Grade|等级")), rows)
        if c.chance(0.6)
        else ui.section(
            [
                ui.item(name, None, f"{mark} · {grade}", control=ui.row_progress(int(mark) / 100))
                for name, mark, grade in rows
            ]
        )
    )
    body = [
        ui.section(
            [
                ui.item(
                    c.name(),
                    c.t(
                        f"Class {c.rng.randint(5, 12)}{c.rng.choice('ABC')}",
                        f"{c.rng.randint(1, 9)}年级{c.rng.randint(1, 8)}班",
                    ),
                    icon="school",
                )
            ]
        ),
        ui.segments(terms, c.rng.randrange(3)),
        ui.stats(
            ui.stat(c.t("Average", "平均分"), f"{mean:.1f}"), ui.stat(c.t("Absences", "缺勤"), str(c.rng.randint(0, 6)))
        ),
        shown,
        ui.chart("bar", c.t("Marks", "分数"), names, marks, c.t("points", "分"), marks.index(max(marks))),
    ]
    return ui.screen(
        common.top(c, c.t("Grades", "成绩"), "download"), body, overlays=[common.share_sheet(c), common.toast(c)]
    )


def timetable(c: Content) -> ui.Screen:
    days = [c.weekday(c.now - timedelta(days=c.now.weekday() - i), short=True) for i in range(5)]
    hours = [(8, 30), (9, 30), (10, 45), (11, 45), (13, 30), (14, 30)]
    names = c.shuffled(c.all(SUBJECTS))
    if c.chance(0.4):
        shown: list[ui.Component] = [
            ui.table(
                [c.t("Time", "时间"), *days[:3]], [[c.clock(c.at(*hour)), *c.sample(SUBJECTS, 3)] for hour in hours]
            )
        ]
    else:
        rows = [
            ui.item(
                name,
                c.t(f"Room {c.rng.randint(1, 40)} · {c.name()}", f"{c.rng.randint(101, 540)}教室 · {c.name()}"),
                c.clock(c.at(*hour)),
                icon="book",
                icon_color=c.color(),
                badge=c.t("Test", "测验") if c.chance(0.1) else None,
            )
            for name, hour in zip(names, hours, strict=False)
        ]
        shown = [ui.section(rows[:4], c.t("Morning", "上午")), ui.section(rows[4:], c.t("Afternoon", "下午"))]
    home = [
        ui.item(
            f"{c.pick(SUBJECTS)}{c.t(', page ', '第')}{c.rng.randint(4, 190)}{c.t('', '页')}",
            c.t("Due ", "截止：") + c.weekday(c.now + timedelta(days=2)),
            control=ui.checkbox(c.chance(0.4)),
        )
        for _ in range(3)
    ]
    return ui.screen(
        common.top(c, c.t("Timetable", "课表")),
        [ui.segments(days, min(4, c.now.weekday())), *shown, ui.section(home, c.t("Homework", "作业"))],
        overlays=[common.toast(c), common.incoming(c)],
    )


def survey(c: Content) -> ui.Screen:
    page, focused = c.rng.randint(1, 5), c.chance(0.35)
    answers = c.all(pairs("Very good|非常好; Good|好; Neither|一般; Poor|差; Very poor|非常差"))
    topics = c.all(pairs("Price|价格; Quality|质量; Speed|速度; Staff|员工; Choice|种类; Website|网站"))
    written = (
        c.pick(
            pairs(
                """
                    Keep it up|继续保持; More vegetarian dishes|多些素食; Longer opening hours|延长营业时间
                    Friendly staff|员工热情
                    """
            )
        )
        if c.chance(0.5)
        else ""
    )
    body = [
        ui.progress(c.t(f"Page {page} of 5", f"第{page} / 5页"), page / 5),
        common.radios(c, answers, c.pick(SURVEY)),
        ui.section(
            [ui.item(topic, control=ui.checkbox(c.chance(0.35))) for topic in c.some(topics, 4, 6)],
            c.t("What matters most to you?", "您最看重什么？"),
        ),
        ui.rating(c.rng.randint(0, 10) / 2, c.t("Overall", "总体评价")),
        ui.slider(c.t("How likely are you to come back?", "再次光临的可能性"), c.rng.randint(0, 10), 0, 10),
        ui.field(c.t("Comments", "意见"), written, c.t("Tell us more", "请告诉我们更多"), focused=focused),
        ui.buttons(
            ui.button(c.t("Back", "上一页"), "outline", disabled=page == 1 or None),
            ui.button(c.t("Next", "下一页") if page < 5 else c.t("Send", "提交")),
        ),
    ]
    return ui.screen(
        common.inner(c, c.t("Survey", "问卷"), "close"),
        body,
        overlays=[
            common.toast(c),
            ui.dialog(
                c.t("Thank you!", "谢谢！"), c.t("Your answers were saved.", "您的回答已保存。"), c.t("Close", "关闭")
            ),
        ],
    )


APPS = {
    "lesson": lesson,
    "courses": courses,
    "quiz": quiz,
    "flashcards": flashcards,
    "grades": grades,
    "timetable": timetable,
    "survey": survey,
}
