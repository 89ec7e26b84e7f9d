"""What each kind of screen is called: words in English and in Chinese, any of which is a right description."""

from __future__ import annotations


def _read(table: str) -> dict[str, tuple[str, str]]:
    """Lines of "app|English|Chinese", accepted words set apart by slashes, the one to learn first."""
    entries = (line.split("|") for line in table.strip().splitlines())
    return {app.strip(): (english.strip(), chinese.strip()) for app, english, chinese in entries}


APP_NAMES = _read("""
dialer|phone keypad/dialer/dial pad/phone app|拨号键盘/拨号/电话
call_log|call history/recent calls/call log|通话记录/最近通话
contacts|contact list/contacts/address book|通讯录/联系人列表
contact_card|contact details/contact card/contact|联系人详情/联系人/名片
messages|list of messages/messages/conversations/inbox|信息列表/信息/消息列表
chat|chat/conversation/messages|聊天/对话/聊天界面
mail_inbox|email inbox/inbox/mail/list of emails|邮件收件箱/收件箱/邮箱
mail_message|email/an email/mail message|邮件/一封邮件/邮件内容
settings|settings/phone settings/system settings|设置/系统设置
wifi|Wi-Fi settings/list of Wi-Fi networks/Wi-Fi|无线局域网设置/Wi-Fi设置/无线网络列表
bluetooth|Bluetooth settings/Bluetooth|蓝牙设置/蓝牙
display|display settings/screen settings|显示设置/屏幕设置
sound|sound settings/volume settings|声音设置/音量设置
notification_settings|notification settings/notifications|通知设置/通知
battery|battery settings/battery usage/battery|电池设置/电池用量/电池
storage|storage settings/storage use/storage|存储空间/存储设置/存储用量
software_update|software update/system update|软件更新/系统更新
accessibility|accessibility settings/accessibility|辅助功能/无障碍设置
about_phone|phone information/about this phone/device information|关于手机/设备信息/手机信息
launcher|home screen/launcher/app icons|主屏幕/桌面/手机桌面
lock_screen|lock screen/lock screen with notifications|锁屏/锁定屏幕
quick_settings|quick settings/control centre/control center|快捷设置/控制中心
privacy|privacy settings/privacy/permissions|隐私设置/隐私/权限
permission_request|permission request/app permissions|权限请求/应用权限/权限申请
alarm|alarm list/alarms/alarm clock|闹钟列表/闹钟
alarm_edit|alarm settings/editing an alarm/edit alarm|编辑闹钟/闹钟设置
world_clock|world clock/times in several cities|世界时钟/各城市时间
timer|timer/countdown|计时器/倒计时
stopwatch|stopwatch/lap times|秒表/计次
calendar|calendar/month calendar|日历/月历
agenda|agenda/schedule/list of events|日程/日程表
event_edit|editing an event/event form/calendar event|编辑日程/日程编辑
notes|list of notes/notes|备忘录列表/备忘录/笔记
note|note/a note|备忘录/笔记
todo|to-do list/tasks/task list|待办事项/待办清单/任务列表
reminders|reminders/list of reminders|提醒事项/提醒
board|task board/project board/kanban board|任务看板/项目看板/看板
files|file manager/files/list of files|文件管理/文件/文件列表
downloads|downloads/list of downloads|下载/下载列表
bank_account|bank account/account transactions/banking app|银行账户/账户明细/银行
transfer|money transfer/bank transfer/transfer form|转账/银行转账
cards|bank card settings/bank card/card management|银行卡设置/银行卡/卡片管理
bill|receipt/bill|收据/账单/小票
stocks|stock prices/stocks/share prices|股票/股票行情
budget|budget/spending overview|预算/支出概览
currency|currency converter/exchange rates|汇率换算/货币换算
calculator|calculator/a calculator|计算器
shop|online shop/product list/shopping app|网上商店/商品列表/购物应用
product|product page/shop product/item for sale|商品页面/商品详情
shopping_cart|shopping cart/shopping basket/cart|购物车
checkout|checkout/payment page/placing an order|结算/付款页面/确认订单
orders|list of orders/order history/orders|订单列表/我的订单/订单
order_tracking|order tracking/parcel tracking/delivery status|订单跟踪/物流跟踪/快递跟踪
app_store|app store page/app store|应用商店/应用商店页面
restaurants|list of restaurants/restaurants/restaurant search|餐厅列表/餐厅/找餐厅
menu|restaurant menu/menu|餐厅菜单/菜单
food_cart|food order/food cart/takeaway order|外卖购物车/外卖订单/点餐
delivery|food delivery tracking/delivery status/food delivery|外卖配送/配送状态
recipe|recipe/cooking recipe|食谱/菜谱
reservation|table reservation/booking a table/restaurant booking|餐厅订位/预订餐位/订座
weather|weather forecast/weather|天气预报/天气
map_search|map/map search/places on a map|地图/地图搜索
directions|directions/route/navigation|路线/导航/路线规划
transit_board|departure board/departures/public transport times|发车时刻/到站信息/公交时刻
boarding_pass|boarding pass/flight ticket|登机牌/机票
hotel|hotel page/hotel booking/hotel|酒店页面/酒店预订/酒店
ride|ride hailing/taxi booking/ride|打车/叫车
parking|parking/parking ticket/parking session|停车/停车缴费
trips|list of trips/trips/travel plans|行程列表/行程/旅行
music_player|music player/now playing|音乐播放器/正在播放/音乐
playlist|playlist/list of songs|播放列表/歌单
podcasts|podcasts/list of podcasts|播客/播客列表
gallery|photo gallery/photos|相册/照片
albums|photo albums/albums|相簿/相册
photo|photo/a single photo/photo viewer|照片/单张照片/看照片
videos|videos/list of videos/video app|视频/视频列表
news|news/list of news/headlines|新闻/新闻列表
article|news article/article|新闻文章/文章
library|book library/books/reading app|图书/书库/阅读
feed|social media feed/feed/posts|社交动态/动态/朋友圈
profile|social media profile/profile/user profile|个人主页/用户资料
activity|social media alerts/alerts/notifications|通知/消息通知/互动通知
event|event page/event details/event|活动页面/活动详情/活动
poll|poll/vote|投票/投票页面
scores|sports scores/match results/scores|体育比分/比分/比赛结果
league|league table/standings|积分榜/联赛排名
steps|fitness activity/step counter/steps|运动步数/步数/活动记录
sleep|sleep tracker/sleep/sleep statistics|睡眠记录/睡眠/睡眠统计
medication|medication list/medicine reminders/medication|用药提醒/用药/服药清单
workout|workout/training/exercise|训练/锻炼
gym|gym timetable/class timetable/gym classes|健身课程表/课程表
appointment|booking an appointment/doctor's appointment/appointment|预约挂号/预约/看病预约
water|water tracker/drinking log/water intake|喝水记录/饮水记录
smart_home|smart home/smart home controls|智能家居/家居控制
thermostat|thermostat/heating control|温控器/恒温器/温度控制
light|light control/lamp settings/light|灯光控制/灯光设置/灯
energy|energy use/electricity use/energy|能耗/用电情况
security|home security/alarm system/security|家庭安防/安防
lesson|language lesson/lesson|语言课程/语言学习/课程
courses|language courses/list of courses/learning app|课程列表/学习课程/学习
quiz|quiz/quiz question|测验/答题
flashcards|flashcards/vocabulary cards|单词卡/词汇卡
grades|grades/school grades/marks|成绩/成绩单
timetable|school timetable/class schedule/timetable|课表/课程表
survey|survey/questionnaire|问卷/问卷调查
login|login form/sign-in page/login|登录页面/登录
sign_up|sign-up form/registration/creating an account|注册页面/注册
code|verification code/entering a code/PIN entry|验证码/输入验证码/输入密码
address|address form/editing an address/address|地址表单/编辑地址/地址
help_centre|help centre/help center/help/FAQ|帮助中心/帮助/常见问题
plans|mobile plan/subscription plans/plans|套餐/订阅套餐/我的套餐
services|city services/public services/local services|便民服务/城市服务/生活服务
account|account page/my account/account|账户页面/我的账户/我的
menu_card|menu/restaurant menu/price list|菜单/价目表
receipt|receipt/till receipt/bill|收据/小票/账单
sign|sign/opening hours/shop sign|告示牌/营业时间/标牌
""")
