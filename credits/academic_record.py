"""The academic record (认定记录): what a student was recognised, by category, and what of it counts since when.

A row of the record is a recognised claim. What counts is what stands in the ledger: of several awards for one project
only the highest, a replaced or lower one is shown with what it adds, and why.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim, ClaimEvent, Lot, SchemeVersion
from portal.enums import Status
from portal.points import ZERO, format_points

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from credits.evaluation import SchemeData
    from credits.models import Scheme
    from portal.models import Student

COLUMNS = (
    *("pk", "student_id", "scheme_id", "scheme_version_id", "project_id", "content", "academic_year"),
    *("category_id", "category__code", "category__name", "category__position"),
    *("recognised_points", "adds", "decided_at"),
)
# What a recognised claim adds to the total; see Claim.counted.
ADDS = Coalesce("counted_points", "recognised_points")


@dataclass(frozen=True, slots=True)
class Item:
    """One recognised achievement: what was recognised, what of it counts, since when, by which formal notice."""

    claim: int
    student: int
    project: int | None
    version: int
    category: str
    category_name: str
    title: str
    academic_year: str
    points: Decimal
    counted: Decimal
    effective_on: datetime.date | None
    notice: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one category and what they count together."""

    code: str
    name: str
    items: tuple[Item, ...]

    @property
    def counted(self) -> Decimal:
        """Return the category's total."""
        return sum((item.counted for item in self.items), ZERO)


@dataclass(frozen=True, slots=True)
class AcademicRecord:
    """A student's record under one scheme; ``used`` is what became course credit, ``held`` what is applied for."""

    scheme: Scheme
    data: SchemeData
    sections: tuple[Section, ...]
    used: Decimal
    held: Decimal

    @property
    def title(self) -> str:
        """Return what the scheme calls the record."""
        return self.data.wording.get("record_title") or _("认定记录")

    @property
    def used_label(self) -> str:
        """Return what became of the points that were used."""
        return _("已冲抵") if self.data.conversion.offsets else _("已转换")

    @property
    def total(self) -> Decimal:
        """Return everything that counts."""
        return sum((section.counted for section in self.sections), ZERO)

    @property
    def items(self) -> list[Item]:
        """Return all rows, category by category."""
        return [item for section in self.sections for item in section.items]

    @property
    def has_notices(self) -> bool:
        """Whether results take effect by a formal notice here."""
        return self.data.publicity is not None or any(item.notice for item in self.items)


def recognised_rows(claims: QuerySet[Claim]) -> Any:
    """Return the recognised of these claims as rows that ``items_of`` reads, in the order of a record."""
    found: Any = claims.filter(status=Status.RECOGNISED).annotate(adds=ADDS)
    return found.order_by("student_id", "category__position", "decided_at", "pk").values(*COLUMNS)


def items_of(rows: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Return the rows as items with the numbers of their notices (one query)."""
    found = list(rows)
    notices = notices_of([row["pk"] for row in found])
    return [_item(row, notices.get(row["pk"], "")) for row in found]


def notices_of(claims: list[int]) -> dict[int, str]:
    """Return the formal notice by which each claim last took effect, of those that did by one; one query."""
    events = ClaimEvent.objects.filter(subject__in=claims, verb="effect").order_by("pk")
    return {pk: after.get("notice", "") for pk, after in events.values_list("subject_id", "after")}


def academic_records(student: Student, scheme: Scheme | None = None) -> list[AcademicRecord]:
    """Return the student's records, one for each scheme under which something was recognised (or this one alone)."""
    claims = Claim.objects.filter(student=student)
    items = items_of(recognised_rows(claims.filter(scheme=scheme) if scheme else claims))
    versions = SchemeVersion.objects.select_related("scheme").in_bulk({item.version for item in items})
    used = _used_by(student)
    grouped: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        grouped[versions[item.version].scheme_id].append(item)
    return [_record(mine, versions, used.get(pk, (ZERO, ZERO))) for pk, mine in grouped.items()]


def sections_of(items: Iterable[Item]) -> tuple[Section, ...]:
    """Return the items by category, in the order in which they come."""
    grouped: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        grouped[item.category, item.category_name].append(item)
    return tuple(Section(code, name, tuple(mine)) for (code, name), mine in grouped.items())


def _item(row: Mapping[str, Any], notice: str) -> Item:
    decided = row["decided_at"]
    return Item(
        claim=row["pk"],
        student=row["student_id"],
        project=row["project_id"],
        version=row["scheme_version_id"],
        category=row["category__code"],
        category_name=row["category__name"],
        title=row["content"],
        academic_year=row["academic_year"],
        points=row["recognised_points"],
        counted=row["adds"],
        effective_on=timezone.localtime(decided).date() if decided else None,
        notice=notice,
    )


def _record(items: list[Item], versions: Mapping[int, SchemeVersion], used: tuple[Decimal, Decimal]) -> AcademicRecord:
    newest = max((versions[item.version] for item in items), key=lambda row: (row.effective_from, row.pk))
    told = [_explained(item, items, versions[item.version].data) for item in items]
    return AcademicRecord(newest.scheme, newest.data, sections_of(told), *used)


def _explained(item: Item, items: list[Item], data: SchemeData) -> Item:
    """Say why less counts than was recognised: another award of the same project counts already."""
    if item.counted == item.points:
        return item
    others = [other for other in items if other.project == item.project and other.claim != item.claim]
    best = max(others, key=lambda other: (other.counted, -other.claim), default=None)
    return replace(item, why=_reason(item, best, data))


def _reason(item: Item, best: Item | None, data: SchemeData) -> str:
    clause = data.clauses.get(data.counting.clause)
    words = {
        "title": best.title if best else "",
        "points": format_points(best.counted) if best else "",
        "clause": clause.cite if clause else "",
    }
    if best is None:
        text = _("同一项目以最高奖项计算一次。%(clause)s")
    elif item.counted == ZERO:
        text = _("同一项目以最高奖项计算一次，已计入“%(title)s” %(points)s。%(clause)s")
    else:
        text = _("同一项目以最高奖项计算一次，“%(title)s”已计入 %(points)s，这里补计差额。%(clause)s")
    return text % words


def _used_by(student: Student) -> dict[int, tuple[Decimal, Decimal]]:
    """Return by scheme what conversions have consumed of the student's points, and what they hold; one query."""
    sums = Lot.objects.of(student).order_by().values("scheme_id").annotate(used=Sum("consumed"), kept=Sum("held"))
    return {row["scheme_id"]: (row["used"], row["kept"]) for row in sums}
