"""Named questions about claims and lots; ``visible_to`` is the only road to an object."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from credits.sight import seen_otherwise
from portal.enums import Role, Status
from portal.pinyin import as_initials
from portal.points import ZERO

if TYPE_CHECKING:
    from decimal import Decimal

    from credits.models import (  # noqa: F401 - named in the generic types
        Claim,
        DuplicatePair,
        Evidence,
        LibraryEntry,
        LibraryRequest,
        Lot,
        Member,
        Round,
        Sanction,
    )
    from portal.models import Person, Student
    from portal.standing_types import Power

NOBODY = Q(pk__in=[])
# Not Q(): an empty Q vanishes in an OR, and whoever may see everything would see nothing. This one costs no condition.
EVERYTHING = ~Q(pk__in=[])
WHOLE_SCHEME = frozenset({Role.OFFICE, Role.AUDITOR, Role.COMMITTEE})
READERS = frozenset({Role.SECRETARY, Role.COUNSELLOR, Role.OWNER_UNIT}) | WHOLE_SCHEME
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def scope(power: Power, to: str = "") -> Q:
    """Return the rows that one appointment reaches; ``to`` is the path to the claim (empty, or ``claim__``)."""
    reach = Q()
    if power.college_id is not None:
        reach &= Q(**{f"{to}college_id": power.college_id})
    if power.scheme_code:
        # A scalar subquery, not a join: the database takes it for a constant and walks the queue's index in order.
        reach &= Q(**{f"{to}scheme_id": _scheme_id(power.scheme_code)})
    if power.category_code:
        reach &= Q(**{f"{to}category__code": power.category_code})
    if power.class_group_id is not None:
        reach &= Q(**{f"{to}student__class_group_id": power.class_group_id})
    if power.cohort is not None:
        reach &= Q(**{f"{to}cohort": power.cohort})
    return reach or EVERYTHING


def _scheme_id(code: str) -> models.Subquery:
    from credits.models import Scheme  # noqa: PLC0415 - models read querysets

    return models.Subquery(Scheme.objects.filter(code=code).values("pk")[:1])


def schemes_of(person: Person, roles: list[Role], path: str = "scheme__") -> Q:
    """Return what lies in the schemes for which a role is held; an appointment without a scheme holds for all."""
    codes = {power.scheme_code for power in person.standing.powers_as(roles)}
    if not codes:
        return NOBODY
    return EVERYTHING if "" in codes else Q(**{f"{path}code__in": sorted(codes)})


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Named questions about claims."""

    def owned_by(self, person: Person) -> ClaimQuerySet:
        """Return the person's own claims, drafts included."""
        student_id = person.standing.student_id
        return self.filter(student_id=student_id) if student_id else self.none()

    def visible_to(self, person: Person) -> ClaimQuerySet:
        """Return what the person may see: the own claims, and of others what the appointments reach, drafts never."""
        return self.filter(self._visible(person))

    def in_reach_of(self, person: Person) -> ClaimQuerySet:
        """Return other people's claims that the appointments reach: the ground of every desk's list."""
        return self.filter(self._reach(person))

    def waiting_for(self, person: Person) -> ClaimQuerySet:
        """Return the queue: claims in review whose present stage one of the appointments decides."""
        from credits.stages import stages_decided_by  # noqa: PLC0415 - reads versions, which read querysets

        wanted = NOBODY
        for power in person.standing.powers:
            stages = stages_decided_by(power.role, power.scheme_code)
            if stages:
                wanted |= Q(stage__in=stages) & scope(power)
        own = Q(student_id=person.standing.student_id) if person.standing.student_id else NOBODY
        return self.filter(wanted, status=Status.IN_REVIEW, follows_lead=False).exclude(own)

    def shared_with(self, person: Person) -> ClaimQuerySet:
        """Return the team claims of others in which the student is named: what a mate confirms or disputes."""
        student_id = person.standing.student_id
        if not student_id:
            return self.none()
        named = self.filter(achievement__members__student_id=student_id).exclude(student_id=student_id)
        return named.exclude(status=Status.WITHDRAWN)

    def counting(self) -> ClaimQuerySet:
        """Return what is recognised: only that counts."""
        return self.filter(status=Status.RECOGNISED)

    def total(self) -> Decimal:
        """Return the sum of what counts of the recognised points (0.00 for none)."""
        counted = Coalesce("counted_points", "recognised_points")
        found: dict[str, Any] = self.counting().aggregate(total=Sum(counted))
        return found["total"] or ZERO

    def _visible(self, person: Person) -> Q:
        own = Q(student_id=person.standing.student_id) if person.standing.student_id else NOBODY
        seen = own | self._reach(person)
        for also in seen_otherwise(person):
            seen |= also
        return seen

    def _reach(self, person: Person) -> Q:
        reach = NOBODY
        for power in person.standing.powers:
            if power.role in READERS:
                reach |= scope(power)
        # A draft that was put away is "withdrawn", too, but nobody has ever handed it in.
        seen = ~Q(status=Status.DRAFT) & ~Q(status=Status.WITHDRAWN, submitted_at__isnull=True)
        return reach & seen if reach != NOBODY else NOBODY


