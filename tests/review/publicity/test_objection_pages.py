"""The pages of those who object, and of those who are objected to: in time by arrival, nothing lost, no name told."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from credits.models import Claim
from credits.timeline import timelines
from portal.enums import Role, Status
from portal.files import storing
from portal.remarks import remarks_on
from review.models import Objection, ObjectionState
from review.publicity import mentions
from tests.builders import get_version, jpeg
from tests.publicity import end_period, issue, make_draft, make_list, make_objection, publish, run_jobs, states
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)
WHY = "该成果的第一单位不是本校。"


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


@pytest.fixture
def row(office):
    return make_list(2, office=office)


@pytest.fixture
def objector():
    return whu_student("提异议的人", number="2023302199999").person


def form_of(row, position=1):
    return reverse("review:object_new", args=[row.code, position])


def test_a_stranger_is_led_to_sign_in_and_back(client, row):
    answer = client.get(form_of(row))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/signin/")
    assert form_of(row) in answer["Location"]
    assert client.post(form_of(row), {"reason": WHY}).status_code == 302
    assert not Objection.objects.exists()


def test_an_objection_with_files_leads_to_its_ticket(row, objector):
    web = client_of(objector)
    page = web.get(form_of(row)).content.decode()
    assert "林一鸣" in page
    answer = web.post(form_of(row), {"reason": WHY, "files": [jpeg("证据.jpg")]})
    objection = Objection.objects.get()
    assert answer["Location"] == reverse("review:my_objection", args=[objection.number])
    ticket = web.get(answer["Location"]).content.decode()
    assert objection.number in ticket
    assert WHY in ticket
    file = objection.files.get().file
    assert file.name in ticket
    answer = web.get(reverse("review:objection_file", args=[file.key]))
    assert b"".join(answer.streaming_content)
    assert objection.number in web.get(reverse("review:my_objections")).content.decode()
    assert states(row) == ["held", "listed"]


def test_what_is_wrong_is_said_beside_the_field_and_the_text_stays(row, objector):
    web = client_of(objector)
    assert web.post(form_of(row), {"reason": ""}).status_code == 422
    broken = jpeg("坏文件.jpg")
    broken.file.seek(0)
    broken.file.write(b"MZ not a picture")
    broken.file.seek(0)
    answer = web.post(form_of(row), {"reason": WHY, "files": [broken]})
    assert answer.status_code == 422
    assert WHY in answer.content.decode()
    assert "files" in answer.context["form"].errors
    assert not Objection.objects.exists()


def test_the_period_decides_by_the_second(row, objector):
    for moment, status in ((row.closes_at - SECOND, 302), (row.closes_at, 403), (row.closes_at + SECOND, 403)):
        with time_machine.travel(moment, tick=False):
            web = client_of(objector)
            answer = web.post(form_of(row, 1 if status == 302 else 2), {"reason": WHY})
            assert answer.status_code == status, moment
            if status == 403:
                text = answer.content.decode()
                assert WHY in text
                assert "已于" in text
                assert "陈思远" not in text
                assert "2022*" not in text
                assert web.get(form_of(row, 2)).status_code == 404
    assert Objection.objects.count() == 1


def test_an_upload_that_spans_the_end_is_in_time(row, objector, monkeypatch):
    inspect = storing.inspect
    with time_machine.travel(row.closes_at - SECOND, tick=False) as clock:
        web = client_of(objector)

        def slow(*args, **facts):
            clock.shift(60)
            return inspect(*args, **facts)

        monkeypatch.setattr(storing, "inspect", slow)
        answer = web.post(form_of(row), {"reason": WHY, "files": [jpeg()]})
    assert answer.status_code == 302
    assert Objection.objects.get().files.count() == 1


@pytest.mark.parametrize("path", ["nothing/1", "{code}/0", "{code}/99", "{code}/999999999999999999999"])
def test_a_crafted_line_is_no_page(row, objector, path):
    address = f"/publicity/{path.format(code=row.code)}/object/"
    web = client_of(objector)
    assert web.get(address).status_code == 404
    assert web.post(address, {"reason": WHY}).status_code == 404
    assert not Objection.objects.exists()


def test_a_line_of_a_draft_cannot_be_guessed(office, objector):
    whu_claim("publicity", office=office)
    draft = make_draft(office=office)
    assert client_of(objector).get(form_of(draft)).status_code == 404


def test_a_ticket_and_its_files_are_the_objectors_and_the_offices(row, office, objector):
    objection = make_objection(row, objector, uploads=[jpeg("证据.jpg")])
    key = objection.files.get().file.key
    ticket = reverse("review:my_objection", args=[objection.number])
    file = reverse("review:objection_file", args=[key])
    student = row.entries.get(position=1).claim.student.person
    for person in (student, whu_student().person, whu_staff(Role.SECRETARY), whu_staff(Role.AUDITOR)):
        web = client_of(person)
        assert [web.get(path).status_code for path in (ticket, file)] == [404, 404], person
        assert (
            web.post(reverse("review:objection_take_back", args=[objection.number]), {"revision": 0}).status_code == 404
        )
    assert b"".join(client_of(office).get(file).streaming_content)
    assert Client().get(file).status_code == 302


def test_an_objection_is_taken_back_once(row, objector):
    objection = make_objection(row, objector)
    web, address = client_of(objector), reverse("review:objection_take_back", args=[objection.number])
    assert web.post(address, {"revision": 7}).status_code == 409
    assert web.post(address, {"revision": 0}).status_code == 302
    assert web.post(address, {"revision": 0}).status_code == 409
    objection.refresh_from_db()
    assert (objection.state, states(row)) == (ObjectionState.WITHDRAWN, ["listed", "listed"])


def test_the_objected_student_reads_no_word_of_the_objector_anywhere(row, office, objector):
    make_objection(row, objector, reason="canary-reason", uploads=[jpeg("canary-file.jpg")])
    claim = row.entries.get(position=1).claim
    web = client_of(claim.student.person)
    pages = [
        "/notices/",
        claim.get_absolute_url(),
        reverse("review:my_objections"),
        reverse("review:public_list", args=[row.code]),
    ]
    for path in pages:
        text = web.get(path).content.decode()
        for canary in ("canary-reason", "canary-file", "提异议的人", "2023302199999"):
            assert canary not in text, path
    assert "异议" in web.get(claim.get_absolute_url()).content.decode()


def remarks(claim):
    claim.refresh_from_db()
    return [remark.text for remark in remarks_on(claim, claim.student.person)]


def test_a_claims_page_says_where_it_stands_in_its_publicity(office):
    claim = whu_claim("publicity", office=office)
    assert "等待公示" in remarks(claim)[0]
    row = publish(make_draft(office=office), office)
    said = remarks_on(claim, claim.student.person)[0]
    assert "正在公示" in said.text
    assert said.href == reverse("review:public_list", args=[row.code])
    objection = make_objection(row)
    assert "异议" in remarks(claim)[0]
    Objection.objects.filter(pk=objection.pk).update(state="rejected", answer="核实")
    row.entries.update(state="listed")
    end_period(row)
    assert "等待正式发文" in remarks(claim)[0]
    issue(row, office)
    run_jobs()
    assert "武大本字〔2026〕1号" in remarks(claim)[0]
    assert claim.status == Status.RECOGNISED


def test_a_claims_page_costs_one_query_more_only_where_there_is_publicity(office, django_assert_num_queries):
    claim = Claim.objects.select_related("scheme_version").get(pk=whu_claim("publicity", office=office).pk)
    assert claim.scheme_version.data.publicity
    with django_assert_num_queries(1):
        list(mentions.remarks(claim, office))
    claim.status = Status.IN_REVIEW
    with django_assert_num_queries(0):
        list(mentions.remarks(claim, office))


def test_the_time_line_of_a_round_has_its_publicity_and_its_notice(office):
    claim = whu_claim("publicity", office=office)
    row = publish(make_draft(office=office, round_=claim.round), office)
    data = get_version("whu").data
    stops = {stop.milestone.kind: stop for stop in timelines([claim.round], data, row.opens_at)[claim.round_id].stops}
    assert stops["publicity"].milestone.closes_at == row.closes_at
    assert stops["publicity"].milestone.href == reverse("review:public_list", args=[row.code])
    issue(end_period(row), office)
    stops = {stop.milestone.kind: stop for stop in timelines([claim.round], data, row.opens_at)[claim.round_id].stops}
    assert "武大本字〔2026〕1号" in stops["notice"].milestone.text
    assert stops["publicity"].milestone.href == ""
