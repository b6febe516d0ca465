"""The printed form of a claim: what it says, how it looks, that it is the same file twice, who gets it."""

import io
import shutil
import subprocess

import pytest
from django.urls import reverse
from django.utils.translation import override
from PIL import Image, ImageChops

from credits.claim_form import in_pairs
from credits.models import Claim
from credits.pdf import claim_form_pdf, said_by_form
from credits.services.claims import Content, reopen_claim, save_claim, withdraw_claim
from credits.services.decisions import refuse_claim, return_claim
from credits.services.sanctions import file_appeal
from portal.enums import Role, Status
from portal.pdf import UnprintableText
from tests.builders import fresh, jpeg, make_claim, make_recognised, make_staff
from tests.experts import make_scored_claim
from tests.publicity import HEADING, end_period, issue, make_draft, publish, run_jobs
from tests.sanctions import FINDING, sanctioned
from tests.whu import PAPER, name_mates, settle, together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def loaded(claim):
    return Claim.objects.get(pk=claim.pk)


def form(claim):
    return claim_form_pdf(said_by_form(loaded(claim)))


def words_of(content):
    """Return what stands by itself on the paper, between blanks and line breaks."""
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode().split()


def text_of(content):
    """Return what the paper says, without the line breaks of its cells."""
    return "".join(words_of(content))


