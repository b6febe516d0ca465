"""冲抵审核: relevance at the college, what each stage sees, the registry's list; beside graded conversions."""

import pytest
from django.urls import reverse

from conversion.models import Application
from portal.enums import Role, Status
from portal.models import Event
from tests.builders import (
    OTHER_COLLEGE,
    fresh,
    make_application,
    make_college,
    make_offering,
    make_staff,
)
from tests.conversion.offsets import CODE, COLLEGE, NOTICE, RELATED, learner, make_offset, recognise
from tests.workbooks import formulas, read_back

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def as_(client, person):
    client.force_login(fresh(person), backend=BACKEND)
    return client


def secretary():
    return make_staff(Role.SECRETARY, college=make_college(*COLLEGE))


def office():
    return make_staff(Role.OFFICE, scheme=CODE)


def address(row, name="application"):
    return reverse(f"review:{name}", args=[row.pk])


def decide(client, row, verb, **typed):
    return client.post(address(row, "application_decide"), {"verb": verb, "revision": row.revision, **typed})


def test_the_page_shows_kind_allowance_and_parts(client):
    student = learner()
    (lot,) = recognise(student, "5")
    make_offset(Status.RECOGNISED, student=student, uses={lot: "1"}, code="L102", credits=1)
    row = make_offset(Status.IN_REVIEW, student=student, uses={lot: "2"}, kind="major")
    answer = as_(client, secretary()).get(address(row))
    page = answer.content.decode()
    room = answer.context["offset"]["room"]
    assert (str(room.used), str(room.pending)) == ("1.00", "2.00")
    for word in ("专业选修", "限用：论文、竞赛", "3 / 10 学分（已冲抵 1，处理中 2）", "本次冲抵", "所用成果与学生专业"):
        assert word in page, word
    for word in ("成绩档", "对应课程成绩", "转换积分合计"):
        assert word not in page, word


def test_a_judged_kind_cannot_pass_by_a_crafted_post(client):
    row = make_offset(Status.IN_REVIEW, kind="major")
    client = as_(client, secretary())
    for typed, fields in (
        ({}, {"relevance", "relevance_reason"}),
        ({"relevance": "related"}, {"relevance_reason"}),
        ({"relevance": "unrelated", "relevance_reason": "方向不同"}, {"relevance"}),
        ({"relevance": "nonsense", "relevance_reason": "方向相同"}, {"relevance"}),
    ):
        answer = decide(client, row, "approve", **typed)
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == fields
    row.refresh_from_db()
    assert (row.stage, row.events.count()) == ("first", 2)


def test_the_college_judges_and_the_office_reads_it(client):
    row = make_offset(Status.IN_REVIEW, kind="major")
    words = {"relevance": "related", "relevance_reason": "方向一致。", "reason": "同意。"}
    assert decide(as_(client, secretary()), row, "approve", **words).status_code == 302
    row.refresh_from_db()
    assert (row.stage, row.relevance, row.relevance_reason) == ("office", "related", "方向一致。")
    client = as_(client, office())
    answer = client.get(address(row))
    page = answer.content.decode()
    assert page.count("与专业相关：方向一致。") == 2  # the facts and the record
    assert 'name="relevance"' not in page
    assert decide(client, row, "approve", reason="复核无误。").status_code == 302
    row.refresh_from_db()
    assert row.status == Status.PUBLICITY
    page = client.get(address(row)).content.decode()
    assert "等待公示" in page
    assert 'value="approve"' not in page


def test_an_unrelated_achievement_is_refused_with_both_reasons(client):
    row = make_offset(Status.IN_REVIEW, kind="major")
    words = {"relevance": "unrelated", "relevance_reason": "方向不同。", "reason": "与专业无关，不能冲抵。"}
    assert decide(as_(client, secretary()), row, "refuse", **words).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.relevance) == (Status.REFUSED, "unrelated")


def test_other_kinds_and_graded_conversions_are_not_asked(client):
    row = make_offset(Status.IN_REVIEW, kind="elective")
    client = as_(client, secretary())
    assert 'name="relevance"' not in client.get(address(row)).content.decode()
    assert decide(client, row, "approve", relevance="unrelated").status_code == 302
    row.refresh_from_db()
    assert (row.stage, row.relevance) == ("office", "")
    graded = make_application(Status.IN_REVIEW)
    page = as_(client, make_staff(Role.SECRETARY, college=graded.college)).get(address(graded)).content.decode()
    assert 'name="relevance"' not in page


@pytest.mark.parametrize(
    ("stage", "role", "answer"),
    [
        ("first", "secretary", 302),
        ("first", "office", 403),
        ("office", "secretary", 403),
        ("office", "office", 302),
        ("office", "stranger", 404),
        ("office", "bit", 404),
        ("office", "auditor", 403),
    ],
)
def test_each_stage_is_its_own_roles(client, stage, role, answer):
    row = make_offset(Status.IN_REVIEW, kind="major", stage=stage)
    person = {
        "secretary": secretary,
        "office": office,
        "stranger": lambda: make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE)),
        "bit": lambda: make_staff(Role.OFFICE, scheme="bit"),
        "auditor": lambda: make_staff(Role.AUDITOR, scheme=CODE),
    }[role]()
    before = Application.objects.filter(pk=row.pk).values().get()
    words = {"relevance": "related", "relevance_reason": RELATED.reason, "reason": "同意"}
    assert decide(as_(client, person), row, "approve", **words).status_code == answer
    assert (Application.objects.filter(pk=row.pk).values().get() == before) == (answer != 302)


