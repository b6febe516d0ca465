"""Whether an achievement may be claimed: on the roll, made during the studies, not claimed before, not barred."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credits.identity import EXACT, keys_of, known_project
from credits.models import Claim, ProjectKey, Sanction
from portal.enums import Status
from portal.points import format_points

if TYPE_CHECKING:
    from credits.evaluation import Evaluation
    from credits.models import Project, Scheme
    from portal.models import Student

PENDING = (Status.IN_REVIEW, Status.PUBLICITY)


def achieved_on(claim: Claim) -> datetime.date | None:
    """Return the day on which the achievement was made, as the category's date fact says; None where it has none."""
    name = claim.scheme_version.data.category(claim.category.code).date
    try:
        return datetime.date.fromisoformat(str(claim.facts.get(name, ""))) if name else None
    except ValueError:  # the rules say what is wrong with it
        return None


def bar_of(student: Student, scheme: Scheme) -> Sanction | None:
    """Return the sanction that keeps the student from claiming today, or None."""
    found: Sanction | None = (
        Sanction.objects.barring(timezone.localdate()).filter(student=student, scheme=scheme).order_by("-pk").first()
    )
    return found


def eligibility_problems(claim: Claim, result: Evaluation) -> dict[str, list[str]]:
    """Return by form field why the claim may not be handed in; each message ends with the clause that it rests on."""
    problems = student_problems(claim)
    wanted = claim.scheme_version.data.eligibility
    if wanted is not None and wanted.claim_once:
        for text in _claimed_before(claim, result):
            problems.setdefault("content", []).append(_cited(claim, text, wanted.clause_once or wanted.clause))
    return problems


def student_problems(claim: Claim) -> dict[str, list[str]]:
    """Return by form field why its student may not claim it, lead or mate: the kind of student, the day achieved."""
    wanted = claim.scheme_version.data.eligibility
    if wanted is None:
        return {}
    problems: dict[str, list[str]] = {}
    student = claim.student
    if wanted.student_kinds and student.kind not in wanted.student_kinds:
        text = _("只有全日制本科生可以申报，你的学生类别为“%(kind)s”。") % {"kind": student.get_kind_display()}
        problems.setdefault("content", []).append(_cited(claim, text, wanted.clause))
    if wanted.during_studies:
        for text in _life_stage_problems(claim):
            field = claim.scheme_version.data.category(claim.category.code).date
            problems.setdefault(field, []).append(_cited(claim, text, wanted.clause))
    return problems


def _life_stage_problems(claim: Claim) -> list[str]:
    day, student = achieved_on(claim), claim.student
    if day is None:
        return []
    if day > timezone.localdate():
        return [_("取得日期不能晚于今天。")]
    if not student.entered_on <= day <= student.leaves_on:
        span = {"from": date_format(student.entered_on, "Y-m-d"), "to": date_format(student.leaves_on, "Y-m-d")}
        return [_("只能申报在校期间（%(from)s 至 %(to)s）取得的成果。") % span]
    return []


def _claimed_before(claim: Claim, result: Evaluation) -> list[str]:
    """Say what was claimed before: the same certificate, still pending, or a project that counts as high already.

    A later, higher award of the same project may be claimed: it adds the difference.
    """
    others = Claim.objects.filter(student_id=claim.student_id, scheme_id=claim.scheme_id).exclude(pk=claim.pk)
    exact = [key for key in keys_of(claim) if key.kind in EXACT]
    for key in exact:
        row = ProjectKey.objects.filter(scheme_id=claim.scheme_id, kind=key.kind, value=key.value).first()
        pending = others.filter(project=row.project, status__in=PENDING).first() if row else None
        if pending is not None:
            return [_("同一成果已在审核中：%(content)s（%(number)s）。") % _named(pending)]
    project = known_project(claim)
    return _counts_already(others, project, result) if project is not None else []


def _counts_already(others: object, project: Project, result: Evaluation) -> list[str]:
    found = others.filter(project=project, status=Status.RECOGNISED).order_by("-recognised_points").first()  # type: ignore[attr-defined]  # a queryset of claims
    if found is None or (result.maximum is not None and result.maximum > found.recognised_points):
        return []
    return [
        _("同一项目已认定 %(points)s：%(content)s（%(number)s）。同一项目以最高奖项计算一次，本次不高于已认定的分值。")
        % {**_named(found), "points": format_points(found.recognised_points)}
    ]


def _named(claim: Claim) -> dict[str, str]:
    return {"content": claim.content, "number": claim.receipt_number or str(claim.pk)}


def _cited(claim: Claim, text: str, clause: str) -> str:
    found = claim.scheme_version.data.clauses.get(clause)
    return _("%(text)s（%(clause)s）") % {"text": text, "clause": found.cite} if found else text
