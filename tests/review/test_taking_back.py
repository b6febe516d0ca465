"""Imports of people, courses and plans taken back: what goes, what returns, what stays and why."""

import pytest
from django.db.models import CASCADE, ManyToOneRel
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import timezone

from conversion.models import Course, GradeBand, PlanCourse
from conversion.services.courses import course_facts
from portal.enums import Role, Status
from portal.files import store_content
from portal.jobs.services import run_job
from portal.models import Appointment, ClassGroup, College, Event, Job, Major, Person, SheetImport, Student
from portal.people_import import import_people
from portal.staging import STAGED
from portal.trail import record
from portal.workflow import NotAllowed
from review.services.courses import import_courses
from review.services.plans import import_plans
from review.services.sheet_imports import PreviewMoved, can_roll_back, roll_back_sheet, taking_back
from tests.builders import fresh, get_version, make_claim, make_offering, make_staff
from tests.conversion.offsets import CODE, learner, planned
from tests.portal.test_people_import import book, post, pupil, teacher
from tests.review.conftest import client_of
from tests.review.test_plan_pages import HEADING as PLAN
from tests.review.test_plan_pages import line as plan_line
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
COURSE = ("课程编号*", "课程名称*", "学分*", "可选择申请类型*", "成绩档*", "启用", "说明")
PEOPLE = (Appointment, Student, Person, ClassGroup, Major, College)


@pytest.fixture
def administrator():
    return make_staff(Role.ADMINISTRATOR, name="管理员")


def stored(upload, actor):
    return store_content(upload, name="import.xlsx", media_type=STAGED, actor=actor)


def imported(actor, *, complete=False, **sheets):
    upload = book(**sheets)
    kept = stored(upload, actor)
    assert import_people(actor, upload, complete=complete, name="people.xlsx", stored=kept).ok
    return SheetImport.objects.latest("pk")


def everything():
    """Return all rows of all tables of people, without the moment of the last change."""
    return {model.__name__: sorted(map(str, map(model_to_dict, model.objects.all()))) for model in PEOPLE}


def references(model):
    """Return who may refer to a row of the table: each is asked once, whatever the rows."""
    found = model._meta.get_fields(include_hidden=True)
    return [one for one in found if isinstance(one, ManyToOneRel) and one.on_delete is not CASCADE]


def back(row, actor, reason="导错了文件"):
    actor = fresh(actor)
    return roll_back_sheet(row, actor, reason=reason, seen=taking_back(row, actor).numbers)


def why(row, actor):
    return {f"{line.table.name} {line.row.name}": line.why for line in taking_back(row, fresh(actor)).left}


def test_a_whole_university_that_came_by_mistake_goes_with_one_event(administrator):
    before = everything()
    row = imported(administrator, 学生=[pupil(), pupil("1120220002", "韩梅")], 教职工=[teacher()], 任职=[post()])
    assert taking_back(row, administrator).numbers == (12, 0, 0)
    events = Event.objects.count()
    back(row, administrator)
    assert everything() == before
    event = Event.objects.latest("pk")
    assert Event.objects.count() == events + 1
    assert (event.verb, event.subject_kind, event.reason, event.actor_role) == (
        *("roll_back", "people", "导错了文件"),
        "administrator",
    )
    assert event.after == {"removed": 12, "restored": 0, "left": 0, "named": []}
    row.refresh_from_db()
    assert (row.rolled_back_by, bool(row.rolled_back_at)) == (administrator, True)
    assert not can_roll_back(administrator, row)


def test_what_a_complete_roll_changed_and_ended_returns(administrator):
    imported(
        administrator, 学生=[pupil(), pupil("1120220002", "韩梅")], 教职工=[teacher(), teacher("T002")], 任职=[post()]
    )
    before = everything()
    row = imported(
        administrator,
        complete=True,
        学院=[("cs", "计算机与软件学院", "是"), ("me", "机电学院", "否"), ("new", "新学院", "是")],
        专业=[("0701", "计算机科学与技术", "new"), ("0801", "机械工程", "me")],
        学生=[pupil(name="李明月", college="new", email="li@example.org")],
        教职工=[teacher(phone="010-1")],
        任职=[post(role=str(Role.OFFICE.label), college=None)],
    )
    assert not Person.objects.get(number="1120220002").is_active
    assert Appointment.objects.get(role=Role.SECRETARY).ends_on == timezone.localdate()
    back(row, administrator)
    assert everything() == before
    assert Person.objects.get(number="1120220001").initials == "LM"


