"""The formal notice: after the period, once, for what nothing speaks against; effective by one job."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.models import Claim, ClaimEvent, LedgerEntry, Lot
from portal.enums import Role, Status
from portal.jobs.services import reap, retry_job, run_job
from portal.models import Event, Job, JobState, Notice
from portal.workflow import NotAllowed, StaleRecord
from review.models import EntryState, FormalNotice, ListState
from review.publicity.lines import digest
from review.services import notices
from review.services.notices import Heading, issue_notice, resume_effect
from tests.publicity import HEADING, end_period, issue, make_list, make_objection, run_jobs, states
from tests.whu import whu_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


@pytest.fixture
def row(office):
    return make_list(3, office=office)


def ledger():
    """Return what counts of claims, lots, entries and events: all that a second run could change."""
    return {
        "claims": list(Claim.objects.order_by("pk").values_list("status", "revision", "counted_points")),
        "lots": list(Lot.objects.order_by("pk").values_list("recognised", "held", "consumed")),
        "entries": LedgerEntry.objects.count(),
        "events": ClaimEvent.objects.count() + Event.objects.exclude(subject_kind="job").count(),
        "notices": Notice.objects.count(),
    }


def test_before_the_end_of_the_period_there_is_no_notice(row, office):
    with pytest.raises(NotAllowed):
        issue(row, office)
    with pytest.raises(NotAllowed):
        issue_notice(row, office, HEADING, revision=1, at=row.closes_at - datetime.timedelta(seconds=1))
    assert not FormalNotice.objects.exists()
    assert not Job.objects.exists()
    assert issue_notice(row, office, HEADING, revision=1, at=row.closes_at)


def test_a_notice_freezes_its_list_and_enqueues_one_job(row, office):
    notice = issue(end_period(row), office)
    row.refresh_from_db()
    assert row.state == ListState.NOTICED
    assert notice.sha256 == digest(notice.snapshot)
    assert [entry["name"] for entry in notice.snapshot["entries"]] == ["林一鸣", "陈思远", "周子衿"]
    assert notice.snapshot["list"]["sha256"] == row.sha256
    assert Job.objects.get().params == {"notice": notice.pk}
    assert Event.objects.filter(subject_kind="publicity", verb="issue").count() == 1
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.PUBLICITY}


def test_a_notice_is_issued_once_and_a_number_given_once(row, office):
    issue(end_period(row), office)
    with pytest.raises(StaleRecord):
        issue(row, office)
    other = end_period(make_list(1, office=office))
    with pytest.raises(ValidationError) as refused:
        issue(other, office)
    assert "number" in refused.value.message_dict
    assert (FormalNotice.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.parametrize("field", ["number", "title"])
def test_a_heading_without_words_is_refused(row, office, field):
    facts = {"number": "1号", "title": "通知", "issued_on": timezone.localdate(), field: " "}
    with pytest.raises(ValidationError) as refused:
        issue(end_period(row), office, Heading(**facts))
    assert list(refused.value.message_dict) == [field]


def test_what_is_under_objection_stays_behind(row, office):
    make_objection(row, position=2)
    notice = issue(end_period(row), office)
    assert [entry["position"] for entry in notice.snapshot["entries"]] == [1, 3]
    run_jobs()
    assert states(row) == ["effective", "held", "effective"]
    assert Claim.objects.filter(status=Status.PUBLICITY).count() == 1


def test_a_list_all_of_whose_lines_are_disputed_has_no_notice(office):
    row = make_list(1, office=office)
    make_objection(row)
    with pytest.raises(ValidationError):
        issue(end_period(row), office)
    row.refresh_from_db()
    assert row.state == ListState.PUBLISHED


def test_the_job_recognises_counts_and_tells_each_student(row, office):
    Notice.objects.all().delete()
    notice = issue(end_period(row), office)
    run_jobs()
    notice.refresh_from_db()
    assert states(row) == ["effective"] * 3
    assert notice.effective_at
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.RECOGNISED}
    assert list(Lot.objects.values_list("recognised", flat=True)) == [Decimal("6.00")] * 3
    event = ClaimEvent.objects.filter(verb="effect").first()
    assert event.after["notice"] == HEADING.number
    assert Notice.objects.filter(text__contains=HEADING.number).count() == 3
    assert Event.objects.filter(verb="take_effect").count() == 1
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)


def test_a_second_run_changes_nothing(row, office):
    issue(end_period(row), office)
    run_jobs()
    before = ledger()
    Job.objects.update(state=JobState.QUEUED)
    run_jobs()
    assert Job.objects.get().state == JobState.DONE
    assert ledger() == before


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_job_killed_in_the_middle_of_a_line_goes_on_where_it_was(row, office, monkeypatch, place):
    class Killed(BaseException):
        """What no handler of the job may swallow."""

    kind = notices.subjects_of("claims")
    whole, calls = kind.effect, []

    def effect(subject, actor, number):
        whole(subject, actor, number)
        calls.append(subject.pk)
        if len(calls) == place:
            raise Killed

    notice = issue(end_period(row), office)
    monkeypatch.setattr(kind, "effect", effect)
    with pytest.raises(Killed):
        run_jobs()
    # The line that was being written is not half there: neither recognised nor effective.
    assert states(row) == ["effective"] * (place - 1) + ["listed"] * (4 - place)
    assert Claim.objects.filter(status=Status.RECOGNISED).count() == place - 1
    assert LedgerEntry.objects.count() == place - 1
    monkeypatch.setattr(kind, "effect", whole)
    Job.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(minutes=5))
    assert reap() == 1
    run_jobs()
    notice.refresh_from_db()
    assert (states(row), Job.objects.get().state) == (["effective"] * 3, JobState.DONE)
    assert LedgerEntry.objects.count() == 3
    assert ClaimEvent.objects.filter(verb="effect").count() == 3
    assert notice.effective_at


def test_a_line_that_cannot_take_effect_is_named_and_the_others_go_on(row, office, monkeypatch):
    kind = notices.subjects_of("claims")
    whole, stuck = kind.effect, row.entries.get(position=2).claim_id

    def effect(subject, actor, number):
        if subject.pk == stuck:
            raise ValidationError("额度已满")
        whole(subject, actor, number)

    notice = issue(end_period(row), office)
    monkeypatch.setattr(kind, "effect", effect)
    run_jobs()
    job = Job.objects.get()
    notice.refresh_from_db()
    assert (job.state, notice.effective_at) == (JobState.FAILED, None)
    assert "第 2 条" in job.error
    assert "额度已满" in job.error
    assert states(row) == ["effective", "listed", "effective"]
    monkeypatch.setattr(kind, "effect", whole)
    run_job(retry_job(job, office).pk)
    assert states(row) == ["effective"] * 3


def test_what_was_cancelled_between_notice_and_effect_takes_none(row, office):
    issue(end_period(row), office)
    claim = row.entries.get(position=3).claim
    Claim.objects.filter(pk=claim.pk).update(status=Status.REVOKED)
    run_jobs()
    assert states(row) == ["effective", "effective", "removed"]
    assert not Lot.objects.filter(claim=claim).exists()


def test_what_left_publicity_before_the_notice_is_not_in_it(row, office):
    claim = row.entries.get(position=1).claim
    Claim.objects.filter(pk=claim.pk).update(status=Status.REVOKED)
    notice = issue(end_period(row), office)
    assert [entry["position"] for entry in notice.snapshot["entries"]] == [2, 3]
    assert states(row)[0] == EntryState.REMOVED


def test_a_lost_job_is_started_again_by_any_colleague_and_only_when_there_is_none(row, office):
    colleague = whu_staff(Role.OFFICE)
    issue(end_period(row), office)
    with pytest.raises(StaleRecord):
        resume_effect(row, colleague)
    Job.objects.update(state=JobState.FAILED)
    resume_effect(row, colleague)
    run_jobs()
    assert states(row) == ["effective"] * 3
    with pytest.raises(StaleRecord):
        resume_effect(row, colleague)
    assert Event.objects.filter(verb="resume").count() == 1


def test_a_job_whose_owner_keeps_the_scheme_no_longer_does_nothing(row, office):
    issue(end_period(row), office)
    office.appointments.update(revoked_at=timezone.now())
    run_jobs()
    assert Job.objects.get().state == JobState.FAILED
    assert states(row) == ["listed"] * 3
