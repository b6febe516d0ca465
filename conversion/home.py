"""What a student's first page (我的桌面) tells: totals, what to do, what is open, what could be converted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversion.holdings import Holding, holdings_of, version_for
from conversion.models import Application, Form, Offering
from conversion.offset_home import OffsetPart, offset_part
from conversion.planner import Outlook, Record, judge, look_ahead
from conversion.rules import LIVE
from credits.enums import MemberState
from credits.minima import sums_of_lots, verdict_under
from credits.models import Claim, LateWaiver, Member, Round
from credits.windows import is_open_for, window_for
from portal.enums import Role, Status
from portal.models import Notice
from portal.points import ZERO, format_points

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from credits.evaluation.minima import MinimumVerdict
    from credits.models import SchemeVersion
    from portal.models import Student

SOON = datetime.timedelta(days=3)
NOTICES = 5
LAST_YEAR = datetime.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for the student, the most urgent first."""

    status: str
    title: str
    text: str
    path: str
    action: str
    until: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that takes claims now."""

    round: Round
    closes_at: datetime.datetime

    @property
    def left(self) -> str:
        """Return how long it is still open."""
        return time_left(self.closes_at)

    @property
    def is_soon(self) -> bool:
        """Whether it closes within days."""
        return self.closes_at - timezone.now() < SOON


@dataclass(frozen=True, slots=True)
class Chance:
    """A course that could be converted into, and the best that the records can do there."""

    offering: Offering
    outlook: Outlook

    @property
    def lowest(self) -> tuple[Decimal, str]:
        """Return what is missing to the lowest grade, and that grade."""
        selection = judge([self.outlook.usable], self.offering.course.rule_bands)
        return selection.missing or ZERO, selection.next_grade

    @property
    def left(self) -> str:
        """Return how long the course still takes applications."""
        return time_left(self.offering.closes_at)


def time_left(until: datetime.datetime) -> str:
    """Return the time until a deadline in words that a person would use."""
    now = timezone.localtime()
    left = timezone.localtime(until) - now
    days = (timezone.localtime(until).date() - now.date()).days
    if left < datetime.timedelta(0):
        return _("已截止")
    if days == 0:
        return _("今天截止")
    return ngettext("还有 %(days)s 天", "还有 %(days)s 天", days) % {"days": days}


@dataclass
class Home:
    """The whole page for one student."""

    student: Student
    version: SchemeVersion | None
    holdings: list[Holding]
    claims: list[Claim]
    applications: list[Application]
    rounds: list[OpenRound]
    offerings: list[Offering]
    unfiled: list[Form]
    notices: list[Notice]
    offset: OffsetPart | None = None
    invitations: list[Member] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """What is recognised in all."""
        return sum((row.lot.recognised for row in self.holdings), ZERO)

    @property
    def usable(self) -> Decimal:
        """What could be converted now."""
        return sum((row.usable for row in self.holdings), ZERO)

    @property
    def converted(self) -> Decimal:
        """What became course credit."""
        return sum((row.lot.consumed for row in self.holdings), ZERO)

    @property
    def held(self) -> Decimal:
        """What pending applications keep."""
        return sum((row.lot.held for row in self.holdings), ZERO)

    @property
    def shortfall(self) -> MinimumVerdict | None:
        """What the student falls short of in the last year before graduation; no query."""
        if self.version is None or self.student.leaves_on - timezone.localdate() > LAST_YEAR:
            return None
        found = verdict_under(self.version, self.student, sums_of_lots(row.lot for row in self.holdings))
        return found if found and not found.reached else None

    @property
    def pending(self) -> int:
        """How many claims and applications are being reviewed."""
        return sum(row.is_pending for row in [*self.claims, *self.applications])

    @property
    def is_new(self) -> bool:
        """Whether there is nothing yet."""
        return not (self.holdings or self.claims or self.applications)

    @property
    def todos(self) -> list[Todo]:
        """What waits for the student."""
        own = [row for row in self.claims if not row.follows_lead]
        found = [
            *(_invitation(member) for member in self.invitations),
            *(_returned_claim(row) for row in own if row.status == Status.RETURNED),
            *(_returned_application(row) for row in self.applications if row.status == Status.RETURNED),
            *(_paper(form) for form in self.unfiled),
            *(_draft_claim(row) for row in own if row.status == Status.DRAFT),
            *(_draft_application(row) for row in self.applications if row.status == Status.DRAFT),
        ]
        far = timezone.now() + datetime.timedelta(days=3650)
        return sorted(found, key=lambda todo: (todo.status == Status.DRAFT, todo.until or far))

    @property
    def chances(self) -> list[Chance]:
        """What could be converted: open courses without an application."""
        live = {row.course_id for row in self.applications if row.status in LIVE}
        whole = self.version.data.conversion.whole_records if self.version else True
        return [
            Chance(row, look_ahead(self._records(row), row.course.rule_bands, whole_records=whole))
            for row in self.offerings
            if row.course_id not in live
        ]

    def _records(self, offering: Offering) -> list[Record]:
        taken = {category.pk for category in offering.course.categories.all()}
        return [row.record for row in self.holdings if row.category.pk in taken]


def home_of(student: Student) -> Home:
    """Gather the page; its queries do not grow with the student's records."""
    version = version_for(student)
    waiting = [Status.DRAFT, Status.RETURNED, Status.IN_REVIEW, Status.PUBLICITY]
    claims = Claim.objects.filter(student=student, status__in=waiting).select_related("category", "round")
    offerings = Offering.objects.for_student(student).open_at().select_related("course", "term").order_by("closes_at")
    unfiled = Form.objects.missing().filter(application__student=student)
    home = Home(
        student=student,
        version=version,
        holdings=holdings_of(student, version) if version else [],
        claims=list(claims.prefetch_related("round__windows").order_by("pk")),
        applications=list(Application.objects.filter(student=student).select_related("course", "offering")),
        rounds=open_rounds(student, version) if version else [],
        offerings=list(offerings.prefetch_related("course__categories", "course__bands")),
        unfiled=list(unfiled.select_related("application__course")),
        notices=list(Notice.objects.of(student.person)[:NOTICES]),
    )
    if version is not None and any(category.team for category in version.data.categories):
        home.invitations = list(invitations_of(student))
    if version is not None and version.data.conversion.offsets:
        home.offset = offset_part(student, version, home.holdings, home.applications, home.offerings)
    return home


