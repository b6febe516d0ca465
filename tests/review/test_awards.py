"""Claims on one award in one table: a decision with exceptions, previewed, carried out whole, undone whole (X6, T5)."""

import pytest

from credits.models import Claim, ClaimEvent
from credits.services.decisions import refuse_claim
from credits.services.duplicates import look_for_duplicates
from portal.enums import Role, Status
from portal.models import Notice
from review.models import DecisionBatch
from tests.builders import FACTS, OTHER_COLLEGE, jpeg, make_claim, make_college, make_round, make_student
from tests.review.conftest import client_of
from tests.whu import CONTEST, make_entry, whu_claim, whu_round, whu_staff, whu_student

COLUMNS = ("pk", "status", "stage", "recognised_points", "recognised_reason")


def key(claim, revision=None):
    return f"{claim.pk}:{claim.revision if revision is None else revision}"


def on_one_award(number=4, **facts):
    """Return claims of several students on one award, each with a picture of its own, and one on another award."""
    round_ = make_round()
    make_claim(Status.IN_REVIEW, round_=round_, facts={**FACTS, "level": "国家级"}, points="3")
    return [
        make_claim(
            Status.IN_REVIEW,
            student=make_student(f"学生{place}"),
            round_=round_,
            evidence=[(jpeg(colour=(place, 20, 30)), "certificate")],
            **facts,
        )
        for place in range(number)
    ]


def page(claim):
    return f"/desk/claims/{claim.pk}/award/"


def decide(client, claims, step="", **form):
    return client.post(f"{page(claims[0])}decide/", {"row": list(map(key, claims)), "step": step, **form})


def world():
    return list(Claim.objects.order_by("pk").values_list(*COLUMNS, "revision")), ClaimEvent.objects.count()


def test_the_page_holds_the_claims_on_one_award_and_nothing_else(staff, secretary):
    claims = on_one_award()
    make_claim(Status.IN_REVIEW, student=make_student("外院", college=make_college(*OTHER_COLLEGE)))
    make_claim(Status.REFUSED, secretary=staff.secretary)
    make_claim(Status.IN_REVIEW, round_=make_round(year="2024-2025"))
    shown = secretary.get(page(claims[1]))
    assert [one.row.claim.pk for one, _beside in shown.context["lines"]] == [claim.pk for claim in claims]
    assert shown.context["title"] == "全国大学生数学建模竞赛 · 省部级"
    assert ("奖项等次", "二等奖") in shown.context["shared"]
    review = secretary.get(f"/desk/claims/{claims[0].pk}/")
    assert "同一奖项 4 条一起审核" in review.content.decode()
    (group,) = secretary.get("/desk/claims/awards/").context["groups"]
    assert (group.claim, group.count) == (claims[0].pk, 4)


def test_what_differs_stands_beside_each_claim(staff, secretary):
    claims = on_one_award(2)
    third = {**FACTS, "award": "三等奖", "form": "团队", "team_size": "3", "rank": "2"}
    file = jpeg(colour=(0, 20, 30))  # the first claim's picture
    other = make_claim(Status.IN_REVIEW, facts=third, points="1", evidence=[(file, "certificate")])
    look_for_duplicates(other)
    lines = {one.row.claim.pk: beside for one, beside in secretary.get(page(claims[0])).context["lines"]}
    assert [lines[claim.pk].alarm for claim in (*claims, other)] == [True, False, True]
    assert ("奖项等次", "三等奖") in lines[other.pk].facts
    assert ("奖项等次", "二等奖") in lines[claims[0].pk].facts
    assert lines[other.pk].rank == "2"
    assert [lines[claim.pk].files[0]["twice"] for claim in (*claims, other)] == [True, False, True]


def test_one_decision_with_exceptions_is_previewed_then_carried_out_then_undone(staff, secretary):
    claims = on_one_award(5)
    one, two, three, four, five = claims
    before = world()
    form = {
        "verb": "approve",
        f"points:{two.pk}": "1.5",
        f"reason:{two.pk}": "未进决赛",
        f"verb:{three.pk}": "return",
        f"reason:{three.pk}": "证书看不清",
        f"verb:{four.pk}": "refuse",
        f"reason:{four.pk}": "不是本人",
        f"verb:{five.pk}": "leave",
    }
    shown = decide(secretary, claims, **form)
    text = shown.content.decode()
    assert "确认：通过 2 条 · 退回 1 条 · 不予通过 1 条" in text
    assert "合计 3.5 分" in text
    assert "1 条不处理" in text
    assert f'<a href="/desk/claims/{one.pk}/award/">{shown.context["title"][:5]}' in text  # the crumb leads back
    assert world() == before
    kept = [(name, value) for name, value in shown.context["kept"] if name != "row"]
    answer = decide(secretary, claims, "confirm", **dict(kept))
    assert answer.status_code == 302
    rows = {row.pk: row for row in Claim.objects.all()}
    assert [rows[claim.pk].stage for claim in (one, two)] == ["office", "office"]
    assert (str(rows[two.pk].recognised_points), rows[two.pk].recognised_reason) == ("1.50", "未进决赛")
    assert [rows[claim.pk].status for claim in (three, four, five)] == ["returned", "refused", "in_review"]
    assert ClaimEvent.objects.count() == before[1] + 4
    result = secretary.get(answer.url).content.decode()
    for words in ("未进决赛", "证书看不清", "不是本人", "已跳过", "批量处理完成：4 条"):
        assert words in result, words
    assert secretary.post(f"{answer.url}undo/").status_code == 302
    assert list(Claim.objects.order_by("pk").values_list(*COLUMNS)) == [row[:-1] for row in before[0]]
    assert ClaimEvent.objects.filter(verb="take_back").count() == 4
    assert not Notice.objects.filter(text__contains="不是本人").exists()


