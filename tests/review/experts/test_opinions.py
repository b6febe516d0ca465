"""A college's first review: an opinion without points, alone and in a batch; how a team shares, and who is left out."""

import pytest

from credits.models import Claim, ClaimEvent, LedgerEntry
from credits.services.claims import submit_claim, withdraw_claim
from portal.enums import Role, Status
from tests.builders import fresh, make_claim, make_staff
from tests.experts import WIDE
from tests.review.conftest import client_of
from tests.whu import PAPER, name_mates, together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
PREVIEW, ACT = "/desk/claims/batch/", "/desk/claims/batch/carry-out/"


def page_of(claim, act=""):
    return f"/desk/claims/{claim.pk}/{act}"


def decide(client, claim, verb, **words):
    claim.refresh_from_db()
    return client.post(page_of(claim, "decide/"), {"verb": verb, "revision": claim.revision, "reason": "", **words})


@pytest.fixture
def secretary():
    return client_of(whu_staff(Role.SECRETARY, name="何丽华"))


def test_the_page_asks_for_an_opinion_and_no_points(secretary):
    claim = whu_claim("college", facts=WIDE, points="3")
    text = secretary.get(page_of(claim)).content.decode()
    assert 'name="points"' not in text
    assert 'name="reason"' in text
    assert "既往评分" in text


def test_the_page_of_a_stage_that_gives_points_is_as_it_was():
    claim = make_claim(Status.IN_REVIEW)
    text = client_of(make_staff(Role.SECRETARY)).get(page_of(claim)).content.decode()
    assert 'name="points"' in text
    assert "既往评分" not in text
    assert "团队成员" not in text


def test_an_opinion_passes_the_claim_on_and_stands_in_the_record(secretary):
    claim = whu_claim("college")
    assert decide(secretary, claim, "approve", reason="材料属实，同意推荐").status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.stage, claim.recognised_points) == (Status.IN_REVIEW, "office", None)
    event = ClaimEvent.objects.filter(subject=claim).last()
    assert (event.verb, event.reason, event.actor_role) == ("approve", "材料属实，同意推荐", Role.SECRETARY)
    assert not LedgerEntry.objects.exists()


def test_crafted_points_are_no_opinion(secretary):
    claim = whu_claim("college")
    assert decide(secretary, claim, "approve", points="9").status_code == 422
    claim.refresh_from_db()
    assert (claim.stage, claim.recognised_points) == ("college", None)


@pytest.mark.parametrize(("verb", "status"), [("return", Status.RETURNED), ("refuse", Status.REFUSED)])
def test_returning_and_refusing_need_words(secretary, verb, status):
    claim = whu_claim("college")
    assert decide(secretary, claim, verb).status_code == 422
    assert decide(secretary, claim, verb, reason="证书看不清").status_code == 302
    claim.refresh_from_db()
    assert claim.status == status


def test_somebody_was_faster(secretary):
    claim = whu_claim("college")
    seen = claim.revision
    decide(secretary, claim, "approve")
    other = client_of(whu_staff(Role.SECRETARY))
    answer = other.post(page_of(claim, "decide/"), {"verb": "approve", "revision": seen, "reason": "我写的意见"})
    assert answer.status_code == 409
    assert "我写的意见" in answer.content.decode()


def test_only_the_own_college_gives_its_opinion(secretary):
    claim = whu_claim("college")
    others = {
        Role.OFFICE: 403,
        Role.AUDITOR: 403,
        Role.COMMITTEE: 403,
        Role.EXPERT: 404,
    }
    for role, code in others.items():
        assert decide(client_of(whu_staff(role)), claim, "approve").status_code == code, role
    assert Claim.objects.get(pk=claim.pk).stage == "college"


def key(claim):
    claim.refresh_from_db()
    return f"{claim.pk}:{claim.revision}"


