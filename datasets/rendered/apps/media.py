"""Music, podcasts, video, news and books."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

PODCASTS = pairs("""
The Morning Brief|早间简报; History in Ten|十分钟历史; Science Kitchen|科学厨房; Two Friends Talk|两个朋友聊
Football Weekly|足球周刊; Night Stories|夜间故事; Code & Coffee|代码与咖啡; The Garden Hour|园艺一小时
Money Made Simple|简单理财; City Walks|城市漫步; Book Notes|读书笔记; Deep Sea|深海
""")
TOPICS = pairs("""
Why we sleep|我们为何睡觉; The first railway|第一条铁路; How bread rises|面包为何发酵; A year on an island|岛上一年
Buying your first home|买第一套房; The cup final, replayed|杯赛决赛回顾; Learning to paint|学画画
Bees in the city|城市里的蜜蜂; Life without a car|没有车的生活; What stars are made of|星星由什么组成
Ten easy dinners|十道简单晚餐; Packing light|轻装出行; The oldest map|最古老的地图; Growing tomatoes|种番茄
Night photography|夜景摄影
""")
SECTIONS = pairs("Top|头条; World|国际; Business|财经; Sport|体育; Science|科学; Culture|文化; Local|本地")
PAPERS = pairs(
    """
        The Daily Post|每日邮报; City Herald|城市先驱报; Evening News|晚报; Science Today|今日科学
        The Observer Weekly|观察周刊; Sports Wire|体育快讯
        """
)
PARAGRAPHS = pairs("""
The decision was taken after months of talks.|经过数月商讨，终于作出决定。
Residents say they had waited a long time for the change.|居民表示期待已久。
The work is expected to finish by the end of the year.|工程预计年底完工。
Officials put the cost at just under ten million.|官方估计费用略低于一千万。
Not everyone is convinced that it will help.|并非所有人都相信会有帮助。
A second phase could begin next spring.|第二阶段可能于明年春天启动。
Similar plans have worked well in other towns.|类似计划在其他城镇效果良好。
The full report will be published on Friday.|完整报告将于周五公布。

