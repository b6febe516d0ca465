"""The audit trail: one row per verb, written in the verb's transaction and never changed.

The student's 审核记录 is this trail, filtered; there is no second history that could disagree with it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models.people import Person

NAMELESS = frozenset({Role.EXPERT, Role.COMMITTEE})


def signed(name: str, acted_for: str) -> str:
    """Return a name as it signs an act: a deputy together with the person who gave the power."""
    return _t("%(name)s（代%(giver)s）") % {"name": name, "giver": acted_for} if acted_for else name


class EventBase(models.Model):
    """One thing that somebody did, with the actor's name, role and appointment as they were then.

    Who acted by delegation is named together with the person they acted for.
    """

    verb = models.CharField(_("动作"), max_length=32)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"))
    actor_name = models.CharField(_("姓名"), max_length=64)
    actor_role = models.CharField(_("身份"), max_length=16, blank=True)
    acted_for = models.CharField(_("代"), max_length=64, blank=True, default="", db_default="")
    appointment = models.ForeignKey(
        "portal.Appointment", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("任职")
    )
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
        # The audit page walks by time; what somebody did under one appointment, and one action, each by its own index.
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="%(class)s_at"),
            models.Index(fields=["verb", "at", "id"], name="%(class)s_verb"),
            models.Index(fields=["appointment", "at", "id"], name="%(class)s_appointment"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb}"

    @property
    def public_name(self) -> str:
        """The actor as everybody may know them: experts and the committee by their role alone."""
        return str(Role(self.actor_role).label) if self.actor_role in NAMELESS else self.signed_name

    @property
    def signed_name(self) -> str:
        """The actor, and whom they acted for."""
        return signed(self.actor_name, self.acted_for)


class Event(EventBase):
    """One act of office-keeping that belongs to no claim or application: an import, a round, a scheme, a course."""

    subject_kind = models.CharField(_("对象类型"), max_length=32)
    subject_key = models.CharField(_("对象"), max_length=64)
    subject_label = models.CharField(_("对象名称"), max_length=200, blank=True)
    scheme_code = models.SlugField(_("认定办法"), max_length=32, blank=True, db_index=False, default="", db_default="")

    class Meta(EventBase.Meta):
        verbose_name = _("事件")
        verbose_name_plural = _("事件")
        indexes: ClassVar = [
            *EventBase.Meta.indexes,
            models.Index(fields=["scheme_code", "at", "id"], name="event_scheme"),
            models.Index(fields=["subject_kind", "subject_key", "id"], name="event_subject"),
            models.Index(fields=["actor", "id"], name="event_actor"),
        ]
