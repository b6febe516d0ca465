"""The frame of a page: what it costs, what it shows to whom, the ways in and out, notices, errors."""

import re

import pytest
from django.contrib.auth import get_user
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.context import Shell
from portal.enums import NoticeKind, Role
from portal.frame import BELL_PLACE, TOKEN_PLACE
from portal.models import Notice
from tests.builders import PASSWORD, make_person, make_staff, make_student

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person(name="李<b>雷")


def notify(person, count=1, path=""):
    return [
        Notice.objects.create(person=person, kind=NoticeKind.ACTION, title=f"第{n}条", path=path) for n in range(count)
    ]


def signed_in(client, person):
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- The frame ---


def test_the_frame_costs_one_query_for_the_bell(person, django_assert_num_queries, rf):
    request = rf.get("/notices/")
    request.user = person
    assert person.standing.roles == frozenset()
    shell = Shell(request)
    assert shell.wording is not None  # kept in the cache from the second page on

    with django_assert_num_queries(1):
        Template("{{ s.assets }}{{ s.bar }}{{ s.menu }}{{ s.dock }}{{ s.trail }}{{ s.foot }}").render(
            Context({"s": shell})
        )


def test_a_fragment_without_a_frame_costs_no_query(person, django_assert_num_queries, rf):
    request = rf.get("/")
    request.user = person

    with django_assert_num_queries(0):
        Template("{{ shell.demo }}").render(Context({"shell": Shell(request)}))


def test_the_bar_is_kept_but_token_and_bell_are_each_requests_own(client, person):
    signed_in(client, person)
    first = client.get("/notices/").content.decode()
    notify(person, 2)
    second = client.get("/notices/").content.decode()

    tokens = [re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page) for page in (first, second)]
    assert tokens[0]
    assert set(tokens[0]).isdisjoint(tokens[1])
    assert "count-hot" not in first
    assert "count-hot" in second
    assert TOKEN_PLACE not in first + second
    assert BELL_PLACE not in first + second


def test_the_bar_escapes_names(client, person):
    page = signed_in(client, person).get("/notices/").content.decode()

    assert "李&lt;b&gt;雷" in page
    assert "李<b>雷" not in page


def test_one_person_never_sees_the_bar_of_another(person):
    other = make_person(name="韩梅梅")
    pages = [signed_in(Client(), one).get("/notices/").content.decode() for one in (person, other)]

    assert other.number not in pages[0]
    assert person.number not in pages[1]


def test_the_bell_stops_counting_at_ninety_nine(client, person):
    notify(person, 101)

    assert "99+" in signed_in(client, person).get("/notices/").content.decode()


@pytest.mark.parametrize(("cookie", "shown"), [("dark", "dark"), ("light", "light"), ("evil", ""), ("", "")])
def test_only_known_appearances_are_taken_from_the_cookie(rf, cookie, shown):
    request = rf.get("/")
    request.COOKIES["portal_theme"] = cookie

    assert Shell(request).theme == shown


def test_staff_work_compact_students_read_comfortably(rf):
    densities = {}
    for key, person in (("student", make_student().person), ("office", make_staff(Role.OFFICE))):
        request = rf.get("/")
        request.user = person
        densities[key] = Shell(request).density

    assert densities == {"student": "comfortable", "office": "compact"}


def test_a_request_that_failed_before_sign_in_was_read_still_gets_its_page():
    shell = Shell(RequestFactory().get("/"))

    assert shell.user is None
    assert shell.roles == frozenset()
    assert shell.unread == 0


