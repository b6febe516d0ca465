"""X9: a draft run over the claims of past rounds: time, memory, and the pages that show what came of it.

./run bench replays [--claims N]
"""

import argparse
import os
import resource
import time

os.environ.setdefault("PORTAL_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from credits.models import Claim  # noqa: E402
from credits.services.drafts import start_draft  # noqa: E402
from credits.services.replays import job_of, run_replay, start_replay  # noqa: E402
from portal.enums import Role, Status  # noqa: E402
from portal.jobs import RunningJob  # noqa: E402
from portal.models import JobState  # noqa: E402
from tests.builders import (  # noqa: E402
    FACTS,
    get_category,
    get_version,
    make_college,
    make_round,
    make_staff,
    make_student,
)

LEVELS, AWARDS = ("国家级", "省部级", "校级"), ("一等奖", "二等奖", "三等奖")
CHANGE = ('["国家级", "一等奖", 4]', '["国家级", "一等奖", 4.5]')


def make_claims(count):
    """Put claims of all levels and awards into one round that is over; nobody decided them."""
    version, category = get_version(), get_category()
    round_ = make_round(version, opens=-60, closes=-30)
    students = [make_student(college=make_college(f"c{n}", f"学院 {n}")) for n in range(40)]
    facts = [{**FACTS, "level": level, "award": award} for level in LEVELS for award in AWARDS]
    Claim.objects.bulk_create(
        (
            Claim(
                scheme=version.scheme,
                scheme_version=version,
                category=category,
                round=round_,
                academic_year=round_.academic_year,
                student=students[n % len(students)],
                college_id=students[n % len(students)].college_id,
                cohort=students[n % len(students)].cohort,
                content=f"竞赛 {n}",
                facts=facts[n % len(facts)],
                claimed_points="2",
                recognised_points="2",
                status=Status.RECOGNISED,
            )
            for n in range(count)
        ),
        batch_size=2000,
    )
    return round_


def timed(name, run):
    wall, cpu = time.perf_counter(), time.process_time()
    answer = run()
    print(f"{name:<28} {time.perf_counter() - wall:7.3f} s  ({time.process_time() - cpu:.3f} s CPU of this process)")
    return answer


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    count = parser.parse_args().claims
    call_command("migrate", verbosity=0)
    office, round_ = make_staff(Role.OFFICE), make_claims(count)
    source = get_version().source.replace(*CHANGE)
    draft = start_draft(get_version().scheme, office, source=source, label="2027")
    replay = start_replay(draft, office, [round_])
    job = job_of(replay)
    job.state, job.attempts = JobState.RUNNING, 1
    job.save()
    before = peak()
    print(f"{connection.vendor}, {count} claims, {before} MiB before")
    timed("replay", lambda: run_replay(RunningJob(job), replay.pk))
    print(f"{'memory':<28} {peak() - before:7d} MiB more at its peak")
    replay.refresh_from_db()
    print(replay.summary["all"])
    client = Client()
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    pages = {
        "result page": reverse("review:replay", args=[replay.pk]),
        "draft's text": reverse("review:draft", args=[draft.pk]),
        "draft's difference": reverse("review:draft_difference", args=[draft.pk]),
        "service page": reverse("credits:service", args=["bit"]),
    }
    for name, path in pages.items():
        client.get(path)
        answer = timed(name, lambda path=path: client.get(path))
        print(f"{'':<28} {len(answer.content) // 1024:7d} KiB")


if __name__ == "__main__":
    main()
