"""The life of points as a state machine: random verbs by random people, held against a model of a few lines.

After every step every status must be the model's, every lot must hold what the model says, and exactly as many events
must stand on the trail as verbs succeeded; at the end of a run the books must add up (``differences``).
"""

import datetime
from decimal import Decimal

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st

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
from credits.rules import UNDO_WITHIN
from credits.services.claims import Content, discard_claim, reopen_claim, start_claim, submit_claim, withdraw_claim
from credits.services.decisions import approve_claim, refuse_claim, return_claim, revoke_claim
from credits.services.recording import PointsInUse, Record, record_claims, revoke_claims
from credits.services.undoing import undo_decision
from portal.enums import Status
from tests.builders import FACTS
from tests.journeys.machine import FRESH, OWN, REFUSALS, act

POINTS = st.sampled_from([Decimal(n) for n in ("0.50", "1.00", "1.50", "2.00", "3.00")])
NOTHING = Decimal(0)
SEED = st.integers(0, 999)
REVIEWER = st.sampled_from(["right", "right", "right", "secretary", "stranger", "office"])


class World:
    """What a run starts from, made once: people, a round, courses."""

    def __init__(self, *, students, secretary, stranger, office, round_, category, recorded, offerings, file):
        self.students, self.secretary, self.stranger, self.office = students, secretary, stranger, office
        self.round, self.category, self.recorded = round_, category, recorded
        self.offerings, self.file = offerings, file


