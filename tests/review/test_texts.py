"""Texts of notices and mails: worded by the office, previewed, refused, brought back."""

import datetime

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from conversion.services.decisions import approve_application, return_application
from credits.models import NoticeText, Scheme
from credits.notices import tell_student
from credits.services.texts import LONGEST_TEXT, reset_text, word_text
from credits.services.waivers import Wish, grant_waiver
from credits.texts import filled, shown, text_kind, text_kinds, worded
from portal.enums import Role, Status
from portal.models import Event, Mail, Notice
from portal.workflow import NotAllowed
from review.models import Meeting, PublicityList
from review.publicity.telling import tell_students
from review.services.meetings import _tell as tell_of_meeting
from tests.builders import cover, get_version, make_application, make_claim, make_round, make_staff, make_student

CLAIM = text_kind("claim")


@pytest.fixture
def office(db):
    return make_staff(Role.OFFICE)


@pytest.fixture
def scheme(office):
    return get_version().scheme


def notices():
    return list(Notice.objects.order_by("pk").values_list("title", "text"))


@pytest.mark.parametrize("code", [kind.code for kind in text_kinds()])
def test_the_portals_own_words_hold_known_placeholders_and_their_preview_fills_each(code, scheme, office):
    kind = text_kind(code)
    assert (
        word_text(scheme, kind, office, title=shown(kind, str(kind.title)), text=shown(kind, str(kind.text))) is False
    )
    title, text = worded(scheme.pk, code, kind.samples)
    for word in kind.words:
        assert str(word.sample) in title + text
    assert "{" not in title + text


def test_an_offices_words_are_those_of_notice_and_mail_of_its_scheme_alone(scheme, office):
    other = Scheme.objects.create(code="other", name="另一办法")
    word_text(scheme, CLAIM, office, title="【{审核状态}】{类别}", text="您的“{具体内容}”：{审核意见}")
    claim = make_claim(Status.RETURNED, student=make_student(email="li@example.org"), content="省级二等奖")
    Notice.objects.all().delete()
    tell_student(claim, office, reason="缺 {盖章} 页")
    assert notices() == [("【退回修改】学科竞赛", "您的“省级二等奖”：缺 {盖章} 页")]
    mail = Mail.objects.get()
    assert (mail.subject, mail.text.splitlines()[0]) == notices()[0]
    assert worded(other.pk, "claim", CLAIM.samples)[0] == "示例类别申报：退回修改"


def test_conversions_publicity_and_meetings_are_told_in_the_offices_words(scheme, office):
    reword = {
        "conversion": ("{课程名称}，{审核状态}", "成绩 {成绩}\n{审核意见}"),
        "meeting": ("开会：{会议名称}", "{会议地点}，{会议时间}"),
        "unpublicised": ("撤下：{公示名单}", "改好再公示。"),
    }
    for code, (title, text) in reword.items():
        word_text(scheme, text_kind(code), office, title=title, text=text)
    secretary = make_staff(Role.SECRETARY)
    application = make_application(Status.IN_REVIEW)
    Notice.objects.all().delete()
    return_application(application, secretary, reason="请补充理由。", revision=None)
    assert notices() == [(f"{application.course.name}，退回修改", f"成绩 {application.grade}\n请补充理由。")]
    meeting = Meeting(pk=1, scheme=scheme, title="第一次会议", held_at=timezone.now(), place="一号楼")
    tell_of_meeting(meeting, [office], "meeting")
    tell_students([application], PublicityList(scheme=scheme), "unpublicised", {"list": "名单一"})
    at = f"{timezone.localtime(meeting.held_at):%Y-%m-%d %H:%M}"
    assert notices()[1:] == [("开会：第一次会议", f"一号楼，{at}"), ("撤下：名单一", "改好再公示。")]


def test_what_follows_an_approval_stands_in_its_notice_and_nothing_empty(scheme, office):
    application = make_application(Status.IN_REVIEW)
    Notice.objects.all().delete()
    approve_application(application, make_staff(Role.SECRETARY), revision=None)
    title, text = notices()[0]
    assert title == f"{application.course.name}转换申请：审核通过"
    assert (
        text
        == f"转换 {application.total.normalize():.1f} 分，成绩{application.grade}\n请打印申请表，签字后交学院留存备案。"
    )


def test_a_line_without_anything_to_say_is_left_out():
    text = "{content}\n{points}\n以上。\n{reason}"
    assert filled(text, {"content": "一等奖", "reason": ""}) == "一等奖\n以上。"


