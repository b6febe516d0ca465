"""What lists are made of: claims, or offsets. Everything that differs between the two stands here.

A list, its objections and its notice know only a ``Subjects``: which results wait, what their line says, and the three
verbs (take effect, strike, correct), each of which is the subject's own verb with its own event.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from conversion.models import Application
from conversion.services.decisions import effect_application, strike_application
from credits.facts import ITEM_FACTS
from credits.models import Claim, Member
from credits.services.judging import correct_claim, effect_claim, lead_of, strike_claim
from portal.enums import Status
from portal.masking import masked, scrubbed
from portal.points import format_points
from review.models import EntryState, ListKind, Objection, ObjectionState, PublicityEntry
from review.publicity.lines import Line, as_item

if TYPE_CHECKING:
    from decimal import Decimal

    from credits.evaluation import SchemeData
    from credits.evaluation.scheme import Publicity
    from credits.models import Round, Scheme
    from portal.models import Person, Student

LIVE = (EntryState.LISTED, EntryState.HELD)
ORDER = ("college__code", "cohort", "student__person__number", "pk")
Subject = TypeVar("Subject", Claim, Application)


class Subjects(ABC, Generic[Subject]):
    """One kind of result that is publicised."""

    field: ClassVar[str]  # of an entry
    may_correct: ClassVar[bool]

    @abstractmethod
    def publicity(self, data: SchemeData) -> Publicity | None:
        """Return what the scheme says of the publicity of these results; None: there is none."""

    @abstractmethod
    def all_of(self, scheme: Scheme, round_: Round | None) -> QuerySet[Subject]:
        """Return the results of a scheme (and round) with what a line reads."""

    @abstractmethod
    def score(self, subject: Subject) -> Decimal:
        """Return the figure that the line shows."""

    @abstractmethod
    def item(self, subject: Subject) -> str:
        """Return what the line says was achieved, before personal numbers are taken out."""

    @abstractmethod
    def effect(self, subject: Subject, actor: Person, notice: str) -> None:
        """Make the result effective: the subject's verb."""

    @abstractmethod
    def strike(self, subject: Subject, actor: Person, *, reason: str, together: bool) -> None:
        """Refuse the result; ``together``: with the whole team."""

    @abstractmethod
    def correct(self, subject: Subject, actor: Person, *, score: Decimal, reason: str, beyond: bool) -> None:
        """Put another score in its place."""

    def waiting(self, scheme: Scheme, round_: Round | None = None) -> QuerySet[Subject]:
        """Return what may go into a list: in publicity, in no live list, without an open objection; in a list's order.

        A result whose objection is not answered yet waits with it, even when its list was withdrawn.
        """
        mine = {self.field: OuterRef("pk")}
        live = PublicityEntry.objects.filter(**mine, state__in=LIVE)
        disputed = Objection.objects.filter(**{f"entry__{self.field}": OuterRef("pk")}, state=ObjectionState.OPEN)
        found = self.all_of(scheme, round_).filter(status=Status.PUBLICITY)
        return found.exclude(Exists(live)).exclude(Exists(disputed)).order_by(*ORDER)

    def line(self, position: int, subject: Subject) -> Line:
        """Return the public line of a result."""
        student: Student = subject.student
        return Line(
            position=position,
            name=student.person.name,
            number=masked(student.person.number),
            college=subject.college.name,
            cohort=subject.cohort,
            item=self.public_item(subject),
            score=format_points(self.score(subject)),
        )

    def public_item(self, subject: Subject) -> str:
        """Return the item without numbers that identify its student, whatever was typed into it."""
        person = subject.student.person
        return scrubbed(self.item(subject), person.number, person.phone, person.email)

    def was_scrubbed(self, subject: Subject) -> bool:
        """Whether something was taken out of the item, which the office is told."""
        return self.public_item(subject) != self.item(subject)

    def group(self, subject: Subject) -> list[int]:
        """Return the results that are decided together with this one, itself included."""
        return [subject.pk]

    def lead(self, subject: Subject) -> Subject:
        """Return the result by which it is decided when all are decided together: itself where there are no teams."""
        return subject

    def of(self, entry: PublicityEntry) -> Subject:
        """Return the result behind a line."""
        found: Subject = getattr(entry, self.field)
        return found

    def entry(self, subject: Subject) -> dict[str, Any]:
        """Return how a line points at its result."""
        return {self.field: subject}