def test_the_queue_of_each_stage_holds_what_waits_there(client):
    first = make_offset(Status.IN_REVIEW, code="L101")
    second = make_offset(Status.IN_REVIEW, code="L102", stage="office")
    shown = make_offset(Status.PUBLICITY, code="L103")
    queue = reverse("review:applications")
    assert [row["pk"] for row in as_(client, secretary()).get(queue).context["rows"]] == [first.pk]
    client = as_(client, office())
    assert [row["pk"] for row in client.get(queue).context["rows"]] == [second.pk]
    assert [row["pk"] for row in client.get(queue, {"show": "publicity"}).context["rows"]] == [shown.pk]


@pytest.mark.parametrize("records", [1, 3])
def test_the_page_costs_the_same_whatever_is_used(client, records, django_assert_num_queries):
    student = learner()
    uses = dict.fromkeys(recognise(student, *["1"] * records), "1")
    row = make_offset(Status.IN_REVIEW, student=student, uses=uses, kind="major", credits=records)
    client = as_(client, secretary())
    client.get(address(row))
    with django_assert_num_queries(14):
        client.get(address(row))


def test_the_queues_export_tells_kind_and_relevance_where_there_are_offsets(client):
    make_offset(Status.IN_REVIEW, kind="major", stage="office")
    client = as_(client, office())
    heading, row = read_back(client.post(f"{reverse('review:applications_export')}?show=all").content)
    found = dict(zip(heading, row, strict=True))
    assert (found["课程性质"], found["专业相关性"], found["冲抵学分"]) == ("专业选修", "与专业相关", 2.0)
    make_application(Status.IN_REVIEW)
    client = as_(client, make_staff(Role.OFFICE, scheme="bit"))
    heading, _row = read_back(client.post(f"{reverse('review:applications_export')}?show=all").content)
    assert "课程性质" not in heading


def test_revoking_says_what_was_revoked(client):
    row = make_offset(Status.RECOGNISED)
    client = as_(client, office())
    assert "撤销冲抵" in client.get(address(row)).content.decode()
    words = {"verb": "revoke", "revision": row.revision, "reason": "已修读该课程。"}
    assert client.post(address(row, "application_undo"), words).status_code == 302
    page = client.get(address(row)).content.decode()
    assert "撤销冲抵" in page
    assert "撤销转换" not in page


# --- the registry ---

COLUMNS = [
    *("学号", "姓名", "学院名称", "课程编号", "课程名称", "学分", "课程性质", "登记为"),
    *("冲抵合计", "学年学期", "生效时间", "发文文号", "表单编号"),
]


def exported(client, query=""):
    answer = client.post(f"{reverse('review:grades_export')}?{query}")
    assert answer.status_code == 200
    assert not formulas(answer.content)
    return read_back(answer.content)


def test_the_registry_gets_each_effective_offset_and_nothing_else(client):
    student = learner("=1+1")
    (lot,) = recognise(student, "5")
    row = make_offset(Status.RECOGNISED, student=student, uses={lot: "2.25"}, kind="major", credits="2.25")
    make_offset(Status.PUBLICITY, student=student, uses={lot: "1"}, code="L102", credits=1)
    heading, *rows = exported(as_(client, office()))
    assert heading == COLUMNS
    (found,) = (dict(zip(heading, line, strict=True)) for line in rows)
    assert (found["学号"], found["姓名"], found["课程编号"]) == (student.person.number, "=1+1", "L101")
    assert (found["学分"], found["冲抵合计"], found["课程性质"], found["登记为"]) == (2.25, 2.25, "专业选修", "免修")
    assert (found["发文文号"], found["表单编号"]) == (NOTICE, row.forms.get().number)
    assert Event.objects.get(verb="export").subject_label == "冲抵登记"


def test_an_office_of_both_schemes_sees_two_lists(client):
    offset, graded = make_offset(Status.RECOGNISED), make_application(Status.RECOGNISED)
    client = as_(client, make_staff(Role.OFFICE))
    for query, mine, other in (
        ("", graded, offset),
        ("list=offsets", offset, graded),
        ("list=nonsense", graded, offset),
    ):
        answer = client.get(f"{reverse('review:grades')}?{query}")
        page = answer.content.decode()
        assert [row["pk"] for row in answer.context["listing"].rows] == [mine.pk]
        assert other.student.person.number not in page.partition("<table")[2]
        assert '"?list=offsets"' in page
        assert len(exported(client, query)) == 2
    assert [row[0] for row in exported(client, "list=offsets&q=0000")] == ["学号"]


def test_an_office_of_grades_sees_no_list_of_offsets(client):
    make_offset(Status.RECOGNISED)
    make_application(Status.RECOGNISED, offering=make_offering())
    client = as_(client, make_staff(Role.OFFICE, scheme="bit"))
    answer = client.get(reverse("review:grades"), {"list": "offsets"})
    assert '"?list=offsets"' not in answer.content.decode()
    assert len(answer.context["listing"].rows) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_registrys_list_costs_the_same_for_more_rows(client, count, django_assert_num_queries):
    for number in range(count):
        make_offset(Status.RECOGNISED, code=f"L10{number}")
    client = as_(client, office())
    client.get(reverse("review:grades"))
    with django_assert_num_queries(11):
        client.get(reverse("review:grades"))
