"""连续扫码: each scan is received at once; what cannot be is named, and a slip is taken back."""

import pytest
from django.test import Client

from conversion.models import ApplicationEvent, Filing, Form
from conversion.services.decisions import revoke_application
from conversion.services.forms import reissue_form
from portal.enums import Role, Status
from tests.builders import OTHER_COLLEGE, make_application, make_college, make_offering, make_staff, make_student
from tests.conversion.offsets import make_offset

URL = "/desk/filing/scan/"


@pytest.fixture
def offering(staff):
    return make_offering()


@pytest.fixture
def form(staff, offering):
    return Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering))


def scan(client, code, shelf=""):
    """Scan one paper and return what the page says of it."""
    answer = client.post(URL, {"code": code, "shelf": shelf}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    return answer.context["scan"], answer.content.decode()


def test_a_scan_is_received_at_once_and_the_shelf_stays(staff, secretary, form, offering):
    other = Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering))
    found, page = scan(secretary, f"https://portal.example.edu/verify/{form.code}/", "柜 3-2")
    assert (found.outcome, found.form) == ("received", form)
    for words in (form.application.student.person.name, form.application.course.name, form.number, "柜 3-2"):
        assert words in page
    assert secretary.get(URL).context["form"]["shelf"].value() == "柜 3-2"
    scan(secretary, other.number, "柜 3-2")
    assert {(row.form, row.filed_by, row.shelf) for row in Filing.objects.all()} == {
        (form, staff.secretary, "柜 3-2"),
        (other, staff.secretary, "柜 3-2"),
    }
    assert ApplicationEvent.objects.filter(verb="file").count() == 2


def test_what_cannot_be_received_is_named_and_changes_nothing(staff, secretary, form, offering):
    away = make_student("欧阳别院", college=make_college(*OTHER_COLLEGE))
    foreign = Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering, student=away))
    revoked = Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering))
    revoke_application(revoked.application, staff.office, reason="错了", revision=None)
    new = reissue_form(form.application, staff.secretary, reason="更正", revision=None)
    scan(secretary, new.number)
    events = ApplicationEvent.objects.count()
    for code, outcome in {
        new.number: "again",
        form.code: "superseded",
        revoked.number: "revoked",
        foreign.code: "foreign",
        "没有": "unknown",
        "https://example.org/": "unknown",
    }.items():
        found, page = scan(secretary, code)
        assert found.outcome == outcome, code
        assert str(found.outcome.label) in page
        assert away.person.name not in page
    assert Filing.objects.get().form == new
    assert ApplicationEvent.objects.count() == events


def test_a_wrong_scan_is_taken_back_on_the_spot(secretary, form):
    scan(secretary, form.number)
    answer = secretary.post(f"/desk/filing/{form.pk}/undo/", {"reason": "扫描有误", "then": "scan"}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    assert answer.context["scan"] is None
    assert not Filing.objects.exists()
    assert ApplicationEvent.objects.last().reason == "扫描有误"


def test_the_counts_are_those_of_the_own_reach(staff, secretary, form, offering):
    away = make_student(college=make_college(*OTHER_COLLEGE))
    make_application(Status.RECOGNISED, offering=offering, student=away)
    tally = secretary.get(URL).context["tally"]
    assert (tally.received.number, tally.missing.number) == (0, 1)
    scan(secretary, form.number)
    tally = secretary.get(URL).context["tally"]
    assert (tally.received.number, tally.missing.number) == (1, 0)


def test_the_camera_is_allowed_on_this_page_alone(staff, secretary):
    assert "camera=(self)" in secretary.get(URL)["Permissions-Policy"]
    assert "microphone=()" in secretary.get(URL)["Permissions-Policy"]
    assert "camera=()" in secretary.get("/desk/filing/")["Permissions-Policy"]
    assert staff.client("counsellor").get(URL).status_code == 404


@pytest.mark.django_db
def test_the_paper_of_an_offset_is_received_by_its_office_and_college():
    row = make_offset(Status.RECOGNISED, kind="major")
    client = Client()
    client.force_login(
        make_staff(Role.OFFICE, scheme=row.scheme.code), backend="django.contrib.auth.backends.ModelBackend"
    )
    found, _page = scan(client, Form.objects.get(application=row).number)
    assert found.outcome == "received"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same(secretary, offering, django_assert_num_queries, rows):
    for _number in range(rows):
        scan(secretary, Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering)).number)
    # session, person, appointments, roll, the last scan, two counts, notices
    with django_assert_num_queries(8):
        secretary.get(URL)


@pytest.mark.parametrize("code", ["http://[", "//[x/y", "https://[::1/verify/abc", "WIFI:S:x/;;"])
def test_a_code_that_only_looks_like_an_address_is_not_known(staff, secretary, form, code):
    found, _page = scan(secretary, code)
    assert found.outcome == "unknown"
    assert secretary.get("/desk/filing/", {"code": code}).status_code == 200


@pytest.mark.parametrize("code", ["x" * 401, "\0"])
def test_an_impossible_code_does_not_leave_the_last_answer_standing(staff, secretary, form, code):
    scan(secretary, form.number, "柜\0" + "3" * 80)
    assert Filing.objects.get().shelf == "柜" + "3" * 63
    found, page = scan(secretary, code)
    assert found.outcome == "unknown"
    assert "已收到，可以扫下一份" not in page
