"""Two people on one claim of the second scheme: one wins; the other reads who and when, and keeps the typed text.

Of every pair of actions the first is carried out by a colleague while the second's page is open. The two collide when
the first changes what the second decides on; otherwise the second is none of the first's business.
"""

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.models import Claim
from portal.enums import Role
from portal.models import Appointment
from review.models import Assignment
from review.services.publicity import preview
from review.services.sitting import cast_vote
from tests.builders import fresh, make_person, make_staff
from tests.conversion.offsets import CODE, learner, make_offset
from tests.journeys.portals import apart, signed_in
from tests.journeys.team_world import db, member_of  # noqa: F401 - the fixture
from tests.journeys.test_one_event import trails
from tests.publicity import end_period, make_draft, make_objection, publish

TYPED = "这是还没有发出的一段话。"
COLLEAGUE = "孙建平"
# What an action changes, and what it decides on; "claim" unless it stands here.
CHANGES = """
withdraw cancel approve return refuse score send_back: claim turn
abstain take_back: task
confirm committee_return: claim item
defer: item
recuse:
close: item meeting
down notice: list
strike correct: objection claim
reject retract: objection
"""
DECIDES_ON = """
score abstain take_back: turn task
confirm committee_return: claim item
defer recuse: item
close: meeting
down notice: list
strike correct reject retract: objection
"""


def by_action(text):
    """Read lines of actions and what they are about."""
    lines = [line.split(":") for line in text.strip().splitlines()]
    return {action: set(about.split()) for actions, about in lines for action in actions.split()}


def colleague(person):
    """Return somebody with the same appointments; experts, members, mates and students act for themselves."""
    if not person.appointments.exists() or person.standing.has(Role.EXPERT, Role.COMMITTEE):
        return person
    other = make_person(name=COLLEAGUE)
    for held in person.appointments.values("role", "college_id", "scheme_code", "category_code", "starts_on"):
        Appointment.objects.create(person=other, **held)
    return fresh(other)


def ask(client, place):
    """Post a form, confirming what the page of a finding shows as it goes."""
    _role, name, of, form = place
    path = reverse(name, args=of)
    if name == "review:claim_sanction":
        shown = client.post(path, {**form, "verb": "preview"})
        form = {**form, "seen": shown.context["effects"].digest if shown.status_code == 200 else "old"}
    return client.post(path, form)


def last_events():
    """Return the newest event of every trail."""
    return {model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in trails()}


def is_told(before, answer, form, *, nameless):
    """Whether the page gives back what was typed, and says who acted, as everybody may know them, and when."""
    text = " ".join(answer.content.decode().split())
    rows = [row for model, last in before.items() for row in model._base_manager.filter(pk__gt=last)]
    named = any(row.public_name in text and f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}" in text for row in rows)
    return (TYPED in text or TYPED not in form.values()) and (named or nameless)


def wrong_pairs(people, actions, others=()):
    """Yield every pair in which the second is not told what it must be, or is told what is not so.

    ``others`` are asked beside these, not among themselves: another stage does that.
    """
    changes, decides_on = by_action(CHANGES), by_action(DECIDES_ON)
    actions = {**actions, **dict(others)}
    winners = {role: signed_in(colleague(people[role])) for role, *_place in actions.values()}
    losers = {role: signed_in(people[role]) for role in winners}
    for first, one in actions.items():
        with apart():
            before = last_events()
            done = ask(winners[one[0]], one).status_code
            for second, two in actions.items():
                if first in others and second in others:
                    continue
                collide = changes.get(first, {"claim"}) & decides_on.get(second, {"claim"})
                with apart():
                    late = ask(losers[two[0]], two)
                    # Experts do not learn of each other: their page says only that the task has ended.
                    told = late.status_code == 409 and is_told(before, late, two[3], nameless=two[0] == "expert")
                if done != 302 or (not told if collide else late.status_code == 409):
                    yield first, done, second, late.status_code


# --- A claim under review ---


def shared(world, row):
    """Return the actions that every stage has: role, address, what it is of, the form as its page carries it."""
    seen = {"revision": row.revision}
    finding = {**seen, "finding": TYPED, "measure": "取消该项", "verb": "carry_out"}
    joining = {**seen, "other": world.joined.pk, "join_reason": TYPED}
    return {
        "withdraw": ("owner", "credits:claim_withdraw", [row.pk], seen),
        "cancel": ("office", "review:claim_sanction", [row.pk], finding),
        "join": ("office", "review:claim_join", [row.pk], joining),
        "share": ("office", "review:claim_share", [row.pk], {**seen, "method": "按排位", "method_reason": TYPED}),
    }


def at_college(_world, row):
    seen = {"revision": row.revision, "reason": TYPED}
    left_out = {"revision": row.revision, "exclude_reason": TYPED}
    return {
        "exclude": ("secretary", "review:claim_exclude", [row.pk, member_of(row).pk], left_out),
        "approve": ("secretary", "review:claim_decide", [row.pk], {**seen, "verb": "approve"}),
        "return": ("secretary", "review:claim_decide", [row.pk], {**seen, "verb": "return"}),
        "refuse": ("secretary", "review:claim_decide", [row.pk], {**seen, "verb": "refuse"}),
    }