def test_many_opinions_at_once(secretary):
    claims = [
        whu_claim("college", facts={**PAPER, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}")) for n in range(3)
    ]
    rows = [key(claim) for claim in claims]
    preview = secretary.get(PREVIEW, {"row": rows})
    assert len(preview.context["plan"].approvable) == 3
    assert "合计" not in preview.content.decode()
    response = secretary.post(ACT, {"verb": "approve", "row": rows})
    assert response.status_code == 302
    assert {claim.stage for claim in Claim.objects.all()} == {"office"}
    assert ClaimEvent.objects.filter(verb="approve").count() == 3


def test_a_team_that_has_not_answered_needs_a_look_of_its_own(secretary):
    claim = whu_claim("draft", facts=together(2))
    name_mates(claim, [(2, whu_student("队员乙"))], answer=False)
    submit_claim(claim, fresh(claim.student.person), revision=None)
    good = whu_claim("college", facts={**PAPER, "doi": "10.1/good"}, student=whu_student("学生甲"))
    rows = [key(claim), key(good)]
    preview = secretary.get(PREVIEW, {"row": rows})
    assert [row.claim.pk for row in preview.context["plan"].approvable] == [good.pk]
    assert "还有团队成员未确认" in preview.content.decode()
    assert secretary.post(ACT, {"verb": "approve", "row": rows}).status_code == 409
    assert {claim.stage for claim in Claim.objects.filter(status=Status.IN_REVIEW)} == {"college"}


def spoil(kind, team):
    """Return a row that spoils a batch of the college's or the office's, and how it is named."""
    mate = team.achievement.members.get(rank=2).claim
    if kind == "mate":
        return key(mate), mate.student.person.name
    student, facts = whu_student("坏学生"), {**PAPER, "doi": "10.1/bad"}
    if kind == "foreign":
        claim = make_claim(Status.IN_REVIEW)  # of the other university
        return key(claim), f"编号 {claim.pk}"
    bad = whu_claim("experts" if kind == "stage" else team.stage, student=student, facts=facts)
    if kind == "gone":
        withdraw_claim(bad, fresh(student.person), revision=None)
    return f"{bad.pk}:{bad.revision - (kind == 'stale')}", "坏学生"


@pytest.mark.parametrize("kind", ["foreign", "stale", "gone", "stage", "mate"])
@pytest.mark.parametrize("stage", ["college", "office"])
def test_one_bad_row_stops_a_batch_of_opinions_and_is_named(secretary, stage, kind):
    client = secretary if stage == "college" else client_of(whu_staff(Role.OFFICE))
    team = whu_claim(stage, facts=together(2), mates=[(2, whu_student("队员乙"))])
    bad, name = spoil(kind, team)
    before = list(Claim.objects.order_by("pk").values()), ClaimEvent.objects.count()

    for words in ({"verb": "approve"}, {"verb": "return", "reason": "请补材料"}):
        answer = client.post(ACT, {**words, "row": [key(team), bad]})

        assert answer.status_code == 409
        (offender, _why), *others = answer.context["offenders"]
        assert offender.startswith(name)
        assert not others
        assert (list(Claim.objects.order_by("pk").values()), ClaimEvent.objects.count()) == before


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_costs_the_same_whatever_is_ticked(secretary, django_assert_num_queries, number):
    claims = [
        whu_claim("college", facts={**PAPER, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}"))
        for n in range(number)
    ]
    rows = [key(claim) for claim in claims]
    secretary.get(PREVIEW, {"row": rows})
    # session, person, appointments, roll, claims, windows, members of teams, notices
    with django_assert_num_queries(8):
        secretary.get(PREVIEW, {"row": rows})


# --- The team ---


def team_claim(size=2):
    return whu_claim("college", facts=together(size), mates=[(2, whu_student("队员乙"))])


def share(client, claim, **words):
    claim.refresh_from_db()
    form = {"revision": claim.revision, "method": "按排位", "method_reason": "排位次序明确", **words}
    return client.post(page_of(claim, "share/"), form)


def test_the_college_chooses_how_a_team_shares_with_its_reason(secretary):
    claim = team_claim()
    assert "按人数均分" in secretary.get(page_of(claim)).content.decode()

    assert share(secretary, claim).status_code == 302

    claim.refresh_from_db()
    assert claim.facts["team_method"] == "按排位"
    assert claim.achievement.method_reason == "排位次序明确"
    assert claim.achievement.method_role == Role.SECRETARY
    text = secretary.get(page_of(claim)).content.decode()
    assert "3.0–4.0" in text  # the second of 6–8


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"method_reason": " "}, "method_reason"),
        ({"method": "抽签"}, "method"),
        ({"method": "按比例", "ratio_1": "70", "ratio_2": "40"}, None),
        ({"method": "按比例", "ratio_1": "70"}, None),
        ({"method": "按比例", "ratio_1": "-1", "ratio_2": "1"}, "ratio_1"),
    ],
)
def test_what_cannot_be_shared_is_refused_and_keeps_the_words(secretary, words, field):
    claim = team_claim()
    response = share(secretary, claim, **words)
    assert response.status_code == 422
    errors = response.context["sharing"].errors
    assert errors[field] if field else response.context["sharing"].non_field_errors()
    claim.refresh_from_db()
    assert "team_method" not in claim.facts


def test_agreed_ratios_are_kept_for_every_member(secretary):
    claim = team_claim()
    assert share(secretary, claim, method="按比例", ratio_1="60", ratio_2="40").status_code == 302
    claim.refresh_from_db()
    assert {m.rank: str(m.ratio) for m in claim.achievement.members.all()} == {1: "60.00", 2: "40.00"}


def test_only_reviewer_and_office_choose(secretary):
    claim = team_claim()
    for role, code in {Role.AUDITOR: 403, Role.COMMITTEE: 403, Role.EXPERT: 404}.items():
        assert share(client_of(whu_staff(role)), claim).status_code == code, role
    assert share(client_of(whu_staff(Role.OFFICE)), claim).status_code == 302


def test_who_does_not_answer_is_left_out_with_a_reason(secretary):
    claim = whu_claim("draft", facts=together(2))
    member = name_mates(claim, [(2, whu_student("队员乙"))], answer=False).members.get(rank=2)
    submit_claim(claim, fresh(claim.student.person), revision=None)
    refused = decide(secretary, claim, "approve")
    assert refused.status_code == 422
    assert "队员乙" in refused.content.decode()
    address = page_of(claim, f"members/{member.pk}/exclude/")
    assert (
        secretary.post(
            address, {"revision": Claim.objects.get(pk=claim.pk).revision, "exclude_reason": " "}
        ).status_code
        == 422
    )
    assert (
        client_of(whu_staff(Role.AUDITOR))
        .post(address, {"revision": Claim.objects.get(pk=claim.pk).revision, "exclude_reason": "我想"})
        .status_code
        == 403
    )

    assert (
        secretary.post(
            address, {"revision": Claim.objects.get(pk=claim.pk).revision, "exclude_reason": "未在期限内确认"}
        ).status_code
        == 302
    )

    assert decide(secretary, claim, "approve").status_code == 302
    other = team_claim()
    wrong = page_of(other, f"members/{member.pk}/exclude/")
    assert (
        secretary.post(
            wrong, {"revision": Claim.objects.get(pk=claim.pk).revision, "exclude_reason": "张冠李戴"}
        ).status_code
        == 404
    )