class PairQuerySet(models.QuerySet["DuplicatePair"]):
    """Named questions about claims that look alike."""

    def of(self, claim: Claim | models.OuterRef) -> PairQuerySet:
        """Return the claim's pairs, dismissed or not, that are an alarm as things stand.

        A draft of somebody else's is nobody's business; what the same student took back, or was given back, is the
        predecessor of this claim and no second one.
        """
        other = Case(When(first=claim, then=F("second")), default=F("first"))
        found = self.filter(Q(first=claim) | Q(second=claim)).annotate(other=other)
        found = found.exclude(Q(first__status=Status.DRAFT) | Q(second__status=Status.DRAFT))
        gone = [Status.WITHDRAWN, Status.RETURNED]
        back = ~Q(first=claim) & Q(first__status__in=gone) | ~Q(second=claim) & Q(second__status__in=gone)
        return found.exclude(back, first__student=F("second__student"))

    def open_for(self, claim: Claim | models.OuterRef) -> PairQuerySet:
        """Return those that the claim's side has not dismissed."""
        return self.of(claim).exclude(dismissals__claim=claim)


class LotQuerySet(models.QuerySet["Lot"]):
    """Named questions about lots."""

    def of(self, student: Student) -> LotQuerySet:
        """Return the student's lots."""
        return self.filter(student=student)

    def usable(self) -> LotQuerySet:
        """Return lots that still hold something to convert."""
        return self.filter(cancelled=False, recognised__gt=F("held") + F("consumed"))


class RoundQuerySet(models.QuerySet["Round"]):
    """Named questions about rounds."""

    def kept_by(self, person: Person) -> RoundQuerySet:
        """Return the rounds, published or not, of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Named questions about evidence."""

    def kept(self) -> EvidenceQuerySet:
        """Return what still belongs to its claim."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, person: Person) -> EvidenceQuerySet:
        """Return the evidence of visible claims; what was removed only to its owner."""
        from credits.models import Claim  # noqa: PLC0415 - models import this module

        own = Q(claim__student_id=person.standing.student_id) if person.standing.student_id else NOBODY
        seen = Q(claim__in=Claim.objects.visible_to(person))
        if person.standing.student_id:
            seen |= Q(claim__in=Claim.objects.shared_with(person).values("pk"))
        return self.filter(own | Q(removed_at__isnull=True), seen)


def _holds_in(year: int) -> Q:
    return Q(valid_from__lte=year) & (Q(valid_to__isnull=True) | Q(valid_to__gte=year))


class LibraryQuerySet(models.QuerySet["LibraryEntry"]):
    """Named questions about the achievement library."""

    def choosable(self) -> LibraryQuerySet:
        """Return what a new claim may name."""
        return self.filter(state="active")

    def kept_by(self, person: Person) -> LibraryQuerySet:
        """Return the entries, in any state, of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))

    def holding_in(self, year: int) -> LibraryQuerySet:
        """Return what counts for achievements of the year."""
        return self.filter(_holds_in(year))

    def matching(self, text: str) -> LibraryQuerySet:
        """Return what every word fits: by name, organiser, pinyin initials, year, or the beginning of the code."""
        found = self
        for word in text.split():
            fits = Q(name__icontains=word) | Q(organiser__icontains=word) | Q(code__istartswith=word)
            if word.isascii() and (letters := as_initials(word)):
                fits |= Q(initials__contains=letters)
            if _YEAR.fullmatch(word):
                fits |= _holds_in(int(word))
            found = found.filter(fits)
        return found


class LibraryRequestQuerySet(models.QuerySet["LibraryRequest"]):
    """Named questions about requests for the library."""

    def owned_by(self, person: Person) -> LibraryRequestQuerySet:
        """Return the person's own requests."""
        student_id = person.standing.student_id
        return self.filter(student_id=student_id) if student_id else self.none()

    def kept_by(self, person: Person) -> LibraryRequestQuerySet:
        """Return the requests to the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))


class MemberQuerySet(models.QuerySet["Member"]):
    """Named questions about members of teams."""

    def named(self, person: Person) -> MemberQuerySet:
        """Return where the student is named as a mate, in teams that were not given up."""
        student_id = person.standing.student_id
        if not student_id:
            return self.none()
        mine = self.filter(student_id=student_id).exclude(state="lead")
        return mine.exclude(achievement__lead__status=Status.WITHDRAWN)


class SanctionQuerySet(models.QuerySet["Sanction"]):
    """Named questions about sanctions."""

    def visible_to(self, person: Person) -> SanctionQuerySet:
        """Return the own ones, and those of the schemes that the person's office, committee or audit covers."""
        own = Q(student_id=person.standing.student_id) if person.standing.student_id else NOBODY
        return self.filter(own | schemes_of(person, sorted(WHOLE_SCHEME)))

    def in_reach_of(self, person: Person) -> SanctionQuerySet:
        """Return other people's, of the schemes that the person's office, committee or audit covers."""
        found = self.filter(schemes_of(person, sorted(WHOLE_SCHEME)))
        student_id = person.standing.student_id
        return found.exclude(student_id=student_id) if student_id else found

    def barring(self, day: datetime.date) -> SanctionQuerySet:
        """Return those that keep their students from claiming on the day."""
        return self.filter(Q(barred_until__isnull=True) | Q(barred_until__gte=day), barred_from__lte=day).exclude(
            appeal_state="upheld"
        )
