"""The office's pages of sanctions: from the claim to the decision, the conversions it concerns, the appeal's answer."""

import datetime
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from conversion.models import Application
from credits.enums import AppealState
from credits.models import Claim, Lot, Sanction
from credits.services.sanctions import file_appeal
from portal.enums import Role, Status
from portal.models import Appointment, Event, Notice
from tests.builders import fresh, make_claim, make_staff
from tests.review.conftest import client_of
from tests.sanctions import FINDING, MEASURE, fed_offset, sanctioned
from tests.whu import CONTEST, PAPER, make_entry, together, whu_claim, whu_staff, whu_student
from tests.workbooks import formulas, read_back

pytestmark = pytest.mark.django_db
LIST = reverse("review:sanctions")
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE, name="方敏")


@pytest.fixture
def as_office(office):
    return client_of(office)


def form_of(claim, **facts):
    claim.refresh_from_db()
    return {"revision": claim.revision, "finding": FINDING, "measure": MEASURE, "bar": "", **facts}


def address(claim):
    return reverse("review:claim_sanction", args=[claim.pk])


def page_of(row):
    return reverse("review:sanction", args=[row.pk])


def seen(html):
    return re.search(r'name="seen" value="([0-9a-f]{64})"', html)[1]


def decide(client, claim, **facts):
    form = form_of(claim, **facts)
    html = client.post(address(claim), {**form, "verb": "preview"}).content.decode()
    return client.post(address(claim), {**form, "verb": "carry_out", "seen": seen(html)})


# --- From the claim to the decision ---


def test_the_review_page_leads_the_office_to_it_and_nobody_else(office, as_office):
    claim = whu_claim("recognised", office=office)
    path = reverse("review:claim", args=[claim.pk])
    assert address(claim) in as_office.get(path).content.decode()
    for role in (Role.SECRETARY, Role.COMMITTEE, Role.AUDITOR):
        html = client_of(whu_staff(role)).get(path).content.decode()
        assert address(claim) not in html, role


def test_the_confirmation_names_exactly_what_happens(office, as_office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    offset = fed_offset(claim, "2", Status.RECOGNISED)
    html = as_office.post(address(claim), {**form_of(claim), "verb": "preview"}).content.decode()
    for words in (
        "立即扣回 6.0 分",
        f"{offset.course.name}：用到其中 2.0 分",
        "10 天内申诉",
        FINDING,
        MEASURE,
        "不限制",
    ):
        assert words in html, words
    claim.refresh_from_db()
    assert claim.status == Status.RECOGNISED


def test_the_confirmation_names_what_counts_instead(office, as_office):
    student, entry = whu_student(), make_entry()
    rows = []
    for score, award in (("6.5", "一等奖"), ("5.5", "二等奖")):
        facts = {**SOLO, "award": award, "competition": entry.name, "level": entry.level}
        told = {"facts": facts, "entry": entry, "score": score, "points": score, "content": award}
        rows.append(whu_claim("recognised", student=student, category="competition", office=office, **told))
    html = as_office.post(address(rows[0]), {**form_of(rows[0]), "verb": "preview"}).content.decode()
    assert "同一项目的“二等奖”改为计入，补计 5.5 分" in html


def test_what_was_confirmed_is_carried_out(office, as_office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    today = timezone.localdate()
    term = {"bar": "term", "barred_from": str(today), "barred_until": str(today + datetime.timedelta(days=365))}
    answer = decide(as_office, claim, **term)
    row = Sanction.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(row))
    claim.refresh_from_db()
    assert (claim.status, row.decided_by, row.barred_from) == (Status.REVOKED, office, today)
    assert row.barred_until == today + datetime.timedelta(days=365)
    call_command("check_ledger")


def test_a_conversion_that_came_in_between_is_seen_first(office, as_office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    form = form_of(claim)
    stale = seen(as_office.post(address(claim), {**form, "verb": "preview"}).content.decode())
    offset = fed_offset(claim, "2")

    answer = as_office.post(address(claim), {**form, "verb": "carry_out", "seen": stale})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "情况刚刚有变化" in html
    assert offset.course.name in html
    claim.refresh_from_db()
    assert claim.status == Status.RECOGNISED
    assert not Sanction.objects.exists()
    again = as_office.post(address(claim), {**form, "verb": "carry_out", "seen": seen(html)})
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"finding": ""}, "finding"),
        ({"measure": ""}, "measure"),
        ({"bar": "term"}, "barred_from"),
        ({"bar": "term", "barred_from": "2027-01-01"}, "barred_until"),
        ({"bar": "forever"}, "barred_from"),
        ({"bar": "term", "barred_from": "2027-01-02", "barred_until": "2027-01-01"}, "barred_until"),
    ],
)
def test_what_is_missing_is_asked_for_beside_its_field(office, as_office, facts, field):
    claim = whu_claim("recognised", office=office)
    form = form_of(claim, **facts)
    answer = as_office.post(address(claim), {**form, "verb": "preview"})
    if answer.status_code == 200:  # the order of the dates is the service's to judge
        answer = as_office.post(address(claim), {**form, "verb": "carry_out", "seen": seen(answer.content.decode())})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Sanction.objects.exists()


