"""The queues: whose rows, which filters, which order, and what comes next."""

import datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone

from credits.models import Category, Claim
from portal.enums import Status
from review.desk.queues import ClaimQueue
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    get_version,
    make_application,
    make_claim,
    make_college,
    make_round,
    make_student,
)

URL = "/desk/claims/"


def shown(response):
    assert response.status_code == 200
    return [row["pk"] for row in response.context["rows"]]


def age(claim, days):
    Claim.objects.filter(pk=claim.pk).update(stage_entered_at=timezone.now() - datetime.timedelta(days=days))


def queue_of(person, query=""):
    request = RequestFactory().get(f"/?{query}")
    request.user = person
    return ClaimQueue(request)


def test_a_secretary_sees_what_waits_for_her_and_nothing_of_another_college(staff, secretary):
    mine = make_claim(Status.IN_REVIEW)
    elsewhere = make_claim(Status.IN_REVIEW, student=make_student(college=make_college(*OTHER_COLLEGE)))
    second_stage = make_claim(Status.IN_REVIEW, stage="office")
    make_claim(Status.DRAFT)
    assert shown(secretary.get(URL)) == [mine.pk]
    everything = shown(secretary.get(f"{URL}?show=all"))
    assert set(everything) == {mine.pk, second_stage.pk}
    assert shown(staff.client("away").get(URL)) == [elsewhere.pk]
    assert shown(staff.client("office").get(URL)) == [second_stage.pk]


def test_those_who_decide_nothing_read_everything_in_their_reach(staff):
    claim = make_claim(Status.IN_REVIEW)
    for role in ("counsellor", "auditor", "committee"):
        response = staff.client(role).get(URL)
        assert shown(response) == [claim.pk], role
        assert "开始审核" not in response.content.decode(), role
    assert shown(staff.client("owner_unit").get(URL)) == []


@pytest.mark.parametrize("url", [URL, "/desk/", "/desk/applications/", "/desk/claims/start/", "/desk/filing/missing/"])
def test_the_desk_does_not_exist_for_students_and_administrators(staff, client, url):
    assert staff.client("student").get(url).status_code == 404
    assert staff.client("administrator").get(url).status_code == 404
    assert client.get(url).status_code == 302


def test_nobody_finds_the_own_claim_in_the_queue(staff):
    from portal.enums import Role  # noqa: PLC0415 - one test needs it
    from tests.builders import fresh, make_staff  # noqa: PLC0415 - as above

    student = make_student("兼职")
    other = make_staff(Role.SECRETARY, college=student.college)
    other.appointments.update(person=student.person)
    mine = make_claim(Status.IN_REVIEW, student=student, secretary=staff.secretary)
    person = fresh(student.person)
    assert list(Claim.objects.waiting_for(person)) == []
    assert mine in Claim.objects.waiting_for(staff.secretary)


def test_discarded_drafts_are_nobodys_to_see(staff, secretary):
    from credits.services.claims import discard_claim  # noqa: PLC0415 - one test needs it

    claim = make_claim()
    discard_claim(claim, claim.student.person, revision=None)
    assert claim.status == Status.WITHDRAWN
    assert shown(secretary.get(f"{URL}?show=all")) == []


def test_filters_narrow_by_what_the_address_says(staff, secretary):
    round_ = make_round()
    one = make_claim(Status.IN_REVIEW, content="数学建模竞赛省一等奖", round_=round_)
    two = make_claim(Status.IN_REVIEW, student=make_student("张三", cohort=2023), content="程序设计竞赛")
    cases = {
        "q=数学建模": [one.pk],
        "q=张三": [two.pk],
        f"q={two.student.person.number[:9]}": [two.pk],
        "q=没有这个词": [],
        "cohort=2023": [two.pk],
        f"round={round_.pk}": [one.pk],
        f"category={one.category_id}": [one.pk, two.pk],
        f"year={one.academic_year}": [one.pk, two.pk],
        f"group={two.student.class_group.name}": [two.pk],
        "age=today": [one.pk, two.pk],
        "age=older": [],
        "category=999999": [],
        "round=x": [],
        "show=recognised": [],
        "show=nonsense": [one.pk, two.pk],
    }
    for query, expected in cases.items():
        assert shown(secretary.get(f"{URL}?{query}")) == expected, query


def test_filters_offer_what_the_schemes_of_the_college_have(staff, secretary):
    """A secretary is appointed for a college, not for a scheme; another college's scheme is none of hers."""
    version = get_version("whu")
    cover(version.scheme, make_college(*OTHER_COLLEGE))
    cover(get_version().scheme, staff.secretary.appointments.get().college)
    offered = {label for _value, label in secretary.get(URL).context["form"].fields["category"].choices}
    own, other = (
        set(scheme.categories.values_list("name", flat=True)) for scheme in (get_version().scheme, version.scheme)
    )
    assert own <= offered
    assert not (other - own) & offered
    assert other <= {label for _v, label in staff.client("away").get(URL).context["form"].fields["category"].choices}


