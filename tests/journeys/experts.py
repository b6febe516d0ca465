"""The second scheme's experts in the small portal: a task, a claim without experts, a team, rounds to deliver."""

from __future__ import annotations

import datetime

from portal.enums import Role
from portal.models import Appointment
from review.services.assigning import assign_expert
from review.services.collation import deliver_college
from review.services.conflicts import declare_conflict
from tests.builders import fresh, make_pages, make_round, move_deadline
from tests.experts import WIDE, make_expert
from tests.whu import PAPER, SCHEME, together, whu_claim

BECAUSE = "出差，不能按时完成。"


def experts(world):
    """Appoint the expert for the second scheme too; one of the owner's papers is given to that expert and another."""
    expert, office, things = world.people["expert"], fresh(world.people["office"]), world.things
    Appointment.objects.create(person=expert, role=Role.EXPERT, scheme_code=SCHEME, starts_on=datetime.date(2020, 1, 1))
    other, _third = make_expert("另一位专家"), make_expert("替补专家")
    things["unassigned"] = at_experts(world, "无专家的论文")
    things["in_scoring"] = claim = at_experts(world, "评分中的论文")
    things["task"] = assign_expert(claim, office, expert)
    things["other_task"] = assign_expert(claim, office, other)
    things["task_evidence"] = claim.evidence.order_by("pk").first()
    things["task_page"] = make_pages(things["task_evidence"].file, "论文首页")[0]
    things["conflict"] = declare_conflict(world.second.scheme, office, other, world.classmate, reason="师生")
    team(world)
    rounds(world, office)


def at_experts(world, title):
    """Bring one of the owner's papers to the stage that scores."""
    facts = {**WIDE, "title": title, "doi": f"10.7/{len(world.things)}"}
    return whu_claim(
        "experts",
        student=world.owner,
        round_=world.second_round,
        facts=facts,
        content=title,
        points="3",
        office=fresh(world.people["office"]),
    )


def team(world):
    """Let the owner lead a team with the classmate, at the college."""
    facts = {**together(2), "doi": "10.7/team", "title": "合作的论文"}
    mates = [(2, world.classmate)]
    claim = whu_claim(
        "college", student=world.owner, round_=world.second_round, facts=facts, content="合作的论文", mates=mates
    )
    world.things["team_claim"] = claim
    draft = {**together(2), "doi": "10.7/team-draft", "title": "合作的草稿"}
    world.things["team_draft"] = whu_claim(
        "draft", student=world.owner, round_=world.second_round, facts=draft, content="合作的草稿"
    )
    world.things["team_member"] = claim.achievement.members.get(rank=2)


def rounds(world, office):
    """Close two rounds whose first review is done: one is delivered, one is to be delivered."""
    secretary = fresh(world.people["secretary"])
    for name in ("due_round", "delivered_round"):
        made = make_round(world.second, name=name)
        facts = {**PAPER, "doi": f"10.7/{name}", "title": name}
        whu_claim("office", student=world.owner, round_=made, facts=facts, content=name, office=office)
        move_deadline(made, days=-5)
        world.things[name] = made
    deliver_college(world.things["delivered_round"], world.owner.college, secretary)


# --- Forms ---


def declaration(world, **more):
    """Return the form that declares a conflict of interest with the owner."""
    person = world.owner.person
    return {"scheme": world.second.scheme.pk, "number": person.number, "name": person.name, "reason": "亲属", **more}


def pair(world):
    """Return the form that deals the claim without experts to the expert."""
    return {"pair": [f"{world.things['unassigned'].pk}:{world.people['expert'].pk}"]}


def sharing(world):
    """Return the form that chooses how the team shares."""
    claim = world.things["team_claim"]
    claim.refresh_from_db()
    return {"revision": claim.revision, "method": "按排位", "method_reason": "排位次序明确"}


def revised(world, thing, **more):
    """Return a form that carries the revision that its page showed."""
    row = world.things[thing]
    row.refresh_from_db()
    return {"revision": row.revision, **more}


def college(world):
    """Return the form that names the owner's college."""
    return {"college": world.owner.college.code}


def sheet(world):
    """Return the team sheet that names the classmate."""
    line = {"mates-0-rank": "2", "mates-0-number": world.classmate.person.number, "mates-0-name": ""}
    return revised(world, "team_draft", **{"mates-TOTAL_FORMS": "1", "mates-INITIAL_FORMS": "0", **line})


def joining(world):
    """Return the form that judges the claim without experts to be the project of the one that is scored."""
    return revised(world, "unassigned", other=world.things["in_scoring"].pk, join_reason="同一论文的两个版本")


FORMS = {
    "credits:team": sheet,
    "credits:membership": lambda _world: {"agrees": "no", "answer": "我没有参与"},
    "review:claim_join": joining,
    "review:claim_share": sharing,
    "review:claim_exclude": lambda world: revised(world, "team_claim", exclude_reason="未参与该成果"),
    "review:expert_score": lambda _world: {"score": "3", "comment": "方法扎实"},
    "review:expert_abstain": lambda _world: {"reason": BECAUSE},
    "review:expert_conflicts": declaration,
    "review:assigning_carry_out": pair,
    "review:assigning_assign": lambda world: {"expert": world.people["expert"].pk},
    "review:assigning_take_back": lambda _world: {"reason": BECAUSE},
    "review:assigning_return": lambda world: revised(world, "unassigned", reason="缺检索证明"),
    "review:conflicts": lambda world: declaration(world, judge=world.people["expert"].pk),
    "review:conflict_lift": lambda _world: {"reason": "登记有误"},
    "review:collation_remind": college,
    "review:deliver": college,
}
EVENTS = {
    "credits:team": ["team"],
    "credits:membership": ["dispute", "withdraw"],  # the mate's claim is given up
    "review:claim_join": ["join"],
    "review:claim_share": ["share", "share"],  # the mate's claim moves along
    "review:claim_exclude": ["exclude", "withdraw"],
    "review:expert_score": ["score"],
    "review:expert_abstain": ["abstain", "assign"],  # somebody takes the place
    "review:expert_conflicts": ["declare"],
    "review:assigning_carry_out": ["assign"],
    "review:assigning_assign": ["assign"],
    "review:assigning_take_back": ["take_back"],
    "review:assigning_return": ["return"],
    "review:assignments_export": ["export"],
    "review:conflicts": ["declare"],
    "review:conflict_lift": ["lift"],
    "review:collation_export": ["export"],
    "review:collation_remind": ["remind"],
    "review:deliver": ["deliver"],
}
