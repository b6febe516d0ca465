"""Who may do what with a claim; every rule answers with a ``Verdict``."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from credits.eligibility import bar_of
from credits.enums import AppealState, Channel, MemberState
from credits.impartiality import free_as_deputy
from credits.models import Claim, ClaimEvent, Coverage, Lot, Member, Round, Sanction, Scheme
from credits.stages import BY_ONE, stage_of
from credits.waivers import is_open_to, reviewers_may_act
from credits.windows import closing_reason
from portal.enums import Role, Status
from portal.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.models import Category
    from portal.models import Person, Student

# What one reviewer decides alone, and how long it may be taken back; the student's notice leaves after that.
DECISIONS = frozenset({"approve", "return", "refuse"})
UNDO_WITHIN = datetime.timedelta(seconds=10)
NOT_YOURS = Verdict.no(_("这不是你的申报。"))
FOLLOWS = Verdict.no(_("团队成果由牵头人填写和提交，你的申报随牵头人办理。"))
RECORDED = Verdict.no(_("该记录由主管部门录入，不能修改。"))


def can_claim(person: Person, round_: Round, category: Category, student: Student | None = None) -> Verdict:
    """Whether the student may file a claim of the category in the round now."""
    student = student or getattr(person, "student", None)
    if student is None or student.person_id != person.pk or not student.on_roll:
        return Verdict.no(_("只有在籍学生可以申报。"))
    if category.channel != Channel.STUDENT:
        return Verdict.no(_("该类别由主管部门录入，无需申报。"))
    if not Coverage.objects.of(student).filter(scheme_id=round_.scheme_id).exists():
        return Verdict.no(_("你所在的学院和年级不适用该办法。"))
    if (bar := bar_of(student, round_.scheme)) is not None:
        return barred(bar)
    return _takes(round_, category, student)


def _takes(round_: Round, category: Category, student: Student) -> Verdict:
    if not round_.is_published or not round_.categories.filter(pk=category.pk).exists():
        return Verdict.no(_("该活动没有开放这个类别。"))
    if not is_open_to(round_, student, student.cohort):
        return Verdict.no(closing_reason(round_, Role.STUDENT, student.cohort))
    return Verdict.yes(Role.STUDENT)


def can_edit(person: Person, claim: Claim) -> Verdict:
    """Whether the person may change the content or the evidence: the owner, while it is a draft or was returned."""
    if not _owns(person, claim):
        return NOT_YOURS
    if claim.follows_lead:
        return FOLLOWS
    if claim.channel != Channel.STUDENT:
        return RECORDED
    return Verdict.yes(Role.STUDENT)


def can_submit(person: Person, claim: Claim) -> Verdict:
    """Whether the person may hand in now.

    Drafts until the students' deadline or that of a waiver, returned claims while reviewers work.
    """
    verdict = can_edit(person, claim)
    if not verdict or claim.round is None:
        return verdict
    if not claim.student.on_roll:
        return Verdict.no(_("只有在籍学生可以申报。"))
    if claim.scheme_version.data.sanction is not None and (bar := bar_of(claim.student, claim.scheme)) is not None:
        return barred(bar)
    if is_open_to(claim.round, claim.student, claim.cohort):
        return verdict
    if claim.status == Status.RETURNED and reviewers_may_act(claim, Role.SECRETARY):
        return verdict
    return Verdict.no(closing_reason(claim.round, Role.STUDENT, claim.cohort))


def can_withdraw(person: Person, claim: Claim) -> Verdict:
    """Whether the person may take a pending claim back."""
    return can_edit(person, claim)


def can_review(person: Person, claim: Claim) -> Verdict:
    """Whether the person decides the claim's present stage: role and scope of an appointment, never the own claim."""
    stage = stage_of(claim.scheme_version, claim.stage)
    if stage is None:
        return Verdict.no(_("该申报不在审核环节。"))
    if stage.acts not in BY_ONE:
        return Verdict.no(_("该环节由指定的专家评分。") if stage.acts == "score" else _("该环节由评审委员会会议审定。"))
    if not (free := _decidable(person, claim)):
        return free
    if not _reaches(person, claim, [stage.role]):
        return Verdict.no(_("该环节由其他部门审核。"))
    if claim.round and not reviewers_may_act(claim, stage.role):
        return Verdict.no(closing_reason(claim.round, stage.role, claim.cohort))
    return Verdict.yes(stage.role)


def can_undo(person: Person, claim: Claim) -> Verdict:
    """Whether the person may take back the last decision: one's own, within seconds, while nothing came after it.

    What experts score and the committee decides in session is not one person's to take back.
    """
    decision = last_event(claim)
    if decision is None or decision.verb not in DECISIONS or decision.actor_id != person.pk:
        return Verdict.no(_("之后已有新的操作，不能撤回。"))
    stage = stage_of(claim.scheme_version, decision.from_state.partition(":")[2])
    if stage is None or stage.acts not in BY_ONE or stage.role != decision.actor_role:
        return Verdict.no(_("这个决定不能撤回。"))
    if timezone.now() - decision.at > UNDO_WITHIN:
        return Verdict.no(_("撤回时限已过，决定已经发出。"))
    if not (free := _decidable(person, claim)):
        return free
    return _reaches(person, claim, [stage.role]) or Verdict.no(_("该环节由其他部门审核。"))


