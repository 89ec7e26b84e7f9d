"""How people speak of the states of controls, in English and in Chinese: tables for `state_questions`.

A line is what is meant and the phrases for it, set apart by "|"; "{}" is the control's name. Which senses a kind of
control has, and which of its states each stands for, is in `pocketvlm.stating`. Glue says nothing by itself.
"""

from __future__ import annotations

ENGLISH = """
    on: on|turned on|switched on|toggled on|set to on|did i turn on|did i switch on|did we turn on|have i got {} on
    off: off|turned off|switched off|toggled off|set to off|did i turn off|did i switch off|did we turn off
    off: did i turn {} off|did i switch {} off|have i turned {} off|did i leave {} off|left off
    on: did i turn {} on|did i switch {} on|have i turned {} on|did i leave {} on|left on
    on or off: on or off|off or on|on or is it off|turned on or off|switched on or off|on or turned off
    enabled: enabled|active|activated
    disabled: disabled|inactive|deactivated
    ticked: ticked|checked|ticked off|checked off|a tick|a tick next to|a tick beside|a tick by|a check mark
    ticked: a check mark next to|a checkmark|a checkmark next to|a tick in front of|a tick at|crossed off|crossed out
    ticked: did i tick|have i ticked|did i check
    unticked: unticked|unchecked|empty
    starred: starred|a favourite|a favorite|favourited|favorited|my favourite|one of my favourites
    starred: in my favourites|among my favourites|marked as favourite|marked as a favourite
    starred: a filled star|marked with a star|been marked with a star|a star
    filled: filled|filled in|lit|lit up
    chosen: selected|highlighted|chosen|picked|marked as chosen|marked as selected|the selection mark
    chosen: one of the highlighted choices|one of the selected choices|the current choice|the chosen one
    chosen: the selected one
    greyed: greyed|grayed|greyed out|grayed out|grey|gray|faded|dimmed|unavailable|blocked|look disabled|looks disabled
    usable: can i tap|can i press|can i use|can i click|can i click on|can i tap on|can you tap|can one tap|available
    usable: available to press|available to tap|tappable|clickable|usable|can the {} button be used|can {} be used
    usable: can the {} button be tapped|can {} be tapped|can the {} button be pressed|can {} be pressed
    open: expanded|unfolded|open|opened|opened up|is the text under {} shown|is the text under {} visible
    closed: collapsed|folded|folded up|closed
    done: done|completed|complete|finished|ticked off yet|already happen|already happened|done yet|behind me
    current: current|the current one|under way|underway
    which step: which step|which stage|what step|what stage|what step is it on|which step is it on
    which tab: which section of the tab bar is this|which tab am i in|what tab am i in|which tab is this
    dot: a dot|a dot under|a dot on|a mark|something on|anything on|something planned on|anything planned on
    dot: a dot under the|something on the|anything on the
    marked: marked
    which: which|what|what's
    share: what's the progress of|what is the progress of
    share: how full|how far along|what percentage|what percent|what share|which percentage|how many percent
    share: how much progress|how much of {} is filled|how much of the {} bar is filled|how much of {} is done
    share: how far has {} got in percent|how far along has {} got|how much of {} is complete
    half: more than half|over half|more than half full|more than half filled|past half|past the half|past halfway
    half: past the halfway mark|past the half way mark|beyond 50%|over 50%|above 50%|more than 50%|beyond half
    half: more than half done|over halfway|more than halfway
    underhalf: less than half|less than half full|under half|below half|below 50%|under 50%|less than 50%
    stars: how many stars|what is the star rating|what's the star rating
    stars: what rating is shown in stars|how is {} rated in stars
    charging: charging|being charged|plugged in|it's charging|on charge
    playing: playing
    paused: paused
    playing or paused: playing or paused|paused or playing
    not: not
"""
ENGLISH_KINDS = """
    switch: switch|toggle
    checkbox: checkbox|box|tickbox
    star: star|the star
    button: button
    row: row|setting
    chip: chip
    tab: tab|bottom tabs|tabs|tab bar
    segment: segment
    radio: radio button
    accordion: section
    step: step|stage
    bar: bar|progress bar
    day: day|date|calendar|day of the month
    player: player|playback|track|song
    phone: phone|battery|battery icon
    picture: picture|photo|image
    choice: option|choice|choices|entry|one|list
"""
ENGLISH_GLUE = """
    is are was were has have had does do did be been being got i we you me my the a an it its it's this these there of
    for to at in as with from currently now right still already yet please tell whether if state status look looks
    about roughly rn music bottom show shows that out five far how am get
"""
CHINESE = """
    on: 打开|开启|开着|开
    off: 关闭|关掉|关上|关着|关
    on or off: 开还是关|打开还是关闭|开着还是关着|开着的还是关着的|开的还是关的|开启还是关闭|打开的还是关闭的|是开是关
    on or off: 关还是开|关闭还是打开|关着还是开着|关着的还是开着的|关的还是开的
    enabled: 启用|激活
    disabled: 禁用|停用
    ticked: 勾选|打勾|打钩|打了勾|有勾|勾上|有对勾|勾
    unticked: 空着
    starred: 加星标|加了星标|星标|收藏
    filled: 亮
    chosen: 选中|选上|选择|高亮|选|选定
    greyed: 灰色不可用|不可用|灰色|灰显|变灰|置灰|灰|不能点|不能点击|不能按|不能用|点不了|不可点|不可点击
    usable: 可以点|能点|可以点击|能点击|可以按|能按|可以用|能用|可用|可点击|可点|点得了
    open: 展开|显示出来
    closed: 收起|折叠
    done: 完成|做完|结束|做好|搞定
    current: 当前|目前|进行到|处于|现在
    dot: 有标记|有点|有圆点|有安排|有记号
    which: 哪个|哪一个|哪项|哪一项|什么|几号|哪天|哪一天
    which step: 哪一步|哪个步骤|哪个阶段|进行到哪里
    share: 百分之几|百分之多少|进度是多少|进度多少|完成了多少|完成多少|进度条大约填了多少|填了多少|进度条到多少
    half: 超过一半|超过了一半|过半|过一半|超过50%|大于50%|过了一半|超过了50%|多于一半
    underhalf: 不到一半|不足一半|少于50%|不到50%|低于50%
    stars: 几颗星|几星|多少颗星|多少星
    charging: 充电|充着电|插着电源|插着电
    playing: 播放中|正在播放|播放
    paused: 暂停
    playing or paused: 播放还是暂停|播放中还是暂停|正在播放还是暂停|暂停还是播放
    not: 没有|没|未|不是|不
"""
CHINESE_KINDS = """
    switch: 开关
    checkbox: 复选框|方框|勾选框
    star: 星星
    button: 按钮
    row: 一行
    tab: 标签|标签页|底部标签
    radio: 单选按钮
    step: 步骤|阶段|一步|这一步
    bar: 进度条|进度
    day: 日历|号|日历上|日历里
    player: 播放器
    phone: 手机|电池
    picture: 图片|照片|那张照片
    choice: 选项|这个选项
"""
CHINESE_GLUE = """
    已经 正在 底部 大约 评分 评 满分五星 这里 下面 的内容 内容 前面 这个 那个 是 的 了 着 吗 呢 么 在 里 中 上 有 到 这
    被 颗 看起来 状态 已 目前 此时 还 也 我 把
"""
