"""Icons: what they show, and what a tap on them is for. Only those that people name alike."""

from __future__ import annotations


def _read(table: str) -> dict[str, tuple[str, str]]:
    """Lines of "name|English|Chinese", other accepted words after a slash."""
    entries = (line.split("|") for line in table.strip().splitlines())
    return {name.strip(): (english.strip(), chinese.strip()) for name, english, chinese in entries}


ICON_NAMES = _read("""
airplane|plane/airplane|飞机
alarm|alarm clock/alarm|闹钟
bag|bag/shopping bag|袋子/购物袋
basket|basket/shopping basket|篮子/购物篮
battery|battery|电池
bed|bed|床
bell|bell|铃铛/铃
bicycle|bicycle/bike|自行车
bluetooth|bluetooth symbol/bluetooth|蓝牙/蓝牙标志
boat|boat/sailing boat|船/帆船
book|book/open book|书
bookmark|bookmark|书签
briefcase|briefcase|公文包
bug|bug/beetle|虫子
bulb|light bulb/bulb/lamp|灯泡
bus|bus|公交车/巴士
cafe|cup/coffee cup/cup of coffee|杯子/咖啡杯/咖啡
calculator|calculator|计算器
calendar|calendar|日历
call|telephone/phone/handset|电话/听筒
camera|camera|相机/照相机
car|car|汽车/车
card|bank card/credit card/card|银行卡/卡
cart|shopping cart/cart/trolley|购物车
chat|speech bubble/chat bubble/bubble|气泡/聊天气泡
clock|clock|时钟/钟
cloud|cloud|云
compass|compass|指南针
document|document/page/sheet|文档/文件/纸
droplet|drop/water drop/droplet|水滴
earth|globe/earth|地球
eye|eye|眼睛
film|film/film strip|胶片/电影
fingerprint|fingerprint|指纹
fitness|dumbbell/barbell/weights|哑铃/杠铃
flag|flag|旗子/旗
flame|flame/fire|火焰/火
folder|folder|文件夹
football|football/soccer ball/ball|足球
gift|gift/present|礼物/礼盒
headphones|headphones/headset|耳机
heart|heart|心/爱心/心形
home|house/home|房子/家
key|key|钥匙
leaf|leaf|叶子/树叶
link|chain link/link/chain|链接/链条
lock|lock/padlock|锁
mail|envelope/mail|信封/邮件
map|map|地图
medal|medal|奖牌
megaphone|megaphone|喇叭/扩音器
mic|microphone/mic|麦克风/话筒
moon|moon/crescent|月亮/月牙
music|music note/note/musical notes|音符
newspaper|newspaper|报纸
palette|palette/paint palette|调色板
paw|paw/paw print|爪子/爪印
people|people/two people/persons|人/人群/两个人
person|person/head and shoulders|人/人像
pizza|pizza|披萨
qr-code|QR code|二维码
rain|rain cloud/cloud with rain/rain|雨云/下雨
receipt|receipt|收据/小票
restaurant|knife and fork/fork and knife/cutlery|刀叉/餐具
search|magnifying glass/magnifier|放大镜
send|paper plane/arrow|纸飞机
settings|gear/cog|齿轮
shield|shield|盾牌/盾
shirt|shirt/t-shirt|衬衫/衣服/T恤
snow|snowflake|雪花
star|star|星星/五角星
stopwatch|stopwatch|秒表
store|shop/store|商店/店铺
subway|train/metro/subway|地铁/火车
sun|sun|太阳
tag|tag/price tag/label|标签
thermometer|thermometer|温度计
thumb-up|thumbs up/thumb|竖起的大拇指/大拇指/点赞
ticket|ticket|票/门票
trash|bin/trash can/dustbin|垃圾桶
trophy|trophy/cup|奖杯
tv|television/TV/screen|电视
umbrella|umbrella|雨伞
video|video camera/camcorder|摄像机
wallet|wallet|钱包
walk|walking person/person walking|走路的人/行人
warning|warning triangle/triangle with exclamation mark/warning sign|警告标志/感叹号
watch|watch|手表
wifi|Wi-Fi symbol/wifi/Wi-Fi waves|Wi-Fi/无线信号/WiFi
wine|glass/wine glass|酒杯
wrench|wrench/spanner|扳手
""")

# What a person wants who taps the icon in a bar or on a button of its own.
ICON_USES = _read("""
search|search/look something up/find something here|搜索/查找内容
plus|add something/add a new one/create a new entry|添加/新建一个
edit|edit this/make changes/change what is here|编辑/修改内容
share|share this/send this to someone|分享/把这个发给别人
settings|open the settings/change the settings|打开设置/更改设置
more|see more options/open the overflow menu|查看更多选项/打开更多菜单
menu|open the side menu/open the main menu|打开菜单/打开侧边菜单
filter|filter the list/narrow down the results|筛选列表/筛选结果
trash|delete this/throw this away|删除/删掉这个
refresh|refresh the page/load this again|刷新页面/重新加载
bell|see my notifications/check the notifications|查看通知/看提醒
camera|take a photo/open the camera|拍照/打开相机
call|make a call/start a phone call|打电话/拨打电话
video|start a video call/make a video call|开始视频通话/打视频电话
heart|like this/add this to my favourites|点赞/收藏这个
bookmark|bookmark this/save this for later|加书签/保存稍后看
star|mark this as a favourite/star this|加星标/标为收藏
cart|see my shopping cart/open the cart|查看购物车/打开购物车
download|download this/save this to the phone|下载/保存到手机
help|get help/ask for help|获取帮助/查看帮助
info|see more information/find out about this|查看信息/了解详情
calendar|pick a date/open the calendar|选择日期/打开日历
clock|see the history/look at earlier entries|查看历史记录/看以前的记录
mic|speak instead of typing/use my voice|语音输入/用语音
send|send it/send the message|发送/发送消息
user-add|add a person/add a new contact|添加联系人/新建联系人
map|see it on a map/open the map|查看地图/打开地图
location|show my location/see my own position|定位我的位置/显示我的位置
qr-code|scan a QR code/show the QR code|扫描二维码/显示二维码
check|confirm this/save and finish|确认/保存并完成
archive|archive this/put this in the archive|归档/放入存档
copy|copy this/make a copy|复制/复制这个
print|print this/send this to the printer|打印/打印这个
log-out|log out/sign out|退出登录/登出
upload|upload a file/put a file up|上传文件/上传
close|close this/leave this screen|关闭/关掉这个
list|see it as a list/switch to the list|查看列表/切换到列表
""")
PLAYER_USES = _read("""
play|start playing/play the track|开始播放/播放
pause|pause the music/stop it for a moment|暂停播放/暂停
skip-next|skip to the next track/play the next one|下一首/跳到下一首
skip-back|go back to the previous track/play the one before|上一首/回到上一首
shuffle|shuffle the tracks/play in random order|随机播放/打乱顺序
repeat|repeat the track/play it again and again|循环播放/重复播放
""")
