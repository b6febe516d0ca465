"""Returns pinned to a field, a proof or a page: what they say, what they open, and what stays locked."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from credits.amending import with_dependents
from credits.evaluation import PackError, parse_pack
from credits.models import Claim, ClaimEvent, ReturnFlag
from credits.places import FACT
from credits.services.claims import Content, attach_evidence, detach_evidence, save_claim, submit_claim
from credits.services.decisions import Flag, return_claim
from credits.services.teams import Mate, name_team
from portal.enums import Role, Status
from portal.models import Notice
from portal.workflow import StaleSubject
from tests.builders import FACTS, PACKS, fresh, get_version, jpeg, make_claim, make_staff, pdf
from tests.whu import together, whu_claim, whu_staff, whu_student

AWARD = Flag("fact_award", code="mismatch")


@pytest.fixture
def claim(db):
    return make_claim(Status.IN_REVIEW, evidence=[(pdf(), "certificate"), (jpeg("现场.jpg"), "")])


def sent_back(claim, *flags, reason=""):
    secretary = make_staff(Role.SECRETARY, college=claim.college)
    return return_claim(claim, secretary, reason=reason, flags=flags, revision=claim.revision)


def written(claim, *, points="2", content=None, reason="", **facts):
    return Content(content or claim.content, {**FACTS, **facts}, Decimal(points), reason)


def refused(claim, content):
    with pytest.raises(ValidationError) as caught:
        save_claim(claim, fresh(claim.student.person), content, revision=None)
    return set(caught.value.message_dict)


@pytest.mark.parametrize("pack", ["bit", "whu", "whu-2010"])
def test_each_pack_lists_reasons_for_fields_files_and_the_whole(pack):
    data = parse_pack((PACKS / f"{pack}.toml").read_text(encoding="utf-8"), pack)
    assert {about for reason in data.return_reasons for about in reason.about} == {"field", "file", "whole"}


def test_a_reason_twice_or_about_nothing_known_is_named_with_its_line():
    text = (PACKS / "bit.toml").read_text(encoding="utf-8")
    twice = text.replace('code = "unreadable"', 'code = "missing"')
    with pytest.raises(PackError, match=r"return_reason\[2\].code"):
        parse_pack(twice, "bit.toml")
    with pytest.raises(PackError, match=r"return_reason\[1\].about.*file"):
        parse_pack(text.replace('about = ["file"]', 'about = ["files"]', 1), "bit.toml")


def test_a_return_keeps_its_flags_and_says_them(claim):
    certificate = claim.evidence.get(item="certificate")
    flags = [AWARD, Flag(evidence=certificate.pk, page=1, words="盖章看不清"), Flag(code="duplicate")]
    sent_back(claim, *flags, reason="请尽快修改")
    event = ClaimEvent.objects.get(subject=claim, verb="return")
    assert [flag.kind for flag in event.flags.order_by("pk")] == ["field", "file", "whole"]
    assert event.after["words"] == "请尽快修改"
    assert event.after["flags"] == [
        {"kind": "field", "field": "fact_award", "code": "mismatch"},
        {"kind": "file", "evidence": certificate.pk, "file": "certificate.pdf", "page": 1, "words": "盖章看不清"},
        {"kind": "whole", "code": "duplicate"},
    ]
    lines = [
        "请尽快修改",
        "奖项：与证明材料不一致",
        "certificate.pdf 第 1 页：盖章看不清",
        "整份申报：与已申报的成果重复",
    ]
    assert event.reason.splitlines()[0] == lines[0]
    assert event.reason.splitlines()[1].endswith("：与证明材料不一致")
    assert event.reason.splitlines()[2:] == lines[2:]
    assert event.reason in Notice.objects.get(person=claim.student.person).text


def test_flags_alone_are_reason_enough_and_nothing_is_not(claim):
    with pytest.raises(ValidationError, match="请填写理由"):
        sent_back(claim)
    assert sent_back(claim, AWARD).status == Status.RETURNED


def bad_flags(claim):
    """Return what cannot be pointed at, each with a part of the message."""
    other = make_claim(Status.IN_REVIEW)
    certificate, photo = claim.evidence.get(item="certificate"), claim.evidence.get(item="")
    return [
        (Flag("fact_nonsense", words="错"), "没有“fact_nonsense”"),
        (Flag("fact_rank", words="错"), "没有“fact_rank”"),  # asked of teams only
        (Flag(evidence=other.evidence.get().pk, words="错"), "不是这份申报"),
        (Flag(evidence=certificate.pk, page=2, words="错"), "共 1 页，没有第 2 页"),
        (Flag(evidence=photo.pk, page=0, words="错"), "共 1 页，没有第 0 页"),
        (Flag("content"), "请选择或填写理由"),
        (Flag("content", code="nonsense"), "没有列出"),
        (Flag("content", words="长" * 301), "不能超过 300"),
    ]


def test_what_cannot_be_pointed_at_is_refused_by_name_and_nothing_changes(claim):
    for flag, message in bad_flags(claim):
        with pytest.raises(ValidationError) as caught:
            sent_back(claim, AWARD, flag)
        assert message in "".join(caught.value.message_dict["flags"]), flag
    with pytest.raises(ValidationError, match="重复标注"):
        sent_back(claim, AWARD, AWARD)
    claim.refresh_from_db()
    assert claim.status == Status.IN_REVIEW
    assert not ReturnFlag.objects.exists()


def test_the_database_itself_refuses_flags_that_point_at_two_things_or_say_nothing(claim):
    event, evidence = claim.events.last(), claim.evidence.first()
    for row in (
        {"kind": "field", "field": "content", "evidence": evidence, "words": "错"},
        {"kind": "file", "words": "错"},
        {"kind": "whole", "page": 1, "words": "错"},
        {"kind": "field", "field": "content"},
        {"kind": "file", "evidence": evidence, "page": 0, "words": "错"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReturnFlag.objects.create(event=event, **row)


def test_two_reviewers_at_one_claim_the_second_is_too_late(claim):
    sent_back(claim, AWARD)
    seen = claim.revision - 1
    with pytest.raises(StaleSubject):
        return_claim(claim, make_staff(Role.SECRETARY, college=claim.college), flags=[AWARD], revision=seen)
    assert ReturnFlag.objects.count() == 1


def test_only_what_was_flagged_opens_and_the_points_that_hang_on_it(claim):
    sent_back(claim, AWARD)
    assert refused(claim, written(claim, content="别的内容")) == {"content"}
    assert refused(claim, written(claim, level="国家级")) == {"fact_level"}
    save_claim(claim, fresh(claim.student.person), written(claim, award="三等奖", points="1.5"), revision=None)
    claim.refresh_from_db()
    assert (claim.facts["award"], claim.claimed_points) == ("三等奖", Decimal("1.5"))
    submit_claim(claim, fresh(claim.student.person), revision=None)
    assert claim.status == Status.IN_REVIEW


def test_words_alone_do_not_open_the_points(claim):
    sent_back(claim, Flag("content", words="写全称"))
    assert refused(claim, written(claim, content="全称", points="1")) == {"claimed_points"}


def test_what_a_flagged_field_governs_opens_with_it(claim):
    sent_back(claim, Flag("fact_form", words="是团队作品"))
    changed = written(claim, form="团队", rank="1", team_size="3")
    save_claim(claim, fresh(claim.student.person), changed, revision=None)
    claim.refresh_from_db()
    assert claim.facts["team_size"] == "3"


def test_a_return_without_flags_and_one_of_the_whole_open_everything(claim):
    sent_back(claim, AWARD, Flag(words="请全部核对"))
    save_claim(claim, fresh(claim.student.person), written(claim, content="别的", level="国家级"), revision=None)
    assert claim.content == "别的"
    assert make_claim(Status.RETURNED).is_editable


def test_files_that_nobody_flagged_stay_and_a_flagged_one_can_be_replaced(claim):
    certificate, photo = claim.evidence.get(item="certificate"), claim.evidence.get(item="")
    sent_back(claim, Flag(evidence=certificate.pk, code="unreadable"))
    actor = fresh(claim.student.person)
    with pytest.raises(ValidationError, match="不能移除"):
        detach_evidence(photo, actor)
    with pytest.raises(ValidationError, match="不能上传"):
        attach_evidence(claim, actor, jpeg("另一张.jpg", colour=(1, 2, 3)))
    detach_evidence(certificate, actor)
    better = attach_evidence(claim, actor, pdf("清晰.pdf", pages=2), item="certificate")
    detach_evidence(better, actor)  # one's own slip can be taken back
    assert refused(claim, written(claim, award="一等奖")) == {"fact_award"}


def test_what_the_rules_miss_is_open_although_nobody_flagged_it(claim):
    sent_back(claim, Flag("content", words="写全称"))
    type(claim).objects.filter(pk=claim.pk).update(facts={k: v for k, v in FACTS.items() if k != "award"})
    claim.refresh_from_db()
    save_claim(claim, fresh(claim.student.person), written(claim, award="二等奖"), revision=None)
    assert claim.facts["award"] == "二等奖"


def test_the_second_return_counts_not_the_first(claim):
    sent_back(claim, AWARD)
    submit_claim(claim, fresh(claim.student.person), revision=None)
    sent_back(claim, Flag("content", words="写全称"))
    assert refused(claim, written(claim, award="一等奖")) == {"fact_award"}


def test_a_team_is_named_anew_only_where_the_return_asks_for_it(db):
    claim = whu_claim("college", facts=together(3), mates=[(2, whu_student("队员"))])
    secretary, owner = whu_staff(Role.SECRETARY), fresh(claim.student.person)
    mates = [Mate(rank=2, number=whu_student("后来的").person.number)]
    return_claim(claim, secretary, flags=[Flag("content", code="wording")], revision=None)
    with pytest.raises(ValidationError, match="没有要求修改团队成员"):
        name_team(claim, owner, [*mates], revision=None)
    mate = Claim.objects.get(membership__achievement__lead=claim, follows_lead=True)
    assert mate.status == Status.RETURNED
    assert "填写不准确或不规范" in mate.events.last().reason
    submit_claim(claim, owner, revision=None)
    return_claim(claim, secretary, flags=[Flag("team", words="缺一人")], revision=None)
    name_team(claim, owner, mates, revision=None)
    assert claim.achievement.members.get(rank=2).name == "后来的"


def test_a_flagged_entry_of_the_library_opens_what_it_gives(db):
    rules = get_version("whu").data.category("competition")
    entry = next(each for each in rules.fields if each.kind == "library")
    opened = with_dependents(rules, {FACT + entry.name})
    given = {FACT + each.name for each in rules.fields if each.asked_of == "library"}
    assert given < opened
    assert {"claimed_points", "points_reason"} < opened
    assert "content" not in opened
