"""Which tickets open a session: asked for here, in this browser, for this page, and once."""

import copy
from urllib.parse import quote

import pytest
from django.test import Client

from portal.campus.views import STATE_COOKIE
from tests.builders import make_person
from tests.campus import path_of, query_of, who

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person("1120260001")


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


@pytest.mark.parametrize("query", ["", "?", "?state=", "?state=1"])
def test_a_ticket_that_comes_unasked_is_exchanged_for_one_that_was_asked_for(client, campus, cas_server, person, query):
    service = quote(f"http://testserver/signin/campus/{query}")
    path = path_of(campus.give_ticket(f"{cas_server}login?service={service}", person.number))
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


def test_refused_tickets_lock_nobody_out(client, back, person):
    for _ in range(6):
        assert is_refused(client, back.replace("ticket=ST-", "ticket=ST-x"))
    assert client.get(back)["Location"] == "/notices/"
