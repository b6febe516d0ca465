"""Builders for experts and what they are given: claims of the second scheme in the stage that scores."""

from __future__ import annotations

from decimal import Decimal

from portal.enums import Role
from review.models import Assignment
from review.services.assigning import assign_expert
from review.services.scoring import score_claim
from tests.builders import fresh
from tests.whu import PAPER, whu_claim, whu_staff

# A paper in a journal without zones: the table leaves 1 to 4, a third of which has an end.
WIDE = {**PAPER, "item": "EI期刊", "level": ""}


def make_expert(name="周教授", *, category="", college=None, **scope):
    """Appoint an expert of the scheme; the college is where the expert is at home."""
    return whu_staff(Role.EXPERT, name=name, category=category, college=college, **scope)


def make_experts(number=3):
    """Appoint several experts."""
    return [make_expert(f"专家{'甲乙丙丁戊己庚'[place]}") for place in range(number)]


def scoring_claim(*, facts=None, **more):
    """Bring a claim to the stage that scores; its range is 1 to 4."""
    return whu_claim("experts", facts=facts or WIDE, points=more.pop("points", "3"), **more)


def assigned(claim=None, experts=None, *, office=None, **more):
    """Give a claim to experts (three unless given) and return their tasks."""
    claim = claim or scoring_claim(**more)
    office = office or whu_staff(Role.OFFICE)
    return [assign_expert(claim, office, expert) for expert in experts or make_experts()]


def give(task, score, **words):
    """Let the task's expert score."""
    return score_claim(fresh_task(task), fresh(task.expert), score=Decimal(score), **words)


def fresh_task(task):
    """Return the task as the next request would load it."""
    return Assignment.objects.select_related("expert", "claim").get(pk=task.pk)


def make_scored_claim(*scores, claim=None, **more):
    """Return a claim that as many experts as there are scores have been given and scored."""
    tasks = assigned(claim, make_experts(len(scores)), **more)
    for task, score in zip(tasks, scores, strict=True):
        give(task, score)
    claim = tasks[0].claim
    claim.refresh_from_db()
    return claim
