"""A small portal with somebody in every role and something in every state; made once per module.

A module imports the fixture ``db``; its tests ask for ``world``. Each works in a savepoint of its own (``apart``), so
that hundreds of requests start from the same rows without building them again.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from conversion.services.applications import Wish, start_application, submit_application, withdraw_application
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from conversion.services.forms import file_form
from credits.models import Evidence
from credits.services.claims import detach_evidence, discard_claim
from credits.services.decisions import Record, record_claim
from portal.enums import NoticeKind, Role, Status
from portal.files import FilePolicy, store_upload
from portal.jobs import enqueue
from portal.models import Appointment, Job, JobState, Notice
from review.desk.batches import Wanted
from review.models import DecisionBatch, SavedView
from review.services.batches import carry_out
from review.services.imports import apply_import, stage_import
from tests.builders import (
    OTHER_COLLEGE,
    YEAR,
    cover,
    fresh,
    get_category,
    get_version,
    jpeg,
    make_claim,
    make_college,
    make_course,
    make_offering,
    make_pages,
    make_person,
    make_round,
    make_staff,
    make_student,
    make_term,
)
from tests.journeys.committee import committee
from tests.journeys.duplicates import duplicates
from tests.journeys.experts import experts
from tests.journeys.offsets import offsets
from tests.journeys.organisation import organisation
from tests.journeys.portals import built
from tests.journeys.powers import powers
from tests.journeys.publicity import publicity
from tests.journeys.records import records
from tests.journeys.regulation import regulation
from tests.journeys.second import second
from tests.journeys.sheets import sheets
from tests.workbooks import workbook

RECORDS = ("学号*", "姓名*", "学院", "具体内容*", "项目级别", "结题结果", "角色", "认定积分", "说明")
BATCH_NUMBER = "0b0a7c9e-5d3f-4f0e-9a53-2f6f3f0c1d11"
S = Status


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """Open the portal, and throw away in the end what was done to it.

    Takes the place of the plug-in's fixture, which ends its transaction with every test.
    """
    with django_db_blocker.unblock(), built("world", build) as world:
        yield world


def build():
    """Return the people and the things by name."""
    world = SimpleNamespace(version=get_version(), things={}, people={})
    people(world)
    world.round = make_round(world.version, name="本学年认定")
    claims(world)
    conversions(world)
    office(world)
    second(world)
    experts(world)
    committee(world)
    publicity(world)
    offsets(world)
    regulation(world)
    duplicates(world)
    records(world)
    sheets(world)
    powers(world)
    organisation(world)
    own(world)
    world.people = {role: person and fresh(person) for role, person in world.people.items()}
    return world


def people(world):
    """Appoint everybody; the owner's college is the first one."""
    first, second = make_college(), make_college(*OTHER_COLLEGE)
    for college in (first, second):
        cover(world.version.scheme, college)
    world.owner, world.classmate = make_student("李明"), make_student("王强")
    administrator = make_person(name="管理员", is_superuser=True, is_staff=True)
    Appointment.objects.create(person=administrator, role=Role.ADMINISTRATOR, starts_on=datetime.date(2020, 1, 1))
    scheme = {"scheme": world.version.scheme.code}
    world.people = {
        "anonymous": None,
        "owner": world.owner.person,
        "classmate": world.classmate.person,
        "secretary": make_staff(Role.SECRETARY, college=first),
        "stranger": make_staff(Role.SECRETARY, college=second),
        "counsellor": make_staff(Role.COUNSELLOR, college=first),
        "unit": make_staff(Role.OWNER_UNIT, category="innovation", **scheme),
        "other_unit": make_staff(Role.OWNER_UNIT, category="exchange", **scheme),
        "office": make_staff(Role.OFFICE, **scheme),
        "committee": make_staff(Role.COMMITTEE, **scheme),
        "auditor": make_staff(Role.AUDITOR, **scheme),
        "administrator": administrator,
        "expert": make_staff(Role.EXPERT, **scheme),
    }


def claims(world):
    """Bring the owner's claims into every state, and one of the classmate's."""
    roles = {role: world.people[role] for role in ("secretary", "office")}
    common = {"student": world.owner, "round_": world.round, **roles}
    wanted = {
        "draft": (S.DRAFT, {"evidence": [(jpeg("draft.jpg"), "certificate")]}),
        "pending": (S.IN_REVIEW, {}),
        "second": (S.IN_REVIEW, {"stage": "office"}),
        "returned": (S.RETURNED, {}),
        "refused": (S.REFUSED, {}),
        "withdrawn": (S.WITHDRAWN, {}),
        "recognised": (S.RECOGNISED, {}),
        "revoked": (S.REVOKED, {}),
    }
    for name, (status, facts) in wanted.items():
        world.things[name] = make_claim(status, **common, **facts)
    world.things["put_away"] = put_away(make_claim(student=world.owner, round_=world.round), world.owner)
    decided, secretary = make_claim(S.IN_REVIEW, **common), world.people["secretary"]
    done = carry_out(secretary, "approve", [Wanted(decided.pk, decided.revision)])
    world.things["saved_view"] = SavedView.objects.create(person=secretary, name="常用", query="show=all")
    DecisionBatch.objects.filter(number=done).update(number=BATCH_NUMBER)
    world.things["foreign"] = make_claim(S.IN_REVIEW, **{**common, "student": world.classmate})
    for name in ("draft", "pending"):
        world.things[f"{name}_evidence"] = evidence = world.things[name].evidence.get()
        world.things[f"{name}_page"] = make_pages(evidence.file, "获奖证书")[0]
    world.things["removed_evidence"] = removed(world)


