"""Claims on one award that wait for the same person: found, grouped, and laid beside each other (X6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from credits.evaluation import fields_for
from credits.models import Claim, DuplicatePair, Evidence, SchemeVersion
from review.desk.batches import MOST
from review.desk.reviewing import fact_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from credits.evaluation.scheme import Category
    from portal.models import Person
    from review.desk.batches import Row

# The longest waiting that are looked through: a queue's index is walked so far, whatever it holds.
LOOKED_AT = 1000
HINTED = 300  # of them, where a claim's own page only says how many there are: facts are read to compare them
OLDEST = ("stage_entered_at", "pk")
RANK = "rank"  # credits/evaluation/scheme/categories.py: the claimant's own place in a team


@dataclass(slots=True)
class Group:
    """One award of which several claims wait: any of them leads to its page."""

    claim: int
    title: str
    category: str
    year: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Beside:
    """What one claim of an award shows beside the others: its rank, the facts in which they differ, its files.

    ``alarm``: it may be another claim once more, and nobody has said that it is not.
    """

    rank: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    alarm: bool = False


def named_by(rules: Category, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts that name the award by the category's rules; nothing when one of them is missing."""
    found = {name: str(facts.get(name) or "") for name in rules.one_award}
    return found if all(found.values()) else {}


def on_the_award(claim: Claim, person: Person, most: int = LOOKED_AT) -> QuerySet[Claim]:
    """Return what waits for the person on the claim's award, the longest waiting first; itself included.

    At most so many of the same category and year are looked through.
    """
    waiting = Claim.objects.waiting_for(person).order_by(*OLDEST)
    named = named_by(claim.scheme_version.data.category(claim.category.code), claim.facts)
    if not named:
        project = waiting.filter(category=claim.category_id, project=claim.project_id)
        return project if claim.project_id else waiting.none()
    alike = waiting.filter(category=claim.category_id, academic_year=claim.academic_year)
    found = Claim.objects.filter(pk__in=alike.values("pk")[:most]).order_by(*OLDEST)
    for place, (name, value) in enumerate(named.items()):
        own = Coalesce(KeyTextTransform(name, "facts"), Value(""), output_field=TextField())
        found = found.alias(**{f"named_{place}": own}).filter(**{f"named_{place}": value})
    return found


def waiting_beside(claim: Claim, person: Person) -> int:
    """Return how many claims on the award wait for the person, as far as one page shows them."""
    return on_the_award(claim, person, HINTED)[:MOST].count()


def awards_waiting(person: Person) -> list[Group]:
    """Return the awards of which several claims wait for the person, the largest first (two queries)."""
    columns = ("pk", "scheme_version", "category", "category__code", "category__name", "academic_year", "facts")
    waiting = Claim.objects.waiting_for(person).order_by(*OLDEST).values(*columns, "project", "project__label")
    rows = list(waiting[:LOOKED_AT])
    versions = SchemeVersion.objects.in_bulk({row["scheme_version"] for row in rows})
    groups: dict[tuple[Any, ...], Group] = {}
    for row in rows:
        named = named_by(versions[row["scheme_version"]].data.category(row["category__code"]), row["facts"])
        key = (row["category"], row["academic_year"], *named.values()) if named else (row["category"], row["project"])
        if not named and not row["project"]:
            continue
        if key in groups:
            groups[key].count += 1
            continue
        title = " · ".join(named.values()) or row["project__label"]
        groups[key] = Group(row["pk"], title, row["category__name"], row["academic_year"])
    return sorted((group for group in groups.values() if group.count > 1), key=lambda group: -group.count)


def beside_each_other(rows: Iterable[Row]) -> tuple[list[tuple[str, str]], dict[int, Beside]]:
    """Return the facts that all claims share, and for each claim what is its own (two queries)."""
    claims = [row.claim for row in rows if row.claim is not None]
    facts = {claim.pk: _facts(claim) for claim in claims}
    pairs = Counter(pair for given in facts.values() for pair in given)
    shared = [pair for pair, count in pairs.items() if count == len(claims)] if len(claims) > 1 else []
    files, alarms = _files(claims), _alarms(claims)
    return shared, {
        claim.pk: Beside(
            rank=str(claim.facts.get(RANK) or ""),
            facts=[pair for pair in facts[claim.pk] if pair not in shared],
            files=files.get(claim.pk, []),
            alarm=claim.pk in alarms,
        )
        for claim in claims
    }


def _facts(claim: Claim) -> list[tuple[str, str]]:
    data, asked_of = claim.scheme_version.data, ("student", "library", "reviewer")
    fields = fields_for(data, claim.category.code, claim.college.code, facts=claim.facts, asked_of=asked_of)
    own = [(_("具体内容"), claim.content), *fact_rows(claim.facts, [one for one in fields if one.name != RANK])]
    return [*own, *([(_("分值说明"), claim.points_reason)] if claim.points_reason else [])]


def _alarms(claims: list[Claim]) -> set[int]:
    open_pairs = Exists(DuplicatePair.objects.open_for(OuterRef("pk")))
    return set(Claim.objects.filter(open_pairs, pk__in=[claim.pk for claim in claims]).values_list("pk", flat=True))


def _files(claims: list[Claim]) -> dict[int, list[dict[str, Any]]]:
    """Return the files of each claim; one that stands under another claim as well says so."""
    found = list(Evidence.objects.filter(claim__in=claims, removed_at__isnull=True).select_related("file"))
    owners = Counter(sha256 for sha256, _claim in {(row.file.sha256, row.claim_id) for row in found})
    files: dict[int, list[dict[str, Any]]] = {}
    for row in found:
        shown = {
            "name": row.file.name,
            "url": reverse("credits:evidence_file", args=[row.file.key]),
            "media_type": row.file.media_type,
            "twice": owners[row.file.sha256] > 1,
        }
        files.setdefault(row.claim_id, []).append(shown)
    return files
