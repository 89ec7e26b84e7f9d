"""Written talks for chats and subjects for mail: each line in English and Chinese, with slots that a talk shares."""

from __future__ import annotations

from pocketvlm.datasets.rendered.words import Pair, pairs

Talk = tuple[tuple[bool, Pair], ...]  # who speaks and what they say


def _talks(table: str) -> tuple[Talk, ...]:
    """Talks set apart by blank lines; lines in turn by one and the other, a + where the same one goes on."""
    made = []
    for block in table.strip().split("\n\n"):
        me, talk = False, []
        for line in block.splitlines():
            me = me if line.startswith("+") else not me
            english, chinese = line.lstrip("+ ").split("|")
            talk.append((me, (english, chinese)))
        made.append(tuple(talk))
    return tuple(made)


TALKS = _talks("""
Are you free on {day}?|{day}有空吗？
Yes, after {time}|有，{time}以后
Great, let's meet at {place}|太好了，在{place}见
Perfect. Shall I bring {food}?|好。要我带点{food}吗？
Yes please, enough for {n}|好啊，够{n}个人吃就行
Done!|没问题！

How is {city}?|{city}怎么样？
Warm and busy. The food is great|暖和又热闹，吃的很棒
+We are here for {n} more days|我们还要待{n}天
Send me some photos|发几张照片给我
Will do tonight|今晚发

Did you pay for the tickets?|票钱付了吗？
Yes, {money} for both|付了，两张一共{money}
I'll send you my half|我把我那一半转给你
No rush|不着急
Just sent it|刚转了
Got it, thanks!|收到，谢谢！

The train is late again|火车又晚点了
How late?|晚多久？
{n}0 minutes. I'll be there by {time}|{n}0分钟，我{time}前到
OK, I'll wait at {place}|好，我在{place}等你

Is {name} coming to dinner?|{name}来吃晚饭吗？
Yes, so we are {n}|来，这样一共{n}个人
+I booked the table for {time}|我订了{time}的位子
Good. Does anyone not eat {food}?|好。有人不吃{food}吗？
Not that I know of|据我所知没有

Have you seen my charger?|看到我的充电器了吗？
It's on the kitchen table|在厨房桌上
Found it, thank you|找到了，谢谢
We are also out of {food}|{food}也没了
I'll get some on the way home|回家路上我买

Can you cover my shift on {day}?|{day}能替我上班吗？
What time?|几点？
From {time}, for {n} hours|{time}开始，{n}个小时
Sure, if you take mine next week|可以，下周你替我
Deal|成交

The delivery came|快递到了
Was everything in it?|东西齐吗？
One box is missing|少了一箱
I'll call the shop. What's the order total?|我给店里打电话。订单总额多少？
{money}|{money}

Game starts at {time}|比赛{time}开始
I'm bringing {n} friends|我带{n}个朋友来
Is there room at yours?|你那儿坐得下吗？
+If not we can go to {place}|不行就去{place}
Plenty of room, come over|坐得下，来吧

Good morning! How did the interview go?|早上好！面试怎么样？
Really well. They want me to start on {day}|很顺利，他们想让我{day}入职
Congratulations!|恭喜！
Thanks! Coffee at {time}?|谢谢！{time}喝咖啡？
I'm in|算我一个

I'm at {place}, where are you?|我在{place}，你在哪儿？
Still parking, {n} minutes|还在停车，{n}分钟
No problem. I got us {food}|没事，我买了{food}
You're the best|你最好了

What should we get {name} for the birthday?|给{name}买什么生日礼物？
A trip to {city}?|去{city}的旅行？
A bit much :) Maybe a book|有点贵了，要不买本书
Fine, around {money} then|行，那大概{money}
I'll order it today|我今天下单
""")

SUBJECTS = pairs("""
Your booking in {city}|您在{city}的预订; Agenda for {day}|{day}的议程; Invoice for last month|上月发票
Welcome to the team|欢迎加入团队; Photos from {city}|{city}的照片; Your receipt: {money}|您的收据：{money}
Reminder: meeting at {time}|提醒：{time}会议; Password changed|密码已更改
Your parcel arrives on {day}|您的包裹{day}送达; Plans for the weekend|周末计划
Question about the report|关于报告的问题; Tickets for {place}|{place}门票; Weekly news|每周资讯
Lunch on {day}?|{day}一起吃午饭？; Contract for signature|待签合同; Your statement is ready|您的账单已出
Holiday request approved|休假申请已批准; New sign-in to your account|您的账户有新登录
Notes from the workshop|研讨会记录; Rent due on {day}|{day}交房租
""")

MAILS = tuple(
    pairs(mail)  # a subject and what is written under it
    for mail in (
        """
            Agenda for {day}|{day}的议程; Here is the agenda for our meeting.|附上本次会议的议程。
            We start at {time} and need about an hour.|会议{time}开始，大约一小时。
            Please read the plan beforehand.|请提前阅读计划。
            """,
        """
            Trip to {city}|{city}之行; The tickets and the hotel are booked.|车票和酒店已订好。
            We leave on {day} at {time}.|我们{day}{time}出发。; Could you bring the big suitcase?|你能带上大行李箱吗？
            """,
        """
            Your invoice|您的发票; Thank you for your order.|感谢您的订购。
            The total of {money} is due within 14 days.|总额{money}，请在14天内付款。
            You find the invoice attached.|发票见附件。
            """,
        """
            Dinner on {day}|{day}的晚餐; We would love to have you over.|很想请你来家里坐坐。
            Dinner is at {time}, and there will be {food}.|{time}开饭，会有{food}。
            Let me know whether you can come.|请告诉我你能否来。
            """,
        """
            Your holiday request|您的休假申请; Your leave of {n} days was approved.|您{n}天的休假已批准。
            Please hand over open tasks before {day}.|请在{day}前交接未完成的工作。
            """,
        """
            Notes from the workshop|研讨会记录; Thanks to all {n} of you for joining.|感谢{n}位参加。
            The next one takes place at {place}.|下次在{place}举行。
            The photos are in the shared folder.|照片在共享文件夹里。
            """,
        """
            Library reminder|图书馆提醒; {n} books are due on {day}.|{n}本书将于{day}到期。
            You can renew them in the app.|可在应用中续借。
            """,
        """
            Your appointment|您的预约; We expect you on {day} at {time}.|我们{day}{time}恭候您。
            Please arrive ten minutes early.|请提前十分钟到达。
            To change it, just reply to this mail.|如需更改，请直接回复本邮件。
            """,
    )
)