def test_whoever_is_used_stays_with_what_they_stand_on_and_is_named(administrator):
    row = imported(administrator, 学生=[pupil(), pupil("1120220002", "韩梅"), pupil("1120220003", "王雷")])
    get_version()
    make_claim(Status.IN_REVIEW, student=Student.objects.get(person__number="1120220001"))
    Person.objects.filter(number="1120220003").update(last_login=timezone.now())
    said = why(row, administrator)
    assert said.pop("person 1120220001 李明").startswith("被引用：学生 1、")
    assert said == {
        "student 1120220001 李明": "被引用：申报 1",
        "person 1120220003 王雷": "本人已登录过",
        "student 1120220003 王雷": "账号保留，学籍一并保留",
        "classgroup 07012201": "被引用：学生 2",
        "major 0701 计算机科学与技术": "被引用：班级 1、学生 2",
        "college cs 计算机学院": "被引用：专业 1、学生 2、任职 1、适用范围 1、申报 1",
    }
    back(row, administrator)
    assert set(Student.objects.values_list("person__number", flat=True)) == {"1120220001", "1120220003"}
    assert not Person.objects.filter(number="1120220002").exists()
    assert set(College.objects.values_list("code", flat=True)) == {"cs"}
    row.refresh_from_db()
    assert ["账号 1120220003 王雷", "本人已登录过"] in row.report["back"]["named"]


def test_what_somebody_changed_since_stays_and_says_who(administrator):
    imported(administrator, 学生=[pupil(), pupil("1120220002", "韩梅")])
    row = imported(administrator, 学生=[pupil(phone="1"), pupil("1120220002", "韩梅", phone="2")])
    person = Person.objects.get(number="1120220001")
    Person.objects.filter(pk=person.pk).update(phone="3")
    record("admin_change", make_staff(Role.ADMINISTRATOR, name="周管理"), kind="person", key=person.pk)
    later = imported(make_staff(Role.ADMINISTRATOR, name="吴管理"), 学生=[pupil("1120220002", "韩梅", phone="4")])
    said = why(row, administrator)
    assert said["person 1120220001 李明"].startswith("导入之后已被修改：周管理，")
    assert said["person 1120220002 韩梅"].startswith("导入之后已被修改：吴管理 导入，")
    with pytest.raises(PreviewMoved):
        back(row, administrator)
    back(later, administrator)
    assert taking_back(row, administrator).numbers == (0, 1, 1)
    back(row, administrator)
    assert Person.objects.get(number="1120220002").phone == ""
    assert Person.objects.get(pk=person.pk).phone == "3"


def test_numbers_that_are_no_longer_those_of_the_preview_change_nothing(administrator):
    row = imported(administrator, 学生=[pupil(), pupil("1120220002", "韩梅")])
    seen = taking_back(row, administrator).numbers
    Person.objects.filter(number="1120220002").update(last_login=timezone.now())
    before, events = everything(), Event.objects.count()
    with pytest.raises(PreviewMoved):
        roll_back_sheet(row, administrator, reason="导错了文件", seen=seen)
    assert (everything(), Event.objects.count()) == (before, events)


def test_an_office_takes_back_only_appointments_that_it_could_have_given(administrator):
    row = imported(administrator, 教职工=[teacher()], 任职=[post(), post(role="系统管理员", college=None)])
    office = make_staff(Role.OFFICE, scheme="bit")
    said = why(row, office)
    assert sorted(text for name, text in said.items() if name.startswith("appointment")) == [
        "只有系统管理员可以撤回系统管理员的任职",
        "只能撤回自己负责的办法的任职",
    ]
    with pytest.raises(NotAllowed):
        roll_back_sheet(row, make_staff(Role.AUDITOR), reason="导错了文件", seen=(1, 0, 0))


def test_nobody_takes_the_own_account_back(administrator):
    row = imported(administrator, 教职工=[teacher(administrator.number, "新名字")])
    assert why(row, administrator) == {f"person {administrator.number} 新名字": "不能撤回自己的账号或超级用户"}


def test_very_many_rows_are_taken_back_by_a_job_and_once(administrator, monkeypatch):
    monkeypatch.setattr("review.office.import_roll_back.JOB_FROM_ROWS", 1)
    row, client = imported(administrator, 学生=[pupil()]), client_of(administrator)
    where = reverse("review:import_record_roll_back", args=[row.pk])
    data = {"reason": "导错了文件", "removed": 8, "restored": 0, "left": 0}
    answers = {client.post(where, data).url for _press in range(2)}
    job = Job.objects.get()
    assert answers == {f"/jobs/{job.pk}/"}
    run_job(job.pk)
    Job.objects.update(state="queued")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, Event.objects.filter(verb="roll_back").count()) == ("done", 1)
    assert not Student.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_a_preview_costs_the_same_whatever_its_rows(administrator, number, django_assert_num_queries):
    row = imported(administrator, 学生=[pupil(f"112022000{n}", f"学生{n}") for n in range(number)])
    actor = fresh(administrator)
    assert actor.standing
    referring = [relation for model in PEOPLE[1:] for relation in references(model)]
    with django_assert_num_queries(18 + len(referring)):
        assert taking_back(row, actor).taken == 6 + 2 * number


