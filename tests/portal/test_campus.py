"""Signing in with the campus account, against a real CAS server."""

import copy
import datetime

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.test import Client
from django.test.utils import override_script_prefix
from django.utils import timezone
from django_cas_ng.models import SessionTicket

from portal.campus.accounts import number_from, person_with
from portal.campus.views import BACKEND, STATE_COOKIE
from portal.enums import Role
from portal.models import Appointment, Person
from portal.sessions import tidy_sessions
from tests.builders import PASSWORD, make_person, make_staff, make_student
from tests.campus import path_of, query_of

pytestmark = pytest.mark.django_db


def who(client):
    """Return the number of whoever is signed in, or nothing."""
    return getattr(get_user(client), "number", "")


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


# --- Tickets ---


@pytest.fixture
def back(campus, client, person):
    """Give the address to which the server sent the client's browser, with a ticket that nobody used yet."""
    return path_of(campus.give_ticket(client.get("/signin/campus/?next=/notices/")["Location"], person.number))


def is_refused(client, path):
    """Whether the ticket of the path lets nobody in, and the page is one that people can read."""
    response = client.get(path)
    assert response.status_code == 400
    assert "登录凭证无效或已经用过" in response.content.decode()
    assert "重新登录" in response.content.decode()
    return not client.session.keys()


def test_a_ticket_is_good_once(client, back):
    thief = Client()
    thief.cookies = copy.deepcopy(client.cookies)
    assert client.get(back)["Location"] == "/notices/"

    assert is_refused(thief, back)


def test_an_invented_ticket_is_refused(client, back):
    assert is_refused(client, back.replace("ticket=ST-", "ticket=ST-x"))
    assert is_refused(client, back[: back.index("ticket=")] + "ticket=")


def test_a_ticket_for_another_page_is_refused(client, back):
    assert is_refused(client, back.replace("notices", "claims"))


def test_a_ticket_for_another_service_is_refused(client, back, campus, cas_server, person):
    foreign = campus.give_ticket(f"{cas_server}login?service=http://localhost/signin/campus/")
    ticket = query_of(foreign)["ticket"]

    assert is_refused(client, back[: back.index("ticket=")] + f"ticket={ticket}")


def test_nobody_is_signed_in_by_a_link_with_somebody_elses_ticket(client, back):
    victim = Client()
    response = victim.get(back)

    assert response.status_code == 400
    assert "登录没有完成" in response.content.decode()
    victim.get("/signin/campus/")
    assert victim.get(back).status_code == 400
    assert not victim.session.keys()
    # The ticket was not even shown to the server.
    assert client.get(back)["Location"] == "/notices/"


def test_a_ticket_that_comes_unasked_is_exchanged_for_one_that_was_asked_for(client, campus, cas_server, person):
    path = path_of(campus.give_ticket(f"{cas_server}login?service=http://testserver/signin/campus/", person.number))
    again = client.get(path)

    assert again["Location"].startswith(cas_server)
    client.get(path_of(campus.give_ticket(again["Location"])))
    assert who(client) == person.number


def test_two_tabs_may_sign_in_at_once(campus, client, person):
    first = client.get("/signin/campus/?next=/notices/")["Location"]
    second = client.get("/signin/campus/?next=/jobs/")["Location"]
    paths = [path_of(campus.give_ticket(login, person.number)) for login in (first, second)]

    assert [client.get(path)["Location"] for path in paths] == ["/notices/", "/jobs/"]


def test_the_cookie_is_out_of_reach_and_gone_afterwards(client, back):
    cookie = client.cookies[STATE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/signin/campus/")
    client.get(back)
    assert client.cookies[STATE_COOKIE].value == ""


def test_a_cookie_that_is_not_ours_is_replaced(campus, client):
    client.cookies[STATE_COOKIE] = "x" * 400
    state = query_of(query_of(client.get("/signin/campus/")["Location"])["service"])["state"]
    assert len(state) == 22


@pytest.mark.parametrize("nonsense", ["http://127.0.0.1:1/cas/", "{server}elsewhere/"])
def test_a_server_that_does_not_answer_as_one_leaves_a_readable_page(client, back, settings, nonsense, caplog):
    settings.CAS_SERVER_URL = nonsense.format(server=settings.CAS_SERVER_URL)
    response = client.get(back)

    assert response.status_code == 503
    assert "统一身份认证暂时没有应答" in response.content.decode()
    assert "did not answer as one" in caplog.text
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


# --- Signing out ---


def logout_request(ticket):
    """Return what a CAS server sends when somebody signed out there."""
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="1" Version="2.0">'
        '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'
        f"<samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
    )


def test_the_server_ends_the_session_of_the_ticket_and_no_other(come_back, campus, person):
    ours, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    for browser in (ours, other):
        come_back(person.number, browser=browser)
    ticket = ours.session["_campus_ticket"]

    server = Client(enforce_csrf_checks=True)
    assert server.post("/signin/campus/", {"logoutRequest": logout_request(ticket)}).status_code == 204
    assert ours.get("/")["Location"].startswith("/signin/")
    assert who(other) == person.number
    assert SessionTicket.objects.count() == 1


