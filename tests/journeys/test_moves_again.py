"""Role × state × move, again: a team's claim of the second scheme, and what only team mates, experts, a committee or
the office after publicity do. With the first table every move has its line; see ``tests.journeys.test_moves``.
"""

from decimal import Decimal

import pytest
from django.urls import reverse

from conversion.moves import APPLICATION_MOVES
from credits.models import Sanction
from credits.moves import CLAIM_MOVES
from credits.services import decisions, judging, sanctions, teams
from credits.services.claims import withdraw_claim
from credits.services.counting import join_projects
from credits.services.teams import Mate
from review.models import Assignment
from review.services.scoring import score_claim
from review.services.sitting import cast_vote
from tests.journeys.cells import anywhere, attempt, cells, wrong_cells
from tests.journeys.team_world import BECAUSE, SCORE, db, member_of  # noqa: F401 - the fixture
from tests.journeys.test_moves import APPLICATIONS, CLAIMS
from tests.sanctions import finding

pytestmark = pytest.mark.long  # all of it: the portal is built once
# Who may, by the claim's state: o the lead, m the mate, s the lead's college, e the expert who was given it,
# c a member of the committee, O office, - nobody. Who else stands around is listed in ``team_world.people``.
LEADS = """
          draft returned college collation experts committee publicity recognised refused withdrawn
withdraw  -     -        o       o         o       o         -         -          -       -
approve   -     -        s       O         -       -         -         -          -       -
return    -     -        s       O         -       -         -         -          -       -
refuse    -     -        s       O         -       -         -         -          -       -
team      o     o        -       -         -       -         -         -          -       -
agree     m     m        m       m         m       m         -         -          -       -
dispute   m     m        m       m         m       m         -         -          -       -
exclude   o     o        s       O         -       -         -         -          -       -
share     -     -        sO      O         O       O         -         -          -       -
join      -     -        sO      O         O       O         O         O          -       -
score     -     -        -       -         e       -         -         -          -       -
confirm   -     -        -       -         -       cO        -         -          -       -
correct   -     -        -       -         -       -         O         -          -       -
strike    -     -        -       -         -       -         O         -          -       -
effect    -     -        -       -         -       -         O         -          -       -
cancel    -     -        O       O         O       O         O         O          -       -
restore   -     -        -       -         -       -         -         -          -       -
revoke    -     -        -       -         -       -         -         O          -       -
"""
# What was cancelled; beside it the mate's own claim, which goes with the lead's until it is publicised.
OTHERS = """
          cancelled appealed appealed_late college_mate experts_mate committee_mate publicity_mate recognised_mate
withdraw  -         -        -             -            -            -              -              -
approve   -         -        -             -            -            -              -              -
return    -         -        -             -            -            -              -              -
refuse    -         -        -             -            -            -              -              -
team      -         -        -             -            -            -              -              -
agree     -         -        -             -            -            -              -              -
dispute   -         -        -             -            -            -              -              -
exclude   -         -        -             -            -            -              -              -
share     -         -        -             -            -            -              -              -
join      -         -        -             O            O            O              O              O
score     -         -        -             -            -            -              -              -
confirm   -         -        -             -            -            -              -              -
correct   -         -        -             -            -            -              -              -
strike    -         -        -             -            -            -              O              -
effect    -         -        -             -            -            -              O              -
cancel    -         -        -             -            -            -              O              O
restore   -         O        O             -            -            -              -              -
revoke    -         -        -             -            -            -              -              O
"""
# The addresses of single claims; what is carried out for whole lists has its tests beside the lists.
PAGES = """
          returned college experts committee appealed
team      o        .       .       .         .
agree     .        m       .       .         .
dispute   .        m       .       .         .
exclude   .        s       .       .         .
share     .        sO      .       .         .
join      .        sO      .       .         .
score     .        .       e       .         .
confirm   .        .       .       O         .
cancel    .        O       .       .         .
restore   .        .       .       .         O
"""
# What a move leaves besides its own event: the mate's claim moves along, comes into being or is given up.
ALONG = {"withdraw", "approve", "return", "refuse", "share", "score", "confirm", "correct", "strike"}
GIVEN_UP = {"dispute", "exclude"}
# Possible for ten seconds after one's own decision: tests/credits/test_undoing.py.
TIMED = {"undo"}
# Of what a batch decided, and only with its batch: tests/review/test_batch_results.py.
BATCHED = {"take_back"}
UNDER_REVIEW = {"college", "collation", "experts", "committee", "appealed"}


