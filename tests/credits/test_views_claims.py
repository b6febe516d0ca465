"""The student's list, one claim, its receipt: what is shown, to whom, for how many queries."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from credits.services.claims import submit_claim
from credits.views.claims import files_words
from portal.enums import Role, Status
from portal.points import format_points
from tests.builders import (
    OTHER_COLLEGE,
    fresh,
    get_version,
    jpeg,
    make_claim,
    make_college,
    make_recognised,
    make_staff,
    make_student,
)

pytestmark = pytest.mark.django_db
LIST = reverse("credits:claims")
COLUMNS = """序号 学年 学院名称 年级 专业名称 班级 学号 姓名
申请类别 具体内容 申请积分 证明材料 审核状态 操作""".split()  # noqa: SIM905 - fourteen words, as the manual prints them


def status_of(response):
    """Read a file's answer to its end, which closes the file."""
    assert response.getvalue()
    return response.status_code


def headings(html):
    head = html[html.index("<thead>") : html.index("</thead>")]
    return [cell.split(">")[-1] for cell in head.split("</th>")[:-1]]


def test_the_list_has_the_manuals_columns_and_breadcrumbs(sign_in):
    claim = make_claim()
    html = sign_in(claim.student).get(LIST).content.decode()
    assert headings(html) == COLUMNS
    words = get_version().data.wording
    crumbs = html[html.index('class="crumbs"') : html.index("</nav>", html.index('class="crumbs"'))]
    assert [w in crumbs for w in ("首页", words["crumb"], words["claims_crumb"])] == [True] * 3
    assert "共1页 1条" in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_every_length(sign_in, django_assert_num_queries, rows):
    student = make_student()
    for _ in range(rows):
        make_claim(Status.IN_REVIEW, student=student)
    client = sign_in(student)
    client.get(LIST)
    with django_assert_num_queries(8):
        assert client.get(LIST).content.decode().count('class="acts"') == rows


def test_recorded_rows_name_their_office_and_cannot_be_edited(sign_in):
    student = make_student()
    claim = make_recognised("0.5", student=student, category="innovation")
    client = sign_in(student)
    assert claim.category.recorder in client.get(LIST).content.decode()
    page = client.get(claim.get_absolute_url()).content.decode()
    assert reverse("credits:claim_edit", args=[claim.pk]) not in page
    assert client.get(reverse("credits:claim_edit", args=[claim.pk])).status_code == 302
    post = {"action": "save", "content": "改", "revision": claim.revision}
    assert client.post(reverse("credits:claim_edit", args=[claim.pk]), post).status_code in {403, 409}
    claim.refresh_from_db()
    assert claim.content != "改"


def test_filters_live_in_the_address(sign_in):
    student = make_student()
    draft = make_claim(student=student, content="甲赛事")
    make_claim(Status.IN_REVIEW, student=student, content="乙赛事")
    client = sign_in(student)
    html = client.get(LIST, {"status": "draft"}).content.decode()
    assert "甲赛事" in html
    assert "乙赛事" not in html
    assert "没有符合条件的记录" in client.get(
        LIST, {"category": draft.category.code, "year": "2001-2002"}
    ).content.decode() or (client.get(LIST, {"year": "nonsense"}).status_code == 200)


def test_somebody_elses_claim_is_not_found(sign_in):
    claim = make_claim(Status.IN_REVIEW)
    client = sign_in(make_student())
    for name in ("claim", "claim_edit", "claim_saved", "receipt", "explanation"):
        assert client.get(reverse(f"credits:{name}", args=[claim.pk])).status_code == 404
    for name in ("claim_submit", "claim_withdraw", "claim_discard", "claim_reopen", "evidence_add", "claim_edit"):
        assert client.post(reverse(f"credits:{name}", args=[claim.pk])).status_code == 404
    assert client.get(reverse("credits:suggestion"), {"claim": claim.pk}).status_code == 404
    evidence = claim.evidence.get()
    assert client.get(reverse("credits:evidence_file", args=[evidence.file.key])).status_code == 404
    assert client.post(reverse("credits:evidence_remove", args=[evidence.pk])).status_code == 404
    assert claim.evidence.kept().count() == 1


