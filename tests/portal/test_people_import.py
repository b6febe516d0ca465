"""People from one workbook: previewed, applied as a whole, imported again, nobody deleted."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from portal.enums import Role
from portal.models import Appointment, ClassGroup, College, Event, Job, Major, Person, SheetImport, StoredFile, Student
from portal.people_import import import_people, preview_people, template
from portal.staging import expire_staged
from portal.workflow import NotAllowed
from tests.builders import fresh, get_version, make_person, make_staff, make_student
from tests.workbooks import read_back, workbooks

pytestmark = pytest.mark.django_db

HEADINGS = {
    "学院": ("学院代码*", "学院名称*", "启用"),
    "专业": ("专业代码*", "专业名称*", "学院*"),
    "班级": ("班级*", "专业代码*", "年级*"),
    "学生": (
        "学号*",
        "姓名*",
        "电子邮箱",
        "联系电话",
        "初始密码",
        "学院*",
        "班级*",
        "年级",
        "学生类别",
        "入学日期*",
        "预计毕业日期*",
    ),
    "教职工": ("工号*", "姓名*", "电子邮箱", "联系电话", "初始密码"),
    "任职": ("工号*", "角色*", "学院", "认定办法", "申请类别", "班级", "年级", "开始日期*", "结束日期"),
}
ENTERED, LEAVES = datetime.date(2022, 9, 1), datetime.date(2026, 7, 1)


def pupil(number="1120220001", name="李明", *, college="计算机学院", group="07012201", password=None, **facts):
    values = {"email": None, "phone": None, "cohort": None, "kind": None, "entered": ENTERED, "leaves": LEAVES, **facts}
    return (
        number,
        name,
        values["email"],
        values["phone"],
        password,
        college,
        group,
        values["cohort"],
        values["kind"],
        values["entered"],
        values["leaves"],
    )


def teacher(number="T001", name="赵老师", email=None, phone=None, password=None):
    return (number, name, email, phone, password)


def post(number="T001", role="学院教学秘书", college="计算机学院", scheme=None, *, starts="2020-01-01", ends=None):
    return (number, role, college, scheme, None, None, None, starts, ends)


UNITS: dict[str, list[tuple[object, ...]]] = {
    "学院": [("cs", "计算机学院", "是"), ("me", "机电学院", None)],
    "专业": [("0701", "计算机科学与技术", "计算机学院"), ("0801", "机械工程", "me")],
    "班级": [("07012201", "0701", 2022), ("08012201", "0801", 2022)],
}


def book(**sheets):
    given = {**UNITS, **sheets}
    return workbooks({title: (heading, given.get(title, [])) for title, heading in HEADINGS.items()})


def everything(**sheets):
    return book(**{"学生": [pupil()], "教职工": [teacher()], "任职": [post()], **sheets})


@pytest.fixture
def administrator():
    return make_staff(Role.ADMINISTRATOR, name="管理员")


def problems(plan):
    return [(sheet, problem.place) for sheet, problem in plan.problems]


def test_a_workbook_makes_the_whole_university(administrator):
    plan = import_people(administrator, everything(), name="people.xlsx")
    assert plan.ok
    student = Student.objects.select_related("person", "college", "major", "class_group").get()
    assert (student.person.name, student.college.code, student.major.code, student.cohort) == (
        "李明",
        "cs",
        "0701",
        2022,
    )
    assert (student.entered_on, student.leaves_on, student.kind) == (ENTERED, LEAVES, "full_time")
    appointment = Appointment.objects.get(person__number="T001")
    assert (appointment.role, appointment.college.code) == ("secretary", "cs")
    assert fresh(appointment.person).standing.has(Role.SECRETARY)
    event = Event.objects.get(subject_kind="people")
    assert (event.verb, event.actor, event.actor_role) == ("import", administrator, "administrator")
    assert event.after["students"] == {"new": 1, "changed": 0, "leaver": 0}


def test_a_preview_changes_nothing(administrator):
    plan = preview_people(administrator, everything())
    assert plan.counts()["colleges"]["new"] == 2
    assert not College.objects.exists()
    assert not Event.objects.filter(subject_kind="people").exists()


def test_the_same_workbook_again_changes_nothing_and_leaves_no_event(administrator):
    import_people(administrator, everything())
    plan = import_people(administrator, everything())
    assert plan.ok
    assert not plan.changes
    assert Event.objects.filter(subject_kind="people").count() == 1


def test_changes_are_shown_old_and_new_and_blank_cells_keep_what_is_there(administrator):
    import_people(administrator, everything(学生=[pupil(email="li@example.org")]))
    plan = import_people(administrator, everything(学生=[pupil(name="李明月", phone="13800000000")]))
    [change] = plan.changes
    assert change.differences == [("name", "李明", "李明月"), ("phone", "", "13800000000")]
    person = Person.objects.get(number="1120220001")
    assert (person.name, person.email, person.phone) == ("李明月", "li@example.org", "13800000000")
    assert person.initials == "LMY"


def test_a_student_who_moves_takes_the_new_major_along(administrator):
    import_people(administrator, everything())
    import_people(administrator, everything(学生=[pupil(college="机电学院", group="08012201")]))
    student = Student.objects.select_related("college", "major", "class_group").get()
    assert (student.college.code, student.major.code, student.class_group.name) == ("me", "0801", "08012201")


def test_leavers_are_deactivated_only_when_the_workbook_is_complete_and_never_deleted(administrator):
    two = {"学生": [pupil(), pupil("1120220002", "王芳")], "教职工": [teacher(), teacher("T002", "钱老师")]}
    import_people(administrator, everything(**two))
    assert not import_people(administrator, everything()).changes
    plan = import_people(administrator, everything(), complete=True)
    assert {(change.sheet, change.identity) for change in plan.changes} == {
        ("students", "1120220002"),
        ("staff", "T002"),
    }
    gone = Student.objects.get(person__number="1120220002")
    assert (gone.on_roll, gone.person.is_active) == (False, False)
    assert not Person.objects.get(number="T002").is_active
    assert Person.objects.get(pk=administrator.pk).is_active
    assert Event.objects.filter(subject_kind="people").last().after["left"] == ["1120220002", "T002"]
    back = import_people(administrator, everything(**two))
    assert {change.action for change in back.changes} == {"changed"}
    assert Student.objects.get(pk=gone.pk).on_roll


def test_an_empty_sheet_says_nothing_even_when_complete(administrator):
    import_people(administrator, everything())
    plan = import_people(administrator, book(学生=[pupil()]), complete=True)
    assert not plan.changes


def test_appointments_end_when_a_complete_workbook_leaves_them_out(administrator):
    both = [post(), post(college="机电学院")]
    import_people(administrator, everything(任职=both))
    import_people(administrator, everything(), complete=True)
    ended = Appointment.objects.get(college__code="me")
    assert ended.ends_on is not None
    assert Appointment.objects.get(college__code="cs").ends_on is None
    assert Appointment.objects.get(person=administrator).ends_on is None


def test_an_appointments_dates_are_changed_not_doubled(administrator):
    import_people(administrator, everything())
    import_people(administrator, everything(任职=[post(ends="2030-01-01")]))
    assert Appointment.objects.get(person__number="T001").ends_on == datetime.date(2030, 1, 1)


@pytest.mark.parametrize(
    ("sheets", "place"),
    [
        ({"学生": [pupil(college="没有的学院")]}, ("students", "F2")),
        ({"学生": [pupil(group="99999999")]}, ("students", "G2")),
        ({"学生": [pupil(college="机电学院")]}, ("students", "G2")),
        ({"学生": [pupil(number="")]}, ("students", "A2")),
        ({"学生": [pupil(number="1.12022E+09")]}, ("students", "A2")),
        ({"学生": [pupil(), pupil()]}, ("students", "A3")),
        ({"学生": [pupil(name="=A1")]}, ("students", "B2")),
        ({"学生": [pupil(email="不是邮箱")]}, ("students", "C2")),
        ({"学生": [pupil(password="123")]}, ("students", "E2")),
        ({"学生": [pupil(cohort=22)]}, ("students", "H2")),
        ({"学生": [pupil(kind="旁听生")]}, ("students", "I2")),
        ({"学生": [pupil(leaves=datetime.date(2020, 1, 1))]}, ("students", "K2")),
        ({"专业": [*UNITS["专业"], ("0901", "法学", "法学院")]}, ("majors", "C4")),
        ({"班级": [*UNITS["班级"], ("09012201", "0901", 2022)]}, ("classes", "B4")),
        ({"学院": [*UNITS["学院"], ("cs2", "计算机学院", None)]}, ("colleges", "B4")),
        ({"教职工": [teacher(), teacher("1120220001", "李明")]}, ("staff", "A3")),
        ({"任职": [post("T999")]}, ("appointments", "A2")),
        ({"任职": [post(role="校长")]}, ("appointments", "B2")),
        ({"任职": [post(college=None)]}, ("appointments", "C2")),
        ({"任职": [post(scheme="办法")]}, ("appointments", "D2")),
        ({"任职": [post(ends="2019-01-01")]}, ("appointments", "I2")),
    ],
)
def test_each_bad_cell_is_named_and_nobody_is_imported(administrator, sheets, place):
    plan = import_people(administrator, everything(**sheets))
    assert problems(plan) == [place]
    assert not College.objects.exists()
    assert Person.objects.count() == 1


def test_a_student_number_that_a_spreadsheet_made_a_float_is_read(administrator):
    import_people(administrator, everything(学生=[pupil(number=1120220001.0)]))
    assert Student.objects.get().person.number == "1120220001"


def test_a_missing_sheet_is_refused_by_its_name(administrator):
    sheets = {title: (heading, []) for title, heading in HEADINGS.items() if title != "任职"}
    with pytest.raises(ValidationError) as caught:
        preview_people(administrator, workbooks(sheets))
    assert "任职" in caught.value.messages[0]


def test_a_missing_column_is_named(administrator):
    sheets = {title: (heading, []) for title, heading in HEADINGS.items()}
    sheets["学院"] = (("学院代码*", "启用"), [("cs", None)])
    plan = preview_people(administrator, workbooks(sheets))
    assert "学院名称" in plan.problems[0][1].message


# --- Passwords ---


def test_an_account_gets_no_password_unless_one_is_given(administrator):
    import_people(administrator, everything(教职工=[teacher(), teacher("T002", "钱老师", password="a first word 42")]))
    without, with_one = Person.objects.get(number="T001"), Person.objects.get(number="T002")
    assert not without.has_usable_password()
    assert with_one.check_password("a first word 42")
    assert with_one.must_change_password


def test_a_password_of_an_existing_account_is_never_changed_by_a_workbook(administrator):
    import_people(administrator, everything())
    plan = import_people(administrator, everything(教职工=[teacher(password="a first word 42")]))
    assert problems(plan) == [("staff", "E2")]


def test_a_given_password_is_changed_before_anything_else(client):
    person = make_person(must_change_password=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    there = reverse("password_change")
    assert client.get(reverse("notices"))["Location"] == there
    assert client.get(there).status_code == 200
    wrong = {"old_password": "x", "new_password1": "another long word 7", "new_password2": "another long word 7"}
    assert client.post(there, wrong).status_code == 422
    assert client.post(there, {**wrong, "old_password": "a long enough password"}).status_code == 302
    person.refresh_from_db()
    assert not person.must_change_password
    assert client.get(reverse("notices")).status_code == 200
    assert Event.objects.get(verb="change_password").actor == person


# --- Who ---


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.OWNER_UNIT, Role.AUDITOR, Role.COMMITTEE, None])
def test_only_the_administrator_and_the_office_import_people(client, role):
    person = fresh(make_staff(role) if role else make_student().person)
    with pytest.raises(NotAllowed):
        preview_people(person, everything())
    with pytest.raises(NotAllowed):
        import_people(person, everything())
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("people", "people_import", "people_template"):
        assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse("people_import_apply")).status_code == 404


def test_an_office_appoints_no_administrator_and_nobody_beyond_its_scheme():
    get_version()
    office = make_staff(Role.OFFICE, scheme="bit")
    plan = import_people(office, everything(任职=[post(role="系统管理员", scheme="bit")]))
    assert problems(plan) == [("appointments", "B2")]
    plan = import_people(office, everything(任职=[post(role="审计", college=None)]))
    assert problems(plan) == [("appointments", "D2")]
    assert import_people(office, everything(任职=[post(scheme="bit")])).ok


# --- Pages ---


@pytest.fixture
def as_administrator(client, administrator):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_preview_and_apply_what_they_showed(as_administrator):
    preview = as_administrator.post(reverse("people_import"), {"workbook": everything()})
    assert preview.status_code == 200
    assert "李明" in preview.content.decode()
    assert not Student.objects.exists()
    data = {"workbook": preview.context["stored"].key, "rows": "9", "complete": ""}
    assert as_administrator.post(reverse("people_import_apply"), data)["Location"] == reverse("people")
    assert Student.objects.count() == 1
    assert as_administrator.post(reverse("people_import_apply"), data)["Location"] == reverse("people_import")
    assert "李明" in as_administrator.get(reverse("people")).content.decode()


def test_many_people_are_imported_by_a_job(as_administrator, monkeypatch):
    from portal.jobs.services import run_job  # noqa: PLC0415 - the worker's part

    monkeypatch.setattr("portal.views.people.JOB_FROM_ROWS", 3)
    preview = as_administrator.post(reverse("people_import"), {"workbook": everything()})
    data = {"workbook": preview.context["stored"].key, "rows": "9", "complete": ""}
    as_administrator.post(reverse("people_import_apply"), data)
    job = Job.objects.get()
    assert not Student.objects.exists()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert Student.objects.count() == 1
    assert StoredFile.objects.get() == SheetImport.objects.get().workbook
    run_job(job.pk)
    assert SheetImport.objects.count() == 1


def test_a_staged_workbook_that_nobody_used_is_thrown_away(as_administrator):
    as_administrator.post(reverse("people_import"), {"workbook": everything()})
    assert expire_staged() == 0
    StoredFile.objects.update(uploaded_at=timezone.now() - datetime.timedelta(days=2))
    assert expire_staged() == 1
    assert not StoredFile.objects.exists()


def test_a_bad_workbook_is_refused_beside_the_file(as_administrator):
    upload = everything()
    upload.file.seek(0)
    broken = workbooks({"别的": (("x",), [])})
    response = as_administrator.post(reverse("people_import"), {"workbook": broken})
    assert response.status_code == 422
    assert "没有名为" in response.content.decode()


def test_the_template_has_the_six_sheets():
    content = template()
    for title, heading in HEADINGS.items():
        assert tuple(read_back(content, title)[0]) == heading


def test_more_people_cost_no_more_queries(as_administrator, django_assert_num_queries):
    for count in (1, 3):
        for _one in range(count):
            make_student()
        as_administrator.get(reverse("people"))
        with django_assert_num_queries(8):
            as_administrator.get(reverse("people"))


def test_a_roll_is_written_in_a_bounded_number_of_queries(administrator, django_assert_max_num_queries):
    pupils = [pupil(f"11202210{place:02d}", "李明") for place in range(50)]
    with django_assert_max_num_queries(45):
        import_people(administrator, everything(学生=pupils))
    assert Student.objects.count() == 50
    assert Major.objects.count() == ClassGroup.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "found"), [("q=李", 1), ("role=student", 1), ("role=administrator", 1), ("active=0", 0)]
)
def test_the_list_is_searched(as_administrator, query, found):
    make_student("李明")
    page = as_administrator.get(f"{reverse('people')}?{query}")
    assert len(page.context["rows"]) == found
