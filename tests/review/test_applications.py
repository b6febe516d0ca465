"""转换审核: decisions on conversion applications, what the page shows, what the office takes back."""

import itertools

import pytest

from conversion.models import Application, ApplicationEvent, Form
from credits.models import Lot
from portal.enums import Status
from tests.builders import (
    OTHER_COLLEGE,
    make_application,
    make_college,
    make_offering,
    make_recognised,
    make_student,
)

VERBS = ("approve", "return", "refuse")
ROLES = ("secretary", "away", "office", "counsellor", "auditor", "committee", "owner_unit", "administrator", "student")
READERS = ("secretary", "office", "counsellor", "auditor", "committee")
DECIDED = (Status.RETURNED, Status.RECOGNISED, Status.REFUSED)


@pytest.fixture
def offering(staff):
    return make_offering()


def decide(client, application, decision, *, reason=""):
    facts = {"verb": decision, "revision": application.revision, "reason": reason}
    return client.post(f"/desk/applications/{application.pk}/decide/", facts)


def traces(application):
    application.refresh_from_db()
    lots = Lot.objects.filter(lines__application=application).order_by("pk").values_list("held", "consumed")
    events = ApplicationEvent.objects.filter(subject=application).count()
    return application.status, application.revision, events, Form.objects.count(), list(lots)


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_colleges_secretary_decides(staff, offering, verb):
    for role in ROLES:
        application = make_application(Status.IN_REVIEW, offering=offering)
        before = traces(application)
        answer = decide(staff.client(role), application, verb, reason="理由").status_code
        expected = 302 if role == "secretary" else (403 if role in READERS else 404)
        assert answer == expected, role
        assert (traces(application) == before) == (role != "secretary"), role


@pytest.mark.parametrize("status", DECIDED)
def test_what_is_decided_cannot_be_decided_again(staff, offering, status):
    application = make_application(status, offering=offering)
    before = traces(application)
    for role, verb in itertools.product(ROLES, VERBS):
        answer = decide(staff.client(role), application, verb, reason="再来").status_code
        assert answer == (409 if role in READERS else 404), (role, verb)
    assert traces(application) == before


def test_approving_consumes_the_records_issues_the_form_and_leads_on(staff, secretary, offering):
    application, other = (make_application(Status.IN_REVIEW, offering=offering) for _number in range(2))
    response = decide(secretary, application, "approve", reason="同意")
    assert response.url == f"/desk/applications/{other.pk}/"
    status, _revision, _events, forms, lots = traces(application)
    assert (status, forms) == (Status.RECOGNISED, 1)
    assert [(str(held), str(consumed)) for held, consumed in lots] == [("0.00", "3.00")]


@pytest.mark.parametrize("verb", ["return", "refuse"])
def test_returning_and_refusing_free_the_records_and_need_words(staff, secretary, offering, verb):
    application = make_application(Status.IN_REVIEW, offering=offering)
    assert decide(secretary, application, verb).status_code == 422
    assert decide(secretary, application, verb, reason="理由过于简单").status_code == 302
    assert [(str(held), str(consumed)) for held, consumed in traces(application)[4]] == [("0.00", "0.00")]


@pytest.mark.parametrize(("first", "second"), list(itertools.product(VERBS, VERBS)))
def test_two_reviewers_one_wins_and_the_other_keeps_the_words(staff, offering, first, second):
    application = make_application(Status.IN_REVIEW, offering=offering)
    seen = Application.objects.get(pk=application.pk)
    assert decide(staff.client("secretary"), seen, first, reason="先到").status_code == 302
    after = traces(application)
    response = decide(staff.client("colleague"), seen, second, reason="我写了很久的理由")
    assert response.status_code == 409
    assert traces(application) == after
    for text in ("何丽华", "我写了很久的理由"):
        assert text in response.content.decode()


def test_the_page_shows_the_records_the_bands_and_their_origin(staff, secretary, offering):
    student = make_student()
    lots = [make_recognised(points, student=student, category="innovation").lot for points in ("1", "2")]
    application = make_application(
        Status.IN_REVIEW, student=student, offering=offering, uses={lot.pk: lot.recognised for lot in lots}
    )
    response = secretary.get(f"/desk/applications/{application.pk}/")
    assert [str(line["points"]) for line in response.context["lines"]] == ["1.00", "2.00"]
    text = response.content.decode()
    for word in ("中等", "(2,4]", student.person.number, f"/desk/claims/{lots[0].claim_id}/", "13800000000"):
        assert word in text, word


@pytest.mark.parametrize("records", [1, 3])
def test_the_page_costs_the_same_whatever_is_converted(staff, secretary, offering, django_assert_num_queries, records):
    student = make_student()
    lots = [make_recognised("1", student=student, category="innovation").lot for _number in range(records + 1)]
    application = make_application(
        Status.IN_REVIEW, student=student, offering=offering, uses={lot.pk: lot.recognised for lot in lots}
    )
    url = f"/desk/applications/{application.pk}/"
    secretary.get(url)
    # session, person, appointments, roll; application, lines, forms; record, others; next, previous; notices
    with django_assert_num_queries(12):
        assert secretary.get(url).status_code == 200


def test_another_colleges_application_is_404(staff, secretary, offering):
    away = make_student(college=make_college(*OTHER_COLLEGE))
    application = make_application(Status.IN_REVIEW, student=away, offering=offering)
    assert secretary.get(f"/desk/applications/{application.pk}/").status_code == 404
    assert secretary.post(f"/desk/applications/{application.pk}/undo/", {}).status_code == 404
    assert secretary.get("/desk/applications/?show=all").context["rows"] == []


def undo(client, application, verb, reason="学生信息有误"):
    application.refresh_from_db()
    facts = {"verb": verb, "revision": application.revision, "reason": reason}
    return client.post(f"/desk/applications/{application.pk}/undo/", facts)


def test_the_office_revokes_and_the_form_dies(staff, offering):
    application = make_application(Status.RECOGNISED, offering=offering)
    for role in ROLES:
        if role != "office":
            answer = undo(staff.client(role), application, "revoke").status_code
            assert answer == (403 if role in READERS else 404), role
    assert undo(staff.client("office"), application, "revoke", reason=" ").status_code == 422
    assert undo(staff.client("office"), application, "revoke").status_code == 302
    assert traces(application)[0] == Status.REVOKED
    assert Form.objects.get().state == "revoked"


def test_a_form_is_issued_anew_with_a_reason(staff, secretary, offering):
    application = make_application(Status.RECOGNISED, offering=offering)
    for role in ("counsellor", "auditor", "away"):
        assert undo(staff.client(role), application, "reissue").status_code in {403, 404}, role
    assert undo(secretary, application, "reissue", reason="").status_code == 422
    assert undo(secretary, application, "reissue").status_code == 302
    assert list(Form.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "valid"]


def test_the_results_on_the_wall_mask_the_student_numbers(staff, secretary, offering):
    one = make_application(Status.RECOGNISED, offering=offering)
    make_application(Status.IN_REVIEW, offering=offering, student=make_student("未定"))
    away = make_student("外院", college=make_college(*OTHER_COLLEGE))
    make_application(Status.RECOGNISED, offering=offering, student=away)
    response = secretary.get("/desk/applications/results/")
    text = response.content.decode()
    number = one.student.person.number
    assert [row["pk"] for row in response.context["rows"]] == [one.pk]
    assert number not in text
    assert f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}" in text
    assert len(staff.client("office").get("/desk/applications/results/").context["rows"]) == 2
    assert staff.client("auditor").get("/desk/applications/results/").status_code == 404
