"""What the office does with a round: open it, change it, publish it, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from credits.models import Round, RoundWindow
from credits.rules import can_keep_rounds
from portal.enums import Role
from portal.models.terms import academic_year_validator
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from credits.models import Category, Scheme
    from portal.models import Person


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when one role may act; ``cohort`` None holds for all cohorts without a row of their own."""

    role: str
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    cohort: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the office says about a round, except whether it is published."""

    name: str
    academic_year: str
    categories: tuple[Category, ...]
    windows: tuple[Window, ...]
    notice: str = ""


def open_round(scheme: Scheme, actor: Person, plan: Plan) -> Round:
    """Create a round that nobody but the office sees yet; raises ``NotAllowed``, then ``ValidationError`` by field."""
    _allow(actor, scheme)
    round_ = Round(scheme=scheme)
    check_plan(round_, plan)
    with transaction.atomic():
        _write(round_, plan)
        _record("open", round_, actor, {})
    return round_


def change_round(round_: Round, actor: Person, plan: Plan) -> Round:
    """Put the plan in the place of what stood there. Nothing new to keep means no event.

    Raises ``NotAllowed``, then ``ValidationError`` by field; what was already filed keeps its category and year.
    """
    _allow(actor, round_.scheme)
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=round_.pk)
        check_plan(row, plan)
        before = round_facts(row)
        _write(row, plan)
        if round_facts(row) != before:
            _record("change", row, actor, before)
    return row


def publish_round(round_: Round, actor: Person) -> Round:
    """Show the round to the students it is for; raises ``ValidationError`` when it could not be used."""
    _allow(actor, round_.scheme)
    if not round_.categories.exists():
        raise ValidationError({"categories": _("发布前请至少选择一个开放类别。")})
    if not round_.windows.filter(role=Role.STUDENT).exists():
        raise ValidationError({"windows": _("发布前请设置学生的开放时间。")})
    return _set_published(round_, actor, "publish", published=True)


def unpublish_round(round_: Round, actor: Person) -> Round:
    """Hide the round from students; what was filed in it stays and goes on being reviewed."""
    _allow(actor, round_.scheme)
    return _set_published(round_, actor, "unpublish", published=False)


def check_plan(round_: Round, plan: Plan) -> None:
    """Raise ``ValidationError`` by field for everything that cannot be kept, all at once."""
    problems: dict[str, Any] = {}
    if not plan.name.strip():
        problems["name"] = _("请填写活动名称。")
    elif Round.objects.filter(scheme=round_.scheme, name=plan.name.strip()).exclude(pk=round_.pk).exists():
        problems["name"] = _("已有同名的活动，请换一个名称。")
    if year_problem := academic_year_problem(plan.academic_year):
        problems["academic_year"] = year_problem
    foreign = [category.name for category in plan.categories if category.scheme_id != round_.scheme_id]
    if foreign:
        problems["categories"] = _("不属于本办法的类别：%(names)s。") % {"names": "、".join(foreign)}
    if windows := window_problems(plan.windows):
        problems["windows"] = windows
    if round_.pk:
        problems |= _claimed_problems(round_, plan)
    if problems:
        raise ValidationError(problems)


def academic_year_problem(text: str) -> str:
    """Say what is wrong with an academic year, or nothing: two years that follow each other."""
    try:
        academic_year_validator(text)
    except ValidationError as error:
        return str(error.message)
    first, second = text.split("-")
    return "" if int(second) == int(first) + 1 else _("学年的两个年份应当相邻，例如 2018-2019。")


def window_problems(windows: Sequence[Window]) -> list[str]:
    """Name every window that ends before it begins or says the same role and cohort twice."""
    problems, seen = [], set()
    for window in windows:
        label = window_label(window.role, window.cohort)
        if window.closes_at <= window.opens_at:
            problems.append(_("%(who)s：截止时间必须晚于开放时间。") % {"who": label})
        if (window.role, window.cohort) in seen:
            problems.append(_("%(who)s：同一角色和年级只能设置一次时间。") % {"who": label})
        seen.add((window.role, window.cohort))
    return problems


def window_label(role: str, cohort: int | None) -> str:
    """Say whom a window is for: 学生 2016 级."""
    who = str(Role(role).label)
    return who if cohort is None else _("%(who)s %(cohort)s 级") % {"who": who, "cohort": cohort}


def round_facts(round_: Round) -> dict[str, Any]:
    """Freeze a round for its events."""
    return {
        "name": round_.name,
        "academic_year": round_.academic_year,
        "notice": round_.notice,
        "categories": list(round_.categories.order_by("position").values_list("code", flat=True)),
        "windows": [_moments(row) for row in round_.windows.order_by("role", "cohort", "pk")],
        "is_published": round_.is_published,
    }


def _claimed_problems(round_: Round, plan: Plan) -> dict[str, str]:
    """What claims of the round forbid: their category and their year stay."""
    kept = {category.pk for category in plan.categories}
    used = round_.claims.exclude(category__in=kept).values_list("category__name", flat=True).distinct().order_by()
    problems: dict[str, str] = {}
    if lost := sorted(used):
        problems["categories"] = _("已有申报的类别不能移除：%(names)s。") % {"names": "、".join(lost)}
    if plan.academic_year != round_.academic_year and round_.claims.exists():
        problems["academic_year"] = _("该活动已有申报，学年不能再改。")
    return problems


def _write(round_: Round, plan: Plan) -> None:
    round_.name, round_.academic_year, round_.notice = plan.name.strip(), plan.academic_year, plan.notice.strip()
    round_.save()
    round_.categories.set(plan.categories)
    round_.windows.all().delete()
    RoundWindow.objects.bulk_create(
        RoundWindow(round=round_, role=w.role, cohort=w.cohort, opens_at=w.opens_at, closes_at=w.closes_at)
        for w in plan.windows
    )


def _set_published(round_: Round, actor: Person, verb: str, *, published: bool) -> Round:
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
        if row.is_published != published:
            before = round_facts(row)
            row.is_published = published
            row.save(update_fields=["is_published"])
            _record(verb, row, actor, before)
    round_.is_published = published
    return row


def _allow(actor: Person, scheme: Scheme) -> None:
    verdict = can_keep_rounds(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)


def _record(verb: str, round_: Round, actor: Person, before: dict[str, Any]) -> None:
    record(
        verb,
        actor,
        kind="round",
        key=round_.pk,
        label=round_.name,
        role=Role.OFFICE,
        scheme=round_.scheme.code,
        changes=(before, round_facts(round_)),
    )


def _moments(row: RoundWindow) -> list[Any]:
    times: Iterable[datetime.datetime] = (row.opens_at, row.closes_at)
    return [row.role, row.cohort, *(localtime(at).isoformat(timespec="minutes") for at in times)]
