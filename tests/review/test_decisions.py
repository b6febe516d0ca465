"""Decisions on one claim: who may, in which state, with which words, and who was faster."""

import itertools

import pytest

from credits.models import Claim, ClaimEvent, LedgerEntry, Lot
from portal.enums import Status
from portal.models import Notice
from tests.builders import OTHER_COLLEGE, make_claim, make_college, make_student

VERBS = ("approve", "return", "refuse")
ROLES = ("secretary", "away", "office", "counsellor", "auditor", "committee", "owner_unit", "administrator", "student")
READERS = ("secretary", "office", "counsellor", "auditor", "committee")
DECIDED = (Status.RETURNED, Status.RECOGNISED, Status.REFUSED, Status.WITHDRAWN, Status.REVOKED)


def decide(client, claim, decision, *, query="", **words):
    facts = {"verb": decision, "revision": claim.revision, "points": "2", "reason": "", **words}
    return client.post(f"/desk/claims/{claim.pk}/decide/{query}", facts)


def state(claim):
    claim.refresh_from_db()
    return claim.status, claim.stage


def traces(claim):
    return (
        state(claim),
        claim.revision,
        ClaimEvent.objects.filter(subject=claim).count(),
        LedgerEntry.objects.filter(lot__claim=claim).count(),
    )


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_decide_at_the_first_stage(staff, verb):
    for role in ROLES:
        claim = make_claim(Status.IN_REVIEW, secretary=staff.secretary)
        before = traces(claim)
        answer = decide(staff.client(role), claim, verb, reason="理由" if verb != "approve" else "").status_code
        if role == "secretary":
            assert answer == 302
            assert traces(claim)[1:3] == (before[1] + 1, before[2] + 1)
        else:
            assert answer == (403 if role in READERS else 404), role
            assert traces(claim) == before, role


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_decide_at_the_second_stage(staff, verb):
    for role in ROLES:
        claim = make_claim(Status.IN_REVIEW, stage="office", secretary=staff.secretary)
        before = traces(claim)
        answer = decide(staff.client(role), claim, verb, reason="理由" if verb != "approve" else "").status_code
        expected = 302 if role == "office" else (403 if role in READERS else 404)
        assert answer == expected, role
        assert (traces(claim) == before) == (role != "office"), role


@pytest.mark.parametrize("status", DECIDED)
def test_what_is_decided_cannot_be_decided_again(staff, status):
    claim = make_claim(status, secretary=staff.secretary, office=staff.office)
    before = traces(claim)
    for role, verb in itertools.product(ROLES, VERBS):
        answer = decide(staff.client(role), claim, verb, reason="再来一次").status_code
        assert answer == (409 if role in READERS else 404), (role, verb)
    assert traces(claim) == before


def test_drafts_do_not_exist_for_staff(staff):
    claim = make_claim()
    for role in ROLES:
        assert staff.client(role).get(f"/desk/claims/{claim.pk}/").status_code == 404, role
        assert decide(staff.client(role), claim, "approve").status_code == 404, role


def test_anonymous_people_are_sent_to_the_entrance(staff, client):
    claim = make_claim(Status.IN_REVIEW)
    assert decide(client, claim, "approve").url.startswith("/signin/")


