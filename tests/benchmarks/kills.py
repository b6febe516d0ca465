"""Kill the web server and the worker at random moments, and look for what was lost (T8).

./run bench kills [--kills 100] [--claims 8000] [--seed N]

Five things are done again and again over HTTP: evidence is uploaded, a batch is decided at once, a batch is decided by
a job, a list is exported by a job, a workbook is imported. Each time the process that works on it is killed with -9 at
a random moment of about the time that it takes undisturbed, and started again. Then: what was answered is there, what
was not is whole or not at all, jobs end with a whole result, every row has its file, and the books agree.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from tests.benchmarks.portal import HOST, address, make_database, prepare

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.models import Job

FEW, RECORDS = 40, 60  # claims of a batch at once, rows of a workbook; a job takes all that wait
LATEST = 1.3  # of the time that it takes undisturbed: some kills come after the answer
READY_SECONDS, JOB_SECONDS = 60, 180
DEAD = 61  # seconds after which a silent worker counts as dead: the clock is put forward, nobody waits


class Loss(Exception):  # noqa: N818 - what the program looks for
    """Something that must not happen after a kill."""


class Site:
    """The web server and the worker of one portal, with a browser that signs nobody in: it has its cookie."""

    def __init__(self) -> None:
        from django.core.management import call_command  # noqa: PLC0415 - needs the settings

        from portal.demo.servers import Server, free_port, serve  # noqa: PLC0415 - as above

        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.servers = {
            "web": Server("web server", partial(serve, port)),
            "worker": Server("job worker", partial(call_command, "work", interval=0.05)),
        }

    def start(self, name: str) -> None:
        """Start one of the two, and wait until the web server answers."""
        self.servers[name].start()
        deadline = time.monotonic() + READY_SECONDS
        while name == "web" and not self.answers():
            if time.monotonic() > deadline:
                sys.exit("The web server does not start.")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Say whether a page comes."""
        import requests  # noqa: PLC0415 - with the settings, like all here

        try:
            return self._send("GET", "/signin/").ok
        except requests.RequestException:
            return False

    def kill(self, name: str) -> None:
        """End one of the two and all its children as the power does."""
        process = self.servers[name].process
        assert process is not None
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()

    def stop(self) -> None:
        """End both."""
        for server in self.servers.values():
            server.stop()

    def get(self, person: Any, path: str) -> Any:
        """Return the page, parsed."""
        from lxml import html  # noqa: PLC0415 - with the settings, like all here

        answer = self._send("GET", path, person)
        answer.raise_for_status()
        self._csrf = answer.cookies.get("portal_csrf", "")
        return html.fromstring(answer.content)

    def press(self, person: Any, page: Any, action: str, values: dict[str, Any], files: Any = None) -> Any:
        """Post the page's form with that action, with other values where they are given; None when nobody answered."""
        import requests  # noqa: PLC0415 - with the settings, like all here

        form = next(form for form in page.forms if (form.get("action") or "").startswith(action))
        typed = [(name, value) for name, value in form.form_values() if name not in values]
        typed += [(name, value) for name, value in values.items() if value is not None]
        try:
            return self._send("POST", form.get("action"), person, data=typed, files=files)
        except requests.RequestException:
            return None

    _csrf = ""

    def _send(self, method: str, path: str, person: Any = None, **more: Any) -> Any:
        import requests  # noqa: PLC0415 - with the settings, like all here

        cookies = [person.cookie] if person else []
        cookies += [f"portal_csrf={self._csrf}"] if self._csrf else []
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/"}
        headers["Cookie"] = "; ".join(cookies)
        return requests.request(
            method, self.address + path, headers=headers, allow_redirects=False, timeout=120, **more
        )


