"""Two claims judged to be the same project, from the page of one of them."""

import pytest
from django.urls import reverse

from credits.models import Claim
from portal.enums import Role
from tests.whu import PAPER, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db
OTHER = {**PAPER, "doi": "10.1000/other", "title": "另一题目"}


@pytest.fixture
def two():
    student, round_, office = whu_student(), whu_round(), whu_staff(Role.OFFICE)
    facts = {"student": student, "round_": round_, "office": office}
    first = whu_claim("recognised", score="7", **facts)
    second = whu_claim("recognised", facts=OTHER, score="6", content="另一题目", **{k: facts[k] for k in facts})
    return first, second, office


def sent(second, other, **typed):
    return {"revision": second.revision, "other": other.pk, "join_reason": "同一论文的中文版", **typed}


def test_the_page_offers_the_students_other_claims_and_then_shows_the_cluster(client, two):
    first, second, office = two
    client.force_login(office)
    page = reverse("review:claim", args=[second.pk])
    assert "与另一项申报判定为同一项目" in client.get(page).content.decode()

    answer = client.post(reverse("review:claim_join", args=[second.pk]), sent(second, first), follow=True)

    assert "已判定为同一项目" in answer.content.decode()
    assert first.content in answer.content.decode()
    assert Claim.objects.filter(student=first.student).total() == first.recognised_points
    assert [event.verb for event in second.events.all()][-1] == "join"


def test_words_are_wanted_and_kept(client, two):
    first, second, office = two
    client.force_login(office)

    answer = client.post(reverse("review:claim_join", args=[second.pk]), sent(second, first, join_reason=""))

    assert answer.status_code == 422
    assert Claim.objects.get(pk=second.pk).project_id != Claim.objects.get(pk=first.pk).project_id


def test_another_students_claim_is_no_choice(client, two):
    _first, second, office = two
    foreign = whu_claim("college", student=whu_student("路人"))
    client.force_login(office)

    answer = client.post(reverse("review:claim_join", args=[second.pk]), sent(second, foreign))

    assert answer.status_code == 422


def test_an_office_elsewhere_finds_nothing(client, two):
    from tests.builders import make_staff  # noqa: PLC0415 - only here

    first, second, _office = two
    client.force_login(make_staff(Role.OFFICE, scheme="bit"))

    answer = client.post(reverse("review:claim_join", args=[second.pk]), sent(second, first))

    assert answer.status_code == 404
