"""The words of the invented university: names of people, majors, projects and journals."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "子轩雨桐浩然梓涵欣怡思远一诺嘉怡宇航诗涵俊杰佳琪文博晓彤天宇雪婷志远若曦明哲梦瑶泽宇静怡晨曦可欣博文"
    "语嫣睿思妍皓轩书瑶国栋海燕建平丽华永强秀英春梅学军立新桂兰"
)
COLLEGES = [
    ("cs", "计算机学院", [("080901", "计算机科学与技术"), ("080905", "物联网工程"), ("080902", "软件工程")]),
    ("me", "机电学院", [("080202", "机械设计制造及其自动化"), ("080205", "工业设计"), ("080803", "机器人工程")]),
    ("fl", "外国语学院", [("050201", "英语"), ("050204", "法语"), ("050205", "西班牙语")]),
]
SPECIAL_NAMES = ["㛃", "䶮", "𠮷", "𬭎"]
ETHNIC_NAME = "买买提·阿不都热合曼·吐尔逊江"
JOURNALS = [
    "软件学报",
    "机械工程学报",
    "中国科学：信息科学",
    "外语教学与研究",
    "Sensors",
    "IEEE Access",
    "自动化学报",
    "Neurocomputing",
]
TOPICS = [
    "面向边缘设备的目标检测",
    "基于图神经网络的推荐",
    "柔性机械臂的轨迹规划",
    "低功耗无线传感网",
    "多语种语料的自动对齐",
    "无人机集群避障",
    "智能仓储调度",
    "可穿戴健康监测",
    "城市内涝预警",
    "古籍数字化",
    "盲人导航眼镜",
    "校园能耗分析",
]
VILLAGES = ["延安", "方山", "拉萨", "兴安盟", "赣州", "凉山", "百色", "临夏"]
PROGRAMMES = [
    "慕尼黑工业大学交换学习",
    "新加坡国立大学暑期学校",
    "早稻田大学短期研修",
    "剑桥大学学术夏令营",
    "莫斯科国立大学交流",
]
STAGES = ["校庆文艺晚会", "北京大学生戏剧节", "全国大学生艺术展演", "新年音乐会", "“一二·九”合唱比赛"]
RETURN_REASONS = [
    "证书照片不清晰，请重新上传完整的扫描件。",
    "请补充团队成员与排名的证明。",
    "竞赛级别与证书不一致，请核对后修改。",
    "具体内容请写明竞赛全称、届次与获奖时间。",
    "申请积分高于积分细则，请按细则修改。",
]
REFUSE_REASONS = ["该成果已在上一学年认定，不重复计分。", "证书获奖人与申请人不符。", "该竞赛不在认定范围内。"]
CHANGE_REASONS = [
    "按学院积分细则，排名第四按 0.8 计。",
    "证书为省部级分区赛，级别按省部级计。",
    "影响系数按学校竞赛目录更正。",
]
APPLY_REASONS = [
    "参加学科竞赛与社会实践积累了课程所要求的实践经历，申请转换为该课程学分。",
    "大二以来持续参加开放实验和社会实践，成果已认定，申请以积分转换本课程学分与成绩。",
]


def person_name(random: Random) -> str:
    """Return an invented name of two or three characters."""
    given = "".join(random.sample(GIVEN, random.choice([1, 2, 2, 2])))
    return random.choice(SURNAMES) + given


def content_of(category: str, facts: dict[str, str], year: int, random: Random) -> str:  # noqa: PLR0911 - one per category
    """Return what a student or an office would write as 具体内容."""
    topic = random.choice(TOPICS)
    match category:
        case "competition":
            prize = facts.get("award") or (
                f"前 {facts['percent']}%" if "percent" in facts else f"第 {facts.get('place', 1)} 名"
            )
            return f"{year}年{facts.get('competition', '学科竞赛')}（{facts.get('level', '')}）{prize}"
        case "paper":
            return f"《{topic}方法研究》，{facts.get('journal', '')}，{year}年"
        case "achievement":
            return f"{facts.get('type', '')}《一种{topic}装置》{facts.get('number', '')}"
        case "innovation":
            return f"{year}年{facts.get('level', '')}大学生创新训练项目：{topic}"
        case "lab":
            return f"{year}年开放实验“{topic}”，{facts.get('hours', '')}学时"
        case "exchange":
            return f"{random.choice(PROGRAMMES)}，{facts.get('weeks', '')}周"
        case "practice":
            return f"{year}年暑期{random.choice(VILLAGES)}社会实践团"
        case "art":
            return f"{year}年{random.choice(STAGES)}，{facts.get('role', '')}"
        case "lecture":
            return f"{year}年“延河讲堂”{facts.get('attended', '')}场"
    return topic