class Trial:
    """One thing that is done: how, how long it takes undisturbed, and what must hold afterwards."""

    victim = "web"

    def __init__(self, site: Site, cast: dict[str, Any]) -> None:
        self.site, self.cast, self.seconds = site, cast, 0.0

    def begin(self) -> None:
        """Prepare, with everything running."""

    def act(self) -> bool:
        """Do it; return whether it was answered."""
        raise NotImplementedError

    def check(self, *, answered: bool) -> None:
        """Raise Loss when something is not as it must be."""
        raise NotImplementedError

    def run(self, after: float | None) -> bool:
        """Do it once, killing the victim so many seconds after its beginning; return whether it was answered."""
        self.begin()
        began = time.monotonic()
        killer = threading.Timer(after, partial(self.site.kill, self.victim)) if after is not None else None
        if killer:
            killer.start()
        answered = self.act()
        self.seconds = self.seconds or time.monotonic() - began
        if killer:
            killer.join()
            self.site.start(self.victim)
        self.check(answered=answered)
        return answered


class Upload(Trial):
    """A student adds a certificate to a draft."""

    def begin(self) -> None:
        """Draw a certificate that nobody has."""
        from tests.builders import jpeg  # noqa: PLC0415 - needs the settings

        claim = self.cast["draft"]
        self.page = self.site.get(self.cast["student"], f"/claims/{claim.pk}/edit/")
        self.content = jpeg().read() + os.urandom(64)
        self.digest = hashlib.sha256(self.content).hexdigest()

    def act(self) -> bool:
        """Save the form with the file."""
        claim = self.cast["draft"]
        form = next(form for form in self.page.forms if form.xpath(".//input[@type='file']"))
        name = form.xpath(".//input[@type='file']/@name")[0]
        form.set("action", form.get("action") or f"/claims/{claim.pk}/edit/")
        files = {name: (f"{self.digest[:8]}.jpg", io.BytesIO(self.content), "image/jpeg")}
        answer = self.site.press(
            self.cast["student"], self.page, form.get("action"), {name: None, "action": "save"}, files
        )
        if answer is not None and answer.status_code not in {200, 302}:
            raise Loss(f"an upload was answered with {answer.status_code}")
        return answer is not None and answer.status_code == 302

    def check(self, *, answered: bool) -> None:
        """What was answered is attached; what was not may be."""
        from credits.models import Evidence  # noqa: PLC0415 - needs the settings

        kept = Evidence.objects.filter(claim=self.cast["draft"], file__sha256=self.digest)
        if answered and not kept.exists():
            raise Loss("an answered upload is gone")
        kept.update(removed_at="2026-01-01T00:00:00Z")  # a claim holds only so many


class Batch(Trial):
    """A secretary decides claims at once."""

    address = ""

    def begin(self) -> None:
        """Open the preview of the next rows of the queue."""
        from credits.models import Claim  # noqa: PLC0415 - needs the settings

        waiting = Claim.objects.waiting_for(self.cast["secretary person"]).order_by("pk")[:FEW]
        rows = "&".join(f"row={claim.pk}:{claim.revision}" for claim in waiting)
        self.page = self.site.get(self.cast["secretary"], f"/desk/claims/batch/?{self.address or rows}")
        carried = " ".join(self.page.xpath("//form[contains(@action, 'carry-out')]//input[@name='row']/@value")).split()
        self.claims = list(Claim.objects.filter(pk__in=[int(row.partition(":")[0]) for row in carried]))
        self.number = len(self.claims)
        if self.number < FEW:
            raise Loss(f"only {self.number} claims wait")

    def act(self) -> bool:
        """Return all of them."""
        values = {"verb": "return", "reason": "请补充证明材料。"}
        answer = self.site.press(self.cast["secretary"], self.page, "/desk/claims/batch/carry-out/", values)
        if answer is not None and answer.status_code != 302:
            raise Loss(f"a batch was answered with {answer.status_code}")
        return answer is not None

    def check(self, *, answered: bool) -> None:
        """All rows or none, one event each; then it is taken back."""
        batch, moved = self.batch(), self.moved()
        if batch is None:
            if answered or moved:
                raise Loss(f"a batch is gone: answered {answered}, {len(moved)} claims moved")
            return
        if len(moved) != self.number or batch.rows.filter(state="done").count() != self.number:
            raise Loss(f"a batch moved {len(moved)} of {self.number} claims")
        self.take_back(batch)

    def batch(self) -> Any:
        """Return the batch that holds the rows, if it was kept."""
        from review.models import DecisionBatch  # noqa: PLC0415 - needs the settings

        found = DecisionBatch.objects.filter(undone_at=None, rows__claim=self.claims[0].pk)
        return found.select_related("job").first()

    def moved(self) -> list[Claim]:
        """Return the claims that are decided, each by one event."""
        from credits.models import Claim, ClaimEvent  # noqa: PLC0415 - needs the settings

        was = {claim.pk: claim.revision for claim in self.claims}
        moved = [claim for claim in Claim.objects.filter(pk__in=was) if claim.revision != was[claim.pk]]
        events = Counter(ClaimEvent.objects.filter(subject__in=was, verb="return").values_list("subject", flat=True))
        for claim in moved:
            if claim.status != "returned" or events[claim.pk] != self.before(claim) + 1:
                raise Loss(f"claim {claim.pk} is {claim.status} with {events[claim.pk]} events")
        return moved

    def before(self, claim: Claim) -> int:
        """Return how many times the claim had been returned when the trial began."""
        return self.times[claim.pk]

    def take_back(self, batch: Any) -> None:
        """Put the claims back for the next trial."""
        from review.services.batches import undo_batch  # noqa: PLC0415 - needs the settings

        if undo_batch(batch, self.cast["secretary person"]) != self.number:
            raise Loss("a batch was not taken back whole")
        self.times.update(claim.pk for claim in self.claims)

    times: ClassVar[Counter[int]] = Counter()


