"""The minutes: what is frozen, that it stays so, what the paper says, and the workbook of decisions."""

import copy
import io
import shutil
import subprocess

import pytest
from django.utils.translation import override
from python_calamine import load_workbook

from portal.models import Event, Person
from review.committee.exports import COLUMNS
from review.committee.minutes import digest_of, is_intact, minutes_pdf
from review.models import Meeting
from review.services.meetings import close_meeting, note_presence
from review.services.sitting import Decision, cast_vote, decide_item, recuse

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def text_of(content):
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


@pytest.fixture
def closed(house):
    """Close a meeting with one item confirmed, one refused, one deferred; a member recused, one gone, one absent."""
    members = [*house.members, house.uncalled]
    claims = [house.claim() for _number in range(3)]
    meeting = house.meeting(*claims, members=members, present=house.members)
    first, second, _third = meeting.items.order_by("position")
    recuse(first, house.members[2], "申报人是我的学生")
    for person in house.members[:2]:
        cast_vote(first, person, "for")
    decide_item(first, house.office, Decision("confirmed"), revision=None)
    for person in house.members:
        cast_vote(second, person, "against")
    decide_item(second, house.office, Decision("refused", reason="不属于认定范围"), revision=None)
    there = [person.pk for person in house.members[:2]]
    meeting.refresh_from_db()
    note_presence(meeting, house.office, present=there, chair=there[0], revision=meeting.revision)
    meeting.refresh_from_db()
    return close_meeting(meeting, house.office, words="材料齐全。", revision=meeting.revision)


def test_the_snapshot_has_who_was_there_and_each_items_votes(house, closed):
    said = closed.minutes
    names = [person.name for person in house.members]
    assert (said["chair"], said["called"], said["quorum"]) == (names[0], 4, 3)
    assert (said["present"], said["left"], said["absent"]) == (names[:2], names[2:], [house.uncalled.name])
    first, second, third = said["items"]
    assert (first["for"], first["against"], first["abstain"], first["score"]) == (2, 0, 0, "2.5")
    assert first["recused"] == [[names[2], "申报人是我的学生"]]
    assert first["median"] == "2.5"
    assert (second["against"], second["decision"], second["reason"]) == (3, "不予认定", "不属于认定范围")
    assert (third["outcome"], third["reason"]) == ("deferred", "会议结束时未审议。")


def test_the_digest_finds_any_change(closed):
    assert is_intact(closed)
    changed = copy.deepcopy(closed.minutes)
    changed["items"][0]["score"] = "4.0"
    assert digest_of(changed) != closed.sha256
    Meeting.objects.filter(pk=closed.pk).update(minutes=changed)
    closed.refresh_from_db()
    assert not is_intact(closed)


def test_what_happens_later_does_not_reach_the_minutes(house, closed):
    before = minutes_pdf(closed)
    Person.objects.filter(pk=house.members[0].pk).update(name="改了名字")
    closed.items.update(reason="改了理由")
    closed.refresh_from_db()
    assert is_intact(closed)
    with override("en"):
        assert minutes_pdf(closed) == before


@needs_poppler
def test_the_paper_says_who_decided_what_and_carries_the_digest(house, closed):
    text = text_of(minutes_pdf(closed)).replace(" ", "").replace("\n", "")
    claim = closed.items.order_by("position").first().claim
    for word in (
        "第一次会议",
        "行政楼301",
        closed.scheme.institution,
        *[person.name for person in house.members],
        house.uncalled.name,
        "应到4人，出席2人，法定3人",
        "中途离席",
        claim.receipt_number,
        claim.student.person.name,
        claim.student.person.number,
        "回避：申报人是我的学生",
        "不同意3",
        "不属于认定范围",
        "会议结束时未审议",
        "主持人签字",
        "材料齐全",
        closed.sha256,
    ):
        assert word.replace(" ", "") in text, word


def test_the_paper_exists_once_the_meeting_is_closed(house, sign_in):
    sit = house.sitting()
    address = f"/desk/committee/meetings/{sit.meeting.pk}/minutes/"
    assert sign_in(house.office).get(address).status_code == 404
    close_meeting(sit.meeting, house.office, words="", revision=sit.meeting.revision)
    for reader in (house.office, house.members[0], house.auditor):
        answer = sign_in(reader).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Cache-Control"] == "private, no-store"
    for other in (house.stranger, house.uncalled):
        assert sign_in(other).get(address).status_code == 404


def test_a_character_without_a_font_is_named(house, sign_in):
    sit = house.sitting()
    Person.objects.filter(pk=sit.claim.student.person_id).update(name="李\ue863")
    close_meeting(sit.meeting, house.office, words="", revision=sit.meeting.revision)
    answer = sign_in(house.office).get(f"/desk/committee/meetings/{sit.meeting.pk}/minutes/")
    assert answer.status_code == 422
    assert "\ue863" in answer.content.decode()


def test_the_workbook_has_the_agendas_decisions(closed, house, sign_in):
    events = Event.objects.filter(verb="export").count()
    answer = sign_in(house.office).post(f"/desk/committee/meetings/{closed.pk}/export/")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    heading, *rows = book.get_sheet_by_index(0).to_python()
    assert heading == [str(column.title) for column in COLUMNS]
    found = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [row["决定"] for row in found] == ["确认", "不予认定", "暂缓"]
    assert (found[0]["同意"], found[0]["回避"], found[0]["认定分值"], found[0]["专家中位数"]) == (2, 1, 2.5, 2.5)
    assert Event.objects.filter(verb="export").count() == events + 1
