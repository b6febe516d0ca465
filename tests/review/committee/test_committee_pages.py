"""The committee's pages: who sees what, what a crafted form is answered, what a page costs."""

import re
import uuid

import pytest
from django.urls import reverse

from credits.models import Claim, ClaimEvent
from credits.services.claims import withdraw_claim
from portal.enums import Role, Status
from portal.models import Appointment, Event
from portal.navigation import entries_for
from review.models import AgendaItem, ItemOutcome, Meeting, MeetingState, Vote
from review.services.meetings import close_meeting
from review.services.sitting import Decision, cast_vote, decide_item
from tests.builders import fresh, make_college, make_person, make_staff
from tests.whu import together, whu_claim, whu_student

BASE = "/desk/committee/"
SIGNS = {200: "✓", 302: "→", 403: "x", 404: "-", 405: "·", 409: "~", 422: "!"}
ROLES = ("office", "member", "uncalled", "auditor", "stranger", "secretary", "expert", "student")


def people(house):
    return {
        "office": house.office,
        "member": house.members[0],
        "uncalled": house.uncalled,
        "auditor": house.auditor,
        "stranger": house.stranger,
        "secretary": make_staff(Role.SECRETARY),
        "expert": make_staff(Role.EXPERT, scheme="whu"),
        "student": whu_student("同学").person,
    }


def paths(sit):
    meeting = f"{BASE}meetings/{sit.meeting.pk}/"
    return {
        "committee": BASE,
        "meetings": f"{BASE}meetings/",
        "new": f"{BASE}meetings/new/",
        "meeting": meeting,
        "edit": f"{meeting}edit/",
        "agenda": f"{meeting}agenda/",
        "order": f"{meeting}order/",
        "presence": f"{meeting}presence/",
        "unanimous": f"{meeting}unanimous/",
        "close": f"{meeting}close/",
        "export": f"{meeting}export/",
        "item": f"{BASE}meetings/items/{sit.item.pk}/",
        "vote": f"{BASE}meetings/items/{sit.item.pk}/vote/",
        "decide": f"{BASE}meetings/items/{sit.item.pk}/decide/",
        "remove": f"{BASE}meetings/items/{sit.item.pk}/remove/",
    }


# One sign per role, in the order of ROLES: what GET is answered.
TABLE = """
committee | ✓✓✓✓✓---
meetings  | ✓✓✓✓✓---
new       | ✓---✓---
meeting   | ✓✓-✓----
edit      | --------
agenda    | ✓-------
order     | ········
presence  | ✓-------
unanimous | ✓-------
close     | ✓-------
export    | ········
item      | ✓✓-✓----
vote      | ········
decide    | ········
remove    | ········
"""


def sign(client, method, path, data=None):
    return SIGNS[getattr(client, method)(path, data or {}).status_code]


def test_each_role_gets_its_own_pages(house, sign_in):
    sit = house.sitting()
    clients = {role: sign_in(person) for role, person in people(house).items()}
    wrong = []
    for line in TABLE.strip().splitlines():
        name, get = (part.strip() for part in line.split("|"))
        path = paths(sit)[name]
        for role, expected in zip(ROLES, get, strict=True):
            found = sign(clients[role], "get", path)
            # Whoever is no reviewer at all learns nothing, not even the method.
            if found != expected and not (expected == "·" and found == "-"):
                wrong.append(f"{name} as {role}: {found}, not {expected}")
    assert wrong == []


def test_an_anonymous_person_is_sent_to_the_entrance(house, client):
    sit = house.sitting()
    for path in paths(sit).values():
        assert client.get(path).url.startswith("/signin/")


FORMS = {
    "vote": {"ballot": "for"},
    "decide": {"verb": "defer", "reason": "材料不足"},
    "remove": {},
    "order": {},
    "export": {},
}


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        ("vote", {"member"}, {"office", "auditor"}),
        ("decide", {"office"}, {"member", "auditor"}),
        ("remove", {"office"}, {"member", "auditor"}),
        ("order", {"office"}, set()),
        ("export", {"office", "member", "auditor"}, set()),
    ],
)
def test_each_verb_is_its_roles_alone(house, sign_in, name, allowed, refused):
    sit = house.sitting()
    for role, person in people(house).items():
        if role in allowed:
            continue
        before = (Event.objects.count(), ClaimEvent.objects.count(), Vote.objects.count())
        form = {**FORMS[name], "revision": sit.claim.revision}
        assert sign(sign_in(person), "post", paths(sit)[name], form) == ("x" if role in refused else "-"), role
        assert (Event.objects.count(), ClaimEvent.objects.count(), Vote.objects.count()) == before
    doer = people(house)[next(iter(allowed))]
    form = {**FORMS[name], "revision": sit.claim.revision}
    assert sign(sign_in(doer), "post", paths(sit)[name], form) in "→✓"