class BatchByJob(Batch):
    """A secretary decides more claims than one press carries out: a job does it."""

    address, victim = "all=1", "worker"

    def act(self) -> bool:
        """Press, and wait until the job is done or its worker is dead."""
        answered = super().act()
        batch = self.batch()
        if batch is None:
            raise Loss("an answered batch is gone")
        wait_for(batch.job, self.site)
        return answered

    def check(self, *, answered: bool) -> None:
        """The job went on where it was."""
        revive(self.batch().job, self.site)
        super().check(answered=answered)


class ExportByJob(Trial):
    """The office takes a list away that is made by a job."""

    victim = "worker"

    def begin(self) -> None:
        """Open the list."""
        self.page = self.site.get(self.cast["office"], self.cast["list"])

    def act(self) -> bool:
        """Press, and wait until the job is done or its worker is dead."""
        from portal.models import Job  # noqa: PLC0415 - needs the settings

        known = set(Job.objects.values_list("pk", flat=True))
        answer = self.site.press(self.cast["office"], self.page, "/desk/claims/export/", {})
        if answer is None or answer.status_code != 302:
            raise Loss(f"an export was answered with {answer and answer.status_code}")
        self.job = Job.objects.exclude(pk__in=known).get(kind="desk_export")
        wait_for(self.job, self.site)
        return True

    def check(self, *, answered: bool) -> None:
        """The workbook is whole."""
        from openpyxl import load_workbook  # noqa: PLC0415 - with the settings, like all here

        from portal.files.storing import private_storage  # noqa: PLC0415 - needs the settings

        self.job.refresh_from_db()
        if self.job.state == "running" and self.job.result_id:
            raise Loss("a running export shows a result")
        revive(self.job, self.site)
        assert self.job.result is not None
        with private_storage().open(self.job.result.path) as file:
            sheet = load_workbook(io.BytesIO(file.read()), read_only=True).worksheets[0]
            rows = sum(1 for _row in sheet.iter_rows())
        if not answered or rows < self.cast["rows"]:
            raise Loss(f"an export holds {rows} rows of {self.cast['rows']}")


