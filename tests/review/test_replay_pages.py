"""The pages of a replay: asked for, followed, read, filtered, exported."""

import pytest
from django.urls import reverse

from credits.models import Replay
from credits.services.drafts import start_draft
from credits.services.replays import job_of, start_replay
from portal.enums import Role, Status
from portal.jobs.services import cancel_job, run_job
from portal.models import Event
from review.office.replay_list import bars
from tests.builders import (
    FACTS,
    OTHER_COLLEGE,
    get_version,
    make_claim,
    make_college,
    make_round,
    make_staff,
    make_student,
    move_deadline,
)
from tests.workbooks import read_back

pytestmark = pytest.mark.django_db
CHANGE = ('["国家级", "一等奖", 4], ["国家级", "二等奖", 3]', '["国家级", "一等奖", 4.5]')


def address(name, *args):
    return reverse(f"review:{name}", args=args)


@pytest.fixture
def round_(staff):
    row = make_round(name="去年的活动", year="2024-2025")
    for level, award, college in (
        ("国家级", "一等奖", make_college()),
        ("国家级", "二等奖", make_college(*OTHER_COLLEGE)),
        ("校级", "一等奖", make_college()),
    ):
        facts = {**FACTS, "level": level, "award": award}
        student = make_student(f"{level}{award}", college=college)
        make_claim(
            Status.IN_REVIEW,
            student=student,
            round_=row,
            facts=facts,
            content=f"{level}{award}",
            points_reason="按细则",
        )
    move_deadline(row, days=-1)
    return row


@pytest.fixture
def draft(staff):
    source = get_version().source
    assert CHANGE[0] in source
    return start_draft(get_version().scheme, staff.office, source=source.replace(*CHANGE), label="2027")


@pytest.fixture
def replay(staff, draft, round_):
    row = start_replay(draft, staff.office, [round_])
    run_job(job_of(row).pk)
    row.refresh_from_db()
    return row


def listed(answer):
    return [row["claim__content"] for row in answer.context["listing"].rows]


def test_a_replay_is_asked_for_and_followed(office, draft, round_):
    page = office.get(address("draft_replays", draft.pk)).content.decode()
    assert "去年的活动（2024-2025）" in page
    answer = office.post(address("draft_replays", draft.pk), {"rounds": [round_.pk]})
    row = Replay.objects.get()
    assert answer["Location"] == address("replay", row.pk)
    waiting = office.get(address("replay", row.pk)).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    run_job(job_of(row).pk)
    done = office.get(address("replay", row.pk))
    assert "变化的分布" in done.content.decode()
    assert "3 项申报，2 项有变化" in office.get(address("draft_replays", draft.pk)).content.decode()


def test_without_a_round_nothing_is_asked(office, draft, round_):
    answer = office.post(address("draft_replays", draft.pk), {})
    assert answer.status_code == 422
    assert not Replay.objects.exists()


def test_a_cancelled_replay_says_so_and_leads_to_another(office, staff, draft, round_):
    row = start_replay(draft, staff.office, [round_])
    cancel_job(job_of(row), staff.office)
    page = office.get(address("replay", row.pk)).content.decode()
    assert "测算没有完成" in page
    assert address("draft_replays", draft.pk) in page
    assert "hx-trigger" not in page


def test_first_those_that_change_are_listed_then_whoever_is_asked_for(office, replay):
    page = office.get(address("replay", replay.pk))
    assert listed(page) == ["国家级二等奖", "国家级一等奖"]
    html = page.content.decode()
    assert "不能认定" in html
    assert "“获奖分值 A”中没有“国家级，二等奖”这一项" in html
    assert "+0.5" in html
    shown = {
        "show=up": ["国家级一等奖"],
        "show=down": [],
        "show=impossible": ["国家级二等奖"],
        "show=possible": [],
        "show=all&sort=-difference": ["国家级一等奖", "校级一等奖", "国家级二等奖"],
        f"college={make_college(*OTHER_COLLEGE).pk}": ["国家级二等奖"],
        "show=nonsense": [],
    }
    for query, expected in shown.items():
        assert listed(office.get(address("replay", replay.pk) + f"?{query}")) == expected, query


def test_each_row_leads_to_its_claim(office, replay):
    html = office.get(address("replay", replay.pk)).content.decode()
    claim = replay.rows.get(claim__content="国家级一等奖").claim
    assert address("claim", claim.pk) in html
    assert office.get(address("claim", claim.pk)).status_code == 200


def test_the_filtered_rows_are_exported_with_one_event(office, replay):
    answer = office.post(address("replay_export", replay.pk) + f"?replay={replay.pk}&show=up")
    heading, *rows = read_back(answer.content)
    assert heading[:3] == ["受理编号", "学号", "姓名"]
    assert [row[7] for row in rows] == ["国家级一等奖"]
    assert [row[8:13] for row in rows] == [[4, 4, 4.5, 4.5, 0.5]]
    event = Event.objects.get(verb="export")
    assert (event.subject_kind, event.after["rows"]) == ("replay", 1)


def test_an_export_of_another_replay_than_the_address_is_refused(office, replay):
    for query in ("", "?replay=", "?replay=x", f"?replay={replay.pk + 1}"):
        assert office.post(address("replay_export", replay.pk) + query).status_code == 404


def test_auditors_read_and_export_others_find_nothing(staff, replay):
    export = address("replay_export", replay.pk) + f"?replay={replay.pk}"
    auditor = staff.client("auditor")
    assert auditor.get(address("replay", replay.pk)).status_code == 200
    assert auditor.post(export).status_code == 200
    for somebody in ("secretary", "committee", "owner_unit", "counsellor", "administrator", "student"):
        client = staff.client(somebody)
        assert client.get(address("replay", replay.pk)).status_code == 404
        assert client.post(export).status_code == 404


def test_another_schemes_office_finds_nothing(client, replay):
    client.force_login(make_staff(Role.OFFICE, scheme="other"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address("replay", replay.pk)).status_code == 404
    assert client.get(address("draft", replay.draft_id)).status_code == 404


def test_bars_are_as_long_as_their_share_of_the_longest():
    found = bars([["-0.5", "-0.4", 1], ["0.00", "0.00", 4], ["0.9", "1.0", 2]])
    assert [(bar.label, bar.count, bar.width, bar.tone) for bar in found] == [
        ("[−0.5, −0.4)", 1, "25.00%", "down"),
        ("不变", 4, "100.00%", "same"),
        ("(+0.9, +1.0]", 2, "50.00%", "up"),
    ]
    assert bars([]) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_result_costs_the_same_with_more_claims(office, staff, draft, django_assert_num_queries, count):
    row = make_round(name="活动")
    for _claim in range(count):
        facts = {**FACTS, "level": "国家级", "award": "一等奖"}
        make_claim(Status.IN_REVIEW, round_=row, facts=facts, points_reason="按细则")
    move_deadline(row, days=-1)
    found = start_replay(draft, staff.office, [row])
    run_job(job_of(found).pk)
    office.get(address("replay", found.pk))
    with django_assert_num_queries(10):
        assert len(listed(office.get(address("replay", found.pk)))) == count
