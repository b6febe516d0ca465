"""What students and reviewers do to claims, from the draft to the committee."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone
from hypothesis import strategies as st

from credits.models import Claim, ClaimEvent, Evidence, Member
from credits.rules import UNDO_WITHIN
from credits.services.claims import Content, reopen_claim, start_claim, submit_claim, withdraw_claim
from credits.services.decisions import endorse_claim, refuse_claim, return_claim
from credits.services.judging import confirm_claim
from credits.services.teams import Mate, answer_membership, name_team
from credits.services.undoing import undo_decision
from portal.enums import Status
from portal.points import ZERO
from review.models import Assignment
from review.services.assigning import assign_experts
from review.services.scoring import score_claim
from tests.journeys.credits_acts.run import Change, Run, fair, moved
from tests.journeys.credits_picture import EDITABLE, PENDING
from tests.journeys.machine import pick
from tests.whu import PAPER

LOW, HIGH, CLAIMED = Decimal(6), Decimal(8), Decimal(6)  # what the table leaves for PAPER; what is claimed
SCORES = st.sampled_from([Decimal(n) for n in ("6", "6.5", "7", "7.5", "8", "8", "8.5")])
EXPERTS = 3


def last_of(claim):
    """Return what was done last with a claim."""
    return ClaimEvent.objects.filter(subject=claim).latest("pk")


class ClaimActs(Run):
    def start(self, who, paper, mate):
        actor = list(self.world.students.values())[who]
        form = {"form": "合作完成", "team_size": "2", "rank": "1"} if mate else {}
        facts = {**PAPER, **form, "title": f"论文 {paper}", "doi": f"10.1016/{paper}"}
        words = Content(f"论文 {paper}", facts, CLAIMED)

        def verb():
            row = start_claim(self.world.round, self.world.category, actor, words)
            Evidence.objects.bulk_create(
                Evidence(claim=row, file=self.world.file, item=item, position=place)
                for place, item in enumerate(self.world.items)
            )
            if mate:
                other = self.mate(row)
                name_team(row, actor, [Mate(2, other.name, other.number)], revision=None)
            return row

        def then(row):
            verbs = ["start", "team"] if mate else ["start"]
            return Change([("claim", row.pk, v) for v in verbs], claims={row.pk: Status.DRAFT}, points={row.pk: None})

        self.attempt(verb, then, legal=not self.is_barred(actor.student.pk), once=False)

    def answer(self, seed, agrees, slip):
        members = [row for row in self.picture.members.values() if row.state != "lead"]
        if (member := pick(seed, slip, [row for row in members if row.state == "waiting"], members)) is None:
            return
        lead, before = self.picture.claims[member.achievement__lead_id], member.claim_id
        actor = self.student(lead, "") if slip == "who" else self.mate(lead)
        legal = (
            slip != "who"
            and lead.status in {*EDITABLE, Status.IN_REVIEW}
            and not (agrees and self.is_barred(member.student_id))
        )
        row = Member.objects.select_related("achievement__lead").get(pk=member.pk)

        def then(_row):
            events = [("claim", lead.pk, "agree" if agrees else "dispute")]
            claim = Member.objects.get(pk=member.pk).claim_id
            state = lead.stage or lead.status
            if agrees:
                events.append(("claim", claim, "agree" if before else "start"))
                return Change(events, claims={claim: state}, points={claim: lead.recognised_points})
            if before and self.picture.claims[before].status in {*EDITABLE, Status.IN_REVIEW}:
                events.append(("claim", before, "withdraw"))
                return Change(events, claims={before: Status.WITHDRAWN}, points={before: None})
            return Change(events)

        self.attempt(
            lambda: answer_membership(row, actor, agrees=agrees, answer="排位有误"), then, legal=legal, once=False
        )

    def submit(self, seed, slip):
        if (mine := self.claim(seed, slip, *EDITABLE)) is None:
            return
        row, actor, picture = Claim.objects.get(pk=mine.pk), self.student(mine, slip), self.picture
        counted = [other.recognised_points for other in picture.same_project(mine.pk, Status.RECOGNISED)]
        legal = (
            mine.status in EDITABLE and fair(slip) and not mine.follows_lead and not self.is_barred(mine.student_id)
            and not picture.same_project(mine.pk, *PENDING) and max(counted, default=ZERO) < HIGH
            and "disputed" not in picture.member_states(mine.pk)
        )  # fmt: skip
        claims, revision = picture.along(mine.pk), mine.revision - (slip == "stale")
        verb = lambda: submit_claim(row, actor, revision=revision)  # noqa: E731 - one line
        if self.attempt(verb, lambda _: moved("submit", claims, "college"), legal=legal):
            self.turns[mine.pk] = self.turns.get(mine.pk, 0) + 1

    def take_back(self, seed, verb, slip):
        if (mine := self.claim(seed, slip, "college", "office", Status.WITHDRAWN)) is None:
            return
        row, actor, claims = Claim.objects.get(pk=mine.pk), self.student(mine, slip), self.picture.along(mine.pk)
        function, source, target = {
            "withdraw": (withdraw_claim, Status.IN_REVIEW, Status.WITHDRAWN),
            "reopen": (reopen_claim, Status.WITHDRAWN, Status.DRAFT),
        }[verb]
        legal = mine.status == source and fair(slip) and not mine.follows_lead
        then = lambda _: moved(verb, claims, target, points=dict.fromkeys(claims))  # noqa: E731 - one line
        self.attempt(lambda: function(row, actor, revision=mine.revision - (slip == "stale")), then, legal=legal)

    def endorse(self, seed, slip):
        if (mine := self.claim(seed, slip, "college", "office")) is None:
            return
        row, actor, claims = Claim.objects.get(pk=mine.pk), self.reviewer(mine.stage, slip), self.picture.along(mine.pk)
        target = {"college": "office", "office": "experts"}.get(mine.stage)
        settled = not {"waiting", "disputed"} & self.picture.member_states(mine.pk)
        legal = target and fair(slip) and settled and not mine.follows_lead
        revision = mine.revision - (slip == "stale")
        verb = lambda: endorse_claim(row, actor, revision=revision)  # noqa: E731 - one line
        self.attempt(verb, lambda _: moved("approve", claims, target), legal=bool(legal))

    def send_back(self, seed, verb, slip):
        if (mine := self.claim(seed, slip, "college", "office")) is None:
            return
        row, actor, claims = Claim.objects.get(pk=mine.pk), self.reviewer(mine.stage, slip), self.picture.along(mine.pk)
        function, target = {"return": (return_claim, Status.RETURNED), "refuse": (refuse_claim, Status.REFUSED)}[verb]
        is_theirs = mine.stage in {"college", "office"}
        revision = mine.revision - (slip == "stale")
        self.attempt(
            lambda: function(row, actor, reason="请补充", revision=revision),
            lambda _: moved(verb, claims, target, points=dict.fromkeys(claims)),
            legal=is_theirs and fair(slip) and not mine.follows_lead,
        )

    def regret(self, seed, slip):
        """Let a reviewer take the last decision back, the mates' claims with it, when nothing has happened since."""
        if (mine := self.claim(seed, slip, "office", "experts", Status.RETURNED, Status.REFUSED)) is None:
            return
        row, last = Claim.objects.get(pk=mine.pk), last_of(mine.pk)
        stage = last.from_state.partition(":")[2]
        decided = last.verb in {"approve", "return", "refuse"} and stage in {"college", "office"}
        actor, revision = self.reviewer(stage, slip), mine.revision - (slip == "stale")
        claims = self.picture.along(mine.pk)
        together = all(last_of(pk).verb == last.verb for pk in claims)
        in_time = timezone.now() - last.at <= UNDO_WITHIN
        self.attempt(
            lambda: undo_decision(row, actor, revision=revision),
            lambda _: moved("undo", claims, stage, points=dict.fromkeys(claims)),
            legal=decided and together and in_time and fair(slip) and not mine.follows_lead,
        )

    def score(self, seed, score, slip):
        if (mine := self.claim(seed, slip, "experts")) is None:
            return
        lead = self.picture.claims[self.picture.lead(mine.pk)]
        turn = self.turns.get(lead.pk, 1)
        tasks = [row for row in self.picture.tasks.values() if (row.claim_id, row.turn) == (lead.pk, turn)]
        if not tasks:
            if lead.stage == "experts":
                self.assign(lead.pk)
            return
        task = next((row for row in tasks if row.state == "waiting"), tasks[seed % len(tasks)])
        expert = next(p for p in self.world.experts if (p.pk == task.expert_id) != (slip == "who"))
        row = Assignment.objects.get(pk=task.pk)
        scores = sorted([score, *(other.score for other in tasks if other.pk != task.pk and other.score is not None)])

        def then(_task):
            if len(scores) < EXPERTS:
                return Change([("claim", lead.pk, "score")])
            claims = self.picture.along(lead.pk)
            return moved("score", claims, "committee", points=dict.fromkeys(claims, scores[1]))

        legal = lead.stage == "experts" and slip != "who" and LOW <= score <= HIGH
        self.attempt(lambda: score_claim(row, expert, score=score), then, legal=legal, once=len(scores) == EXPERTS)

    def assign(self, claim):
        pairs = [(claim, person.pk) for person in self.world.experts]
        events = [("assignment", claim, "assign")] * EXPERTS
        self.attempt(lambda: assign_experts(pairs, self.world.office), lambda _: Change(events), legal=True, once=False)

    def confirm(self, seed, score, slip):
        if (mine := self.claim(seed, slip, "committee")) is None:
            return
        row, actor, claims = (
            Claim.objects.get(pk=mine.pk),
            self.reviewer("committee", slip),
            self.picture.along(mine.pk),
        )
        is_theirs = mine.stage == "committee"
        legal = is_theirs and fair(slip) and not mine.follows_lead and (score is None or LOW <= score <= HIGH)
        points, revision = score or mine.recognised_points, mine.revision - (slip == "stale")
        self.attempt(
            lambda: confirm_claim(row, actor, score=score, reason="委员会认定", revision=revision),
            lambda _: moved("confirm", claims, Status.PUBLICITY, points=dict.fromkeys(claims, points)),
            legal=legal,
        )
