"""Django's admin: for the administrator only, and read-only wherever something has verbs."""

import pytest
from django.contrib import admin
from django.urls import reverse

from conversion.models import Application, Filing, Form
from credits.models import Claim, ClaimEvent, LedgerEntry, Lot, SchemeVersion, Submission
from portal.administration import ReadOnly
from portal.enums import Role, Status
from portal.models import (
    Appointment,
    ClassGroup,
    College,
    Event,
    Holiday,
    Job,
    Major,
    Person,
    StoredFile,
    Student,
    Term,
)
from tests.builders import fresh, make_application, make_claim, make_college, make_person, make_staff, make_student

pytestmark = pytest.mark.django_db
WRITTEN = [Person, College, Major, ClassGroup, Student, Appointment, Term, Holiday]
READ = [
    Claim,
    ClaimEvent,
    Event,
    Lot,
    LedgerEntry,
    SchemeVersion,
    Submission,
    Application,
    Form,
    Filing,
    StoredFile,
    Job,
]


def names(model):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


@pytest.fixture
def as_administrator(client):
    client.force_login(make_staff(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", [*set(Role.values) - {"administrator", "student"}, None])
def test_nobody_else_gets_in(client, role):
    person = make_staff(role) if role else make_student().person
    Person.objects.filter(pk=person.pk).update(is_staff=True)
    client.force_login(fresh(person), backend="django.contrib.auth.backends.ModelBackend")
    for place in (reverse("admin:index"), reverse(f"{names(Claim)}_changelist"), reverse(f"{names(Person)}_add")):
        assert client.get(place).status_code == 302


@pytest.mark.parametrize("model", WRITTEN + READ, ids=lambda model: model.__name__)
def test_every_list_opens_without_counting_everything(as_administrator, model):
    assert as_administrator.get(reverse(f"{names(model)}_changelist")).status_code == 200
    assert admin.site._registry[model].show_full_result_count is False  # noqa: SLF001 - what is registered, and how


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_what_has_verbs_is_only_read(as_administrator, model):
    assert isinstance(admin.site._registry[model], ReadOnly)  # noqa: SLF001 - as above
    assert as_administrator.get(reverse(f"{names(model)}_add")).status_code == 403
    assert as_administrator.post(reverse(f"{names(model)}_add"), {}).status_code == 403


def test_a_claim_is_shown_but_neither_changed_nor_deleted(as_administrator):
    claim = make_claim(Status.IN_REVIEW)
    change = reverse(f"{names(Claim)}_change", args=[claim.pk])
    assert as_administrator.get(change).status_code == 200
    assert as_administrator.post(change, {"status": "recognised"}).status_code == 403
    assert as_administrator.post(reverse(f"{names(Claim)}_delete", args=[claim.pk]), {"post": "yes"}).status_code == 403
    claim.refresh_from_db()
    assert claim.status == Status.IN_REVIEW


def test_an_account_is_added_with_a_password_to_be_changed_and_one_event(as_administrator):
    data = {"number": "T100", "name": "新人", "usable_password": "true"}
    data |= {"password1": "a first word 42", "password2": "a first word 42"}
    assert as_administrator.post(reverse(f"{names(Person)}_add"), data).status_code == 302
    person = Person.objects.get(number="T100")
    assert person.check_password("a first word 42")
    assert person.must_change_password
    event = Event.objects.get(subject_kind="person")
    assert (event.verb, event.subject_key, event.actor_role) == ("admin_add", str(person.pk), "administrator")
    assert "a first word" not in str(event.after)


def test_a_college_is_changed_with_one_event_and_nothing_is_deleted(as_administrator):
    college = make_college()
    change = reverse(f"{names(College)}_change", args=[college.pk])
    assert as_administrator.post(change, {"code": "cs", "name": "新名称", "is_active": "on"}).status_code == 302
    assert College.objects.get().name == "新名称"
    assert Event.objects.get(subject_kind="college").verb == "admin_change"
    assert (
        as_administrator.post(reverse(f"{names(College)}_delete", args=[college.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_an_appointed_administrator_makes_no_superuser(as_administrator):
    person = make_person()
    change = reverse(f"{names(Person)}_change", args=[person.pk])
    data = {"number": person.number, "name": person.name, "is_active": "on", "is_superuser": "on"}
    as_administrator.post(change, data)
    assert not Person.objects.get(pk=person.pk).is_superuser


def test_lists_cost_the_same_for_more_rows(as_administrator, django_assert_num_queries):
    place = reverse(f"{names(Application)}_changelist")
    offering = make_application(Status.IN_REVIEW).offering
    for _time in range(2):
        as_administrator.get(place)
        with django_assert_num_queries(8):
            as_administrator.get(place)
        make_application(Status.IN_REVIEW, offering=offering)
