"""Everything a reviewer wants to see beside one claim or one application."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from conversion.allowances import room_of
from conversion.history import OFFSET_LABELS
from conversion.models import Application, Form, Line
from conversion.models.forms import FormState
from conversion.plans import categories_for
from conversion.rules import can_file, can_reissue
from conversion.rules import can_review as can_review_application
from conversion.rules import can_revoke as can_revoke_application
from credits.evaluation import fields_for
from credits.models import Claim, ClaimEvent, Evidence
from credits.pages import shown_file
from credits.places import FILES, OTHER
from credits.rules import can_review, can_revoke, can_sanction, holds_office
from credits.stages import stage_of, stages
from portal.enums import Status
from portal.remarks import remarks_on
from portal.verdict import Verdict
from review.committee.queries import listed_item
from review.desk.clusters import cluster_context
from review.desk.differences import changes
from review.desk.returns import flagged_rows, last_return_of, submission_before
from review.desk.trails import entries
from review.experts.beside import beside_claim

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from credits.stages import Chain
    from portal.models import Person
    from portal.workflow import Reviewable

PHRASES_SHOWN, PHRASES_READ = 4, 40
OTHERS_SHOWN = 20
NOTHING_WAITS = Verdict.no("")
STUDENT = ("student__person", "student__class_group", "student__major", "college", "scheme", "scheme_version")


def claims_to_review(person: Person) -> QuerySet[Claim]:
    """Return the claims in the person's reach with everything that the page reads of them."""
    reach = Claim.objects.in_reach_of(person)
    return reach.select_related(*STUDENT, "category", "round").prefetch_related("round__windows")


def claim_context(claim: Claim, person: Person, *, opened: str = "", address: str = "") -> dict[str, Any]:
    """Return what the review page of a claim shows; ``opened`` is the evidence whose tab is open."""
    data, code, college = claim.scheme_version.data, claim.category.code, claim.college.code
    fields = fields_for(data, code, college, facts=claim.facts, asked_of=("student", "library", "reviewer"))
    rules = data.category(code)
    university_text, college_text = rules.rule_text_for(data.college_code(college) or college)
    submissions, events = list(claim.submissions.all()), list(claim.events.all())
    returned = last_return_of(events)
    compared = submission_before(submissions, returned)
    asked = [row["field"] for row in returned.after.get("flags", []) if "field" in row] if returned else []
    differences = changes(compared.content, submissions[0].content, fields, asked) if compared else []
    waiting, beside = claim.status == Status.IN_REVIEW, beside_claim(claim, person)
    verdict = can_review(person, claim) if waiting else NOTHING_WAITS
    return (
        beside
        | cluster_context(claim, person)
        | {
            "claim": claim,
            "facts": fact_rows(claim.facts, fields),
            "files": files_of(claim, opened, address),
            "steps": claim.trace.get("steps", []),
            "range": span_of(claim.trace),
            "proposed": proposed_points(claim),
            "university_text": university_text,
            "college_text": college_text,
            "stages": stage_rows(claim, "claims"),
            "entries": entries(events, Claim.MOVES, experts=beside["names_experts"]),
            "changes": differences,
            "previous_submission": compared,
            "flagged": flagged_rows(claim, returned, differences, events),
            "others": other_claims(claim, person),
            "verdict": verdict,
            "listed": listed_item(person, claim),
            "revocable": can_revoke(person, claim) if claim.status == Status.RECOGNISED else NOTHING_WAITS,
            "sanctionable": sanctionable(claim, person),
            "remarks": remarks_on(claim, person),
        }
    )


def sanctionable(claim: Claim, person: Person) -> bool:
    """Whether the person may cancel the claim for fraud now; asks the database only where that can be."""
    may_be = claim.scheme_version.data.sanction is not None and claim.status in Claim.MOVES["cancel"].sources
    return may_be and holds_office(person, claim.scheme) and bool(can_sanction(person, claim))


def fact_rows(facts: dict[str, Any], fields: Any) -> list[tuple[str, str]]:
    """Return the facts that were given, labelled, in the form's order."""
    rows = []
    for field in fields:
        value = facts.get(field.name)
        if value in (None, ""):
            continue
        labels = {choice.value: choice.label for choice in field.choices}
        if field.kind == "boolean":
            labels = {"true": _("是"), "false": _("否")}
        rows.append((field.label, f"{labels.get(str(value), value)}{field.unit}"))
    return rows


def files_of(claim: Claim, opened: str, address: str, *, name: str = "file") -> list[dict[str, Any]]:
    """Return the evidence for the viewer; the first file is open unless the address names another (by ``name``)."""
    rows = list(Evidence.objects.filter(claim=claim, removed_at__isnull=True).select_related("file__rendering"))
    chosen = next((row.pk for row in rows if str(row.pk) == opened), rows[0].pk if rows else None)
    items = {item.code: item.name for item in claim.scheme_version.data.category(claim.category.code).evidence}
    return [
        {
            "pk": row.pk,
            "place": FILES + (row.item or OTHER),
            "file": row.file.name,
            "name": f"{items[row.item]} · {row.file.name}" if row.item in items else row.file.name,
            **shown_file(row.file),
            "href": f"{address}{'&' if '?' in address else '?'}{name}={row.pk}",
            "current": row.pk == chosen,
        }
        for row in rows
    ]


