"""Who may act as what, where, and for how long."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models.people import ClassGroup, College, Person

APPOINTABLE = [choice for choice in Role.choices if choice[0] != Role.STUDENT.value]


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Named questions about appointments."""

    def in_force(self, day: datetime.date) -> AppointmentQuerySet:
        """Return those that hold on the day, first and last day included, of people who may sign in.

        What was passed on holds only while its giver still holds it, too: whoever leaves takes the deputies along.
        """
        given = Q(source__ends_on__isnull=True) | Q(source__ends_on__gte=day)
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            Q(source__isnull=True) | Q(given, source__revoked_at__isnull=True, source__person__is_active=True),
            starts_on__lte=day,
            revoked_at__isnull=True,
            person__is_active=True,
        )


class Appointment(models.Model):
    """One role that a person holds in a scope from a day to a day; a delegation is one that names its giver."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name=_("人员"))
    role = models.CharField(_("角色"), max_length=16, choices=APPOINTABLE)
    college = models.ForeignKey(
        College, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("学院")
    )
    scheme_code = models.SlugField(_("认定办法"), max_length=32, blank=True)
    category_code = models.SlugField(_("申请类别"), max_length=32, blank=True)
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("班级")
    )
    cohort = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    delegated_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name=_("委托人")
    )
    source = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="passed_on", verbose_name=_("所委托的任职")
    )
    reason = models.CharField(_("说明"), max_length=200, blank=True, default="", db_default="")
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ("person__number", "role", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_dates_in_order",
            ),
            models.CheckConstraint(condition=~Q(role=Role.STUDENT.value), name="appointment_never_student"),
            models.CheckConstraint(
                condition=~Q(role=Role.SECRETARY.value) | Q(college__isnull=False),
                name="appointment_secretary_has_college",
            ),
            models.CheckConstraint(
                condition=Q(delegated_by__isnull=True) | Q(ends_on__isnull=False),
                name="appointment_delegation_ends",
            ),
            models.CheckConstraint(
                condition=Q(delegated_by__isnull=True) | ~Q(delegated_by=F("person")),
                name="appointment_never_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | Q(delegated_by__isnull=False), name="appointment_source_has_giver"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"
