"""What anybody reads: only within the period, nothing beyond the six fields, indexed and kept by nobody (T17)."""

import datetime
import hashlib
import io
import json
import subprocess

import pikepdf
import pytest
import time_machine
from django.urls import reverse

from credits.models import Claim
from portal.enums import Role
from portal.holidays import save_year
from portal.models import Person
from review.models import PublicityEntry, PublicityList
from review.publicity.lines import canonical
from review.services.publicity import withdraw_list
from tests.publicity import end_period, issue, make_draft, make_list, publish, waiting_claims
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)
PHONE, MAIL, CARD, BANK = "13912345678", "zhang.san@example.edu", "420106200401011234", "6222021234567890123"
NUMBER = "2022302110777"
HEADERS = {"X-Robots-Tag": "noindex, noarchive", "Cache-Control": "no-store"}


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


def public(row, name="public_list"):
    return reverse(f"review:{name}", args=[row.code])


def private_list(office):
    """Publish the result of a student who typed into the text what nobody asked for."""
    student = whu_student("张三丰", number=NUMBER, email=MAIL)
    Person.objects.filter(pk=student.person_id).update(phone=PHONE)
    content = f"遥感论文 {NUMBER} 联系 {PHONE} {MAIL} 身份证{CARD} 卡号{BANK}"
    whu_claim("publicity", student=student, content=content, office=office)
    return publish(make_draft(office=office), office)


def printed(content):
    """Return everything that a PDF says: of itself, and on its pages."""
    with pikepdf.open(io.BytesIO(content)) as document:
        told = str(document.docinfo) + str(document.Root.get("/Metadata", ""))
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return told + done.stdout.decode()


def texts(client, row):
    """Yield every public writing of a list: its page, its headers, its snapshot, its check."""
    for name in ("public_list", "public_snapshot", "public_verify"):
        answer = client.get(public(row, name))
        assert answer.status_code == 200, name
        yield f"{answer.content.decode()}\n{answer.headers}"
    yield client.get(reverse("review:public_lists")).content.decode()


@pytest.mark.parametrize("private", [NUMBER, PHONE, MAIL, CARD, BANK])
def test_nothing_public_holds_a_personal_number(client, office, private):
    row = private_list(office)
    assert all(private not in text for text in texts(client, row))
    assert private not in json.dumps(PublicityList.objects.get().snapshot)
    assert private not in str(PublicityEntry.objects.values().get())
    assert "张三丰" in client.get(public(row)).content.decode()
    assert "2022*******77" in client.get(public(row)).content.decode()


@pytest.mark.parametrize("what", ["list", "notice"])
def test_nothing_printed_holds_a_personal_number(office, what):
    row = private_list(office)
    if what == "notice":
        issue(end_period(row), office)
    name = "publicity_pdf" if what == "list" else "notice_pdf"
    answer = client_of(office).get(reverse(f"review:{name}", args=[row.pk]))
    assert answer["Content-Type"] == "application/pdf"
    text = printed(answer.content)
    assert "张三丰" in text
    for private in (NUMBER, PHONE, MAIL, CARD, BANK):
        assert private not in text, private
        assert private not in str(answer.headers)


def test_the_page_shows_the_six_fields_and_no_key_of_any_record(client, office):
    row = make_list(2, office=office)
    text = client.get(public(row)).content.decode()
    claim = row.entries.get(position=1).claim
    for said in (
        "林一鸣",
        "2022*******00",
        "测绘学院",
        "2022",
        "学术论文类 · SCI、SSCI · 一区 · 论文1",
        "6.0",
        row.sha256,
    ):
        assert said in text
    assert f"/claims/{claim.pk}/" not in text
    assert claim.receipt_number not in text


@pytest.mark.parametrize("name", ["public_list", "public_snapshot", "public_verify"])
def test_nobody_indexes_or_keeps_a_public_page(client, office, name):
    row = make_list(1, office=office)
    for _time in ("within", "after"):
        answer = client.get(public(row, name))
        assert {key: answer[key] for key in HEADERS} == HEADERS
        if "html" in answer["Content-Type"]:
            assert '<meta name="robots" content="noindex, noarchive">' in answer.content.decode()
        end_period(row)
    answer = client.get(reverse("review:public_lists"))
    assert {key: answer[key] for key in HEADERS} == HEADERS


def test_a_list_begins_and_ends_by_itself(client, office):
    waiting_claims(1, office=office)
    opens = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)).replace(microsecond=0)
    row = publish(make_draft(office=office, opens_at=opens), office)
    row.refresh_from_db()
    index = reverse("review:public_lists")
    for moment, status, told in (
        (row.opens_at - SECOND, 404, "公示尚未开始"),
        (row.opens_at, 200, "林一鸣"),
        (row.closes_at - SECOND, 200, "林一鸣"),
        (row.closes_at, 404, "公示已结束"),
        (row.closes_at + SECOND, 404, "公示已结束"),
    ):
        with time_machine.travel(moment, tick=False):
            answer, listed = client.get(public(row)), client.get(index).content.decode()
            text = answer.content.decode()
            assert answer.status_code == status, moment
            assert told in text
            assert ("林一鸣" in text) == (status == 200)
            assert (row.title in listed) == (status == 200)
            assert client.get(public(row, "public_snapshot")).status_code == status