def invitations_of(student: Student) -> QuerySet[Member]:
    """Return the teams in which the student is named and has not answered yet."""
    named = Member.objects.filter(student=student, state=MemberState.WAITING)
    open_leads = [Status.DRAFT, Status.RETURNED, Status.IN_REVIEW]
    related = ("achievement__lead__category", "achievement__lead__student__person")
    return named.filter(achievement__lead__status__in=open_leads).select_related(*related).order_by("pk")


def open_rounds(student: Student, version: SchemeVersion) -> list[OpenRound]:
    """Return the published rounds that take the student's claims now, the nearest deadline first."""
    waivers = LateWaiver.objects.of(student).in_force().filter(round=OuterRef("pk")).order_by("-until")
    found = Round.objects.annotate(waived_until=Subquery(waivers.values("until")[:1])).filter(
        Q(windows__role=Role.STUDENT, windows__closes_at__gte=timezone.now()) | Q(waived_until__isnull=False),
        scheme_id=version.scheme_id,
        is_published=True,
    )
    rows = []
    for row in found.distinct().prefetch_related("windows"):
        window = window_for(row, Role.STUDENT, student.cohort)
        if window is not None and is_open_for(row, Role.STUDENT, student.cohort):
            rows.append(OpenRound(row, window.closes_at))
        elif row.waived_until:
            rows.append(OpenRound(row, row.waived_until))
    return sorted(rows, key=lambda row: row.closes_at)


def _invitation(member: Member) -> Todo:
    lead = member.achievement.lead
    text = _("%(name)s 申报的团队成果填写了你，排第 %(rank)s，请确认")
    return Todo(
        Status.IN_REVIEW,
        lead.content or lead.category.name,
        text % {"name": lead.student.person.name, "rank": member.rank},
        reverse("credits:membership", args=[member.pk]),
        _("查看并确认"),
    )


def _returned_claim(row: Claim) -> Todo:
    return Todo(
        row.status,
        row.content or row.category.name,
        _("申报被退回，请修改后重新提交"),
        reverse("credits:claim", args=[row.pk]),
        _("查看并修改"),
    )


def _returned_application(row: Application) -> Todo:
    return Todo(
        row.status,
        row.course.name,
        _("冲抵申请被退回，请修改后重新提交") if row.offsets else _("转换申请被退回，请修改后重新提交"),
        reverse("conversion:application", args=[row.pk]),
        _("查看并修改"),
    )


def _paper(form: Form) -> Todo:
    return Todo(
        Status.RECOGNISED,
        form.application.course.name,
        _("冲抵已生效，请打印申请表，签字后交学院备案")
        if form.application.offsets
        else _("转换已通过，请打印申请表，签字后交学院备案"),
        reverse("conversion:application", args=[form.application_id]),
        _("打印"),
    )


def _draft_claim(row: Claim) -> Todo:
    window = window_for(row.round, Role.STUDENT, row.cohort) if row.round else None
    until = window.closes_at if window else None
    return Todo(
        row.status,
        row.content or row.category.name,
        _("申报草稿，尚未提交"),
        reverse("credits:claim", args=[row.pk]),
        _("继续填写"),
        until,
    )


def _draft_application(row: Application) -> Todo:
    text = _("冲抵申请草稿，%(total)s 分，尚未提交") if row.offsets else _("转换申请草稿，%(total)s 分，尚未提交")
    text %= {"total": format_points(row.total)}
    path = reverse("conversion:application_edit", args=[row.pk])
    return Todo(row.status, row.course.name, text, path, _("继续填写"), row.offering.closes_at)
