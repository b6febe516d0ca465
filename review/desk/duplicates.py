"""Claims that may be one achievement claimed twice, beside each other; of a foreign one only that it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credits.enums import ScanOutcome
from credits.evaluation import fields_for
from credits.models import Claim, ClaimLook, DuplicateDismissal, DuplicatePair, FileScan
from credits.querysets import READERS
from credits.rules import can_dismiss
from portal.enums import Status
from portal.points import format_points
from portal.remarks import Remark
from review.desk.reviewing import STUDENT, fact_rows, files_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from portal.models import Person

SHOWN = 100


def duplicate_remarks(subject: object, reader: Person) -> Iterator[Remark]:
    """Say to who reviews a claim how many others it may be the same as; to students nothing."""
    if not isinstance(subject, Claim) or not reader.standing.has(*READERS) or subject.follows_lead:
        return
    if subject.student_id == reader.standing.student_id:
        return
    dismissed = [pair.dismissed for pair in pairs_of(subject).only("pk")]
    address = reverse("review:duplicates", args=[subject.pk])
    if count := dismissed.count(False):
        text = ngettext("与 %(count)s 项可能重复。", "与 %(count)s 项可能重复。", count) % {"count": count}
        yield Remark("warning", text, address, _("并排查看"))
    elif dismissed:
        text = _("可能重复的 %(count)s 项均已排除。") % {"count": len(dismissed)}
        yield Remark("info", text, address, _("查看"))
    elif subject.status == Status.IN_REVIEW and not ClaimLook.objects.filter(claim=subject).exists():
        yield Remark("info", _("尚未与其他申报比对是否重复。"))


def pairs_of(claim: Claim) -> QuerySet[Any]:
    """Return the claim's pairs with whether its side has dismissed them; alarms first."""
    mine = DuplicateDismissal.objects.filter(pair=OuterRef("pk"), claim=claim)
    return DuplicatePair.objects.of(claim).annotate(dismissed=Exists(mine)).order_by("dismissed", "-pk")


def duplicates_context(claim: Claim, person: Person, asked: dict[str, str]) -> dict[str, Any]:
    """Return what the page of a claim's duplicates shows; ``asked`` names the pair and the files that are open."""
    pairs = list(pairs_of(claim).prefetch_related("dismissals__dismissed_by")[:SHOWN])
    others = _others([pair.other_id(claim) for pair in pairs], person)
    chosen = next((pair for pair in pairs if str(pair.pk) == asked.get("pair")), pairs[0] if pairs else None)
    address = reverse("review:duplicates", args=[claim.pk])
    rows = [_row(pair, claim, others[pair.other_id(claim)], address, chosen) for pair in pairs]
    return {
        "claim": claim,
        "rows": rows,
        "row": next((row for row in rows if row["current"]), None),
        "sides": _sides(claim, chosen, others, asked, address) if chosen else None,
        "verdict": can_dismiss(person, claim),
        "silent": _silent_files(claim),
    }


def _others(ids: list[int], person: Person) -> dict[int, tuple[Claim, bool]]:
    """Return the claims of the other sides and whether the person's appointments reach them."""
    reached = set(Claim.objects.in_reach_of(person).filter(pk__in=ids).values_list("pk", flat=True))
    found = Claim.objects.filter(pk__in=ids).select_related(*STUDENT, "category", "round")
    return {row.pk: (row, row.pk in reached) for row in found}


def _row(
    pair: DuplicatePair, claim: Claim, side: tuple[Claim, bool], address: str, chosen: DuplicatePair | None
) -> dict[str, Any]:
    """Return one pair of the list; of a claim out of reach its college, scheme, status and date, and nothing else."""
    other, reached = side
    return {
        "pair": pair,
        "other": other,
        "reached": reached,
        "grounds": list(dict.fromkeys(_ground(row, turned=pair.first_id != claim.pk) for row in pair.grounds)),
        "dismissal": next((row for row in pair.dismissals.all() if row.claim_id == claim.pk), None),
        "href": f"{address}?pair={pair.pk}",
        "current": chosen is not None and pair.pk == chosen.pk,
    }


def _ground(row: dict[str, Any], *, turned: bool) -> str:
    """Say one ground; the pair's row tells it from the first side."""
    mine, theirs = (row["their_page"], row["page"]) if turned else (row["page"], row["their_page"])
    words = {
        "file": _("同一文件（SHA-256 相同）"),
        "image": _("图像几乎相同（本项第 %(mine)s 页，对方第 %(theirs)s 页，1024 位中 %(bits)s 位不同）"),
        "certificate": _("证书编号相同：%(value)s"),
        "doi": _("DOI 相同：%(value)s"),
        "patent": _("专利号或登记号相同：%(value)s"),
        "title": _("题目相同：%(value)s"),
    }
    facts = {"mine": mine, "theirs": theirs, "bits": row["distance"], "value": row["value"]}
    return str(words.get(row["kind"], "%(value)s")) % facts


def _sides(
    claim: Claim, pair: DuplicatePair, others: dict[int, tuple[Claim, bool]], asked: dict[str, str], address: str
) -> dict[str, Any]:
    """Return both sides of one pair: rows of facts beside each other, and the files, those that are alike opened."""
    other, reached = others[pair.other_id(claim)]
    keys = ("theirs", "mine") if pair.first_id != claim.pk else ("mine", "theirs")
    alike = next((row for row in pair.grounds if row["mine"]), {"mine": "", "theirs": ""})
    here, there = asked.get("mine") or str(alike[keys[0]]), asked.get("theirs") or str(alike[keys[1]])
    own = f"{address}?pair={pair.pk}&theirs={there}"
    facts, their_facts = _facts(claim), _facts(other) if reached else {}
    return {
        "rows": [
            {"label": label, "mine": facts.get(label, ""), "theirs": their_facts.get(label, "")}
            for label in dict.fromkeys([*facts, *their_facts])
        ],
        "files": files_of(claim, here, own, name="mine"),
        "their_files": files_of(other, there, f"{address}?pair={pair.pk}&mine={here}", name="theirs")
        if reached
        else [],
    }


def _facts(claim: Claim) -> dict[str, str]:
    """Return what is said of one side, by label."""
    data, student = claim.scheme_version.data, claim.student
    fields = fields_for(
        data, claim.category.code, claim.college.code, facts=claim.facts, asked_of=("student", "library", "reviewer")
    )
    points = claim.recognised_points if claim.recognised_points is not None else claim.claimed_points
    rows = [
        (_("学生"), f"{student.person.name} {student.person.number}"),
        (_("班级"), f"{student.class_group.name} · {claim.college.name}"),
        (_("学年"), f"{claim.academic_year} · {claim.scheme}"),
        (_("申请类别"), claim.category.name),
        (_("具体内容"), claim.content),
        *fact_rows(claim.facts, fields),
        (data.wording["points_short"], format_points(points) if points is not None else ""),
    ]
    return dict(rows)


def _silent_files(claim: Claim) -> list[tuple[str, str]]:
    """Return the claim's files whose pictures could not be compared, with why: an absent alarm says nothing of them."""
    found = FileScan.objects.exclude(outcome=ScanOutcome.HASHED).filter(file__in=claim.evidence.kept().values("file"))
    return [(row.file.name, row.get_outcome_display()) for row in found.select_related("file")]
