"""Filling in a claim: what is asked, what is kept, what is refused, with and without scripts."""

import datetime
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from credits.forms import ClaimForm
from credits.models import Claim, ClaimEvent, Submission
from credits.views import filling
from portal.enums import Status
from tests.builders import (
    COLLEGE,
    FACTS,
    cover,
    get_category,
    get_version,
    jpeg,
    make_claim,
    make_round,
    make_student,
    move_deadline,
    pdf,
    png,
)
from tests.whu import PAPER, whu_claim, whu_student

pytestmark = pytest.mark.django_db
NEW = reverse("credits:claim_new")


@pytest.fixture
def student():
    student = make_student()
    cover(get_version().scheme, student.college)
    return student


def new_url(round_, category="competition"):
    return f"{NEW}?round={round_.pk}&category={category}"


def edit_url(claim):
    return reverse("credits:claim_edit", args=[claim.pk])


def typed(action="save", *, claim=None, facts=None, **more):
    data = {"action": action, "content": "省赛二等奖", "claimed_points": "2", "points_reason": ""}
    data |= {f"fact_{name}": value for name, value in (FACTS if facts is None else facts).items()}
    if claim is not None:
        data["revision"] = claim.revision
    return data | more


# --- Choosing ---


def test_open_rounds_come_with_deadline_and_categories_and_recorded_ones_with_their_office(sign_in, student):
    open_round = make_round(notice="材料须清晰")
    closed = make_round(opens=-9, closes=-2)
    html = sign_in(student).get(NEW).content.decode()
    assert "材料须清晰" in html
    claimable = get_version().scheme.categories.filter(channel="student")
    for category in claimable:
        assert f"round={open_round.pk}&amp;category={category.code}" in html
        assert f"round={closed.pk}&amp;category={category.code}" not in html
    for category in get_version().scheme.categories.filter(channel="office"):
        assert f"由{category.recorder}录入，无需申请" in html


def test_a_round_that_is_not_open_sends_back_with_the_reason(sign_in, student):
    closed = make_round(opens=-9, closes=-2)
    response = sign_in(student).get(new_url(closed), follow=True)
    assert response.redirect_chain[0][0] == NEW
    assert "截止" in response.content.decode()


def test_somebody_without_a_roll_entry_is_refused(sign_in):
    from portal.enums import Role  # noqa: PLC0415 - only here
    from tests.builders import make_staff  # noqa: PLC0415 - only here

    get_version()
    assert sign_in(make_staff(Role.SECRETARY)).get(NEW).status_code == 403


# --- What the form asks ---


def test_the_form_shows_identity_rules_and_only_the_categorys_fields(sign_in, student):
    html = sign_in(student).get(new_url(make_round())).content.decode()
    for text in (student.person.number, student.person.name, student.major.name, student.class_group.name):
        assert text in html
    assert "fact_competition" in html
    assert "fact_journal" not in html
    assert "《认定与转换办法》第五条" in html
    assert "《计算机学院积分细则》第一条" in html
    assert not Claim.objects.exists(), "showing the form stores nothing"


def test_a_college_without_rules_of_its_own_says_so(sign_in):
    from tests.builders import make_college  # noqa: PLC0415 - only here

    student = make_student(college=make_college("math", "数学学院"))
    cover(get_version().scheme, student.college)
    html = sign_in(student).get(new_url(make_round())).content.decode()
    assert "学院没有另行规定" in html


def test_choices_come_from_the_college_that_overrides_them(sign_in, student):
    html = sign_in(student).get(new_url(make_round())).content.decode()
    assert COLLEGE[1] == student.college.name
    assert "全国大学生软件测试大赛" in html, "only the college's own table knows it"


def test_dependent_fields_follow_without_a_script(sign_in, student):
    round_, client = make_round(), sign_in(student)
    assert "fact_percent" not in client.get(new_url(round_)).content.decode()
    facts = {**FACTS, "basis": "获奖比例"}
    html = client.post(new_url(round_), typed("refresh", facts=facts)).content.decode()
    assert "fact_percent" in html
    assert "fact_award" not in html
    assert "files_ranking" in html, "the proof that this choice asks for"
    assert "省赛二等奖" in html
    assert not Claim.objects.exists()


