"""Runs a draft over the claims of past rounds (影响测算): asked for by the office, carried out by a job."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.drafting import read_draft
from credits.models import Claim, Replay, ReplayRow, Round, RoundWindow, SchemeVersion
from credits.periods import period_for, periods
from credits.replaying import difference, distribution, outcome
from credits.rules import can_keep_drafts
from credits.services.drafts import KIND
from portal.enums import Role, Status
from portal.jobs import JobFailed, enqueue
from portal.language import kept_language
from portal.points import ZERO
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from credits.evaluation import SchemeData
    from credits.models import Scheme, SchemeDraft
    from portal.jobs import RunningJob
    from portal.models import Job, Person

JOB = "replay_draft"
BATCH = 500
REPLAYED = (Status.IN_REVIEW, Status.PUBLICITY, Status.RECOGNISED)
FACTS = ("pk", "category__code", "facts", "cohort", "college__name", "scheme_version_id")

BOTH = Q(before_low__isnull=False, after_low__isnull=False)
UP = Q(difference__gt=0)
DOWN = Q(difference__lt=0)
IMPOSSIBLE = Q(before_low__isnull=False, after_low__isnull=True)
POSSIBLE = Q(before_low__isnull=True, after_low__isnull=False)
# A range may widen around its middle: another result, though no difference.
OTHER_ENDS = BOTH & (~Q(before_low=F("after_low")) | ~Q(before_high=F("after_high")))
CHANGED = OTHER_ENDS | IMPOSSIBLE | POSSIBLE


def finished_rounds(scheme: Scheme) -> QuerySet[Round]:
    """Return the rounds whose last deadline for students is over, the newest first."""
    mine = RoundWindow.objects.filter(round=OuterRef("pk"), role=Role.STUDENT)
    return Round.objects.filter(
        Exists(mine), ~Exists(mine.filter(closes_at__gte=timezone.now())), scheme=scheme, is_published=True
    )


def replayed_claims(rounds: Sequence[Round] | QuerySet[Round]) -> QuerySet[Claim]:
    """Return what is run again: what was recognised, is under review or in publicity in these rounds."""
    return Claim.objects.filter(round__in=rounds, status__in=REPLAYED)


def start_replay(draft: SchemeDraft, actor: Person, rounds: Sequence[Round]) -> Replay:
    """Ask for a replay of the draft as it stands; a job carries it out.

    Raises ``NotAllowed``, then ``ValidationError``: no round, a round that is not over, a text with errors.
    """
    verdict = can_keep_drafts(actor, draft.scheme)
    if not verdict:
        raise NotAllowed(verdict)
    if not rounds:
        raise ValidationError({"rounds": _("请至少选择一个已结束的活动。")})
    wanted = {row.pk for row in rounds}
    if finished_rounds(draft.scheme).filter(pk__in=wanted).count() != len(wanted):
        raise ValidationError({"rounds": _("只能选择本办法已结束的活动。")})
    if read_draft(draft.source, draft.scheme.code).data is None:
        raise ValidationError({"rounds": _("草案文本还有错误，改正后才能测算。")})
    with transaction.atomic():
        replay = Replay.objects.create(draft=draft, draft_revision=draft.revision, created_by=actor)
        replay.rounds.set(rounds)
        after = {"replay": replay.pk, "rounds": sorted(row.name for row in rounds)}
        record(
            "replay",
            actor,
            kind=KIND,
            key=draft.pk,
            label=str(draft),
            role=Role.OFFICE,
            scheme=draft.scheme.code,
            changes=({}, after),
        )
        enqueue(JOB, actor, about=str(draft), replay=replay.pk)
    return replay


def job_of(replay: Replay, owner: Person | None = None) -> Job | None:
    """Return the job of a replay (its owner's alone, when one is given)."""
    from portal.models import Job  # noqa: PLC0415 - a name that is only needed here

    found = Job.objects.filter(kind=JOB, params__replay=replay.pk)
    return (found.filter(owner=owner) if owner else found).order_by("-pk").first()


def run_replay(job: RunningJob, replay_id: int) -> None:
    """Write a row for every claim, then the summary.

    A second run goes on after the last claim that the first one wrote; each batch is one transaction. Raises
    ``JobFailed`` when the draft was changed meanwhile: half of the rows would tell of another text.
    """
    replay = Replay.objects.visible_to(job.owner).select_related("draft__scheme").get(pk=replay_id)
    if replay.finished_at is not None:
        return
    if replay.draft.revision != replay.draft_revision:
        raise JobFailed(_("草案在测算期间被修改，请按新的文本重新测算。"))
    data = read_draft(replay.draft.source, replay.draft.scheme.code).data
    if data is None:
        raise JobFailed(_("草案文本还有错误，改正后才能测算。"))
    claims = replayed_claims(replay.rounds.all())
    total, done = claims.count(), replay.rows.count()
    job.progress(done, total, _("正在测算"))
    present = Present(replay.draft.scheme)
    with kept_language():
        for batch in _batches(claims, after=_last_claim(replay)):
            rows = [_row(replay, claim, present.data_for(claim), data) for claim in batch]
            ReplayRow.objects.bulk_create(rows)
            done += len(rows)
            job.progress(done, total)
    _finish(replay)
    job.progress(done, total, _("已测算 %(count)s 项申报。") % {"count": done})


@dataclass
class Present:
    """The versions that hold today, by cohort, each read once; a cohort without one keeps the claim's own."""

    scheme: Scheme

    def __post_init__(self) -> None:
        self._periods = periods(list(self.scheme.versions.defer("source")), timezone.localdate())
        self._by_cohort: dict[int, int | None] = {}
        self._data: dict[int, SchemeData] = {}

    def data_for(self, claim: dict[str, Any]) -> SchemeData:
        """Return the rules that would judge the claim today."""
        cohort = claim["cohort"]
        if cohort not in self._by_cohort:
            found = period_for(self._periods, cohort)
            self._by_cohort[cohort] = found.version.pk if found else None
        version = self._by_cohort[cohort] or claim["scheme_version_id"]
        if version not in self._data:
            self._data[version] = SchemeVersion.objects.get(pk=version).data
        return self._data[version]


def _last_claim(replay: Replay) -> int:
    return replay.rows.order_by("-claim_id").values_list("claim_id", flat=True).first() or 0


def _batches(claims: QuerySet[Claim], *, after: int) -> Iterator[list[dict[str, Any]]]:
    """Return the claims in pieces, in the order of their keys, so that memory stays the same for any number."""
    while True:
        batch = list(claims.filter(pk__gt=after).order_by("pk").values(*FACTS)[:BATCH])
        if not batch:
            return
        yield batch
        after = batch[-1]["pk"]


def _row(replay: Replay, claim: dict[str, Any], present: SchemeData, draft: SchemeData) -> ReplayRow:
    facts = (claim["category__code"], claim["facts"], claim["college__name"])
    before, after = outcome(present, *facts), outcome(draft, *facts)
    return ReplayRow(
        replay=replay,
        claim_id=claim["pk"],
        before_low=before.low,
        before_high=before.high,
        after_low=after.low,
        after_high=after.high,
        difference=difference(before, after),
        problem=after.problem,
    )


def _finish(replay: Replay) -> None:
    replay.claims = replay.rows.count()
    replay.summary = summary_of(replay)
    replay.finished_at = timezone.now()
    replay.save(update_fields=["claims", "summary", "finished_at"])


def summary_of(replay: Replay) -> dict[str, Any]:
    """Return the figures of a replay, as JSON: in all, by category, by college, and the distribution."""
    rows = replay.rows.order_by()
    spread = rows.filter(BOTH).values_list("difference").annotate(count=Count("pk"))
    return {
        "all": _figures(rows.aggregate(**_counts())),
        "categories": _grouped(rows, "claim__category__name", "claim__category__position"),
        "colleges": _grouped(rows, "claim__college__name", "claim__college__code"),
        "bins": [[str(row.low), str(row.high), row.count] for row in distribution(spread)],
    }


def _grouped(rows: QuerySet[ReplayRow], name: str, order: str) -> list[dict[str, Any]]:
    groups = rows.values(name, order).annotate(**_counts()).order_by(order)
    return [{"name": group[name], **_figures(group)} for group in groups]


def _counts() -> dict[str, Any]:
    return {
        "number": Count("pk"),
        "changed": Count("pk", filter=CHANGED),
        "up": Count("pk", filter=UP),
        "down": Count("pk", filter=DOWN),
        "impossible": Count("pk", filter=IMPOSSIBLE),
        "possible": Count("pk", filter=POSSIBLE),
        "total": Sum("difference"),
    }


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    total: Decimal = found["total"] or ZERO
    kept = {name: found[name] for name in ("number", "changed", "up", "down", "impossible", "possible")}
    return {**kept, "total": f"{total:+}" if total else str(ZERO)}
