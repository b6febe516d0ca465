"""What those who assign do: give claims to experts by load, take tasks back, find somebody for who abstained (W6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim
from portal.enums import NoticeKind
from portal.language import kept_language
from portal.models import Notice, Person
from portal.notices import notify_all
from portal.workflow import NotAllowed, StaleRecord, lock_all
from review.experts.conflicts import reasons
from review.experts.planning import candidates, deal
from review.experts.pool import experts_of
from review.experts.routing import RELATED, claims_read_by, scored_by_experts, unit_holders
from review.experts.rules import OPEN_STATES, can_assign, can_take_back
from review.models import Assignment, AssignmentState
from review.services.settling import locked_task, note_task, settle_if_complete, turn_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credits.models import Scheme
    from portal.verdict import Verdict
    from review.experts.planning import Candidate, Deal
    from review.experts.pool import Expert

Pair = tuple[int, int]  # claim, person


class AssigningRefused(Exception):  # noqa: N818 - the sentence people read
    """Some pair cannot be carried out; nothing was changed. ``offenders`` names each with its reason."""

    def __init__(self, offenders: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in offenders))
        self.offenders = offenders


def plan_experts(claims: Sequence[Claim]) -> list[Deal]:
    """Say who would get which of the claims; changes nothing."""
    taken = states_of(claims)
    deals: list[Deal] = []
    for scheme, mine in _by_scheme(claims).items():
        deals += deal(mine, experts_of(scheme), taken)
    return deals


def states_of(claims: Iterable[Claim]) -> dict[int, dict[int, str]]:
    """Return claim → person → state of the task of this turn (one query)."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Assignment.objects.of_this_turn().filter(claim__in=[claim.pk for claim in claims]).order_by()
    for claim_id, expert_id, state in rows.values_list("claim_id", "expert_id", "state"):
        found[claim_id][expert_id] = state
    return found


def assign_experts(pairs: Sequence[Pair], actor: Person) -> list[Assignment]:
    """Give every claim of the pairs to its expert, all of them or none, and tell each expert once.

    Raises ``AssigningRefused`` naming every pair that is no longer possible: a claim that is foreign or has gone on, an
    expert whose appointment ended, a conflict of interest, a task that is there already.
    """
    with transaction.atomic():
        ids = sorted({claim_id for claim_id, _person in pairs})
        list(lock_all(Claim.objects.filter(pk__in=ids)))
        claims = {row.pk: row for row in claims_read_by(actor).filter(pk__in=ids)}
        choices = _choices(list(claims.values()))
        offenders, made = [], []
        for claim_id, person_id in pairs:
            claim, choice = claims.get(claim_id), choices.get((claim_id, person_id))
            verdict = can_assign(actor, claim) if claim is not None else None
            problem = _problem(verdict, choice)
            if claim is None or choice is None or verdict is None or problem:
                offenders.append((_name(claim_id, claim, choice), problem))
                continue
            made.append(_give(claim, choice.expert.person, actor, verdict.role))
            choices[claim_id, person_id] = replace(choice, taken=AssignmentState.WAITING)
        if offenders:
            raise AssigningRefused(offenders)
        _tell_experts(made)
    return made


def assign_expert(claim: Claim, actor: Person, expert: Person) -> Assignment:
    """Give one claim to one expert; raises ``ValidationError`` with the reason when that cannot be."""
    try:
        return assign_experts([(claim.pk, expert.pk)], actor)[0]
    except AssigningRefused as refused:
        raise ValidationError([why for _pair, why in refused.offenders]) from None


