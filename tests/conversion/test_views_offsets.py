"""The student's pages of offsets: list, form with parts of records, confirmation, page; beside the graded ones."""

from decimal import Decimal

import pytest
from django.urls import reverse

from conversion.models import Application
from portal.enums import Role, Status
from tests.builders import (
    cover,
    fresh,
    get_version,
    lots_of,
    make_application,
    make_offering,
    make_recognised,
    make_staff,
    make_student,
    make_term,
)
from tests.conversion.offsets import (
    CODE,
    NOTICE,
    WORDS,
    learner,
    make_offset,
    offered,
    offset_version,
    planned,
    recognise,
)

pytestmark = pytest.mark.django_db
D = Decimal
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def student():
    return learner()


@pytest.fixture
def web(client, student):
    client.force_login(student.person, backend=BACKEND)
    return client


def listed(web, query=""):
    answer = web.get(reverse("conversion:offerings") + query)
    return answer.context["rows"], answer.content.decode()


def apply_address(offering):
    return reverse("conversion:apply", args=[offering.pk])


def parts(uses):
    return {f"points_{lot.pk}": points for lot, points in uses.items()}


# --- the list ---


def test_the_list_is_the_own_plan_in_the_schemes_words(web, student):
    recognise(student, "5")
    recognise(student, "3", code="sport")
    offered(student, kind="elective", code="L101")
    offered(student, kind="major", code="L102", credits="2.25")
    neighbour = learner("林一", cohort=2021)
    make_offering(planned(neighbour, code="L103"))
    rows, page = listed(web)
    assert [(row.offering.course.code, row.kind.name, row.usable) for row in rows] == [
        ("L101", "任选课", D(8)),
        ("L102", "专业选修", D(5)),
    ]
    heads = [part.split("</th>")[0] for part in page.split("<thead>")[1].split('<th scope="col"')[1:]]
    assert [head.rpartition(">")[2] for head in heads] == [
        *("序号", "学年学期", "课程编号", "课程名称", "学分", "课程性质"),
        *("可用points", "审核状态", "操作"),
    ]
    assert "2.25" in page
    assert "转换" not in page.partition("<main")[2].partition("</main>")[0]


def test_what_is_taken_of_the_allowance_counts_pending_offsets(web, student):
    (lot,) = recognise(student, "9")
    make_offset(Status.RECOGNISED, student=student, uses={lot: "2"})
    make_offset(Status.IN_REVIEW, student=student, uses={lot: "1.5"}, code="L102", credits="1.5")
    answer = web.get(reverse("conversion:offerings"))
    room = answer.context["room"]
    assert (room.used, room.pending, room.left) == (D(2), D("1.5"), D("6.5"))
    assert "6.5" in answer.content.decode()


def test_a_course_that_no_longer_fits_says_so(web, student):
    (lot,) = recognise(student, "9")
    make_offset(Status.IN_REVIEW, student=student, uses={lot: "9"}, credits=9)
    offered(student, code="L102", credits="1.01")
    recognise(student, "5", content="又一项")
    rows, page = listed(web)
    assert [row.fits for row in rows if row.offering.course.code == "L102"] == [False]
    assert "额度不足" in page


def test_closed_terms_are_listed_when_asked_for(web, student):
    offered(student, code="L101", opens=-20, closes=-1)
    make_offset(Status.REFUSED, student=student, code="L102")
    course = planned(student, code="L103")
    make_offering(course, term=make_term("2024-2025-1"), opens=-30, closes=-20)
    assert [row.offering.course.code for row in listed(web)[0]] == ["L102"]
    assert {row.offering.course.code for row in listed(web, "?shown=all")[0]} == {"L101", "L102", "L103"}
    assert [row.offering.course.code for row in listed(web, "?shown=all&text=L103")[0]] == ["L103"]
    assert listed(web, "?kind=major")[0] == []
    assert listed(web, "?kind=nonsense")[0] == []


