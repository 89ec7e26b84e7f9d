"""Pictures of everyday objects, by name: what screens show and what questions are asked about.

The pictures are Twemoji's (npm package `@twemoji/svg`, graphics under CC BY 4.0), one SVG file a code point. Only names
live here; whoever draws finds `<package>/<code>.svg`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """An object that is drawn: a name in each language, and the file it is drawn from."""

    name: str  # English, and the key
    chinese: str
    code: str  # code point in hexadecimal: the file's stem in the package
    group: str  # what it is one of: "animal", "fruit", ...


PACKAGE = "@twemoji/svg"
ATTRIBUTION = "Twemoji, copyright Twitter, Inc. and other contributors, CC BY 4.0"

_TABLE = """
animal: dog 1f415 狗; cat 1f408 猫; horse 1f40e 马; cow 1f404 奶牛; pig 1f416 猪; sheep 1f411 绵羊;
 goat 1f410 山羊; camel 1f42a 骆驼; elephant 1f418 大象; mouse 1f401 老鼠; rabbit 1f407 兔子;
 tiger 1f405 老虎; leopard 1f406 豹子; monkey 1f412 猴子; gorilla 1f98d 大猩猩; kangaroo 1f998 袋鼠;
 giraffe 1f992 长颈鹿; zebra 1f993 斑马; deer 1f98c 鹿; hedgehog 1f994 刺猬; bat 1f987 蝙蝠;
 panda 1f43c 熊猫; koala 1f428 考拉; fox 1f98a 狐狸; lion 1f981 狮子; bear 1f43b 熊; frog 1f438 青蛙;
 crocodile 1f40a 鳄鱼; turtle 1f422 乌龟; snake 1f40d 蛇; whale 1f433 鲸鱼; dolphin 1f42c 海豚;
 fish 1f41f 鱼; shark 1f988 鲨鱼; octopus 1f419 章鱼; crab 1f980 螃蟹; snail 1f40c 蜗牛;
 butterfly 1f98b 蝴蝶; bee 1f41d 蜜蜂; ladybird 1f41e 瓢虫; chicken 1f414 母鸡; penguin 1f427 企鹅;
 duck 1f986 鸭子; owl 1f989 猫头鹰; swan 1f9a2 天鹅; peacock 1f99a 孔雀; parrot 1f99c 鹦鹉;
 flamingo 1f9a9 火烈鸟; eagle 1f985 老鹰
fruit: apple 1f34e 苹果; green apple 1f34f 青苹果; pear 1f350 梨; orange 1f34a 橙子; lemon 1f34b 柠檬;
 banana 1f34c 香蕉; watermelon 1f349 西瓜; grapes 1f347 葡萄; strawberry 1f353 草莓; cherries 1f352 樱桃;
 peach 1f351 桃子; mango 1f96d 芒果; pineapple 1f34d 菠萝; coconut 1f965 椰子; kiwi 1f95d 猕猴桃;
 blueberries 1fad0 蓝莓
vegetable: tomato 1f345 番茄; aubergine 1f346 茄子; broccoli 1f966 西兰花; cucumber 1f952 黄瓜; carrot 1f955 胡萝卜;
 sweetcorn 1f33d 玉米; potato 1f954 土豆; onion 1f9c5 洋葱; garlic 1f9c4 大蒜; mushroom 1f344 蘑菇;
 avocado 1f951 牛油果; chilli 1f336 辣椒; lettuce 1f96c 生菜