def take_back(task: Assignment, actor: Person, *, reason: str) -> Assignment:
    """Take a task back from its expert, with the reason; a result that waited for it alone is settled at once.

    Raises ``StaleSubject`` when the result stands, ``StaleRecord`` when the task has ended otherwise, ``NotAllowed``.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("请填写收回的理由。")})
    with transaction.atomic():
        claim, present = locked_task(task)
        if present.state not in OPEN_STATES:
            raise StaleRecord("assignment", claim.pk, reverse("review:assigning_claim", args=[claim.pk]))
        verdict = can_take_back(actor, present, claim)
        if not verdict:
            raise NotAllowed(verdict)
        before = {"state": present.state, "score": str(present.score) if present.score is not None else ""}
        present.state, present.score, present.method = AssignmentState.WITHDRAWN, None, ""
        present.answered_at = timezone.now()
        present.save()
        note_task("take_back", present, actor, verdict.role, reason=reason.strip(), before=before)
        _tell_taken_back(present)
        settle_if_complete(claim, actor, verdict.role)
    return present


def replace_expert(claim: Claim, gone: Assignment) -> Assignment | None:
    """Find somebody for the place of an expert who abstained, by load; None when nobody is wanted or left.

    In the caller's transaction, on a locked claim; the portal acts, in the name of who had assigned. Where nobody is
    left, who assigns is told.
    """
    row = (
        scored_by_experts().select_related(*RELATED).prefetch_related("achievement__members__student").get(pk=claim.pk)
    )
    found = plan_experts([row])[0]
    if found.experts:
        made = _give(row, found.experts[0].person, gone.assigned_by, "", by_portal=True)
        _tell_experts([made])
        return made
    if found.lacking:
        _tell_assigners(row)
    return None


def _by_scheme(claims: Iterable[Claim]) -> dict[Scheme, list[Claim]]:
    found: dict[Scheme, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.scheme].append(claim)
    return found


def _choices(claims: Sequence[Claim]) -> dict[Pair, Candidate]:
    """Return every pair that the appointments allow, with what stands in its way."""
    taken = states_of(claims)
    found = {}
    for scheme, mine in _by_scheme(claims).items():
        experts: list[Expert] = experts_of(scheme)
        for claim in mine:
            for choice in candidates(claim, experts, taken.get(claim.pk, {})):
                found[claim.pk, choice.expert.person.pk] = choice
    return found


def _problem(verdict: Verdict | None, choice: Candidate | None) -> str:
    if verdict is None:
        return _("没有这条申报，或它不在您的范围内、已离开专家评分环节。")
    if not verdict:
        return str(verdict.reason)
    if choice is None:
        return _("这位专家目前不是该类别的评审专家。")
    if choice.ties:
        return _("存在利益关系：%(why)s。") % {"why": reasons(choice.ties)}
    if choice.taken == AssignmentState.ABSTAINED:
        return _("这位专家已经回避这条申报。")
    return "" if choice.is_free else _("这条申报已经分配给这位专家。")


def _name(claim_id: int, claim: Claim | None, choice: Candidate | None) -> str:
    if claim is None:
        return _("编号 %(pk)s") % {"pk": claim_id}
    return f"{claim.content} → {choice.expert.person.name}" if choice else claim.content


def _give(claim: Claim, expert: Person, actor: Person, role: str, *, by_portal: bool = False) -> Assignment:
    facts = {"state": AssignmentState.WAITING, "assigned_by": actor, "assigned_at": timezone.now()}
    task, _new = Assignment.objects.update_or_create(
        claim=claim, expert=expert, turn=turn_of(claim), defaults={**facts, "answered_at": None, "comment": ""}
    )
    note_task("assign", task, None if by_portal else actor, role)
    return task


def _tell_experts(tasks: Sequence[Assignment]) -> None:
    """Tell each expert once how many claims have come."""
    numbers = Counter(task.expert_id for task in tasks)
    people = {task.expert_id: task.expert for task in tasks}
    with kept_language():
        title = _("新的评审任务：%(n)s 条申报")
        text = _("请评分；如有利益关系请回避并说明理由。")
        notices = [
            Notice(
                person=people[pk],
                kind=NoticeKind.ACTION,
                title=title % {"n": number},
                text=text,
                path=reverse("review:expert_desk"),
            )
            for pk, number in numbers.items()
        ]
    notify_all(notices)


def _tell_taken_back(task: Assignment) -> None:
    with kept_language():
        title = _("一条评审任务已收回，无需再评分。")
    notify_all(
        [Notice(person=task.expert, kind=NoticeKind.INFORMATION, title=str(title), path=reverse("review:expert_desk"))]
    )


def _tell_assigners(claim: Claim) -> None:
    """Tell who assigns that the portal found nobody for the place of an expert who abstained."""
    with kept_language():
        title = _("请补充评审专家：%(content)s") % {"content": claim.content}
        text = _("一位专家已回避，没有其他可以自动分配的专家。")
    path = reverse("review:assigning_claim", args=[claim.pk])
    people = unit_holders(claim.scheme, claim.category)
    notify_all([Notice(person=one, kind=NoticeKind.ACTION, title=title[:120], text=text, path=path) for one in people])
