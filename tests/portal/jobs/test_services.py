from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.files.storing import private_storage
from portal.jobs import Cancelled, RunningJob, enqueue, running
from portal.jobs.services import MAX_ATTEMPTS, cancel_job, expire_results, reap, retry_job, run_job
from portal.models import Event, Job, JobState, StoredFile
from portal.workflow import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _look_every_time(monkeypatch):
    monkeypatch.setattr(running, "PACE", 0)


def test_a_job_runs_with_its_parameters_and_keeps_its_result(kinds, person, work, make_file):
    kinds(make_file)
    job = enqueue("test", person, text="你好")
    work()
    job.refresh_from_db()

    assert (job.state, job.attempts, job.done, job.total, job.percent) == (JobState.DONE, 1, 10, 10, 100)
    assert job.result.name == "结果.txt"
    assert job.result.uploaded_by == person
    assert job.result_expires_at - job.finished_at == timedelta(days=7)
    with private_storage().open(job.result.path) as kept:
        assert kept.read().decode() == "你好"


def test_a_job_speaks_the_language_it_was_asked_in(kinds, person, work):
    spoken = []
    kinds(lambda _job: spoken.append(get_language()))
    with override("en"):
        enqueue("test", person)
    enqueue("test", person)
    work()
    assert spoken == ["en", "zh-hans"]


def test_request_and_queue_roll_back_together(kinds, person, make_file):
    kinds(make_file)
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the block is what rolls back
        enqueue("test", person)
        raise RuntimeError

    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_unknown_kind_is_a_programming_error(person, kinds):
    with pytest.raises(LookupError):
        enqueue("nothing", person)


def test_second_delivery_runs_nothing(kinds, person):
    runs = []
    kinds(runs.append)
    job = enqueue("test", person)
    run_job(job.pk)
    run_job(job.pk)

    assert len(runs) == 1


def test_failure_tells_its_reason_and_can_be_retried(kinds, person, work, fail, make_file):
    kinds(fail)
    job = enqueue("test", person)
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "第 3 行的学号不存在。")

    kinds(make_file)
    again = retry_job(job, person)
    work()
    again.refresh_from_db()
    job.refresh_from_db()
    assert (again.state, again.error, again.attempts, again.retry_of) == (JobState.DONE, "", 1, job)
    assert (job.state, job.error) == (JobState.FAILED, "第 3 行的学号不存在。")


def test_a_retry_asks_the_same_question_once_and_stands_on_the_trail(kinds, person, work, fail):
    told = []
    kinds(fail, again=told.append)
    with override("en"):
        job = enqueue("test", person, about="申报", text="你好")
    work()
    again = retry_job(job, person)
    assert (again.kind, again.about, again.params, again.language) == ("test", "申报", {"text": "你好"}, "en")
    assert told == [again]
    event = Event.objects.get(verb="retry")
    assert (event.actor, event.subject_key, event.after) == (person, str(job.pk), {"job": again.pk})

    with pytest.raises(NotAllowed):
        retry_job(job, person)
    assert Job.objects.count() == 2


def test_a_fault_is_logged_and_not_shown(kinds, person, work, caplog):
    def run(_job):
        raise ZeroDivisionError("secret detail")

    kinds(run)
    job = enqueue("test", person)
    work()
    job.refresh_from_db()

    assert job.state == JobState.FAILED
    assert "secret" not in job.error
    assert str(job.pk) in job.error
    assert "secret detail" in caplog.text


def test_waiting_job_is_cancelled_at_once(kinds, person, work, make_file):
    kinds(make_file)
    job = cancel_job(enqueue("test", person), person)
    work()
    job.refresh_from_db()

    assert (job.state, job.attempts) == (JobState.CANCELLED, 0)


def test_running_job_is_cancelled_at_its_next_checkpoint(kinds, person, work):
    seen = []

    def run(job):
        seen.append("before")
        cancel_job(job.job, person)
        job.checkpoint()
        seen.append("after")

    kinds(run)
    job = enqueue("test", person)
    work()
    job.refresh_from_db()

    assert seen == ["before"]
    assert job.state == JobState.CANCELLED


@pytest.mark.parametrize("verb", [cancel_job, retry_job])
def test_strangers_change_nothing(kinds, person, stranger, verb, fail, work):
    kinds(fail)
    job = enqueue("test", person)
    if verb is retry_job:
        work()

    with pytest.raises(NotAllowed):
        verb(job, stranger)


def test_finished_job_is_neither_cancelled_nor_retried(kinds, person, work, make_file):
    kinds(make_file)
    job = enqueue("test", person)
    work()

    for verb in (cancel_job, retry_job):
        with pytest.raises(NotAllowed):
            verb(job, person)


def test_stopping_worker_gives_the_job_back_without_counting(kinds, person, work, make_file, monkeypatch):
    kinds(make_file)
    job = enqueue("test", person)
    running.stopping.set()
    try:
        work()
    finally:
        running.stopping.clear()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)

    work()
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_killed_worker_loses_nothing(kinds, person, work, make_file):
    kinds(make_file)
    job = _killed(enqueue("test", person), attempts=1)
    DBTaskResult.objects.filter(pk=job.task_id).update(status=TaskResultStatus.RUNNING)

    assert reap() == 1
    assert DBTaskResult.objects.get(pk=job.task_id).status == TaskResultStatus.FAILED
    work()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_beating_job_is_left_alone(kinds, person, make_file):
    kinds(make_file)
    job = enqueue("test", person)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=1, heartbeat_at=timezone.now())

    assert reap() == 0


def test_job_that_kills_its_worker_ends(kinds, person, make_file):
    kinds(make_file)
    job = _killed(enqueue("test", person), attempts=MAX_ATTEMPTS)
    reap()
    job.refresh_from_db()

    assert job.state == JobState.FAILED
    assert job.error


def test_worker_killed_before_it_took_the_job_loses_nothing(kinds, person, make_file):
    kinds(make_file)
    job = enqueue("test", person)
    DBTaskResult.objects.filter(pk=job.task_id).update(status=TaskResultStatus.RUNNING)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))

    assert reap() == 1
    job.refresh_from_db()
    assert DBTaskResult.objects.get(pk=job.task_id).status == TaskResultStatus.READY


def test_long_queue_is_not_lost(kinds, person, make_file):
    kinds(make_file)
    job = enqueue("test", person)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))

    assert reap() == 0
    assert DBTaskResult.objects.count() == 1


def test_worker_thought_dead_stops_and_leaves_no_result(kinds, person):
    def run(job):
        # Meanwhile the reaper gave the job to another worker.
        Job.objects.filter(pk=job.job.pk).update(attempts=2)
        return job.keep(__import__("io").BytesIO(b"late"), name="a", media_type="text/plain")

    kinds(run)
    job = enqueue("test", person)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.RUNNING, None)
    assert not StoredFile.objects.exists()

    stale = RunningJob(Job(pk=job.pk, attempts=1))
    with pytest.raises(Cancelled):
        stale.checkpoint()


def test_result_expires(kinds, person, work, make_file, django_capture_on_commit_callbacks):
    kinds(make_file)
    job = enqueue("test", person)
    work()
    path = Job.objects.get(pk=job.pk).result.path
    Job.objects.filter(pk=job.pk).update(result_expires_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_results() == 1
    job.refresh_from_db()

    assert (job.result, job.has_result) == (None, False)
    assert not private_storage().exists(path)
    assert expire_results() == 0


def _killed(job, attempts):
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=attempts, heartbeat_at=long_ago)
    job.refresh_from_db()
    return job
