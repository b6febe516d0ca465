"""The menu entries of experts and of those who assign and collate."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import HOME, Entry, Group, register
from review.navigation import REVIEW
from review.office.navigation import OF_OFFICE, OF_REPORTERS, OFFICE

OF_EXPERTS = frozenset({Role.EXPERT.value})
OF_ASSIGNERS = frozenset({Role.OFFICE.value, Role.OWNER_UNIT.value, Role.AUDITOR.value})
EXPERTS = Group("experts", _("专家评审"), 250)

register(
    Entry("review:expert_desk", _("我的评审任务"), "clipboard-check", HOME, 30, OF_EXPERTS, short=_("评审"), dock=True),
    Entry(
        "review:expert_conflicts",
        _("利益关系申明"),
        "shield-check",
        EXPERTS,
        10,
        OF_EXPERTS,
        short=_("回避"),
        dock=True,
    ),
    Entry("review:assigning", _("专家分配"), "people", REVIEW, 25, OF_ASSIGNERS, needs="part_experts"),
    Entry("review:collation", _("学院报送与汇总"), "building", OFFICE, 15, OF_REPORTERS, needs="part_opinions"),
    Entry("review:conflicts", _("评审利益关系"), "shield-check", OFFICE, 60, OF_OFFICE, needs="part_experts"),
)
