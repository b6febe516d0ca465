"""Keeps training plans: which courses of a major and cohort points may offset, of which kind, and when they may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from conversion.models import Course, Offering, PlanCourse
from conversion.plans import newest_version
from conversion.rules import can_keep_courses
from portal.models import Event
from portal.points import format_number
from portal.sheet_imports import Written
from portal.trail import draft_event, record, write_events
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from conversion.services.courses import OfferingData
    from credits.models import Scheme
    from portal.models import EventBase, Major, Person
    from portal.verdict import Verdict

BATCH = 500
Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """What the office says of one course of a plan: the course itself, and its kind for that major and cohort."""

    major: Major
    cohort: int
    code: str
    name: str
    credits: Decimal
    kind: str
    is_active: bool = True

    @property
    def key(self) -> Key:
        """Return what there is once."""
        return self.major.pk, self.cohort, self.code


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a plan did: rows new and changed, and courses that were new or renamed; ``rows`` are all of them."""

    created: int
    changed: int
    courses: int
    rows: tuple[Written, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a term did, in offerings."""

    created: int
    changed: int


def keep_plan(actor: Person, scheme: Scheme, entries: Sequence[PlanEntry]) -> Kept:
    """Create and change the courses of plans, all or none; each leaves its event, what is the same leaves none.

    A course code that is new becomes a course without bands; a known one takes the name and the credits given here, for
    all plans that have it. Raises ``NotAllowed``, then ``ValidationError`` keyed by ``kind``, ``credits`` or ``code``.
    """
    verdict = _may(actor, scheme)
    _check(scheme, entries)
    try:
        with transaction.atomic():
            trail = _Trail(actor, scheme, verdict)
            courses = _keep_courses(scheme, entries, trail)
            touched = len(trail.events)
            created, changed = _keep_rows(scheme, entries, courses, trail)
            trail.write()
            return Kept(created, changed, touched, tuple(trail.written()))
    except IntegrityError:  # two people at once: the constraint lets one through
        raise ValidationError(_("培养方案刚刚被其他人修改，请重新核对。")) from None


def open_plans(actor: Person, scheme: Scheme, data: OfferingData) -> Opened:
    """Open a term for all courses of the plans (of the cohorts named, of all when none is): one window for all of them.

    Offerings that the term has already take the new dates. Raises ``NotAllowed``, then ``ValidationError`` keyed by
    ``closes_at`` or ``cohorts``.
    """
    verdict = _may(actor, scheme)
    if data.closes_at <= data.opens_at:
        raise ValidationError({"closes_at": _("截止时间必须晚于开放时间。")})
    plans = PlanCourse.objects.filter(scheme=scheme, is_active=True, course__is_active=True).order_by()
    plans = plans.filter(cohort__in=data.cohorts) if data.cohorts else plans
    courses = set(plans.values_list("course_id", flat=True))
    if not courses:
        raise ValidationError({"cohorts": _("这些年级的培养方案里还没有课程。")})
    facts = {"opens_at": data.opens_at, "closes_at": data.closes_at, "cohorts": sorted(set(data.cohorts))}
    with transaction.atomic():
        present = Offering.objects.select_for_update(of=("self",)).filter(term=data.term, course__in=courses)
        rows = list(present.order_by("pk"))
        changed = [row for row in rows if _differs(row, facts)]
        for row in changed:
            _set(row, facts)
        Offering.objects.bulk_update(changed, list(facts), batch_size=BATCH)
        missing = sorted(courses - {row.course_id for row in rows})
        Offering.objects.bulk_create(
            [Offering(course_id=course, term=data.term, **facts) for course in missing], batch_size=BATCH
        )
        told: dict[str, Any] = {"opens_at": data.opens_at.isoformat(), "closes_at": data.closes_at.isoformat()}
        told |= {"cohorts": facts["cohorts"], "created": len(missing), "changed": len(changed)}
        key, label = f"{scheme.code}:{data.term.code}", f"{scheme} {data.term}"
        record(
            "open",
            actor,
            kind="plan_term",
            key=key,
            label=label,
            role=verdict.role,
            scheme=scheme.code,
            changes=({}, told),
        )
    return Opened(len(missing), len(changed))


def put_plan_back(actor: Person, scheme: Scheme, wanted: Mapping[PlanCourse, dict[str, Any]]) -> None:
    """Give rows of plans the kind and the state that they had before, each with its event; raises ``NotAllowed``."""
    with transaction.atomic():
        trail = _Trail(actor, scheme, _may(actor, scheme))
        for row, facts in wanted.items():
            before = {name: getattr(row, name) for name in facts}
            _set(row, facts)
            trail.add("plan_course", plan_key(row), row, before, facts)
        PlanCourse.objects.bulk_update(wanted, ["kind", "is_active"], batch_size=BATCH)
        trail.write()


def remove_plan_rows(actor: Person, scheme: Scheme, rows: Sequence[PlanCourse]) -> None:
    """Delete rows of plans, each with its event; raises ``NotAllowed``."""
    with transaction.atomic():
        trail = _Trail(actor, scheme, _may(actor, scheme))
        for row in rows:
            trail.add("plan_course", plan_key(row), row, {"kind": row.kind, "is_active": row.is_active}, {})
        PlanCourse.objects.filter(pk__in=[row.pk for row in rows]).delete()
        trail.write()


def plan_key(row: PlanCourse) -> str:
    """Return what a row of a plan is called on the trail, within its scheme."""
    return f"{row.major.code}:{row.cohort}:{row.course.code}"


def _label(row: Course | PlanCourse) -> str:
    return f"{row.major} {row.cohort} {row.course}" if isinstance(row, PlanCourse) else str(row)


def _may(actor: Person, scheme: Scheme) -> Verdict:
    verdict = can_keep_courses(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    return verdict


def _check(scheme: Scheme, entries: Sequence[PlanEntry]) -> None:
    version = newest_version(scheme)
    if version is None or not version.data.conversion.offsets:
        raise ValidationError(_("该办法按成绩转换课程，不使用培养方案。"))
    errors: dict[str, Any] = {}
    if any(version.data.conversion.kind(entry.kind) is None for entry in entries):
        errors["kind"] = _("该办法没有这种课程性质。")
    if any(entry.credits <= 0 for entry in entries):
        errors["credits"] = _("学分必须大于 0。")
    said = {(entry.code, entry.name, entry.credits) for entry in entries}
    if len(said) != len({code for code, _name, _credits in said}):
        errors["code"] = _("同一个课程编号的名称或学分不一致。")
    if len({entry.key for entry in entries}) != len(entries):
        errors["code"] = _("同一专业、年级的同一门课程写了两次。")
    if errors:
        raise ValidationError(errors)


class _Trail:
    """The events of one verb over many rows, written together."""

    def __init__(self, actor: Person, scheme: Scheme, verdict: Verdict) -> None:
        self.actor, self.scheme, self.role = actor, scheme, verdict.role
        self.events: list[EventBase] = []
        self.touched: list[tuple[str, Course | PlanCourse, str, dict[str, Any], dict[str, Any]]] = []

    def add(self, kind: str, key: str, row: Course | PlanCourse, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Note a row that is new (nothing before), changed, or removed (nothing after)."""
        label = _label(row)
        subject = {"subject_kind": kind, "subject_key": f"{self.scheme.code}:{key}", "subject_label": str(label)[:200]}
        subject["scheme_code"] = self.scheme.code
        verb = ("save" if before else "create") if after else "remove"
        event = draft_event(Event, verb, self.actor, role=self.role, changes=(before, after), **subject)
        self.events.append(event)
        self.touched.append((kind, row, label, before, after))

    def written(self) -> Iterator[Written]:
        """Yield what was noted as rows of an import, once they are stored."""
        for kind, row, label, before, after in self.touched:
            if not before:
                yield Written(kind, row.pk, label, after=after)
            elif changed := Written.changed(kind, row.pk, label, before, after):
                yield changed

    def write(self) -> None:
        """Store what was noted."""
        write_events(Event, self.events)


def _keep_courses(scheme: Scheme, entries: Iterable[PlanEntry], trail: _Trail) -> dict[str, Course]:
    """Return the courses by code, new and renamed ones written."""
    said = {entry.code: entry for entry in entries}
    present = scheme.courses.select_for_update(of=("self",)).filter(code__in=said).order_by("pk")
    known = {row.code: row for row in present}
    changed = []
    for code, row in known.items():
        before = _course_facts(row)
        row.name, row.credits = said[code].name, said[code].credits
        if _course_facts(row) != before:
            changed.append(row)
            trail.add("course", code, row, before, _course_facts(row))
    fresh = [
        Course(scheme=scheme, code=code, name=entry.name, credits=entry.credits)
        for code, entry in said.items()
        if code not in known
    ]
    for row in fresh:
        trail.add("course", row.code, row, {}, _course_facts(row))
    Course.objects.bulk_update(changed, ["name", "credits"], batch_size=BATCH)
    Course.objects.bulk_create(fresh, batch_size=BATCH)
    return {**known, **{row.code: row for row in fresh}}


def _keep_rows(
    scheme: Scheme, entries: Sequence[PlanEntry], courses: dict[str, Course], trail: _Trail
) -> tuple[int, int]:
    """Write the rows of the plans, and return how many are new and how many changed."""
    majors = {entry.major.pk for entry in entries}
    present = PlanCourse.objects.select_for_update(of=("self",)).filter(scheme=scheme, major__in=majors).order_by("pk")
    rows = {(row.major_id, row.cohort, row.course_id): row for row in present}
    fresh, changed = [], []
    for entry in entries:
        course = courses[entry.code]
        row = rows.get((entry.major.pk, entry.cohort, course.pk))
        facts = {"kind": entry.kind, "is_active": entry.is_active}
        before = {name: getattr(row, name) for name in facts} if row else {}
        if before == facts:
            continue
        if row is None:
            row = PlanCourse(scheme=scheme, major=entry.major, cohort=entry.cohort, course=course)
            fresh.append(row)
        else:
            changed.append(row)
        _set(row, facts)
        key = f"{entry.major.code}:{entry.cohort}:{entry.code}"
        trail.add("plan_course", key, row, before, facts)
    PlanCourse.objects.bulk_update(changed, ["kind", "is_active"], batch_size=BATCH)
    PlanCourse.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh), len(changed)


def _course_facts(course: Course) -> dict[str, Any]:
    return {"name": course.name, "credits": format_number(course.credits)}


def _differs(row: object, facts: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in facts.items())


def _set(row: object, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
