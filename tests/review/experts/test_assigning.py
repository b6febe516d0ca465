"""Who gets what: by load, never across a tie, exactly as the preview said, all of it or nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from credits.models import Claim
from portal.enums import Role
from portal.models import Appointment, Event, Notice
from portal.workflow import NotAllowed
from review.experts.routing import claims_of_own, claims_read_by, unit_holders
from review.models import Assignment
from review.services.assigning import AssigningRefused, assign_expert, assign_experts, plan_experts, take_back
from review.services.conflicts import declare_conflict
from tests.builders import fresh, make_college, make_person
from tests.experts import WIDE, assigned, fresh_task, give, make_expert, make_experts, scoring_claim
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
LIST, PLAN, ACT = "/desk/assigning/", "/desk/assigning/plan/", "/desk/assigning/carry-out/"


def another(number, **more):
    """Bring one more claim to the experts."""
    return scoring_claim(facts={**WIDE, "doi": f"10.1/{number}"}, student=whu_student(f"学生{number}"), **more)


def pairs_of(deals):
    return [(deal.claim.pk, expert.person.pk) for deal in deals for expert in deal.experts]


def everything():
    return (
        sorted(Assignment.objects.values_list("claim", "expert", "state", "turn", "score")),
        Event.objects.count(),
        Notice.objects.count(),
    )


# --- The plan ---


def test_the_fewest_waiting_tasks_come_first_and_what_is_dealt_counts_at_once():
    experts = make_experts(4)
    office = whu_staff(Role.OFFICE)
    assigned(another(0), experts[:3], office=office)
    claims = [another(number) for number in (1, 2)]

    deals = plan_experts(claims)

    assert [[expert.person.name for expert in deal.experts] for deal in deals] == [
        ["专家丁", "专家甲", "专家乙"],  # 0, then 1 each
        ["专家丙", "专家丁", "专家甲"],  # 1 and 1, then 2
    ]
    assert all(deal.lacking == 0 for deal in deals)


def test_a_scored_task_is_no_load():
    experts = make_experts(4)
    tasks = assigned(another(0), experts[:3])
    give(tasks[0], "3")

    assert [one.person.name for one in plan_experts([another(1)])[0].experts] == ["专家甲", "专家丁", "专家乙"]


def test_whoever_is_tied_gets_nothing_and_what_lacks_is_said():
    claim = scoring_claim()
    make_expert("本院", college=claim.college)
    make_expert("别的类别", category="venture")
    free = make_expert("可评", college=make_college("med", "医学部"))

    deal = plan_experts([claim])[0]

    assert [one.person for one in deal.experts] == [free]
    assert deal.lacking == 2


def test_a_claim_that_has_some_experts_gets_only_what_it_lacks():
    claim, experts = scoring_claim(), make_experts(4)
    assigned(claim, experts[:2])

    assert [one.person.name for one in plan_experts([claim])[0].experts] == ["专家丙"]


def test_a_plan_costs_the_same_whatever_is_dealt(django_assert_num_queries):
    make_experts(4)
    for number in range(3):
        another(number)
    claims = list(claims_read_by(whu_staff(Role.OFFICE)))
    # tasks of the claims; experts, people's appointments, roll, declarations, loads
    for part in (claims[:1], claims):
        with django_assert_num_queries(6):
            plan_experts(part)


# --- Whose it is ---


def test_a_claim_waits_for_its_owner_unit_and_for_the_office_where_there_is_none():
    office, unit = whu_staff(Role.OFFICE), whu_staff(Role.OWNER_UNIT, category="paper")
    paper = scoring_claim(office=office)
    other = whu_staff(Role.OWNER_UNIT, category="venture")

    assert list(claims_of_own(unit)) == [paper]
    assert list(claims_of_own(other)) == []
    assert list(claims_of_own(office)) == []
    assert unit_holders(paper.scheme, paper.category) == [unit]

    Appointment.objects.filter(person=unit).update(ends_on="2021-01-01")
    assert list(claims_of_own(fresh(office))) == [paper]
    assert unit_holders(paper.scheme, paper.category) == [office]


def test_only_the_unit_and_the_office_assign():
    claim, expert = scoring_claim(), make_expert()
    for person in (
        whu_staff(Role.OWNER_UNIT, category="venture"),
        whu_staff(Role.AUDITOR),
        whu_staff(Role.COMMITTEE),
        whu_staff(Role.SECRETARY),
        whu_staff(Role.COUNSELLOR),
        make_expert("专家自己"),
        make_person(),
        fresh(claim.student.person),
    ):
        before = everything()
        with pytest.raises(ValidationError):
            assign_expert(claim, person, expert)
        assert everything() == before
    assert assign_expert(claim, whu_staff(Role.OWNER_UNIT, category="paper"), expert).expert == expert


def test_an_assignment_is_one_event_and_one_notice_for_each_expert():
    claims, experts = [another(number) for number in (1, 2)], make_experts(3)
    office = whu_staff(Role.OFFICE)
    Notice.objects.all().delete()

    assign_experts(pairs_of(plan_experts(claims)), office)

    events = Event.objects.filter(subject_kind="assignment")
    assert events.count() == 6
    assert {(event.verb, event.actor_role) for event in events} == {("assign", "office")}
    assert sorted((notice.person.name, notice.title) for notice in Notice.objects.all()) == sorted(
        (expert.name, "新的评审任务：2 条申报") for expert in experts
    )


def test_a_conflict_of_interest_is_refused_by_hand_too():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tied = make_expert("本院", college=claim.college)
    with pytest.raises(ValidationError) as refused:
        assign_expert(claim, office, tied)
    assert "所在学院" in str(refused.value)


def test_an_expert_is_given_a_claim_once_and_again_after_it_was_taken_back():
    claim, office, expert = scoring_claim(), whu_staff(Role.OFFICE), make_expert()
    task = assign_expert(claim, office, expert)
    with pytest.raises(ValidationError):
        assign_expert(claim, office, expert)
    take_back(task, office, reason="出差")
    assert assign_expert(claim, office, expert).pk == task.pk
    assert fresh_task(task).state == "waiting"


def test_a_task_is_taken_back_by_who_assigns_with_a_reason():
    task = assigned()[0]
    for person in (whu_staff(Role.AUDITOR), whu_staff(Role.OWNER_UNIT, category="venture"), make_expert("别人")):
        with pytest.raises(NotAllowed):
            take_back(task, person, reason="我想")
    with pytest.raises(ValidationError):
        take_back(task, whu_staff(Role.OFFICE), reason=" ")
    assert fresh_task(task).state == "waiting"


@pytest.mark.parametrize("kind", ["foreign", "gone", "tied", "ended", "twice", "missing"])
@pytest.mark.parametrize("place", [0, 1])
def test_one_impossible_pair_stops_all_of_them_and_is_named(kind, place):
    office, claim, experts = whu_staff(Role.OFFICE), scoring_claim(), make_experts(3)
    pairs = [(claim.pk, expert.pk) for expert in experts]
    pairs.insert(place, spoil(kind, claim, experts))
    before = everything()

    with pytest.raises(AssigningRefused) as refused:
        assign_experts(pairs, office)

    assert len(refused.value.offenders) == 1
    assert everything() == before


def spoil(kind, claim, experts):
    """Return a pair that cannot be."""
    if kind == "foreign":
        return whu_claim("office", facts={**WIDE, "doi": "10.9/x"}, points="3").pk, experts[0].pk
    if kind == "gone":
        return whu_claim("committee", facts={**WIDE, "doi": "10.9/y"}, points="3").pk, experts[0].pk
    if kind == "tied":
        return claim.pk, make_expert("本院", college=claim.college).pk
    if kind == "ended":
        gone = make_expert("已卸任")
        gone.appointments.update(ends_on="2021-01-01")
        return claim.pk, gone.pk
    return (claim.pk, experts[0].pk) if kind == "twice" else (987_654_321, experts[0].pk)


# --- The pages ---


def test_the_list_leads_from_what_lacks_experts_to_a_preview_that_changes_nothing():
    claim = scoring_claim()
    make_experts(3)
    office = client_of(whu_staff(Role.OFFICE))
    page = office.get(LIST)
    assert [(line.active, line.least) for line in page.context["lines"]] == [(0, 3)]
    before = everything()

    preview = office.get(PLAN, {"row": [claim.pk]})

    assert preview.status_code == 200
    assert [deal.claim.pk for deal in preview.context["deals"]] == [claim.pk]
    for name in ("专家甲", "专家乙", "专家丙"):
        assert name in preview.content.decode()
    assert everything() == before


def test_what_the_preview_listed_is_what_happens():
    claims = [another(number) for number in (1, 2)]
    make_experts(4)
    office = client_of(whu_staff(Role.OFFICE))
    deals = office.get(PLAN).context["deals"]
    pairs = [key for deal in deals for key in deal.keys]

    response = office.post(ACT, {"pair": pairs})

    assert response.url == LIST
    assert sorted(f"{task.claim_id}:{task.expert_id}" for task in Assignment.objects.all()) == sorted(pairs)
    assert {claim.pk for claim in claims} == {task.claim_id for task in Assignment.objects.all()}
    assert office.get(f"{LIST}?show=full").context["lines"][0].active == 3


def test_a_preview_that_has_grown_old_changes_nothing_and_shows_a_new_one():
    claim, experts = scoring_claim(), make_experts(4)
    office = whu_staff(Role.OFFICE)
    client = client_of(office)
    pairs = [key for deal in client.get(PLAN).context["deals"] for key in deal.keys]
    declare_conflict(claim.scheme, office, experts[0], claim.student, reason="师生")
    before = everything()

    response = client.post(ACT, {"pair": pairs})

    assert response.status_code == 409
    assert "师生" not in response.content.decode()  # what was declared is between the expert and the office
    assert "已申明与申报人有利益关系" in response.content.decode()
    assert everything() == before
    assert experts[0].pk not in {e.person.pk for deal in response.context["deals"] for e in deal.experts}


@pytest.mark.parametrize("pairs", [[], ["x"], ["1"], ["1:"], [":1"], ["9" * 30 + ":1"]])
def test_nonsense_is_no_assignment(pairs):
    assert client_of(whu_staff(Role.OFFICE)).post(ACT, {"pair": pairs}).status_code == 404


def test_the_page_of_a_claim_says_why_somebody_cannot_be_asked():
    claim = scoring_claim()
    make_expert("本院", college=claim.college)
    free = make_expert("可评")
    client = client_of(whu_staff(Role.OFFICE))
    address = reverse("review:assigning_claim", args=[claim.pk])
    page = client.get(address)
    assert "申报人属于专家所在学院" in page.content.decode()

    response = client.post(f"{address}assign/", {"expert": free.pk})

    assert response.url == address
    assert Assignment.objects.get().expert == free
    history = client.get(address).context["history"]
    assert [(row.title, row.expert) for row in history] == [("分配", "可评")]


def test_scores_by_expert_are_shown_to_office_and_auditor_alone():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, office=office)
    give(tasks[0], "2.35", comment="canary-comment")
    address = reverse("review:assigning_claim", args=[claim.pk])
    review = reverse("review:claim", args=[claim.pk])

    readers = {"office": office, "auditor": whu_staff(Role.AUDITOR)}
    others = {
        "unit": whu_staff(Role.OWNER_UNIT, category="paper"),
        "secretary": whu_staff(Role.SECRETARY),
        "committee": whu_staff(Role.COMMITTEE),
        "counsellor": whu_staff(Role.COUNSELLOR, college=claim.college),
    }
    for person in readers.values():
        assert "canary-comment" in client_of(person).get(address).content.decode()
        text = client_of(person).get(review).content.decode()
        assert "canary-comment" in text
        assert tasks[0].expert.name in text
    for name, person in others.items():
        for page in (address, review):
            text = client_of(person).get(page).content.decode()
            assert "canary-comment" not in text, (name, page)
            assert "2.35" not in text, (name, page)
            if page == review:
                assert tasks[0].expert.name not in text, name


def test_an_office_person_who_scores_the_claim_too_reads_no_others_score():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, office=office)
    give(tasks[0], "2.35", comment="canary-comment")
    both = make_expert("兼任")
    both.appointments.create(role=Role.OFFICE, scheme_code="whu", starts_on="2020-01-01")
    assign_expert(claim, office, both)

    client = client_of(fresh(both))
    for page in (reverse("review:assigning_claim", args=[claim.pk]), reverse("review:claim", args=[claim.pk])):
        assert "canary-comment" not in client.get(page).content.decode()
    workbook = client.post("/desk/assigning/export/")
    assert "canary-comment" not in text_of(workbook)


def text_of(response):
    from tests.journeys.test_canaries import text_of as read  # noqa: PLC0415 - beside its use

    return read(response)


def test_the_export_holds_every_task_and_leaves_an_event():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, office=office)
    give(tasks[0], "2.35", comment="方法扎实")
    for person in (office, whu_staff(Role.AUDITOR)):
        text = text_of(client_of(person).post("/desk/assigning/export/"))
        for word in (tasks[0].expert.number, "2.35", "方法扎实", "待评分", claim.receipt_number):
            assert word in text, word
    assert Event.objects.filter(verb="export", subject_kind="assignments").count() == 2
    for role in (Role.OWNER_UNIT, Role.COMMITTEE):
        assert (
            client_of(whu_staff(role, category="paper" if role == Role.OWNER_UNIT else ""))
            .post("/desk/assigning/export/")
            .status_code
            == 404
        )


def test_what_experts_cannot_judge_goes_back_to_the_student():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    task = assigned(claim, office=office)[0]
    address = reverse("review:assigning_return", args=[claim.pk])
    claim.refresh_from_db()
    form = {"revision": claim.revision, "reason": "缺检索证明"}
    for person in (whu_staff(Role.AUDITOR), whu_staff(Role.COMMITTEE), whu_staff(Role.SECRETARY), fresh(task.expert)):
        assert client_of(person).post(address, form).status_code in {403, 404}
    client = client_of(office)
    assert client.post(address, {**form, "reason": " "}).status_code == 422
    assert client.post(address, {**form, "revision": claim.revision - 1}).status_code == 409
    assert client.post(address, form).url == LIST

    claim.refresh_from_db()
    assert claim.status == "returned"
    assert "缺检索证明" in Notice.objects.get(person=claim.student.person).text
    assert client_of(fresh(task.expert)).get("/desk/experts/").context["rows"] == []


def test_other_people_do_not_learn_that_these_pages_exist():
    claim = scoring_claim()
    task = assigned(claim)[0]
    pages = [LIST, PLAN, reverse("review:assigning_claim", args=[claim.pk])]
    acts = [ACT, f"{pages[2]}assign/", f"/desk/assigning/tasks/{task.pk}/take-back/"]
    for person in (whu_staff(Role.SECRETARY), whu_staff(Role.COMMITTEE), make_expert(), fresh(claim.student.person)):
        client = client_of(person)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(act, {"reason": "我想"}).status_code for act in acts} == {404}
    stranger = client_of(whu_staff(Role.OWNER_UNIT, category="venture"))
    assert stranger.get(pages[2]).status_code == 404
    assert stranger.post(acts[2], {"reason": "我想"}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_waits(django_assert_num_queries, number):
    make_experts(3)
    claims = [another(place) for place in range(number)]
    assigned(claims[0], make_experts(3)[:1])
    client = client_of(whu_staff(Role.OFFICE))
    client.get(LIST)
    # session, person, appointments, roll; units, versions in the stage; claims, windows; categories, rounds; notices
    with django_assert_num_queries(11):
        client.get(LIST)
    assert Claim.objects.count() == number
