"""Runs the machine of the second scheme, and proves that it finds what it is there to find: planted bugs."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import Phase

import conversion.services.applications as offset_applications
import conversion.services.decisions as offset_decisions
import credits.services.decisions as claim_decisions
import review.publicity.jobs as publicity_jobs
from conversion.models import Application, Course, PlanCourse
from conversion.services.allowances import grow_allowance, lock_allowance
from conversion.services.applications import Wish, start_application, submit_application
from conversion.services.decisions import approve_application
from credits.enums import EntryKind
from credits.models import Lot
from credits.services import counting, judging, ledger, moving, sanctions, undoing
from portal import workflow
from portal.enums import Role, Status
from portal.files import FilePolicy, store_upload
from portal.points import LIMIT, ZERO
from portal.verdict import Verdict
from review.services import notices, objections
from review.services.objections import object_to
from tests.builders import OTHER_COLLEGE, fresh, get_version, make_college, make_offering, pdf
from tests.experts import assigned, give, make_experts
from tests.journeys.credits_machine import play
from tests.journeys.machine import run_machine, size
from tests.journeys.portals import apart
from tests.publicity import end_period, issue, make_draft, publish, run_jobs
from tests.whu import PAPER, together, whu_category, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.long
EXAMPLES, STEPS = size("40x30")
LONG = 3650  # days: the fake clock never leaves the round


def paper(number, team=1):
    facts = together(team) if team > 1 else PAPER
    return {"facts": {**facts, "title": f"论文 {number}", "doi": f"10.1016/{number}"}, "content": f"论文 {number}"}


def make_world():
    """Bring a few results half-way, so that a run soon gets to what matters.

    Two are effective, three in a list (one of them disputed), one waits for its last expert, a team for its college,
    one offset for a list and one for the college.
    """
    students = [whu_student("林一鸣"), whu_student("陈思远")]
    office, secretary = whu_staff(Role.OFFICE), whu_staff(Role.SECRETARY)
    round_, experts = whu_round(closes=LONG), make_experts(3)
    common = {"round_": round_, "office": office}
    for number, score in ((1, "6.5"), (2, "7")):
        whu_claim("publicity", student=students[0], score=score, **paper(number), **common)
    done = publish(make_draft(office=office), office)
    issue(end_period(done), office)
    run_jobs()
    higher = whu_claim("publicity", student=students[0], score="8", **paper(1), **common)
    other = whu_claim("publicity", student=students[1], score="7", **paper(3), **common)
    doubted = whu_claim("publicity", student=students[1], score="6.5", **paper(6), **common)
    shown = publish(make_draft(office=office), office)
    object_to(shown.entries.get(claim=doubted), secretary, reason="署名有误")
    nearly = whu_claim("experts", student=students[1], **paper(4), **common)
    for task in assigned(nearly, experts, office=office)[:2]:
        give(task, "7")
    team = whu_claim("college", student=students[1], mates=[(2, students[0])], **paper(5, team=2), **common)
    version = get_version("whu")
    offerings = [make_course(version, students[0], number, worth) for number, worth in enumerate((4, 5, 3))]
    offset(students[0], offerings[0], secretary, office)
    offset(students[0], offerings[1])
    limits = version.data.limits
    return SimpleNamespace(
        now=timezone.now(),
        scheme=version.scheme,
        students={one.pk: fresh(one.person) for one in students},
        secretary=secretary,
        stranger=whu_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE)),
        office=office,
        committee=whu_staff(Role.COMMITTEE),
        experts=experts,
        round=round_,
        category=whu_category("paper"),
        items=["paper", "index", "zone"],
        offerings=offerings,
        turns={row.pk: 1 for row in (higher, other, doubted, nearly, team)},
        file=store_upload(pdf(), actor=office, policy=FilePolicy(limits.file_types, limits.file_bytes)),
    )


def make_course(version, student, number, worth):
    facts = {"scheme": version.scheme, "code": f"G{number}", "name": f"通识课 {number}", "credits": Decimal(worth)}
    course = Course.objects.create(**facts)
    PlanCourse.objects.create(
        scheme=version.scheme, major=student.major, cohort=student.cohort, course=course, kind="elective"
    )
    return make_offering(course, closes=LONG)


def offset(student, offering, *reviewers):
    """Let the student apply for a course with the first free points, and as many reviewers approve as are given."""
    actor, uses, left = fresh(student.person), {}, offering.course.credits
    for lot in Lot.objects.filter(student=student).order_by("pk"):
        if part := min(left, lot.usable):
            uses[lot.pk] = part
            left -= part
    row = start_application(offering, actor, Wish("13800000000", "lin@example.org", "成果与课程目标一致", uses))
    submit_application(row, actor, revision=row.revision)
    for reviewer in reviewers:
        approve_application(row, reviewer, revision=None)


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """Make the world once for all tests here, in place of the plug-in's fixture; every run forgets what it did."""
    with django_db_blocker.unblock(), apart():
        yield make_world()


@pytest.fixture
def world(db):
    return db


def test_credits_survive_whatever_people_do(world):
    run_machine(lambda data: play(world, data, STEPS), max_examples=EXAMPLES)


def award_at_recognition(monkeypatch):
    original = judging.conclude

    def conclude(row, step, actor):
        original(row, step, actor)
        ledger.award(row, row.recognised_points, actor)

    monkeypatch.setattr(judging, "conclude", conclude)