def test_the_suggestion_follows_with_a_script(sign_in, student):
    round_, client = make_round(), sign_in(student)
    query = {"round": round_.pk, "category": "competition"} | {f"fact_{k}": v for k, v in FACTS.items()}
    first = client.get(reverse("credits:suggestion"), query).content.decode()
    assert 'data-adopt="2.0"' in first
    assert "clause-univ.5" in first
    assert 'hx-swap-oob="innerHTML"' in first, "the fields have changed"
    shown = first.split('name="shown" value="')[1].split('"')[0]
    again = client.get(reverse("credits:suggestion"), {**query, "shown": shown}).content.decode()
    assert "hx-swap-oob" not in again, "nothing to replace, so nothing loses the focus"


def test_a_suggestion_with_gaps_says_what_is_missing(sign_in, student):
    query = {"round": make_round().pk, "category": "competition", "fact_level": "国家级"}
    html = sign_in(student).get(reverse("credits:suggestion"), query).content.decode()
    assert "请填写“竞赛名称”" in html


def test_the_suggestion_can_be_adopted_without_a_script(sign_in, student):
    html = sign_in(student).post(new_url(make_round()), typed("adopt", claimed_points="")).content.decode()
    assert 'name="claimed_points" value="2.0"' in html.replace("\n", " ")


# --- Saving ---


def test_the_first_save_makes_one_draft_with_its_files(sign_in, student):
    client = sign_in(student)
    data = typed(files_certificate=[jpeg(), pdf()], files_other=[png()])
    response = client.post(new_url(make_round()), data)
    claim = Claim.objects.get()
    assert response["Location"] == edit_url(claim)
    assert (claim.status, claim.content, str(claim.claimed_points)) == (Status.DRAFT, "省赛二等奖", "2.00")
    assert sorted(claim.evidence.values_list("item", flat=True)) == ["", "certificate", "certificate"]
    page = client.get(edit_url(claim)).content.decode()
    assert page.count('class="file"') == 3
    assert "已上传 3 个" in page


def test_an_incomplete_draft_may_be_kept(sign_in, student):
    response = sign_in(student).post(new_url(make_round()), {"action": "save"})
    assert response.status_code == 302
    assert Claim.objects.get().claimed_points is None


def test_a_form_sent_many_times_acts_once(sign_in, student):
    client, data = sign_in(student), typed(form_key="0c3b5f2e-0000-4000-8000-000000000001")
    url = new_url(make_round())
    places = {client.post(url, data)["Location"] for _ in range(5)}
    assert places == {edit_url(Claim.objects.get())}
    assert ClaimEvent.objects.count() == 1


def test_facts_that_are_no_longer_asked_are_not_kept(sign_in, student):
    facts = {**FACTS, "percent": "5", "rank": "2"}
    sign_in(student).post(new_url(make_round()), typed(facts=facts))
    assert Claim.objects.get().facts == FACTS


# --- Refusals keep what was typed ---

BAD_POINTS = {
    "-1": "大于 0",
    "0": "大于 0",
    "10.01": "不能超过",
    "1.234": "两位小数",
    "两分": "请输入数字",
    "1e9": "过大",
}


@pytest.mark.parametrize("points", BAD_POINTS)
@pytest.mark.parametrize("action", ["save", "submit"])
def test_bad_points_are_named_beside_the_field(sign_in, student, points, action):
    response = sign_in(student).post(new_url(make_round()), typed(action, claimed_points=points))
    assert response.status_code == 422
    assert BAD_POINTS[points] in str(response.context["form"].errors["claimed_points"])
    html = response.content.decode()
    assert f'value="{points}"' in html
    assert "省赛二等奖" in html
    assert 'href="#id_claimed_points"' in html, "the summary leads to the field"
    claim = Claim.objects.get()
    assert (claim.status, claim.claimed_points) == (Status.DRAFT, None)


def encrypted():
    return pdf("加密.pdf", password="secret")


def oversized():
    return SimpleUploadedFile("大.jpg", jpeg().read() + b"\0" * get_version().data.limits.file_bytes, "image/jpeg")


