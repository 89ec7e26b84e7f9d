"""Description: what kind of screen it is, in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from pocketvlm.datasets.rendered.questions.app_names import APP_NAMES
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, ask, both
from pocketvlm.datasets.rendered.questions.screen import Screen

KIND = ask(
    """What kind of screen is this? | What does this screen show? | What sort of app is this?
    Which kind of page am I looking at? | What is this a screenshot of? | Describe this screen in a few words.
    What am I looking at? | What is this screen for? | What type of app screen is this?
    In short, what is on this screen? | Which app could this be? | What's this? | Sum up this screen.
    Tell me what this page is. | What is the purpose of this page? | Give this screen a short description.""",
    """这是什么界面？ | 这个屏幕显示的是什么？ | 这是什么应用？ | 这是哪种页面？ | 这张截图是什么？
    用几个字描述这个屏幕。 | 我在看什么页面？ | 这个页面是做什么用的？ | 简单说说这是什么界面。
    这个界面是什么类型的？""",
)
LANGUAGE = ask(
    """What language is this in? | Which language is used here? | In what language is the text?
    Is the text in English or in Chinese? | What language are the words in?""",
    """这里用的是什么语言？ | 上面的文字是什么语言？ | 这是中文还是英文？ | 文字是哪种语言？""",
)
PAPER = ask(
    """What is this a photo of? | What kind of paper or sign is this? | What has been photographed here?
    What am I looking at? | What is this? | What can be seen in the photo? | Describe the picture in a few words.""",
    """这张照片拍的是什么？ | 这是什么？ | 照片里是什么东西？ | 我在看什么？ | 用几个字描述这张照片。""",
)
OVER = ask(
    """What has opened over the screen? | What lies on top of the app? | What kind of thing has popped up?
    What covers part of the screen? | What appeared over the page?""",
    """屏幕上方弹出了什么？ | 什么盖住了页面？ | 页面上面出现了什么？ | 弹出来的是什么？""",
)
LANGUAGES = {"en": both("English", "英文/英语"), "zh": both("Chinese", "中文/汉语/简体中文")}
OVERLAYS = {
    "dialog": both("dialog/popup/pop-up/alert/dialog box", "对话框/弹窗"),
    "sheet": both("action sheet/sheet/menu/list of options", "操作菜单/底部菜单/选项列表"),
    "toast": both("toast/short message/snackbar/message", "提示/提示消息"),
    "keyboard": both("keyboard/on-screen keyboard", "键盘/软键盘"),
    "menu": both("menu/popup menu/list of options", "菜单/弹出菜单"),
    "notification": both("notification", "通知"),
}


def drafts(screen: Screen) -> Iterator[Draft]:
    if screen.app in APP_NAMES:
        yield _draft("kind of screen", PAPER if screen.is_paper else KIND, both(*APP_NAMES[screen.app]))
    printed = [element.text for element in screen.clear if element.text]
    if len(printed) > 3 and screen.lot("language", 4):
        yield _draft("language", LANGUAGE, LANGUAGES[screen.language])
    over = screen.only(screen.overlay) if screen.overlay else None
    if screen.overlay in OVERLAYS and over:
        yield Draft("description", "overlay", OVER, OVERLAYS[screen.overlay], {}, (over.box,))


def _draft(about: str, ways: Both, answers: Both) -> Draft:
    return Draft("description", about, ways, answers, names_choices=True)
