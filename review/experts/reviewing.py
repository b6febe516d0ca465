"""Everything an expert sees beside one task; nothing of other experts, nothing of the student's other claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from credits.evaluation import fields_for
from credits.services.judging import score_range
from credits.stages import stages
from credits.teams import is_team, members_of
from review.desk.reviewing import fact_rows, files_of
from review.experts.conflicts import reasons, ties
from review.experts.methods import present_method
from review.experts.pool import judges_of, matter_of
from review.experts.precedents import precedents_for
from review.experts.routing import scores_now
from review.experts.tasks import deadline_of, next_task, own_tasks, previous_task, progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from credits.models import Claim
    from portal.models import Person
    from review.models import Assignment

RELATED = (
    "claim__student__person",
    "claim__student__major",
    "claim__college",
    "claim__category",
    "claim__scheme",
    "claim__scheme_version",
    "claim__round",
    "claim__achievement",
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a stage before said, without who said it."""

    stage: str
    text: str


def tasks_to_open(person: Person) -> QuerySet[Assignment]:
    """Return the expert's own tasks with everything that the page reads of them."""
    found = own_tasks(person).select_related(*RELATED)
    return found.prefetch_related("claim__achievement__members__student", "claim__round__windows")


def task_context(task: Assignment, person: Person, *, opened: str = "", address: str = "") -> dict[str, Any]:
    """Return what the page of a task shows; ``opened`` is the evidence whose tab is open."""
    claim = task.claim
    data, code, college = claim.scheme_version.data, claim.category.code, claim.college.code
    university_text, college_text = data.category(code).rule_text_for(data.college_code(college) or college)
    open_now = scores_now(claim)
    found = ties(judges_of([person], claim.scheme)[person.pk], matter_of(claim)) if open_now else ()
    return {
        "task": task,
        "claim": claim,
        "facts": fact_rows(claim.facts, fields_for(data, code, college, claim.facts, ("student", "library"))),
        "files": files_of(claim, opened, address),
        "allowed": score_range(claim),
        # What was settled would show in the steps; an expert reads what the rules say, not what others came to.
        "steps": claim.trace.get("steps", []) if open_now else [],
        "university_text": university_text,
        "college_text": college_text,
        "precedents": precedents_for(claim),
        "opinions": list(opinions(claim)),
        "members": members_of(claim) if is_team(claim) else [],
        "method": present_method(claim),
        "tied": reasons(found),
        "is_open": open_now,
        "deadline": deadline_of(claim),
        "progress": progress(person),
        "next": next_task(person, task),
        "previous": previous_task(person, task),
    }


def opinions(claim: Claim) -> Iterator[Opinion]:
    """Yield what the stages before wrote beside their approval since the last handing-in."""
    names = {f"in_review:{stage.code}": stage.name for stage in stages(claim.scheme_version)}
    events = claim.events.filter(verb__in=["submit", "approve"]).order_by("-pk")
    said = []
    for event in events:
        if event.verb == "submit":
            break
        if event.reason.strip() and event.from_state in names:
            said.append(Opinion(names[event.from_state], event.reason.strip()))
    yield from reversed(said)