def effect_awards_twice(monkeypatch):
    original = judging.count

    def count(row, points, actor):
        added = original(row, points, actor)
        if added:
            ledger.book(row.lot, EntryKind.TOP_UP, added, actor, key=f"again:{row.pk}")
        return added

    monkeypatch.setattr(judging, "count", count)


def effect_forgets_open_objections(monkeypatch):
    original = publicity_jobs.make_effective

    def make_effective(notice, job):
        notice.list.entries.filter(state="held").update(state="listed")
        return original(notice, job)

    monkeypatch.setattr(publicity_jobs, "make_effective", make_effective)


def effect_without_a_list(monkeypatch):
    original = judging.conclude

    def conclude(row, step, actor):
        original(row, step, actor)
        workflow.close(row, Status.RECOGNISED)
        counting.count(row, row.recognised_points, actor)

    monkeypatch.setattr(judging, "conclude", conclude)


def every_award_of_a_project_counts(monkeypatch):
    monkeypatch.setattr(counting, "highest_only", lambda _claim: False)


def strike_leaves_the_line(monkeypatch):
    monkeypatch.setattr(objections, "_settle", lambda _entry: [])


def correction_keeps_the_points(monkeypatch):
    original = judging.decide
    keep = lambda row, score, **more: None if row.status == Status.PUBLICITY else original(row, score, **more)  # noqa: E731 - one line
    monkeypatch.setattr(judging, "decide", keep)


def objection_after_the_period(monkeypatch):
    monkeypatch.setattr(objections, "can_object", lambda *_args: Verdict.yes(Role.STUDENT))


def notice_before_the_end(monkeypatch):
    monkeypatch.setattr(notices, "can_issue", lambda *_args: Verdict.yes(Role.OFFICE))


def second_decision_passes(monkeypatch):
    original = workflow.transition

    def forgetful(subject, verb, actor, *, may, revision=None, reason=""):
        return original(subject, verb, actor, may=may, revision=None, reason=reason)

    monkeypatch.setattr(moving, "transition", forgetful)


def revoking_keeps_the_points(monkeypatch):
    monkeypatch.setattr(claim_decisions, "revoke", lambda *_args: None)


def fraud_keeps_what_is_free(monkeypatch):
    monkeypatch.setattr(sanctions, "cancel", lambda *_args: ZERO)


def restoring_awards_again(monkeypatch):
    original = sanctions._give_back  # noqa: SLF001 - the bug is planted there

    def give_back(row, actor):
        counted = original(row, actor)
        lot = Lot.objects.get(claim=row)
        ledger.book(lot, EntryKind.TOP_UP, row.recognised_points, actor, key=f"again:{row.pk}")
        return counted

    monkeypatch.setattr(sanctions, "_give_back", give_back)


def cap_ignores_what_is_pending(monkeypatch):
    def take(row):
        done = Application.objects.filter(student=row.student, status=Status.RECOGNISED)
        assert sum(one.offset_credits for one in done) + row.course.credits <= 10
        grow_allowance(lock_allowance(row), row.course.credits, cap=LIMIT)
        row.offset_credits = row.course.credits

    monkeypatch.setattr(offset_applications, "take_allowance", take)


def returned_offset_keeps_its_points(monkeypatch):
    monkeypatch.setattr(offset_decisions, "release", lambda *_args: None)


def mates_are_left_behind(monkeypatch):
    monkeypatch.setattr(moving, "may_lead", lambda _claim: False)


def undoing_leaves_the_mates(monkeypatch):
    monkeypatch.setattr(undoing, "may_lead", lambda _claim: False)


def no_event(monkeypatch):
    original = workflow.write_event

    def forget(model, verb, *args, **kwargs):
        return None if verb == "effect" else original(model, verb, *args, **kwargs)

    monkeypatch.setattr(workflow, "write_event", forget)


# Each bug, and the acts that lead to it: they come up more often, so that it is found within seconds.
BUGS = [
    (award_at_recognition, "score confirm"),
    (effect_awards_twice, "time_passes issue effect"),
    (effect_forgets_open_objections, "time_passes issue effect"),
    (effect_without_a_list, "score confirm"),
    (every_award_of_a_project_counts, "time_passes issue effect"),
    (strike_leaves_the_line, "object decide"),
    (correction_keeps_the_points, "object decide"),
    (objection_after_the_period, "time_passes object"),
    (notice_before_the_end, "issue_early"),
    (second_decision_passes, "submit endorse send_back confirm"),
    (revoking_keeps_the_points, "revoke"),
    (fraud_keeps_what_is_free, "sanction"),
    (restoring_awards_again, "sanction appeal answer_appeal"),
    (cap_ignores_what_is_pending, "apply hand_in"),
    (returned_offset_keeps_its_points, "judge"),
    (mates_are_left_behind, "endorse"),
    (undoing_leaves_the_mates, "endorse regret"),
    (no_event, "time_passes issue effect"),
]


@pytest.mark.parametrize(("bug", "often"), BUGS, ids=[bug.__name__ for bug, _often in BUGS])
def test_planted_bug_is_found(world, monkeypatch, bug, often):
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        run_machine(
            lambda data: play(world, data, STEPS, often.split()),
            max_examples=40,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            derandomize=True,
        )
