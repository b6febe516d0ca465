"""Narrowing a queue by the line of a category's table, and by whose business a claim is."""

import datetime

import pytest
from django.utils import timezone

from credits.items import items_of
from credits.models import Claim
from credits.services.decisions import return_claim
from portal.delegations.services import Wish, delegate
from portal.enums import Role, Status
from portal.models import Appointment
from tests.builders import FACTS, fresh, get_category, make_claim, make_person, make_staff
from tests.review.conftest import client_of, shown
from tests.whu import whu_category, whu_claim, whu_staff

LIST = "/desk/claims/"
QUEUE = 9  # queries, as in test_queues


def named(client, category, item, **more):
    return client.get(LIST, {"show": "all", "category": category, "item": item, **more})


def labels(response):
    return [label for _name, label in response.context["form"].fields["item"].widget.choices]


def test_items_are_the_choices_of_a_categorys_tables_and_narrow_the_queue(staff, secretary):
    national = make_claim(Status.IN_REVIEW, facts={**FACTS, "level": "国家级"})
    make_claim(Status.IN_REVIEW, facts={**FACTS, "level": "校级"}, points="1")
    category = get_category("competition").pk
    assert "竞赛级别：国家级" in labels(secretary.get(LIST, {"category": category}))
    assert shown(named(secretary, category, f"{category}:level=国家级")) == [national.pk]
    assert shown(named(secretary, category, f"{category}:level=国际级")) == []


def test_a_line_under_a_heading_is_found_by_both(db):
    office = client_of(whu_staff(Role.OFFICE))
    claim = whu_claim()
    category, item = whu_category().pk, claim.facts["item"]
    lines = [row for row in items_of(category) if dict(row.facts).get("item") == item]
    whole, *parts = lines
    assert dict(whole.facts) == {"item": item}
    assert shown(named(office, category, whole.name)) == [claim.pk]
    assert all(row.label.startswith(f"{whole.label} · ") for row in parts)
    found = [row for row in parts if shown(named(office, category, row.name))]
    assert [dict(row.facts)["level"] for row in found] == [claim.facts["level"]]


def test_an_item_left_over_from_another_category_asks_for_nothing(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    other = get_category("paper").pk
    assert shown(named(secretary, claim.category_id, f"{other}:index=EI 期刊")) == [claim.pk]
    assert shown(named(secretary, claim.category_id, f"{claim.category_id}:level=没有")) == []
    assert shown(secretary.get(LIST, {"item": f"{claim.category_id}:level=没有"})) == [claim.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_queue_narrowed_by_an_item_costs_no_query_more(staff, secretary, django_assert_num_queries, rows):
    for _number in range(rows):
        claim = make_claim(Status.IN_REVIEW)
    asked = {"category": claim.category_id, "item": f"{claim.category_id}:level={claim.facts['level']}"}
    secretary.get(LIST, asked)
    with django_assert_num_queries(QUEUE):
        assert len(shown(secretary.get(LIST, asked))) == rows


def test_what_one_handled_is_told_from_what_a_colleague_did(staff, secretary):
    mine, other = (make_claim(Status.IN_REVIEW, secretary=staff.secretary) for _number in range(2))
    for claim, actor in ((mine, staff.secretary), (other, staff.colleague)):
        return_claim(claim, actor, reason="补材料", revision=None)
        Claim.objects.filter(pk=claim.pk).update(status=Status.IN_REVIEW, stage="college")
    assert shown(secretary.get(LIST, {"mine": "handled"})) == [mine.pk]
    assert shown(staff.client("colleague").get(LIST, {"mine": "handled"})) == [other.pk]


def test_a_deputy_tells_the_own_from_what_is_done_for_somebody(staff):
    deputy = make_person("61209999", "代小红")
    today = timezone.localdate()
    for_her = make_claim(Status.IN_REVIEW)
    days = {"starts_on": today, "ends_on": today + datetime.timedelta(days=5)}
    wish = Wish(number=deputy.number, name=deputy.name, reason="休假", **days)
    delegate(Appointment.objects.get(person=staff.secretary), staff.secretary, wish)
    make_staff(Role.OFFICE, scheme="bit").appointments.update(person=deputy)
    own = make_claim(Status.IN_REVIEW, stage="office", office=staff.office)
    client = client_of(fresh(deputy))
    assert set(shown(client.get(LIST))) == {own.pk, for_her.pk}
    assert shown(client.get(LIST, {"mine": "own"})) == [own.pk]
    assert shown(client.get(LIST, {"mine": "deputy"})) == [for_her.pk]


def test_whoever_decides_nothing_is_not_asked_and_nobody_is_without_a_power_of_others(staff, secretary):
    assert 'name="mine"' not in staff.client("auditor").get(LIST).content.decode()
    page = secretary.get(LIST).content.decode()
    assert "我处理过的" in page
    assert "我代他人负责的" not in page
