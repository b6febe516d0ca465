"""The read API: what a key reads, in pages of constant cost, and how everything else is refused in one sentence."""

import datetime
import json
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from credits.enums import EntryKind
from credits.models import Claim
from credits.services.decisions import revoke_claim
from credits.services.ledger import book
from credits.services.reader_keys import issue_key, revoke_key
from portal.enums import Role, Status
from portal.models import ReaderKey
from tests.builders import get_version, make_college, make_recognised, make_staff, make_student
from tests.sanctions import sanctioned
from tests.whu import CONTEST, PAPER, make_entry, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
PATH = reverse("api:records")
SCHEMA = reverse("api:schema")
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
NOTICE = "武大本字〔2026〕1号"


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


def new_key(office, *, days=30, scheme="whu", name="奖学金系统"):
    expires = timezone.localdate() + datetime.timedelta(days=days)
    return issue_key(office, get_version(scheme).scheme, name=name, expires_on=expires)


@pytest.fixture
def secret(office):
    return new_key(office)[1]


def ask(client, secret, path=PATH, **query):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.get(path, query, headers=headers)


def paper(student, office, score="6", *, doi=None, content="城市内涝的遥感监测"):
    facts = {**PAPER, "doi": doi or f"10.1000/{student.pk}", "title": f"论文 {doi or student.pk}"}
    told = {"facts": facts, "score": score, "points": score, "content": content}
    return whu_claim("recognised", student=student, office=office, **told)


def contest(student, office, entry, *, score, award):
    facts = {**SOLO, "award": award, "competition": entry.name, "level": entry.level}
    told = {"facts": facts, "entry": entry, "score": score, "points": score, "content": award}
    return whu_claim("recognised", student=student, category="competition", office=office, **told)


def numbers(answer):
    return [row["number"] for row in answer.json()["records"]]


# --- What it says ---


def test_a_record_says_number_name_totals_and_items_and_nothing_else(client, office, secret):
    student, entry = whu_student("林一鸣", number="2022300000001", email="lin@example.org"), make_entry()
    paper(student, office, "7")
    contest(student, office, entry, score="6.5", award="一等奖")
    contest(student, office, entry, score="5.5", award="二等奖")
    answer = ask(client, secret, scheme="whu")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    assert answer["Cache-Control"] == "no-store"
    said = answer.json()
    assert set(said) == {"scheme", "as_of", "records", "next"}
    assert (said["scheme"], said["next"]) == ("whu", None)
    today = timezone.localdate().isoformat()
    item = {"effective_on": today, "notice": NOTICE}
    assert said["records"] == [
        {
            "number": "2022300000001",
            "name": "林一鸣",
            "total": "13.50",
            "categories": [
                {"code": "paper", "name": "学术论文类", "counted": "7.00"},
                {"code": "competition", "name": "学科竞赛类", "counted": "6.50"},
            ],
            "items": [
                {"title": "城市内涝的遥感监测", "category": "paper", "points": "7.00", "counted": "7.00", **item},
                {"title": "一等奖", "category": "competition", "points": "6.50", "counted": "6.50", **item},
                {"title": "二等奖", "category": "competition", "points": "5.50", "counted": "0.00", **item},
            ],
        }
    ]


def test_what_identifies_a_person_leaves_the_titles(client, office, secret):
    student = whu_student()
    student.person.phone, student.person.email = "027-87651234", "lin@example.org"
    student.person.save()
    paper(student, office, content="论文（电话 13912345678、027-87651234，lin@example.org）")
    text = ask(client, secret).content.decode()
    for canary in ("13912345678", "027-87651234", "lin@example.org", student.college.name, student.class_group.name):
        assert canary not in text, canary


def test_only_what_has_taken_effect_is_read(client, office, secret):
    whu_claim("publicity", student=whu_student(), office=office)
    assert numbers(ask(client, secret)) == []
    claim = paper(whu_student(number="2022300000009"), office)
    assert numbers(ask(client, secret)) == ["2022300000009"]
    revoke_claim(claim, office, reason="证书有误。", revision=None)
    assert numbers(ask(client, secret)) == []


def test_other_schemes_records_stay_theirs(client, office, secret):
    student = whu_student(number="2022300000001")
    paper(student, office)
    make_recognised("0.5", student=student, category="innovation")
    make_recognised("0.5", student=make_student("外人"), category="innovation")
    said = ask(client, secret).json()["records"]
    assert [(row["number"], row["total"]) for row in said] == [("2022300000001", "6.00")]
    other = new_key(make_staff(Role.OFFICE), scheme="bit")[1]
    assert sorted(row["total"] for row in ask(client, other).json()["records"]) == ["0.50", "0.50"]


