"""What the lines of an app's rows mean, and how people ask for it who do not care where it stands.

An entry a line, and what it is too long for on indented ones below; ways to ask are set apart by " | ", the Chinese
ones come after " / ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from pocketvlm.datasets.rendered.questions.drafts import Both, ask


@dataclass(frozen=True)
class Meaning:
    """A way to ask for one line of a row by naming another.

    Lines are named by their roles: "label", "detail", "value", "heading", ...; "detail.1" is the second of the pieces
    that dots part, and "To|终点" the column of a table with that header, in English or Chinese.

    Attributes:
        named: the line that stands in the question, as {name}.
        asked: the line that answers it.
        ways: how to ask.
    """

    named: str
    asked: str
    ways: Both


def _rows(text: str) -> tuple[Meaning, ...]:
    """Entries "named > asked: ways"."""
    split = ((lines.split(" > "), ways) for lines, ways in _entries(text))
    return tuple(Meaning(named, asked, ways) for (named, asked), ways in split)


def _facts(text: str) -> dict[Both, Both]:
    """Entries "label|标签: ways"."""
    return {ask(*label.split("|")): ways for label, ways in _entries(text)}


def _entries(text: str) -> Iterator[tuple[str, Both]]:
    for entry in re.sub(r"\n +", " ", dedent(text)).strip().splitlines():
        asked_for, ways = entry.split(": ", 1)
        yield asked_for, ask(*ways.split(" / "))


ROWS: dict[str, tuple[Meaning, ...]] = {  # by app
    "activity": _rows("""
        label > detail.0: What did {name} do? | What's new from {name}? / {name}做了什么？
        label > detail.1: When did {name} react? | When was that from {name}? / {name}是什么时候的动态？
    """),
    "agenda": _rows("""
        label > value: When is my {name}? | What time do I have {name}? | When do I have to be at {name}? /
            {name}几点开始？
        label > detail: Where does {name} take place? | Where do I have to go for {name}? / {name}在哪里？
        value > label: What do I have at {name}? | What's on at {name}? | What am I doing at {name}? /
            {name}有什么安排？
    """),
    "alarm": _rows("""
        label > detail: What is the {name} alarm for? | When does the alarm at {name} repeat? /
            {name}的闹钟是干什么的？
        detail > label: When does the alarm {name} ring? | What time will {name} wake me? / “{name}”的闹钟几点响？
    """),
    "albums": _rows("""
        label > value: How many photos are in {name}? | How many pictures of {name} do I have? / {name}里有多少张照片？
    """),
    "bank_account": _rows("""
        label > value: What did I pay {name}? | How much went to {name}? | How much was the payment to {name}? /
            付给{name}多少钱？
        label > detail: How did I pay at {name}? | What kind of payment was {name}? / {name}是怎么付的？
        value > label: Who got {name}? | What was the {name} for? | Where did I spend {name}? / {name}付给了谁？
    """),
    "battery": _rows("""
        label > value: How much battery did {name} use? | How much has {name} drained? / {name}用了多少电？
        value > label: Which app used {name} of the battery? | What drained {name}? / 哪个应用耗了{name}的电？
    """),
    "bill": _rows("""
        Item|商品 > Price|金额: What did the {name} cost? | How much was the {name}? | What did I pay for {name}? /
            {name}花了多少钱？
        Item|商品 > Qty|数量: How many {name} did I buy? | How many times was {name} ordered? / 买了几份{name}？
        Price|金额 > Item|商品: What cost {name}? | What did I buy for {name}? / 哪样东西{name}？
    """),
    "bluetooth": _rows("""
        label > detail: What's the matter with {name}? | What about {name}? | How is {name} doing? / {name}是什么状态？
    """),
    "board": _rows("""
        heading > caption.0: Who works on {name}? | Who is doing {name}? / {name}由谁负责？
        heading > caption.1: Until when must {name} be done? | When is {name} due? / {name}什么时候到期？
        heading > detail.0: What's the ticket number of {name}? | Which number has {name}? / {name}的编号是多少？
        heading > detail.1: How urgent is {name}? | How important is {name}? / {name}有多紧急？
    """),
    "budget": _rows("""
        label > detail: How much of the {name} money is gone? | How am I doing on {name}? / {name}的预算用了多少？
    """),
    "call_log": _rows("""
        label > value: When did I talk to {name}? | When was the call with {name}? | When did {name} ring? /
            {name}什么时候来电的？
        label > detail.1: How long did I talk to {name}? | How long was the call with {name}? / 和{name}通了多久？
        label > detail.0: What sort of call was it with {name}? | Who called whom, {name}? / {name}那个是什么电话？
    """),
    "contacts": _rows("""
        label > detail: What does {name} do for a living? | What is {name}'s job? / {name}是做什么工作的？
        detail > label: Who works as {name}? | Whom do I know who is a {name}? / 谁是{name}？
    """),
    "courses": _rows("""
        label > value: How far am I with {name}? | How much of {name} have I done? / {name}学了多少？
        label > detail: How many lessons has {name}? | How much is there to learn in {name}? / {name}有几节课？
    """),
    "currency": _rows("""
        label > value: What do I get in {name}? | How much is that in {name}? / 换成{name}是多少？
        label > detail: Which currency is {name}? | What does {name} stand for? / {name}是什么货币？
        detail > value: How many would that be in {name}? | What's it worth in {name}? / 等于多少{name}？
    """),
    "delivery": _rows("""
        label > value: What did {name} cost? | How much was {name}? / {name}多少钱？
    """),
    "downloads": _rows("""
        label > detail.0: How big is {name}? | How large is the file {name}? / {name}有多大？
        label > detail.1: When did I download {name}? | When did {name} come? / {name}是什么时候下载的？
    """),
    "event": _rows("""
        label > value: What did {name} answer? | What does {name} say to the invitation? / {name}怎么回复的？
    """),
    "feed": _rows("""
        heading > text: What did {name} post? | What's {name} up to? | What does {name} say? / {name}发了什么？
        heading > detail: When did {name} post? | When was {name} online? / {name}什么时候发的？
        heading > caption.0: How many people like what {name} wrote? / {name}有多少个赞？
        text > heading: Who wrote "{name}"? | Whose post is "{name}"? / 谁发了“{name}”？
    """),
    "files": _rows("""
        label > detail.0: How big is {name}? | What's in {name}, and how much? / {name}有多大？
        label > detail.1: When was {name} changed? | How old is {name}? / {name}是什么时候的？
    """),
    "flashcards": _rows("""
        label > detail: How do you say {name}? | What does {name} mean? | Translate {name}. / {name}是什么意思？
    """),
    "food_cart": _rows("""
        label > detail: What did I pay for the {name}? | How much does {name} come to? / {name}花了多少钱？
    """),
    "gym": _rows("""
        label > detail.0: When does {name} start? | What time is the {name} class? / {name}课几点开始？
        label > detail.1: Who gives {name}? | Who is the {name} trainer? / {name}课谁教？
        label > detail.2: How many can still join {name}? | How full is {name}? / {name}还剩几个名额？
        detail.1 > label: What does {name} teach? | Which class is with {name}? / {name}教什么课？
    """),
    "league": _rows("""
        Team|球队 > Pts|积分: How many points have the {name}? | How many points does {name} have? / {name}得了多少分？
        Team|球队 > W|胜: How often did {name} win? | How many games did {name} win? / {name}赢了几场？
        Team|球队 > L|负: How often did {name} lose? | How many games did {name} lose? / {name}输了几场？
        Team|球队 > #|#: Where do the {name} stand? | Which place is {name} in? / {name}排第几？
    """),
    "library": _rows("""
        label > detail.0: Who wrote {name}? | Who is the author of {name}? | Whose book is {name}? / {name}的作者是谁？
        detail.0 > label: What did {name} write? | Which book is by {name}? / {name}写了哪本书？
    """),
    "lock_screen": _rows("""
        label > detail: What does {name} want? | What did I get from {name}? | What's new in {name}? / {name}说了什么？
        detail > value: When did "{name}" come in? | When was that about "{name}"? / “{name}”是什么时候来的？
        value > detail: What came at {name}? | What happened at {name}? / {name}来了什么通知？
    """),
    "mail_inbox": _rows("""
        label > detail: What did {name} write about? | What does {name} want? | What's the mail from {name} about? /
            {name}写信说什么？
        label > value: When did {name}'s mail come in? | When did {name} write? | When did I hear from {name}? /
            {name}的邮件什么时候来的？
        detail > label: Who sent "{name}"? | Who wrote about "{name}"? | Who is the mail "{name}" from? /
            “{name}”是谁发的？
        detail > value: When did the mail "{name}" arrive? | When did I get "{name}"? / “{name}”什么时候收到的？
    """),
    "mail_message": _rows("""
        label > detail: How big is {name}? | How large is the attachment {name}? / {name}有多大？
    """),
    "map_search": _rows("""
        label > value: How good is {name}? | What do people think of {name}? | How well is {name} rated? /
            {name}评价怎么样？
        value > label: Which place got {name}? | Who is rated {name}? / 哪家的评分是{name}？
        label > detail.0: How far is it to {name}? | How far away is {name}? / 到{name}有多远？
        label > detail.1: Where is {name}? | What's the address of {name}? | In which street is {name}? /
            {name}在哪里？
        detail.0 > label: What is {name} away? | Which place is {name} from here? / 哪家离这里{name}？
    """),
    "medication": _rows("""
        label > detail.0: When do I take {name}? | When is my {name} due? / {name}几点吃？
        label > detail.1: How much {name} do I take? | How many {name} must I take? / {name}吃多少？
    """),
    "menu": _rows("""
        label > value: What does the {name} cost? | How much do they want for {name}? | Price of {name}? /
            {name}卖多少钱？
        value > label: Which dish costs {name}? | What can I have for {name}? / 哪道菜{name}？ | {name}能点什么？
        label > value: How much do you pay for {name}? / 点{name}要多少钱？
    """),
    "messages": _rows("""
        label > detail: What did {name} write? | What does {name} say? | What did {name} tell me? /
            {name}跟我说了什么？
        label > value: When did {name} write? | When did I hear from {name}? | When was {name}'s message? /
            {name}什么时候发的消息？
        detail > label: Who wrote "{name}"? | Who told me "{name}"? | Who said "{name}"? / “{name}”是谁说的？
    """),
    "music_player": _rows("""
        label > detail: Who sings {name}? | Whose song is {name}? | Which band plays {name}? / {name}是谁唱的？
        label > value: How long is {name}? | How long does {name} play? | What's the length of {name}? / {name}有多长？
        value > label: Which song takes {name}? | Which track is {name} long? / 哪首歌长{name}？
    """),
    "news": _rows("""
        label > detail.0: Which paper reports "{name}"? | Where did I read "{name}"? / “{name}”是哪家报的？
        label > detail.1: When was "{name}" reported? | How old is the news "{name}"? / “{name}”是几点的新闻？
    """),
    "notes": _rows("""
        label > detail: What did I note about {name}? | What have I written down for {name}? / {name}那条记了什么？
        label > value: When did I write the note {name}? | How old is the note {name}? / {name}是什么时候记的？
    """),
    "notification_settings": _rows("""
        label > detail: How often does {name} bother me? | How many alerts come from {name}? / {name}每天提醒几次？
    """),
    "orders": _rows("""
        label > detail.0: Where is my {name}? | What happened to the {name}? | How is the {name} coming along? /
            我的{name}到哪了？
        label > detail.1: When did I order the {name}? | When did I buy the {name}? / {name}是哪天买的？
        label > detail.2: What did the {name} cost? | How much did I spend on the {name}? / {name}花了多少钱？
        detail.1 > label: What did I buy on {name}? | What did I order on {name}? / {name}买了什么？
    """),
    "plans": _rows("""
        label > value: What does {name} cost? | How much would I pay for {name}? / {name}要多少钱？
        label > detail: What do I get with {name}? | What's in the {name} plan? / {name}包括什么？
    """),
    "playlist": _rows("""
        label > detail: Who sings {name}? | Whose song is {name}? | Which band plays {name}? / {name}是谁唱的？
        label > value: How long is {name}? | How long does {name} play? | What's the length of {name}? / {name}有多长？
        value > label: Which song takes {name}? | Which track is {name} long? / 哪首歌长{name}？
    """),
    "privacy": _rows("""
        label > value: How many apps may use the {name}? | Who can use my {name}? / 多少个应用能用{name}？
    """),
    "product": _rows("""
        label > detail: What does {name} think of it? | What did {name} say about it? / {name}怎么评价？
        label > value: How many stars did {name} give? | How did {name} rate it? / {name}给了几星？
    """),
    "reminders": _rows("""
        label > detail: When do I have to "{name}"? | When will I be reminded to "{name}"? / “{name}”什么时候提醒？
        detail > label: What do I have to do at {name}? | What is due at {name}? / {name}要做什么？
    """),
    "reservation": _rows("""
        label > value: How good is {name}? | What do people think of {name}? | How well is {name} rated? /
            {name}评价怎么样？
        label > detail: Where is {name}? | How do I find {name}? / {name}在哪里？
    """),
    "restaurants": _rows("""
        label > value: How good is {name}? | What do people think of {name}? | How well is {name} rated? /
            {name}评价怎么样？
        value > label: Which place got {name}? | Who is rated {name}? / 哪家的评分是{name}？
        label > detail.0: What kind of food has {name}? | What do they cook at {name}? / {name}是什么菜？
        label > detail.1: How long does {name} take? | How soon can {name} deliver? / {name}要等多久？
        detail.1 > label: Who needs {name}? | Who delivers in {name}? / 哪家{name}送到？
    """),
    "ride": _rows("""
        label > value: What would {name} cost? | How much is a {name} ride? / {name}要多少钱？
    """),
    "scores": _rows("""
        label > value: How did {name} end? | What's the score of {name}? | How does {name} stand? / {name}几比几？
        label > detail: How far is {name}? | Which minute is {name} in? / {name}进行到哪了？
    """),
    "shop": _rows("""
        label > value: What does the {name} cost? | How much do I pay for the {name}? / {name}卖多少钱？
        label > detail: How good is the {name}? | How is the {name} rated? / {name}评价怎么样？
        value > label: What could I get for {name}? | What costs {name}? / 什么东西{name}？
    """),
    "shopping_cart": _rows("""
        label > detail: What does the {name} cost? | How much is the {name}? / {name}多少钱？
    """),
    "smart_home": _rows("""
        label > detail: What is the {name} doing? | What about the {name}? / {name}现在怎么样？
    """),
    "timer": _rows("""
        label > value: How long do I set it for {name}? | How long does {name} need? / {name}要计时多久？
    """),
    "timetable": _rows("""
        label > value: When do I have {name}? | What time is {name}? / {name}课几点？
        label > detail.0: Where is {name}? | Where do I have to go for {name}? / {name}课在哪上？
        label > detail.1: Who teaches {name}? | Who is my {name} teacher? / {name}课谁教？
        detail.1 > label: What does {name} teach? | Which subject is with {name}? / {name}教什么？
        value > label: What do I have at {name}? | Which lesson begins at {name}? / {name}上什么课？
    """),
    "todo": _rows("""
        label > detail.1: Until when do I have to "{name}"? | By when must I "{name}"? / “{name}”最晚哪天做？
        label > detail.0: Which list is "{name}" on? | What does "{name}" belong to? / “{name}”在哪个清单里？
    """),
    "transit_board": _rows("""
        To|终点 > Time|时间: When does the train to {name} leave? | When can I get to {name}? | What time is the {name}
            train? / 去{name}的车几点开？
        To|终点 > Platform|站台: Which platform is the {name} train on? | Where does the train to {name} stop? /
            去{name}的车在几站台？
        To|终点 > Status|状态: How is the {name} train running? | What about the train to {name}? /
            去{name}的车怎么样了？
        Time|时间 > To|终点: Where does the {name} go? | Where does the train at {name} take me? / {name}的车去哪里？
        Time|时间 > Platform|站台: From which platform does the {name} go? | Where do I board the {name}? /
            {name}的车在几站台？
        label > value: When does the train to {name} leave? | When can I get to {name}? | What time is the {name}
            train? / 去{name}的车几点开？
        label > detail.0: Which platform is the {name} train on? | Where does the train to {name} stop? /
            去{name}的车在几站台？
        label > detail.1: How is the {name} train running? | What about the train to {name}? / 去{name}的车怎么样了？
        value > label: Where does the {name} go? | Where does the train at {name} take me? / {name}的车去哪里？
        value > detail.0: From which platform does the {name} go? | Where do I board the {name}? / {name}的车在几站台？
    """),
    "trips": _rows("""
        heading > detail: When am I in {name}? | When do I travel to {name}? / 什么时候去{name}？
        heading > text.0: How long do I stay in {name}? | How many nights am I in {name}? / 在{name}住几晚？
        heading > text.1: How many of us go to {name}? / 几个人去{name}？
    """),
    "videos": _rows("""
        heading > detail.0: Who made {name}? | Whose video is {name}? / {name}是谁拍的？
        heading > detail.1: How many people have seen {name}? / {name}有多少人看过？
        heading > detail.2: How old is {name}? | When did {name} come out? / {name}是什么时候发布的？
    """),
    "weather": _rows("""
        label > value: How warm will it be on {name}? | How hot or cold does it get on {name}? / {name}多少度？
        label > detail: What's the weather like on {name}? | What will {name} be like? / {name}天气怎么样？
    """),
    "wifi": _rows("""
        label > detail: How safe is {name}? | What about {name}? / {name}是什么状态？
    """),
    "world_clock": _rows("""
        label > value: What time is it in {name}? | How late is it in {name}? / {name}现在几点？
        label > detail: How many hours is {name} away? | How far ahead is {name}? / {name}差几个小时？
        value > label: Where is it {name} now? | In which city is it {name}? / 哪里现在是{name}？
    """),
}
FACTS: dict[str, dict[Both, Both]] = {  # by app and the label of a line that has a fixed one
    "about_phone": _facts("""
        Model|型号: What phone is this? | Which phone do I have? / 这是什么手机？
        System version|系统版本: Which system is on it? | How new is the system? / 装的是哪个版本的系统？
        Serial number|序列号: How can this phone be told from others? | What number does the maker give it? /
            这台手机的序列号？
        Memory|内存: How much RAM does it have? / 运行内存有多大？
        Storage|存储: How much fits on the phone? | How full is the phone? / 还能存多少东西？
        Device name|设备名称: What is my phone called? | Whose phone is it? / 我的手机叫什么名字？
    """),
    "account": _facts("""
        Points|积分: How many points have I got? | What have I collected so far? / 我攒了多少积分？
        Orders|订单: How often have I ordered? / 我下过多少单？
        Vouchers|优惠券: How many vouchers can I still use? / 我还有几张券？
        Addresses|地址管理: How many addresses are saved? / 存了几个地址？
        Language|语言: Which language is it in? / 用的是哪种语言？
        Invite friends|邀请好友: What do I get for bringing a friend? / 邀请一个朋友得多少？
    """),
    "alarm_edit": _facts("""
        Sound|铃声: Which tune wakes me? | What will it play? / 用什么铃声叫醒我？
        Label|标签: What is this alarm for? / 这个闹钟是干什么的？
    """),
    "app_store": _facts("""
        Size|大小: How big is the app? | How much room does it need? / 这个应用有多大？
        Age|年龄: How old must one be for it? | From which age on? / 几岁以上能用？
        Downloads|下载量: How many people have installed it? / 多少人装过？
        Rating|评分: How good is the app? | What do people give it? / 大家给它打几分？
    """),
    "bank_account": _facts("""
        Balance|余额: How much money do I have? | How much have I got left? | What's on the account? / 我还有多少钱？
        Available|可用: How much can I spend? / 我能花多少？
    """),
    "bill": _facts("""
        Total|合计: What did I pay in all? | How much was it altogether? | What did it all come to? / 一共付了多少？
        Subtotal|小计: What was it before tax? / 税前多少钱？
        Paid with|支付方式: How was it paid? | What did I pay with? / 怎么付的钱？
        Receipt no.|单号: Which number has this receipt? / 这张小票的编号？
    """),
    "budget": _facts("""
        Spent|支出: How much money is gone? | How much have I spent so far? / 已经花了多少？
        Budget|预算: How much may I spend? | What did I plan to spend? / 打算花多少？
    """),
    "contact_card": _facts("""
        Mobile|手机: What number can I call? | How do I reach them by phone? | What's the phone number? /
            打哪个号码能找到？
        Email|邮箱: Where can I write to? | What's the mail address? / 往哪里发邮件？
        Home|住址: Where do they live? | What's the address? / 住在哪里？
        Birthday|生日: When do they turn a year older? | When was this person born? / 哪天过生日？
        Ringtone|铃声: What do I hear when they call? / 来电响什么？
    """),
    "courses": _facts("""
        Streak|连续学习: How many days have I kept it up? | How long without a break? / 坚持了多少天？
        Points|积分: What have I scored so far? / 得了多少分？
    """),
    "directions": _facts("""
        Arrival|到达: When will I be there? | When do I get there? / 几点能到？
        Time|时间: How long does it take? | How long is the drive? / 要开多久？
        Distance|距离: How far is it? | How far do I have to go? / 有多远？
    """),
    "energy": _facts("""
        Cost|费用: What do I have to pay? | How much was the power? / 要付多少电费？
        Used|用电: How much power have we used? | How much electricity went through? / 用了多少电？
        Tariff|电价: What does a kilowatt hour cost? | Which price do I have? / 一度电多少钱？
        Meter reading|电表读数: What does the meter say? / 电表走到多少？
    """),
    "event": _facts("""
        Price|票价: What does it cost to get in? | How much is a ticket? / 门票多少钱？
    """),
    "event_edit": _facts("""
        Starts|开始: When does it begin? / 什么时候开始？
        Ends|结束: Until when does it last? | When is it over? / 什么时候结束？
        Repeat|重复: How often does it come again? / 多久重复一次？
        Title|标题: What is planned? / 安排了什么？
        Place|地点: Where is it going to be? / 在哪里？
    """),
    "food_cart": _facts("""
        Total|合计: What do I pay in all? | How much is everything together? / 一共多少钱？
        Delivery|配送费: What do they charge for bringing it? | How much was the delivery fee? / 送餐费多少？
        Dishes|菜品: What does the food alone cost? / 光菜多少钱？
        Tip|小费: How much do I give the driver? / 给多少小费？
        Address|地址: Where will the food be brought? / 送到哪里？
    """),
    "hotel": _facts("""
        Check-in|入住: When do I arrive? | From when do I have the room? / 哪天住进去？
        Check-out|退房: When do I have to leave? | Until when do I have the room? / 哪天离开？
        Total|合计: What does the stay cost? | How much is it for all nights? / 住宿一共多少钱？
        City tax|城市税: How much goes to the city? / 城市税交多少？
    """),
    "order_tracking": _facts("""
        Carrier|承运商: Who brings the parcel? | Which company delivers it? / 哪家快递送？
        Tracking no.|运单号: With which number can I follow it? | How do I look the parcel up? / 用哪个号查快递？
        Deliver to|收货地址: Where does the parcel go? | Where will it be delivered? / 送到哪里？
    """),
    "parking": _facts("""
        Zone|区域: Where is the car parked? | Which area is it? / 停在哪个区？
        Vehicle|车辆: Which car is it? | What's the number plate? | What's the licence plate? / 是哪辆车？ |
            车牌号多少？
        Rate|费率: What does an hour cost? / 一小时多少钱？
        Total|合计: What do I have to pay for parking? / 停车要付多少？
        Street|街道: In which street did I park? / 车停在哪条街？
    """),
    "photo": _facts("""
        Place|地点: Where was this taken? | Where was I when I took it? / 在哪里拍的？
        Size|大小: How many megabytes is it? | How large is the picture? / 照片有多大？
        Camera|相机: Which settings was it taken with? / 用什么参数拍的？
    """),
    "profile": _facts("""
        Followers|粉丝: How many follow them? | How many fans are there? / 有多少人关注？
        Posts|帖子: How much has been posted? / 发过多少条？
        Following|关注: How many do they follow themselves? / 关注了多少人？
    """),
    "quiz": _facts("""
        Points|得分: What have I scored? / 我得了多少分？
        Time left|剩余时间: How long do I still have? / 还剩多久？
        Question|题目: How many questions are through? | Which one am I at? / 做到第几题了？
    """),
    "ride": _facts("""
        From|起点: Where am I picked up? | Where does it start? / 在哪里上车？
        To|终点: Where am I going? | Where does the ride end? / 要去哪里？
    """),
    "shopping_cart": _facts("""
        Total|合计: What do I pay in all? | How much is everything together? / 一共多少钱？
        Delivery|运费: What does sending it cost? | How much was the delivery fee? / 运费多少？
        Subtotal|小计: What do the goods alone come to? / 商品一共多少？
    """),
    "sleep": _facts("""
        Score|得分: How well did I sleep? | How was my night? / 昨晚睡得怎么样？
        Heart rate|心率: How fast did my heart beat? | What was my pulse at night? / 睡觉时心跳多少？
        Awake|清醒: How long was I up? | How long did I lie awake? / 醒着多久？
        Deep|深睡: How long did I sleep soundly? / 深度睡眠多久？
    """),
    "steps": _facts("""
        Steps|步数: How much did I walk? | How often did I put a foot down? / 走了多少步？
        Distance|距离: How far did I walk? | How far have I come? / 走了多远？
        Energy|消耗: How many calories did I burn? / 消耗了多少热量？
        Active|活动: How long did I move? / 运动了多久？
        Best day|最佳一天: How much did I walk on my best day? / 走得最多的那天有多少？
    """),
    "transfer": _facts("""
        To|收款人: Who gets the money? | Whom do I pay? / 钱转给谁？
        From|付款账户: Which account does it come from? | Where is the money taken from? / 从哪个账户付？
        Amount|金额: How much do I send? | How much money is it? / 转多少钱？
        Reference|附言: What is the payment for? | What will they read with it? / 这笔钱是付什么的？
    """),
    "weather": _facts("""
        Humidity|湿度: How damp is the air? / 空气有多潮？
        Wind|风速: How hard does it blow? | How windy is it? / 风有多大？
        UV index|紫外线: How strong is the sun? / 太阳有多晒？
    """),
    "workout": _facts("""
        Heart rate|心率: How fast is my heart going? | What's my pulse? / 我的心跳多少？
        Energy|消耗: How many calories did I burn? / 消耗了多少热量？
        Time|时间: How long have I been at it? | How long did I train? / 练了多久？
    """),
}
