"""Issues the printed form, replaces it, and files the signed paper."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.models.forms import Filing, Form, FormState
from conversion.rules import can_file, can_reissue
from conversion.snapshot import snapshot_of
from credits.services.decisions import require_reason
from portal.workflow import transition

if TYPE_CHECKING:
    from conversion.models import Application
    from portal.models import Person


def issue_form(application: Application, actor: Person, *, opinion: tuple[str, str, str] | None = None) -> Form:
    """Freeze the form of an approved application; in the caller's transaction. ``opinion`` is the decision being taken.

    The number counts the application's forms, so a second one reads ``…-2``.
    """
    count = application.forms.count() + 1
    number = f"{application.offering.term.code}-{application.course.code}-{application.pk:06d}-{count}"
    now = timezone.now()
    snapshot = snapshot_of(application, number=number, issued_at=now, actor=actor, opinion=opinion)
    return Form.objects.create(
        application=application,
        number=number,
        code=secrets.token_urlsafe(16),
        snapshot=snapshot,
        sha256=digest(snapshot),
        issued_at=now,
    )


def digest(snapshot: dict[str, Any]) -> str:
    """Return the SHA-256 of a snapshot in its canonical writing."""
    return hashlib.sha256(json.dumps(snapshot, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def reissue_form(application: Application, actor: Person, *, reason: str, revision: int | None) -> Form:
    """Replace the valid form by a new one (name corrected, paper lost); the old one verifies as superseded."""
    require_reason(reason)
    with transition(application, "reissue", actor, may=can_reissue, revision=revision, reason=reason) as (
        row,
        step,
    ):
        row.forms.filter(state=FormState.VALID).update(state=FormState.SUPERSEDED)
        form = issue_form(row, actor)
        step.after = {"form": form.number}
    return form


def file_form(form: Form, actor: Person, *, shelf: str = "") -> Filing:
    """Record that the signed paper was received; raises ``ValidationError`` for a form not valid or filed already."""
    with transition(form.application, "file", actor, may=can_file) as (row, step):
        present = Form.objects.select_for_update(of=("self",)).get(pk=form.pk)
        if present.state != FormState.VALID:
            raise ValidationError(
                _("这份申请表已失效（%(state)s），请让学生打印最新的一份。") % {"state": present.get_state_display()}
            )
        if Filing.objects.filter(form=present).exists():
            raise ValidationError(_("这份申请表已经备案。"))
        filing = Filing.objects.create(form=present, filed_by=actor, filed_at=timezone.now(), shelf=shelf.strip())
        step.after = {"form": present.number, "shelf": filing.shelf}
        form.application = row
    return filing


def unfile_form(form: Form, actor: Person, *, reason: str) -> None:
    """Take a filing back that was recorded by mistake, with the reason."""
    require_reason(reason)
    with transition(form.application, "unfile", actor, may=can_file, reason=reason) as (_row, step):
        if not Filing.objects.filter(form=form).delete()[0]:
            raise ValidationError(_("这份申请表没有备案。"))
        step.after = {"form": form.number}
