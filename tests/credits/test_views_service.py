"""The public service page: everybody reads it, in three queries or so, and finds what is published and no more."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.models import Category, RoundFile, Ruling
from credits.regulation import dialled
from credits.services.round_files import attach_file, remove_file
from portal.enums import Role, Status
from portal.files.storing import private_storage
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    get_version,
    jpeg,
    make_claim,
    make_college,
    make_recognised,
    make_round,
    make_scheme_version,
    make_staff,
    make_student,
    make_window,
    pdf,
)

pytestmark = pytest.mark.django_db


def page(client, code="bit"):
    return client.get(reverse("credits:service", args=[code]))


def html(client, code="bit"):
    return page(client, code).content.decode()


def content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def make_ruling(claim, title="省级报纸理论版文章", low="3", high="5", **facts):
    category = Category.objects.get(scheme=claim.scheme, code="paper")
    return Ruling.objects.create(
        scheme=claim.scheme,
        claim=claim,
        **{"category": category, "title": title, "low": low, "high": high, "reason": "与核心期刊相当。", **facts},
        decided_at=timezone.now(),
        decided_by=make_staff(Role.COMMITTEE),
    )


# --- What it tells ---


def test_it_tells_the_service_its_conditions_its_way_and_whom_to_call(client):
    version = make_scheme_version("whu")
    found = html(client, "whu")
    service = version.data.service
    for words in (service.description[:20], *service.conditions, *(step.title for step in service.steps)):
        assert words in found
    assert f'href="tel:{dialled(service.offices[0].phone)}"' in found


def test_a_scheme_without_words_for_it_tells_its_chain_of_review(client):
    version = get_version()
    assert version.data.service is None
    found = html(client)
    assert [stage.name in found for stage in version.data.stages.claims] == [True, True]
    assert "办理部门及电话" not in found


def test_every_article_and_every_table_of_a_college_has_its_place(client):
    version = get_version()
    found = html(client)
    assert set(re.findall(r'id="clause-([^"]+)"', found)) == set(version.data.clauses)
    college = found[found.index('id="document-cs"') :]
    assert "计算机学院" in college
    assert "国际大学生程序设计竞赛" in college[: college.index('id="document-me"')]


def test_the_score_tables_are_tables_with_merged_items(client):
    make_scheme_version("whu")
    found = html(client, "whu")
    assert '<th scope="rowgroup" rowspan="3">SCI、SSCI</th>' in found
    assert re.search(r'<th scope="row" colspan="2">EI期刊</th><td>1-4分</td>', found)


def test_telephone_numbers_are_dialled_without_their_words():
    assert dialled("027-6875 5986 转 2") == "02768755986"
    assert dialled("+86 (27) 1234") == "+86271234"
    assert dialled("见公告") == ""


# --- Rounds and their attachments ---


def test_the_round_that_is_not_over_is_shown_with_its_notice_and_time_line(client):
    version = get_version()
    over = make_round(version, name="去年的活动", year="2024-2025", opens=-400, closes=-380, notice="去年的通知")
    hidden = make_round(version, name="没有发布的活动", is_published=False)
    now = make_round(version, name="今年的活动", notice="请按时\n提交。", staff_closes=40)
    found = html(client)
    assert now.name in found
    assert "请按时<br>提交。" in found
    assert 'aria-current="step"' in found
    assert over.name not in found
    assert hidden.name not in found


def test_when_all_rounds_are_over_the_newest_is_shown(client):
    version = get_version()
    for year in (2023, 2024):
        make_round(version, name=f"{year} 的活动", year=f"{year}-{year + 1}", opens=-400, closes=-380)
    found = html(client)
    assert "2024 的活动" in found
    assert "2023 的活动" not in found


def test_attachments_are_everybodys_while_the_round_is_published_and_the_offices_before(client, sign_in):
    version = get_version()
    office = make_staff(Role.OFFICE, scheme="bit")
    round_ = make_round(version, is_published=False)
    attached = attach_file(round_, office, pdf("通知.pdf"))
    path = reverse("credits:round_file", args=[attached.file.key])
    assert client.get(path).status_code == 404
    assert sign_in(make_student()).get(path).status_code == 404
    assert sign_in(make_staff(Role.OFFICE, scheme="other")).get(path).status_code == 404
    assert content(sign_in(office).get(path)).startswith(b"%PDF")
    client.logout()
    round_.is_published = True
    round_.save()
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert content(answer).startswith(b"%PDF")
    assert path in html(client)
    round_.is_published = False
    round_.save()
    assert client.get(path).status_code == 404
    assert client.get(reverse("credits:evidence_file", args=[attached.file.key])).status_code == 302


def test_a_removed_attachment_is_gone_with_its_bytes(client, django_capture_on_commit_callbacks):
    office = make_staff(Role.OFFICE)
    attached = attach_file(make_round(), office, jpeg())
    path, stored = reverse("credits:round_file", args=[attached.file.key]), attached.file.path
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(attached, office)
    assert client.get(path).status_code == 404
    assert not RoundFile.objects.exists()
    assert not private_storage().exists(stored)


def test_a_files_key_of_another_kind_opens_nothing(client):
    claim = make_claim(Status.IN_REVIEW)
    key = claim.evidence.get().file.key
    assert client.get(reverse("credits:round_file", args=[key])).status_code == 404


# --- Versions (W15) ---


def newer(first_day, *, label="2030", cohort=None):
    line = f"effective_from = {first_day}" + (f"\ncohort_from = {cohort}" if cohort else "")
    old = "effective_from = 2016-09-01\ncohort_from = 2016"
    return make_scheme_version(replace=[('label = "2023"', f'label = "{label}"'), (old, line)])


def test_older_versions_are_listed_with_their_period(client):
    make_scheme_version("whu-2010")
    make_scheme_version("whu")
    found = html(client, "whu")
    assert "2010-09-01 至 2019-08-31" in found
    assert "已废止" in found
    old = client.get(reverse("credits:scheme_version", args=["whu", "2010"])).content.decode()
    assert "本版本施行至 2019-08-31" in old
    assert reverse("credits:scheme_version", args=["whu", "2019"]) in old
    assert "已由" not in client.get(reverse("credits:scheme_version", args=["whu", "2019"])).content.decode()


def test_a_student_reads_the_version_of_the_own_cohort_everybody_else_the_newest(client, sign_in):
    get_version()
    newer(datetime.date(2020, 9, 1), cohort=2024)
    old, young = make_student(cohort=2022), make_student(cohort=2024)
    assert page(client).context["version"].label == "2030"
    assert page(sign_in(old)).context["version"].label == "2023"
    assert page(sign_in(young)).context["version"].label == "2030"
    shown = client.get(reverse("credits:scheme_version", args=["bit", "2023"])).content.decode()
    assert "2016–2023 级" in shown


def test_a_version_to_come_is_announced_but_not_shown(client):
    get_version()
    newer(timezone.localdate() + datetime.timedelta(days=30))
    assert page(client).context["version"].label == "2023"
    assert "待施行" in html(client)
    shown = client.get(reverse("credits:scheme_version", args=["bit", "2030"])).content.decode()
    assert "目前尚未生效" in shown


def test_a_scheme_that_is_not_there_or_not_in_force_has_no_page(client):
    assert page(client, "nobody").status_code == 404
    future = timezone.localdate() + datetime.timedelta(days=30)
    make_scheme_version(replace=[("effective_from = 2016-09-01", f"effective_from = {future}")])
    assert page(client).status_code == 404


# --- Rulings (W14) ---


def test_rulings_that_became_effective_are_listed_without_anybodys_name(client):
    claim = make_recognised("3", category="innovation", student=make_student("欧阳某"))
    make_ruling(claim)
    make_ruling(make_claim(Status.IN_REVIEW), title="还在办理的项目")
    found = html(client)
    assert "省级报纸理论版文章" in found
    assert "3.0–5.0" in found
    assert "还在办理的项目" not in found
    assert "欧阳某" not in found
    assert claim.content not in found


# --- Links and cost ---


def test_students_find_the_page_from_their_desk_and_their_claims(sign_in):
    student = make_student()
    cover(get_version().scheme, student.college)
    make_round()
    for name in ("conversion:desk", "credits:claims", "credits:schemes"):
        assert reverse("credits:service", args=["bit"]) in sign_in(student).get(reverse(name)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_more_of_everything(client, django_assert_num_queries, count):
    get_version()
    office = make_staff(Role.OFFICE)
    for number in range(count):
        round_ = make_round(name=f"活动 {number}")
        make_window(round_, Role.SECRETARY)
        attach_file(round_, office, pdf(f"{number}.pdf"))
        make_ruling(make_recognised("2", category="innovation"), title=f"项目 {number}")
    newer(datetime.date(2015, 9, 1), label="2015")
    page(client)
    with django_assert_num_queries(9):
        assert page(client).status_code == 200


def test_the_service_page_of_a_college_that_is_not_covered_is_still_public(sign_in):
    get_version()
    assert page(sign_in(make_student(college=make_college(*OTHER_COLLEGE)))).status_code == 200


def test_whoever_is_not_signed_in_finds_it_from_the_sign_in_page(client):
    assert reverse("credits:schemes") in client.get(reverse("signin")).content.decode()
