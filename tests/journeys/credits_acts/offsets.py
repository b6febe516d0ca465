"""What students and reviewers do to offsets of courses."""

from __future__ import annotations

from conversion.models import Application
from conversion.services.applications import Wish, start_application, submit_application, withdraw_application
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from credits.models import Sanction
from portal.enums import Status
from review.services.sanctions import undo_conversion
from tests.journeys.credits_acts.run import Change, Run, fair
from tests.journeys.credits_picture import CAP, EDITABLE, OVER
from tests.journeys.machine import pick


class OffsetActs(Run):
    def apply(self, who, offering, whole):
        actor, course = list(self.world.students.values())[who], self.world.offerings[offering].course
        uses, left = {}, course.credits - (not whole)
        for lot in self.picture.lots.values():
            if lot.student_id == actor.student.pk and left and (part := min(left, self.picture.usable(lot.claim_id))):
                uses[lot.pk] = part
                left -= part
        rows = self.picture.applications.values()
        known = any((r.student_id, r.course_id) == (actor.student.pk, course.pk) and r.status not in OVER for r in rows)
        words = Wish("13800000000", "lin@example.org", "成果与课程目标一致", uses)

        def then(row):
            return Change([("application", row.pk, "start")], applications={row.pk: Status.DRAFT})

        self.attempt(lambda: start_application(self.world.offerings[offering], actor, words), then, legal=not known)

    def hand_in(self, seed, slip):
        if (mine := self.application(seed, slip, *EDITABLE)) is None:
            return
        picture, uses = self.picture, self.picture.uses(mine.pk)
        enough = bool(uses) and sum(uses.values()) == mine.course__credits
        free = all(points <= picture.usable(claim) for claim, points in uses.items())
        fits = picture.taken(mine.student_id) + mine.course__credits <= CAP
        row, actor = Application.objects.get(pk=mine.pk), self.student(mine, slip)
        revision = mine.revision - (slip == "stale")
        change = Change([("application", mine.pk, "submit")], applications={mine.pk: "college"})
        verb = lambda: submit_application(row, actor, revision=revision)  # noqa: E731 - one line
        legal = mine.status in EDITABLE and fair(slip) and enough and free and fits
        self.attempt(verb, lambda _: change, legal=legal)

    def give_up(self, seed, slip):
        if (mine := self.application(seed, slip, Status.IN_REVIEW, *EDITABLE)) is None:
            return
        row, actor = Application.objects.get(pk=mine.pk), self.student(mine, slip)
        change = Change([("application", mine.pk, "withdraw")], applications={mine.pk: Status.WITHDRAWN})
        verb = lambda: withdraw_application(row, actor, revision=mine.revision - (slip == "stale"))  # noqa: E731 - one line
        self.attempt(verb, lambda _: change, legal=mine.status in {*EDITABLE, Status.IN_REVIEW} and fair(slip))

    def judge(self, seed, verb, slip):
        if (mine := self.application(seed, slip, Status.IN_REVIEW)) is None:
            return
        row, actor, revision = (
            Application.objects.get(pk=mine.pk),
            self.reviewer(mine.stage, slip),
            mine.revision - (slip == "stale"),
        )
        function, target, words = {
            "approve": (approve_application, "office" if mine.stage == "college" else Status.PUBLICITY, {}),
            "return": (return_application, Status.RETURNED, {"reason": "请补充"}),
            "refuse": (refuse_application, Status.REFUSED, {"reason": "已修读"}),
        }[verb]
        legal = mine.status == Status.IN_REVIEW and fair(slip)
        if verb == "approve":
            legal = legal and not self.picture.is_fed_by_fraud(mine.pk)
        change = Change([("application", mine.pk, verb)], applications={mine.pk: target})
        self.attempt(lambda: function(row, actor, revision=revision, **words), lambda _: change, legal=legal)

    def cancel(self, seed, slip):
        if (mine := self.application(seed, slip, Status.RECOGNISED)) is None:
            return
        row, actor, revision = Application.objects.get(pk=mine.pk), self.office(slip), mine.revision - (slip == "stale")
        change = Change([("application", mine.pk, "revoke")], applications={mine.pk: Status.REVOKED})
        verb = lambda: revoke_application(row, actor, reason="有误", revision=revision)  # noqa: E731 - one line
        self.attempt(verb, lambda _: change, legal=mine.status == Status.RECOGNISED and fair(slip))

    def undo(self, seed, slip):
        """Take a conversion back that a cancelled record fed."""
        fed = [(s, a) for s in self.picture.sanctions.values() for a in self.picture.applications.values()
               if s.claim_id in self.picture.uses(a.pk)]  # fmt: skip
        if (found := pick(seed, "", fed, ())) is None:
            return
        mine, used = found
        row, application = Sanction.objects.get(pk=mine.pk), Application.objects.get(pk=used.pk)
        verb, target = ("strike", Status.REFUSED) if used.status == Status.PUBLICITY else ("revoke", Status.REVOKED)
        change = Change([("application", used.pk, verb)], applications={used.pk: target})
        is_theirs = slip != "who" and mine.appeal_state != "upheld"
        actor = self.office(slip)
        self.attempt(
            lambda: undo_conversion(row, application, actor, reason="成果已取消", revision=used.revision),
            lambda _: change,
            legal=is_theirs and used.status in {Status.PUBLICITY, Status.RECOGNISED},
        )