# --- What is asked for ---


def test_college_cohort_and_number_narrow(client, office, secret):
    first = whu_student(number="2022300000001")
    second = whu_student(number="2023300000002", cohort=2023, college=make_college("bio", "生命科学学院"))
    for student in (first, second):
        paper(student, office)
    for query, wanted in (
        ({}, ["2022300000001", "2023300000002"]),
        ({"college": "bio"}, ["2023300000002"]),
        ({"cohort": 2022}, ["2022300000001"]),
        ({"cohort": 2022, "college": "bio"}, []),
        ({"number": "2023300000002"}, ["2023300000002"]),
    ):
        assert numbers(ask(client, secret, **query)) == wanted, query


def test_one_student_without_credits_has_a_record_of_nothing(client, secret):
    whu_student(number="2022300000001")
    said = ask(client, secret, number="2022300000001").json()["records"]
    assert [(row["total"], row["categories"], row["items"]) for row in said] == [("0.00", [], [])]


def test_only_what_changed_since_is_read_even_when_nothing_is_left(client, office, secret):
    old = paper(whu_student(number="2022300000001"), office)
    paper(whu_student(number="2022300000002"), office)
    later = timezone.now() + datetime.timedelta(days=2)
    since = (later - datetime.timedelta(days=1)).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert numbers(ask(client, secret, updated_since=since)) == []
    with time_machine.travel(later):
        revoke_claim(old, office, reason="证书有误。", revision=None)
        said = ask(client, secret, updated_since=since).json()["records"]
        assert [(row["number"], row["total"]) for row in said] == [("2022300000001", "0.00")]
        paper(whu_student(number="2022300000003"), office)
        assert numbers(ask(client, secret, updated_since=since)) == ["2022300000001", "2022300000003"]
        assert numbers(ask(client, secret, updated_since="2020-01-01")) == [
            "2022300000001",
            "2022300000002",
            "2022300000003",
        ]


def test_a_claim_that_counts_more_because_of_another_is_a_change(client, office, secret):
    student, entry = whu_student(number="2022300000001"), make_entry()
    higher = contest(student, office, entry, score="6.5", award="一等奖")
    contest(student, office, entry, score="5.5", award="二等奖")
    later = timezone.now() + datetime.timedelta(days=2)
    since = (later - datetime.timedelta(days=1)).astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    with time_machine.travel(later):
        sanctioned(higher, office=office)
        said = ask(client, secret, updated_since=since).json()["records"]
    assert [(row["total"], [item["counted"] for item in row["items"]]) for row in said] == [("5.50", ["5.50"])]


def test_a_booking_alone_is_a_change(client, office, secret):
    """A mate's claim is counted anew when somebody else's is judged the same project: it has no event of its own."""
    claim = paper(whu_student(number="2022300000001"), office)
    later = timezone.now() + datetime.timedelta(days=2)
    since = (later - datetime.timedelta(days=1)).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with time_machine.travel(later):
        assert numbers(ask(client, secret, updated_since=since)) == []
        book(claim.lot, EntryKind.REVOKE, Decimal(1), office, key="lower:test")
        assert numbers(ask(client, secret, updated_since=since)) == ["2022300000001"]


def test_a_moment_without_a_zone_is_the_portals(client, office, secret):
    claim = paper(whu_student(number="2022300000001"), office)
    at = timezone.localtime(claim.events.order_by("-pk").first().at)
    local = at.replace(tzinfo=None)
    second = datetime.timedelta(seconds=1)
    assert numbers(ask(client, secret, updated_since=(local - second).isoformat())) == ["2022300000001"]
    assert numbers(ask(client, secret, updated_since=(local + second).isoformat())) == []


def test_pages_follow_each_other_without_gaps_or_doubles(client, office, secret, monkeypatch):
    monkeypatch.setattr("credits.api.PAGE", 2)
    wanted = []
    for place in range(5):
        student = whu_student(number=f"202230000000{place}")
        paper(student, office)
        wanted.append(student.person.number)
    seen, query = [], {}
    for _page in range(10):
        said = ask(client, secret, **query).json()
        seen += [row["number"] for row in said["records"]]
        if said["next"] is None:
            break
        query = {"after": said["next"]}
    assert seen == wanted


@pytest.mark.parametrize("students", [1, 3])
def test_more_students_cost_no_more_queries(client, office, secret, django_assert_num_queries, students):
    entry = make_entry()
    for _again in range(students):
        student = whu_student()
        paper(student, office)
        contest(student, office, entry, score="6.5", award="一等奖")
    ask(client, secret)
    with django_assert_num_queries(5):
        assert len(numbers(ask(client, secret))) == students


