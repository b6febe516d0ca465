"""Signing out at either end ends both, and the local password beside the campus sign-in."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_cas_ng.models import SessionTicket

from portal.sessions import tidy_sessions
from tests.builders import PASSWORD, make_person, make_student
from tests.campus import logout_request, path_of, who

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person("1120260001")


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


def test_the_demos_accounts_stay_beside_the_campus(campus, client, settings):
    settings.DEMO = True
    make_student()
    html = client.get("/signin/").content.decode()

    assert "演示账户" in html
    assert html.count("btn-primary") == 1
