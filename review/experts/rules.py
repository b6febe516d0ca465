"""Who may assign experts, score, abstain, declare a conflict of interest, and deliver a college's first review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from credits.enums import RoundState
from credits.rules import holds_office
from credits.services.judging import score_range
from credits.waivers import reviewers_may_act
from credits.windows import closing_reason, round_state
from portal.enums import Role
from portal.verdict import Verdict
from review.experts.conflicts import reasons, ties
from review.experts.pool import judges_of, matter_of
from review.experts.routing import scores_now
from review.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from credits.models import Claim, Round, Scheme
    from portal.models import College, Person
    from portal.standing_types import Power
    from review.experts.collating import Row

NOT_YOURS = Verdict.no(_("这不是分配给您的评审任务。"))
OPEN_STATES = frozenset({AssignmentState.WAITING, AssignmentState.SCORED})


def can_assign(person: Person, claim: Claim) -> Verdict:
    """Whether the person may give the claim to experts: its category's owner unit, or the scheme's office."""
    if not scores_now(claim):
        return Verdict.no(_("该申报不在专家评分环节。"))
    if claim.student_id == person.standing.student_id:
        return Verdict.no(_("不能处理自己的申报。"))
    for power in person.standing.powers_as([Role.OWNER_UNIT, Role.OFFICE]):
        if _reaches(power, claim):
            if claim.round and not reviewers_may_act(claim, power.role):
                return Verdict.no(closing_reason(claim.round, power.role, claim.cohort))
            return Verdict.yes(power.role)
    return Verdict.no(_("该类别的专家由归口单位或主管部门分配。"))


def can_score(person: Person, task: Assignment, claim: Claim) -> Verdict:
    """Whether the expert may score (again): an own task that is open, no conflict of interest, a range to score in."""
    verdict = _can_answer(person, task, claim)
    if not verdict:
        return verdict
    if found := ties(judges_of([person], claim.scheme)[person.pk], matter_of(claim)):
        return Verdict.no(format_lazy(_("存在利益关系（{why}），不能评分，请回避。"), why=reasons(found)))
    if score_range(claim) is None:
        return Verdict.no(_("按规则该申报没有可评定的分值范围，请联系分配任务的部门。"))
    return verdict


def can_abstain(person: Person, task: Assignment, claim: Claim) -> Verdict:
    """Whether the expert may abstain: an own task that is open, scored or not, until the result is settled."""
    return _can_answer(person, task, claim)


def can_take_back(person: Person, task: Assignment, claim: Claim) -> Verdict:
    """Whether the person may take a task back: who assigns; what was scored only for a conflict of interest."""
    verdict = can_assign(person, claim)
    if not verdict:
        return verdict
    if task.state not in OPEN_STATES:
        return Verdict.no(_("该任务已经结束。"))
    tied = ties(judges_of([task.expert], claim.scheme)[task.expert_id], matter_of(claim))
    if task.state == AssignmentState.SCORED and not tied:
        return Verdict.no(_("专家已经评分，只有存在利益关系时才能收回。"))
    return verdict


def can_declare(person: Person, scheme: Scheme, judge: Person) -> Verdict:
    """Whether the person may declare (or lift) a conflict of interest of a judge: the office; one's own, by oneself."""
    if holds_office(person, scheme):
        return Verdict.yes(Role.OFFICE)
    for power in person.standing.powers_as([Role.EXPERT, Role.COMMITTEE]):
        if person.pk == judge.pk and power.scheme_code in {"", scheme.code}:
            return Verdict.yes(power.role)
    return Verdict.no(_("只有专家本人或主管部门可以申明利益关系。"))


def can_deliver(person: Person, round_: Round, college: College, row: Row | None) -> Verdict:
    """Whether the person may give the college's word that its first review is done; ``row`` is how far it is."""
    if not delivers_for(person, round_.scheme, college.pk):
        return Verdict.no(_("只有该学院的教学秘书可以报送。"))
    if row is None:
        return Verdict.no(_("该活动不需要学院报送。"))
    if round_state(round_) != RoundState.CLOSED:
        return Verdict.no(_("学生申报尚未截止，截止后再报送。"))
    if not row.is_done:
        return Verdict.no(format_lazy(_("还有 {number} 条待初审，审完再报送。"), number=row.to_review))
    old = row.delivery
    if old is not None and (old.passed, old.refused) == (row.passed, row.refused):
        return Verdict.no(_("已经报送，之后没有变化。"))
    return Verdict.yes(Role.SECRETARY)


def can_remind(person: Person, round_: Round, *, delivered: bool) -> Verdict:
    """Whether the person may remind a college: the scheme's office, while it has not delivered."""
    if not holds_office(person, round_.scheme):
        return Verdict.no(_("只有主管部门可以催报。"))
    return Verdict.no(_("该学院已经报送。")) if delivered else Verdict.yes(Role.OFFICE)


def delivers_for(person: Person, scheme: Scheme, college_id: int) -> bool:
    """Whether the person is the college's secretary for the scheme, and for all of it."""
    return any(
        power.college_id == college_id and power.scheme_code in {"", scheme.code} and power.is_whole_college
        for power in person.standing.powers_as([Role.SECRETARY])
    )


def sees_scores(person: Person, claim: Claim) -> bool:
    """Whether the person may read who scored what: the scheme's office and auditor, unless they score the claim too."""
    readers = person.standing.powers_as([Role.OFFICE, Role.AUDITOR])
    if not any(power.scheme_code in {"", claim.scheme.code} for power in readers):
        return False
    return not (scores_now(claim) and Assignment.objects.counting().filter(claim=claim, expert=person).exists())


def _can_answer(person: Person, task: Assignment, claim: Claim) -> Verdict:
    if task.expert_id != person.pk:
        return NOT_YOURS
    if task.state not in OPEN_STATES:
        return Verdict.no(_("您已回避该申报，或任务已被收回。"))
    if not any(_reaches(power, claim) for power in person.standing.powers_as([Role.EXPERT])):
        return Verdict.no(_("您目前不是该类别的评审专家。"))
    return Verdict.yes(Role.EXPERT)


def _reaches(power: Power, claim: Claim) -> bool:
    """Whether scheme and category are the appointment's; an expert's college is a home, not a limit."""
    return power.scheme_code in {"", claim.scheme.code} and power.category_code in {"", claim.category.code}
