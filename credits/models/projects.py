"""Project identities (同一项目): what makes two claims the same achievement, over years, colleges and people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credits.models.schemes import Scheme


class Project(models.Model):
    """One project as a scheme counts it: a student's claims on it form a cluster, of which the highest counts.

    The row is also the lock under which a cluster is counted, so that two offices at once award nothing twice.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="projects", verbose_name=_("认定办法"))
    label = models.CharField(_("项目"), max_length=300)
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined", verbose_name=_("并入")
    )

    class Meta:
        verbose_name = _("项目")
        verbose_name_plural = _("项目")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.label


class ProjectKey(models.Model):
    """One name by which a project is known: a DOI, a patent or certificate number, a competition and its year."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("认定办法"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="keys", verbose_name=_("项目"))
    kind = models.CharField(_("标识类型"), max_length=16)
    value = models.CharField(_("标识"), max_length=300)

    class Meta:
        verbose_name = _("项目标识")
        verbose_name_plural = _("项目标识")
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "kind", "value"], name="project_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