def test_a_list_stays_through_the_new_year_for_its_working_days(client, office):
    save_year(office, 2027, "2027-01-01至2027-01-03 元旦")
    waiting_claims(1, office=office)
    zone = datetime.timezone(datetime.timedelta(hours=8))
    with time_machine.travel(datetime.datetime(2026, 12, 30, 9, 0, tzinfo=zone), tick=False):
        row = publish(make_draft(office=office, days=3, counting="working"), office)
    for day, status in ((datetime.date(2027, 1, 5), 200), (datetime.date(2027, 1, 6), 404)):
        with time_machine.travel(datetime.datetime(day.year, day.month, day.day, 0, 0, tzinfo=zone), tick=False):
            assert client.get(public(row)).status_code == status, day


def test_what_is_no_list_or_a_draft_is_no_page_at_all(client, office):
    waiting_claims(1, office=office)
    draft = make_draft(office=office)
    for code in (draft.code, "nothing", "x" * 60):
        for name in ("public_list", "public_snapshot", "public_verify"):
            answer = client.get(reverse(f"review:{name}", args=[code]))
            assert answer.status_code == 404
            assert "公示已结束" not in answer.content.decode()


def test_a_withdrawn_list_says_so_and_shows_nothing(client, office):
    row = make_list(1, office=office)
    withdraw_list(row, office, reason="漏列。", revision=row.revision)
    answer = client.get(public(row))
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "公示已撤下" in text
    assert "林一鸣" not in text
    assert "漏列" not in text


def test_the_downloaded_snapshot_has_the_printed_digest(client, office):
    row = make_list(2, office=office)
    answer = client.get(public(row, "public_snapshot"))
    assert hashlib.sha256(answer.content).hexdigest() == row.sha256
    assert answer.content == canonical(PublicityList.objects.get().snapshot)
    assert answer["Content-Type"] == "application/json"
    assert f'filename="{row.code}.json"' in answer["Content-Disposition"]


def test_a_digest_is_compared_with_what_is_kept(client, office):
    row = make_list(2, office=office)
    end_period(row)
    notice = issue(row, office)

    def check(digest):
        return client.get(public(row, "public_verify"), {"sha256": digest}).content.decode()

    assert "与公示名单一致" in check(f" {row.sha256[:20].upper()} {row.sha256[20:]} ")
    assert "与正式发文一致" in check(notice.sha256)
    assert "不一致" in check("0" * 64)
    assert "林一鸣" not in check(row.sha256)
    PublicityEntry.objects.filter(position=1).update(name="顶替者")
    assert "存档已损坏" in check(row.sha256)
    assert "与公示名单一致" not in check(row.sha256)


def test_a_tampered_snapshot_is_noticed(client, office):
    row = make_list(1, office=office)
    snapshot = PublicityList.objects.get().snapshot
    snapshot["entries"][0]["score"] = "8.0"
    PublicityList.objects.filter(pk=row.pk).update(snapshot=snapshot)
    text = client.get(public(row, "public_verify"), {"sha256": row.sha256}).content.decode()
    assert "存档已损坏" in text


def test_search_goes_by_name_and_college_and_finds_no_number(client, office):
    row = make_list(3, office=office)

    def names(**query):
        return [line["name"] for line in client.get(public(row), query).context["listing"].rows]

    assert names(q="思远") == ["陈思远"]
    assert names(college="测绘学院") == ["林一鸣", "陈思远", "周子衿"]
    assert names(college="没有的学院") == []
    assert names(q="2022302100001") == []


def test_four_hundred_lines_are_paged_and_cost_no_more_queries(client, office, django_assert_num_queries):
    row = make_list(1, office=office)
    client.get(public(row))  # the scheme's words are read once
    for number, queries in ((1, 3), (3, 3), (400, 4)):  # the fourth counts the pages
        fill(row, number)
        with django_assert_num_queries(queries):
            answer = client.get(public(row))
        assert len(answer.context["listing"].rows) == min(number, 100)
    last = client.get(public(row), {"page": 4}).context["listing"].rows
    assert [line["position"] for line in last][-1] == 400


def fill(row, number):
    """Give a list as many lines, each with a result of its own behind it."""
    entry = row.entries.get(position=1)
    row.entries.exclude(pk=entry.pk).delete()
    facts = {field.attname: getattr(entry.claim, field.attname) for field in Claim._meta.concrete_fields}
    claims = [Claim(**facts | {"id": None, "receipt_number": ""}) for _place in range(2, number + 1)]
    same = {field: getattr(entry, field) for field in ("list", "number", "cohort", "item", "score")}
    PublicityEntry.objects.bulk_create(
        PublicityEntry(**same, claim=claim, college=f"学院{place // 40:02d}", name=f"学生{place}", position=place)
        for place, claim in enumerate(Claim.objects.bulk_create(claims), start=2)
    )
