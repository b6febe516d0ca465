"""What keeps a deputy from deciding for somebody else: the own record, the own supervision, what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credits.impartiality import provide_ties
from credits.models import Claim
from review.experts.conflicts import Matter, Pupil, Tie, ties
from review.experts.pool import judges_of, matter_of

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.models import Person
    from review.experts.conflicts import Judge

# A college's own secretary knows its students by office, and so does whoever stands in: that ties nobody.
TIES = frozenset({Tie.OWN_RECORD, Tie.SUPERVISION, Tie.DECLARED})


def tie_of(person: Person, subject: Any) -> str | Promise:
    """Return what ties the deputy to the student or the achievement, in words, or an empty text."""
    matter = matter_of(subject) if isinstance(subject, Claim) else _matter_of_application(subject)
    found = [tie for tie in ties(_judge(person, subject.scheme), matter) if tie in TIES]
    return found[0].label if found else ""


def _judge(person: Person, scheme: Any) -> Judge:
    """Return the deputy as far as ties go; a batch asks for many claims in one request, and reads it once."""
    kept: dict[int, Judge] = vars(person).setdefault("_judges", {})
    if scheme.pk not in kept:
        kept[scheme.pk] = judges_of([person], scheme)[person.pk]
    return kept[scheme.pk]


def _matter_of_application(application: Any) -> Matter:
    student = application.student
    pupil = Pupil(student.pk, student.college_id, student.class_group_id, student.cohort)
    return Matter(application.scheme.code, (pupil,), ())


provide_ties(tie_of)