def services(world):
    """Return each move as a function of the claim and the person."""
    sheet = [Mate(2, world.mate.person.name, world.mate.person.number)]
    lazily = {"revision": None}

    def of_member(act, **facts):
        return lambda row, actor: member_of(row) and act(member_of(row), actor, **facts)

    def score(row, actor):
        task = Assignment.objects.get(claim=row, expert=world.people["expert"])
        return score_claim(task, actor, score=SCORE)

    def restore(row, actor):
        for sanction in Sanction.objects.filter(claim=row):
            sanctions.answer_appeal(sanction, actor, upheld=True, answer=BECAUSE)

    return {
        "withdraw": lambda row, actor: withdraw_claim(row, actor, **lazily),
        "approve": lambda row, actor: decisions.endorse_claim(row, actor, **lazily),
        "return": lambda row, actor: decisions.return_claim(row, actor, reason=BECAUSE, **lazily),
        "refuse": lambda row, actor: decisions.refuse_claim(row, actor, reason=BECAUSE, **lazily),
        "revoke": lambda row, actor: decisions.revoke_claim(row, actor, reason=BECAUSE, **lazily),
        "team": lambda row, actor: teams.name_team(row, actor, sheet, **lazily),
        "agree": of_member(teams.answer_membership, agrees=True),
        "dispute": of_member(teams.answer_membership, agrees=False, answer=BECAUSE),
        "exclude": of_member(teams.exclude_member, reason=BECAUSE, **lazily),
        "share": lambda row, actor: teams.set_team_method(row, actor, method="按排位", reason=BECAUSE, **lazily),
        "join": lambda row, actor: join_projects(row, world.joined, actor, reason=BECAUSE, **lazily),
        "score": score,
        "confirm": lambda row, actor: judging.confirm_claim(row, actor, **lazily),
        "correct": lambda row, actor: judging.correct_claim(row, actor, score=Decimal(8), reason=BECAUSE, **lazily),
        "strike": lambda row, actor: judging.strike_claim(row, actor, reason=BECAUSE, **lazily),
        "effect": lambda row, actor: judging.effect_claim(row, actor, notice="校发 1 号"),
        "cancel": lambda row, actor: sanctions.sanction_claim(row, actor, finding(), **lazily),
        "restore": restore,
    }


def leaves(verb, thing):
    """Return the events of the move: the claim's own, and what becomes of the mate's."""
    alone = thing.endswith("_mate")
    if verb in ALONG and not alone:
        return [verb, verb]
    if verb in {"cancel", "restore"} and thing in UNDER_REVIEW:
        return [verb, verb]
    if verb == "agree":  # in the draft nobody has answered yet
        return [verb, "start"] if thing == "draft" else [verb, verb]
    if verb in GIVEN_UP and thing != "draft":
        return [verb, "withdraw"]
    return [verb]


def posts(world, row, verb):
    """Return the address, what it is of, and the form by which a browser asks for the move."""
    seen, member = {"revision": row.revision}, member_of(row)
    line = {"mates-0-rank": "2", "mates-0-number": world.mate.person.number, "mates-0-name": ""}
    mates = {**seen, "mates-TOTAL_FORMS": "1", "mates-INITIAL_FORMS": "0", **line}
    answer = {"answer": BECAUSE}
    task = Assignment.objects.get(claim=row, expert=world.people["expert"])
    told = {**seen, "finding": "冒用署名。", "measure": "取消该项", "verb": "preview"}
    return {
        "team": ("credits:team", [row.pk], mates),
        "agree": ("credits:membership", [member.pk], {"agrees": "yes"}),
        "dispute": ("credits:membership", [member.pk], {"agrees": "no", **answer}),
        "exclude": ("review:claim_exclude", [row.pk, member.pk], {**seen, "exclude_reason": BECAUSE}),
        "share": ("review:claim_share", [row.pk], {**seen, "method": "按排位", "method_reason": BECAUSE}),
        "join": ("review:claim_join", [row.pk], {**seen, "other": world.joined.pk, "join_reason": BECAUSE}),
        "score": ("review:expert_score", [task.pk], {"score": str(SCORE)}),
        "confirm": ("review:agenda_decide", [world.item.pk], {**seen, "verb": "confirm"}),
        "cancel": ("review:claim_sanction", [row.pk], told),
        "restore": (
            "review:sanction_answer",
            [getattr(Sanction.objects.filter(claim=row).first(), "pk", 0)],
            {"upheld": "1", **answer},
        ),
    }[verb]


def through_services(world, row, verb, role):
    """Call the verb as the person; a refusal is an answer."""
    attempt(services(world)[verb], row, world.people[role])


def through_pages(world, row, verb, role):
    """Post the form as the person; a finding is confirmed on the page that shows what follows from it."""
    name, of, form = posts(world, row, verb)
    client = world.clients[role]
    answer = client.post(reverse(name, args=of), form)
    if verb == "cancel" and answer.status_code == 200:
        seen = answer.context["effects"].digest
        answer = client.post(reverse(name, args=of), {**form, "verb": "carry_out", "seen": seen})
    assert answer.status_code < 500


@pytest.mark.parametrize("text", [LEADS, OTHERS], ids=["leads", "others"])
def test_services_carry_out_what_the_table_allows_and_nothing_else(world, text):
    assert list(wrong_cells(world, text, world.people, through_services, leaves=leaves)) == []


def test_pages_carry_out_what_the_table_allows_and_nothing_else(world):
    cast_vote(world.item, world.people["committee"], "for")
    assert list(wrong_cells(world, PAGES, world.people, through_pages, leaves=leaves)) == []


def test_the_two_tables_have_a_line_for_every_move():
    claims, leads, others, applications = map(anywhere, (CLAIMS, LEADS, OTHERS, APPLICATIONS))
    assert claims.keys() | leads.keys() | TIMED | BATCHED == {move.verb for move in CLAIM_MOVES}
    assert applications.keys() == {move.verb for move in APPLICATION_MOVES}
    assert leads.keys() == others.keys()
    for verb in claims.keys() | leads.keys():
        assert claims[verb] | leads[verb] | others[verb], verb
    assert all(applications.values())


@pytest.mark.parametrize("text", [LEADS, OTHERS], ids=["leads", "others"])
def test_the_table_allows_no_move_from_another_state(world, text):
    for verb, thing, allowed in cells(text):
        if allowed:
            world.things[thing].refresh_from_db()
            assert world.things[thing].status in CLAIM_MOVES[verb].sources