class ClaimSubjects(Subjects[Claim]):
    """Recognised achievements (认定结果)."""

    field = "claim"
    may_correct = True

    def publicity(self, data: SchemeData) -> Publicity | None:
        return data.publicity

    def all_of(self, scheme: Scheme, round_: Round | None) -> QuerySet[Claim]:
        found = Claim.objects.filter(scheme=scheme)
        if round_ is not None:
            found = found.filter(round=round_)
        # The version holds its whole pack: it is fetched once, not joined to every row.
        related = ("student__person", "college", "category", "scheme", "library_entry")
        return found.select_related(*related).prefetch_related("scheme_version")

    def score(self, subject: Claim) -> Decimal:
        points = subject.recognised_points
        assert points is not None  # a claim in publicity has points: a constraint  # noqa: S101 - narrows the type
        return points

    def item(self, subject: Claim) -> str:
        fields = {row.name for row in subject.scheme_version.data.category(subject.category.code).fields}
        facts = [str(subject.facts.get(name, "")) for name in ITEM_FACTS if name in fields]
        library = subject.library_entry.name if subject.library_entry else ""
        named = "" if library in subject.content else library
        return as_item(subject.category.name, *facts, named, subject.content)

    def effect(self, subject: Claim, actor: Person, notice: str) -> None:
        effect_claim(subject, actor, notice=notice)

    def strike(self, subject: Claim, actor: Person, *, reason: str, together: bool) -> None:
        strike_claim(self.lead(subject) if together else subject, actor, reason=reason, revision=None)

    def correct(self, subject: Claim, actor: Person, *, score: Decimal, reason: str, beyond: bool) -> None:
        correct_claim(self.lead(subject), actor, score=score, reason=reason, beyond=beyond, revision=None)

    def lead(self, subject: Claim) -> Claim:
        return lead_of(subject)

    def group(self, subject: Claim) -> list[int]:
        lead = self.lead(subject)
        mates = Member.objects.filter(achievement__lead=lead, claim__isnull=False).values_list("claim_id", flat=True)
        return sorted({lead.pk, subject.pk, *(pk for pk in mates if pk is not None)})


class OffsetSubjects(Subjects[Application]):
    """Course credit that points are to stand for (冲抵结果)."""

    field = "application"
    may_correct = False

    def publicity(self, data: SchemeData) -> Publicity | None:
        return data.conversion.publicity

    def all_of(self, scheme: Scheme, round_: Round | None) -> QuerySet[Application]:  # noqa: ARG002 - offsets have no round
        related = ("student__person", "college", "course", "scheme")
        found = Application.objects.filter(scheme=scheme)
        return found.select_related(*related).prefetch_related("scheme_version")

    def score(self, subject: Application) -> Decimal:
        return subject.offset_credits or subject.total

    def item(self, subject: Application) -> str:
        kind = subject.scheme_version.data.conversion.kind(subject.course_kind)
        return as_item(kind.name if kind else "", f"{subject.course.code} {subject.course.name}")

    def effect(self, subject: Application, actor: Person, notice: str) -> None:
        effect_application(subject, actor, notice=notice)

    def strike(self, subject: Application, actor: Person, *, reason: str, together: bool) -> None:  # noqa: ARG002 - no teams here
        strike_application(subject, actor, reason=reason, revision=None)

    def correct(self, subject: Application, actor: Person, *, score: Decimal, reason: str, beyond: bool) -> None:  # noqa: ARG002 - the interface
        raise ValidationError({"verb": _("冲抵结果不能直接改分，请不予冲抵，由学生重新申请。")})


SUBJECTS: dict[str, Subjects[Any]] = {ListKind.CLAIMS.value: ClaimSubjects(), ListKind.OFFSETS.value: OffsetSubjects()}


def subjects_of(kind: str) -> Subjects[Any]:
    """Return what a list of the kind is made of."""
    return SUBJECTS[kind]
