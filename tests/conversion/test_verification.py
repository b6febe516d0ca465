"""The public verification page: four answers, and nothing private."""

import pytest
from django.urls import reverse

from conversion.models import Form
from conversion.services.decisions import revoke_application
from conversion.services.forms import file_form, reissue_form
from conversion.verification import initials
from portal.enums import Role, Status
from tests.builders import make_application, make_staff, make_student

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved():
    return make_application(Status.RECOGNISED, student=make_student("欧阳明月", number="1120229999"))


def look(client, form):
    answer = client.get(reverse("conversion:verify", args=[form.code]))
    return answer, answer.content.decode()


def test_a_valid_form_is_confirmed_without_signing_in(client, approved, django_assert_num_queries):
    form = Form.objects.get()
    look(client, form)  # warms the words of the shell
    with django_assert_num_queries(1):
        answer, page = look(client, form)
    assert answer.status_code == 200
    for told in ("有效", form.number, "欧**", "02000012", "3.0", "中等", "尚未备案"):
        assert told in page
    assert answer["X-Robots-Tag"].startswith("noindex")


def test_nothing_private_is_told(client, approved):
    _answer, page = look(client, Form.objects.get())
    private = [
        "欧阳明月",
        "明月",
        "1120229999",
        approved.phone,
        approved.email,
        approved.reason,
        "校级大学生创新训练项目",
        approved.student.class_group.name,
    ]
    assert not [text for text in private if text in page]


def test_superseded_and_revoked_say_so(client, approved):
    secretary = make_staff(Role.SECRETARY, college=approved.college)
    old = Form.objects.get()
    new = reissue_form(approved, secretary, reason="遗失", revision=None)
    assert "已被替换" in look(client, old)[1]
    revoke_application(approved, make_staff(Role.OFFICE), reason="不实", revision=None)
    assert "已撤销" in look(client, new)[1]
    assert "已被替换" in look(client, old)[1]


def test_a_filed_form_says_when(client, approved):
    form = Form.objects.select_related("application").get()
    file_form(form, make_staff(Role.SECRETARY, college=approved.college))
    assert "留存备案" in look(client, form)[1]


@pytest.mark.parametrize("code", ["unknown", "x" * 500, "%00", "..", "'or1=1"])
def test_an_unknown_code_is_a_friendly_404(client, code):
    answer = client.get(f"/verify/{code}/")
    assert answer.status_code == 404
    if code == "unknown":
        assert "查无此表" in answer.content.decode()


def test_the_page_takes_no_post(client, approved):
    assert client.post(reverse("conversion:verify", args=[Form.objects.get().code])).status_code == 405


@pytest.mark.parametrize(("name", "shown"), [("李明", "李**"), ("买买提·阿不都热合曼", "买**"), ("𠮷野", "𠮷**")])
def test_initials_do_not_tell_the_names_length(name, shown):
    assert initials(name) == shown
