"""What the desks' exports hold: the rows of the page, every cell of text as text."""

import csv
import io

import openpyxl
import pytest

from credits.models import Claim
from portal.enums import Role, Status
from portal.jobs.services import cancel_job, reap, run_job
from portal.models import Event, Job, StoredFile
from review import exports
from tests.builders import OTHER_COLLEGE, make_application, make_claim, make_college, make_offering, make_student
from tests.whu import whu_claim, whu_staff

URL = "/desk/claims/export/"
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1"]


def sheet_of(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def read(response):
    assert response.status_code == 200
    rows = list(sheet_of(response.content).iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_an_export_holds_the_rows_of_the_page_and_leaves_one_event(staff, secretary):
    mine = make_claim(Status.IN_REVIEW, content="数学建模")
    make_claim(Status.IN_REVIEW, content="程序设计")
    make_claim(Status.IN_REVIEW, content="数学", student=make_student(college=make_college(*OTHER_COLLEGE)))
    rows = read(secretary.post(f"{URL}?q=数学"))
    assert [row["具体内容"] for row in rows] == ["数学建模"]
    assert rows[0]["学号"] == mine.student.person.number
    assert (rows[0]["申请积分"], rows[0]["审核状态"]) == (2, "审核中")
    event = Event.objects.get(verb="export")
    assert (event.actor, event.after["rows"]) == (staff.secretary, 1)


@pytest.mark.django_db
def test_the_columns_bear_the_names_of_the_schemes_regulation(client):
    claim = whu_claim("college")
    client.force_login(whu_staff(Role.SECRETARY))
    (row,) = read(client.post(URL))
    assert (row["成果说明"], row["申请学分"]) == (claim.content, claim.claimed_points)
    assert {"评定类别", "建议学分", "认定学分"} <= set(row)
    assert [name for name in row if "积分" in name] == []


def test_no_cell_is_a_formula(staff, secretary):
    for text in DANGEROUS:
        claim = make_claim(Status.IN_REVIEW)
        Claim.objects.filter(pk=claim.pk).update(content=text)
    sheet = sheet_of(secretary.post(URL).content)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    column = [cell.value for cell in cells].index("具体内容")
    values = [row[column].value for row in sheet.iter_rows(min_row=2)]
    assert [value.strip() for value in values] == [text.strip() for text in DANGEROUS]


def test_applications_and_the_missing_are_exported(staff, secretary):
    application = make_application(Status.RECOGNISED)
    rows = read(secretary.post("/desk/applications/export/?show=recognised"))
    assert [(row["姓名"], row["对应课程成绩"]) for row in rows] == [(application.student.person.name, "中等")]
    rows = read(secretary.post("/desk/filing/missing/export/"))
    assert [(row["表单编号"], row["已等待（天）"]) for row in rows] == [(application.forms.get().number, 0)]


def test_a_large_export_is_a_job_with_the_same_rows(staff, secretary, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    claims = [make_claim(Status.IN_REVIEW, content=f"第 {number} 条") for number in range(3)]
    response = secretary.post(f"{URL}?show=all")
    job = Job.objects.get()
    assert response.url == f"/jobs/{job.pk}/"
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    with job.result and open_result(job) as content:
        rows = list(sheet_of(content.read()).iter_rows(values_only=True))
    assert len(rows) == 1 + len(claims)


def open_result(job):
    from portal.files.storing import private_storage  # noqa: PLC0415 - one test needs it

    return private_storage().open(job.result.path)


@pytest.mark.parametrize("role", ["student", "administrator"])
def test_exports_do_not_exist_for_others(staff, role):
    assert staff.client(role).post(URL).status_code == 404


def test_looking_at_what_may_be_exported_takes_nothing(staff, secretary):
    make_claim(Status.IN_REVIEW, content="数学建模")
    page = secretary.get(f"{URL}?q=数学").content.decode()
    assert "共 1 条" in page
    assert "数学建模" not in page
    assert not Event.objects.filter(verb="export").exists()


def test_columns_and_format_are_chosen_and_stand_on_the_trail(staff, secretary):
    claim = make_claim(Status.IN_REVIEW, content="=1+1")
    response = secretary.post(URL, {"column": ["姓名", "具体内容"], "format": "csv"})
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert lines == [["姓名", "具体内容"], [claim.student.person.name, "'=1+1"]]
    assert response["Content-Type"] == "text/csv"
    facts = Event.objects.get(verb="export").after
    assert (facts["columns"], facts["format"], facts["rows"]) == (["姓名", "具体内容"], "csv", 1)


@pytest.mark.parametrize(("column", "said"), [([], "请至少选择一列"), (["password"], "列表没有这一列")])
def test_no_column_or_one_that_the_list_does_not_have_is_said_beside_the_field(staff, secretary, column, said):
    make_claim(Status.IN_REVIEW)
    answer = secretary.post(URL, {"chosen": "1", "column": column, "format": "csv"})
    page = answer.content.decode()
    assert (answer.status_code, page.count(said)) == (422, 2)
    assert 'aria-describedby="column-error"' in page
    assert 'value="csv" id="format-csv" checked' in page
    assert page.count(" checked") == 1
    assert not Event.objects.filter(verb="export").exists()


def test_the_button_of_a_list_takes_all_columns_in_its_own_format(staff, secretary):
    make_claim(Status.IN_REVIEW)
    (row,) = read(secretary.post(URL, {"format": "exe"}))
    assert "具体内容" in row


def test_no_text_is_a_formula_in_csv_either(staff, secretary):
    for text in DANGEROUS:
        claim = make_claim(Status.IN_REVIEW)
        Claim.objects.filter(pk=claim.pk).update(content=text)
    content = secretary.post(URL, {"format": "csv"}).content.decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(content)) for cell in line]
    assert {f"'{text}" for text in DANGEROUS} <= set(cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == []


@pytest.mark.parametrize(("role", "whole"), [("secretary", True), ("office", True), ("auditor", False)])
def test_telephone_and_mail_leave_whole_only_with_those_who_call_students(staff, role, whole):
    application = make_application(Status.RECOGNISED)
    type(application).objects.filter(pk=application.pk).update(phone="13800001234", email="zhang.san@example.org")
    (row,) = read(staff.client(role).post("/desk/applications/export/?show=recognised"))
    found = (row["联系电话"], row["email"])
    expected = ("1380*****34", "zhan****n@example.org")
    assert found == (("13800001234", "zhang.san@example.org") if whole else expected)


@pytest.mark.parametrize(
    ("url", "column"),
    [("/desk/applications/export/?show=recognised", "email"), ("/desk/filing/missing/export/", "联系电话")],
)
def test_who_only_reads_a_row_by_another_appointment_gets_it_masked(staff, url, column):
    staff.secretary.appointments.create(role=Role.AUDITOR, scheme_code="bit", starts_on="2020-01-01")
    offering = make_offering()
    for college in (make_college(), make_college(*OTHER_COLLEGE)):
        student = make_student(college.name, college=college)
        row = make_application(Status.RECOGNISED, student=student, offering=offering)
        facts = {"phone": "13800001234", "email": "zhang.san@example.org"}
        type(row).objects.filter(pk=row.pk).update(**facts)
    rows = read(staff.client("secretary").post(url, {"column": ["姓名", column]}))
    assert {row["姓名"]: "*" in row[column] for row in rows} == {make_college().name: False, OTHER_COLLEGE[1]: True}


def test_an_export_cancelled_half_way_leaves_no_file_and_no_event(staff, secretary, monkeypatch):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    monkeypatch.setattr("review.exports.CHUNK", 2)
    monkeypatch.setattr("portal.jobs.running.PACE", 0)
    for _number in range(6):
        make_claim(Status.IN_REVIEW)
    secretary.post(f"{URL}?show=all")
    job, files = Job.objects.get(), StoredFile.objects.count()
    written = []

    def put(export, _target, rows):
        for row in rows:
            written.append(row)
            if len(written) == 3:
                cancel_job(job, staff.secretary)

    monkeypatch.setattr(exports.Export, "put", put)
    run_job(job.pk)
    job.refresh_from_db()
    assert (len(written), job.state, job.result, job.has_result) == (3, "cancelled", None, False)
    assert StoredFile.objects.count() == files
    assert not Event.objects.filter(verb="export").exists()
    assert secretary.get(f"/jobs/{job.pk}/result/").status_code == 404


@pytest.mark.parametrize("when", ["file", "end"])
def test_a_worker_killed_before_or_after_the_file_was_kept_leaves_one_event_in_the_end(
    staff, secretary, monkeypatch, when
):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    for _number in range(2):
        make_claim(Status.IN_REVIEW)
    secretary.post(f"{URL}?show=all")
    job = Job.objects.get()
    with monkeypatch.context() as dying:
        if when == "file":
            dying.setattr("portal.jobs.running.store_content", killed)
        else:
            dying.setattr("portal.jobs.services._end", killed)
        with pytest.raises(KeyboardInterrupt):
            run_job(job.pk)
    assert not Event.objects.filter(verb="export").exists()
    Job.objects.update(heartbeat_at="2020-01-01T00:00Z")
    assert reap() == 1
    run_job(job.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert [event.after["job"] for event in Event.objects.filter(verb="export")] == [job.pk]


def test_a_worker_that_was_thought_dead_leaves_no_second_event(staff, secretary, monkeypatch):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    for _number in range(2):
        make_claim(Status.IN_REVIEW)
    secretary.post(f"{URL}?show=all")
    job, put = Job.objects.get(), exports.Export.put

    def slow(export, target, rows):
        number = put(export, target, rows)
        Job.objects.filter(pk=job.pk).update(attempts=2)  # another worker has it by now
        return number

    monkeypatch.setattr(exports.Export, "put", slow)
    run_job(job.pk)
    assert not Event.objects.filter(verb="export").exists()


def killed(*_args, **_kwargs):
    raise KeyboardInterrupt


def test_more_rows_than_a_sheet_holds_are_refused_with_a_way_out(staff, secretary, monkeypatch):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    monkeypatch.setattr("portal.spreadsheets.writing.MAX_ROWS", 1)
    for _number in range(2):
        make_claim(Status.IN_REVIEW)
    for suffix, state in (("xlsx", "failed"), ("csv", "done")):
        secretary.post(f"{URL}?show=all", {"format": suffix})
        job = Job.objects.latest("pk")
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == state
    assert "CSV" in Job.objects.earliest("pk").error


def test_reading_costs_the_same_whatever_is_exported(staff, django_assert_num_queries):
    from review.desk.exporting import export_of  # noqa: PLC0415 - one test needs it

    for _number in range(3):
        make_claim(Status.IN_REVIEW)
    export = export_of("claims", staff.secretary, "")
    with django_assert_num_queries(1):
        assert len(list(export.rows())) == 3
    assert exports.AT_ONCE == 2000
