"""What a job's function sees of its own row: progress out, cancellation in."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TypeVar

from django.utils import timezone

from portal.files import store_content
from portal.models import Job, JobState, Person, StoredFile

#: Seconds between two looks at the row; a job calls for every item, the database answers twice a second.
PACE = 0.5

#: Set when the worker is told to stop: jobs give way at their next checkpoint and run again later.
stopping = threading.Event()

Item = TypeVar("Item")


class Cancelled(Exception):  # noqa: N818 - the wish of a person, not a fault
    """Somebody cancelled the job."""


class Interrupted(Exception):  # noqa: N818 - the worker stops, the job goes back to the queue
    """The worker is being stopped."""


class JobFailed(Exception):  # noqa: N818 - reads as the outcome
    """The job cannot be done; the message is shown to its owner."""


class RunningJob:
    """One run of a job. The run is over for it as soon as the row was cancelled or given to another worker."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.attempt = job.attempts
        self.endings: list[Callable[[], object]] = []
        self._looked = 0.0

    @property
    def owner(self) -> Person:
        """Who asked for the job: permissions are theirs."""
        return self.job.owner

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Tell how far it is; raises like `checkpoint`. Call it as often as you like."""
        self.job.done = done
        if total is not None:
            self.job.total = total
        if message:
            self.job.message = message[:300]
        if self._is_due() or message or (total is not None and done == total):
            self._write()

    def checkpoint(self) -> None:
        """Raise Cancelled or Interrupted when the run should end here. Call it as often as you like."""
        if stopping.is_set():
            raise Interrupted
        if self._is_due():
            self._write()

    def track(self, items: Iterable[Item], total: int, message: str = "") -> Iterator[Item]:
        """The same items, with progress told on the way."""
        self.progress(0, total, message)
        for number, item in enumerate(items, start=1):
            yield item
            self.progress(number)

    def keep(self, content: IO[bytes], *, name: str, media_type: str) -> StoredFile:
        """Store the result; return it from the job's function."""
        return store_content(content, name=name, media_type=media_type, actor=self.owner)

    def at_the_end(self, act: Callable[[], object]) -> None:
        """Do this in the transaction that ends the job as done: a run that never gets there leaves no trace of it."""
        self.endings.append(act)

    def _is_due(self) -> bool:
        return time.monotonic() - self._looked >= PACE

    def _write(self) -> None:
        if stopping.is_set():
            raise Interrupted
        self._looked = time.monotonic()
        facts = {"done": self.job.done, "total": self.job.total, "message": self.job.message}
        # The attempt is the fence: a worker that was thought dead learns here that the job is another's now.
        own = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.attempt)
        if not own.filter(cancel_requested=False).update(heartbeat_at=timezone.now(), **facts):
            raise Cancelled