def side_by_side(files: list[dict[str, Any]], asked: str, address: str) -> dict[str, Any]:
    """Return the files of a second viewer when one is asked for, and the address that opens or closes it."""
    current = next((file for file in files if file["current"]), None)
    if current is None or len(files) == 1:
        return {"beside": [], "beside_href": ""}
    alone = f"{address}{'&' if '?' in address else '?'}file={current['pk']}"
    chosen = next((file for file in files if str(file["pk"]) == asked), None)
    if chosen is None:
        other = next(file for file in files if not file["current"])
        return {"beside": [], "beside_href": f"{alone}&beside={other['pk']}"}
    return {
        "files": [{**file, "href": f"{file['href']}&beside={chosen['pk']}"} for file in files],
        "beside": [
            {**file, "href": f"{alone}&beside={file['pk']}", "current": file["pk"] == chosen["pk"]} for file in files
        ],
        "beside_href": alone,
    }


def act_of(claim: Claim) -> str:
    """Return what the claim's present stage decides: points, an opinion, a score, a confirmation; empty outside."""
    stage = stage_of(claim.scheme_version, claim.stage) if claim.status == Status.IN_REVIEW else None
    return stage.acts if stage is not None else ""


def proposed_points(claim: Claim) -> Any:
    """Return the number on the table: the stage before's, else the student's."""
    return claim.recognised_points if claim.recognised_points is not None else claim.claimed_points


def span_of(trace: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Return the range that the rules leave to judgement, None when they give a number or nothing."""
    low, high = trace.get("minimum"), trace.get("maximum")
    return (Decimal(low), Decimal(high)) if trace.get("points") is None and low and high else None


def other_claims(claim: Claim, person: Person) -> list[dict[str, Any]]:
    """Return the same student's other claims that the person may see: the same award twice is found here."""
    rows = Claim.objects.visible_to(person).filter(student_id=claim.student_id).exclude(pk=claim.pk)
    columns = ("pk", "status", "content", "academic_year", "claimed_points", "recognised_points", "category__name")
    return list(rows.order_by("-pk").values(*columns)[:OTHERS_SHOWN])


def stage_rows(row: Reviewable, chain: Chain) -> list[dict[str, str]]:
    """Return the chain with where the row stands."""
    chain_stages = stages(row.scheme_version, chain)  # type: ignore[attr-defined]  # both subjects have one
    codes = [stage.code for stage in chain_stages]
    position = codes.index(row.stage) if row.stage in codes else len(codes)
    if row.status == Status.IN_REVIEW:
        marks = ["done"] * position + ["current"] + [""] * len(codes)
    else:
        marks = ["done" if row.status == Status.RECOGNISED else ""] * len(codes)
    return [{"name": stage.name, "state": marks[i], "note": ""} for i, stage in enumerate(chain_stages)]


def phrases(person: Person) -> list[str]:
    """Return the reasons that the person wrote last, each once: what one says often is one press away."""
    recent = ClaimEvent.objects.filter(actor=person, verb__in=["return", "refuse"]).exclude(after__has_key="flags")
    reasons = recent.order_by("-pk").values_list("reason", flat=True)
    texts = dict.fromkeys(text.strip() for text in reasons[:PHRASES_READ])
    return [text for text in texts if text][:PHRASES_SHOWN]


def applications_to_review(person: Person) -> QuerySet[Application]:
    """Return the applications in the person's reach with everything that the page reads of them."""
    lines = Line.objects.select_related("lot__claim", "lot__category").order_by("pk")
    reach = Application.objects.in_reach_of(person)
    return reach.select_related(*STUDENT, "course", "offering__term").prefetch_related(
        Prefetch("lines", lines), Prefetch("forms", Form.objects.select_related("filing__filed_by"))
    )


def application_context(application: Application, person: Person) -> dict[str, Any]:
    """Return what the review page of an application shows."""
    done = application.status == Status.RECOGNISED
    others = Application.objects.visible_to(person).filter(student_id=application.student_id).exclude(pk=application.pk)
    columns = ("pk", "status", "total", "grade", "course__name", "offering__term__code")
    forms = list(application.forms.all())
    return {
        "application": application,
        "lines": [line_row(line) for line in application.lines.all()],
        "stages": stage_rows(application, "conversions"),
        "entries": entries(
            application.events.all(), Application.MOVES, own=OFFSET_LABELS if application.offsets else {}
        ),
        "others": list(others.order_by("-pk").values(*columns)[:OTHERS_SHOWN]),
        "forms": forms,
        "valid_form": next((form for form in forms if form.state == FormState.VALID), None),
        "verdict": can_review_application(person, application) if application.is_pending else NOTHING_WAITS,
        "revocable": can_revoke_application(person, application) if done else NOTHING_WAITS,
        "reissuable": can_reissue(person, application) if done else NOTHING_WAITS,
        "fileable": can_file(person, application) if done else NOTHING_WAITS,
        "remarks": remarks_on(application, person),
        "offset": offset_facts(application) if application.offsets else None,
    }


def offset_facts(application: Application) -> dict[str, Any]:
    """Return what a reviewer asks of an offset: the kind and what counts for it, the allowance with this one in it."""
    kind, version = application.kind, application.scheme_version
    categories = categories_for(kind, application.scheme_id) if kind and kind.categories else []
    return {
        "kind": kind,
        "categories": [row.name for row in categories],
        "room": room_of(application.student, version),
        "words": version.data.wording,
    }


def line_row(line: Line) -> dict[str, Any]:
    """Return one record of an application with its origin and its calculation."""
    claim = line.lot.claim
    return {
        "claim": claim,
        "category": line.lot.category.name,
        "recognised": line.lot.recognised,
        "points": line.points,
        "steps": claim.trace.get("steps", []),
    }
