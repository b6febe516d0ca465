"""What colleges deliver and who is late; the office reminds, and passes delivered claims on, row by row."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from credits.models import Claim, ClaimEvent
from credits.services.decisions import endorse_claim, refuse_claim, return_claim
from portal.enums import Role
from portal.models import Event, Notice
from portal.workflow import NotAllowed
from review.experts.collating import collates, collation_of
from review.models import Delivery
from review.services.collation import deliver_college, remind_college
from tests.builders import cover, get_version, make_claim, make_college, make_staff, make_window, move_deadline
from tests.experts import WIDE
from tests.review.conftest import client_of
from tests.review.experts.test_assigning import text_of
from tests.whu import whu_claim, whu_college, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db
PAGE = "/office/collation/"


@pytest.fixture
def round_():
    """A round in which students have handed in and colleges still review."""
    made = whu_round(name="2025 年创新学分")
    make_window(made, Role.SECRETARY, opens=-20, closes=10)
    return made


@pytest.fixture
def secretary():
    return whu_staff(Role.SECRETARY, name="何丽华")


def claim_in(round_, number, stage="college", **more):
    facts = {**WIDE, "doi": f"10.1/{number}"}
    return whu_claim(stage, facts=facts, points="3", round_=round_, student=whu_student(f"学生{number}"), **more)


def row_of(round_, college=None):
    round_ = type(round_).objects.prefetch_related("windows").get(pk=round_.pk)
    table = collation_of(round_, collates(round_))
    return next(row for row in table.rows if row.college == (college or whu_college()))


def close_students(round_):
    move_deadline(round_, days=-5)


def test_the_table_counts_what_each_college_has_done(round_, secretary):
    office, committee = whu_staff(Role.OFFICE), whu_staff(Role.COMMITTEE)
    claim_in(round_, 1)
    claim_in(round_, 2, "office", office=office)
    claim_in(round_, 3, "experts", office=office)
    return_claim(claim_in(round_, 4), secretary, reason="缺页", revision=None)
    refuse_claim(claim_in(round_, 5), secretary, reason="不实", revision=None)
    later = claim_in(round_, 6, "committee", office=office)
    refuse_claim(later, committee, reason="不予认定", revision=None, may=lambda _p, _c: allowed())
    claim_in(round_, 7, "draft")
    other = make_college("chem", "化学学院")
    cover(get_version("whu").scheme, other)

    row = row_of(round_)

    assert (row.to_review, row.passed, row.returned, row.refused, row.waiting, row.late) == (1, 3, 1, 1, 1, 0)
    assert row_of(round_, other).total == 0


def allowed():
    from portal.verdict import Verdict  # noqa: PLC0415 - beside its use

    return Verdict.yes(Role.COMMITTEE)


def test_what_is_left_after_the_colleges_deadline_is_late_by_cohort(round_):
    claim_in(round_, 1)
    assert row_of(round_).late == 0
    move_deadline(round_, days=-1, role=Role.SECRETARY)
    assert row_of(round_).late == 1
    make_window(round_, Role.SECRETARY, opens=-20, closes=5, cohort=2022)  # this cohort has longer
    assert row_of(round_).late == 0


def test_a_college_delivers_when_nothing_is_left(round_, secretary):
    claim = claim_in(round_, 1)
    with pytest.raises(NotAllowed) as refused:
        deliver_college(round_, whu_college(), secretary)
    assert "尚未截止" in str(refused.value)
    close_students(round_)
    with pytest.raises(NotAllowed) as refused:
        deliver_college(round_, whu_college(), secretary)
    assert "还有 1 条待初审" in str(refused.value)
    endorse_claim(claim, secretary, revision=None)

    row = deliver_college(round_, whu_college(), secretary, note="已核对")

    assert (row.passed, row.refused, row.delivered_by, row.note) == (1, 0, secretary, "已核对")
    event = Event.objects.get(subject_kind="delivery")
    assert (event.verb, event.actor_role, event.after["passed"]) == ("deliver", "secretary", 1)


def test_nothing_new_is_not_delivered_twice_but_what_came_back_is(round_, secretary):
    back = claim_in(round_, 1)
    close_students(round_)
    return_claim(back, secretary, reason="缺页", revision=None)
    deliver_college(round_, whu_college(), secretary)
    with pytest.raises(NotAllowed):
        deliver_college(round_, whu_college(), secretary)
    from credits.services.claims import submit_claim  # noqa: PLC0415 - beside its use
    from tests.builders import fresh  # noqa: PLC0415 - as above

    submit_claim(back, fresh(back.student.person), revision=None)
    with pytest.raises(NotAllowed):
        deliver_college(round_, whu_college(), secretary)
    endorse_claim(back, secretary, revision=None)

    assert deliver_college(round_, whu_college(), secretary).passed == 1
    assert Delivery.objects.count() == 1


def test_only_the_colleges_own_secretary_delivers(round_, secretary):
    close_students(round_)
    other = make_college("chem", "化学学院")
    cover(round_.scheme, other)
    for person in (whu_staff(Role.OFFICE), whu_staff(Role.SECRETARY, college=other), whu_staff(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            deliver_college(round_, whu_college(), person)
    assert not Delivery.objects.exists()


def test_a_scheme_that_does_not_collate_is_not_delivered():
    claim = make_claim("in_review")
    close_students(claim.round)
    with pytest.raises(NotAllowed):
        deliver_college(claim.round, claim.college, make_staff(Role.SECRETARY, college=claim.college))


def test_the_office_reminds_the_secretaries_once_each(round_, secretary):
    claim_in(round_, 1)
    Notice.objects.all().delete()
    assert remind_college(round_, whu_college(), whu_staff(Role.OFFICE)) == 1
    notice = Notice.objects.get()
    assert notice.person == secretary
    assert round_.name in notice.title
    assert "截止时间" in notice.text
    assert Event.objects.get(subject_kind="delivery").verb == "remind"
    for person in (secretary, whu_staff(Role.AUDITOR), whu_staff(Role.COMMITTEE)):
        with pytest.raises(NotAllowed):
            remind_college(round_, whu_college(), person)


def test_a_college_without_a_secretary_cannot_be_reminded(round_):
    nobody = make_college("chem", "化学学院")
    cover(round_.scheme, nobody)
    with pytest.raises(ValidationError):
        remind_college(round_, nobody, whu_staff(Role.OFFICE))


# --- Pages ---


def test_the_desk_offers_to_deliver(round_, secretary):
    claim = claim_in(round_, 1)
    close_students(round_)
    client = client_of(secretary)
    text = client.get("/desk/").content.decode()
    assert "初审报送" in text
    assert "还有 1 条待初审" in text
    endorse_claim(claim, secretary, revision=None)
    address = reverse("review:deliver", args=[round_.pk])
    assert address in client.get("/desk/").content.decode()

    assert client.post(address, {"college": whu_college().code, "note": ""}).url == "/desk/"

    assert Delivery.objects.get().delivered_by == secretary
    assert "已报送" in client.get("/desk/").content.decode()


def test_a_desk_without_collation_is_as_it_was():
    make_claim("in_review")
    text = client_of(make_staff(Role.SECRETARY)).get("/desk/").content.decode()
    assert "初审报送" not in text


def test_an_old_round_that_went_on_undelivered_is_over(round_, secretary):
    claim_in(round_, 1, "experts", office=whu_staff(Role.OFFICE))
    close_students(round_)
    move_deadline(round_, days=-1, role=Role.SECRETARY)
    assert row_of(round_).is_over
    whu_round(name="2026 年创新学分")
    assert "2025 年创新学分" not in client_of(secretary).get("/desk/").content.decode().partition("初审报送")[2]
    page = client_of(whu_staff(Role.OFFICE)).get(f"{PAGE}?round={round_.pk}").content.decode()
    assert "已办结" in page
    assert "逾期未报" not in page


def test_the_office_sees_who_delivered_when_and_who_is_late(round_, secretary):
    claim = claim_in(round_, 1)
    other = make_college("chem", "化学学院")
    claim_in(round_, 2, "college")
    Claim.objects.filter(content=claim.content).exclude(pk=claim.pk).update(college=other)
    cover(round_.scheme, other)
    close_students(round_)
    endorse_claim(claim, secretary, revision=None)
    deliver_college(round_, whu_college(), secretary)
    move_deadline(round_, days=-1, role=Role.SECRETARY)

    for person in (whu_staff(Role.OFFICE), whu_staff(Role.AUDITOR)):
        text = client_of(person).get(PAGE).content.decode()
        for word in ("测绘学院", "何丽华", "已报送", "化学学院", "逾期未报", "1 / 2 个学院已报送"):
            assert word in text, word


def test_delivered_claims_are_passed_on_and_the_result_says_so(round_, secretary):
    claims = [claim_in(round_, number) for number in (1, 2)]
    close_students(round_)
    for claim in claims:
        endorse_claim(claim, secretary, revision=None)
    office = client_of(whu_staff(Role.OFFICE))
    address = reverse("review:collation_pass", args=[round_.pk])
    assert office.get(address).status_code == 302  # nobody has delivered
    deliver_college(round_, whu_college(), secretary)

    preview = office.get(address)

    plan = preview.context["plan"]
    assert [row.becomes for row in plan.approvable] == ["归口专家评分"] * 2
    text = preview.content.decode()
    assert "将通过 2 条" in text
    assert "合计" not in text
    rows = [row.wanted.key for row in plan.approvable]
    response = office.post("/desk/claims/batch/carry-out/", {"verb": "approve", "row": rows})
    assert {claim.stage for claim in Claim.objects.all()} == {"experts"}
    assert len(office.get(response.url).context["rows"]) == 2
    assert ClaimEvent.objects.filter(verb="approve", actor_role="office").count() == 2
    assert office.get(f"{address}?college={whu_college().code}").status_code == 302


def test_only_delivered_colleges_claims_are_passed_on(round_, secretary):
    claim, away = claim_in(round_, 1, "office"), claim_in(round_, 2, "office")
    close_students(round_)
    other = make_college("chem", "化学学院")
    cover(round_.scheme, other)
    Claim.objects.filter(pk=away.pk).update(college=other)
    deliver_college(round_, whu_college(), secretary)

    preview = client_of(whu_staff(Role.OFFICE)).get(reverse("review:collation_pass", args=[round_.pk]))

    assert [row.claim.pk for row in preview.context["plan"].rows] == [claim.pk]


def test_the_table_is_exported_with_an_event(round_, secretary):
    claim_in(round_, 1)
    office = client_of(whu_staff(Role.OFFICE))
    text = text_of(office.post(f"{PAGE}export/?round={round_.pk}"))
    for word in ("测绘学院", "待初审", "初审通过"):
        assert word in text, word
    assert Event.objects.filter(verb="export", subject_kind="collation").count() == 1


def test_other_people_do_not_learn_that_these_pages_exist(round_, secretary):
    claim_in(round_, 1)
    acts = {
        "export/": {},
        f"{round_.pk}/remind/": {"college": whu_college().code},
    }
    for person in (secretary, whu_staff(Role.COMMITTEE), whu_staff(Role.OWNER_UNIT), whu_staff(Role.EXPERT)):
        client = client_of(person)
        assert client.get(PAGE).status_code == 404
        assert client.get(f"{PAGE}{round_.pk}/pass/").status_code == 404
        assert {client.post(f"{PAGE}{path}", form).status_code for path, form in acts.items()} == {404}
    auditor = client_of(whu_staff(Role.AUDITOR))
    assert auditor.get(f"{PAGE}{round_.pk}/pass/").status_code == 404
    assert auditor.post(f"{PAGE}{round_.pk}/remind/", {"college": whu_college().code}).status_code == 403


def test_a_secretary_delivers_no_other_colleges_round(round_, secretary):
    other = make_college("chem", "化学学院")
    cover(round_.scheme, other)
    close_students(round_)
    address = reverse("review:deliver", args=[round_.pk])
    assert client_of(secretary).post(address, {"college": other.code}).status_code == 404
    away = whu_staff(Role.SECRETARY, college=other)
    assert client_of(away).post(address, {"college": whu_college().code}).status_code == 404
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_table_costs_the_same_whatever_was_claimed(round_, django_assert_num_queries, number):
    for place in range(number):
        claim_in(round_, place)
        cover(round_.scheme, make_college(f"c{place}", f"学院{place}"))
    client = client_of(whu_staff(Role.OFFICE))
    client.get(PAGE)
    # session, person, appointments, roll; rounds, windows, version; coverage, counts, deliveries; notices
    with django_assert_num_queries(11):
        client.get(PAGE)
