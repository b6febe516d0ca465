"""Large batches: all that match, a job that survives its worker, the result row by row, and taking all of it back."""

import pytest

from credits.models import Claim, ClaimEvent, LedgerEntry, Lot
from credits.services.decisions import approve_claim, refuse_claim, return_claim, revoke_claim
from portal.enums import Role, Status
from portal.jobs.services import reap, run_job
from portal.models import Job, Notice
from review.desk import batches
from review.models import DecisionBatch, RowState
from review.services import batches as services
from tests.builders import make_claim, make_round, make_student, move_deadline

PREVIEW, ACT, LIST = "/desk/claims/batch/", "/desk/claims/batch/carry-out/", "/desk/claims/"


def key(claim):
    return f"{claim.pk}:{claim.revision}"


def many(number, **facts):
    """Return claims of one student, which costs little."""
    student, round_ = make_student("周勤"), make_round()
    return [make_claim(Status.IN_REVIEW, student=student, round_=round_, **facts) for _number in range(number)]


@pytest.fixture
def small(monkeypatch):
    """Let three rows be many, and two a part of a job."""
    monkeypatch.setattr(batches, "MOST", 2)
    monkeypatch.setattr(services, "MOST", 2)
    monkeypatch.setattr(services, "PART", 2)


def posted(client, claims, **more):
    return client.post(ACT, {"verb": "approve", "row": " ".join(map(key, claims)), **more})


def the_batch():
    return DecisionBatch.objects.get()


def states():
    return list(the_batch().rows.order_by("position").values_list("state", flat=True))


def test_all_that_match_the_filters_are_previewed_whatever_the_page_shows(staff, secretary):
    wanted = many(27, content="数学建模")
    make_claim(Status.IN_REVIEW, content="别的竞赛")
    assert "处理符合条件的全部 27 条" in secretary.get(LIST, {"q": "数学"}).content.decode()
    shown = secretary.get(PREVIEW, {"q": "数学", "all": "1", "row": "1:1"})
    assert {row.claim.pk for row in shown.context["plan"].approvable} == {claim.pk for claim in wanted}
    assert "确认通过 27 条" in shown.content.decode()
    assert posted(secretary, wanted).status_code == 302
    assert Claim.objects.filter(stage="office").count() == 27


def test_more_than_one_preview_holds_is_said(staff, secretary, monkeypatch):
    many(3)
    monkeypatch.setattr(batches, "MOST_MATCHING", 2)
    monkeypatch.setattr("portal.listing.COUNT_CAP", 2)
    shown = secretary.get(PREVIEW, {"all": "1"})
    assert len(shown.context["plan"].approvable) == 2


def test_what_the_preview_leaves_out_stands_in_the_result_with_its_reason(staff, secretary):
    good, differing = make_claim(Status.IN_REVIEW), make_claim(Status.IN_REVIEW, points="1.5")
    answer = posted(secretary, [good], left=key(differing))
    text = secretary.get(answer.url).content.decode()
    assert states() == [RowState.DONE, RowState.SKIPPED]
    assert "已跳过：建议积分 2.0 与申请积分 1.5 不同" in text
    assert Claim.objects.get(pk=differing.pk).revision == differing.revision


@pytest.mark.usefixtures("small")
def test_a_large_batch_is_a_job_with_progress_and_a_result(staff, secretary, django_capture_on_commit_callbacks):
    claims = many(5)
    answer = posted(secretary, claims)
    assert set(Claim.objects.values_list("stage", flat=True)) == {"college"}
    waiting = secretary.get(answer.url).content.decode()
    assert "正在批量处理" in waiting
    assert "hx-get" in waiting
    run_job(the_batch().job_id)
    assert set(Claim.objects.values_list("stage", flat=True)) == {"office"}
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert "批量处理完成：5 条" in secretary.get(answer.url).content.decode()
    numbers = ClaimEvent.objects.filter(verb="approve").values_list("request_id", flat=True)
    assert set(numbers) == {str(the_batch().number)}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("place", [0, 2])
def test_one_bad_row_keeps_a_large_batch_from_beginning(staff, secretary, place):
    claims = many(4)
    refuse_claim(claims[place], staff.colleague, reason="重复", revision=None)
    claims[place].revision -= 1
    events = ClaimEvent.objects.count()
    answer = posted(secretary, claims)
    assert answer.status_code == 409
    assert [name.startswith("周勤") for name, _why in answer.context["offenders"]] == [True]
    assert not Job.objects.exists()
    assert not DecisionBatch.objects.exists()
    assert ClaimEvent.objects.count() == events


@pytest.mark.usefixtures("small")
def test_a_row_decided_while_the_job_waits_is_named_and_the_others_stand(staff, secretary):
    claims = many(4)
    posted(secretary, claims)
    refuse_claim(Claim.objects.get(pk=claims[1].pk), staff.colleague, reason="重复", revision=None)
    run_job(the_batch().job_id)
    assert states() == [RowState.DONE, RowState.REFUSED, RowState.DONE, RowState.DONE]
    assert "已不在审核中" in the_batch().rows.get(position=1).why
    assert Claim.objects.get(pk=claims[1].pk).status == Status.REFUSED