# --- Who is refused, and how ---


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic abc", "crk_abc"])
def test_without_a_key_nothing_is_read(client, office, header):
    paper(whu_student(), office)
    answer = client.get(PATH, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert list(answer.json()) == ["detail"]
    assert "密钥" in answer.json()["detail"]


def test_a_session_is_no_key(client, office):
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(PATH).status_code == 401


def test_a_key_holds_to_the_end_of_its_last_day(client, office):
    _row, secret = new_key(office, days=1)
    last = timezone.localtime().replace(hour=23, minute=59, second=59, microsecond=0) + datetime.timedelta(days=1)
    with time_machine.travel(last, tick=False):
        assert ask(client, secret).status_code == 200
    with time_machine.travel(last + datetime.timedelta(seconds=1), tick=False):
        assert ask(client, secret).status_code == 401


def test_a_key_that_was_ended_reads_nothing_from_then_on(client, office):
    row, secret = new_key(office)
    assert ask(client, secret).status_code == 200
    revoke_key(row, office)
    assert ask(client, secret).status_code == 401


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"scheme": "bit"}, 403, "只能读取“whu”"),
        ({"scheme": "none"}, 403, "只能读取“whu”"),
        ({"college": "none"}, 404, "没有代码为“none”的学院"),
        ({"number": "999"}, 404, "没有学号为“999”的学生"),
        ({"cohort": "zweitausend"}, 422, "cohort"),
        ({"updated_since": "gestern"}, 422, "updated_since"),
        ({"after": "nonsense"}, 422, "游标"),
        ({"after": "W10"}, 422, "游标"),
        ({"cohort": "x", "updated_since": "y"}, 422, "cohort、updated_since"),
    ],
)
def test_every_refusal_is_json_with_a_sentence(client, secret, query, status, words):
    answer = ask(client, secret, **query)
    assert answer.status_code == status
    assert list(answer.json()) == ["detail"]
    assert words in answer.json()["detail"]
    assert answer["Cache-Control"] == "no-store"


def test_a_student_of_another_scheme_is_not_found_by_number(client, secret):
    outsider = make_student("外人", number="1120229999")
    make_recognised("0.5", student=outsider, category="innovation")
    answer = ask(client, secret, number="1120229999")
    assert answer.status_code == 404
    assert "外人" not in answer.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, office, secret, method):
    paper(whu_student(), office)
    before = Claim.objects.filter(status=Status.RECOGNISED).count()
    answer = getattr(client, method)(PATH, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 405
    assert Claim.objects.filter(status=Status.RECOGNISED).count() == before


def test_use_is_noted_once_a_minute(client, office, secret):
    now = timezone.now().replace(microsecond=0)
    for seconds, noted in ((0, 0), (30, 0), (59, 0), (60, 60), (90, 60)):
        with time_machine.travel(now + datetime.timedelta(seconds=seconds), tick=False):
            ask(client, secret)
        assert ReaderKey.objects.get().used_at == now + datetime.timedelta(seconds=noted), seconds


# --- The description ---


def test_the_schema_is_for_offices_and_keys_alone(client, office, secret):
    assert client.get(SCHEMA).status_code == 401
    said = ask(client, secret, SCHEMA).json()
    assert "/api/records" in said["paths"]
    parameters = {one["name"] for one in said["paths"]["/api/records"]["get"]["parameters"]}
    assert parameters == {"scheme", "college", "cohort", "number", "updated_since", "after"}
    assert said["components"]["securitySchemes"]["Key"]["scheme"] == "bearer"
    client.force_login(whu_staff(Role.SECRETARY), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(SCHEMA).status_code == 401
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(SCHEMA).status_code == 200


def test_there_is_no_page_that_loads_scripts_from_elsewhere(client, secret):
    for path in ("/api/", "/api/docs", "/api/docs/"):
        assert ask(client, secret, path).status_code == 404


def test_the_answer_is_what_the_schema_promises(client, office, secret):
    paper(whu_student(), office)
    components = ask(client, secret, SCHEMA).json()["components"]["schemas"]
    said = ask(client, secret).json()
    assert set(said) == set(components["Page"]["properties"])
    assert set(said["records"][0]) == set(components["Record"]["properties"])
    assert set(said["records"][0]["items"][0]) == set(components["Achievement"]["properties"])
    assert json.loads(ask(client, secret).content) is not None
