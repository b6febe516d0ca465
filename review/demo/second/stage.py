"""The verbs of the second university's scenes: a claim goes its way through the portal's own services."""

from __future__ import annotations

import datetime
from contextlib import AbstractContextManager
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from credits.completeness import is_asked
from credits.models import Claim, Round, SchemeVersion
from credits.services.claims import Content, attach_evidence, start_claim, submit_claim
from credits.services.decisions import endorse_claim
from credits.services.judging import score_range
from credits.services.library import take_entry
from credits.services.teams import Mate, answer_membership, name_team, set_team_method
from credits.stages import stage_of
from portal.files.storing import private_storage
from portal.models import Person, Student
from portal.points import ZERO
from review.demo.calendar import Calendar
from review.demo.clock import at
from review.demo.evidence import draw_certificate
from review.demo.second import words
from review.demo.second.facts import Case, CaseMaker
from review.demo.second.roster import People
from review.models import Assignment, AssignmentState
from review.services.assigning import assign_experts, plan_experts
from review.services.scoring import score_claim

if TYPE_CHECKING:
    from collections.abc import Sequence

HALF = Decimal("0.5")


class Stage:
    """Everything that a scene needs at hand."""

    def __init__(
        self, version: SchemeVersion, people: People, maker: CaseMaker, calendar: Calendar, random: Random
    ) -> None:
        self.version, self.people, self.maker = version, people, maker
        self.calendar, self.random = calendar, random
        self.categories = {row.code: row for row in version.scheme.categories.all()}
        self.office = Person.objects.get(pk=people.office[0].pk)
        self.files: list[SimpleUploadedFile] = []

    def fresh(self, person: Person) -> Person:
        """Return the person as the next request would load them, with the standing of that day."""
        return Person.objects.get(pk=person.pk)

    def file(
        self, round_: Round, student: Student, case: Case, *, mates: Sequence[Student] = (), answer: bool = True
    ) -> Claim:
        """Let the student fill in a claim with its evidence, and name the mates, who confirm unless told otherwise."""
        actor = self.fresh(student.person)
        maximum = _maximum(case, self.version)
        claim = start_claim(round_, self.categories[case.category], actor, Content(case.content, case.facts, maximum))
        if case.entry is not None:
            take_entry(claim, case.entry)
            claim.save()
        for item in self.version.data.category(case.category).evidence:
            if item.required and is_asked(item, claim.facts):
                attach_evidence(claim, actor, self._upload(student, case.content, item.name), item=item.code)
        claim.refresh_from_db()
        if mates:
            sheet = [Mate(rank, one.person.name, one.person.number) for rank, one in enumerate(mates, start=2)]
            team = name_team(claim, actor, sheet, revision=None)
            for member in team.members.filter(state="waiting") if answer else ():
                assert member.student is not None  # noqa: S101 - only students wait; narrows the type
                answer_membership(member, self.fresh(member.student.person), agrees=True)
            claim.refresh_from_db()
        return claim

    def submit(self, claim: Claim) -> Claim:
        """Hand the claim in."""
        submit_claim(claim, self.fresh(claim.student.person), revision=None)
        return claim

    def endorse(self, claim: Claim) -> Claim:
        """Let whoever gives the present stage's opinion pass the claim on."""
        stage = stage_of(claim.scheme_version, claim.stage)
        assert stage is not None  # noqa: S101 - the claim is in review; narrows the type
        actor = self.office if stage.role == "office" else self.secretary(claim)
        endorse_claim(claim, actor, revision=None, remark=self.random.choice(words.OPINIONS))
        return claim

    def secretary(self, claim: Claim) -> Person:
        """Return the secretary of the claim's college."""
        return self.fresh(self.people.secretaries[claim.college_id])

    def share(self, claim: Claim, method: str, ratios: dict[int, Decimal] | None = None) -> Claim:
        """Let the college propose how the team's result is shared."""
        reason = "按证书排位与实际贡献，由学院提出。"
        set_team_method(claim, self.secretary(claim), method=method, ratios=ratios, reason=reason, revision=None)
        return claim

    def deal(self, claims: Sequence[Claim]) -> None:
        """Let the office give the claims to experts by load."""
        pairs = [
            (deal.claim.pk, expert.person.pk)
            for deal in plan_experts(list(Claim.objects.filter(pk__in=[one.pk for one in claims]).select_related()))
            for expert in deal.experts
        ]
        if pairs:
            assign_experts(pairs, self.office)

    def score(self, claim: Claim, *, most: int = 99, spread: bool = False) -> Claim:
        """Let the experts score what was assigned, at most so many of them; ``spread`` lets them disagree."""
        tasks = Assignment.objects.filter(claim=claim, state=AssignmentState.WAITING).order_by("pk")
        for number, task in enumerate(list(tasks)[:most]):
            low, high = score_range(claim) or (ZERO, ZERO)
            part = Decimal(number % 2) if spread else self.random.choice([HALF, Decimal("0.4"), Decimal("0.6")])
            score = (low + (high - low) * part).quantize(Decimal("0.1"))
            score_claim(task, self.fresh(task.expert), score=score, comment=self.random.choice(words.COMMENTS))
        claim.refresh_from_db()
        return claim

    def at(self, day: int, hour: int = 10) -> AbstractContextManager[None]:
        """Let what is called inside happen on a day of the calendar."""
        return at(self.calendar.day(day, hour, self.random.randint(0, 59)))

    def _upload(self, student: Student, content: str, title: str) -> SimpleUploadedFile:
        drawn = draw_certificate(
            self.random, name=student.person.name, content=content, day=self.calendar.day(-60), title=title[:40]
        )
        with private_storage().open(drawn.path) as file:
            data = BytesIO(file.read()).getvalue()
        private_storage().delete(drawn.path)
        return SimpleUploadedFile(drawn.name, data, content_type=drawn.media_type)


def achieved(calendar: Calendar, student: Student, before: datetime.date, random: Random) -> datetime.date:
    """Return a day inside the student's studies and before the round."""
    first = student.entered_on + datetime.timedelta(days=30)
    span = max((before - first).days, 1)
    return min(first + datetime.timedelta(days=random.randint(0, span)), calendar.now.date())


def _maximum(case: Case, version: SchemeVersion) -> Decimal | None:
    from credits.evaluation import evaluate  # noqa: PLC0415 - only here

    return evaluate(version.data, case.category, case.facts, college=None).maximum
