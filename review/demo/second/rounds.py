"""The three rounds of the second university: one finished, one in publicity, one open."""

from __future__ import annotations

from dataclasses import dataclass

from credits.enums import Channel
from credits.models import Round, RoundWindow, Scheme
from portal.enums import Role
from review.demo.calendar import Calendar

NOTICE = (
    "各学院（系）：\n"
    "本年度创新学分申报工作现已开始。在籍全日制本科生在本科阶段完成的、且未申报过创新学分的创新实践成果，均可申报。\n"
    "学科竞赛类成果请从创新成果库中检索选择；团队成果由一人填写，其他成员在系统内确认。"
)


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds by where they stand."""

    finished: Round
    publicised: Round
    running: Round


def make_rounds(scheme: Scheme, calendar: Calendar) -> Rounds:
    """Make the rounds with dates per role, in days from today."""
    first = calendar.first_year
    return Rounds(
        finished=_round(scheme, calendar, f"{first - 1}年度创新学分申报", 1, (-400, -370, -355, -340)),
        publicised=_round(scheme, calendar, f"{first}年春季创新学分申报", 1, (-80, -55, -40, -25)),
        running=_round(scheme, calendar, f"{first}年度创新学分申报", 0, (-25, 11, 20, 35)),
    )


def _round(scheme: Scheme, calendar: Calendar, name: str, back: int, days: tuple[int, int, int, int]) -> Round:
    opens, students, colleges, offices = days
    row = Round.objects.create(
        scheme=scheme, name=name, academic_year=calendar.academic_year(back), notice=NOTICE, is_published=True
    )
    row.categories.set(scheme.categories.filter(channel=Channel.STUDENT))
    for role, closes in ((Role.STUDENT, students), (Role.SECRETARY, colleges), (Role.OFFICE, offices)):
        RoundWindow.objects.create(
            round=row,
            role=role,
            opens_at=calendar.day(opens, 8),
            closes_at=calendar.day(closes, 17 if role == Role.STUDENT else 23, 0 if role == Role.STUDENT else 59),
        )
    return row