class Import(Trial):
    """An office records a workbook."""

    def begin(self) -> None:
        """Stage a workbook."""
        import datetime  # noqa: PLC0415 - only here

        from review.imports.sheet import newest_version, template_for  # noqa: PLC0415 - needs the settings
        from review.services.imports import stage_import  # noqa: PLC0415 - as above
        from tests.workbooks import workbook  # noqa: PLC0415 - as above

        category = self.cast["category"]
        version = newest_version(category)
        assert version is not None
        heading = sheet_heading(template_for(category, version.data))
        self.name = f"项目{random.getrandbits(40)}"
        rows = [self.line(heading, person) for person in self.cast["students"]]
        self.batch = stage_import(
            self.cast["unit person"],
            category,
            academic_year=self.cast["year"],
            published_on=datetime.date(2026, 1, 5),
            upload=workbook(category.name, heading, rows),
        )
        if self.batch.problems:
            raise Loss(f"the workbook is refused: {self.batch.problems[:2]}")
        self.page = self.site.get(self.cast["unit"], f"/office/imports/{self.batch.pk}/")

    def line(self, heading: list[str], person: Any) -> list[str]:
        """Return a student's row."""
        known = {"学号": person.number, "姓名": person.name, "具体内容": self.name, "认定积分": "0.5"}
        return [known.get(title.rstrip("*"), "") for title in heading]

    def act(self) -> bool:
        """Apply it."""
        action = f"/office/imports/{self.batch.pk}/apply/"
        answer = self.site.press(self.cast["unit"], self.page, action, {})
        if answer is not None and answer.status_code != 302:
            raise Loss(f"an import was answered with {answer.status_code}")
        return answer is not None

    def check(self, *, answered: bool) -> None:
        """All rows or none."""
        from credits.models import Claim  # noqa: PLC0415 - needs the settings

        self.batch.refresh_from_db()
        found = Claim.objects.filter(content=self.name).count()
        whole = RECORDS if self.batch.state == "applied" else 0
        if found != whole or (answered and not whole):
            raise Loss(f"an import is {self.batch.state} with {found} of {RECORDS} rows; answered: {answered}")


TRIALS = (Upload, Batch, BatchByJob, ExportByJob, Import)


def sheet_heading(template: bytes) -> list[str]:
    """Return the titles of a template's columns."""
    from openpyxl import load_workbook  # noqa: PLC0415 - with the settings, like all here

    sheet = load_workbook(io.BytesIO(template)).worksheets[0]
    return next(
        titles
        for row in sheet.iter_rows(values_only=True)
        if (titles := [str(cell or "") for cell in row])[0].startswith("学号")
    )


def wait_for(job: Job, site: Site) -> None:
    """Return when the job has ended or the worker is dead."""
    deadline = time.monotonic() + JOB_SECONDS
    worker = site.servers["worker"]
    while time.monotonic() < deadline:
        job.refresh_from_db()
        alive = worker.process is not None and worker.process.is_alive()
        if job.state in {"done", "failed", "cancelled"} or not alive:
            return
        time.sleep(0.01)
    raise Loss(f"job {job.pk} does not end")


def revive(job: Job, site: Site) -> None:
    """Let the new worker find what the killed one left, and wait until the job is done."""
    from datetime import timedelta  # noqa: PLC0415 - only here

    from django.db.models import F  # noqa: PLC0415 - needs the settings

    from portal.jobs.services import reap  # noqa: PLC0415 - as above
    from portal.models import Job as Jobs  # noqa: PLC0415 - as above

    job.refresh_from_db()
    if job.state in {"queued", "running"}:
        Jobs.objects.filter(pk=job.pk).update(heartbeat_at=F("heartbeat_at") - timedelta(seconds=DEAD))
        reap()
        wait_for(job, site)
    job.refresh_from_db()
    if job.state != "done":
        raise Loss(f"job {job.pk} ended as {job.state}: {job.error}")


