"""Feeds, profiles, events, polls and scores."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

POSTS = pairs("""
First day in {city}, and it is lovely.|来{city}的第一天，太美了。; Baked this myself this morning!|今早亲手烤的！
Found this on my walk today.|今天散步时发现的。; Anyone else up for {place} on {day}?|{day}有人去{place}吗？
Three years at the same desk. Time flies.|同一张办公桌三年了，时间真快。
Selling my old bike, message me.|出售旧自行车，请私信。
What a match! {team} were brilliant.|精彩的比赛！{team}太棒了。; Coffee first, then the world.|先喝咖啡，再看世界。
Finally finished the garden.|花园终于弄好了。; Look who came to visit.|看看谁来做客了。
""")
POLLS = (  # a question, and what there is to choose from
    (("Where shall we meet?", "在哪里见面？"), words.PLACES),
    (
        ("What should we cook?", "做什么菜？"),
        pairs("Pizza|披萨; Curry|咖喱; Noodles|面条; Salad|沙拉; Dumplings|饺子"),
    ),
    (("Which day suits you?", "哪天合适？"), words.WEEKDAYS),
    (("Who brings the music?", "谁来放音乐？"), pairs("Ana|安娜; Ben|小本; Chen|小陈; Dora|朵拉; Eli|伊莱")),
)


def social_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Home|首页; Search|搜索; Alerts|通知; Profile|我的"))
    return ui.tabs(
        list(zip(("home", "search", "bell", "person"), labels, strict=True)),
        selected,
        {2: str(c.rng.randint(1, 30))} if c.chance(0.5) else None,
    )


def feed(c: Content) -> ui.Screen:
    cards = []
    count = c.rng.randint(3, 5)
    for moment, (post, picture) in zip(c.before(count, 300), c.illustrated(POSTS, count), strict=True):
        liked = c.chance(0.4)
        counts = c.t(
            f"{c.rng.randint(1, 900)} likes · {c.rng.randint(0, 80)} comments",
            f"{c.rng.randint(1, 900)}个赞 · {c.rng.randint(0, 80)}条评论",
        )
        do = ui.buttons(
            ui.button(
                c.t("Liked", "已赞") if liked else c.t("Like", "赞"), "filled" if liked else "text", icon="heart"
            ),
            ui.button(c.t("Comment", "评论"), "text", icon="chat"),
        )
        cards.append(
            ui.card(
                c.name(),
                [ui.text(post), ui.text(counts, "caption"), do],
                c.ago(moment),
                picture if c.chance(0.75) else None,
            )
        )
    return ui.screen(
        common.top(c, c.t("Feed", "动态"), "plus", "chat"),
        cards,
        social_tabs(c, 0),
        "edit" if c.chance(0.4) else None,
        [common.share_sheet(c), common.incoming(c), ui.menu(*c.all(pairs("Save post|收藏; Hide|隐藏; Report|举报")))],
    )


def profile(c: Content) -> ui.Screen:
    name, follows = c.name(), c.chance(0.5)
    facts = ui.stats(
        ui.stat(c.t("Posts", "帖子"), c.number(c.rng.randint(3, 1500))),
        ui.stat(c.t("Followers", "粉丝"), c.number(c.rng.randint(10, 90000))),
        ui.stat(c.t("Following", "关注"), c.number(c.rng.randint(5, 900))),
    )
    do = ui.buttons(
        ui.button(c.t("Following", "已关注") if follows else c.t("Follow", "关注"), "outline" if follows else "filled"),
        ui.button(c.t("Message", "发消息"), "outline", icon="chat"),
    )
    body = [
        ui.section([ui.item(name, f"{c.pick(words.JOBS)} · {c.pick(words.CITIES)}", avatar=c.initials(name))]),
        facts,
        do,
        ui.segments(c.all(pairs("Photos|照片; Posts|帖子; Likes|点赞")), 0),
        ui.gallery(3, [{"name": photo} for photo in c.photos(c.rng.choice((6, 9, 12)))]),
    ]
    return ui.screen(
        common.inner(c, name, "bell", "more"),
        body,
        social_tabs(c, 3),
        overlays=[
            ui.sheet(name, *c.all(pairs("Mute|静音; Block|屏蔽; Report|举报; Cancel|取消"))),
            common.share_sheet(c),
        ],
    )


def activity(c: Content) -> ui.Screen:
    done = pairs(
        """
            liked your photo|赞了你的照片; followed you|关注了你; commented: Nice!|评论了你：真棒！
            mentioned you|提到了你; shared your post|分享了你的帖子; invited you to an event|邀请你参加活动
            """
    )
    rows = []
    for moment in c.before(c.rng.randint(7, 12), 500):
        name = c.name()
        follow = ui.row_button(c.t("Follow", "关注")) if c.chance(0.25) else None
        rows.append(
            ui.item(
                name,
                f"{c.pick(done)} · {c.ago(moment)}",
                None,
                avatar=c.initials(name),
                badge=c.t("New", "新") if c.chance(0.15) else None,
                control=follow,
            )
        )
    body = [ui.segments(c.all(pairs("All|全部; Mentions|提及")), c.rng.randrange(2)), ui.section(rows)]
    return ui.screen(
        common.top(c, c.t("Alerts", "通知"), "settings"),
        body,
        social_tabs(c, 2),
        overlays=[common.toast(c), common.edit_menu(c)],
    )


def event(c: Content) -> ui.Screen:
    day = c.now + timedelta(days=c.rng.randint(1, 40))
    names = c.names(c.rng.randint(3, 6))
    answers = c.all(pairs("Going|参加; Maybe|待定; Can't go|不参加"))
    title, picture = c.illustrated(
        pairs(
            """
                Summer picnic|夏日野餐; Board game night|桌游之夜; Street market|街头集市; Charity run|慈善跑
                Film evening|电影之夜; Open-air concert|露天音乐会; Pottery workshop|陶艺工作坊
                """
        ),
        1,
    )[0]
    body = [
        ui.picture(picture, 170),
        ui.text(title, "title"),
        ui.section(
            [
                ui.item(c.full_day(day), f"{c.clock(c.at(18))} – {c.clock(c.at(22))}", icon="calendar"),
                ui.item(c.pick(words.SHOPS), c.street(), icon="location"),
                ui.item(
                    c.t("Price", "票价"),
                    None,
                    c.money(c.price(3, 60)) if c.chance(0.7) else c.t("Free", "免费"),
                    icon="ticket",
                ),
            ]
        ),
        ui.segments(answers, c.rng.randrange(3)),
        ui.section(
            [ui.item(name, avatar=c.initials(name), value=c.rng.choice(answers[:2])) for name in names],
            c.t(f"{len(names)} guests", f"{len(names)}位来宾"),
        ),
        common.switches(c, [(c.t("Remind me", "提醒我"), "bell"), (c.t("Show in calendar", "显示在日历"), "calendar")]),
    ]
    return ui.screen(
        common.inner(c, c.t("Event", "活动"), "share", "star"), body, overlays=[common.share_sheet(c), common.toast(c)]
    )


def poll(c: Content) -> ui.Screen:
    question, choices = c.rng.choice(POLLS)
    options = [option[0].upper() + option[1:] for option in c.sample(choices, c.rng.randint(3, 5))]
    votes = [c.rng.randint(0, 24) for _ in options]
    if sum(votes) == 0:
        votes[0] = 1
    mine, many = c.rng.randrange(len(options)), c.chance(0.3)
    control = [ui.checkbox(c.chance(0.5)) if many else ui.radio(i == mine) for i in range(len(options))]
    rows = [
        ui.item(option, c.t(f"{count} votes", f"{count}票"), control=tick)
        for option, count, tick in zip(options, votes, control, strict=True)
    ]
    body = [
        ui.text(question[c.zh], "title"),
        ui.text(
            c.t(
                f"{sum(votes)} votes · closes on {c.pick(words.WEEKDAYS)}",
                f"共{sum(votes)}票 · {c.pick(words.WEEKDAYS)}截止",
            ),
            "caption",
        ),
        ui.section(rows),
        ui.chart(
            c.rng.choice(("bar", "pie")),
            c.t("Result so far", "目前结果"),
            options,
            votes,
            c.t("votes", "票"),
            votes.index(max(votes)),
        ),
        ui.button(c.t("Vote", "投票"), disabled=c.chance(0.3) or None),
    ]
    return ui.screen(
        common.inner(c, c.t("Poll", "投票"), "share"),
        body,
        overlays=[
            common.toast(c),
            ui.dialog(
                c.t("Vote sent", "投票成功"),
                c.t("You can change it until the poll closes.", "截止前可以修改。"),
                c.t("OK", "好"),
            ),
        ],
    )


def scores(c: Content) -> ui.Screen:
    teams = c.sample(words.TEAMS, 12)
    states = (c.t("Full time", "完赛"), c.t("Half-time", "中场"), f"{c.rng.randint(1, 90)}'")
    rows = [
        ui.item(
            f"{home} – {away}",
            c.rng.choice(states),
            f"{c.rng.randint(0, 5)} : {c.rng.randint(0, 5)}",
            icon="football",
            control=ui.star(c.chance(0.3)) if c.chance(0.9) else None,
        )
        for home, away in zip(teams[::2], teams[1::2], strict=True)
    ]
    later = [
        ui.item(
            f"{c.pick(words.TEAMS)} – {c.pick(words.TEAMS[:5])}",
            c.full_day(c.now + timedelta(days=1 + i)),
            c.clock(c.at(15 + i, 30)),
            icon="football",
        )
        for i in range(3)
    ]
    later = [row for row in later if len(set(row["label"].split(" – "))) == 2]
    days = ui.segments(c.all(pairs("Yesterday|昨天; Today|今天; Tomorrow|明天")), 1)
    labels = c.all(pairs("Scores|比分; Tables|积分榜; News|新闻"))
    tabs = ui.tabs(list(zip(("football", "trophy", "newspaper"), labels, strict=True)), 0)
    body = [
        days,
        ui.section(rows, c.t("Premier Division", "甲级联赛")),
        *([ui.section(later, c.t("Next", "即将开赛"))] if later else []),
    ]
    return ui.screen(
        common.top(c, c.t("Scores", "比分"), "calendar", "bell"),
        body,
        tabs,
        overlays=[common.toast(c), common.incoming(c)],
    )


def league(c: Content) -> ui.Screen:
    """A table in which points follow from wins and draws, best first."""
    made = []
    played = c.rng.randint(8, 30)
    for team in c.sample(words.TEAMS, c.rng.randint(7, 12)):
        won = c.rng.randint(played // 6, played * 3 // 4)
        drawn = c.rng.randint(0, (played - won) // 2)
        made.append((3 * won + drawn, team, won, drawn, played - won - drawn))
    made.sort(key=lambda row: -row[0])
    rows = [
        [str(place), team, str(won), str(drawn), str(lost), str(points)]
        for place, (points, team, won, drawn, lost) in enumerate(made, start=1)
    ]
    table = ui.table(c.all(pairs("#|#; Team|球队; W|胜; D|平; L|负; Pts|积分")), rows)
    labels = c.all(pairs("Scores|比分; Tables|积分榜; News|新闻"))
    tabs = ui.tabs(list(zip(("football", "trophy", "newspaper"), labels, strict=True)), 1)
    best = ui.chart(
        "bar",
        c.t("Points of the top four", "前四名积分"),
        [row[1] for row in made[:4]],
        [row[0] for row in made[:4]],
        c.t("points", "分"),
        0,
    )
    return ui.screen(
        common.top(c, c.t("Table", "积分榜"), "filter"),
        [ui.segments(c.all(pairs("All|全部; Home|主场; Away|客场")), 0), table, *([best] if c.chance(0.5) else [])],
        tabs,
        overlays=[common.share_sheet(c)],
    )


APPS = {
    "feed": feed,
    "profile": profile,
    "activity": activity,
    "event": event,
    "poll": poll,
    "scores": scores,
    "league": league,
}