def post(client, path, **form):
    return client.post(path, {"form_key": str(uuid.uuid4()), **form})


def test_the_office_plans_a_meeting_from_its_form(house, sign_in):
    office = sign_in(house.office)
    page = office.get(f"{BASE}meetings/new/?scheme=whu")
    assert page.context["form"].initial["members"] == [one.pk for one in (*house.members, house.uncalled)]
    form = {
        "scheme": "whu",
        "title": "冬季会议",
        "held_at": "2027-01-10T14:30",
        "place": "主楼",
        "members": [one.pk for one in house.members],
        "chair": house.members[1].pk,
    }
    answer = post(office, f"{BASE}meetings/new/", **form)
    meeting = Meeting.objects.get()
    assert answer.url == f"{BASE}meetings/{meeting.pk}/"
    assert (meeting.title, meeting.attendances.count()) == ("冬季会议", 3)
    edited = post(office, f"{answer.url}edit/", **{**form, "title": "春季会议", "revision": meeting.revision})
    assert edited.status_code == 302
    late = post(office, f"{answer.url}edit/", **{**form, "title": "夏季会议", "revision": meeting.revision})
    assert late.status_code == 409
    meeting.refresh_from_db()
    assert meeting.title == "春季会议"


def test_the_agenda_is_built_by_filter_and_tick(house, sign_in):
    office = sign_in(house.office)
    plain, marked, unlisted = house.claim(), house.claim(), house.unlisted()
    Claim.objects.filter(pk=marked.pk).update(escalated="分差过大")
    meeting = house.meeting(opens=False)
    path = f"{BASE}meetings/{meeting.pk}/agenda/"

    def offered(**query):
        return {claim for claim, _median in office.get(path, query).context["rows"]}

    assert offered() == {plain, marked, unlisted}
    assert offered(escalated="1") == {marked}
    assert offered(escalated="0") == {plain, unlisted}
    assert offered(category=unlisted.category_id) == {unlisted}
    assert offered(college=plain.college_id) == {plain, marked, unlisted}
    assert offered(q=plain.student.person.number) == {plain}
    assert post(office, path, verb="add", row=[plain.pk]).status_code == 302
    assert post(office, f"{path}?escalated=1", verb="all").status_code == 302
    assert [item.claim for item in meeting.items.order_by("position")] == [plain, marked]
    assert "提请委员会" in office.get(f"{BASE}meetings/{meeting.pk}/").content.decode()
    foreign = post(office, path, verb="add", row=[unlisted.pk, 987654])
    assert foreign.status_code == 422
    assert "编号 987654" in foreign.content.decode()
    assert meeting.items.count() == 2


def test_a_whole_session_by_the_buttons(house, sign_in):
    office, member = sign_in(house.office), sign_in(house.members[0])
    claim = house.claim()
    meeting = house.meeting(claim, opens=False)
    path, item = f"{BASE}meetings/{meeting.pk}/", meeting.items.get()
    there = [one.pk for one in house.members]
    opened = post(office, f"{path}presence/", present=there, chair=there[0], revision=meeting.revision)
    assert opened.status_code == 302
    assert "是否同意认定这项成果" in member.get(f"{BASE}meetings/items/{item.pk}/").content.decode()
    assert post(member, f"{BASE}meetings/items/{item.pk}/vote/", ballot="for").status_code == 302
    assert post(office, f"{BASE}meetings/items/{item.pk}/vote/", ballot="for", member=there[1]).status_code == 302
    answer = post(
        office, f"{BASE}meetings/items/{item.pk}/decide/", verb="confirm", revision=claim.revision, points="2.5"
    )
    assert answer.url == path
    meeting.refresh_from_db()
    assert post(office, f"{path}close/", revision=meeting.revision, note="完").status_code == 302
    meeting.refresh_from_db()
    claim.refresh_from_db()
    assert (meeting.state, claim.status) == (MeetingState.CLOSED, Status.PUBLICITY)
    assert "会议纪要" in member.get(path).content.decode()


def test_a_crafted_score_is_shown_again_with_what_is_wrong(house, sign_in):
    sit = house.sitting()
    for one in house.members:
        cast_vote(sit.item, one, "for")
    office, path = sign_in(house.office), paths(sit)["decide"]
    for form in (
        {"points": "4.5", "reason": "特别优秀"},
        {"points": "-1", "reason": "负数"},
        {"points": "三分", "reason": "不是数字"},
        {"points": "3.333", "reason": "位数过多"},
        {"points": "3"},
        {"points": "6", "beyond": "on"},
    ):
        answer = post(office, path, verb="confirm", revision=sit.claim.revision, **form)
        assert answer.status_code == 422, form
        assert answer.context["form"].errors
    sit.claim.refresh_from_db()
    assert sit.claim.status == Status.IN_REVIEW
    assert not ClaimEvent.objects.filter(verb="confirm").exists()


