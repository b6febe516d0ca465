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


class LibraryState(TextChoices):
    """Whether an entry of the achievement library may be chosen."""

    ACTIVE = "active", _("在库")
    WITHDRAWN = "withdrawn", _("已停用")
    MERGED = "merged", _("已合并")


class RequestState(TextChoices):
    """Where a request to the office stands."""

    OPEN = "open", _("待答复")
    ACCEPTED = "accepted", _("已采纳")
    DECLINED = "declined", _("未采纳")


class MemberState(TextChoices):
    """What a member of a team has said."""

    LEAD = "lead", _("牵头人")
    OUTSIDER = "outsider", _("校外成员")
    WAITING = "waiting", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    DISPUTED = "disputed", _("有异议")
    EXCLUDED = "excluded", _("不参与认定")


class FlagKind(TextChoices):
    """What a return points at."""

    FIELD = "field", _("填写项")
    FILE = "file", _("文件")
    WHOLE = "whole", _("整份申报")


class DraftState(TextChoices):
    """Where a draft of a scheme version stands."""

    OPEN = "open", _("编辑中")
    PUBLISHED = "published", _("已发布")
    DISCARDED = "discarded", _("已放弃")


class AppealState(TextChoices):
    """Where an appeal against a sanction stands."""

    NONE = "none", _("未申诉")
    FILED = "filed", _("申诉中")
    UPHELD = "upheld", _("申诉成立")
    REJECTED = "rejected", _("维持原决定")


class PicturePart(TextChoices):
    """What a fingerprint was taken of: a page as it looks, or a picture, which may stand on a page."""

    PAGE = "page", _("整页")
    PICTURE = "picture", _("图片")


class ScanOutcome(TextChoices):
    """What came of looking at a file's pictures."""

    HASHED = "hashed", _("已比对")
    PLAIN = "plain", _("没有可比对的图像")
    UNREADABLE = "unreadable", _("图像无法读取")
