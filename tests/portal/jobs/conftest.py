"""Kinds of jobs that only tests offer, and a worker that runs what waits."""

import io

import pytest

from portal.jobs import JobFailed, registry
from portal.jobs.services import run_job
from portal.models import Job, JobState, Person


@pytest.fixture
def person(db):
    return Person.objects.create_user("1120210001", name="甲")


@pytest.fixture
def stranger(db):
    return Person.objects.create_user("1120210002", name="乙")


@pytest.fixture
def kinds(monkeypatch):
    """Name → function; add to it, and the kind is offered."""
    monkeypatch.setattr(registry, "_KINDS", {})

    def offer(function, name="test", label="测试任务", days=7, again=None):
        registry.job_kind(name, label=label, days=days, again=again)(function)
        return function

    return offer


@pytest.fixture
def make_file():
    """A job function that counts to ten and keeps a file."""

    def run(job, text="结果"):
        for number in range(10):
            job.progress(number + 1, 10)
        return job.keep(io.BytesIO(text.encode()), name="结果.txt", media_type="text/plain")

    return run


@pytest.fixture
def fail():
    def run(_job):
        raise JobFailed("第 3 行的学号不存在。")

    return run


@pytest.fixture
def work():
    """Run what waits, as the worker would."""

    def run():
        for pk in Job.objects.filter(state=JobState.QUEUED).order_by("pk").values_list("pk", flat=True):
            run_job(pk)

    return run