@pytest.mark.parametrize(
    ("status", "words", "absent"),
    [
        (Status.DRAFT, ["继续填写", "查看"], ["重新申请"]),
        (Status.IN_REVIEW, ["查看"], ["修改</a>", "打印"]),
        (Status.RETURNED, ["修改</a>", "查看"], []),
        (Status.PUBLICITY, ["公示中", "查看"], ["修改</a>", "重新申请", "打印"]),
        (Status.RECOGNISED, ["打印", "查看"], ["重新申请"]),
        (Status.REFUSED, ["查看", "重新申请"], ["打印"]),
    ],
)
def test_a_state_offers_what_is_possible(web, student, status, words, absent):
    make_offset(status, student=student)
    _rows, page = listed(web)
    assert all(word in page for word in words)
    assert not any(word in page for word in absent)


def test_without_a_plan_the_page_says_what_is_missing(web):
    rows, page = listed(web)
    assert rows == []
    assert "还没有你的专业和年级的培养方案" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_the_list_do_not_grow(web, student, count, django_assert_num_queries):
    for number in range(count):
        offered(student, code=f"L10{number}")
        recognise(student, "1")
    listed(web)
    with django_assert_num_queries(13):
        listed(web)


# --- the form ---


def test_the_form_shows_what_counts_for_the_kind(web, student):
    (paper,) = recognise(student, "5")
    recognise(student, "3", code="sport", content="田径")
    answer = web.get(apply_address(offered(student, kind="major")))
    page = answer.content.decode()
    assert [row.holding.pk for row in answer.context["sheet"].parts] == [paper.pk]
    assert f'name="points_{paper.pk}"' in page
    for word in ("专业选修", "论文、竞赛", "由学院认定", "本课程须用", "建议方案", "冲抵额度"):
        assert word in page, word
    assert "成绩" not in page.partition("<main")[2]


def test_the_way_from_form_to_submission(web, student):
    first, second = recognise(student, "1.5", "3")
    offering = offered(student)
    answer = web.post(apply_address(offering), {"action": "next", **parts({first: "1.5", second: "0.5"}), **WORDS})
    row = Application.objects.get()
    confirm = reverse("conversion:application_submit", args=[row.pk])
    assert answer["Location"] == confirm
    page = web.get(confirm).content.decode()
    assert "2 条记录中的 2.0 被占用" in page
    assert "提交前还可冲抵 10 学分（累计上限 10 学分）" in page
    assert web.post(confirm, {"revision": row.revision})["Location"] == reverse("conversion:application", args=[row.pk])
    row.refresh_from_db()
    assert (row.status, row.total, row.grade, row.offset_credits) == (Status.IN_REVIEW, D(2), "免修", D(2))
    assert [event.verb for event in row.events.all()] == ["start", "submit"]
    assert [lot.held for lot in lots_of(student)] == [D("1.5"), D("0.5")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1", "本课程须用 2.0，现在合计 1.0"),
        ("3", "本课程须用 2.0，现在合计 3.0"),
        ("5.01", "的用量应大于 0 且不超过 5.0"),
        ("-1", "的用量应大于 0 且不超过 5.0"),
        ("1.234", "最多保留两位小数"),
        ("abc", "请输入数字"),
        ("", "请填写至少一条记录的用量"),
    ],
)
def test_a_wrong_amount_is_named_and_what_was_typed_stays(web, student, typed, words):
    (lot,) = recognise(student, "5")
    answer = web.post(apply_address(offered(student)), {"action": "next", **parts({lot: typed}), **WORDS})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{typed}"' in page
    assert WORDS["reason"] in page
    assert not Application.objects.exists()


def test_a_draft_may_have_gaps_but_nothing_impossible(web, student):
    (lot,) = recognise(student, "5")
    address = apply_address(offered(student))
    assert web.post(address, {"action": "save", **parts({lot: "9"})}).status_code == 422
    answer = web.post(address, {"action": "save", **parts({lot: "0.75"})})
    row = Application.objects.get()
    assert answer["Location"] == reverse("conversion:application_edit", args=[row.pk])
    assert (row.total, row.grade) == (D("0.75"), "")
    assert 'value="0.75"' in web.get(answer["Location"]).content.decode()


