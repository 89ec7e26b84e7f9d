"""The words by which a business card's lines are told apart: firms, jobs, streets, in several languages."""

from __future__ import annotations

import re

FIRM = re.compile(
    r"(?<![^\W\d_])(?:ltd|limited|llc|llp|inc|corp|corporation|gmbh|ag|kg|ohg|e\.?v|plc|pty|s\.?a|s\.?r\.?l|s\.?l|sas|bv|b\.v|oy"
    r"|ab|company|co|group|holding|partners|associates|studios?|clinic|dental|care|consulting|consultants|services?|solutions"
    r"|systems|software|technolog(?:y|ies)|labs?|laboratory|bank|insurance|hotel|restaurant|caf[eé]|bakery|pharmacy"
    r"|university|school|college|hospital|institute|museum|library|foundation|agency|architects|energy|solar"
    r"|& sons?|& co|universit[aä]t|praxis|kanzlei|verlag)(?![^\W\d_])"
    r"|公司|集团|有限|大学|学院|医院|银行|事务所|工作室|中心|研究所|酒店|餐厅|诊所|学校|协会",
    re.IGNORECASE,
)
JOB = re.compile(
    r"(?<![^\W\d_])(?:chief|head|senior|junior|lead|vice|deputy|assistant|associate|general|managing|ceo|cto|cfo|coo|cio|vp|dr|prof"
    r"|president|director|manager|officer|partner|founder|owner|secretary|sales|nurse|chef|coach|doctor|professor"
    r"|leiter(?:in)?|gesch[aä]ftsf[uü]hrer(?:in)?|inhaber(?:in)?|directeur|directrice|g[eé]rant"
    r"|[a-z]{3,}(?:ician|ologist|writer|keeper|worker|maker))(?![^\W\d_])"
    r"|经理|总监|主任|董事长|总裁|工程师|设计师|教授|教师|老师|医生|护士|律师|会计|顾问|助理|主管|专员|代表|厨师|摄影师|司机|学生|建筑师"
    r"|作家|园艺师|电工|音乐人|面包师|创始人|合伙人",
    re.IGNORECASE,
)
JOB_ENDING = re.compile(r"(?:er|or|ist|ian|ant|ent|ect|eer|eur|in)$")  # of a lone word: teacher, architect, student
STREET = re.compile(
    r"(?<![^\W\d_])(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|square|sq|place|pl|way|walk|rise|row|view"
    r"|boulevard|blvd|floor|suite|building|unit|p\.?o\.? box|plaza|park|rue|via|calle|platz|allee"
    r"|weg|gasse)(?![^\W\d_])"
    r"|str(?:a(?:ss|ß)e|\.)|[省市区县路街号楼室]",
    re.IGNORECASE,
)
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{5}(?:-\d{4})?\b|\b\d{4} ?[A-Z]{2}\b")
SURNAMES = (  # the hundred that about 85 in a hundred people of China bear, and the usual double ones
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
DOUBLE_SURNAMES = ("欧阳", "司马", "诸葛", "上官", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒")


def is_chinese_name(text: str) -> bool:
    """Whether a text has the form of a Chinese person's name: a usual surname and one or two more characters."""
    if re.fullmatch(r"[\u4e00-\u9fff]{2,4}", text) is None:
        return False
    return (
        text.startswith(DOUBLE_SURNAMES) if len(text) == 4 else text[0] in SURNAMES or text.startswith(DOUBLE_SURNAMES)
    )
