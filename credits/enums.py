"""The closed vocabularies of schemes, claims and the ledger."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """How achievements of a category come into the portal."""

    STUDENT = "student", _("学生申报")
    OFFICE = "office", _("部门录入")


class EntryKind(TextChoices):
    """What a ledger entry does to its lot."""

    AWARD = "award", _("认定")
    TOP_UP = "top_up", _("补差")
    HOLD = "hold", _("占用")
    RELEASE = "release", _("释放")
    CONSUME = "consume", _("转换")
    REFUND = "refund", _("退还")
    REVOKE = "revoke", _("撤销")


class RoundState(TextChoices):
    """Where a round stands, for the people who keep it."""

    HIDDEN = "hidden", _("未发布")
    COMING = "coming", _("未开始")
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")