def put_away(claim, student):
    """Discard a draft that nobody was ever shown."""
    return discard_claim(claim, fresh(student.person), revision=claim.revision)


def removed(world):
    """Take a second file off the draft again."""
    draft, actor = world.things["draft"], fresh(world.owner.person)
    file = store_upload(jpeg("second.jpg", colour=(9, 90, 9)), actor=actor, policy=policy(world))
    evidence = Evidence.objects.create(claim=draft, file=file, position=9)
    detach_evidence(evidence, actor)
    draft.refresh_from_db()
    return evidence


def policy(world):
    """Return which files the scheme takes."""
    limits = world.version.data.limits
    return FilePolicy(limits.file_types, limits.file_bytes)


def lot(world, points="3"):
    """Record something of the owner's in the unit's category."""
    category = get_category("innovation")
    record = Record(world.owner, category, YEAR, f"校级项目 {points}", Decimal(points))
    return record_claim(record, world.version, world.people["office"]).lot


def apply_for(world, name, *, submit=True):
    """Apply for a course of its own with a lot of its own."""
    offering = make_offering(make_course(f"C-{name}"[:16]))
    found = lot(world)
    actor = fresh(world.owner.person)
    wish = Wish("13800000000", "li@example.org", "已完成项目，申请转换。", {found.pk: found.recognised})
    row = start_application(offering, actor, wish)
    if submit:
        submit_application(row, actor, revision=row.revision)
    world.things[name] = row
    return row


def conversions(world):
    """Bring the owner's applications into every state; one printed form is filed, one is not."""
    secretary = world.people["secretary"]
    world.things["recorded"] = lot(world, "4").claim
    world.things["offering"] = make_offering(make_course("C-open"))
    apply_for(world, "app_draft", submit=False)
    apply_for(world, "app_pending")
    row = apply_for(world, "app_put_away", submit=False)
    withdraw_application(row, fresh(world.owner.person), revision=row.revision)
    return_application(apply_for(world, "app_returned"), secretary, reason="请补充理由。", revision=None)
    refuse_application(apply_for(world, "app_refused"), secretary, reason="材料不实。", revision=None)
    approve_application(apply_for(world, "app_revoked"), secretary, revision=None)
    revoke_application(world.things["app_revoked"], world.people["office"], reason="材料不实。", revision=None)
    approve_application(apply_for(world, "app_approved"), secretary, revision=None)
    approve_application(apply_for(world, "app_filed"), secretary, revision=None)
    world.things["form"] = world.things["app_approved"].forms.get()
    world.things["filed"] = world.things["app_filed"].forms.get()
    file_form(world.things["filed"], secretary, shelf="A-1")


def office(world):
    """Add what the office keeps: a hidden round, a course, batches in three states."""
    unit = world.people["unit"]
    world.things["hidden"] = make_round(world.version, name="下学年认定", is_published=False)
    world.things["shown"] = make_round(world.version, name="已发布的活动")
    world.things["course"] = make_course("C-course")
    world.things["category"] = get_category("innovation")
    world.things["next_term"] = make_term("2027-2028-1")
    for name in ("staged", "applied"):
        sheet = [(world.owner.person.number, world.owner.person.name, "", f"导入 {name}", "", "", "", "0.5", "")]
        world.things[name] = stage_import(
            unit,
            get_category("innovation"),
            academic_year=YEAR,
            published_on=timezone.localdate() - datetime.timedelta(days=1),
            upload=workbook(get_category("innovation").name, RECORDS, sheet),
        )
    assert apply_import(world.things["applied"], unit)


def own(world):
    """Give the secretary jobs in three states, and the owner a notice."""
    secretary = world.people["secretary"]
    for name, state in (("queued", JobState.QUEUED), ("failed", JobState.FAILED), ("done", JobState.DONE)):
        job = enqueue("desk_export", secretary, what="claims", query="")
        Job.objects.filter(pk=job.pk).update(state=state)
        world.things[name] = job
    result = store_upload(jpeg("result.jpg"), actor=secretary, policy=policy(world))
    Job.objects.filter(pk=world.things["done"].pk).update(result=result)
    world.things["notice"] = Notice.objects.create(
        person=world.owner.person, kind=NoticeKind.INFORMATION, title="请注意", path="/claims/"
    )