def cast_of(claims: int) -> dict[str, Any]:
    """Return who does what on which rows."""
    from credits.models import Category, Claim  # noqa: PLC0415 - needs the settings
    from portal.enums import Role, Status  # noqa: PLC0415 - as above
    from portal.models import Appointment, Student  # noqa: PLC0415 - as above
    from tests.benchmarks.portal import Visitor  # noqa: PLC0415 - as above

    def appointed(role: Role, **facts: Any) -> Any:
        return Appointment.objects.filter(role=role, **facts).select_related("person").order_by("pk")[0]

    secretary, office, unit = (appointed(role) for role in (Role.SECRETARY, Role.OFFICE, Role.OWNER_UNIT))
    draft = Claim.objects.filter(status=Status.DRAFT, round__isnull=False).order_by("pk")[0]
    # Whatever the demo has decided already waits at the college again: the trials need a long queue.
    category = Category.objects.get(scheme__code=unit.scheme_code, code=unit.category_code)
    recorded = Claim.objects.filter(category=category)[0]
    students = Student.objects.filter(college_id=draft.college_id, on_roll=True).select_related("person")
    people = {"secretary": secretary, "office": office, "unit": unit}
    return {
        **{name: Visitor(held.person) for name, held in people.items()},
        **{f"{name} person": held.person for name, held in people.items()},
        "student": Visitor(draft.student.person),
        "draft": draft,
        "category": category,
        "year": recorded.academic_year,
        "students": [student.person for student in students.order_by("pk")[:RECORDS]],
        "list": "/desk/claims/?show=all",
        "rows": min(claims, Claim.objects.visible_to(office.person).count()) // 2,
    }


def check_files() -> int:
    """Raise Loss when a row has no file or another one; return how many were looked at."""
    from portal.files.storing import private_storage  # noqa: PLC0415 - needs the settings
    from portal.models import StoredFile  # noqa: PLC0415 - as above

    storage, looked = private_storage(), 0
    for row in StoredFile.objects.all():
        if not storage.exists(row.path):
            raise Loss(f"file {row.pk} is missing")
        with storage.open(row.path) as file:
            if hashlib.sha256(file.read()).hexdigest() != row.sha256:
                raise Loss(f"file {row.pk} is not what was stored")
        looked += 1
    return looked


def run_trials(kills: int, claims: int, seed: int) -> None:
    """Do everything once undisturbed, then with kills, and print what was seen."""
    from django.core.management import call_command  # noqa: PLC0415 - needs the settings

    chance = random.Random(seed)
    site = Site()
    for name in site.servers:
        site.start(name)
    try:
        cast = cast_of(claims)
        trials = [kind(site, cast) for kind in TRIALS]
        for trial in trials:
            trial.run(None)
        answered = Counter[str]()
        for number in range(kills):
            trial = trials[number % len(trials)]
            name = type(trial).__name__
            answered[name] += trial.run(chance.uniform(0, LATEST * trial.seconds))
            print(f"\r{number + 1} of {kills}", end="", flush=True)
    finally:
        site.stop()
    print(f"\n{kills} kills (seed {seed}): nothing lost, nothing half.")
    print("| trial | undisturbed | kills | answered all the same |\n|---|---|---|---|")
    for number, trial in enumerate(trials):
        name = type(trial).__name__
        print(f"| {name} | {trial.seconds:.2f} s | {len(range(number, kills, len(trials)))} | {answered[name]} |")
    print(f"{check_files():,} files, each as it was stored")
    call_command("check_ledger")


def main() -> None:
    """Make the data, kill, print."""
    parser = argparse.ArgumentParser(prog="./run bench kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--claims", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        import django  # noqa: PLC0415 - the environment was made ready by who started this

        django.setup()
        try:
            run_trials(asked.kills, asked.claims, asked.seed)
        except Loss as loss:
            sys.exit(f"\nLOST: {loss} (seed {asked.seed})")
        return
    prepare()
    name = make_database(asked.claims, students=400, colleges=2, files=10)
    # Everything below speaks to that database from its first connection on, children included.
    command = [sys.executable, "-m", "tests.benchmarks.kills", "--inside"]
    command += [f"--kills={asked.kills}", f"--claims={asked.claims}", f"--seed={asked.seed}"]
    sys.exit(subprocess.run(command, env={**os.environ, "DATABASE_URL": address(name)}, check=False).returncode)


if __name__ == "__main__":
    main()