class Run:
    def __init__(self, world, clock):
        self.world, self.clock = world, clock
        self.block = transaction.atomic()
        self.block.__enter__()
        self.claim_states, self.application_states = {}, {}
        self.lots, self.uses = {}, {}  # lot → [recognised, held, consumed]; application → {lot: points}
        self.last = {}  # claim → by whom and when it was decided, from which state, while nothing came after
        self.events = [ClaimEvent.objects.count(), ApplicationEvent.objects.count()]

    def finish(self):
        """Prove the books of the whole run (what is wrong once stays wrong), then forget it."""
        try:
            assert list(differences()) == []
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # --- helpers ---

    def attempt(self, legal, verb):
        """Carry a verb out; it must succeed exactly when the model says that it is legal."""
        try:
            with transaction.atomic():
                verb()
        except (*REFUSALS, PointsInUse):
            assert not legal, "a legal verb was refused"
            return False
        assert legal, "an illegal verb was carried out"
        return True

    def decide(self, claim, verb, by, *, legal, fresh, target, **words):
        row = Claim.objects.get(pk=claim)
        revision = row.revision if fresh else row.revision - 1
        is_mine = by is (self.world.office if row.stage == "office" else self.world.secretary)
        done = self.attempt(legal and fresh and is_mine, lambda: verb(row, by, revision=revision, **words))
        if done:
            before = self.claim_states[claim]
            self.enter(claim, target)
            self.last[claim] = (by, timezone.now(), before)
        return done

    def enter(self, claim, state):
        """Bring the model's claim into a state by a verb after which no earlier decision can be undone."""
        self.claim_states[claim] = state
        self.events[0] += 1
        self.last.pop(claim, None)

    def claim(self, seed, *states):
        """Return a claim in one of the states, now and then any claim at all; nothing when there is none."""
        return self.one(seed, self.claim_states, states)

    def application(self, seed, *states):
        """Return an application in the same way."""
        return self.one(seed, {pk: state for pk, (_mine, state) in self.application_states.items()}, states)

    def one(self, seed, found, states):
        rows = [pk for pk, state in found.items() if seed % 6 == 0 or state in states]
        return rows[seed % len(rows)] if rows else None

    def student(self, claim, *, own):
        """Return the claim's student, or the other one."""
        position = [one.student.pk for one in self.world.students].index(Claim.objects.get(pk=claim).student_id)
        return self.world.students[position if own else 1 - position]

    def reviewer(self, claim, by):
        """Return who is meant; "right" is whoever decides the present stage."""
        right = "office" if self.claim_states.get(claim) == "office" else "secretary"
        return getattr(self.world, right if by == "right" else by)

    # --- claims ---

    def start(self, who, points):
        words = Content("二等奖", dict(FACTS), points, "说明")
        claim = start_claim(self.world.round, self.world.category, self.world.students[who], words)
        Evidence.objects.create(claim=claim, file=self.world.file, item="certificate")
        self.claim_states[claim.pk] = Status.DRAFT
        self.events[0] += 1

    def submit(self, seed, own, fresh):
        if (claim := self.claim(seed, Status.DRAFT, Status.RETURNED)) is None:
            return
        row, actor = Claim.objects.get(pk=claim), self.student(claim, own=own)
        legal = self.claim_states[claim] in {Status.DRAFT, Status.RETURNED} and own and fresh
        if self.attempt(legal, lambda: submit_claim(row, actor, revision=row.revision - (not fresh))):
            self.enter(claim, "college")

    def take_back(self, seed, own, verb):
        if (claim := self.claim(seed, "college", "office", Status.DRAFT, Status.WITHDRAWN)) is None:
            return
        row, actor, state = Claim.objects.get(pk=claim), self.student(claim, own=own), self.claim_states[claim]
        function, sources, target = {
            "withdraw": (withdraw_claim, {"college", "office"}, Status.WITHDRAWN),
            "discard": (discard_claim, {Status.DRAFT}, Status.WITHDRAWN),
            "reopen": (reopen_claim, {Status.WITHDRAWN}, Status.DRAFT),
        }[verb]
        legal = state in sources and own
        if self.attempt(legal, lambda: function(row, actor, revision=row.revision)):
            self.enter(claim, target)

    def approve(self, seed, by, points, fresh):
        if (claim := self.claim(seed, "college", "office")) is None:
            return
        state = self.claim_states[claim]
        target = {"college": "office", "office": Status.RECOGNISED}.get(state)
        actor = self.reviewer(claim, by)
        words = {"points": points, "reason": "按细则"}
        done = self.decide(claim, approve_claim, actor, legal=target is not None, fresh=fresh, target=target, **words)
        if done and target == Status.RECOGNISED:
            self.lots[claim] = [points, NOTHING, NOTHING]

    def send_back(self, seed, by, verb, fresh):
        if (claim := self.claim(seed, "college", "office")) is None:
            return
        legal = self.claim_states[claim] in {"college", "office"}
        function, target = verb
        self.decide(claim, function, self.reviewer(claim, by), legal=legal, fresh=fresh, target=target, reason="请补充")

    def undo(self, seed, own, fresh, late):
        """Let somebody take a decision back: who made it, within ten seconds, while the points are free."""
        decided = {pk: "decided" if pk in self.last else state for pk, state in self.claim_states.items()}
        if (claim := self.one(seed, decided, {"decided"})) is None:
            return
        self.clock.shift(datetime.timedelta(seconds=11 if late else 1))
        by, at, before = self.last.get(claim, (self.world.secretary, None, None))
        actor = by if own else self.world.stranger
        lot = self.lots.get(claim, [NOTHING] * 3)
        in_time = at is not None and timezone.now() - at <= UNDO_WITHIN
        row = Claim.objects.get(pk=claim)
        legal = in_time and own and fresh and lot[1] == lot[2] == 0
        if self.attempt(legal, lambda: undo_decision(row, actor, revision=row.revision - (not fresh))):
            self.enter(claim, before)
            if claim in self.lots:
                self.lots[claim] = [NOTHING] * 3

    def record(self, who, points):
        student = self.world.students[who].student
        rows = [
            (Record(student, self.world.recorded, "2025-2026", f"项目 {number}", one), self.world.round.version)
            for number, one in enumerate(points)
        ]
        made = record_claims(rows, self.world.office)
        for claim, one in zip(made, points, strict=True):
            self.claim_states[claim.pk] = Status.RECOGNISED
            self.lots[claim.pk] = [one, NOTHING, NOTHING]
        self.events[0] += len(made)

    def revoke(self, seed, by):
        if (claim := self.claim(seed, Status.RECOGNISED)) is None:
            return
        row, lot = Claim.objects.get(pk=claim), self.lots.get(claim)
        legal = self.claim_states[claim] == Status.RECOGNISED and lot[1] == lot[2] == 0 and by == "office"
        verb = lambda: revoke_claim(row, getattr(self.world, by), reason="有误", revision=row.revision)  # noqa: E731 - one line
        if self.attempt(legal, verb):
            self.enter(claim, Status.REVOKED)
            self.lots[claim] = [NOTHING] * 3

    def roll_back(self, first, second):
        picked = {self.claim(seed, Status.RECOGNISED) for seed in (first, second)}
        ids = {pk for pk in picked if self.claim_states.get(pk) == Status.RECOGNISED}
        legal = all(self.lots[pk][1] == self.lots[pk][2] == 0 for pk in ids)
        if self.attempt(legal, lambda: revoke_claims(ids, self.world.office, reason="撤回导入")):
            for pk in ids:
                self.enter(pk, Status.REVOKED)
                self.lots[pk] = [NOTHING] * 3

    # --- conversions ---

    def live(self, who, offering):
        course = self.world.offerings[offering].course_id
        return any(
            mine == (who, course) and state not in {Status.REFUSED, Status.WITHDRAWN, Status.REVOKED}
            for mine, state in self.application_states.values()
        )

    def apply(self, who, offering, count, own):
        owner = self.world.students[who if own else 1 - who].student
        lots = list(Lot.objects.filter(student=owner, recognised__gt=0).order_by("-pk")[:count])
        wish = {lot.pk: lot.recognised for lot in lots}
        legal = not self.live(who, offering) and (own or not lots)
        made = []
        words = Wish("138", "a@example.org", "理由", wish)
        verb = lambda: made.append(start_application(self.world.offerings[offering], self.world.students[who], words))  # noqa: E731 - one line
        if not self.attempt(legal, verb):
            return
        pk = made[0].pk
        self.application_states[pk] = ((who, made[0].course_id), Status.DRAFT)
        self.uses[pk] = {lot.claim_id: lot.recognised for lot in lots}
        self.events[1] += 1

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

    def hand_in(self, seed, own):
        if (application := self.application(seed, Status.DRAFT, Status.RETURNED)) is None:
            return
        row = Application.objects.get(pk=application)
        (owner, _course), state = self.application_states[application]
        who = owner if own else 1 - owner
        uses = self.uses[application]
        free = all(self.lots[c] == [points, NOTHING, NOTHING] for c, points in uses.items())
        legal = state in {Status.DRAFT, Status.RETURNED} and own and free and sum(uses.values()) >= 2
        if self.attempt(legal, lambda: submit_application(row, self.world.students[who], revision=row.revision)):
            self.settle(application, Status.IN_REVIEW)

    def give_up(self, seed, own):
        if (application := self.application(seed, Status.DRAFT, Status.IN_REVIEW, Status.RETURNED)) is None:
            return
        row = Application.objects.get(pk=application)
        (owner, _course), state = self.application_states[application]
        who = owner if own else 1 - owner
        legal = state in {Status.DRAFT, Status.IN_REVIEW, Status.RETURNED} and own
        if self.attempt(legal, lambda: withdraw_application(row, self.world.students[who], revision=row.revision)):
            self.settle(application, Status.WITHDRAWN)

    def judge(self, seed, by, verb, fresh):
        if (application := self.application(seed, Status.IN_REVIEW)) is None:
            return
        row = Application.objects.get(pk=application)
        revision = row.revision - (not fresh)
        legal = self.application_states[application][1] == Status.IN_REVIEW and by in {"right", "secretary"} and fresh
        function, target, words = {
            "approve": (approve_application, Status.RECOGNISED, {}),
            "return": (return_application, Status.RETURNED, {"reason": "请补充"}),
            "refuse": (refuse_application, Status.REFUSED, {"reason": "已修读"}),
        }[verb]
        if self.attempt(legal, lambda: function(row, self.reviewer(None, by), revision=revision, **words)):
            self.settle(application, target)

    def cancel(self, seed, by):
        if (application := self.application(seed, Status.RECOGNISED)) is None:
            return
        row = Application.objects.get(pk=application)
        legal = self.application_states[application][1] == Status.RECOGNISED and by == "office"
        verb = lambda: revoke_application(row, getattr(self.world, by), reason="有误", revision=row.revision)  # noqa: E731 - one line
        if self.attempt(legal, verb):
            self.settle(application, Status.REVOKED)

    # --- what must always be true ---

    def model_and_database_agree(self):
        found = {pk: stage or status for pk, status, stage in Claim.objects.values_list("pk", "status", "stage")}
        assert {pk: found[pk] for pk in self.claim_states} == self.claim_states
        found = dict(Application.objects.values_list("pk", "status"))
        assert found == {pk: state for pk, (_mine, state) in self.application_states.items()}
        lots = {c: [r, h, s] for c, r, h, s in Lot.objects.values_list("claim", "recognised", "held", "consumed")}
        assert lots == self.lots

    def one_event_per_verb(self):
        assert [ClaimEvent.objects.count(), ApplicationEvent.objects.count()] == self.events