def last_event(claim: Claim) -> ClaimEvent | None:
    """Return what was done last with a claim."""
    return ClaimEvent.objects.filter(subject=claim).order_by("-pk").first()


def can_take_back(person: Person, claim: Claim, code: str) -> Verdict:
    """Whether the person may take back what was decided in a stage: who decides it, at any time, never on the own."""
    stage = stage_of(claim.scheme_version, code)
    if stage is None or not (free := _decidable(person, claim)):
        return free if stage else Verdict.no(_("该申报不在审核环节。"))
    return _reaches(person, claim, [stage.role]) or Verdict.no(_("该环节由其他部门审核。"))


def can_revoke(person: Person, claim: Claim) -> Verdict:
    """Whether the person may cancel a recognition: the scheme's office, while none of the points is used."""
    if not holds_office(person, claim.scheme):
        return Verdict.no(_("只有主管部门可以撤销认定。"))
    if not (free := free_as_deputy(person, claim)):
        return free
    lot = Lot.objects.filter(claim=claim).first()
    if lot is not None and (lot.held or lot.consumed):
        return Verdict.no(_("该积分已被转换申请占用或使用，请先处理相关转换申请。"))
    return Verdict.yes(Role.OFFICE)


def can_answer(person: Person, claim: Claim) -> Verdict:
    """Whether the person may confirm or dispute being a member of the team that the claim leads."""
    student_id = person.standing.student_id or 0
    named = Member.objects.filter(achievement__lead=claim, student_id=student_id).exclude(state=MemberState.EXCLUDED)
    if not student_id or _owns(person, claim) or not named.exists():
        return Verdict.no(_("你不在该团队的成员名单中。"))
    return Verdict.yes(Role.STUDENT)


def can_exclude(person: Person, claim: Claim) -> Verdict:
    """Whether the person may leave a member out: the lead while writing, then who reviews the present stage."""
    return can_edit(person, claim) if claim.is_editable else can_review(person, claim)


def can_share(person: Person, claim: Claim) -> Verdict:
    """Whether the person may choose how a team's points are shared: who reviews the present stage, or the office.

    On the lead's claim, which the whole team's follow, and never on the own one.
    """
    return _decidable(person, claim) and _office_or_reviewer(person, claim)


def can_join(person: Person, claim: Claim) -> Verdict:
    """Whether the person may judge two claims to be one project: who reviews the present stage, or the office."""
    if _owns(person, claim):
        return Verdict.no(_("不能审核自己的申报。"))
    return _office_or_reviewer(person, claim)


def can_dismiss(person: Person, claim: Claim) -> Verdict:
    """Whether the person may judge a likeness of the claim to be a false alarm: who reviews it now, or the office."""
    return _decidable(person, claim) and _office_or_reviewer(person, claim)


def can_confirm(person: Person, claim: Claim) -> Verdict:
    """Whether the person may enter the committee's decision: the committee or its office, never on the own claim."""
    stage = stage_of(claim.scheme_version, claim.stage)
    if stage is None or stage.acts != "confirm":
        return Verdict.no(_("该申报不在委员会审定环节。"))
    if not (free := _decidable(person, claim)):
        return free
    if _reaches(person, claim, [stage.role, Role.OFFICE]):
        return Verdict.yes(stage.role)
    return Verdict.no(_("该环节由评审委员会会议审定。"))


def can_settle_publicity(person: Person, claim: Claim) -> Verdict:
    """Whether the person may correct, strike or put into effect what was publicised: the scheme's office."""
    if _owns(person, claim) or not holds_office(person, claim.scheme):
        return Verdict.no(_("只有主管部门可以处理公示结果。"))
    return Verdict.yes(Role.OFFICE)


def can_sanction(person: Person, claim: Claim) -> Verdict:
    """Whether the person may cancel a claim for fraud: the scheme's office, once, never on the own claim."""
    if _owns(person, claim) or not holds_office(person, claim.scheme):
        return Verdict.no(_("只有主管部门可以作出违规处理。"))
    if claim.scheme_version.data.sanction is None:
        return Verdict.no(_("该办法没有规定违规处理，请使用“撤销认定”。"))
    if claim.follows_lead and claim.status == Status.IN_REVIEW:
        return Verdict.no(_("审核中的团队成果随牵头人的申报一并处理。"))
    if Sanction.objects.filter(claim=claim).exists():
        return Verdict.no(_("该申报已经作出过违规处理，申诉成立后不能再次处理。"))
    return Verdict.yes(Role.OFFICE)