def test_a_decision_is_a_post(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    assert secretary.get(f"/desk/claims/{claim.pk}/decide/").status_code == 405


def test_approving_hands_on_to_the_next_stage_and_leads_to_the_next_claim(staff, secretary):
    claim, other = make_claim(Status.IN_REVIEW), make_claim(Status.IN_REVIEW)
    response = decide(secretary, claim, "approve", query="?q=数学")
    assert response.url == f"/desk/claims/{other.pk}/?q=%E6%95%B0%E5%AD%A6"
    assert state(claim) == (Status.IN_REVIEW, "office")
    assert not Lot.objects.filter(claim=claim).exists()
    said = [str(message) for message in secretary.get("/desk/").context["messages"]]
    assert len(said) == 1
    assert claim.content in said[0]
    assert f'href="/desk/claims/{claim.pk}/' in said[0]


def test_the_last_stage_awards_the_points_once(staff, office, django_capture_on_commit_callbacks):
    claim = make_claim(Status.IN_REVIEW, stage="office", student=make_student(email="li@example.org"))
    with django_capture_on_commit_callbacks(execute=True):
        response = decide(office, claim, "approve")
    assert response.url == "/desk/claims/"
    assert state(claim) == (Status.RECOGNISED, "")
    assert Lot.objects.get(claim=claim).recognised == 2
    event = ClaimEvent.objects.filter(subject=claim).last()
    assert (event.verb, event.actor_name, event.actor_role) == ("approve", "梁志远", "office")
    assert Notice.objects.filter(person=claim.student.person).count() == 1


def test_another_number_needs_its_reason_and_keeps_what_was_typed(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    before = traces(claim)
    response = decide(secretary, claim, "approve", points="1.5")
    assert response.status_code == 422
    assert traces(claim) == before
    page = response.content.decode()
    assert 'value="1.5"' in page
    assert "认定积分与申请积分不同，请说明理由" in page
    assert decide(secretary, claim, "approve", points="1.5", reason="按学院细则折算").status_code == 302
    claim.refresh_from_db()
    assert (str(claim.recognised_points), claim.recognised_reason) == ("1.50", "按学院细则折算")


def test_words_beside_an_unchanged_number_are_an_opinion(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    decide(secretary, claim, "approve", points="2.00", reason="材料齐全")
    claim.refresh_from_db()
    assert claim.recognised_reason == ""
    assert ClaimEvent.objects.filter(subject=claim).last().reason == "材料齐全"


@pytest.mark.parametrize("points", ["", "abc", "-1", "0", "1.234", "999", "1e9", "NaN"])
def test_impossible_points_are_refused_beside_the_field(staff, secretary, points):
    claim = make_claim(Status.IN_REVIEW)
    before = traces(claim)
    response = decide(secretary, claim, "approve", points=points, reason="我的理由")
    assert response.status_code == 422
    assert response.context["form"].errors["points"]
    assert "我的理由" in response.content.decode()
    assert traces(claim) == before


@pytest.mark.parametrize("verb", ["return", "refuse"])
def test_returning_and_refusing_need_words_but_no_points(staff, secretary, verb):
    claim = make_claim(Status.IN_REVIEW)
    for blank in ("", "   "):
        response = decide(secretary, claim, verb, reason=blank)
        assert response.status_code == 422
        assert response.context["form"].errors["reason"]
    assert decide(secretary, claim, verb, points="随便写", reason="证书看不清").status_code == 302
    expected = Status.RETURNED if verb == "return" else Status.REFUSED
    assert state(claim) == (expected, "")
    notice = Notice.objects.get(person=claim.student.person)
    assert "证书看不清" in notice.text


@pytest.mark.parametrize("facts", [{"verb": "revoke"}, {"verb": ""}, {"revision": ""}, {"revision": "x"}])
def test_forged_forms_change_nothing(staff, secretary, facts):
    claim = make_claim(Status.IN_REVIEW)
    before = traces(claim)
    assert decide(secretary, claim, "approve", **{"reason": "理由", **facts}).status_code == 422
    assert traces(claim) == before


@pytest.mark.parametrize(("first", "second"), list(itertools.product(VERBS, VERBS)))
def test_two_reviewers_one_wins_and_the_other_keeps_the_words(staff, first, second):
    """T6: every pair of actions on the same page, sent one after the other."""
    claim = make_claim(Status.IN_REVIEW, secretary=staff.secretary)
    seen = Claim.objects.get(pk=claim.pk)
    assert decide(staff.client("secretary"), seen, first, reason="先到").status_code == 302
    after = traces(claim)
    response = decide(staff.client("colleague"), seen, second, points="1.5", reason="我写了很久的理由")
    assert response.status_code == 409
    assert traces(claim) == after
    page = response.content.decode()
    for text in ("何丽华", "我写了很久的理由", "1.5", f"/desk/claims/{claim.pk}/"):
        assert text in page, text


def test_a_form_sent_fifty_times_acts_once(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    events = ClaimEvent.objects.filter(subject=claim).count()
    for _time in range(50):
        assert decide(secretary, claim, "approve", form_key="the-same-key").status_code == 302
    assert ClaimEvent.objects.filter(subject=claim).count() == events + 1
    assert state(claim) == (Status.IN_REVIEW, "office")


def test_a_closed_window_is_refused_with_its_date(staff, secretary):
    from portal.enums import Role  # noqa: PLC0415 - one test needs it
    from tests.builders import make_round, make_window  # noqa: PLC0415 - as above

    round_ = make_round()
    claim = make_claim(Status.IN_REVIEW, round_=round_)
    make_window(round_, Role.SECRETARY, opens=-20, closes=-1)
    before = traces(claim)
    response = decide(secretary, claim, "approve")
    assert response.status_code == 403
    assert "截止" in response.content.decode()
    assert traces(claim) == before


def test_only_the_office_revokes_and_says_why(staff):
    claim = make_claim(Status.RECOGNISED, secretary=staff.secretary, office=staff.office)
    url = f"/desk/claims/{claim.pk}/revoke/"
    facts = {"verb": "revoke", "revision": claim.revision, "reason": "证书系伪造"}
    for role in ROLES:
        if role == "office":
            continue
        assert staff.client(role).post(url, facts).status_code == (403 if role in READERS else 404), role
    office = staff.client("office")
    assert office.post(url, {**facts, "reason": " "}).status_code == 422
    assert state(claim)[0] == Status.RECOGNISED
    assert office.post(url, facts).url == f"/desk/claims/{claim.pk}/"
    assert state(claim)[0] == Status.REVOKED
    assert Lot.objects.get(claim=claim).recognised == 0


def test_another_colleges_claim_is_404_everywhere(staff, secretary):
    claim = make_claim(Status.IN_REVIEW, student=make_student(college=make_college(*OTHER_COLLEGE)))
    assert secretary.get(f"/desk/claims/{claim.pk}/").status_code == 404
    assert secretary.post(f"/desk/claims/{claim.pk}/revoke/", {}).status_code == 404
    assert decide(secretary, claim, "approve").status_code == 404


def test_a_notice_is_in_the_portals_language_whoever_decided(staff):
    claim = make_claim(Status.IN_REVIEW, secretary=staff.secretary)
    client = staff.client("secretary")
    client.cookies["portal_language"] = "en"
    assert decide(client, claim, "return", reason="缺少排名证明")["Content-Language"] == "en"
    assert Notice.objects.get(person=claim.student.person).title.endswith("退回修改")