def test_kept_filters_follow_what_they_offer_what_is_asked_for_and_the_language(staff, secretary):
    make_claim(Status.IN_REVIEW)
    before = secretary.get(URL).content.decode()
    category = Category.objects.get(scheme__code="bit", code="innovation")
    Category.objects.filter(pk=category.pk).update(name="<新名称>")
    after = secretary.get(URL).content.decode()
    assert "&lt;新名称&gt;" not in before
    assert f'<option value="{category.pk}">&lt;新名称&gt;</option>' in after
    assert '<option value="older" selected>' in secretary.get(f"{URL}?age=older").content.decode()
    assert '<option value="older" selected>' not in secretary.get(URL).content.decode()
    secretary.cookies["portal_language"] = "en"
    english = secretary.get(URL).content.decode()
    assert "更多条件" not in english
    assert "等待时间" not in english
    assert "显示的列" not in english


def test_each_age_holds_its_claims_once(staff, secretary):
    claims = {days: make_claim(Status.IN_REVIEW) for days in (0, 1, 5, 30)}
    for days, claim in claims.items():
        age(claim, days)
    for name, days in {"today": 0, "3d": 1, "7d": 5, "older": 30}.items():
        assert shown(secretary.get(f"{URL}?age={name}")) == [claims[days].pk], name


def test_the_longest_waiting_comes_first_and_sorts_are_a_whitelist(staff, secretary):
    young, old = make_claim(Status.IN_REVIEW, points="2"), make_claim(Status.IN_REVIEW, points="1")
    age(old, 9)
    assert shown(secretary.get(URL)) == [old.pk, young.pk]
    assert shown(secretary.get(f"{URL}?sort=-age")) == [young.pk, old.pk]
    assert shown(secretary.get(f"{URL}?sort=points")) == [old.pk, young.pk]
    assert shown(secretary.get(f"{URL}?sort=student__person__password")) == [old.pk, young.pk]


def test_pages_of_25_follow_each_other_without_gaps(staff, secretary):
    first = make_claim(Status.IN_REVIEW)
    rows = []
    for number in range(27):
        copy = Claim.objects.get(pk=first.pk)
        copy.pk, copy.receipt_number, copy.content = None, f"R{number}", f"第 {number} 条"
        rows.append(copy)
    Claim.objects.bulk_create(rows)
    page = secretary.get(URL)
    later = secretary.get(f"{URL}?after={page.context['queue'].listing.pager.next_cursor}")
    assert (len(shown(page)), len(shown(later))) == (25, 3)
    assert len({*shown(page), *shown(later)}) == 28


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_whatever_it_holds(staff, secretary, django_assert_num_queries, rows):
    for _number in range(rows):
        make_claim(Status.IN_REVIEW)
    secretary.get(URL)
    # session, person, appointments, roll, rows, what filters offer, notices, saved views, dates
    with django_assert_num_queries(9):
        assert len(shown(secretary.get(URL))) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_of_applications_costs_the_same(staff, secretary, django_assert_num_queries, rows):
    for _number in range(rows):
        make_application(Status.IN_REVIEW, offering=one_offering())
    secretary.get("/desk/applications/")
    # session, person, appointments, roll, saved views, rows, courses, terms, notices
    with django_assert_num_queries(9):
        assert len(shown(secretary.get("/desk/applications/"))) == rows


def one_offering():
    from conversion.models import Offering  # noqa: PLC0415 - one helper needs it
    from tests.builders import make_offering  # noqa: PLC0415 - as above

    return Offering.objects.first() or make_offering()


def test_next_and_previous_follow_the_queue_also_from_a_row_that_left_it(staff):
    claims = [make_claim(Status.IN_REVIEW) for _number in range(3)]
    for claim, days in zip(claims, (3, 2, 1), strict=True):
        age(claim, days)
        claim.refresh_from_db()
    queue = queue_of(staff.secretary)
    assert queue.first() == claims[0].pk
    assert queue.before(claims[0]) is None
    assert (queue.before(claims[1]), queue.after(claims[1])) == (claims[0].pk, claims[2].pk)
    assert queue.following(claims[2]) == claims[0].pk
    Claim.objects.filter(pk=claims[1].pk).update(status=Status.REFUSED, stage="")
    assert queue_of(staff.secretary).after(claims[1]) == claims[2].pk
    Claim.objects.exclude(pk=claims[1].pk).update(status=Status.REFUSED, stage="")
    assert queue_of(staff.secretary).following(claims[1]) is None


def test_next_stays_inside_the_filters(staff):
    claims = [make_claim(Status.IN_REVIEW, content=text) for text in ("数学建模", "程序设计", "数学竞赛")]
    for claim, days in zip(claims, (3, 2, 1), strict=True):
        age(claim, days)
        claim.refresh_from_db()
    assert queue_of(staff.secretary, "q=数学").after(claims[0]) == claims[2].pk


def test_starting_leads_to_the_first_or_back_to_the_empty_queue(staff, secretary):
    assert secretary.get("/desk/claims/start/?q=x").url == "/desk/claims/?q=x"
    claim = make_claim(Status.IN_REVIEW)
    assert secretary.get("/desk/claims/start/").url == f"/desk/claims/{claim.pk}/"
    response = staff.client("office").get(URL)
    assert "全部审核完毕" in response.content.decode()
