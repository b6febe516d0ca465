"""A single decision taken back within its ten seconds: not once somebody has built on it."""

import pytest

from credits.models import Claim, ClaimEvent, Lot
from credits.services.decisions import approve_claim, endorse_claim
from credits.services.ledger import book
from portal.enums import Role, Status
from review.desk.returns import last_return_of
from review.models import AgendaItem, Assignment
from review.services.assigning import assign_expert
from review.services.meetings import add_items, plan_meeting
from tests.builders import make_claim, make_staff
from tests.experts import WIDE, make_expert
from tests.review.committee.conftest import UNLISTED, House
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff

pytestmark = pytest.mark.django_db


def given_to_experts():
    """Pass a claim on to the experts, and give it to one at once."""
    claim, office = whu_claim("office", facts=WIDE, points="3"), whu_staff(Role.OFFICE)
    endorse_claim(claim, office, revision=None)
    assign_expert(claim, whu_staff(Role.OFFICE), make_expert())
    return claim, office, "已分配专家评分"


def put_on_an_agenda():
    """Pass a claim on to the committee, and put it on an agenda at once."""
    house = House()
    claim = whu_claim("office", category="offtable", facts=UNLISTED, points="3", content=UNLISTED["title"])
    endorse_claim(claim, house.office, revision=None)
    meeting = plan_meeting(house.scheme, house.office, house.plan())
    add_items(meeting, house.office, [claim])
    return claim, house.office, "已列入评审委员会议程"


def spent():
    """Recognise points, and use them at once."""
    office, claim = make_staff(Role.OFFICE, scheme="bit"), make_claim(Status.IN_REVIEW, stage="office")
    approve_claim(claim, office, points=claim.claimed_points, revision=None)
    book(Lot.objects.get(claim=claim), "hold", 1, office, key="held")
    return claim, office, "积分已被转换申请占用或使用"


@pytest.mark.parametrize("bring", [given_to_experts, put_on_an_agenda, spent])
def test_what_others_have_built_on_is_not_taken_back(bring):
    claim, actor, why = bring()
    kept = Claim.objects.values().get(pk=claim.pk)
    events, built = ClaimEvent.objects.count(), (Assignment.objects.count(), AgendaItem.objects.count())
    answer = client_of(actor).post(f"/desk/claims/{claim.pk}/undo/", {"revision": claim.revision})
    assert answer.status_code == 403
    assert why in answer.content.decode()
    assert Claim.objects.values().get(pk=claim.pk) == kept
    assert ClaimEvent.objects.count() == events
    assert (Assignment.objects.count(), AgendaItem.objects.count()) == built


def test_a_number_that_no_revision_is_makes_the_press_a_stale_one(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    answer = secretary.post(f"/desk/claims/{claim.pk}/undo/", {"revision": "9" * 5000})
    assert answer.status_code == 409


def test_a_return_that_was_taken_back_with_its_batch_is_no_last_return(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    facts = {"verb": "return", "row": f"{claim.pk}:{claim.revision}", "reason": "请补材料"}
    answer = secretary.post("/desk/claims/batch/carry-out/", facts)
    returned = last_return_of(list(claim.events.order_by("pk")))
    assert returned is not None
    assert returned.reason == "请补材料"
    secretary.post(f"{answer.url}undo/")
    assert last_return_of(list(claim.events.order_by("pk"))) is None