WHO, OFFICE = st.integers(0, 1), st.sampled_from(["office", "office", "secretary"])
LATE = st.sampled_from([False, False, False, False, True])
SENT_BACK = st.sampled_from([(return_claim, Status.RETURNED), (refuse_claim, Status.REFUSED)])
# Each rule: how often, the states of a claim or an application that make it sensible, and what it is called with.
RULES = {
    "start": (2, (), {"who": WHO, "points": POINTS}),
    "record": (2, (), {"who": WHO, "points": st.lists(POINTS, min_size=1, max_size=3)}),
    "submit": (3, (Status.DRAFT, Status.RETURNED), {"seed": SEED, "own": OWN, "fresh": FRESH}),
    "take_back": (
        1,
        ("college", "office", Status.DRAFT, Status.WITHDRAWN),
        {"seed": SEED, "own": OWN, "verb": st.sampled_from(["withdraw", "discard", "reopen"])},
    ),
    "approve": (5, ("college", "office"), {"seed": SEED, "by": REVIEWER, "points": POINTS, "fresh": FRESH}),
    "send_back": (2, ("college", "office"), {"seed": SEED, "by": REVIEWER, "verb": SENT_BACK, "fresh": FRESH}),
    "undo": (
        3,
        ("office", Status.RECOGNISED, Status.RETURNED, Status.REFUSED),
        {"seed": SEED, "own": OWN, "fresh": FRESH, "late": LATE},
    ),
    "revoke": (1, (Status.RECOGNISED,), {"seed": SEED, "by": OFFICE}),
    "roll_back": (1, (Status.RECOGNISED,), {"first": SEED, "second": SEED}),
    "apply": (4, (), {"who": WHO, "offering": WHO, "count": st.sampled_from([0, 1, 2, 2, 3, 3]), "own": OWN}),
    "hand_in": (6, ("application", Status.DRAFT, Status.RETURNED), {"seed": SEED, "own": OWN}),
    "give_up": (
        4,
        ("application", Status.DRAFT, Status.IN_REVIEW, Status.RETURNED),
        {"seed": SEED, "own": OWN},
    ),
    "judge": (
        6,
        ("application", Status.IN_REVIEW),
        {
            "seed": SEED,
            "by": REVIEWER,
            "verb": st.sampled_from(["approve", "approve", "return", "refuse"]),
            "fresh": FRESH,
        },
    ),
    "cancel": (6, ("application", Status.RECOGNISED), {"seed": SEED, "by": OFFICE}),
}
CROWD = 6  # with so many claims a run makes no more, and gets on with those it has


def sensible(run):
    """Return the names of the rules that have something to work on, as often as their weights say."""
    claims = set(run.claim_states.values())
    applications = {state for _mine, state in run.application_states.values()}
    names = []
    for name, (weight, states, _arguments) in RULES.items():
        found = applications if "application" in states else claims
        is_making = name in {"start", "record"}
        if (is_making and len(run.claim_states) < CROWD) or found & set(states) or (name == "apply" and run.lots):
            names += [name] * weight
    return names


def play(world, data, steps, often=()):
    """Play one run of so many steps; named rules come up more often. Time passes only where a rule says."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        run = Run(world, clock)
        try:
            for _step in range(steps):
                act(run, data, sensible(run) or ["start"], RULES, often)
                run.model_and_database_agree()
                run.one_event_per_verb()
        finally:
            run.finish()
