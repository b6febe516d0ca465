"""The experts of a scheme with what they carry, and claims with what ties them to people: the data of an assignment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from portal.enums import Role
from portal.models import Appointment, Person, Student
from portal.standing import POWER
from portal.standing_types import Power, Standing
from review.experts.conflicts import Judge, Matter, Pupil, ties
from review.models import Assignment, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.models import Claim, Scheme
    from review.experts.conflicts import Tie


@dataclass(frozen=True, slots=True)
class Expert:
    """One person who may be given claims of a scheme: with the appointments of today and the tasks that still wait."""

    person: Person
    judge: Judge
    waiting: int = 0

    def reaches(self, claim: Claim) -> bool:
        """Whether an appointment as an expert holds for the claim; its college is where the expert is at home."""
        return any(
            power.scheme_code in {"", claim.scheme.code} and power.category_code in {"", claim.category.code}
            for power in self.judge.standing.powers_as([Role.EXPERT])
        )

    def ties_to(self, claim: Claim) -> tuple[Tie, ...]:
        """Return what keeps the expert from judging the claim."""
        return ties(self.judge, matter_of(claim))


def experts_of(scheme: Scheme) -> list[Expert]:
    """Return the people who are experts for the scheme today, by number (five queries)."""
    day = timezone.localdate()
    named = Q(scheme_code__in=["", scheme.code])
    ids = Appointment.objects.in_force(day).filter(named, role=Role.EXPERT).values("person_id")
    people = list(Person.objects.filter(pk__in=ids).order_by("number"))
    judges = judges_of(people, scheme)
    loads = loads_of([person.pk for person in people])
    return [Expert(person, judges[person.pk], loads.get(person.pk, 0)) for person in people]


def judges_of(people: Iterable[Person], scheme: Scheme) -> dict[int, Judge]:
    """Return what ties could go by, for each person: appointments, the roll, what was declared (three queries)."""
    found = list(people)
    ids = [person.pk for person in found]
    powers: dict[int, list[Power]] = defaultdict(list)
    held = Appointment.objects.in_force(timezone.localdate()).filter(person__in=ids).order_by("pk")
    for person_id, *row in held.values_list("person_id", *POWER):
        powers[person_id].append(Power(*row))
    rolls = dict(Student.objects.filter(person__in=ids).values_list("person_id", "pk"))
    declared: dict[int, set[int]] = defaultdict(set)
    rows = Conflict.objects.filter(scheme=scheme, person__in=ids).order_by()
    for person_id, student_id in rows.values_list("person_id", "student_id"):
        declared[person_id].add(student_id)
    return {
        person.pk: Judge(
            number=person.number,
            name=person.name,
            standing=Standing(rolls.get(person.pk), tuple(powers[person.pk])),
            declared=frozenset(declared[person.pk]),
        )
        for person in found
    }


def loads_of(ids: Iterable[int]) -> dict[int, int]:
    """Return how many tasks wait at each person (one query)."""
    waiting = Assignment.objects.at_hand().waiting().filter(expert__in=list(ids)).order_by()
    return dict(waiting.values_list("expert_id").annotate(number=Count("pk")))


def matter_of(claim: Claim) -> Matter:
    """Return what ties a claim to people; reads the members of its team, which a list prefetches once."""
    fields = claim.scheme_version.data.category(claim.category.code).fields
    texts = [str(claim.facts.get(field.name) or "") for field in fields if field.kind == "text"]
    return Matter(claim.scheme.code, tuple(_pupils(claim)), tuple(text for text in (claim.content, *texts) if text))


def _pupils(claim: Claim) -> Iterable[Pupil]:
    students = {claim.student_id: claim.student}
    achievement = getattr(claim, "achievement", None)
    if achievement is not None:
        students |= {member.student_id: member.student for member in achievement.members.all() if member.student}
    for student in students.values():
        yield Pupil(student.pk, student.college_id, student.class_group_id, student.cohort)