def test_the_words_come_back_when_the_office_goes_back(office, as_office):
    claim = whu_claim("recognised", office=office)
    html = as_office.post(address(claim), {**form_of(claim), "verb": "edit"}).content.decode()
    assert FINDING in html
    assert f'value="{MEASURE}"' in html


def test_a_bar_that_was_not_chosen_is_not_kept(office, as_office):
    claim = whu_claim("recognised", office=office)
    decide(as_office, claim, barred_from="2027-01-01", barred_until="2027-02-01")
    row = Sanction.objects.get()
    assert (row.barred_from, row.barred_until) == (None, None)


@pytest.mark.parametrize("stage", ["draft", "recognised"])
def test_a_claim_that_cannot_be_cancelled_any_more_says_so(office, as_office, stage):
    claim = whu_claim(stage, office=office)
    if stage == "recognised":
        sanctioned(claim, office=office)
    assert as_office.get(address(claim)).status_code == (404 if stage == "draft" else 409)


def test_a_scheme_without_sanctions_says_what_to_do_instead():
    claim = make_claim(Status.RECOGNISED)
    answer = client_of(make_staff(Role.OFFICE)).get(address(claim))
    assert answer.status_code == 403
    assert "请使用“撤销认定”" in answer.content.decode()


ROLES = [
    (Role.SECRETARY, 404, 404),
    (Role.COUNSELLOR, 404, 404),
    (Role.EXPERT, 404, 404),
    (Role.COMMITTEE, 404, 200),
    (Role.AUDITOR, 404, 200),
    (Role.ADMINISTRATOR, 404, 404),
    (None, 404, 404),
]


@pytest.mark.parametrize(("role", "acts", "reads"), ROLES)
def test_who_decides_and_who_reads(office, role, acts, reads):
    claim, done = whu_claim("recognised", office=office), whu_claim("recognised", office=office, student=whu_student())
    row = sanctioned(done, office=office)
    person = whu_staff(role) if role else whu_student("别人").person
    client = client_of(fresh(person))
    assert client.get(address(claim)).status_code == acts
    assert client.post(address(claim), {**form_of(claim), "verb": "carry_out"}).status_code == acts
    assert client.post(reverse("review:sanction_answer", args=[row.pk]), {"upheld": "1"}).status_code == acts
    assert client.get(reverse("review:sanction_conversion", args=[row.pk, 1])).status_code == acts
    assert client.get(LIST).status_code == reads
    assert client.get(page_of(row)).status_code == reads
    assert client.post(reverse("review:sanctions_export")).status_code == reads
    assert Sanction.objects.count() == 1


def test_another_schemes_office_sees_an_empty_list_and_no_sanction(office):
    row = sanctioned(whu_claim("recognised", office=office), office=office)
    client = client_of(make_staff(Role.OFFICE, scheme="bit"))
    assert row.student.person.name not in client.get(LIST).content.decode()
    assert client.get(page_of(row)).status_code == 404
    assert client.get(address(row.claim)).status_code == 404


def test_an_office_never_decides_on_its_own_claim(office):
    student = whu_student()
    claim = whu_claim("recognised", student=student, office=office)
    Appointment.objects.create(
        person=student.person, role=Role.OFFICE, scheme_code="whu", starts_on=datetime.date(2020, 1, 1)
    )
    client = client_of(fresh(student.person))
    assert client.get(address(claim)).status_code in {403, 404}
    row = sanctioned(claim, office=office)
    assert client.get(page_of(row)).status_code == 404
    assert str(row.pk) not in client.get(LIST).content.decode().partition("<tbody")[2]


# --- The conversions that the item fed ---


def fed_page(row, application):
    return reverse("review:sanction_conversion", args=[row.pk, application.pk])


def choice(application, verb, reason="所用成果已查实取消。"):
    application.refresh_from_db()
    return {"revision": application.revision, "verb": verb, "reason": reason}