@pytest.mark.parametrize(
    ("title", "text", "field", "words"),
    [
        ("{类别}{学号}", "", "title", "{学号}"),
        ("标题", "{status.__class__}", "text", "{status.__class__}"),
        ("标题", "{0}", "text", "{0}"),
        ("标题", "{}", "text", "{}"),
        ("标题", "{类别", "text", "成对"),
        (" ", "内容", "title", "请填写"),
        ("长" * 121, "", "title", "最多"),
        ("标题", "长" * (LONGEST_TEXT + 1), "text", "最多"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(scheme, office, title, text, field, words):
    with pytest.raises(ValidationError) as refused:
        word_text(scheme, CLAIM, office, title=title, text=text)
    assert words in " ".join(refused.value.message_dict[field])
    assert not NoticeText.objects.exists()


def test_a_change_and_the_way_back_are_on_the_trail(scheme, office):
    assert word_text(scheme, CLAIM, office, title="{审核状态}", text="")
    assert not word_text(scheme, CLAIM, office, title="{审核状态}", text="")
    assert reset_text(scheme, CLAIM, office)
    assert not reset_text(scheme, CLAIM, office)
    changed, restored = Event.objects.filter(subject_kind="notice_text").order_by("pk")
    assert (changed.verb, changed.scheme_code, changed.after["title"]) == ("change", scheme.code, "{status}")
    assert (restored.verb, restored.before["title"], restored.after["title"]) == (
        "restore",
        "{status}",
        "{category}申报：{status}",
    )
    assert worded(scheme.pk, "claim", CLAIM.samples)[0] == "示例类别申报：退回修改"


def test_only_the_office_of_the_scheme_words(scheme):
    for stranger in (make_staff(Role.SECRETARY), make_staff(Role.OFFICE, scheme="whu"), make_staff(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            word_text(scheme, CLAIM, stranger, title="x", text="")
        with pytest.raises(NotAllowed):
            reset_text(scheme, CLAIM, stranger)


def test_a_waiver_is_told_in_the_offices_words(scheme, office):
    student, round_ = make_student(), make_round(closes=-1)
    cover(scheme, student.college)
    word_text(scheme, text_kind("waiver"), office, title="特批：{延期至}", text="{活动名称}（{理由}）")
    until = timezone.now() + datetime.timedelta(days=3)
    grant_waiver(round_, office, Wish(who=student.person.number, until=until, reason="住院"))
    assert notices() == [(f"特批：{timezone.localtime(until):%Y-%m-%d %H:%M}", f"{round_.name}（住院）")]


def test_warm_texts_cost_no_question(scheme, django_assert_num_queries):
    worded(scheme.pk, "claim", {})
    with django_assert_num_queries(0):
        worded(scheme.pk, "drafts", {})


def test_the_page_previews_without_keeping_then_keeps(scheme, office, client):
    client.force_login(office)
    address = reverse("review:text_edit", args=[scheme.code, "claim"])
    page = client.get(address).content.decode()
    assert "{类别}申报：{审核状态}" in page
    assert "示例类别申报：退回修改" in page
    form = {"title": "【{审核状态}】{类别}", "text": "{审核意见}"}
    page = client.post(address, {**form, "action": "preview"}).content.decode()
    assert "【退回修改】示例类别" in page
    assert not NoticeText.objects.exists()
    refused = client.post(address, {**form, "title": "{学号}"})
    assert refused.status_code == 422
    assert "没有这样的占位符" in refused.content.decode()
    assert client.post(address, {**form, "action": "save"}).status_code == 302
    assert "【{审核状态}】{类别}" in client.get(reverse("review:texts")).content.decode()
    client.post(reverse("review:text_reset", args=[scheme.code, "claim"]))
    assert not NoticeText.objects.exists()
    assert client.get(reverse("review:text_edit", args=[scheme.code, "nothing"])).status_code == 404
    assert client.get(reverse("review:text_edit", args=["nothing", "claim"])).status_code == 404


def test_a_title_is_one_line_and_never_empty(scheme, office):
    word_text(scheme, CLAIM, office, title="{认定结果}\r\nBcc: all@example.org", text="")
    assert NoticeText.objects.get().title == "{points} Bcc: all@example.org"
    word_text(scheme, CLAIM, office, title="{认定结果}", text="")
    assert worded(scheme.pk, "claim", {"category": "学科竞赛", "status": "退回修改"})[0] == "学科竞赛申报：退回修改"


def test_what_others_read_before_a_change_was_stored_is_dropped_when_it_is(
    scheme, office, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        word_text(scheme, CLAIM, office, title="新：{类别}", text="")
        cache.set(f"notice-texts-{scheme.pk}", {"claim": ("旧", "旧")})
    assert worded(scheme.pk, "claim", CLAIM.samples)[0] == "新：示例类别"
