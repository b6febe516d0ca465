"""The second scheme's whole way in real Chromium: a team claims from the library, and points offset a course.

Claim → mates → college → collation → three experts → committee → publicity with an objection → notice → effect →
offset → publicity → notice → record. Every page on the way is accessible, fits its screen, leaves the console empty.
"""

import shutil
import subprocess
from types import SimpleNamespace

import pytest

from conversion.integrity import differences
from conversion.models import Application, Course, PlanCourse
from credits.models import Claim
from portal.enums import Role, Status
from portal.pinyin import initials
from review.models import PublicityList
from tests.browser import whu_steps as steps
from tests.browser.whu_steps import CONTEST, NUMBER, OFFSET_NUMBER, Stage
from tests.builders import get_version, jpeg, make_offering, move_deadline
from tests.experts import make_expert
from tests.publicity import end_period, run_jobs
from tests.whu import SCHEME, make_entry, whu_round, whu_staff, whu_student

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed"),
    pytest.mark.expects_browser_errors("422"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
COURSE = "数学建模选讲"
LIST, OFFSET_LIST = "2024 年秋季创新学分认定结果公示", "2026 年秋季创新学分冲抵结果公示"


@pytest.fixture
def cast():
    """Return everybody who has a part, a round that is open, the library's entry and a course of the plan."""
    lead = whu_student("林一鸣", number="2022302130001")
    mates = [whu_student(name, number=f"202230213000{n}") for n, name in enumerate(("陈思远", "周子衿"), start=2)]
    return SimpleNamespace(
        lead=lead,
        mates=mates,
        people=[lead.person, *(mate.person for mate in mates)],
        round=whu_round(name="2024 年秋季创新学分认定", staff_closes=30),
        entry=make_entry(CONTEST, organiser="中国工业与应用数学学会", initials=initials(CONTEST)),
        course=planned(lead, COURSE),
        secretary=whu_staff(Role.SECRETARY, name="何丽华"),
        office=whu_staff(Role.OFFICE, name="梁志远"),
        experts=[make_expert(name) for name in ("周教授", "吴教授", "郑教授")],
        members=[whu_staff(Role.COMMITTEE, name=name) for name in ("孙委员", "钱委员", "李委员")],
        objector=whu_student("吴亦凡").person,
    )


def planned(student, name):
    """Offer a course of two credits that stands in the student's plan."""
    scheme = get_version(SCHEME).scheme
    course = Course.objects.create(scheme=scheme, code="G101", name=name, credits=2)
    PlanCourse.objects.create(scheme=scheme, major=student.major, cohort=student.cohort, course=course, kind="elective")
    return make_offering(course)


@pytest.fixture
def stage(page, live_server, sign_in_browser, check_accessible):
    """Give the browser with its check: no sideways scroll, nothing that axe finds."""

    def check():
        page.wait_for_load_state("networkidle")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
        check_accessible(page)

    return Stage(page, live_server.url, sign_in_browser, check)


@pytest.fixture
def certificate(tmp_path):
    path = tmp_path / "获奖证书.jpg"
    path.write_bytes(jpeg().read())
    return path


def files(stage, cast, certificate):
    """Let the lead file the claim with its team; return it."""
    steps.lead_signs_in(stage, cast.lead)
    steps.lead_picks_from_the_library(stage, cast.entry)
    steps.lead_fills_in(stage, certificate)
    steps.lead_names_the_mates(stage, cast.mates)
    steps.lead_submits(stage)
    return Claim.objects.get(student=cast.lead)


def is_reviewed(stage, cast):
    """Bring the claim from the college to the committee's decision; return the minutes."""
    steps.college_gives_its_opinion(stage, cast.secretary)
    move_deadline(cast.round, days=-1)
    steps.college_delivers(stage, cast.secretary)
    steps.office_collates(stage, cast.office)
    steps.office_assigns(stage, cast.office, cast.experts)
    for expert, score in zip(cast.experts, ("6", "6.5", "7"), strict=True):
        steps.expert_scores(stage, expert, score, [one.name for one in cast.experts if one != expert])
    steps.office_calls_a_meeting(stage, cast.office, cast.members)
    for member, ballot in zip(cast.members, ("同意", "同意", "不同意"), strict=True):
        steps.member_votes(stage, member, ballot)
    return steps.office_enters_the_decision(stage, cast.office)


def is_publicised(stage, cast, certificate):
    """Bring the result from the list through an objection to the notice, and put it into effect; return the notice."""
    steps.office_publicises(stage, cast.office, LIST, lines=3)
    steps.visitor_reads(stage, LIST, cast.people, score="2.17")
    steps.somebody_objects(stage, cast.objector, LIST, position=1, picture=certificate)
    steps.office_rejects_the_objection(stage, cast.office, cast.objector)
    steps.objector_reads_the_answer(stage, cast.objector)
    end_period(PublicityList.objects.get())
    steps.visitor_finds_nothing_more(stage, PublicityList.objects.get(), cast.people)
    steps.office_issues_the_notice(stage, cast.office, LIST, NUMBER, lines=3)
    assert not Claim.objects.counting().exists()
    run_jobs()
    return steps.office_prints_the_notice(stage, cast.office, LIST)


def offsets(stage, cast):
    """Let a part of the record stand for a course; return the printed form."""
    student = cast.lead.person
    steps.student_offsets(stage, student, COURSE)
    steps.reviewer_passes_the_offset(stage, cast.secretary, "同意冲抵。")
    steps.reviewer_passes_the_offset(stage, cast.office, "复核无误。")
    steps.office_publicises(stage, cast.office, OFFSET_LIST, lines=1)
    steps.visitor_reads(stage, OFFSET_LIST, [student], score="2.0")
    end_period(PublicityList.objects.get(title=OFFSET_LIST))
    steps.office_issues_the_notice(stage, cast.office, OFFSET_LIST, OFFSET_NUMBER, lines=1)
    run_jobs()
    return steps.student_reads_the_offset(stage, student)


def read(paper):
    """Return the words of a document without the gaps between them."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def states():
    """Return where each of the team's claims stands and what it is worth."""
    return [(row.status, row.stage, row.recognised_points) for row in Claim.objects.order_by("pk")]


def test_a_team_files_and_confirms_on_a_phone(page, stage, cast, certificate):
    page.set_viewport_size(PHONE)
    claim = files(stage, cast, certificate)
    for mate in cast.mates:
        steps.mate_confirms(stage, mate)
    assert states() == [(Status.IN_REVIEW, "college", None)] * 3
    assert claim.library_entry == cast.entry


def test_from_the_team_sheet_to_the_offset_on_record(page, stage, cast, certificate):
    files(stage, cast, certificate)
    steps.mate_confirms(stage, cast.mates[0])
    page.set_viewport_size(PHONE)
    steps.mate_confirms(stage, cast.mates[1])
    page.set_viewport_size(DESK)

    minutes = read(is_reviewed(stage, cast))
    for wanted in ("评审委员会会议纪要", "林一鸣", "同意2", "不同意1", "6.5", "孙委员"):
        assert wanted in minutes, wanted
    # 6.5 in three parts: the cents that are left over go to the first ranks.
    assert [(status, str(points)) for status, _stage, points in states()] == [
        *((Status.PUBLICITY, part) for part in ("2.17", "2.17", "2.16"))
    ]

    notice = read(is_publicised(stage, cast, certificate))
    for wanted in (NUMBER, "关于公布武汉大学创新学分评定结果的通知", "林一鸣", "陈思远", "周子衿", "2.17"):
        assert wanted in notice, wanted
    assert not any(person.number in notice for person in cast.people)
    assert cast.objector.name not in notice
    assert [status for status, _stage, _points in states()] == [Status.RECOGNISED] * 3

    steps.student_reads_the_credits(stage, cast.lead.person, "2.17")
    form = read(offsets(stage, cast))
    for wanted in ("武汉大学创新学分冲抵申请表", COURSE, OFFSET_NUMBER, "冲抵", "同意冲抵。", "复核无误。"):
        assert wanted in form, wanted
    row = Application.objects.get()
    assert (row.status, row.grade, str(row.offset_credits)) == (Status.RECOGNISED, "冲抵", "2.00")
    assert [str(one) for one in differences()] == []
