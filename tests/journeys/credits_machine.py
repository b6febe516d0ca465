"""The second scheme as a state machine: what random people do to a few results, each act held against its picture.

An act must be carried out exactly when the rules of the regulation allow it. What it did must be what the act is for
and nothing else, with exactly one event for each subject; what was refused must have changed nothing. After every step
the books must add up and nothing may count that was not publicised (``credits_picture.check``).
"""

import time_machine
from django.utils import timezone
from hypothesis import strategies as st

from portal.enums import Status
from tests.journeys.credits_acts.claims import SCORES, ClaimActs
from tests.journeys.credits_acts.offsets import OffsetActs
from tests.journeys.credits_acts.publicity import PublicityActs
from tests.journeys.credits_acts.revoking import RevokingActs
from tests.journeys.credits_picture import EDITABLE
from tests.journeys.machine import SEED, SLIP, act
from tests.journeys.portals import apart


class Everything(ClaimActs, PublicityActs, RevokingActs, OffsetActs):
    """A run in which everybody may do everything."""


WHO = st.integers(0, 1)


def has(table, *states):
    """Return whether a picture holds a row of the table in one of the states."""
    return lambda picture: bool(set(picture.states(table).values()) & set(states))


def is_over(picture):
    """Whether the period of a list has ended."""
    return any(row.state == "published" and row.closes_at <= timezone.now() for row in picture.lists.values())


def always(_picture):
    return True


# Each rule: how often, when it is sensible, and what it is called with.
RULES = {
    "effect": (8, lambda picture: any(row.effective_at is None for row in picture.notices.values()), {}),
    "issue": (6, is_over, {"seed": SEED, "slip": SLIP}),
    "issue_early": (1, has("lists", "published"), {"seed": SEED, "slip": SLIP}),
    "answer_appeal": (
        6,
        lambda picture: any(row.appeal_state == "filed" for row in picture.sanctions.values()),
        {"seed": SEED, "slip": SLIP, "upheld": st.sampled_from([True, True, False])},
    ),
    "decide": (
        5,
        has("objections", "open"),
        {
            "seed": SEED,
            "slip": SLIP,
            "verb": st.sampled_from(["reject", "strike", "correct"]),
            "score": SCORES,
            "together": st.booleans(),
        },
    ),
    "judge": (
        6,
        has("applications", "college", "office"),
        {
            "seed": SEED,
            "slip": SLIP,
            "verb": st.sampled_from(["approve", "approve", "approve", "return", "refuse"]),
        },
    ),
    "hand_in": (4, has("applications", *EDITABLE), {"seed": SEED, "slip": SLIP}),
    "score": (4, has("claims", "experts"), {"seed": SEED, "slip": SLIP, "score": SCORES}),
    "confirm": (4, has("claims", "committee"), {"seed": SEED, "slip": SLIP, "score": st.one_of(st.none(), SCORES)}),
    "appeal": (
        4,
        lambda picture: any(row.appeal_state == "none" for row in picture.sanctions.values()),
        {"seed": SEED, "slip": SLIP},
    ),
    "sanction": (
        2,
        has("claims", Status.RECOGNISED, Status.PUBLICITY),
        {"seed": SEED, "slip": SLIP, "bar": st.sampled_from([None, None, 3])},
    ),
    "object": (
        4,
        has("lists", "published"),
        {"seed": SEED, "slip": SLIP, "who": st.sampled_from(["secretary", "stranger", "office"])},
    ),
    "publish": (
        3,
        lambda picture: bool(picture.waiting("claims") or picture.waiting("offsets")),
        {"kind": st.sampled_from(["claims", "claims", "offsets"]), "slip": SLIP},
    ),
    "endorse": (3, has("claims", "college", "office"), {"seed": SEED, "slip": SLIP}),
    "apply": (
        4,
        always,
        {
            "who": st.sampled_from([0, 0, 0, 1]),
            "offering": st.integers(0, 2),
            "whole": st.sampled_from([True, True, True, False]),
        },
    ),
    "answer": (
        3,
        lambda picture: any(row.state == "waiting" for row in picture.members.values()),
        {"seed": SEED, "slip": SLIP, "agrees": st.sampled_from([True, True, False])},
    ),
    "submit": (3, has("claims", *EDITABLE), {"seed": SEED, "slip": SLIP}),
    "undo": (4, lambda picture: any(lot.cancelled for lot in picture.lots.values()), {"seed": SEED, "slip": SLIP}),
    "cancel": (2, has("applications", Status.RECOGNISED), {"seed": SEED, "slip": SLIP}),
    "revoke": (2, has("claims", Status.RECOGNISED), {"seed": SEED, "slip": SLIP}),
    "time_passes": (3, has("lists", "published"), {"how": st.sampled_from(["end", "end", "last second", "day"])}),
    "start": (
        2,
        lambda picture: len(picture.claims) < CROWD,
        {"who": WHO, "paper": st.integers(1, 8), "mate": st.booleans()},
    ),
    "send_back": (
        1,
        has("claims", "college", "office"),
        {"seed": SEED, "slip": SLIP, "verb": st.sampled_from(["return", "return", "refuse"])},
    ),
    "regret": (
        2,
        has("claims", "office", "experts", Status.RETURNED, Status.REFUSED),
        {"seed": SEED, "slip": SLIP},
    ),
    "take_back": (1, always, {"seed": SEED, "slip": SLIP, "verb": st.sampled_from(["withdraw", "reopen"])}),
    "think_better": (1, has("objections", "open"), {"seed": SEED, "slip": SLIP}),
    "give_up": (1, has("applications", "college", "office", *EDITABLE), {"seed": SEED, "slip": SLIP}),
    "withdraw_list": (1, has("lists", "published"), {"seed": SEED, "slip": SLIP}),
}
CROWD = 10  # with so many claims a run makes no more, and gets on with those it has


def play(world, data, steps, often=()):
    """Play one run of so many steps; the rules that are named come up more often."""
    with apart(), time_machine.travel(world.now, tick=False) as clock:
        run = Everything(world, clock)
        for _step in range(steps):
            picture = run.picture
            names = [name for name in RULES if RULES[name][1](picture) for _ in range(RULES[name][0])]
            act(run, data, names, RULES, often)
