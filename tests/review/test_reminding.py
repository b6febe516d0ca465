"""Reminders: drafts before the deadline, queues that age, each told once."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from credits.models import RoundWindow
from credits.reminding import remind_of_drafts
from credits.services.waivers import Wish, grant_waiver
from credits.texts import worded
from portal import chores
from portal.enums import NoticeKind, Role, Status
from portal.jobs.working import Housekeeper
from portal.models import Event, Mail, MailState, Notice
from portal.notices import tell_once
from review.reminding import remind_of_queues
from tests.builders import make_claim, make_college, make_person, make_round, make_staff, make_student, make_window

DAY = datetime.timedelta(days=1)
NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def later(days):
    return time_machine.travel(NOON + days * DAY, tick=False)


def titles(person):
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("title", flat=True))


@pytest.fixture
def draft(db):
    student = make_student(email="li@example.org")
    return make_claim(Status.DRAFT, student=student, round_=make_round(closes=10), content="省级二等奖")


def test_a_draft_is_told_of_seven_three_and_one_days_before(draft):
    told = []
    for day in range(12):
        with later(day):
            told.append((remind_of_drafts(), remind_of_drafts()))
    assert told == [(int(day in {3, 7, 9}), 0) for day in range(12)]
    first = Notice.objects.earliest("pk")
    assert (first.person, first.kind) == (draft.student.person, NoticeKind.DEADLINE)
    assert first.title.startswith("还有 1 份草稿没有提交")
    assert first.text == f"{draft.round.name}\n省级二等奖"
    assert first.path == f"/claims/{draft.pk}/"
    assert Mail.objects.filter(state=MailState.WAITING).count() == 3
    assert (
        list(Event.objects.filter(verb="remind", subject_kind="round").values_list("after", flat=True))
        == [{"rows": 1}] * 3
    )


def test_a_worker_that_was_away_tells_of_the_nearest_step_alone(draft):
    with later(9):
        assert remind_of_drafts() == 1
    assert len(titles(draft.student.person)) == 1


def test_several_drafts_are_one_reminder_and_other_states_none(draft):
    make_claim(Status.DRAFT, student=draft.student, round_=draft.round, content="另一项")
    make_claim(Status.IN_REVIEW, student=make_student(), round_=draft.round)
    left, hidden = make_student(), make_round(closes=10)
    make_claim(Status.DRAFT, student=left, round_=draft.round)
    make_claim(Status.DRAFT, student=make_student(), round_=hidden)
    type(left).objects.filter(pk=left.pk).update(on_roll=False)
    type(hidden).objects.filter(pk=hidden.pk).update(is_published=False)
    with later(8):
        assert remind_of_drafts() == 1
    assert titles(draft.student.person)[0].startswith("还有 2 份草稿没有提交")


def test_a_cohorts_own_date_goes_before_the_general_one(draft):
    make_window(draft.round, Role.STUDENT, closes=40, cohort=draft.cohort)
    with later(9):
        assert remind_of_drafts() == 0
    with later(39):
        assert remind_of_drafts() == 1


def test_who_may_claim_late_is_reminded_before_the_later_date(draft):
    office = make_staff(Role.OFFICE)
    wish = Wish(who=draft.student.person.number, until=NOON + 20 * DAY, reason="住院")
    grant_waiver(draft.round, office, wish)
    told = []
    for day in range(21):
        with later(day):
            told.append(remind_of_drafts())
    assert [day for day, number in enumerate(told) if number] == [13, 17, 19]


def test_a_deadline_that_moved_is_told_of_anew(draft):
    with later(9):
        remind_of_drafts()
        RoundWindow.objects.update(closes_at=NOON + 10 * DAY + datetime.timedelta(hours=5))
        assert (remind_of_drafts(), remind_of_drafts()) == (1, 0)


def test_nobody_is_woken(draft):
    with time_machine.travel(NOON + 9 * DAY - datetime.timedelta(hours=6), tick=False):
        assert (remind_of_drafts(), remind_of_queues()) == (0, 0)


def test_drafts_of_many_students_cost_as_many_questions_as_one(draft, django_assert_num_queries):
    with later(8):
        worded(draft.round.scheme_id, "drafts", {})  # the office's words are kept
        for students in (0, 2):
            for _ in range(students):
                make_claim(Status.DRAFT, student=make_student(email="x@example.org"), round_=draft.round)
            Notice.objects.all().delete()
            with django_assert_num_queries(13):
                assert remind_of_drafts() == students + 1


@pytest.fixture
def waiting(db):
    claim = make_claim(Status.IN_REVIEW, student=make_student())
    type(claim).objects.filter(pk=claim.pk).update(stage_entered_at=timezone.now() - 9 * DAY)
    return claim


def test_a_queue_that_ages_is_told_of_once_a_day_in_the_digest(waiting):
    secretary = make_staff(Role.SECRETARY, email="s@example.org")
    other = make_staff(Role.SECRETARY, college=make_college("99", "别的学院"), email="o@example.org")
    office = make_staff(Role.OFFICE, email="b@example.org")
    assert remind_of_queues() > 0
    assert remind_of_queues() == 0
    assert titles(secretary) == ["1 条申报等待超过一周"]
    assert titles(other) == titles(office) == []
    notice = Notice.objects.get(person=secretary)
    assert "9 天" in notice.text
    assert notice.path == "/desk/claims/?show=waiting&age=older"
    assert Mail.objects.get().state == MailState.GATHERING
    with later(1):
        assert remind_of_queues() > 0
    assert titles(secretary) == ["1 条申报等待超过一周"] * 2
    assert Event.objects.filter(verb="remind", subject_kind="queue").count() == 2


def test_what_is_fresh_or_past_the_rounds_date_reminds_nobody(waiting):
    secretary = make_staff(Role.SECRETARY)
    make_window(waiting.round, Role.SECRETARY, opens=-30, closes=-1)
    assert remind_of_queues() == 0
    RoundWindow.objects.filter(role=Role.SECRETARY).update(closes_at=NOON + DAY)
    type(waiting).objects.update(stage_entered_at=timezone.now() - 2 * DAY)
    assert remind_of_queues() == 0
    assert titles(secretary) == []


def test_of_two_workers_one_tells(db, monkeypatch):
    person = make_person()
    assert tell_once([Notice(person=person, kind=NoticeKind.QUEUE, title="一", key="thing:1")]) == 1
    # The other worker looked before the first one's row was there.
    found = Notice.objects.none()
    monkeypatch.setattr(type(found), "values_list", lambda *_a, **_k: [])
    assert tell_once([Notice(person=person, kind=NoticeKind.QUEUE, title="一", key="thing:1")]) == 0
    assert Notice.objects.count() == 1


def test_the_worker_and_the_timer_do_every_chore_and_one_that_fails_keeps_no_other(monkeypatch, capsys, draft):
    brought = {"appointments that end", "drafts", "pages of evidence", "queues"}
    assert set(chores._chores) == brought  # noqa: SLF001 - what the apps brought
    monkeypatch.setitem(chores._chores, "appointments that end", lambda: 1 // 0)  # noqa: SLF001 - as above
    with later(9):
        call_command("remind")
    assert capsys.readouterr().out == "drafts: 1\npages of evidence: 0\nqueues: 0\n"


@pytest.mark.parametrize(("at", "pause"), [("06:45:30", 870), ("07:00:00", 3600), ("23:59:00", 3600), ("06:59:59", 1)])
def test_the_housekeeper_comes_when_the_day_begins(monkeypatch, at, pause):
    """The digests of half past seven hold the reminders of that day, whenever the worker was started."""
    monkeypatch.setattr("portal.jobs.working.do_chores", dict)
    moment = datetime.datetime.fromisoformat(f"2026-03-02T{at}").replace(tzinfo=timezone.get_current_timezone())
    with time_machine.travel(moment, tick=False):
        assert Housekeeper().tick() == pause