def test_the_cap_is_told_before_anything_is_kept(web, student):
    (lot,) = recognise(student, "9")
    make_offset(Status.IN_REVIEW, student=student, uses={lot: "8"}, credits=8)
    (more,) = recognise(student, "9", content="又一项")
    offering = offered(student, code="L102", credits="2.01")
    assert "还可冲抵 2 学分，不足本课程的 2.01 学分" in web.get(apply_address(offering)).content.decode()
    answer = web.post(apply_address(offering), {"action": "next", **parts({more: "2.01"}), **WORDS})
    assert answer.status_code == 422
    assert "将达 10.01 学分" in answer.content.decode()
    assert Application.objects.count() == 1


def test_a_draft_that_fits_no_longer_is_refused_at_the_last_step(web, student):
    (lot, other) = recognise(student, "9", "9")
    row = make_offset(student=student, uses={other: "2.01"}, code="L102", credits="2.01")
    make_offset(Status.IN_REVIEW, student=student, uses={lot: "8"}, credits=8)
    answer = web.post(reverse("conversion:application_submit", args=[row.pk]), {"revision": row.revision})
    assert answer.status_code == 422
    assert "将达 10.01 学分" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == Status.DRAFT


def test_the_live_part_adds_up_what_is_typed(web, student):
    first, second = recognise(student, "1.5", "3")
    address = reverse("conversion:reckon", args=[offered(student).pk])
    page = web.get(address, parts({first: "1.25", second: ""})).content.decode()
    assert "还差 0.75" in page
    assert "合计正好" in web.get(address, parts({first: "1.25", second: "0.75"})).content.decode()
    assert "多出 1.0" in web.get(address, parts({first: "1.5", second: "1.5"})).content.decode()
    assert "还差" in web.get(address, parts({first: "x", second: "0.5"})).content.decode()


def test_a_proposal_replaces_what_was_typed(web, student):
    first, second = recognise(student, "1.5", "3")
    address = apply_address(offered(student))
    answer = web.post(address, {"action": "adopt:best", "reason": "理由", **parts({first: "1"})})
    sheet = answer.context["sheet"]
    assert sheet.amounts == {second.pk: D(2)}
    assert [part.text for part in sheet.parts] == ["", "2"]
    assert "理由" in answer.content.decode()
    assert web.get(address, {"adopt": "best"}).context["sheet"].amounts == {second.pk: D(2)}
    assert not Application.objects.exists()


def test_a_crafted_post_uses_no_foreign_record_and_no_wrong_category(web, student):
    (foreign,) = recognise(learner("林一"), "5")
    (sport,) = recognise(student, "5", code="sport")
    offering = offered(student, kind="major")
    for lot in (foreign, sport):
        crafted = {"action": "next", "uses": [str(lot.pk)], **parts({lot: "2"}), **WORDS}
        answer = web.post(apply_address(offering), crafted)
        assert answer.status_code == 422
        assert "uses" in answer.context["form"].errors
    assert not Application.objects.exists()


def test_a_course_of_another_plan_does_not_exist(web):
    neighbour = learner("林一", cohort=2021)
    offering = make_offering(planned(neighbour))
    assert web.get(apply_address(offering)).status_code == 404
    assert web.post(apply_address(offering), {"action": "next", **WORDS}).status_code == 404


def test_where_only_whole_records_count_they_are_ticked(client):
    offset_version(("whole_records = false", "whole_records = true"))
    student = learner()
    client.force_login(student.person, backend=BACKEND)
    first, second = recognise(student, "2", "5")
    address = apply_address(offered(student))
    page = client.get(address).content.decode()
    assert page.count('name="uses"') == 2
    answer = client.post(address, {"action": "next", "uses": [str(second.pk)], **WORDS})
    assert (answer.status_code, Application.objects.count()) == (422, 0)
    client.post(address, {"action": "next", "uses": [str(first.pk)], **WORDS})
    assert Application.objects.get().total == D(2)


@pytest.mark.parametrize("records", [1, 3])
def test_the_queries_of_the_form_do_not_grow(web, student, records, django_assert_num_queries):
    recognise(student, *["1"] * records)
    address = apply_address(offered(student))
    web.get(address)
    with django_assert_num_queries(20):
        web.get(address)


# --- the page of one ---


