"""The two rounds of the demo: one that is over, one that is open today."""

from __future__ import annotations

from credits.enums import Channel
from credits.models import Round, RoundWindow, Scheme
from portal.enums import Role
from review.demo.calendar import Calendar

NOTICE = (
    "各学院、各位同学：\n"
    "本次认定受理学科竞赛、学术论文、科技成果三类积分的申报。请对照学校规定和学院积分细则填写，上传清晰完整的证明材料。\n"
    "大创项目、开放实验、国际交流、社会实践、艺术实践和“延河讲堂”由主管部门录入，无需申报。"
)


def make_rounds(scheme: Scheme, calendar: Calendar) -> tuple[Round, Round]:
    """Make last year's round and the one that is open now, with dates per role."""
    last, now = calendar.first_year - 1, calendar.first_year
    finished = _round(scheme, f"{last}年素质教育积分认定", calendar.academic_year(1))
    running = _round(scheme, f"{now}年素质教育积分认定", calendar.academic_year())
    _windows(finished, calendar, {Role.STUDENT: (-382, -360), Role.SECRETARY: (-382, -350), Role.OFFICE: (-382, -330)})
    _windows(running, calendar, {Role.STUDENT: (-25, 9), Role.SECRETARY: (-25, 17), Role.OFFICE: (-25, 32)})
    RoundWindow.objects.get_or_create(  # the graduating cohort has five days less
        round=running,
        role=Role.STUDENT,
        cohort=calendar.cohorts[0],
        defaults={"opens_at": calendar.day(-25, 8), "closes_at": calendar.day(4, 23, 59)},
    )
    return finished, running


def _round(scheme: Scheme, name: str, academic_year: str) -> Round:
    row, _new = Round.objects.get_or_create(
        scheme=scheme, name=name, defaults={"academic_year": academic_year, "notice": NOTICE, "is_published": True}
    )
    row.categories.set(scheme.categories.filter(channel=Channel.STUDENT))
    return row


def _windows(row: Round, calendar: Calendar, days: dict[Role, tuple[int, int]]) -> None:
    for role, (opens, closes) in days.items():
        RoundWindow.objects.get_or_create(
            round=row,
            role=role,
            cohort=None,
            defaults={"opens_at": calendar.day(opens, 8), "closes_at": calendar.day(closes, 23, 59)},
        )
