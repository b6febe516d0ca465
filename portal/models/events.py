"""The audit trail: one row per verb, written in the verb's transaction and never changed.

The student's 审核记录 is this trail, filtered; there is no second history that could disagree with it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models.people import Person

NAMELESS = frozenset({Role.EXPERT, Role.COMMITTEE})


class EventBase(models.Model):
    """One thing that somebody did, with the actor's name and role as they were then."""

    verb = models.CharField(_("动作"), max_length=32)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"))
    actor_name = models.CharField(_("姓名"), max_length=64)
    actor_role = models.CharField(_("身份"), max_length=16, blank=True)
    from_state = models.CharField(_("原状态"), max_length=32, blank=True)
    to_state = models.CharField(_("新状态"), max_length=32, blank=True)
    reason = models.TextField(_("意见"), blank=True)
    before = models.JSONField(_("变更前"), default=dict, blank=True)
    after = models.JSONField(_("变更后"), default=dict, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=36, blank=True)
    address = models.GenericIPAddressField(_("地址"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb}"

    @property
    def public_name(self) -> str:
        """The actor as everybody may know them: experts and the committee by their role alone."""
        return str(Role(self.actor_role).label) if self.actor_role in NAMELESS else self.actor_name


class Event(EventBase):
    """One act of office-keeping that belongs to no claim or application: an import, a round, a scheme, a course."""

    subject_kind = models.CharField(_("对象类型"), max_length=32)
    subject_key = models.CharField(_("对象"), max_length=64)
    subject_label = models.CharField(_("对象名称"), max_length=200, blank=True)

    class Meta(EventBase.Meta):
        verbose_name = _("事件")
        verbose_name_plural = _("事件")
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_key", "id"], name="event_subject"),
            models.Index(fields=["actor", "id"], name="event_actor"),
        ]