def offend(kind, staff):
    """Return a row that spoils the whole, and how it is named."""
    if kind == "foreign":
        student = make_student("外院学生", college=make_college(*OTHER_COLLEGE))
        return key(claim := make_claim(Status.IN_REVIEW, student=student)), f"编号 {claim.pk}"
    claim = make_claim(Status.IN_REVIEW, student=make_student("坏学生"))
    if kind == "stale":
        return key(claim, claim.revision - 1), "坏学生"
    seen = key(claim)
    refuse_claim(claim, staff.colleague, reason="重复", revision=None)
    return seen, "坏学生"


@pytest.mark.parametrize("step", ["", "confirm"])
@pytest.mark.parametrize("kind", ["foreign", "stale", "decided"])
def test_one_bad_row_stops_the_whole_and_is_named(staff, secretary, kind, step):
    claims = on_one_award(2)
    bad, name = offend(kind, staff)
    before = world()
    form = {"row": [bad, *map(key, claims)], "verb": "return", "reason": "请补材料", "step": step}
    answer = secretary.post(f"{page(claims[0])}decide/", form)
    assert answer.status_code == 409
    assert answer.context["offenders"][0][0].startswith(name)
    assert "请补材料" in answer.content.decode()
    assert world() == before
    assert not DecisionBatch.objects.exists()


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"verb": "return"}, "请填写理由"),
        ({"verb": "approve", "points": "1"}, "请说明理由"),
        ({"verb": "approve", "points": "99", "reason": "多"}, "不能超过"),
        ({"verb": "approve", "points": "一"}, "请输入数字"),
        ({"verb": "approve", "points": "NaN"}, "请输入数字"),
        ({"verb": "approve", "points": "1_5"}, "请输入数字"),
        ({"verb": "approve", "points": "1e9999999"}, "数值过大"),
        ({"verb": "approve", "points": "-1", "reason": "少"}, "必须大于 0"),
        ({"verb": "steal"}, "没有选择要处理的申报"),
    ],
)
def test_what_a_verb_does_not_take_is_said_before_anything_happens(staff, secretary, form, why):
    claims = on_one_award(2)
    before = world()
    answer = decide(secretary, claims, "confirm", **form)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert world() == before


def test_a_row_in_which_rules_and_student_disagree_waits_for_a_look_unless_it_is_chosen(staff, secretary):
    claims = on_one_award(2)
    differing = make_claim(Status.IN_REVIEW, points="1.5", student=make_student("少报"))
    rows = [*claims, differing]
    assert "1 条不处理" in decide(secretary, rows, verb="approve").content.decode()
    answer = decide(secretary, rows, "confirm", verb="approve", **{f"verb:{differing.pk}": "approve"})
    assert answer.status_code == 302
    differing.refresh_from_db()
    assert (differing.stage, str(differing.recognised_points)) == ("office", "1.50")


def test_who_goes_back_from_the_preview_finds_what_was_typed(staff, secretary):
    claims = on_one_award(2)
    form = {f"reason:{claims[1].pk}": "未进决赛", f"points:{claims[1].pk}": "1.5", "verb": "approve"}
    answer = decide(secretary, claims, "edit", **form)
    assert answer.status_code == 200
    assert "未进决赛" in answer.content.decode()


@pytest.mark.parametrize("role", ["counsellor", "auditor", "office", "away"])
def test_who_does_not_decide_the_stage_sees_no_row_and_decides_nothing(staff, role):
    claims = on_one_award(2)
    client, before = staff.client(role), world()
    assert client.get(page(claims[0])).status_code == (404 if role == "away" else 200)
    assert decide(client, claims, "confirm", verb="approve").status_code == (404 if role == "away" else 409)
    assert world() == before


@pytest.mark.parametrize("number", [2, 5])
def test_the_table_costs_the_same_whatever_it_holds(staff, secretary, django_assert_num_queries, number):
    claims = on_one_award(number)
    secretary.get(page(claims[0]))
    # session, person, appointments, roll; the claim and its windows; the rows' keys, the rows, their windows, their
    # files, what may be claimed twice; notices
    with django_assert_num_queries(12):
        secretary.get(page(claims[0]))


def test_where_a_stage_gives_an_opinion_the_claims_on_one_project_pass_on_without_points(db):
    entry, round_ = make_entry(), whu_round()
    contest = {**CONTEST, "form": "个人"}
    facts = {"category": "competition", "facts": contest, "entry": entry, "round_": round_}
    claims = [whu_claim(student=whu_student(f"学生{place}"), **facts) for place in range(2)]
    client = client_of(whu_staff(Role.SECRETARY))
    assert [one.row.claim.pk for one, _beside in client.get(page(claims[0])).context["lines"]] == [
        claim.pk for claim in claims
    ]
    shown = decide(client, claims, verb="approve", points="9")
    assert "确认：通过 2 条" in shown.content.decode()
    assert "合计" not in shown.content.decode()
    answer = decide(client, claims, "confirm", verb="approve")
    assert answer.status_code == 302
    assert set(Claim.objects.values_list("stage", "recognised_points")) == {("office", None)}
    client.post(f"{answer.url}undo/")
    assert set(Claim.objects.values_list("stage", flat=True)) == {"college"}


def test_what_no_database_stores_is_left_out_of_the_words(staff, secretary):
    claims = on_one_award(2)
    answer = decide(secretary, claims, "confirm", verb="return", reason="看不清\0")
    assert answer.status_code == 302
    assert list(ClaimEvent.objects.filter(verb="return").values_list("reason", flat=True)) == ["看不清"] * 2
