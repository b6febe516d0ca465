"""Who a campus account is in the portal, and who stays out, against a real CAS server."""

import datetime

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.test.utils import override_script_prefix
from django_cas_ng.models import SessionTicket

from portal.campus.accounts import number_from, person_with
from portal.campus.views import BACKEND, STATE_COOKIE
from portal.enums import Role
from portal.models import Appointment, Person
from tests.builders import PASSWORD, make_person, make_staff, make_student
from tests.campus import logout_request, path_of, query_of, who

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person("1120260001")


def test_the_accounts_name_is_the_number(come_back, client, person):
    response = come_back("1120260001")

    assert response["Location"] == "/"
    assert get_user(client) == person
    assert client.session["_auth_user_backend"] == BACKEND
    person.refresh_from_db()
    assert person.last_login is not None


def test_nothing_of_the_servers_answer_is_kept_in_the_session(come_back, client, person):
    come_back("1120260001")

    assert set(client.session.keys()) == {
        *("_auth_user_id", "_auth_user_backend", "_auth_user_hash"),
        *("_campus_ticket",),
    }


def test_an_attribute_may_be_the_number(come_back, client, person, settings):
    settings.CAS_USERNAME_ATTRIBUTE = "number"
    come_back("alias-1120260001")

    assert get_user(client) == person


@pytest.mark.parametrize("version", ["2", "3"])
def test_both_protocols_are_understood(come_back, client, person, settings, version):
    settings.CAS_VERSION = version
    come_back("1120260001")

    assert get_user(client) == person


@pytest.mark.parametrize("account", ["t2026ab", "T2026AB", "t2026Ab"])
def test_the_case_of_letters_does_not_matter(come_back, client, account):
    teacher = make_person("T2026ab")
    come_back(account)

    assert get_user(client) == teacher


def test_between_two_that_differ_in_case_only_the_exact_one_is_meant():
    small, large = make_person("t1"), make_person("T1")

    assert [person_with("t1"), person_with("T1")] == [small, large]
    make_person("abX")
    make_person("ABx")
    assert person_with("abx") is None


def test_letters_of_other_alphabets_are_compared_as_they_are():
    make_person("k1")
    make_person("S1")

    assert person_with("\u212a1") is None  # the kelvin sign, whose small letter is k
    assert person_with("\u017f1") is None  # the long s, whose capital is S


@pytest.mark.parametrize(
    ("name", "number"),
    [("11", "11"), (" 11\n", "11"), ("", ""), (None, ""), (["11"], "11"), (["11", "12"], ""), ([None, "11"], "11")],
)
def test_a_number_is_one_text_without_the_space_around_it(name, number):
    assert number_from(name) == number


# --- Who does not get in ---


def test_who_is_not_on_the_roster_reads_what_to_do_and_is_not_made_up(come_back, client, settings):
    settings.ACCOUNT_CONTACT = "教务部 010-12345678"
    response = come_back("1120269999")
    html = response.content.decode()

    assert response.status_code == 403
    assert "1120269999" in html
    assert "不在本系统的名单中" in html
    assert "教务部 010-12345678" in html
    assert f'href="{settings.CAS_SERVER_URL}logout?service=http%3A%2F%2Ftestserver%2Fsignin%2F"' in html
    assert not client.session.keys()
    assert not Person.objects.exists()


def test_who_is_inactive_reads_that(come_back, client):
    make_person("1120260002", is_active=False)
    response = come_back("1120260002")

    assert response.status_code == 403
    assert "账户已停用" in response.content.decode()
    assert not client.session.keys()


def test_who_has_left_the_roll_reads_that(come_back, client):
    make_student(number="1120260003", on_roll=False)
    response = come_back("1120260003")

    assert response.status_code == 403
    assert "不在籍" in response.content.decode()
    assert "联系本学院教学秘书" in response.content.decode()
    assert not client.session.keys()


@pytest.mark.parametrize(("ended", "enters"), [(None, True), (datetime.date(2021, 1, 1), False)])
def test_an_appointment_in_force_brings_in_who_has_left_the_roll(come_back, client, ended, enters):
    student = make_student(number="1120260004", on_roll=False)
    staff = make_staff(Role.EXPERT)
    Appointment.objects.filter(person=staff).update(person=student.person, ends_on=ended)
    come_back("1120260004")

    assert get_user(client).is_authenticated is enters


