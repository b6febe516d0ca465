"""The life of points as a state machine: random verbs by random people, held against a model of a few lines.

After every step every status must be the model's, every lot must hold what the model says, and exactly as many events
must stand on the trail as verbs succeeded; at the end of a run the books must add up (``differences``).
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from conversion.integrity import differences
from conversion.models import Application, ApplicationEvent
from conversion.services.applications import Wish, start_application, submit_application, withdraw_application
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from credits.models import Claim, ClaimEvent, Evidence, Lot
from credits.services.claims import Content, discard_claim, reopen_claim, start_claim, submit_claim, withdraw_claim
from credits.services.decisions import approve_claim, refuse_claim, return_claim, revoke_claim
from credits.services.recording import PointsInUse, Record, record_claims, revoke_claims
from portal.enums import Status
from portal.workflow import WorkflowError
from tests.builders import FACTS

REFUSALS = (WorkflowError, ValidationError, PointsInUse)
POINTS = st.sampled_from([Decimal(n) for n in ("0.50", "1.00", "1.50", "2.00", "3.00")])
NOTHING = Decimal(0)
# Mostly the right person with the newest page, so that runs get somewhere; wrong ones often enough to be refused.
FRESH = st.sampled_from([True, True, True, True, False])
OWN = st.sampled_from([True, True, True, False])
REVIEWER = st.sampled_from(["right", "right", "right", "secretary", "stranger", "office"])


class World:
    """What a run starts from, made once: people, a round, courses."""

    def __init__(self, *, students, secretary, stranger, office, round_, category, recorded, offerings, file):
        self.students, self.secretary, self.stranger, self.office = students, secretary, stranger, office
        self.round, self.category, self.recorded = round_, category, recorded
        self.offerings, self.file = offerings, file


def machine_of(world):  # noqa: C901 - one machine; its rules are its methods
    """Return the machine class for a world."""

    class PointsMachine(RuleBasedStateMachine):
        claims = Bundle("claims")
        applications = Bundle("applications")

        def __init__(self):
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()
            self.claim_states, self.application_states = {}, {}
            self.lots, self.uses = {}, {}  # lot → [recognised, held, consumed]; application → {lot: points}
            self.events = [ClaimEvent.objects.count(), ApplicationEvent.objects.count()]

        def teardown(self):
            """Prove the books of the whole run (what is wrong once stays wrong), then forget it."""
            try:
                assert list(differences()) == []
            finally:
                transaction.set_rollback(True)
                self.block.__exit__(None, None, None)

        @initialize()
        def begin(self):
            assert list(differences()) == []

        # --- helpers ---

        def attempt(self, legal, verb):
            """Carry a verb out; it must succeed exactly when the model says that it is legal."""
            try:
                with transaction.atomic():
                    verb()
            except REFUSALS:
                assert not legal, "a legal verb was refused"
                return False
            assert legal, "an illegal verb was carried out"
            return True

        def decide(self, claim, verb, by, *, legal, fresh, target, **words):
            row = Claim.objects.get(pk=claim)
            revision = row.revision if fresh else row.revision - 1
            is_mine = by is (world.office if row.stage == "office" else world.secretary)
            done = self.attempt(legal and fresh and is_mine, lambda: verb(row, by, revision=revision, **words))
            if done:
                self.claim_states[claim] = target
                self.events[0] += 1
            return done

        def student(self, claim, *, own):
            """Return the claim's student, or the other one."""
            position = [one.student.pk for one in world.students].index(Claim.objects.get(pk=claim).student_id)
            return world.students[position if own else 1 - position]

        def reviewer(self, claim, by):
            """Return who is meant; "right" is whoever decides the present stage."""
            right = "office" if self.claim_states.get(claim) == "office" else "secretary"
            return getattr(world, right if by == "right" else by)

        # --- claims ---

        @rule(target=claims, who=st.integers(0, 1), points=POINTS)
        def start(self, who, points):
            words = Content("二等奖", dict(FACTS), points, "说明")
            claim = start_claim(world.round, world.category, world.students[who], words)
            Evidence.objects.create(claim=claim, file=world.file, item="certificate")
            self.claim_states[claim.pk] = Status.DRAFT
            self.events[0] += 1
            return claim.pk

        @rule(claim=claims, own=OWN, fresh=FRESH)
        def submit(self, claim, own, fresh):
            row, actor = Claim.objects.get(pk=claim), self.student(claim, own=own)
            legal = self.claim_states[claim] in {Status.DRAFT, Status.RETURNED} and own and fresh
            if self.attempt(legal, lambda: submit_claim(row, actor, revision=row.revision - (not fresh))):
                self.claim_states[claim] = "college"
                self.events[0] += 1

        @rule(claim=claims, own=OWN, verb=st.sampled_from(["withdraw", "discard", "reopen"]))
        def take_back(self, claim, own, verb):
            row, actor, state = Claim.objects.get(pk=claim), self.student(claim, own=own), self.claim_states[claim]
            function, sources, target = {
                "withdraw": (withdraw_claim, {"college", "office"}, Status.WITHDRAWN),
                "discard": (discard_claim, {Status.DRAFT}, Status.WITHDRAWN),
                "reopen": (reopen_claim, {Status.WITHDRAWN}, Status.DRAFT),
            }[verb]
            legal = state in sources and own
            if self.attempt(legal, lambda: function(row, actor, revision=row.revision)):
                self.claim_states[claim] = target
                self.events[0] += 1

        @rule(claim=claims, by=REVIEWER, points=POINTS, fresh=FRESH)
        def approve(self, claim, by, points, fresh):
            state = self.claim_states[claim]
            target = {"college": "office", "office": Status.RECOGNISED}.get(state)
            actor = self.reviewer(claim, by)
            words = {"points": points, "reason": "按细则"}
            done = self.decide(
                claim, approve_claim, actor, legal=target is not None, fresh=fresh, target=target, **words
            )
            if done and target == Status.RECOGNISED:
                self.lots[claim] = [points, NOTHING, NOTHING]

        @rule(
            claim=claims,
            by=REVIEWER,
            verb=st.sampled_from([(return_claim, Status.RETURNED), (refuse_claim, Status.REFUSED)]),
            fresh=FRESH,
        )
        def send_back(self, claim, by, verb, fresh):
            legal = self.claim_states[claim] in {"college", "office"}
            function, target = verb
            self.decide(
                claim, function, self.reviewer(claim, by), legal=legal, fresh=fresh, target=target, reason="请补充"
            )

        @rule(target=claims, who=st.integers(0, 1), points=st.lists(POINTS, min_size=1, max_size=3))
        def record(self, who, points):
            student = world.students[who].student
            rows = [
                (Record(student, world.recorded, "2025-2026", f"项目 {number}", one), world.round.version)
                for number, one in enumerate(points)
            ]
            made = record_claims(rows, world.office)
            for claim, one in zip(made, points, strict=True):
                self.claim_states[claim.pk] = Status.RECOGNISED
                self.lots[claim.pk] = [one, NOTHING, NOTHING]
            self.events[0] += len(made)
            return multiple(*(claim.pk for claim in made))

        @rule(claim=claims, by=st.sampled_from(["office", "office", "secretary"]))
        def revoke(self, claim, by):
            row, lot = Claim.objects.get(pk=claim), self.lots.get(claim)
            legal = self.claim_states[claim] == Status.RECOGNISED and lot[1] == lot[2] == 0 and by == "office"
            verb = lambda: revoke_claim(row, getattr(world, by), reason="有误", revision=row.revision)  # noqa: E731 - one line
            if self.attempt(legal, verb):
                self.claim_states[claim], self.lots[claim] = Status.REVOKED, [NOTHING] * 3
                self.events[0] += 1

        @rule(first=claims, second=claims)
        def roll_back(self, first, second):
            ids = {pk for pk in (first, second) if self.claim_states[pk] == Status.RECOGNISED}
            legal = all(self.lots[pk][1] == self.lots[pk][2] == 0 for pk in ids)
            if self.attempt(legal, lambda: revoke_claims(ids, world.office, reason="撤回导入")):
                for pk in ids:
                    self.claim_states[pk], self.lots[pk] = Status.REVOKED, [NOTHING] * 3
                self.events[0] += len(ids)

        # --- conversions ---

        def live(self, who, offering):
            course = world.offerings[offering].course_id
            return any(
                mine == (who, course) and state not in {Status.REFUSED, Status.WITHDRAWN, Status.REVOKED}
                for mine, state in self.application_states.values()
            )

        @rule(
            target=applications, who=st.integers(0, 1), offering=st.integers(0, 1), picks=st.lists(claims, max_size=4)
        )
        def apply(self, who, offering, picks):
            lots = {lot.claim_id: lot for lot in Lot.objects.filter(claim__in=picks)}
            wish = {lot.pk: lot.recognised for lot in lots.values() if lot.recognised}
            owner = world.students[who].student.pk
            legal = not self.live(who, offering) and all(
                lot.student_id == owner for lot in lots.values() if lot.recognised
            )
            made = []
            words = Wish("138", "a@example.org", "理由", wish)
            verb = lambda: made.append(start_application(world.offerings[offering], world.students[who], words))  # noqa: E731 - one line
            if not self.attempt(legal, verb):
                return multiple()
            pk = made[0].pk
            self.application_states[pk] = ((who, made[0].course_id), Status.DRAFT)
            self.uses[pk] = {lot.claim_id: lot.recognised for lot in lots.values() if lot.recognised}
            self.events[1] += 1
            return pk

        def settle(self, application, state):
            """Bring the model's lots to the state that the application enters."""
            mine, before = self.application_states[application]
            held, consumed = before == Status.IN_REVIEW, before == Status.RECOGNISED
            for claim, points in self.uses[application].items():
                lot = self.lots[claim]
                lot[1] += points * ((state == Status.IN_REVIEW) - held)
                lot[2] += points * ((state == Status.RECOGNISED) - consumed)
            self.application_states[application] = (mine, state)
            self.events[1] += 1

        @rule(application=applications, own=OWN)
        def hand_in(self, application, own):
            row = Application.objects.get(pk=application)
            (owner, _course), state = self.application_states[application]
            who = owner if own else 1 - owner
            uses = self.uses[application]
            free = all(self.lots[c] == [points, NOTHING, NOTHING] for c, points in uses.items())
            legal = state in {Status.DRAFT, Status.RETURNED} and own and free and sum(uses.values()) >= 2
            if self.attempt(legal, lambda: submit_application(row, world.students[who], revision=row.revision)):
                self.settle(application, Status.IN_REVIEW)

        @rule(application=applications, own=OWN)
        def give_up(self, application, own):
            row = Application.objects.get(pk=application)
            (owner, _course), state = self.application_states[application]
            who = owner if own else 1 - owner
            legal = state in {Status.DRAFT, Status.IN_REVIEW, Status.RETURNED} and own
            if self.attempt(legal, lambda: withdraw_application(row, world.students[who], revision=row.revision)):
                self.settle(application, Status.WITHDRAWN)

        @rule(
            application=applications,
            by=REVIEWER,
            verb=st.sampled_from(["approve", "return", "refuse"]),
            fresh=FRESH,
        )
        def judge(self, application, by, verb, fresh):
            row = Application.objects.get(pk=application)
            revision = row.revision - (not fresh)
            legal = (
                self.application_states[application][1] == Status.IN_REVIEW and by in {"right", "secretary"} and fresh
            )
            function, target, words = {
                "approve": (approve_application, Status.RECOGNISED, {}),
                "return": (return_application, Status.RETURNED, {"reason": "请补充"}),
                "refuse": (refuse_application, Status.REFUSED, {"reason": "已修读"}),
            }[verb]
            if self.attempt(legal, lambda: function(row, self.reviewer(None, by), revision=revision, **words)):
                self.settle(application, target)

        @rule(application=applications, by=st.sampled_from(["office", "office", "secretary"]))
        def cancel(self, application, by):
            row = Application.objects.get(pk=application)
            legal = self.application_states[application][1] == Status.RECOGNISED and by == "office"
            verb = lambda: revoke_application(row, getattr(world, by), reason="有误", revision=row.revision)  # noqa: E731 - one line
            if self.attempt(legal, verb):
                self.settle(application, Status.REVOKED)

        # --- what must always be true ---

        @invariant()
        def model_and_database_agree(self):
            found = {pk: stage or status for pk, status, stage in Claim.objects.values_list("pk", "status", "stage")}
            assert {pk: found[pk] for pk in self.claim_states} == self.claim_states
            found = dict(Application.objects.values_list("pk", "status"))
            assert found == {pk: state for pk, (_mine, state) in self.application_states.items()}
            lots = {c: [r, h, s] for c, r, h, s in Lot.objects.values_list("claim", "recognised", "held", "consumed")}
            assert lots == self.lots

        @invariant()
        def one_event_per_verb(self):
            assert [ClaimEvent.objects.count(), ApplicationEvent.objects.count()] == self.events

    return PointsMachine