""")
BOOKS = pairs("""
The Lighthouse Keeper|灯塔守护人; A Winter in Oslo|奥斯陆之冬; The Paper Garden|纸上花园; Salt and Stone|盐与石
The Last Ferry|末班渡轮; Letters to Lin|写给林的信; Under the Maple|枫树下; The Clockmaker's Son|钟表匠之子
Small Rivers|小河; The Blue Notebook|蓝色笔记本
""")


def music_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Listen now|现在就听; Browse|浏览; Library|资料库; Search|搜索"))
    return ui.tabs(list(zip(("play", "music", "library", "search"), labels, strict=True)), selected)


def music_player(c: Content) -> ui.Screen:
    title, artist, length = c.pick(words.SONGS), c.pick(words.ARTISTS), c.rng.randint(120, 420)
    cover = c.photo("music", "place", "plant", "animal")
    next_ = [
        ui.item(song, c.pick(words.ARTISTS), c.length(c.rng.randint(120, 420)), icon="music")
        for song in c.sample(words.SONGS, 4)
    ]
    body = [
        ui.player(title, artist, c.rng.randint(0, length), length, c.chance(0.6), cover),
        ui.slider(c.t("Volume", "音量"), c.rng.randint(0, 100)),
        common.switches(c, [(c.t("Shuffle", "随机播放"), "shuffle"), (c.t("Repeat", "循环播放"), "repeat")]),
        ui.section(next_, c.t("Up next", "接下来播放")),
    ]
    if c.chance(0.4):
        del body[2]
    timer = ui.sheet(
        c.t("Sleep timer", "睡眠定时"),
        *c.all(pairs("15 minutes|15分钟; 30 minutes|30分钟; End of song|本曲结束; Off|关闭")),
    )
    return ui.screen(
        common.inner(c, c.t("Now playing", "正在播放"), "heart", "more"),
        body,
        overlays=[timer, common.share_sheet(c), common.toast(c)],
    )


def playlist(c: Content) -> ui.Screen:
    songs = c.sample(words.SONGS, c.rng.randint(7, 13))
    lengths = [c.rng.randint(120, 420) for _ in songs]
    covers = c.chance(0.5)
    rows = [
        ui.item(
            song,
            c.pick(words.ARTISTS),
            c.length(length),
            picture=c.photo("plant", "place", "music") if covers else None,
            icon=None if covers else "music",
            control=ui.star(c.chance(0.3)) if c.chance(0.9) else None,
        )
        for song, length in zip(songs, lengths, strict=True)
    ]
    count = c.t(
        f"{len(songs)} songs · {c.minutes(sum(lengths) // 60)}", f"{len(songs)}首 · {c.minutes(sum(lengths) // 60)}"
    )
    name = c.pick(
        pairs(
            """
                Road trip|公路旅行; Focus|专注; Rainy day|雨天; Party|派对; Morning run|晨跑; Calm|宁静
                Kitchen radio|厨房电台
                """
        )
    )
    body = [
        ui.picture(c.photo("place", "music"), 160),
        ui.text(name, "title"),
        ui.text(count, "caption"),
        ui.buttons(
            ui.button(c.t("Play", "播放"), icon="play"), ui.button(c.t("Shuffle", "随机"), "outline", icon="shuffle")
        ),
        ui.section(rows),
    ]
    return ui.screen(
        common.inner(c, name, "download", "more", back=c.t("Library", "资料库")),
        body,
        music_tabs(c, 2),
        overlays=[common.edit_menu(c), common.share_sheet(c)],
    )


def podcasts(c: Content) -> ui.Screen:
    rows = []
    for (topic, picture), moment in zip(c.illustrated(TOPICS, c.rng.randint(6, 10)), c.before(10, 4000), strict=False):
        heard = c.chance(0.4)
        rows.append(
            ui.item(
                topic,
                f"{c.pick(PODCASTS)} · {c.ago(moment)} · {c.minutes(c.rng.randint(8, 95))}",
                picture=picture,
                control=ui.row_progress(c.rng.randint(5, 95) / 100) if heard else ui.row_button(c.t("Play", "播放")),
            )
        )
    body = [
        ui.chips(c.all(pairs("All|全部; Unplayed|未播放; Downloaded|已下载; Saved|已保存")), [c.rng.randrange(4)]),
        ui.section(rows, c.t("New episodes", "新单集")),
    ]
    if c.chance(0.4):
        length = c.rng.randint(600, 4000)
        body.append(ui.player(c.pick(TOPICS), c.pick(PODCASTS), c.rng.randint(0, length), length, c.chance(0.5)))
    return ui.screen(
        common.top(c, c.t("Podcasts", "播客"), "search"),
        body,
        music_tabs(c, 0),
        overlays=[ui.sheet(c.t("Speed", "播放速度"), "0.8×", "1×", "1.2×", "1.5×", "2×"), common.toast(c)],
    )


def videos(c: Content) -> ui.Screen:
    cards = [
        ui.card(
            topic,
            [],
            c.t(
                f"{c.pick(PODCASTS)} · {c.rng.randint(2, 900)}K views · {c.rng.randint(2, 11)} months ago",
                f"{c.pick(PODCASTS)} · {c.rng.randint(2, 900)}万次播放 · {c.rng.randint(2, 11)}个月前",
            ),
            picture,
        )
        for topic, picture in c.illustrated(TOPICS, c.rng.randint(3, 6))
    ]
    if c.chance(0.3):
        cards[0]["body"] = [ui.progress(c.t("Watched", "已观看"), c.rng.randint(5, 95) / 100)]
    labels = c.all(pairs("Home|首页; Subscriptions|订阅; Downloads|下载; You|我的"))
    tabs = ui.tabs(
        list(zip(("home", "video", "download", "person"), labels, strict=True)),
        0,
        {1: str(c.rng.randint(1, 9))} if c.chance(0.5) else None,
    )
    chips = ui.chips(c.all(pairs("All|全部; Music|音乐; Cooking|美食; Nature|自然; Live|直播")), [c.rng.randrange(5)])
    return ui.screen(
        common.top(c, c.t("Videos", "视频"), "search", "bell"),
        [chips, *cards],
        tabs,
        overlays=[
            ui.sheet(c.t("Quality", "画质"), "1080p", "720p", "480p", c.t("Auto", "自动")),
            common.share_sheet(c),
        ],
    )


def news(c: Content) -> ui.Screen:
    heads = c.illustrated(words.HEADLINES, c.rng.randint(6, 9))
    moments = c.before(len(heads), 400)
    first = ui.card(
        heads[0][0],
        [ui.text(f"{c.pick(PAPERS)} · {c.ago(moments[0])}", "caption")],
        None,
        heads[0][1],
    )
    rows = [
        ui.item(head, f"{c.pick(PAPERS)} · {c.ago(moment)}", picture=picture if c.chance(0.6) else None)
        for (head, picture), moment in zip(heads[1:], moments[1:], strict=False)
    ]
    kinds = c.all(SECTIONS)
    pick = c.rng.randrange(5)
    choose = ui.segments(kinds[:5], pick) if c.chance(0.4) else ui.chips(kinds, [pick])
    labels = c.all(pairs("News|新闻; For you|推荐; Saved|收藏; Profile|我的"))
    tabs = ui.tabs(list(zip(("newspaper", "star", "bookmark", "person"), labels, strict=True)), 0)
    return ui.screen(
        common.top(c, c.t("News", "新闻"), "search"),
        [choose, first, ui.section(rows, c.t("Latest", "最新"))] if c.chance(0.7) else [choose, ui.section(rows)],
        tabs,
        overlays=[common.share_sheet(c), common.toast(c)],
    )


def visitors(c: Content) -> ui.Component:
    years = [str(c.now.year - 4 + i) for i in range(5)]
    counts = [round(value) for value in common.wander(c, c.rng.randint(40, 90), 20, 5, 5)]
    return ui.chart("bar", c.t("Visitors a year, thousands", "年游客量（千）"), years, counts, c.t("k", "千"))


def article(c: Content) -> ui.Screen:
    lines = c.sample(PARAGRAPHS, c.rng.randint(4, 6))
    writer = c.name()
    headline, picture = c.illustrated(words.HEADLINES, 1)[0]
    body = [
        ui.text(headline, "title"),
        ui.section(
            [
                ui.item(
                    writer,
                    f"{c.pick(PAPERS)} · {c.ago(c.before(1)[0])}",
                    avatar=c.initials(writer),
                    control=ui.row_button(c.t("Follow", "关注")),
                )
            ]
        ),
        ui.picture(picture, 200),
        *[ui.text(line) for line in lines],
        *([visitors(c)] if c.chance(0.4) else []),
        ui.chips(c.sample(SECTIONS, 3), []),
        ui.buttons(
            ui.button(c.t("Save", "收藏"), "outline", icon="bookmark"),
            ui.button(c.t("Share", "分享"), "outline", icon="share"),
        ),
    ]
    return ui.screen(
        common.inner(c, c.pick(SECTIONS), "bookmark", "text", back=c.t("News", "新闻")),
        body,
        overlays=[
            common.share_sheet(c),
            common.toast(c),
            ui.menu(*c.all(pairs("Text size|字号; Listen|朗读; Report|举报"))),
        ],
    )


def library(c: Content) -> ui.Screen:
    rows, day = [], c.now
    for name in c.sample(BOOKS, c.rng.randint(4, 7)):
        share, pages = c.rng.randint(0, 100), c.rng.randint(90, 800)
        # Most bars say how full they are by their length alone; a figure beside one is often of something else.
        beside = c.rng.choice((f"{share}%", c.t(f"{pages} pages", f"{pages}页"), c.minutes(pages)))
        rows.append(
            ui.item(
                name, f"{c.name()} · {beside}", control=ui.row_progress(share / 100), icon="book", icon_color=c.color()
            )
        )
    goal, read = c.rng.randint(12, 40), c.rng.randint(1, 40)
    loans = [
        ui.item(
            name,
            c.t(f"Due {c.day(day + timedelta(days=3 * i + 2))}", f"{c.day(day + timedelta(days=3 * i + 2))}到期"),
            control=ui.row_button(c.t("Renew", "续借")),
            disabled=c.chance(0.2) or None,
        )
        for i, name in enumerate(c.sample(BOOKS, 3))
    ]
    body = [
        ui.segments(c.all(pairs("Reading|在读; Finished|已读; Wish list|想读")), 0),
        ui.section(rows),
        ui.progress(
            c.t(f"Goal: {min(read, goal)} of {goal} books", f"目标：{min(read, goal)} / {goal}本"), min(1, read / goal)
        ),
        ui.section(loans, c.t("On loan", "借阅中")),
    ]
    return ui.screen(
        common.top(c, c.t("Books", "图书"), "search"),
        body,
        overlays=[common.sort_sheet(c, c.t("Author", "作者")), common.toast(c)],
    )


APPS = {
    "music_player": music_player,
    "playlist": playlist,
    "podcasts": podcasts,
    "videos": videos,
    "news": news,
    "article": article,
    "library": library,
}
