"""A draft run over past rounds: the figures of a case that was reckoned by hand, and what a killed worker leaves."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from credits.models import Claim, ReplayRow, SchemeVersion
from credits.replaying import Bin, Outcome, difference, distribution, outcome
from credits.services import replays
from credits.services.drafts import save_draft, start_draft
from credits.services.replays import job_of, run_replay, start_replay
from portal.enums import Role, Status
from portal.jobs import JobFailed, RunningJob
from portal.jobs.services import run_job
from portal.models import Event, JobState
from portal.workflow import NotAllowed
from tests.builders import (
    FACTS,
    OTHER_COLLEGE,
    get_version,
    make_claim,
    make_college,
    make_round,
    make_scheme_version,
    make_staff,
    make_student,
    move_deadline,
)
from tests.packs import small

D = Decimal
#: What the draft changes: a first prize of the nation is worth more, one of the university less, a third has no row.
CHANGES = (
    (
        '["国家级", "一等奖", 4], ["国家级", "二等奖", 3], ["国家级", "三等奖", 2]',
        '["国家级", "一等奖", 5], ["国家级", "二等奖", 3]',
    ),
    ('["校级", "一等奖", 2]', '["校级", "一等奖", 1.5]'),
)
#: Level, award, status, whether in the first college → before, after (None: no figure).
CLAIMS = {
    "up": ("国家级", "一等奖", Status.RECOGNISED, True, D(4), D(5)),
    "same": ("国家级", "二等奖", Status.RECOGNISED, True, D(3), D(3)),
    "impossible": ("国家级", "三等奖", Status.IN_REVIEW, True, D(2), None),
    "down": ("校级", "一等奖", Status.RECOGNISED, False, D(2), D("1.5")),
    "left out": ("校级", "一等奖", Status.REFUSED, False, None, None),
    "left out too": ("校级", "一等奖", Status.DRAFT, False, None, None),
}


@pytest.fixture
def office(db):
    get_version()
    return make_staff(Role.OFFICE, scheme="bit")


@pytest.fixture
def round_(office):
    row = make_round(name="去年的活动", year="2024-2025")
    for name, (level, award, status, at_home, *_points) in CLAIMS.items():
        college = make_college() if at_home else make_college(*OTHER_COLLEGE)
        facts = {**FACTS, "level": level, "award": award}
        make_claim(
            status, student=make_student(college=college), round_=row, facts=facts, content=name, points_reason="按细则"
        )
    move_deadline(row, days=-1)
    return row


def draft_with(office, *changes):
    source = get_version().source
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return start_draft(get_version().scheme, office, source=source, label="2027")


def replayed(draft, office, *rounds):
    replay = start_replay(draft, office, list(rounds))
    run_job(job_of(replay).pk)
    replay.refresh_from_db()
    return replay


# --- The case reckoned by hand ---


def test_each_claim_is_judged_under_both_versions(office, round_):
    replay = replayed(draft_with(office, *CHANGES), office, round_)
    rows = {row.claim.content: row for row in replay.rows.select_related("claim")}
    assert set(rows) == {name for name in CLAIMS if not name.startswith("left out")}
    for name, row in rows.items():
        before, after = CLAIMS[name][-2:]
        assert (row.before_low, row.before_high, row.after_low, row.after_high) == (before, before, after, after)
    assert {name: row.difference for name, row in rows.items()} == {
        "up": D(1),
        "same": D(0),
        "impossible": D(0),
        "down": D("-0.5"),
    }
    assert "国家级，三等奖" in rows["impossible"].problem
    assert rows["same"].problem == ""


def test_the_summary_adds_up_in_all_by_category_and_by_college(office, round_):
    summary = replayed(draft_with(office, *CHANGES), office, round_).summary
    assert summary["all"] == {
        "number": 4,
        "changed": 3,
        "up": 1,
        "down": 1,
        "impossible": 1,
        "possible": 0,
        "total": "+0.50",
    }
    assert [(row["name"], row["number"], row["changed"], row["total"]) for row in summary["colleges"]] == [
        ("计算机学院", 3, 2, "+1.00"),
        ("机电学院", 1, 1, "-0.50"),
    ]
    assert [(row["name"], row["number"]) for row in summary["categories"]] == [("学科竞赛", 4)]
    assert [(low, high, count) for low, high, count in summary["bins"] if count] == [
        ("-0.5", "-0.4", 1),
        ("0.00", "0.00", 1),
        ("0.9", "1.0", 1),
    ]


def test_what_could_not_be_recognised_before_may_be_possible(office, round_):
    first = get_version()
    narrow = first.source
    for old, new in CHANGES:
        narrow = narrow.replace(old, new)
    SchemeVersion.objects.create(
        scheme=first.scheme, label="2025", effective_from=timezone.localdate(), source=narrow, sha256="x"
    )
    draft = start_draft(first.scheme, office, source=first.source, label="2027")
    replay = replayed(draft, office, round_)
    assert (replay.summary["all"]["possible"], replay.summary["all"]["impossible"]) == (1, 0)
    row = replay.rows.get(claim__content="impossible")
    assert (row.before_low, row.after_low, row.difference, row.problem) == (None, D(2), D(0), "")


def test_a_draft_that_changes_nothing_changes_nobody(office, round_):
    summary = replayed(draft_with(office), office, round_).summary
    assert (summary["all"]["changed"], summary["all"]["total"]) == (0, "0.00")
    assert summary["bins"] == [["0.00", "0.00", 4]]


def test_a_round_without_claims_gives_an_empty_summary(office):
    empty = make_round(opens=-9, closes=-1)
    replay = replayed(draft_with(office), office, empty)
    assert (replay.claims, replay.summary["all"]["number"], replay.summary["bins"]) == (0, 0, [])


def test_no_claim_is_touched(office, round_):
    before = list(Claim.objects.order_by("pk").values())
    replayed(draft_with(office, *CHANGES), office, round_)
    assert list(Claim.objects.order_by("pk").values()) == before


# --- Asking for one ---


def test_only_rounds_that_are_over_are_replayed(office, round_):
    draft = draft_with(office)
    still = make_round(name="还在申报")
    hidden = make_round(name="没有发布", opens=-9, closes=-1, is_published=False)
    foreign = make_round(make_scheme_version("whu"), name="别的办法", opens=-9, closes=-1)
    for rounds in ([], [still], [hidden], [foreign], [round_, still]):
        with pytest.raises(ValidationError) as refused:
            start_replay(draft, office, rounds)
        assert list(refused.value.message_dict) == ["rounds"]
    assert not draft.replays.exists()


def test_a_text_with_errors_is_not_replayed_but_failing_examples_do_not_matter(office, round_):
    broken = start_draft(get_version().scheme, office, source="[scheme")
    with pytest.raises(ValidationError, match="错误"):
        start_replay(broken, office, [round_])
    assert start_replay(draft_with(office, *CHANGES), office, [round_]).pk


def test_asking_leaves_one_event_and_one_job(office, round_):
    draft = draft_with(office)
    replay = start_replay(draft, office, [round_])
    event = Event.objects.get(subject_kind="draft", verb="replay")
    assert (event.subject_key, event.after) == (str(draft.pk), {"replay": replay.pk, "rounds": ["去年的活动"]})
    assert job_of(replay).owner == office


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMMITTEE, Role.SECRETARY])
def test_only_the_office_asks(office, round_, role):
    with pytest.raises(NotAllowed):
        start_replay(draft_with(office), make_staff(role), [round_])


# --- Workers ---


class Killed(BaseException):
    """The worker dies."""


def test_a_second_run_goes_on_where_a_killed_one_ended(office, round_, monkeypatch):
    monkeypatch.setattr(replays, "BATCH", 1)
    replay = start_replay(draft_with(office, *CHANGES), office, [round_])
    job = job_of(replay)
    written = replays.ReplayRow.objects.bulk_create

    def die(rows):
        if ReplayRow.objects.count() == 2:
            raise Killed
        return written(rows)

    with monkeypatch.context() as patch:
        patch.setattr(type(ReplayRow.objects), "bulk_create", lambda _manager, rows: die(rows))
        with pytest.raises(Killed):
            run_replay(running(job), replay.pk)
    replay.refresh_from_db()
    assert (replay.rows.count(), replay.finished_at) == (2, None)
    run_replay(running(job), replay.pk)
    replay.refresh_from_db()
    assert replay.rows.count() == 4
    assert replay.summary["all"]["changed"] == 3
    finished = replay.finished_at
    run_replay(running(job), replay.pk)
    replay.refresh_from_db()
    assert (replay.finished_at, replay.rows.count()) == (finished, 4)


def running(job):
    job.state, job.attempts = JobState.RUNNING, 1
    job.save()
    return RunningJob(job)


def test_a_text_that_changes_under_the_job_ends_it(office, round_):
    draft = draft_with(office)
    replay = start_replay(draft, office, [round_])
    save_draft(draft, office, source=draft.source + "# later\n", revision=None)
    with pytest.raises(JobFailed):
        run_replay(running(job_of(replay)), replay.pk)
    run_job(start_job(replay))
    job = job_of(replay)
    assert (job.state, "重新测算" in job.error) == (JobState.FAILED, True)
    replay.refresh_from_db()
    assert replay.finished_at is None


def start_job(replay):
    job = job_of(replay)
    job.state = JobState.QUEUED
    job.save()
    return job.pk


@pytest.mark.parametrize("count", [1, 3])
def test_statements_grow_with_batches_not_with_claims(office, django_assert_num_queries, count):
    row = make_round(name="活动")
    for _claim in range(count):
        make_claim(Status.IN_REVIEW, round_=row)
    move_deadline(row, days=-1)
    replay = start_replay(draft_with(office), office, [row])
    job = running(job_of(replay))
    with django_assert_num_queries(21):
        run_replay(job, replay.pk)


# --- Pure ---


def test_what_stands_for_a_range_is_its_middle():
    assert difference(Outcome(D(1), D(4)), Outcome(D(2), D(4))) == D("0.50")
    assert difference(Outcome(D(1), D(4)), Outcome(D(2), D(3))) == D(0)
    assert difference(Outcome(problem="x"), Outcome(D(2), D(3))) == D(0)


def test_a_category_that_is_gone_is_a_problem():
    data = small()
    assert outcome(data, "prize", {"level": "high", "size": 1, "rank": 1}, "") == Outcome(D("2.50"), D("2.50"))
    assert outcome(data, "nothing", {}, "").problem == "办法中没有这个类别。"
    assert outcome(data, "prize", {}, "").low is None


def test_bins_are_of_one_width_with_zero_by_itself():
    found = distribution([(D("0.3"), 2), (D(0), 5), (D("-0.1"), 1), (D("0.25"), 1)])
    assert [row for row in found if row.count] == [
        Bin(D("-0.1"), D("-0.05"), 1),
        Bin(D("0.00"), D("0.00"), 5),
        Bin(D("0.20"), D("0.25"), 1),
        Bin(D("0.25"), D("0.30"), 2),
    ]
    assert distribution([]) == []


@given(st.lists(st.tuples(st.decimals(-100, 100, places=2), st.integers(1, 9)), max_size=30))
def test_every_claim_falls_into_exactly_one_bin(rows):
    found = distribution(rows)
    assert sum(row.count for row in found) == sum(count for _value, count in rows)
    for value, _count in rows:
        homes = [row for row in found if holds(row, value)]
        assert len(homes) == 1
    assert len(found) <= 2 * 16 + 1


def holds(row, value):
    if row.low == row.high:
        return value == 0
    return row.low < value <= row.high if row.high > 0 else row.low <= value < row.high
