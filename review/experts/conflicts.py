"""Whom an expert may not judge (利益关系): own record, own students, own supervision, declared. Pure, with reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.enums import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.standing_types import Power, Standing

# Appointments that belong to a college: who holds one knows its students as their own.
AT_HOME = frozenset({Role.EXPERT.value, Role.COMMITTEE.value, Role.SECRETARY.value})
# What people write behind a name: 王芳教授 is 王芳.
HONORIFICS = (
    "",
    "老师",
    "导师",
    "教授",
    "副教授",
    "讲师",
    "研究员",
    "副研究员",
    "助理研究员",
    "工程师",
    "博士",
    "院士",
)
_BETWEEN = re.compile(r"[：:\s、，,；;／/|()（）\[\]【】·]+")


class Tie(TextChoices):
    """What ties an expert to a claim; the label is the reason that people read."""

    OWN_RECORD = "own_record", _("申报人或团队成员就是专家本人")
    OWN_COLLEGE = "own_college", _("申报人属于专家所在学院")
    OWN_CLASS = "own_class", _("专家是申报人所在班级的辅导员")
    SUPERVISION = "supervision", _("专家是该成果的指导教师或参与人")
    DECLARED = "declared", _("已申明与申报人有利益关系")


@dataclass(frozen=True, slots=True)
class Pupil:
    """One student of a claim as far as ties go: the claimant, or a member of the team."""

    student_id: int
    college_id: int
    class_group_id: int
    cohort: int


@dataclass(frozen=True, slots=True)
class Matter:
    """One claim as far as ties go: whose it is, and everything that was written about it."""

    scheme_code: str
    pupils: tuple[Pupil, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """One expert (or member of the committee) as far as ties go; ``declared`` are the students who were declared."""

    number: str
    name: str
    standing: Standing
    declared: frozenset[int] = frozenset()


def ties(judge: Judge, matter: Matter) -> tuple[Tie, ...]:
    """Return everything that keeps the person from judging the claim, in the order of ``Tie``; empty: nothing does."""
    found = []
    students = {pupil.student_id for pupil in matter.pupils}
    if judge.standing.student_id in students:
        found.append(Tie.OWN_RECORD)
    if any(_at_home(power, pupil) for power in judge.standing.powers_as(AT_HOME) for pupil in matter.pupils):
        found.append(Tie.OWN_COLLEGE)
    counselling = judge.standing.powers_as([Role.COUNSELLOR])
    if any(_counsels(power, pupil, matter) for power in counselling for pupil in matter.pupils):
        found.append(Tie.OWN_CLASS)
    if any(names(text, judge.number, judge.name) for text in matter.texts):
        found.append(Tie.SUPERVISION)
    if not judge.declared.isdisjoint(students):
        found.append(Tie.DECLARED)
    return tuple(found)


def names(text: str, number: str, name: str) -> bool:
    """Whether a fact names the person: the number, or the name with or without a title, as a word of its own."""
    for word in filter(None, _BETWEEN.split(text)):
        if word == number or (name and word.startswith(name) and word.removeprefix(name) in HONORIFICS):
            return True
    return False


def reasons(found: Iterable[Tie]) -> str:
    """Return the reasons as one line, empty for none."""
    return "；".join(str(tie.label) for tie in found)


def _at_home(power: Power, pupil: Pupil) -> bool:
    return power.college_id is not None and power.college_id == pupil.college_id


def _counsels(power: Power, pupil: Pupil, matter: Matter) -> bool:
    return (
        power.reaches(college_id=pupil.college_id, scheme_code=matter.scheme_code)
        and power.class_group_id in {None, pupil.class_group_id}
        and power.cohort in {None, pupil.cohort}
    )
