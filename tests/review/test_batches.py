"""Batch decisions: the preview says what will happen, then everything happens or nothing (T5)."""

import datetime

import pytest
from django.utils import timezone

from credits.models import Claim, ClaimEvent, LateWaiver, LedgerEntry
from credits.services.decisions import refuse_claim
from portal.enums import Status
from portal.models import Notice
from review.desk.batches import Wanted, plan
from tests.builders import OTHER_COLLEGE, fresh, make_claim, make_college, make_round, make_student

PREVIEW, ACT = "/desk/claims/batch/", "/desk/claims/batch/carry-out/"


def key(claim, revision=None):
    return f"{claim.pk}:{claim.revision if revision is None else revision}"


def world():
    """Everything a batch could change."""
    return (
        list(Claim.objects.order_by("pk").values_list("pk", "status", "stage", "revision", "recognised_points")),
        ClaimEvent.objects.count(),
        LedgerEntry.objects.count(),
        Notice.objects.count(),
    )


def foreign():
    return make_claim(Status.IN_REVIEW, student=make_student("外院学生", college=make_college(*OTHER_COLLEGE)))


def test_the_preview_names_every_row_and_changes_nothing(staff, secretary):
    good = make_claim(Status.IN_REVIEW)
    differing = make_claim(Status.IN_REVIEW, points="1.5", content="申请的比建议的少")
    before = world()
    response = secretary.get(PREVIEW, {"row": [key(good), key(differing)]})
    plan = response.context["plan"]
    assert [row.claim.pk for row in plan.approvable] == [good.pk]
    assert plan.approvable[0].becomes == "教务部复核"
    assert str(plan.total) == "2.00"
    text = response.content.decode()
    assert "建议积分 2.0 与申请积分 1.5 不同" in text
    assert "将通过 1 条" in text
    assert world() == before


def test_approving_many_writes_one_event_each_and_a_result(staff, secretary):
    claims = [make_claim(Status.IN_REVIEW) for _number in range(3)]
    events = ClaimEvent.objects.count()
    response = secretary.post(ACT, {"verb": "approve", "row": [key(claim) for claim in claims]})
    assert response.status_code == 302
    assert {claim.stage for claim in Claim.objects.all()} == {"office"}
    assert ClaimEvent.objects.count() == events + 3
    result = secretary.get(response.url)
    assert [row.claim_id for row in result.context["rows"]] == [claim.pk for claim in claims]
    assert staff.client("colleague").get(response.url).status_code == 404


def test_the_last_stage_awards_every_row(staff, office):
    claims = [make_claim(Status.IN_REVIEW, stage="office") for _number in range(2)]
    office.post(ACT, {"verb": "approve", "row": [key(claim) for claim in claims]})
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.RECOGNISED}
    assert LedgerEntry.objects.count() == 2


def offend(kind, staff):
    """Return a row that spoils a batch, and how it is named."""
    if kind == "foreign":
        return key(claim := foreign()), f"编号 {claim.pk}"
    claim = make_claim(Status.IN_REVIEW, student=make_student("坏学生"), secretary=staff.secretary)
    if kind == "missing":
        return "987654321:1", "编号 987654321"
    if kind == "stale":
        return key(claim, claim.revision - 1), "坏学生"
    if kind == "decided":
        seen = key(claim)
        refuse_claim(claim, staff.colleague, reason="重复", revision=None)
        return seen, "坏学生"
    if kind == "stage":
        other = make_claim(Status.IN_REVIEW, stage="office", student=make_student("坏学生"))
        return key(other), "坏学生"
    claim = make_claim(Status.IN_REVIEW, points="1", student=make_student("坏学生"))
    return key(claim), "坏学生"


