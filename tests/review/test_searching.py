"""Searching a queue: names, numbers, initials, two characters of what a claim is about; in a college and everywhere."""

import pytest

from portal.enums import Status
from portal.models import Person
from review import searching
from tests.builders import OTHER_COLLEGE, make_application, make_claim, make_college, make_person, make_student
from tests.review.conftest import shown

LIST, APPLICATIONS = "/desk/claims/", "/desk/applications/"


def hits(client, text, url=LIST, show="all"):
    return set(shown(client.get(url, {"show": show, "q": text})))


@pytest.fixture
def claims(staff):
    people = {
        "dan": ("单晓明", "建筑模型大赛"),
        "zhang": ("张三", "ACM 程序设计竞赛"),
        "li": ("李数", "数独学会 100% 满分"),
    }
    return {
        key: make_claim(Status.IN_REVIEW, student=make_student(name), content=text)
        for key, (name, text) in people.items()
    }


@pytest.mark.parametrize(
    "who", ["secretary", "office"]
)  # rows are read in one college, pairs looked up over the school
def test_every_word_is_found_wherever_it_stands(staff, claims, who):
    cases = {
        "竞赛": {"zhang"},
        "模型大": {"dan"},
        "数学": set(),
        "数学会": set(),
        "学会": {"li"},
        "赛": {"dan", "zhang"},
        "acm": {"zhang"},
        "100%": {"li"},
        "0_%": set(),
        "晓明": {"dan"},
        "SXM": {"dan"},
        "zs": {"zhang"},
        "dxm": set(),
        "张三 程序": {"zhang"},
        "张三 模型": set(),
        claims["li"].student.person.number: {"li"},
        "没有": set(),
    }
    client = staff.client(who)
    for text, expected in cases.items():
        assert hits(client, text) == {claims[key].pk for key in expected}, text


def test_conversions_are_found_by_course_and_student(staff, secretary):
    row = make_application(Status.IN_REVIEW, student=make_student("单晓明"))
    for text, expected in {row.course.name[:2]: {row.pk}, "sxm": {row.pk}, "没有": set()}.items():
        assert hits(secretary, text, APPLICATIONS) == expected, text


def test_nothing_of_another_college_is_found(staff, secretary):
    make_claim(Status.IN_REVIEW, student=make_student("单晓明", college=make_college(*OTHER_COLLEGE)), content="外院")
    assert hits(secretary, "单晓明") == hits(secretary, "外院") == set()


def test_a_name_that_many_have_is_found_too(staff, secretary, office, monkeypatch):
    monkeypatch.setattr(searching, "STUDENTS_NAMED", 1)
    found = {make_claim(Status.IN_REVIEW, student=make_student(name)).pk for name in ("王一", "王二", "王三")}
    assert hits(secretary, "王") == hits(office, "王") == found


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_one_query_a_word(staff, secretary, django_assert_num_queries, rows):
    for _number in range(rows):
        make_claim(Status.IN_REVIEW)
    for text, queries in {"数学": 10, "数学 建模": 11}.items():
        secretary.get(LIST, {"q": text})
        with django_assert_num_queries(queries):
            assert len(shown(secretary.get(LIST, {"q": text}))) == rows


def test_initials_are_kept_with_the_name_however_it_is_written(db):
    person = make_person("1001", "曾国藩")
    assert person.initials == "ZGF"
    person.name = "单国藩"
    person.save()
    assert Person.objects.get(number="1001").initials == "SGF"
    made = Person.objects.bulk_create([Person(number="1002", name="欧阳建国"), Person(number="1003", name="Li Ming")])
    assert [row.initials for row in Person.objects.filter(pk__in=[row.pk for row in made])] == ["OYJG", "LIMING"]