BOMB = '<!DOCTYPE a [<!ENTITY b "ST-1">]>' + logout_request("&b;")
DTD = '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + logout_request("ST-1")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (logout_request("ST-unknown"), 204),  # the same answer as for a known one
        (logout_request(""), 400),
        ("", 400),
        ("<a>", 400),
        (BOMB, 400),
        (DTD, 400),
        (logout_request("x" * 10_000), 400),
        (logout_request("ST-1").replace("SAML:2.0:protocol", "other"), 400),
    ],
)
def test_any_other_request_ends_nothing(come_back, client, person, text, status):
    come_back(person.number)

    assert Client().post("/signin/campus/", {"logoutRequest": text}).status_code == status
    assert who(client) == person.number


def test_a_used_ticket_ends_no_later_session(come_back, client, person):
    come_back(person.number)
    ticket = client.session["_campus_ticket"]
    client.post("/signout/")
    come_back()

    Client().post("/signin/campus/", {"logoutRequest": logout_request(ticket)})
    assert who(client) == person.number


def test_what_is_noted_about_a_session_goes_with_it(come_back, client, person):
    come_back(person.number)
    stays = client.session["_campus_ticket"]
    ended = Client()
    come_back(browser=ended)
    Session.objects.filter(session_key=ended.session.session_key).update(expire_date=timezone.now())
    tidy_sessions()

    assert [row.ticket for row in SessionTicket.objects.all()] == [stays]
    assert [row.session_key for row in Session.objects.all()] == [client.session.session_key]


@pytest.mark.django_db(transaction=True)
def test_signing_out_at_the_server_signs_out_here(campus, live_server, client):
    person = make_person("1120260001")
    host = live_server.url.removeprefix("http://")
    out = client.get("/signin/campus/", headers={"Host": host})
    client.get(path_of(campus.give_ticket(out["Location"], person.number)), headers={"Host": host})
    assert who(client) == person.number

    campus.get(f"{out['Location'].split('login?')[0]}logout")  # the server tells the portal before it answers
    assert who(client) == ""


def test_signing_out_here_leads_to_the_servers_sign_out(come_back, client, person, cas_server):
    come_back(person.number)
    response = client.post("/signout/")

    assert response["Location"] == "/signout/campus/"
    page = client.get("/signout/campus/").content.decode()
    address = f"{cas_server}logout?service=http%3A%2F%2Ftestserver%2Fsignin%2F"
    assert f'content="0; url={address}"' in page
    assert f'href="{address}"' in page
    assert who(client) == ""
    assert not SessionTicket.objects.exists()


def test_a_new_password_does_not_hide_the_session_from_the_server(come_back, client, person):
    come_back(person.number)
    ticket, key = client.session["_campus_ticket"], client.session.session_key
    new = "another long password"
    client.post("/account/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert client.session.session_key != key

    Client().post("/signin/campus/", {"logoutRequest": logout_request(ticket)})
    assert who(client) == ""


def test_who_came_through_the_campus_need_not_change_a_password(come_back, client):
    person = make_person("1120260001", must_change_password=True)
    come_back(person.number)

    assert client.get("/").status_code == 200


# --- Beside the local password ---


def test_the_sign_in_page_leads_to_the_campus_first(campus, client):
    html = client.get("/signin/?next=/notices/").content.decode()

    assert html.count("btn-primary") == 1
    assert '<a class="btn btn-primary btn-lg w-100"' in html
    assert 'href="/signin/campus/?next=/notices/"' in html
    assert '<details class="fold">' in html


def test_without_a_server_the_campus_is_not_there(client):
    assert "统一身份认证" not in client.get("/signin/").content.decode()
    assert client.get("/signin/campus/").status_code == 404
    assert client.post("/signin/campus/", {"logoutRequest": logout_request("ST-1")}).status_code == 404
    assert client.get("/signout/campus/").status_code == 404


def test_the_local_password_stays_and_its_session_is_the_portals_own(campus, client, person):
    wrong = client.post("/signin/", {"username": person.number, "password": "wrong"}).content.decode()
    assert '<details class="fold" open>' in wrong
    response = client.post("/signin/", {"username": person.number, "password": PASSWORD})

    assert response["Location"] == "/"
    assert client.post("/signout/")["Location"] == "/signin/"


def test_a_lockout_is_of_local_passwords_only(come_back, campus, client, person):
    other = make_person()
    for _ in range(5):
        client.post("/signin/", {"username": person.number, "password": "wrong"})
    assert client.post("/signin/", {"username": person.number, "password": PASSWORD}).status_code == 429
    assert Client().post("/signin/", {"username": other.number, "password": PASSWORD}).status_code == 302
    come_back(person.number)

    assert who(client) == person.number


def test_refused_tickets_lock_nobody_out(client, back, person):
    for _ in range(6):
        assert is_refused(client, back.replace("ticket=ST-", "ticket=ST-x"))
    assert client.get(back)["Location"] == "/notices/"


def test_the_demos_accounts_stay_beside_the_campus(campus, client, settings):
    settings.DEMO = True
    make_student()
    html = client.get("/signin/").content.decode()

    assert "演示账户" in html
    assert html.count("btn-primary") == 1
