"""A team's claim of the second scheme in every state, and everybody who could come near it; made once per module.

The mate's college is not the lead's, so that its secretary is the one who could leak in.
"""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from credits.models import Member
from credits.services.claims import withdraw_claim
from credits.services.decisions import refuse_claim, return_claim
from credits.services.judging import effect_claim
from credits.services.sanctions import file_appeal
from portal.enums import Role
from review.models import Assignment, AssignmentState
from review.services.assigning import assign_expert
from review.services.meetings import Plan, add_items, note_presence, plan_meeting
from review.services.scoring import score_claim
from tests.builders import fresh, get_version, make_college, make_person, make_staff
from tests.experts import make_expert
from tests.journeys.portals import built
from tests.sanctions import sanctioned
from tests.whu import PAPER, SCHEME, name_mates, together, whu_claim, whu_college, whu_round, whu_staff, whu_student

SCORE = Decimal(7)
BECAUSE = "核对后有误。"
AWAY = ("lit", "文学院")
STAGES = {"college": "college", "collation": "office", "experts": "experts", "committee": "committee"}


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """Open the database and build the portal; takes the place of the plug-in's fixture, like ``world``'s."""
    with django_db_blocker.unblock(), built("team_world", build) as world:
        yield world


def build():
    """Return the people, the claims by name with the mates' own."""
    get_version("bit")  # the other university, whose office must not get in
    world = SimpleNamespace(version=get_version(SCHEME), things={}, teams={})
    people(world)
    world.round = whu_round(name="团队认定")
    for name, stage in {**STAGES, "publicity": "publicity", "recognised": "recognised"}.items():
        team(world, name, stage)
    effect_claim(world.things["recognised_mate"], world.people["office"], notice="校发 1 号")
    returned(world)
    cancelled(world)
    experts(world)
    sitting(world)
    alone = {**PAPER, "title": "joined", "doi": "10.5/joined"}
    world.joined = whu_claim(student=world.owner, round_=world.round, facts=alone, content="同一论文的另一版本")
    return world


def people(world):
    """Put the lead and the mate on the roll, and appoint one person to each role that could come near."""
    home, away = whu_college(), make_college(*AWAY)
    world.owner, world.mate = whu_student("林一鸣"), whu_student("陈思远", college=away)
    world.people = {
        "owner": world.owner.person,
        "mate": world.mate.person,
        "student": whu_student("周子衿").person,
        "secretary": make_staff(Role.SECRETARY, college=home),
        "stranger": make_staff(Role.SECRETARY, college=away),
        "counsellor": make_staff(Role.COUNSELLOR, college=home),
        "unit": make_staff(Role.OWNER_UNIT, scheme=SCHEME, category="paper"),
        "other_unit": make_staff(Role.OWNER_UNIT, scheme=SCHEME, category="competition"),
        "expert": make_expert("评审专家"),
        "spare": make_expert("未分配的专家"),
        "committee": whu_staff(Role.COMMITTEE),
        "office": whu_staff(Role.OFFICE),
        "elsewhere": make_staff(Role.OFFICE, scheme="bit"),
        "auditor": whu_staff(Role.AUDITOR),
        "administrator": make_person(name="管理员", is_superuser=True, is_staff=True),
    }
    world.people = {role: fresh(person) for role, person in world.people.items()}


def facts(name):
    """Return the facts of a paper by two, told apart by its DOI."""
    return {**together(2), "title": name, "doi": f"10.5/{name}"}


def team(world, name, stage):
    """Bring a paper by the lead and the mate to a stage; the mate's claim that follows is a thing, too."""
    claim = whu_claim(
        stage,
        student=world.owner,
        round_=world.round,
        facts=facts(name),
        content=name,
        mates=[(2, world.mate)],
        score=SCORE,
        office=world.people["office"],
    )
    world.things[name] = claim
    world.things[f"{name}_mate"] = member_of(claim).claim
    return claim


def member_of(row):
    """Return the mate's line in the team that the claim leads, or None."""
    return Member.objects.filter(achievement__lead=row, rank=2).first()


def returned(world):
    """Write a draft that names the mate, and end three claims at the college in its three ways."""
    secretary, owner = world.people["secretary"], world.people["owner"]
    return_claim(team(world, "returned", "college"), secretary, reason=BECAUSE, revision=None)
    refuse_claim(team(world, "refused", "college"), secretary, reason=BECAUSE, revision=None)
    withdraw_claim(team(world, "withdrawn", "college"), owner, revision=None)
    draft = whu_claim("draft", student=world.owner, round_=world.round, facts=facts("draft"), content="draft")
    name_mates(draft, [(2, world.mate)], answer=False)
    world.things["draft"] = draft


def cancelled(world):
    """Cancel one claim for fraud under review and one afterwards, with an appeal, and one without."""
    office = world.people["office"]
    for name, stage in (("cancelled", "experts"), ("appealed", "experts"), ("appealed_late", "recognised")):
        sanction = sanctioned(team(world, name, stage), office=office)
        if name != "cancelled":
            file_appeal(sanction, world.people["owner"], words="系误解。")


def experts(world):
    """Give the claim that is scored to three, of whom two have; every other claim has a task that is left over."""
    office, expert = world.people["office"], world.people["expert"]
    scored = world.things["experts"]
    assign_expert(scored, office, expert)
    for name in ("专家乙", "专家丙"):
        task = assign_expert(scored, office, make_expert(name))
        score_claim(task, fresh(task.expert), score=SCORE)
    told = {"state": AssignmentState.WAITING, "assigned_by": office, "assigned_at": timezone.now()}
    for thing in world.things.values():
        Assignment.objects.get_or_create(claim=thing, expert=expert, defaults=told)


def sitting(world):
    """Open a meeting of the committee on the claim that waits for it."""
    office, member = world.people["office"], world.people["committee"]
    plan = Plan("评审会", timezone.now(), "主楼", world.round, (member.pk,), member.pk)
    meeting = plan_meeting(world.version.scheme, office, plan)
    add_items(meeting, office, [world.things["committee"]])
    note_presence(meeting, office, present=[member.pk], chair=member.pk, revision=meeting.revision)
    world.item = meeting.items.get()
