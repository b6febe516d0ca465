"""The words of menus and pages come from the scheme that covers the reader."""

import pytest
from django.core.cache import cache

from credits.wording import scheme_wording
from portal.enums import Role
from tests.builders import cover, fresh, make_person, make_scheme_version, make_staff, make_student

pytestmark = pytest.mark.django_db


def test_a_student_reads_the_words_of_the_scheme_that_covers_the_college():
    version, student = make_scheme_version(), make_student()
    cover(version.scheme, student.college)
    words = scheme_wording(fresh(student.person))
    assert words["points"] == version.data.wording["points"]
    assert words["institution"] == version.scheme.institution


def test_a_student_whom_no_scheme_covers_reads_neutral_words():
    make_scheme_version()
    assert not scheme_wording(make_student().person)["points"]


def test_everybody_reads_the_words_of_the_only_scheme():
    version = make_scheme_version()
    for reader in (None, make_person(), make_staff(Role.OFFICE)):
        cache.clear()
        assert scheme_wording(reader)["points"] == version.data.wording["points"]


def test_warm_words_cost_no_query(django_assert_num_queries):
    version, student = make_scheme_version(), make_student()
    cover(version.scheme, student.college)
    person = fresh(student.person)
    scheme_wording(person)
    with django_assert_num_queries(0):
        scheme_wording(person)
