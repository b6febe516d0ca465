"""The expert's desk: own tasks only, blind to everybody else, from one score to the next."""

import pytest
from django.urls import reverse

from credits.models import Claim
from portal.enums import Role
from portal.models import Appointment
from review.models import Assignment
from review.services.assigning import assign_expert
from review.services.conflicts import declare_conflict
from review.services.scoring import abstain
from tests.builders import OTHER_COLLEGE, fresh, make_college
from tests.experts import WIDE, assigned, fresh_task, give, make_expert, scoring_claim
from tests.review.conftest import client_of
from tests.whu import PAPER, together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
DESK = "/desk/experts/"


def page_of(task, act=""):
    return f"{reverse('review:expert_task', args=[task.pk])}{act}"


def client_for(task):
    return client_of(fresh(task.expert))


def test_home_leads_an_expert_to_the_tasks():
    task = assigned()[0]
    response = client_for(task).get("/", follow=True)
    assert response.redirect_chain[-1][0] == DESK if response.redirect_chain else response.wsgi_request.path == DESK
    assert task.claim.content in response.content.decode()


def test_the_desk_counts_what_is_done():
    expert, office = make_expert(), whu_staff(Role.OFFICE)
    claims = [scoring_claim(facts={**WIDE, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}")) for n in range(3)]
    round_ = claims[0].round
    Claim.objects.update(round=round_)
    tasks = [assign_expert(claim, office, expert) for claim in claims]
    give(tasks[0], "3")

    page = client_of(fresh(expert)).get(DESK)

    progress = page.context["progress"]
    assert (progress.done, progress.total) == (1, 3)
    assert [task.pk for task, _due in page.context["rows"]] == [tasks[1].pk, tasks[2].pk]
    assert "已完成 1 / 3 条" in page.content.decode()


def test_the_page_shows_what_an_expert_needs_and_no_more():
    claim = scoring_claim(student=whu_student("林一鸣", number="2022302010001"))
    whu_claim("college", student=claim.student, facts={**PAPER, "doi": "10.2/b"}, content="别的申报")
    task = assigned(claim)[0]

    text = client_for(task).get(page_of(task)).content.decode()

    for word in (
        claim.content,
        "林一鸣",
        "EI期刊",
        "可评范围",
        "1.0–4.0",
        "材料属实",
        "既往评分",
        "paper.pdf",
        "index.pdf",
    ):
        assert word in text, word
    for word in ("别的申报", "2022302010001", "审核记录", "赵老师"):
        assert word not in text, word


def test_an_expert_reads_nothing_of_another_expert():
    claim = scoring_claim()
    tasks = assigned(claim, [make_expert(name) for name in ("甲教授", "乙教授", "丙教授", "丁教授")])
    give(tasks[0], "1.23", comment="canary-comment")
    abstain(tasks[1], fresh(tasks[1].expert), reason="canary-reason")
    give(tasks[2], "2")

    client = client_for(tasks[2])
    addresses = [DESK, f"{DESK}?show=all", f"{DESK}?show=scored", page_of(tasks[2]), f"{DESK}conflicts/"]
    addresses += [
        reverse("credits:claim", args=[claim.pk]),
        reverse("credits:explanation", args=[claim.pk]),
        "/notices/",
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        for word in ("canary-comment", "canary-reason", "1.23", "甲教授", "乙教授", "丁教授"):
            assert word not in answer.content.decode(), (address, word)


def test_scoring_leads_to_the_next_task_and_in_the_end_home():
    expert, office = make_expert(), whu_staff(Role.OFFICE)
    claims = [scoring_claim(facts={**WIDE, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}")) for n in range(2)]
    tasks = [assign_expert(claim, office, expert) for claim in claims]
    client = client_of(fresh(expert))
    assert client.get(f"{DESK}start/").url == page_of(tasks[0])

    assert client.post(page_of(tasks[0], "score/"), {"score": "3", "comment": ""}).url == page_of(tasks[1])
    assert client.post(page_of(tasks[1], "score/"), {"score": "2.5"}).url == DESK

    assert [str(score) for score in Assignment.objects.order_by("pk").values_list("score", flat=True)] == [
        "3.00",
        "2.50",
    ]
    assert client.get(f"{DESK}start/").url == DESK


@pytest.mark.parametrize("score", ["0.5", "4.01", "99999", "1e9", "NaN", "abc", "", "2.345", "-2"])
def test_a_crafted_score_is_refused_beside_the_field_and_keeps_the_words(score):
    task = assigned()[0]
    response = client_for(task).post(page_of(task, "score/"), {"score": score, "comment": "我写了很久的意见"})

    assert response.status_code == 422
    assert response.context["form"].errors["score"]
    assert "我写了很久的意见" in response.content.decode()
    assert fresh_task(task).state == "waiting"


def test_a_suggestion_without_its_reason_is_refused_beside_the_field():
    claim = scoring_claim(facts=together(2, item="EI期刊", level=""), mates=[(2, whu_student("队员乙"))])
    task = assigned(claim)[0]
    client = client_for(task)
    assert "队员乙" in client.get(page_of(task)).content.decode()

    response = client.post(page_of(task, "score/"), {"score": "3", "method": "按排位", "comment": ""})
    assert response.status_code == 422
    assert response.context["form"].errors["comment"]
    client.post(page_of(task, "score/"), {"score": "3", "method": "按排位", "comment": "排位明确"})
    assert fresh_task(task).method == "按排位"


def test_abstaining_needs_a_reason_and_leaves_the_task_closed():
    task = assigned()[0]
    client = client_for(task)
    assert client.post(page_of(task, "abstain/"), {"reason": " "}).status_code == 422
    assert client.post(page_of(task, "abstain/"), {"reason": "与申报人有利益关系"}).status_code == 302
    assert fresh_task(task).state == "abstained"
    assert client.get(page_of(task)).status_code == 404
    late = client.post(page_of(task, "score/"), {"score": "3", "comment": "在另一个窗口写好的话"})
    assert late.status_code == 409
    assert "在另一个窗口写好的话" in late.content.decode()
    assert (
        task.claim.content not in late.content.decode()
    )  # it may have been amended since, and is the expert's no more
    assert fresh_task(task).state == "abstained"
    assert "已回避" in client.get(f"{DESK}?show=all").content.decode()


def test_a_conflict_that_appears_later_asks_to_abstain():
    task = assigned()[0]
    declare_conflict(task.claim.scheme, fresh(task.expert), task.expert, task.claim.student, reason="亲属")
    client = client_for(task)
    text = client.get(page_of(task)).content.decode()
    assert "请回避" in text
    assert "data-scoring" not in text
    assert client.post(page_of(task, "score/"), {"score": "3"}).status_code == 403
    assert fresh_task(task).state == "waiting"


def test_a_score_that_comes_after_the_result_names_nobody():
    claim = scoring_claim()
    tasks = assigned(claim, [make_expert(name) for name in ("甲教授", "乙教授", "丙教授")])
    for task in tasks:
        give(task, "3")
    response = client_for(tasks[0]).post(page_of(tasks[0], "score/"), {"score": "1", "comment": "我又改了主意"})

    assert response.status_code == 409
    text = response.content.decode()
    assert "我又改了主意" in text
    assert "丙教授" not in text
    assert str(fresh_task(tasks[0]).score) == "3.00"
    assert "结果已经确定" in client_for(tasks[0]).get(page_of(tasks[0])).content.decode()


def test_a_stale_page_names_no_expert():
    claim = scoring_claim()
    seen = Claim.objects.get(pk=claim.pk).revision
    give(assigned(claim, [make_expert("甲教授")])[0], "3")

    student = client_of(fresh(claim.student.person)).post(
        reverse("credits:claim_withdraw", args=[claim.pk]), {"revision": seen}
    )
    secretary = client_of(whu_staff(Role.SECRETARY)).post(
        reverse("review:claim_decide", args=[claim.pk]), {"verb": "approve", "revision": seen, "reason": "同意"}
    )

    for answer in (student, secretary):
        assert answer.status_code == 409
        assert "甲教授" not in answer.content.decode()
        assert "专家 于" in answer.content.decode()


def test_what_is_not_assigned_does_not_exist():
    task = assigned()[0]
    other = scoring_claim(facts={**WIDE, "doi": "10.3/c"}, student=whu_student("另一位"))
    stranger = make_expert("外人")
    evidence = other.evidence.first().file
    mine = task.claim.evidence.first().file
    for person in (stranger, whu_staff(Role.OFFICE), whu_staff(Role.COMMITTEE), fresh(task.claim.student.person)):
        client = client_of(fresh(person))
        assert client.get(page_of(task)).status_code == 404
        for act, form in (("score/", {"score": "3"}), ("abstain/", {"reason": "我不评"})):
            assert client.post(page_of(task, act), form).status_code == 404
    client = client_for(task)
    assert b"".join(client.get(reverse("credits:evidence_file", args=[mine.key])).streaming_content)
    assert client.get(reverse("credits:evidence_file", args=[evidence.key])).status_code == 404
    assert client.get(reverse("credits:claim", args=[other.pk])).status_code == 404
    assert client.get(reverse("review:claim", args=[task.claim.pk])).status_code == 404
    assert client_of(fresh(stranger)).get(reverse("credits:evidence_file", args=[mine.key])).status_code == 404
    assert fresh_task(task).state == "waiting"


@pytest.mark.parametrize("gone", ["abstained", "withdrawn", "amended", "role"])
def test_what_was_assigned_and_is_no_more_does_not_exist_either(gone):
    task = assigned()[0]
    key = task.claim.evidence.first().file.key
    if gone == "abstained":
        abstain(task, fresh(task.expert), reason="不熟悉")
    elif gone == "withdrawn":
        Assignment.objects.filter(pk=task.pk).update(state="withdrawn")
    elif gone == "amended":
        Claim.objects.filter(pk=task.claim_id).update(status="returned", stage="")
    else:
        Appointment.objects.filter(person=task.expert).update(ends_on="2021-01-01")
    client = client_for(task)
    assert client.get(reverse("credits:evidence_file", args=[key])).status_code == 404
    assert client.get(page_of(task)).status_code == 404


def test_an_expert_declares_by_number_and_name_together():
    task = assigned()[0]
    student = whu_student("王小明", number="2022302010077", college=make_college(*OTHER_COLLEGE))
    client = client_for(task)
    scheme = task.claim.scheme.pk
    form = {"scheme": scheme, "number": student.person.number, "name": "别人", "reason": "叔侄"}
    refused = client.post(f"{DESK}conflicts/", form)
    assert refused.status_code == 422
    assert "王小明" not in refused.content.decode()
    assert client.post(f"{DESK}conflicts/", {**form, "name": "王小明"}).status_code == 302
    assert "王小明" in client.get(f"{DESK}conflicts/").content.decode()
    assert client.post(f"{DESK}conflicts/", {**form, "name": "王小明"}).status_code == 422


def test_a_score_sent_fifty_times_acts_once():
    task = assigned()[0]
    client = client_for(task)
    for _time in range(50):
        assert client.post(page_of(task, "score/"), {"score": "3", "form_key": "the-same-key"}).status_code == 302
    assert task.claim.events.filter(verb="score").count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_costs_the_same_whatever_is_assigned(django_assert_num_queries, number):
    expert, office = make_expert(), whu_staff(Role.OFFICE)
    for n in range(number):
        claim = scoring_claim(facts={**WIDE, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}"))
        assign_expert(claim, office, expert)
    client = client_of(fresh(expert))
    client.get(DESK)
    # session, person, appointments, roll; tasks, windows; progress; notices
    with django_assert_num_queries(8):
        client.get(DESK)


@pytest.mark.parametrize("others", [1, 3])
def test_the_page_costs_the_same_whatever_else_there_is(django_assert_num_queries, others):
    expert, office = make_expert(), whu_staff(Role.OFFICE)
    for n in range(others):
        claim = scoring_claim(facts={**WIDE, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}"))
        task = assign_expert(claim, office, expert)
    client = client_of(fresh(expert))
    client.get(page_of(task))
    # session, person, appointments, roll; task, windows; three for ties; evidence, precedents, opinions; progress,
    # next (nothing behind, then the first), previous; notices
    with django_assert_num_queries(17):
        client.get(page_of(task))
