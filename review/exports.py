"""The columns that the desks' exports have, beside the queries of the pages they come from."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from conversion.models import Application, Relevance
from portal.enums import Role, Status
from portal.masking import masked
from portal.spreadsheets import CSV, XLSX, ExportColumn, write_csv, write_xlsx
from portal.trail import record
from review.desk.ages import waited

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import IO

    from portal.models import Person
    from portal.wording import Wording

CHUNK = 2000
#: Up to here an export is the answer to the press; beyond it is a job.
AT_ONCE = 2000
# As what somebody takes a list, the widest reach first.
TAKERS = (
    *(Role.OFFICE, Role.AUDITOR, Role.COMMITTEE, Role.OWNER_UNIT),
    *(Role.SECRETARY, Role.COUNSELLOR, Role.ADMINISTRATOR),
)
# Who gets private columns whole: they call the student when a paper is missing. Others read them one page at a time.
KEEPERS = (Role.SECRETARY, Role.OFFICE)
ONLY_READERS = tuple(role for role in TAKERS if role not in KEEPERS)
FORMATS = {"xlsx": XLSX, "csv": CSV}
#: Columns that are made of these read them from the row.
TRANSLATED = ("status", "issued_at", "state", "appeal_state", "relevance")

WHO = (
    ExportColumn(_("学院名称"), "college__name", "text", 18),
    ExportColumn(_("年级"), "cohort", "number", 8),
    ExportColumn(_("专业名称"), "student__major__name", "text", 18),
    ExportColumn(_("班级"), "student__class_group__name", "text", 12),
    ExportColumn(_("学号"), "student__person__number", "text", 14),
    ExportColumn(_("姓名"), "student__person__name", "text", 12),
)


def _status(row: dict[str, Any]) -> str:
    return str(Status(row["status"]).label)


def _relevance(row: dict[str, Any]) -> str:
    return str(Relevance(row["relevance"]).label) if row["relevance"] else ""


def claim_columns(words: Wording) -> tuple[ExportColumn, ...]:
    """Return the columns of claims, named as the person's scheme names them."""
    suggested = _t("建议%(points)s") % {"points": words.get("points_short", _t("积分"))}
    return (
        ExportColumn(_("受理编号"), "receipt_number", "text", 20),
        ExportColumn(_("学年"), "academic_year", "text", 12),
        *WHO,
        ExportColumn(_("活动名称"), "round__name", "text", 24),
        ExportColumn(words.get("category", _("申请类别")), "category__name", "text", 12),
        ExportColumn(words.get("content", _("具体内容")), "content", "text", 40),
        ExportColumn(words.get("claimed", _("申请积分")), "claimed_points", "decimal", 10),
        ExportColumn(suggested, "suggested_points", "decimal", 10),
        ExportColumn(words.get("recognised", _("认定积分")), "recognised_points", "decimal", 10),
        ExportColumn(_("认定说明"), "recognised_reason", "text", 30),
        ExportColumn(_("审核状态"), _status, "text", 10),
        ExportColumn(_("提交时间"), "submitted_at", "datetime", 18),
        ExportColumn(_("办结时间"), "decided_at", "datetime", 18),
    )


def application_columns(words: Wording) -> tuple[ExportColumn, ...]:
    """Return the columns of conversions, named as the person's scheme names them."""
    return (
        ExportColumn(_("学年学期"), "offering__term__code", "text", 12),
        *WHO,
        ExportColumn(_("课程编号"), "course__code", "text", 12),
        ExportColumn(_("课程名称"), "course__name", "text", 20),
        ExportColumn(_("学分"), "course__credits", "decimal", 8),
        ExportColumn(words.get("application_total", _("转换积分合计")), "total", "decimal", 12),
        ExportColumn(_("对应课程成绩"), "grade", "text", 12),
        ExportColumn(_("联系电话"), "phone", "text", 14, private=True),
        ExportColumn("email", "email", "text", 24, private=True),
        ExportColumn(_("审核状态"), _status, "text", 10),
        ExportColumn(_("提交时间"), "submitted_at", "datetime", 18),
        ExportColumn(_("办结时间"), "decided_at", "datetime", 18),
    )


OFFSET_COLUMNS = (
    ExportColumn(_("课程性质"), "kind_name", "text", 12),
    ExportColumn(_("专业相关性"), _relevance, "text", 12),
    ExportColumn(_("相关性说明"), "relevance_reason", "text", 30),
    ExportColumn(_("冲抵学分"), "offset_credits", "decimal", 8),
    ExportColumn(_("发文文号"), "notice", "text", 24),
)
MISSING_COLUMNS = (
    ExportColumn(_("表单编号"), "number", "text", 28),
    ExportColumn(_("学号"), "application__student__person__number", "text", 14),
    ExportColumn(_("姓名"), "application__student__person__name", "text", 12),
    ExportColumn(_("班级"), "application__student__class_group__name", "text", 12),
    ExportColumn(_("联系电话"), "application__phone", "text", 14, private=True),
    ExportColumn(_("学年学期"), "application__offering__term__code", "text", 12),
    ExportColumn(_("课程名称"), "application__course__name", "text", 20),
    ExportColumn(_("出具时间"), "issued_at", "datetime", 18),
    ExportColumn(_("已等待（天）"), lambda row: waited(row["issued_at"]), "number", 12),
)