# --- courses and plans ---


def courses(actor, *lines):
    scheme, upload = get_version().scheme, workbook("课程", COURSE, lines)
    assert not import_courses(actor, scheme, upload, stored=stored(upload, actor)).problems
    return SheetImport.objects.latest("pk")


def course_line(code, name="素质拓展", bands="[1,3) B；≥3 A", categories="学科竞赛", note=""):
    return (code, name, 2, categories, bands, "是", note)


def test_courses_return_with_their_bands_and_new_ones_go(staff):
    first = courses(staff.office, course_line("C1"), course_line("C2"))
    before = {course.code: course_facts(course) for course in Course.objects.all()}
    second = courses(
        staff.office,
        course_line("C1", bands="≥2 合格", categories="学术论文"),
        course_line("C2", note="新"),
        course_line("C3"),
    )
    line = next(line for line in taking_back(second, staff.office).restored if line.row.name.startswith("C1"))
    assert {label: (now, then) for label, now, then in line.differences} == {
        "可选择申请类型": ("学术论文", "学科竞赛"),
        "成绩档": ("≥2 合格", "[1,3) B；≥3 A"),
    }
    make_offering(Course.objects.get(code="C2"))
    events = Event.objects.count()
    back(second, staff.office)
    assert {course.code: course_facts(course) for course in Course.objects.all()} == before
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))[events:]
    assert verbs == ["save", "save", "remove", "roll_back"]
    assert Event.objects.filter(subject_key="bit:C1").latest("pk").after["bands"] == [["[1,3)", "B"], ["≥3", "A"]]
    assert why(first, staff.office) == {"course C2 素质拓展": "被引用：开课 1"}
    back(first, staff.office)
    assert list(Course.objects.values_list("code", flat=True)) == ["C2"]
    assert set(GradeBand.objects.values_list("course__code", flat=True)) == {"C2"}


def test_a_course_that_its_form_changed_since_stays(staff):
    row = courses(staff.office, course_line("C1"))
    client = client_of(staff.office)
    course = Course.objects.get()
    page = client.get(reverse("review:course_edit", args=[course.pk]))
    rows = {"bands-TOTAL_FORMS": "1", "bands-INITIAL_FORMS": "0", "bands-0-interval": "≥2", "bands-0-grade": "合格"}
    data = {"code": "C1", "name": "改名", "credits": "2", "is_active": "on", **rows}
    data["categories"] = [category.pk for category in course.categories.all()]
    assert page.status_code == 200
    assert client.post(reverse("review:course_edit", args=[course.pk]), data).status_code == 302
    (text,) = why(row, staff.office).values()
    assert text.startswith("导入之后已被修改：梁志远，")


def test_plans_return_and_their_new_courses_go_unless_they_are_offered(client):
    student = learner()
    office = make_staff(Role.OFFICE, scheme=CODE)
    planned(student, code="L101", name="旧名")
    kept = PlanCourse.objects.select_related("course", "scheme").get()
    before, scheme = (kept.kind, kept.course.name), kept.scheme
    upload = workbook(
        "培养方案", PLAN, [plan_line(student, kind="专业选修"), plan_line(student, "L102"), plan_line(student, "L103")]
    )
    assert not import_plans(office, scheme, upload, stored=stored(upload, office)).problems
    row = SheetImport.objects.get()
    make_offering(Course.objects.get(code="L103"))
    assert taking_back(row, office).numbers == (3, 2, 1)
    assert why(row, office) == {"course L103 逻辑学": "被引用：开课 1"}
    back(row, office)
    kept.refresh_from_db()
    assert (kept.kind, Course.objects.get(code="L101").name) == before
    assert list(PlanCourse.objects.values_list("course__code", flat=True)) == ["L101"]
    assert set(Course.objects.values_list("code", flat=True)) == {"L101", "L103"}
    assert Event.objects.filter(subject_kind="plan_course", verb="remove").count() == 2


def test_an_import_that_changed_nothing_says_so(staff):
    courses(staff.office, course_line("C1"))
    row = courses(staff.office, course_line("C1"))
    assert str(can_roll_back(staff.office, row).reason) == "这次导入没有改变任何内容。"
    page = client_of(staff.office).get(reverse("review:import_record", args=[row.pk])).content.decode()
    assert "这次导入没有改变任何内容。" in page
