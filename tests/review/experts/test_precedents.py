"""How earlier, similar claims were scored: what is alike, what is counted, and that nobody can be recognised in it."""

from decimal import Decimal

import pytest

from credits.models import Claim
from review.experts.precedents import precedents_for
from tests.experts import WIDE, scoring_claim
from tests.whu import CONTEST, PAPER, make_entry, together, whu_claim, whu_student

pytestmark = pytest.mark.django_db


def recognised(score, *, facts=None, year="2024-2025", **more):
    facts = facts or {**WIDE, "doi": f"10.1/{score}/{year}"}
    claim = whu_claim("recognised", facts=facts, score=score, points=more.pop("points", "3"), **more)
    Claim.objects.filter(pk=claim.pk).update(academic_year=year)
    return claim


def test_similar_claims_are_counted_with_their_median_and_years():
    for score, year in (("2", "2023-2024"), ("2.5", "2024-2025"), ("4", "2024-2025")):
        recognised(score, year=year)

    found = precedents_for(scoring_claim())

    assert (found.count, found.low, found.high, found.median) == (3, Decimal(2), Decimal(4), Decimal("2.50"))
    assert [(row.year, row.scores) for row in found.years] == [
        ("2024-2025", ((Decimal(4), 1), (Decimal("2.5"), 1))),
        ("2023-2024", ((Decimal(2), 1),)),
    ]


def test_the_score_before_the_shares_is_compared_with_the_range():
    claim = recognised("3")
    Claim.objects.filter(pk=claim.pk).update(recognised_points=Decimal(1))  # a third of it, by rank

    assert precedents_for(scoring_claim()).median == Decimal(3)


def test_another_item_level_or_category_is_no_precedent():
    recognised("7", facts={**PAPER, "doi": "10.1/zone"})
    alone = {**CONTEST, "form": "个人", "team_size": "", "rank": ""}
    whu_claim("recognised", category="competition", facts=alone, score="6", entry=make_entry(), points="6")

    found = precedents_for(scoring_claim())

    assert found.count == 0
    assert found.likeness == (("收录类别", "EI期刊"),)


def test_what_is_not_decided_yet_and_what_was_cancelled_is_no_precedent():
    scoring_claim(facts={**WIDE, "doi": "10.1/pending"})
    whu_claim("publicity", facts={**WIDE, "doi": "10.1/shown"}, score="3", points="3")
    gone = recognised("3")
    Claim.objects.filter(pk=gone.pk).update(status="revoked")

    assert precedents_for(scoring_claim()).count == 0


def test_the_claim_itself_is_no_precedent():
    claim = recognised("3")

    assert precedents_for(claim).count == 0


def test_a_team_counts_once():
    mates = [(2, whu_student("队员乙")), (3, whu_student("队员丙"))]
    recognised("3", facts=together(3, item="EI期刊", level="", doi="10.1/team"), mates=mates)
    Claim.objects.filter(follows_lead=True).update(status="recognised", recognised_points=Decimal(3))

    assert Claim.objects.filter(status="recognised").count() == 3
    assert precedents_for(scoring_claim()).count == 1


@pytest.mark.parametrize("number", [1, 3])
def test_precedents_cost_one_query(django_assert_num_queries, number):
    for place in range(number):
        recognised(f"{place + 1}")
    claim = Claim.objects.select_related("scheme_version", "category").get(pk=scoring_claim().pk)

    with django_assert_num_queries(1):
        precedents_for(claim)
