"""A decision taken back within ten seconds: everything as it stood, for one's own last decision only."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from conversion.integrity import differences
from credits.models import Claim, ClaimEvent, Lot
from credits.services.claims import submit_claim
from credits.services.decisions import Flag, approve_claim, endorse_claim, refuse_claim, return_claim
from credits.services.ledger import book
from credits.services.undoing import undo_decision
from portal.enums import Role, Status
from portal.models import Notice
from portal.outbox.delivery import deliver_due
from portal.workflow import NotAllowed, StaleSubject
from tests.builders import fresh, make_claim, make_staff, make_student
from tests.whu import together, whu_claim, whu_staff, whu_student

KEPT = ("status", "stage", "decided_at", "recognised_points", "recognised_reason", "facts", "counted_points", "trace")


@pytest.fixture
def secretary(db):
    return make_staff(Role.SECRETARY)


@pytest.fixture
def office(db):
    return make_staff(Role.OFFICE, scheme="bit")


def state(claim):
    return Claim.objects.values_list(*KEPT).get(pk=claim.pk)


DECIDED = {
    "approve": lambda row, who: approve_claim(row, who, points=Decimal("1.5"), revision=None, reason="按细则"),
    "return": lambda row, who: return_claim(row, who, flags=[Flag("content", words="写全称")], revision=None),
    "refuse": lambda row, who: refuse_claim(row, who, reason="不属于竞赛", revision=None),
}


@pytest.mark.parametrize("verb", sorted(DECIDED))
@pytest.mark.parametrize("stage", ["college", "office"])
def test_everything_stands_as_it_stood_and_the_trail_says_both(verb, stage, secretary, office):
    claim = make_claim(Status.IN_REVIEW, stage=stage, secretary=secretary, recognised="1.8")
    before, since = state(claim), claim.stage_entered_at
    decider = office if stage == "office" else secretary
    Notice.objects.all().delete()
    DECIDED[verb](claim, decider)
    undo_decision(claim, decider, revision=claim.revision)
    assert state(claim) == before
    assert abs(claim.stage_entered_at - since) < datetime.timedelta(seconds=1)
    decision, undo = ClaimEvent.objects.filter(subject=claim).order_by("pk").reverse()[:2][::-1]
    assert (decision.verb, undo.verb, undo.actor, undo.to_state) == (verb, "undo", decider, f"in_review:{stage}")
    assert undo.after["undone"] == decision.pk
    assert not Notice.objects.exists()
    assert list(differences()) == []


def test_what_was_taken_back_can_be_decided_again_and_again(secretary, office):
    claim = make_claim(Status.IN_REVIEW, stage="office", secretary=secretary)
    for _time in range(2):
        approve_claim(claim, office, points=Decimal(2), revision=None)
        undo_decision(claim, office, revision=None)
    approve_claim(claim, office, points=Decimal("1.5"), revision=None, reason="按细则")
    lot = Lot.objects.get(claim=claim)
    assert (claim.status, lot.recognised) == (Status.RECOGNISED, Decimal("1.5"))
    assert list(differences()) == []


def test_only_ones_own_last_decision_within_ten_seconds(secretary, office):
    claim = make_claim(Status.IN_REVIEW, secretary=secretary)
    with pytest.raises(NotAllowed):
        undo_decision(claim, secretary, revision=None)  # nothing decided yet
    return_claim(claim, secretary, reason="缺页", revision=None)
    for other in (make_staff(Role.SECRETARY, name="孙老师"), office, fresh(claim.student.person)):
        with pytest.raises(NotAllowed):
            undo_decision(claim, other, revision=None)
    with pytest.raises(StaleSubject):
        undo_decision(claim, secretary, revision=claim.revision - 1)
    with (
        time_machine.travel(timezone.now() + datetime.timedelta(seconds=12)),
        pytest.raises(NotAllowed, match="时限已过"),
    ):
        undo_decision(claim, secretary, revision=None)
    submit_claim(claim, fresh(claim.student.person), revision=None)
    with pytest.raises(NotAllowed, match="之后已有"):
        undo_decision(claim, secretary, revision=None)


def test_points_that_are_in_use_already_stay(secretary, office):
    claim = make_claim(Status.IN_REVIEW, stage="office", secretary=secretary)
    approve_claim(claim, office, points=Decimal(2), revision=None)
    book(Lot.objects.get(claim=claim), "hold", Decimal(1), office, key="held")
    with pytest.raises(ValidationError, match="已被使用"):
        undo_decision(claim, office, revision=None)
    assert state(claim)[0] == Status.RECOGNISED


def test_the_student_hears_of_a_decision_only_after_the_ten_seconds(secretary):
    student = make_student(email="li@example.org")
    claim = make_claim(Status.IN_REVIEW, student=student, secretary=secretary)
    return_claim(claim, secretary, reason="缺页", revision=None)
    notice, person = Notice.objects.get(person=student.person), student.person
    assert not Notice.objects.of(person).exists()
    deliver_due()
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=12)):
        assert Notice.objects.of(person).get() == notice
        deliver_due()
    assert [message.to for message in mail.outbox] == [["li@example.org"]]
    undone = make_claim(Status.IN_REVIEW, student=student, secretary=secretary, round_=claim.round, content="另一项")
    return_claim(undone, secretary, reason="缺页", revision=None)
    undo_decision(undone, secretary, revision=None)
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=24)):
        deliver_due()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("verb", ["endorse", "return", "refuse"])
def test_the_mates_of_a_team_go_back_with_their_lead(verb, db):
    claim = whu_claim("college", facts=together(3), mates=[(2, whu_student("队员"))])
    secretary = whu_staff(Role.SECRETARY)
    mate = Claim.objects.get(membership__achievement__lead=claim, follows_lead=True)
    before, other = state(claim), state(mate)
    acts = {
        "endorse": lambda: endorse_claim(claim, secretary, revision=None),
        "return": lambda: return_claim(claim, secretary, flags=[Flag("team", words="缺一人")], revision=None),
        "refuse": lambda: refuse_claim(claim, secretary, reason="不属于该类", revision=None),
    }
    acts[verb]()
    assert state(mate)[:2] != other[:2]
    undo_decision(claim, secretary, revision=None)
    assert (state(claim), state(mate)) == (before, other)
    assert mate.events.last().verb == "undo"
    assert not Notice.objects.filter(leaves_at__gt=timezone.now()).exists()
