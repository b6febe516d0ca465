"""Of one project only the highest counts; a later, higher award adds the difference; nothing is awarded twice."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from credits.models import Claim, LedgerEntry, Lot
from credits.services.counting import join_projects
from credits.services.decisions import revoke_claim
from credits.services.judging import correct_claim, effect_claim, strike_claim
from portal.enums import Role, Status
from portal.workflow import StaleSubject
from tests.whu import CONTEST, PAPER, make_entry, together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}


def contest(student, entry, stage="publicity", *, score, award="二等奖", points="5"):
    facts = {**SOLO, "award": award, "competition": entry.name, "level": entry.level}
    more = {"entry": entry, "score": score, "points": points, "content": award}
    return whu_claim(stage, student=student, category="competition", facts=facts, **more)


def lots(student):
    return [str(lot.recognised) for lot in Lot.objects.filter(student=student).order_by("claim_id")]


def total(student):
    return Claim.objects.filter(student=student).total()


def test_nothing_is_in_the_ledger_before_the_notice():
    claim = whu_claim("publicity", score="7")

    assert (claim.status, claim.recognised_points) == (Status.PUBLICITY, Decimal("7.00"))
    assert not Lot.objects.exists()
    assert total(claim.student) == 0


def test_the_notice_recognises_once():
    claim, office = whu_claim("publicity", score="7"), whu_staff(Role.OFFICE)

    effect_claim(claim, office, notice="文号1")
    with pytest.raises(StaleSubject):
        effect_claim(claim, office, notice="文号1")

    assert lots(claim.student) == ["7.00"]
    event = claim.events.last()
    assert (event.verb, event.after["notice"], event.after["awarded"]) == ("effect", "文号1", "7.00")


def test_a_later_higher_award_adds_the_difference():
    student, entry, office = whu_student(), make_entry(), whu_staff(Role.OFFICE)
    first = contest(student, entry, score="5.5")
    second = contest(student, entry, score="6.5", award="一等奖", points="6.5")

    effect_claim(first, office, notice="1")
    effect_claim(second, office, notice="2")

    assert lots(student) == ["5.50", "1.00"]
    assert total(student) == Decimal("6.50")
    second.refresh_from_db()
    assert (second.recognised_points, second.counted_points) == (Decimal("6.50"), Decimal("1.00"))
    assert LedgerEntry.objects.get(lot__claim=second).kind == "top_up"


def test_a_lower_award_adds_nothing():
    student, entry, office = whu_student(), make_entry(), whu_staff(Role.OFFICE)
    lower = contest(student, entry, score="5.5")
    higher = contest(student, entry, score="6.5", award="一等奖", points="6.5")

    effect_claim(higher, office, notice="1")
    effect_claim(lower, office, notice="2")

    assert total(student) == Decimal("6.50")
    lower.refresh_from_db()
    assert (lower.status, lower.counted_points) == (Status.RECOGNISED, Decimal("0.00"))
    assert not Lot.objects.filter(claim=lower).exists()


def test_another_year_of_the_same_competition_is_another_project():
    student, entry, office = whu_student(), make_entry(), whu_staff(Role.OFFICE)
    this = contest(student, entry, score="6")
    facts = {**SOLO, "year": "2023", "awarded_on": "2023-06-01", "competition": entry.name, "level": entry.level}
    other = whu_claim(
        "publicity", student=student, category="competition", facts=facts, entry=entry, score="5", points="5"
    )

    effect_claim(this, office, notice="1")
    effect_claim(other, office, notice="2")

    assert total(student) == Decimal("11.00")


def test_when_the_highest_is_revoked_the_next_one_counts():
    student, entry, office = whu_student(), make_entry(), whu_staff(Role.OFFICE)
    lower = contest(student, entry, score="5.5")
    higher = contest(student, entry, score="6.5", award="一等奖", points="6.5")
    effect_claim(higher, office, notice="1")
    effect_claim(lower, office, notice="2")

    revoke_claim(higher, office, reason="证书有误", revision=None)

    assert total(student) == Decimal("5.50")
    lower.refresh_from_db()
    assert lower.counted_points is None
    assert Lot.objects.get(claim=lower).recognised == Decimal("5.50")


def test_two_claims_judged_the_same_count_once():
    student, office = whu_student(), whu_staff(Role.OFFICE)
    first = whu_claim("recognised", student=student, score="7", office=office)
    other = {**PAPER, "doi": "10.1000/other", "title": "另一题目"}
    second = whu_claim("recognised", student=student, facts=other, score="6", office=office, content="另一题目")
    assert total(student) == Decimal("13.00")

    join_projects(second, first, office, reason="同一论文的中文版", revision=None)

    assert total(student) == Decimal("7.00")
    second.refresh_from_db()
    assert second.counted_points == Decimal("0.00")
    with pytest.raises(ValidationError):
        join_projects(second, first, office, reason="再来一次", revision=None)


def test_joining_recounts_everybody_with_points_from_either_project():
    both, one, other, office = whu_student(), whu_student(), whu_student(), whu_staff(Role.OFFICE)
    first, second = make_entry(), make_entry(name="另一竞赛")
    for student, entry, score in [(both, first, "5.5"), (both, second, "6.5")]:
        effect_claim(contest(student, entry, score=score), office, notice=score)
    left, right = contest(one, first, score="5.5"), contest(other, second, score="6.5")
    for claim in (left, right):
        effect_claim(claim, office, notice=f"{claim.pk}")
    assert total(both) == Decimal("12.00")

    join_projects(left, right, office, reason="同一竞赛的两个名称", revision=left.revision)

    assert [total(student) for student in (both, one, other)] == [Decimal("6.50"), Decimal("5.50"), Decimal("6.50")]


@pytest.mark.parametrize("by", ["lead", "mate"])
def test_a_teams_claims_belong_to_the_judged_project_at_once(by):
    mate, office = whu_student(), whu_staff(Role.OFFICE)
    before = whu_claim("recognised", student=mate, facts={**PAPER, "doi": "10.1/own"}, score="6", office=office)
    lead = whu_claim("publicity", facts=together(2), mates=[(2, mate)], score="8", office=office)
    follows = lead.achievement.members.get(rank=2).claim
    Claim.objects.filter(pk__in=[lead.pk, follows.pk]).update(project=None)  # as where no name is known of it
    effect_claim(follows, office, notice="1")
    assert total(mate) == Decimal("14.00")

    judged = Claim.objects.get(pk=lead.pk if by == "lead" else follows.pk)
    join_projects(judged, before, office, reason="同一论文", revision=None)

    before.refresh_from_db()
    assert set(Claim.objects.values_list("project", flat=True)) == {before.project_id}
    assert total(mate) == Decimal("8.00")


def test_a_correction_changes_what_will_count():
    claim, office = whu_claim("publicity", score="7"), whu_staff(Role.OFFICE)

    with pytest.raises(ValidationError):
        correct_claim(claim, office, score=Decimal(9), reason="异议成立", revision=None)
    correct_claim(claim, office, score=Decimal("6.5"), reason="异议成立", revision=None)
    effect_claim(claim, office, notice="1")

    assert total(claim.student) == Decimal("6.50")


def test_a_struck_claim_never_counts():
    claim, office = whu_claim("publicity", score="7"), whu_staff(Role.OFFICE)

    strike_claim(claim, office, reason="经查不属实", revision=None)

    assert (claim.status, claim.recognised_points) == (Status.REFUSED, None)
    with pytest.raises(StaleSubject):
        effect_claim(claim, office, notice="1")


def test_the_ledger_balances_after_all_of_it():
    from django.core.management import call_command  # noqa: PLC0415 - only here

    student, entry, office = whu_student(), make_entry(), whu_staff(Role.OFFICE)
    for score, award in (("5.5", "二等奖"), ("6.5", "一等奖")):
        effect_claim(contest(student, entry, score=score, award=award, points=score), office, notice=award)
    whu_claim("recognised", student=student, score="8", office=office)

    call_command("check_ledger")
