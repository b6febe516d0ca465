"""What a college and the office do between the first review and the experts: deliver (报送), remind (催报)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credits.models import Round
from portal.enums import NoticeKind, Role
from portal.language import kept_language
from portal.models import Appointment, Notice, Person
from portal.notices import notify_all
from portal.trail import record
from portal.workflow import NotAllowed
from review.experts.collating import collates, collation_of
from review.experts.rules import can_deliver, can_remind
from review.models import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.models import College


def deliver_college(round_: Round, college: College, actor: Person, *, note: str = "") -> Delivery:
    """Give the college's word that its first review of the round is done, with what it passed and refused.

    What comes back from students later is delivered once more. Raises ``NotAllowed`` with the reason while something
    is left, students may still hand in, or nothing has changed since.
    """
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=round_.pk)
        between = collates(row)
        found = collation_of(row, between, colleges=[college.pk]).rows if between else []
        verdict = can_deliver(actor, row, college, next(iter(found), None))
        if not verdict:
            raise NotAllowed(verdict)
        counts, before = found[0], found[0].delivery
        facts = {"passed": counts.passed, "refused": counts.refused, "note": note.strip()[:200]}
        delivery, _new = Delivery.objects.update_or_create(
            round=row,
            college=college,
            defaults={**facts, "delivered_at": timezone.now(), "delivered_by": actor},
        )
        old = {"passed": before.passed, "refused": before.refused} if before else {}
        _note("deliver", row, college, actor, verdict.role, old, facts)
    return delivery


def remind_college(round_: Round, college: College, actor: Person) -> int:
    """Remind the secretaries of a college that has not delivered; returns how many were told.

    Raises ``ValidationError`` when the college has nobody to remind.
    """
    with transaction.atomic():
        delivered = Delivery.objects.filter(round=round_, college=college).exists()
        verdict = can_remind(actor, round_, delivered=delivered)
        if not verdict:
            raise NotAllowed(verdict)
        people = _secretaries(round_, college)
        if not people:
            raise ValidationError(_("%(college)s没有在任的教学秘书。") % {"college": college.name})
        notify_all([_reminder(round_, person) for person in people])
        _note("remind", round_, college, actor, verdict.role, {}, {"told": [person.number for person in people]})
    return len(people)


def _secretaries(round_: Round, college: College) -> list[Person]:
    held = Appointment.objects.in_force(timezone.localdate()).filter(
        role=Role.SECRETARY, college=college, scheme_code__in=["", round_.scheme.code]
    )
    return list(Person.objects.filter(pk__in=held.values("person_id")).order_by("pk"))


def _reminder(round_: Round, person: Person) -> Notice:
    window = round_.windows.filter(role=Role.SECRETARY, cohort__isnull=True).first()
    with kept_language():
        title = _("请完成初审并报送：%(round)s") % {"round": round_.name}
        text = ""
        if window is not None:
            closes = date_format(timezone.localtime(window.closes_at), "Y-m-d H:i")
            text = _("学院办理截止时间：%(closes)s。") % {"closes": closes}
    return Notice(person=person, kind=NoticeKind.ACTION, title=title[:120], text=text, path=reverse("review:desk"))


def _note(
    verb: str,
    round_: Round,
    college: College,
    actor: Person,
    role: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    label = f"{round_.name} {college.name}"
    record(
        verb,
        actor,
        kind="delivery",
        key=round_.pk,
        label=label,
        role=role,
        scheme=round_.scheme.code,
        changes=(dict(before), dict(after)),
    )
