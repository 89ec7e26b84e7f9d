"""What shops sell and kitchens serve: names, pictures and usual prices."""

from __future__ import annotations

from dataclasses import dataclass

from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import Pair


@dataclass(frozen=True)
class Ware:
    """Something with a price.

    Attributes:
        least, most: what it costs, in pounds or dollars.
    """

    picture: str
    name: Pair
    least: int
    most: int


@dataclass(frozen=True)
class Kitchen:
    """A way of cooking, and pictures of what it serves."""

    name: Pair
    pictures: tuple[str, ...]


def _rows(table: str) -> list[list[str]]:
    return [entry.strip().split("|") for entry in table.replace("\n", ";").split(";") if entry.strip()]


def _wares(table: str) -> tuple[Ware, ...]:
    return tuple(
        Ware(picture, (english, chinese), int(least), int(most))
        for picture, english, chinese, least, most in _rows(table)
    )


GOODS = _wares("""
trainers|Running trainers|跑步鞋|12|80; backpack|City backpack|城市双肩包|12|80;
t-shirt|Cotton t-shirt|纯棉T恤|12|80; jeans|Slim jeans|修身牛仔裤|12|80; coat|Winter coat|冬季大衣|12|80;
scarf|Wool scarf|羊毛围巾|12|80; socks|Socks, 3 pairs|袜子3双装|5|25; watch|Steel watch|钢带手表|60|320;
headphones|Wireless headphones|无线耳机|60|320; camera|Compact camera|便携相机|190|950;
laptop|13-inch laptop|13英寸笔记本|190|950; phone|Smartphone 128 GB|智能手机128GB|190|950;
sunglasses|Sunglasses|太阳镜|12|80; umbrella|Folding umbrella|折叠伞|12|80;
handbag|Leather handbag|真皮手提包|12|80; teapot|Ceramic teapot|陶瓷茶壶|12|80;
sofa|Two-seat sofa|双人沙发|190|950; chair|Wooden chair|木椅|12|80; house plant|House plant|室内盆栽|12|80;
teddy bear|Teddy bear|泰迪熊|12|80; kite|Beach kite|沙滩风筝|5|25; football|Match football|比赛足球|12|80;
basketball|Outdoor basketball|室外篮球|12|80; guitar|Acoustic guitar|民谣吉他|60|320;
book|Travel guide|旅行指南|5|25; bicycle|City bike|城市自行车|190|950; skateboard|Skateboard|滑板|12|80;
suitcase|Cabin suitcase|登机箱|60|320; light bulb|LED bulb, 4 pack|LED灯泡4只装|5|25;
candle|Scented candle|香薰蜡烛|5|25; hammer|Claw hammer|羊角锤|12|80; hat|Sun hat|遮阳帽|5|25;
boot|Hiking boots|登山靴|12|80; alarm clock|Alarm clock|闹钟|5|25; dress|Summer dress|夏季连衣裙|12|80;
cap|Baseball cap|棒球帽|5|25; gloves|Knitted gloves|针织手套|5|25;
game controller|Game controller|游戏手柄|12|80; tent|Two-person tent|双人帐篷|60|320;
telescope|Starter telescope|入门望远镜|60|320
""")
DISHES = _wares("""
pizza|Margherita pizza|玛格丽特披萨|6|15; burger|Cheeseburger|芝士汉堡|6|15; chips|French fries|炸薯条|2|6;
sushi|Salmon sushi|三文鱼寿司|9|22; noodles|Beef noodles|牛肉面|6|15; dumpling|Pork dumplings|猪肉饺子|6|15;
curry|Chicken curry|咖喱鸡饭|6|15; spaghetti|Spaghetti bolognese|肉酱意面|6|15; salad|Green salad|田园沙拉|6|15;
sandwich|Club sandwich|总汇三明治|6|15; hot dog|Hot dog|热狗|6|15; taco|Beef taco|牛肉塔可|6|15;
pancakes|Pancakes with honey|蜂蜜松饼|6|15; waffle|Belgian waffle|比利时华夫饼|6|15;
croissant|Butter croissant|黄油可颂|2|6; fried egg|Fried egg|煎蛋|2|6; steak|Rib-eye steak|肋眼牛排|14|30;
chicken leg|Roast chicken leg|烤鸡腿|6|15; prawn|Fried prawns|炸虾|8|18; bento box|Bento box|便当|9|18;
rice|Steamed rice|白米饭|2|6; ice cream|Vanilla ice cream|香草冰淇淋|2|6;
doughnut|Chocolate doughnut|巧克力甜甜圈|2|6; cake|Cheesecake|芝士蛋糕|6|15; pie|Cherry pie|樱桃派|6|15;
custard|Caramel custard|焦糖布丁|6|15; bubble tea|Bubble tea|珍珠奶茶|2|6; tea|Green tea|绿茶|2|6;
coffee|Flat white|白咖啡|2|6; juice|Orange juice|橙汁|2|6; wine|Red wine|红酒|2|6; beer|Lager|啤酒|2|6;
cupcake|Strawberry cupcake|草莓纸杯蛋糕|2|6; rice ball|Rice ball|饭团|2|6
""")
COOKING = {
    letter: Kitchen((english, chinese), tuple(pictures.split(", ")))
    for letter, english, chinese, pictures in _rows("""
I|Italian|意大利菜|pizza, spaghetti; C|Chinese|中餐|noodles, dumpling, rice;
J|Japanese|日料|sushi, bento box, rice ball; N|Indian|印度菜|curry, rice;
M|Mexican|墨西哥菜|taco, avocado, chilli; B|Burgers|汉堡|burger, chips, hot dog; F|Fish|海鲜|fish, prawn, crab;
V|Vegan|素食|salad, broccoli, avocado; G|Grill|烧烤|steak, chicken leg, bacon;
K|Café|咖啡馆|coffee, croissant, cake; A|Korean|韩餐|rice, fried egg, steak; P|Vietnamese|越南菜|noodles, salad
""")
}
KITCHENS = "I I N J C B M F V C C K G C I N G C K A P K C V".split()  # of each of words.RESTAURANTS, in their order


def priced(c: Content, wares: tuple[Ware, ...], count: int) -> list[tuple[str, str, int]]:
    """Some different wares: name, picture, price in hundredths."""
    chosen = c.rng.sample(wares, count)
    return [(ware.name[c.zh], ware.picture, c.price(ware.least, ware.most)) for ware in chosen]
