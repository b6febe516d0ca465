"""A claim and its library entry: chosen, never typed; checked when it is handed in, left alone afterwards."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from credits.assessing import keep_assessment
from credits.enums import EntryKind, LibraryState
from credits.models import Claim, Lot
from credits.services.claims import Content, save_claim, start_claim, submit_claim
from credits.services.decisions import endorse_claim, return_claim
from credits.services.ledger import book, lock_lots
from credits.services.library import change_entry, merge_entries, rule_level, withdraw_entry
from credits.shelf import EntryData
from portal.enums import Role, Status
from tests.builders import fresh
from tests.whu import CONTEST, NATIONAL, make_entry, whu_category, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
PROVINCIAL = "省部级竞赛获奖"


def contest(stage="draft", *, entry, facts=None, **more):
    """Return a claim of the library-bound category that names an entry."""
    return whu_claim(
        stage, category="competition", facts=facts or SOLO, entry=entry, points=more.pop("points", "6.5"), **more
    )


def office():
    return whu_staff(Role.OFFICE)


def submitted(claim):
    return submit_claim(claim, fresh(claim.student.person), revision=None)


def refusal(claim):
    with pytest.raises(ValidationError) as refused:
        submitted(claim)
    return refused.value.message_dict


def written(entry, **facts):
    return Content("全国赛一等奖", {**SOLO, **facts}, Decimal("6.5"), entry=entry)


def test_the_entry_gives_name_and_level_and_the_suggested_score():
    entry = make_entry()

    claim = contest(entry=entry)

    assert claim.library_entry == entry
    assert (claim.facts["competition"], claim.facts["level"]) == (entry.name, NATIONAL)
    assert claim.suggested_points == Decimal("6.50")
    assert claim.trace["range"] == ["5", "7"]
    event = claim.events.get(verb="start")
    assert event.after["library_entry"] == entry.pk
    assert event.after["facts"]["level"] == NATIONAL


def test_name_and_level_that_somebody_typed_do_not_count():
    entry = make_entry()

    claim = contest(entry=entry, facts={**SOLO, "competition": "自编的赛事", "level": "国际竞赛获奖", "score": "10"})

    assert (claim.facts["competition"], claim.facts["level"]) == (entry.name, NATIONAL)
    assert "score" not in claim.facts


def test_without_an_entry_neither_name_nor_level_stand_on_the_claim():
    claim = contest(entry=None, facts={**SOLO, "competition": "自编的赛事", "level": "国际竞赛获奖"})

    assert not {"competition", "level"} & set(claim.facts)
    assert list(refusal(claim)) == ["competition"]


def test_the_suggestion_follows_the_award_and_the_entry():
    claim, other = contest(entry=make_entry()), make_entry("另一项", level=PROVINCIAL, organiser="省教育厅")
    actor = fresh(claim.student.person)

    save_claim(claim, actor, written(claim.library_entry, award="二等奖"), revision=claim.revision)
    assert claim.suggested_points == Decimal("5.50")

    save_claim(claim, actor, written(claim.library_entry, award="三等奖"), revision=claim.revision)
    assert claim.suggested_points is None

    # The other entry suggests more than its level allows: the rules' range stays, nothing is suggested.
    save_claim(claim, actor, written(other), revision=claim.revision)
    assert (claim.library_entry, claim.facts["level"]) == (other, PROVINCIAL)
    assert claim.suggested_points is None
    assert claim.trace["range"] == ["2", "4"]


def test_two_entries_with_one_name_and_level_are_still_two():
    first, second = make_entry(valid_to=2024), make_entry()
    claim = contest(entry=first)

    save_claim(claim, fresh(claim.student.person), written(second), revision=claim.revision)

    claim.refresh_from_db()
    assert claim.library_entry == second


@pytest.mark.parametrize("state", [LibraryState.WITHDRAWN, LibraryState.MERGED])
def test_an_entry_that_is_gone_is_not_chosen_anew(state):
    target = make_entry("保留的")
    gone = make_entry("别的", state=state, merged_into=target if state == LibraryState.MERGED else None)
    student, round_ = whu_student(), whu_round()

    with pytest.raises(ValidationError) as refused:
        start_claim(round_, whu_category("competition"), fresh(student.person), written(gone))

    assert list(refused.value.message_dict) == ["competition"]
    assert not Claim.objects.exists()


def test_an_entry_of_another_category_is_no_entry_of_the_claims():
    entry = make_entry()
    entry.category = whu_category("arts")
    entry.save()

    with pytest.raises(ValidationError, match="从创新成果库中选择"):
        contest(entry=entry)


def test_an_entry_withdrawn_while_claimed_is_told_when_handing_in_and_the_draft_is_kept():
    entry = make_entry()
    claim = contest(entry=entry)
    withdraw_entry(office(), entry, reason="停办", revision=0)

    assert "已停用" in refusal(claim)["competition"][0]

    # Saving something else goes on working: nothing of what was typed is lost.
    save_claim(claim, fresh(claim.student.person), written(entry, certificate="A-1"), revision=None)
    assert Claim.objects.get().facts["certificate"] == "A-1"
    assert Claim.objects.get().status == Status.DRAFT


def test_an_entry_merged_while_claimed_names_the_one_that_stays():
    entry, kept = make_entry("甲竞赛"), make_entry("甲大赛")
    claim = contest(entry=entry)
    merge_entries(office(), entry, kept, reason="同一赛事", revision=0)

    assert "“甲大赛”" in refusal(claim)["competition"][0]


def test_a_claim_under_review_goes_on_with_its_withdrawn_entry():
    entry = make_entry()
    claim = contest("college", entry=entry)
    withdraw_entry(office(), entry, reason="停办", revision=0)

    endorse_claim(claim, whu_staff(Role.SECRETARY, college=claim.college), revision=None)

    assert (claim.status, claim.stage) == (Status.IN_REVIEW, "office")
    assert claim.facts["level"] == NATIONAL


def test_a_returned_claim_is_told_too():
    entry = make_entry()
    claim = contest("college", entry=entry)
    secretary = whu_staff(Role.SECRETARY, college=claim.college)
    return_claim(claim, secretary, reason="请补充证书", revision=None)
    withdraw_entry(office(), entry, reason="停办", revision=0)

    assert "competition" in refusal(claim)


@pytest.mark.parametrize(("first", "last"), [(2015, 2023), (2025, None)])
def test_a_year_outside_the_entrys_years_is_refused(first, last):
    entry = make_entry(valid_from=first, valid_to=last)

    assert "2024 年" in refusal(contest(entry=entry))["competition"][0]


@pytest.mark.parametrize(("first", "last"), [(2024, 2024), (2024, None), (2015, 2024)])
def test_both_ends_of_the_entrys_years_belong_to_it(first, last):
    entry = make_entry(valid_from=first, valid_to=last)

    assert submitted(contest(entry=entry))


def test_a_level_ruled_meanwhile_holds_for_what_is_handed_in_afterwards_only():
    entry = make_entry()
    pending, draft = contest("college", entry=entry), contest(entry=entry, points="3")
    rule_level(office(), entry, level=PROVINCIAL, ruling="会议", suggestions=(("一等奖", Decimal(4)),), revision=0)

    submission = submitted(draft)

    pending.refresh_from_db()
    draft.refresh_from_db()
    assert (pending.facts["level"], draft.facts["level"]) == (NATIONAL, PROVINCIAL)
    assert submission.content["facts"]["level"] == PROVINCIAL
    assert draft.suggested_points == Decimal("4.00")


def test_a_name_corrected_meanwhile_is_handed_in_corrected():
    entry = make_entry("全国大学生数学建膜竞赛")
    claim = contest(entry=entry)
    fixed = EntryData(entry.category, "全国大学生数学建模竞赛", NATIONAL, 2015)
    change_entry(office(), entry, fixed, revision=0)

    assert submitted(claim).content["facts"]["competition"] == "全国大学生数学建模竞赛"


def test_the_suggested_score_is_shared_like_a_decided_one():
    claim = contest(entry=make_entry(), facts=CONTEST)
    claim.facts = {**claim.facts, "team_method": "按人数均分"}

    keep_assessment(claim)

    assert claim.suggested_points == Decimal("2.17")


# --- Mergers and projects ---


def recognised(entry, *, student, score, award, **facts):
    """Return a recognised claim on an entry."""
    return contest(
        "recognised", entry=entry, student=student, score=score, points=score, facts={**SOLO, "award": award, **facts}
    )


def total(student):
    return Claim.objects.filter(student=student).total()


def test_after_a_merger_both_entries_of_one_year_are_one_project_that_counts_once():
    first, kept = make_entry("甲竞赛"), make_entry("甲大赛")
    student, other = whu_student(), whu_student("王强")
    lower = recognised(first, student=student, score="5.5", award="二等奖")
    higher = recognised(kept, student=student, score="6.5", award="一等奖")
    alone = recognised(first, student=other, score="5.5", award="二等奖")
    assert total(student) == Decimal("12.00")

    merge_entries(office(), first, kept, reason="同一赛事", revision=0)

    assert (total(student), total(other)) == (Decimal("6.50"), Decimal("5.50"))
    lower.refresh_from_db()
    assert (lower.library_entry, lower.facts["competition"]) == (first, "甲竞赛")
    projects = {Claim.objects.get(pk=claim.pk).project_id for claim in (lower, higher, alone)}
    assert len(projects) == 1
    joined = [claim.events.filter(verb="join").count() for claim in (lower, higher, alone)]
    assert sorted(joined) == [0, 0, 1]


def test_claims_filed_after_a_merger_meet_the_earlier_ones():
    first, kept = make_entry("甲竞赛"), make_entry("甲大赛")
    student = whu_student()
    earlier = recognised(first, student=student, score="5.5", award="二等奖")
    merge_entries(office(), first, kept, reason="同一赛事", revision=0)

    later = recognised(kept, student=student, score="6.5", award="一等奖")

    assert total(student) == Decimal("6.50")
    assert Claim.objects.get(pk=earlier.pk).project_id == Claim.objects.get(pk=later.pk).project_id


def test_other_years_stay_other_projects_after_a_merger():
    first, kept = make_entry("甲竞赛"), make_entry("甲大赛")
    student = whu_student()
    recognised(first, student=student, score="5.5", award="二等奖", year="2023", awarded_on="2023-06-01")
    recognised(kept, student=student, score="6.5", award="一等奖")

    merge_entries(office(), first, kept, reason="同一赛事", revision=0)

    assert total(student) == Decimal("12.00")


def test_a_merger_that_would_take_back_used_points_changes_nothing():
    first, kept = make_entry("甲竞赛"), make_entry("甲大赛")
    student = whu_student()
    recognised(first, student=student, score="5.5", award="二等奖")
    recognised(kept, student=student, score="6.5", award="一等奖")
    for lot in Lot.objects.filter(student=student):
        with transaction.atomic():
            book(lock_lots([lot.pk])[lot.pk], EntryKind.HOLD, lot.recognised, None, key=f"hold:{lot.pk}")

    with pytest.raises(ValidationError, match="转换申请"):
        merge_entries(office(), first, kept, reason="同一赛事", revision=0)

    first.refresh_from_db()
    assert first.state == LibraryState.ACTIVE
    assert total(student) == Decimal("12.00")