def at_experts(world, row):
    task = [Assignment.objects.get(claim=row, expert=world.people["expert"]).pk]
    because = {"reason": TYPED}
    return {
        "score": ("expert", "review:expert_score", task, {"score": "7", "comment": TYPED}),
        "abstain": ("expert", "review:expert_abstain", task, because),
        "take_back": ("office", "review:assigning_take_back", task, because),
        "send_back": ("office", "review:assigning_return", [row.pk], {"revision": row.revision, **because}),
    }


def at_committee(world, row):
    item, meeting = [world.item.pk], world.item.meeting
    meeting.refresh_from_db()
    seen = {"revision": row.revision, "reason": TYPED}
    return {
        "confirm": ("office", "review:agenda_decide", item, {**seen, "verb": "confirm"}),
        "committee_return": ("office", "review:agenda_decide", item, {**seen, "verb": "return"}),
        "defer": ("office", "review:agenda_decide", item, {**seen, "verb": "defer"}),
        "recuse": ("committee", "review:agenda_vote", item, {"ballot": "recuse", "reason": TYPED}),
        "close": ("office", "review:meeting_close", [meeting.pk], {"revision": meeting.revision, "note": TYPED}),
    }


@pytest.mark.parametrize(
    ("thing", "here"), [("college", at_college), ("experts", at_experts), ("committee", at_committee)]
)
def test_under_review_one_wins_and_the_other_is_told(world, thing, here):
    cast_vote(world.item, world.people["committee"], "for")
    row = world.things[thing]
    row.refresh_from_db()
    common = shared(world, row)
    if thing == "college":
        assert list(wrong_pairs(world.people, {**common, **here(world, row)})) == []
    else:
        assert list(wrong_pairs(world.people, here(world, row), common)) == []


# --- Publicity ---


def list_actions(row):
    """Return what the office does with a list before it is shown."""
    seen = {"revision": row.revision}
    plan = {"title": TYPED, "opening": "now", "days": "5", "counting": "working"}
    return {
        "edit": ("office", "review:publicity_edit", [row.pk], {**seen, **plan}),
        "publish": ("office", "review:publicity_publish", [row.pk], {**seen, "seen": preview(row).digest}),
        "put_away": ("office", "review:publicity_withdraw", [row.pk], {**seen, "reason": TYPED}),
    }


def test_of_two_offices_on_one_draft_of_a_list_one_wins(world):
    actions = list_actions(make_draft(office=world.people["office"], round_=world.round))
    assert list(wrong_pairs(world.people, actions)) == []


def test_of_two_on_a_list_that_is_over_and_its_objection_one_wins(world):
    row = publish(make_draft(office=world.people["office"], round_=world.round), world.people["office"])
    place = row.entries.get(claim=world.things["publicity"]).position
    objection = make_objection(row, world.people["student"], position=place)
    end_period(row)
    claim = Claim.objects.get(pk=world.things["publicity"].pk)
    seen, ticket = {"revision": row.revision}, {"revision": objection.revision, "reason": TYPED}
    heading = {**seen, "number": "校发 2 号", "title": TYPED, "issued_on": f"{timezone.localdate()}"}
    finding = {"revision": claim.revision, "finding": TYPED, "measure": "取消该项", "verb": "carry_out"}
    decide = "review:objection_decide"
    actions = {
        "down": ("office", "review:publicity_withdraw", [row.pk], {**seen, "reason": TYPED}),
        "notice": ("office", "review:notice_issue", [row.pk], heading),
        "strike": ("office", decide, [objection.pk], {**ticket, "verb": "strike", "together": "1"}),
        "correct": ("office", decide, [objection.pk], {**ticket, "verb": "correct", "score": "8"}),
        "reject": ("office", decide, [objection.pk], {**ticket, "verb": "reject"}),
        "retract": ("student", "review:objection_take_back", [objection.number], ticket),
        "cancel": ("office", "review:claim_sanction", [claim.pk], finding),
    }
    assert list(wrong_pairs(world.people, actions)) == []


# --- Offsets ---


@pytest.mark.parametrize(("stage", "role"), [("first", "secretary"), ("office", "office")])
def test_of_two_on_one_offset_one_wins(world, stage, role):
    student = learner()
    row = make_offset("in_review", student=student, kind="major", stage=stage)
    people = {
        "owner": student.person,
        "secretary": make_staff(Role.SECRETARY, college=student.college),
        "office": make_staff(Role.OFFICE, scheme=CODE),
    }
    seen = {"revision": row.revision, "relevance": "related", "relevance_reason": TYPED, "reason": "同意。"}
    decide = {
        verb: (role, "review:application_decide", [row.pk], {**seen, "verb": verb})
        for verb in ("approve", "return", "refuse")
    }
    actions = {
        **decide,
        "withdraw": ("owner", "conversion:application_withdraw", [row.pk], {"revision": row.revision}),
    }
    assert list(wrong_pairs(people, actions)) == []
