"""The audit pages: who reads which events, narrowed how, at what cost; that nothing can be changed there."""

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from conversion.models import ApplicationEvent
from credits.models import ClaimEvent
from credits.services.decisions import approve_claim
from portal.delegations.services import delegate
from portal.enums import Role, Status
from portal.models import Appointment, Event
from portal.trail import record
from tests.builders import make_application, make_claim, make_offering, make_person, make_staff, make_student
from tests.review.conftest import client_of
from tests.review.test_delegations import power, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(staff):
    """A claim that the first college's secretary has approved."""
    claim = make_claim(Status.IN_REVIEW)
    approve_claim(claim, staff.secretary, points=claim.claimed_points, revision=None)
    return claim


def listed(person, query=""):
    """Return the events that the page lists for the person."""
    return [row.event for row in client_of(person).get(f"/audit/?{query}").context["rows"]]


def test_the_schemes_office_and_auditor_read_its_claims_and_nobody_elses(staff, decided):
    make_claim(student=make_student("草稿人"))
    elsewhere = make_staff(Role.AUDITOR, scheme="whu")
    for reader in (staff.office, staff.auditor):
        assert [event.verb for event in listed(reader)] == ["approve", "submit", "attach", "start"]
    assert listed(elsewhere) == []
    event = ClaimEvent.objects.get(verb="approve")
    assert client_of(staff.auditor).get(f"/audit/claims/{event.pk}/").status_code == 200
    assert client_of(elsewhere).get(f"/audit/claims/{event.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["secretary", "counsellor", "committee", "owner_unit", "student"])
def test_for_everybody_else_the_pages_do_not_exist(staff, decided, name):
    client, event = staff.client(name), ClaimEvent.objects.latest("pk")
    assert client.get("/audit/").status_code == 404
    assert client.get(f"/audit/claims/{event.pk}/").status_code == 404
    assert client.post("/audit/export/").status_code == 404


def test_the_administrator_reads_what_is_technical_and_no_decision(staff, decided):
    record("change", staff.office, kind="round", key=1, label="批次", role=Role.OFFICE)
    record("admin_add", staff.administrator, kind="person", key=1, label="某人", role=Role.ADMINISTRATOR)
    assert [event.subject_kind for event in listed(staff.administrator, "of=claims")] == ["person"]
    client = staff.client("administrator")
    for path in (f"claims/{ClaimEvent.objects.latest('pk').pk}", f"office/{Event.objects.get(verb='change').pk}"):
        assert client.get(f"/audit/{path}/").status_code == 404


def test_office_keeping_belongs_to_its_scheme(staff):
    record("change", staff.office, kind="round", key=1, label="本办法")
    record("change", None, kind="round", key=2, label="别的办法", scheme="whu")
    record("change", staff.office, kind="round", key=3, label="本办法的批次", role=Role.OFFICE)
    assert [event.subject_label for event in listed(staff.auditor, "of=office&verb=change")] == ["本办法的批次"]
    assert len(listed(make_staff(Role.AUDITOR), "of=office&verb=change")) == 3


def test_conversions_are_a_list_of_their_own(staff):
    application = make_application(Status.IN_REVIEW)
    assert {event.subject for event in listed(staff.auditor, "of=applications")} == {application}
    assert ApplicationEvent.objects.filter(subject=application).count() == len(
        listed(staff.auditor, f"of=applications&subject={application.student.person.number}")
    )


def test_whoever_is_the_student_or_scores_the_claim_reads_nothing_of_it_here(staff, decided):
    decided.student.person.appointments.create(role=Role.OFFICE, scheme_code="bit", starts_on=timezone.localdate())
    assert listed(decided.student.person) == []


def test_the_filters_find_by_subject_person_action_role_day_and_appointment(staff, decided):
    today = timezone.localdate()
    held = Appointment.objects.get(person=staff.secretary)
    one = ClaimEvent.objects.get(verb="approve")
    for query in (
        f"person={staff.secretary.number}",
        "person=何丽华",
        "verb=approve",
        "role=secretary",
        f"appointment={held.pk}",
        f"verb=approve&subject={decided.receipt_number}",
        f"verb=approve&subject={decided.student.person.number}",
        f"verb=approve&subject={decided.pk}",
        f"verb=approve&since={today}&until={today}",
    ):
        assert listed(staff.auditor, query) == [one], query
    for query in ("person=无此人", "subject=999999", "until=2001-01-01", "verb=nonsense", "appointment=x"):
        assert listed(staff.auditor, query) == [], query


def test_one_event_shows_what_changed_and_under_which_appointment(staff):
    deputy = make_person("61209998", "代小红")
    delegate(power(staff.secretary), staff.secretary, wish(deputy))
    claim = make_claim(Status.IN_REVIEW)
    approve_claim(claim, deputy, points=1, revision=None, reason="按校级认定")
    event = ClaimEvent.objects.get(verb="approve")
    page = staff.client("auditor").get(f"/audit/claims/{event.pk}/").content.decode()
    for words in (
        "代小红（代何丽华）",
        "何丽华 委托",
        "计算机学院",
        "认定积分",
        "<ins>1.00</ins>",
        f"/desk/claims/{claim.pk}/",
    ):
        assert words in page, words
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_export_holds_what_the_filters_show_and_is_an_event_itself(staff, decided):
    answer = staff.client("auditor").post("/audit/export/?of=claims&verb=approve")
    _head, *rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert [(row[1], row[5]) for row in rows] == [("何丽华", "通过")]
    event = Event.objects.get(verb="export")
    assert (event.actor, event.subject_kind) == (staff.auditor, "audit_claims")
    assert (event.after["query"], event.after["rows"]) == ("of=claims&verb=approve", 1)
    assert (event.scheme_code, event.appointment) == ("bit", power(staff.auditor))


def test_pages_go_on_without_a_count(staff):
    for number in range(52):
        record("change", staff.office, kind="round", key=number, role=Role.OFFICE)
    client = staff.client("auditor")
    first = client.get("/audit/?of=office&verb=change")
    after = first.context["listing"].pager.next_cursor
    second = client.get(f"/audit/?of=office&verb=change&after={after}")
    keys = [row.event.subject_key for page in (first, second) for row in page.context["rows"]]
    assert keys == [str(number) for number in reversed(range(52))]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("trail", "queries"), [("claims", 7), ("applications", 7), ("office", 6)])
def test_a_page_costs_the_same_for_one_row_and_for_three(staff, trail, queries, number, django_assert_num_queries):
    offering = make_offering()
    for place in range(number):
        if trail == "claims":
            make_claim(Status.IN_REVIEW)
        elif trail == "applications":
            make_application(Status.IN_REVIEW, offering=offering)
        else:
            record("change", staff.office, kind="round", key=place, role=Role.OFFICE)
    client = staff.client("auditor")
    client.get(f"/audit/?of={trail}")
    with django_assert_num_queries(queries):
        client.get(f"/audit/?of={trail}")