@pytest.mark.parametrize("kind", ["foreign", "missing", "stale", "decided", "stage", "differs"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_row_stops_the_whole_batch_and_is_named(staff, secretary, kind, place):
    rows = [key(make_claim(Status.IN_REVIEW)) for _number in range(2)]
    bad, name = offend(kind, staff)
    rows.insert(place, bad)
    before = world()
    shown = secretary.get(PREVIEW, {"row": rows})
    assert name in shown.content.decode()
    assert len(shown.context["plan"].approvable) == 2
    response = secretary.post(ACT, {"verb": "approve", "row": rows})
    assert response.status_code == 409
    assert response.context["offenders"][0][0].startswith(name)
    assert world() == before


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_a_foreign_a_stale_and_a_decided_row_in_one_batch_are_all_named(staff, secretary, verb):
    rows = [key(make_claim(Status.IN_REVIEW))]
    bad = dict(offend(kind, staff) for kind in ("foreign", "stale", "decided"))
    before = world()
    response = secretary.post(ACT, {"verb": verb, "reason": "请补材料", "row": [*bad, *rows]})
    assert response.status_code == 409
    said = [name for name, _why in response.context["offenders"]]
    assert [name.startswith(wanted) for name, wanted in zip(said, bad.values(), strict=True)] == [True] * 3
    assert len({why for _name, why in response.context["offenders"]}) == 3
    assert world() == before


@pytest.mark.parametrize("kind", ["foreign", "stale", "decided", "stage"])
def test_returning_many_is_all_or_nothing_too(staff, secretary, kind):
    rows = [key(make_claim(Status.IN_REVIEW))]
    bad, name = offend(kind, staff)
    before = world()
    response = secretary.post(ACT, {"verb": "return", "reason": "请补材料", "row": [*rows, bad]})
    assert response.status_code == 409
    assert name in response.content.decode()
    assert world() == before


def test_returning_many_needs_a_reason_and_tells_every_student(staff, secretary):
    claims = [make_claim(Status.IN_REVIEW, points=points) for points in ("2", "1")]
    rows = [key(claim) for claim in claims]
    before = world()
    assert secretary.post(ACT, {"verb": "return", "reason": " ", "row": rows}).status_code == 422
    assert world() == before
    response = secretary.post(ACT, {"verb": "return", "reason": "请补材料", "row": rows})
    assert response.status_code == 302
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.RETURNED}
    assert Notice.objects.filter(text__contains="请补材料").count() == 2


def test_readers_and_strangers_cannot_batch(staff):
    claim = make_claim(Status.IN_REVIEW)
    before = world()
    for role, code in {"counsellor": 409, "auditor": 409, "office": 409, "away": 409, "student": 404}.items():
        response = staff.client(role).post(ACT, {"verb": "approve", "row": [key(claim)]})
        assert response.status_code == code, role
    assert world() == before


@pytest.mark.parametrize("rows", [[], ["x"], ["1"], ["1:"], [":1"], ["9" * 30 + ":1"]])
def test_nothing_ticked_or_nonsense_is_no_batch(staff, secretary, rows):
    assert secretary.get(PREVIEW, {"row": rows}).status_code == 302
    assert secretary.post(ACT, {"verb": "approve", "row": rows}).status_code == 404


def test_an_unknown_verb_is_no_batch(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    assert secretary.post(ACT, {"verb": "refuse", "row": [key(claim)]}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_costs_the_same_whatever_is_ticked(staff, secretary, django_assert_num_queries, number):
    rows = [key(make_claim(Status.IN_REVIEW)) for _number in range(number)]
    secretary.get(PREVIEW, {"row": rows})
    # session, person, appointments, roll, claims, windows, notices
    with django_assert_num_queries(7):
        secretary.get(PREVIEW, {"row": rows})


@pytest.mark.parametrize("number", [1, 4])
def test_after_the_deadline_more_rows_cost_no_more_queries(staff, number, django_assert_num_queries):
    round_ = make_round(staff_closes=30)
    claims = [
        make_claim(Status.IN_REVIEW, student=make_student(f"甲{place}"), round_=round_) for place in range(number)
    ]
    round_.windows.update(closes_at=timezone.now() - datetime.timedelta(days=1))
    LateWaiver.objects.create(
        round=round_, student=make_student("乙"), until=timezone.now(), reason="住院", granted_by=staff.office
    )
    person, wanted = fresh(staff.secretary), [Wanted(claim.pk, claim.revision) for claim in claims]
    assert person.standing
    with django_assert_num_queries(3):  # the claims, their windows, their waivers
        assert all("截止" in row.fault for row in plan(person, wanted).rows)
