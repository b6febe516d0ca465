"""The worker: django-tasks' own loop, with a heartbeat, a reaper and a graceful stop beside it."""

import logging
import threading
import time
from types import FrameType

from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from portal.chores import do_chores, until_day
from portal.files.storing import sweep
from portal.jobs import running
from portal.jobs.services import expire_results, reap
from portal.models import Job, JobState
from portal.outbox.delivery import deliver_due, expire_mails
from portal.outbox.digests import compose_digests
from portal.sessions import tidy_sessions
from portal.staging import expire_staged

logger = logging.getLogger(__name__)

BEAT = 5.0
AWAY = 60.0
REAP_EVERY = 20.0
TIDY_EVERY = 3600.0


class PortalWorker(Worker):
    """Runs jobs, one at a time; knows which task is running so that the heartbeat can say so."""

    current_task: str = ""

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """Run one task and remember it meanwhile."""
        self.current_task = str(db_task_result.pk)
        try:
            super().run_task(db_task_result)
        finally:
            self.current_task = ""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Let the running job give way at its next checkpoint; a second signal ends at once."""
        running.stopping.set()
        super().shutdown(signum, frame)


class Beside(threading.Thread):
    """Something that the worker does from time to time beside its tasks, on its own database connection."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        """Tick until told to end; a failing tick is logged and the next one tries again."""
        while not self.ended.is_set():
            close_old_connections()
            pause = BEAT
            try:
                pause = self.tick()
            except Exception:
                logger.exception("The %s failed; it goes on.", self.name)
            finally:
                connection.close()
            self.ended.wait(pause)

    def tick(self) -> float:
        """Do what is due; return how many seconds to wait for the next time."""
        raise NotImplementedError


class Postman(Beside):
    """Empties the outbox: apart from the ticker, for a slow mail server must not stop the heartbeat."""

    def __init__(self) -> None:
        super().__init__("postman")

    def tick(self) -> float:
        """Compose the morning's digests, send what is due; leave a server that is away alone for a while."""
        compose_digests()
        return AWAY if deliver_due(self.ended.is_set).away else BEAT


class Housekeeper(Beside):
    """Does the hour's chores: apart from the ticker, for there may be thousands to remind."""

    def __init__(self) -> None:
        super().__init__("housekeeper")

    def tick(self) -> float:
        """Do them all, then again in an hour or when the day begins: the digests hold the reminders of their day."""
        do_chores()
        return min(TIDY_EVERY, until_day())


class Ticker(Beside):
    """Beats for the running job, and from time to time reaps and tidies."""

    def __init__(self, worker: PortalWorker) -> None:
        super().__init__("ticker")
        self.worker = worker
        self._reaped = self._tidied = float("-inf")

    def tick(self) -> float:
        """Do what is due."""
        now = time.monotonic()
        if task := self.worker.current_task:
            Job.objects.filter(task_id=task, state=JobState.RUNNING).update(heartbeat_at=timezone.now())
        if now - self._reaped >= REAP_EVERY:
            self._reaped = now
            reap()
        if now - self._tidied >= TIDY_EVERY:
            self._tidied = now
            expire_results()
            expire_staged()
            sweep()
            tidy_sessions()
            expire_mails()
        return BEAT
