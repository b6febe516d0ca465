"""打印申请表: what a list shows becomes one file with a list in front, whole or not at all."""

import io

import pikepdf
import pytest
from django.utils import timezone

from conversion.models import Form
from conversion.services.decisions import revoke_application
from conversion.services.forms import reissue_form
from portal.enums import Role, Status
from portal.jobs.services import run_job
from portal.models import Event, Job, JobState
from review.desk import printing
from review.views import printing as views
from tests.builders import OTHER_COLLEGE, fresh, make_application, make_college, make_offering, make_student
from tests.conversion.test_pdf import needs_poppler, text_of

SHOWN, MISSING = "/desk/filing/print/applications/?show=recognised", "/desk/filing/print/missing/"


@pytest.fixture
def offering(staff):
    return make_offering()


@pytest.fixture
def forms(staff, offering):
    rows = [make_application(Status.RECOGNISED, offering=offering, student=make_student(name)) for name in "甲乙丙"]
    away = make_student("丁", college=make_college(*OTHER_COLLEGE))
    make_application(Status.RECOGNISED, offering=offering, student=away)
    make_application(Status.IN_REVIEW, offering=offering, student=make_student("戊"))
    return [Form.objects.get(application=row) for row in rows]


def pages(content):
    """Return the text of each page without its blanks."""
    return [page.replace(" ", "") for page in text_of(content).split("\f")[:-1]]


@needs_poppler
@pytest.mark.parametrize("address", [SHOWN, MISSING])
def test_what_the_list_shows_is_one_file_with_the_list_in_front(staff, secretary, forms, address):
    answer = secretary.post(address, {"all": "1"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    front, *rest = pages(answer.content)
    assert "共3份·何丽华" in front
    assert len(rest) == 3
    lines = [line for line in front.splitlines() if forms[0].number[:9] in line]
    for number, (line, page, form) in enumerate(zip(lines, rest, forms, strict=True), 1):
        assert line.startswith(f"{number}{form.snapshot['student']['number']}")
        assert line.endswith(f"{form.number}{number + 1}")
        assert form.number in page
        assert form.code in page.replace("\n", "")
    event = Event.objects.get(verb="print")
    assert (event.actor, event.subject_kind, event.after["rows"]) == (staff.secretary, "forms", 3)
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, pdf.open_outline() as outline:
        assert len(outline.root) == 4


@needs_poppler
def test_what_was_ticked_is_printed_and_nothing_that_was_not_offered(secretary, forms):
    away = Form.objects.exclude(pk__in=[form.pk for form in forms]).get()
    ticked = [forms[2].application_id, forms[0].application_id, away.application_id, "x", "9" * 20]
    front, *rest = pages(secretary.post(SHOWN, {"pick": ticked}).content)
    assert [form.number in page for form, page in zip((forms[0], forms[2]), rest, strict=True)] == [True, True]
    assert away.number not in front


def test_only_valid_forms_are_printed(staff, forms):
    reissue_form(forms[0].application, staff.secretary, reason="更正", revision=None)
    revoke_application(forms[1].application, staff.office, reason="错了", revision=None)
    found = printing.forms_to_print(staff.secretary, "missing", "")
    assert [form.application_id for form in found] == [forms[0].application_id, forms[2].application_id]
    assert forms[0] not in found


def test_many_are_a_job_with_the_same_result(staff, secretary, forms, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 2)
    answer = secretary.post(SHOWN, {"all": "1"})
    job = Job.objects.get(kind="print_forms")
    assert answer.url == f"/jobs/{job.pk}/"
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    with pikepdf.open(io.BytesIO(b"".join(secretary.get(f"/jobs/{job.pk}/result/").streaming_content))) as pdf:
        assert len(pdf.pages) == 4
    assert Event.objects.filter(verb="print").count() == 1


@pytest.mark.parametrize("at_once", [0, 60])
def test_one_unprintable_name_stops_the_whole_and_is_named(secretary, forms, monkeypatch, at_once):
    monkeypatch.setattr(views, "AT_ONCE", at_once)
    forms[1].snapshot["student"]["name"] = "乙\ue863"
    forms[1].save()
    said = secretary.post(SHOWN, {"all": "1"}, follow=True).content.decode()
    if not at_once:
        job = Job.objects.get(kind="print_forms")
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == (JobState.FAILED, None)
        said = job.error
    assert f"{forms[1].number} U+E863" in said
    assert "什么都没有打印" in said
    assert not Event.objects.filter(verb="print").exists()


def test_nothing_chosen_nothing_there_and_too_many_are_said(secretary, forms, monkeypatch):
    assert "请先选择" in secretary.post(SHOWN, {}, follow=True).content.decode()
    assert "没有可以打印" in secretary.post(f"{SHOWN}&q=没有", {"all": "1"}, follow=True).content.decode()
    monkeypatch.setattr(views, "MOST", 2)
    assert "一次最多打印 2 份" in secretary.post(SHOWN, {"all": "1"}, follow=True).content.decode()
    assert not Event.objects.filter(verb="print").exists()


def test_the_lists_offer_it_to_those_who_hand_out_papers(staff, secretary, forms):
    assert 'name="pick"' in secretary.get("/desk/applications/?show=recognised").content.decode()
    assert 'name="pick"' not in secretary.get("/desk/applications/?show=waiting").content.decode()
    assert 'name="pick"' not in staff.client("counsellor").get("/desk/applications/?show=recognised").content.decode()
    assert staff.client("auditor").post(SHOWN, {"all": "1"}).status_code == 404
    assert secretary.post("/desk/filing/print/claims/", {"all": "1"}).status_code == 404


@pytest.mark.parametrize(("what", "query"), [("applications", "show=recognised"), ("missing", "")])
def test_what_somebody_only_reads_by_another_appointment_is_not_printed(staff, forms, what, query):
    staff.secretary.appointments.create(role=Role.AUDITOR, scheme_code="bit", starts_on="2020-01-01")
    assert set(printing.forms_to_print(fresh(staff.secretary), what, query)) == set(forms)


def test_a_job_prints_all_or_says_why_and_names_no_student(staff, secretary, forms, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 0)

    def error_of(most=1000):
        secretary.post(SHOWN, {"all": "1"})
        monkeypatch.setattr("review.jobs.MOST_FORMS", most)
        job = Job.objects.latest("pk")
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        return job.error

    assert "一次最多打印 2 份" in error_of(most=2)
    forms[1].snapshot["student"]["name"] = "乙\ue863"
    forms[1].save()
    error = error_of()
    assert forms[1].number in error
    assert "乙" not in error
    staff.secretary.appointments.update(revoked_at=timezone.now())
    again = Job.objects.create(kind="print_forms", owner=staff.secretary, params=Job.objects.latest("pk").params)
    Job.objects.filter(pk=again.pk).update(state=JobState.QUEUED)
    run_job(again.pk)
    again.refresh_from_db()
    assert (again.state, again.result) == (JobState.FAILED, None)
