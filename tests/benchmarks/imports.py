"""F6: an import of 10,000 rows, preview and commit, against a bare read and bulk insert of the same rows.

./run bench imports [--rows N]
"""

import argparse
import io
import os
import time
from contextlib import contextmanager
from datetime import timedelta

os.environ.setdefault("PORTAL_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from python_calamine import load_workbook  # noqa: E402

from credits.models import Claim, ClaimEvent, LedgerEntry, Lot  # noqa: E402
from portal.enums import Role, Status  # noqa: E402
from portal.models import Person, Student  # noqa: E402
from portal.trail import draft_event  # noqa: E402
from review.services.imports import apply_import, roll_back_import, stage_import  # noqa: E402
from tests.builders import cover, get_category, get_version, make_class, make_staff  # noqa: E402
from tests.workbooks import workbook  # noqa: E402

HEADING = ("学号*", "姓名*", "具体内容*", "项目级别", "结题结果", "角色", "认定积分")


@contextmanager
def measured(name, found):
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    found[name] = (time.perf_counter() - wall, time.process_time() - cpu)
    print(f"{name:<28} {found[name][0]:7.2f} s  ({found[name][1]:.2f} s CPU of this process)")


def make_roll(count):
    """Put students on the roll in two statements."""
    group = make_class()
    people = Person.objects.bulk_create(
        Person(number=f"{1120220000 + place}", name=f"学生{place}", password="!") for place in range(count)
    )
    today = timezone.localdate()
    Student.objects.bulk_create(
        Student(
            person=person,
            college=group.major.college,
            major=group.major,
            class_group=group,
            cohort=group.cohort,
            entered_on=today - timedelta(days=400),
            leaves_on=today + timedelta(days=800),
        )
        for person in people
    )
    cover(get_version().scheme, group.major.college)


def bare(content, version, category, office):
    """Read the sheet and insert claims, lots, entries and events, comparing and checking nothing."""
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_name("大创项目").to_python()[1:]
    students = {s.person.number: s for s in Student.objects.select_related("person")}
    with transaction.atomic():
        claims = Claim.objects.bulk_create(
            Claim(
                scheme=version.scheme,
                scheme_version=version,
                category=category,
                channel="office",
                academic_year="2024-2025",
                student=students[row[0]],
                college_id=students[row[0]].college_id,
                cohort=students[row[0]].cohort,
                content=row[2],
                claimed_points="0.5",
                recognised_points="0.5",
                status=Status.RECOGNISED,
            )
            for row in rows
        )
        lots = Lot.objects.bulk_create(
            Lot(claim=c, scheme_id=c.scheme_id, student_id=c.student_id, category_id=c.category_id, recognised="0.5")
            for c in claims
        )
        LedgerEntry.objects.bulk_create(
            LedgerEntry(lot=lot, kind="award", points="0.5", key=f"award:{lot.claim_id}", actor=office) for lot in lots
        )
        ClaimEvent.objects.bulk_create(draft_event(ClaimEvent, "record", office, subject=c) for c in claims)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    call_command("migrate", verbosity=0)
    version, category = get_version(), get_category("innovation")
    office = make_staff(Role.OFFICE)
    make_roll(min(rows, 4000))
    lines = [
        (f"{1120220000 + n % 4000}", f"学生{n % 4000}", f"项目 {n}", "校级", "合格", "负责人", "") for n in range(rows)
    ]
    upload = workbook("大创项目", HEADING, lines)
    print(f"{connection.vendor}, {rows} rows, {upload.size // 1024} KiB")
    found = {}
    with measured("bare read and insert", found):
        bare(upload.read(), version, category, office)
    upload.seek(0)
    with measured("preview", found):
        batch = stage_import(
            office, category, academic_year="2025-2026", published_on=timezone.localdate(), upload=upload
        )
    assert not batch.problems, batch.problems[:3]
    with measured("commit", found):
        assert apply_import(batch, office)
    with measured("roll back", found):
        roll_back_import(batch, office, reason="测量")
    ratio = (found["preview"][0] + found["commit"][0]) / found["bare read and insert"][0]
    print(f"preview and commit against bare: {ratio:.2f} (bar: 3)")


if __name__ == "__main__":
    main()
