"""The office's pages: from what waits to the notice, who gets in, what a press does, what a page costs."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.enums import Role
from portal.jobs.services import run_job
from portal.models import Event, Job
from review.models import FormalNotice, ListState, Objection, ObjectionState, PublicityEntry, PublicityList
from tests.builders import get_version, jpeg, make_staff
from tests.publicity import end_period, issue, make_draft, make_list, make_objection, run_jobs, states, waiting_claims
from tests.review.conftest import client_of
from tests.whu import together, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


@pytest.fixture
def web(office):
    return client_of(office)


def at(name, *args):
    return reverse(f"review:{name}", args=args)


def list_form(**facts):
    return {
        "title": "创新学分认定结果公示",
        "opening": "now",
        "opens_at": "",
        "days": 7,
        "counting": "calendar",
        **facts,
    }


def shown_form(web, row):
    """Return the hidden fields of the page that publishes."""
    return web.get(at("publicity_publish", row.pk)).context["form"].initial


def test_the_office_goes_from_what_waits_to_the_effect(web, office):
    round_ = whu_round(name="2026 年创新学分认定")
    waiting_claims(2, round_=round_, office=office)
    page = web.get(at("publicity_lists"))
    group = page.context["waiting"][0]
    assert (group["round"], group["count"], len(page.context["waiting"])) == (round_.name, 2, 1)
    new = f"{at('publicity_new')}?scheme=whu&kind=claims&round={round_.pk}"
    form = web.get(new).context["form"]
    assert (form.initial["days"], form.initial["counting"]) == (7, "calendar")  # the pack's
    answer = web.post(new, list_form(title=form.initial["title"]))
    row = PublicityList.objects.get()
    assert answer["Location"] == at("publicity_publish", row.pk)
    assert (row.round, row.title) == (round_, "2026 年创新学分认定结果公示")
    preview = web.get(answer["Location"])
    assert "2022*******00" in preview.content.decode()
    answer = web.post(at("publicity_publish", row.pk), preview.context["form"].initial)
    assert answer["Location"] == at("publicity_list", row.pk)
    assert web.get(answer["Location"]).status_code == 200
    assert web.get(at("notice_issue", row.pk)).context["verdict"].reason
    end_period(row)
    page = web.get(at("notice_issue", row.pk))
    assert len(page.context["lines"]) == 2
    heading = {"number": "武大本字〔2026〕9号", "title": "通知", "issued_on": "2026-12-31", "revision": 1}
    assert web.post(at("notice_issue", row.pk), heading)["Location"] == at("publicity_list", row.pk)
    assert web.get(at("publicity_list", row.pk)).context["job"] == Job.objects.get()
    run_job(Job.objects.get().pk)
    assert states(row) == ["effective", "effective"]
    text = web.get(at("publicity_list", row.pk)).content.decode()
    assert "武大本字〔2026〕9号" in text
    assert [verb for (verb,) in Event.objects.filter(subject_kind="publicity").values_list("verb")] == [
        "create",
        "publish",
        "issue",
        "take_effect",
    ]


def test_a_list_that_changed_since_the_preview_is_shown_again(web, office):
    waiting_claims(1, office=office)
    row = make_draft(office=office)
    form = shown_form(web, row)
    whu_claim("publicity", student=whu_student("后来者"), office=office)
    answer = web.post(at("publicity_publish", row.pk), form)
    assert answer.status_code == 409
    assert "后来者" in answer.content.decode()
    assert "有变化" in answer.content.decode()
    assert not PublicityEntry.objects.exists()
    assert web.post(at("publicity_publish", row.pk), answer.context["form"].initial).status_code == 302


def test_a_stale_page_is_told_who_was_faster(web, office):
    waiting_claims(1, office=office)
    row = make_draft(office=office)
    form = shown_form(web, row)
    colleague = whu_staff(Role.OFFICE, name="石敬之")
    client_of(colleague).post(at("publicity_publish", row.pk), form)
    answer = web.post(at("publicity_withdraw", row.pk), {"revision": 0, "reason": "写好的理由"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "石敬之" in text
    assert "写好的理由" in text
    assert at("publicity_list", row.pk) in text


def test_what_was_typed_into_a_text_is_flagged_in_the_preview(web, office):
    whu_claim("publicity", content="论文 电话13912345678", office=office)
    row = make_draft(office=office)
    text = web.get(at("publicity_publish", row.pk)).content.decode()
    assert "已隐去" in text
    assert "13912345678" not in text


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"days": 0}, "days"),
        ({"opening": "later"}, "opens_at"),
        ({"counting": "moon"}, "counting"),
    ],
)
def test_a_form_that_cannot_be_kept_is_shown_again(web, facts, field):
    waiting_claims(1)
    answer = web.post(at("publicity_new"), list_form(**facts))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not PublicityList.objects.exists()


def test_a_foreign_round_and_an_unknown_kind_are_no_page(web):
    foreign = whu_round()
    for query in ("?kind=everything", "?scheme=whu&round=99999", "?scheme=whu&round=x"):
        assert web.get(at("publicity_new") + query).status_code == 404, query
    elsewhere = client_of(make_staff(Role.OFFICE, scheme="bit"))
    assert elsewhere.get(f"{at('publicity_new')}?scheme=bit&round={foreign.pk}").status_code == 404


def test_the_closing_day_is_shown_with_the_days_it_skips(web, office):
    zone = timezone.get_current_timezone()
    waiting_claims(1, office=office)
    opens = datetime.datetime(2026, 12, 31, 9, 0, tzinfo=zone)
    row = make_draft(office=office, opens_at=opens, days=2, counting="working")
    text = web.get(at("publicity_publish", row.pk)).content.decode()
    assert "2027-01-05 00:00" in text
    assert "01-02 周末" in text
    assert "没有 2027 年" in text
    web.post(at("holidays") + "?year=2027", {"text": "2027-01-01至2027-01-03 元旦"})
    text = web.get(at("publicity_publish", row.pk)).content.decode()
    assert "2027-01-06 00:00" in text
    assert "01-01 元旦" in text
    assert "没有 2027 年" not in text


def test_the_holidays_of_a_year_are_pasted_and_kept(web, office):
    page = at("holidays") + "?year=2027"
    assert web.post(page, {"text": "2027-10-01至2027-10-07 国庆节\n10月9日 国庆节 上班"}).status_code == 302
    assert web.get(page).context["form"].initial["text"] == "2027-10-01至2027-10-07 国庆节\n2027-10-09 国庆节 上班"
    answer = web.post(page, {"text": "2027-10-01 国庆节\n哪一天"})
    assert answer.status_code == 422
    assert "第 2 行" in answer.content.decode()
    assert "哪一天" in answer.content.decode()
    assert web.get(at("holidays") + "?year=abc").status_code == 200
    assert client_of(whu_staff(Role.SECRETARY)).get(page).status_code == 404


def test_a_ticket_shows_the_office_who_says_what_and_takes_the_decision(web, office):
    row = make_list(2, office=office)
    objection = make_objection(row, uploads=[jpeg("证据.jpg")])
    page = web.get(at("objection", objection.pk))
    text = page.content.decode()
    for said in (objection.person.name, objection.person.number, objection.reason, "证据.jpg"):
        assert said in text
    decide = at("objection_decide", objection.pk)
    assert web.post(decide, {"revision": 0, "verb": "reject", "reason": ""}).status_code == 422
    answer = web.post(decide, {"revision": 0, "verb": "correct", "score": "9", "reason": "应为第二作者"})
    assert answer.status_code == 422
    assert "应为第二作者" in answer.content.decode()
    assert (
        web.post(decide, {"revision": 0, "verb": "correct", "score": "7", "reason": "应为第二作者"}).status_code == 302
    )
    objection.refresh_from_db()
    assert (objection.state, states(row)) == (ObjectionState.UPHELD, ["corrected", "listed"])
    late = web.post(decide, {"revision": 0, "verb": "strike", "reason": "再来一次"})
    assert late.status_code == 409
    assert "再来一次" in late.content.decode()


def test_one_member_of_a_team_can_be_struck_on_the_page(web, office):
    mates = [(2, whu_student("队友甲"))]
    whu_claim("publicity", facts=together(2), mates=mates, office=office, score="8")
    row = make_draft(office=office)
    web.post(at("publicity_publish", row.pk), shown_form(web, row))
    objection = make_objection(row, position=row.entries.get(name="队友甲").position)
    form = web.get(at("objection", objection.pk)).context["form"]
    assert "alone" in form.fields
    web.post(at("objection_decide", objection.pk), {"revision": 0, "verb": "strike", "alone": "on", "reason": "未参与"})
    assert row.entries.get(name="队友甲").state == "removed"
    assert row.entries.exclude(name="队友甲").get().state == "listed"


def test_a_withdrawn_draft_is_put_away(web, office):
    row = make_draft(office=office)
    assert web.post(at("publicity_withdraw", row.pk), {"revision": 0, "reason": ""}).status_code == 422
    web.post(at("publicity_withdraw", row.pk), {"revision": 0, "reason": "不用了"})
    row.refresh_from_db()
    assert row.state == ListState.WITHDRAWN
    assert web.get(at("publicity_publish", row.pk))["Location"] == at("publicity_list", row.pk)


def test_a_failed_job_is_started_again_from_the_lists_page(web, office):
    row = end_period(make_list(1, office=office))
    issue(row, office)
    Job.objects.update(state="failed")
    page = web.get(at("publicity_list", row.pk)).content.decode()
    assert at("notice_resume", row.pk) in page
    web.post(at("notice_resume", row.pk))
    run_jobs()
    assert states(row) == ["effective"]
    assert at("notice_resume", row.pk) not in web.get(at("publicity_list", row.pk)).content.decode()


def test_a_notice_is_read_by_all_who_review_under_the_scheme(office):
    row = end_period(make_list(1, office=office))
    issue(row, office)
    for role, status in ((Role.SECRETARY, 200), (Role.AUDITOR, 200), (Role.COMMITTEE, 200), (Role.EXPERT, 404)):
        assert client_of(whu_staff(role)).get(at("notice_pdf", row.pk)).status_code == status, role
    assert client_of(whu_student().person).get(at("notice_pdf", row.pk)).status_code == 404
    assert client_of(make_staff(Role.OFFICE, scheme="bit")).get(at("notice_pdf", row.pk)).status_code == 404


PAGES = {
    "publicity_lists": ("200", "200", "200", "404"),
    "publicity_new": ("200", "404", "404", "404"),
    "publicity_list": ("200", "200", "200", "404"),
    "publicity_pdf": ("200", "200", "200", "404"),
    "publicity_withdraw": ("200", "404", "404", "404"),
    "objections": ("200", "404", "404", "404"),
    "objection": ("200", "404", "404", "404"),
    "holidays": ("200", "404", "404", "404"),
}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_for_those_it_is_for(office, name):
    get_version("bit")
    row = make_list(1, office=office)
    keys = {"objection": [make_objection(row).pk], "publicity_lists": [], "publicity_new": [], "objections": []}
    path = at(name, *keys.get(name, [] if name == "holidays" else [row.pk]))
    people = (office, whu_staff(Role.COMMITTEE), whu_staff(Role.AUDITOR), whu_staff(Role.SECRETARY))
    found = tuple(str(client_of(person).get(path).status_code) for person in people)
    assert found == PAGES[name]
    foreign = client_of(make_staff(Role.OFFICE, scheme="bit")).get(path)
    assert foreign.status_code == (
        200 if name in {"publicity_lists", "publicity_new", "objections", "holidays"} else 404
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_the_lists_do_not_grow(web, office, number, django_assert_num_queries):
    row = make_list(number, office=office)
    for place in range(1, number + 1):
        make_objection(row, whu_student().person, position=place)
    for _copy in range(number):
        make_draft(office=office)
    for path in (at("publicity_lists"), at("publicity_list", row.pk), at("objections")):
        web.get(path)  # the scheme's words and stages are read once
    with django_assert_num_queries(10):
        web.get(at("publicity_lists"))
    with django_assert_num_queries(10):
        web.get(at("publicity_list", row.pk))
    with django_assert_num_queries(6):
        web.get(at("objections"))


def test_a_notice_that_was_refused_keeps_what_was_typed(web, office):
    row = end_period(make_list(1, office=office))
    form = {"number": "", "title": "我的标题", "issued_on": "2026-12-31", "revision": 1}
    answer = web.post(at("notice_issue", row.pk), form)
    assert answer.status_code == 422
    assert "我的标题" in answer.content.decode()
    assert not FormalNotice.objects.exists()
    early = make_list(1, office=office)
    answer = web.post(at("notice_issue", early.pk), {**form, "number": "2号"})
    assert answer.status_code == 403
    assert Objection.objects.count() == FormalNotice.objects.count() == 0
