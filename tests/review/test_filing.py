"""备案: forms are found by number, code or QR address, received once, missed until then."""

import datetime

import pytest
from django.utils import timezone

from conversion.models import ApplicationEvent, Filing, Form
from conversion.services.forms import file_form, reissue_form
from portal.enums import Role, Status
from portal.models import Appointment, Event, Notice
from tests.builders import (
    OTHER_COLLEGE,
    fresh,
    make_application,
    make_college,
    make_course,
    make_offering,
    make_staff,
    make_student,
)
from tests.review.conftest import client_of

URL = "/desk/filing/"


@pytest.fixture
def offering(staff):
    return make_offering()


@pytest.fixture
def form(staff, offering):
    return Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering))


def found(client, text):
    return client.get(URL, {"code": text}).context["found"]


def test_a_form_is_found_by_number_code_or_scan(secretary, form):
    for text in (
        form.number,
        form.number.lower(),
        f"  {form.number} ",
        form.code,
        f"https://portal.example.edu/verify/{form.code}/",
        f"http://127.0.0.1/prefix/verify/{form.code}",
    ):
        assert found(secretary, text) == form, text
    for text in ("", " ", "/", "没有", "https://example.org/", form.number[:-1]):
        assert found(secretary, text) is None, text


def test_a_form_of_another_college_is_not_found(staff, secretary, offering):
    away = make_student(college=make_college(*OTHER_COLLEGE))
    other = Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering, student=away))
    assert found(secretary, other.number) is None
    assert "没有找到" in secretary.get(URL, {"code": other.number}).content.decode()
    assert secretary.post(f"{URL}{other.pk}/", {"shelf": "A"}).status_code == 404
    assert secretary.post(f"{URL}{other.pk}/undo/", {"reason": "x"}).status_code == 404
    assert not Filing.objects.exists()


def test_filing_records_who_when_and_where_and_waits_for_the_next_scan(staff, secretary, form):
    events = ApplicationEvent.objects.count()
    assert secretary.post(f"{URL}{form.pk}/", {"shelf": "A-02"}).url == URL
    filing = Filing.objects.get(form=form)
    assert (filing.filed_by, filing.shelf) == (staff.secretary, "A-02")
    assert ApplicationEvent.objects.count() == events + 1
    page = secretary.get(URL, {"code": form.number}).content.decode()
    assert "已备案" in page
    assert "何丽华" in page
    assert secretary.get(URL).context["shelf"]["shelf"].value() == "A-02"


def test_filing_twice_is_said_and_changes_nothing(secretary, form):
    secretary.post(f"{URL}{form.pk}/", {"shelf": "A"})
    response = secretary.post(f"{URL}{form.pk}/", {"shelf": "B"}, follow=True)
    assert "已经备案" in response.content.decode()
    assert Filing.objects.get(form=form).shelf == "A"


def test_a_superseded_form_is_not_filed(staff, secretary, form):
    reissue_form(form.application, staff.secretary, reason="姓名更正", revision=None)
    response = secretary.post(f"{URL}{form.pk}/", {}, follow=True)
    assert "已失效" in response.content.decode()
    assert not Filing.objects.exists()


def test_who_may_file(staff, form):
    for role, code in {
        "away": 404,
        "counsellor": 403,
        "auditor": 403,
        "committee": 403,
        "owner_unit": 404,
        "administrator": 404,
        "student": 404,
        "office": 302,
    }.items():
        assert staff.client(role).post(f"{URL}{form.pk}/", {}).status_code == code, role
    assert Filing.objects.get().filed_by == staff.office
    assert staff.client("auditor").get(URL).status_code == 404


def test_a_filing_is_taken_back_with_a_reason(staff, secretary, form):
    file_form(form, staff.secretary)
    assert secretary.post(f"{URL}{form.pk}/undo/", {"reason": ""}).status_code == 422
    assert Filing.objects.exists()
    assert secretary.post(f"{URL}{form.pk}/undo/", {"reason": "放错了"}).status_code == 302
    assert not Filing.objects.exists()
    assert ApplicationEvent.objects.last().reason == "放错了"


def missing(client, query=""):
    return [row["pk"] for row in client.get(f"{URL}missing/{query}").context["rows"]]


