"""Reports that count: claims by college, category and status; points by student and cohort; what colleges delivered."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from credits.models import Category, Claim, Coverage, Lot, Round, SchemeVersion
from credits.stages import stages
from credits.windows import window_for
from portal.enums import Role, Status
from portal.points import ZERO
from portal.spreadsheets import ExportColumn
from review.experts.collating import is_over
from review.exports import CHUNK
from review.models import Delivery
from review.reports.asking import in_college_reach
from review.summaries.points import FIELDS, covered_by, points_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from portal.models import Student
    from review.reports.asking import Asked

#: What the columns of the first report count; drafts are nobody's business.
COUNTED = [status for status in Status if status != Status.DRAFT]
OF_STUDENTS = {"cohort": "cohort", "college": "college"}


def claim_figures(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """Count the claims of each college and category by status, with the points recognised (one query)."""
    words = asked.words

    def rows() -> Iterator[dict[str, Any]]:
        sums = {status.value: Count("pk", filter=Q(status=status)) for status in COUNTED}
        points = Sum("recognised_points", filter=Q(status=Status.RECOGNISED))
        by = ("college__code", "college__name", "category__position", "category__name")
        yield from asked.claims().order_by(*by).values(*by).annotate(**sums, every=Count("pk"), points=points)

    columns = (
        ExportColumn(_("学院代码"), "college__code", "text", 12),
        ExportColumn(_("学院名称"), "college__name", "text", 22),
        ExportColumn(words.get("category", _("申请类别")), "category__name", "text", 16),
        *(ExportColumn(status.label, status.value, "number", 10) for status in COUNTED),
        ExportColumn(_("合计"), "every", "number", 10),
        ExportColumn(words.get("recognised", _("认定积分")), "points", "decimal", 12),
    )
    return columns, asked.claims(), rows


def student_points(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """List the students whom the scheme covers with their recognised points by category (a query per few thousand)."""
    students, categories = _students(asked), list(Category.objects.filter(scheme=asked.scheme))

    def rows() -> Iterator[dict[str, Any]]:
        found = students.values(*FIELDS).iterator(chunk_size=CHUNK)
        while part := list(islice(found, CHUNK)):
            sums = points_of(asked.scheme, [row["pk"] for row in part])
            for row in part:
                mine = sums.get(row["pk"], {})
                cells = {f"of_{category.pk}": mine.get(category.pk) for category in categories}
                yield {**row, **cells, "total": sum(mine.values(), ZERO)}

    columns = (
        ExportColumn(_("学院名称"), "college__name", "text", 22),
        ExportColumn(_("年级"), "cohort", "number", 8),
        ExportColumn(_("专业名称"), "major__name", "text", 20),
        ExportColumn(_("班级"), "class_group__name", "text", 12),
        ExportColumn(_("学号"), "person__number", "text", 14),
        ExportColumn(_("姓名"), "person__name", "text", 12),
        *(ExportColumn(category.name, f"of_{category.pk}", "decimal", 12) for category in categories),
        ExportColumn(asked.words.get("total", _("总积分")), "total", "decimal", 10),
    )
    return columns, students, rows


def cohort_points(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """Add up the recognised points of each cohort of each college (two queries)."""
    students = _students(asked)

    def rows() -> Iterator[dict[str, Any]]:
        by = ("college__code", "college__name", "cohort")
        lots = Lot.objects.filter(scheme=asked.scheme, student__in=students.order_by().values("pk"), recognised__gt=0)
        sums = lots.order_by().values("student__college__code", "student__cohort")
        found = {
            (row["student__college__code"], row["student__cohort"]): row
            for row in sums.annotate(points=Sum("recognised"), holders=Count("student", distinct=True))
        }
        for row in students.order_by(*by).values(*by).annotate(students=Count("pk")):
            mine: Any = found.get((row["college__code"], row["cohort"]), {})
            points, holders = mine.get("points") or ZERO, mine.get("holders", 0)
            mean = (points / row["students"]).quantize(Decimal("0.01"))
            yield {**row, "points": points, "holders": holders, "mean": mean}

    columns = (
        ExportColumn(_("学院名称"), "college__name", "text", 22),
        ExportColumn(_("年级"), "cohort", "number", 8),
        ExportColumn(_("学生数"), "students", "number", 10),
        ExportColumn(_("有认定结果的学生数"), "holders", "number", 18),
        ExportColumn(asked.words.get("total", _("总积分")), "points", "decimal", 12),
        ExportColumn(_("人均"), "mean", "decimal", 10),
    )
    return columns, students, rows


def deliveries(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """Say for each round and college what came in when, what is left to the college, and how much of it is late."""
    rounds = asked.narrow(
        Round.objects.filter(scheme=asked.scheme, is_published=True), {"year": "academic_year", "round": "pk"}
    )
    reach = in_college_reach(asked.person, asked.scheme)
    covered = asked.narrow(Coverage.objects.filter(reach, scheme=asked.scheme), {"college": "college"})

    def rows() -> Iterator[dict[str, Any]]:
        colleges = {one.college_id: one.college for one in covered.select_related("college").order_by("college__code")}
        left_to = _stages_of_colleges(asked)
        for round_ in rounds.prefetch_related("windows"):
            window = window_for(round_, Role.SECRETARY, None)
            delivered = {
                row.college_id: row for row in Delivery.objects.filter(round=round_).select_related("delivered_by")
            }
            counts = _counts(round_, left_to, list(colleges))
            for pk, college in colleges.items():
                delivery = delivered.get(pk)
                at = delivery.delivered_at if delivery else None
                yield {
                    "round": round_.name,
                    "code": college.code,
                    "college": college.name,
                    **counts[pk],
                    "closes_at": window.closes_at if window else None,
                    "delivered_at": at,
                    "delivered_by": delivery.delivered_by.name if delivery else "",
                    "in_time": _("逾期") if at and window and at > window.closes_at else _("按时") if at else "",
                }

    columns = (
        ExportColumn(_("活动名称"), "round", "text", 24),
        ExportColumn(_("学院代码"), "code", "text", 12),
        ExportColumn(_("学院名称"), "college", "text", 22),
        ExportColumn(_("申报数"), "every", "number", 10),
        ExportColumn(_("最早提交"), "first", "datetime", 18),
        ExportColumn(_("学院待审核"), "left", "number", 12),
        ExportColumn(_("其中逾期"), "late", "number", 10),
        ExportColumn(_("退回学生"), "returned", "number", 10),
        ExportColumn(_("学院审核截止"), "closes_at", "datetime", 18),
        ExportColumn(_("报送时间"), "delivered_at", "datetime", 18),
        ExportColumn(_("报送人"), "delivered_by", "text", 12),
        ExportColumn(_("是否按时"), "in_time", "text", 10),
    )
    return columns, covered, rows


def _students(asked: Asked) -> QuerySet[Student]:
    mine = covered_by(asked.scheme).filter(in_college_reach(asked.person, asked.scheme))
    return asked.narrow(mine, OF_STUDENTS).order_by("college__code", "cohort", "person__number")


def _stages_of_colleges(asked: Asked) -> list[str]:
    versions = SchemeVersion.objects.filter(scheme=asked.scheme)
    return sorted({one.code for version in versions for one in stages(version) if one.role == Role.SECRETARY})


def _counts(round_: Round, left_to: list[str], colleges: list[int]) -> dict[int, dict[str, Any]]:
    """Return what each college has in the round; late is what is left to it after its cohort's window (one query)."""
    left = Q(status=Status.IN_REVIEW, stage__in=left_to)
    found = Claim.objects.filter(round=round_, follows_lead=False, college__in=colleges, submitted_at__isnull=False)
    found = found.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN]).order_by()
    rows: Any = found.values("college_id", "cohort")
    counts: dict[int, dict[str, Any]] = defaultdict(
        lambda: {"every": 0, "left": 0, "late": 0, "returned": 0, "first": None}
    )
    for row in rows.annotate(
        every=Count("pk"),
        left=Count("pk", filter=left),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
        first=Min("submitted_at"),
    ):
        mine = counts[row["college_id"]]
        for name in ("every", "left", "returned"):
            mine[name] += row[name]
        mine["late"] += row["left"] if is_over(round_, row["cohort"]) else 0
        mine["first"] = min(filter(None, (mine["first"], row["first"])), default=None)
    return counts