def can_answer_appeal(person: Person, sanction: Sanction) -> Verdict:
    """Whether the person may answer an appeal, and decide what was converted with the item: the scheme's office."""
    if sanction.student_id == person.standing.student_id or not holds_office(person, sanction.scheme):
        return Verdict.no(_("只有主管部门可以处理申诉。"))
    return Verdict.yes(Role.OFFICE)


def can_appeal(person: Person, sanction: Sanction, at: datetime.datetime | None = None) -> Verdict:
    """Whether the person may appeal: the student concerned, once, until the appeal's last moment."""
    if sanction.student_id != person.standing.student_id:
        return Verdict.no(_("只有当事学生可以申诉。"))
    if sanction.appeal_state != AppealState.NONE:
        return Verdict.no(_("已经提出过申诉。"))
    if (at or timezone.now()) > sanction.appeal_until:
        until = date_format(timezone.localtime(sanction.appeal_until), "Y-m-d H:i")
        return Verdict.no(format_lazy(_("申诉期已于 {until} 结束。"), until=until))
    return Verdict.yes(Role.STUDENT)


def can_keep_rounds(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may open and change rounds of the scheme."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以管理活动。"))


def can_keep_library(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may keep the scheme's achievement library and answer requests for it."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以管理成果库。"))


def can_keep_drafts(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may draft, replay and publish versions of the scheme."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以修订办法。"))


def can_rule(person: Person, claim: Claim) -> Verdict:
    """Whether the person may put the committee's decision on an achievement off the table on record as a ruling."""
    if not claim.scheme_version.data.category(claim.category.code).off_table:
        return Verdict.no(_("办法的分值表已列出该项目，不需要另行认定。"))
    if claim.status not in {Status.PUBLICITY, Status.RECOGNISED}:
        return Verdict.no(_("委员会审定通过后才能登记认定。"))
    if not (free := _decidable(person, claim)):
        return free
    reaches = _reaches(person, claim, [Role.COMMITTEE, Role.OFFICE])
    return reaches or Verdict.no(_("只有评审委员会及其办公室可以登记认定。"))


def can_ask_library(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may ask for a competition to be taken into the library: a student whom the scheme covers."""
    student = getattr(person, "student", None)
    if student is None or not student.on_roll:
        return Verdict.no(_("只有在籍学生可以提出入库申请。"))
    if not Coverage.objects.of(student).filter(scheme=scheme).exists():
        return Verdict.no(_("你所在的学院和年级不适用该办法。"))
    return Verdict.yes(Role.STUDENT)


def can_keep_reader_keys(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may give programs keys to the scheme's records and take them back."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以管理读取密钥。"))


def can_record(person: Person, category: Category) -> Verdict:
    """Whether the person may record achievements of an office-recorded category: its owner unit, or the office."""
    if category.channel != Channel.OFFICE:
        return Verdict.no(_("该类别由学生申报，不能导入。"))
    for power in person.standing.powers_as([Role.OFFICE, Role.OWNER_UNIT]):
        if (not power.scheme_code or power.scheme_code == category.scheme.code) and (
            power.role == Role.OFFICE or power.category_code in {"", category.code}
        ):
            return Verdict.yes(power.role)
    return Verdict.no(_("该类别由其他部门录入。"))


def holds_office(person: Person, scheme: Scheme) -> bool:
    """Whether the person is the academic office for the scheme."""
    return any(not p.scheme_code or p.scheme_code == scheme.code for p in person.standing.powers_as([Role.OFFICE]))


def barred(bar: Sanction) -> Verdict:
    """Say why and until when, the last day included, a sanction keeps the student from claiming."""
    if bar.barred_until is None:
        return Verdict.no(format_lazy(_("因违规处理（{measure}），你目前不能申报。"), measure=bar.measure))
    until = date_format(bar.barred_until, "Y-m-d")
    text = _("因违规处理（{measure}），你不能申报，到 {until}（含）为止。")
    return Verdict.no(format_lazy(text, measure=bar.measure, until=until))


def _office_or_reviewer(person: Person, claim: Claim) -> Verdict:
    return Verdict.yes(Role.OFFICE) if holds_office(person, claim.scheme) else can_review(person, claim)


def _decidable(person: Person, claim: Claim) -> Verdict:
    """Whether anybody but the owner could decide the claim by itself: a mate's claim goes with the lead's."""
    if _owns(person, claim):
        return Verdict.no(_("不能审核自己的申报。"))
    if claim.follows_lead:
        return Verdict.no(_("团队成员的申报随牵头人的申报一并审核。"))
    return free_as_deputy(person, claim)


def _reaches(person: Person, claim: Claim, roles: Iterable[str]) -> Verdict:
    """Whether an appointment of one of these roles reaches the claim; its role is the verdict's."""
    for power in person.standing.powers_as(roles):
        if claim.within(power):
            return Verdict.yes(power.role)
    return Verdict.no("")


def _owns(person: Person, claim: Claim) -> bool:
    return claim.student_id == person.standing.student_id
