"""The kinds of jobs that apps offer, each a function in the app's `jobs` module."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from portal.models import Job, StoredFile

#: What a kind's function looks like: it may keep one file as its result.
JobFunction = Callable[..., StoredFile | None]


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its function, what people call it, and how many days its result is kept.

    ``again`` is told, in the same transaction, of the job that replaces a failed one. ``page`` is the address at which
    its owner sees what it did, for work whose result is no file.
    """

    name: str
    label: str | Promise
    run: JobFunction
    days: int
    again: Callable[[Job], None] | None = None
    page: Callable[[Job], str] | None = None


_KINDS: dict[str, JobKind] = {}


def job_kind(
    name: str,
    *,
    label: str | Promise,
    days: int = 7,
    again: Callable[[Job], None] | None = None,
    page: Callable[[Job], str] | None = None,
) -> Callable[[JobFunction], JobFunction]:
    """Offer a function `run(job: RunningJob, **params)` as a kind of job.

    It may run again after a crash, so it must come to the same end from any point: all in one transaction, or
    every step able to see that it was done.
    """

    def register(function: JobFunction) -> JobFunction:
        _KINDS[name] = JobKind(name, label, function, days, again, page)
        return function

    return register


def kinds() -> list[JobKind]:
    """Every kind on offer, in the order of their names."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def kind_of(name: str) -> JobKind | None:
    """The kind of this name; None when the version that offered it is gone."""
    return _KINDS.get(name)