@pytest.mark.usefixtures("small")
def test_a_worker_killed_in_a_batch_goes_on_where_it_was(staff, secretary, monkeypatch):
    claims = many(5)
    posted(secretary, claims)
    part, calls = services.decide_part, []

    def killed(batch):
        """Die after the first part, and in the middle of the second."""
        if calls:
            raise SystemExit
        calls.append(batch)
        return part(batch)

    monkeypatch.setattr("review.jobs.decide_part", killed)
    with pytest.raises(SystemExit):
        run_job(the_batch().job_id)
    assert states().count(RowState.DONE) == 2
    monkeypatch.setattr("review.jobs.decide_part", part)
    Job.objects.update(heartbeat_at="2020-01-01T00:00Z")
    assert reap() == 1
    run_job(the_batch().job_id)
    run_job(the_batch().job_id)  # delivered twice
    assert states() == [RowState.DONE] * 5
    assert ClaimEvent.objects.filter(verb="approve").count() == 5


@pytest.mark.parametrize(("verb", "stage"), [("approve", "college"), ("approve", "office"), ("return", "college")])
def test_undoing_a_batch_puts_every_claim_back(staff, verb, stage):
    who = "office" if stage == "office" else "secretary"
    client = staff.client(who)
    claims = many(2, stage=stage)
    columns = ("pk", "status", "stage", "stage_entered_at", "recognised_points", "recognised_reason", "decided_at")
    before = list(Claim.objects.order_by("pk").values_list(*columns))
    events = ClaimEvent.objects.count()
    answer = posted(client, claims, verb=verb, reason="请补材料")
    move_deadline(claims[0].round, days=-1)  # however late it is
    move_deadline(claims[0].round, days=-1, role=Role.SECRETARY)
    assert client.post(f"{answer.url}undo/").status_code == 302
    assert list(Claim.objects.order_by("pk").values_list(*columns)) == before
    assert ClaimEvent.objects.count() == events + 4
    last = ClaimEvent.objects.last()
    assert (last.verb, last.to_state, last.actor_role) == ("take_back", f"in_review:{stage}", who)
    assert sum(lot.recognised for lot in Lot.objects.all()) == 0
    assert "已撤回" in client.get(answer.url).content.decode()
    assert client.post(f"{answer.url}undo/").status_code in {403, 404}  # once
    assert ClaimEvent.objects.count() == events + 4


def test_what_was_undone_can_be_awarded_and_revoked_again(staff, office):
    (claim,) = many(1, stage="office")
    answer = posted(office, [claim])
    office.post(f"{answer.url}undo/")
    claim.refresh_from_db()
    posted(office, [claim])
    assert Lot.objects.get().recognised == 2
    claim.refresh_from_db()
    revoke_claim(claim, staff.office, reason="有误", revision=None)
    assert Lot.objects.get().recognised == 0
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True)) == [
        "award",
        "revoke",
        "top_up",
        "revoke",
    ]


def later_decision(staff, claim):
    return_claim(claim, staff.office, reason="再看", revision=None)


def used_points(_staff, claim):
    Lot.objects.filter(claim=claim).update(held=1)


@pytest.mark.parametrize(("stage", "after"), [("college", later_decision), ("office", used_points)])
def test_a_batch_is_not_undone_once_something_came_after(staff, stage, after):
    client = staff.client("office" if stage == "office" else "secretary")
    claims = many(2, stage=stage)
    answer = posted(client, claims)
    after(staff, Claim.objects.get(pk=claims[1].pk))
    kept = list(Claim.objects.order_by("pk").values_list("pk", "status", "stage", "revision"))
    events, told = ClaimEvent.objects.count(), Notice.objects.count()
    refused = client.post(f"{answer.url}undo/")
    assert refused.status_code == 409
    assert len(refused.context["offenders"]) == 1
    assert list(Claim.objects.order_by("pk").values_list("pk", "status", "stage", "revision")) == kept
    assert (ClaimEvent.objects.count(), Notice.objects.count()) == (events, told)
    assert the_batch().undone_at is None


def test_nobody_else_reads_or_undoes_a_batch(staff, secretary):
    answer = posted(secretary, many(1))
    for name in ("colleague", "away", "office", "auditor"):
        assert staff.client(name).get(answer.url).status_code == 404
        assert staff.client(name).post(f"{answer.url}undo/").status_code == 404
    assert Claim.objects.get().stage == "office"


@pytest.mark.parametrize(
    ("stage", "verb", "each", "once"),
    [("college", "approve", 1, 16), ("office", "approve", 1, 20), ("college", "return", 3, 16)],
)
def test_a_batch_costs_few_statements_for_each_claim(staff, django_assert_max_num_queries, stage, verb, each, once):
    number = 30
    person = staff.office if stage == "office" else staff.secretary
    wanted = [batches.Wanted(claim.pk, claim.revision) for claim in many(number, stage=stage)]
    with django_assert_max_num_queries(each * number + once):
        services.carry_out(person, verb, wanted, "请补材料")


def test_a_single_decision_after_a_batch_is_written_at_once(staff, secretary):
    first, second = many(2)
    posted(secretary, [first])
    approve_claim(second, staff.secretary, points=second.claimed_points, revision=None)
    assert ClaimEvent.objects.filter(subject=second, verb="approve").exists()
