"""What experts gave belongs to the handing-in they judged: it does not come back with the amended claim."""

import pytest

from credits.services.claims import submit_claim, withdraw_claim
from credits.services.decisions import return_claim
from portal.enums import Role
from portal.verdict import Verdict
from tests.builders import fresh
from tests.whu import whu_claim, whu_staff

pytestmark = pytest.mark.django_db


def returned(claim):
    office = whu_staff(Role.OFFICE)
    return return_claim(claim, office, reason="请补充", revision=None, may=lambda *_who: Verdict.yes(Role.COMMITTEE))


def withdrawn(claim):
    return withdraw_claim(claim, fresh(claim.student.person), revision=None)


@pytest.mark.parametrize("take_back", [returned, withdrawn])
def test_a_score_leaves_with_the_claim_and_the_range_is_open_again(take_back):
    claim = whu_claim("committee", score="7")
    claim.escalated = "分差过大"
    claim.save()
    assert claim.facts["score"] == "7.00"
    take_back(claim)
    claim.refresh_from_db()
    assert "score" not in claim.facts
    assert (claim.escalated, claim.suggested_points) == ("", None)
    assert claim.trace["range"] == ["6", "8"]


def test_the_amended_claim_is_handed_in_and_judged_anew():
    claim = returned(whu_claim("committee", score="7", points="8"))
    submit_claim(claim, fresh(claim.student.person), revision=claim.revision)
    assert (claim.stage, "score" in claim.facts) == ("college", False)