food: bread 1f35e 面包; croissant 1f950 牛角包; baguette 1f956 法棍; pretzel 1f968 椒盐卷饼; bagel 1f96f 贝果;
 pancakes 1f95e 松饼; waffle 1f9c7 华夫饼; cheese 1f9c0 奶酪; burger 1f354 汉堡; chips 1f35f 薯条;
 pizza 1f355 披萨; hot dog 1f32d 热狗; sandwich 1f96a 三明治; taco 1f32e 墨西哥卷饼; egg 1f95a 鸡蛋;
 fried egg 1f373 煎蛋; salad 1f957 沙拉; popcorn 1f37f 爆米花; bento box 1f371 便当; rice ball 1f359 饭团;
 rice 1f35a 米饭; curry 1f35b 咖喱饭; noodles 1f35c 面条; spaghetti 1f35d 意大利面; sushi 1f363 寿司;
 prawn 1f364 炸虾; dumpling 1f95f 饺子; moon cake 1f96e 月饼; ice cream 1f368 冰淇淋;
 doughnut 1f369 甜甜圈; cookie 1f36a 曲奇; birthday cake 1f382 生日蛋糕; cake 1f370 蛋糕;
 cupcake 1f9c1 纸杯蛋糕; pie 1f967 馅饼; chocolate 1f36b 巧克力; lollipop 1f36d 棒棒糖; honey 1f36f 蜂蜜;
 chicken leg 1f357 鸡腿; steak 1f969 牛排; bacon 1f953 培根; custard 1f36e 布丁
drink: coffee 2615 咖啡; tea 1f375 绿茶; milk 1f95b 牛奶; beer 1f37a 啤酒; wine 1f377 红酒; cocktail 1f378 鸡尾酒;
 juice 1f9c3 果汁; bubble tea 1f9cb 珍珠奶茶; teapot 1fad6 茶壶
vehicle: car 1f697 汽车; taxi 1f695 出租车; bus 1f68c 公交车; ambulance 1f691 救护车; fire engine 1f692 消防车;
 police car 1f693 警车; lorry 1f69a 卡车; tractor 1f69c 拖拉机; racing car 1f3ce 赛车;
 motorbike 1f3cd 摩托车; scooter 1f6f5 小型摩托; bicycle 1f6b2 自行车; train 1f686 火车; tram 1f68a 电车;
 steam train 1f682 蒸汽火车; plane 2708 飞机; helicopter 1f681 直升机; rocket 1f680 火箭;
 sailing boat 26f5 帆船; ship 1f6a2 轮船; canoe 1f6f6 独木舟; speedboat 1f6a4 快艇; cable car 1f6a1 缆车
place: house 1f3e0 房子; office 1f3e2 办公楼; hospital 1f3e5 医院; bank 1f3e6 银行; school 1f3eb 学校;
 castle 1f3f0 城堡; church 26ea 教堂; tent 26fa 帐篷; stadium 1f3df 体育场; fountain 26f2 喷泉;
 bridge 1f309 大桥; ferris wheel 1f3a1 摩天轮; beach 1f3d6 海滩; desert 1f3dc 沙漠; island 1f3dd 小岛;
 mountain 1f3d4 雪山; volcano 1f30b 火山; sunrise 1f305 日出; city 1f3d9 城市; tower 1f5fc 铁塔
sport: football 26bd 足球; basketball 1f3c0 篮球; rugby ball 1f3c9 橄榄球; volleyball 1f3d0 排球;
 tennis ball 1f3be 网球; baseball 26be 棒球; badminton 1f3f8 羽毛球; table tennis 1f3d3 乒乓球;
 bowling 1f3b3 保龄球; boxing glove 1f94a 拳击手套; golf 26f3 高尔夫球; skis 1f3bf 滑雪板;
 ice skate 26f8 冰鞋; sled 1f6f7 雪橇; trophy 1f3c6 奖杯; medal 1f3c5 奖牌; frisbee 1f94f 飞盘;
 skateboard 1f6f9 滑板
music: guitar 1f3b8 吉他; violin 1f3bb 小提琴; piano 1f3b9 钢琴; trumpet 1f3ba 小号; saxophone 1f3b7 萨克斯;
 drum 1f941 鼓; microphone 1f3a4 麦克风; headphones 1f3a7 耳机; banjo 1fa95 班卓琴; accordion 1fa97 手风琴
