"""The page on which one claim is reviewed: evidence, calculation, difference, history."""

import pytest

from credits.models import ClaimEvent
from credits.services.claims import Content, attach_evidence, save_claim, submit_claim
from credits.services.decisions import refuse_claim, return_claim
from portal.enums import Status
from tests.builders import FACTS, fresh, jpeg, make_claim, make_student, pdf


def page_of(client, claim, query=""):
    response = client.get(f"/desk/claims/{claim.pk}/{query}")
    assert response.status_code == 200
    return response


def test_the_page_shows_what_a_reviewer_needs(staff, secretary):
    claim = make_claim(Status.IN_REVIEW, evidence=[(pdf(), "certificate"), (jpeg("现场.jpg"), "")])
    response = page_of(secretary, claim)
    text = response.content.decode()
    for word in (claim.content, claim.student.person.number, "省部级", "建议积分的计算过程", "现场.jpg", "通过"):
        assert word in text, word
    assert response.context["form"]["points"].value() == "2.0"
    files = response.context["files"]
    assert [file["current"] for file in files] == [True, False]
    assert page_of(secretary, claim, files[1]["href"].partition("?")[2].join(["?", ""])).context["files"][1]["current"]


def test_two_files_stand_side_by_side_and_each_keeps_the_other(staff, secretary):
    claim = make_claim(Status.IN_REVIEW, evidence=[(pdf(), "certificate"), (jpeg("现场.jpg"), "")])
    alone = page_of(secretary, claim)
    assert 'id="viewer-beside"' not in alone.content.decode()
    pair = page_of(secretary, claim, f"?{alone.context['beside_href'].partition('?')[2]}")
    current = {name: [file["pk"] for file in pair.context[name] if file["current"]] for name in ("files", "beside")}
    first, second = (file["pk"] for file in alone.context["files"])
    assert current == {"files": [first], "beside": [second]}
    assert all(f"beside={second}" in file["href"] for file in pair.context["files"])
    assert 'id="viewer-beside"' in pair.content.decode()
    single = page_of(secretary, make_claim(Status.IN_REVIEW))
    assert single.context["beside_href"] == ""


def test_every_step_of_the_suggestion_cites_its_clause(staff, secretary):
    steps = page_of(secretary, make_claim(Status.IN_REVIEW)).context["steps"]
    assert steps
    assert all(step["clause"] for step in steps)


def test_readers_see_no_decision(staff):
    claim = make_claim(Status.IN_REVIEW)
    for role in ("counsellor", "auditor", "office"):
        text = page_of(staff.client(role), claim).content.decode()
        assert "data-decision" not in text, role
        assert "该环节由其他部门审核" in text, role


def test_the_difference_of_a_resubmission_is_shown(staff, secretary):
    claim = make_claim(Status.RETURNED, secretary=staff.secretary, reason="级别不对")
    actor = fresh(claim.student.person)
    words = Content("全国大学生数学建模竞赛国家二等奖", {**FACTS, "level": "国家级"}, claim.claimed_points, "")
    save_claim(claim, actor, words, revision=None)
    attach_evidence(claim, actor, pdf("新证书.pdf"), item="certificate")
    claim.refresh_from_db()
    submit_claim(claim, actor, revision=None)
    response = page_of(secretary, claim)
    rows = {row.label: (row.before, row.after) for row in response.context["changes"]}
    assert rows["竞赛级别"] == ("省部级", "国家级")
    assert rows["具体内容"][1] == "全国大学生数学建模竞赛国家二等奖"
    assert rows["证明材料"] == ("", "新证书.pdf")
    assert "申请积分" not in rows
    text = response.content.decode()
    assert "退回后的修改" in text
    assert "级别不对" in text


def test_the_record_leaves_out_the_keeping_of_drafts(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    entries = page_of(secretary, claim).context["entries"]
    assert [entry.title for entry in entries] == ["提交", "新建"]
    assert ClaimEvent.objects.filter(subject=claim).count() > len(entries)


def test_other_claims_of_the_student_are_listed_drafts_never(staff, secretary):
    student = make_student()
    claim = make_claim(Status.IN_REVIEW, student=student)
    other = make_claim(Status.REFUSED, student=student, content="同一项目", secretary=staff.secretary)
    make_claim(Status.DRAFT, student=student, content="还没交的草稿")
    make_claim(Status.IN_REVIEW, student=make_student("别人"), content="别人的申报")
    response = page_of(secretary, claim)
    assert [row["pk"] for row in response.context["others"]] == [other.pk]
    assert "还没交的草稿" not in response.content.decode()
    assert "别人的申报" not in response.content.decode()


def test_ones_own_reasons_come_back_as_phrases(staff, secretary):
    for text in ("证书看不清", "证书看不清", "缺少排名证明"):
        claim = make_claim(Status.IN_REVIEW)
        return_claim(claim, staff.secretary, reason=text, revision=None)
    refuse_claim(make_claim(Status.IN_REVIEW), staff.colleague, reason="别人的理由", revision=None)
    response = page_of(secretary, make_claim(Status.IN_REVIEW))
    assert response.context["phrases"] == ["缺少排名证明", "证书看不清"]


@pytest.mark.parametrize("others", [1, 3])
def test_the_page_costs_the_same_whatever_the_student_has(staff, secretary, django_assert_num_queries, others):
    student = make_student()
    claim = make_claim(Status.IN_REVIEW, student=student, evidence=[(jpeg(), "certificate")] * others)
    for _number in range(others):
        make_claim(Status.IN_REVIEW, student=student)
    page_of(secretary, claim)
    # session, person, appointments, roll; claim, windows; submissions, evidence, record, others; next, previous,
    # phrases, the award; notices; pairs that look alike, whether it was compared
    with django_assert_num_queries(17):
        page_of(secretary, claim)


def test_everybody_in_reach_sees_a_decided_claim_with_its_reason(staff):
    claim = make_claim(
        Status.RECOGNISED, recognised="1.5", reason="按细则", secretary=staff.secretary, office=staff.office
    )
    for role in ("secretary", "office", "auditor"):
        text = page_of(staff.client(role), claim).content.decode()
        assert "按细则" in text
        assert "认定积分" in text
        assert ("撤销认定" in text) == (role == "office"), role