def page_of(content, number=1):
    picture = subprocess.run(
        ["pdftoppm", "-png", "-r", "60", "-f", str(number), "-l", str(number), "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return Image.open(io.BytesIO(picture.stdout)).convert("L")


def ink(picture):
    """Return the part of the page that is printed on."""
    dark = sum(picture.point(lambda shade: shade < 128).get_flattened_data())
    return dark / (picture.width * picture.height)


def address(claim):
    return reverse("credits:claim_form", args=[claim.pk])


# --- What it says ---


@needs_poppler
def test_the_form_says_who_what_how_and_with_which_attachments():
    claim = whu_claim("college", points="7")
    printed = words_of(form(claim))
    said = "".join(printed)
    student = claim.student
    for words in (
        "武汉大学创新学分申请表",
        claim.receipt_number,
        student.person.number,
        student.person.name,
        student.college.name,
        student.class_group.name,
        "评定类别学术论文类",
        "收录类别SCI、SSCI",
        "一区",
        PAPER["title"],
        PAPER["journal"].replace(" ", ""),
        PAPER["doi"],
        "申请学分7.0",
        "6.0–8.0",
        "《创新学分认定办法》第六条(一)",
        "本人承诺",
        "申报人签字",
    ):
        assert words in said, words
    pairs = [pair for line in said_by_form(loaded(claim))["facts"] for pair in line]
    assert ["第一作者单位（完成单位）是武汉大学", "是"] in pairs
    for evidence in claim.evidence.kept().select_related("file"):
        assert evidence.file.sha256[:16] in printed
        assert evidence.file.name in said
    named = [row["item"] for row in said_by_form(loaded(claim))["files"]]
    assert named == ["论文全文或首页，期刊封面与目录", "检索证明", "分区证明"]
    assert named[1] in said


@needs_poppler
def test_before_any_decision_the_stages_wait_for_their_signatures():
    said = text_of(form(whu_claim("college")))
    for words in ("学院初审", "学院教学秘书（签章）", "本科生院汇总", "本科生院（签章）", "评审委员会（签章）"):
        assert words in said, words
    assert "电子审核记录" not in said


def test_opinions_name_the_college_and_hide_experts_and_committee():
    office = whu_staff(Role.OFFICE, name="方敏")
    expert = whu_staff(Role.EXPERT, name="专家甲")
    claim = whu_claim("experts", office=office)
    settle(claim, "7", expert)
    rows = said_by_form(loaded(claim))["opinions"]
    by_stage = {row["stage"]: row for row in rows}
    assert by_stage["学院初审"]["by"] == "学院教学秘书 赵老师"
    assert (by_stage["学院初审"]["result"], by_stage["学院初审"]["text"]) == ("通过", "材料属实")
    assert by_stage["学院初审"]["at"]
    assert by_stage["本科生院汇总"]["by"] == "本科生院 方敏"
    assert by_stage["归口专家评分"]["by"] == "专家组"
    assert by_stage["归口专家评分"]["result"] == "1 位专家评分，中位数 7.0"
    assert by_stage["评审委员会评定"]["at"] == ""
    assert "专家甲" not in str(rows)


def test_the_number_of_experts_is_that_of_the_scores_that_made_the_median():
    claim = make_scored_claim("1", "2", "4")
    row = next(row for row in said_by_form(loaded(claim))["opinions"] if row["by"] == "专家组")
    assert row["result"] == "3 位专家评分，中位数 2.0"
    assert "专家甲" not in str(said_by_form(loaded(claim)))


@needs_poppler
def test_a_recognised_claim_prints_score_committee_publicity_and_notice():
    office = whu_staff(Role.OFFICE)
    claim = whu_claim("publicity", score="7", points="7", office=office)
    row = end_period(publish(make_draft(office=office), office))
    issue(row, office)
    run_jobs()
    said = text_of(form(claim))
    for words in ("评定分值7.0", "认定学分7.0", "委员会认定7.0", "评审委员会", f"已由{HEADING.number}", "审核通过"):
        assert words.replace(" ", "") in said, words


@needs_poppler
def test_while_it_is_publicised_the_form_says_so():
    office = whu_staff(Role.OFFICE)
    claim = whu_claim("publicity", office=office)
    publish(make_draft(office=office), office)
    assert "正在公示" in text_of(form(claim))


def test_the_team_is_printed_with_ranks_and_answers():
    lead = whu_claim("draft", facts=together(3))
    name_mates(lead, [(2, whu_student("陈思远"))], answer=False)
    team = said_by_form(loaded(lead))["team"]["members"]
    assert [(row["rank"], row["name"], row["state"]) for row in team] == [
        (1, "林一鸣", "牵头人"),
        (2, "陈思远", "待确认"),
    ]


def test_a_mates_form_has_the_mates_rank_and_the_leads_attachments_and_opinions():
    mate = whu_student("陈思远")
    lead = whu_claim("recognised", facts=together(2), mates=[(2, mate)], score="6")
    own = Claim.objects.get(student=mate)
    said, leads = said_by_form(own), said_by_form(loaded(lead))
    assert said["student"]["name"] == "陈思远"
    assert ["本人作者排位", "2"] in [pair for line in said["facts"] for pair in line]
    assert said["number"] == lead.receipt_number
    assert said["files"] == leads["files"]
    assert len(said["files"]) == 3
    assert [row["stage"] for row in said["opinions"]][:4] == [row["stage"] for row in leads["opinions"]][:4]


def test_a_lower_award_of_a_project_says_what_counts():
    student, office = whu_student(), whu_staff(Role.OFFICE)
    whu_claim("recognised", student=student, score="6", office=office)
    higher = whu_claim("recognised", student=student, score="8", points="8", office=office)
    said = said_by_form(loaded(higher))
    assert (said["recognised"], said["counted"]) == ("8.0", "2.0")


def test_what_is_written_again_prints_as_it_was_handed_in():
    claim = whu_claim("college", points="7")
    secretary = whu_staff(Role.SECRETARY)
    return_claim(claim, secretary, reason="请补充分区证明。", revision=None)
    before = said_by_form(loaded(claim))
    changed = {**PAPER, "level": "二区", "journal": "别的期刊"}
    save_claim(claim, fresh(claim.student.person), Content("改过的说明", changed, None), revision=None)
    after = said_by_form(loaded(claim))
    assert after == before
    assert (after["content"], after["range"], after["claimed"]) == ("城市内涝的遥感监测", "6.0–8.0", "7.0")
    assert after["opinions"][0]["result"] == "退回修改"


def test_a_refusal_and_a_cancellation_are_on_the_form():
    claim = whu_claim("college")
    refuse_claim(claim, whu_staff(Role.SECRETARY), reason="不属实。", revision=None)
    said = said_by_form(loaded(claim))
    assert (said["opinions"][0]["result"], said["recognised"]) == ("不予通过", "")
    cancelled = whu_claim("recognised", student=whu_student("别人"))
    row = sanctioned(cancelled)
    file_appeal(row, fresh(cancelled.student.person), words="有误。")
    said = said_by_form(loaded(cancelled))
    assert (said["status"], said["recognised"]) == ("已撤销", "")
    assert (said["opinions"][-1]["result"], said["opinions"][-1]["text"]) == ("查实取消", FINDING)


def test_a_scheme_without_a_title_of_its_own_takes_the_forms_word():
    claim = make_claim(Status.RECOGNISED)
    said = said_by_form(loaded(claim))
    assert said["title"] == claim.scheme_version.data.wording["claim_form"]
    assert [row["result"] for row in said["opinions"]] == ["通过 2.0", "通过 2.0"]


def test_short_facts_stand_two_to_a_line():
    rows = [["期刊", "长" * 13], ["日期", "2024-05-20"], ["DOI", "10.1016/j.rse.2024.01"], ["作者", "独立完成"]]
    assert [len(line) for line in in_pairs(rows)] == [1, 2, 1]


# --- How it looks ---


@needs_poppler
def test_the_form_fits_a_page_when_it_is_handed_in_and_prints_real_ink():
    content = form(whu_claim("college"))
    info = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "Pages:           1" in info
    assert "A4" in info
    assert 0.02 < ink(page_of(content)) < 0.2


@needs_poppler
def test_much_text_and_many_attachments_go_over_pages_and_nothing_is_lost():
    said = said_by_form(loaded(whu_claim("college")))
    said["content"] = "".join(f"第{number}条说明。\n" for number in range(90))
    said["files"] = [
        {"item": "检索证明", "name": f"扫描件_{number}.pdf", "size": "1.2 MB", "sha256": f"{number:016d}"}
        for number in range(60)
    ]
    content = claim_form_pdf(said)
    text = text_of(content)
    for words in (*(f"第{number}条说明。" for number in range(90)), *(file["sha256"] for file in said["files"])):
        assert words in text, words
    assert text.count("SHA-256（前16位）") > 1
    pages = text.count(f"受理编号{said['number']}{said['student']['name']}")
    assert f"{pages}/{pages}" in text


@needs_poppler
def test_another_name_is_other_ink():
    claim = whu_claim("college", student=whu_student("林一鸣"))
    one = page_of(form(claim))
    claim.student.person.name = "䶮𠮷㛃"
    claim.student.person.save()
    other = page_of(form(claim))
    assert ImageChops.difference(one, other).getbbox()


def test_the_same_claim_twice_is_the_same_file_in_any_language():
    claim = whu_claim("recognised")
    first = form(claim)
    with override("en"):
        assert form(claim) == first


def test_characters_that_no_font_has_are_named(sign_in):
    claim = whu_claim("college", student=whu_student("李\ue863"))
    with pytest.raises(UnprintableText):
        form(claim)
    answer = sign_in(claim.student).get(address(claim))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "U+E863" in html
    assert "怎么办" in html


# --- Who gets it ---


def test_the_owner_prints_it_from_the_claims_page(sign_in):
    claim = whu_claim("college")
    client = sign_in(claim.student)
    assert address(claim) in client.get(reverse("credits:claim", args=[claim.pk])).content.decode()
    answer = client.get(address(claim))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert claim.receipt_number in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")


def test_a_draft_has_no_form(sign_in):
    claim = whu_claim("draft")
    client = sign_in(claim.student)
    assert client.get(address(claim)).status_code == 404
    assert address(claim) not in client.get(reverse("credits:claim", args=[claim.pk])).content.decode()


def test_a_draft_again_has_no_form_though_it_was_handed_in_once(sign_in):
    claim = whu_claim("college")
    actor = fresh(claim.student.person)
    withdraw_claim(claim, actor, revision=None)
    assert sign_in(claim.student).get(address(claim)).status_code == 200
    reopen_claim(claim, actor, revision=None)
    assert sign_in(claim.student).get(address(claim)).status_code == 404


def test_what_an_office_recorded_has_no_form(sign_in):
    claim = make_recognised("1", category="innovation")
    assert sign_in(claim.student).get(address(claim)).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SECRETARY, 200),
        (Role.OFFICE, 200),
        (Role.COMMITTEE, 200),
        (Role.AUDITOR, 200),
        (Role.EXPERT, 404),
        (Role.ADMINISTRATOR, 404),
    ],
)
def test_staff_who_may_see_the_claim_print_it(sign_in, role, status):
    claim = whu_claim("college")
    client = sign_in(whu_staff(role))
    assert client.get(address(claim)).status_code == status
    if role == Role.SECRETARY:
        assert address(claim) in client.get(reverse("review:claim", args=[claim.pk])).content.decode()


def test_strangers_find_nothing_and_mates_find_the_leads_form(sign_in):
    mate = whu_student("陈思远")
    lead = whu_claim("college", facts=together(2), mates=[(2, mate)])
    for stranger in (whu_student("别人"), make_staff(Role.SECRETARY)):
        assert sign_in(stranger).get(address(lead)).status_code == 404
    assert sign_in(mate).get(address(lead)).status_code == 200
    assert sign_in(mate).get(address(Claim.objects.get(student=mate))).status_code == 200


@pytest.mark.parametrize("files", [1, 3])
def test_more_attachments_cost_no_more_questions(sign_in, django_assert_num_queries, files):
    evidence = [(jpeg(f"{place}.jpg", colour=(place, 90, 9)), "certificate") for place in range(files)]
    claim = make_claim(Status.IN_REVIEW, evidence=evidence)
    client = sign_in(claim.student)
    client.get(address(claim))
    with django_assert_num_queries(7):
        client.get(address(claim))