def test_a_tie_is_answered_with_its_sentence(house, sign_in):
    sit = house.sitting()
    cast_vote(sit.item, house.members[0], "for")
    cast_vote(sit.item, house.members[1], "against")
    answer = post(sign_in(house.office), paths(sit)["decide"], verb="confirm", revision=sit.claim.revision)
    assert answer.status_code == 422
    assert "同意 1 票，不同意 1 票" in answer.content.decode()


@pytest.mark.parametrize("times", [2, 5])
def test_a_decision_sent_again_acts_once(house, sign_in, times):
    sit = house.sitting()
    for one in house.members:
        cast_vote(sit.item, one, "for")
    office = sign_in(house.office)
    form = {"form_key": str(uuid.uuid4()), "verb": "confirm", "revision": sit.claim.revision}
    answers = [office.post(paths(sit)["decide"], form) for _again in range(times)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert ClaimEvent.objects.filter(verb="confirm").count() == 1


def test_without_the_key_the_second_decision_comes_too_late(house, sign_in):
    sit = house.sitting()
    for one in house.members:
        cast_vote(sit.item, one, "for")
    office = sign_in(house.office)
    form = {"verb": "refuse", "reason": "重复的决定", "revision": sit.claim.revision}
    decide_item(sit.item, house.office, Decision("confirmed"), revision=None)
    late = office.post(paths(sit)["decide"], form)
    assert late.status_code == 409
    assert "重复的决定" in late.content.decode()


def test_a_claim_that_left_meanwhile_is_said_so_and_decided_by_nobody(house, sign_in):
    sit = house.sitting()
    for one in house.members:
        cast_vote(sit.item, one, "for")
    office, revision = sign_in(house.office), sit.claim.revision
    withdraw_claim(sit.claim, fresh(sit.claim.student.person), revision=None)
    page = office.get(paths(sit)["item"]).content.decode()
    assert "已由别人处理" in page
    assert 'value="confirm"' not in page
    answer = post(office, paths(sit)["decide"], verb="confirm", revision=revision, reason="我的理由")
    assert answer.status_code == 409
    assert "我的理由" in answer.content.decode()
    assert office.get(paths(sit)["meeting"]).status_code == 200


def test_recused_members_see_no_form_and_experts_stay_unknown(house, sign_in):
    sit = house.sitting("2", "2.5", "3")
    member = sign_in(house.members[0])
    page = member.get(paths(sit)["item"]).content.decode()
    assert 'value="against"' in page
    assert "专家 1" in page
    assert not re.search("专家[甲乙丙]", page)
    assert post(member, paths(sit)["vote"], ballot="recuse", reason="师生").status_code == 302
    page = member.get(paths(sit)["item"]).content.decode()
    assert "您已回避该议题" in page
    assert 'value="against"' not in page
    assert post(member, paths(sit)["vote"], ballot="for").status_code == 403


def test_members_read_the_votes_after_the_decision_only(house, sign_in):
    sit = house.sitting()
    cast_vote(sit.item, house.members[1], "against")
    member, auditor = sign_in(house.members[0]), sign_in(house.auditor)
    page = member.get(paths(sit)["item"]).content.decode()
    assert "已表决 1 / 3 人" in page
    assert "不同意 1" not in page
    assert "不同意 1" in auditor.get(paths(sit)["item"]).content.decode()
    assert "0 / 1 / 0" not in member.get(paths(sit)["meeting"]).content.decode()
    decide_item(sit.item, house.office, Decision("deferred", reason="再议"), revision=None)
    assert "不同意 1" in member.get(paths(sit)["item"]).content.decode()


def test_the_ordinary_page_leads_a_member_to_the_meeting_and_decides_nothing(house, sign_in):
    sit = house.sitting()
    member = sign_in(house.members[0])
    page = member.get(f"/desk/claims/{sit.claim.pk}/").content.decode()
    assert paths(sit)["item"] in page
    assert "data-decision" not in page
    form = {"verb": "approve", "points": "2.5", "revision": sit.claim.revision, "reason": ""}
    assert member.post(f"/desk/claims/{sit.claim.pk}/decide/", form).status_code == 403
    assert sit.claim not in Claim.objects.waiting_for(house.members[0])
    assert paths(sit)["item"] not in sign_in(house.uncalled).get(f"/desk/claims/{sit.claim.pk}/").content.decode()


def test_a_member_at_home_in_another_college_opens_the_evidence_of_the_agenda(house, sign_in):
    guest = make_person(name="法学院委员")
    far = make_college("law", "法学院")
    Appointment.objects.create(
        person=guest, role=Role.COMMITTEE, scheme_code="whu", college=far, starts_on="2020-01-01"
    )
    sit = house.sitting(members=[*house.members, guest])
    file = sit.claim.evidence.first().file
    client = sign_in(guest)
    assert client.get(paths(sit)["item"]).status_code == 200
    answer = client.get(reverse("credits:evidence_file", args=[file.key]))
    assert b"".join(answer.streaming_content)
    assert Claim.objects.visible_to(fresh(guest)).filter(pk=sit.claim.pk).exists()
    assert not Claim.objects.visible_to(fresh(guest)).filter(pk=house.claim().pk).exists()


def test_one_press_by_the_preview(house, sign_in):
    meeting = house.meeting(house.claim(), house.claim())
    office, path = sign_in(house.office), f"{BASE}meetings/{meeting.pk}/unanimous/"
    page = office.get(path)
    keys = [row.key for row in page.context["ready"]]
    assert len(keys) == 2
    assert post(office, path, row=[]).status_code == 422
    answer = post(office, path, row=keys)
    assert answer.status_code == 302
    assert len(office.get(answer.url).context["items"]) == 2
    assert post(office, path, row=keys).status_code == 409
    assert AgendaItem.objects.filter(outcome=ItemOutcome.CONFIRMED).count() == 2


def test_the_menu_has_the_committee_for_those_who_need_it():
    seen = {role: {entry.url_name for entry in entries_for(frozenset({role}))} for role in Role.values}
    pages = {"review:meetings", "review:committee"}
    assert {role for role in Role.values if pages <= seen[role]} == {Role.COMMITTEE, Role.OFFICE, Role.AUDITOR}
    assert not any(pages & seen[role] for role in (Role.STUDENT, Role.SECRETARY, Role.EXPERT))


def test_what_is_closed_offers_no_more(house, sign_in):
    sit = house.sitting()
    close_meeting(sit.meeting, house.office, words="", revision=sit.meeting.revision)
    office = sign_in(house.office)
    for name in ("edit", "agenda", "presence", "unanimous", "close"):
        assert office.get(paths(sit)[name]).status_code == 404, name
    page = office.get(paths(sit)["item"]).content.decode()
    assert 'value="confirm"' not in page
    assert 'value="against"' not in page


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("name", "who", "queries"),
    [("meeting", "office", 16), ("meeting", "member", 16), ("agenda", "office", 11), ("meetings", "office", 7)],
)
def test_a_list_costs_the_same_however_long_it_is(
    house, sign_in, django_assert_num_queries, name, who, queries, number
):
    claims = [house.claim() for _number in range(number)]
    meeting = house.meeting(*(claims if name == "meeting" else []))
    for _more in range(number - 1):
        house.meeting()
    client = sign_in(people(house)[who])
    path = {"meetings": f"{BASE}meetings/"}.get(name, f"{BASE}meetings/{meeting.pk}/")
    path += "agenda/" if name == "agenda" else ""
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)


