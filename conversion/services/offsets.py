"""What an offset asks where a graded conversion asks its bands: a course of the plan, exactly its credits' worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from conversion.models import Relevance
from conversion.offsetting import wanted_for
from conversion.plans import kind_for
from credits.stages import stages
from portal.points import format_points

if TYPE_CHECKING:
    from decimal import Decimal

    from conversion.models import Application

REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the college says of the records and the student's major, with its reason."""

    relevance: str = ""
    reason: str = ""


NOT_JUDGED = Judgement()


def kind_in_plan(application: Application) -> str:
    """Return the course's kind in the student's plan; raises ``ValidationError`` when points cannot offset it."""
    kind = kind_for(application.student, application.course_id, application.scheme_version)
    if kind is None:
        raise ValidationError({"uses": _("该课程不在你的培养方案中，或不属于可以冲抵的课程性质。")})
    return kind.code


def wanted_by(application: Application) -> Decimal:
    """Return the points that the application's course wants."""
    return wanted_for(application.course.credits, application.scheme_version.data.conversion)


def offset_grade(application: Application) -> str:
    """Return what the course is recorded as, empty while the total is not exactly what it wants."""
    conversion = application.scheme_version.data.conversion
    return conversion.grade if application.total == wanted_by(application) else ""


def earn_offset(application: Application) -> None:
    """Set what is recorded for the course; raises ``ValidationError`` unless the total is exactly what it wants."""
    application.bands, application.relevance, application.relevance_reason = [], "", ""
    try:
        check_total(application.total, wanted_by(application))
    except ValidationError as error:
        raise ValidationError({"uses": error}) from None
    application.grade = offset_grade(application)


def check_total(total: Decimal, wanted: Decimal) -> None:
    """Raise ``ValidationError`` with both figures unless the total is exactly what the course wants."""
    if total != wanted:
        numbers = {"wanted": format_points(wanted), "total": format_points(total)}
        raise ValidationError(_("本课程须用 %(wanted)s，现在合计 %(total)s。请调整用量，使合计正好相等。") % numbers)


def judges_relevance(application: Application) -> bool:
    """Whether the present stage says if the records are related to the major: the first one, for kinds that ask it."""
    kind = application.kind
    return (
        kind is not None
        and kind.judged
        and application.stage == stages(application.scheme_version, "conversions")[0].code
    )


def judge_relevance(application: Application, judgement: Judgement, *, passes: bool) -> None:
    """Keep the judgement where one is asked; to let the application pass, it must say related, and why.

    Raises ``ValidationError`` beside ``relevance`` or ``relevance_reason``.
    """
    if not judges_relevance(application):
        return
    reason = judgement.reason.strip()
    if passes:
        _require(judgement.relevance, reason)
    if judgement.relevance in Relevance.values:
        application.relevance, application.relevance_reason = judgement.relevance, reason[:REASON_LENGTH]


def _require(relevance: str, reason: str) -> None:
    errors = {}
    if relevance not in Relevance.values:
        errors["relevance"] = _("请认定所用成果与学生专业是否相关。")
    elif relevance == Relevance.UNRELATED:
        errors["relevance"] = _("与专业无关的成果不能冲抵这类课程，请退回修改或不予通过。")
    if not reason:
        errors["relevance_reason"] = _("请说明相关性的依据。")
    if errors:
        raise ValidationError(errors)