def test_somebody_without_a_role_enters_and_reads_that_on_the_first_page(come_back, client, person):
    come_back("1120260001")

    assert "您还没有可用的角色" in client.get("/").content.decode()


@pytest.mark.parametrize("attribute", ["cards", "absent"])
def test_an_answer_without_one_number_is_not_guessed_at(come_back, client, settings, attribute):
    settings.CAS_USERNAME_ATTRIBUTE = attribute
    response = come_back("1")

    assert response.status_code == 403
    assert "没有提供学号/工号" in response.content.decode()
    assert not client.session.keys()


# --- Where to ---


@pytest.mark.parametrize("wish", ["/claims/?year=2025-2026&q=数学", "/notices/"])
def test_the_asked_page_follows(come_back, client, person, wish):
    assert come_back(person.number, next=wish)["Location"].encode().decode() == (
        "/claims/?year=2025-2026&q=%E6%95%B0%E5%AD%A6" if "q=" in wish else wish
    )


UNSAFE = [
    *("https://evil.example/", "//evil.example/", "/\\evil.example/", "///evil.example", "\\\\evil.example"),
    *(
        "javascript:alert(1)",
        "http:evil.example",
        "http://testserver/notices/",
        "/\t/evil.example/",
        " /notices/",
        "notices/",
    ),
    *("/../other/", "/notices/..", "/%2e%2e/other/", "/a/.%2E/b", "/..\\other/"),
]


@pytest.mark.parametrize("wish", UNSAFE)
def test_nothing_else_than_a_page_of_the_portal_follows(come_back, client, person, wish):
    assert come_back(person.number, next=wish)["Location"] == "/"
    # Signed in already, the answer is the same.
    assert client.get("/signin/campus/", {"next": wish})["Location"] == "/"
    assert client.post("/signout/", {"next": wish})["Location"] == "/signout/campus/"


@pytest.mark.parametrize("wish", UNSAFE)
def test_the_local_sign_in_leads_nowhere_else_either(client, person, wish):
    form = {"username": person.number, "password": PASSWORD, "next": wish}
    assert client.post("/signin/", form)["Location"] == "/"


# --- Below a prefix, behind a proxy ---


@pytest.fixture
def _prefix(settings):
    """Serve the portal below /credits, which the proxy takes off before it passes a request on."""
    settings.FORCE_SCRIPT_NAME = "/credits"
    with override_script_prefix("/credits/"):
        yield


@pytest.mark.usefixtures("_prefix")
def test_below_a_prefix_every_address_begins_with_it(campus, client, person):
    out = client.get("/signin/campus/?next=/credits/notices/")
    service = query_of(out["Location"])["service"]
    assert service.startswith("http://testserver/credits/signin/campus/?state=")
    assert client.cookies[STATE_COOKIE]["path"] == "/credits/signin/campus/"

    back = path_of(campus.give_ticket(out["Location"], person.number)).removeprefix("/credits")
    assert client.get(back)["Location"] == "/credits/notices/"
    assert who(client) == person.number

    ticket = SessionTicket.objects.get().ticket
    assert Client().post("/signin/campus/", {"logoutRequest": logout_request(ticket)}).status_code == 204
    assert who(client) == ""


@pytest.mark.usefixtures("_prefix")
def test_a_prefix_shares_its_host_with_systems_that_are_not_ours(campus, client):
    login = client.get("/signin/campus/?next=/other/")["Location"]
    assert "next" not in query_of(query_of(login)["service"])


def test_behind_a_proxy_the_service_is_the_address_that_people_see(campus, client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    out = client.get("/signin/campus/", headers={"X-Forwarded-Proto": "https", "Host": "testserver"})
    assert query_of(out["Location"])["service"].startswith("https://testserver/signin/campus/")
    assert client.cookies[STATE_COOKIE]["secure"] is True

    settings.CAS_SERVICE_ROOT = "https://vpn.example.edu/https/77726476"
    service = query_of(client.get("/signin/campus/")["Location"])["service"]
    assert service.startswith("https://vpn.example.edu/https/77726476/signin/campus/?")
