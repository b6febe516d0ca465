"""What a printed form says, frozen as plain data on the day it is issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from credits.enums import Channel
from credits.stages import stages
from portal.enums import Role
from portal.points import format_points
from portal.trail import signed_as

if TYPE_CHECKING:
    import datetime

    from conversion.models import Application, Line
    from credits.evaluation import SchemeData
    from portal.models import Person


def snapshot_of(
    application: Application,
    *,
    number: str,
    issued_at: datetime.datetime,
    actor: Person,
    opinion: tuple[str, str, str] | None,
) -> dict[str, Any]:
    """Return everything the form prints: nothing is looked up when it is printed again."""
    data = application.scheme_version.data
    lines = application.lines.select_related("lot__claim", "lot__category").order_by("pk")
    said = {
        "institution": data.institution,
        "title": data.wording["form_title"],
        "unit": data.wording.get("points", ""),
        "words": {word: data.wording.get(word, "") for word in ("recognised", "converted")},
        "number": number,
        "issued_at": _moment(issued_at),
        "version": str(application.scheme_version),
        "basis": _basis(data),
        "student": _student(application),
        "course": {
            "term": application.offering.term.code,
            "code": application.course.code,
            "name": application.course.name,
            "credits": format_points(application.offset_credits or application.course.credits),
        },
        "lines": [_line(line) for line in lines],
        "total": str(application.total),
        "grade": application.grade,
        "bands": application.bands,
        "reason": application.reason,
        "submitted_at": _moment(application.submitted_at) if application.submitted_at else "",
        "opinions": _opinions(application, actor, issued_at, opinion),
    }
    return said | ({"offset": _offset(application)} if application.offsets else {})


def _offset(application: Application) -> dict[str, str]:
    """Return what only an offset's form says: the course's kind, the judged relevance, the formal notice."""
    kind = application.kind
    return {
        "kind": kind.name if kind else application.course_kind,
        "relevance": str(application.get_relevance_display()),
        "relevance_reason": application.relevance_reason,
        "notice": application.notice,
    }


def _basis(data: SchemeData) -> str:
    """Return the article that conversions rest on, as it is cited."""
    clause = data.clauses.get(data.conversion.clause)
    return clause.cite if clause else ""


def _student(application: Application) -> dict[str, str]:
    student = application.student
    return {
        "number": student.person.number,
        "name": student.person.name,
        "college": student.college.name,
        "cohort": str(student.cohort),
        "major": student.major.name,
        "class": student.class_group.name,
        "phone": application.phone,
        "email": application.email,
    }


def _line(line: Line) -> dict[str, Any]:
    claim = line.lot.claim
    return {
        "category": line.lot.category.name,
        "content": claim.content,
        "academic_year": claim.academic_year,
        "recognised": str(line.lot.recognised),
        "used": str(line.points),
        "recognised_reason": claim.recognised_reason,
        "trace": claim.trace,
        "recorder": line.lot.category.recorder if claim.channel == Channel.OFFICE else "",
    }


def _opinions(
    application: Application, actor: Person, at: datetime.datetime, current: tuple[str, str, str] | None
) -> list[dict[str, str]]:
    """Return the review opinions of the last handing-in: those on the trail, and the one that is being given now."""
    names = {stage.code: stage.name for stage in stages(application.scheme_version, "conversions")}
    last = application.events.filter(verb="submit").order_by("-pk").first()
    decided = application.events.filter(verb="approve", pk__gt=last.pk if last else 0)
    rows = [
        _opinion(
            names.get(event.from_state.partition(":")[2], ""),
            event.actor_role,
            event.signed_name,
            event.reason,
            event.at,
        )
        for event in decided
    ]
    if current is not None:
        stage, role, remark = current
        rows.append(_opinion(names.get(stage, stage), role, signed_as(actor, role, application), remark, at))
    return rows


def _opinion(stage: str, role: str, name: str, remark: str, at: datetime.datetime) -> dict[str, str]:
    return {
        "stage": stage,
        "role": str(Role(role).label) if role else "",
        "name": name,
        "remark": remark,
        "at": _moment(at),
    }


def _moment(value: datetime.datetime) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