BAD_FILES = {
    "wrong type": (lambda: SimpleUploadedFile("表.pdf", b"\xd0\xcf\x11\xe0 no pdf"), "表.pdf"),
    "markup": (lambda: SimpleUploadedFile("图.jpg", b"<html><script>1</script>", "image/jpeg"), "图.jpg"),
    "empty": (lambda: SimpleUploadedFile("空.pdf", b""), "空.pdf"),
    "encrypted": (encrypted, "加密"),
    "too large": (oversized, "上限"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_named_beside_its_field_and_all_else_is_kept(sign_in, student, case):
    make, told = BAD_FILES[case]
    data = typed("submit", files_certificate=[jpeg("好.jpg"), make()])
    response = sign_in(student).post(new_url(make_round()), data)
    assert response.status_code == 422
    assert told in str(response.context["form"].errors["files_certificate"])
    claim = Claim.objects.get()
    assert [e.file.name for e in claim.evidence.kept()] == ["好.jpg"]
    assert claim.content == "省赛二等奖"
    assert claim.status == Status.DRAFT
    assert 'id="id_files_certificate_error"' in response.content.decode()


def test_a_seventh_file_is_refused_and_six_are_kept(sign_in, student):
    limit = get_version().data.limits.files_per_claim
    data = typed(files_other=[png(f"{n}.png") for n in range(limit + 1)])
    response = sign_in(student).post(new_url(make_round()), data)
    assert response.status_code == 422
    assert str(limit) in str(response.context["form"].errors["files_other"])
    assert Claim.objects.get().evidence.kept().count() == limit


def test_submitting_names_everything_that_is_missing(sign_in, student):
    response = sign_in(student).post(new_url(make_round()), {"action": "submit"})
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert {"content", "claimed_points", "fact_competition", "fact_level", "fact_basis", "fact_form"} <= set(errors)
    in_order = [field.name for field in response.context["form"] if field.errors]
    assert in_order.index("fact_form") < in_order.index("content") < in_order.index("files_certificate")
    assert Claim.objects.get().status == Status.DRAFT


def test_a_missing_proof_is_named_at_its_item(sign_in, student):
    response = sign_in(student).post(new_url(make_round()), typed("submit"))
    assert list(response.context["form"].errors) == ["files_certificate"]


def test_points_above_the_suggestion_need_a_word_why(sign_in, student):
    data = typed("submit", claimed_points="4", files_certificate=[jpeg()])
    response = sign_in(student).post(new_url(make_round()), data)
    assert list(response.context["form"].errors) == ["points_reason"]
    claim = Claim.objects.get()
    again = typed("submit", claim=claim, claimed_points="4", points_reason="学院细则另有规定")
    assert sign_in(student).post(edit_url(claim), again).status_code == 302


# --- Deadlines ---


def test_a_crafted_post_to_a_closed_round_is_refused_and_gives_the_text_back(sign_in, student):
    closed = make_round(opens=-9, closes=-2)
    response = sign_in(student).post(new_url(closed), typed("submit"))
    assert response.status_code == 422
    assert "截止" in str(response.context["form"].errors["__all__"])
    assert "省赛二等奖" in response.content.decode()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("category", ["innovation", "nonsense"])
def test_a_crafted_post_for_a_category_that_is_not_open_makes_nothing(sign_in, student, category):
    response = sign_in(student).post(new_url(make_round(), category), typed("submit"))
    assert response.status_code in {200, 422}
    assert not Claim.objects.exists()


def test_a_deadline_that_passes_while_the_form_is_open_keeps_the_draft(sign_in):
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    move_deadline(claim.round, days=-1)
    response = sign_in(claim.student).post(edit_url(claim), typed("submit", claim=claim, content="最后一刻的修改"))
    assert response.status_code == 422
    assert "截止" in str(response.context["form"].errors["__all__"])
    claim.refresh_from_db()
    assert (claim.status, claim.content) == (Status.DRAFT, "最后一刻的修改")
    assert not Submission.objects.exists()


# --- Two windows ---


@pytest.mark.parametrize(("seconds", "status"), [(-1, Status.IN_REVIEW), (0, Status.IN_REVIEW), (1, Status.DRAFT)])
def test_what_arrives_by_the_deadline_is_in_time_however_long_its_files_take(sign_in, monkeypatch, seconds, status):
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    client, deadline = sign_in(claim.student), timezone.now().replace(microsecond=0) + datetime.timedelta(minutes=1)
    claim.round.windows.update(closes_at=deadline)
    with time_machine.travel(deadline + datetime.timedelta(seconds=seconds), tick=False) as clock:

        def read_slowly(_request, _form):
            clock.shift(datetime.timedelta(seconds=90))

        monkeypatch.setattr(filling, "attach", read_slowly)
        answer = client.post(edit_url(claim), typed("submit", claim=claim))
    claim.refresh_from_db()
    assert (claim.status, answer.status_code) == (status, 302 if status == Status.IN_REVIEW else 422)
    if status == Status.IN_REVIEW:
        assert claim.submitted_at <= deadline


def test_an_older_window_sees_both_texts_and_decides(sign_in):
    claim = make_claim(content="原来的内容")
    client, seen = sign_in(claim.student), claim.revision
    assert client.post(edit_url(claim), typed(claim=claim, content="第一个窗口")).status_code == 302
    response = client.post(edit_url(claim), typed(revision=seen, content="第二个窗口"))
    assert response.status_code == 409
    html = response.content.decode()
    assert "<del>第一个窗口</del>" in html
    assert "<ins>第二个窗口</ins>" in html
    claim.refresh_from_db()
    assert claim.content == "第一个窗口"
    assert f'name="revision" value="{claim.revision}"' in html
    client.post(edit_url(claim), typed(claim=claim, content="第二个窗口"))
    claim.refresh_from_db()
    assert claim.content == "第二个窗口"


def test_an_older_window_of_a_submitted_claim_gets_its_text_back(sign_in):
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    seen, client = claim.revision, sign_in(claim.student)
    assert client.post(edit_url(claim), typed("submit", claim=claim)).status_code == 302
    response = client.post(edit_url(claim), typed(revision=seen, content="迟到的修改"))
    assert response.status_code == 409
    assert "迟到的修改" in response.content.decode()
    claim.refresh_from_db()
    assert claim.content != "迟到的修改"


@pytest.mark.parametrize("name", ["claim_withdraw", "claim_submit"])
def test_verbs_without_the_present_revision_are_stale(sign_in, name):
    claim = make_claim(Status.IN_REVIEW if name == "claim_withdraw" else Status.DRAFT)
    response = sign_in(claim.student).post(reverse(f"credits:{name}", args=[claim.pk]), {"revision": "0x"})
    assert response.status_code == 409


# --- Submitting ---


def test_a_complete_claim_is_submitted_in_one_go(sign_in, student):
    response = sign_in(student).post(new_url(make_round()), typed("submit", files_certificate=[jpeg()]))
    claim = Claim.objects.get()
    assert response["Location"] == reverse("credits:receipt", args=[claim.pk])
    assert (claim.status, claim.stage) == (Status.IN_REVIEW, "college")


def test_a_saved_draft_is_submitted_from_its_page_or_shows_what_is_missing(sign_in):
    claim = make_claim(content="")
    response = sign_in(claim.student).post(
        reverse("credits:claim_submit", args=[claim.pk]), {"revision": claim.revision}
    )
    assert response.status_code == 422
    assert {"content", "files_certificate"} <= set(response.context["form"].errors)


def test_a_returned_claim_shows_the_reason_in_the_form_and_is_submitted_again(sign_in):
    claim = make_claim(Status.RETURNED, reason="证书看不清排名")
    client = sign_in(claim.student)
    assert "证书看不清排名" in client.get(edit_url(claim)).content.decode()
    assert client.post(edit_url(claim), typed("submit", claim=claim, content="补充了排名")).status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.content) == (Status.IN_REVIEW, "补充了排名")


def test_a_submitted_claim_has_no_form(sign_in):
    claim = make_claim(Status.IN_REVIEW)
    assert sign_in(claim.student).get(edit_url(claim))["Location"] == claim.get_absolute_url()


# --- The page's own saving and uploading ---


def autosave(client, url, data):
    response = client.post(url, data, headers={"X-Autosave": "1"}, follow=True)
    return response.status_code, json.loads(response.content)


def test_the_page_saves_by_itself_and_learns_where_the_draft_is(sign_in, student):
    client = sign_in(student)
    status, answer = autosave(client, new_url(make_round()), typed())
    claim = Claim.objects.get()
    assert (status, answer["revision"], answer["urls"]["form"]) == (200, claim.revision, edit_url(claim))
    assert answer["message"].startswith("已自动保存")
    status, answer = autosave(client, edit_url(claim), typed(claim=claim, content="又写了一点"))
    claim.refresh_from_db()
    assert (status, claim.content, answer["revision"]) == (200, "又写了一点", claim.revision)


def test_the_pages_first_saving_sent_many_times_makes_one_draft(sign_in, student):
    client, url = sign_in(student), new_url(make_round())
    page = client.get(url).content.decode()
    key = page.split('data-autosave-key="')[1].split('"')[0]
    answers = [autosave(client, url, typed(form_key=key)) for _ in range(5)]
    assert {answer["urls"]["form"] for _status, answer in answers} == {edit_url(Claim.objects.get())}


def test_the_same_file_sent_many_times_is_one(sign_in):
    claim = make_claim()
    client, url = sign_in(claim.student), reverse("credits:evidence_add", args=[claim.pk])
    for _ in range(5):
        assert client.post(url, {"item": "certificate", "file": jpeg()}).status_code == 200
    assert claim.evidence.count() == 1
    assert claim.events.filter(verb="attach").count() == 1


def test_saving_by_itself_keeps_the_rest_of_a_form_with_an_error(sign_in):
    claim = make_claim()
    status, answer = autosave(
        sign_in(claim.student), edit_url(claim), typed(claim=claim, content="新", claimed_points="x")
    )
    claim.refresh_from_db()
    assert (status, claim.content, str(claim.claimed_points)) == (200, "新", "2.00")
    assert answer["problems"]


def test_saving_by_itself_says_when_another_window_was_faster_or_the_round_closed(sign_in, student):
    claim = make_claim(student=student)
    client = sign_in(student)
    assert autosave(client, edit_url(claim), typed(revision=99, content="新"))[0] == 409
    status, answer = autosave(client, new_url(make_round(opens=-9, closes=-2)), typed())
    assert status == 403
    assert "截止" in answer["message"]


def test_one_file_goes_up_alone(sign_in):
    claim = make_claim()
    client, url = sign_in(claim.student), reverse("credits:evidence_add", args=[claim.pk])
    response = client.post(url, {"item": "certificate", "file": jpeg()})
    claim.refresh_from_db()
    assert response["X-Revision"] == str(claim.revision)
    assert "certificate.jpg" in response.content.decode()
    evidence = claim.evidence.kept().get()
    response = client.post(reverse("credits:evidence_remove", args=[evidence.pk]))
    assert "certificate.jpg" not in response.content.decode()
    assert not claim.evidence.kept().exists()


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_alone_is_answered_with_what_to_do(sign_in, case):
    make, _told = BAD_FILES[case]
    claim = make_claim()
    response = sign_in(claim.student).post(reverse("credits:evidence_add", args=[claim.pk]), {"file": make()})
    assert response.status_code == 422
    assert json.loads(response.content)["message"]
    assert not claim.evidence.exists()


def test_nothing_goes_up_after_submission(sign_in):
    claim = make_claim(Status.IN_REVIEW)
    response = sign_in(claim.student).post(reverse("credits:evidence_add", args=[claim.pk]), {"file": jpeg()})
    assert response.status_code == 409
    assert claim.evidence.count() == 1


def test_a_file_is_removed_without_a_script_and_the_text_stays(sign_in):
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    data = typed(f"remove:{claim.evidence.get().pk}", claim=claim, content="改了一点")
    assert sign_in(claim.student).post(edit_url(claim), data).status_code == 302
    claim.refresh_from_db()
    assert claim.content == "改了一点"
    assert not claim.evidence.kept().exists()


def test_papers_and_results_ask_their_own_facts(sign_in, student):
    round_, client = make_round(), sign_in(student)
    assert get_category("paper").channel == "student"
    assert "fact_supervisor_first" in client.get(new_url(round_, "paper")).content.decode()
    data = {"action": "save", "fact_index": "EI 会议", "fact_authors": "3", "fact_rank": "2", "fact_journal": "某会议"}
    client.post(new_url(round_, "paper"), {**data, "fact_supervisor_first": "on"})
    claim = Claim.objects.get()
    assert claim.facts["supervisor_first"] == "true"
    assert str(claim.suggested_points) == "1.50"


def test_the_level_offers_what_its_item_has():
    student = whu_student()
    claim = whu_claim("draft", student=student, facts={**PAPER, "item": "人文社科中文期刊", "level": "CSSCI(核心版)"})

    form = ClaimForm(claim)

    assert [choice for choice, _label in form.fields["fact_level"].choices if choice][-1] == "中文核心期刊"
    assert form.fields["fact_level"].required


def test_an_item_without_levels_asks_for_none():
    claim = whu_claim("draft", facts={**PAPER, "item": "EI期刊", "level": ""})

    assert "fact_level" not in ClaimForm(claim).fields


def test_the_page_learns_that_the_options_have_changed():
    claim = whu_claim("draft")
    before = ClaimForm(claim).shown
    claim.facts = {**claim.facts, "item": "人文社科中文期刊", "level": ""}

    assert ClaimForm(claim).shown != before