clothing: t-shirt 1f455 T恤; jeans 1f456 牛仔裤; dress 1f457 连衣裙; scarf 1f9e3 围巾; gloves 1f9e4 手套;
 coat 1f9e5 大衣; socks 1f9e6 袜子; shorts 1fa73 短裤; handbag 1f45c 手提包; backpack 1f392 背包;
 trainers 1f45f 运动鞋; boot 1f97e 登山靴; high heel 1f460 高跟鞋; hat 1f452 草帽; cap 1f9e2 棒球帽;
 top hat 1f3a9 礼帽; glasses 1f453 眼镜; sunglasses 1f576 太阳镜; shirt and tie 1f454 衬衫领带;
 watch 231a 手表; ring 1f48d 戒指; crown 1f451 皇冠; umbrella 2602 雨伞
plant: rose 1f339 玫瑰; sunflower 1f33b 向日葵; tulip 1f337 郁金香; hibiscus 1f33a 木槿花;
 cherry blossom 1f338 樱花; bouquet 1f490 花束; cactus 1f335 仙人掌; palm tree 1f334 棕榈树;
 tree 1f333 大树; pine tree 1f332 松树; seedling 1f331 幼苗; maple leaf 1f341 枫叶;
 four-leaf clover 1f340 四叶草; house plant 1fab4 盆栽
object: key 1f511 钥匙; hammer 1f528 锤子; scissors 2702 剪刀; torch 1f526 手电筒; light bulb 1f4a1 灯泡;
 book 1f4d6 书; camera 1f4f7 相机; laptop 1f4bb 笔记本电脑; phone 1f4f1 手机; television 1f4fa 电视机;
 radio 1f4fb 收音机; alarm clock 23f0 闹钟; sofa 1f6cb 沙发; bed 1f6cf 床; chair 1fa91 椅子;
 bathtub 1f6c1 浴缸; basket 1f9fa 篮子; candle 1f56f 蜡烛; balloon 1f388 气球; gift 1f381 礼物;
 teddy bear 1f9f8 泰迪熊; kite 1fa81 风筝; globe 1f30d 地球; telescope 1f52d 望远镜;
 microscope 1f52c 显微镜; suitcase 1f9f3 行李箱; pencil 270f 铅笔; paintbrush 1f58c 画笔; broom 1f9f9 扫帚;
 soap 1f9fc 肥皂; ladder 1fa9c 梯子; magnet 1f9f2 磁铁; yo-yo 1fa80 悠悠球; dice 1f3b2 骰子;
 game controller 1f3ae 游戏手柄; puzzle piece 1f9e9 拼图; knife and fork 1f374 刀叉; toothbrush 1faa5 牙刷;
 plaster 1fa79 创可贴; mirror 1fa9e 镜子; anchor 2693 船锚; map 1f5fa 地图; bell 1f514 铃铛;
 envelope 2709 信封
"""


def _read(table: str) -> dict[str, Picture]:
    pictures: dict[str, Picture] = {}
    group = ""
    for entry in table.replace("\n ", " ").replace("\n", ";").split(";"):
        if not entry.strip():
            continue
        if ": " in entry:
            group, entry = entry.strip().split(": ")
        name, code, chinese = entry.strip().rsplit(" ", 2)
        assert name not in pictures, f"the picture {name!r} is listed twice"
        pictures[name] = Picture(name, chinese, code, group)
    return pictures


PICTURES: dict[str, Picture] = _read(_TABLE)
GROUPS: dict[str, tuple[str, ...]] = {
    group: tuple(name for name, picture in PICTURES.items() if picture.group == group)
    for group in dict.fromkeys(picture.group for picture in PICTURES.values())
}


def picture_name(name: str, language: str) -> str:
    """What a pictured object is called in a language, "en" or "zh".

    Raises:
        ValueError: there is no picture of that name.
    """
    if name not in PICTURES:
        raise ValueError(f"no picture {name!r}; pictures.PICTURES lists the {len(PICTURES)} there are")
    return PICTURES[name].chinese if language == "zh" else name