def test_the_missing_are_listed_with_their_days(staff, secretary, form, offering):
    Form.objects.filter(pk=form.pk).update(issued_at=timezone.now() - datetime.timedelta(days=12))
    filed = Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering))
    file_form(filed, staff.secretary)
    make_application(Status.IN_REVIEW, offering=offering)
    away = make_student(college=make_college(*OTHER_COLLEGE))
    make_application(Status.RECOGNISED, offering=offering, student=away)
    response = secretary.get(f"{URL}missing/")
    assert response.content.decode().count('data-label="表单编号"') == 1
    assert [(row["pk"], row["days"]) for row in response.context["rows"]] == [(form.pk, 12)]
    assert "12 天" in response.content.decode()
    assert len(missing(staff.client("office"))) == 2


def test_the_missing_are_narrowed_by_what_the_address_says(secretary, form):
    application = form.application
    course, term = application.course_id, application.offering.term_id
    group, number = application.student.class_group.name, application.student.person.number
    for query in (f"course={course}", f"term={term}", f"group={group}", f"q={number}", f"q={form.number[:9]}"):
        assert missing(secretary, f"?{query}") == [form.pk], query
    for query in ("course=0", "group=没有", "q=没有", "term=x"):
        assert missing(secretary, f"?{query}") == [], query


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_the_missing_costs_the_same(secretary, offering, django_assert_num_queries, rows):
    for _number in range(rows):
        make_application(Status.RECOGNISED, offering=offering)
    secretary.get(f"{URL}missing/")
    # session, person, appointments, roll, rows, terms, courses, notices
    with django_assert_num_queries(8):
        assert len(missing(secretary)) == rows


REMIND = f"{URL}missing/remind/"


def out_for(form, days):
    Form.objects.filter(pk=form.pk).update(issued_at=timezone.now() - datetime.timedelta(days=days))


@pytest.mark.parametrize(("days", "listed"), [(6, []), (7, []), (8, [7]), (15, [7, 14]), (31, [7, 14, 30])])
def test_the_missing_are_narrowed_by_how_long_they_have_been_out(secretary, form, days, listed):
    out_for(form, days)
    assert [over for over in (7, 14, 30) if missing(secretary, f"?days={over}")] == listed
    assert missing(secretary, "?days=8") == []


def test_a_press_reminds_the_students_whom_the_list_shows_once_a_day(staff, secretary, form, offering):
    out_for(form, 12)
    student = form.application.student
    other = Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering))
    away = make_student(college=make_college(*OTHER_COLLEGE))
    make_application(Status.RECOGNISED, offering=offering, student=away)
    before = Notice.objects.count()
    preview = secretary.get(f"{REMIND}?days=7")
    assert (preview.context["found"].students, Notice.objects.count()) == (1, before)
    sample = preview.context["found"].sample
    assert form.number in sample.text
    assert sample.text.split("\n")[0] in preview.content.decode()

    assert secretary.post(f"{REMIND}?days=7").url == f"{URL}missing/?days=7"
    secretary.post(f"{REMIND}?days=7")

    (notice,) = Notice.objects.order_by("pk")[before:]
    assert (notice.person, notice.title, notice.text) == (student.person, sample.title, sample.text)
    (event,) = Event.objects.filter(verb="remind")
    assert (event.actor_role, event.subject_kind, event.after) == ("secretary", "forms", {"query": "days=7", "rows": 1})
    secretary.post(REMIND)
    assert Notice.objects.count() == before + 2
    assert Notice.objects.latest("pk").person == other.application.student.person
    assert secretary.get(REMIND).context["found"].rested == 2

    Notice.objects.update(created_at=timezone.now() - datetime.timedelta(days=1))
    assert secretary.get(REMIND).context["found"].students == 2


def test_a_student_reads_of_all_missing_papers_in_one_notice(secretary, form):
    second = Form.objects.get(
        application=make_application(
            Status.RECOGNISED, offering=make_offering(make_course("X2")), student=form.application.student
        )
    )
    out_for(form, 12)
    secretary.post(f"{REMIND}?days=7")
    text = Notice.objects.get(key__startswith="paper:").text
    assert form.number in text
    assert second.number in text


def test_only_who_files_papers_reminds_and_only_of_those(staff, form):
    for name in ("counsellor", "auditor", "committee", "owner_unit", "administrator", "student"):
        assert staff.client(name).get(REMIND).status_code == 404, name
        assert staff.client(name).post(REMIND).status_code == 404, name
    assert "missing/remind" not in staff.client("counsellor").get(f"{URL}missing/").content.decode()
    # Who files for one college and merely reads another reminds nobody of that one.
    both = make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE))
    home = form.application.college
    Appointment.objects.create(
        person=both, role=Role.COUNSELLOR, college=home, starts_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    client = client_of(fresh(both))
    assert missing(client) == [form.pk]
    client.post(REMIND)
    assert not Notice.objects.filter(key__startswith="paper:").exists()
