"""Keys for programs: made by the office, shown once, kept as a digest, ended by hand; who may, what is on record."""

import datetime
import hashlib
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from credits.services.reader_keys import issue_key, key_of, revoke_key
from portal.enums import Role
from portal.models import Event, ReaderKey
from portal.workflow import NotAllowed, StaleRecord
from tests.builders import fresh, get_version, make_staff
from tests.review.conftest import client_of
from tests.whu import whu_staff, whu_student

pytestmark = pytest.mark.django_db
PAGE = reverse("review:reader_keys")


@pytest.fixture
def office():
    get_version("whu")
    return whu_staff(Role.OFFICE, name="方敏")


@pytest.fixture
def as_office(office):
    return client_of(office)


def day(days=30):
    return timezone.localdate() + datetime.timedelta(days=days)


def form(**facts):
    return {"name": "奖学金系统", "scheme": "whu", "expires_on": f"{day()}", **facts}


def made(office, **facts):
    return issue_key(office, get_version("whu").scheme, **{"name": "奖学金系统", "expires_on": day(), **facts})


def test_a_new_key_is_shown_once_and_kept_as_a_digest(as_office, office):
    answer = as_office.post(PAGE, form())
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    html = as_office.get(PAGE).content.decode()
    secret = re.search(r"crk_[\w-]{40,}", html)[0]
    row = ReaderKey.objects.get()
    assert row.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert (row.hint, row.name, row.scheme_code, row.created_by) == (secret[:8], "奖学金系统", "whu", office)
    assert key_of(secret) == row
    again = as_office.get(PAGE).content.decode()
    assert secret not in again
    assert row.hint in again


def test_the_secret_is_nowhere_in_the_database_and_on_no_record(as_office):
    as_office.post(PAGE, form())
    secret = re.search(r"crk_[\w-]{40,}", as_office.get(PAGE).content.decode())[0]
    event = Event.objects.get(subject_kind="reader_key")
    assert secret[8:] not in f"{event.before}{event.after}{event.subject_label}"
    assert secret not in str(dict(as_office.session))


def test_the_cookie_that_carries_it_is_this_pages_alone(as_office):
    cookie = as_office.post(PAGE, form()).cookies["reader_key"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (PAGE, True, "Strict", 120)
    answer = as_office.get(PAGE)
    assert answer.cookies["reader_key"].value == ""
    assert "no-store" in answer["Cache-Control"]


def test_a_forged_cookie_shows_nothing(as_office):
    as_office.cookies["reader_key"] = "crk_forged"
    assert as_office.get(PAGE).context["issued"] is None


def test_each_verb_leaves_one_event(as_office, office):
    as_office.post(PAGE, form())
    row = ReaderKey.objects.get()
    assert as_office.post(reverse("review:reader_key_revoke", args=[row.pk])).status_code == 302
    events = Event.objects.filter(subject_kind="reader_key").order_by("pk")
    assert [(event.verb, event.actor, event.actor_role) for event in events] == [
        ("issue", office, Role.OFFICE),
        ("revoke", office, Role.OFFICE),
    ]
    assert events[0].after == {"scheme": "whu", "hint": row.hint, "expires_on": f"{day()}"}
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert "已停用" in as_office.get(PAGE).content.decode()


def test_a_key_is_ended_once(as_office, office):
    row, _secret = made(office)
    revoke_key(row, office)
    with pytest.raises(StaleRecord):
        revoke_key(row, office)
    assert as_office.post(reverse("review:reader_key_revoke", args=[row.pk])).status_code == 409


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 65}, "name"),
        ({"expires_on": day(-1)}, "expires_on"),
        ({"expires_on": day(732)}, "expires_on"),
    ],
)
def test_a_key_has_a_purpose_and_an_end(as_office, office, facts, field):
    with pytest.raises(ValidationError) as refused:
        made(office, **facts)
    assert list(refused.value.message_dict) == [field]
    answer = as_office.post(PAGE, form(**facts))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not ReaderKey.objects.exists()


@pytest.mark.parametrize("days", [0, 731])
def test_both_ends_of_the_term_are_allowed(office, days):
    _row, secret = made(office, expires_on=day(days))
    assert key_of(secret) is not None


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COMMITTEE, Role.AUDITOR, Role.EXPERT, Role.ADMINISTRATOR, None])
def test_nobody_but_the_office_learns_of_the_page(office, role):
    row, _secret = made(office)
    person = whu_staff(role) if role else whu_student().person
    client = client_of(fresh(person))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, form()).status_code == 404
    assert client.post(reverse("review:reader_key_revoke", args=[row.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        made(fresh(person))
    with pytest.raises(NotAllowed):
        revoke_key(row, fresh(person))
    row.refresh_from_db()
    assert row.revoked_at is None


def test_an_office_keeps_the_keys_of_its_own_scheme(office):
    row, _secret = made(office)
    client = client_of(make_staff(Role.OFFICE, scheme="bit"))
    get_version("bit")
    assert client.get(PAGE).status_code == 200
    assert row.name not in client.get(PAGE).content.decode()
    assert client.post(reverse("review:reader_key_revoke", args=[row.pk])).status_code == 404
    assert client.post(PAGE, form()).status_code == 422


def test_expired_keys_are_marked(as_office, office):
    row, _secret = made(office)
    ReaderKey.objects.filter(pk=row.pk).update(expires_on=day(-1))
    assert "已过期" in as_office.get(PAGE).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_more_keys_cost_no_more_queries(as_office, office, rows, django_assert_num_queries):
    for _again in range(rows):
        made(office)
    as_office.get(PAGE)
    with django_assert_num_queries(7):
        as_office.get(PAGE)