def test_the_language_is_switched_without_a_script(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/signin/"})

    assert '<html lang="en"' in client.get("/signin/").content.decode()


@pytest.mark.parametrize("demo", [True, False])
def test_the_demo_says_so_on_every_page(client, settings, demo):
    settings.DEMO = demo

    assert ("演示系统" in client.get("/signin/").content.decode()) is demo


# --- In and out ---


def test_a_local_password_signs_in_and_leads_home(client, person):
    response = client.post("/signin/", {"username": person.number, "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert get_user(client) == person


def test_a_wrong_password_says_neither_which_was_wrong_nor_whether_the_account_exists(client, person):
    pages = [client.post("/signin/", {"username": number, "password": "wrong"}) for number in (person.number, "nobody")]

    errors = [page.context["form"].non_field_errors() for page in pages]
    assert errors[0] == errors[1]
    assert not get_user(client).is_authenticated


def test_too_many_wrong_passwords_show_the_lockout_page(client, person):
    for _ in range(5):
        response = client.post("/signin/", {"username": person.number, "password": "wrong"})

    assert response.status_code == 429
    assert "登录已暂停" in response.content.decode()


def test_signing_out_needs_a_post(client, person):
    signed_in(client, person)

    assert client.get("/signout/").status_code == 405
    client.post("/signout/")
    assert not get_user(client).is_authenticated


def test_somebody_without_a_role_is_told_so(client, person):
    assert "您还没有可用的角色" in signed_in(client, person).get("/").content.decode()


def test_the_demo_offers_an_account_per_role_one_click_each(client, settings):
    settings.DEMO = True
    student, office = make_student(), make_staff(Role.OFFICE)
    page = client.get("/signin/").content.decode()

    assert student.person.number in page
    assert office.number in page
    client.post("/signin/demo/", {"number": office.number})
    assert get_user(client) == office


def test_outside_the_demo_no_account_is_offered_or_taken(client, settings):
    settings.DEMO = False
    student = make_student()

    assert student.person.number not in client.get("/signin/").content.decode()
    assert client.post("/signin/demo/", {"number": student.person.number}).status_code == 404
    assert not get_user(client).is_authenticated


def test_the_demo_takes_only_accounts_it_shows(client, settings, person):
    settings.DEMO = True

    assert client.post("/signin/demo/", {"number": person.number}).status_code == 404


# --- Notices ---


def test_a_person_reads_only_the_own_notices(client, person):
    notify(make_person(name="别人"))

    assert "没有通知" in signed_in(client, person).get("/notices/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_notices_costs_the_same_for_one_and_three(client, person, count, django_assert_num_queries):
    notify(person, count)
    signed_in(client, person).get("/notices/")

    with django_assert_num_queries(6):
        client.get("/notices/")


def test_opening_a_notice_marks_it_read_and_leads_on(client, person):
    one, other = notify(person, 2, path="/jobs/")
    response = signed_in(client, person).post("/notices/read/", {"notice": one.pk})

    assert response["Location"] == "/jobs/"
    assert list(Notice.objects.filter(read_at=None)) == [other]


def test_all_notices_are_marked_at_once(client, person):
    notify(person, 3)
    foreign = notify(make_person())
    signed_in(client, person).post("/notices/read/")

    assert list(Notice.objects.filter(read_at=None)) == foreign


def test_a_foreign_notice_is_neither_read_nor_followed(client, person):
    [foreign] = notify(make_person(), path="/secret/")
    response = signed_in(client, person).post("/notices/read/", {"notice": foreign.pk})

    assert response["Location"] == "/notices/"
    assert Notice.objects.get(pk=foreign.pk).read_at is None


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_a_notice_never_leads_out_of_the_portal(client, person, path):
    [notice] = notify(person, path=path)

    assert signed_in(client, person).post("/notices/read/", {"notice": notice.pk})["Location"] == "/notices/"


# --- Components and errors ---


def test_the_page_of_components_exists_only_for_builders(client, settings):
    settings.DEMO = settings.DEBUG = False
    assert client.get("/design/").status_code == 404
    settings.DEMO = True
    assert client.get("/design/").status_code == 200
    assert 'data-density="compact"' in client.get("/design/?density=compact").content.decode()


def test_the_sample_form_shows_its_errors(client, settings):
    settings.DEMO = True
    page = client.get("/design/form/").content.decode()

    assert "请先改正以下内容" in page
    assert page.count("is-invalid") >= 4


def test_a_missing_page_leads_home(client):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "找不到这个页面" in response.content.decode()


def test_an_outdated_form_says_what_to_do(person):
    client = signed_in(Client(enforce_csrf_checks=True), person)
    response = client.post("/notices/read/")

    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_a_broken_page_still_answers_without_the_database(client, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("portal.views.entrance.SignIn.get_context_data", fail)
    client.raise_request_exception = False
    response = client.get("/signin/")

    assert response.status_code == 500
    assert "系统暂时出错" in response.content.decode()