def team(rank):
    """Return a paper that somebody wrote with a mate of the university."""
    return whu_claim("committee", facts=together(2), mates=[(2, whu_student(f"合作者{rank}"))], score="6")


@pytest.mark.parametrize("number", [1, 3])
def test_teams_cost_the_same_however_many_there_are(house, sign_in, django_assert_num_queries, number):
    meeting = house.meeting(*[team(rank) for rank in range(number)])
    client = sign_in(house.office)
    client.get(f"{BASE}meetings/{meeting.pk}/")
    # two more than without: the members and their students
    with django_assert_num_queries(18):
        client.get(f"{BASE}meetings/{meeting.pk}/")


@pytest.mark.parametrize(("who", "queries"), [("office", 20), ("member", 20)])
def test_what_the_page_of_an_item_costs(house, sign_in, django_assert_num_queries, who, queries):
    sit = house.sitting()
    for one in house.members:
        cast_vote(sit.item, one, "for")
    client = sign_in(people(house)[who])
    client.get(paths(sit)["item"])
    with django_assert_num_queries(queries):
        client.get(paths(sit)["item"])


def test_a_score_off_the_table_leads_on_to_a_standard(house, sign_in):
    meeting = house.meeting(house.unlisted())
    item = meeting.items.get()
    for one in house.members:
        cast_vote(item, one, "for")
    office, path = sign_in(house.office), f"{BASE}meetings/items/{item.pk}/"
    assert post(office, f"{path}decide/", verb="confirm", revision=item.claim.revision).status_code == 422
    answer = post(
        office, f"{path}decide/", verb="confirm", revision=item.claim.revision, points="3", reason="参照核心期刊"
    )
    assert answer.status_code == 302
    assert reverse("review:ruling_new", args=[item.claim_id]) in office.get(path).content.decode()