def test_the_page_lists_every_conversion_with_its_state(office, as_office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    pending = fed_offset(claim, "2")
    public, done = (
        fed_offset(claim, "2", Status.PUBLICITY, code="G2"),
        fed_offset(claim, "1", Status.RECOGNISED, code="G3"),
    )
    row = sanctioned(claim, office=office)
    html = as_office.get(page_of(row)).content.decode()
    for one in (pending, public, done):
        assert one.course.name in html
    assert fed_page(row, pending) not in html
    assert "审核人不能通过" in html
    assert fed_page(row, public) in html
    assert fed_page(row, done) in html
    assert as_office.get(fed_page(row, pending)).status_code == 302


@pytest.mark.parametrize(
    ("status", "after", "verb"),
    [(Status.RECOGNISED, Status.REVOKED, "revoke"), (Status.PUBLICITY, Status.REFUSED, "strike")],
)
def test_a_conversion_is_taken_back_and_its_points_are_gone(office, as_office, status, after, verb):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    offset = fed_offset(claim, "2", status)
    row = sanctioned(claim, office=office)
    answer = as_office.post(fed_page(row, offset), choice(offset, "undo"))
    assert answer.status_code == 302
    offset.refresh_from_db()
    assert offset.status == after
    event = offset.events.order_by("-pk").first()
    assert (event.verb, event.reason) == (verb, "所用成果已查实取消。")
    assert Lot.objects.get(claim=claim).recognised == 0
    call_command("check_ledger")


def test_a_conversion_that_stands_is_kept_by_a_decision_on_record(office, as_office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    offset = fed_offset(claim, "2", Status.RECOGNISED)
    row = sanctioned(claim, office=office)
    answer = as_office.post(fed_page(row, offset), choice(offset, "keep", "课程已修满，不再追回。"))
    assert answer.status_code == 302
    event = Event.objects.get(subject_kind="sanction")
    assert (event.verb, event.actor, event.actor_role) == ("keep", office, Role.OFFICE)
    assert (event.reason, event.after["application"]) == ("课程已修满，不再追回。", offset.pk)
    html = as_office.get(page_of(row)).content.decode()
    assert "保留：课程已修满，不再追回。（方敏" in html
    assert fed_page(row, offset) not in html
    offset.refresh_from_db()
    assert offset.status == Status.RECOGNISED
    call_command("check_ledger")
    assert as_office.post(fed_page(row, offset), choice(offset, "keep", "再来一次。")).status_code == 409
    assert Event.objects.filter(subject_kind="sanction").count() == 1


@pytest.mark.parametrize("verb", ["keep", "undo"])
def test_a_page_older_than_the_conversion_decides_nothing(office, as_office, verb):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    offset = fed_offset(claim, "2", Status.RECOGNISED)
    row = sanctioned(claim, office=office)
    stale = choice(offset, verb) | {"revision": offset.revision - 1}
    assert as_office.post(fed_page(row, offset), stale).status_code == 409
    offset.refresh_from_db()
    assert offset.status == Status.RECOGNISED
    assert not Event.objects.filter(subject_kind="sanction").exists()


def test_a_publicised_conversion_cannot_be_kept(office, as_office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    offset = fed_offset(claim, "2", Status.PUBLICITY)
    row = sanctioned(claim, office=office)
    assert as_office.post(fed_page(row, offset), choice(offset, "keep")).status_code == 422


def test_a_conversion_of_another_item_is_not_decided_here(office, as_office):
    student = whu_student()
    claim = whu_claim("recognised", student=student, score="8", points="8", office=office)
    other = {**PAPER, "doi": "10.1000/other", "title": "另一题目"}
    clean = whu_claim("recognised", student=student, facts=other, office=office, content="另一题目")
    offset = fed_offset(clean, "2", Status.RECOGNISED)
    row = sanctioned(claim, office=office)
    assert as_office.get(fed_page(row, offset)).status_code == 404
    assert as_office.post(fed_page(row, offset), choice(offset, "undo")).status_code == 404
    assert Application.objects.get().status == Status.RECOGNISED


# --- The team and the appeal ---


def test_the_mates_claims_are_listed_for_decisions_of_their_own(office, as_office):
    mate = whu_student("陈思远")
    lead = whu_claim("recognised", facts=together(2), mates=[(2, mate)], score="6", office=office)
    own = Claim.objects.get(student=mate)
    before = as_office.post(address(lead), {**form_of(lead), "verb": "preview"}).content.decode()
    assert "团队成员 陈思远（排位 2）的申报不变动，需要另行决定" in before
    row = sanctioned(lead, office=office)
    html = as_office.get(page_of(row)).content.decode()
    assert "陈思远" in html
    assert (address(own) in html) == (own.status in {Status.PUBLICITY, Status.RECOGNISED})


def test_in_review_the_confirmation_says_that_the_team_goes_along(office, as_office):
    lead = whu_claim("experts", facts=together(2), mates=[(2, whu_student("陈思远"))], office=office)
    html = as_office.post(address(lead), {**form_of(lead), "verb": "preview"}).content.decode()
    assert "团队成员 陈思远（排位 2）的申报一并取消" in html
    assert "尚未计入，不涉及扣减" in html


@pytest.mark.parametrize(("upheld", "state", "status"), [("1", "upheld", "recognised"), ("0", "rejected", "revoked")])
def test_an_appeal_is_answered_from_the_page(office, as_office, upheld, state, status):
    row = sanctioned(whu_claim("recognised", office=office), office=office)
    assert 'name="upheld"' not in as_office.get(page_of(row)).content.decode()
    file_appeal(row, fresh(row.student.person), words="期刊编辑部弄错了人。")
    notice = Notice.objects.get(person=office, title__contains="收到申诉")
    inner = client_of(office).get(notice.path).content.decode()
    assert page_of(row) in inner
    html = as_office.get(page_of(row)).content.decode()
    assert "期刊编辑部弄错了人。" in html
    path = reverse("review:sanction_answer", args=[row.pk])
    assert as_office.post(path, {"upheld": upheld, "answer": ""}).status_code == 422
    assert as_office.post(path, {"upheld": upheld, "answer": "已核实。"}).status_code == 302
    row.refresh_from_db()
    row.claim.refresh_from_db()
    assert (row.appeal_state, row.claim.status, row.answered_by) == (state, status, office)
    assert as_office.post(path, {"upheld": "1", "answer": "改主意了。"}).status_code == 409


def test_readers_see_the_appeal_without_its_form(office):
    row = sanctioned(whu_claim("recognised", office=office), office=office)
    file_appeal(row, fresh(row.student.person), words="期刊编辑部弄错了人。")
    html = client_of(whu_staff(Role.AUDITOR)).get(page_of(row)).content.decode()
    assert "期刊编辑部弄错了人。" in html
    assert 'name="upheld"' not in html


# --- The list ---


def names(response):
    return [row.student.person.name for row, _clock in response.context["rows"]]


def test_filters_narrow_page_and_export_alike(office, as_office):
    first = sanctioned(whu_claim("recognised", office=office, student=whu_student("甲")), office=office, bar=10)
    second = sanctioned(whu_claim("recognised", office=office, student=whu_student("乙")), office=office)
    file_appeal(second, fresh(second.student.person), words="弄错了人。")
    for query, wanted in (
        ("", ["乙", "甲"]),
        ("appeal=filed", ["乙"]),
        ("appeal=running", ["甲"]),
        ("appeal=upheld", []),
        ("barred=1", ["甲"]),
        (f"q={first.student.person.number}", ["甲"]),
        (f"q={second.claim.receipt_number}", ["乙"]),
        (f"college={first.student.college_id}", ["乙", "甲"]),
    ):
        assert names(as_office.get(f"{LIST}?{query}")) == wanted, query
        export = as_office.post(f"{reverse('review:sanctions_export')}?{query}")
        assert not formulas(export.content)
        heading, *rows = read_back(export.content)
        assert [dict(zip(heading, row, strict=True))["姓名"] for row in rows] == wanted, query
    assert Event.objects.filter(verb="export", subject_kind="sanctions").count() == 8


def test_the_export_says_what_was_decided(office, as_office):
    row = sanctioned(whu_claim("recognised", office=office, student=whu_student("=1+1")), office=office, bar=10)
    heading, line = read_back(as_office.post(reverse("review:sanctions_export")).content)
    found = dict(zip(heading, line, strict=True))
    assert (found["姓名"], found["处理决定"], found["申诉"], found["决定人"]) == ("=1+1", MEASURE, "未申诉", "方敏")
    assert found["受理编号"] == row.claim.receipt_number


@pytest.mark.parametrize("rows", [1, 3])
def test_more_rows_cost_no_more_queries(office, as_office, rows, django_assert_num_queries):
    for _again in range(rows):
        sanctioned(whu_claim("recognised", office=office, student=whu_student()), office=office)
    as_office.get(LIST)
    with django_assert_num_queries(7):
        as_office.get(LIST)


def test_the_appeal_state_in_the_list_is_the_clock_while_it_runs(office, as_office):
    sanctioned(whu_claim("recognised", office=office), office=office)
    html = as_office.get(LIST).content.decode()
    assert "还有 10 天" in html
    Sanction.objects.update(appeal_until=timezone.now() - datetime.timedelta(days=1))
    html = as_office.get(LIST).content.decode()
    assert "还有" not in html
    assert str(AppealState.NONE.label) in html
