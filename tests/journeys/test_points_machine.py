"""Runs the machine, and proves that it finds what it is there to find: planted bugs."""

import pytest
from hypothesis import Phase

import conversion.services.decisions as conversion_decisions
import credits.services.decisions as claim_decisions
from conversion.services import applications
from credits.enums import EntryKind
from credits.services import counting, ledger, moving, undoing
from credits.services.ledger import Effect
from portal import workflow
from portal.enums import Role
from portal.files import FilePolicy, store_upload
from portal.verdict import Verdict
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    fresh,
    get_category,
    get_version,
    jpeg,
    make_college,
    make_course,
    make_offering,
    make_round,
    make_staff,
    make_student,
)
from tests.journeys.machine import run_machine, size
from tests.journeys.points_machine import World, play

EXAMPLES, STEPS = size("200x30")


@pytest.fixture
def world(db):
    version = get_version()
    students = [fresh(make_student(name).person) for name in ("李明", "王芳")]
    cover(version.scheme, students[0].student.college)
    round_ = make_round(version)
    round_.version = version
    limits = version.data.limits
    return World(
        students=students,
        secretary=make_staff(Role.SECRETARY),
        stranger=make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE)),
        office=make_staff(Role.OFFICE),
        round_=round_,
        category=get_category("competition"),
        recorded=get_category("innovation"),
        offerings=[make_offering(make_course("C1")), make_offering(make_course("C2"))],
        file=store_upload(jpeg(), actor=students[0], policy=FilePolicy(limits.file_types, limits.file_bytes)),
    )


@pytest.mark.long
def test_points_survive_whatever_people_do(world):
    run_machine(lambda data: play(world, data, STEPS), max_examples=EXAMPLES)


def no_award(monkeypatch):
    monkeypatch.setattr(counting, "award", lambda *_args, **_kind: None)


def award_half(monkeypatch):
    original = ledger.award
    monkeypatch.setattr(counting, "award", lambda row, points, *rest, **kind: original(row, points / 2, *rest, **kind))


def no_release_on_return(monkeypatch):
    monkeypatch.setattr(conversion_decisions, "release", lambda *_args: None)


def no_release_on_withdrawal(monkeypatch):
    monkeypatch.setattr(applications, "release", lambda *_args: None)


def no_hold(monkeypatch):
    monkeypatch.setattr(applications, "_hold", lambda *_args: None)


def consuming_only_releases(monkeypatch):
    monkeypatch.setitem(ledger.EFFECTS, EntryKind.CONSUME, Effect(0, -1, 0))


def refunding_does_nothing(monkeypatch):
    monkeypatch.setitem(ledger.EFFECTS, EntryKind.REFUND, Effect(0, 0, 0))


def revoking_keeps_the_points(monkeypatch):
    monkeypatch.setattr(claim_decisions, "revoke", lambda *_args: None)


def anybody_may_review(monkeypatch):
    monkeypatch.setattr(claim_decisions, "can_review", lambda *_args: Verdict.yes(Role.SECRETARY))


def no_event(monkeypatch):
    original = workflow.write_event

    def forget(model, verb, *args, **kwargs):
        return None if verb == "return" else original(model, verb, *args, **kwargs)

    monkeypatch.setattr(workflow, "write_event", forget)


def undoing_keeps_the_points(monkeypatch):
    monkeypatch.setattr(undoing, "take_award_back", lambda *_args: None)


def anybody_may_undo(monkeypatch):
    monkeypatch.setattr(undoing, "can_undo", lambda *_args: Verdict.yes(Role.OFFICE))


def records_may_be_used_twice(monkeypatch):
    monkeypatch.setattr(applications, "_check_lines", lambda *_args: None)
    monkeypatch.setattr(applications, "_hold", lambda *_args: None)


def stale_pages_pass(monkeypatch):
    original = workflow.transition

    def forgetful(subject, verb, actor, *, may, revision=None, reason=""):
        return original(subject, verb, actor, may=may, revision=None, reason=reason)

    monkeypatch.setattr(moving, "transition", forgetful)


# Each bug, and the acts that lead to it: they come up more often, so that it is found within seconds.
BUGS = [
    (no_award, "record"),
    (award_half, "record"),
    (no_release_on_return, "record apply hand_in judge"),
    (no_release_on_withdrawal, "record apply hand_in give_up"),
    (no_hold, "record apply hand_in"),
    (consuming_only_releases, "record apply hand_in judge"),
    (refunding_does_nothing, "record apply hand_in judge cancel"),
    (revoking_keeps_the_points, "submit approve revoke"),
    (anybody_may_review, "submit approve"),
    (no_event, "submit send_back"),
    (undoing_keeps_the_points, "submit approve undo"),
    (anybody_may_undo, "submit approve undo"),
    (records_may_be_used_twice, "record apply hand_in"),
    (stale_pages_pass, "submit approve"),
]


@pytest.mark.parametrize(("bug", "often"), BUGS, ids=[bug.__name__ for bug, _often in BUGS])
def test_planted_bug_is_found(world, monkeypatch, bug, often):
    bug(monkeypatch)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - an assertion, a constraint or a crash: all of them are findings
        run_machine(
            lambda data: play(world, data, STEPS, often.split()),
            max_examples=3000,
            phases=[Phase.generate],
            derandomize=True,
        )
