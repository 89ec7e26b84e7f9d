"""Word lists that many apps share, each entry in English and Chinese; slots in braces are filled by content.py."""

from __future__ import annotations

from typing import TypeAlias

Pair: TypeAlias = tuple[str, str]  # English, Chinese


def pairs(table: str) -> tuple[Pair, ...]:
    """Read "English|Chinese" entries, one a line or set apart by semicolons."""
    entries = (entry.strip() for entry in table.replace("\n", ";").split(";"))
    made = [tuple(entry.split("|")) for entry in entries if entry]
    assert all(len(pair) == 2 for pair in made), [pair for pair in made if len(pair) != 2]
    return tuple((english, chinese) for english, chinese in made)


CITIES = pairs("""
London|伦敦; Paris|巴黎; Tokyo|东京; Beijing|北京; Shanghai|上海; New York|纽约; Madrid|马德里; Rome|罗马; Berlin|柏林
Vienna|维也纳; Lisbon|里斯本; Dublin|都柏林; Oslo|奥斯陆; Helsinki|赫尔辛基; Prague|布拉格; Warsaw|华沙; Athens|雅典
Cairo|开罗; Nairobi|内罗毕; Sydney|悉尼; Auckland|奥克兰; Singapore|新加坡; Bangkok|曼谷; Seoul|首尔; Mumbai|孟买
Toronto|多伦多; Chicago|芝加哥; Boston|波士顿; Seattle|西雅图; Denver|丹佛; Guangzhou|广州; Shenzhen|深圳; Chengdu|成都
Hangzhou|杭州; Xi'an|西安; Nanjing|南京; Wuhan|武汉; Edinburgh|爱丁堡; Manchester|曼彻斯特; Barcelona|巴塞罗那
""")
SCENES = (
    "beach castle bridge tower mountain island sunrise city volcano desert stadium fountain church".split()
)  # pictures
CHINA_DISTRICTS = "朝阳区 海淀区 浦东新区 徐汇区 天河区 南山区 武侯区 西湖区 雁塔区 鼓楼区 江汉区 滨江区".split()
CHINA_ROADS = (
    "中山路 人民路 解放路 和平路 建设路 长江路 文化路 学院路 花园路 青年路 新华路 东风路 滨河路 桃园路".split()
)
STREETS = [
    street.strip()
    for street in """
High Street; Station Road; Church Lane; Mill Lane; Park Avenue; Victoria Road; Queen Street; King Street
Bridge Street; Market Street; Oak Avenue; Maple Drive; Cedar Court; Elm Road; Garden Walk; Harbour View; Hill Rise
Orchard Close; School Lane; Spring Street; Union Square; Windmill Road; York Place; Albert Road
""".replace("\n", ";").split(";")
    if street.strip()
]
SHOPS = pairs("""
Corner Bakery|街角面包房; Green Grocer|绿叶果蔬店; City Pharmacy|城市药房; North Books|北岸书店
Blue Bottle Bar|蓝瓶酒吧; Harbour Coffee|海港咖啡; Sunrise Market|日出超市; Paper & Pen|文具小铺
Bright Optics|明亮眼镜; Fresh Fish Co.|鲜鱼铺; Home & Garden|家居园艺; Happy Paws Pet Shop|萌爪宠物店
Speedy Cleaners|快洁干洗店; Little Toy Box|小小玩具屋; Mountain Sports|高山运动; Star Cinema|星星影院
Metro Petrol|城铁加油站; Golden Noodle House|金面馆; Tea & Leaf|茶叶坊; Old Mill Hardware|老磨坊五金
Riverside Gym|河畔健身房; The Flower Stand|街边花店; Quick Mart|便利超市; Daily Deli|日常熟食店
""")
RESTAURANTS = pairs("""
The Olive Tree|橄榄树餐厅; Luigi's Kitchen|路易吉厨房; Spice Garden|香料花园; Sakura Sushi|樱花寿司
Dragon Palace|龙宫酒楼; Burger Barn|汉堡仓; Taco Corner|塔可角; The Fish House|鱼屋; Green Bowl|绿碗轻食
Golden Wok|金锅小炒; Noodle Bar 88|八八面馆; Café Lumière|光影咖啡馆; Smoke & Salt|烟火盐; Lotus Garden|莲花轩
Pasta Point|意面点; Bombay Nights|孟买之夜; Harbour Grill|海港烧烤; Mama's Dumplings|妈妈饺子馆
The Breakfast Club|早餐俱乐部; Seoul Kitchen|首尔厨房; Pho Corner|河粉角; La Petite Table|小餐桌; Hot Pot Hall|火锅堂
The Veggie Plate|素食盘
""")
SONGS = pairs("""
Midnight Train|午夜列车; Paper Boats|纸船; Golden Hour|黄金时刻; Slow River|慢河; Neon Rain|霓虹雨
Falling Leaves|落叶; Hello Again|再次问好; Summer Roads|夏日公路; Blue Window|蓝色窗户; Northern Lights|北极光
Letters Home|家书; Silver Moon|银月; City of Glass|玻璃之城; Wild Flowers|野花; Two Steps Back|退后两步
The Long Way|漫长的路; Echoes|回声; Stay Tonight|今晚留下; Ocean Drive|海滨大道; First Snow|初雪; Kites|风筝
Morning Coffee|清晨咖啡; Dancing Alone|独舞; Tiny Planet|小小星球; Lanterns|灯笼; Sunday Market|周日集市
Winter Garden|冬日花园; Rooftops|屋顶; Open Door|敞开的门; Higher Ground|高地
""")
ARTISTS = pairs("""
The Quiet Lions|安静狮子; Mara Lane|玛拉·莱恩; Blue Harbour|蓝色港湾; Lin & The Foxes|林与狐狸
Echo Park Trio|回声三人组; Nora West|诺拉·韦斯特; Paper Planes|纸飞机乐队; Velvet Static|天鹅绒电波
Oak & Iron|橡树与铁; The Night Buses|夜班巴士; Sunny Okafor|桑妮; Luna Park|月亮公园; Marble Sky|大理石天空
Kaito|海斗; River Sisters|河流姐妹; Glass Animals Club|玻璃俱乐部
""")
TEAMS = pairs("""
Lions|雄狮队; Tigers|猛虎队; Eagles|雄鹰队; Sharks|鲨鱼队; Wolves|野狼队; Bears|棕熊队; Hawks|飞鹰队; Panthers|黑豹队
Rovers|流浪者队; United|联合队; City|城市队; Rangers|游骑兵队; Dragons|巨龙队; Falcons|猎鹰队; Comets|彗星队
Pirates|海盗队; Stars|星光队; Giants|巨人队; Kings|国王队; Rockets|火箭队
""")
APP_NAMES = pairs("""
Messages|信息; Mail|邮件; Calendar|日历; Photos|照片; Camera|相机; Maps|地图; Weather|天气; Clock|时钟; Notes|备忘录
Music|音乐; Bank|银行; Wallet|钱包; Fitness|健身; News|新闻; Podcasts|播客; Files|文件; Calculator|计算器
Contacts|通讯录; Shop|商店; Video|视频; Reader|阅读; Translate|翻译; Recorder|录音机; Browser|浏览器; Taxi|打车
Food|外卖; Books|图书; Games|游戏
""")
MESSAGES = pairs("""
Running late, there by {time}|有点晚，{time}到; Can you pick up some {food}?|能顺路买点{food}吗？
Happy birthday!|生日快乐！; Thanks for the lift yesterday|谢谢你昨天送我; See you at {place} on {day}|{day}在{place}见
Did you get my email?|收到我的邮件了吗？; The meeting moved to {time}|会议改到{time}了
I left my keys at yours|我把钥匙落你家了; Call me when you can|有空给我回电话
Dinner at {time}? I'm cooking {food}|{time}吃饭？我做{food}; Just landed in {city}|刚到{city}
Nice photos from {city}!|{city}的照片真好看！; Your parcel is with the neighbour|包裹放在邻居家了
Table booked for {n} at {time}|订好了{time}{n}人的位子; On my way|在路上了
Could you send me the address?|能把地址发我吗？; The train is {n} minutes late|火车晚点{n}分钟
Got the tickets for {day}|{day}的票买好了; Let's talk tomorrow|明天聊; Where are you?|你在哪儿？
Sounds good to me|我觉得可以; I'll be home by {time}|我{time}前到家; Don't forget the {food}|别忘了买{food}
How was {city}?|{city}怎么样？; Shall we go for a walk?|去散散步吗？; Good luck today!|今天加油！
Match starts at {time}|比赛{time}开始; I owe you {money}|我欠你{money}; Can we swap shifts on {day}?|{day}能换个班吗？
Perfect, thank you|太好了，谢谢
""")
HEADLINES = pairs("""
New bridge opens in {city} after three years of work|历时三年，{city}新桥通车
{team} win the cup after extra time|{team}加时赛夺冠; Rail fares to rise by {n}% in spring|春季火车票价将上涨{n}%
Rare owl seen in a city park|城市公园出现罕见猫头鹰; {city} plans {n} new cycle lanes|{city}计划新建{n}条自行车道
Storm brings heavy rain to the coast|风暴给沿海带来大雨
Scientists map the sea floor in new detail|科学家绘制更详细的海底地图
Local bakery wins national prize|本地面包店获全国奖; House prices fall for the {n}th month|房价连续{n}个月下跌
Museum in {city} to stay open until midnight|{city}博物馆将开放至午夜
School turns its roof into a garden|学校把屋顶变成花园; {team} sign a new coach|{team}签下新教练
Electric buses reach {city}|电动公交车驶入{city}; Coffee prices at their highest in {n} years|咖啡价格创{n}年新高
Volunteers plant {n}00 trees in a weekend|志愿者一个周末种下{n}00棵树
Night trains return between {city} and the coast|{city}至沿海夜车恢复运行
Library lends out tools as well as books|图书馆除图书外还出借工具; Heat wave expected from {day}|{day}起将迎来热浪
Small firms hire more people than last year|小企业招聘人数超过去年
Telescope finds a planet like ours|望远镜发现类地行星
Chess club of {n} pupils beats the champions|{n}名学生的棋社击败冠军
{city} marathon draws record numbers|{city}马拉松参赛人数创纪录
""")
TASKS = pairs("""
Buy {food}|买{food}; Call the dentist|给牙医打电话; Pay the electricity bill|交电费; Water the plants|浇花
Book the train to {town}|订去{town}的火车票; Return library books|还图书馆的书; Clean the kitchen|打扫厨房
Renew the passport|更换护照; Write to {name}|给{name}写信; Fix the bike|修自行车; Walk the dog|遛狗
Prepare the slides|准备幻灯片; Send the invoice|寄发票; Plan the weekend|安排周末; Change the light bulb|换灯泡
Wash the car|洗车; Pick up the parcel|取快递; Back up the photos|备份照片; Order new glasses|配新眼镜
Take out the bins|倒垃圾; Bake a cake for {name}|给{name}烤蛋糕; Read chapter {n}|读第{n}章; Check the tyres|检查轮胎
Cancel the gym|取消健身卡; Sort the wardrobe|整理衣柜
""")
EVENTS = pairs("""
Team meeting|团队会议; Lunch with {name}|和{name}吃午饭; Dentist|看牙医; Project review|项目评审; Yoga class|瑜伽课
Parents' evening|家长会; Flight to {city}|飞往{city}; Piano lesson|钢琴课; Budget planning|预算规划
Call with {name}|与{name}通话; Birthday dinner|生日晚餐; Haircut|理发; Car service|汽车保养; Book club|读书会
Interview|面试; Football training|足球训练; Design workshop|设计研讨; Vet appointment|宠物就诊
Concert at {place}|{place}音乐会; Weekly report|周报; House viewing|看房; Swimming|游泳
Train to {town}|去{town}的火车
""")
FOODS = pairs("""
bread|面包; milk|牛奶; eggs|鸡蛋; apples|苹果; rice|大米; tomatoes|番茄; cheese|奶酪; coffee|咖啡; bananas|香蕉
noodles|面条; chicken|鸡肉; fish|鱼; yoghurt|酸奶; carrots|胡萝卜; honey|蜂蜜; tea|茶叶; mushrooms|蘑菇; potatoes|土豆
salad|沙拉; soup|汤
""")
PLACES = pairs("""
the station|车站; the library|图书馆; the market|市场; the cinema|电影院; the park|公园; the museum|博物馆
the office|办公室; the town hall|市政厅; the airport|机场; the harbour|码头; the theatre|剧院; the school|学校
the old café|老咖啡馆
""")
WEEKDAYS = pairs("Monday|周一; Tuesday|周二; Wednesday|周三; Thursday|周四; Friday|周五; Saturday|周六; Sunday|周日")
MONTHS = "January February March April May June July August September October November December".split()
JOBS = pairs("""
Nurse|护士; Teacher|教师; Engineer|工程师; Designer|设计师; Chef|厨师; Accountant|会计; Photographer|摄影师
Driver|司机; Student|学生; Architect|建筑师; Writer|作家; Gardener|园艺师; Electrician|电工; Lawyer|律师
Musician|音乐人; Baker|面包师
""")
REVIEWS = pairs("""
Lovely place, friendly staff.|地方很好，员工热情。; Good value, would come again.|性价比高，还会再来。
A bit noisy in the evening.|晚上有点吵。; Exactly as described.|和描述一致。
Arrived a day late but works well.|晚到一天，但很好用。; The best I have tried in years.|多年来试过最好的。
Too small for four people.|四个人有点挤。; Great for families with children.|适合带孩子的家庭。
Colour differs slightly from the picture.|颜色与图片略有不同。; Easy to set up.|安装简单。
Clean, quiet and close to the station.|干净安静，离车站近。; Portions are generous.|分量很足。
The battery lasts two days.|电池能用两天。; Service was slow at lunch.|午餐时上菜慢。
""")
SHOP_MESSAGES = pairs("""
Your order is ready to collect.|您的订单可以取货了。; Your parcel arrives on {day}.|您的包裹{day}送达。
Your code is 4{n}7 20{n}.|您的验证码是4{n}720{n}。; Thank you for your visit. Rate us?|感谢光临，欢迎评价。
Your table for {n} is booked at {time}.|已为您预订{time}{n}人的位子。; Sale until {day}: 20% off.|{day}前八折优惠。
Your appointment is on {day} at {time}.|您的预约时间为{day}{time}。
""")
TOWNS = pairs("""
Leeds|苏州; York|无锡; Bath|常州; Exeter|扬州; Derby|镇江; Lincoln|徐州; Chester|嘉兴; Oxford|绍兴; Cambridge|宁波
Norwich|温州; Durham|金华; Preston|合肥; Carlisle|芜湖; Swindon|南昌; Reading|九江; Cardiff|长沙; Swansea|株洲
Plymouth|福州; Brighton|厦门; Hull|泉州
""")
# What to show beside words: the first of these that an English sentence holds.
PICTURED = dict(
    (word.strip(), name.strip())
    for word, name in (
        entry.split(":")
        for entry in """
bridge: bridge; cup: trophy; Rail: train; train: train; owl: owl; cycle: bicycle; bike: bicycle; Storm: umbrella;
sea floor: whale; bakery: bread; bread: bread; House: house; home: house; Museum: castle; garden: sunflower;
Garden: tulip; coach: football; buses: bus; Coffee: coffee; trees: tree; Library: book; Heat wave: sunrise;
firms: office; planet: telescope; Chess: trophy; marathon: trainers; sleep: bed; railway: steam train;
island: island; paint: paintbrush; Bees: bee; car: car; stars: telescope; dinners: spaghetti; Packing: suitcase;
map: map; tomatoes: tomato; photography: camera; Baked: cake; walk today: mushroom; match: football; visit: dog;
city: city; desk: laptop; picnic: basket; game night: dice; market: strawberry; run: trainers; Film: popcorn;
concert: guitar; Pottery: teapot; Holiday: beach; Family: teddy bear; Pets: cat; Food: pizza; Screenshots: phone;
Work: laptop; Favourites: rose
""".replace("\n", ";").split(";")
        if entry.strip()
    )
)