@pytest.mark.parametrize("records", [1, 3])
def test_the_queries_of_the_page_do_not_grow(web, student, records, django_assert_num_queries):
    lots = recognise(student, *["1"] * (records - 1), "3")
    uses = dict.fromkeys(lots[:-1], "0.5") | {lots[-1]: str(D(3) - D("0.5") * (records - 1))}
    row = make_offset(Status.IN_REVIEW, student=student, uses=uses, credits=3)
    address = reverse("conversion:application", args=[row.pk])
    web.get(address)
    with django_assert_num_queries(12):
        web.get(address)


def test_what_is_publicised_shows_where_it_stands_and_cannot_be_taken_back(web, student):
    row = make_offset(Status.PUBLICITY, student=student, kind="major")
    page = web.get(reverse("conversion:application", args=[row.pk])).content.decode()
    for word in ("公示中", "等待公示", "与专业相关", "成果与专业方向一致"):
        assert word in page, word
    assert "撤回" not in page
    answer = web.post(reverse("conversion:application_withdraw", args=[row.pk]), {"revision": row.revision})
    assert answer.status_code == 409
    assert web.get(reverse("conversion:form_pdf", args=[row.pk])).status_code == 404


def test_what_is_effective_shows_the_notice_and_prints(web, student):
    row = make_offset(Status.RECOGNISED, student=student)
    page = web.get(reverse("conversion:application", args=[row.pk])).content.decode()
    for word in (NOTICE, "免修", "打印申请表", "冲抵课程学分"):
        assert word in page, word
    answer = web.get(reverse("conversion:form_pdf", args=[row.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


def test_a_returned_offset_goes_in_again_with_other_parts(web, student):
    first, second = recognise(student, "2", "3")
    row = make_offset(Status.RETURNED, student=student, uses={first: "2"})
    edit = reverse("conversion:application_edit", args=[row.pk])
    assert "请补充理由。" in web.get(edit).content.decode()
    web.post(edit, {"action": "next", "revision": row.revision, **parts({second: "2"}), **WORDS})
    row.refresh_from_db()
    web.post(reverse("conversion:application_submit", args=[row.pk]), {"revision": row.revision})
    row.refresh_from_db()
    assert (row.status, row.offset_credits) == (Status.IN_REVIEW, D(2))
    assert [lot.held for lot in lots_of(student)] == [D(0), D(2)]


@pytest.mark.parametrize("name", ["application", "application_edit", "application_submit", "form_pdf"])
def test_other_peoples_offsets_do_not_exist(web, name):
    row = make_offset(Status.RECOGNISED, student=learner("林一"))
    assert web.get(reverse(f"conversion:{name}", args=[row.pk])).status_code == 404


# --- both schemes in one portal ---


def test_each_student_meets_the_own_schemes_pages(client):
    graded, other = make_student(), learner()
    cover(get_version().scheme, graded.college)
    make_recognised("3", student=graded, category="innovation")
    recognise(other, "3")
    make_offering()
    offered(other)
    for student, word, strange in ((graded, "可选择申请类型", "冲抵额度"), (other, "冲抵额度", "可选择申请类型")):
        client.force_login(student.person, backend=BACKEND)
        rows, page = listed(client)
        assert len(rows) == 1
        assert word in page
        assert strange not in page


def test_a_graded_course_is_not_for_those_who_offset_and_the_other_way_round(client):
    graded, other = make_student(), learner()
    cover(get_version().scheme, graded.college)
    module, planned_one = make_offering(), offered(other)
    for student, foreign in ((graded, planned_one), (other, module)):
        client.force_login(student.person, backend=BACKEND)
        assert client.get(apply_address(foreign)).status_code == 404


def test_each_schemes_office_reads_its_own_applications(client):
    offset, graded = make_offset(Status.IN_REVIEW, stage="office"), make_application(Status.IN_REVIEW)
    client.force_login(fresh(make_staff(Role.OFFICE, scheme=CODE)), backend=BACKEND)
    assert client.get(reverse("review:application", args=[offset.pk])).status_code == 200
    assert client.get(reverse("review:application", args=[graded.pk])).status_code == 404