def test_the_college_reads_what_was_submitted_and_no_draft(sign_in):
    secretary = make_staff(Role.SECRETARY)
    draft, sent = make_claim(), make_claim(Status.IN_REVIEW)
    client = sign_in(secretary)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(sent.get_absolute_url()).status_code == 200
    other = sign_in(make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE)))
    assert other.get(sent.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        (Status.DRAFT, {"claim_edit", "claim_discard"}),
        (Status.IN_REVIEW, {"claim_withdraw"}),
        (Status.RETURNED, {"claim_edit"}),
        (Status.WITHDRAWN, {"claim_reopen"}),
        (Status.RECOGNISED, set()),
        (Status.REFUSED, set()),
    ],
)
def test_buttons_follow_the_table_of_moves(sign_in, status, verbs):
    claim = make_claim(status)
    html = sign_in(claim.student).get(claim.get_absolute_url()).content.decode()
    names = ("claim_edit", "claim_withdraw", "claim_discard", "claim_reopen")
    assert {name for name in names if reverse(f"credits:{name}", args=[claim.pk]) in html} == verbs


def test_a_returned_claim_says_why_and_leads_to_the_form(sign_in):
    claim = make_claim(Status.RETURNED, reason="证书看不清排名")
    html = sign_in(claim.student).get(claim.get_absolute_url()).content.decode()
    assert html.index("证书看不清排名") < html.index('id="points"')
    assert "修改并重新提交" in html


def test_the_number_is_explained_with_linked_clauses(sign_in):
    claim = make_claim(Status.RECOGNISED, recognised="1.5", reason="按校内选拔计")
    html = sign_in(claim.student).get(claim.get_absolute_url()).content.decode()
    page = reverse("credits:scheme_version", args=["bit", claim.scheme_version.label])
    assert f"{page}#clause-univ.5" in html
    assert "申请 2.0，认定 1.5" in html
    assert "按校内选拔计" in html


def test_the_record_tells_a_sitting_as_one_line_and_what_was_amended(sign_in):
    claim = make_claim(Status.RETURNED)
    client = sign_in(claim.student)
    post = {"action": "submit", "content": "改正后的内容", "claimed_points": "2", "revision": claim.revision}
    post |= {f"fact_{name}": value for name, value in claim.facts.items()}
    assert client.post(reverse("credits:claim_edit", args=[claim.pk]), post).status_code == 302
    html = client.get(claim.get_absolute_url()).content.decode()
    record = html[html.index('id="record"') :]
    assert record.count("填写申报") == 2
    assert "<ins>改正后的内容</ins>" in record
    assert "学院审核：退回修改" in record


def test_the_receipt_repeats_what_was_submitted(sign_in):
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    client = sign_in(claim.student)
    assert client.get(reverse("credits:receipt", args=[claim.pk])).status_code == 404
    submission = submit_claim(claim, fresh(claim.student.person), revision=claim.revision)
    html = client.get(reverse("credits:receipt", args=[claim.pk])).content.decode()
    for text in (submission.number, submission.sha256, claim.content, "certificate.jpg"):
        assert text in html
    assert f"<dd>{format_points(claim.claimed_points)}</dd>" in html


def test_evidence_is_shown_in_a_sandbox(sign_in):
    claim = make_claim(Status.IN_REVIEW)
    file = claim.evidence.get().file
    response = sign_in(claim.student).get(reverse("credits:evidence_file", args=[file.key]))
    assert status_of(response) == 200
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")
    saved = sign_in(claim.student).get(reverse("credits:evidence_file", args=[file.key]), {"download": 1})
    assert status_of(saved) == 200
    assert saved["Content-Disposition"].startswith("attachment")


def test_removed_evidence_stays_with_its_owner(sign_in):
    claim = make_claim(Status.RETURNED)
    evidence = claim.evidence.get()
    address = reverse("credits:evidence_file", args=[evidence.file.key])
    client = sign_in(claim.student)
    assert client.post(reverse("credits:evidence_remove", args=[evidence.pk])).status_code == 200
    assert status_of(client.get(address)) == 200
    assert sign_in(make_staff(Role.SECRETARY)).get(address).status_code == 404


def test_a_student_without_claims_is_told_what_to_do(sign_in):
    get_version()
    html = sign_in(make_student()).get(LIST).content.decode()
    assert "还没有申报" in html
    assert 'name="category"' not in html, "nothing to filter yet"
    assert reverse("credits:claim_new") in html


def test_one_file_is_no_files_in_english():
    assert files_words(1) == "1 个文件"
    with override("en"):
        assert [files_words(number) for number in range(3)] == ["", "1 file", "2 files"]


def test_strangers_are_sent_to_sign_in(client):
    assert reverse("signin") in client.get(LIST)["Location"]