@dataclass(frozen=True, slots=True)
class Export:
    """One export: its name, its columns, and the rows of the page in the page's order; ``suffix`` is its format.

    ``also`` is what columns that are made of a row read of it, ``application`` the path from a row to the application
    whose student is called; without one nobody can say of a row whether a person acts on it.
    """

    kind: str
    title: Any
    columns: tuple[ExportColumn, ...]
    queryset: QuerySet
    query: str
    suffix: str = field(default="xlsx", kw_only=True)
    also: tuple[str, ...] = field(default=(), kw_only=True)
    application: str = field(default="", kw_only=True)

    @property
    def media_type(self) -> str:
        """Return the type of the file."""
        return FORMATS[self.suffix]

    @property
    def name(self) -> str:
        """Return the file's name."""
        return f"{self.title}-{timezone.localtime():%Y%m%d-%H%M}.{self.suffix}"

    def read_by(self, person: Person) -> Self:
        """Return the export as the person may take it away: private columns masked for all but who acts on them.

        Who acts on some of the rows, and only reads the others by another appointment, gets just theirs whole.
        """
        acts, reads = person.standing.has(*KEEPERS), person.standing.has(*ONLY_READERS)
        private = [one for one in self.columns if one.private]
        if not private or (acts and not reads):
            return self
        if acts and self.application:
            return self._whole_where(Application.objects.in_reach_of(person, KEEPERS))
        return self._with_private(lambda one: replace(one, hide=_masked))

    def _whole_where(self, theirs: QuerySet[Application]) -> Self:
        """Return the export with private columns whole in the rows of these applications, masked in the others."""
        whole = ExpressionWrapper(Q(**{f"{self.application}__in": theirs.values("pk")}), BooleanField())
        fields = [str(one.value) for one in self.columns if one.private]
        found = self._with_private(lambda one: replace(one, value=partial(_if_whole, str(one.value))))
        return replace(found, queryset=self.queryset.annotate(is_whole=whole), also=(*fields, "is_whole"))

    def _with_private(self, change: Callable[[ExportColumn], ExportColumn]) -> Self:
        return replace(self, columns=tuple(change(one) if one.private else one for one in self.columns))

    def asked(self, titles: Collection[str], suffix: str = "") -> Self:
        """Return the export with the columns of these titles (with all, where none fits), in this format."""
        columns = tuple(column for column in self.columns if str(column.title) in titles)
        suffix = suffix if suffix in FORMATS else self.suffix
        return replace(self, columns=columns or self.columns, suffix=suffix)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return the rows, all pages, read in pieces."""
        fields = [column.value for column in self.columns if isinstance(column.value, str)]
        extra = [name for name in TRANSLATED if name in _fields(self.queryset)]
        return self.queryset.values(*dict.fromkeys([*fields, *self.also, *extra])).iterator(chunk_size=CHUNK)

    def write(self, target: IO[bytes], actor: Person, rows: Any = None) -> int:
        """Write the file, leave one event that says who took what, and return the number of rows."""
        number = self.put(target, self.rows() if rows is None else rows)
        self.tell(actor, number)
        return number

    def tell(self, actor: Person, number: int, **more: Any) -> None:
        """Leave the event of an export of so many rows; a job names itself in ``more``."""
        columns = [str(column.title) for column in self.columns]
        facts = {"query": self.query, "rows": number, "columns": columns, "format": self.suffix, **more}
        changes: tuple[dict[str, Any], dict[str, Any]] = ({}, facts)
        record("export", actor, kind=self.kind, key="", label=str(self.title), role=role_of(actor), changes=changes)

    def put(self, target: IO[bytes], rows: Any) -> int:
        """Write the rows in the file's own format and return how many there were; ``TooManyRows`` beyond a sheet."""
        if self.suffix == "csv":
            return write_csv(target, self.columns, rows)
        return write_xlsx(target, self.columns, rows, title=str(self.title))

    def content(self, actor: Person) -> bytes:
        """Return a small file whole."""
        target = io.BytesIO()
        self.write(target, actor)
        return target.getvalue()


def _if_whole(name: str, row: dict[str, Any]) -> Any:
    return row[name] if row["is_whole"] else _masked(row[name])


def _masked(value: Any) -> str:
    text = str(value or "")
    name, at, host = text.partition("@")
    return f"{masked(name)}{at}{host}"


def role_of(actor: Person) -> str:
    """Return as what somebody takes a list: the first of the readers' roles that they hold."""
    return next((role.value for role in TAKERS if actor.standing.has(role)), "")


def _fields(queryset: QuerySet) -> set[str]:
    return {field.name for field in queryset.model._meta.get_fields()}
