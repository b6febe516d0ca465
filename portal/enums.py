"""The portal's closed vocabularies; labels are the only place where a state has its display name."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person may be appointed to; ``STUDENT`` follows from the roll and is never appointed."""

    STUDENT = "student", _("学生")
    COUNSELLOR = "counsellor", _("辅导员")
    SECRETARY = "secretary", _("学院教学秘书")
    OWNER_UNIT = "owner_unit", _("归口单位")
    EXPERT = "expert", _("专家")
    OFFICE = "office", _("教务管理部门")
    COMMITTEE = "committee", _("评审委员会")
    AUDITOR = "auditor", _("审计")
    ADMINISTRATOR = "administrator", _("系统管理员")


class Status(TextChoices):
    """Where a claim or an application stands; the words are the manual's."""

    DRAFT = "draft", _("待送审")
    IN_REVIEW = "in_review", _("审核中")
    PUBLICITY = "publicity", _("公示中")
    RECOGNISED = "recognised", _("审核通过")
    RETURNED = "returned", _("退回修改")
    REFUSED = "refused", _("审核未通过")
    WITHDRAWN = "withdrawn", _("已撤回")
    REVOKED = "revoked", _("已撤销")


class StudentKind(TextChoices):
    """The kinds of students on the roll."""

    FULL_TIME = "full_time", _("全日制本科生")
    EXCHANGE = "exchange", _("交换生")
    PART_TIME = "part_time", _("非全日制")


class NoticeKind(TextChoices):
    """What a notice tells."""

    PROGRESS = "progress", _("审核进展")
    ACTION = "action", _("需要处理")
    INFORMATION = "information", _("通知")
    DEADLINE = "deadline", _("截止提醒")
    QUEUE = "queue", _("待办积压")


class Way(TextChoices):
    """How a person is told of a kind of notice; the portal shows every one."""

    MAIL = "mail", _("立即发送邮件")
    DIGEST = "digest", _("每日汇总邮件")
    PORTAL = "portal", _("只在系统内")


class Counting(TextChoices):
    """How the days of a period are counted."""

    CALENDAR = "calendar", _("日历日")
    WORKING = "working", _("工作日")
